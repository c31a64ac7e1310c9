"""The long experiments by name, each with the grid of inputs that is stored."""
from . import steps
from .stored import Experiment, Stored, read

EXPERIMENTS = {
    "stable_step": Experiment(steps.stable_step, {"pixels": (0.001, 0.01, 0.1, 1, 10, 100), "before": steps.BEFORE}),
}


def load(name):
    """The stored results of the experiment ``name``, as ``Stored``.

    Raises ``ValueError`` if there is no such experiment, ``FileNotFoundError`` if it was not run yet.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"no experiment is called {name!r}; there are {', '.join(EXPERIMENTS)}")
    return Stored(name, EXPERIMENTS[name], read(name))
