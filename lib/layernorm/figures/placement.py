"""Pictures of where the norms of a Transformer stand: before training, over warm-up, and with some of them left out."""
import matplotlib.pyplot as plt
import numpy as np

from .batches import RAISED, _apart
from .picture import C, drawn, plain_number

PLACEMENTS = {"post": "Post-LN", "pre": "Pre-LN", "peri": "Peri-LN", "none": "no LN"}
STARTS = {"xavier": "Xavier's", "torch": "torch's", "gpt2": "GPT-2's"}
KINDS = {"attention": "attention's", "mlp": "the MLPs'", "final": "the last"}
WITHOUT = {"nothing": "nothing", **KINDS, "attention, mlp": "attention's, MLPs'", "attention, final": "attention's, last",
           "mlp, final": "MLPs', last", "all": "all"}
# A placement is a colour, a mark and a dash, so that no picture needs the colour.
STYLE = {"post": (C.ink, "s", "-"), "pre": (C.ln, "o", "-"), "peri": (C.peri, "D", (0, (1, 1.5))), "none": (C.ink_3, "^", (0, (5, 2)))}
SOLVED, CHANCE, AGAIN = 0.1, np.log(8), 1.0                       # nats; one that ends above the last has lost what it had
LEAST, MOST = 1e-4, 3                                             # nats, where an axis begins and ends
FAR, SOME = 100, 10                                               # how far "no LN" may stretch an axis, and how far it does beyond


def fate(solved, final):
    """What became of a seed: "solved", "lost" (it was solved once), "never", or "none" if its loss was no number."""
    if final is None:
        return "none"
    if solved is None:
        return "never"
    return "lost" if final > AGAIN else "solved"


def held(run):
    """How many seeds solve the task, and keep what they have."""
    return sum(fate(*one) == "solved" for one in zip(run["solved"], run["final"]))


def number(v):
    """To three digits; large ones as a power of ten."""
    if 1e-4 <= abs(v) < 1e4:
        return plain_number(v, 3)
    factor, power = f"{v:.1e}".split("e")
    return f"{float(factor):g}·10{str(int(power)).translate(RAISED)}"


@drawn
def first_pass(depths, found, show, said):
    """By depth, {placement: [values of the seeds at each depth]}: middle and range; ``show`` is "gradient" or "stream"."""
    fig, ax = plt.subplots(figsize=(4.6, 3.6))
    kept = [v for name, values in found.items() if name != "none" for v in np.ravel(values)]
    bare = np.ravel(found["none"])
    low, high = min(kept), max(kept)
    low = low / SOME if low > FAR * min(bare) else min(low, *bare)
    gone = max(bare) > FAR * high
    high = high * SOME if gone else max(high, *bare)
    at, ends = np.arange(len(depths)), {}
    for name, values in found.items():
        colour, mark, dashes = STYLE[name]
        values = np.array(values)                                 # (depths, seeds)
        middle = np.median(values, 1)
        ax.fill_between(at, values.min(1), values.max(1), color=colour, alpha=0.15, lw=0)
        ax.plot(at, middle, color=colour, ls=dashes, marker=mark, ms=5, lw=2.2 if name in ("post", "pre") else 1.5)
        ends[f"{PLACEMENTS[name]} ↑" if middle[-1] > high else PLACEMENTS[name]] = min(middle[-1], high), colour
    ax.set(yscale="log", ylim=(low / 1.2, high * 1.2), xlim=(-0.3, len(depths) + 0.35), xticks=at)
    ax.set_xticklabels(depths)
    _ticks(ax, low / 1.2, high * 1.2)
    _apart(ax, ends, len(depths) - 0.82)
    if gone:
        most = number(max(np.median(found["none"], 1)))
        ax.annotate(f"to {most}", (len(depths) - 0.95, 0.985), xycoords=("data", "axes fraction"), color=C.ink_3, ha="right", va="top")
    ax.set_xlabel("blocks", loc="left")
    what = "gradient of the last block's last matrix" if show == "gradient" else "mean square of the stream at the end"
    ax.set_title(f"{what}, {said}", color=C.ink_2, fontsize=12)
    words = "; ".join(f"{PLACEMENTS[name]} {', '.join(number(np.median(v)) for v in values)}" for name, values in found.items())
    return fig, (f"Before training, by {', '.join(map(str, depths))} blocks, first weights {said}: {what}, "
                 f"middle and range of {len(found['post'][0])} seeds. {words}.")


