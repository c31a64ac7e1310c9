// What the lab says of the cell where its controls stand.  Pure.
import { CHANCE, STEPS, brief, loss, share, told, when } from "../lab/seeds.js";
import { short } from "../kit.js";

const OTHER = { post: "pre", pre: "post" };
const step = (result, before) => (Number.isFinite(when(result)) ? `${before} step ${short(Math.round(when(result)))}` : "");
const numbered = (result) => Number.isFinite(loss(result));
const warm = (steps) => (steps ? `${steps} steps of warm-up` : "no warm-up");

const left = (result) => (numbered(result) ? `final loss ${brief(loss(result))} in the middle of all seeds` : "no number in the middle of the seeds");

export function words(now) {
  const { choice, facts, named, open, result, row } = now, { placement, rate, show, steps } = choice;
  const say = show === "solved" ? (one) => `${share(one)}${step(one, ", at")}` : (one) => (numbered(one) ? brief(loss(one)) : "no number");
  const whole = show === "solved" ? `${told(result, ` in ${STEPS} steps`)}${step(result, "; in the middle at")}` : `${left(result)}; guessing: ${brief(CHANCE)}`;
  const most = facts.steps.at(-1), across = steps ? 0 : most;
  return `${named("placement", placement)}, ${named("start", choice.start)} weights, rate ${named("rate", rate)}, ${warm(steps)}: ${whole}. `
    + `${across ? `With ${warm(across)}` : "Without warm-up"}: ${say(row({ steps: across }))}. `
    + `${named("placement", OTHER[placement])} here: ${open ? say(row({ placement: OTHER[placement] })) : "after your guess"}.`;
}
