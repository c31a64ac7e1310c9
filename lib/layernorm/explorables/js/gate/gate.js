// The gate at the end of a chapter: six items without hints.
import { el, voice } from "../kit.js";
import { DAY, gate } from "../practice/progress.js";
import { staged, when } from "../practice/naming.js";
import { unseal } from "../practice/seal.js";
import { change, follow, load } from "../practice/store.js";
import { sheet } from "../practice/sheet.js";
import { advance, begin, outcome, verdict } from "./run.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const chapter = String(model.get("chapter"));
  const items = model.get("items").map(({ seen, key, section }) => ({ seen, key: unseal(key), section }));
  const { node: status, say } = voice();
  const mark = el("span", { class: "ln-stage-mark" });
  const body = el("div", { class: "ln-gate-body" });
  const button = (words, act) => el("button", { type: "button", class: "ln-btn ln-check", onclick: act }, words);
  const cases = ({ seen }) => seen.cases?.length ?? 1;

  function start() {
    const runs = load().gates[chapter]?.runs ?? 0;
    body.replaceChildren(
      el("p", {}, `${items.length} questions, some from earlier chapters, no hints. You pass if all are right; one of them may take a second try. Pass again on another day, with other numbers, and it is kept.`),
      button(runs ? "Go through it again" : "Begin", () => step(begin(items.length, runs))));
  }

  function step(run) {
    if (!run.queue.length) return finish(run);
    const [which] = run.queue, item = items[which];
    const next = button("Next", () => { step(result); });
    let result = null;
    const card = sheet({ ...item, at: (run.turn + run.tries[which]) % cases(item), bare: true, answered: ({ right }) => {
      result = advance(run, right);
      next.textContent = result.queue.length ? "Next" : "How did it go?";
      next.hidden = false;
    } });
    next.hidden = true;
    body.replaceChildren(el("p", { class: "ln-count" }, `Question ${run.done + 1} of ${run.done + run.queue.length}${run.tries[which] ? ", second try" : ""}`), card.node, next);
    card.focus();
    return undefined;
  }

  function finish(run) {
    const passed = outcome(run);
    change((progress) => gate(progress, chapter, { passed, time: Date.now() }));
    const words = verdict(run, items.length, load().gates[chapter]);
    const wrong = [...new Set(run.missed)].map((i) => items[i].section);
    const list = wrong.length ? [el("p", {}, "To reread:"), el("ul", {}, [...new Map(wrong.map((one) => [one.href, one])).values()].map(({ href, title }) => el("li", {}, el("a", { href }, title))))] : [];
    const box = el("div", { class: "ln-verdict", "data-state": passed ? "right" : "wrong", tabindex: "-1" }, el("b", { class: "ln-tag" }, words.mark), ` ${words.text}`);
    body.replaceChildren(box, ...list, button("Go through it again", () => step(begin(items.length, load().gates[chapter].runs))));
    say(`${words.mark} ${words.text}`);
    box.focus({ preventScroll: true });
  }

  root.classList.add("ln-ex", "ln-practice", "ln-gate");
  root.replaceChildren(el("p", { class: "ln-kind" }, el("b", {}, `Gate ${chapter}`), mark), body, status);
  start();
  follow((progress) => {
    const record = progress.gates[chapter], now = Date.now();
    const stage = !record ? "new" : record.kept ? "kept" : record.passed ? "passed" : "tried";
    const again = stage === "passed" ? `, to be kept: ${when(record.passed + DAY, now, DAY)}` : "";
    mark.textContent = `${staged(stage)}${again}`;
  }, signal);
}
