"""Pictures of what happens to numbers on their way through a network."""
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from ..experiments import middle
from .picture import C, drawn, number, plain_number

DASHES = ((0, (1, 2)), (0, (5, 2)), (0, (8, 2, 2, 2)))


@drawn
def depth(plain, normed):
    """Size of the signal by layer.  Both {what is written at the curve: sizes of shape (seeds, layers + 1)}, or ``ValueError``."""
    if not (plain and normed):
        raise ValueError("plain and normed must each hold sizes, got " + ("no plain" if not plain else "no normed"))
    if len(shapes := {sizes.shape for sizes in (*plain.values(), *normed.values())}) > 1:
        raise ValueError(f"all must have as many seeds and layers, got the shapes {sorted(shapes)}")
    fig, ax = plt.subplots(figsize=(4.6, 3.9))
    for (name, sizes), dashes in zip(plain.items(), cycle(DASHES)):
        _band(ax, sizes, C.ink_3, name, dashes)
    together, ends = np.concatenate(list(normed.values())), [middle(sizes[:, -1]) for sizes in normed.values()]
    layers, seen = together.shape[1] - 1, np.concatenate([*plain.values(), together])
    alike = max(ends) < 1.05 * min(ends)
    for name, sizes in ({f"all {len(normed)}": together} if alike else normed).items():
        _band(ax, sizes, C.ln, "", "-")
        ax.annotate(f"with LayerNorm, {name}", (0.97 * layers, middle(sizes[:, -1])), (0, 5), textcoords="offset points",
                    color=C.ln, ha="right")
    ax.set(yscale="log", ylim=(min(3e-6, seen.min() / 2), max(3e5, 2 * seen.max())), yticks=[1e-4, 1e-2, 1, 1e2, 1e4],
           xlim=(0, layers * 1.25), xticks=range(0, layers + 1, 10))
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticklabels(["0.0001", "0.01", "1", "100", "10,000"])
    ax.grid(axis="y")
    ax.set_xlabel("layer", loc="left")
    ax.set_title("root mean square of what leaves it", color=C.ink_2)
    said = f"all curves stay at {middle(together[:, -1]):.2f}" if alike else _ends(normed)
    return fig, (f"Size of the signal over {layers} layers on a logarithmic axis, bands over {len(together) // len(normed)} seeds. "
                 f"At the end, without LayerNorm: {_ends(plain)}. With LayerNorm {said}.")


def _ends(curves):
    return "; ".join(f"{name.replace(chr(10), ' ')}: {plain_number(middle(sizes[:, -1]), 1)}" for name, sizes in curves.items())


def _band(ax, sizes, colour, name, dashes):
    """Middle (geometric mean) and range over seeds; the name stands at the end of the curve."""
    layers = range(sizes.shape[1])
    ax.fill_between(layers, sizes.min(0), sizes.max(0), color=colour, alpha=0.16, lw=0)
    ax.plot(layers, middle(sizes), color=colour, ls=dashes, marker="none", lw=2.2)
    ax.annotate(name, (layers[-1], middle(sizes[:, -1])), (7, -5), textcoords="offset points", color=colour, va="center")


@drawn
def saturation(inputs):
    """tanh, and how steep it is at each of ``inputs``; ``ValueError`` without any."""
    if not len(inputs) or not np.isfinite(np.asarray(inputs, float)).all():
        raise ValueError(f"inputs must be finite numbers, at least one, got {inputs}")
    fig, ax = plt.subplots(figsize=(4.6, 2.5))
    u = np.linspace(-2.2, 1.12 * max(inputs) + 0.8, 300)
    ax.axhline(0, color=C.edge, lw=0.8)
    ax.plot(u, np.tanh(u), color=C.ink_3, marker="none")
    for v in inputs:
        slope, at = np.cosh(v) ** -2, np.tanh(v)
        reach = 1.1 / np.hypot(1, slope)
        ax.plot([v - reach, v + reach], [at - slope * reach, at + slope * reach], color=C.grad, lw=3, marker="none", ls="-")
        ax.plot(v, at, "o", color=C.x)
        ax.annotate(f"slope {_slope(slope)}", (v, at), (6 if slope > 0.1 else 0, -16), textcoords="offset points", color=C.grad,
                    ha="left" if slope > 0.1 else "center", va="top")
    ax.set(xticks=[0, *inputs], yticks=[-1, 0, 1], ylim=(-1.25, 1.6))
    ax.set_xticklabels([number(v, 0) for v in (0, *inputs)])
    ax.set_yticklabels([number(v, 0) for v in (-1, 0, 1)])
    ax.set_xlabel("what arrives", loc="right")
    ax.set_title("tanh of it", color=C.ink_2)
    said = "; ".join(f"at {number(v, 0)}: {_slope(np.cosh(v) ** -2)}" for v in inputs)
    return fig, f"The curve of tanh with its slope {said}."


def _slope(value):
    return plain_number(value, 2 if value >= 1e-3 else 1)
