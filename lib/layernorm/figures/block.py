"""The picture of a Transformer block whose tokens change."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from .picture import C, drawn, number

WIDE, LABEL, GAP, FAN, ROW, HEAD, FOOT = 4.6, 0.2, 0.07, 0.2, 0.4, 0.62, 0.3             # inches
LEAST, FULL, SEEN = 2.4, 0.92, 0.0005                              # so large a number at least fills so much of half a strip
NAMES = {"x": "x", "attention": "attention", "mlp": "MLP"}
NORM = ("attention_norm", "mlp_norm")


@drawn
def block(before, after, *, causal=False):
    """All stages of a block as rows of bars, a row a token; a row that changed is outlined and keeps a line where it was.

    ``before`` and ``after``: arrays of shape (T, d) by name, in the order of computation; ``causal``: of the words.
    """
    stages, last = list(before), list(before)[-1]
    T = len(before["x"])
    changed = {name: [t for t in range(T) if np.abs(after[name][t] - before[name][t]).max() >= SEEN] for name in stages}
    mixes = stages.index("attention")
    wide = (WIDE - LABEL - FAN - GAP * len(stages) - 0.02) / len(stages)
    left = [LABEL + k * (wide + GAP) + (FAN if k >= mixes else 0) for k in range(len(stages))]
    down = HEAD + T * ROW + FOOT
    scale = max(LEAST, *(np.abs(of[name]).max() for of in (before, after) for name in stages))
    fig = plt.figure(figsize=(WIDE, down), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDE), ylim=(down, 0))
    ax.axis("off")
    middle = [x + wide / 2 for x in left]
    _stream(ax, stages, middle)
    for k, name in enumerate(stages):
        _name(ax, middle[k], name, name == last)
        colour = C.y if name == last else C.xhat if name in NORM else C.ink if name in ("attention", "mlp") else C.x
        for t in range(T):
            rows = before[name][t] / scale, after[name][t] / scale
            _strip(ax, left[k], HEAD + t * ROW, wide, *rows, colour if t in changed[name] else None)
        ax.text(middle[k], HEAD + T * ROW + 0.16, _ranged(changed[name]), ha="center", va="center", fontweight="bold")
    for t in range(T):
        ax.text(0.02, HEAD + (t + 0.5) * ROW, str(t + 1), va="center", color=C.ink_2)
    ax.text(0.02, HEAD + T * ROW + 0.16, "≠", va="center", color=C.ink_2)
    for a in changed["x"]:
        for b in set(changed["attention"]) - set(changed["x"]):
            s = np.linspace(0, 1, 21)
            across, down = left[mixes - 1] + wide + 0.02 + s * (FAN + GAP - 0.04), a + 0.5 + (b - a) * s * s * (3 - 2 * s)
            _line(ax, across, HEAD + down * ROW, C.ink, 1.2)
    return fig, _words(stages, before, after, changed, causal)


def _stream(ax, stages, middle):
    """The boxes in a row, and over them the way past them."""
    sums = [k for k, name in enumerate(stages) if name.endswith("_sum")]
    second = stages.index("mlp") - (2 if stages[stages.index("mlp") - 1] == "mlp_norm" else 1)
    _line(ax, [middle[0], middle[-1]], [0.42] * 2, C.edge, 1)
    for start, end in ((0, sums[0]), (second, sums[1])):
        _line(ax, [middle[start], middle[start], middle[end]], [0.28, 0.1, 0.1], C.x, 1.4)
        ax.add_patch(FancyArrowPatch((middle[end], 0.1), (middle[end], 0.3), arrowstyle="-|>", mutation_scale=8, shrinkA=0, shrinkB=0,
                                     color=C.x, lw=1.4))


def _name(ax, middle, name, last):
    plain = NAMES.get(name, "LN" if name in NORM else "+")
    colour = C.ln if name in NORM else C.ink if name in ("attention", "mlp") else C.x
    bold, box = {"fontweight": "bold"} if plain != "x" else {}, colour if plain in ("LN", "attention", "MLP") else "none"
    ax.text(middle, 0.42, "$x$" if plain == "x" else plain, ha="center", va="center", color=colour, zorder=2, **bold,
            bbox={"facecolor": C.stage, "edgecolor": box, "boxstyle": "round,pad=0.12", "lw": 1})
    if last:
        ax.text(WIDE - 0.01, 0.42, "$y$", ha="right", va="center", color=C.y)


def _strip(ax, left, top, wide, was, now, colour):
    ax.add_patch(Rectangle((left, top + 0.03), wide, ROW - 0.06, facecolor=C.well, edgecolor=colour or "none",
                           lw=1.8 if colour else 0, zorder=0.5))
    zero, half, cell = top + ROW / 2, FULL * (ROW - 0.06) / 2, wide / len(now)
    _line(ax, [left, left + wide], [zero, zero], C.edge, 0.5)
    for j, (old, v) in enumerate(zip(was, now)):
        at = left + j * cell
        ax.add_patch(Rectangle((at + 0.17 * cell, zero), 0.66 * cell, -v * half, facecolor=colour or C.entry, edgecolor="none"))
        if colour:
            _line(ax, [at + 0.05 * cell, at + 0.95 * cell], [zero - old * half] * 2, C.ink_2, 1.2, ":", 2)


def _line(ax, x, y, colour, width, style="-", over=0.9):
    ax.plot(x, y, color=colour, lw=width, ls=style, marker="", zorder=over)


def _ranged(tokens):
    if not tokens:
        return "–"
    runs = [[tokens[0], tokens[0]]]
    for t in tokens[1:]:
        runs[-1:] = [[runs[-1][0], t]] if t == runs[-1][1] + 1 else [runs[-1], [t, t]]
    return " ".join(f"{a + 1}" if a == b else f"{a + 1}–{b + 1}" for a, b in runs)


def _words(stages, before, after, changed, causal):
    kind = {"x": "x", "attention_norm": "LN", "mlp_norm": "LN", "attention": "attention", "mlp": "MLP"}
    place = {"attention_norm": "Pre-LN", "attention": "Post-LN" if "mlp_norm" in stages else "Transformer"}[stages[1]]
    tokens = "; ".join(f"token {t + 1} from {_row(before['x'][t])} to {_row(after['x'][t])}" for t in changed["x"])
    rows = ", ".join(f"{kind.get(name, '+')} {_ranged(changed[name]).replace('–', ' to ') if changed[name] else 'none'}" for name in stages)
    mask = ", with a causal mask" if causal else ""
    said = f"What changes: {tokens}. Rows that change, stage by stage: {rows}." if tokens else "Nothing changes."
    T, d = np.shape(before["x"])
    first, y = next((t for t in range(T) if t not in changed["x"]), 0), stages[-1]
    return (f"A {place} block of {T} tokens and {d} features{mask}. {said} "
            f"The output of token {first + 1}: {_row(before[y][first])}, then {_row(after[y][first])}.")


def _row(v):
    return f"({', '.join(number(round(a, 3) + 0.0, 0) for a in v)})"
