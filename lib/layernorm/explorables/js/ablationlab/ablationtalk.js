// What the lab says of the place where its controls stand.  Pure.
import { count, share, told } from "../lab/seeds.js";

export const KINDS = ["attention", "mlp", "final"];
const ENOUGH = 2;                                             // seeds that have to solve it

export const fails = (result) => count(result) < ENOUGH;
const all = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

// The kinds without which it fails at this rate; null if it fails with all of them.
export function needed({ row }, rate) {
  if (fails(row({ rate, without: "nothing" }))) return null;
  return KINDS.filter((kind) => fails(row({ rate, without: kind })));
}

function elsewhere(now) {
  if (!now.open) return "";
  const { rate } = now.choice, rates = now.facts.rate, here = String(needed(now, rate)), at = rates.indexOf(rate);
  const known = rates.map((one, k) => ({ one, k, kinds: needed(now, one) })).filter(({ kinds, one }) => kinds && one !== rate && String(kinds) !== here);
  const near = known.sort((a, b) => Math.abs(a.k - at) - Math.abs(b.k - at))[0];
  if (!near) return "";
  return ` At rate ${now.named("rate", near.one)} the answer is other: ${near.kinds.length ? `${all(near.kinds.map((kind) => now.facts.left[kind]))} cannot go` : "any one can go"}.`;
}

export function words(now) {
  const { choice, named, row } = now, at = (without) => row({ without }), none = needed(now, choice.rate);
  const where = `${named("start", choice.start)} weights, rate ${named("rate", choice.rate)}`, seeds = (kind) => `${now.facts.left[kind]} (${share(at(kind))})`;
  if (!none) return `${where}: with all its LayerNorms ${told(at("nothing"))}, so this place does not tell which can go.${elsewhere(now)}`;
  const free = KINDS.filter((kind) => !none.includes(kind)), parts = [];
  if (free.length) parts.push(`${all(free.map(seeds))} can go`);
  if (none.length) parts.push(`${all(none.map(seeds))} cannot`);
  return `${where}: with all LayerNorms ${told(at("nothing"))}. One kind left out: ${parts.join("; ")}. All out: ${share(at("all"))}.${elsewhere(now)}`;
}
