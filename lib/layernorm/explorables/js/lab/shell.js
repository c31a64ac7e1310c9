// What every lab is: controls over a table of stored results, a guess first, a picture and a sentence drawn from what is chosen.
// A lab brings a `view`: { stage() → { node, resize(), draw(now) }, words(now) → string }.
import { el, onceAFrame } from "../kit.js";
import { longest, verdict } from "../guess/words.js";
import { control } from "./controls.js";
import { chosenRow, nameOf } from "./table.js";

const SETTLED_MS = 700;                                       // a screen reader hears what stands, not what moves

// The guess comes first: the controls rest until it is given, or until the reader asks to see without it.
function asker(view) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Predict" });
  const card = Object.fromEntries(["options", "right", "tell"].map((key) => [key, view.get(key)]));
  card.truth = null;
  let opened = false, drawn = null;

  const say = (state, tag, words, ...more) => {
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`), ...more);
  };

  function ask() {
    let picked = null;
    const check = el("button", { type: "button", class: "ln-btn ln-check", disabled: true, onclick: () => view.keep(picked) }, "Check");
    const options = card.options.map((text, i) =>
      el("button", { type: "button", class: "ln-option", "aria-pressed": "false", onclick: () => {
        picked = i;
        options.forEach((option, k) => option.setAttribute("aria-pressed", k === i));
        check.disabled = false;
      } }, text));
    const skip = el("button", { type: "button", class: "ln-btn ln-lab-skip", onclick: () => { opened = true; view.moved(); } }, "Show it anyway");
    say("asked", "Predict", view.get("ask"), el("div", { class: "ln-options" }, options), el("div", { class: "ln-lab-checks" }, skip, check));
  }

  return {
    node,
    open: () => opened || view.get("kept") || !card.options.length,
    words: () => (view.get("kept") ? node.querySelector(".ln-ask").textContent : ""),
    reserve() {                                               // one height, whatever stands in it
      node.style.minHeight = "";
      ask();
      const asked = node.offsetHeight;
      say(...longest(card));
      node.style.minHeight = `${Math.max(asked, node.offsetHeight)}px`;
      drawn = null;
    },
    draw() {
      const state = `${opened}|${view.get("kept")}|${view.get("guess")}`;
      if (state === drawn) return;
      drawn = state;
      if (view.get("kept")) say(...verdict(card, view.get("guess")));
      else if (opened) say(...verdict(card, null));
      else ask();
    },
  };
}

function sentence(view) {
  const node = el("p", { class: "ln-say" });
  return {
    node,
    words: () => node.textContent,
    draw(now) { node.textContent = view.words(now); },
  };
}

function announcer(parts) {
  const node = el("p", { class: "ln-quiet", role: "status" });
  let timer = 0;
  return {
    node,
    draw() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const words = parts.map((part) => part.words()).filter(Boolean).join(" ");
        if (words !== node.textContent) node.textContent = words;
      }, SETTLED_MS);
    },
  };
}

let labs = 0;

export function lab({ model, el: root, signal }, view) {
  const id = `ln-lab-${++labs}`, controls = model.get("controls"), stage = view.stage(model.get("facts"));
  const set = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };
  const guess = asker({
    get: (key) => model.get(key),
    keep(i) { set({ guess: [i], kept: true }); moved(); },
    moved,
  });
  const made = controls.map((given, k) => control(given, `${id}-${k}`, (value) => set({ choice: { ...model.get("choice"), [given.name]: value } })));
  const fields = el("fieldset", { class: "ln-lab-controls" }, el("legend", { class: "ln-quiet" }, "Inputs of the experiment"), made.map((one) => one.node));
  const say = sentence(view), parts = [guess, ...made, stage, say, announcer([guess, say])];

  function draw() {
    const choice = model.get("choice"), fresh = model.get("fresh");
    fields.disabled = !guess.open();
    const row = (other = {}) => model.get("table")[chosenRow(controls, { ...choice, ...other })];
    const now = { choice, fresh, result: row(), row, named: (name, value) => nameOf(controls, name, value) };
    for (const part of parts) part.draw(now);
  }
  // What had the focus is gone: it goes to where the reader can go on.
  function moved() {
    draw();
    fields.querySelector("input").focus({ preventScroll: true });
  }

  const later = onceAFrame(draw);
  for (const key of ["choice", "fresh", "kept", "guess", "table"]) model.on(`change:${key}`, later);
  root.classList.add("ln-ex", "ln-lab");
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", id);
  root.replaceChildren(el("div", { class: "ln-head" }, el("p", { class: "ln-q", id }, model.get("title"))), guess.node, fields,
    stage.node, say.node, parts.at(-1).node);
  if (!model.get("options").length) guess.node.hidden = true;
  const fit = () => {
    if (!stage.resize()) return;
    if (model.get("options").length) guess.reserve();
    draw();
  };
  const watch = new ResizeObserver(fit);
  watch.observe(stage.node);
  signal?.addEventListener("abort", () => watch.disconnect());
  fit();                                                      // already in the page: drawn before the first paint
}
