"""Pictures of single vectors."""
import matplotlib.pyplot as plt
import numpy as np

from ..functional import layer_norm
from .picture import C, drawn, number

GAP = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.8}         # a line that crosses a number leaves it room


@drawn
def stages(x, x_hat, y):
    """One vector as input, normalized, and output: a body is an entry, its cap the quantity that it is now."""
    rows = [("$x$", "the input", x, C.x, 0), (r"$\hat{x}$", "level and\nsize taken\naway", x_hat, C.xhat, 2),
            ("$y$", "scaled and\nshifted", y, C.y, 2)]
    low, high = min(map(np.min, (x, x_hat, y))), max(map(np.max, (x, x_hat, y)))
    room, d = 0.34 * (high - low), len(x)
    fig, axes = plt.subplots(3, 1, sharex=True, sharey=True, figsize=(4.6, 4.2))
    for ax, (name, what, values, colour, places) in zip(axes, rows):
        ax.axhline(0, color=C.edge, lw=0.8, zorder=1)
        ax.bar(range(d), values, width=0.62, color=C.entry_soft, zorder=2)
        ax.hlines(values, np.arange(d) - 0.31, np.arange(d) + 0.31, color=colour, lw=3.2, zorder=3)
        for i, v in enumerate(values):
            up = v >= 0
            ax.annotate(number(v, places), (i, v), (0, 4 if up else -4), textcoords="offset points", ha="center",
                        va="bottom" if up else "top", color=colour, zorder=5, bbox=GAP if ax is axes[0] else None)
        ax.annotate(name, (0, 0.98), (-84, 0), xycoords="axes fraction", textcoords="offset points", color=colour, fontsize=17,
                    va="top")
        ax.annotate(what, (0, 0.98), (-84, -24), xycoords="axes fraction", textcoords="offset points", color=C.ink_2, va="top",
                    fontsize=11)
        ax.set(xticks=range(d), xticklabels=range(1, d + 1), ylim=(low - room, high + room), xlim=(-0.55, d - 0.45))
        ax.yaxis.set_major_locator(plt.MaxNLocator(3))
        ax.yaxis.set_major_formatter(lambda v, _: number(v, 0))
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(length=0)
        ax.grid(axis="y")
    axes[0].axhline(np.mean(x), color=C.stat, lw=1.4, ls=(0, (5, 3)), zorder=4)
    if np.isfinite(x_hat).all():
        axes[1].axhspan(-np.std(x_hat), np.std(x_hat), facecolor=C.stat, alpha=0.12, zorder=0)
    words = [", ".join(number(v, places) for v in values) for _, _, values, _, places in rows]
    return fig, (f"Bar charts of the same {d} entries. Input {words[0]}, mean {number(np.mean(x), 0)}; "
                 f"normalized {words[1]}; output {words[2]}.")


@drawn
def circle(side, around):
    """Where three features can land: ``side`` vectors share a direction, ``around`` vectors do not.  Both {name: x}.

    Above, the half-plane that the ones axis and the vectors of ``side`` span: distance from the axis against height along it.
    Below, the plane at right angles to the ones axis.
    Raises ``ValueError`` if LayerNorm does not take all of them to the distance √3, and those of ``side`` to one point.
    """
    if not (side and around):
        raise ValueError(f"side and around must each hold a vector, got {side} and {around}")
    ends = [{name: layer_norm(np.asarray(x, float)) for name, x in vectors.items()} for vectors in (side, around)]          # (3,) each
    apart = np.ptp([*ends[0].values()], axis=0).max()
    for what, where, found, off in ("side", "one point at the distance √3", ends[0], apart), ("around", "the distance √3", ends[1], 0):
        if off > 0.01 or any(abs(np.linalg.norm(end) - RADIUS) > 0.01 for end in found.values()):
            raise ValueError(f"{what} must hold vectors that LayerNorm takes to {where}, got "
                             + ", ".join(f"{name}: {_tuple(end)}" for name, end in found.items()))
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(4.6, 8.6), height_ratios=(1.2, 1))
    _seen_from_the_side(upper, side)
    _seen_along_the_axis(lower, around)
    names = ", ".join(f"{name} = {_tuple(x)}" for name, x in (side | around).items())
    return fig, (f"Two views of vectors with three features: {names}. Seen from the side, each slides along the ones axis down to "
                 "height 0 and then to distance √3 from the axis, so that all end in one point. Seen along the axis, each moves "
                 "straight out or in to a circle of radius √3.")


