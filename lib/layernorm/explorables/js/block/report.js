// What Block says and asks, without a page to say it on.  Pure.
import { fixed, short } from "../kit.js";
import { LIMIT, most, PRINTED } from "./change.js";

export const TITLE = "One token changes. Who notices?";
export const PLACES = [["pre", "Pre-LN"], ["post", "Post-LN"], ["none", "no LN"]];
export const CHANGES = [["new", "New"], ["plus", "Plus 1"], ["times", "Times 2"], ["", "As before"]];

// --- Names -----------------------------------------------------------------------------------------------

export const label = (name) => (name === "x" ? "x" : name.endsWith("norm") ? "LN" : name.endsWith("sum") ? "+" : name === "mlp" ? "MLP" : "attention");
// In full: of two that share a label, which.
export function named(name, order) {
  const plain = { x: "x", attention: "attention", mlp: "MLP" }[name] ?? `${name.startsWith("mlp") ? "second" : "first"} ${name.endsWith("norm") ? "LN" : "sum"}`;
  return name === order.at(-1) ? `${plain}, y` : plain;
}
const joined = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const counted = (one, tokens) => `${one}${tokens.length === 1 ? "" : "s"} ${joined(tokens)}`;
const bold = (words) => `<b class="bk-says">${words}</b>`;
// 3, 1–5, 1 3–5: what stands under a stage; in brackets where no change is large enough to be printed
const runs = (tokens) => tokens.reduce((all, t) => (all.at(-1)?.[1] === t - 1 ? [...all.slice(0, -1), [all.at(-1)[0], t]] : [...all, [t, t]]), []);
const ranged = (tokens) => runs(tokens).map(([a, b]) => (a === b ? a : `${a}–${b}`)).join(" ");
export function under(name, { rows, seen, asked }) {
  if (asked && name !== "x") return "?";
  const all = ranged(rows[name]) || "–";
  return rows[name].length && !seen[name].length ? `(${all})` : all;
}

// --- Questions -------------------------------------------------------------------------------------------

export function ask({ question, token, causal, own, placement }) {
  const news = own.length ? (question === "where" ? "plus 1" : "gets new numbers") : "keeps its numbers";
  const where = PLACES.find(([name]) => name === placement)[1];
  if (question === "where") return `${where}: token ${token} ${news}. Which stage first changes another row?`;
  return causal ? `${where}, with the mask: whose rows change after attention?` : `${where}: token ${token} ${news}. Whose rows change after attention?`;
}
export const next = ([question, causal]) => (question === "where" ? "add 1" : causal ? "with the mask" : "no mask");
const stops = ({ placement }) => [...(placement === "none" ? [] : ["LN"]), "attention", "MLP", "+", "nowhere"];
export const options = (now) => (now.question === "where" ? stops(now) : [...now.tokens.map(String), "none"]);
// The options that are right.
export function truth(now) {
  if (now.question === "where") return [stops(now).indexOf(now.first ? label(now.first) : "nowhere")];
  return now.rows.attention.length ? now.rows.attention.map((t) => t - 1) : [now.tokens.length];
}
export function result(now) {
  const { question, first, tokens, rows, own } = now, heard = rows.attention;
  if (!own.length) return "Nothing has changed.";
  if (question === "where") return first ? `It first reaches another token in ${label(first)}.` : "It reaches no other token, at no stage.";
  if (!heard.length) return "After attention no row has changed.";
  const who = heard.length === tokens.length ? `all ${tokens.length} rows have` : heard.length === 1 ? `row ${heard[0]} alone has` : `${counted("row", heard)} have`;
  return `After attention ${who} changed${now.seen.attention.length ? "" : `, by less than ${PRINTED}`}.`;
}
export function verdict(now, guess) {
  const right = String(truth(now)) === String(guess), said = joined(guess.map((k) => options(now)[k]));
  return right ? ["right", "✓ As you said:", result(now)] : ["wrong", "✕ Not quite.", `You said ${said}. ${result(now)}`];
}
export const shown = (now) => ["told", now.question ? "Shown:" : "Your turn:", now.own.length ? result(now) : "Pick a token and change its numbers."];

// --- Why -------------------------------------------------------------------------------------------------

