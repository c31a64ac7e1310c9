// Neighbours: predict which of your numbers change when the company does; then see who noticed.
import { el, onceAFrame } from "../kit.js";
import { announcer, caption, chipsOf, headed, strip, viewOn } from "../desk.js";
import { ran, refused, situation, statistics, WAYS, wayOf } from "./batch.js";
import { company, plan, redrawn, seated, settings, shuffled } from "./moves.js";
import { afterRun, ask, label, named, outcome, refusal, sentence, shown, TITLE, verdict } from "./account.js";
import { table } from "./seating.js";

const INPUTS = ["x", "before", "start", "norm", "mode", "running_mean", "running_var", "eps", "move", "stage", "marked", "seed"];

export const initialize = () => {};

// Guesses are kept by move and way; `note` is what a press has just done, until the next change.
function viewOf(model) {
  const view = viewOn(model), rounds = new Map(), state = () => Object.fromEntries(INPUTS.map((key) => [key, view.get(key)]));
  const first = { norm: view.get("norm"), mode: view.get("mode"), seed: view.get("seed") };
  const id = () => [view.get("move"), ...wayOf(state())].join("|"), { set } = view;
  const free = (x, before, send = true) => {
    view.trained = false;
    view[send ? "set" : "move"]({ x, before, move: "", marked: [] });
  };
  view.set = (changes) => { view.note = null; set(changes); };
  return Object.assign(view, {
    note: null,
    trained: false,                                           // has a batch gone into the running numbers since somebody last came or went?
    now() {
      const now = situation(state());
      if (!now) return null;
      const round = now.move && !now.asked ? rounds.get(id()) ?? null : null;
      if (view.trained) {                                     // what changed in eval mode has another reason than the company
        now.counts[1] = null;
        if (now.way === WAYS[1]) Object.assign(now, { moved: true, count: null, seen: now.seen.map(() => null) });
      }
      return { ...now, round, marks: now.asked ? now.marked : round?.marked ?? [] };
    },
    played: (move) => [...rounds.keys()].some((key) => key.startsWith(`${move}|`)),
    mark(j) {
      const had = view.get("marked");
      view.set({ marked: had.includes(j) ? had.filter((k) => k !== j) : [...had, j].sort((a, b) => a - b) });
    },
    answer(kept) {                                            // the guess is judged on what stands now, and stays
      const { move, start, seed, marked } = state();
      view.set({ x: company(move, start, seed), before: start, stage: "told" });
      if (kept) rounds.set(id(), { marked, said: verdict(situation(state()), marked) });
      view.later();
    },
    load(move, ways = settings(move)) {
      const { start, seed } = state();
      view.trained = false;
      view.move({ ...ways, move, stage: "ask", marked: [], x: start, before: start });
      const round = rounds.get(id());
      view.set(round ? { x: company(move, start, seed), stage: "told", marked: round.marked } : {});
      view.later();
    },
    choose([norm, mode]) {
      view.move(norm === "LN" ? { norm } : { norm, mode });
      if (view.get("stage") === "ask" && view.get("move")) view.load(view.get("move"), {});
      else view.set({});
      view.later();
    },
    edit(r, j, v, before, send) {
      view.note = null;
      free(view.get("x").map((row, k) => (k === r ? row.with(j, v) : row)), before, send);
    },
    sent: () => { model.save_changes(); view.later(); },
    refuse(r, j) { view.note = { words: refusal(r, j, view.get("x")[r][j]), refused: true }; view.later(); },
    drop(r) { free(view.get("x").filter((_, k) => k !== r), view.get("x")); view.leave(r); },
    add() { const { x, start, seed } = state(); free(seated(x, start, seed), x); view.filled(); },
    shuffle() { const x = view.get("x"); free(shuffled(x), x); },
    redraw() {
      const { x, start, seed } = state();
      view.move({ seed: seed + 1 });
      free(redrawn(x, start, seed + 1), x);
    },
    run() {
      const { x, running_mean, running_var } = state(), next = ran(x, { running_mean, running_var });
      view.set({ ...next });
      view.trained = true;
      view.note = { words: afterRun({ mean: next.running_mean, variance: next.running_var }, statistics(x), { d: x[0].length, rows: x.length }) };
      view.later();
    },
    again() {
      const { start } = state();
      rounds.clear();
      view.trained = false;
      view.set({ ...first, x: start, before: start, running_mean: start[0].map(() => 0), running_var: start[0].map(() => 1), move: plan(start)[0] ?? "", stage: "ask", marked: [] });
      view.later();
    },
  });
}

