"""Pictures of gradient descent."""
import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, number

LOW, HIGH = -9, 6                                                 # powers of ten
PLATE = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5}


@drawn
def stable_steps(relative, results, chosen):
    """Which steps are stable: {name: a result of ``experiments.stable_step``}, each in a row of its own; one of them is ``chosen``.

    Up to the wall the curve is what 300 steps leave of the loss; behind it the loss grows.
    """
    fig, axes = plt.subplots(len(results), 1, sharex=True, figsize=(4.6, 0.78 * len(results) + 0.7))
    for ax, (name, result) in zip(axes, results.items()):
        stable = np.array(relative) < 1
        steps = np.array(relative)[stable] * result["largest"]    # (stable,)
        left = np.array(result["left"])[stable]                   # (stable,)
        colour = C.ln if name == "LayerNorm" else C.ink if name == chosen else C.ink_3
        steps, left = np.r_[10.0 ** LOW, steps], np.r_[left[0], left]
        ax.fill_between(steps, left, color=colour, alpha=0.2, lw=0)
        ax.plot(steps, left, color=colour, marker="none", ls="-", lw=2.4 if name == chosen else 1.2)
        ax.axvspan(result["largest"], 10.0 ** HIGH, facecolor="none", edgecolor=C.wrong, hatch="////", lw=0, alpha=0.5)
        ax.axvline(result["largest"], color=colour, lw=2.4)
        right = np.log10(result["largest"]) > HIGH - 3
        ax.annotate(_power(result["largest"]), (result["largest"], 0.5), (-5 if right else 5, 0), textcoords="offset points",
                    color=colour, va="center", ha="right" if right else "left", bbox=PLATE)
        ax.set(xscale="log", xlim=(10.0 ** LOW, 10.0 ** HIGH), ylim=(0, 1.05), yticks=[])
        ax.set_title(name, color=colour, pad=3)
        ax.spines["left"].set_visible(False)
    axes[-1].xaxis.set_minor_locator(plt.NullLocator())
    axes[-1].set_xticks([1e-8, 1e-4, 1, 1e4])
    axes[-1].set_xticklabels(["10⁻⁸", "10⁻⁴", "1", "10⁴"])
    axes[-1].set_xlabel("step", loc="right")
    said = "; ".join(f"{name} {_power(result['largest'])}" for name, result in results.items())
    return fig, (f"The largest stable step of gradient descent for each input: {said}. "
                 "Beyond it the loss grows; far below it little is learned.")


def _power(value):
    """Three digits, and a power of ten where a plain number would be long."""
    if 1e-3 <= value < 1e4:
        return number(float(f"{value:.3g}"), 0)
    factor, power = f"{value:.2e}".split("e")
    return f"{float(factor):g}·10{''.join('⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.index(sign)] for sign in str(int(power)))}"
