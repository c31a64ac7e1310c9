// The table: x on one side, y on the other, you on top, the others in their seats; under them the statistics.
import { el, short, subscript } from "../kit.js";
import { numberField } from "../dragged.js";
import { written } from "./batch.js";
import { LIMIT, MOST } from "./moves.js";
import { cellName, rowName } from "./account.js";

const FEW = 3;                                                // neighbours that have large seats

function field(view, r, j) {
  let base = null;                                            // what a gesture is compared with
  return numberField(view, {
    label: `${rowName(r)}, x${subscript(j + 1)}`, limit: LIMIT, step: 1, grain: 0.5, pixels: 6, get: () => view.get("x")[r][j], sent: () => view.sent(), refuse: () => view.refuse(r, j),
    put(v, send, fresh) {
      if (fresh) base = view.get("x");
      view.edit(r, j, v, base, send);
    },
  });
}

const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };

// One y.  Yours can be marked while a question is open, and keeps what it was before.
function output(view, r, j) {
  const now = el("span", { class: "nb-now" }), old = el("span", { class: "nb-old" });
  const mark = r ? null : el("button", { type: "button", class: "nb-mark", onclick: () => view.mark(j), onkeydown: (event) => {
    if (event.key !== "Enter") return;                        // Space marks
    event.preventDefault();
    if (view.get("marked").length) view.check();
  } });
  const cell = el("div", { role: "cell", class: "nb-y" }, now, ...(r ? [] : [old]));
  return { node: cell, draw(state, marks) {
    const { asked, y, was, seen } = state, before = was && was[0] && r === 0 ? written(was[0][j]) : "";
    const text = asked ? (r ? "?" : before) : y ? written(y[r][j]) : "–", change = !asked && seen[r] ? seen[r][j] : null;
    write(now, text);
    cell.dataset.state = asked ? (r ? "waiting" : marks.includes(j) ? "marked" : "open") : y ? (change ? "noticed" : change === false ? "same" : "") : "error";
    const name = cellName(r, j, text, { ...state, marked: marks }, before);
    if (r) return cell.setAttribute("aria-label", name);
    write(old, change ? before : change === false ? "=" : "");
    old.classList.toggle("is-gone", change === true);
    cell.classList.toggle("is-guessed", !asked && marks.includes(j));
    if (asked !== (mark.parentNode === cell)) {
      if (asked) { mark.append(now); cell.replaceChildren(mark); } else cell.replaceChildren(now, old);
    }
    if (asked) {
      mark.setAttribute("aria-pressed", marks.includes(j));
      mark.setAttribute("aria-label", name);
      cell.removeAttribute("aria-label");
    } else cell.setAttribute("aria-label", name);
    return undefined;
  } };
}

function person(view, r, d) {
  const xs = Array.from({ length: d }, (_, j) => field(view, r, j)), ys = xs.map((_, j) => output(view, r, j));
  const name = r ? el("button", { type: "button", class: "nb-drop", "aria-label": `Drop row ${r + 1}`, title: `Drop row ${r + 1}`, onclick: () => view.drop(r) },
    el("span", {}, String(r + 1)), el("span", { "aria-hidden": "true", class: "nb-cross" }, "×")) : el("span", { class: "nb-you" }, "you");
  const cells = xs.map(({ node }, j) => el("div", { role: "cell", class: "nb-x" }, node));
  const node = el("div", { role: "row", class: `nb-row ${r ? "" : "is-you"}` }, el("div", { role: "rowheader", "aria-label": rowName(r) }, name), cells, el("div", { class: "nb-to", "aria-hidden": "true" }, r ? "" : "→"), ys.map((one) => one.node));
  return { node, name, draw(now, marks) {
    node.hidden = r >= now.x.length;
    if (node.hidden) return;
    if (r) name.disabled = now.asked;
    xs.forEach((one, j) => {
      one.show(now.x[r][j], now.asked);
      cells[j].classList.toggle("is-new", now.x[r][j] !== now.before[r]?.[j]);
    });
    ys.forEach((one) => one.draw(now, marks));
  } };
}

