"""Pictures of what gamma and beta can undo."""
import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, number

CLOSE = 0.005                                                          # right to two decimals, or to that share of a small range
ACROSS = 3                                                             # panels side by side


def allowed(rows):
    """How far off a number may be and still be back, for each feature."""
    ranges = np.ptp(rows, axis=0)
    return CLOSE * np.where(ranges > 0, np.minimum(1, ranges), 1)


@drawn
def comeback(rows, x_hat, gamma, beta):
    """Each feature as a line, gamma its slope and beta its height at 0: it comes back in the rows whose points it meets.

    ``rows`` and ``x_hat`` of shape (rows, d), ``gamma`` and ``beta`` of shape (d,).
    """
    rows, x_hat = np.asarray(rows, float), np.asarray(x_hat, float)     # (rows, d)
    y = gamma * x_hat + beta                                            # (rows, d)
    back, d = np.abs(y - rows) <= allowed(rows), rows.shape[1]
    across = ACROSS if d != 4 else 2
    down = -(-d // across)
    seen = [v for v in (*rows.flat, *y.flat, 0) if np.isfinite(v)]
    reach, low, high = max(1.4, 0.3 + np.nanmax(np.abs(x_hat))), min(seen), max(seen)
    room = 0.2 * (high - low or 1)
    fig, axes = plt.subplots(down, min(across, d), figsize=(4.6, 0.5 + 2.1 * down), sharex=True, sharey=True, squeeze=False)
    for ax in axes.flat[d:]:
        ax.axis("off")
    for i, ax in enumerate(axes.flat[:d]):
        _feature(ax, rows[:, i], x_hat[:, i], y[:, i], back[:, i], gamma[i], beta[i], reach)
        ax.set_title(f"feature {i + 1}", color=C.ink_2)
        ax.set(xlim=(-reach, reach), ylim=(low - room, high + room), xticks=[-1, 0, 1], xticklabels=["−1", "0", "1"])
        ax.yaxis.set_major_locator(plt.MaxNLocator(4, integer=True))
        ax.yaxis.set_major_formatter(lambda v, _: number(v, 0))
    fig.supxlabel(r"across: $\hat{x}$; up: $x$ (a dot, with its row) and $y$ (the line)", color=C.ink_2, fontsize=11.25)
    told = "; ".join(f"feature {i + 1} in {_rows_back(back[:, i])}" for i in range(d))
    lines = ", ".join(f"{number(round(g, 3), 0)} and {number(round(b, 3), 0)}" for g, b in zip(gamma, beta))
    given = " and ".join(f"({', '.join(number(v, 0) for v in x)})" for x in rows)
    return fig, (f"Rows {given}: for each feature a point for each row, x over x̂, and the line y = γx̂ + β with γ and β "
                 f"{lines}. The line meets the points of {told}.")


def _feature(ax, x, x_hat, y, back, gamma, beta, reach):
    ends = np.array([-reach, reach])
    ax.axvline(0, color=C.edge, lw=0.8, zorder=0)
    ax.grid(axis="y")
    ax.plot(ends, gamma * ends + beta, color=C.y, marker="none", ls="-", lw=2)
    for r in np.flatnonzero(np.isfinite(x_hat)):
        if not back[r]:
            ax.plot([x_hat[r]] * 2, [y[r], x[r]], color=C.wrong, ls=(0, (2, 2)), lw=1.6, marker="none")
        ax.plot(x_hat[r], y[r], "s", color=C.y, ms=5)
        ax.plot(x_hat[r], x[r], "o", color=C.x, ms=6.5)
    # A name for each place, over the line on the side from which it rises or under it on the other; rows in one place share it.
    slant = -1 if gamma < 0 else 1
    for at in sorted({(round(h, 2), v) for h, v in zip(x_hat, x) if np.isfinite(h)}):
        here = [r for r in range(len(x)) if (round(x_hat[r], 2), x[r]) == at]
        met, over = all(back[r] for r in here), x[here[0]] >= y[here[0]] or back[here[0]]
        side = -slant if over else slant
        if abs(at[0] + side * 0.45 * reach) > reach:
            over, side = not over, -side
        ax.annotate(", ".join(str(r + 1) for r in here) + (" ✓" if met else ""), at, (6 * side, 4 if over else -4),
                    textcoords="offset points", va="bottom" if over else "top", ha="left" if side > 0 else "right",
                    color=C.right if met else C.x)


def _rows_back(column):
    hit = [str(r + 1) for r in np.flatnonzero(column)]
    return f"row{'s' if len(hit) > 1 else ''} {' and '.join(hit)}" if hit else "no row"
