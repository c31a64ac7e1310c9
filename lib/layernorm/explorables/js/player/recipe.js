// The same state from Python: the call to copy, in the place of the question.
import { el, iconButton } from "../kit.js";
import { call } from "./story.js";

const TOLD_MS = 2000;

export function recipe(view) {
  const text = el("code", {}), scroll = el("div", { class: "ln-code", tabindex: 0, role: "group", "aria-label": "The call" }, text);
  const copy = el("button", { type: "button", class: "ln-btn ln-open" }, "Copy");
  const node = el("div", { class: "ln-predict ln-recipe", role: "group", "aria-label": "Set it from Python", hidden: true },
    el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, "Python"), " This call sets what you see."), scroll, copy);
  const toggle = iconButton("Set it from Python", "code", () => { view.recipe = !view.recipe; view.later(); });
  let copied = false;

  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied = true;
      setTimeout(() => { copied = false; view.later(); }, TOLD_MS);
      view.later();
    } catch {                                                 // not allowed here: chosen, for the reader's own keys
      getSelection().selectAllChildren(text);
      scroll.focus();
    }
  });

  return {
    node, toggle,
    words: () => (copied ? "Copied." : view.recipe ? "The call stands in place of the question." : ""),
    draw(now) {
      node.hidden = !view.recipe;
      toggle.setAttribute("aria-pressed", view.recipe);
      if (!view.recipe) return;
      text.textContent = call(now.state);
      copy.textContent = copied ? "✓ Copied" : "Copy";
    },
  };
}
