// The strip that asks and answers.
import { el } from "../kit.js";

export const sentence = (kind, tag, words) => el("p", { class: kind }, el("b", { class: "ln-tag" }, tag), ` ${words}`);
export const frame = (name, state, ...parts) =>
  el("div", { class: "ln-predict", role: "group", "aria-label": name, "data-state": state }, ...parts);
export const button = (words, act, kind = "") => el("button", { type: "button", class: `ln-btn ${kind}`, onclick: act }, words);

// Unseen, in the same place: it holds the room for what will stand there, so that the page below never moves.
export function ghost(node) {
  node.classList.add("ln-ghost");
  node.setAttribute("aria-hidden", "true");
  node.inert = true;
  for (const named of node.querySelectorAll("[aria-label]")) named.removeAttribute("aria-label");
  return node;
}