const above = (v) => {                                        // at most so much: two digits, rounded up
  const digit = 10 ** (Math.floor(Math.log10(v)) - 1);
  return short(+(Math.ceil(v / digit) * digit).toPrecision(2));
};
// Is the new row the old one, shifted and stretched?  To LayerNorm it is the same, but for ε.
function stretched(row, old) {
  const centred = (v) => { const mean = v.reduce((a, b) => a + b) / v.length; return v.map((a) => a - mean); };
  const dot = (p, q) => p.reduce((sum, v, i) => sum + v * q[i], 0), [a, b] = [centred(row), centred(old)];
  return dot(a, b) > 0 && dot(a, b) ** 2 > (1 - 1e-12) * dot(a, a) * dot(b, b);
}

export function sentence(now) {
  const { asked, own, rows, seen, change, causal, placement, tokens, order, x, before } = now;
  if (asked) return `${causal ? "The mask lets a token see itself and earlier ones only. " : ""}Behind x still stands what was: choose, then check. New, Plus 1 and Times 2 wait for it.`;
  if (!own.length) return "Nothing differs from before. Drag or type a number of x, or press New, Plus 1 or Times 2.";
  const who = counted("token", own), y = order.at(-1), heard = rows.attention;
  if (!heard.length) {
    const why = placement === "pre" && !rows.attention_norm.length ? `LN takes out what was done to ${who}` : "No row of attention differs";
    const end = rows[y].length ? `The stream alone carries it, to ${counted("row", rows[y])} of y.` : "And LN takes it out of the stream: y is what it was.";
    if (!rows.mlp.length) return `${why}: ${bold("attention and MLP hear nothing")}. ${end}`;
    return `${why}: ${bold("attention hears nothing")}. The stream carries it on, and the MLP hears ${counted("row", rows.mlp)}.`;
  }
  if (!seen.attention.length) {
    const why = placement === "pre" && own.every((t) => stretched(x[t - 1], before[t - 1])) ? `To LN the new ${who} ${own.length === 1 ? "is the old one" : "are the old ones"}, but for ε` : `Little of ${who} is heard`;
    const rest = seen[y].length ? ` The stream carries it, to ${counted("row", seen[y])} of y.` : "";
    return `${why}: ${bold(`attention changes by at most ${above(most(change.attention, tokens))}`)}.${rest}`;
  }
  const reached = heard.filter((t) => !own.includes(t)), faint = reached.filter((t) => !seen.attention.includes(t));
  const early = causal ? tokens.filter((t) => t < Math.min(...own)) : [];
  const mask = early.length ? `The mask hides it from ${joined(early)}. ` : "";
  const little = faint.length ? ` (${joined(faint)} by less than ${PRINTED})` : "";
  const rest = { pre: "LN, MLP and + work on each row alone.", post: "+, LN and MLP work on each row alone.", none: "MLP and + work on each row alone." }[placement];
  if (!reached.length) return `${bold("Attention passes it to no other token")}${causal && Math.max(...own) === tokens.length ? ": none comes later" : ""}. ${mask}${rest}`;
  const start = placement === "pre" && rows.attention_norm.length && rows.attention_norm.length < tokens.length ? `LN changes ${counted("row", rows.attention_norm)} alone. ` : "";
  return `${start}${bold(`Attention passes it to ${joined(reached)}`)}${little}. ${mask}${rest}`;
}
export const refusal = (t, j, kept) => `A number of x is from −${LIMIT} to ${LIMIT}. Token ${t}’s number ${j + 1} stays ${short(kept)}.`;

// --- One place -------------------------------------------------------------------------------------------

export const written = (v) => fixed(v, Math.abs(v) < 9.9995 ? 3 : Math.abs(v) < 99.995 ? 2 : 1);
export function place(name, t, now) {
  const { asked, order, was, is, rows, seen } = now, hidden = asked && name !== "x", row = hidden ? was[name] : is[name];
  const state = hidden ? "before; new ones unknown" : seen[name].includes(t) ? "changed" : rows[name].includes(t) ? `changed by less than ${PRINTED}` : "unchanged";
  return { title: `${named(name, order)}, token ${t}`, state, now: row[t - 1].map(written), was: was[name][t - 1].map(written) };
}
export function cellName(name, t, now) {
  const one = place(name, t, now), list = (v) => v.join(", ");
  if (now.asked && name !== "x") return `${one.title}, before: ${list(one.now)}; new ones not known yet`;
  return `${one.title}: ${list(one.now)}; ${one.state}${one.state === "changed" ? `, was ${list(one.was)}` : ""}`;
}
