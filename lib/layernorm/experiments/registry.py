"""The long experiments by name, each with the grid of inputs that is stored."""
from . import batches, deep, in_use, noise, placement, steps
from .stored import Experiment, Stored, read

TORCH = ("numpy", "torch")
PLACEMENTS, STARTS = ("post", "pre", "peri", "none"), ("xavier", "torch", "gpt2")
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)                        # of Adam
EXPERIMENTS = {
    "stable_step": Experiment(steps.stable_step, {"pixels": (0.001, 0.01, 0.1, 1, 10, 100), "before": steps.BEFORE}),
    "who_wins": Experiment(batches.who_wins, {"batch": (2, 4, 8, 16, 64), "rate": (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3),
                                              "budget": (1536, 3072, 6144, 12288, 24576)}, digits=4),
    "noisy_batch_norm": Experiment(noise.noisy_batch_norm, {"rate": (0.01, 0.03, 0.1, 0.3, 1, 3)}, digits=4),
    "deep_batch_norm": Experiment(deep.deep_batch_norm, {"batch": (4, 8, 16, 32, 64, 128, 256), "width": (16, 32, 64, 128, 256)}),
    "first_pass": Experiment(placement.first_pass, {"placement": PLACEMENTS, "start": STARTS, "depth": (2, 4, 8, 16, 32)}, TORCH, digits=4),
    "warm_up": Experiment(placement.warm_up, {"placement": ("post", "pre"), "start": STARTS, "rate": RATES,
                                              "steps": (0, 25, 50, 100, 200)}, TORCH, digits=4, at_once="rate"),
    "left_out": Experiment(placement.left_out, {"without": placement.SUBSETS, "start": STARTS, "rate": RATES}, TORCH, digits=4,
                           at_once="rate"),
    "norms_in_use": Experiment(in_use.norms_in_use, {"norm": in_use.KINDS, "start": STARTS}, TORCH, digits=4),
    "next_token": Experiment(in_use.next_token, {"over": in_use.CARRIERS, "length": (2, 3, 4, 6, 8)}, TORCH, digits=4),
    "qk_norm": Experiment(in_use.qk_norm, {"queries": ("plain", "normed"), "start": STARTS}, TORCH, digits=4),
}


def load(name):
    """The stored results of the experiment ``name``, as ``Stored``.

    Raises ``ValueError`` if there is no such experiment, ``FileNotFoundError`` if it was not run yet.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"no experiment is called {name!r}; there are {', '.join(EXPERIMENTS)}")
    return Stored(name, EXPERIMENTS[name], read(name))
