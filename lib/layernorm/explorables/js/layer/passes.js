// One layer, y = ReLU(Wx + b): forward, back, and which gradients two states differ in.  Pure functions on plain arrays.

export function passes({ x, W, b, dy }) {
  const z = W.map((row, i) => row.reduce((sum, w, j) => sum + w * x[j], b[i]));          // (m,)
  const y = z.map((v) => Math.max(0, v));                                                // (m,)
  const dz = dy.map((v, i) => (z[i] > 0 ? v : 0));                                       // (m,)
  const dW = dz.map((v) => x.map((a) => v * a));                                         // (m, d)
  const dx = x.map((_, j) => dz.reduce((sum, v, i) => sum + W[i][j] * v, 0));            // (d,)
  return { x, W, b, dy, z, y, dz, dW, dx };
}

// Every gradient has a number, row by row: first those of W, then those of x.
export const flatten = (n) => [...n.dW.flat(), ...n.dx];
const SAME = 1e-9;
export function changed(before, after) {
  const old = flatten(before), now = flatten(after);
  return old.flatMap((v, k) => (Math.abs(v - now[k]) > SAME * Math.max(Math.abs(v), Math.abs(now[k])) ? [k] : []));
}

// "right", "missing" or "wrong" for each gradient that was chosen or should have been.
export const marks = (truth, guess) => Object.fromEntries([...new Set([...truth, ...guess])].map((k) =>
  [k, !guess.includes(k) ? "missing" : truth.includes(k) ? "right" : "wrong"]));

// x or dy on its way to `times` its size; u from 0 to 1.  Inputs grow by equal factors in equal times.
export const LIMIT = 1e4;
export const PUSH = 100;
// Some entries, all by one factor: the one that was asked for, or what leaves the largest of them within `limit`.
export function scaled(v, which, factor, limit = LIMIT) {
  const most = Math.max(...which.map((k) => Math.abs(v[k]))), by = Math.min(factor, Math.max(1, limit / most));
  return v.map((a, k) => (which.includes(k) && by !== 1 ? +(a * by).toPrecision(6) : a));
}
export function moved({ x, dy }, { grow = [], push = [], times }, u) {
  return { x: scaled(x, grow, times ** u), dy: scaled(dy, push, 1 + (times - 1) * u, PUSH) };
}

// A scale with round ends that holds all `values` and 0, and has some room on both sides of it.
const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10], ROOM = 5;
export function nice(v) {
  if (!(v > 0)) return 0;
  const unit = 10 ** Math.floor(Math.log10(v) + 1e-9);
  return +(ROUND.find((step) => step >= v / unit - 1e-9) * unit).toPrecision(6);
}
export function ends(values) {
  const high = nice(Math.max(...values)), low = nice(-Math.min(...values)), most = Math.max(high, low) || 1;
  return [-Math.max(low, most / ROOM), Math.max(high, most / ROOM)];
}
