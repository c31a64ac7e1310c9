// What a learner types as an answer: how many numbers, and what stands between them.  Pure.
import { plain, value } from "../spelled.js";
import { EXACT } from "./judging.js";

const TAKEN = "Numbers are taken as −0.5, 3/4, √2, 2√3, √(8/3) or 1e-5.";

// The text without a bracket that holds all of it.
function bare(text) {
  if (!/^[([{]/.test(text)) return text;
  let depth = 0;
  const end = [...text].findIndex((sign) => (depth += /[([{]/.test(sign) - /[)\]}]/.test(sign)) === 0);
  return end === text.length - 1 ? bare(text.slice(1, -1).trim()) : text;
}

// The parts between spaces, commas and semicolons, but for those inside brackets.
function parts(text) {
  let depth = 0;
  const marked = [...text].map((sign) => {
    depth += /[([{]/.test(sign) - /[)\]}]/.test(sign);
    return depth === 0 && /[\s;,]/.test(sign) ? "\n" : sign;
  });
  return marked.join("").split("\n").filter(Boolean);
}

// How many digits stand behind the point of a decimal, 3.2e-3 and 3.2*10^-3 written out; null of anything else.
function placed(token) {
  const found = /^[-+]?(?:\d+\.?|\d*\.(\d+))(?:(?:e|\*10\^)\(?([-+]?\d+)\)?)?$/i.exec(token);
  return found && (found[1] ?? "").length - (found[2] ?? 0);
}

// The numbers of a text, with the places that each was typed with, or why there are none: { numbers, places } or { error }.
export function read(text, { many, whole }) {
  const said = bare(plain(text));
  if (!said) return { error: many > 1 ? `Type ${many} numbers, with spaces between them.` : "Type a number." };
  let tokens = parts(said);
  if (!whole && many === 2 && /^-?0,\d+$/.test(said)) {
    return { error: `“${said}”: one number or two? Write ${said.replace(",", ".")}, or ${said.replace(",", " ")} with a space.` };
  }
  const both = /,\S/.test(said) && /[^,;]\s+[^,;]/.test(said);  // commas and spaces, so perhaps a comma is a point
  if (!whole && /(^|[\s(-])0,\d/.test(said) && (both || tokens.length !== many)) {
    return { error: `A comma stands between numbers; within one, write a point: ${/0,\d+/.exec(said)[0].replace(",", ".")}.` };
  }
  if (whole && tokens.length !== many) tokens = parts(said.replace(/(\d)[, ](?=\d{3}\b)/g, "$1"));      // 38,400
  const numbers = tokens.map(value), odd = numbers.indexOf(null);
  if (odd >= 0) return { error: `“${tokens[odd]}” is no number here. ${TAKEN}` };
  const part = whole ? numbers.findIndex((v) => Math.abs(v - Math.round(v)) > EXACT * Math.abs(v)) : -1;
  if (part >= 0) return { error: `“${tokens[part]}”: a count is a whole number. Which one does the question want?` };
  if (numbers.length === many) return { numbers, places: tokens.map(placed) };
  const comma = !whole && /\d,\d/.test(said) ? " A comma stands between numbers; within one, write a point." : "";
  const mixed = /(\d+) (\d+)\/(\d+)/.exec(said);
  const fraction = mixed ? ` Write ${mixed[0]} as ${mixed[1] * mixed[3] + +mixed[2]}/${mixed[3]}.` : "";
  return { error: `${many === 1 ? "One number is" : `${many} numbers are`} asked for, and ${numbers.length} ${numbers.length === 1 ? "was" : "were"} read.${comma}${fraction}` };
}
