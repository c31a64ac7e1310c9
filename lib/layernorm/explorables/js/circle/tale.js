// What the Circle tells and asks, without a page to tell it on: sentences, rows of numbers, presets.  Pure.
import { ROUND } from "../arithmetic.js";
import { exact, fixed, list, short, subscript, superscript } from "../kit.js";
import { backward, length, normalized, ONES, parts, placed, plus, RADIUS, scattered, times } from "./space.js";

const mark = (role, text) => `<b class="${role}">${text}</b>`;
const X = (text) => mark("r-x", text), STAT = (text) => mark("r-stat", text), XHAT = (text) => mark("r-xhat", text);
const Y = (text) => mark("r-y", text), GRAD = (text) => mark("r-grad", text);

export const TITLES = {
  forward: "Where can LayerNorm put a point?",
  backward: "What does x feel of a pull at its outputs?",
  rms: "Where can RMSNorm put a point?",
};
export const STEPS = ["g", "− part along 1", "− part along x̂", "÷ σ"];
export const SHORT_STEPS = ["g", "− along 1", "− along x̂", "÷ σ"];
export const LAST = STEPS.length - 1;
export const CLOUD = 60;

const tiny = (v, size) => Math.abs(v) < 1e-12 * size;
const same = (a, b) => length(plus(a, b, -1)) < 1e-3;           // to the eye: ε moves x̂ by millionths
export const shaped = ({ gamma, beta }) => gamma.some((v) => v !== 1) || beta.some((v) => v !== 0);

// All that a picture of the state needs.
export function told({ mode, x, g, gamma, beta, eps }) {
  const n = normalized(x, { eps, mode, gamma, beta });
  return { mode, x, g, gamma, beta, eps, n, back: mode === "backward" ? backward(x, g, { eps }) : null,
           lost: n.xhat.some((v) => !Number.isFinite(v)), flat: tiny(Math.max(...x) - Math.min(...x), Math.max(1, length(x))) };
}

// --- Numbers beside the picture --------------------------------------------------------------------

// As wide as a column: three places, or two digits, or a power of ten.
export function cell(v) {
  const size = Math.abs(v);
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "–" : v < 0 ? "−∞" : "∞";
  if (size < 1e-12) return "0";
  if (size < 0.0005 || size >= 10000) {
    const [factor, power] = size.toExponential(0).split("e");
    return `${v < 0 ? "−" : ""}${factor === "1" ? "" : `${factor}·`}10${superscript(+power)}`;
  }
  if (Number.isInteger(v)) return short(v);
  return size < 0.01 ? short(+v.toPrecision(2)) : fixed(v, size < 10 ? 3 : size < 100 ? 2 : 1);
}

const total = (v) => v.reduce((sum, a) => sum + a, 0);
// `edit`: the input that these numbers are fields of.  `from`: the step at which they are known.
export function rows(now) {
  const { mode, x, g, n, back } = now;
  const near = (v, size) => (tiny(v, Math.max(size, 1e-300)) ? 0 : v);
  if (mode === "backward") {
    const line = (k) => {
      const v = back.arrows[k], size = length(g) * (k === LAST ? 1 / n.std : 1);
      return { sign: SHORT_STEPS[k], role: "r-grad", from: k, edit: k ? "" : "g",
               values: v.map((a) => near(a, size)), more: [near(total(v), size), near(total(v.map((a, i) => a * n.xhat[i])), size)] };
    };
    return [{ sign: "x", role: "r-x", from: 0, edit: "x", values: x, more: [null, null] }, ...[0, 1, 2, 3].map(line)];
  }
  const line = (sign, role, v, edit = "") => ({ sign, role, from: 0, edit, values: v.map((a) => near(a, length(x))),
    more: [near(total(v) / 3, length(x)), length(v)] });
  return [line("x", "r-x", x, "x"), ...(mode === "rms" ? [] : [line("x − μ", "r-stat", n.foot)]), line("x̂", "r-xhat", n.xhat),
    ...(shaped(now) ? [line("y", "r-y", n.y)] : [])];
}
export const heads = (mode) => ["1", "2", "3", ...(mode === "backward" ? ["dot 1", "dot x̂"] : ["mean", "length"])];

