// Four curves, each with its name at its end, the seeds as a band around it.
import { el, power } from "../kit.js";
import { box, line, mark, picture, ring, text } from "../lab/draw.js";
import { path } from "../lab/scales.js";
import { PLACEMENTS, curve, limits, ticks } from "./curves.js";
import { rough } from "./placementtalk.js";

const LEFT = 40, NAMES = 64, TOP = 26, FOOT = 38, GAP = 16;   // px
const WIDE = 560, HIGH = 310, LOW = 252;                      // px
const MARKS = { post: "M-3.5-3.5h7v7h-7z", pre: ring(4), peri: "M0-5l5 5l-5 5l-5-5z", none: "M-4 3.500h8l-4-7.500z" };
const FEW = 12;                                               // marks on a curve

const WHAT = { gradient: ["gradient of the last block's last MLP matrix", "gradient of each block's last MLP matrix"],
  stream: ["mean square of the stream behind the last block", "mean square of the stream behind each block"] };
const SHORT = { gradient: ["gradient, the last block's last matrix", "gradient, each block's last matrix"],
  stream: ["mean square of the stream, at the end", "mean square of the stream"] };

function drawing(now, width) {
  const { depth, over, show } = now.choice, block = over === "block", wide = width >= WIDE;
  const height = wide ? HIGH : LOW, bottom = height - FOOT, right = width - NAMES;
  const curves = Object.fromEntries(Object.keys(PLACEMENTS).map((one) => [one, curve(now, one)]));
  const { post } = curves, scale = limits(now), [low, high] = scale;
  const up = (v) => bottom - ((Math.log10(v) - low) / (high - low)) * (bottom - TOP);
  const [first, last] = [post[0][0], post.at(-1)[0]], share = block ? (x) => (x - first) / (last - first) : (x) => Math.log2(x / first) / Math.log2(last / first);
  const inset = wide ? 28 : 16, across = (x) => LEFT + inset + share(x) * (right - LEFT - 2 * inset);
  const stride = 2 ** Math.max(0, Math.ceil(Math.log2(post.length / FEW))), kept = ([x]) => !block || x === first || x % stride === 0, level = (v) => Math.max(TOP, Math.min(bottom, up(v)));

  // Names beside the ends, moved apart where these lie close.
  const ends = Object.keys(PLACEMENTS).map((one) => ({ one, y: level(curves[one].at(-1)[1]) })).sort((a, b) => a.y - b.y);
  const most = Math.max(...curves.none.map(([, v]) => v)), gone = Math.log10(most) > high;
  ends.forEach((end, k) => { if (k) end.y = Math.max(end.y, ends[k - 1].y + (gone && k === 1 ? 2 : 1) * GAP); });
  for (let k = ends.length - 1, floor = bottom; k >= 0; k--, floor -= GAP) ends[k].y = Math.min(ends[k].y, floor);

  const drawn = ["none", "peri", "pre", "post"].map((one) => el("g", { class: `ln-lab-place is-${one}` },
    el("path", { class: "ln-lab-range", d: `${path([...curves[one].map(([x, , , v]) => [across(x), up(v)]), ...[...curves[one]].reverse().map(([x, , v]) => [across(x), up(v)])])}Z` }),
    el("path", { class: "ln-lab-line", d: path(curves[one].map(([x, v]) => [across(x), up(v)])) }),
    ...curves[one].filter(kept).map(([x, v]) => mark(MARKS[one], across(x), up(v), "ln-lab-spot"))));

  const { fresh } = now, mine = [];
  if (fresh && fresh.choice.start === now.choice.start && (!block || fresh.choice.depth === depth)) {
    const own = curve({ facts: block ? now.facts : { depth: [fresh.choice.depth] }, choice: now.choice, row: () => fresh.result });
    mine.push(...own.filter(([x, v]) => x >= first && x <= last && up(v) >= TOP && up(v) <= bottom).map(([x, v]) => mark(ring(7), across(x), up(v), "ln-lab-mine is-open")));
  }

  const written = post.filter(kept).map(([x]) => x);
  const [at, each] = (wide ? WHAT : SHORT)[show], title = block ? each : at, by = block ? `block, of ${depth}` : "blocks in the network";
  const said = Object.entries(PLACEMENTS).map(([one, name]) => `${name} ${curves[one].filter(kept).map(([, v]) => rough(v)).join(", ")}`);
  return {
    height,
    label: `${WHAT[show][block ? 1 : 0]}, middle of 8 seeds, by ${by}. ${said.join("; ")}.`,
    parts: [
      block ? "" : box(across(depth) - 17, TOP - 4, 34, bottom - TOP + 4, "ln-lab-column"),
      text(wide ? `${title}; middle and range of 8 seeds` : title, 0, 12, "ln-lab-title"),
      ...ticks(scale).flatMap((v) => [line(LEFT, up(v), right, up(v), "ln-lab-rule"), text(v < 1e-3 || v > 1e4 ? power(v) : v, LEFT - 6, up(v) + 4, "ln-lab-tick", "end")]),
      ...written.map((x) => text(x, across(x), bottom + 16, `ln-lab-tick${x === depth && !block ? " is-here" : ""}`, "middle")),
      text(by, LEFT, height - 4, "ln-lab-tick"),
      el("svg", { x: 0, y: TOP - 6, width: right + 6, height: bottom - TOP + 12, viewBox: `0 ${TOP - 6} ${right + 6} ${bottom - TOP + 12}` }, drawn),
      ...ends.map(({ one, y }) => text(one === "none" && gone ? `${PLACEMENTS.none} ↑` : PLACEMENTS[one], right + 6, y + 4, `ln-lab-name ln-lab-place is-${one}`)),
      gone ? text(`to ${most < 1e4 ? rough(+most.toPrecision(2)) : power(most, 0)}`, right + 6, ends.find(({ one }) => one === "none").y + 4 + GAP, "ln-lab-name ln-lab-place is-none") : "",
      ...mine,
    ],
  };
}

export const placementStage = () => picture(drawing, ({ choice }) => (choice.over === "block" ? "Drawn by block." : "Drawn by depth."));
