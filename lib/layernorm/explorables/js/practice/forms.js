// What there is to answer with: a field, options, lines, an order, a text.  Each is { node, read(), freeze(on), focus() }.
import { el } from "../kit.js";
import { read } from "./reading.js";

// Text with `code` in it.
export const rich = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part)).filter((part) => part !== "");

let made = 0;                                                 // forms of one page have groups of their own

function typed({ many, whole }, ready) {
  const words = many > 1 ? `${many} ${whole ? "whole numbers" : "numbers"}, in order` : whole ? "a whole number" : "a number";
  const input = el("input", { type: "text", class: "ln-typed", autocomplete: "off", spellcheck: "false",
    "aria-label": `Your answer: ${words}`, placeholder: words, oninput: () => { input.removeAttribute("aria-invalid"); ready(input.value.trim() !== ""); } });
  return {
    mark: (on) => input.setAttribute("aria-invalid", on),
    node: el("p", { class: "ln-field-line" }, input),
    read() {
      const { numbers, places, error } = read(input.value, { many, whole });
      return error ? { error } : { given: numbers, places };
    },
    freeze: (on) => { input.readOnly = on; },
    clear() { input.value = ""; ready(false); },
    input,
  };
}

// Options to tick, or one to choose, turned round by `turn`; a listing's lines are chosen the same way, by their numbers.
function ticked(texts, { many, name, turn = 0, listing = false }, ready) {
  const group = `ln-${made += 1}`, shown = texts.map((_, i) => (i + turn) % texts.length);
  let frozen = false;
  // Frozen ones are not disabled: what was chosen stays in full ink, and can be read.
  const boxes = shown.map((i) => el("input", { type: many ? "checkbox" : "radio", name: group, value: listing ? i + 1 : i,
    onclick: (event) => { if (frozen) event.preventDefault(); }, onchange: () => ready(many || boxes.some((box) => box.checked)) }));
  const words = (i) => (listing ? [el("span", { class: "ln-line-number" }, `${i + 1}`), el("code", {}, texts[i])] : el("span", {}, rich(texts[i])));
  return {
    node: el("div", { class: `ln-ticks ${listing ? "ln-listing" : ""}`, role: many ? "group" : "radiogroup", "aria-label": name },
      boxes.map((box, k) => el("label", { class: "ln-tick" }, box, words(shown[k])))),
    read: () => ({ given: boxes.filter((box) => box.checked).map((box) => +box.value).sort((a, b) => a - b) }),
    freeze(on) {
      frozen = on;
      for (const box of boxes) box.setAttribute("aria-disabled", on);
    },
    clear() { for (const box of boxes) box.checked = false; ready(many); },
    input: boxes[0],
  };
}

function ordered(texts, ready, say) {
  const places = texts.map((_, i) => i);
  const list = el("ol", { class: "ln-order", "aria-label": "Lines, to be put in order" });
  const move = (from, by) => {
    const to = from + by;
    if (to < 0 || to >= places.length) return;
    [places[from], places[to]] = [places[to], places[from]];
    draw();
    list.children[to].querySelectorAll("button")[by < 0 ? 0 : 1].focus();
    say(`Now line ${to + 1} of ${places.length}.`);
    ready(true);
  };
  let frozen = false;
  function draw() {
    list.replaceChildren(...places.map((shown, at) => el("li", {}, el("span", {}, rich(texts[shown])),
      el("span", { class: "ln-moves" },
        el("button", { type: "button", class: "ln-move", "aria-label": `Move up: ${texts[shown]}`, "aria-disabled": String(frozen || at === 0), onclick: () => frozen || move(at, -1) }, "↑"),
        el("button", { type: "button", class: "ln-move", "aria-label": `Move down: ${texts[shown]}`, "aria-disabled": String(frozen || at === places.length - 1), onclick: () => frozen || move(at, 1) }, "↓")))));
  }
  draw();
  return {
    node: list,
    read: () => ({ given: [...places] }),
    freeze(on) { frozen = on; draw(); },
    clear() { places.splice(0, places.length, ...texts.map((_, i) => i)); draw(); ready(true); },
    get input() { return list.querySelector("button"); },
  };
}

// First her own words, then what a good answer says, to be ticked.
function explained(points, ready) {
  const text = el("textarea", { class: "ln-words-of-hers", rows: "4", "aria-label": "Your explanation", placeholder: "In your own words", onkeydown: (event) => event.stopPropagation(),
    oninput: () => ready(text.value.trim() !== "") });
  const boxes = ticked(points, { many: true, name: "What you said" }, () => {});
  const rubric = el("div", { class: "ln-rubric", hidden: true }, el("p", {}, "Which of these did you say? Tick them."), boxes.node);
  return {
    node: el("div", {}, text, rubric),
    read: () => (rubric.hidden ? { open: true } : boxes.read()),
    open() { rubric.hidden = false; text.readOnly = true; boxes.input.focus(); },
    freeze: boxes.freeze,
    clear() { rubric.hidden = true; text.readOnly = false; boxes.clear(); ready(text.value.trim() !== ""); },
    input: text,
  };
}

// `ready(on)` hears whether there is something to check; `say` speaks.
export function form(seen, key, ready, say, turn) {
  if (seen.kind === "compute" || seen.kind === "shapes") return typed(seen, ready);
  if (seen.kind === "choose") return ticked(seen.options, { many: true, name: "All that hold", turn }, ready);
  if (seen.kind === "predict") return ticked(seen.options, { many: false, name: "What will happen" }, ready);
  if (seen.kind === "bug") return ticked(seen.lines, { many: false, name: "The wrong line", listing: true }, ready);
  if (seen.kind === "order") return ordered(seen.steps, ready, say);
  return explained(key.points, ready);
}
