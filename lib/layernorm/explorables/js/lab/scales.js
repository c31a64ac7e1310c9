// Logarithmic axes: numbers to pixels, and where to write which power.  Pure.

// A number between 10^low and 10^high to a place between `from` and `to`; what is beyond them stays at the edge.
export function logScale([low, high], [from, to]) {
  return (v) => {
    const power = Math.min(high, Math.max(low, Math.log10(v)));
    return from + ((power - low) / (high - low)) * (to - from);
  };
}

// The powers of ten that are written between two others: every `stride`-th, counted from 0.
export function powers([low, high], stride) {
  const first = Math.ceil(low / stride) * stride;
  return Array.from({ length: Math.floor((high - first) / stride) + 1 }, (_, k) => first + k * stride);
}

export const path = (points) => `M${points.map(([x, y]) => `${+x.toFixed(2)} ${+y.toFixed(2)}`).join("L")}`;
