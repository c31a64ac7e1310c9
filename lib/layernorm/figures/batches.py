"""Pictures of what depends on the batch: BatchNorm beside LayerNorm and beside no norm."""
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, number, plain_number

# A method is a colour, a mark and a dash, so that no picture needs the colour.
STYLE = {"BN": (C.bn, "s", "-"), "noisy BN": (C.wrong, "x", (0, (2, 1.5))), "LN": (C.ln, "o", "-"), "none": (C.ink_3, "^", (0, (5, 2)))}
NAMES = {"none": "no norm", "BN": "BatchNorm", "LN": "LayerNorm"}
FLOOR, GUESSED = 0.5, 90                                          # % of errors: where a logarithmic axis ends, and guessing
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLATE = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.0}


@drawn
def who_wins(errors, said):
    """Error by size of the batch: {batch: {method: error in % of each seed}}; ``said`` tells at which rate and budget.

    Every seed is a mark, a median a bar.
    """
    fig, ax = plt.subplots(figsize=(4.6, 3.6))
    methods = list(next(iter(errors.values())))
    for k, method in enumerate(methods):
        colour, mark, dashes = STYLE[method]
        at = np.arange(len(errors)) + 0.26 * (k - 1)
        middle = [np.median(one[method]) for one in errors.values()]
        ax.plot(at, np.maximum(middle, FLOOR), color=colour, ls=dashes, lw=1.1, marker="none", zorder=1)
        for x, one, level in zip(at, errors.values(), middle):
            _seeds(ax, x, one[method], colour, mark)
            ax.plot([x - 0.11, x + 0.11], [max(level, FLOOR)] * 2, color=colour, lw=3, marker="none", ls="-", zorder=4)
    _error_axis(ax)
    ax.set(xlim=(-0.5, len(errors) + 0.75), xticks=range(len(errors)))
    _apart(ax, {NAMES[method]: (max(np.median(errors[max(errors)][method]), FLOOR), STYLE[method][0]) for method in methods},
           len(errors) - 0.4)
    ax.set_xticklabels(errors)
    ax.set_xlabel("examples in a batch", loc="left")
    ax.set_title(f"error in %, {said}", color=C.ink_2)
    words = "; ".join(f"batch {batch}: " + ", ".join(f"{NAMES[m]} {plain_number(np.median(v), 2)}" for m, v in one.items())
                      for batch, one in errors.items())
    return fig, f"Error on digits by size of the batch, {said}, every seed a mark. Medians in %: {words}."


@drawn
def noisy_batch_norm(results):
    """{rate: a result of ``experiments.noisy_batch_norm``}: above how far the inputs of layers move, below the error."""
    fig, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(4.6, 5.6))
    methods = list(next(iter(results.values())))
    for k, method in enumerate(methods):
        colour, mark, dashes = STYLE[method]
        for ax, what, low in ((upper, "shift", 0), (lower, "test", FLOOR)):
            middle = [_median(one[method][what]) for one in results.values()]
            at = np.arange(len(results)) + 0.2 * (k - 1.5)
            known = [i for i, value in enumerate(middle) if value is not None]
            ax.plot(at[known], [max(middle[i], low) for i in known], color=colour, ls=dashes, lw=1.6, marker="none")
            for x, one in zip(at, results.values()):
                _seeds(ax, x, [v for v in one[method][what] if v is not None], colour, mark, low, wide=0.07)
    upper.set(yscale="log", ylim=(3e-4, 6), yticks=[0.001, 0.01, 0.1, 1])
    upper.yaxis.set_minor_locator(plt.NullLocator())
    upper.set_yticklabels(["0.001", "0.01", "0.1", "1"])
    upper.grid(axis="y")
    upper.set_title("how far a layer's inputs move in five steps, in σ", color=C.ink_2)
    _error_axis(lower)
    lower.set_title("error in %", color=C.ink_2)
    lower.set(xticks=range(len(results)), xlim=(-0.5, len(results) + 1.05))
    lower.set_xticklabels(plain_number(rate, 3) for rate in results)
    lower.set_xlabel("learning rate", loc="left")
    for ax, what, low in ((upper, "shift", 0), (lower, "test", FLOOR)):
        last = {method: [_median(one[method][what]) for one in results.values()] for method in methods}
        _apart(ax, {NAMES.get(method, method): (max([v for v in values if v is not None][-1], low), STYLE[method][0])
                    for method, values in last.items()}, len(results) - 0.4)
    words = "; ".join(f"rate {plain_number(rate, 3)}: " + ", ".join(
        f"{NAMES.get(m, m)} {_said(v['shift'])} and {_said(v['test'])}" for m, v in one.items()) for rate, one in results.items())
    return fig, ("By learning rate, every seed a mark: how far the means of a layer's inputs move in five steps, in standard "
                 f"deviations, and the error in %. Medians: {words}.")


