"""Spread: mean and variance of a few numbers, as balance and as squares."""
import numpy as np
import traitlets

from .. import figures
from .explorable import LOOK, Explorable, Vector
from .modules import bundle

PRESETS = ("Start", "+ 7", "× 10", "One far", "All alike", "One more", "Your turn")


class Spread(Explorable):
    """How far apart, in one number?  Points on a line: drag them, and watch the mean, the squares, and what 1/d and 1/(d - 1) make of them.

        mean = sum(x) / d,   variance = sum((x - mean)**2) / d,   sample_variance = sum((x - mean)**2) / (d - 1)

    Parameters
    ----------
    x : sequence of 2 to 8 finite numbers up to 1000 in size
        Default: (2, 0, 4, 4).
    preset : str
        The question that is asked: "Start", "+ 7", "× 10", "One far", "All alike", "One more" or "Your turn".

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.
    """

    _module = "spread"
    _css = Explorable._css + (LOOK / "spread.css").read_text("utf-8")
    _esm = bundle("spread/spread") + "export default $spread;\n"

    x = Vector(default_value=[2.0, 0.0, 4.0, 4.0], most=8, size=1000).tag(sync=True)
    preset = traitlets.Enum(PRESETS, "Start").tag(sync=True)

    def __init__(self, x=(2, 0, 4, 4), **inputs):
        super().__init__(x=x, **inputs)

    @property
    def mean(self):
        """Where the line balances."""
        return float(np.mean(self.x))

    @property
    def variance(self):
        """The mean of the squared distances from the mean: divided by d."""
        return float(np.var(self.x))

    @property
    def sample_variance(self):
        """Divided by d - 1: an estimate, if x is a sample of something larger."""
        return float(np.var(self.x, ddof=1))

    @property
    def std(self):
        """The root of ``variance``, in the unit of x."""
        return float(np.std(self.x))

    def picture(self):
        return figures.spread(np.array(self.x))

    @traitlets.validate("x")
    def _two(self, proposal):
        if len(proposal.value) < 2:
            raise traitlets.TraitError(f"x must have at least 2 numbers, got {len(proposal.value)}")
        return proposal.value