const LINES = [["mean", "mean", "mean"], ["var", "variance", "variance"]];
export function table(view) {
  const node = el("div", { role: "table", class: "nb-table" });
  let built = 0, people = [], add = null, empty = [], lines = [], heads = null, seats = null;

  function build(d) {
    built = d;
    people = Array.from({ length: MOST }, (_, r) => person(view, r, d));
    add = el("button", { type: "button", class: "nb-add", onclick: () => view.add() }, "+ Add a row");
    empty = Array.from({ length: MOST - 2 }, () => el("div", { class: "nb-empty", "aria-hidden": "true" }));
    seats = el("div", { class: "nb-seats", role: "rowgroup" }, people.slice(1).map((one) => one.node), el("div", { role: "row", class: "nb-seat" }, el("div", { role: "cell" }, add)), empty);
    const cells = (kind, role) => Array.from({ length: d }, () => el("div", { role, class: kind }));
    const head = (sign) => cells(`nb-head r-${sign}`, "columnheader").map((one, j) => { one.textContent = sign + subscript(j + 1); return one; });
    heads = { batch: el("span", {}, "of this batch"), running: el("span", {}, "running") };
    lines = LINES.map(([short_, word, key]) => {
      const left = cells("nb-stat", "cell"), right = cells("nb-stat", "cell");
      return { key, word, left, right, node: el("div", { role: "row", class: "nb-row nb-line" }, el("div", { role: "rowheader", title: word }, short_), left, el("div", { class: "nb-to", "aria-hidden": "true" }), right) };
    });
    node.style.setProperty("--d", d);
    node.replaceChildren(
      el("div", { role: "row", class: "nb-row nb-names" }, el("div", { role: "columnheader" }, el("span", { class: "ln-quiet" }, "row")), head("x"), el("div", { class: "nb-to", "aria-hidden": "true" }), head("y")),
      people[0].node, seats,
      el("div", { class: "nb-row nb-over", "aria-hidden": "true" }, el("span", {}), heads.batch, el("span", { class: "nb-to" }), heads.running), ...lines.map((one) => one.node));
  }
  return {
    node,
    // The focus of a row that has left goes to the one in its place, to the one above, or to the seat that is free.
    leave(r) { (people[r]?.node.hidden === false ? people[r].name : r > 1 ? people[r - 1].name : add).focus({ preventScroll: true }); },
    last() {
      const one = add.closest("[hidden]") ? people[MOST - 1].node.querySelector("input") : add;
      one.focus({ preventScroll: true });
      one.scrollIntoView({ block: "nearest" });
    },
    draw(now) {
      if (now.d !== built) build(now.d);
      const others = now.x.length - 1, few = others <= FEW, room = few ? FEW + 1 : MOST - 1;
      node.setAttribute("aria-label", `The batch: ${now.x.length} ${now.x.length === 1 ? "row" : "rows"}, x and y`);
      seats.dataset.few = few;
      people.forEach((one) => one.draw(now, now.marks));
      add.parentNode.parentNode.hidden = others >= MOST - 1;
      add.disabled = now.asked;
      empty.forEach((one, k) => { one.hidden = k >= room - others - 1; });
      const [norm, mode] = now.way, used = norm === "LN" ? "" : mode;
      heads.batch.classList.toggle("is-used", used === "train");
      heads.running.classList.toggle("is-used", used === "eval");
      for (const { key, word, left, right } of lines) {
        left.forEach((cell, j) => {
          const text = now.asked ? "?" : written(now.stats[key][j], 2);
          write(cell, text);
          cell.setAttribute("aria-label", `${word} of x${subscript(j + 1)} in this batch: ${now.asked ? "not known yet" : short(now.stats[key][j])}`);
          cell.classList.toggle("is-used", used === "train");
        });
        right.forEach((cell, j) => {
          write(cell, written(now.running[key][j]));
          cell.setAttribute("aria-label", `running ${word} of x${subscript(j + 1)}: ${short(now.running[key][j])}`);
          cell.classList.toggle("is-used", used === "eval");
        });
      }
    },
  };
}
