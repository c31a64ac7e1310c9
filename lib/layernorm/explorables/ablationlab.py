"""LayerNorms left out of a Pre-LN Transformer, one kind or several, over the first weights and the learning rate."""
from .. import figures
from ..figures.placement import STARTS, WITHOUT, held, number
from .lab import table
from .modules import bundle
from .traininglab import AMOUNTS, TrainingLab, amount


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
        place = {"start": "xavier", "rate": 0.03}
        both = {start: self.runs.at(**place | {"start": start}, without="mlp, final") for start in STARTS}
        seeds, alone = len(both["xavier"]["final"]), held(self.runs.at(**place, without="mlp"))
        return {"title": "Which LayerNorms can go?",
                "ask": f"{STARTS['xavier']} weights, rate {place['rate']}: without the MLPs' LayerNorms {alone} of {seeds} seeds "
                       "keep the task. And with the last one out as well?",
                "options": AMOUNTS, "right": [amount(both["xavier"])],
                "tell": "Without both: " + ", ".join(f"{STARTS[one]} weights {held(run)} of {seeds}" for one, run in both.items()) + ".",
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
