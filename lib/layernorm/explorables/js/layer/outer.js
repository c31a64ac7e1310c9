// The picture: x over the columns, the pushes beside the rows, and in each cell the rectangle that is their product.
import { asSlider, el, numeric, power, scrubber, short, strides, subscript } from "../kit.js";
import { ends } from "./passes.js";
import { named } from "./speech.js";

const SIGNS = { right: "✓", missing: "+", wrong: "✕" };
const SPOKEN = { right: ", changed, as you said", missing: ", changed, which you did not say", wrong: ", did not change" };
const D = 3, ROWS = 2;
const DIGIT = 8;                                              // px
// Three digits: what a cell has room for.
const brief = (v) => (v !== 0 && (Math.abs(v) < 0.001 || Math.abs(v) >= 1000) ? power(v, 1) : short(+v.toPrecision(3)));

// From a to b on a scale, as a part of its whole.
const part = ([low, high], a, b) => [(Math.min(a, b) - low) / (high - low), Math.abs(b - a) / (high - low)].map((v) => `${+(100 * v).toFixed(2)}%`);
function across(node, scale, v) { [node.style.left, node.style.width] = part(scale, 0, v); }
function upward(node, scale, v) { [node.style.top, node.style.height] = part([-scale[1], -scale[0]], 0, -v); }
const ruled = (node, x, y) => { if (x) [node.style.left] = part(x, 0, 0); if (y) [node.style.top] = part([-y[1], -y[0]], 0, 0); };
const sign = (node, v) => node.classList.toggle("is-minus", v < 0);

// What is being typed stays until it is done.
function field(label, kind, put) {
  let typing = false;
  const done = () => { typing = false; };
  const input = numeric(kind, { "aria-label": label, oninput: () => { typing = true; },
    onblur: done, onchange: () => { done(); put(input.valueAsNumber); } });
  return { input, draw: (v) => { if (!typing) input.value = +v.toPrecision(4); } };
}

// One input: its number, and a bar to drag.
function column(view, j) {
  const name = `x${subscript(j + 1)}`, number = field(name, "r-x", (v) => view.edit("x", j, v));
  const bar = el("i", { class: "ly-bar" }), was = el("i", { class: "ly-was" }), zero = el("i", { class: "ly-zero" });
  const lane = el("span", { class: "ly-lane" }, was, bar, zero);
  const nought = el("span", {}, "0"), top = el("span", {}), scale = el("span", { class: "ly-ends" }, nought, top);
  const range = el("input", { type: "range", step: "any", "aria-label": `${name}, drag`, oninput: () => view.edit("x", j, +range.valueAsNumber.toPrecision(2)) });
  strides(range, 0.1, 1, () => view.get("x")[j], (v) => view.edit("x", j, v));
  view.grips(range);
  return {
    head: el("label", { class: "ly-in" }, el("span", { class: "ly-name r-x", "aria-hidden": "true" }, name), number.input),
    track: scrubber("ly-track", el("span", { "aria-hidden": "true" }, lane, scale), range),
    lane,
    draw({ now, before, xs, wide }) {
      const v = now.x[j];
      number.draw(v);
      across(bar, xs, v);
      across(was, xs, before.x[j]);
      ruled(zero, xs);
      sign(bar, v);
      was.hidden = before.x[j] === v;
      ruled(nought, xs);
      // Zero has its number always; of the two ends that which has room.
      const near = (wide * xs[1]) / (xs[1] - xs[0]) < DIGIT * (brief(xs[1]).length + 1);
      top.textContent = brief(xs[near ? 0 : 1]);
      [top.style.left, top.style.right] = near ? ["0", "auto"] : ["", ""];
      [range.min, range.max] = xs;
      range.value = v;
      range.setAttribute("aria-valuetext", short(v));
    },
  };
}

