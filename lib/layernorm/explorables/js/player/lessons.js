// The presets, which are the lesson plan, and what each asks before it is played.  Pure.
import { ROUND } from "../arithmetic.js";
import { exact, subscript } from "../kit.js";
import { flat, LAST, NORMALIZED, where } from "./story.js";

const below = (n) => where(n.centred, (a) => a < 0);
const broken = (n) => n.xhat.some(Number.isNaN);
const choice = (ask, options, right, tell, more) =>
  ({ ask, step: NORMALIZED, many: false, options: () => options, right: (n) => [right(n)], tell, ...more });

// --- What can be asked of any vector -----------------------------------------------------------------

const SIGNS = {
  ask: "Which entries will be negative once x is normalized?", step: NORMALIZED, many: true, right: below,
  options: (n) => n.x.map((_, i) => `x̂${subscript(i + 1)}`),
  tell: (n) => `What lies below the mean ${exact(n.mu)} comes out negative, whatever its own sign.`,
};
const ALIKE = choice("All entries are equal. What comes out as x̂?", ["all 1", "all 0", "NaN"], (n) => (broken(n) ? 2 : 1),
  (n) => (broken(n) ? "ε is 0 here, and 0 ⁄ 0 has no value." : "Each entry equals the mean, and ε keeps the division legal."));
const SQUARES = {
  ask: "What do the squares of all x̂ add up to?", step: NORMALIZED, many: false,
  options: (n) => ["0", "1", String(n.x.length)],
  right: (n) => [n.spread > 0.5 ? 2 : 0],                     // asked of a vector of some entries that ε does not touch
  tell: (n) => `Their mean is the variance of x̂, ${exact(n.spread)}, and there are ${n.x.length} of them.`,
};
// Where ε counts, the squares add up to no round number.
const less = (sign, size) => choice(`ε is not small beside ${sign} here. What is the variance of x̂?`, ["0", "between 0 and 1", "1"],
  (n) => (n.spread > ROUND ? 2 : n.spread > 0 ? 1 : 0), (n) => `It is ${exact(n.spread)}: ${sign} = ${exact(size(n))}, and ε is added to it.`);
const LESS = less("σ²", (n) => n.variance), LESS_OUTSIDE = less("σ", (n) => n.sigma);
const MANY = 6;                                               // more options than this do not fit a phone

// --- Presets ---------------------------------------------------------------------------------------

const EXAMPLE = [2, 0, 4, 4];
const plain = (x, quiz, more) => ({ x, gamma: x.map(() => 1), beta: x.map(() => 0), eps: 1e-5, scale: 1, outside: false, quiz, ...more });
// A relative of the example: its x̂ is drawn beside that of the example.
const relative = (change, words, options, right, tell) =>
  plain(EXAMPLE.map(change), choice(`${words} What becomes of x̂?`, options, () => right, tell), { beside: EXAMPLE });

export const PRESETS = {
  Example: plain(EXAMPLE, SIGNS),
  "1, 2, 3, 4": plain([1, 2, 3, 4], SIGNS),
  "10x": relative((a) => 10 * a, "The example times ten.", ["10x̂", "the same", "x̂ ⁄ 10"], 1,
    (n) => `The deviations are ten times as large, and so is σ: ${exact(n.sigma)}.`),
  "x + 7": relative((a) => a + 7, "7 is added to each entry of the example.", ["x̂ + 7", "the same", "x̂ − 7"], 1,
    (n) => `The mean went along, to ${exact(n.mu)}; no entry lies farther from it than before.`),
  "−x": relative((a) => -a || 0, "Every sign of the example is turned.", ["−x̂", "the same", "|x̂|"], 0,
    (n) => `σ is ${exact(n.sigma)} as before, the deviations point the other way.`),
  "2x + 3": relative((a) => 2 * a + 3, "The example doubled, then 3 added to each entry.", ["2x̂ + 3", "2x̂", "the same"], 2,
    () => "The 3 leaves with the mean, the 2 with σ."),
  Tiny: plain(EXAMPLE, choice(
    "The example divided by 1000. What is the variance of x̂ now?", ["1", "0.216", "10⁻⁶"], () => 1,
    (n) => `Here σ² = ${exact(n.variance)} is less than ε, so ε decides.`, { open: ["eps", "Shrink x yourself"] }), { scale: 0.001 }),
  Constant: plain([3, 3, 3, 3], choice(
    "Four equal entries. What comes out as x̂?", ["all 3", "all 1", "all 0", "NaN"], () => 2,
    () => "Each entry equals the mean, and ε keeps the division legal.")),
  "One-hot": plain([0, 0, 0, 5], choice(
    "One entry stands out by 5. How large is it after normalizing?", ["5", "1.732", "1"], () => 1,
    () => "That is √3. With d entries none can pass √(d − 1), however far it stands out.")),
  "d = 1": plain([5], choice("A vector with one entry. What is left of it?", ["5", "1", "0"], () => 2,
    () => "It is its own mean.")),
  "d = 2": plain([3, 100], choice("Two entries, 3 and 100. What is x̂?", ["(−0.94, 0.94)", "(−1, 1)", "(0.03, 1)"], () => 1,
    () => "So for any two numbers that lie far more than √ε apart: of two features only the order is left.")),
  "d = 8": plain([1, -2, 0.5, 3, 0, -1, 2, 4.5], SQUARES),
};
const FIXED = ["x", "gamma", "beta", "eps", "scale", "outside"];

