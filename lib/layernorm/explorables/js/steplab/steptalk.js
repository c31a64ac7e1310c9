// What the lab says of a result.  Pure.
import { short, superscript } from "../kit.js";

const SAME = 0.01;                                            // what differs by less is called the same

// A factor as one would say it: "100 times", "1.28 times".
export const times = (factor) => `${factor >= 10 ? Math.round(factor).toLocaleString("en") : +factor.toPrecision(3)} times`;

// Three digits; from ten thousand on two and a power of ten.
export function rough(v) {
  const [factor, power] = v.toExponential(1).split("e");
  return power > 3 ? `${+factor}·10${superscript(+power)}` : short(+v.toPrecision(3));
}

export const percent = (share) => `${short(+(share * 100).toPrecision(2))}\u00a0%`;

function moved({ choice: { pixels, before }, result, row }) {
  const factor = result.largest / row({ pixels: 1 }).largest;
  if (pixels === 1 && before === "raw") return "The pixels as they are, from 0 to 16.";
  if (pixels === 1) return `${times(result.largest / row({ before: "raw" }).largest)} the step that raw pixels allow.`;
  if (Math.abs(factor - 1) < SAME) return "The same step as at × 1: the size of the pixels was divided away.";
  const change = factor > 1 ? `allow ${times(factor)} the step of × 1` : `need a step ${times(1 / factor)} smaller than × 1`;
  return `Pixels × ${short(pixels)} ${change}: ${before === "LayerNorm" ? "their variance has come near ε" : "λ goes with the square"}.`;
}

const rest = ({ result: { condition, below } }) =>
  `κ is ${rough(condition)}; 300 steps 1\u00a0% below the wall leave ${percent(below.at(-1))} to learn.`;

export const words = (now) => `${moved(now)} ${rest(now)}`;
