// Layer: the gradient of each weight is a push times an input, seen as a rectangle.  Asked first: which of them change?
import { dated, el, mover, onceAFrame, pick, short, still, strides, subscript } from "../kit.js";
import { announcer, caption, chipsOf, headed, strip, viewOn } from "../desk.js";
import { scalesOf, sheet } from "./outer.js";
import { LIMIT, moved, passes, PUSH, scaled } from "./passes.js";
import { ask, PRESETS, sentence, TITLE, verdict } from "./speech.js";

const INPUTS = ["x", "W", "b", "dy", "preset"];
const SLOW = 1600;

export const initialize = () => {};

function viewOf(model) {
  const view = viewOn(model), motion = mover(), rounds = new Map(), names = Object.keys(PRESETS);
  const state = () => Object.fromEntries(["x", "W", "b", "dy"].map((key) => [key, view.get(key)]));
  const first = { ...state(), preset: model.get("preset") };
  const same = (a, b) => ["x", "dy"].every((key) => a[key].every((v, k) => v === b[key][k]));
  let last = first;                                           // what this view has put there: anything else came from outside
  const put = (changes) => {
    last = { ...state(), ...changes };
    if (view.held || motion.on) view.move(changes);
    else view.set(changes);
    view.later();
  };
  const stop = () => { motion.stop(); motion.on = false; };
  // Where a preset begins; what was given from Python is the beginning of the preset it came with.
  const startOf = (name) => (name === first.preset ? first : PRESETS[name].start);
  const begin = (name) => rounds.set(name, { picked: new Set(), told: null }).get(name);
  return Object.assign(view, {
    motion, state, names, which: "all", chosen: null, before: first,
    preset: () => (names.includes(view.get("preset")) ? view.get("preset") : names[0]),
    round: () => rounds.get(view.preset()) ?? begin(view.preset()),
    heard() {                                                 // x or dy was set from outside: that is the new beginning
      if (same(last, state())) return;
      stop();
      view.before = last = state();
    },
    edit(key, k, value) {
      if (!Number.isFinite(value)) return view.later();
      stop();
      const most = key === "x" ? LIMIT : PUSH;
      put({ [key]: view.get(key).with(k, Math.min(most, Math.max(-most, value))) });
      view.before = state();
      return undefined;
    },
    factor() {
      const k = view.which === "all" ? view.before.x.findIndex((v) => v !== 0) : +view.which, old = view.before.x[k];
      return old ? view.get("x")[k] / old : 1;
    },
    grow(factor) {
      stop();
      if (view.before.dy.some((v, k) => v !== view.get("dy")[k])) view.before = state();     // one change is told at a time
      put({ x: scaled(view.before.x, view.which === "all" ? [0, 1, 2] : [+view.which], factor) });
    },
    choose(which) {
      stop();
      Object.assign(view, { which, before: state() });
      view.later();
    },
    press(k) {
      const { picked, told } = view.round();
      if (told) view.chosen = view.chosen === k ? null : k;
      else if (!picked.delete(k)) picked.add(k);
      view.later();
    },
    commit() {
      const round = view.round(), quiz = PRESETS[view.preset()], start = state(), end = { ...start, ...moved(start, quiz, 1) };
      Object.assign(view, { before: start, chosen: null, which: quiz.grow ? (quiz.grow.length > 1 ? "all" : String(quiz.grow[0])) : view.which });
      round.told = verdict([...round.picked], start, end, quiz);
      Object.assign(round, { start, end });
      if (still()) return put({ x: end.x, dy: end.dy });
      motion.on = true;
      return motion.start(SLOW, (u) => {
        if (u === 1) motion.on = false;
        put(moved(start, quiz, u));
      });
    },
    load(name, again = false) {
      stop();
      if (again) begin(name);
      const round = rounds.get(name), start = round?.told ? round.start : startOf(name), now = round?.told ? round.end : start;
      Object.assign(view, { before: start, chosen: null });
      put({ preset: name, x: [...now.x], W: now.W, b: now.b, dy: [...now.dy] });
    },
    // The scales stand still under a hand.
    scales() {
      const start = startOf(view.preset()), quiz = PRESETS[view.preset()];
      if (!view.held || !view.kept) view.kept = scalesOf([state(), view.before, start, { ...start, ...moved(start, quiz, 1) }]);
      return view.kept;
    },
    grips(range) {
      range.addEventListener("pointerdown", () => { stop(); view.hold(true); });
      for (const end of ["pointerup", "pointercancel"]) range.addEventListener(end, () => view.hold(false));
    },
  });
}

