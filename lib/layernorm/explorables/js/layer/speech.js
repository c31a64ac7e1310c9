// What Layer asks and says, computed from the numbers.  Pure.
import { short, subscript } from "../kit.js";
import { changed, marks, passes } from "./passes.js";

export const TITLE = "What makes a gradient large?";
const GIVEN = { W: [[2, 1, -1], [1, 1, 0.5]], b: [0.5, -1], dy: [1, -0.5] };
export const PRESETS = {
  "One feature": { start: { ...GIVEN, x: [1, 4, -2] }, grow: [0], times: 10 },
  "All features": { start: { ...GIVEN, x: [0.3, 1, -0.2] }, grow: [0, 1, 2], times: 10 },
  "One push": { start: { ...GIVEN, x: [1, 4, -2] }, push: [1], times: 2 },
  "Shut ReLU": { start: { ...GIVEN, x: [1, -4, -2] }, grow: [2], times: 3 },
  "Once more": { start: { ...GIVEN, x: [1, -4, -2] }, grow: [0], times: 10 },
};

const sub = (letter, ...index) => `${letter}${index.map((k) => subscript(k + 1)).join("")}`;
const bold = (text) => `<b class="ly-says">${text}</b>`;
const joined = (list) => list.join(", ").replace(/, ([^,]*)$/, " and $1");
const own = (v) => (v < 0 ? `(${short(v)})` : short(v));
const product = (a, b) => `${short(a)}\u00a0·\u00a0${own(b)}`;           // breaks nowhere inside
export const named = (k, d) => (k < 2 * d ? sub("dW", Math.floor(k / d), k % d) : sub("dx", k - 2 * d));

export function ask({ grow, push, times }) {
  const what = push ? sub("dy", push[0]) : grow.length > 1 ? "All of x" : sub("x", grow[0]);
  return `${what} becomes ${times} times what it is; the rest stays. Press every gradient, dW or dx, that will change.`;
}

const rows = (list) => `${list.length > 1 ? "rows" : "row"} ${joined(list.map((i) => i + 1))}`;
const shut = ({ z }) => z.flatMap((v, i) => (v > 0 ? [] : [i]));
const differ = (a, b) => a.flatMap((v, k) => (v === b[k] ? [] : [k]));
const large = (text) => text[0].toUpperCase() + text.slice(1);
const zs = (list) => joined(list.map((i) => sub("z", i)));

// Outputs that are pushed and whose ReLU opened or shut on the way.
function switches(before, after) {
  const turned = before.z.flatMap((v, i) => ((v > 0) === (after.z[i] > 0) || !after.dy[i] ? [] : [i]));
  const opened = turned.filter((i) => after.z[i] > 0), closed = turned.filter((i) => after.z[i] <= 0);
  const words = ["ReLU", opened.length && `opened for ${zs(opened)}`, opened.length && closed.length && "and", closed.length && `shut for ${zs(closed)}`];
  return { turned, words: words.filter(Boolean).join(" ") };
}

export function reason(before, after, { grow, push }) {
  const { turned, words } = switches(before, after), grown = differ(before.x, after.x), pushed = differ(before.dy, after.dy), off = shut(after);
  if (!grown.length && !pushed.length) {
    const key = grow ? "x" : "dy", k = (grow ?? push).reduce((a, b) => (Math.abs(before[key][b]) > Math.abs(before[key][a]) ? b : a));
    return before[key][k] ? `${sub(key, k)} is as large as it may be here: nothing moved.` : "0 times anything is 0: nothing moved.";
  }
  if (pushed.length) {
    return off.includes(pushed[0]) ? "ReLU stops that push: nothing behind it hears of it."
      : `${large(rows(pushed))} of dW and all of dx have ${sub("dy", pushed[0])} in them.`;
  }
  const which = grown.length > 1 ? "each dW has its own input in it" : `column ${grown[0] + 1} of dW has ${sub("x", grown[0])} in it`;
  if (turned.length) return `${large(which)}. And ${words}: ${rows(turned)} and dx changed too.`;
  const mute = off.length ? `, and ${rows(off)} get${off.length > 1 ? "" : "s"} no push` : "";
  return `${large(grown.length > 1 ? which : `only ${which}`)}${mute}. dx has no x in it.`;
}

// What was chosen against what changed: the strip's words, and a mark for each gradient.
export function verdict(guess, start, end, quiz) {
  const before = passes(start), after = passes(end), found = marks(changed(before, after), guess), kinds = Object.values(found);
  const count = (kind) => kinds.filter((one) => one === kind).length, whole = count("right") === kinds.length;
  const tally = whole ? "" : `${count("right")} right, ${count("missing")} missing, ${count("wrong")} too many. `;
  return { marks: found, words: [whole ? "right" : "wrong", whole ? "✓ As you said." : "✕ Not quite:", tally + reason(before, after, quiz)] };
}

// One gradient, term by term.
function explained(now, k) {
  const d = now.x.length, i = Math.floor(k / d), j = k % d;
  if (k < 2 * d) {
    const why = now.z[i] > 0 ? "" : ` ReLU is shut, since ${sub("z", i)} is ${short(now.z[i])}.`;
    return `${bold(`${sub("dW", i, j)} = ${sub("dz", i)} · ${sub("x", j)} = ${product(now.dz[i], now.x[j])} = ${short(now.dW[i][j])}`)}: its output’s push times its input.${why}`;
  }
  const terms = now.dz.map((v, r) => product(now.W[r][j], v)).join(" + ");
  return `${bold(`${sub("dx", j)} = ${terms} = ${short(now.dx[j])}`)}: weights times pushes, no x in it.`;
}

export function sentence(now, before, chosen = null) {
  if (chosen !== null) return explained(now, chosen);
  const grown = differ(before.x, now.x), pushed = differ(before.dy, now.dy);
  if (grown.length + pushed.length === 0) {
    const dz = now.dz.map(Math.abs), x = now.x.map(Math.abs), i = dz.indexOf(Math.max(...dz)), j = x.indexOf(Math.max(...x)), d = x.length;
    if (!dz[i]) return `No output passes a push on: ${bold("every gradient is 0")}.`;
    return x[j] ? `The largest push that ReLU lets through meets the input of largest size in ${bold(`${sub("dW", i, j)} = ${product(now.dz[i], now.x[j])} = ${short(now.dW[i][j])}`)}.` : `Every input is 0, and so is ${bold("all of dW")}; dx need not be.`;
  }
  const all = grown.length > 1, key = grown.length ? "x" : "dy", k = (grown.length ? grown : pushed)[0];
  const times = short(now[key][k] / before[key][k]), who = grown.length ? (all ? "All of x" : sub("x", k)) : sub("dy", k);
  const { turned, words } = switches(before, now);
  const shutNow = shut(now), part = !grown.length ? `row ${k + 1} of dW` : all ? "all of dW" : `column ${k + 1} of dW`;
  if (turned.length) return `${who} is ${times} times what it was. But ${words}, so ${bold(`${rows(turned)} and dx changed too`)}.`;
  if (!grown.length && shutNow.includes(k)) return `${who} is ${times} times what it was, and ${bold("nothing heard of it")}: ReLU stops it.`;
  if (grown.length && now.dz.every((v) => !v)) return `${who} is ${times} times what it was. No output passes a push on: ${bold("every gradient stays 0")}.`;
  return `${who} is ${times} times what it was, and so is ${bold(part)}. ${grown.length ? "dx is what it was." : "dx carries it too."}`;
}
