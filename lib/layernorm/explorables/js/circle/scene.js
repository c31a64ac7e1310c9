// The picture, in the pixels of usual letters: the ones axis stands upright, the plane lies across it.  x is dragged, the ground turns.
import { ease, el, grown, mover, place, seen, still } from "../kit.js";
import { between, camera, corners, dot, labelled, length, normalized, ONES, parts, placed, plus, RADIUS, ring, scattered, sideways, times } from "./space.js";
import { CLOUD, LAST, shaped, spoken } from "./tale.js";

const FRAME = { forward: [4.15, -2.25, 6.1], rms: [4.15, -2.25, 6.1], backward: [2.9, -2.3, 6.2] };                   // what it holds, in units of x: up, down, across
const AXIS = { forward: [-2.2, 3.75], rms: [-2.2, 3.75], backward: [-2.2, 2.5] }, SPOKE = 2.5, PLANE = 2.2, EDGE = 9;
const WIDER = 30;                                            // pixels that x keeps from the edge where an arrow leaves it
const MARGIN = 32, SMALLEST = 2;                              // pixels beside what x will be; how many times smaller the picture may become
const LEVEL = 3;                                              // from which to which the keys take it
const levelOf = (v) => dot(v, ONES) / 3, limit = (v) => Math.max(LEVEL, +Math.abs(levelOf(v)).toFixed(3));      // as its slider announces it
const TREMBLE = 12;                                          // pixels
const PULL = 1.5;                                            // gradients are drawn this much longer than x
const LETTER = { "cr-math": 9.2, "cr-note": 6.6 };
const FREE = { forward: { turn: -40, tilt: 24 }, rms: { turn: -40, tilt: 24 }, backward: { turn: -35, tilt: 35 } };
const VIEWS = [
  ["tilted", "Tilted view", ({ mode }) => FREE[mode], ["M2 14.500 7 10h11l-5 4.500z", "M10 12V3"]],
  ["side", "From the side: height is √3 times the level", ({ x }) => ({ turn: sideways(x), tilt: 0 }), ["M3 12.500h14", "M10 17V3"]],
  ["along", "Along the ones axis", () => ({ turn: 0, tilt: 90 }), ["M4 10a6 6 0 1 0 12 0 6 6 0 1 0-12 0z", "M9.500 10h1"]],
];
const SPREAD = scattered(CLOUD);
const angle = (v) => ((((v + 180) % 360) + 360) % 360) - 180;
const disc = (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const diamond = (r) => `M0 ${-r}L${r} 0 0 ${r} ${-r} 0z`;
const path = (points, close = "") => `M${points.map((p) => `${p[0].toFixed(2)} ${p[1].toFixed(2)}`).join("L")}${close}`;
const line = (kind) => el("path", { class: kind });

// A straight arrow that ends `short` pixels before its goal; its head is no longer than it.
function arrow(from, to, short = 0) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]], far = Math.hypot(dx, dy) - short;
  if (far < 2) return ["", ""];
  const [ux, uy] = [dx / (far + short), dy / (far + short)], head = Math.min(9, far), tip = [from[0] + far * ux, from[1] + far * uy];
  const neck = [tip[0] - head * ux, tip[1] - head * uy], half = 0.45 * head;
  return [path([from, neck]), path([tip, [neck[0] - half * uy, neck[1] + half * ux], [neck[0] + half * uy, neck[1] - half * ux]], "z")];
}

