// What is said about rows that shall come back: pure functions of the state.
import { list, short, subscript, superscript } from "../kit.js";
import { LIMIT } from "./fitting.js";

const mark = (role, text) => `<b class="${role}">${text}</b>`;
const GAMMA = (i, v) => mark("r-gamma", `γ${subscript(i + 1)} = ${brief(v)}`), BETA = (i, v) => mark("r-beta", `β${subscript(i + 1)} = ${brief(v)}`);
// Of feature i, or of the whole row where i is null.
const XHAT = (i, v) => mark("r-xhat", i === null ? `x̂ = ${list(v)}` : `x̂${subscript(i + 1)} = ${short(v)}`);
const Y = (i) => mark("r-y", i === null ? "y" : `y${subscript(i + 1)}`), X = (text) => mark("r-x", text);
const unbroken = (words) => words.replace(/ ([=+−⁄≤]) /g, "\u00a0$1\u00a0");

// Three places as everywhere; a large number needs no places, a very large one is a multiple of a power of ten.
export function brief(v) {
  const size = Math.abs(v);
  if (size < 1000) return short(v);
  if (size < 1e5) return short(Math.round(v));
  const [factor, power] = size.toExponential(1).split("e");
  return `${v < 0 ? "\u2212" : ""}${+factor}·10${superscript(+power)}`;
}
// How far off, in as many places as a cell has room for.
export function gap(off) {
  if (!Number.isFinite(off)) return "NaN";
  const size = Math.abs(off);
  if (size > 0 && size < 0.005) return short(+size.toPrecision(1));
  const places = size < 10 ? 2 : size < 100 ? 1 : 0;
  return size < 1e4 ? String(+size.toFixed(places)) : brief(size);
}

const COUNT = ["no", "one", "two", "three"];
const both = (rows) => (rows.length === 2 ? "both rows" : `all ${COUNT[rows.length]} rows`);
const listed = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const which = (flags, wanted) => flags.flatMap((flag, k) => (flag === wanted ? [k + 1] : []));
const named = (word, numbers) => `${word}${numbers.length > 1 ? "s" : ""} ${listed(numbers)}`;
const constant = (x) => x.every((a) => a === x[0]);

// --- The strip: the question, the guess, the verdict -------------------------------------------------

export const question = ({ rows, typed }) => (typed ? `Rows of your own: can one γ and one β per feature bring ${both(rows)} back?`
  : `Can one γ and one β per feature, the same for ${both(rows)}, turn every y back into its x?`);

export const held = ({ guess }) => ["held", "Your guess:",
  `${guess}. ${guess === "yes" ? "Now do it" : "Try it all the same"}: choose a feature, lift its line with β, tilt it with γ.`];

const FALSE = "“If the best thing is to do nothing, LayerNorm can learn that”: false.";
const tells = {
  shared: ({ rows, mu, sigma, eps }) => `The ${COUNT[rows.length]} rows share ${unbroken(`μ = ${brief(mu)} and σ = ${brief(sigma)}`)}: γ = ${sigma ** 2 > 1000 * eps ? "σ" : "√(σ² + ε)"} and β = μ undo the same in each.`,
  line: ({ rows }) => (rows.length === 2 ? "Through two points there is a line, unless one stands above the other."
    : "In every feature one line passes through the three points."),
  same: () => `${FALSE} Rows that share an x̂ᵢ share its yᵢ.`,
  miss: () => `${FALSE} Three points need not lie on one line.`,
  limit: () => `Lines pass through all points, but with γ or β beyond ${LIMIT}, the limit here.`,
  none: () => "Without ε a constant row is 0 ⁄ 0.",
};
// What decides: the first of these that some feature has.
export const kindOf = ({ features }) => ["none", "same", "miss", "limit"].find((kind) => features.some((one) => one.kind === kind)) ?? "line";

export function verdict({ rows, guess, ended, judged, eps }) {
  const { possible, shared } = judged, is = possible ? "yes" : "no";
  const tell = possible && shared ? tells.shared({ rows, eps, ...shared }) : tells[kindOf(judged)]({ rows });
  if (guess === is) return ["right", "✓ As you said:", `${is}. ${tell}`];
  const fact = !possible ? "It cannot be done" : `It can be done${ended === "solved" ? ", as you see" : ""}`;
  return ["wrong", `✕ You said ${guess}.`, `${fact}. ${tell}`];
}

// --- The sentence: what the chosen feature's line does; and, at the end, what can be done for it ----------

