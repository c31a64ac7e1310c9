// What is stored at a batch size, a learning rate and a budget; the rate may be "best".  Pure.
export const METHODS = { BN: "BatchNorm", LN: "LayerNorm", none: "no norm" };
export const LOST = 80;                                       // % of errors, from which on next to nothing was learned
export const POOR = 70;                                       // % of errors: too near to LOST to be called better

export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b), half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

// {method: { rate, errors }}: at one rate for all, or each method at the rate that was best on the digits held back.
export function errorsAt({ facts, row }, point) {
  const own = facts.best.find(({ batch, budget }) => batch === point.batch && budget === point.budget).rates;
  return Object.fromEntries(Object.keys(METHODS).map((method) => {
    const rate = point.rate === "best" ? own[method] : point.rate;
    return [method, { rate, errors: row({ ...point, rate })[method] }];
  }));
}

// The points of the picture, from left to right: all stored values of what it is drawn over.
export const along = ({ facts, choice }) => facts[choice.over].map((value) => ({ ...choice, [choice.over]: value }));

// Is a point, or for "best" the point of this method, where the controls stand?
export function chosen({ facts, row, choice }, point, method) {
  const { over } = choice;
  if (over === "rate" && choice.rate === "best") return errorsAt({ facts, row }, choice)[method].rate === point.rate;
  return point[over] === choice[over];
}
