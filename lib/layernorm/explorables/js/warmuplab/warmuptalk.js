// What the lab says of the cell where its controls stand.  Pure.
import { CHANCE, STEPS, brief, count, loss, share, when } from "../lab/seeds.js";
import { short } from "../kit.js";

const OTHER = { post: "pre", pre: "post" };
const step = (result) => (count(result) ? `, at step ${short(Math.round(when(result)))}` : "");
const numbered = (result) => result.final.some((one) => one !== null);
const warm = (steps) => (steps ? `${steps} steps of warm-up` : "no warm-up");

function seeds(result) {
  const lost = count(result, "lost"), gone = count(result, "none");
  const more = [lost && `${lost} more lose${lost === 1 ? "s" : ""} it again`, gone && `${gone} end${gone === 1 ? "s" : ""} without a number`].filter(Boolean);
  return `${share(result)} seeds solve it ${count(result) ? `in ${STEPS} steps${step(result)} in the middle` : `in ${STEPS} steps`}${more.length ? `; ${more.join(", ")}` : ""}`;
}

const left = (result) => (numbered(result) ? `final loss ${brief(loss(result))} in the middle` : "no seed ends with a number");

export function words(now) {
  const { choice, facts, named, result, row } = now, { placement, rate, show, steps } = choice;
  const say = show === "solved" ? (one) => `${share(one)}${step(one)}` : (one) => (numbered(one) ? brief(loss(one)) : "no number");
  const whole = show === "solved" ? seeds(result) : `${left(result)}; who guesses has ${brief(CHANCE)}`;
  const most = facts.steps.at(-1), across = steps ? 0 : most;
  return `${named("placement", placement)}, ${named("start", choice.start)} weights, rate ${named("rate", rate)}, ${warm(steps)}: ${whole}. `
    + `${across ? `With ${warm(across)}` : "Without warm-up"}: ${say(row({ steps: across }))}. `
    + `${named("placement", OTHER[placement])} here: ${say(row({ placement: OTHER[placement] }))}.`;
}
