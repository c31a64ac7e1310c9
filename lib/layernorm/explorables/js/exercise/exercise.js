// One item of the bank; what was answered is kept in the browser, and comes back when it is due.
import { el, voice } from "../kit.js";
import { answer, daysBetween, stage } from "../practice/progress.js";
import { named, staged, when } from "../practice/naming.js";
import { rich } from "../practice/forms.js";
import { unseal } from "../practice/seal.js";
import { change, follow, load } from "../practice/store.js";
import { paragraphs, sheet, spoken } from "../practice/sheet.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const seen = model.get("seen"), key = unseal(model.get("key"));
  const begun = load().items[seen.name], cases = seen.cases?.length ?? 1;
  const mark = el("span", { class: "ln-stage-mark" });
  const title = el("span", { role: "heading", "aria-level": "3" }, el("b", {}, named(seen.kind)), ` ${seen.level}`);
  const head = el("p", { class: "ln-kind" }, title, mark);
  const answered = (given) => change((progress) => answer(progress, seen.name, { ...given, time: Date.now() }));
  const revealed = () => {
    root.classList.add("ln-answered");
    model.set("answered", true);
    model.save_changes();
  };
  root.classList.add("ln-ex", "ln-practice");
  root.dataset.kind = seen.kind;
  if (seen.kind === "code") root.replaceChildren(head, code(seen, key));
  else root.replaceChildren(head, sheet({ seen, key, at: begun ? ((begun.case ?? -1) + 1) % cases : 0, answered, revealed }).node);
  follow((progress) => {
    const record = progress.items[seen.name], words = staged(stage(record));
    mark.textContent = record ? `${words}${record.due > Date.now() ? `, again ${when(daysBetween(Date.now(), record.due))}` : ", due now"}` : "";
  }, signal);
}

// What is written in a cell has no field here: hints and a solution; the answer is checked where the code runs.
function code(seen, key) {
  const { node: status, say } = voice(), list = el("div", { class: "ln-hints" });
  const worked = el("div", { class: "ln-worked", tabindex: "-1", role: "group", "aria-label": "Solution" });
  let shown = 0;
  const hint = el("button", { type: "button", class: "ln-btn", onclick: () => {
    if (shown === key.hints.length) {
      worked.append(el("b", { class: "ln-tag" }, "Solution"), ...paragraphs(key.solution), el("pre", { tabindex: "0", "aria-label": "Listing" }, key.code.trim()));
      hint.hidden = true;
      worked.focus();
      return;
    }
    shown += 1;
    list.append(el("p", {}, el("b", { class: "ln-tag" }, `Hint ${shown}`), " ", ...rich(key.hints[shown - 1])));
    say(`Hint ${shown}. ${spoken(key.hints[shown - 1])}`);
    label();
  } });
  const label = () => { hint.textContent = shown < key.hints.length ? `Hint ${shown + 1} of ${key.hints.length}` : "Solution"; };
  label();
  return el("div", { class: "ln-sheet", role: "group", "aria-label": `${named("code")}: ${spoken(seen.ask)}` },
    el("div", { class: "ln-task" }, el("p", {}, rich(seen.ask))), list, worked, el("div", { class: "ln-more" }, hint), status);
}
