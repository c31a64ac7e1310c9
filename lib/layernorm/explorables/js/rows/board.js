// The rows over the numbers that are chosen for them, in the same columns; beside them the line of one feature.
import { el, grown, letters, numeric, place, subscript } from "../kit.js";
import { LIMIT } from "./fitting.js";
import { slope } from "./slope.js";
import { strips } from "./strips.js";

const KEYS = [["gamma", "γ"], ["beta", "β"]];
const LEAST = 160;                                            // a page that is still being laid out may be narrower
const NAMES = 46;                                             // room of the rows' names
const plain = (v) => +v.toFixed(3);

// A feature is chosen by a press, by Enter or by a change, not by the focus: the last field would choose its own on the way to the line.
function field(view, role, label, put, choose) {
  let shown = null;
  const node = numeric(role, { "aria-label": label, onpointerdown: choose, onchange: () => {
    choose();
    const value = node.valueAsNumber, known = Number.isFinite(value);
    if (known) put(value);
    view.tell(!known ? `${label} stays ${shown}.` : Math.abs(value) > LIMIT ? `${label} stops at the limit.` : "");
    shown = null;                                             // whatever was typed, what holds now is written
  } });
  node.addEventListener("keydown", ({ key }) => key === "Enter" && choose());
  return { node, show(v) {
    const text = String(plain(v));
    if (text !== shown || document.activeElement !== node) node.value = text;      // never over what is being typed
    shown = text;
  } };
}

// The rows themselves, to be typed; and how many there are of what.
function editor(view) {
  const node = el("div", { class: "ln-own" });
  let shape = "", cells = [];
  return {
    node,
    draw(now) {
      node.hidden = !(now.typed && now.phase === "asked");
      if (node.hidden) return;
      if (shape !== `${now.rows.length},${now.rows[0].length}`) {
        shape = `${now.rows.length},${now.rows[0].length}`;
        cells = now.rows.map((x, r) => x.map((_, i) => field(view, "r-x", `x${subscript(i + 1)} of row ${r + 1}`, (v) => view.type(r, i, v), () => view.choose(i))));
        node.replaceChildren(...cells.flatMap((row, r) => [el("span", { class: "ln-label" }, `row ${r + 1}`), ...row.map((one) => one.node)]));
      }
      cells.forEach((row, r) => row.forEach((one, i) => one.show(now.rows[r][i])));
    },
  };
}

function shapes(view, samples) {
  const count = (label, low, high, read, act) => {
    const select = el("select", { class: "ln-select", "aria-label": label, onchange: () => act(+select.value) },
      Array.from({ length: high - low + 1 }, (_, k) => el("option", { value: low + k }, String(low + k))));
    return { node: el("label", { class: "ln-pick ln-count" }, el("span", {}, label), select), show: (now) => { select.value = read(now.rows); } };
  };
  const counts = [count("Rows", 2, 3, (rows) => rows.length, (n) => view.shape(n, null)), count("Features", 2, 6, (rows) => rows[0].length, (n) => view.shape(null, n))];
  const ready = Object.entries(samples).map(([name, rows]) => el("button", { type: "button", class: "ln-chip", onclick: () => view.load(rows) }, name));
  const node = el("div", { class: "ln-shapes" }, el("div", { class: "ln-counts" }, counts.map((one) => one.node)),
    el("div", { class: "ln-samples", role: "group", "aria-label": "Rows to start from" }, ready));
  return { node, draw(now) {
    node.hidden = !(now.typed && now.phase === "asked");
    for (const one of counts) one.show(now);
  } };
}

export function board(view, samples) {
  const bars = strips(view), line = slope(view), own = editor(view), shape = shapes(view, samples);
  const feet = el("div", { class: "ln-feet", "aria-hidden": "true" });
  const table = el("div", { class: "ln-chosen", role: "group", "aria-label": "γ and β of each feature; Enter shows its line" });
  const left = el("div", { class: "ln-left" }, el("div", { class: "ln-bars" }, bars.node, own.node), feet, table, shape.node);
  const right = el("div", { class: "ln-right" }, line.node), node = el("div", { class: "ln-both" }, left, right);
  let fields = [], d = 0, room = "";

  function build(now) {
    d = now.rows[0].length;
    fields = KEYS.map(([key, sign]) => now.rows[0].map((_, i) =>
      field(view, `r-${key}`, `${sign}${subscript(i + 1)}`, (v) => view.edit(key, i, v), () => view.choose(i))));
    table.replaceChildren(...KEYS.flatMap(([key, sign], k) => [el("span", { class: `ln-letter r-${key}`, "aria-hidden": "true" }, sign), ...fields[k].map((one) => one.node)]));
    feet.replaceChildren(el("span", { class: "ln-label" }, "feature"), ...now.rows[0].map((_, i) => el("span", { class: "ln-foot" }, String(i + 1))));
    node.style.cssText = `--names: ${NAMES / 16}rem; --d: ${d}`;
  }

  return {
    node,
    // True if the picture must be drawn again.
    resize() {
      const [a, b] = [bars.node.parentNode, right].map((box) => [box.clientWidth, box.clientHeight]);
      const k = grown(Math.min(a[0], b[0])), now = `${a},${b},${k}`;
      if (Math.min(a[0], b[0]) < LEAST || now === room) return false;
      room = now;
      bars.resize(k, ...a.map((v) => v / k), (NAMES * letters()) / k);
      line.resize(k, ...b.map((v) => v / k));
      return true;
    },
    draw(now) {
      if (!room) return;
      if (d !== now.rows[0].length) build(now);
      const asked = now.phase === "asked", typing = asked && now.typed;
      bars.node.toggleAttribute("hidden", typing);
      table.hidden = typing;
      bars.draw(now);
      line.draw(now);
      own.draw(now);
      shape.draw(now);
      fields.forEach((row, k) => row.forEach((one, i) => {
        one.show(now[KEYS[k][0]][i]);
        one.node.disabled = asked;
        one.node.classList.toggle("is-chosen", i === now.i && !asked);
      }));
      [...feet.children].slice(1).forEach((foot, i) => foot.classList.toggle("is-chosen", i === now.i && !asked));
    },
  };
}
