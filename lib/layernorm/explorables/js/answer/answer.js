// The answer to a question further up, beside what the reader guessed there.  Until then the result above it waits.
import { el } from "../kit.js";
import { hearPage } from "../guess/page.js";
import { verdict } from "../guess/words.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Answer" });
  const card = Object.fromEntries(["options", "right", "truth", "tell"].map((key) => [key, model.get(key)]));
  const output = root.closest(".cell_output");                // in a page of the course; a kernel's output has just been asked for
  let shown = output === null;

  function draw(choice) {
    shown ||= choice !== null;
    output?.classList.toggle("ln-waits", !shown);
    const [state, tag, words] = shown ? verdict(card, choice) : ["waits", "Guess first", "What was printed here waits for your answer above."];
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`));
    if (!shown) node.append(el("button", { type: "button", class: "ln-btn", onclick: () => { shown = true; draw(choice); node.focus(); } }, "Show it anyway"));
  }

  root.classList.add("ln-ex", "ln-words");
  node.tabIndex = -1;
  root.replaceChildren(node);
  hearPage(model.get("question"), draw, signal);
}
