// What Axes says and asks, without a page to say it on.  Pure.
import { companionsOf, flatOf, lettersOf, meanOf, meansOf, product, statistics, tuple, wordsOf } from "./array.js";

export const TITLE = "Who shares a mean with this cell?";
const plural = (word) => `${word}s`;
const joined = (list) => list.join(", ").replace(/, ([^,]*)$/, " and $1");
const count = (n, word) => `${n} ${n === 1 ? word : plural(word)}`;
const bold = (text) => `<b class="ax-says">${text}</b>`;

export const named = (index, shape) => wordsOf(shape).map((word, axis) => `${word} ${index[axis] + 1}`).join(", ");

// "all features of example 1, token 2"
export function groupInWords(method, cell) {
  const words = wordsOf(method.shape), { share, channel } = method, first = share && Math.floor(cell[channel] / share) * share + 1;
  const some = share > 0 && share < method.shape[channel];
  const along = (axis) => method.axes.includes(axis) && !(some && axis === channel) && method.shape[axis] > 1;
  const free = words.filter((_, axis) => along(axis)).map(plural);
  const fixed = words.flatMap((word, axis) => (along(axis) || (some && axis === channel) ? [] : [`${word} ${cell[axis] + 1}`]));
  if (some) fixed.push(share === 1 ? `${words[channel]} ${first}` : `${plural(words[channel])} ${first} to ${first + share - 1}`);
  if (!free.length) return `this cell alone, ${fixed.join(", ")}`;
  if (!fixed.length) return "every cell of the array";
  return `all ${joined(free)} of ${fixed.join(", ")}`;
}

// --- Her painting against the truth --------------------------------------------------------------------

// "right", "missing" or "wrong" for each cell that she painted or should have; `cell` itself was "given".
export function marks(method, cell, painted) {
  const truth = new Set(companionsOf(method, cell)), hers = new Set(painted), own = flatOf(cell, method.shape);
  return Array.from({ length: product(method.shape) }, (_, flat) =>
    (flat === own ? "given" : truth.has(flat) ? (hers.has(flat) ? "right" : "missing") : hers.has(flat) ? "wrong" : ""));
}
export const tally = (list) => Object.fromEntries(["right", "missing", "wrong"].map((kind) => [kind, list.filter((mark) => mark === kind).length]));

const SIZE = ({ shape }) => `W = C = ${shape[1]}`;
export function paintAsk(method) {
  if (method.key === "square") return `${SIZE(method)}, and ${method.name} was meant for the channels. Paint who it averages with the marked cell.`;
  return `Paint every cell that ${method.name} averages with the marked one.`;
}

export function verdict(method, cell, painted) {
  const { right, missing, wrong } = tally(marks(method, cell, painted)), whole = missing + wrong === 0;
  const group = groupInWords(method, cell), said = `${group[0].toUpperCase()}${group.slice(1)}.`;
  return [whole ? "right" : "wrong", whole ? "✓ As you painted:" : "✕ Not quite:",
    whole ? said : `${right} right, ${missing} missing, ${wrong} too many. ${said}`];
}

// --- The shape of γ --------------------------------------------------------------------------------------

export const parameters = (method) => (method.beta ? "γ and β" : "γ");
export function gammaQuiz(method) {
  const { shape, gamma } = method, kept = statistics(method).filter((n) => n > 1);
  const others = [kept.length ? tuple(kept) : "(1,)", tuple(shape), "(1,)", `(${shape.at(-1)},)`, tuple(shape.slice(-2)), tuple(shape.slice(1))];
  const options = [...new Set([tuple(gamma), ...others])].slice(0, 4).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return { ask: `${parameters(method)} of ${method.name}: which shape?`, options, right: options.indexOf(tuple(gamma)) };
}
export function gammaVerdict(method, guess) {
  const { options, right } = gammaQuiz(method), one = method.beta ? "One γ and one β" : "One γ", means = meansOf(method);
  const perGroup = method.kind === "LayerNorm" || method.kind === "RMSNorm";
  const tell = perGroup ? `${one} for each place in a group${means > 1 ? `, the same for all ${means} groups` : ""}.`
    : `${one} for each ${wordsOf(method.shape)[method.shape.length === 3 ? 2 : 1]}, whoever is averaged.`;
  return guess === right ? ["right", "✓ As you said:", `${options[right]}. ${tell}`]
    : ["wrong", "✕ Not quite.", `You said ${options[guess]}; it is ${options[right]}. ${tell}`];
}

// --- Sentences and facts ---------------------------------------------------------------------------------

const mean1 = (method) => (method.kind === "RMSNorm" ? "mean square" : "mean");

export function sentence(method, cell, stage, painted) {
  if (stage === "paint") {
    return painted.length ? `You have painted <b class="ax-mine">${count(painted.length, "cell")}</b> beside the marked one.`
      : "Press cells or drag over them; arrow keys move, space paints, Enter checks.";
  }
  const size = companionsOf(method, cell).length, mean = meanOf(method, cell) + 1, means = meansOf(method);
  if (method.key === "square") return `No error, wrong axis: ${bold("the mean runs along the width")}. Were W not C, torch would refuse.`;
  const which = `${mean1(method)} ${mean} of ${means}`;
  if (size > 1) return `This cell uses ${bold(which)}, that of ${groupInWords(method, cell)}.`;
  return `${bold(`${which[0].toUpperCase()}${which.slice(1)}`)} is of this cell alone: ${method.kind === "RMSNorm" ? "of x only the sign is left" : "x − μ is 0, whatever x is"}.`;
}

// What stands under the picture; `known` says which of it the reader has earned.
export function facts(method, cell, { checked, done }) {
  const size = companionsOf(method, cell).length, shape = statistics(method);
  const kept = method.kind === "GroupNorm" ? "" : ` · ${tuple(shape)}`;
  return [
    ["in this group", checked ? `${size} of ${product(method.shape)}` : "?"],
    [plural(mean1(method)), checked ? `${meansOf(method)}${kept}` : "?"],
    [`shape of ${parameters(method)}`, done ? tuple(method.gamma) : "?"],
  ];
}
export const codes = (method, checked) => [["torch.nn", checked ? method.torch : "?"], ["here", checked ? method.ours : "?"]];
// What stands in the cells once the painting has been judged: the number of a mean, and in colour those of the marked cell's.
export const COLOURS = [["", "1", "which mean"], ["shared", "", "the marked cell’s"]];
export const caption = (shape) => {
  const words = wordsOf(shape), n = shape.length;
  return `→ ${count(shape[n - 1], words[n - 1])}, ↓ ${count(shape[n - 2], words[n - 2])}`;
};
export const title = (shape) => `x of shape (${lettersOf(shape).join(", ")}) = ${tuple(shape)}`;
