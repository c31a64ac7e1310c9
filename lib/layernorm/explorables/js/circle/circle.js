// The Circle: where normalizing puts a point with three features, and which pulls at the outputs reach it.
import { el, mover, onceAFrame, still } from "../kit.js";
import { announcer, caption, chipsOf, headed, viewOn } from "../desk.js";
import { panel } from "./panel.js";
import { scene } from "./scene.js";
import { parts, placed, plus, times } from "./space.js";
import { LAST, loaded, PRESETS, sentence, spoken, TITLES, told } from "./tale.js";
import { bet } from "./bet.js";

const INPUTS = ["mode", "x", "g", "gamma", "beta", "eps", "step", "turn", "tilt", "cloud", "preset", "presets"];
const WALK = 900, REST = 500;

export const initialize = () => {};

// The presets of a mode, all or those that were asked for.
function offered(view, mode) {
  const wanted = view.get("presets").filter((name) => name in PRESETS[mode]);
  return wanted.length ? wanted : Object.keys(PRESETS[mode]);
}

// What the parts of one view share: besides the inputs, how far the steps have moved, and what x is made of.
function viewOf(model) {
  const view = viewOn(model), motion = mover(), first = Object.fromEntries(INPUTS.map((key) => [key, model.get(key)]));
  let facing = parts(first.x, first.mode).direction;          // a point on the axis has no direction of its own: it keeps this one
  const move = view.move;
  Object.assign(view, {
    move(changes) { view.refusal = ""; move(changes); },
    shown: first.step, fall: 1, now: null,
    preset: () => (view.get("preset") in PRESETS[view.get("mode")] ? view.get("preset") : offered(view, view.get("mode"))[0]),
    walks: (step) => step === Math.round(view.shown),         // the step that a walk has come to; any other was set from outside
    // By hand: whatever moved by itself stops.
    free(changes) {
      motion.stop();
      view.asked.halted();
      if (view.held) view.move(changes);
      else view.set(changes);
    },
    refusal: "", heard: "",                                   // what a preset begins with, for a listener
    refuse(words) { view.refusal = words; view.later(); },
    edit(key, i, value) {
      view.free({ [key]: view.get(key).with(i, value), ...(key === "g" ? { step: 0 } : {}) });
      view.later();
    },
    apart() {
      const apart = parts(view.get("x"), view.get("mode"), facing);
      facing = apart.direction;
      return apart;
    },
    put(changes) {
      const x = view.get("x"), mode = view.get("mode"), old = view.apart(), { level, size, direction } = { ...old, ...changes };
      facing = direction;
      if (mode === "rms" && size !== old.size) return view.free({ x: old.size ? times(x, size / old.size) : plus([0, 0, 0], [1, 1, 1], size) });
      const sigma = mode === "rms" ? parts(x, "forward").size : size;
      return view.free({ x: placed(level, sigma, direction).map((v) => +v.toFixed(6)) });
    },
    // Lets the inputs run along `path`; a reader who wants no motion sees its end.
    perform(path, duration, done) {
      const put = (u) => { const { fall = 1, ...changes } = path(u); view.fall = fall; view.move(changes); };
      const end = () => {
        put(1);
        for (const key of ["x", "gamma", "beta"]) view.move({ [key]: view.get(key).map((v) => +v.toFixed(9)) });
        view.set({});
        done();
      };
      if (still()) return end();
      return motion.start(duration, (u) => (u < 1 ? put(u) : end()));
    },
    // To step k; one move at a time, with rests between.
    walk(k, done = () => {}) {
      motion.stop();
      if (still() || k <= view.shown) {
        view.set({ step: k });
        view.shown = k;
        view.later();
        return done();
      }
      const from = Math.floor(view.shown);
      return motion.start(WALK, (u) => {
        view.shown = from + Math.min(1, (u * WALK) / (WALK - REST));
        if (view.shown === from + 1 && view.get("step") !== from + 1) view.set({ step: from + 1 });
        view.later();
        if (u === 1) { if (from + 1 < k) view.walk(k, done); else done(); }
      });
    },
    load(name) {
      motion.stop();
      view.asked.forget(name);
      const { x, g, gamma, beta, cloud } = view.given(name);
      view.heard = `${name}: x is ${spoken(told({ mode: view.get("mode"), x, g, gamma, beta, eps: view.get("eps") }))}.`;
      Object.assign(view, { shown: 0, fall: 1 });
      facing = parts(x, view.get("mode")).direction;
      view.set({ preset: name, x: [...x], g: [...g], gamma: [...gamma], beta: [...beta], cloud, step: 0 });
    },
    // What a preset begins with: the one that stood there first with what Python gave.
    given(name) {
      const mode = view.get("mode");
      return name === first.preset && mode === first.mode ? first : loaded(mode, name);
    },
    motion,
  });
  return view;
}

function present(view) {
  const [mode, x, g, gamma, beta, eps, step, cloud] = ["mode", "x", "g", "gamma", "beta", "eps", "step", "cloud"].map(view.get);
  const now = told({ mode, x, g, gamma, beta, eps });
  view.now = now;
  return { now, step, cloud, shown: view.shown, fall: view.fall, refusal: view.refusal, words: sentence(now, { step: Math.min(LAST, Math.round(view.shown)), cloud }) };
}

// The presets of the mode that is on.
function presets(view) {
  const all = Object.keys(PRESETS).map((mode) =>
    [mode, chipsOf("Presets", offered(view, mode).map((name) => [name, name]), () => view.preset(), view.load)]);
  return {
    node: el("div", {}, all.map(([, chips]) => chips.node)),
    draw({ now }) {
      for (const [mode, chips] of all) {
        chips.node.hidden = mode !== now.mode;
        if (mode === now.mode) chips.draw();                  // hidden ones would ask for a width and find none, every time
      }
    },
  };
}

let circles = 0;

export function render({ model, el: root, signal }) {
  const view = viewOf(model), id = `ln-circle-${++circles}`;
  const guess = view.asked = bet(view), say = caption(), picture = scene(view), numbers = panel(view), chips = presets(view);
  const head = headed(root, id, "", () => { view.load(view.preset()); picture.free(); }), title = head.querySelector(".ln-q");
  const parts = [chips, guess, picture, numbers, say, announcer(view, [{ words: () => view.heard }, guess, say])];
  const draw = () => {
    const state = present(view);
    title.textContent = TITLES[state.now.mode];
    root.dataset.mode = state.now.mode;
    for (const part of parts) part.draw(state);
  };
  view.later = onceAFrame(draw);
  for (const key of INPUTS) model.on(`change:${key}`, view.later);
  model.on("change:step", () => { if (!view.walks(model.get("step"))) view.shown = model.get("step"); });

  root.classList.add("ln-circle");
  root.replaceChildren(head, chips.node, guess.node, el("div", { class: "cr-main" }, picture.node, numbers.node), say.node, parts.at(-1).node);
  const watch = new ResizeObserver(() => { if (picture.resize()) draw(); });
  watch.observe(picture.node);
  signal?.addEventListener("abort", () => { watch.disconnect(); view.motion.stop(); });
  if (picture.resize()) draw();                               // already in the page: drawn before the first paint
}
