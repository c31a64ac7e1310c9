// A row for each choice of LayerNorms left out; every seed is a mark at its final loss.
import { power } from "../kit.js";
import { box, line, mark, picture, ring, text } from "../lab/draw.js";
import { fateMark, key } from "../lab/fates.js";
import { logScale } from "../lab/scales.js";
import { CHANCE, SOLVED, brief, fates, share } from "../lab/seeds.js";
import { fails } from "./ablationtalk.js";

const NAMES = 118, COUNT = 78, TOP = 38, FOOT = 36, WIDE = 560, SMALL = 310;        // px
const APART = 6.5;                                            // px, rows and the lines of their marks
const WAYS = ["M-7 0h-9m3.500-3l-3.500 3l3.500 3", "M7 0h9m-3.500-3l3.500 3l-3.500 3"];            // to what lies beyond an edge
const LEAST = 1e-4, MOST = 3, TICKS = [1e-4, 1e-3, 1e-2, 1e-1, 1];

function drawing(now, width) {
  const names = Object.entries(now.facts.left), wide = width >= WIDE, row = wide ? 32 : 26, bottom = TOP + names.length * row, height = bottom + FOOT;
  const small = width < SMALL, right = width - (small ? 54 : COUNT), across = logScale([LEAST, MOST].map(Math.log10), [NAMES + 16, right - 12]), lost = right, { fresh } = now;
  const place = (v) => (v === null || v > MOST ? lost : across(v));
  const known = names.flatMap(([without]) => now.row({ without }).final).filter((v) => v !== null), [low, high] = [Math.min(...known), Math.max(...known)];
  const beyond = [low < LEAST && power(low, 0), high > MOST && (high < 1e4 ? brief(high) : power(high, 0))].filter(Boolean);
  const title = ["final loss in nats, 4 seeds", "final loss in nats", "final loss"][wide ? 0 : small || beyond.length ? 2 : 1];
  const rows = names.flatMap(([without, name], k) => {
    const result = now.row({ without }), seeds = fates(result), y = TOP + (k + 0.5) * row, bad = fails(result);
    const step = (row - APART) / seeds.length, r = +(step / 2 + 0.6).toFixed(1), up = (n) => y + (n - (seeds.length - 1) / 2) * step;
    const own = fresh && ["start", "rate"].every((input) => fresh.choice[input] === now.choice[input]) && fresh.choice.without === without ? fresh.result.final : [];
    return [
      k % 2 ? "" : box(0, y - row / 2, width, row, "ln-lab-stripe"),
      text(name, 4, y + 4, `ln-lab-name ln-lab-place${bad ? " s-wrong" : ""}`),
      ...seeds.flatMap((fate, n) => fateMark(fate, place(result.final[n]), up(n), r)),
      ...WAYS.flatMap((way, side) => (result.final.some((v) => v !== null && (side ? v > MOST : v < LEAST)) ? [mark(way, side ? lost : across(LEAST), y, "ln-lab-way")] : [])),
      ...own.map((v, n) => mark(ring(r + 2), place(v), up(n), "ln-lab-mine is-open")),
      text(`${bad ? "✕ " : ""}${small ? share(result).replace(" of ", "/") : share(result)}`, width - 4, y + 4, `ln-lab-count${bad ? " s-wrong" : ""}`, "end"),
    ];
  });
  const told = names.map(([without, name]) => `${name}: ${share(now.row({ without }))}`);
  const stride = across(1e-3) - across(1e-4) < 34 ? 2 : 1;
  return {
    height,
    label: `Final loss with LayerNorms left out, a mark a seed; how many solve the task and keep it. Left out ${told.join("; ")}.`,
    parts: [
      ...rows.filter((one) => one.getAttribute?.("class") === "ln-lab-stripe"),
      ...TICKS.map((v) => line(across(v), TOP, across(v), bottom, "ln-lab-rule")),
      line(across(SOLVED), TOP - 4, across(SOLVED), bottom, "ln-lab-solved"), line(across(CHANCE), TOP - 4, across(CHANCE), bottom, "ln-lab-start"),
      text("left out", 4, TOP - 8, "ln-lab-title"), text(`${title}${beyond.length ? `; at the edge${beyond.length > 1 ? "s" : ""}: ${beyond.join(", ")}` : ""}`, 4, 12, "ln-lab-title"),
      text(`${small ? "" : "solved: "}once below ${SOLVED}`, across(SOLVED) - 1, TOP - 8, "ln-lab-tick", "end"), text("guessing", across(CHANCE) - (wide ? 0 : 6), TOP - 8, "ln-lab-tick", wide ? "middle" : "start"),
      ...rows.filter((one) => one.getAttribute?.("class") !== "ln-lab-stripe"),
      ...TICKS.filter((_, k) => k % stride === 0).map((v) => text(v < 1e-2 ? power(v) : v, across(v), bottom + 15, "ln-lab-tick", "middle")),
      ...key(4, height - 6, width),
    ],
  };
}

export const ablationStage = () => picture(drawing);
