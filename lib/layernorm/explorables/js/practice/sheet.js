// One item on paper: its question, what to answer with, hints, and what is said of the answer.
import { el, voice } from "../kit.js";
import { fill, judge } from "./judging.js";
import { form, rich } from "./forms.js";
import { named } from "./naming.js";

const button = (words, act, kind = "") => el("button", { type: "button", class: `ln-btn ${kind}`, onclick: act }, words);
export const paragraphs = (text) => text.split("\n").filter(Boolean).map((line) => el("p", {}, rich(line)));
export const spoken = (text) => text.replaceAll("`", "");
const near = (node) => node.scrollIntoView({ block: "nearest" });

// What `start` begins stands below the header, and `node`, which now has the focus, on the screen.
export function inSight(start, node) {
  const { top } = start.getBoundingClientRect(), header = parseFloat(getComputedStyle(start).scrollMarginTop);
  if (top < header || top > innerHeight / 2) start.scrollIntoView({ block: "start" });
  node.focus({ preventScroll: true });
  near(node);
}

// `answered({ right, sure, hinted, at })` hears the first answer to each case, `revealed()` that the answer is known; `bare` leaves out
// hints and the solution; `place` says where the question stands among others; `turn` turns the options round.
export function sheet({ seen, key, at = 0, bare = false, place = "", turn = 0, answered, revealed = () => {} }) {
  const { node: status, say } = voice();
  const cases = seen.cases?.length ?? 1, given = () => seen.cases?.[at] ?? {}, question = () => fill(seen.ask, given());
  const told = (text) => (key.cases ? fill(text, { ...given(), ...key.cases[at].told }) : text);
  const explains = seen.kind === "explain";
  let hinted = 0, first = null, over = false, unread = false; // `first`: whether the answer that counts was right; `unread`: what stands cannot be judged

  const task = el("div", { class: "ln-task" });
  const verdict = el("div", { class: "ln-verdict", tabindex: "-1" });
  const hints = el("div", { class: "ln-hints" });
  const worked = el("div", { class: "ln-worked", tabindex: "-1", role: "group", "aria-label": "Worked solution" });
  const ready = (on) => {
    for (const one of checks) one.disabled = !on;
    if (unread) clear();                                      // it is said of what stood there before
  };
  const clear = () => {
    unread = false;
    verdict.replaceChildren();
    delete verdict.dataset.state;
  };
  const checks = explains ? [button("Compare", () => check(), "ln-check")]
    : [button("I am sure", () => check(true), "ln-check"), button("I am not sure", () => check(false), "ln-check ln-unsure")];
  const control = form(seen, key, ready, say, turn);
  const hint = button("", () => {
    hinted += 1;
    const words = told(key.hints[hinted - 1]), line = el("p", { tabindex: "-1" }, el("b", { class: "ln-tag" }, `Hint ${hinted}`), " ", ...rich(words));
    hints.append(line);
    draw();
    near(line);
    if (hint.hidden) line.focus({ preventScroll: true });     // the button is gone; what it brought is read
    else say(`Hint ${hinted}. ${spoken(words)}`);
  });
  const again = button("Another like this", () => {
    at = (at + 1) % cases;
    begin();
    control.input.focus();
    say(spoken(question()));
  });
  const retry = button("Try again", () => { begin(); say(""); control.input.focus(); });
  const solve = button("Worked solution", () => {
    if (first === null) hinted = Math.max(hinted, 1);
    worked.replaceChildren(el("b", { class: "ln-tag" }, "Worked solution"), ...paragraphs(told(key.solution)));
    revealed();
    draw();
    near(worked);
    worked.focus({ preventScroll: true });
  });
  const ask = el("span", { class: "ln-how" }, explains ? "" : "Check:");
  const checking = el("div", { class: "ln-checking", role: "group", "aria-label": explains ? "Compare" : "Check my answer" }, ask, checks, bare ? [] : hint);
  const more = el("div", { class: "ln-more" }, bare ? [] : [retry, again, solve]);

  function check(sure) {
    const { given: what, places, error, open } = control.read();
    control.mark?.(Boolean(error));
    if (error) {
      unread = true;
      return tell({ right: false, slip: true, words: error });
    }
    if (open) {
      control.open();
      checks[0].textContent = "These I said";
      return undefined;
    }
    const found = judge(seen, key, at, what, places);
    if (found.slip && first === null) found.words += " This is not counted yet.";
    if (!found.slip && first === null) {
      first = found.right;
      answered({ right: found.right, sure, hinted: hinted > 0, at });
    }
    if (found.right || (seen.kind === "predict" && !found.slip)) revealed();
    if (found.right || ((bare || explains) && !found.slip)) {
      over = true;
      control.freeze(true);
    }
    return tell(found);
  }

  function tell({ right, slip, words }) {
    const mark = right ? (first ? "✓ Right." : "✓ Right now; the first answer counted.") : slip ? "" : "✕ Not yet.";
    verdict.dataset.state = right ? "right" : slip ? "slip" : "wrong";
    verdict.replaceChildren(...(mark ? [el("b", { class: "ln-tag" }, mark), " "] : []), ...rich(words));
    draw();
    near(verdict);
    say(over ? "" : `${mark} ${spoken(words)}`);
    if (over) verdict.focus({ preventScroll: true });         // which reads it
  }

  function draw() {
    checking.hidden = over;
    hint.hidden = hinted >= key.hints.length;
    hint.textContent = `Hint ${hinted + 1} of ${key.hints.length}`;
    retry.hidden = !over || cases > 1;
    again.hidden = first === null || cases < 2;
    solve.hidden = (first === null && hinted < key.hints.length) || worked.childNodes.length > 0;
    worked.hidden = !worked.childNodes.length;
    more.hidden = [...more.children].every((one) => one.hidden);
  }

  function begin() {
    hinted = 0;
    first = null;
    over = false;
    // Paper has the numbers of the printed solutions, those of the first case.
    task.replaceChildren(...paragraphs(question()), ...(at ? [el("div", { class: "ln-on-paper" }, paragraphs(fill(seen.ask, seen.cases[0])))] : []));
    node.setAttribute("aria-label", `${place}${named(seen.kind)}: ${spoken(question())}`);
    for (const part of [hints, worked]) part.replaceChildren();
    clear();
    if (explains) checks[0].textContent = "Compare";
    control.freeze(false);
    control.mark?.(false);
    control.clear();
    draw();
  }

  const node = el("div", { class: "ln-sheet", role: "group",
    onkeydown: (event) => {
      if (event.key === "Enter" && event.target === control.input && event.target.type === "text" && !checks[0].disabled && !over) {
        event.preventDefault();                               // the key goes on to ask how sure, and does not answer that as well
        checks[0].focus();
      }
      event.stopPropagation();                                // JupyterLab has commands on these keys
    } }, task, control.node, checking, verdict, hints, worked, more, status);
  begin();
  return { node, get input() { return control.input; } };
}
