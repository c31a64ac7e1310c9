// The array: every cell a square that can be painted, or asked whose mean it uses.
import { el } from "../kit.js";
import { arranged, box, cells, flatOf, indexOf, jumped, meanOf, stepped, together } from "./array.js";
import { caption, COLOURS, marks, named, tally } from "./tell.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const JUMPS = ["Home", "End", "PageUp", "PageDown"];
const SIGNS = { right: "✓", missing: "+", wrong: "✕" };
const WORDS = { right: "painted, right", missing: "missing", wrong: "painted, but not in the group" };

export function grid(view) {
  const board = el("div", { class: "ax-board", role: "grid", "aria-multiselectable": "true" });
  let squares = [], built = null, narrow = false, cursor = null, pressed = null, anchor = null;
  const shape = () => view.method().shape;

  function build() {
    const board_ = arranged(shape(), narrow), all = cells(shape());
    squares = all.map((index, flat) => el("div", { class: "ax-cell", role: "gridcell", tabindex: -1, "data-flat": flat }));
    const rows = [];
    for (let down = 0; down < board_.down; down += 1) for (let across = 0; across < board_.across; across += 1) {
      const first = board_.index([down * board_.rows, across * board_.columns]), words = named(first, shape()).split(", ").slice(0, -2).join(", ");
      const lines = Array.from({ length: board_.rows }, (_, r) => el("div", { class: "ax-row", role: "row" },
        Array.from({ length: board_.columns }, (__, c) => squares[flatOf(board_.index([down * board_.rows + r, across * board_.columns + c]), shape())])));
      rows.push(el("div", { class: "ax-block", role: "rowgroup" }, el("div", { class: "ax-caption", "aria-hidden": "true" }, words), ...lines));
    }
    board.replaceChildren(...rows);
    board.style.setProperty("--across", board_.across);
    board.style.setProperty("--down", board_.down);
  }

  // --- Painting ------------------------------------------------------------------------------------
  const own = () => flatOf(view.get("cell"), shape());
  function paint(from, to, base, erase) {
    const area = box(from, to, shape()), rest = erase ? base.filter((flat) => !area.includes(flat)) : [...new Set([...base, ...area])];
    return rest.filter((flat) => flat !== own()).sort((a, b) => a - b);
  }
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".ax-cell");
  function go(flat, focus = true) {
    cursor = flat;
    squares.forEach((square, k) => square.setAttribute("tabindex", k === cursor ? 0 : -1));
    if (focus) squares[flat].focus({ preventScroll: true });
  }
  board.addEventListener("pointerdown", (event) => {
    const square = event.target.closest(".ax-cell");
    if (!square || event.button) return;
    const flat = +square.dataset.flat, index = indexOf(flat, shape());
    event.preventDefault();
    go(flat);
    if (view.get("stage") !== "paint") return view.ask(index);
    const base = view.get("painted");
    pressed = { from: index, base, erase: base.includes(flat) };
    anchor = index;
    board.setPointerCapture(event.pointerId);
    view.hold(true);
    return view.move({ painted: paint(index, index, base, pressed.erase) });
  });
  board.addEventListener("pointermove", (event) => {
    const square = pressed && under(event);
    if (!square || !board.contains(square)) return;
    view.move({ painted: paint(pressed.from, indexOf(+square.dataset.flat, shape()), pressed.base, pressed.erase) });
  });
  for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => { if (pressed) { pressed = null; view.hold(false); } });
  board.addEventListener("focusin", (event) => { if (event.target.dataset.flat) go(+event.target.dataset.flat, false); });
  board.addEventListener("keydown", (event) => {
    const index = indexOf(cursor, shape()), painting = view.get("stage") === "paint";
    if (ARROWS[event.key] || JUMPS.includes(event.key)) {
      const next = ARROWS[event.key] ? stepped(index, shape(), narrow, ARROWS[event.key])
        : jumped(index, shape(), narrow, event.key, event.ctrlKey || event.metaKey);
      go(flatOf(next, shape()));
      squares[cursor].scrollIntoView({ block: "nearest" });   // a finger keeps its place, a key is followed
      if (event.shiftKey && painting) view.set({ painted: paint(anchor ?? index, next, view.get("painted"), false) });
      else anchor = null;
      if (event.shiftKey && painting) anchor ??= index;
    } else if (event.key === " " || event.key === "Enter") {
      const before = view.get("painted");
      if (painting && event.key === "Enter") { if (before.length) view.check(); }
      else if (painting) view.set({ painted: paint(index, index, before, before.includes(cursor)) });
      else view.ask(index);
      anchor = index;
    } else return;
    event.preventDefault();
    event.stopPropagation();                                  // JupyterLab moves cells with the arrows
  });

  return {
    node: el("div", { class: "ax-picture" }, board),
    resize() {
      const now = board.clientWidth > 0 && board.clientWidth < 480;
      if (now !== narrow) built = null;
      narrow = now;
    },
    draw({ method, cell, stage, painted, marked }) {
      const key = `${method.shape}|${narrow}`;
      if (key !== built) {
        const kept = board.contains(document.activeElement);
        built = key;
        build();
        cursor = null;
        if (kept) go(flatOf(cell, method.shape));
      }
      if (cursor === null || cursor >= squares.length) go(flatOf(cell, method.shape), false);
      board.setAttribute("aria-label", `The array: ${caption(method.shape)}. ${stage === "paint" ? "Arrow keys move, space paints, with Shift a whole box, Enter checks" : "Arrow keys move, space asks for the group of a cell"}`);
      board.dataset.stage = stage;
      board.dataset.kind = method.kind;
      const asked = flatOf(cell, method.shape), many = squares.length > 60;
      squares.forEach((square, flat) => {
        const index = indexOf(flat, method.shape), mine = flat === asked, mark = marked ? marked[flat] : "";
        const state = stage === "paint" ? (painted.includes(flat) ? "painted" : "") : marked ? mark : together(method, index, cell) ? "shared" : "";
        const text = stage === "paint" ? (state ? "●" : "") : marked ? (mine ? "" : SIGNS[mark] ?? "") : String(meanOf(method, index) + 1);
        square.dataset.state = state;
        square.classList.toggle("is-asked", mine);
        if (square.textContent !== text) square.textContent = text;
        if (stage === "paint") square.setAttribute("aria-selected", painted.includes(flat));
        else square.removeAttribute("aria-selected");
        const said = stage === "paint" ? (state && "painted") : marked ? WORDS[mark] : `mean ${meanOf(method, index) + 1}${state ? ", shared" : ""}`;
        square.setAttribute("aria-label", [named(index, method.shape), mine ? "the marked cell" : "", mine && marked ? "" : said].filter(Boolean).join(", "));
      });
      board.classList.toggle("is-many", many);
    },
  };
}

