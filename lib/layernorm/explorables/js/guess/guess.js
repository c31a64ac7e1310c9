// A question to commit to.  The guess is kept on the page, where the answer to it finds it.
import { el } from "../kit.js";
import { tellPage } from "./page.js";
import { answered, held, longest, verdict } from "./words.js";

export const initialize = () => {};

export function render({ model, el: root }) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Predict" });
  const status = el("p", { class: "ln-quiet", role: "status" });
  const get = (key) => model.get(key);
  const card = Object.fromEntries(["question", "options", "many", "right", "truth", "tell"].map((key) => [key, get(key)]));
  const question = card.question + (card.many ? " Choose all that hold." : "");

  // The question stays; under it stand the choices, or what was said.
  const show = (state, ...under) => {
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, "Predict"), ` ${question}`), ...under);
  };
  const say = ([state, tag, words]) => {
    const again = el("button", { type: "button", class: "ln-btn", onclick: () => { keep([]); draw(true); } }, "Guess again");
    show(state, el("p", { class: "ln-said" }, el("b", { class: "ln-tag" }, tag), ` ${words}`), again);
  };
  const keep = (choice) => {
    model.set("choice", choice);
    model.set("kept", choice.length > 0);
    model.save_changes();
    tellPage(card.question, choice.length ? choice : null);
  };

  function choices(check) {
    const picked = new Set();
    const options = card.options.map((text, i) =>
      el("button", { type: "button", class: "ln-option", "aria-pressed": "false", onclick: () => {
        if (!card.many && !picked.has(i)) picked.clear();
        if (picked.has(i)) picked.delete(i);
        else picked.add(i);
        options.forEach((option, k) => option.setAttribute("aria-pressed", picked.has(k)));
        check.disabled = picked.size === 0;
      } }, text));
    return [el("div", { class: "ln-options" }, options), () => [...picked].sort((a, b) => a - b)];
  }

  function field(check) {
    const input = el("input", { type: "number", step: "any", class: "ln-typed", "aria-label": "Your number",
      oninput: () => { check.disabled = !Number.isFinite(input.valueAsNumber); },
      onkeydown: (event) => {
        event.stopPropagation();                              // JupyterLab has commands on these keys
        if (event.key !== "Enter" || check.disabled) return;
        event.preventDefault();                               // else the button that comes next is pressed by the same key
        check.click();
      } });
    return [input, () => [input.valueAsNumber]];
  }

  function ask() {
    const check = el("button", { type: "button", class: "ln-btn ln-check", disabled: true, onclick: () => { keep(read()); draw(true); } },
      answered(card) ? "Check" : "Keep my guess");
    const [control, read] = card.options.length ? choices(check) : field(check);
    show("asked", control, check);
  }

  const spoken = (choice) => (answered(card) ? verdict(card, choice) : held(card, choice));

  function draw(moved = false) {
    if (get("kept")) say(spoken(get("choice")));
    else ask();
    if (moved) {                                              // the button that had the focus is gone
      node.querySelector(get("kept") ? ".ln-btn" : ".ln-option, .ln-typed").focus({ preventScroll: true });
      status.textContent = node.querySelector(".ln-said")?.textContent ?? "";
    }
  }

  root.classList.add("ln-ex", "ln-words");
  root.replaceChildren(node, status);
  ask();                                                      // room for whatever will stand here, so that the page below stays
  const asked = node.offsetHeight;
  say(answered(card) ? longest(card) : held(card, card.options.map((_, i) => i)));
  node.style.minHeight = `${Math.max(asked, node.offsetHeight)}px`;
  model.on("change:kept", () => draw());
  if (get("kept")) tellPage(card.question, get("choice"));
  draw();
}
