"""Pictures of a Transformer before and after its first step, by depth."""
import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, plain_number

DASHES = {"xavier": "-", "torch": (0, (5, 2)), "gpt2": (0, (1.5, 1.5))}
ABOVE = {"torch": 4, "gpt2": -4}                                  # two curves that end side by side
STYLE = {"post": (C.ink_2, "s", "Post-LN"), "pre": (C.ln, "o", "Pre-LN")}


@drawn
def stream_growth(streams, names):
    """Mean square of the residual stream behind each block: {first weights: (seeds, blocks + 1)}, each 1 at the start.

    ``names``: what stands at each curve.
    """
    fig, ax = plt.subplots(figsize=(4.6, 3.6))
    ends = []
    for start, sizes in streams.items():
        sizes = np.asarray(sizes)                                 # (seeds, blocks + 1)
        sizes = sizes / np.median(sizes[:, 0])
        blocks = np.arange(sizes.shape[1])
        ax.fill_between(blocks, sizes.min(0), sizes.max(0), color=C.ln, alpha=0.16, lw=0)
        ax.plot(blocks, np.median(sizes, 0), color=C.ln, ls=DASHES[start], marker="none")
        ax.annotate(names[start], (blocks[-1], np.median(sizes[:, -1])), (6, ABOVE.get(start, 0)), textcoords="offset points", color=C.ln,
                    va="center")
        ends.append(f"{names[start]}: {plain_number(np.median(sizes[:, -1]), 3)}")
    ax.set(xlim=(0, blocks[-1] * 1.34), ylim=(0, None), xticks=range(0, len(blocks), 8))
    ax.grid(axis="y")
    ax.set_xlabel("block", loc="left")
    ax.set_title("mean square of the stream, 1 at the start", color=C.ink_2)
    return fig, ("Mean square of the residual stream of Pre-LN by block, in units of what enters the first; "
                 f"behind block {blocks[-1]}: {'; '.join(ends)}.")


@drawn
def adam_step(moved, rate):
    """How far one step of Adam moves the logits: {place: {depth: share of each seed}}, every seed a mark."""
    fig, ax = plt.subplots(figsize=(4.6, 3.2))
    for k, (place, by_depth) in enumerate(moved.items()):
        colour, mark, name = STYLE[place]
        at = np.arange(len(by_depth)) + 0.12 * (2 * k - 1)
        middle = [np.median(one) for one in by_depth.values()]
        ax.plot(at, middle, color=colour, lw=1.2, marker="none", ls="-" if k else (0, (5, 2)))
        for x, one in zip(at, by_depth.values()):
            ax.plot(np.full(len(one), x), one, mark, color=colour, mfc=C.stage if k else colour, ms=4.5, ls="none")
        ax.annotate(name, (at[-1], middle[-1]), (12, 0), textcoords="offset points", color=colour, va="center")
    ax.set(yscale="log", xticks=range(len(by_depth)), xlim=(-0.4, len(by_depth) + 0.1), ylim=(0.02, 2), yticks=[0.03, 0.1, 0.3, 1])
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticklabels(["3 %", "10 %", "30 %", "100 %"])
    ax.set_xticklabels(by_depth)
    ax.grid(axis="y")
    ax.set_xlabel("blocks", loc="left")
    ax.set_title("how far one step moves the logits, in % of their size", color=C.ink_2, x=-0.09)
    words = "; ".join(f"{STYLE[place][2]}: " + ", ".join(
        f"{plain_number(100 * np.median(one), 2)} % at {depth}" for depth, one in by_depth.items()) for place, by_depth in moved.items())
    return fig, f"Change of the logits by the first step of Adam, rate {rate:g}, medians over seeds. {words}."
