// Words about what is due and what was done.  Pure.

export function counted(n, begun, shown) {
  if (!begun) return "Nothing yet: what you practise comes back here after a day, then after longer and longer pauses.";
  if (!n) return "Nothing. What you have practised comes back on its day.";
  return n > shown ? `${n} items; these first.` : n === 1 ? "One item." : `${n} items.`;
}

const some = (n, one, many) => `${n} ${n === 1 ? one : many}`;
export function listed({ items, gates }) {
  return `${some(Object.keys(items).length, "item", "items")} and ${some(Object.keys(gates).length, "gate", "gates")}`;
}

// How far a concept has come, for its station on the map.
export const NOTE = ", practised: ";
export function reached({ passed, kept }) {
  if (kept >= 0.5) return { sign: "✓✓", words: "most of it kept" };
  if (passed >= 0.5) return { sign: "✓", words: "most of it passed" };
  return passed > 0 ? { sign: "·", words: "a part" } : { sign: "", words: "" };
}