export function progress({ rows, gamma, beta, back, i }) {
  const column = back.map((row) => row[i]), hit = which(column, true), lost = which(column, false);
  const all = back.flat(), left = which(rows[0].map((_, k) => back.every((row) => row[k])), false);
  const passes = !lost.length ? `passes through every point: ${X(`x${subscript(i + 1)}`)} is back in ${both(rows)}`
    : !hit.length ? `passes through ${rows.length === 2 ? "neither point" : "none of its points"}`
    : `passes through the point of ${named("row", hit)}, not of ${named("row", lost)}`;
  const edge = [["γ", gamma], ["β", beta]].filter(([, v]) => Math.abs(v[i]) >= LIMIT).map(([sign]) => sign + subscript(i + 1));
  const limit = edge.length ? ` ${listed(edge)} can go no further.` : "";
  return `Feature ${i + 1}: its line ${passes}.${limit} ${all.filter(Boolean).length} of ${all.length} numbers are back`
    + `${lost.length || !left.length ? "" : `; still to do: ${named("feature", left)}`}.`;
}

const reasons = {
  line(found, now) {
    const { rows, back, i } = now, [gamma, beta] = ["gamma", "beta"].map((key) => (back.every((row) => row[i]) ? now[key][i] : found[key]));
    const still = rows.findIndex(constant);
    return rows.length === 2 && still >= 0 && !constant(rows[1 - still])
      ? `Row ${still + 1} is constant: with ε > 0 its x̂ is 0, so ${BETA(i, beta)} alone makes its ${Y(i)}. ${GAMMA(i, gamma)} then serves row ${2 - still}.`
      : `A line passes through the points of feature ${i + 1}: its slope is ${GAMMA(i, gamma)}, its height at ${XHAT(i, 0)} is ${BETA(i, beta)}.`;
  },
  same({ pair, apart, needs }, { rows, xhat, i }) {
    const [t, s] = pair.map((r) => rows[r][i]), least = (Math.abs(t - s) - LIMIT * apart) / 2;
    const [one, other] = pair.map((r) => xhat[r]), whole = one.every((h, k) => short(h) === short(other[k]));
    const who = rows.length === 2 ? "Both rows" : named("Row", pair.map((r) => r + 1));
    const far = Number.isFinite(needs) ? `; what ε leaves between them would need ${GAMMA(i, needs)}` : "";
    return `${who} have ${whole ? XHAT(null, one) : XHAT(i, one[i])}, so they get one ${whole ? Y(null) : Y(i)}. `
      + `Feature ${i + 1} wants ${X(brief(t))} and ${X(brief(s))} of it: one is missed by ${brief(least)} or more${far}.`;
  },
  miss: ({ gamma, beta, off }, { rows, i }) => `Feature ${i + 1}: three points, and no line through them. The best by least squares, ${GAMMA(i, gamma)} and ${BETA(i, beta)}, `
    + `misses one by ${brief(off)}. In all, ${rows.flat().length} numbers to hit with ${2 * rows[0].length}.`,
  limit: ({ slope, height }, { i }) => `The line through the points of feature ${i + 1} has ${GAMMA(i, slope)} and ${BETA(i, height)}. Here neither may pass ${LIMIT}.`,
  none: ({ row }) => `Row ${row + 1} is constant and ε is 0: its x̂ is 0 ⁄ 0, no number, and no γ or β mends that.`,
};

// At the end: a feature that could come back, and was taken off again.
const parted = ({ judged, back, i }) => judged.features[i].kind === "line" && !back.every((row) => row[i]);
export const reason = (now) => reasons[now.judged.features[now.i].kind](now.judged.features[now.i], now);

const LEGEND = "Dashed, what came in: x. Solid, what leaves: y, and how far it is off. ✓ is right to two decimals.";

export function sentence(now) {
  const words = now.phase === "asked" ? (now.typed ? `Two rows or three, of two to six numbers from −${LIMIT} to ${LIMIT}. Guess, and they become a picture.` : LEGEND)
    : now.phase === "ended" && !parted(now) ? reason(now) : progress(now);
  return unbroken(words);
}

// --- For those who do not see the picture ------------------------------------------------------------

const apart = (off, back) => (back ? "back" : Number.isFinite(off) ? `${gap(off)} too ${off < 0 ? "low" : "high"}` : "no number");

export const spokenRows = ({ rows, y, back }) => rows.map((x, r) =>
  `Row ${r + 1}: ${x.map((a, i) => `x${subscript(i + 1)} ${brief(a)}, ${apart(y[r][i] - a, back[r][i])}`).join("; ")}.`).join(" ");

export const spokenFeature = ({ rows, y, back, i }) =>
  rows.map((x, r) => `row ${r + 1} ${apart(y[r][i] - x[i], back[r][i])}`).join(", ");
