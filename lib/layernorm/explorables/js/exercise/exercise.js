// One item of the bank; what was answered is kept in the browser, and comes back when it is due.
import { el } from "../kit.js";
import { DAY, answer, stage } from "../practice/progress.js";
import { named, staged, when } from "../practice/naming.js";
import { rich } from "../practice/forms.js";
import { unseal } from "../practice/seal.js";
import { change, follow, load } from "../practice/store.js";
import { sheet } from "../practice/sheet.js";

export const initialize = () => {};

export function render({ model, el: root, signal }) {
  const seen = model.get("seen"), key = unseal(model.get("key"));
  const begun = load().items[seen.name], cases = seen.cases?.length ?? 1;
  const mark = el("span", { class: "ln-stage-mark" });
  const head = el("p", { class: "ln-kind" }, el("b", {}, named(seen.kind)), ` ${seen.level}`, mark);
  const answered = ({ right, sure, hinted, at }) =>
    change((progress) => answer(progress, seen.name, { right, sure, hinted, at, time: Date.now() }));
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
    mark.textContent = record ? `${words}${record.due > Date.now() ? `, again ${when(record.due, Date.now(), DAY)}` : ", due now"}` : "";
  }, signal);
}

// What is written in a cell has no field here: hints and a solution, the answer is checked where the code runs.
function code(seen, key) {
  const list = el("div", { class: "ln-hints" });
  let shown = 0;
  const more = el("button", { type: "button", class: "ln-btn", onclick: () => {
    shown += 1;
    const last = shown > key.hints.length;
    list.append(el("p", {}, el("b", { class: "ln-tag" }, last ? "Solution" : `Hint ${shown}`), " ", ...rich(last ? key.solution : key.hints[shown - 1])));
    if (last) {
      list.append(el("pre", { tabindex: "0" }, key.code.trim()));
      more.hidden = true;
      list.lastChild.focus();
    } else label();
  } });
  const label = () => { more.textContent = shown < key.hints.length ? `Hint ${shown + 1} of ${key.hints.length}` : "Solution"; };
  label();
  return el("div", { class: "ln-sheet", role: "group", "aria-label": `${named("code")}: ${seen.ask.replaceAll("`", "")}` },
    el("div", { class: "ln-task" }, el("p", {}, rich(seen.ask))), list, el("div", { class: "ln-more" }, more));
}
