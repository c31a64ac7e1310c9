// One feature: the output is a line over x̂, and the rows are points that it should pass through.  γ tilts it, β lifts it.
import { asSlider, ease, el, mix, mover, place, short, still, subscript } from "../kit.js";
import { LIMIT } from "./fitting.js";
import { brief, spokenFeature } from "./telling.js";

const HEAD = 28, FOOT = 22, LEFT = 34, RIGHT = 44, KNOB = 12;
const NEAR = 14;                                              // points nearer than this share a name

// A circle round (x, y).
const disc = (kind, r) => {
  const node = el("rect", { class: kind, width: 2 * r, height: 2 * r, rx: r });
  return { node, at: (x, y) => place(node, { x: x - r, y: y - r }) };
};

// A ring that is a slider; so is what else belongs to it, such as the line.
function knob(view, key, sign, ...more) {
  const discs = [disc("ln-hit", 22), disc("ln-knob-ring", KNOB), disc("ln-ring", KNOB + 5)], letter = el("text", { class: "ln-knob-name" }, sign);
  const node = el("g", { class: `ln-knob s-${key}` }, ...more, ...discs.map((one) => one.node), letter);
  const tell = asSlider(node, {
    label: sign, step: 0.1, limits: () => [-LIMIT, LIMIT], get: () => view.get(key)[view.chosen], set: (v) => view.pull(key, v),
    unit: () => view.unit * view.times, hold: view.hold });
  return { node, draw(x, y, side, label, words) {
    node.setAttribute("aria-label", label);
    for (const one of discs) one.at(x, y);
    place(letter, { x: x + side * 18, y: y + 20 });
    tell(words);
  } };
}