// A preset in a Player that was given γ and β: it keeps them, where the preset has as many entries.
export const within = (name, { gamma, beta }) => {
  const preset = PRESETS[name];
  return preset.x.length === gamma.length ? { ...preset, gamma, beta } : preset;
};

// The preset that the state is, to the last number, or nothing.
export const presetOf = (state, own = state) => Object.keys(PRESETS).find((name) => {
  const preset = within(name, own);
  return FIXED.every((key) => String(preset[key]) === String(state[key]));
}) ?? "";

// What a Player asks that starts where the answer to its own question is in view already: about y, if γ and β do something.
const neutral = ({ gamma, beta }) => gamma.every((v) => v === 1) && beta.every((v) => v === 0);
const FAR = 1e-12;                                            // of the larger: what rounding leaves of no difference
const farther = (n) => where(n.y, (v, i) => Math.abs(v) - Math.abs(n.xhat[i]) > FAR * Math.abs(v));
function told(n, { gamma, beta }) {
  const out = farther(n), i = Math.max(0, n.y.findIndex((_, k) => (Math.abs(gamma[k]) > 1) !== out.includes(k) && Math.abs(gamma[k]) !== 1));
  const signed = (v) => (v < 0 ? `(${exact(v)})` : exact(v));
  return `Gain and shift decide together: y${subscript(i + 1)} = ${exact(gamma[i])} · ${signed(+n.xhat[i].toFixed(3))} + ${signed(beta[i])} = ${exact(+n.y[i].toFixed(3))}.`;
}
const gained = (state) => {
  const many = state.beta.length < MANY, d = state.beta.length;
  return {
    step: LAST, from: LAST - 1, many, ask: "β is added last. Which entries of y lie farther from 0 than in x̂?",
    options: (n) => (many ? [...n.y.map((_, i) => `y${subscript(i + 1)}`), "none"] : ["all", "some", "none"]),
    right(n) {
      const out = farther(n);
      return many ? (out.length ? out : [d]) : [out.length === d ? 0 : out.length ? 1 : 2];
    },
    tell: (n) => told(n, state),
  };
};
// Where a Player rests at first: what it will ask about is still to come, and what goes into it stands under the bars.
export const restOf = (start) => (start.time >= LAST && !neutral(start) ? { time: LAST - 1, row: start.row || "beta" } : { time: start.time, row: start.row });
// What is asked of a Player that started like this; where nothing is left to ask, what it is for.
export function questionOf(start, state, preset, n) {
  if (start.row === "eps") return { hint: ["Try it", state.row !== "eps" ? "Open ε under the bars again to weigh it against the size of x."
    : "Drag the grey handle (by keys: the slider “x times”). From which size of x on does LayerNorm no longer care how large x is?"] };
  const quiz = quizOf(preset, n, state.outside);
  if (start.time < quiz.step) return quiz;
  return start.time < LAST && !neutral(state) && n.y.every(Number.isFinite) ? gained(state)
    : { hint: ["Shown", "What would be asked is in view here. Each preset above asks before it shows."] };
}

export const quizOf = (preset, n, outside = false) => PRESETS[preset]?.quiz ?? (flat(n) ? ALIKE : n.x.length <= MANY ? SIGNS : n.spread > ROUND ? SQUARES : outside ? LESS_OUTSIDE : LESS);
