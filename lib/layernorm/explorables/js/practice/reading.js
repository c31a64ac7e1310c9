// What a learner types as an answer: numbers, fractions, roots.  Pure.

const DIGITS = "(?:\\d+(?:\\.\\d*)?|\\.\\d+)", NUMBER = `${DIGITS}(?:e[-+]?\\d+)?`;
const TERM = `(?:(${DIGITS})?(?:√|sqrt)\\(?(${NUMBER})\\)?|(${NUMBER}))`;
const TOKEN = new RegExp(`^([-+]?)${TERM}(?:/${TERM})?(?:[·×*]10\\^?\\(?([-+]?\\d+)\\)?)?$`, "i");
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const TAKEN = "Numbers are taken as −0.5, 3/4, √2, 2√3 or 1e-5.";

// One form for what keyboards and papers have several of.
const plain = (text) => text.trim()
  .replace(/[−–—]/g, "-")
  .replace(/⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => `^${[...power].map((c) => (c === "⁻" ? "-" : RAISED.indexOf(c))).join("")}`)
  .replace(/\s*([·×*/])\s*|(√)\s+/g, "$1$2")
  .replace(/^[([{]\s*|\s*[)\]}]$/g, (bracket) => (/[([{]/.test(bracket) || unmatched(text) ? "" : bracket));
const unmatched = (text) => /^\s*[([{]/.test(text);

const term = (factor, root, number) => (number !== undefined ? +number : (factor === undefined ? 1 : +factor) * Math.sqrt(+root));

function value(token) {
  const found = TOKEN.exec(token);
  if (!found) return null;
  const [, sign, f1, r1, n1, f2, r2, n2, power] = found;
  const below = r2 === undefined && n2 === undefined ? 1 : term(f2, r2, n2);
  return (sign === "-" ? -1 : 1) * (term(f1, r1, n1) / below) * 10 ** +(power ?? 0);
}

// The numbers of a text, or why there are none: { numbers } or { error }.
export function read(text, { many, whole }) {
  const said = plain(text);
  if (!said) return { error: many > 1 ? `Type ${many} numbers, with spaces between them.` : "Type a number." };
  const parts = (line) => line.split(/[\s;,]+/).filter(Boolean);
  let tokens = parts(said);
  if (whole && tokens.length !== many) tokens = parts(said.replace(/(\d),(?=\d{3}\b)/g, "$1"));      // 38,400
  const numbers = tokens.map(value), odd = numbers.findIndex((n) => n === null || !Number.isFinite(n));
  if (odd >= 0) return { error: `“${tokens[odd]}” is no number here. ${TAKEN}` };
  if (numbers.length === many) return { numbers };
  const comma = /\d,\d/.test(said) ? " A comma stands between numbers; within one, write a point." : "";
  return { error: `${many === 1 ? "One number is" : `${many} numbers are`} asked for, and ${numbers.length} were read.${comma}` };
}
