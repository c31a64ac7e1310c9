// How the fate of a seed is drawn: a disc, a ring, a disc that is crossed out, a dash.
import { mark, ring, text } from "./draw.js";

const NAMES = { solved: "solved", never: "not", lost: "lost again: above 1 at the end", none: "no number" };
const LETTER = 6.6, GAP = 12, FULL = 420;                     // px: of a letter, at most; between two; from where on all is said

export function fateMark(fate, x, y, r = 4) {
  if (fate === "none") return [mark(`M${-r} 0h${2 * r}`, x, y, "ln-lab-fate is-none")];
  const disc = mark(ring(r), x, y, `ln-lab-fate is-${fate}`), arm = +(r * 0.55).toFixed(1);
  return fate === "lost" ? [disc, mark(`M${-arm} ${-arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`, x, y, "ln-lab-cross")] : [disc];
}

// The key to the marks, as far as there is room.
export function key(x, y, room) {
  let at = x;
  return Object.entries(NAMES).flatMap(([fate, full]) => {
    const name = room < FULL ? full.replace(" at the end", "") : full, left = at, wide = 14 + name.length * LETTER + GAP;
    if (left + wide - GAP > x + room) return [];
    at += wide;
    return [...fateMark(fate, left + 5, y - 4), text(name, left + 14, y)];
  });
}
