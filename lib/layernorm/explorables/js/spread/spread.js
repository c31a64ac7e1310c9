// Spread: mean and variance as balance and as squares.  Guess first, then move a point.
import { dated, el, list, mover, onceAFrame, still } from "../kit.js";
import { announcer, caption, chipsOf, choices, headed, strip, viewOn } from "../desk.js";
import { beam } from "./beam.js";
import { ledger } from "./ledger.js";
import { moments } from "./moments.js";
import { FEW, LIMIT, MANY, PRESETS, reached, sentence, TITLE, verdict } from "./asks.js";

const INPUTS = ["x", "preset"], SLOW = 1800;

export const initialize = () => {};

function viewOf(model) {
  const view = viewOn(model), motion = mover(), first = [...model.get("x")], own = model.get("preset") || "Start", kept = new Map();
  return Object.assign(view, {
    moving: false, kept, begins: own === "Start" && first.length < 5 ? list(first).slice(1, -1) : "Start",
    preset: () => view.get("preset") || "Start",
    stop() { motion.stop(); view.moving = false; },
    put(x) {
      view.stop();
      if (view.held) view.move({ x });
      else view.set({ x });
    },
    edit: (i, v) => view.put(view.get("x").with(i, v)),
    type(i, v) {
      if (Number.isFinite(v)) view.edit(i, Math.min(LIMIT, Math.max(-LIMIT, v)));
      view.later();                                           // what was no number gives way to the number that stands
    },
    add() { const { x, mu, d } = moments(view.get("x")); if (d < MANY) view.put([...x, +mu.toPrecision(12)]); },
    drop() { const x = view.get("x"); if (x.length > FEW) view.put(x.slice(0, -1)); },
    // All that the frame must hold: what stands, and what the preset will make of it.
    seen() {
      const quiz = PRESETS[view.preset()], x = view.get("x");
      if (kept.has(view.preset()) || !quiz.path) return [x, ...(quiz.also ? [quiz.also] : [])];
      return [x, ...(quiz.seen ?? [1]).map((u) => quiz.path(u, x))];
    },
    load(name) {
      view.stop();
      kept.delete(name);
      view.set({ preset: name, x: [...(name === own ? first : PRESETS[name].x ?? first)] });
      view.fresh();
    },
    commit(guess) {
      const name = view.preset(), quiz = PRESETS[name];
      // What was asked is about these numbers, or about any others that leave it something to do, and room.
      const x = view.get("x");
      if (quiz.x && (quiz.exact || !moments(x).total || quiz.path(1, x).length > MANY)) view.set({ x: [...quiz.x] });
      const start = moments(view.get("x"));
      const mine = { guess, verdict: null };
      kept.set(name, mine);
      const end = () => {
        view.moving = false;
        view.set({ x: quiz.path(1, start.x).map((v) => +v.toPrecision(12)) });
        Object.assign(mine, { verdict: verdict(quiz, guess, start, moments(view.get("x"))), of: String(view.get("x")) });
        view.later();
      };
      if (still()) return end();
      view.moving = true;
      view.later();
      return motion.start(SLOW, (u) => (u < 1 ? view.move({ x: quiz.path(u, start.x) }) : end()));
    },
    judge() {
      view.kept.set(view.preset(), { verdict: reached(moments(view.get("x"))), of: String(view.get("x")) });
      view.later();
    },
  });
}

function asking(view) {
  const show = strip();
  const button = (text, act, kind) => el("button", { type: "button", class: `ln-btn ${kind}`, onclick: act }, text);
  return {
    node: show.node,
    words: show.words,
    draw() {
      const name = view.preset(), quiz = PRESETS[name], mine = view.kept.get(name);
      const past = Boolean(mine?.verdict) && mine.of !== String(view.get("x")), said = mine?.verdict && dated(mine.verdict, past);
      if (quiz.goal) show.show(`${name} ${said}`, said ?? ["asked", "Your turn", quiz.ask], () => [button("Check", view.judge, "ln-check")]);
      else if (!mine) show.show(`${name} asked`, ["asked", "Predict", quiz.ask], () => choices(quiz.options, {}, ([k]) => view.commit(k)));
      else if (said) show.show(`${name} told ${past}`, said, () => [button("Guess again", () => view.load(name), "ln-open")]);
      else if (view.moving) show.show(`${name} held`, ["held", "Your guess:", `${quiz.options[mine.guess]}. Watch.`]);
      else { view.kept.delete(name); view.later(); }          // somebody took a point before it had arrived: there is nothing to judge
    },
  };
}

function counter(view) {
  const words = el("span", { class: "sp-count" });
  const button = (sign, label, act) => el("button", { type: "button", class: "ln-btn-icon", "aria-label": label, title: label, onclick: act }, sign);
  const less = button("−", "Remove the last point", view.drop), more = button("+", "Add a point at the mean", view.add);
  return {
    nodes: [less, words, more],
    words: () => words.textContent && `${words.textContent}.`,
    draw({ now }) {
      words.textContent = `d = ${now.d}`;
      less.setAttribute("aria-disabled", now.d === FEW);      // disabled, it would drop the focus
      more.setAttribute("aria-disabled", now.d === MANY);
    },
  };
}

let spreads = 0;

export function render({ model, el: root, signal }) {
  const view = viewOf(model), id = `ln-spread-${++spreads}`, head = headed(root, id, TITLE, () => view.load(view.preset()));
  const chips = chipsOf("Presets", Object.keys(PRESETS).map((name) => [name, name === "Start" ? view.begins : name]), view.preset, view.load);
  const ask = asking(view), picture = beam(view), say = caption(), count = counter(view);
  const parts = [chips, ask, picture, ledger(view), say, announcer(view, [ask, count, say])];
  head.querySelector(".ln-tools").prepend(...count.nodes);
  const draw = () => {
    const now = moments(view.get("x")), state = { now, words: sentence(now) };
    for (const part of [count, ...parts]) part.draw(state);        // the announcer last: it hears what all say
  };
  view.later = onceAFrame(draw);
  view.fresh = () => { picture.refit(); view.later(); };
  for (const key of INPUTS) model.on(`change:${key}`, view.later);
  model.on("change:preset", view.fresh);
  root.classList.add("ln-sp");
  root.replaceChildren(head, ...parts.map((part) => part.node));
  const watch = new ResizeObserver(() => { if (picture.resize()) draw(); });
  watch.observe(picture.node);
  signal?.addEventListener("abort", () => { watch.disconnect(); view.stop(); });
  if (picture.resize()) draw();
}
