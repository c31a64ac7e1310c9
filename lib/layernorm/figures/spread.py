"""The picture of a variance: the square of each distance from the mean, and the mean of these squares."""
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation

from .picture import C, drawn, plain_number

SMALL = 11


@drawn
def spread(x):
    """``x`` as points on a line, the square of each one's distance from the mean, and beside them the mean square; shape (d,)."""
    mu, away, sigma, wide = x.mean(), x - x.mean(), x.std(), x.std(ddof=1)
    unit = np.ptp(x) or 1.0
    beside = x.max() + 0.25 * unit                                 # where the mean square stands
    fig, ax = plt.subplots(figsize=(4.6, 2.9))
    ax.plot([x.min() - 0.1 * unit, x.max() + 0.1 * unit], [0, 0], color=C.ink_2, lw=2, ls="-", marker="none", zorder=1)
    for a in away:
        ax.add_patch(Rectangle((min(mu, mu + a), 0), abs(a), abs(a), facecolor=C.x, alpha=0.1, zorder=0))
        ax.add_patch(Rectangle((min(mu, mu + a), 0), abs(a), abs(a), facecolor="none", edgecolor=C.x, lw=1.2, zorder=2))
    for side, style in ((wide, (0, (4, 3))), (sigma, "-")):
        ax.add_patch(Rectangle((beside, 0), side, side, facecolor="none", edgecolor=C.stat, lw=1.6, ls=style))
    ax.add_patch(Rectangle((beside, 0), sigma, sigma, facecolor=C.stat, alpha=0.12))
    floors = [int((x[:i] == v).sum()) for i, v in enumerate(x)]
    for v, floor in zip(x, floors):
        ax.plot(v, 0.07 * unit * floor, "o", color=C.x, ms=8, zorder=4)
    ax.plot(mu, 0, "^", color=C.stat, ms=9, zorder=3, transform=_lowered(fig, ax))
    below = {"textcoords": "offset points", "va": "top", "fontsize": SMALL}
    ax.annotate(f"μ = {_n(mu)}", (mu, 0), (0, -16), color=C.stat, ha="center", **below)
    ax.annotate(f"σ = {_n(sigma)}", (beside, 0), (0, -16), color=C.stat, ha="left", **below)
    ax.annotate(f"÷ {len(x)}: {_n(sigma**2)}", (beside, wide), (0, 17), color=C.stat, fontsize=SMALL, textcoords="offset points")
    ax.annotate(f"÷ {len(x) - 1}: {_n(wide**2)}", (beside, wide), (0, 4), color=C.stat, fontsize=SMALL, textcoords="offset points")
    top = max(np.abs(away).max(), wide, 0.3 * unit)
    ax.set(xlim=(x.min() - 0.15 * unit, beside + max(wide, 0.45 * unit) + 0.03 * unit), ylim=(-0.3 * unit, 1.25 * top), aspect="equal")
    ax.axis("off")
    return fig, (f"The numbers {', '.join(map(_n, x))} on a line, with the square of each distance from their mean, {_n(mu)}. "
                 f"The squares sum to {_n((away**2).sum())}: divided by {len(x) - 1} that is {_n(wide**2)}, by {len(x)} {_n(sigma**2)}, "
                 f"whose root σ is {_n(sigma)}.")


def _lowered(fig, ax):
    return ax.transData + ScaledTranslation(0, -7 / 72, fig.dpi_scale_trans)


def _n(v):
    return plain_number(v, 4)