// --- Sentences ---------------------------------------------------------------------------------------

const unbroken = (words) => words.replace(/ ([=+−⁄⊙÷]) /g, "\u00a0$1\u00a0");
const names = (indices, sign) => indices.map((i) => sign + subscript(i + 1)).join(", ").replace(/, ([^,]*)$/, " and $1");
const still = (now) => now.back.arrows[LAST].flatMap((v, i) => (tiny(v, length(now.g) / now.n.std) ? [i] : []));

// How the mean square that is divided by, σ² or that of x, stands beside ε where ε is seen.
function beside({ sigma, spread }, eps) {
  const times = spread < 0.5 ? "less than" : spread < 0.9 ? "not far above" : `${Math.round(sigma ** 2 / eps)} times`;
  return `${exact(sigma ** 2)} is ${times} ε = ${short(eps)}, so ε counts`;
}

function forward(now) {
  const { n, eps, beta } = now, away = length(n.foot);
  if (now.lost) return "All entries of x are equal: σ is 0, and without ε there is nothing to divide by. x has no x̂.";
  if (shaped(now) && now.flat) return `x lies on the ones axis, so x̂ is 0 and ${Y("y is β")} = ${list(beta)}, the centre of the ellipse.`;
  if (shaped(now) && n.spread < ROUND) return `ε counts here: x̂ stays inside the circle, and ${Y("y")} inside the ellipse around β = ${list(beta)}.`;
  if (shaped(now)) return `The circle is stretched feature by feature and moved: ${Y("y")} runs on an ellipse around β = ${list(beta)}.`;
  if (now.flat) return `x lies on the ones axis. Without its mean nothing is left of it, and 0 ⁄ √ε is 0: ${XHAT("x̂ is the centre")}.`;
  if (n.spread < ROUND) {
    return `σ² = ${beside(n, eps)}: ${XHAT("x̂ stays inside the circle")}, at ${short(Math.sqrt(n.spread))} of its radius.`;
  }
  const goal = short(length(n.xhat));
  const way = Math.abs(away - length(n.xhat)) < 0.005 ? "It is there already." : `Divided by σ it moves ${away > RADIUS ? "in" : "out"} to ${XHAT(goal === "1.732" ? "√3 = 1.732" : `${goal}, nearly √3`)}.`;
  const drop = tiny(n.mu, Math.max(1, length(now.x))) ? "x has no mean to lose: it lies in the plane" : `Without its mean x ${n.mu < 0 ? "rises" : "drops"} ${STAT("onto the plane")}`;
  return `${drop}, ${STAT(short(away))} from the axis. ${way}`;
}

function rms(now) {
  const { n } = now, x = length(now.x);
  if (now.lost) return "x is 0, and without ε there is nothing to divide by.";
  if (tiny(x, 1)) return "x is 0, and stays there: 0 ⁄ √ε is 0.";
  if (n.spread < ROUND) return `The mean square ${beside(n, now.eps)}: ${XHAT("x̂ stays inside the sphere")}.`;
  const level = n.mu / n.std, goal = XHAT("√3");
  const way = Math.abs(x - RADIUS) < 0.005 ? `x has the length ${goal} already` : `x moves straight ${x > RADIUS ? "towards" : "away from"} 0, until its length is ${goal}`;
  return `${way}. ${tiny(n.mu, x) ? "Its mean is 0, so LayerNorm would agree"
    : Math.abs(level) < 0.0005 ? "Its mean is nearly 0, so LayerNorm would nearly agree"
    : `Its mean is not taken away: x̂ keeps ${STAT(short(level))}`}.`;
}

