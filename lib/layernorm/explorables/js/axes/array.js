// A small array and who shares a mean in it.  Pure.

const KINDS = { 2: [["B", "example"], ["d", "feature"]], 3: [["B", "example"], ["T", "token"], ["d", "feature"]],
  4: [["N", "image"], ["C", "channel"], ["H", "row"], ["W", "column"]] };
export const lettersOf = (shape) => KINDS[shape.length].map(([letter]) => letter);
export const wordsOf = (shape) => KINDS[shape.length].map(([, word]) => word);
export const product = (sizes) => sizes.reduce((all, n) => all * n, 1);

export function indexOf(flat, shape) {
  const index = [];
  for (const n of [...shape].reverse()) { index.unshift(flat % n); flat = Math.floor(flat / n); }
  return index;
}
export const flatOf = (index, shape) => index.reduce((flat, i, axis) => flat * shape[axis] + i, 0);
export const cells = (shape) => Array.from({ length: product(shape) }, (_, flat) => indexOf(flat, shape));

export const tuple = (sizes) => (sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`);
const sized = (sizes) => (sizes.length === 1 ? String(sizes[0]) : tuple(sizes));      // as torch's normalized_shape is written

// As the chips name them where there are many: by the axes.
export const briefly = (key) => (key === "square" ? "W = C" : key);

// What a method makes of an array: `axes` are averaged over; of GroupNorm's channels only `share` neighbours at a time.
// `shape` is that of the array in which it is shown: "square" has one of its own, as wide as it has channels.
export function methodOf(key, given, groups) {
  const shape = key === "square" ? [...given.slice(0, -1), given[1]] : given, n = shape.length;
  const all = shape.map((_, axis) => axis), letters = lettersOf(shape), channel = n === 3 ? 2 : 1, C = shape[channel], places = n - 2;
  const found = /^(LN|RMS)\((.+)\)$/.exec(key);
  if (found || key === "square") {
    const axes = found ? found[2].split(", ").map((letter) => letters.indexOf(letter)).sort((a, b) => a - b) : [n - 1];
    const sizes = axes.map((axis) => shape[axis]), last = axes[0] + axes.length === n, kind = found?.[1] === "RMS" ? "RMSNorm" : "LayerNorm";
    const from = axes.map((axis) => axis - n), [axis] = axes;
    return { key, shape, axes, share: 0, kind, gamma: sizes, beta: kind === "LayerNorm",
      name: last ? `${kind}(${sized(sizes)})` : `${kind} over ${axes.map((one) => letters[one]).join(", ")}`,
      torch: last ? `${kind}(${sized(sizes)})(x)` : `${kind}(${sized(sizes)})(x.movedim(${axis},-1)).movedim(-1,${axis})`,
      ours: `ln.${kind === "RMSNorm" ? "rms_norm" : "layer_norm"}(x, axis=${last ? sized(from) : axis})` };
  }
  const turn = n === 3 ? ".mT" : "", common = { key, shape, gamma: [C], beta: true }, d = Math.max(1, places);
  if (key === "BN") {
    return { ...common, axes: all.filter((axis) => axis !== channel), share: 0, kind: "BatchNorm", name: "BatchNorm",
      torch: `BatchNorm${d}d(${C})(x${turn})${turn}`, ours: `ln.batch_norm(x${turn}, training=True)[0]${turn}` };
  }
  if (key === "IN") {
    return { ...common, axes: all.filter((axis) => axis !== channel && axis !== 0), share: 0, kind: "InstanceNorm", name: "InstanceNorm",
      torch: `InstanceNorm${d}d(${C}, affine=True)(x${turn})${turn}`, ours: `ln.instance_norm(x${turn})${turn}` };
  }
  return { ...common, axes: all.filter((axis) => axis !== 0), share: C / groups, channel, kind: "GroupNorm", name: `GroupNorm(${groups}, ${C})`,
    torch: `GroupNorm(${groups}, ${C})(x${turn})${turn}`, ours: `ln.group_norm(x${turn}, groups=${groups})${turn}` };
}

const split = ({ share, channel }, axis) => share > 0 && axis === channel;
export const together = (method, a, b) => a.every((i, axis) =>
  (split(method, axis) ? Math.floor(i / method.share) === Math.floor(b[axis] / method.share) : method.axes.includes(axis) || i === b[axis]));

// The flat numbers of all that share a mean with `cell`, itself among them.
export const companionsOf = (method, cell) => cells(method.shape).flatMap((index, flat) => (together(method, index, cell) ? [flat] : []));

// How many means there are along each axis, and which of them a cell uses.
export const statistics = (method) => method.shape.map((n, axis) => (split(method, axis) ? n / method.share : method.axes.includes(axis) ? 1 : n));
export const meansOf = (method) => product(statistics(method));
export const meanOf = (method, index) => {
  const sizes = statistics(method);
  return flatOf(index.map((i, axis) => (split(method, axis) ? Math.floor(i / method.share) : method.axes.includes(axis) ? 0 : i)), sizes);
};

// All between two corners, along every axis.
export const box = (a, b, shape) => cells(shape).flatMap((index, flat) =>
  (index.every((i, axis) => i >= Math.min(a[axis], b[axis]) && i <= Math.max(a[axis], b[axis])) ? [flat] : []));

// --- On the page -------------------------------------------------------------------------------------

// The last two axes are rows and columns of a block; of the others one runs across and one down.
export function arranged(shape, narrow) {
  const n = shape.length, outer = shape.map((_, axis) => axis).slice(0, n - 2);
  const [across, down] = n === 4 ? (narrow ? [0, 1] : [1, 0]) : n === 3 ? (narrow ? [null, 0] : [0, null]) : [null, null];
  const size = (axis) => (axis === null ? 1 : shape[axis]), rows = shape[n - 2], columns = shape[n - 1];
  return {
    across: size(across), down: size(down), rows, columns, outer,
    place: (index) => [(down === null ? 0 : index[down]) * rows + index[n - 2], (across === null ? 0 : index[across]) * columns + index[n - 1]],
    index([y, x]) {
      const index = shape.map(() => 0);
      index[n - 2] = y % rows;
      index[n - 1] = x % columns;
      if (down !== null) index[down] = Math.floor(y / rows);
      if (across !== null) index[across] = Math.floor(x / columns);
      return index;
    },
  };
}

// The cell that an arrow key leads to; it stops at the edges.
export function stepped(cell, shape, narrow, [dy, dx]) {
  const board = arranged(shape, narrow), [y, x] = board.place(cell);
  const within = (v, size) => Math.min(size - 1, Math.max(0, v));
  return board.index([within(y + dy, board.down * board.rows), within(x + dx, board.across * board.columns)]);
}

// Home and End: the ends of its row; with Ctrl, of the whole array.  Page Up and Page Down: the same place in the block before or after.
export function jumped(cell, shape, narrow, key, all) {
  const board = arranged(shape, narrow), { rows, columns, across, down } = board, [y, x] = board.place(cell);
  if (key === "Home") return board.index(all ? [0, 0] : [y, x - (x % columns)]);
  if (key === "End") return board.index(all ? [down * rows - 1, across * columns - 1] : [y, x - (x % columns) + columns - 1]);
  const block = Math.floor(y / rows) * across + Math.floor(x / columns);
  const next = Math.min(across * down - 1, Math.max(0, block + (key === "PageDown" ? 1 : -1)));
  return board.index([Math.floor(next / across) * rows + (y % rows), (next % across) * columns + (x % columns)]);
}
