"""LayerNorms left out of a Pre-LN Transformer, one kind or several, over the first weights and the learning rate."""
from .. import figures
from ..figures.placement import KINDS, STARTS, WITHOUT, held, number
from .lab import table
from .modules import bundle
from .traininglab import TrainingLab

ENOUGH = 2                                                        # seeds that have to solve it


class AblationLab(TrainingLab):
    """Which LayerNorms can go?  Every subset of the three kinds left out, every seed a mark at its final loss.

    Parameters
    ----------
    start : "xavier", "torch" or "gpt2"
        Rule for the first weights.
    rate : one of 0.0003, 0.001, 0.003, 0.01, 0.03

    ``result`` is {what is left out: stored result of ``experiments.left_out``} for them.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "ablationlab"
    _esm = bundle("ablationlab/ablationlab") + "export default $ablationlab;\n"
    experiment = "left_out"
    labels = {"start": "First weights", "rate": "Rate"}
    texts = {"start": STARTS}
    start = {"start": "torch", "rate": 0.001}
    apart = {"without": "nothing"}

    def words(self):
        place = {"start": "xavier", "rate": 0.003}
        found = {kind: held(self.runs.at(**place, without=kind)) for kind in KINDS}
        seeds = len(self.runs.at(**place, without="nothing")["final"])
        failing = [k for k, kind in enumerate(KINDS) if found[kind] < ENOUGH]
        return {"title": "Which LayerNorms can go?",
                "ask": f"Pre-LN, Xavier, rate {place['rate']}: leave out one kind of LayerNorm. Without which does it fail?",
                "options": [*KINDS.values(), "none"], "right": failing or [len(KINDS)],
                "tell": f"Of {seeds} seeds solve and keep it without: " + ", ".join(f"{KINDS[kind]} {found[kind]}" for kind in KINDS) + ".",
                "facts": {"show": place, "left": WITHOUT, "rate": self.runs["rate"]}}

    @property
    def result(self):
        inputs = self.run_of(self.choice)
        return {without: self.runs.at(**inputs | {"without": without}) for without in self.runs["without"]}

    def picture(self):
        start, rate = self.choice["start"], self.choice["rate"]
        return figures.left_out(self.result, f"{STARTS[start]}, rate {number(rate)}")

    def _written(self):
        rows = {f"{STARTS[start]}, rate {number(rate)}": [held(run) for run in self.runs.over("without", start=start, rate=rate)]
                for start in self.runs["start"] for rate in self.runs["rate"]}
        across = [WITHOUT[one] for one in self.runs["without"]]
        return table("seeds of 4 that solve the task in 600 steps and keep it, by the LayerNorms left out", across, rows)