const FLOWS = [
  ({ g }) => `${GRAD(`g = ${list(g)}`)} says how the loss pulls at the three outputs. ${XHAT("x̂")} is not free to follow: it has a circle to move on.`,
  ({ back, g }) => (tiny(back.level, length(g)) ? "The entries of g sum to 0: it has no part along 1. Its arrow lies in the plane already."
    : `The outputs always sum to 0, so they cannot rise together. ${GRAD(`What g has along 1, ${short(back.level)} in each entry, is removed`)}.`),
  ({ back, g }) => {
    const size = length(g), gone = tiny(length(back.arrows[2]), size);
    if (tiny(back.along, size)) return `Nothing points along x̂.${gone ? " Nothing is left at all." : " The arrow runs along the circle already."}`;
    return `The length of x̂ is fixed as well. ${GRAD("What points along x̂ is removed")}${gone
      ? ", and nothing is left: to first order no step of x follows g." : "; what is left touches the circle."}`;
  },
  (now) => {
    const quiet = still(now), σ = `${now.eps > 0 ? "√(σ² + ε)" : "σ"} = ${short(now.n.std)}`;
    if (quiet.length === 3) return `Divided by ${STAT(σ)}: still 0. ${X("No entry of x feels")} this pull.`;
    return `x moves x̂ by a step divided by ${STAT(σ)}, so the gradient is divided too. `
      + (quiet.length ? `${X(`${names(quiet, "x")} ${quiet.length > 1 ? "feel" : "feels"} 0`)}.` : `${X("Every entry of x feels it")}.`);
  },
];

// The state in one sentence or two (HTML: numbers carry the colour of their quantity).
export function sentence(now, { step, cloud }) {
  if (now.lost && now.mode === "backward") return "All entries of x are equal: σ is 0, and here ε is 0 too, so that there is nothing to divide by. With ε > 0, g without its mean would be divided by √ε.";
  if (now.mode === "backward" && !length(now.g)) return "g is 0: nothing pulls at the outputs, and no entry of x feels anything.";
  if (now.mode === "backward") return unbroken(FLOWS[step](now));
  if (cloud) {
    if (!round(now)) return `${CLOUD} vectors at random (dots). ε = ${short(now.eps)} counts beside their size: ${XHAT("what comes out stays inside")}.`;
    return now.mode === "rms" ? `${CLOUD} vectors at random (dots) and what RMSNorm makes of them: ${XHAT("points all over the sphere")}: two numbers say where each lies.`
      : `${CLOUD} vectors at random (dots) and what LayerNorm makes of them: ${XHAT("points on one circle")}, an angle each.`;
  }
  return unbroken(now.mode === "rms" ? rms(now) : forward(now));
}

// What a listener is told of the point: the picture in words.
export const spoken = ({ x, n, lost }) => `${list(x)}; x̂ ${lost ? "has no value" : `is ${list(n.xhat)}`}`;

// --- Presets: the lesson plan ------------------------------------------------------------------------

// A question: `path(u, start)` is what happens once a guess is made, from u = 0 to 1; `right` and `tell` judge by what came of it.
const wave = (u) => Math.sin(2 * Math.PI * u), BACK = 0.2;     // back a little first, and hardly beyond its goal
const outward = (u, { x }) => {
  const { level, size, direction } = parts(x, "forward");
  return { x: placed(level, size * (1 + u - BACK * wave(u)), direction) };
};
const slide = (u, { x }) => ({ x: plus(x, ONES, -u - 1.1 * wave(u)) });
const opposite = (u, { x }) => {
  const { level, size, direction } = parts(x, "forward");
  return { x: u === 1 ? x.map((v) => -v) : placed(level * (1 - 2 * u), size, direction + 180 * u) };
};
// Onto the ones axis, to 2: nearer by the same factor in the same time, so that what ε does at the end can be watched.
const nearing = (decades, end) => (u, { x }) => {
  const { level, size, direction } = parts(x, "forward"), go = Math.min(1, 3 * u);
  return { x: u === 1 ? [...end] : placed(level + (2 - level) * go, size * 10 ** (-decades * u), direction) };
};
// Do all vectors of the cloud reach full length?
const round = (now) => scattered(CLOUD).every((v) => normalized(v, now).spread > ROUND);
const stays = (start, end) => same(start.n.xhat, end.n.xhat);
// Of twice as long and as long as before: which is nearer?  Where σ is small beside √ε, x̂ grows with x.
const doubled = (start, end) => length(end.n.xhat) > 1.5 * length(start.n.xhat);
const A = [2, 0, 4];

