// What things are called.  Pure.

const KINDS = { compute: "By hand", shapes: "Count", choose: "All that hold", predict: "Predict", bug: "Find the bug", order: "Put in order", explain: "Explain", code: "In code" };
export const named = (kind) => KINDS[kind];

const STAGES = { new: "", tried: "begun", passed: "✓ passed", kept: "✓✓ kept" };
export const staged = (stage) => STAGES[stage];

// When something returns, from now on.
export function when(due, now, day) {
  const days = Math.ceil((due - now) / day);
  return days <= 0 ? "now" : days === 1 ? "tomorrow" : `in ${days} days`;
}
