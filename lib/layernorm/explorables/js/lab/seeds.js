// What became of each seed of a run that was to learn a task, and how to say it.  Pure.
export const STEPS = 600;                                     // at most
export const SOLVED = 0.1;                                    // nats
export const CHANCE = Math.log(8);
const AGAIN = 1;                                              // nats: a run that ends above them has lost what it had

export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b), half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

// "solved", "lost" (it was solved once), "never", or "none": its loss was no number.
export function fate(solved, final) {
  if (final === null) return "none";
  if (solved === null) return "never";
  return final > AGAIN ? "lost" : "solved";
}
export const fates = ({ solved, final }) => final.map((loss, k) => fate(solved[k], loss));
export const count = (result, what = "solved") => fates(result).filter((one) => one === what).length;
export const share = (result) => `${count(result)} of ${result.final.length}`;

// Of the seeds that hold what they have solved, the step in the middle; of all whose loss is a number, the final loss.
export const when = (result) => middle(result.solved.filter((_, k) => fates(result)[k] === "solved"));
export const loss = ({ final }) => middle(final.filter((one) => one !== null));

// In full, without a power of ten; a cell has room for one digit of what is small.
export const brief = (v, digits = 2) => String(+v.toPrecision(digits));
