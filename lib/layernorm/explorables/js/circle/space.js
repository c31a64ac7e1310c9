// Three features as a space: the ones axis, the plane at right angles to it, and what normalizing does to a point.  Pure.
import { layerNorm, mean } from "../arithmetic.js";

export const RADIUS = Math.sqrt(3);                           // the length of x̂: √d
export const ONES = [1, 1, 1];
// A frame at right angles: two directions in the plane of the vectors that sum to 0 (feature 1 is up), and the ones axis.
const ACROSS = [0, -Math.SQRT1_2, Math.SQRT1_2];
const UP = [2, -1, -1].map((a) => a / Math.sqrt(6));
const ALONG = ONES.map((a) => a / RADIUS);

export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
export const length = (a) => Math.hypot(...a);
export const plus = (a, b, factor = 1) => a.map((v, i) => v + factor * b[i]);
export const times = (a, factor) => a.map((v) => factor * v);
export const between = (a, b, u) => a.map((v, i) => v + (b[i] - v) * u);
const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;

// --- What becomes of a point ---------------------------------------------------------------------

// `foot`: x without its mean.  `std`: what it is divided by.  `spread`: the mean square of x̂.
export function normalized(x, { eps, mode, gamma = ONES, beta = [0, 0, 0] }) {
  if (mode !== "rms") {
    const n = layerNorm(x, { gamma, beta, eps });
    return { mu: n.mu, sigma: n.sigma, std: n.std, foot: n.centred, xhat: n.xhat, spread: n.spread, y: n.y };
  }
  const sigma = length(x) / RADIUS, std = Math.hypot(sigma, Math.sqrt(eps)), xhat = x.map((v) => v / std);
  return { mu: mean(x), sigma, std, foot: x, xhat, spread: (sigma / std) ** 2, y: xhat.map((h, i) => gamma[i] * h + beta[i]) };
}

// The gradient on its way back: as it arrives, without its part along 1, without its part along x̂, divided by the standard
// deviation.  The factor of x̂ is the mean of g · x̂, as in dx = (g − mean(g) − x̂ mean(g x̂)) / √(σ² + ε).  Close to the ones axis
// the mean of x is off by more than x̂ is long, in all entries alike: x̂ loses its mean a second time.
export function backward(x, g, { eps }) {
  const { xhat, std } = normalized(x, { eps, mode: "backward" }), off = mean(xhat), hat = xhat.map((v) => v - off);
  const level = mean(g), centred = g.map((v) => v - level);
  const along = mean(centred.map((v, i) => v * hat[i])), tangent = centred.map((v, i) => v - hat[i] * along);
  return { arrows: [g, centred, tangent, tangent.map((v) => v / std)], level, along };
}

// --- Level, size and direction ---------------------------------------------------------------------

// What LayerNorm takes apart.  The direction, in degrees round the ones axis, is `otherwise` where there is none.
export function parts(x, mode, otherwise = 0) {
  const level = mean(x), centred = x.map((v) => v - level), away = length(centred);
  const flat = away < 1e-12 * Math.max(1, length(x));
  return { level, size: (mode === "rms" ? length(x) : away) / RADIUS,
           direction: flat ? otherwise : degrees(Math.atan2(dot(x, UP), dot(x, ACROSS))) };
}

// The point with this level, distance from the axis (as σ) and direction.
export function placed(level, sigma, direction) {
  const angle = radians(direction), a = RADIUS * sigma * Math.cos(angle), b = RADIUS * sigma * Math.sin(angle);
  return ONES.map((_, i) => level + a * ACROSS[i] + b * UP[i]);
}

// --- Seen from somewhere -----------------------------------------------------------------------------

// `turn`: round the ones axis.  `tilt`: 0 from the side, 90 along the ones axis.  Both in degrees.
export function camera({ turn, tilt }) {
  const [c, s] = [Math.cos(radians(turn)), Math.sin(radians(turn))], [up, over] = [Math.cos(radians(tilt)), Math.sin(radians(tilt))];
  const right = ACROSS.map((a, i) => c * a - s * UP[i]), back = ACROSS.map((a, i) => s * a + c * UP[i]);
  const top = ALONG.map((a, i) => up * a + over * back[i]), near = ALONG.map((a, i) => over * a - up * back[i]);
  return {
    see: (v) => [dot(v, right), dot(v, top), dot(v, near)],   // right, up, towards the eye
    shift: (x, across, upward) => x.map((v, i) => v + across * right[i] + upward * top[i]),
    // Upward on the screen is along the ones axis, unless it is seen nearly end on.
    dragged: (x, across, upward) => x.map((v, i) => v + across * right[i] + upward * (up > 0.5 ? ALONG[i] / up : top[i])),
  };
}
// The turn that shows how far x lies from the axis at its true length, to the right.
export const sideways = (x) => -parts(x, "forward").direction;

// A ring of radius `size` in the plane, passed through `map`; point k lies in direction 360 k / count.
export const ring = (count, size = RADIUS, map = (v) => v) =>
  Array.from({ length: count + 1 }, (_, k) => map(placed(0, size / RADIUS, (360 * k) / count)));

// Corners of the square that stands for the plane.
export const corners = (half) => [0, 90, 180, 270].map((direction) => placed(0, half * Math.SQRT2 / RADIUS, direction));

// Vectors at random, the same ones always: normal coordinates around (1, 1, 1).
export function scattered(count) {
  let state = 1;
  const uniform = () => { state = (state * 48271) % 2147483647; return state / 2147483647; };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: count }, () => ONES.map(() => 0.6 + 1.5 * normal()));
}

// --- Labels ----------------------------------------------------------------------------------------

const SIDES = [[1, -1], [1, 1], [-1, -1], [-1, 1], [0, -1], [0, 1], [1, 0], [-1, 0]];
// Where each label goes: beside its point, over no other label and no point, inside the frame.  A label keeps its side while
// it can (`kept`, by name), so that it does not hop about under a finger; one that is `optional` and finds no room is left out.
export function labelled(points, [width, height], kept = {}) {
  const boxes = points.map(({ at, gap }) => [at[0] - gap, at[1] - gap, at[0] + gap, at[1] + gap]), placedAt = {};
  const over = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  points.forEach(({ name, at, gap, wide, tall, optional }, k) => {
    if (!wide) return;
    const box = ([h, v]) => {
      const x = at[0] + h * (gap + 3 + wide / 2), y = at[1] + v * ((h ? gap * 0.5 : gap + 1) + tall / 2);
      return [x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2];
    };
    const crowd = (side) => {
      const b = box(side), outside = Math.max(0, -b[0]) + Math.max(0, -b[1]) + Math.max(0, b[2] - width) + Math.max(0, b[3] - height);
      return boxes.reduce((sum, other, j) => sum + (j === k ? 0 : over(b, other)), 60 * outside);
    };
    const [, best, most] = SIDES.map((side, i) => [crowd(side) + (kept[name] === i ? 0 : 2 + i), i, crowd(side)]).reduce((a, b) => (b[0] < a[0] ? b : a));
    if (optional && most > 8) return;
    const b = box(SIDES[best]);
    boxes.push(b);
    placedAt[name] = { side: best, x: (b[0] + b[2]) / 2, y: (b[1] + b[3]) / 2, box: b };
  });
  return placedAt;
}