// Keys and pointer on a thing that can be moved in the picture.
function movable(node, { label, move, keys, view, from = () => null }) {
  place(node, { role: "slider", tabindex: 0, "aria-label": label });
  let at = null, first = null, start = null;
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    first = at = [event.clientX, event.clientY];
    start = from();
    view.hold(true);
    node.focus({ preventScroll: true });
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("pointermove", (event) => {
    if (!at) return;
    move(event.clientX - at[0], event.clientY - at[1], start, event.clientX - first[0], first[1] - event.clientY);
    at = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => { if (at) { at = null; view.hold(false); } });
  node.addEventListener("keydown", (event) => {
    if (!keys[event.key] && !["Home", "End"].includes(event.key)) return;                                // these would throw the page
    keys[event.key]?.(event.shiftKey ? 5 : 1);
    event.preventDefault();
    event.stopPropagation();                                  // JupyterLab moves cells with the arrows
  });
}

export function scene(view) {
  const node = el("div", { class: "cr-scene" }), glide = mover();
  const ground = el("rect", { class: "cr-ground", x: 0, y: 0 });
  const L = Object.fromEntries(["plane", "sphere", "meridian", "below", "spokes", "back", "axis", "front", "ellipse", "fibre", "drop", "out", "tangent",
    "cloud", "far", "clouded", "ghost", "gone", "shaft", "shaft2"].map((name) => [name, line(`cr-${name}`)]));
  const heads = Object.fromEntries(["out", "shaft"].map((name) => [name, line(`cr-head cr-head-${name}`)]));
  const foot = line("cr-foot"), hat = line("cr-hat"), out = line("cr-y"), ball = line("cr-x"), beyond = line("cr-beyond"), zero = line("cr-zero");
  const ringOf = () => el("path", { class: "cr-ring", d: disc(13) });
  const knob = el("g", { class: "cr-knob" }, el("path", { class: "cr-hit", d: disc(22) }), ringOf(), ball, beyond);
  const tipHit = el("path", { class: "cr-hit", d: disc(22) }), tip = el("g", { class: "cr-knob cr-tip" }, tipHit, ringOf());
  place(ball, { d: disc(6.5) });
  place(foot, { d: disc(4) });
  place(hat, { d: diamond(8.5) });
  place(out, { d: "M-6 -6h12v12h-12z" });
  const names = ["hat", "x", "foot", "y", "grad", "axis", "mean", "f0", "f1", "f2"];
  const text = Object.fromEntries(names.map((name) => [name, el("text", { class: `cr-label cr-${name}-name` })]));
  const svg = el("svg", { class: "cr-space", role: "group", "aria-label": "Three features as a space" }, ground,
    el("g", { class: "cr-under" }, L.sphere, L.below, L.plane, L.meridian, L.spokes, L.back, L.axis, L.front, L.ellipse, L.cloud, L.far, L.clouded,
      L.fibre, L.drop, L.out, heads.out, L.tangent, foot, L.ghost, L.gone, hat, out, L.shaft, heads.shaft, zero),
    el("g", { class: "cr-under", "aria-hidden": "true" }, names.map((name) => text[name])), knob, tip);
  const buttons = VIEWS.map(([word, title, wanted, strokes]) => el("button", { type: "button", class: "cr-view", "aria-label": title, title,
    onclick: () => look(wanted(view.now)) }, el("svg", { viewBox: "0 0 20 20", "aria-hidden": "true", class: "ln-icon ln-icon-line" }, strokes.map((d) => el("path", { d }))),
  el("span", { "aria-hidden": "true" }, word)));
  node.append(svg, el("div", { class: "cr-views", role: "group", "aria-label": "View" }, buttons));
  let room = [0, 0], unit = 1, larger = 1, eye = camera(FREE.forward), kept = {}, goal = null;

  // --- Moving ------------------------------------------------------------------------------------
  function look({ turn, tilt }) {
    const from = [view.get("turn"), view.get("tilt")], by = angle(turn - from[0]);
    const put = (u) => view.move({ turn: u === 1 ? turn : angle(from[0] + by * u), tilt: from[1] + (tilt - from[1]) * u });
    if (still()) { glide.stop(); view.set({ turn, tilt }); return; }
    glide.start(500, (u) => { put(ease(u)); if (u === 1) view.set({ turn, tilt }); });
  }
  const rotate = (turn, tilt) => {
    glide.stop();
    view.move({ turn: angle(view.get("turn") + turn), tilt: Math.min(90, Math.max(0, view.get("tilt") + tilt)) });
    if (!view.held) view.set({});
  };
  movable(ground, { label: "Direction of view", view, move: (dx, dy) => rotate(dx * 0.5, dy * 0.4),
    keys: { ArrowLeft: (k) => rotate(-5 * k, 0), ArrowRight: (k) => rotate(5 * k, 0), ArrowUp: (k) => rotate(0, -5 * k), ArrowDown: (k) => rotate(0, 5 * k),
      PageUp: () => rotate(30, 0), PageDown: () => rotate(-30, 0), Home: () => rotate(-180 - view.get("turn"), 0), End: () => rotate(175 - view.get("turn"), 0) } });

  const round = (v) => v.map((a) => +a.toFixed(3));
  const nudge = (level, size, direction) => {
    const now = view.apart();
    view.put({ level: now.level + level, size: Math.max(0, now.size + size), direction: angle(now.direction + direction) });
  };
  movable(knob, { label: `x: up and down along the ones axis, left and right round it, Page Up and Page Down away from ${view.get("mode") === "rms" ? 0 : "it"} and back`, view,
    from: () => view.get("x"),
    // A hand that slides along the axis trembles across it.
    move: (dx, dy, start, across, up) => {
      const steady = Math.abs(across) < TREMBLE && Math.abs(up) > 3 * Math.abs(across) ? 0 : across;
      if (unit) view.free({ x: round(eye.dragged(start, steady / unit / larger, up / unit / larger)) });
    },
    keys: { ArrowUp: (k) => nudge(0.1 * k, 0, 0), ArrowDown: (k) => nudge(-0.1 * k, 0, 0), ArrowLeft: (k) => nudge(0, 0, 3 * k), ArrowRight: (k) => nudge(0, 0, -3 * k),
      PageUp: () => nudge(0, 0.1, 0), PageDown: () => nudge(0, -0.1, 0), Home: () => view.put({ level: -limit(view.now.x) }), End: () => view.put({ level: limit(view.now.x) }) } });

  // g moves along the very directions that it is taken apart by: 1, the circle, and x̂.
  const level = (to) => pull(RADIUS * (to - levelOf(view.get("g"))), 0, 0);
  const pull = (along, across, outward) => {
    const hat = view.now.n.xhat, o = times(hat, 1 / (length(hat) || 1)), t = placed(0, 1 / RADIUS, parts(hat, "forward").direction + 90);
    view.free({ g: round(plus(plus(plus(view.get("g"), ONES, along / RADIUS), t, across), o, outward)), step: 0 });
  };
  movable(tip, { label: "g: up and down along 1, left and right along the circle, Page Up and Page Down along x̂", view,
    move: (dx, dy) => view.free({ g: round(eye.shift(view.get("g"), dx / unit / larger / PULL, -dy / unit / larger / PULL)), step: 0 }),
    keys: { ArrowUp: (k) => pull(0.1 * k, 0, 0), ArrowDown: (k) => pull(-0.1 * k, 0, 0), ArrowLeft: (k) => pull(0, 0.1 * k, 0), ArrowRight: (k) => pull(0, -0.1 * k, 0),
      PageUp: () => pull(0, 0, 0.1), PageDown: () => pull(0, 0, -0.1), Home: () => level(-limit(view.get("g"))), End: () => level(limit(view.get("g"))) } });

  // --- Drawing -------------------------------------------------------------------------------------
  function frame(tilt, mode) {
    const [w, h] = room, [high, low, wide] = FRAME[mode], share = high / (high - low);
    const lift = (share - 0.5) * (high - low) * (1 - tilt / 90), usual = Math.min(h / (high - low), w / wide);
    const [x, y] = goal ? eye.see(goal) : [0, lift];
    unit = Math.max(usual / SMALLEST, Math.min(usual, (w / 2 - MARGIN) / Math.abs(x), (h / 2 - MARGIN) / Math.abs(lift - y)));
    const [ox, oy] = [w / 2, h / 2 + lift * unit];
    return (v) => { const p = eye.see(v); return [ox + unit * p[0], oy - unit * p[1], p[2]]; };
  }
  // Inside the frame, on the way from `anchor`; how many times farther off it is; and in which direction.
  function inside(p, anchor, edge = EDGE) {
    const beyond = ([x, y], [ox, oy]) => Math.max(1, ...[[x - ox, room[0] - edge - ox], [ox - x, ox - edge], [y - oy, room[1] - edge - oy], [oy - y, oy - edge]]
      .map(([far, most]) => (far > 0 ? far / Math.max(most, 1e-9) : 0)));
    const k = beyond(p, anchor);
    return [[anchor[0] + (p[0] - anchor[0]) / k, anchor[1] + (p[1] - anchor[1]) / k], k, Math.atan2(p[1] - anchor[1], p[0] - anchor[0])];
  }
  function rings(at, points) {
    const halves = { front: [], back: [] };
    points.slice(1).forEach((p, k) => {
      const a = at(points[k]), b = at(p), half = halves[a[2] + b[2] >= -1e-9 ? "front" : "back"];
      if (half.length && half.at(-1).k === k - 1) { half.at(-1).points.push(b); half.at(-1).k = k; } else half.push({ k, points: [a, b] });
    });
    return Object.fromEntries(Object.entries(halves).map(([name, arcs]) => [name, arcs.map((arc) => path(arc.points)).join("")]));
  }
  const show = (name, d) => place(L[name], { d: d ?? "" });
  const put = (mark, [x, y], on = true) => { mark.style.display = on ? "" : "none"; place(mark, { transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})` }); };

  function drawSpace(now, at, centre) {
    const { mode } = now, end = (t) => at(times(ONES, t / RADIUS)), r = RADIUS * unit;
    show("sphere", `M${centre[0] - r} ${centre[1]}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`);
    show("below", path([end(AXIS[mode][0]), end(0)]));
    show("axis", path([end(0), end(AXIS[mode][1])]));
    show("plane", mode === "rms" ? "" : path(corners(PLANE).map(at), "z"));
    show("spokes", [0, 1, 2].map((i) => path([at([0, 0, 0]), at(ONES.map((_, k) => (k === i ? SPOKE : 0)))])).join(""));
    const circle = rings(at, ring(72));
    show("back", circle.back);
    show("front", circle.front);
    const up = (direction) => ring(48).map((_, k) => {
      const a = (2 * Math.PI * k) / 48;
      return plus(placed(0, Math.cos(a), direction), ONES, Math.sin(a));
    });
    show("meridian", mode === "rms" ? [0, 60, 120].map((direction) => rings(at, up(direction)).front).join("") : "");
    show("ellipse", shaped(now) && !now.lost ? path(ring(72, RADIUS, (v) => v.map((h, i) => now.gamma[i] * h + now.beta[i])).map(at)) : "");
  }

  function drawCloud(now, at, on, fall) {
    const seen = on ? SPREAD.map((v) => [at(v), at(between(v, normalized(v, now).xhat, fall))]) : [];
    show("cloud", seen.map(([p]) => `M${p[0].toFixed(1)} ${p[1].toFixed(1)}h0`).join(""));
    const marks = (near) => seen.filter(([, p]) => p[2] >= -1e-9 === near).map(([, p]) => `M${p[0].toFixed(1)} ${(p[1] - 3.5).toFixed(1)}l3.500 3.500-3.500 3.500-3.500-3.500z`);
    show("clouded", marks(true).join(""));
    show("far", marks(false).join(""));
  }

  function drawForward(now, at, ends) {
    const { n, mode } = now, backward = mode === "backward", { x, foot: down } = ends, hat = at(n.xhat);
    const slope = (t) => at(plus(now.x, ONES, t));
    show("fibre", mode === "rms" || backward ? "" : path([slope(-8), slope(8)]));
    show("drop", mode === "rms" ? path([at([0, 0, 0]), x]) : path(backward && !now.lost ? [x, down, hat] : [x, down]));
    const [shaft, head] = now.lost || backward ? ["", ""] : arrow(mode === "rms" ? x : down, hat, 9);
    show("out", shaft);
    place(heads.out, { d: head });
    put(foot, down, mode === "forward");
  }

  // The arrow at rest at a whole step, mixed between two; the last leaves x̂ and stands at x.
  function drawGradient(now, at, shown, ends) {
    const { back, n } = now, on = now.mode === "backward" && !now.lost, k = Math.min(LAST - 1, Math.floor(shown)), u = ease(shown - k);
    seen(tip, on);
    if (!on) {
      for (const name of ["ghost", "gone", "shaft", "shaft2", "tangent"]) show(name, "");
      place(heads.shaft, { d: "" });
      put(zero, [0, 0], false);
      return null;
    }
    const vector = between(back.arrows[k], back.arrows[k + 1], u), hat = at(n.xhat), moved = k === LAST - 1 ? u : 0;
    const base = [hat[0] + (ends.x[0] - hat[0]) * moved, hat[1] + (ends.x[1] - hat[1]) * moved];
    const framed = (v) => inside(goal(v), hat)[0];
    const by = (v) => { const [a, b] = [at(times(v, PULL)), at([0, 0, 0])]; return [a[0] - b[0], a[1] - b[1]]; };
    const goal = (v, from = hat) => { const d = by(v); return [from[0] + d[0], from[1] + d[1]]; };
    const tips = back.arrows.slice(0, LAST).map((v) => goal(v)), done = Math.min(LAST - 1, Math.ceil(shown - 1e-9));
    const t = placed(0, 1.35 / RADIUS, parts(n.xhat, "forward").direction + 90);
    show("tangent", shown > 1 ? path([at(plus(n.xhat, t)), at(plus(n.xhat, t, -1))]) : "");
    show("ghost", tips.slice(0, Math.ceil(Math.min(shown, LAST) - 1e-9)).map((p) => arrow(hat, p)[0] + arrow(hat, p)[1]).join(""));
    show("gone", path(tips.slice(0, done + 1)));
    const [shaft, head] = arrow(base, goal(vector, base)), none = length(vector) < 1e-9 * Math.max(1, length(now.g));
    show("shaft", shaft);
    place(heads.shaft, { d: head });
    put(zero, base, none);
    place(zero, { d: disc(11) });
    put(tip, framed(shown < 1 ? between(back.arrows[0], back.arrows[1], ease(shown)) : back.arrows[0]));
    seen(tip, shown === 0);
    const sign = none ? "0" : ["g", "", "", "dx"][Math.round(shown)];
    return { at: none ? base : inside(goal(vector, base), base)[0], sign, base };
  }

  function drawLabels(now, at, ends, grad, lines) {
    const end = (t) => at(times(ONES, t / RADIUS)), far = corners(PLANE).map(at).reduce((a, b) => (b[0] > a[0] ? b : a));
    const edge = [Math.min(room[0] - 6, far[0]), Math.min(room[1] - 6, Math.max(6, far[1]))];
    const math = "cr-math", note = "cr-note", rmsMode = now.mode === "rms", slim = room[0] < 250;
    const wanted = [
      ["hat", at(now.lost ? [0, 0, 0] : now.n.xhat), 9, now.lost ? "" : "x̂", math], ["x", ends.x, 8, ends.off ? "x, further off" : "x", ends.off ? note : math],
      ["foot", ends.foot, 5, now.mode === "forward" && !now.flat && !slim ? "x − μ" : "", math],
      ["y", at(now.lost ? [0, 0, 0] : now.n.y), 8, shaped(now) && !now.lost ? "y" : "", math],
      ["grad", grad ? grad.at : [0, 0], 5, grad ? grad.sign : "", math],
      ["axis", end(AXIS[now.mode][1]), 3, slim ? "1" : "ones axis", note], ["mean", edge, 2, rmsMode || slim ? "" : "mean 0", note],
      ...[0, 1, 2].map((i) => [`f${i}`, at(ONES.map((_, k) => (k === i ? SPOKE : 0))), 1, "x₁x₂x₃".slice(2 * i, 2 * i + 2), note]),
    ];
    if (ends.off) wanted.splice(4, 0, ...wanted.splice(1, 1));                // the long label gives way to the letters
    const points = wanted.filter(([, , , words]) => words).map(([name, p, gap, words, kind]) =>
      ({ name, at: [p[0], p[1]], gap, wide: words.length * LETTER[kind] + 6, tall: kind === math ? 22 : 14, optional: name === "foot" || (kind === note && name !== "x") }));
    const dots = lines.flatMap(([a, b]) => Array.from({ length: 8 }, (_, i) => ({ at: between(a, b, (i + 0.5) / 8), gap: 3 })));
    const where = labelled([...dots, ...points], room, kept);
    kept = Object.fromEntries(Object.entries(where).map(([name, { side }]) => [name, side]));
    for (const [name, , , words, kind] of wanted) {
      text[name].textContent = where[name] ? words : "";
      if (!where[name]) continue;
      text[name].setAttribute("class", `cr-label ${kind} cr-${name}-name`);
      place(text[name], { x: where[name].x, y: where[name].y + (kind === math ? 5 : 4) });
    }
  }

  return {
    node,
    look,
    free: () => look(FREE[view.now.mode]),
    resize() {
      larger = grown(svg.clientWidth);
      const now = [svg.clientWidth / larger, svg.clientHeight / larger], changed = now[0] > 0 && String(now) !== String(room);
      if (changed) {
        room = now;
        place(svg, { viewBox: `0 0 ${now[0]} ${now[1]}` });
        place(ground, { width: now[0], height: now[1] });
      }
      return changed;
    },
    draw({ now, shown, cloud, fall }) {
      const [turn, tilt] = [view.get("turn"), view.get("tilt")];
      eye = camera({ turn, tilt });
      const ahead = view.asked.ahead();
      if (ahead !== undefined && !view.held) goal = ahead;
      const at = frame(tilt, now.mode), centre = at([0, 0, 0]), down = at(now.n.foot), edge = now.mode === "backward" ? WIDER : EDGE;
      const framed = now.mode !== "rms" && inside(down, centre, edge)[1] === 1;
      // Off the frame x comes down the way to its foot; where the foot is off as well, both come in as much, and the way stays parallel to the axis.
      const [x, far, way] = inside(at(now.x), framed ? down : centre, edge), off = far > 1.0001, base = framed ? down : between(centre, down, 1 / far);
      svg.dataset.mode = now.mode;
      drawSpace(now, at, centre);
      drawCloud(now, at, cloud, fall);
      drawForward(now, at, { x, foot: base });
      put(hat, at(now.lost ? [0, 0, 0] : now.n.xhat), !now.lost);
      put(out, at(now.lost ? [0, 0, 0] : now.n.y), shaped(now) && !now.lost);
      put(knob, x);
      place(beyond, { d: off ? (edge > EDGE ? "M11 -6 17 0 11 6" : "M-17 -6 -11 0 -17 6") : "", transform: `rotate(${((way * 180) / Math.PI).toFixed(1)})` });
      const grad = drawGradient(now, at, shown, { x }), flat = (p) => [p[0], p[1]], hatAt = flat(at(now.lost ? [0, 0, 0] : now.n.xhat));
      drawLabels(now, at, { x, off, foot: base }, grad, grad ? [[grad.base, grad.at]] : now.mode === "rms" ? [[x, hatAt]] : [[x, flat(base)], [flat(base), hatAt]]);
      const leveled = (v) => {
        const at = +levelOf(v).toFixed(3), end = limit(v);
        return { "aria-valuemin": -end, "aria-valuemax": end, "aria-valuenow": String(at) };
      };
      place(knob, { ...leveled(now.x), "aria-valuetext": spoken(now) });
      place(tip, { ...leveled(now.g), "aria-valuetext": `(${now.g.map((v) => +v.toFixed(3)).join(", ").replaceAll("-", "−")})` });
      place(ground, { "aria-valuemin": -180, "aria-valuemax": 180, "aria-valuenow": Math.round(turn),
        "aria-valuetext": `turned by ${Math.round(turn)}°, tilted by ${Math.round(tilt)}°`.replace("-", "−") });
      VIEWS.forEach(([, , wanted], k) => {
        const goal = wanted(now);
        buttons[k].setAttribute("aria-pressed", Math.abs(angle(goal.turn - turn)) < 0.5 && Math.abs(goal.tilt - tilt) < 0.5);
      });
    },
  };
}
