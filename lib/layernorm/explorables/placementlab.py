"""Gradient and stream of a Transformer before any training, over the place of its LayerNorms, its depth and its first weights."""
import numpy as np

from .. import figures
from ..experiments.stored import rounded
from ..figures.placement import PLACEMENTS, STARTS, number
from .lab import Lab, table
from .modules import bundle

NEAR = 0.1                                                        # what differs by no more of itself is about the same


class PlacementLab(Lab):
    """Where the norm stands: one curve ignores the depth, the other does not.  Before any training, middle and range of the seeds.

    Parameters
    ----------
    over : "block" or "depth"
        Each block of one network, or the last block of networks of each depth.
    show : "gradient" or "stream"
        Gradient of a block's last MLP matrix, or mean square of the residual stream behind a block.
    start : "xavier", "torch" or "gpt2"
        Rule for the first weights.
    depth : one of 2, 4, 8, 16, 32
        Blocks.

    ``result`` is {placement: stored result of ``experiments.first_pass``} for them.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "placementlab"
    _esm = bundle("placementlab/placementlab") + "export default $placementlab;\n"
    experiment = "first_pass"
    labels = {"over": "Draw it", "show": "Show", "start": "First weights", "depth": "Blocks"}
    units = {"depth": "blocks"}
    texts = {"over": {"depth": "by depth", "block": "by block"}, "start": STARTS}
    more = {"over": ("depth", "block"), "show": ("gradient", "stream")}
    start = {"over": "block", "depth": 8}
    apart = {"placement": "pre"}

    def words(self):
        few, many = 16, 32
        was, is_now = ({one: self.last("gradient", one, "gpt2", depth) for one in ("post", "pre")} for depth in (few, many))
        same = {one: abs(is_now[one] / was[one] - 1) <= NEAR for one in was}
        right = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[same["post"], same["pre"]]
        return {"title": "Does the gradient feel the depth?",
                "ask": f"{few} → {many} blocks, {STARTS['gpt2']} weights: where is the last block's gradient about the same?",
                "options": [PLACEMENTS["post"], PLACEMENTS["pre"], "both", "neither"], "right": [right],
                "tell": "; ".join(f"{PLACEMENTS[one]} {number(was[one])} → {number(is_now[one])}" for one in was) + ".",
                "facts": {"show": {"over": "depth", "show": "gradient", "start": "gpt2", "depth": many}, **self.runs}}

    def last(self, show, placement, start, depth):
        """Behind or in the last block, the middle of the seeds."""
        return float(np.median(np.asarray(self.runs.at(placement=placement, start=start, depth=depth)[show])[:, -1]))

    @property
    def result(self):
        inputs = self.run_of(self.choice)
        return {placement: self.runs.at(**inputs | {"placement": placement}) for placement in self.runs["placement"]}

    def shown(self, result):
        """Middle, least and most of the seeds, block by block; no number of a range is said, and two digits of it are drawn."""
        digits = {np.median: 3, np.min: 2, np.max: 2}
        return {show: [rounded(f(result[show], 0), of) for f, of in digits.items()] for show in self.more["show"]}

    def summary(self, result):
        return {"gradient, last block, median": float(np.median(np.asarray(result["gradient"])[:, -1])),
                "stream behind it, median": float(np.median(np.asarray(result["stream"])[:, -1])),
                "loss, median": float(np.median(result["loss"]))}

    def picture(self):
        show, start = self.choice["show"], self.choice["start"]
        found = {one: [np.asarray(run[show])[:, -1] for run in self.runs.over("depth", placement=one, start=start)]
                 for one in self.runs["placement"]}
        return figures.first_pass(self.runs["depth"], found, show, STARTS[start])

    def _written(self):
        rows = {f"{show}, {STARTS[start]}, {PLACEMENTS[one]}": [self.last(show, one, start, depth) for depth in self.runs["depth"]]
                for show in self.more["show"] for start in self.runs["start"] for one in self.runs["placement"]}
        what = "gradient of the last block's last MLP matrix, and mean square of the stream behind it, medians, by blocks"
        return table(what, self.runs["depth"], rows)