// One gradient: pressed to be chosen, or to be explained.
function gradient(view, k) {
  const flat = k < ROWS * D, i = Math.floor(k / D), j = k % D;
  const bar = el("i", { class: "ly-grad" }), was = el("i", { class: "ly-was" }), mark = el("b", { class: "ly-mark" });
  const zero = el("i", { class: "ly-zero" }), ground = el("i", { class: "ly-zero ly-flat" });
  const weight = el("span", { class: "ly-w" }), value = el("span", { class: "ly-v" });
  const node = el("button", { type: "button", class: `ly-cell ${flat ? "" : "ly-dx"}`, onclick: () => view.press(k) },
    flat ? [weight, el("span", { class: "ly-plane" }, was, bar, zero, ground), el("span", { class: "ly-d" }, "dW")] : weight, value, mark);
  return {
    node,
    draw({ now, before, xs, dys, asked, picked, marks, chosen }) {
      const name = named(k, D), v = flat ? now.dW[i][j] : now.dx[j], kind = marks[k] ?? "";
      value.textContent = brief(v);
      weight.textContent = flat ? `W ${brief(now.W[i][j])}` : name;
      if (flat) {
        across(bar, xs, now.x[j]);
        upward(bar, dys, now.dz[i]);
        across(was, xs, before.x[j]);
        upward(was, dys, before.dz[i]);
        ruled(zero, xs);
        ruled(ground, null, dys);
        sign(bar, v);
        was.hidden = before.dW[i][j] === v;
      }
      node.dataset.state = asked ? (picked.has(k) ? "picked" : "") : kind;
      node.classList.toggle("is-chosen", !asked && chosen === k);
      mark.textContent = asked ? "" : SIGNS[kind] ?? "";
      node.setAttribute("aria-pressed", asked ? picked.has(k) : chosen === k);
      node.setAttribute("aria-label", `${name} ${short(v)}${asked ? "" : SPOKEN[kind] ?? ""}`);
    },
  };
}

// One output: what it computed, and the push that comes back to it.
function output(view, i) {
  const n = subscript(i + 1), number = field(`dy${n}`, "ly-push", (v) => view.edit("dy", i, v));
  const bar = el("i", { class: "ly-grad" }), came = el("i", { class: "ly-came" }), ground = el("i", { class: "ly-zero ly-flat" });
  const z = el("span", {}), y = el("span", {}), sum = (name, role, node) => el("span", { class: role }, `${name}${n}`, el("span", { class: "ly-is" }, " ="), " ", node);
  const bias = el("span", { class: "ly-w" }), stick = el("div", { class: "ly-stick" }, bias, el("span", { class: "ly-plane" }, came, bar, ground));
  let scale = [-1, 1];
  const tell = asSlider(stick, { label: `dy${n}, drag`, limits: () => scale, step: 0.1, get: () => view.get("dy")[i], set: (v) => view.edit("dy", i, v),
    unit: () => stick.lastChild.clientHeight / (scale[1] - scale[0]), hold: (on) => view.hold(on) });
  return {
    node: el("div", { class: "ly-out" }, stick, el("div", { class: "ly-sums" }, sum("z", "", z), sum("y", "r-y", y),
      el("label", { class: "ly-in" }, el("span", { class: "ly-name ly-push", "aria-hidden": "true" }, `dy${n}`), number.input))),
    draw({ now, dys }) {
      scale = dys;
      number.draw(now.dy[i]);
      upward(bar, dys, now.dz[i]);
      upward(came, dys, now.dy[i]);
      came.hidden = now.dy[i] === now.dz[i];
      ruled(ground, null, dys);
      sign(bar, now.dz[i]);
      bias.textContent = `b ${brief(now.b[i])}`;
      z.textContent = brief(now.z[i]);
      y.textContent = brief(now.y[i]);
      tell(`${short(now.dy[i])}${now.z[i] > 0 ? "" : ", stopped by ReLU"}`);
    },
  };
}

export function sheet(view) {
  const columns = [0, 1, 2].map((j) => column(view, j)), outputs = [0, 1].map((i) => output(view, i));
  const cells = Array.from({ length: (ROWS + 1) * D }, (_, k) => gradient(view, k)), row = (i) => cells.slice(D * i, D * i + D).map((one) => one.node);
  let wide = 0;                                               // px, of a lane: asked for in a draw it would be laid out for each
  new ResizeObserver(([{ contentRect }]) => { wide = contentRect.width; view.later(); }).observe(columns[0].lane);
  const law = (...lines) => el("span", { class: "ly-law" }, lines.map((line) => el("span", {}, line)));
  return {
    node: el("div", { class: "ly-sheet", role: "group", "aria-label": "The layer: inputs, weights, outputs, and their gradients" },
      columns.map((one) => one.head), law("z = Wx + b", "y = ReLU(z)"), columns.map((one) => one.track), law("dW = dz xᵀ"),
      outputs.flatMap((one, i) => [...row(i), one.node]), row(ROWS), law("dx = Wᵀdz")),
    draw(state) {
      for (const one of [...columns, ...cells, ...outputs]) one.draw({ ...state, wide });
    },
  };
}

// The scales of x and of the pushes: they hold what is, and what the question will make of it.
export const scalesOf = (states) => ({ xs: ends(states.flatMap(({ x }) => x)), dys: ends([...states.flatMap(({ dy }) => dy), 1, -1]) });
