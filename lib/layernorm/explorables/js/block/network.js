// One Transformer block of small matrices, stage by stage.  Pure.
import { layerNorm } from "../arithmetic.js";

const EPS = 1e-5, HEADS = 2;
export const ORDER = {
  pre: ["x", "attention_norm", "attention", "attention_sum", "mlp_norm", "mlp", "mlp_sum"],
  post: ["x", "attention", "attention_sum", "attention_norm", "mlp", "mlp_sum", "mlp_norm"],
  none: ["x", "attention", "attention_sum", "mlp", "mlp_sum"],
};

// Its series of positive terms, right to the last bits of a double; beyond 6 it is ±1.
export function erf(z) {
  const size = Math.abs(z);
  if (size > 6) return Math.sign(z);
  let term = size, sum = size;
  for (let n = 1; term > 1e-17 * sum; n += 1) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return (Math.sign(z) * 2 * Math.exp(-size * size) * sum) / Math.sqrt(Math.PI);
}
export const gelu = (v) => (v * (1 + erf(v / Math.SQRT2))) / 2;

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const add = (a, b) => a.map((row, t) => row.map((v, j) => v + b[t][j]));
const linear = (rows, weight, bias) => rows.map((row) => weight.map((w, i) => dot(w, row) + bias[i]));
const normalized = (rows) => rows.map((row) => layerNorm(row, { gamma: row.map(() => 1), beta: row.map(() => 0), eps: EPS }).xhat);

function softmax(scores) {
  const top = Math.max(...scores), powers = scores.map((s) => Math.exp(s - top)), sum = powers.reduce((a, b) => a + b);
  return powers.map((p) => p / sum);
}
function attention(rows, w, causal) {
  const d = rows[0].length, size = d / HEADS, qkv = linear(rows, w["attention.qkv.weight"], w["attention.qkv.bias"]);
  const part = (row, which, head) => row.slice(which * d + head * size, which * d + (head + 1) * size);
  const mixed = qkv.map((row, t) => Array.from({ length: HEADS }, (_, h) => {
    const seen = causal ? qkv.slice(0, t + 1) : qkv;
    const weights = softmax(seen.map((other) => dot(part(row, 0, h), part(other, 1, h)) / Math.sqrt(size)));
    return Array.from({ length: size }, (_, j) => dot(weights, seen.map((other) => part(other, 2, h)[j])));
  }).flat());
  return linear(mixed, w["attention.out.weight"], w["attention.out.bias"]);
}
function mlp(rows, w) {
  const hidden = linear(rows, w["mlp.up.weight"], w["mlp.up.bias"]).map((row) => row.map(gelu));
  return linear(hidden, w["mlp.down.weight"], w["mlp.down.bias"]);
}

// All stages by name, T rows each, in the order of computation.
export function stages(x, { placement, causal, weights }) {
  const all = { x };
  let stream = x, last = x;                                   // `last` is what the next box reads
  for (const name of ORDER[placement].slice(1)) {
    const [box, kind] = name.split("_");
    if (kind === "norm") last = normalized(last);
    else if (kind === "sum") last = stream = add(stream, last);
    else last = box === "mlp" ? mlp(last, weights) : attention(last, weights, causal);
    if (kind === "norm" && placement === "post") stream = last;
    all[name] = last;
  }
  return all;
}
