// What the lab says of a result.  Pure.
import { short } from "../kit.js";

const SAME = 0.01;                                            // what differs by less is called the same

// A factor as one would say it: "100 times", "1.28 times".
export const times = (factor) => `${factor >= 10 ? Math.round(factor).toLocaleString("en") : +factor.toPrecision(3)} times`;

// Two digits are enough to say how large.
export const rough = (v) => short(+v.toPrecision(2));

export const percent = (share) => (share < 1e-4 ? `${rough(share * 100)} %` : `${+(share * 100).toPrecision(2)} %`);

function moved({ choice: { pixels, before }, result, row }) {
  const factor = result.largest / row({ pixels: 1 }).largest;
  if (pixels === 1) return before === "raw" ? "The pixels as they are, from 0 to 16." : `${times(result.largest / row({ before: "raw" }).largest)} the step that raw pixels allow.`.replace(/^./, (c) => c.toUpperCase());
  if (Math.abs(factor - 1) < SAME) return "The same step as at × 1: the size of the pixels was divided away.";
  const change = factor > 1 ? `${times(factor)} the step` : `a step ${times(1 / factor)} smaller`;
  const words = `Pixels × ${short(pixels)} allow ${change} of × 1`;
  return before === "LayerNorm" ? `${words}: the variance of an image has come down to ε.` : `${words}: λ grows as their square.`;
}

const steep = ({ result: { condition, directions } }) =>
  `λ largest over smallest, κ, is ${rough(condition)} in ${directions} directions.`;

const slow = ({ result: { below } }) => `After 300 steps at 0.99 of the largest, ${percent(below.at(-1))} of what can be learned is left.`;

export const words = (now) => [moved(now), steep(now), slow(now)].join(" ");
