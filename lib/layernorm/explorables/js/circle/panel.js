// Beside the picture: the same in numbers, and what changes it: level, size and direction of x, or the steps of the gradient.
import { el, fixed, short, strides, subscript } from "../kit.js";
import { field } from "../typed.js";
import { cell, heads, LAST, rows, SHORT_STEPS, STEPS } from "./tale.js";

const DIALS = [
  { key: "level", word: "level", sign: "μ", low: -3, high: 3, small: 0.1, role: "r-stat" },
  { key: "size", word: "size", sign: "σ", low: 0, high: 4, small: 0.1, role: "r-stat" },
  { key: "direction", word: "direction", sign: "", low: -180, high: 180, small: 5, role: "r-xhat" },
];

const LIMIT = [-1e6, 1e6];
const written = (v) => String(Math.abs(v) < 0.01 ? +v.toPrecision(2) : +v.toFixed(3));

function dials(view) {
  const all = DIALS.map(({ key, word, low, high, small, role }) => {
    const value = el("b", { class: role });
    const range = el("input", { type: "range", min: low, max: high, step: key === "direction" ? 1 : 0.01, class: "ln-range", "aria-label": word,
      oninput: () => view.put({ [key]: range.valueAsNumber }) });
    strides(range, small, 10 * small, () => view.apart()[key], (v) => view.put({ [key]: v }));
    const sign = el("span", {});
    return { key, range, low, high, value, sign, node: el("label", { class: "cr-dial" }, el("span", { class: "cr-dial-name" }, el("span", {}, word, sign), value), range) };
  });
  return {
    node: el("div", { class: "cr-dials", role: "group", "aria-label": "What x is made of" }, all.map((one) => one.node)),
    draw({ now }) {
      const apart = view.apart();
      for (const { key, range, low, high, value, sign } of all) {
        const v = apart[key], words = key !== "direction" ? short(v) : now.flat ? "–" : `${fixed(v, 0)}°`;
        sign.textContent = { level: " μ", size: now.mode === "rms" ? " RMS" : " σ", direction: "" }[key];
        const held = document.activeElement === range;        // an x from elsewhere may lie beyond the ends: they give way
        range.min = Math.min(low, v, held ? range.min : low);
        range.max = Math.max(high, v, held ? range.max : high);
        range.value = v;
        value.textContent = words;
        range.setAttribute("aria-valuetext", `${words}; x̂ is ${now.lost ? "not defined" : now.n.xhat.map(cell).join(", ")}`);
      }
    },
  };
}

function stops(view) {
  const buttons = STEPS.map((name, k) => el("button", { type: "button", class: "ln-option", "aria-label": name, onclick: () => view.walk(k, () => view.asked.arrived(k)) }, SHORT_STEPS[k]));
  return {
    node: el("div", { class: "ln-options cr-stops", role: "group", "aria-label": "Steps" }, buttons),
    draw: () => buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === view.get("step"))),
  };
}

// A row of the table is built once for each sign and kind; only its numbers change.
function row({ sign, role, edit }, view) {
  const fields = edit ? [0, 1, 2].map((i) => field(view, () => edit + subscript(i + 1), () => LIMIT, () => view.get(edit)[i],
    (v) => view.edit(edit, i, v), { class: `ln-field ${role}`, "aria-label": edit + subscript(i + 1) }, () => fields[i + 1]?.input, written)) : [];
  const inner = [0, 1, 2].map((i) => (edit ? fields[i].input : el("span", {}))), more = [0, 1].map(() => el("td", { class: "cr-more" }));
  const node = el("tr", { class: edit ? "cr-fields" : "" }, el("th", { scope: "row", class: role }, sign), inner.map((one) => el("td", { class: role }, one)), more);
  return {
    node,
    draw({ values, more: extra, from }, reached) {
      const known = from <= reached;
      node.classList.toggle("is-waiting", !known);
      node.classList.toggle("is-here", from === reached && view.get("mode") === "backward" && !(edit === "x"));
      values.forEach((v, i) => {
        if (edit) fields[i].show();
        else inner[i].textContent = known ? cell(v) : "?";
      });
      extra.forEach((v, i) => {
        more[i].textContent = v === null ? "" : known ? cell(v) : "?";
        more[i].classList.toggle("is-zero", known && v === 0);
      });
    },
  };
}

export function panel(view) {
  const top = el("thead", {}), body = el("tbody", {}), table = el("table", { class: "cr-sums" }, el("caption", { class: "ln-quiet" }, "The same in numbers"), top, body);
  const dial = dials(view), steps = stops(view);
  let built = null, lines = [];
  return {
    node: el("div", { class: "cr-panel" }, table, dial.node, steps.node),
    draw(state) {
      const { now, shown } = state, wanted = rows(now), kind = now.mode + wanted.map(({ sign }) => sign);
      if (kind !== built) {
        built = kind;
        lines = wanted.map((one) => row(one, view));
        top.replaceChildren(el("tr", {}, el("td", {}), heads(now.mode).map((name, k) => el("th", { scope: "col", class: k > 2 ? "cr-extra" : "" }, name))));
        body.replaceChildren(...lines.map((one) => one.node));
        dial.node.hidden = now.mode === "backward";
        steps.node.hidden = !dial.node.hidden;
      }
      const reached = now.mode === "backward" ? Math.min(LAST, Math.round(shown)) : LAST;
      wanted.forEach((one, k) => lines[k].draw(one, reached));
      dial.draw(state);
      steps.draw();
    },
  };
}
