// Ask first: a guess for each round, kept beside the verdict; and the way out for whoever finds that it cannot be done.
import { el } from "../kit.js";
import { held, question, verdict } from "./telling.js";

export function wager(view) {
  const node = el("div", { class: "ln-predict ln-wager", role: "group", tabindex: -1 });
  const button = (words, act) => el("button", { type: "button", class: "ln-btn", onclick: act }, words);
  let drawn = null;

  const say = (state, tag, words, ...more) => {
    node.dataset.state = state;
    node.setAttribute("aria-label", `${tag} ${words}`);
    node.replaceChildren(el("p", { class: "ln-ask" }, el("b", { class: "ln-tag" }, tag), ` ${words}`), ...more);
  };
  const options = () => el("div", { class: "ln-options" }, [["yes", "Yes"], ["no", "No"]].map(([word, label]) =>
    el("button", { type: "button", class: "ln-option", onclick: () => view.guess(word) }, label)));

  return {
    node,
    words: () => node.firstChild?.textContent ?? "",
    draw(now) {
      const state = JSON.stringify([now.round, now.phase, now.guess, now.ended, now.rows, now.eps]);
      if (state === drawn) return;
      drawn = state;
      const held_ = node.contains(document.activeElement);
      if (now.phase === "asked") say("asked", "Predict", question(now), options());
      else if (now.phase === "trying") say(...held(now), button(now.guess === "no" ? "Show why" : "Give up: show why", view.giveUp));
      else say(...verdict(now), button(...view.next()));
      // The button that was pressed is gone; the one that gives up is not to be pressed by the same key.
      if (held_) (now.phase === "trying" ? node : node.querySelector("button")).focus({ preventScroll: true });
    },
  };
}