@drawn
def gradient_growth(growth, gradient, limit):
    """BatchNorm in a deep plain network before training.

    ``growth``: {width: {batch: {"BN": factor of each seed, "LN": …}}}, drawn above over the batch beside ``limit``;
    ``gradient``: {what is written at the curve: root mean square of the gradient by layer}, drawn below.
    """
    fig, (upper, lower) = plt.subplots(2, 1, figsize=(4.6, 6.2))
    sizes = list(next(iter(growth.values())))
    place = np.arange(len(sizes))
    for k, (width, by_batch) in enumerate(growth.items()):
        strong = width == max(growth)
        for norm in ("BN", "LN"):
            values = np.array([by_batch[batch][norm] for batch in sizes])               # (sizes, seeds)
            colour, mark, dashes = STYLE[norm]
            colour = colour if strong else C.ink_3
            at = place + 0.1 * (k - (len(growth) - 1) / 2)
            upper.vlines(at, values.min(1), values.max(1), color=colour, lw=1.4)
            middle = np.median(values, 1)
            upper.plot(at, middle, color=colour, marker=mark, mfc=colour if strong else C.stage, ms=4.5, lw=1.2,
                       ls=dashes if strong else (0, (1, 2)))
            if norm == "BN" and not strong:
                upper.annotate(f"{width}", (at[0], middle[0]), (-7, 0), textcoords="offset points", color=C.ink_2, ha="right", va="center")
    upper.axhline(limit, color=C.ink, lw=1.2, ls=(0, (6, 3)))
    upper.annotate(f"π/(π − 1) = {limit:.3f}", (-0.2, limit), (0, -4), textcoords="offset points", color=C.ink, va="top")
    widest = growth[max(growth)]
    upper.annotate(f"BatchNorm, width {max(growth)}", (0, np.median(widest[sizes[0]]["BN"])), (12, 0), textcoords="offset points",
                   color=C.bn, va="center")
    upper.annotate("LayerNorm", (0, 0.62), color=C.ln, va="center")
    upper.annotate("hollow: width at the left", (0.98, 0.78), xycoords="axes fraction", color=C.ink_2, ha="right")
    upper.set(xticks=place, xlim=(-0.75, None), ylim=(0.5, None), yticks=[1, 1.5, 2, 2.5, 3])
    upper.set_xticklabels(sizes)
    upper.set_xlabel("examples in the batch", loc="left")
    upper.set_title("growth of the squared gradient, per layer", color=C.ink_2)
    upper.grid(axis="y")
    lowest = min(gradient, key=lambda name: gradient[name][0])
    for (name, sizes_by_layer), dashes in zip(gradient.items(), cycle(("-", (0, (5, 2)), (0, (2, 1.5)), (0, (8, 2, 2, 2))))):
        colour = C.ln if "LayerNorm" in name else C.bn
        lower.plot(sizes_by_layer, color=colour, ls=dashes, marker="none")
        under = name == lowest                                    # its name too stands at its own curve
        lower.annotate(name, (2, sizes_by_layer[2]), (6, -18 if under else 3), textcoords="offset points", color=colour,
                       va="top" if under else "bottom")
    layers = len(sizes_by_layer) - 1
    lower.set(yscale="log", xlim=(0, layers), ylim=(0.1, max(v[0] for v in gradient.values()) * 20))
    _powers(lower, range(0, 13, 4))
    lower.set_xlabel("layer", loc="left")
    lower.set_title("size of the gradient; at the last layer it is 1", color=C.ink_2)
    words = ", ".join(f"{np.median(widest[batch]['BN']):.2f} at {batch}" for batch in widest)
    first = "; ".join(f"{name} {value[0]:.1e}" for name, value in gradient.items())
    return fig, (f"Growth of the squared gradient per layer over the size of the batch, widths {', '.join(map(str, growth))}, "
                 "with the range over seeds. "
                 f"BatchNorm at width {max(growth)}: {words}; the limit is {limit:.3f}; LayerNorm stays near 1. "
                 f"Below, the size of the gradient at the input of {layers} layers: {first}.")


