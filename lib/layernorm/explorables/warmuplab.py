"""Warm-up against learning rate, over the place of the LayerNorms and the first weights: which seeds learn, and when."""
from .. import figures
from ..figures.placement import PLACEMENTS, STARTS, held, number
from .lab import table
from .modules import bundle
from .traininglab import AMOUNTS, TrainingLab, amount


class WarmUpLab(TrainingLab):
    """A map of warm-up and rate: in each cell what became of every seed.

    Parameters
    ----------
    show : "solved" or "final"
        The step at which the task was solved, or the final loss; in the middle of all seeds, of which one that has not kept
        it counts as later, one without a number as worse than all others.
    placement : "post" or "pre"
    start : "xavier", "torch" or "gpt2"
        Rule for the first weights.
    rate : one of 0.0003, 0.001, 0.003, 0.01, 0.03
    steps : one of 0, 25, 50, 100, 200
        Steps of warm-up.

    ``result`` is the stored result of ``experiments.warm_up`` for them.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "warmuplab"
    _esm = bundle("warmuplab/warmuplab") + "export default $warmuplab;\n"
    experiment = "warm_up"
    labels = {"show": "Show", "placement": "Placement", "start": "First weights", "rate": "Rate", "steps": "Warm-up"}
    units = {"steps": "steps"}
    texts = {"show": {"solved": "steps", "final": "loss"}, "placement": PLACEMENTS, "start": STARTS}
    more = {"show": ("solved", "final")}
    start = {"placement": "pre", "rate": 0.003}

    def words(self):
        place = {"placement": "post", "rate": 0.003, "steps": 0}
        found = self.runs.at(**place, start="torch")
        cold, warm = (held(self.runs.at(**place | {"steps": steps}, start="xavier")) for steps in (0, 200))
        seeds, solved = len(found["final"]), held(found)
        return {"title": "Who needs the warm-up?",
                "ask": f"Post-LN, {STARTS['torch']} weights, rate {place['rate']}, no warm-up: "
                       f"how many of {seeds} seeds solve the task and keep it?",
                "options": AMOUNTS, "right": [amount(found)],
                "tell": f"{solved} of {seeds}. With {STARTS['xavier']}: {cold}, and {warm} after 200 steps of warm-up.",
                "facts": {"show": {"show": "solved", "start": "torch", **place}, **{name: self.runs[name] for name in ("rate", "steps")}}}

    def picture(self):
        placement, start = self.choice["placement"], self.choice["start"]
        runs = {(rate, steps): self.runs.at(placement=placement, start=start, rate=rate, steps=steps)
                for rate in self.runs["rate"] for steps in self.runs["steps"]}
        return figures.warm_up(runs, f"{PLACEMENTS[placement]}, {STARTS[start]}")

    def _written(self):
        rows = {f"{PLACEMENTS[one]}, {STARTS[start]}, rate {number(rate)}":
                [held(run) for run in self.runs.over("steps", placement=one, start=start, rate=rate)]
                for one in self.runs["placement"] for start in self.runs["start"] for rate in self.runs["rate"]}
        return table("seeds of 4 that solve the task in 600 steps and keep it, by steps of warm-up", self.runs["steps"], rows)
