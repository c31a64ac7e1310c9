// One item on paper: its question, what to answer with, hints, and what is said of the answer.
import { el, voice } from "../kit.js";
import { fill, judge } from "./judging.js";
import { form, rich } from "./forms.js";
import { named } from "./naming.js";

const button = (words, act, kind = "") => el("button", { type: "button", class: `ln-btn ${kind}`, onclick: act }, words);
const paragraphs = (text) => text.split("\n").filter(Boolean).map((line) => el("p", {}, rich(line)));

// `answered({ right, sure, hinted, at })` hears the first answer to each case, `revealed()` that the answer is known; `bare` leaves out
// hints and the solution.
export function sheet({ seen, key, at = 0, bare = false, answered, revealed = () => {} }) {
  const { node: status, say } = voice();
  const cases = seen.cases?.length ?? 1, given = () => seen.cases?.[at] ?? {};
  const told = (text) => (key.cases ? fill(text, { ...given(), ...key.cases[at].told }) : text);
  let hinted = 0, counted = false;

  const task = el("div", { class: "ln-task" });
  const verdict = el("div", { class: "ln-verdict", tabindex: "-1" });
  const hints = el("div", { class: "ln-hints" }), worked = el("div", { class: "ln-worked" });
  const ready = (on) => { for (const one of checks) one.disabled = !on; };
  const checks = seen.kind === "explain" ? [button("Compare", () => check(true), "ln-check")]
    : [button("I am sure", () => check(true), "ln-check"), button("I am not sure", () => check(false), "ln-check ln-unsure")];
  const control = form(seen, key, ready, say);
  const hint = button("", () => {
    hinted += 1;
    const words = told(key.hints[hinted - 1]);
    hints.append(el("p", {}, el("b", { class: "ln-tag" }, `Hint ${hinted}`), " ", ...rich(words)));
    say(words);
    draw();
  });
  const again = button("Another like this", () => { at = (at + 1) % cases; begin(); control.input.focus(); });
  const retry = button("Try again", () => { begin(); control.input.focus(); });
  const solve = button("Worked solution", () => {
    if (!counted) hinted = Math.max(hinted, 1);
    worked.replaceChildren(el("b", { class: "ln-tag" }, "Worked solution"), ...paragraphs(told(key.solution)));
    revealed();
    worked.tabIndex = -1;
    worked.focus({ preventScroll: true });
    draw();
  });
  const ask = el("span", { class: "ln-how" }, seen.kind === "explain" ? "" : "Check:");
  const checking = el("div", { class: "ln-checking", role: "group", "aria-label": seen.kind === "explain" ? "Compare" : "Check my answer" }, ask, checks, bare ? [] : hint);
  const more = el("div", { class: "ln-more" }, bare ? [] : [retry, again, solve]);

  function check(sure) {
    const { given: what, error, open } = control.read();
    if (error) return tell({ right: false, slip: true, words: error, mark: "" });
    if (open) {
      control.open();
      checks[0].textContent = "These I said";
      return undefined;
    }
    const found = judge(seen, key, at, what);
    if (!found.slip && !counted) {
      counted = true;
      answered({ right: found.right, sure, hinted: hinted > 0, at });
    }
    if (found.right || (seen.kind === "predict" && !found.slip)) revealed();
    if (found.right || (bare && !found.slip)) end();
    return tell(found);
  }

  let over = false;
  function end() {
    over = true;
    control.freeze(true);
  }

  function tell({ right, slip, words, mark = right ? "✓ Right." : slip ? "" : "✕ Not yet." }) {
    verdict.dataset.state = right ? "right" : slip ? "slip" : "wrong";
    verdict.replaceChildren(...(mark ? [el("b", { class: "ln-tag" }, mark), " "] : []), ...rich(words));
    say(`${mark} ${words}`);
    draw();
    if (over) verdict.focus({ preventScroll: true });
  }

  function draw() {
    checking.hidden = over;
    hint.hidden = hinted >= key.hints.length;
    hint.textContent = `Hint ${hinted + 1} of ${key.hints.length}`;
    retry.hidden = !over || cases > 1;
    again.hidden = !counted || cases < 2;
    solve.hidden = !counted && hinted < key.hints.length || worked.childNodes.length > 0;
    more.hidden = [...more.children].every((one) => one.hidden);
  }

  function begin() {
    hinted = 0;
    counted = over = false;
    task.replaceChildren(...paragraphs(fill(seen.ask, given())));
    for (const part of [verdict, hints, worked]) part.replaceChildren();
    delete verdict.dataset.state;
    if (seen.kind === "explain") checks[0].textContent = "Compare";
    control.freeze(false);
    control.clear();
    draw();
  }

  const node = el("div", { class: "ln-sheet", role: "group", "aria-label": `${named(seen.kind)}: ${fill(seen.ask, given()).replaceAll("`", "")}`,
    onkeydown: (event) => {
      if (event.key === "Enter" && event.target === control.input && event.target.type === "text" && !checks[0].disabled && !over) checks[0].focus();
      event.stopPropagation();
    } }, task, control.node, checking, verdict, hints, worked, more, status);
  begin();
  return { node, focus: () => control.input.focus({ preventScroll: true }), answeredNow: () => counted };
}
