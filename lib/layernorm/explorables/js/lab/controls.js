// One control for each input of an experiment: the browser's own slider over the stored values, or its own radio buttons.
import { el } from "../kit.js";
import { place } from "./table.js";

const quiet = (event) => event.stopPropagation();             // JupyterLab has commands on these keys

export const control = (given, id, choose) => (typeof given.values[0] === "number" ? slider : choices)(given, id, choose);

// What would answer the question waits for the guess.
function wait(input, open) {
  input.disabled = !open;
  input.parentNode.title = open ? "" : "Answer first";
}

// The slider moves over the places of the values: each stop is a stored result.
function slider({ name, label, values, texts, unit }, id, choose) {
  const last = values.length - 1;
  const range = el("input", { type: "range", id, class: "ln-lab-range", min: 0, max: last, step: 1, onkeydown: quiet,
    oninput: () => choose(values[range.valueAsNumber]) });
  const here = el("b", { class: "ln-lab-now", "aria-hidden": "true" });        // where there is no room for the stops
  const stops = texts.map((text) => el("span", {}, text));
  return {
    // Who has more to write gets more of the row.
    node: el("div", { class: "ln-lab-number", style: `flex-grow:${texts.join("").length}` }, el("label", { for: id }, label, here),
      el("div", { class: "ln-lab-scale" }, range, el("div", { class: "ln-lab-stops", "aria-hidden": "true" }, stops))),
    draw({ choice, open }) {
      const at = place(values, choice[name]);
      wait(range, open);
      range.value = at;
      range.setAttribute("aria-valuetext", unit ? `${texts[at]} ${unit}` : texts[at]);
      here.textContent = texts[at];
      stops.forEach((stop, k) => stop.classList.toggle("is-here", k === at));
    },
  };
}

function choices({ name, label, values, texts }, id, choose) {
  const inputs = values.map((value) =>
    el("input", { type: "radio", name: id, class: "ln-lab-radio", onkeydown: quiet, onchange: () => choose(value) }));
  return {
    node: el("div", { class: "ln-lab-choice", role: "radiogroup", "aria-label": label },
      el("div", { class: "ln-lab-segments" }, inputs.map((input, k) => el("label", {}, input, el("span", {}, texts[k]))))),
    draw({ choice, open }) {
      inputs.forEach((input, k) => {
        wait(input, open);
        input.checked = values[k] === choice[name];
      });
    },
  };
}
