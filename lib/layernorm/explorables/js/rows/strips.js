// Each row as a strip of bars: what leaves, y, over a dashed ghost of what came in, x.
import { el, place } from "../kit.js";
import { brief, gap, spokenRows } from "./telling.js";

const TEXT = 13, CAP = 4, AIR = 4;                                     // a line of numbers above the bars and one under them
const LETTER = 7.2;                                                    // px

// Baselines of x's number, beside the end of its dashed box, and of what is said of y, on the other side of 0.
export function lines(x, y0, box, cap) {
  const hit = Math.abs(cap - box) < TEXT + CAP, [want, far] = x < 0 ? [Math.max(box, hit ? cap : box) + TEXT, Math.min(y0, cap) - CAP - 1]
    : [Math.min(box, hit ? cap : box) - CAP, Math.max(y0, cap) + TEXT];
  return { want, far };
}

function cellOf() {
  const ghost = el("path", { class: "ln-ghost" }), body = el("rect", { class: "ln-body" }), cap = el("rect", { class: "ln-cap" });
  const want = el("text", { class: "ln-want" }), off = el("text", { class: "ln-off" });
  return { nodes: [body, ghost, cap, want, off], ghost, body, cap, want, off };
}

// In the pixels of usual letters, shown `times` as large: `left` is the room of the rows' names.
export function strips(view) {
  const svg = el("svg", { class: "ln-stage ln-strips", role: "img", "data-role": "y" });
  let size = null, built = null, cells = [], names = [], notes = [], column = null;

  function build({ rows }) {
    const d = rows[0].length;
    cells = rows.map((x) => x.map(cellOf));
    names = rows.map((_, r) => el("text", { class: "ln-name" }, `row ${r + 1}`));
    notes = rows.map(() => el("text", { class: "ln-name" }));
    column = el("rect", { class: "ln-column", y: 0 });
    const touch = rows[0].map((_, i) => el("rect", { class: "ln-hit", onpointerdown: () => view.choose(i) }));
    svg.replaceChildren(column, el("g", { class: "ln-rules" }), ...cells.flat().flatMap((one) => one.nodes), ...names, ...notes, ...touch);
    built = { d, touch };
  }

  function bars(now, at, r, [low, high]) {
    const top = r * at.tall, foot = top + at.tall - TEXT - AIR, head = top + TEXT + AIR + 1, unit = (foot - head) / (high - low);
    const y = (v) => foot - (Math.min(high, Math.max(low, v)) - low) * unit;
    const brevity = now.y[r].some((v, i) => !now.back[r][i] && LETTER * `off ${gap(v - now.rows[r][i])}`.length > at.column - 4);
    place(names[r], { x: 0, y: (head + foot) / 2 + (brevity ? -3 : 4) });
    place(notes[r], { x: 0, y: (head + foot) / 2 + 11 });
    notes[r].textContent = brevity ? "off by" : "";
    cells[r].forEach((one, i) => {
      const middle = at.left + at.column * (i + 0.5), wide = Math.min(44, 0.6 * at.column), left = middle - wide / 2, v = now.y[r][i], x = now.rows[r][i];
      const lost = !Number.isFinite(v), level = lost ? y(0) : y(v), back = now.back[r][i];
      place(one.ghost, { d: `M${left - 3.5} ${y(0)}V${y(x)}H${left + wide + 3.5}V${y(0)}` });
      place(one.body, { x: left, width: wide, y: Math.min(level, y(0)), height: Math.abs(level - y(0)) });
      place(one.cap, { x: left, width: wide, y: level - CAP / 2, height: lost ? 0 : CAP });
      const { want, far } = lines(x, y(0), y(x), level);
      place(one.want, { x: middle, y: want });
      place(one.off, { x: middle, y: far, class: back ? "ln-off is-back" : "ln-off" });
      one.want.textContent = brief(x);
      one.off.textContent = back ? "✓" : `${brevity || lost ? "" : "off "}${gap(v - x)}`;
    });
    return [y(0), top];
  }

  return {
    node: svg,
    resize(times, width, height, left) { size = { times, width, height, left }; },
    draw(now) {
      const { rows, i } = now, d = rows[0].length;
      if (built === null || built.d !== d || cells.length !== rows.length) build(now);
      const at = { ...size, tall: size.height / rows.length, column: (size.width - size.left) / d };
      const values = [0, ...rows.flat(), ...now.y.flat().filter(Number.isFinite)], range = [Math.min(...values), Math.max(...values, Math.min(...values) + 1)];
      place(svg, { viewBox: `0 0 ${size.width} ${size.height}`, width: size.times * size.width, height: size.times * size.height, "aria-label": spokenRows(now) });
      place(column, { x: at.left + at.column * i + 1, width: at.column - 2, height: size.height, opacity: now.phase === "asked" ? 0 : 1 });
      built.touch.forEach((rect, k) => place(rect, { x: at.left + at.column * k, width: at.column, y: 0, height: size.height }));
      svg.querySelector(".ln-rules").replaceChildren(...rows.flatMap((_, r) => {
        const [zero, top] = bars(now, at, r, range);
        return [el("line", { class: "ln-zero", x1: at.left, x2: size.width, y1: zero, y2: zero }),
          ...(r ? [el("line", { x1: 0, x2: size.width, y1: top, y2: top })] : [])];
      }));
    },
  };
}