@drawn
def recurrent(runs):
    """{(gain, norm): lengths (seeds, 2, steps + 1)} of ``experiments.recurrent``: the state above, its gradient below."""
    fig, axes = plt.subplots(2, 1, figsize=(4.6, 6.2))
    gains = sorted({gain for gain, _ in runs})
    dashes = dict(zip(gains, ((0, (1, 1.5)), (0, (5, 2)), "-", (0, (8, 2, 2, 2)))))
    words = []
    for k, ax in enumerate(axes):
        ends = {}
        for (gain, norm), lengths in runs.items():
            values = lengths[:, k, 1:] if k == 0 else lengths[:, k, :-1]
            steps = np.arange(values.shape[1]) + (k == 0)
            colour = C.ln if norm else C.ink_3
            middle = np.exp(np.log(values).mean(0))
            half = slice(1 - k, None, 2)                          # every second step draws the same and weighs half
            ax.fill_between(steps[half], values.min(0)[half], values.max(0)[half], color=colour, alpha=0.15, lw=0)
            ax.plot(steps[half], middle[half], color=colour, ls=dashes[gain], marker="none", lw=1.8)
            end = middle[-1] if k == 0 else middle[0]
            # Above, the curves of LayerNorm end where that of the smallest gain does: their name stands under them.
            under = norm and k == 0
            ends["LN, all" if under else f"{'LN' if norm else 'no norm'}, {number(gain, 0)}"] = end / 2e3 if under else end, colour
            words.append(f"{'LayerNorm' if norm else 'no norm'}, gain {number(gain, 0)}: {end:.1e}")
        room = 0.45 * len(steps)
        ax.set(yscale="log", xlim=(0, len(steps) + room) if k == 0 else (-room, len(steps)), xticks=range(0, len(steps) + 1, 25))
        if k == 0:
            ax.set_ylim(bottom=min(level for level, _ in ends.values()) / 10)
        _powers(ax, range(0, 31, 10) if k == 0 else range(-30, 31, 10))
        _apart(ax, ends, steps[-1] + 3 if k == 0 else 4 - room)
    axes[0].set_title("length of the state; the number is the gain of W", color=C.ink_2)
    axes[1].set_title("length of the gradient of the last step's loss", color=C.ink_2)
    axes[1].set_xlabel("step", loc="left")
    count = len(runs)
    return fig, (f"A recurrent network over {steps[-1] + 1} steps, middles and ranges over {len(lengths)} seeds. "
                 f"State at the last step: {'; '.join(words[:count])}. Gradient at the first step: {'; '.join(words[count:])}.")


