// A question to commit to.  The guess is kept on the page, where the answer to it finds it.
import { el } from "../kit.js";
import { tellPage } from "./page.js";
import { answered, said, verdict } from "./words.js";

export const initialize = () => {};

export function render({ model, el: root }) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Predict" });
  const status = el("p", { class: "ln-quiet", role: "status" });
  const get = (key) => model.get(key);

  const say = (state, tag, words, ...more) => {
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`), ...more);
  };
  const keep = (choice) => {
    model.set("choice", choice);
    model.set("kept", choice.length > 0);
    model.save_changes();
    tellPage(get("question"), choice.length ? choice : null);
  };

  function choices(check) {
    const picked = new Set();
    const options = get("options").map((text, i) =>
      el("button", { type: "button", class: "ln-option", "aria-pressed": "false", onclick: () => {
        if (!get("many") && !picked.has(i)) picked.clear();
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
        if (event.key === "Enter" && !check.disabled) check.click();
        event.stopPropagation();                              // JupyterLab has commands on these keys
      } });
    return [input, () => [input.valueAsNumber]];
  }

  function ask() {
    const check = el("button", { type: "button", class: "ln-btn ln-check", disabled: true, onclick: () => { keep(read()); draw(true); } },
      answered(state()) ? "Check" : "Keep my guess");
    const [control, read] = get("options").length ? choices(check) : field(check);
    const how = get("many") ? " Choose all that hold." : "";
    say("asked", "Predict", get("question") + how, control, check);
  }

  const state = () => Object.fromEntries(["options", "right", "truth", "tell"].map((key) => [key, get(key)]));

  function draw(moved = false) {
    if (moved) node.style.minHeight = `${node.offsetHeight}px`;     // the page below stays where it is
    if (!get("kept")) return ask();
    const again = el("button", { type: "button", class: "ln-btn", onclick: () => { keep([]); draw(true); } }, "Guess again");
    if (answered(state())) say(...verdict(state(), get("choice")), again);
    else say("held", "Your guess", `${said(get("options"), get("choice"))}. ${get("question")}`, again);
    if (moved) {                                              // the button that had the focus is gone
      again.focus({ preventScroll: true });
      status.textContent = node.firstChild.textContent;
    }
  }

  root.classList.add("ln-ex", "ln-words");
  root.replaceChildren(node, status);
  model.on("change:kept", () => draw());
  if (get("kept")) tellPage(get("question"), get("choice"));
  draw();
}