const asks = (ask, options, path, right, tell, more) => ({ ask, options, path, right, tell, ...more });
const FORWARD = {
  Slide: asks("Slide x along the dashed line, parallel to the ones axis. Where does x̂ go?", ["along with it", "it stays", "round the circle"], slide,
    (start, end) => (stays(start, end) ? 1 : 0), () => "A slide changes the mean alone, and the mean is the first thing to go."),
  Stretch: asks("Now pull x straight away from the ones axis, to twice the distance. Where does x̂ go?", ["twice as far", "it stays", "round the circle"],
    outward, (start, end) => (doubled(start, end) ? 0 : 1), (end, start) => (doubled(start, end) ? "Here ε is larger than σ², and x̂ grows with x."
      : "Twice as far out is twice σ, and by σ it is divided."), { full: true }),
  "−x": asks("Put −x in the place of x. Where does x̂ go?", ["it stays", "straight across", "to the centre"], opposite,
    (start, end) => (same(times(start.n.xhat, -1), end.n.xhat) ? 1 : 0), () => "The direction is what LayerNorm keeps. Only positive factors are forgotten.", { full: true }),
  Constant: asks("Push x onto the ones axis, to (2, 2, 2). Where does x̂ end?", ["on the circle", "at the centre", "nowhere: 0 ⁄ 0"], nearing(5, [2, 2, 2]),
    (start, end) => (end.lost ? 2 : 1), (end) => (end.lost ? "You have set ε to 0, and 0 ⁄ 0 has no value." : "No direction is left, and 0 ⁄ √ε is 0.")),
  "Nearly constant": asks("Stop just before the ones axis, at (2.003, 2, 1.997). Where is x̂?", ["on the circle", "inside it", "at the centre"], nearing(2.8, [2.003, 2, 1.997]),
    (start, end) => (end.n.spread > ROUND ? 0 : 1), (end) => (end.eps === 0 ? "Without ε every direction is blown up to full length."
      : `Here σ² = ${short(end.n.sigma ** 2)} and ε = ${short(end.eps)}: ε keeps noise from being blown up to full size.`), { x: [3, 2, 1] }),
  Cloud: asks(`${CLOUD} vectors at random, all over space. Where do their x̂ lie?`, ["in a ball", "in a disc", "on one circle"],
    (u) => ({ cloud: true, fall: u }), (_, end) => (round(end) ? 2 : 1), (end) => (round(end) ? "Each has lost its level and its size. A direction is left: with three features, one angle."
      : `ε = ${short(end.eps)} counts beside their size, so not all reach the circle.`)),
  "γ, β": asks("y = γ ⊙ x̂ + β with γ = (1.5, ½, 1), β = (½, −½, 0). What becomes of the circle?", ["nothing", "an ellipse", "all of space"],
    (u) => ({ gamma: [1 + u / 2, 1 - u / 2, 1], beta: [u / 2, -u / 2, 0] }), (_, end) => (shaped(end) ? 1 : 0), () => "Moved and stretched, it is still one closed curve: what was lost does not come back."),
};
const RMS = {
  Slide: asks("Slide x parallel to the ones axis: x\u00a0+\u00a0c·1. Where does x̂ go?", ["it stays", "over the sphere", "off the sphere"], slide,
    (start, end) => (end.n.spread < ROUND ? 2 : start.flat && stays(start, end) ? 0 : 1), (end, start) => (end.n.spread < ROUND ? "There x is so small that ε counts."
      : !stays(start, end) ? "No mean is taken away, so RMSNorm sees it. LayerNorm does not." : start.flat ? "x lies on the ones axis: only its length has changed."
      : "But hardly: the slide is little beside x.")),
  Stretch: asks("Now pull x straight away from 0, to twice its length. Where does x̂ go?", ["it stays", "over the sphere", "twice as far"],
    (u, { x }) => ({ x: times(x, 1 + u - BACK * wave(u)) }), (start, end) => (doubled(start, end) ? 2 : 0), (end, start) => (doubled(start, end)
      ? "Here ε is larger than the mean square of x, and x̂ grows with x." : "The length of x is all that RMSNorm takes away."), { full: true }),
  "−x": asks("Put −x in the place of x. Where does x̂ go?", ["it stays", "straight across", "to the centre"], opposite,
    (start, end) => (same(times(start.n.xhat, -1), end.n.xhat) ? 1 : 0), () => "The direction is kept, sign and all.", { full: true }),
  Constant: asks("Push x onto the ones axis, to (2, 2, 2). Where does x̂ end?", ["at the centre", "at (1, 1, 1)", "nowhere: 0 ⁄ 0"], nearing(5, [2, 2, 2]),
    () => 1, () => "Divided by its root mean square, 2. LayerNorm gives (0, 0, 0) for every constant vector."),
  Cloud: asks(`${CLOUD} vectors at random, all over space. Where do their x̂ lie?`, ["on one circle", "on the sphere", "inside it"],
    (u) => ({ cloud: true, fall: u }), (_, end) => (round(end) ? 1 : 2), (end) => (round(end) ? "Each has lost its length only. LayerNorm would put them all on the circle."
      : `ε = ${short(end.eps)} counts beside their size, so not all reach the sphere.`)),
};
const felt = (now) => {
  const quiet = still(now), loud = [0, 1, 2].filter((i) => !quiet.includes(i));
  return loud.length ? loud : [3];
};
const pulls = (ask, x, g, tell) => ({ ask: `${ask} Which entries of x feel it?`, options: ["x₁", "x₂", "x₃", "none"], many: true, lone: 3,
  x, g, right: (_, end) => felt(end), tell });
