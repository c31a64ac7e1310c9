"""Pictures of a batch whose company changes."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Polygon, Rectangle

from ..functional import batch_norm, layer_norm
from .picture import C, drawn, number

WIDE, LINE, NAMES = 4.6, 0.34, 1.95                                # inches
MANY = 21                                                          # letters of a line's name


@drawn
def company(before, after, mode, *, running, eps=1e-5):
    """Row 1 in two companies: its outputs by BatchNorm in training or eval ``mode`` and by LayerNorm; what changed is outlined.

    ``before`` and ``after`` of shape (rows, d) with the same first row; ``running``: mean and variance, each of shape (d,).
    """
    before, after = np.asarray(before, float), np.asarray(after, float)           # (rows, d)
    d, name = before.shape[1], "BatchNorm in training" if mode == "train" else "BatchNorm in eval mode"
    methods = [(name, C.bn, lambda x: _batch(x, mode, running, eps)), ("LayerNorm", C.ln, lambda x: _layer(x, eps))]
    cell, down = min(0.82, (WIDE - NAMES) / d), 0.74 + 2 * (2 * LINE + 0.42)
    left = WIDE - d * cell
    fig = plt.figure(figsize=(WIDE, down), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDE), ylim=(down, 0))
    ax.axis("off")
    ax.text(0.02, 0.2, "your input, row 1", va="center", color=C.x, fontweight="bold")
    for j, v in enumerate(before[0]):
        _cell(ax, left + j * cell, cell, 0.2, number(round(v, 3), 0), C.x)
    ax.text(WIDE, 0.2 + LINE * 0.95, "the same both times", va="center", ha="right", color=C.ink_2)
    beside = [_beside(before), _beside(after)]
    if beside[0] == beside[1]:
        beside = [f"{when}, {words}" for when, words in zip(("first", "then"), beside)]
    top, said = 0.95, []
    for title, colour, output in methods:
        was, now = output(before), output(after)                                 # (d,) or None
        changed = None if was is None or now is None else [_plain(a) != _plain(b) for a, b in zip(was, now)]
        told = "an error: one row alone" if changed is None else f"{sum(changed)} of {d} changed"
        ax.text(0.02, top, title, va="center", color=colour, fontweight="bold")
        ax.text(WIDE, top, told, va="center", ha="right", color=colour)
        for words, y, marks in zip(beside, (was, now), (None, changed)):
            top += LINE
            ax.text(0.12, top, words, va="center", color=C.ink_2)
            for j in range(d):
                _cell(ax, left + j * cell, cell, top, "–" if y is None else _plain(y[j]), C.y, colour if marks and marks[j] else None)
        top += 0.42
        values = [f"({', '.join(map(_plain, y))})" if y is not None else "no output" for y in (was, now)]
        said.append(f"{title}: {values[0]}, then {values[1]}; {told}")
    you = f"({', '.join(number(round(v, 3), 0) for v in before[0])})"
    return fig, f"Row 1 is {you}, first {_beside(before)}, then {_beside(after)}. Its outputs by {'; by '.join(said)}."


def _batch(x, mode, running, eps):
    if mode == "train" and len(x) < 2:
        return None
    with np.errstate(all="ignore"):
        return batch_norm(x, None, None, *running, training=mode == "train", eps=eps)[0][0]      # (d,)


def _layer(x, eps):
    with np.errstate(all="ignore"):
        return layer_norm(x[0], eps=eps)                                         # (d,)


def _plain(v):
    return number(v + 0.0, 2) if abs(v) < 99.995 else f"{v:.3g}".replace("-", "\u2212") if np.isfinite(v) else number(v, 0)


def _beside(rows):
    if len(rows) == 1:
        return "alone"
    words = f"beside ({', '.join(number(round(v, 3), 0) for v in rows[1])})"
    if len(rows) == 2 and len(words) <= MANY:
        return words
    return f"beside {len(rows) - 1} others" if len(rows) > 2 else "beside one other"


def _cell(ax, left, wide, middle, text, colour, outline=None):
    ax.add_patch(Rectangle((left + 0.03, middle - 0.14), wide - 0.06, 0.28, facecolor=C.well, edgecolor=outline or C.hair,
                           lw=2 if outline else 0.8))
    ax.text(left + wide / 2, middle, text, va="center", ha="center", color=colour, fontsize=11)
    if outline:                                                   # a corner: the outline is not told by its colour alone
        right, up = left + wide - 0.03, middle - 0.14
        ax.add_patch(Polygon([(right - 0.1, up), (right, up), (right, up + 0.1)], facecolor=outline, edgecolor="none"))
