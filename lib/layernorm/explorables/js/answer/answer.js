// The answer to a question further up, beside what the reader guessed there.
import { el } from "../kit.js";
import { hearPage } from "../guess/page.js";
import { verdict } from "../guess/words.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Answer" });
  const card = Object.fromEntries(["options", "right", "truth", "tell"].map((key) => [key, model.get(key)]));
  root.classList.add("ln-ex", "ln-words");
  root.replaceChildren(node);
  hearPage(model.get("question"), (choice) => {
    const [state, tag, words] = verdict(card, choice);
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`));
  }, signal);
}
