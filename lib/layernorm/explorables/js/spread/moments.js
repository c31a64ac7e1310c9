// Mean, distances, squares, their two divisions, and the frame in which they are drawn.  Pure.
import { mean } from "../arithmetic.js";
import { exact } from "../kit.js";

const NOISE = 1e-13;                                          // of the largest number: what rounding leaves of a distance of 0
const sum = (v) => v.reduce((total, a) => total + a, 0);
const largest = (v) => Math.max(...v.map(Math.abs));

export function moments(x) {
  const d = x.length, size = largest(x), near0 = (v) => (Math.abs(v) < NOISE * size ? 0 : v), mu = near0(mean(x));
  const away = x.map((v) => near0(v - mu)), squares = away.map((a) => a * a), total = sum(squares);
  const variance = total / d, sample = total / (d - 1);
  return { x, d, mu, away, squares, total, variance, sample, sigma: Math.sqrt(variance), wide: Math.sqrt(sample) };
}

// --- The frame: pixels for 1, the number at the left end, and the width of the line; beside it the mean square ------------

const GAP = 34, SQUARE = 92, SLACK = 1.3;
// All of `vectors` fit, and no square is taller than h.
export function fitted(vectors, [whole, h]) {
  const w = whole - 2;
  const all = vectors.flat(), low = Math.min(...all), high = Math.max(...all), range = (high - low || 2) * SLACK, each = vectors.map(moments);
  const wide = Math.max(...each.map((one) => one.wide)), tall = Math.max(wide, ...each.map((one) => largest(one.away)));
  const unit = Math.min(tall > 0 ? h / tall : Infinity, (w - GAP - SQUARE) / range, (w - GAP) / (range + wide));
  const line = w - GAP - Math.max(SQUARE, wide * unit);
  return { unit, line, left: (low + high) / 2 - line / unit / 2, square: line + GAP };
}
// Whether what is shown now has left the frame, or has become too small for it.
export function outgrown({ unit, left, line, square }, { x, away, wide }, [w, h]) {
  const ends = [Math.min(...x), Math.max(...x)].map((v) => (v - left) * unit);
  return ends[0] < -1 || ends[1] > line + 1 || Math.max(wide, largest(away)) * unit > h + 1 || square + wide * unit > w + 1
    || (wide > 0 && ends[1] - ends[0] < 40);
}

const tenth = (v) => 10 ** Math.floor(Math.log10(v));
// What a key moves a point by, and a drag rounds to.
export const stride = ({ line, unit }) => tenth((line / unit) * 0.04);
export function ticks({ left, line, unit }) {
  const least = Math.min(56, line / 5) / unit, ten = tenth(least), step = [1, 2, 5, 10].map((k) => k * ten).find((v) => v >= least);
  const first = Math.ceil(left / step), last = Math.floor(left / step + line / unit / step);
  return Array.from({ length: last - first + 1 }, (_, k) => +((first + k) * step).toPrecision(12));
}

// Points at one place stand on each other: the storey of each, for centres at `at`.
export function storeys(at, apart) {
  const floors = [];
  at.forEach((p, i) => {
    let floor = 0;
    while (at.some((q, j) => j < i && floors[j] === floor && Math.abs(q - p) < apart)) floor += 1;
    floors.push(floor);
  });
  return floors;
}

// Which squares have room for their area, equal ones once: [{ i, words }].
export function areas({ away, squares }, unit) {
  const shown = [];
  const order = away.map((_, i) => i).sort((a, b) => squares[b] - squares[a]);
  for (const side of [-1, 1]) {
    let top = Infinity;
    for (const i of order.filter((k) => Math.sign(away[k]) === side)) {
      const tall = Math.abs(away[i]) * unit, alike = away.filter((a) => Math.abs(a - away[i]) * unit < 0.5).length;
      const words = `${alike > 1 ? `${alike} × ` : ""}${exact(squares[i])}`;
      if (tall < Math.max(21 * alike + 16, 7 * words.length + 8) || top - tall < 15) continue;
      top = tall;
      shown.push({ i, words });
    }
  }
  return shown;
}
