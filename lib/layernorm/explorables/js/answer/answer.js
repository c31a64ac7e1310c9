// The answer to a question further up, beside what the reader guessed there.  Until then the result above it waits.
import { el } from "../kit.js";
import { hearPage } from "../guess/page.js";
import { longest, verdict } from "../guess/words.js";

const WAITS = ["waits", "Guess first", "What was printed here waits for your answer above."];

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const node = el("div", { class: "ln-predict", role: "group", "aria-label": "Answer" });
  const card = Object.fromEntries(["options", "right", "truth", "tell"].map((key) => [key, model.get(key)]));
  const output = root.closest(".cell_output");                // in a page of the course; a kernel's output has just been asked for
  let shown = output === null;

  const say = ([state, tag, words]) => {
    node.dataset.state = state;
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`));
  };

  function draw(choice) {
    shown ||= choice !== null;
    output?.classList.toggle("ln-waits", !shown);
    say(shown ? verdict(card, choice) : WAITS);
    if (!shown) node.append(el("button", { type: "button", class: "ln-btn", onclick: () => { shown = true; draw(choice); node.focus(); } }, "Show it anyway"));
  }

  root.classList.add("ln-ex", "ln-words");
  node.tabIndex = -1;
  root.replaceChildren(node);
  say(longest(card));                                         // room for whatever will be said, so that the page below stays
  const most = node.offsetHeight;
  hearPage(model.get("question"), draw, signal);
  node.style.minHeight = `${Math.max(most, node.offsetHeight)}px`;
}
