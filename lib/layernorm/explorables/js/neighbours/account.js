// What Neighbours says and asks, without a page to say it on.  Pure.
import { list, short, subscript } from "../kit.js";
import { company, LIMIT } from "./moves.js";

export const TITLE = "Which of your numbers change?";
const LONG = { "BN,train": "BatchNorm in training", "BN,eval": "BatchNorm in eval mode", "LN,": "LayerNorm" };
const WORD = { "BN,train": "training", "BN,eval": "eval", "LN,": "" };
export const named = (way) => LONG[way];
const bold = (text, role = "nb-says") => `<b class="${role}">${text}</b>`;
const stat = (v) => bold(short(v), "r-stat");
const joined = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const ys = (indices) => joined(indices.map((j) => `y${subscript(j + 1)}`));

// --- The moves -------------------------------------------------------------------------------------------

export function label(move, start, seed) {
  if (move === "far" || move === "mirror") return list(company(move, start, seed)[1]);
  return { eight: "8 rows", alone: "Alone, training", leave: "Alone, eval" }[move] ?? "Your own";
}
export function ask({ move, x, way, d }) {
  const come = { eight: "Seven strangers replace everybody else.", alone: "Everybody else leaves.", leave: "Everybody else leaves." }[move];
  const which = d === 1 ? "does your output change?" : "which of your outputs change?";
  return `${come ?? `Row 2 becomes ${list(x[1])}.`} ${named(way)}: ${which}`;
}

// --- Who noticed -----------------------------------------------------------------------------------------

// What the button of each way says of you: two words and how many.
export const outcome = (way, { asked, own, d }, count) => [WORD[way], asked ? "?" : own ? "your own" : count === null ? "new" : count === "error" ? count : `${count} of ${d}`];

const toTheLast = ({ was, y }) => y[0].every((v, j) => Object.is(v, was[0][j]));
export function result(now) {
  const { own, lost, wasLost, count, d, seen, moved } = now;
  if (lost) return "torch raises an error: there is no output.";
  if (moved) return `The batch that you ran is in the running numbers now, and ${d === 1 ? "your number is" : "your numbers are"} measured by them.`;
  if (own) return "You changed your own input.";
  if (wasLost) return "Now there is an output.";
  const digits = toTheLast(now) ? "" : ", to three decimals";
  if (d === 1) return count ? "Your number changed; your input did not." : `Your number did not change${digits}.`;
  if (!count) return `None of your ${d} numbers changed${digits}.`;
  const which = count === d ? "" : ` (${ys(seen[0].flatMap((one, j) => (one ? [j] : [])))})`;
  return `${count === d ? (d === 2 ? "Both" : `All ${d}`) : count} of your ${count === d ? "" : `${d} `}numbers changed${which}; your input did not.`;
}
export function verdict(now, marked) {
  const said = marked.length ? ys(marked) : "none", told = result(now);
  if (now.lost) return ["told", "→ Neither:", `you marked ${said}; ${told}`];
  const right = now.seen[0].every((one, j) => one === marked.includes(j));
  return right ? ["right", "✓ As you marked:", told] : ["wrong", "✕ Not quite.", `You marked ${said}. ${told}`];
}
export const shown = (now) => ["told", now.move ? "Shown:" : "Your turn:", now.move || now.moved || !same(now) ? result(now) : "Drag or type any x; add, drop and shuffle rows."];
export const same = ({ x, before }) => String(x) === String(before);

// --- Why -------------------------------------------------------------------------------------------------

const sorted = (rows) => rows.map(String).sort().join("|");
const side = (v) => (v < 0 ? `${short(-v)} below` : v > 0 ? `${short(v)} above` : "exactly on");

