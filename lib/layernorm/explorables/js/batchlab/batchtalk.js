// What the lab says of the point where its controls stand.  Pure.
import { short } from "../kit.js";
import { LOST, METHODS, POOR, errorsAt, middle } from "./batchruns.js";

const SURE = 7 / 8;                                           // of the seeds have to agree before somebody wins

export const percent = (v) => `${short(+v.toPrecision(2))}\u00a0%`;
const count = (n) => n.toLocaleString("en");

// Who of BatchNorm and LayerNorm makes fewer errors, seed by seed.
export function duel({ BN, LN }) {
  const ahead = (one, other) => one.errors.filter((v, k) => v < other.errors[k]).length;
  const wins = { BN: ahead(BN, LN), LN: ahead(LN, BN) }, seeds = BN.errors.length;
  const winner = Object.keys(wins).find((method) => wins[method] >= SURE * seeds) ?? null;
  return { wins, seeds, winner };
}

function verdict(found) {
  const from = (error) => ["BN", "LN"].filter((method) => middle(found[method].errors) >= error);
  const lost = from(LOST);
  if (lost.length === 2) return "nobody learns";
  if (lost.length) return from(POOR).length === 2 ? "both hardly learn" : `${METHODS[lost[0]]} hardly learns`;
  const { wins, seeds, winner } = duel(found);
  return winner ? `${METHODS[winner]} wins, ${wins[winner]} of ${seeds} seeds` : `no winner, ${wins.BN} seed${wins.BN === 1 ? "" : "s"} to ${wins.LN}`;
}

function seedBySeed(found) {
  const { wins, seeds, winner } = duel(found);
  if (!winner) return `No winner: BatchNorm is ahead in ${wins.BN} of ${seeds} seeds, LayerNorm in ${wins.LN}.`;
  return `${METHODS[winner]} is ahead of ${METHODS[winner === "BN" ? "LN" : "BN"]} in ${wins[winner]} of ${seeds} seeds.`;
}

// A best rate at the end of what was tried says that there may be a better one.
function named(rate, { rate: rates }) {
  if (rate === rates[0]) return `${rate}, the lowest tried`;
  return rate === rates.at(-1) ? `${rate}, the highest tried` : rate;
}

export function words(now) {
  const { choice, facts } = now, found = errorsAt(now, choice), own = choice.rate === "best";
  const numbers = Object.entries(METHODS).map(([method, name]) =>
    `${name} ${percent(middle(found[method].errors))}${own ? ` (rate ${named(found[method].rate, facts)})` : ""}`).join(", ");
  const where = `${choice.batch} a batch, ${count(choice.budget)} digits, ${own ? "best rates" : `rate ${choice.rate} for all`}`;
  if (own) return `${where}: ${numbers}. ${seedBySeed(found)}`;
  const best = errorsAt(now, { ...choice, rate: "best" }), alone = verdict(found), fair = verdict(best);
  const then = `${percent(middle(best.BN.errors))} to ${percent(middle(best.LN.errors))}`;
  return `${where}: ${numbers}. From this rate alone: ${alone}. From best rates: ${alone === fair ? "the same" : fair}, ${then}.`;
}
