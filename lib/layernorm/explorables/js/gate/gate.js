// The gate at the end of a chapter: six items without hints.
import { el } from "../kit.js";
import { fill } from "../practice/judging.js";
import { daysBetween, gate, stage } from "../practice/progress.js";
import { staged, when } from "../practice/naming.js";
import { unseal } from "../practice/seal.js";
import { GATE, change, follow, load } from "../practice/store.js";
import { inSight, sheet } from "../practice/sheet.js";
import { rich } from "../practice/forms.js";
import { advance, begin, numbered, outcome, resumed, verdict } from "./run.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const chapter = String(model.get("chapter"));
  const items = model.get("items").map(({ seen, key, section }) => ({ seen, key: unseal(key), section }));
  const mark = el("span", { class: "ln-stage-mark" });
  const body = el("div", { class: "ln-gate-body" });
  const button = (words, act) => el("button", { type: "button", class: "ln-btn ln-check", onclick: act }, words);
  const cases = ({ seen }) => seen.cases?.length ?? 1;

  // A run that is not ended outlives a reload of the page.
  const place = GATE + chapter;
  function keep(run) {
    try {
      sessionStorage.setItem(place, JSON.stringify(run));
    } catch { /* nowhere to keep it */ }
  }
  function kept(runs) {
    try {
      return resumed(JSON.parse(sessionStorage.getItem(place)), items.length, runs);
    } catch {
      return null;
    }
  }

  function start() {
    const runs = load().gates[chapter]?.runs ?? 0, open = kept(runs);
    body.replaceChildren(
      el("p", {}, `${items.length} questions, some from earlier pages, no hints. You pass if all are right; one of them may take a second try. Pass again on a later day, and it is kept.`),
      open ? button(`Go on with question ${open.done + 1}`, () => step(open)) : button(runs ? "Go through it again" : "Begin", () => step(begin(items.length, runs))));
  }

  function step(run) {
    if (!run.queue.length) return finish(run);
    const [which] = run.queue, item = items[which];
    const next = button("Next", () => { step(result); });
    let result = null;
    const turn = numbered(run, which), count = `Question ${run.done + 1} of ${run.done + run.queue.length}${run.tries[which] ? ", second try" : ""}`;
    const card = sheet({ ...item, at: cases(item) - 1 - (turn % cases(item)), turn, bare: true, place: `${count}. `, answered: ({ right }) => {
      result = advance(run, right);
      if (result.queue.length) keep(result);
      else settle(result);
      next.textContent = result.queue.length ? "Next" : "How did it go?";
      next.hidden = false;
    } });
    next.hidden = true;
    const head = el("p", { class: "ln-count" }, count);
    body.replaceChildren(head, card.node, next);
    inSight(head, card.input);
    return undefined;
  }

  // The last answer ends it, whether or not somebody asks how it went.
  function settle(run) {
    keep(null);
    change((progress) => gate(progress, chapter, { passed: outcome(run), time: Date.now() }));
  }

  function finish(run) {
    const passed = outcome(run);
    const words = verdict(run, items.length, load().gates[chapter]);
    const wrong = [...new Set(run.missed)].map((i) => items[i].section);
    const list = wrong.length ? [el("p", {}, passed ? "One took a second try:" : "To reread:"), el("ul", {}, [...new Map(wrong.map((one) => [one.href, one])).values()].map(({ href, title }) => el("li", {}, el("a", { href }, title))))] : [];
    const box = el("div", { class: "ln-verdict", "data-state": passed ? "right" : "wrong", tabindex: "-1" }, el("b", { class: "ln-tag" }, words.mark), ` ${words.text}`);
    body.replaceChildren(box, ...list, button("Go through it again", () => step(begin(items.length, load().gates[chapter].runs))));
    inSight(box, box);
  }

  root.classList.add("ln-ex", "ln-practice", "ln-gate");
  const paper = el("ol", { class: "ln-on-paper" }, items.map(({ seen }) => el("li", {}, rich(fill(seen.ask, seen.cases?.[0] ?? {})),
    seen.options ? el("ul", {}, seen.options.map((text) => el("li", {}, rich(text)))) : [])));
  const title = el("span", { role: "heading", "aria-level": "3" }, el("b", {}, `Gate ${chapter}`));
  root.replaceChildren(el("p", { class: "ln-kind" }, title, mark), body, paper);
  start();
  follow((progress) => {
    const record = progress.gates[chapter];
    const reached = stage(record), again = reached === "passed" ? `, to be kept: ${when(1 - daysBetween(record.passed, Date.now()))}` : "";
    mark.textContent = `${staged(reached)}${again}`;
  }, signal);
}
