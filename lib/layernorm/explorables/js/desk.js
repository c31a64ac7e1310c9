// What explorables have in common: a view of the model, the head, a sentence, a question whose guess is kept, and who listens.
import { el, iconButton, inView, keepKeys, speaker } from "./kit.js";

export function viewOn(model) {
  const view = {
    held: false, later: () => {},
    get: (key) => model.get(key),
    move(changes) {                                           // while moving: nothing is sent
      for (const [key, value] of Object.entries(changes)) model.set(key, value);
    },
    set(changes) { view.move(changes); model.save_changes(); },
    hold(on) {
      view.held = on;
      if (!on) model.save_changes();
      view.later();
    },
  };
  return view;
}

// The group, named by its question; keys pressed in it are for it.
export function headed(root, id, question, again) {
  const title = el("p", { class: "ln-q", id });
  title.textContent = question;
  root.classList.add("ln-ex");
  root.setAttribute("role", "group");
  root.setAttribute("aria-labelledby", id);
  keepKeys(root);
  return el("div", { class: "ln-head" }, title, el("div", { class: "ln-tools" }, iconButton("Reset", "reset", again)));
}

export function chipsOf(label, names, current, choose) {
  const chips = names.map(([key, text]) => el("button", { type: "button", class: "ln-chip", onclick: () => choose(key) }, text));
  const node = el("div", { class: "ln-chips", role: "group", "aria-label": label, onfocusin: inView }, chips);
  let at = null;
  return {
    node,
    draw() {
      const k = names.findIndex(([key]) => key === current());
      chips.forEach((chip, i) => chip.setAttribute("aria-pressed", i === k));
      if (k < 0 || k === at || !node.clientWidth) return;
      at = k;
      // The one that is chosen is in view.
      node.scrollLeft = chips[k].offsetLeft - node.offsetLeft - (node.clientWidth - chips[k].offsetWidth) / 2;
    },
  };
}

export function caption() {
  const node = el("p", { class: "ln-say" });
  let said = null;
  return {
    node,
    words: () => node.textContent,
    draw({ words, refusal = "" }) {                           // why something typed was not taken stands in its place
      const now = refusal || words;
      if (now === said) return;
      said = now;
      node.classList.toggle("is-refused", refusal !== "");
      if (refusal) node.textContent = `✕ ${now}`;
      else node.innerHTML = now;
    },
  };
}

export const announcer = (view, parts) => speaker(parts, () => view.held);

// The strip above the picture: a question, then what was said to it.  It is written again, with what `more` makes,
// only when `key` changes, and the focus stays in it when the button that had it is gone.
export function strip() {
  const node = el("div", { class: "ln-predict", role: "group", tabindex: -1 });
  let shown = null;
  return {
    node,
    words: () => node.ariaLabel ?? "",
    show(key, [state, tag, words], more = () => []) {
      if (key === shown) return;
      const held = node.contains(document.activeElement);
      shown = key;
      node.dataset.state = state;
      node.setAttribute("aria-label", `${tag} ${words}`);
      node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`), ...more());
      if (held) (node.querySelector("button:not(:disabled, [aria-disabled=true])") ?? node).focus({ preventScroll: true });
    },
  };
}

// Options to choose from and the button that commits to them; `commit` gets their indices.  Of many, option `lone` stands alone.
export function choices(options, { many = false, lone = -1 }, commit) {
  const picked = new Set();
  const check = el("button", { type: "button", class: "ln-btn ln-check", disabled: true,
    onclick: () => commit([...picked].sort((a, b) => a - b)) }, "Check");
  const buttons = options.map((text, i) =>
    el("button", { type: "button", class: "ln-option", "aria-pressed": "false", onclick: () => {
      const had = picked.delete(i);
      if (!many || i === lone) picked.clear();
      else picked.delete(lone);
      if (!many || !had) picked.add(i);
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", picked.has(k)));
      check.disabled = picked.size === 0;
    } }, text));
  return [el("div", { class: "ln-options" }, buttons), check];
}
