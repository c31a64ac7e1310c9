"""Pictures of other normalizations in a small Transformer, and of means that carry the future."""
import matplotlib.pyplot as plt
import numpy as np

from .picture import C, drawn, plain_number

STYLE = {"BN": (C.bn, "s", "BatchNorm"), "LN": (C.ln, "o", "LayerNorm"), "RMS": (C.rms, "D", "RMSNorm"), "DyT": (C.ink_3, "^", "DyT")}
STARTS = {"xavier": "Xavier", "torch": "PyTorch's", "gpt2": "GPT-2's"}
FLOOR = 1e-5                                                      # nats: where the logarithmic axis ends


@drawn
def norms_in_use(results, chance, kinds=("BN", "LN")):
    """Loss on new sequences, in use: {(start, rate): {kind: loss of each seed}}; ``chance`` is that of guessing."""
    fig, ax = plt.subplots(figsize=(4.6, 3.6))
    for place, one in enumerate(results.values()):
        for k, kind in enumerate(kinds):
            colour, mark, _ = STYLE[kind]
            at = place + 0.64 * ((k + 0.5) / len(kinds) - 0.5) + 0.05 * np.linspace(-1, 1, len(one[kind]))
            ax.plot(at, np.maximum(one[kind], FLOOR), mark, color=colour, mfc=C.stage if k % 2 else colour, ms=4.5, mew=1, ls="none")
    ax.axhline(chance, color=C.ink, lw=1.2, ls=(0, (6, 3)), zorder=0)
    ax.annotate("guessing", (-0.45, chance), (0, 3), textcoords="offset points", color=C.ink_2, va="bottom")
    ax.set(yscale="log", ylim=(FLOOR, 60), xlim=(-0.5, len(results) - 0.5), xticks=range(len(results)),
           yticks=[1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1])
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticklabels(["0.00001", "0.0001", "0.001", "0.01", "0.1", "1"])
    ax.set_xticklabels([plain_number(rate, 2) for _, rate in results])
    for start in dict.fromkeys(start for start, _ in results):
        places = [place for place, (one, _) in enumerate(results) if one == start]
        ax.annotate(STARTS[start], (np.mean(places), FLOOR), (0, -21), textcoords="offset points", color=C.ink_2, ha="center", va="top")
    for k, kind in enumerate(kinds):
        colour, mark, name = STYLE[kind]
        x = 0.02 + 0.49 * (k % 2)
        y = 0.97 - 0.085 * (k // 2)
        ax.plot([x + 0.01], [y - 0.025], mark, color=colour, mfc=C.stage if k % 2 else colour, ms=4.5, mew=1, transform=ax.transAxes)
        ax.annotate(name, (x + 0.04, y), xycoords="axes fraction", color=colour, va="top")
    ax.grid(axis="y")
    ax.set_xlabel("learning rate, and first weights", loc="left", labelpad=18)
    ax.set_title("loss on new sequences, in use, nats a token", color=C.ink_2)
    words = "; ".join(f"{STARTS[start]} weights, rate {plain_number(rate, 2)}: " + ", ".join(
        f"{STYLE[kind][2]} {plain_number(np.median(one[kind]), 2)}" for kind in kinds) for (start, rate), one in results.items())
    return fig, f"Loss of the trained network on new sequences, in use, every seed a mark; guessing is {chance:.2f}. Medians: {words}."


WAYS = {"d": (C.ln, "o", "d: LayerNorm"), "past, d": (C.right, "D", "past and d"), "B, T": (C.bn, "s", "B, T: BatchNorm"),
        "T, d": (C.wrong, "x", "T, d"), "T": (C.ink_3, "^", "T")}


@drawn
def next_token(losses, floor):
    """Loss of a network that predicts random tokens: {over: {length: loss of each seed}}; ``floor``: without looking ahead."""
    fig, ax = plt.subplots(figsize=(4.6, 3.6))
    lengths = list(next(iter(losses.values())))
    for k, (over, by_length) in enumerate(losses.items()):
        colour, mark, _ = WAYS[over]
        at = np.arange(len(lengths)) + 0.1 * (k - (len(losses) - 1) / 2)
        ax.plot(at, [np.median(one) for one in by_length.values()], color=colour, lw=1, ls=(0, (4, 2)), marker="none")
        for x, one in zip(at, by_length.values()):
            ax.plot(np.full(len(one), x), one, mark, color=colour, mfc=colour if k % 2 else C.stage, ms=5, mew=1.2, ls="none")
    ax.hlines(floor, -0.35, len(lengths) - 0.75, color=C.ink, lw=1.2, ls=(0, (6, 3)), zorder=0)
    ax.annotate(f"without looking ahead: ln 4 = {floor:.3f}", (-0.3, floor), (0, 5), textcoords="offset points", color=C.ink_2, va="bottom")
    ax.set(xlim=(-0.35, len(lengths) + 1), ylim=(-0.06, 1.75), xticks=range(len(lengths)), yticks=[0, 0.5, 1])
    ax.set_xticklabels(lengths)
    ends = {over: np.median(by_length[lengths[-1]]) for over, by_length in losses.items()}
    level = -1.0
    for over in sorted(ends, key=lambda over: (ends[over], over)):
        level = max(ends[over] - (0.13 if ends[over] > 1.2 else 0), level + 0.13)
        ax.annotate(WAYS[over][2], (len(lengths) - 0.68, level), color=WAYS[over][0], va="center")
    ax.grid(axis="y")
    ax.set_xlabel("tokens in a sequence, T", loc="left")
    ax.set_title("loss, nats a token; by what the mean is taken over", color=C.ink_2)
    words = "; ".join(f"{WAYS[over][2]} " + ", ".join(f"{np.median(one):.3f} at T = {length}" for length, one in by_length.items())
                      for over, by_length in losses.items())
    said = f"Loss of a network without attention on random tokens, medians over seeds; without looking ahead the best is {floor:.3f}."
    return fig, f"{said} Mean over {words}."