function asking(view) {
  const show = strip(), button = (text, act, kind = "", more = "") => el("button", { type: "button", class: `ln-btn ${kind}`, "aria-label": more ? text + more : undefined, onclick: act }, text, el("span", { class: "nb-which" }, more));
  const check = button("Check", () => view.answer(true)), look = button("Show me", () => view.answer(false));
  return {
    node: show.node,
    words: show.words,
    draw(now) {
      const { move, start, seed, asked, marked, round, way } = now;
      if (asked) {
        const some = plan(start).some(view.played);
        show.show(`${move} ${way} ${some} ask ${now.x}`, ["asked", "Predict", ask(now)], () => [el("div", { class: "nb-do" }, ...(some ? [look] : []), check)]);
        check.textContent = marked.length ? "Check" : "None";
        check.classList.toggle("ln-check", marked.length > 0);
        return;
      }
      const next = plan(start).find((one) => one !== move && !view.played(one)), told = round ? round.said : shown(now);
      show.show(`${move} ${way} ${told} ${next}`, told, () => (next ? [button("Next", () => view.load(next), "ln-open", `: ${label(next, start, seed)}`)] : []));
    },
  };
}

// Who normalizes, and what it makes of you: LayerNorm beside BatchNorm.
function ways(view) {
  const all = WAYS.map((way, k) => {
    const words = el("span", { class: "nb-mode" }), count = el("span", { class: "nb-count" });
    const node = el("button", { type: "button", class: "nb-way", "data-norm": way[0], onclick: () => view.choose(way) }, el("b", {}, way[0] === "LN" ? "LayerNorm" : "BatchNorm"), el("span", {}, words, count));
    return { node, draw(now) {
      const [word, number] = outcome(way, now, now.counts[k]);
      words.textContent = word ? `${word}: ` : "";
      count.textContent = number;
      count.classList.toggle("is-count", number.includes("of"));
      count.classList.toggle("is-some", !now.asked && !now.own && now.counts[k] !== 0);
      node.setAttribute("aria-pressed", way === now.way);
      node.setAttribute("aria-label", `${named(way)}, ${now.asked ? "changes not known yet" : number.includes("of") ? `${number} changed` : number}`);
    } };
  });
  return { node: el("div", { class: "nb-ways", role: "group", "aria-label": "Who normalizes" }, all.map((one) => one.node)), draw: (now) => all.forEach((one) => one.draw(now)) };
}

function moves(view) {
  const node = el("div", {});
  let shown_ = null, chips = null;
  return { node, draw({ start, seed, move }) {
    const key = `${start.map(String).join("|")} ${seed}`;
    if (key !== shown_) {
      shown_ = key;
      const held = node.contains(document.activeElement);
      chips = chipsOf("Moves", [...plan(start), ""].map((one) => [one, label(one, start, seed)]), () => view.get("move"), (one) => view.load(one));
      node.replaceChildren(chips.node);
      if (held) node.querySelector("button").focus({ preventScroll: true });
    }
    chips.draw();
  } };
}

function actions(view) {
  const button = (text, act) => el("button", { type: "button", class: "ln-btn", onclick: act }, text);
  const shuffle = button("Shuffle", () => view.shuffle()), redraw = button("Strangers", () => view.redraw()), run = button("Run this batch", () => view.run());
  const off = (node, why) => { node.disabled = Boolean(why); node.title = why || ""; };
  return {
    node: el("div", { class: "nb-actions" }, el("div", {}, shuffle, redraw), el("div", {}, el("span", { "aria-hidden": "true" }, "into the running numbers:"), run)),
    draw({ asked, x, way }) {
      const busy = asked && "Answer first";
      off(shuffle, busy || (x.length < 3 && "Nobody to change seats with"));
      off(redraw, busy || (x.length < 2 && "Nobody to replace"));
      off(run, busy || (way !== WAYS[0] && "Only BatchNorm in training updates them") || (refused(x, way) && "One row cannot be trained on"));
    },
  };
}

function saying(view) {
  const say = caption();
  return { node: say.node, words: say.words, draw(now) {
    say.node.classList.toggle("is-refused", Boolean(view.note?.refused));
    say.draw({ words: view.note?.words ?? sentence(now) });
  } };
}

let batches = 0;

export function render({ model, el: root }) {
  const view = viewOf(model), id = `ln-neighbours-${++batches}`, head = headed(root, id, TITLE, () => view.again());
  const ask_ = asking(view), seats = table(view), say = saying(view);
  const parts = [moves(view), ask_, ways(view), seats, say, actions(view), announcer(view, [ask_, say])];
  const draw = () => {
    const now = view.now();
    if (!now) return;
    root.dataset.norm = now.norm;
    for (const part of parts) part.draw(now);
  };
  const soon = onceAFrame(draw);
  Object.assign(view, { later: soon, leave: (r) => { draw(); seats.leave(r); }, filled: () => { draw(); seats.last(); },
    check() {                                                 // from a mark, which is gone then
      view.answer(true);
      draw();
      (ask_.node.querySelector("button") ?? ask_.node).focus({ preventScroll: true });
    } });
  for (const key of INPUTS) model.on(`change:${key}`, soon);
  root.classList.add("ln-nb");
  root.replaceChildren(head, ...parts.map((part) => part.node));
  draw();
}
