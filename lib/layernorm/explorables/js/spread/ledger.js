// Under the picture: each number, its distance from the mean, its square; then the sum and what is made of it.
import { el, numeric, subscript } from "../kit.js";
import { cell, LIMIT, readouts } from "./asks.js";

export function ledger(view) {
  const body = el("tbody", {}), list = el("dl", { class: "sp-results" });
  let built = 0, fields = [], rows = [], shown = "";
  const row = (sign, role, cells) => el("tr", {}, el("th", { scope: "row", class: role }, sign), cells.map((one) => el("td", { class: role }, one)));
  function build(d) {
    built = d;
    const count = Array.from({ length: d }, (_, i) => i);
    fields = count.map((i) => numeric("r-x", { min: -LIMIT, max: LIMIT, "aria-label": `x${subscript(i + 1)}, as a number`,
      onchange: (event) => view.type(i, event.target.valueAsNumber) }));
    rows = ["x − μ", "square"].map((sign) => ({ sign, cells: count.map(() => el("span", {})) }));
    body.replaceChildren(row("x", "r-x", fields), ...rows.map(({ sign, cells }) => row(sign, "", cells)));
    body.parentNode.style.setProperty("--d", d);
  }
  return {
    node: el("div", { class: "sp-ledger" }, el("table", { class: "sp-sums" }, el("caption", { class: "ln-quiet" }, "The same in numbers"), body), list),
    draw({ now }) {
      if (now.d !== built) build(now.d);
      fields.forEach((field, i) => { if (document.activeElement !== field) field.value = +now.x[i].toPrecision(now.d > 6 ? 4 : 6); });
      [now.away, now.squares].forEach((values, k) => values.forEach((v, i) => { rows[k].cells[i].textContent = cell(v, now.d); }));
      const results = readouts(now), key = String(results);
      if (key === shown) return;
      shown = key;
      list.replaceChildren(...results.map(([name, value], k) => el("div", { class: k ? "r-stat" : "" }, el("dt", {}, name), el("dd", {}, value))));
    },
  };
}
