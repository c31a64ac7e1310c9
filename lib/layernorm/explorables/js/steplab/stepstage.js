// On the left, for each input, which steps are stable and what a descent with them leaves; on the right two descents, step by step.
import { el, place, short, superscript } from "../kit.js";
import { logScale, path, powers } from "../lab/scales.js";

const STEPS = [-9, 6], LEFT = [-7, 5];                        // powers of ten
const WIDE = 560;                                             // px, from which both panels stand side by side
const NARROW = 260;                                           // px, under which words are left out
const TOP = 22, FOOT = 20;
const INPUTS = ["raw", "divided by 16", "LayerNorm", "standardized"];
const EDGE = 8, LETTER = 8;                                   // px

const power = (p) => (p === 0 ? "1" : p === 2 ? "100" : `10${superscript(p)}`);

export function stepStage({ relative, times }) {
  const svg = el("svg", { class: "ln-lab-svg", role: "img" });
  const node = el("div", { class: "ln-lab-stage" }, svg);
  let width = 0, grown = 1;                                   // px of its own, of which a reader with large letters sees more

  function geometry() {
    const side = width >= WIDE, end = side ? Math.round(width * 0.6) : width, row = side ? 43 : 40;
    const floor = TOP + INPUTS.length * row, head = side ? 0 : floor + FOOT;
    const second = { left: side ? end + 66 : 44, right: width - EDGE, top: head + TOP + 4, bottom: side ? floor : head + TOP + 78 };
    return { row, end: end - EDGE, floor, across: logScale(STEPS, [EDGE, end - EDGE]), second, height: second.bottom + FOOT };
  }

  const text = (words, x, y, kind = "", anchor = "start") => el("text", { x: +x.toFixed(1), y: +y.toFixed(1), class: kind, "text-anchor": anchor }, words);
  const line = (x1, y1, x2, y2, kind) => {
    const made = el("line", { class: kind });
    place(made, { x1, y1, x2, y2 });
    return made;
  };

  function band(name, k, g, now) {
    const { largest, left } = now.row({ before: name }), chosen = now.choice.before === name;
    const base = TOP + (k + 1) * g.row - 5, high = g.row - 24, wall = g.across(largest), end = g.end;
    const points = relative.flatMap((share, i) => (share < 1 ? [[g.across(share * largest), base - Math.min(1, left[i]) * high]] : []));
    const label = short(+largest.toPrecision(3)), room = end - wall - label.length * LETTER - 8, was = g.across(now.row({ before: name, pixels: 1 }).largest);
    const grows = ["✕ the loss grows", "✕ grows", ""].find((words) => room > words.length * LETTER + 16);
    return el("g", { class: `ln-lab-band${name === "LayerNorm" ? " is-ln" : ""}${chosen ? " is-chosen" : ""}` },
      el("path", { class: "ln-lab-area", d: `${path([[EDGE, base], [EDGE, points[0][1]], ...points, [wall, base]])}Z` }),
      el("path", { class: "ln-lab-curve", d: path([[EDGE, points[0][1]], ...points]) }),
      el("rect", { class: "ln-lab-beyond", x: +wall.toFixed(2), y: base - high, width: +Math.max(0, end - wall).toFixed(2), height: high }),
      line(EDGE, base, end, base, "ln-lab-base"),
      Math.abs(was - wall) > 2 ? line(was, base, was, base + 5, "ln-lab-was") : "",
      line(wall, base - high - 4, wall, base, "ln-lab-wall"),
      chosen && grows ? text(grows, end - 6, base - high / 2 + 4, "ln-lab-value s-wrong", "end") : "",
      text(now.named("before", name), EDGE, base - high - 5, "ln-lab-name"),
      text(label, room > 0 ? wall + 5 : wall - 5, base - high / 2 + 4, "ln-lab-value", room > 0 ? "start" : "end"),
      ...mine(now, name, g, base, high));
  }

  // What was run here and now: rings over what is stored.
  function mine({ fresh }, name, g, base, high) {
    if (fresh?.choice.before !== name) return [];
    const { largest, left } = fresh.result;
    return left.flatMap((v, i) => (v <= 1 ? [ring(g.across(relative[i] * largest), base - v * high)] : []));
  }
  const ring = (x, y) => el("path", { class: "ln-lab-mine", d: `M${(x - 3).toFixed(2)} ${y.toFixed(2)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0` });

  function descents({ result, choice, fresh }, { left, right, top, bottom }) {
    const up = logScale(LEFT, [bottom, top]), across = (t) => left + (t / times.at(-1)) * (right - left);
    const trace = (values) => path(values.map((v, i) => [across(times[i]), up(v)]));
    const low = result.below.at(-1) < 1e-3, ticks = powers(LEFT, bottom - top > 120 ? 2 : 4);
    const own = fresh && fresh.choice.before === choice.before ? [fresh.result.below, fresh.result.above].flatMap((run) => (run ?? []).map((v, i) => ring(across(times[i]), up(v)))) : [];
    return el("g", {},
      text("the same, step by step", width < NARROW ? EDGE : left, top - 14, "ln-lab-title"),
      ...ticks.flatMap((p) => [line(left, up(10 ** p), right, up(10 ** p), p === 0 ? "ln-lab-start" : "ln-lab-rule"),
        text(power(p), left - 6, up(10 ** p) + 4, "ln-lab-tick", "end")]),
      ...[0, 100, 200, 300].map((t) => text(t, across(t), bottom + 16, "ln-lab-tick", t === 300 ? "end" : t ? "middle" : "start")),
      el("path", { class: "ln-lab-below", d: trace(result.below) }), el("path", { class: "ln-lab-above", d: trace(result.above) }),
      text("1 % above", across(215), up(result.above[12]) - 12, "ln-lab-by s-wrong", "end"),
      text("1 % below", across(150), up(result.below[12]) + (low ? -8 : 16), "ln-lab-by", low ? "start" : "middle"),
      ...own);
  }

  return {
    node,
    words: () => "",
    resize() {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16, now = Math.floor(node.clientWidth / rem);
      if (!now || (now === width && rem === grown)) return false;
      [width, grown] = [now, rem];
      svg.style.setProperty("--grown", grown);
      return true;
    },
    draw(now) {
      if (!width) return;
      const g = geometry();
      place(svg, { width: width * grown, height: g.height * grown, viewBox: `0 0 ${width} ${g.height}` });
      const named = INPUTS.map((name) => `${now.named("before", name)} ${short(now.row({ before: name }).largest)}`).join(", ");
      svg.setAttribute("aria-label", `Largest stable step: ${named}. Two descents for ${now.choice.before}: 1 % below it the loss falls, 1 % above it grows.`);
      svg.replaceChildren(
        el("defs", {}, el("pattern", { id: "ln-lab-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, line(0, 0, 0, 6, "ln-lab-hatch"))),
        text(width < NARROW ? "share left; wall: 2/λ" : `share of L − min L left, ${times.at(-1)} steps; wall: 2/λ`, EDGE, 12, "ln-lab-title"),
        ...INPUTS.map((name, k) => band(name, k, g, now)),
        ...powers(STEPS, 4).map((p) => text(power(p), g.across(10 ** p), g.floor + 16, "ln-lab-tick", "middle")),
        width < NARROW ? "" : text("step", g.end, g.floor + 16, "ln-lab-tick", "end"),
        descents(now, g.second));
    },
  };
}
