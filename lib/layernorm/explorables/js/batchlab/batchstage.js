// Errors of three methods: every seed a mark, the medians bars that a line joins; the column where the controls stand is lit.
import { el, grown, place } from "../kit.js";
import { logScale, path } from "../lab/scales.js";
import { METHODS, along, chosen, errorsAt, middle } from "./batchruns.js";
import { percent } from "./batchtalk.js";

const LEFT = 26, NAMES = 92, TOP = 26, FOOT = 38;             // px
const ERRORS = [Math.log10(0.5), 2], TICKS = [1, 3, 10, 30, 90];
const WIDE = 560, HIGH = 288, LOW = 198;                      // px
const SMALL = 300, LETTER = 7.5;                              // px: without room for more words; of a letter on an axis
const GAP = 16;                                               // px between two names
const SPREAD = 0.27, SEEDS = 0.09;                            // of a column: between methods, between seeds
const AXES = { batch: "examples in a batch", rate: "learning rate", budget: "digits seen" };
const MARKS = { BN: "M-2.5-2.5h5v5h-5z", LN: "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", none: "M-3 2.5h6l-3-5.5z" };
const RING = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0";

export function batchStage() {
  const svg = el("svg", { class: "ln-lab-svg", role: "img", style: "--rem: 16px" });
  const node = el("div", { class: "ln-lab-stage" }, svg);
  let width = 0, times = 1, drawnOver = "";                    // px of its own, shown so many times as large

  const text = (words, x, y, kind = "", anchor = "start") => el("text", { x: +x.toFixed(1), y: +y.toFixed(1), class: kind, "text-anchor": anchor }, words);
  const line = (x1, y1, x2, y2, kind) => {
    const made = el("line", { class: kind });
    place(made, { x1, y1, x2, y2 });
    return made;
  };
  const mark = (shape, x, y, kind) => el("path", { d: shape, class: kind, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });

  function geometry(points) {
    const height = width >= WIDE ? HIGH : LOW, bottom = height - FOOT, column = (width - LEFT - NAMES) / points.length;
    const across = (k, method) => LEFT + (k + 0.5 + SPREAD * (Object.keys(METHODS).indexOf(method) - 1)) * column;
    return { height, bottom, column, across, up: logScale(ERRORS, [bottom, TOP]) };
  }

  function lit(now, points, g) {
    const whole = now.choice.over !== "rate" || now.choice.rate !== "best";
    return points.flatMap((point, k) => Object.keys(METHODS).filter((method) => chosen(now, point, method)).slice(0, whole ? 1 : 3)
      .map((method) => {
        const share = whole ? 1 : SPREAD, left = whole ? LEFT + k * g.column : g.across(k, method) - (share * g.column) / 2;
        const made = el("rect", { class: "ln-lab-column" });
        place(made, { x: left, y: TOP - 4, width: share * g.column, height: g.bottom - TOP + 4 });
        return made;
      }));
  }

  function curve(now, method, found, g) {
    const levels = found.map((one) => g.up(middle(one[method].errors)));
    return el("g", { class: `ln-lab-method is-${method.toLowerCase()}` },
      el("path", { class: "ln-lab-through", d: path(levels.map((y, k) => [g.across(k, method), y])) }),
      ...found.flatMap((one, k) => one[method].errors.map((v, seed, { length }) =>
        mark(MARKS[method], g.across(k, method) + SEEDS * g.column * ((2 * seed) / Math.max(1, length - 1) - 1), g.up(v), "ln-lab-seed"))),
      ...levels.map((y, k) => line(g.across(k, method) - 0.12 * g.column, y, g.across(k, method) + 0.12 * g.column, y, "ln-lab-median")));
  }

  // Names beside the last medians, moved apart where these lie close.
  function names(found, g) {
    const last = Object.entries(found.at(-1)).map(([method, { errors }]) => ({ method, y: g.up(middle(errors)) })).sort((a, b) => a.y - b.y);
    last.forEach((one, k) => { if (k) one.y = Math.max(one.y, last[k - 1].y + GAP); });
    for (let k = last.length - 1, floor = g.bottom; k >= 0; k--, floor -= GAP) last[k].y = Math.min(last[k].y, floor);
    return last.map(({ method, y }) => text(METHODS[method], width - NAMES + 6, y + 4, `ln-lab-name ln-lab-method is-${method.toLowerCase()}`));
  }

  // What was run here and now: rings over what is stored.
  function mine(now, points, found, g) {
    const { fresh, choice } = now;
    if (!fresh) return [];
    return points.flatMap((point, k) => Object.keys(fresh.result).filter((method) =>
      ["batch", "budget"].every((name) => fresh.choice[name] === point[name]) && fresh.choice.rate === found[k][method].rate)
      .map((method) => mark(RING, g.across(k, method), g.up(middle(fresh.result[method])), "ln-lab-mine")));
  }

  return {
    node,
    words: () => drawnOver,
    resize() {
      const large = grown(node.clientWidth), now = Math.floor(node.clientWidth / large);
      if (now < LEFT + NAMES || (now === width && large === times)) return false;      // still without its place, or as it was
      [width, times] = [now, large];
      return true;
    },
    draw(now) {
      if (!width) return;
      const points = along(now), found = points.map((point) => errorsAt(now, point)), g = geometry(points), { over, rate } = now.choice;
      const fixed = Object.keys(AXES).filter((name) => name !== over && !(name === "rate" && rate === "best")).map((name) => `${AXES[name]}: ${now.named(name, now.choice[name])}`);
      if (over !== "rate" && rate === "best") fixed.push("each method at its best rate");
      const values = points.map((point) => now.named(over, point[over])), longest = Math.max(...values.map((value) => value.length));
      const stride = longest * LETTER > g.column ? 2 : 1;
      drawnOver = `Drawn by ${AXES[over]}.`;
      const listed = Object.entries(METHODS).map(([method, name]) => `${name} ${found.map((one) => percent(middle(one[method].errors))).join(", ")}`);
      place(svg, { width: width * times, height: g.height * times, viewBox: `0 0 ${width} ${g.height}` });
      svg.setAttribute("aria-label", `Error, median of the seeds, by ${AXES[over]} (${values.join(", ")}); ${fixed.join("; ")}. ${listed.join("; ")}.`);
      svg.replaceChildren(
        ...lit(now, points, g),
        text(width < SMALL ? "errors in %" : `errors in %${over === "rate" && rate === "best" ? "; lit: the best rate" : ", seeds and median"}; 90: guessing`, 0, 12, "ln-lab-title"),
        ...TICKS.flatMap((v) => [line(LEFT, g.up(v), width - NAMES, g.up(v), v === 90 ? "ln-lab-start" : "ln-lab-rule"), text(v, LEFT - 6, g.up(v) + 4, "ln-lab-tick", "end")]),
        ...values.map((value, k) => (k % stride ? "" : text(value, LEFT + (k + 0.5) * g.column, g.bottom + 16, "ln-lab-tick", "middle"))),
        text(AXES[over], LEFT, g.height - 4, "ln-lab-tick"),
        ...Object.keys(METHODS).map((method) => curve(now, method, found, g)), ...names(found, g), ...mine(now, points, found, g));
    },
  };
}
