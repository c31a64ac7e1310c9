// One feature is one line: its γ is the slope and its β the height at x̂ = 0.  The feature comes back in every row if the
// line passes through the points (x̂, x) of all rows.  Pure.
import { layerNorm, mean } from "../arithmetic.js";

export const LIMIT = 100;                                     // of |γ| and |β|
export const CLOSE = 0.005;                                   // a number is back if it is right to two decimals;
                                                              // where a feature ranges over less than 1, to that share of its range
const ALIKE = 0.0005;                                         // two x̂ that are printed alike
const EXACT = 1e-12;                                          // what rounding leaves of 0
const ROUNDING = 1e-8;                                        // and of the difference of two equal x̂

const clamp = (v, low = -LIMIT, high = LIMIT) => Math.min(high, Math.max(low, v));
const largest = (v) => v.reduce((most, a) => Math.max(most, Math.abs(a)), 0);

export function normalized(rows, eps) {
  const [ones, zeros] = [1, 0].map((a) => rows[0].map(() => a));
  return rows.map((x) => layerNorm(x, { gamma: ones, beta: zeros, eps }).xhat);
}
export const outputs = (xhat, gamma, beta) => xhat.map((row) => row.map((h, i) => gamma[i] * h + beta[i]));
export const points = (rows, xhat, i) => rows.map((x, r) => [xhat[r][i], x[i]]);
export function roomOf(all) {
  const wanted = all.map(([, t]) => t), range = Math.max(...wanted) - Math.min(...wanted);
  return CLOSE * (range > 0 ? Math.min(1, range) : 1);
}
export const isBack = (y, x, room = CLOSE) => Math.abs(y - x) <= room * (1 + EXACT) + EXACT;

// The least squares line; `slope` is 0 where all points stand above each other.  Two points that do not have a line, however steep.
function free(all) {
  const h = mean(all.map(([a]) => a)), t = mean(all.map(([, b]) => b));
  const across = all.reduce((sum, [a]) => sum + (a - h) ** 2, 0), slanted = all.reduce((sum, [a, b]) => sum + (a - h) * (b - t), 0);
  const slope = Math.sqrt(across) > (all.length > 2 ? EXACT : 0) ? slanted / across : 0;
  return { slope, height: t - slope * h, h, t };
}

const missed = (all, slope, height) => all.map(([h, t]) => slope * h + height - t);
const squares = (all, [slope, height]) => missed(all, slope, height).reduce((sum, e) => sum + e * e, 0);

// The same within the limits.  Where no slope within them makes a difference that shows, the flattest.
export function best(all) {
  const { slope, height, h, t } = free(all);
  if (largest(all.map(([a]) => a - h)) * LIMIT < roomOf(all)) return [0, clamp(t)];
  if (Math.abs(slope) <= LIMIT && Math.abs(height) <= LIMIT) return [slope, height];
  const steep = all.reduce((sum, [a]) => sum + a * a, 0);
  const edges = [-LIMIT, LIMIT].flatMap((edge) => [
    [edge, clamp(t - edge * h)],
    [steep ? clamp(all.reduce((sum, [a, b]) => sum + a * (b - edge), 0) / steep) : 0, edge]]);
  return edges.reduce((one, other) => (squares(all, other) < squares(all, one) ? other : one));
}

// From the least to the greatest slope with which some line within the limits is close to all points: each pair of points,
// and each point with the limit of β, leaves an interval, and intervals that meet in pairs have a point in common.
export function slopes(all) {
  const close = roomOf(all);
  let low = -LIMIT, high = LIMIT;
  const cut = (h, t, room) => {
    if (h === 0) { if (Math.abs(t) > room) low = Infinity; return; }
    const [one, other] = [(t - room) / h, (t + room) / h];
    low = Math.max(low, Math.min(one, other));
    high = Math.min(high, Math.max(one, other));
  };
  all.forEach(([h, t], r) => {
    cut(h, t, LIMIT + close);
    for (const [k, s] of all.slice(0, r)) cut(h - k, t - s, 2 * close);
  });
  return [low, high];
}

