// A batch: what BatchNorm makes of its columns and LayerNorm of its rows, and whose numbers change when the company does.  Pure.
import { layerNorm } from "../arithmetic.js";
import { fixed, power } from "../kit.js";
import { company } from "./moves.js";

const MOMENTUM = 0.1;                                         // the weight of the new value, as in torch
export const WAYS = [["BN", "train"], ["BN", "eval"], ["LN", ""]];

const of = (v, eps) => layerNorm(v, { gamma: v.map(() => 1), beta: v.map(() => 0), eps });
const columns = (x) => x[0].map((_, j) => x.map((row) => row[j]));
export const refused = (x, [norm, mode]) => norm === "BN" && mode === "train" && x.length < 2;

// mean and variance of each column, divided by the number of rows
export function statistics(x) {
  const each = columns(x).map((v) => of(v, 0));
  return { mean: each.map((n) => n.mu), variance: each.map((n) => n.variance) };
}
// null where torch raises an error
export function outputs(x, way, { eps, running_mean, running_var }) {
  if (refused(x, way)) return null;
  if (way[0] === "LN") return x.map((row) => of(row, eps).xhat);
  if (way[1] === "eval") return x.map((row) => row.map((a, j) => (a - running_mean[j]) / Math.sqrt(running_var[j] + eps)));
  const each = columns(x).map((v) => of(v, eps).xhat);
  return x.map((_, r) => each.map((v) => v[r]));
}
// What a training batch leaves behind: the variance that is kept is divided by one less than the number of rows.
export function ran(x, { running_mean, running_var }) {
  const { mean, variance } = statistics(x), n = x.length, blend = (old, now) => (1 - MOMENTUM) * old + MOMENTUM * now;
  return { running_mean: running_mean.map((old, j) => blend(old, mean[j])), running_var: running_var.map((old, j) => blend(old, (variance[j] * n) / (n - 1))) };
}

// A number as it stands in a cell: at most three signs more than it has places, below 100 000.
export function written(v, places = 3) {
  const size = Math.abs(v);
  if (size >= 99999.5) return Number.isFinite(v) ? power(v, Math.max(0, places - 2)) : fixed(v);
  return fixed(v, Math.max(0, places - (size < 9.9995 ? 0 : size < 99.995 ? 1 : size < 999.95 ? 2 : 3)));
}

const alike = (a, b) => a.every((v, j) => v === b[j]);
// For each row that was there before, unedited: which of its numbers can be seen to have changed; null for the others.
export function noticed(before, was, x, y) {
  return x.map((row, r) => {
    const k = r === 0 ? (alike(before[0], row) ? 0 : -1) : before.findIndex((old) => alike(old, row));
    return k < 0 || !was || !y ? null : row.map((_, j) => written(was[k][j]) !== written(y[r][j]));
  });
}

export const wayOf = ({ norm, mode }) => (norm === "LN" ? WAYS[2] : WAYS[mode === "eval" ? 1 : 0]);
const fits = ({ x, before, start, running_mean, running_var, marked }) => {
  const d = x[0].length;
  return before[0].length === d && start[0].length === d && running_mean.length === d && running_var.length === d && marked.every((j) => j < d);
};

// All that the page shows, from what the model holds; null between two messages of a kernel.
// While a question is open the rows have come and the outputs are still the old ones.
export function situation(model) {
  if (!fits(model)) return null;
  const asked = model.move !== "" && model.stage === "ask", way = wayOf(model), d = model.x[0].length;
  const x = asked ? company(model.move, model.start, model.seed) : model.x, before = asked ? model.start : model.before;
  const by = (one) => {
    const was = outputs(before, one, model), y = outputs(x, one, model), seen = noticed(before, was, x, y);
    return { was, y, seen, count: seen[0] && seen[0].filter(Boolean).length };
  };
  const all = WAYS.map(by), here = all[WAYS.indexOf(way)];
  return { ...model, ...here, asked, way, d, x, before, counts: all.map((one) => (one.y ? one.count : "error")), lost: refused(x, way), wasLost: refused(before, way),
    own: !alike(before[0], x[0]), stats: statistics(x), old: statistics(before), running: { mean: model.running_mean, variance: model.running_var } };
}
