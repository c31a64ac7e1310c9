"""What the labs of small networks that learn have in common: every seed is solved, lost again, never solved, or no number."""
import numpy as np

from ..experiments.stored import rounded
from ..figures.placement import held
from .lab import Lab

AMOUNTS = ["none", "some", "all"]


def amount(run):
    """Which of ``AMOUNTS`` of the seeds have solved it and kept it."""
    return 0 if held(run) == 0 else 2 if held(run) == len(run["final"]) else 1


class TrainingLab(Lab):
    """A lab over results with ``solved`` and ``final`` of each seed, as ``experiments.learned`` gives them."""

    def shown(self, result):
        return {"solved": result["solved"], "final": rounded(result["final"], 3)}

    def summary(self, result):
        middle = float(np.median([np.inf if loss is None else loss for loss in result["final"]]))
        return {"seeds that solve and keep it": held(result)} | ({"final loss, median": middle} if np.isfinite(middle) else {})