export function slope(view) {
  const svg = el("svg", { class: "ln-stage ln-slope", role: "group" });
  const glide = mover(), line = el("path", { class: "ln-line" }), grip = el("path", { class: "ln-grip" });
  const back = el("g", { class: "ln-rules", "aria-hidden": "true" }), marks = el("g", { class: "ln-marks", "aria-hidden": "true" });
  const title = el("text", { class: "ln-slope-title", x: 0, y: 14 }), ask = el("text", { class: "ln-unknown" }, "?"), later = el("text", { class: "ln-later" }, "opens with your guess");
  const beta = knob(view, "beta", "β", grip), gamma = knob(view, "gamma", "γ");
  const clip = el("rect", { x: LEFT, y: HEAD - 8 }), id = `ln-slope-${view.id}`;
  svg.append(el("defs", {}, el("clipPath", { id }, clip)), title, back, el("g", { "clip-path": `url(#${id})` }, line), marks,
    el("g", { class: "ln-knobs" }, beta.node, gamma.node), ask, later);
  let size = null, range = null, goal = null;

  // The values to be held: what is wanted in any feature, and the line where it counts.
  function extent({ rows, y, gamma: g, beta: b, i }) {
    const values = [0, ...rows.flat(), ...y.map((row) => row[i]), b[i], b[i] + g[i]].filter(Number.isFinite);
    const low = Math.min(...values), high = Math.max(...values), pad = 0.08 * (high - low || 1);
    return [low - pad, high + pad];
  }
  function follow(wanted) {                                   // never under the reader's finger
    if (range && (view.held || String(wanted) === String(goal))) return;
    const from = range;
    goal = wanted;
    if (!from || still()) { glide.stop(); range = wanted; return; }
    glide.start(320, (u) => { range = from.map((a, k) => mix(a, wanted[k], ease(u))); view.later(); });
  }

  function grid(now, x, y, reach) {
    const least = Math.max(0.1, 26 / view.unit), power = 10 ** Math.floor(Math.log10(least)), gap = power * [1, 2, 5, 10].find((g) => g * power >= least * (1 - 1e-9));
    const first = Math.ceil(range[0] / gap), end = size.width - RIGHT;
    const ticks = Array.from({ length: Math.max(0, Math.floor(range[1] / gap) - first + 1) }, (_, k) => (first + k) * gap);
    const floor = size.height - FOOT, across = [-2, -1, 0, 1, 2].filter((v) => Math.abs(v) < reach);
    back.replaceChildren(
      ...ticks.flatMap((v) => [el("line", { x1: LEFT, x2: end, y1: y(v), y2: y(v) }), el("text", { x: LEFT - 6, y: y(v) + 4 }, brief(v))]),
      el("line", { class: "ln-zero", x1: x(0), x2: x(0), y1: HEAD - 8, y2: floor }),
      ...across.map((v) => el("text", { class: "ln-across", x: x(v), y: floor + 16 }, short(v))),
      el("text", { class: "ln-axis r-xhat", x: size.width - 2, y: floor + 16 }, `x̂${subscript(now.i + 1)}`));
  }

  // Where a row is, where it should be, and what lies between.
  // A name stands where the line does not pass, over it on the side from which it rises or under it on the other; if
  // there is no room, or another name, somewhere else.
  function named(group, slant, taken) {
    const [{ x, want, is, back: met }] = group, done = group.every((one) => one.back), over = met || want < is;
    const words = `row${group.length > 1 ? "s" : ""} ${group.map((one) => one.r + 1).join(", ")}${done ? " ✓" : ""}`, wide = 7.6 * words.length;
    const above = [-slant, -7], below = [slant, 16], rest = [[slant, -7], [-slant, 16], [-slant, -21], [slant, -21], [slant, 30]];
    const boxes = [...(over ? [above, below] : [below, above]), ...rest].map(([side, down]) => {
      const left = side < 0 ? x - 9 - wide : x + 9, foot = want + down;
      return { side, left, right: left + wide, foot };
    });
    const free = (box) => box.left >= LEFT && box.right <= size.width && box.foot <= size.height - FOOT + 4 && box.foot >= HEAD
      && taken.every((one) => box.right < one.left || box.left > one.right || Math.abs(box.foot - one.foot) > 13);
    const box = boxes.find(free) ?? boxes[0];
    taken.push(box);
    return el("text", { class: done ? "ln-point-name is-back" : "ln-point-name", x: box.side < 0 ? box.right : box.left, y: box.foot,
      "text-anchor": box.side < 0 ? "end" : "start" }, words);
  }

  function points(now, x, y) {
    const all = now.rows.map((row, r) => ({ r, x: x(now.xhat[r][now.i]), want: y(row[now.i]), is: y(now.y[r][now.i]), back: now.back[r][now.i] }))
      .filter((one) => Number.isFinite(one.x));
    const groups = [], taken = [];
    for (const one of all) {
      const group = groups.find(([other]) => Math.hypot(other.x - one.x, other.want - one.want) < NEAR);
      if (group) group.push(one);
      else groups.push([one]);
    }
    marks.replaceChildren(
      ...all.map((one) => el("line", { class: "ln-miss", x1: one.x, x2: one.x, y1: one.is, y2: one.want })),
      ...all.map((one) => {
        const dot = disc("ln-point", 5.5);
        dot.at(one.x, one.want);
        return dot.node;
      }),
      ...all.map((one) => el("rect", { class: "ln-is", x: one.x - 4, y: one.is - 4, width: 8, height: 8 })),
      ...groups.map((group) => named(group, now.gamma[now.i] < 0 ? -1 : 1, taken)));
  }

  function heading({ i, gamma: g, beta: b }) {
    const sub = subscript(i + 1), part = (kind, text) => el("tspan", { class: kind }, text);
    title.replaceChildren(part("r-y", `y${sub}`), " = ", part("r-gamma", brief(g[i])), " · ", part("r-xhat", `x̂${sub}`),
      b[i] < 0 ? " − " : " + ", part("r-beta", brief(Math.abs(b[i]))));
  }

  return {
    node: svg,
    resize(times, width, height) { size = { width, height }; view.times = times; range = null; },
    draw(now) {
      const open = now.phase !== "asked", { i } = now, [g, b] = [now.gamma[i], now.beta[i]];
      const reach = Math.max(1.4, ...now.xhat.flat().filter(Number.isFinite).map((h) => Math.abs(h) + 0.3));
      follow(extent(now));
      const floor = size.height - FOOT, wide = (size.width - LEFT - RIGHT) / (2 * reach);
      view.unit = (floor - HEAD) / (range[1] - range[0]);
      const x = (h) => LEFT + (h + reach) * wide, y = (v) => floor - (v - range[0]) * view.unit;
      place(svg, { viewBox: `0 0 ${size.width} ${size.height}`, width: view.times * size.width, height: view.times * size.height, "aria-label": `Feature ${i + 1}: its line, and a point for each row` });
      place(clip, { width: size.width - LEFT - RIGHT, height: floor - HEAD + 10 });
      svg.dataset.open = open;
      for (const part of [line, marks, beta.node, gamma.node, title]) part.toggleAttribute("hidden", !open);
      for (const knob of [beta.node, gamma.node]) knob.ariaHidden = !open;              // Chromium tells of a hidden slider all the same
      place(ask, { x: size.width / 2, y: size.height / 2 + 6 });
      place(later, { x: size.width / 2, y: size.height / 2 + 34 });
      for (const part of [ask, later]) part.toggleAttribute("hidden", open);
      if (!open) { back.replaceChildren(); return; }
      grid(now, x, y, reach);
      const d = `M${x(-reach)} ${y(b - g * reach)}L${x(reach)} ${y(b + g * reach)}`;
      place(line, { d });
      place(grip, { d });
      points(now, x, y);
      heading(now);
      const spoken = spokenFeature(now), side = g < 0 ? -1 : 1;
      beta.draw(x(0), y(b), side, `β${subscript(i + 1)}, the height of the line`, `${short(b)}, feature ${i + 1}: ${spoken}`);
      gamma.draw(x(1), y(b + g), side, `γ${subscript(i + 1)}, the slope of the line`, `${short(g)}, feature ${i + 1}: ${spoken}`);
    },
  };
}
