// Block: predict whose rows change when one token does; then change any number and see which stage carries it to whom.
import { el, onceAFrame } from "../kit.js";
import { announcer, caption, chipsOf, choices, headed, strip, viewOn } from "../desk.js";
import { numberField } from "../dragged.js";
import { alike, answered, LIMIT, made, plan, PRINTED, situation } from "./change.js";
import { ask, CHANGES, next, options, place, PLACES, refusal, sentence, shown, TITLE, verdict } from "./report.js";
import { pipeline } from "./pipeline.js";

const INPUTS = ["x", "before", "start", "token", "new", "placement", "causal", "question", "told", "weights"];

export const initialize = () => {};

// Guesses are kept by question, mask and placement; `refused` is what was typed and is no number, until the next change.
function viewOf(model) {
  const view = viewOn(model), { set } = view, rounds = new Map(), state = () => Object.fromEntries(INPUTS.map((key) => [key, view.get(key)]));
  const first = { placement: view.get("placement"), causal: view.get("causal"), token: view.get("token") };
  const id = () => `${view.get("question")}|${view.get("causal")}|${JSON.stringify(["placement", "token", "start", "new", "weights"].map(view.get))}`;
  const differs = (a, b, but) => a.some((row, t) => t !== but && String(row) !== String(b[t]));
  let pointed = null;
  view.set = (changes) => { view.refused = null; set(changes); };
  // What x is compared with follows when another token is taken: one token at a time has changed.
  const base = (t) => (differs(view.get("x"), view.get("before"), t) ? view.get("x") : view.get("before"));
  return Object.assign(view, {
    refused: null, bare: first.placement === "none",
    now() {
      const now = situation(state());
      if (!now) return null;
      const stands = now.question && now.told && !differs(now.x, answered(now)) && !differs(now.before, now.start);
      const round = stands ? rounds.get(id()) ?? null : null, at = pointed && now.order.includes(pointed.name) && pointed.t <= now.x.length ? pointed : { name: "attention", t: now.token };
      return { ...now, round, place: at, marks: round && now.question === "rows" ? round.guess.map((k) => k + 1) : [] };
    },
    played: ([question, causal]) => [...rounds.keys()].some((key) => key.startsWith(`${question}|${causal}|`)),
    plan: () => plan(first.causal),
    point(name, t) { pointed = { name, t }; view.later(); },
    answer(guess) {                                           // the guess is judged on what stands now, and stays
      view.set({ x: answered(state()), before: view.get("start"), told: true });
      rounds.set(id(), { guess, said: verdict(situation(state()), guess) });
      view.later();
    },
    load([question, causal]) {
      const { start } = state();
      view.move({ question, causal, told: false, x: start, before: start });
      if (rounds.has(id())) view.move({ x: answered(state()), told: true });
      view.set({});
      view.later();
    },
    choose(changes) {                                         // the same question, or the same numbers, in another block
      view.move(changes);
      if (view.get("question") && !view.get("told")) view.load([view.get("question"), view.get("causal")]);
      else view.set({});
      view.later();
    },
    pick(token) {
      if (token === view.get("token")) return;
      if (view.get("question") && !view.get("told")) view.set({ token });
      else view.set({ token, question: "" });
      view.later();
    },
    change(kind) {
      const token = view.get("token"), before = base(token - 1), old = before[token - 1], fresh = view.get("new");
      const row = made(kind, old, alike(old, fresh) ? fresh.map((v) => -v) : fresh);              // what is new differs
      if (row) view.set({ before, x: before.with(token - 1, row), question: "" });
    },
    edit(j, v, send) {
      const t = view.get("token") - 1, before = base(t), x = view.get("x");
      view.refused = null;
      view[send ? "set" : "move"]({ before, x: x.with(t, x[t].with(j, v)), question: "" });
    },
    sent: () => { model.save_changes(); view.later(); },
    refuse(j) { const t = view.get("token"); view.refused = refusal(t, j, view.get("x")[t - 1][j]); view.later(); },
    again() {
      const { start } = state();
      rounds.clear();
      pointed = null;
      view.move({ ...first, token: Math.min(first.token, start.length) });
      view.load(plan(first.causal)[0]);
    },
  });
}

function controls(view) {
  const chips = chipsOf("Placement", PLACES, () => view.get("placement"), (placement) => view.choose({ placement }));
  const mask = el("input", { type: "checkbox", onchange: () => view.choose({ causal: mask.checked }) });
  return { node: el("div", { class: "bk-controls" }, chips.node, el("label", { class: "bk-mask" }, mask, "causal mask")), draw(now) {
    chips.node.hidden = view.bare && now.placement === "none";
    mask.checked = now.causal;
    chips.draw();
  } };
}