function through(all, [low, high]) {
  const close = roomOf(all), slope = clamp(best(all)[0], low, high), left = all.map(([h, t]) => t - slope * h);
  return [slope, clamp(mean(left), Math.max(-LIMIT, Math.max(...left) - close), Math.min(LIMIT, Math.min(...left) + close))];
}

const tooSteep = (a, b) => Math.abs(a[1] - b[1]) > LIMIT * Math.abs(a[0] - b[0]) + 2 * roomOf([a, b]);
// Two rows with one x̂; `bare`, theirs without ε, tells what ε has left between them from what was there.
function sameHat(all, bare) {
  for (let r = 1; r < all.length; r += 1)
    for (let s = 0; s < r; s += 1)
      if (Math.abs(all[r][0] - all[s][0]) < ALIKE && !(Math.abs(bare[r] - bare[s]) > ROUNDING) && tooSteep(all[s], all[r])) return [s, r];
  return null;
}

// What can be done for one feature:
//   "line"  it comes back, with this γ and β;        "same"   two rows with one x̂ want two outputs;
//   "limit" the line is too steep or too high;       "miss"   three points and no line;      "none"  a row has no x̂.
// γ and β are the best there are; `off` is what the worst row then misses; `needs` would be exact if nothing limited it.
export function study(all, bare = all.map(([h]) => h)) {
  if (!all.every(([h]) => Number.isFinite(h))) return { kind: "none", gamma: 1, beta: 0, off: NaN, row: all.findIndex(([h]) => !Number.isFinite(h)) };
  const [low, high] = slopes(all);
  if (low <= high) {
    const [gamma, beta] = through(all, [low, high]);
    return { kind: "line", gamma, beta, off: largest(missed(all, gamma, beta)) };
  }
  const [gamma, beta] = best(all), off = largest(missed(all, gamma, beta));
  const pair = sameHat(all, bare) ?? (all.length === 2 && all[0][0] === all[1][0] && tooSteep(...all) ? [0, 1] : null);
  if (pair) {
    const [[h, t], [k, s]] = pair.map((r) => all[r]), apart = Math.abs(h - k);
    return { kind: "same", gamma, beta, off, pair, apart, needs: apart > EXACT ? (s - t) / (k - h) : NaN };
  }
  const { slope, height } = free(all);
  const exact = (all.length === 2 && slope !== 0) || largest(missed(all, slope, height)) <= roomOf(all);
  return { kind: exact ? "limit" : "miss", gamma, beta, off, slope, height };
}

// μ and σ if all rows have the same.
function shared(rows) {
  const facts = rows.map((x) => layerNorm(x, { gamma: x, beta: x, eps: 0 })), size = largest(rows.flat()) || 1;
  const agree = (key) => facts.every((n) => Math.abs(n[key] - facts[0][key]) < EXACT * size);
  return agree("mu") && agree("sigma") && facts[0].sigma > EXACT * size ? facts[0] : null;
}

// Can every row come back?
export function judge(rows, eps) {
  const xhat = normalized(rows, eps), bare = normalized(rows, 0);
  const features = rows[0].map((_, i) => study(points(rows, xhat, i), bare.map((row) => row[i])));
  return { xhat, features, possible: features.every((one) => one.kind === "line"), shared: shared(rows) };
}

// Values of γ (or β) of one feature with which a row comes back exactly, the other staying as it is.
export const stops = (all, { gamma, beta }) => ({
  gamma: all.filter(([h]) => Math.abs(h) > 0.01).map(([h, t]) => (t - beta) / h),
  beta: all.filter(([h]) => Number.isFinite(h)).map(([h, t]) => t - gamma * h),
});

// A value on its way from `before` to `wanted` is caught by a stop within `reach`, or by one that a step of a key would jump.
export function caught(wanted, before, values, { reach, step }) {
  const near = values.filter((v) => Math.abs(v) <= LIMIT && (reach ? Math.abs(v - wanted) <= reach
    : Math.abs(wanted - before) <= step && (v - before) * (v - wanted) < 0 && Math.abs(v - before) > 1e-5));
  const from = reach ? wanted : before;
  return near.length ? near.reduce((one, other) => (Math.abs(other - from) < Math.abs(one - from) ? other : one)) : wanted;
}
