// What has changed where, and by how much.  Pure.
import { ORDER, stages } from "./network.js";

export const LIMIT = 100;
export const PRINTED = 0.0005;                                // less than this is not to be seen in three decimals
const ROUNDING = 1e-9;                                        // less than this is no change

const KINDS = { "": (v) => v, new: (_, fresh) => fresh, plus: (v) => +(v + 1).toPrecision(12), times: (v) => 2 * v };
// The row that a kind of change makes of a row; null where it would go beyond the limit.
export function made(kind, row, fresh) {
  const next = row.map((v, j) => KINDS[kind](v, fresh[j]));
  return next.every((v) => Math.abs(v) <= LIMIT) ? next : null;
}
export const alike = (a, b) => a.every((v, j) => v === b?.[j]);
const kindOf = (row, old, fresh) => Object.keys(KINDS).find((kind) => alike(row, made(kind, old, fresh))) ?? "own";

// The questions: of "rows" with the mask that is on; the last one adds 1.
export const plan = (causal) => [...(causal ? [] : [["rows", false]]), ["rows", true], ["where", causal]];
export const answered = ({ question, start, token, new: fresh }) => start.with(token - 1, made(question === "where" ? "plus" : "new", start[token - 1], fresh) ?? start[token - 1]);

const fits = ({ x, before, start, token }) => before.length === x.length && start.length === x.length && token <= x.length;
const many = (x) => x.map((_, t) => t + 1);

// All that the page shows, from what the model holds; null between two messages of a kernel.
// While a question is open x has changed, and behind it stands what was.
export function situation(model) {
  if (!fits(model)) return null;
  const asked = model.question !== "" && !model.told, order = ORDER[model.placement];
  const x = asked ? answered(model) : model.x, before = asked ? model.start : model.before;
  const was = stages(before, model), is = stages(x, model), tokens = many(x);
  const by = (name) => is[name].map((row, t) => row.map((v, j) => Math.abs(v - was[name][t][j])));
  const change = Object.fromEntries(order.map((name) => [name, by(name)]));
  const touched = (name, least) => tokens.filter((t) => change[name][t - 1].some((v) => v >= least));
  // rows that changed, and those of them in which it can be seen in three decimals
  const rows = Object.fromEntries(order.map((name) => [name, touched(name, ROUNDING)])), seen = Object.fromEntries(order.map((name) => [name, touched(name, PRINTED)]));
  const level = (v) => (v >= PRINTED ? 2 : v >= ROUNDING ? 1 : 0), own = rows.x;
  const levels = Object.fromEntries(order.map((name) => [name, change[name].map((row) => row.map(level))]));
  // If it reaches another token at all, attention was the first to carry it: it may be less than rounding there, and more behind a small σ.
  const first = order.some((name) => rows[name].some((t) => !own.includes(t))) ? "attention" : "";
  return { ...model, asked, order, x, before, was, is, tokens, change, rows, seen, levels, own, first, kind: kindOf(x[model.token - 1], before[model.token - 1], model.new) };
}
export const most = (change, rows) => Math.max(0, ...rows.flatMap((t) => change[t - 1]));
