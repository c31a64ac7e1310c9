// What Spread says and asks, without a page to say it on: sentences, presets, verdicts.  Pure.
import { exact, power, short, subscript } from "../kit.js";
import { moments } from "./moments.js";

const STAT = (text) => `<b class="r-stat">${text}</b>`, X = (text) => `<b class="r-x">${text}</b>`;

export const TITLE = "How far apart, in one number?";
export const FEW = 2;
export const MANY = 8;
export const LIMIT = 1000;
const START = [2, 0, 4, 4], CLOSE = 0.05;

// As wide as a column.
export function cell(v, d) {
  const size = Math.abs(v), places = Math.max(0, (size < 10 ? 2 : size < 100 ? 1 : 0) - (d > 6 ? 1 : 0));
  if (size > 0 && (size < 0.005 || size >= 99999.5)) return power(v, d > 6 ? 0 : 1);
  return String(+v.toFixed(places)).replace("-", "−");
}

// --- Sentences -----------------------------------------------------------------------------------------

const first = (squares) => squares.indexOf(Math.max(...squares));
export function sentence({ d, mu, away, squares, total }) {
  if (total === 0) return `All ${d} points lie on their mean, ${STAT(`μ = ${short(mu)}`)}: no distance, no square, and σ is 0.`;
  const above = away.reduce((sum, a) => sum + Math.max(a, 0), 0), i = first(squares), share = squares[i] / total;
  return `Below the mean the distances sum to ${short(above)}, above it too: the line balances at ${STAT(`μ = ${short(mu)}`)}. `
    + (d > 2 && share > 0.5 ? `${X(`x${subscript(i + 1)} alone`)} makes ${Math.round(100 * share)} % of the area.` : `The squares sum to ${exact(total)}.`);
}

export const readouts = ({ total, variance, sample, sigma }) => [
  ["sum of squares", exact(total)], ["÷ d: σ²", exact(variance)], ["÷ (d − 1)", exact(sample)], ["σ", short(sigma)]];

export function spoken({ x, away, squares }, i) {
  const side = away[i] > 0 ? "above" : "below";
  return `${short(x[i])}, ${away[i] === 0 ? "at the mean" : `${short(Math.abs(away[i]))} ${side} the mean, square ${exact(squares[i])}`}`;
}

// --- Presets: the lesson plan ----------------------------------------------------------------------------

// `path(u, x)` is what happens once a guess is made, from u = 0 to 1; `right` and `tell` judge by what came of it.
const nearest = (values, v) => values.reduce((best, a, k) => (Math.abs(a - v) < Math.abs(values[best] - v) ? k : best), 0);
const change = (a, b) => 1 + Math.sign(Math.abs(b - a) < 1e-9 * Math.max(a, b) ? 0 : b - a);
const last = (x, by) => x.with(-1, x.at(-1) + by);
const reach = (x) => {                                        // towards the middle of all that is allowed, by a round number
  const quarter = (Math.max(...x) - Math.min(...x)) / 4 || 1;
  return (x.at(-1) > 0 && x.at(-1) + quarter > LIMIT ? -1 : 1) * +quarter.toPrecision(1);
};
const leftThenRight = (u) => (u < 0.5 ? -Math.sin(2 * Math.PI * u) : Math.sin(Math.PI * (u - 0.5)));

export const PRESETS = {
  Start: {
    ask: "Move one point, only one. Can the variance change and the mean stay?", options: ["yes", "no"],
    path: (u, x) => last(x, reach(x) * u), right: (a, b) => (a.mu === b.mu ? 0 : 1),
    tell: (a, b) => `x${subscript(a.d)} moved by ${short(b.x.at(-1) - a.x.at(-1))} and took μ along, by ${short(b.mu - a.mu)}. It takes two points, moved against each other.`,
  },
  "+ 7": {
    x: START, ask: "Add 7 to every number. What becomes of the variance?", options: ["+ 7", "+ 49", "stays"],
    path: (u, x) => x.map((v) => v + 7 * u), right: (a, b) => nearest([7, 49, 0], b.variance - a.variance),
    tell: (a, b) => `μ went from ${short(a.mu)} to ${short(b.mu)}, and every distance from it stayed.`,
  },
  "× 10": {
    x: START, ask: "Multiply every number by 10. How large is the variance then?", options: ["10 times", "20 times", "100 times"],
    path: (u, x) => x.map((v) => v * (1 + 9 * u)), right: (a, b) => nearest([10, 20, 100], b.variance / a.variance),
    tell: (a, b) => `Every side is ${short(b.sigma / a.sigma)} times as long, so every area is ${short(b.variance / a.variance)} times as large. σ went from ${short(a.sigma)} to ${short(b.sigma)}.`,
  },
  "One far": {
    x: [1, 2, 3, 2, 1, 2, 3, 2], exact: true, ask: "x₈ moves from 2 to 10. The variance was 0.5. What is it then?", options: ["1", "2.5", "7.5"],
    path: (u, x) => last(x, 8 * u), right: (a, b) => nearest([1, 2.5, 7.5], b.variance),
    tell: (a, b) => `Of the ${short(b.total)} in all squares, ${short(b.squares.at(-1))} are x₈’s: a distance of ${short(b.away.at(-1))} counts ${short(b.away.at(-1))} × ${short(b.away.at(-1))}.`,
  },
  "All alike": {
    x: [3, 3, 3, 3], exact: true, ask: "The variance is 0. Which way must x₄ move to make it smaller?", options: ["left", "right", "neither"],
    path: (u, x) => last(x, leftThenRight(u)), seen: [0.25, 1],
    right: (a) => { const at = [0.25, 1].map((u) => moments(PRESETS["All alike"].path(u, a.x)).variance); return at.every((v) => v >= a.variance) ? 2 : at[0] < a.variance ? 0 : 1; },
    tell: (a, b) => `To either side a square appears, and no square is below 0. Now the variance is ${exact(b.variance)}.`,
  },
  "One more": {
    x: START, ask: "One more number arrives, exactly at the mean. What does the variance do?", options: ["falls", "stays", "grows"],
    path: (u, x) => (u < 0.5 ? x : [...x, moments(x).mu]), right: (a, b) => change(a.variance, b.variance),
    tell: (a, b) => `The squares still sum to ${short(b.total)}, and now ${b.d} share it: ${short(b.variance)}.`,
  },
  "Your turn": { x: START, ask: "Drag the points until μ is 0 and σ is 1 (to 0.05).", also: [-2, 2], goal: true },
};

// The verdict on a guess: [state, tag, words].
export function verdict(quiz, guess, a, b) {
  const right = quiz.right(a, b), words = quiz.tell(a, b), { options } = quiz;
  return guess === right ? ["right", "✓ As you said:", `${options[right]}. ${words}`]
    : ["wrong", "✕ Not quite.", `You said ${options[guess]}; the answer: ${options[right]}. ${words}`];
}
export function reached({ mu, sigma }) {
  const here = `μ = ${short(mu)}, σ = ${short(sigma)}.`, centred = Math.abs(mu) <= CLOSE;
  if (centred && Math.abs(sigma - 1) <= CLOSE) return ["right", "✓ There:", `${here} LayerNorm does this to every vector: it subtracts μ and divides by σ.`];
  const hint = centred ? `The balance is right; the points are too ${sigma > 1 ? "far apart" : "close together"}.`
    : `Bring the balance first: the points sum to ${mu > 0 ? "more" : "less"} than 0.`;
  return ["wrong", "✕ Not yet:", `${here} ${hint}`];
}
