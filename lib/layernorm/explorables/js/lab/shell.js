// What every lab is: a guess, controls over a table of stored results, a picture and a sentence drawn from what is chosen.
// A lab brings a `view`: { stage(facts, choose) → { node, resize() → changed?, draw(now), words() }, words(now) → string };
// before the guess `now.open` is false, and words keep back what would answer it; what is pressed in the picture is told to `choose`, as changes of the choice; `kind`, if it has one, is a class for its own style.
import { el, onceAFrame, speaker } from "../kit.js";
import { longest, verdict } from "../guess/words.js";
import { control } from "./controls.js";
import { chosenRow, nameOf } from "./table.js";

// A question, then what was said to it.
function asker(model, keep) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": `Predict ${model.get("ask")}` });
  const card = { options: model.get("options"), right: model.get("right"), truth: null, tell: model.get("tell") };
  let drawn = null;

  const say = (state, tag, words, ...more) => {
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask", tabindex: -1 }, el("b", { class: "ln-tag" }, tag), ` ${words}`), ...more);
  };

  function ask() {
    let picked = null;
    const check = el("button", { type: "button", class: "ln-btn ln-check", disabled: true, onclick: () => keep(picked) }, "Check");
    const options = card.options.map((text, i) =>
      el("button", { type: "button", class: "ln-option", "aria-pressed": "false", onclick: () => {
        picked = i;
        options.forEach((option, k) => option.setAttribute("aria-pressed", k === i));
        check.disabled = false;
      } }, text));
    say("asked", "Predict", model.get("ask"), el("div", { class: "ln-options" }, options), check);
  }

  return {
    node,
    words: () => (node.dataset.state === "asked" ? "" : node.textContent),
    reserve() {                                               // one height, whatever stands in it
      node.style.minHeight = "";
      ask();
      const asked = node.offsetHeight;
      say(...longest(card));
      node.style.minHeight = `${Math.max(asked, node.offsetHeight)}px`;
      drawn = null;
    },
    draw() {
      const state = String([model.get("kept"), model.get("guess")]);
      if (state === drawn) return;
      const held = node.contains(document.activeElement);     // the button that had the focus is gone
      drawn = state;
      if (!model.get("kept")) ask();
      else say(...verdict(card, model.get("guess")));
      if (held) node.firstChild.focus({ preventScroll: true });
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

let labs = 0;

export function lab({ model, el: root, signal }, view) {
  const id = `ln-lab-${++labs}`, controls = model.get("controls");
  const set = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };
  const isOpen = () => model.get("kept") || !model.get("ask");
  const choose = (changes) => { if (isOpen()) set({ choice: { ...model.get("choice"), ...changes } }); };
  const stage = view.stage(model.get("facts"), choose);
  // The picture comes to what was asked about, if the lab says where that is.
  const { show } = model.get("facts"), guess = asker(model, (i) => set({ guess: [i], kept: true, ...(show ? { choice: show } : {}) }));
  const made = controls.map((given, k) => control(given, `${id}-${k}`, (value) => choose({ [given.name]: value })));
  const say = sentence(view), parts = [guess, ...made, stage, say, speaker([guess, stage, say])];

  function draw() {
    const choice = model.get("choice"), facts = model.get("facts");
    const row = (other = {}) => model.get("table")[chosenRow(model.get("grid"), { ...choice, ...other })];
    const now = { choice, facts, row, result: row(), fresh: model.get("fresh"), open: isOpen(), named: (name, value) => nameOf(controls, name, value) };
    for (const part of parts) part.draw(now);
  }
  function fit(again = false) {
    if (!stage.resize() && again !== true) return;
    guess.reserve();
    draw();
  }

  const later = onceAFrame(draw), watch = new ResizeObserver(fit);
  for (const key of ["choice", "fresh", "kept", "guess"]) model.on(`change:${key}`, later);
  root.classList.add("ln-ex", "ln-lab-root", ...(view.kind ?? []));
  root.setAttribute("role", "region");
  root.setAttribute("aria-labelledby", id);
  guess.node.hidden = !model.get("ask");
  root.replaceChildren(el("div", { class: "ln-head" }, el("p", { class: "ln-q", id }, model.get("title"))), guess.node,
    el("div", { class: "ln-lab-controls" }, made.map((one) => one.node)), stage.node, say.node, parts.at(-1).node);
  watch.observe(stage.node);
  signal?.addEventListener("abort", () => watch.disconnect());
  document.fonts.ready.then(() => fit(true));                 // other letters, other lines
  fit();                                                      // already in the page: drawn before the first paint
}