@drawn
def neighbour_noise(noise, batches, theory, row_norm):
    """Standard deviation of one row's output over random neighbours, over the size of the batch.

    ``noise``: {x: standard deviations (batches,) for a feature of this value}; ``theory``: the same from the formula;
    ``row_norm``: those of LayerNorm, (batches,).
    """
    fig, ax = plt.subplots(figsize=(4.6, 3.8))
    ends = {}
    for (x, values), mark, fill in zip(noise.items(), cycle("sDv"), cycle((C.bn, C.stage, C.bn))):
        ax.plot(batches, theory[x], color=C.ink_3, ls=(0, (5, 2)), lw=1.2, marker="none")
        ax.plot(batches, values, color=C.bn, marker=mark, mfc=fill, ls="none")
        ends[f"x = {number(x, 0)}"] = values[-1], C.bn
    ax.set(xscale="log", yscale="log", xlim=(batches[0] / 1.3, batches[-1] * 3), xticks=batches)
    ax.set_xticklabels(batches)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(plt.NullLocator())
    ax.set_yticks([0.05, 0.1, 0.2, 0.5, 1])
    ax.set_yticklabels(["0.05", "0.1", "0.2", "0.5", "1"])
    ax.grid(axis="y")
    _apart(ax, ends, batches[-1] * 1.25)
    ax.annotate("dashes: √((1 + x²/2)/B)", (0.98, 0.95), xycoords="axes fraction", color=C.ink_2, ha="right", va="top")
    silent = "LayerNorm: 0 at every size" if not np.any(row_norm) else f"LayerNorm: up to {np.max(row_norm):.1e}"
    ax.annotate(silent, (0.03, 0.04), xycoords="axes fraction", color=C.ln, va="bottom")
    ax.set_xlabel("examples in the batch", loc="left")
    ax.set_title("σ of one row's output over its neighbours", color=C.ink_2)
    words = "; ".join(f"x = {number(x, 0)}: " + ", ".join(f"{v:.3f} at {b}" for b, v in zip(batches, values))
                      for x, values in noise.items())
    return fig, f"Standard deviation of one row's BatchNorm output over random neighbours. {words}. {silent}."


def _seeds(ax, x, values, colour, mark, low=FLOOR, wide=0.08):
    """One mark a seed, spread out so that equal ones are seen; a run that learned nothing is a cross."""
    values = np.maximum(np.asarray(values, float), low)
    at = x + wide * np.linspace(-1, 1, max(len(values), 2))[:len(values)]
    ax.plot(at, values, ls="none", marker=mark, color=colour, mfc=C.stage if mark != "x" else colour, mew=0.9, ms=3.6, alpha=0.9, zorder=3)


def _apart(ax, ends, at, gap=14):
    """Names at the ends of curves, {name: (height, colour)}, ``gap`` points apart at least and inside; the axis is logarithmic."""
    ax.figure.canvas.draw()                                       # only now the axis has its length
    low, high = np.log(ax.get_ylim())
    unit = gap * (high - low) / (ax.get_window_extent().height * 72 / ax.figure.dpi)
    order = sorted(ends, key=lambda name: ends[name][0])
    levels, below, above = [np.log(ends[name][0]) for name in order], -np.inf, high + unit / 2
    for i in range(len(levels)):
        below = levels[i] = max(levels[i], below + unit)
    for i in reversed(range(len(levels))):
        above = levels[i] = min(levels[i], above - unit)
    for name, level in zip(order, levels):
        ax.annotate(name, (at, np.exp(level)), color=ends[name][1], va="center", bbox=PLATE)


def _powers(ax, powers):
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticks([10.0 ** power for power in powers])
    ax.set_yticklabels(f"10{str(power).translate(RAISED)}" if power else "1" for power in powers)
    ax.grid(axis="y")


def _error_axis(ax):
    ax.set(yscale="log", ylim=(FLOOR * 0.9, 160))
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticks([1, 3, 10, 30, GUESSED])
    ax.set_yticklabels(["1", "3", "10", "30", "90"])
    ax.grid(axis="y")
    ax.annotate("guessing", (0.01, GUESSED), (0, 3), xycoords=("axes fraction", "data"), textcoords="offset points", color=C.ink_3,
                va="bottom", fontsize=11)


def _median(values):
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def _said(values):
    level = _median(values)
    return "unknown" if level is None else plain_number(level, 2)