function asking(view) {
  const show = strip();
  return { node: show.node, words: show.words, draw(now) {
    const { question, placement, causal, token, asked, round, x } = now;
    if (asked) {
      const many = question === "rows", names = options(now);
      return show.show(`${question} ${placement} ${causal} ${token} ${x}`, ["asked", "Predict", ask(now)], () => choices(names, { many, lone: many ? names.length - 1 : -1 }, (guess) => view.answer(guess)));
    }
    const told = round ? round.said : shown(now), follows = view.plan().find((one) => !view.played(one));
    return show.show(`${told} ${follows}`, told, () => (follows ? [el("button", { type: "button", class: "ln-btn ln-open", onclick: () => view.load(follows) }, `Next: ${next(follows)}`)] : []));
  } };
}

// The token that is changed: its numbers, and what may be done to all of them.
function editor(view) {
  const name = el("b", { class: "bk-who" });
  const fields = [0, 1, 2, 3].map((j) => numberField(view, {
    label: `number ${j + 1}`, limit: LIMIT, step: 0.1, grain: 0.1, pixels: 4, get: () => view.get("x")[view.get("token") - 1][j], put: (v, send) => view.edit(j, v, send),
    sent: () => view.sent(), refuse: () => view.refuse(j) }));
  const chips = CHANGES.map(([kind, text]) => el("button", { type: "button", class: "ln-chip", onclick: () => view.change(kind) }, text));
  return { node: el("div", { class: "bk-edit" }, name, el("div", { class: "bk-fields" }, fields.map((one) => one.node)), el("div", { class: "bk-changes", role: "group", "aria-label": "Change it" }, chips)), draw(now) {
    const row = now.x[now.token - 1], old = now.before[now.token - 1];
    name.textContent = `Token ${now.token}`;
    fields.forEach((one, j) => {
      one.show(row[j], now.asked, `Token ${now.token}, number ${j + 1}`);
      one.node.classList.toggle("is-new", row[j] !== old[j]);
    });
    chips.forEach((chip, k) => {
      const kind = CHANGES[k][0], same = kind === now.kind;
      chip.setAttribute("aria-pressed", same);
      chip.disabled = now.asked || !made(kind, old, now.new);
      chip.title = now.asked ? "Answer first" : "";
    });
  } };
}

// Where the reader points: its numbers, now and before.
function reading() {
  const title = el("b"), state = el("span"), pairs = [0, 1, 2, 3].map(() => [el("span", { class: "bk-is" }), el("span", { class: "bk-was" })]);
  return { node: el("div", { class: "bk-read", "aria-hidden": "true" }, el("div", { class: "bk-where" }, title, state), pairs.map((pair) => el("div", {}, pair))), draw(now) {
    const { name, t } = now.place, one = place(name, t, now), levels = now.levels[name][t - 1], hidden = now.asked && name !== "x";
    title.textContent = one.title;
    state.textContent = one.state.replace("changed by", "by");
    pairs.forEach(([is, was], j) => {
      is.textContent = one.now[j];
      was.textContent = hidden ? "" : levels[j] === 2 ? one.was[j] : levels[j] === 1 ? "≈" : "=";
      is.parentNode.dataset.level = hidden ? 0 : levels[j];
    });
  } };
}

// What the outlines mean.
const key = () => el("p", { class: "bk-key", "aria-hidden": "true" }, [["bk-is-line", "changed"], ["bk-is-faint", `by less than ${PRINTED}`], ["bk-is-old", "before"]].map(([kind, text]) =>
  el("span", {}, el("i", { class: kind }), text)));

function saying(view) {
  const say = caption();
  return { node: say.node, words: say.words, draw(now) {
    say.node.classList.toggle("is-refused", Boolean(view.refused));
    say.draw({ words: view.refused ?? sentence(now) });
  } };
}

let blocks = 0;

export function render({ model, el: root }) {
  const view = viewOf(model), id = `ln-block-${++blocks}`, head = headed(root, id, TITLE, () => view.again());
  const ask_ = asking(view), say = saying(view);
  const parts = [controls(view), ask_, editor(view), pipeline(view), say, reading(), announcer(view, [ask_, say])];
  const draw = () => {
    const now = view.now();
    if (!now) return;
    for (const part of parts) part.draw(now);
  };
  view.later = onceAFrame(draw);
  for (const key of INPUTS) model.on(`change:${key}`, view.later);
  root.classList.add("ln-bk");
  root.replaceChildren(head, ...parts.map((part) => part.node));
  say.node.before(key());
  draw();
}
