// Rows: can γ and β, the same for every row, undo what LayerNorm did to each of them?
import { ease, el, iconButton, mix, mover, onceAFrame, speaker, still } from "../kit.js";
import { board } from "./board.js";
import { caught, isBack, judge, LIMIT, outputs, points, roomOf, stops } from "./fitting.js";
import { kindOf, sentence, spokenFeature } from "./telling.js";
import { wager } from "./wager.js";

const INPUTS = ["rows", "gamma", "beta", "eps", "round", "rounds", "guesses", "ended"];
const OWN = 0;                                                // the round of the reader's own rows
const CATCH = 5;                                              // px: a drag is caught by a row that comes back
export const SAMPLES = {
  "one μ, one σ": [[0, 3, 6], [6, 0, 3], [3, 6, 0]],
  "x and −x": [[2, 0, 4, 4], [-2, 0, -4, -4]],
  "x and 10x": [[2, 0, 4, 4], [20, 0, 40, 40]],
};

export const initialize = () => {};

const ones = (rows) => rows[0].map(() => 1), zeros = (rows) => rows[0].map(() => 0);

let views = 0;

function viewOf(model) {
  const glide = mover(), left = new Map();                    // γ and β of the rounds that were left
  const view = {
    id: ++views, chosen: 0, held: false, unit: 1, later: null,
    told: "",                                                 // what became of a number that was typed, until the next change
    get: (key) => model.get(key),
    set(changes) {
      view.told = "";
      for (const [key, value] of Object.entries(changes)) model.set(key, value);
      model.save_changes();
    },
    tell(words) { view.told = words; view.later(); },
    note: (key, word) => ({ [key]: view.get(key).with(view.get("round"), word) }),
    choose(i) {
      if (view.chosen !== i) { view.chosen = i; view.later(); }
    },
    hold(on) { view.held = on; view.later(); },
    edit(key, i, value) {
      if (!Number.isFinite(value)) return;
      glide.stop();
      view.set({ [key]: view.get(key).with(i, +Math.min(LIMIT, Math.max(-LIMIT, value)).toFixed(6)) });
    },
    // A drag or a key: a row that comes back on the way holds the line for a moment.
    pull(key, value) {
      const i = view.chosen, now = present(view), own = { gamma: now.gamma[i], beta: now.beta[i] };
      const all = points(now.rows, now.xhat, i), grip = { reach: view.held ? CATCH / view.unit : 0, step: 1 };
      view.edit(key, i, caught(value, own[key], stops(all, own)[key], grip));
    },
    guess: (word) => view.set(view.note("guesses", word)),
    giveUp() {
      const { judged, gamma, beta } = present(view), to = ["gamma", "beta"].map((key) => judged.features.map((one) => one[key]));
      const kinds = judged.features.map((one) => one.kind), why = kindOf(judged);
      if (kinds[view.chosen] !== why) view.chosen = kinds.indexOf(why);
      const go = (u, set) => set({ gamma: gamma.map((v, i) => mix(v, to[0][i], u)), beta: beta.map((v, i) => mix(v, to[1][i], u)) });
      view.set(view.note("ended", "shown"));
      if (still()) go(1, view.set);
      else glide.start(600, (u) => go(ease(u), u < 1 ? (changes) => Object.entries(changes).forEach(([key, v]) => model.set(key, v)) : view.set));
    },
    open(round) {
      glide.stop();
      const { rows, gamma, beta } = Object.fromEntries(["rows", "gamma", "beta"].map((key) => [key, view.get(key)]));
      left.set(view.get("round"), { rows, gamma, beta });
      const fresh = round === OWN ? Object.values(SAMPLES)[0] : view.get("rounds")[round - 1];
      view.chosen = 0;
      view.set({ round, ...(left.get(round) ?? { rows: fresh, gamma: ones(fresh), beta: zeros(fresh) }) });
    },
    load(rows) {
      glide.stop();
      view.chosen = 0;
      view.set({ rows: rows.map((x) => [...x]), gamma: ones(rows), beta: zeros(rows), ...view.note("guesses", ""), ...view.note("ended", "") });
    },
    type(r, i, value) { view.load(view.get("rows").map((x, k) => (k === r ? x.with(i, +Math.min(LIMIT, Math.max(-LIMIT, value)).toFixed(6)) : x))); },
    shape(n, d) {
      const rows = view.get("rows"), wide = d ?? rows[0].length;
      view.load(Array.from({ length: n ?? rows.length }, (_, r) => Array.from({ length: wide }, (_, i) => rows[r]?.[i] ?? (i + 2 * r + r * i) % 7)));
    },
    again() { view.load(view.get("round") === OWN ? Object.values(SAMPLES)[0] : view.get("rounds")[view.get("round") - 1]); },
    // The button beside a verdict: [its words, what it does].
    next() {
      const round = view.get("round"), last = round === view.get("rounds").length;
      if (round === OWN) return ["Other rows", () => view.load(view.get("rows"))];
      return last ? ["Your rows", () => view.open(OWN)] : [`Round ${round + 1}`, () => view.open(round + 1)];
    },
  };
  return view;
}

