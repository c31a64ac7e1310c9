// The answer to a question further up, beside what the reader guessed there.  Until then the result above it waits.
import { button, frame, ghost, sentence } from "../guess/card.js";
import { hearPage } from "../guess/page.js";
import { longest, verdict } from "../guess/words.js";

const WAITS = ["waits", "Guess first", "What was printed here waits for your answer above."];

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const card = Object.fromEntries(["options", "right", "truth", "tell"].map((key) => [key, model.get(key)]));
  const output = root.closest(".cell_output");                // in a page of the course; a kernel's output has just been asked for
  const say = ([state, tag, words], ...more) => frame("Answer", state, sentence("ln-ask", tag, words), ...more);
  const skip = (act) => button("Show it anyway", act);
  let shown = output === null, now = null;

  function draw(choice) {
    shown ||= choice !== null;
    output?.classList.toggle("ln-waits", !shown);
    const next = shown ? say(verdict(card, choice)) : say(WAITS, skip(() => { shown = true; draw(null); now.focus(); }));
    next.tabIndex = -1;
    if (now) now.replaceWith(next);
    else root.replaceChildren(next);
    now = next;
  }

  root.classList.add("ln-ex", "ln-words");
  hearPage(model.get("question"), draw, signal);
  root.append(...[say(WAITS, skip()), say(longest(card))].map(ghost));
}
