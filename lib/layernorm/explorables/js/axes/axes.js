// Axes: who is averaged with whom.  Paint first; then counts, shapes and code.
import { el, onceAFrame, pick } from "../kit.js";
import { announcer, caption, chipsOf, choices, headed, strip, viewOn } from "../desk.js";
import { briefly, methodOf } from "./array.js";
import { table } from "./facts.js";
import { grid, legend } from "./grid.js";
import { gammaQuiz, gammaVerdict, marks, paintAsk, sentence, TITLE, verdict } from "./tell.js";

const FEW = 3;                                                // methods whose whole names have room
const INPUTS = ["shape", "cell", "methods", "method", "groups", "painted", "stage"];

export const initialize = () => {};

// The rounds played so far stay: by method, what was painted for which cell, and what was said to it.
function viewOf(model) {
  const view = viewOn(model), rounds = new Map(), first = [...model.get("cell")];
  const key = () => (view.get("methods").includes(view.get("method")) ? view.get("method") : view.get("methods")[0]);
  const id = () => [key(), view.get("shape"), key() === "GN" ? view.get("groups") : ""].join("|");
  const within = (cell, shape) => cell.map((i, axis) => Math.min(i, shape[axis] - 1));
  return Object.assign(view, {
    key,
    method: () => methodOf(key(), view.get("shape"), view.get("groups")),
    round: () => rounds.get(id()) ?? null,
    unlocked: () => rounds.size > 0,
    check() {
      const method = view.method(), cell = [...view.get("cell")], painted = [...view.get("painted")];
      rounds.set(id(), { cell, painted, verdict: verdict(method, cell, painted), browsing: false, gamma: null });
      view.set({ stage: "checked" });
    },
    show() {                                                  // without a painting: the answer, and nothing to compare it with
      rounds.set(id(), { cell: [...view.get("cell")], painted: null, verdict: null, browsing: true, gamma: null });
      view.set({ stage: "done" });
    },
    next() { view.round().browsing = true; view.set({ stage: "gamma" }); },
    guess(k) { view.round().gamma = gammaVerdict(view.method(), k); view.set({ stage: "done" }); },
    ask(cell) {
      const round = view.round();
      if (round) round.browsing = true;
      view.set({ cell });
      view.later();
    },
    load(method, changes = {}) {
      view.move({ method, ...changes });
      const round = rounds.get(id()), { shape } = view.method();
      view.set({ painted: round?.painted ? [...round.painted] : [], cell: within(round ? round.cell : first, shape),
        stage: !round ? "paint" : round.verdict && !round.gamma ? (round.browsing ? "gamma" : "checked") : "done" });
      view.later();
    },
    again() { rounds.delete(id()); view.load(key()); },
  });
}

function asking(view) {
  const show = strip();
  const button = (text, act, kind = "") => el("button", { type: "button", class: `ln-btn ${kind}`, onclick: act }, text);
  const check = button("Check", () => view.check()), answer = button("Show me", () => view.show());
  const clear = button("Clear", () => { if (view.get("painted").length) view.set({ painted: [] }); });
  return {
    node: show.node,
    words: show.words,
    draw({ method, stage, painted, round }) {
      const key = [method.name, method.key, method.shape].join("|");
      if (stage === "paint") {
        clear.setAttribute("aria-disabled", painted.length === 0);      // disabled, it would drop the focus
        show.show(`${key} paint ${view.unlocked()}`, ["asked", "Predict", paintAsk(method)],
          () => [el("div", { class: "ax-do" }, ...(view.unlocked() ? [answer] : []), clear, check)]);
        check.textContent = painted.length ? "Check" : "Nobody else";
        check.classList.toggle("ln-check", painted.length > 0);
      } else if (stage === "checked" && round) show.show(`${key} checked`, round.verdict, () => [button("Next: γ’s shape", () => view.next(), "ln-open")]);
      else if (stage === "gamma") {
        const quiz = gammaQuiz(method);
        show.show(`${key} gamma`, ["asked", "Predict", quiz.ask], () => choices(quiz.options, {}, ([k]) => view.guess(k)));
      } else {
        const told = round?.gamma ?? ["told", "Shown", "Press any cell to see whose mean it uses."];
        show.show(`${key} done ${told}`, told, () => [button("Paint again", () => view.again(), "ln-open")]);
      }
    },
  };
}

// The methods on offer, and how many groups GroupNorm makes.
function offers(view) {
  const node = el("div", { class: "ax-offers" });
  let shown = null, chips = null, group = null;
  return {
    node,
    draw() {
      const [methods, shape, groups] = ["methods", "shape", "groups"].map(view.get), key = view.key(), state = [methods, shape, groups].join("|");
      if (state !== shown) {
        shown = state;
        const held = node.contains(document.activeElement), channels = shape[shape.length === 3 ? 2 : 1];
        const name = (one) => (one === "square" || methods.length > FEW ? briefly(one) : methodOf(one, shape, groups).name);
        chips = chipsOf("Methods", methods.map((one) => [one, name(one)]), view.key, (one) => view.load(one));
        group = pick("G", Array.from({ length: channels }, (_, k) => k + 1).filter((n) => channels % n === 0).map((n) => [n, String(n)]),
          (n) => view.load("GN", { groups: +n }));
        node.replaceChildren(chips.node, ...(methods.includes("GN") ? [group.node] : []));
        if (held) (key === "GN" ? group.select : node.querySelector("button")).focus({ preventScroll: true });
      }
      chips.draw();
      group.select.value = groups;
      group.node.hidden = key !== "GN";
    },
  };
}

function present(view) {
  const method = view.method(), [cell, painted, asked] = ["cell", "painted", "stage"].map(view.get), round = view.round();
  if (cell.length !== method.shape.length || cell.some((i, axis) => i >= method.shape[axis])) return null;    // between two messages of a kernel
  const stage = asked !== "paint" && asked !== "done" && !round ? "done" : asked;
  const marked = stage !== "paint" && round?.painted && !round.browsing ? marks(method, round.cell, round.painted) : null;
  return { method, cell, painted, stage, round: round?.painted ? round : null, marked, checked: stage !== "paint", done: stage === "done",
           words: sentence(method, cell, stage, painted) };
}

let arrays = 0;

export function render({ model, el: root, signal }) {
  const view = viewOf(model), id = `ln-axes-${++arrays}`, head = headed(root, id, TITLE, () => view.again());
  const ask = asking(view), picture = grid(view), say = caption();
  const parts = [offers(view), ask, picture, legend(), table(), say, announcer(view, [ask, say])];
  const draw = () => {
    const now = present(view);
    if (!now) return;
    picture.resize();
    root.dataset.kind = now.method.kind;
    root.classList.toggle("ax-deep", now.method.shape.length === 4);
    for (const part of parts) part.draw(now);
  };
  view.later = onceAFrame(draw);
  for (const key of INPUTS) model.on(`change:${key}`, view.later);
  root.classList.add("ln-axes");
  root.replaceChildren(head, ...parts.map((part) => part.node));
  const watch = new ResizeObserver(view.later);
  watch.observe(picture.node);
  signal?.addEventListener("abort", () => watch.disconnect());
  draw();
}