const BACKWARD = {
  "Pull y₁": pulls("The loss pulls at y₁ alone.", [0, 0, 6], [1, 0, 0], (now) => `The gradient is ${list(now.back.arrows[LAST].map((v) => (tiny(v, 1) ? 0 : v)))}${
    now.x[0] === now.x[1] ? ". Moving x₃ changes level and size alone: x̂ stays." : ": x̂ turns on its circle, and can do nothing else."}`),
  "Pull all": pulls("The loss pulls at all three outputs alike.", [0, 0, 6], [1, 1, 1], () => "The outputs sum to 0 whatever x does. They cannot rise together."),
  "Pull y₃": pulls("The loss pulls at y₃ alone.", [0, 0, 6], [0, 0, 1], () => "y₃ is at its largest, √2. g has a part along 1 and a part along x̂, and no other."),
  "Other x": pulls("Another x, (2, 0, 4), and a pull at y₁ alone.", A, [1, 0, 0], ({ back }) => `The gradient is ${list(back.arrows[LAST])}. Nothing of g pointed along x̂ here.`),
  "10x": { ...pulls("", [0, 0, 60], [1, 0, 0], () => "x̂ is where it was, so g loses the same parts. Then what is left is divided by a σ ten times as large."),
    ask: "An x ten times as large, (0, 0, 60). How large is its gradient?", options: ["ten times", "the same", "a tenth"],
    many: false, lone: -1,
    right: (_, { x, g, eps, back }) => {                      // beside the gradient of the x that is asked about, divided by ten
      const times = length(back.arrows[LAST]) / length(backward(x.map((v) => v / 10), g, { eps }).arrows[LAST]);
      return times > 5 ? 0 : times > 0.5 ? 1 : 2;
    } },
};
export const PRESETS = { forward: FORWARD, backward: BACKWARD, rms: RMS };
export const START = { forward: A, rms: A, backward: [0, 0, 6] };

// What a preset sets; the reader's own x and g stand where it names none.
export const loaded = (mode, name) => ({ x: [...(PRESETS[mode][name].x ?? START[mode])], g: [...(PRESETS[mode][name].g ?? [1, 0, 0])],
  gamma: [1, 1, 1], beta: [0, 0, 0], cloud: false, step: 0 });

// The verdict on a guess: [state, tag, words].
export function verdict(quiz, guess, start, end) {
  const right = [quiz.right(start, end)].flat(), word = (indices) => indices.map((i) => quiz.options[i]).join(", ");
  return String(guess) === String(right) ? ["right", "✓ As you said:", `${word(guess)}. ${quiz.tell(end, start)}`]
    : ["wrong", "✕ Not quite.", `You said ${word(guess)}; ${/^it /.test(word(right)) ? "" : "it is "}${word(right)}. ${quiz.tell(end, start)}`];
}
