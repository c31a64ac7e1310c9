// The answer to a question further up, beside what the reader guessed there.  Until then the cell that it ends stays folded.
import { button, frame, ghost, sentence } from "../guess/card.js";
import { hearPage } from "../guess/page.js";
import { longest, verdict } from "../guess/words.js";

const WAITS = ["waits", "Guess first", "The cell that finds out, and the reason, stand here once you have."];

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const card = Object.fromEntries(["options", "right", "truth", "other", "tell"].map((key) => [key, model.get(key)]));
  const cell = root.closest("div.cell");                      // in a page of the course; with a kernel the reader has just run it
  const say = ([state, tag, words], ...more) => frame(`${tag} ${words}`, state, sentence("ln-ask", tag, words), ...more);
  const skip = (act) => button("Show it anyway", act);
  let shown = cell === null, now = null;

  function draw(choice) {
    shown ||= choice !== null;
    cell?.classList.toggle("ln-open", shown);
    const next = shown ? say(verdict(card, choice)) : say(WAITS, skip(() => { shown = true; draw(null); read(); }));
    next.tabIndex = -1;
    if (now) now.replaceWith(next);
    else root.replaceChildren(next);
    now = next;
  }

  // What was hidden is read from its beginning, of which the answer is the end.
  function read() {
    Object.assign(cell, { tabIndex: -1, role: "group", ariaLabel: "The cell that finds out" }).focus({ preventScroll: true });
  }

  // Whoever comes for a formula in what waits wants to see it.
  function sought() {
    const wanted = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const after = cell?.nextElementSibling;
    if (!wanted || shown || !(cell.contains(wanted) || (after?.matches(".ln-after") && after.contains(wanted)))) return;
    shown = true;
    draw(null);
    wanted.scrollIntoView();
  }

  root.classList.add("ln-ex", "ln-words");
  hearPage(model.get("question"), draw, signal);
  sought();
  addEventListener("hashchange", sought, { signal });
  root.append(...[say(WAITS, skip()), say(longest(card))].map(ghost));
}
