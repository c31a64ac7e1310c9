"""Neighbours: whose numbers change when the rest of the batch does."""
import numpy as np
import traitlets

from .. import figures
from ..functional import batch_norm, layer_norm
from .explorable import LOOK, Explorable, Number, Vector
from .modules import bundle

LIMIT, MOST, WIDEST = 1000.0, 8, 3                                 # of |x|, rows and features: what fits a phone
_MOVES = ["", "far", "mirror", "eight", "alone", "leave"]


class Batch(traitlets.List):
    """1 to 8 rows of the same 1 to 3 numbers from -1000 to 1000."""

    def validate(self, obj, value):
        try:
            batch = np.asarray(value)
            batch = batch.astype(float) if batch.dtype.kind in "iuf" else np.empty(0)
        except (TypeError, ValueError):
            batch = np.empty(0)
        fits = batch.ndim == 2 and 1 <= len(batch) <= MOST and 1 <= batch.shape[1] <= WIDEST
        if not fits or not np.isfinite(batch).all() or np.abs(batch).max() > LIMIT:
            raise traitlets.TraitError(f"{self.name} must be 1 to {MOST} rows of the same 1 to {WIDEST} numbers "
                                       f"from -{LIMIT:g} to {LIMIT:g}, got {value!r}")
        return super().validate(obj, batch.tolist())


class Neighbours(Explorable):
    """Which of your numbers change?  Row 1 is yours: predict what a change of the other rows does to its outputs, then see who noticed.

    y = (x - mu) / sqrt(var + eps); of BatchNorm mu and var belong to a column: the batch's in training (var divided by n), the running
    ones in eval mode.  Of LayerNorm they belong to a row.  The page updates the running ones when "Run this batch" is pressed, torch
    at every call in training; momentum is 0.1, and the variance that is kept is divided by n - 1.

    Parameters
    ----------
    x : 1 to 8 rows of the same 1 to 3 numbers from -1000 to 1000
        Default: (0, 0, 6) and (3, 3, 3).
    norm : "BN" or "LN"
    mode : "train" or "eval"
        Of BatchNorm.
    running_mean, running_var : sequences of d finite numbers; variances >= 0
        Default: 0 and 1, as in torch.
    eps : float >= 0
    start : rows as x
        What the moves and Reset begin with; default: x as first given.
    before : rows as x
        What x is compared with: outlined is who sits in both and has another output; default: ``start``.
    move : "far", "mirror", "eight", "alone", "leave" or ""
        The question: row 2 far away on the same side of row 1, or mirrored in it; seven random neighbours; none, in training or in
        eval mode.  "": no question, the reader's own changes.  A change of ``x`` while a question is open ends it.
    stage : "ask" or "told"
    marked : sequence of int
        The outputs of row 1, from 0, that the reader has marked as changing.
    seed : int >= 0
        Of the random neighbours.

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.  Rows of another width begin anew: ``start``,
    ``before`` and the running statistics follow them.
    """

    _module = "neighbours"
    _css = Explorable._css + (LOOK / "neighbours.css").read_text("utf-8")
    _esm = bundle("neighbours/neighbours") + "export default $neighbours;\n"

    x = Batch(default_value=[[0.0, 0.0, 6.0], [3.0, 3.0, 3.0]]).tag(sync=True)
    before = Batch().tag(sync=True)
    start = Batch().tag(sync=True)
    norm = traitlets.Enum(["BN", "LN"], "BN").tag(sync=True)
    mode = traitlets.Enum(["train", "eval"], "train").tag(sync=True)
    running_mean = Vector().tag(sync=True)
    running_var = Vector().tag(sync=True)
    eps = Number(1e-5, min=0.0).tag(sync=True)
    move = traitlets.Enum(_MOVES).tag(sync=True)
    stage = traitlets.Enum(["ask", "told"], "ask").tag(sync=True)
    marked = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, x=((0, 0, 6), (3, 3, 3)), **inputs):
        super().__init__(x=x, **inputs)

    @property
    def y(self):
        """The output, an array of the shape of x.  Raises ``ValueError`` for one row in training, as torch does."""
        return self._output(self.x)

    def run(self):
        """Train on the batch: running_mean and running_var move a tenth of the way to its mean and its (unbiased) variance.

        Returns y.  Raises ``ValueError`` for one row.
        """
        y, mean, var = batch_norm(self.x, None, None, self.running_mean, self.running_var, training=True, eps=self.eps)
        with self.hold_trait_notifications():
            self.running_mean, self.running_var = mean.tolist(), var.tolist()
        return y

    def picture(self):
        changed = self.x != self.before and self.x[0] == self.before[0]
        return figures.company(*(self.before, self.x) if changed else (self.x, self._mirrored()), self.mode, eps=self.eps,
                               running=(self.running_mean, self.running_var))

    def _output(self, x):
        with np.errstate(all="ignore"):
            if self.norm == "LN":
                return layer_norm(np.array(x), eps=self.eps)
            return batch_norm(x, None, None, self.running_mean, self.running_var, training=self.mode == "train", eps=self.eps)[0]

    def _mirrored(self):
        """The batch with row 2 on the other side of row 1."""
        you, *others = np.array(self.x)
        other = 2 * you - others[0] if others else you + 1
        return [row.tolist() for row in (you, other, *others[1:])]

    @traitlets.default("start")
    def _as_given(self):
        return self.x

    @traitlets.default("before")
    def _as_at_the_start(self):
        return self.start

    @traitlets.default("running_mean")
    def _zeros(self):
        return [0.0] * len(self.x[0])

    @traitlets.default("running_var")
    def _ones(self):
        return [1.0] * len(self.x[0])

    @traitlets.default("move")
    def _first(self):
        return "far" if len(self.start) > 1 else ""

    @traitlets.observe("x")
    def _follow(self, change):
        if not change.old:                                         # the first batch: all else has just been set
            return
        d = len(self.x[0])
        with self.hold_trait_notifications():
            if len(change.old[0]) != d:
                self.start, self.before, self.marked = self.x, self.x, []
                self.running_mean, self.running_var = [0.0] * d, [1.0] * d
            if self.stage == "ask" and self.x != self.start or len(self.start) < 2:
                self.move = ""

    @traitlets.validate("start", "before")
    def _as_wide(self, proposal):
        name, d = proposal.trait.name, len(self.x[0])
        if len(proposal.value[0]) != d:
            raise traitlets.TraitError(f"{name} must have rows of {d} numbers, as x has, got {len(proposal.value[0])}")
        return proposal.value

    @traitlets.validate("running_mean", "running_var")
    def _per_feature(self, proposal):
        name, values, d = proposal.trait.name, proposal.value, len(self.x[0])
        if len(values) != d:
            raise traitlets.TraitError(f"{name} must have {d} numbers, one for each feature, got {len(values)}")
        if name == "running_var" and min(values) < 0:
            raise traitlets.TraitError(f"running_var must hold variances >= 0, got {values}")
        return values

    @traitlets.validate("move")
    def _has_company(self, proposal):
        if proposal.value and len(self.start) < 2:
            raise traitlets.TraitError(f"move {proposal.value!r} needs a start of 2 rows or more, got {len(self.start)}")
        return proposal.value

    @traitlets.validate("marked")
    def _of_row_1(self, proposal):
        d = len(self.x[0])
        if any(j >= d for j in proposal.value):
            raise traitlets.TraitError(f"marked must number outputs of row 1, from 0 to {d - 1}, got {proposal.value}")
        return proposal.value