function asking(view) {
  const show = strip(), check = el("button", { type: "button", class: "ln-btn ly-check", onclick: () => view.commit() });
  const again = () => el("button", { type: "button", class: "ln-btn ln-open", onclick: () => view.load(view.preset(), true) }, "Guess again");
  return {
    node: show.node,
    words: show.words,
    draw({ now, name, round, moving }) {
      const { told, picked } = round;
      if (!told) show.show(`${name} asked`, ["asked", "Predict", ask(PRESETS[name])], () => [check]);
      else if (moving) show.show(`${name} held`, ["held", "Your guess:", `${picked.size || "none"} of 9 gradients. Watch.`]);
      else {
        const here = String([now.x, now.dy]), past = here !== (round.of ??= here);
        show.show(`${name} told ${told.words} ${past}`, dated(told.words, past), () => [again()]);
      }
      check.textContent = picked.size ? "Check" : "None";
      check.classList.toggle("ln-check", picked.size > 0);
    },
  };
}

// x, or one feature of it, from a tenth of its size to ten times it.
function growing(view) {
  const value = el("span", { class: "r-x ly-times" });
  const range = el("input", { type: "range", min: -1, max: 1, step: 0.01, class: "ln-range", "aria-label": "Multiply it by",
    oninput: () => view.grow(+(10 ** range.valueAsNumber).toPrecision(2)) });
  strides(range, 0.1, 1, () => Math.log10(view.factor()), (v) => view.grow(+(10 ** v).toPrecision(2)));
  view.grips(range);
  const what = pick("Multiply", [["all", "all of x"], ...[0, 1, 2].map((j) => [String(j), `x${subscript(j + 1)}`])], (which) => view.choose(which));
  return {
    node: el("div", { class: "ly-grow" }, what.node, range, value),
    draw() {
      const factor = view.factor();
      what.show(view.which);
      range.value = factor > 0 ? Math.log10(factor) : 0;
      value.textContent = `× ${short(+factor.toPrecision(3))}`;
      range.setAttribute("aria-valuetext", `times ${short(+factor.toPrecision(3))}`);
    },
  };
}

function present(view) {
  const state = view.state();
  if (state.x.length !== 3 || state.W.some((row) => row.length !== 3)) return null;
  view.heard();
  const now = passes(state), before = passes({ ...state, x: view.before.x, dy: view.before.dy }), round = view.round(), moving = view.motion.on;
  return { now, before, ...view.scales(), name: view.preset(), round, moving, asked: !round.told, picked: round.picked, chosen: view.chosen,
    marks: round.told && !moving ? round.told.marks : {}, words: sentence(now, before, round.told ? view.chosen : null) };
}

let layers = 0;

export function render({ model, el: root, signal }) {
  const view = viewOf(model), head = headed(root, `ln-layer-${++layers}`, TITLE, () => view.load(view.preset(), true));
  const chips = chipsOf("Presets", view.names.map((name) => [name, name]), view.preset, (name) => view.load(name));
  const guess = asking(view), say = caption();
  const parts = [chips, guess, sheet(view), growing(view), say, announcer(view, [guess, say])];
  const draw = () => {
    const now = present(view);
    if (now) for (const part of parts) part.draw(now);
  };
  view.later = onceAFrame(draw);
  for (const key of INPUTS) model.on(`change:${key}`, view.later);
  root.classList.add("ln-layer");
  root.replaceChildren(head, ...parts.map((part) => part.node));
  signal?.addEventListener("abort", () => view.motion.stop());
  draw();
}
