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

// In the middle of all seeds; one that has not solved it, or has no number, counts as beyond all others.  Infinity if that is the middle.
export const when = (result) => middle(fates(result).map((one, k) => (one === "solved" ? result.solved[k] : Infinity)));
export const loss = ({ final }) => middle(final.map((one) => one ?? Infinity));

// "3 of 4 seeds solve it and keep it; 1 more solves it and loses it again (final loss above 1)"
export function told(result, within = "") {
  const kept = count(result), lost = count(result, "lost"), gone = count(result, "none"), s = (n) => (n > 1 ? "" : "s");
  const parts = [`${kept ? `${share(result)} seeds solve${s(kept)}` : `none of ${result.final.length} seeds solves`} it${within} and keep${s(kept)} it`];
  if (lost) parts.push(`${lost}${kept ? " more" : ""} solve${s(lost)} it and lose${s(lost)} it again (final loss above ${AGAIN})`);
  if (gone) parts.push(`${gone} end${s(gone)} without a number`);
  return parts.join("; ");
}

// In full, without a power of ten; a cell has room for one digit of what is small.
export const brief = (v, digits = 2) => String(+v.toPrecision(digits));
