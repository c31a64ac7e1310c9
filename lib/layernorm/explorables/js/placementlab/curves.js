// The curves: the middle of the seeds and their range, by depth of the network or by block of one network.  Pure.
export const PLACEMENTS = { post: "Post-LN", pre: "Pre-LN", peri: "Peri-LN", none: "no LN" };
const FAR = 2, SOME = 0.5, PAD = 0.06;                        // powers of ten

// [[depth or block, middle, least, most], …]; the stream has a value before the first block too.
export function curve({ facts, choice, row }, placement) {
  const { over, show } = choice;
  if (over === "block") {
    const [mid, low, high] = row({ placement })[show], first = show === "gradient" ? 1 : 0;
    return mid.map((v, k) => [k + first, v, low[k], high[k]]);
  }
  return facts.depth.map((depth) => [depth, ...row({ placement, depth })[show].map((values) => values.at(-1))]);
}

// The powers of ten between which all depths are seen.  What has no norm may leave them, if it goes far.
export function limits(now) {
  const reach = (placements) => {
    const depths = now.choice.over === "block" ? now.facts.depth : [now.choice.depth];
    const all = placements.flatMap((placement) => depths.flatMap((depth) =>
      curve({ ...now, choice: { ...now.choice, depth }, row: (other) => now.row({ depth, ...other }) }, placement).flatMap(([, , low, high]) => [low, high])));
    return [Math.log10(Math.min(...all)), Math.log10(Math.max(...all))];
  };
  const [low, high] = reach(["post", "pre", "peri"]), [under, above] = reach(["none"]);
  const bottom = low - under > FAR ? low - SOME : Math.min(low, under), top = above - high > FAR ? high + SOME : Math.max(high, above);
  return [bottom - PAD * (top - bottom), top + PAD * (top - bottom)];
}

// Where a logarithmic axis is written: 1 and 3 of each power if it is short, else powers.
export function ticks([low, high]) {
  const span = high - low, stride = Math.ceil(span / 6), out = [];
  for (let p = Math.floor(low); p <= high; p++) {
    if (span > 3 && p % stride) continue;
    for (const factor of span > 3 ? [1] : [1, 3]) if (Math.log10(factor * 10 ** p) >= low && Math.log10(factor * 10 ** p) <= high) out.push(+(factor * 10 ** p).toPrecision(1));
  }
  return out;
}

// The exponent p of values ~ depth^p: the slope of the straight line through logarithms.
export function slope(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]), mean = (k) => logs.reduce((sum, one) => sum + one[k], 0) / logs.length;
  const [a, b] = [mean(0), mean(1)];
  return logs.reduce((sum, [x, y]) => sum + (x - a) * (y - b), 0) / logs.reduce((sum, [x]) => sum + (x - a) ** 2, 0);
}
