"""Pictures of three features as a space: the ones axis upright, the plane across it."""
import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, number

RADIUS = 3 ** 0.5
ACROSS, UP, ALONG = np.array([0, -1, 1]) / 2 ** 0.5, np.array([2, -1, -1]) / 6 ** 0.5, np.ones(3) / RADIUS
PULL = 1.5                                                         # gradients are drawn this much longer
GAP = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.6}


@drawn
def space(x, x_hat, mode="forward", *, g=None, dx=None, turn=-40, tilt=24):
    """``x`` on its way to ``x_hat``; in mode "backward" the gradient ``g`` at x_hat and what ``dx`` is left of it at x.

    Seen from where ``turn`` and ``tilt`` (degrees) say: 0 from the side, 90 along the ones axis.
    """
    see = _camera(np.radians(turn), np.radians(tilt))
    fig, ax = plt.subplots(figsize=(4.6, 4.3))
    _surroundings(ax, see, mode)
    defined = np.isfinite(x_hat).all()
    centred = x if mode == "rms" else x - x.mean()
    if mode == "forward":
        ax.plot(*see([x, centred]), color=C.stat, ls=(0, (4, 3)), lw=1.4, marker="none")
        ax.plot(*see(centred), "o", color=C.stat, mfc=C.stage, ms=6)
        _name(ax, see(centred), "x − μ", C.stat, (0, -15))
    if defined and mode != "backward":
        _arrow(ax, see(centred), see(x_hat), C.stat)
    if defined:
        ax.plot(*see(x_hat), "D", color=C.xhat, mfc=C.stage, mew=2, ms=8, zorder=5)
        _name(ax, see(x_hat), r"$\hat{x}$", C.xhat, (-13, 9))
    ax.plot(*see(x), "o", color=C.x, ms=9, zorder=5)
    _name(ax, see(x), "$x$", C.x, (0, 15))
    if mode == "backward" and defined:
        _arrow(ax, see(x_hat), see(x_hat + PULL * g), C.grad)
        _name(ax, see(x_hat + PULL * g), "$g$", C.grad, (10, 6))
        if np.linalg.norm(dx) > 1e-9:
            _arrow(ax, see(x), see(x + PULL * dx), C.grad)
    ax.set(xlim=(-3.7, 3.7), ylim=(-2.9, max(4.2, see(x)[1] + 0.5)), aspect="equal")
    ax.axis("off")
    return fig, _words(x, x_hat if defined else None, mode, g, dx)


def _camera(turn, tilt):
    right = np.cos(turn) * ACROSS - np.sin(turn) * UP
    top = np.cos(tilt) * ALONG + np.sin(tilt) * (np.sin(turn) * ACROSS + np.cos(turn) * UP)
    return lambda v: np.array([np.dot(v, right), np.dot(v, top)])


def _surroundings(ax, see, mode):
    angles = np.linspace(0, 2 * np.pi, 121)[:, None]
    circle = RADIUS * (np.cos(angles) * ACROSS + np.sin(angles) * UP)
    plain = {"marker": "none", "zorder": 1}
    ax.plot(RADIUS * np.cos(angles), RADIUS * np.sin(angles), color=C.xhat if mode == "rms" else C.edge, lw=1.2,
            ls="-" if mode == "rms" else (0, (1, 3)), **plain)
    if mode != "rms":
        corners = 2.2 * 2 ** 0.5 * np.array([ACROSS, UP, -ACROSS, -UP])
        ax.fill(*see(corners), facecolor=C.stat, alpha=0.1, zorder=0)
    for i in range(3):
        spoke = np.array([np.zeros(3), 2.5 * np.eye(3)[i]])
        ax.plot(*see(spoke), color=C.hair, lw=1.2, ls="-", **plain)
        ax.annotate(f"$x_{i + 1}$", see(1.1 * spoke[1]), color=C.ink_3, ha="center", va="center")
    ax.plot(*see(np.outer([-2, 3.5], ALONG)), color=C.ink_3, lw=1.4, ls="-", **plain)
    ax.annotate("ones axis", see(3.75 * ALONG), color=C.ink_2, ha="center", va="center")
    ax.plot(*see(circle), color=C.xhat, lw=2, ls="-" if mode != "rms" else (0, (4, 3)), **plain)


def _arrow(ax, start, end, colour):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.8, "shrinkA": 0, "shrinkB": 0})


def _name(ax, at, text, colour, offset):
    ax.annotate(text, at, offset, textcoords="offset points", color=colour, ha="center", va="center", zorder=6, bbox=GAP)


def _words(x, x_hat, mode, g, dx):
    name = "RMSNorm" if mode == "rms" else "LayerNorm"
    where = "the sphere" if mode == "rms" else "the circle"
    end = "has no normalized form" if x_hat is None else f"goes to {_tuple(x_hat)}"
    said = f"Three features as a space, with {where} of radius √3 on which {name} puts points: {_tuple(x)} {end}"
    if mode == "backward" and x_hat is not None:
        said += f". A gradient {_tuple(g)} at the outputs reaches x as {_tuple(dx)}"
    return said + "."


def _tuple(v):
    return f"({', '.join(number(0.0 if abs(a) < 5e-4 else round(float(a), 3), 0) for a in v)})"
