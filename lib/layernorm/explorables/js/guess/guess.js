// A question to commit to.  The guess is kept on the page, where the answer to it finds it.
import { el, voice } from "../kit.js";
import { plain, value } from "../spelled.js";
import { button, frame, ghost, sentence } from "./card.js";
import { tellPage } from "./page.js";
import { answered, held, longest, verdict } from "./words.js";

export const initialize = () => {};

export function render({ model, el: root }) {
  const { node: status, say: speak } = voice();
  const get = (key) => model.get(key);
  const card = Object.fromEntries(["question", "options", "many", "right", "truth", "other", "tell"].map((key) => [key, get(key)]));
  const question = card.question + (card.many ? " Choose all that hold." : "");

  // The question stays; under it stand the choices, or what was said.
  const show = (state, ...under) => frame(`Predict ${question}`, state, sentence("ln-ask", "Predict", question), ...under);
  const say = ([state, tag, words], again) => show(state, sentence("ln-said", tag, words), again);
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
    const read = () => value(plain(input.value.replaceAll(",", ".")));
    const hint = el("span", { class: "ln-hint" });
    const look = (said = "") => {
      check.disabled = read() === null;
      hint.textContent = check.disabled ? said : "";
      if (hint.textContent) input.setAttribute("aria-invalid", true);
      else input.removeAttribute("aria-invalid");
      speak(hint.textContent);
    };
    const input = el("input", { type: "text", inputmode: "decimal", class: "ln-typed", "aria-label": `Your number: ${question}`,
      oninput: () => look(),
      onkeydown: (event) => {
        event.stopPropagation();                              // JupyterLab has commands on these keys
        if (event.key !== "Enter") return;
        event.preventDefault();                               // else the button that comes next is pressed by the same key
        look("✕ Type a number, like 0.25, 1/4 or √3.");
        check.click();
      } });
    return [el("div", { class: "ln-typing" }, input, hint), () => [read()]];
  }

  function ask() {
    const check = button(answered(card) ? "Check" : "Keep my guess", () => { keep(read()); draw(true); }, "ln-check");
    check.disabled = true;
    const [control, read] = card.options.length ? choices(check) : field(check);
    return show("asked", control, check);
  }

  const spoken = (choice) => (answered(card) ? verdict(card, choice) : held(card, choice));
  const again = () => button("Guess again", () => { keep([]); draw(true); });
  let now = null;

  function draw(moved = false) {
    const next = get("kept") ? say(spoken(get("choice")), again()) : ask();
    if (now) now.replaceWith(next);
    else root.replaceChildren(next, status);
    now = next;
    if (moved) {                                              // the button that had the focus is gone
      now.querySelector(get("kept") ? ".ln-btn" : ".ln-option, .ln-typed").focus({ preventScroll: true });
      speak(now.querySelector(".ln-said")?.textContent ?? "");
    }
  }

  root.classList.add("ln-ex", "ln-words");
  if (get("kept")) tellPage(card.question, get("choice"));
  draw();
  root.append(...[ask(), say(answered(card) ? longest(card) : held(card, card.options.map((_, i) => i)), again())].map(ghost));
  model.on("change:kept", () => draw());
}