RADIUS = 3 ** 0.5


def _seen_from_the_side(ax, vectors):
    heights, distances = zip(*((np.sum(x) / RADIUS, np.linalg.norm(x - np.mean(x))) for x in vectors.values()))
    for (name, x), height, away in zip(vectors.items(), heights, distances):
        ax.plot([away, away], [0, height], color=C.stat, ls=(0, (4, 3)), lw=1.2, marker="none", zorder=1)
        ax.plot(away, height, "o", color=C.x)
        ax.annotate(f"{name} = {_tuple(x)}", (away, height), (9, 6), textcoords="offset points", va="center", color=C.x, bbox=GAP)
        ax.annotate("", (RADIUS + 0.14 * np.sign(away - RADIUS), 0), (away, 0), arrowprops={"arrowstyle": "->", "color": C.stat})
    ax.axvline(0, color=C.ink_3, lw=1.4)
    ax.axhline(0, color=C.edge, lw=1)
    ax.plot(RADIUS, 0, "D", color=C.xhat, mfc=C.stage, mew=2, ms=8, zorder=5)
    ax.annotate(r"$\hat{x}$ of all of them", (RADIUS, 0), (-8, -19), textcoords="offset points", color=C.xhat, ha="left", va="center")
    ax.annotate("the ones axis", (0, 0.97), (6, 0), xycoords=("data", "axes fraction"), textcoords="offset points", color=C.ink_2,
                va="top")
    ax.set(xlim=(-0.3, max(8.3, 1.8 * max(distances))), ylim=(min(-1.3, 1.2 * min(heights)), max(7.9, 1.1 * max(heights))),
           xticks=[0, RADIUS], xticklabels=["0", "√3"], yticks=[0], aspect="equal")
    ax.set_xlabel("distance from the axis", loc="right")
    ax.set_title("from the side: height is √3 times the level", color=C.ink_2)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)


# The three features seen along the ones axis: 120 degrees apart.
ACROSS = np.array([[0, 1], [-RADIUS / 2, -0.5], [RADIUS / 2, -0.5]]) * (2 / 3) ** 0.5      # (3, 2)


def _seen_along_the_axis(ax, vectors):
    turn, wide = np.linspace(0, 2 * np.pi, 121), 1.0
    for x in vectors.values():
        wide = max(wide, np.linalg.norm(x @ ACROSS) / 3.1, -(x @ ACROSS)[1] / 2.3)
    ax.plot(RADIUS * np.cos(turn), RADIUS * np.sin(turn), color=C.xhat, lw=1.6, marker="none")
    for i, tip in enumerate(3.1 * wide * ACROSS):
        ax.plot(*np.array([[0, 0], tip]).T, color=C.hair, lw=1.2, ls="-", marker="none", zorder=0)
        ax.annotate(f"feature {i + 1}", tip * 1.06, color=C.ink_3, ha="center", va="bottom" if i == 0 else "top", fontsize=11)
    ax.plot(0, 0, "+", color=C.ink_3, ms=10)
    for name, x in vectors.items():
        here, there = x @ ACROSS, layer_norm(np.asarray(x, float)) @ ACROSS
        ax.annotate("", there - 0.13 * _unit(there - here), here, arrowprops={"arrowstyle": "->", "color": C.stat})
        ax.plot(*here, "o", color=C.x)
        ax.plot(*there, "D", color=C.xhat, mfc=C.stage, mew=2, ms=8, zorder=5)
        ax.annotate(name, here, 13 * _unit(here - there), textcoords="offset points", color=C.x, ha="center", va="center")
    ax.annotate("; ".join(f"{name} = {_tuple(x)}" for name, x in vectors.items()), (0.5, 0), xycoords="axes fraction", color=C.x,
                ha="center", va="top")
    ax.set(xlim=(-3.4 * wide, 3.4 * wide), ylim=(-2.5 * wide, 3.3 * wide), aspect="equal")
    ax.set_title("along the axis: distance from it is √3 times the size", color=C.ink_2)
    ax.axis("off")


def _unit(v):
    return v / (np.linalg.norm(v) or 1)


def _tuple(x):
    return f"({', '.join(number(v, 0) for v in x)})"
