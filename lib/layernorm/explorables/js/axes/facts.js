// Under the picture: counts, shapes and the line of code, each a question mark until it has been earned.
import { el } from "../kit.js";
import { codes, facts } from "./tell.js";

export function table() {
  const list = el("dl", { class: "ax-facts" }), lines = el("dl", { class: "ax-codes" });
  const write = (node, pairs, kind) => node.replaceChildren(...pairs.map(([name, value]) =>
    el("div", { class: value === "?" ? "is-waiting" : "" }, el("dt", {}, name), el("dd", {}, kind && value !== "?" ? el("code", { tabindex: 0 }, value) : value))));
  let shown = null;
  return {
    node: el("div", { class: "ax-table" }, list, lines),
    draw({ method, cell, checked, done }) {
      const one = facts(method, cell, { checked, done }), other = codes(method, checked), state = [one, other].join("|");
      if (state === shown) return;
      shown = state;
      write(list, one, false);
      write(lines, other, true);
    },
  };
}