function measured({ x, d, y, stats, old, count, seen, before, own }) {
  if (same({ x, before })) {
    const far = x[0].map((v, j) => v - stats.mean[j]);
    return `Feature 1’s mean is ${stat(stats.mean[0])}, its variance ${stat(stats.variance[0])}: you are ${bold(side(far[0]))} the mean.`;
  }
  if (!own && sorted(x) === sorted(before)) return `The same rows in other seats: ${bold("a mean does not know the order")}.`;
  if (!own && count === 0 && x.length === 2 && y[0].every((v) => Math.abs(v) > 0.9)) {
    return `With two rows the mean lies midway: all that BatchNorm can say of you is ${bold("less or more")}, and that has not changed.`;
  }
  const j = Math.max(0, seen[0] ? seen[0].indexOf(true) : x[0].findIndex((_, k) => short(old.mean[k]) !== short(stats.mean[k])));
  const [from, to] = [old.mean[j], stats.mean[j]], mean = short(from) === short(to) ? `mean stayed ${stat(to)}` : `mean went from ${stat(from)} to ${stat(to)}`;
  const [a, b] = [before[0][j] - from, x[0][j] - to], which = d === 1 ? "The" : `Feature ${j + 1}’s`;
  if (a * b < 0) return `${which} ${mean}: you were ${bold(side(a))} it, now you are ${bold(side(b))}.`;
  const spread = short(old.variance[j]) === short(stats.variance[j]) ? `variance stayed ${stat(old.variance[j])}` : `variance from ${stat(old.variance[j])} to ${stat(stats.variance[j])}`;
  return `${which} ${mean}, its ${spread}.`;
}

export function sentence(now) {
  const { asked, way, x, lost, running, d, eps } = now, [norm, mode] = way;
  if (asked) return `Press your ${d === 1 ? "output to mark it" : "outputs to mark them"}, then check; by keys, space marks and Enter checks.`;
  if (lost) return `The mean of one row is that row: ${bold("x − μ would be 0, whatever you are")}. Training needs more than one.`;
  if (norm === "LN") {
    const mean = x[0].reduce((sum, v) => sum + v, 0) / d, variance = x[0].reduce((sum, v) => sum + (v - mean) ** 2, 0) / d;
    return `LayerNorm measures you by your own mean ${stat(mean)} and variance ${stat(variance)}: ${bold("nobody else is asked")}.`;
  }
  if (mode === "train") return measured(now);
  const fresh = running.mean.every((v) => v === 0) && running.variance.every((v) => v === 1);
  if (fresh && eps < 1e-3) return `The running mean is still ${stat(0)}, the running variance ${stat(1)}: ${bold("x leaves as it came")}, whoever is there.`;
  const first = d === 1 ? "You are" : "Your feature 1 is";
  return `${first} measured by the running mean ${stat(running.mean[0])} and variance ${stat(running.variance[0])}: ${bold("whoever is there now")} is not asked.`;
}
export function afterRun({ mean, variance }, stats, { d, rows }) {
  const unbiased = (stats.variance[0] * rows) / (rows - 1);
  return `${d === 1 ? "A" : "Feature 1, a"} tenth of the way: the running mean to this batch’s ${stat(stats.mean[0])}, now ${stat(mean[0])}; `
    + `the running variance to the unbiased ${stat(unbiased)} (÷ B − 1), now ${stat(variance[0])}.`;
}
export const refusal = (r, j, kept) => `x must be a number from −${LIMIT} to ${LIMIT}. ${r ? `Row ${r + 1}` : "Your"} feature ${j + 1} stays ${short(kept)}.`;

// --- For the ear -----------------------------------------------------------------------------------------

export const rowName = (r) => (r ? `row ${r + 1}` : "row 1, yours");
export function cellName(r, j, text, { seen, asked, marked, was }, old) {
  const name = `${rowName(r)}, y${subscript(j + 1)}`;
  if (asked && r) return `${name}, not known yet`;
  if (asked) return `${name}, ${was ? text : "none"} so far; ${marked.includes(j) ? "marked as changing" : "not marked"}`;
  const guess = r === 0 && marked.includes(j) ? ", you marked it" : "";
  return `${name}, ${text}${seen[r] ? (seen[r][j] ? `, changed${r ? "" : `, was ${old}`}` : ", unchanged") : ""}${guess}`;
}
