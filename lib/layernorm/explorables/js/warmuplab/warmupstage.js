// The map: a cell for each rate and each warm-up, in it a mark for each seed and the number in the middle.
import { CHANCE, STEPS, brief, count, fates, loss, share, when } from "../lab/seeds.js";
import { box, line, mark, picture, ring, text } from "../lab/draw.js";
import { fateMark, key } from "../lab/fates.js";

const LEFT = 52, TOP = 24, FOOT = 42, WIDE = 560, SMALL = 350; // px
const BEST = 1e-3;                                            // nats, from which on a cell is as dark as can be
const MOVES = { ArrowUp: ["rate", 1], ArrowDown: ["rate", -1], ArrowRight: ["steps", 1], ArrowLeft: ["steps", -1] };

// How good it is what a seed or a cell has, from 0 to 1.
const early = (step) => 1 - step / STEPS;
const low = (nats) => Math.min(1, Math.max(0, Math.log(CHANCE / nats) / Math.log(CHANCE / BEST)));

function cell(result, show) {
  const seeds = fates(result), held = count(result) / seeds.length, number = show === "solved" ? Math.round(when(result)) : loss(result), known = Number.isFinite(number);
  if (show === "solved") return { seeds, worth: held, size: (k) => early(result.solved[k] ?? STEPS), number: known ? number : "–" };
  return { seeds, worth: low(number), size: (k) => low(result.final[k] ?? CHANCE), number: known ? brief(number, number < 1e-3 ? 1 : 2) : "–" };
}

export function warmUpStage({ rate: rates, steps }, choose) {
  const high = [...rates].reverse();
  const stage = picture((now, width) => {
    const { choice } = now, { show } = choice, wide = width >= WIDE, row = wide ? 50 : 40, column = (width - LEFT - 2) / steps.length;
    const bottom = TOP + high.length * row, height = bottom + FOOT, pitch = Math.min(wide ? 17 : 13, column / 4.3);
    const cells = high.flatMap((rate, i) => steps.map((warm, k) => {
      const result = now.row({ rate, steps: warm }), { seeds, worth, size, number } = cell(result, show);
      const x = LEFT + k * column, y = TOP + i * row, middle = x + column / 2;
      const own = now.fresh && ["placement", "start"].every((name) => now.fresh.choice[name] === choice[name]) && now.fresh.choice.rate === rate && now.fresh.choice.steps === warm;
      return [
        box(x + 1, y + 1, column - 2, row - 2, "ln-lab-cell", { style: `--worth:${worth.toFixed(2)}`, onclick: () => choose({ rate, steps: warm }) }),
        ...seeds.flatMap((fate, n) => fateMark(fate, middle + (n - (seeds.length - 1) / 2) * pitch, y + row * 0.31, +((pitch / 2 - 0.5) * (fate === "solved" ? 0.5 + 0.5 * size(n) : fate === "lost" ? 0.9 : 0.6)).toFixed(1))),
        ...(own ? [mark(ring(pitch / 2), x + 10, y + row - 12, "ln-lab-mine")] : []),
        text(number, middle, y + row - 6, "ln-lab-count", "middle"),
      ];
    }));
    const at = { x: LEFT + steps.indexOf(choice.steps) * column, y: TOP + high.indexOf(choice.rate) * row };
    const what = `${show === "solved" ? "step at which it is solved" : "final loss in nats"}, middle of all seeds`;
    const told = high.map((rate) => `rate ${now.named("rate", rate)}: ${steps.map((warm) => now.row({ rate, steps: warm })).map((one) => `${cell(one, show).number} (${share(one)}${count(one, "lost") ? `, ${count(one, "lost")} lost again` : ""})`).join(", ")}`);
    return {
      height,
      label: `Map of learning rate and warm-up, ${what}, and how many solve and keep it; warm-up ${steps.join(", ")} steps. ${told.join("; ")}.`,
      parts: [
        text("rate", LEFT - 6, 12, "ln-lab-tick", "end"), text(width < SMALL ? `${show === "solved" ? "step" : "loss"}, middle of all` : `${what}${wide ? `; larger dot: ${show === "solved" ? "sooner" : "lower"}` : ""}`, LEFT + 1, 12, "ln-lab-title"),
        ...high.map((rate, i) => text(now.named("rate", rate), LEFT - 6, TOP + (i + 0.5) * row + 4, `ln-lab-tick${rate === choice.rate ? " is-here" : ""}`, "end")),
        ...steps.map((warm, k) => text(warm, LEFT + (k + 0.5) * column, bottom + 15, `ln-lab-tick${warm === choice.steps ? " is-here" : ""}`, "middle")),
        ...cells.flat(),
        box(at.x + 1, at.y + 1, column - 2, row - 2, "ln-lab-here"),
        line(LEFT, bottom, width, bottom, "ln-lab-rule"),
        text("warm-up", 0, bottom + 15, "ln-lab-tick"),
        ...key(wide ? LEFT : 0, height - 6, width - (wide ? LEFT : 0)),
      ],
    };
  }, ({ choice }) => (choice.show === "solved" ? "Shown: steps." : "Shown: final loss."));
  let now = null;
  const { draw } = stage;
  stage.draw = (next) => draw(now = next);
  // Who has pressed a cell goes on with the arrows; the sliders do the same.
  stage.node.tabIndex = -1;
  stage.node.addEventListener("keydown", (event) => {
    const [name, way] = MOVES[event.key] ?? [];
    if (!name) return;
    const values = now.facts[name], to = values[values.indexOf(now.choice[name]) + way];
    if (to !== undefined) choose({ [name]: to });
    event.preventDefault();
    event.stopPropagation();
  });
  return stage;
}