// Under the array: how to read it, what the marks mean, and her painting, small, for as long as the answer stands.
export function legend() {
  const words = el("span", { class: "ax-legend" }), small = el("span", { class: "ax-small", "aria-hidden": "true" });
  const yours = el("span", { class: "ax-yours" }, "Your painting:");
  const key = (kind, n, word) => el("span", { class: "ax-key" }, el("i", { "data-state": kind }, SIGNS[kind]), ` ${n} ${word}`);
  let shown = null;
  return {
    node: el("div", { class: "ax-bar" }, words, el("span", { class: "ax-hers" }, yours, small)),
    draw({ method, stage, round, marked }) {
      const state = [stage === "paint", Boolean(marked), round && round.painted, round && round.cell, method.key, method.shape, method.name].join("|");
      if (state === shown) return;
      shown = state;
      if (stage === "paint") words.replaceChildren(caption(method.shape));
      else if (!marked) words.replaceChildren(...COLOURS.map(([kind, sign, word]) =>
        el("span", { class: "ax-key" }, el("i", { "data-state": kind }, sign), ` ${word}`)));
      small.replaceChildren();
      yours.hidden = stage === "paint" || !round;
      if (stage === "paint" || !round) return;
      const list = marks(method, round.cell, round.painted), { right, missing, wrong } = tally(list);
      if (marked) words.replaceChildren(key("right", right, "right"), key("missing", missing, "missing"), key("wrong", wrong, "too many"));
      const board = arranged(method.shape, false), columns = board.across * board.columns, rows = board.down * board.rows;
      small.style.setProperty("--columns", columns);
      small.replaceChildren(...Array.from({ length: rows * columns }, (_, k) => {
        const flat = flatOf(board.index([Math.floor(k / columns), k % columns]), method.shape);
        return el("i", { "data-state": round.painted.includes(flat) ? list[flat] : "", class: flat === flatOf(round.cell, method.shape) ? "is-asked" : "" });
      }));
    },
  };
}