// The state of the picture, or null between two messages of a kernel (rows of one width, γ of another).
function present(view) {
  const [rows, gamma, beta, eps, round] = ["rows", "gamma", "beta", "eps", "round"].map(view.get), d = rows[0].length;
  if (gamma.length !== d || beta.length !== d) return null;
  const judged = judge(rows, eps), { xhat } = judged, y = outputs(xhat, gamma, beta);
  const room = rows[0].map((_, k) => roomOf(points(rows, xhat, k))), back = y.map((row, r) => row.map((v, k) => isBack(v, rows[r][k], room[k])));
  const [guess, ended] = ["guesses", "ended"].map((key) => view.get(key)[round] ?? "");
  const phase = !guess ? "asked" : ended ? "ended" : "trying", i = Math.min(view.chosen, d - 1);
  return { rows, gamma, beta, eps, round, typed: round === OWN, xhat, y, back, judged, guess, ended, phase, i };
}

function rounds(view) {
  let chips = [];
  const node = el("div", { class: "ln-chips ln-rounds", role: "group", "aria-label": "Rounds" });
  return {
    node,
    draw({ round }) {
      const count = view.get("rounds").length;
      if (chips.length !== count + 1) {
        chips = [...Array.from({ length: count }, (_, k) => [k + 1, `Round ${k + 1}`]), [OWN, "Your rows"]].map(([value, words]) =>
          ({ value, node: el("button", { type: "button", class: "ln-chip", onclick: () => { if (view.get("round") !== value) view.open(value); } }, words) }));
        node.replaceChildren(...chips.map((one) => one.node));
      }
      for (const one of chips) one.node.setAttribute("aria-pressed", one.value === round);
    },
  };
}

function caption(view) {
  const node = el("p", { class: "ln-say" });
  let said = null, far = "";                                  // what a field does not say of itself, as the handles of the line do
  return { node, words: () => node.textContent + far, draw(now) {
    far = now.phase !== "asked" && document.activeElement?.matches(".ln-chosen input") ? ` Now ${spokenFeature(now)}.` : "";
    const words = view.told || sentence(now);
    if (words !== said) node.innerHTML = said = words;
  } };
}

export function render({ model, el: root, signal }) {
  const view = viewOf(model), id = `ln-rows-${view.id}`;
  const strip = wager(view), picture = board(view, SAMPLES), say = caption(view);
  const parts = [rounds(view), strip, picture, say, speaker([strip, say], () => view.held)];
  const draw = () => {
    const now = present(view);
    if (!now) return;
    if (now.phase === "trying" && !view.held && now.back.flat().every(Boolean)) view.set(view.note("ended", "solved"));
    for (const part of parts) part.draw(present(view));
  };
  view.later = onceAFrame(draw);
  for (const key of INPUTS) model.on(`change:${key}`, view.later);

  root.classList.add("ln-ex");
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", id);
  root.replaceChildren(el("div", { class: "ln-head" }, el("p", { class: "ln-q", id }, "Choose γ and β so that every row comes back"),
    el("div", { class: "ln-tools" }, iconButton("Reset this round", "reset", view.again))), ...parts.map((part) => part.node));
  const watch = new ResizeObserver(() => { if (picture.resize()) draw(); });
  watch.observe(picture.node);
  signal?.addEventListener("abort", () => watch.disconnect());
  picture.resize();
  draw();                                                     // already in the page: drawn before the first paint
}
