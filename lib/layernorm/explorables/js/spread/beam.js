// The picture: points on a line, the square of each distance from their mean, and beside it the mean of these squares.
import { el, exact, grown, place, seen, short, subscript } from "../kit.js";
import { areas, fitted, outgrown, storeys, stride, ticks } from "./moments.js";
import { LIMIT, MANY, spoken } from "./asks.js";

const FOOT = 54, HEAD = 20, DISC = 10, GRIP = 26;
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const disc = (kind, r) => el("rect", { class: kind, x: -r, y: -r, width: 2 * r, height: 2 * r, rx: r });
const rect = (kind) => el("rect", { class: kind }), text = (kind) => el("text", { class: kind });

// What the mean square measures; in fewer words where they have no room.
const LETTER = 8.3;                                           // px
const named = (word, sign, v, wide) => [`${word} ${sign} = ${exact(v)}`, `${word} ${exact(v)}`, `${sign} = ${exact(v)}`]
  .find((words) => words.length * LETTER <= wide) ?? exact(v);

export function beam(view) {
  const line = rect("sp-line"), band = rect("sp-band"), fulcrum = el("path", { class: "sp-fulcrum" }), scale = el("g", { class: "sp-scale" });
  const squares = Array.from({ length: MANY }, () => rect("sp-square")), sizes = squares.map(() => text("sp-area"));
  const mean = rect("sp-mean"), wide = rect("sp-wide"), labels = Object.fromEntries(["mu", "sigma", "mean", "wide", "note"].map((name) => [name, text(`sp-${name}-name`)]));
  const dots = squares.map((_, i) => el("g", { class: "sp-dot", role: "slider", tabindex: 0, "aria-label": `x${subscript(i + 1)}`, "aria-orientation": "horizontal" },
    disc("sp-hit", 22), disc("sp-ring", DISC + 4), disc("sp-disc", DISC), el("text", { class: "sp-index", y: 4.5 }, String(i + 1))));
  const quiet = (...parts) => el("g", { class: "sp-under", "aria-hidden": "true" }, parts.flat());
  const svg = el("svg", { class: "sp-picture", role: "group", "aria-label": "The numbers on a line" },
    quiet(squares, wide, mean, band, line, fulcrum, scale, sizes, Object.values(labels)), dots);
  let room = [0, 0], times = 1, frame = null, framed = "", at = [], grabbed = null;
  const open = () => [room[0], room[1] - FOOT - HEAD];

  // --- Moving: what is nearest to the finger is taken ------------------------------------------------------
  const put = (i, v) => {
    const step = stride(frame), ends = [frame.left, frame.left + frame.line / frame.unit];
    const bound = view.held ? [Math.max(-LIMIT, ends[0]), Math.min(LIMIT, ends[1])] : [-LIMIT, LIMIT];
    view.edit(i, +Math.min(bound[1], Math.max(bound[0], Math.round(v / step) * step)).toPrecision(9));
  };
  svg.addEventListener("pointerdown", (event) => {
    const box = svg.getBoundingClientRect(), apart = at.map(([x, y]) => Math.hypot((event.clientX - box.left) / times - x, (event.clientY - box.top) / times - y));
    const i = apart.indexOf(Math.min(...apart));
    if (event.button || apart[i] > GRIP) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    grabbed = { i, from: event.clientX, value: view.get("x")[i] };
    view.stop();
    view.hold(true);
    dots[i].focus({ preventScroll: true });
  });
  svg.addEventListener("pointermove", (event) => { if (grabbed) put(grabbed.i, grabbed.value + (event.clientX - grabbed.from) / frame.unit / times); });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { if (grabbed) { grabbed = null; view.hold(false); } });
  dots.forEach((dot, i) => {
    for (const change of ["focus", "blur"]) dot.addEventListener(change, () => view.later());
    dot.addEventListener("keydown", (event) => {
      if (!KEYS[event.key]) return;
      put(i, view.get("x")[i] + KEYS[event.key] * stride(frame) * (event.shiftKey ? 10 : 1));
      event.preventDefault();
    });
  });

  // --- Drawing -----------------------------------------------------------------------------------------------
  const say = (node, words, x, y) => { node.textContent = words; place(node, { x, y }); };
  function drawScale(base) {
    const key = [frame.left, frame.unit, base].join();
    if (key === framed) return;
    framed = key;
    scale.replaceChildren(...ticks(frame).flatMap((v) => {
      const x = (v - frame.left) * frame.unit;
      return [el("path", { d: `M${x.toFixed(1)} ${base + 3}v5` }), el("text", { x: x.toFixed(1), y: base + 29 }, exact(v))];
    }));
  }
  return {
    node: el("div", { class: "sp-stage" }, svg),
    dots,
    refit() { frame = null; },
    resize() {
      times = grown(svg.clientWidth);
      const now = [Math.max(240, svg.clientWidth / times), Math.max(120, svg.clientHeight / times)];           // before its style has come it has no size to speak of
      const changed = svg.clientWidth > 0 && String(now) !== String(room);
      if (changed) { room = now; frame = null; place(svg, { viewBox: `0 0 ${now[0]} ${now[1]}` }); }
      return changed;
    },
    draw({ now }) {
      if (!frame || (!view.held && !view.moving && outgrown(frame, now, open()))) frame = fitted(frame ? [now.x] : view.seen(), open());
      const { unit, left } = frame, base = room[1] - FOOT, px = (v) => (v - left) * unit, centre = px(now.mu), floors = storeys(now.x.map(px), 2 * DISC);
      const chosen = dots.indexOf(document.activeElement), written = new Map(areas(now, unit).map(({ i, words }) => [i, words]));
      at = now.x.map((v, i) => [px(v), base - floors[i] * (2 * DISC + 1)]);
      dots.forEach((dot, i) => {
        const there = i < now.d;
        seen(dot, there);
        seen(squares[i], there);
        sizes[i].textContent = written.get(i) ?? "";
        if (!there) return;
        const side = Math.abs(now.away[i]) * unit, right = now.away[i] > 0;
        place(squares[i], { x: right ? centre : centre - side, y: base - side, width: side, height: side });
        squares[i].classList.toggle("is-chosen", i === chosen);
        place(sizes[i], { x: right ? centre + side - 5 : centre - side + 5, y: base - side + 14, "text-anchor": right ? "end" : "start" });
        place(dot, { transform: `translate(${at[i].map((v) => v.toFixed(2)).join(" ")})` });
        place(dot, { "aria-valuemin": -LIMIT, "aria-valuemax": LIMIT, "aria-valuenow": now.x[i], "aria-valuetext": spoken(now, i) });
      });
      drawScale(base);
      place(line, { x: 0, y: base - 1.5, width: frame.line, height: 3 });
      place(band, { x: centre - now.sigma * unit, y: base - 4, width: 2 * now.sigma * unit, height: 8 });
      place(fulcrum, { d: `M${centre.toFixed(1)} ${base + 2}l9 14h-18z` });
      say(labels.mu, `μ = ${short(now.mu)}`, Math.min(frame.line - 34, Math.max(34, centre)), base + 48);
      const [s, w] = [now.sigma * unit, now.wide * unit], [x0, roomy] = [frame.square, s >= 30];
      place(mean, { x: x0, y: base - s, width: s, height: s });
      place(wide, { x: x0, y: base - w, width: w, height: w });
      say(labels.mean, roomy ? `÷ ${now.d}` : "", x0 + 5, base - s + 15);
      say(labels.wide, now.total === 0 ? "0" : roomy ? `÷ ${now.d - 1}` : `÷ ${now.d}, ÷ ${now.d - 1}`, x0, base - w - 6);
      say(labels.sigma, named("side", "σ", now.sigma, room[0] - x0), x0, base + 29);
      say(labels.note, named("area", "σ²", now.variance, room[0] - x0), x0, base + 48);
    },
  };
}
