// What the lab says of the point where its controls stand.  Pure.
import { fixed, short } from "../kit.js";
import { PLACEMENTS, curve, slope } from "./curves.js";

export const rough = (v) => short(+v.toPrecision(3));
const between = (points) => `${rough(points[0][1])} to ${rough(points.at(-1)[1])}`;

export function words(now) {
  const { choice } = now, { depth, over, show } = choice, [post, pre, peri, none] = Object.keys(PLACEMENTS).map((one) => curve(now, one));
  const what = show === "gradient" ? "gradient" : "stream's mean square", whose = `${now.named("start", choice.start)} weights`;
  if (over === "block") {
    const from = show === "gradient" ? "from the first block to the last" : "from before the first block to behind the last";
    return `${whose}, ${depth} blocks: ${from}, the ${what} goes from ${between(post)} in Post-LN and from ${between(pre)} in Pre-LN. `
      + `Peri-LN: ${between(peri)}; no LN: ${between(none)}.`;
  }
  const last = show === "gradient" ? "the last block's gradient" : "the mean square behind the last block";
  const told = (points) => `${between(points)} in `, power = (points) => ` (exponent ${fixed(slope(points), 2)})`;
  const here = Object.values(PLACEMENTS).map((name, k) => `${name} ${rough([post, pre, peri, none][k].find(([x]) => x === depth)[1])}`);
  return `${whose}, from ${post[0][0]} to ${post.at(-1)[0]} blocks: ${last} goes from ${told(post)}Post-LN${power(post)} and from ${told(pre)}Pre-LN${power(pre)}. `
    + `The slider’s column, ${depth} blocks: ${here.join(", ")}.`;
}
