"""BatchNorm, LayerNorm and neither, over the size of the batch, the learning rate and the digits seen."""
import numpy as np

from .. import experiments, figures
from ..experiments.stack import METHODS
from ..figures.batches import NAMES
from ..figures.picture import plain_number
from .lab import Lab, table
from .modules import bundle


class BatchLab(Lab):
    """Who makes the fewest errors on digits: BatchNorm, LayerNorm or neither?  Drawn over one input, the others as they are set.

    Parameters
    ----------
    over : "batch", "rate" or "budget"
        What the picture is drawn over.
    batch : one of 2, 4, 8, 16, 64
    rate : one of 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, or "best"
        "best" takes for each method the rate that did best on the digits held back.
    budget : one of 1536, 3072, 6144, 12288, 24576
        Digits seen.

    ``result`` is the stored result of ``experiments.who_wins`` for them, with "best" that at the best rate of BatchNorm.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "batchlab"
    _esm = bundle("batchlab/batchlab") + "export default $batchlab;\n"
    experiment = "who_wins"
    labels = {"over": "Draw it", "batch": "Batch", "rate": "Rate", "budget": "Digits seen"}
    texts = {"over": {"batch": "by batch size", "rate": "by learning rate", "budget": "by digits seen"},
             "budget": {n: f"{n:,}" for n in (1536, 3072, 6144, 12288, 24576)}}
    more = {"over": ("batch", "rate", "budget"), "rate": ("best",)}
    start = {"over": "batch", "batch": 2, "rate": "best", "budget": 24576}

    def words(self):
        batch, budget = 64, self.runs["budget"][-1]
        alone = {rate: self._medians(batch, rate, budget) for rate in (0.01, 0.3, 3)}
        alike = min(alone, key=lambda rate: abs(alone[rate]["BN"] - alone[rate]["LN"]))
        own = self._medians(batch, "best", budget)
        best = [{"batch": one, "budget": other, "rates": experiments.best_rates(self.runs, batch=one, budget=other)}
                for one in self.runs["batch"] for other in self.runs["budget"]]
        return {"title": "Who makes the fewest errors?",
                "ask": f"{batch} a batch, {budget:,} digits: which rate makes BN and LN look alike?",
                "options": [plain_number(rate, 3) for rate in alone], "right": [list(alone).index(alike)],
                "tell": f"At 3, LayerNorm has {alone[3]['LN']:.0f} % errors. Each at its best rate: {own['BN']:.1f} and {own['LN']:.1f}.",
                "facts": {"best": best, "show": {"over": "rate", "batch": batch, "rate": "best", "budget": budget}, **self.runs}}

    def run_of(self, choice):
        inputs = super().run_of(choice)
        if inputs.get("rate") == "best":
            inputs["rate"] = experiments.best_rates(self.runs, batch=inputs["batch"], budget=inputs["budget"])["BN"]
        return inputs

    def shown(self, result):
        return {method: errors["test"] for method, errors in result.items()}

    def summary(self, result):
        return {f"{NAMES[method]}, error in %": float(np.median(errors["test"])) for method, errors in result.items()}

    def picture(self):
        rate, budget = self.choice["rate"], self.choice["budget"]
        errors = {batch: experiments.errors_at(self.runs, batch=batch, budget=budget, rate=rate) for batch in self.runs["batch"]}
        return figures.who_wins(errors, f"{budget:,} digits, {'best rates' if rate == 'best' else f'rate {plain_number(rate, 3)}'}")

    def _medians(self, batch, rate, budget):
        errors = experiments.errors_at(self.runs, batch=batch, rate=rate, budget=budget)
        return {method: float(np.median(one)) for method, one in errors.items()}

    def _written(self):
        """Each method at its best rate, batch sizes across, budgets down."""
        medians = {budget: [self._medians(batch, "best", budget) for batch in self.runs["batch"]] for budget in self.runs["budget"]}
        rows = {f"{budget:,} digits, {NAMES[method]}": [one[method] for one in found]
                for budget, found in medians.items() for method in METHODS}
        return table("error in %, median, each method at its best rate, by batch size", self.runs["batch"], rows)
