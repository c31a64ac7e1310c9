// What things are called.  Pure.

const KINDS = { compute: "By hand", shapes: "Count", choose: "All that hold", predict: "Predict", bug: "Find the bug", order: "Put in order", explain: "Explain", code: "In code" };
export const named = (kind) => KINDS[kind];

const STAGES = { new: "", tried: "begun", passed: "✓ passed", kept: "✓✓ kept" };
export const staged = (stage) => STAGES[stage];

// When something returns that is so many days off.
export function when(days) {
  return days <= 0 ? "now" : days === 1 ? "tomorrow" : `in ${days} days`;
}
