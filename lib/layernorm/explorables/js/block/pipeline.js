// The picture: a row a token, a column a stage, in the order of computation; over it the way past the boxes.
import { el, place } from "../kit.js";
import { cellName, label, named, under } from "./report.js";

const LEAST = 2.4, FULL = 0.92;                               // the scale: so large a number at least, up to so much of half a strip
const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// One token at one stage: four bars; what differs is vivid, outlined, and keeps a line where it was.
function strip(attributes) {
  const [zero, still, vivid, old, line, faint] = ["bk-zero", "bk-still", "bk-vivid", "bk-old", "bk-line", "bk-faint"].map((kind) => el("path", { class: kind }));
  place(zero, { d: "M0 1H4" });
  const node = el("div", attributes, el("svg", { viewBox: "0 0 4 2", preserveAspectRatio: "none", "aria-hidden": "true" }, zero, still, vivid, old, line, faint));
  const write = (path, marks) => path.setAttribute("d", marks.join(""));
  return { node, draw({ row, was, level, scale, hidden }) {
    const at = (v) => (1 - (FULL * v) / scale).toFixed(3), bars = row.map((v, j) => `M${j + 0.17} 1V${at(v)}h.66V1z`), lit = (j) => !hidden && level[j] === 2;
    const runs = (which) => level.flatMap((k, j) => (hidden || k !== which ? [] : [`M${j} 0h1${level[j + 1] === which ? "m0 2" : "v2"}h-1${level[j - 1] === which ? "" : "v-2"}`]));
    write(still, bars.filter((_, j) => !lit(j)));
    write(vivid, bars.filter((_, j) => lit(j)));
    write(old, was.flatMap((v, j) => (!hidden && level[j] === 2 ? [`M${j + 0.05} ${at(v)}h.9`] : [])));
    write(line, runs(2));
    write(faint, runs(1));
    node.dataset.state = hidden ? "hidden" : ["same", "faint", "changed"][Math.max(...level)];
  } };
}

const kindOf = (name, order) => (name === order.at(-1) ? "y" : name.endsWith("norm") ? "norm" : name === "x" || name.endsWith("sum") ? "stream" : "box");

