"""Pictures of arrays: who shares a mean with whom."""
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from ..functional.arguments import normalized
from .picture import C, drawn

GAP = 0.9


def companions(shape, cell, choices, names):
    """A small array once for each of ``choices`` {title: axes}: ``cell`` and all that share its mean.

    Raises ``ValueError`` for a cell or an axis that an array of this shape does not have.
    """
    index = np.indices(shape)
    if len(cell) != len(shape) or not all(0 <= at < size for at, size in zip(cell, shape)):
        raise ValueError(f"cell must be one of an array of shape {tuple(shape)}, got {tuple(cell)}")
    if len(names) != len(shape):
        raise ValueError(f"names must name each axis of {tuple(shape)}, got {names}")
    members = {}
    for title, axes in choices.items():
        over = normalized(axes, index[0], "an array")
        members[title] = np.all([np.ones(shape, bool), *(index[a] == cell[a] for a in range(len(shape)) if a not in over)], axis=0)
    return sharing(shape, cell, members, names)


@drawn
def sharing(shape, cell, members, names):
    """A small array once for each of ``members`` {title: booleans of that shape}: ``cell`` and those that share its mean.

    The last two axes are the rows and columns of a grid, the axis before them sets grids side by side, one more sets them below
    each other.
    """
    *above, beside, rows, columns = shape if len(shape) > 2 else (1, *shape)
    margin, across = 1.6 if above else 0.1, beside * (columns + GAP) - GAP
    cell_inches = min(4.4 / (margin + across), 0.6)
    down = rows + 0.32 / cell_inches                              # room for the names under the grids
    bands = list(product(*map(range, above)))
    fig, panels = plt.subplots(len(members), 1, squeeze=False,
                               figsize=(4.6, len(members) * (0.4 + cell_inches * len(bands) * down)))
    said = []
    for ax, (title, mine) in zip(panels[:, 0], members.items()):
        for (k, band), g in product(enumerate(bands), range(beside)):
            left, top = g * (columns + GAP), -k * down
            for r, c in product(range(rows), range(columns)):
                here = (*band, g, r, c)[-len(shape):]
                _square(ax, left + c, top - r, mine[here], here == tuple(cell))
            ax.annotate(f"{names[-3]} {g + 1}" if len(shape) > 2 else names[-1] + "s", (left + columns / 2, top - rows), (0, -2),
                        textcoords="offset points", ha="center", va="top", color=C.ink_2, fontsize=11)
            if band and g == 0:
                ax.annotate(f"{names[-4]} {band[0] + 1}", (left, top - rows / 2), (-7, 0), textcoords="offset points", ha="right",
                            va="center", rotation=90, color=C.ink_2, fontsize=11)
        shared = int(mine.sum())
        ax.set(xlim=(-margin, across + 0.1), ylim=(-len(bands) * down, 0.1), aspect="equal")
        ax.axis("off")
        ax.set_title(f"{title}: " + (f"{shared} cells share a mean" if shared > 1 else "1 cell is its own mean"), color=C.ln)
        said.append(f"{title}: " + (f"{shared} cells share its mean" if shared > 1 else "it is its own mean"))
    return fig, f"An array of shape {shape}, axes {', '.join(names)}, with one cell marked. {'; '.join(said)}."


def _square(ax, x, top, mine, chosen):
    ax.add_patch(Rectangle((x + 0.06, top - 0.94), 0.88, 0.88, facecolor=C.ln if mine else C.well, edgecolor=C.ln if mine else C.edge,
                           lw=0.8))
    if chosen:
        ax.add_patch(Rectangle((x + 0.25, top - 0.75), 0.5, 0.5, facecolor=C.stage, edgecolor=C.ln, lw=1.2))
