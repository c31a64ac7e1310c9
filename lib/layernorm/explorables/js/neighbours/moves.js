// The lesson plan: who comes, who goes.  Pure.

export const LIMIT = 1000;
export const MOST = 8;
const within = (v) => Math.min(LIMIT, Math.max(-LIMIT, +v.toPrecision(12)));

// Row 2 goes a hundred times as far away in the first feature and comes nearer in the others: on the same side of you.
const far = ([you, other]) => other.map((v, j) => within(you[j] + (v - you[j]) * (j ? 1 / 3 : 100)));
const mirrored = ([you, other]) => other.map((v, j) => within(2 * you[j] - v));
const second = (start, row) => [start[0], row, ...start.slice(2)];

function random(seed) {                                       // mulberry32
  let a = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
// Seven rows from a normal distribution with the mean and spread of all numbers of `start`, in two digits of its spread.
export function strangers(start, seed) {
  const all = start.flat(), mean = all.reduce((sum, v) => sum + v, 0) / all.length;
  const spread = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length) || 1, digit = Math.floor(Math.log10(spread)) - 1;
  const draw = random(seed), normal = () => Array.from({ length: 12 }, draw).reduce((sum, u) => sum + u, -6);
  const round = (v) => +(Math.round(v / 10 ** digit) * 10 ** digit).toFixed(Math.max(0, -digit));
  return Array.from({ length: MOST - 1 }, () => start[0].map(() => within(round(mean + spread * normal()))));
}

const ways = { alone: { norm: "BN", mode: "train" }, leave: { norm: "BN", mode: "eval" } };
export const settings = (move) => ways[move] ?? {};
export const plan = (start) => (start.length < 2 ? [] : ["far", "mirror", "eight", "alone", "leave"]);

// The batch after the move.
export function company(move, start, seed) {
  if (move === "far") return second(start, far(start));
  if (move === "mirror") return second(start, mirrored(start));
  if (move === "eight") return [start[0], ...strangers(start, seed)];
  return [start[0]];
}
export const seated = (x, start, seed) => [...x, strangers(start, seed)[x.length - 1]];
export const redrawn = (x, start, seed) => [x[0], ...strangers(start, seed).slice(0, x.length - 1)];
// Everybody but you in another seat: no row stays where it was.
export const shuffled = ([you, ...rest], by = 1) => [you, ...rest.map((_, r) => rest[(r + by) % rest.length])];