export function pipeline(view) {
  const node = el("div", { class: "bk-pipe", role: "grid", "aria-label": "The block: tokens down, stages across" });
  let built = "", cells = [], picks = [], feet = [], fan = null, focus = [0, 0];

  const area = (child, ...where) => { child.style.gridArea = where.join(" / "); return child; };
  const go = (t, c) => {
    const all = cells.map((row, k) => [picks[k], ...row.map((one) => one.node)]), [a, b] = focus;
    all[a]?.[b]?.setAttribute("tabindex", -1);
    focus = [t, c];
    all[t][c].setAttribute("tabindex", 0);
    return all[t][c];
  };

  function build({ order, tokens }) {
    const mixes = order.indexOf("attention"), column = (k) => 2 + k + (k >= mixes), rows = tokens.length, wide = order.length + 3;
    const sums = order.flatMap((name, k) => (name.endsWith("sum") ? [k] : [])), second = order.indexOf("mlp") - (order[order.indexOf("mlp") - 1] === "mlp_norm" ? 2 : 1);
    const arch = (from, to) => area(el("i", { class: "bk-arch", "aria-hidden": "true" }), 1, column(from), 2, column(to) + 1);
    const names = order.map((name, k) => area(el("div", { role: "columnheader", class: "bk-name", "data-kind": kindOf(name, order), "data-box": label(name), "aria-label": named(name, order) },
      el("span", {}, label(name)), ...(k === order.length - 1 ? [el("i", {}, " y")] : [])), 2, column(k)));
    picks = tokens.map((t) => el("button", { type: "button", class: "bk-pick", tabindex: -1, "aria-label": `Token ${t}`, onclick: () => view.pick(t), onfocus: () => go(t - 1, 0) }, String(t)));
    cells = tokens.map((t) => order.map((name, k) => {
      const pick = name === "x" ? () => view.pick(t) : () => {};
      const one = strip({ role: "gridcell", class: "bk-cell", tabindex: -1, "data-kind": kindOf(name, order), onclick: pick, onfocus: () => { go(t - 1, k + 1); view.point(name, t); },
        onpointerenter: () => view.point(name, t), onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); } } });
      area(one.node, t + 2, column(k));
      return { ...one, name, t };
    }));
    feet = order.map((_, k) => area(el("div", { role: "gridcell", class: "bk-foot" }), rows + 3, column(k)));
    fan = el("svg", { class: "bk-fan", viewBox: `0 0 1 ${rows}`, preserveAspectRatio: "none", "aria-hidden": "true" }, el("path"), el("path", { class: "bk-whisper" }));
    node.style.setProperty("--n", order.length);
    node.style.setProperty("--rows", rows);
    node.style.setProperty("--mixes", mixes);
    const row = (...children) => el("div", { role: "row", class: "bk-row" }, children.flat());
    node.replaceChildren(
      arch(0, sums[0]), arch(second, sums[1]), area(el("i", { class: "bk-way", "aria-hidden": "true" }), 2, 2, 3, wide),
      row(area(el("div", { role: "columnheader" }, el("span", { class: "ln-quiet" }, "token")), 2, 1), names),
      area(fan, 3, column(mixes) - 1, rows + 3, column(mixes)),
      ...tokens.map((t, k) => row(area(el("div", { role: "rowheader", class: "bk-token" }, picks[k]), t + 2, 1), cells[k].map((one) => one.node))),
      row(area(el("div", { role: "rowheader", class: "bk-foot" }, el("span", { "aria-hidden": "true" }, "≠"), el("span", { class: "ln-quiet" }, "rows that changed")), rows + 3, 1), feet));
    go(0, 0);
  }

  node.addEventListener("keydown", (event) => {
    const way = WAYS[event.key], ends = { Home: 0, End: cells[0].length }[event.key];
    if (!way && ends === undefined) return;
    const t = Math.min(cells.length - 1, Math.max(0, focus[0] + (way?.[0] ?? 0))), c = ends ?? Math.min(cells[0].length, Math.max(0, focus[1] + way[1]));
    const cell = go(t, c);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    event.preventDefault();
    event.stopPropagation();
  });

  return { node, draw(now) {
    const { order, tokens, is, was, levels, asked, own, rows, seen } = now, key = `${order} ${tokens.length}`;
    if (key !== built) build(now);
    built = key;
    const scale = Math.max(LEAST, ...order.flatMap((name) => [...is[name].flat(), ...was[name].flat()].map(Math.abs)));
    for (const { node: cell, draw, name, t } of cells.flat()) {
      const hidden = asked && name !== "x";
      draw({ row: (hidden ? was : is)[name][t - 1], was: was[name][t - 1], level: levels[name][t - 1], scale, hidden });
      cell.classList.toggle("is-read", name === now.place.name && t === now.place.t);
      cell.classList.toggle("is-guessed", name === "attention" && now.marks.includes(t));
      const spoken = cellName(name, t, now);
      if (cell.ariaLabel !== spoken) cell.setAttribute("aria-label", spoken);
    }
    picks.forEach((one, k) => one.setAttribute("aria-pressed", k + 1 === now.token));
    feet.forEach((one, k) => { one.textContent = under(order[k], now); });
    const way = (to) => own.map((from) => `M0 ${from - 0.5}C.6 ${from - 0.5} .4 ${to - 0.5} 1 ${to - 0.5}`).join(""), reached = asked ? [] : rows.attention.filter((t) => !own.includes(t));
    [true, false].forEach((loud, k) => place(fan.children[k], { d: reached.filter((t) => seen.attention.includes(t) === loud).map(way).join("") }));
  } };
}