@drawn
def warm_up(runs, said):
    """{(rate, steps of warm-up): result}: a cell each, in it a mark for each seed and how many of them solve the task."""
    rates, steps = (sorted({one[k] for one in runs}) for k in (0, 1))
    fig, ax = plt.subplots(figsize=(4.6, 3.9))
    for (rate, warm), run in runs.items():
        x, y, seeds = steps.index(warm), rates.index(rate), len(run["final"])
        ax.add_patch(plt.Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, color=C.ln, alpha=0.32 * held(run) / seeds, lw=0))
        for k, one in enumerate(zip(run["solved"], run["final"])):
            _mark(ax, x + 0.2 * (k - (seeds - 1) / 2), y + 0.2, fate(*one))
        middle = np.median([step if fate(step, final) == "solved" else np.inf for step, final in zip(run["solved"], run["final"])])
        step = f"{int(middle + 0.5)}" if np.isfinite(middle) else "–"
        ax.annotate(step, (x, y - 0.22), color=C.ink, ha="center", va="center", fontsize=12)
    ax.set(xlim=(-0.5, len(steps) - 0.5), ylim=(-0.5, len(rates) - 0.5), xticks=range(len(steps)), yticks=range(len(rates)))
    ax.set_xticklabels(steps)
    ax.set_yticklabels(plain_number(rate, 3) for rate in rates)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel("warm-up; ring: not; ✕: lost again (above 1)", loc="left")
    ax.set_ylabel("rate")
    ax.set_title(f"{said}: solved at step …, middle of all", color=C.ink_2)
    words = "; ".join(f"rate {plain_number(rate, 3)}: " + ", ".join(f"{held(runs[rate, warm])}" for warm in steps) for rate in rates)
    return fig, f"{said}: seeds of 4 that solve the task and keep it, by warm-up of {', '.join(map(str, steps))} steps. {words}."


@drawn
def left_out(runs, said):
    """{what is left out: result}: a row each, every seed a mark at its final loss."""
    fig, ax = plt.subplots(figsize=(4.6, 4.2))
    end = 6.0                                                     # where those stand whose loss was more, or no number
    for row, run in enumerate(runs.values()):
        seeds, bad = len(run["final"]), held(run) < 2
        for k, one in enumerate(zip(run["solved"], run["final"])):
            _mark(ax, end if one[1] is None or one[1] > MOST else max(LEAST, one[1]), row + 0.16 * (k - (seeds - 1) / 2), fate(*one))
        known = [loss for loss in run["final"] if loss is not None]
        for beyond, way, edge, off in ((max(known, default=0) > MOST, "→", end, 10), (min(known, default=1) < LEAST, "←", LEAST, -10)):
            if beyond:
                ax.annotate(way, (edge, row), (off, 0), textcoords="offset points", color=C.ink_2, ha="center", va="center", fontsize=12)
        ax.annotate(f"{'✕ ' if bad else ''}{held(run)} of {seeds}", (1, row), xycoords=("axes fraction", "data"), ha="right", va="center",
                    color=C.wrong if bad else C.ink, fontsize=12)
    for level, name, side in ((SOLVED, "solved: once below 0.1", "right"), (CHANCE, "guessing", "center")):
        ax.axvline(level, color=C.ink_3, lw=1.2, ls="-" if name == "guessing" else (0, (4, 3)), zorder=0)
        ax.annotate(name, (level, -0.6), (-3 if side == "right" else 0, 0), textcoords="offset points", color=C.ink_3, ha=side,
                    va="bottom", fontsize=12)
    ax.set(xscale="log", xlim=(LEAST / 4, 2000), ylim=(len(runs) - 0.4, -0.6), yticks=range(len(runs)), xticks=[1e-4, 1e-2, 1])
    ax.xaxis.set_minor_locator(plt.NullLocator())
    ax.set_xticklabels(["10⁻⁴", "0.01", "1"])
    ax.set_yticklabels(WITHOUT[one] for one in runs)
    ax.tick_params(axis="y", length=0)
    known = [loss for run in runs.values() for loss in run["final"] if loss is not None]
    beyond = [number(float(f"{v:.0e}")) for v, out in ((min(known), min(known) < LEAST), (max(known), max(known) > MOST)) if out]
    ax.set_xlabel(f"loss; edges: {', '.join(beyond)}" if beyond else "final loss in nats", loc="left")
    ax.set_title(f"LayerNorms left out; {said}", color=C.ink_2, pad=18)
    words = "; ".join(f"{WITHOUT[one]} {held(run)} of {len(run['final'])}" for one, run in runs.items())
    return fig, f"Pre-LN, {said}: seeds that solve the task and keep it with LayerNorms left out. {words}."


def _mark(ax, x, y, what):
    """A disc, a ring, a disc that is crossed out, or a dash."""
    if what == "none":
        ax.plot(x, y, ls="none", marker="_", color=C.wrong, ms=7, mew=2)
        return
    line, fill = {"never": (C.ink_3, C.stage), "lost": (C.wrong, C.wrong), "solved": (C.ln, C.ln)}[what]
    ax.plot(x, y, ls="none", marker="o", color=line, mfc=fill, ms=6.5 if what == "lost" else 5, mew=1.2)
    if what == "lost":
        ax.plot(x, y, ls="none", marker="x", color="#ffffff", ms=3.5, mew=1.3)


def _ticks(ax, low, high):
    """1 and 3 of each power if the axis is short, else powers."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    short = np.log10(high / low) <= 3
    values = [factor * 10.0 ** p for p in powers for factor in ((1, 3) if short else (1,))]
    values = [v for v in values if low <= v <= high]
    values = values[::1 if short else -(-len(values) // 5)]
    ax.yaxis.set_minor_locator(plt.NullLocator())
    ax.set_yticks(values)
    ax.set_yticklabels(map(number, values))
    ax.grid(axis="y")
