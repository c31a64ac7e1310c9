"""Pictures of one neural layer and its gradients."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from .picture import C, drawn, number

GAP = 0.12                                                             # between the cells, as a part of their size


@drawn
def layer(x, y, dz, dx):
    """The gradient of each weight as a rectangle: its input wide, the push at its output high.

    ``x`` and its gradient ``dx`` of shape (d,), the outputs ``y`` and the pushes behind their ReLU ``dz`` of shape (m,).
    """
    d, m = len(x), len(dz)
    wide, high = max(np.abs(x).max(), 1e-9), max(np.abs(dz).max(), 1e-9)
    left, right = min(0, x.min()) / wide, max(0, x.max()) / wide       # in units of the largest input
    fig, ax = plt.subplots(figsize=(4.6, 1.1 + 1.05 * m))
    span = right - left or 1
    for j in range(d):
        at = j * (1 + GAP) - left / span                               # where this column has its 0
        name = f"$x_{j + 1}$ = {number(round(x[j], 4), 0)}"
        _bar(ax, at, m + 0.16, x[j] / wide / span, 0.22, C.x, x[j])
        ax.annotate(name, (j * (1 + GAP), m + 0.46), color=C.x, va="bottom")
        for i in range(m):
            middle = m - 1 - i + 0.5
            v = dz[i] * x[j]
            ax.plot([at, at], [middle - 0.44, middle + 0.44], color=C.edge, lw=0.8, ls="-", marker="none", zorder=0)
            ax.plot([j * (1 + GAP), j * (1 + GAP) + 1], [middle, middle], color=C.edge, lw=0.8, ls="-", marker="none", zorder=0)
            _bar(ax, at, middle, x[j] / wide / span, 0.44 * dz[i] / high, C.grad, v)
            low = dz[i] > 0
            ax.annotate(number(round(v, 4), 0), (j * (1 + GAP) + 0.98, middle - 0.06 if low else middle + 0.06), color=C.grad, ha="right",
                        va="top" if low else "bottom")
    for i in range(m):
        middle = m - 1 - i + 0.5
        ax.annotate(f"$dz_{i + 1}$ = {number(round(dz[i], 4), 0)}", (d * (1 + GAP), middle), color=C.grad, va="center")
    ax.set(xlim=(-0.05, d * (1 + GAP) + 0.95), ylim=(-0.05, m + 0.85))
    ax.axis("off")
    rows = ", ".join(_row(dz[i] * x) for i in range(m))
    return fig, (f"A layer y = ReLU(Wx + b) with input {_row(x)} and output {_row(y)}. The pushes {_row(dz)} at z give each weight a "
                 f"gradient, push times input, drawn as a rectangle: dW has the rows {rows}. The input feels {_row(dx)}.")


def _bar(ax, x, y, width, height, colour, v):
    look = {"facecolor": C.stage, "hatch": "////"} if v < 0 else {"facecolor": colour}
    ax.add_patch(Rectangle((x, y), width, height, edgecolor=colour, lw=1.2, **look))


def _row(v):
    return f"({', '.join(number(round(a, 4) + 0.0, 0) for a in v)})"
