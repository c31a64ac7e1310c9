// A picture of a lab: SVG in the pixels of usual letters, shown as large as the reader's letters are.
import { el, grown, place } from "../kit.js";

export const text = (words, x, y, kind = "ln-lab-tick", anchor = "start") =>
  el("text", { x: +x.toFixed(1), y: +y.toFixed(1), class: kind, "text-anchor": anchor }, words);

export const box = (x, y, width, height, kind, more = {}) => {
  const made = el("rect", { class: kind, ...more });
  place(made, { x, y, width, height });
  return made;
};

export const line = (x1, y1, x2, y2, kind) => {
  const made = el("line", { class: kind });
  place(made, { x1, y1, x2, y2 });
  return made;
};

export const mark = (shape, x, y, kind) => el("path", { d: shape, class: kind, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
export const ring = (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0${-2 * r} 0`;

// `drawing(now, width)` gives { height, label, parts }.
export function picture(drawing, words = () => "") {
  const svg = el("svg", { class: "ln-lab-svg", role: "img", style: "--rem: 16px" });
  const node = el("div", { class: "ln-lab-stage" }, svg);
  let width = 0, times = 1, said = "";
  return {
    node,
    words: () => said,
    resize() {
      const large = grown(node.clientWidth), now = Math.floor(node.clientWidth / large);
      if (now < 200 || (now === width && large === times)) return false;       // still without its place, or as it was
      [width, times] = [now, large];
      return true;
    },
    draw(now) {
      if (!width) return;
      const { height, label, parts } = drawing(now, width);
      place(svg, { width: width * times, height: height * times, viewBox: `0 0 ${width} ${height}` });
      svg.setAttribute("aria-label", label);
      svg.replaceChildren(...parts.flat());
      said = words(now);
    },
  };
}
