"""Rows: can one gamma and one beta, the same for every row, undo what layer normalization did to each of them?"""
import numpy as np
import traitlets

from .. import figures
from ..functional import layer_norm
from .explorable import LOOK, Explorable, Vector
from .modules import bundle

LIMIT = 100.0                                                     # of |gamma| and |beta|, here as on the page
LARGEST = 1_000_000                                               # of a number in a row
ROUNDS = [[[0, 0, 6], [3, 3, 3]], [[2, 0, 4, 4], [7, 3, 11, 11]], [[0, 0, 6], [3, 3, 3], [5, 0, 1]]]
OWN = [[0, 3, 6], [6, 0, 3], [3, 6, 0]]


class Table(traitlets.List):
    """Two or three rows of the same two to six numbers."""

    def validate(self, obj, value):
        try:
            table = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            table = np.empty(0)
        if table.ndim != 2 or len(table) not in (2, 3) or not 2 <= table.shape[1] <= 6 or not (np.abs(table) <= LARGEST).all():
            raise traitlets.TraitError(f"{self.name} must be 2 or 3 rows of the same 2 to 6 numbers from −{LARGEST:,} to {LARGEST:,},"
                                       f" got {value!r}")
        return super().validate(obj, table.tolist())


class Rows(Explorable):
    """Choose gamma and beta so that every row comes back.

    The reader guesses whether it can be done, tries, and may give up; then the reason is computed from the rows.

    Parameters
    ----------
    rows : 2 or 3 sequences of the same 2 to 6 numbers
        Those of ``round``, unless they are given; rows that no round has are the reader's own, ``round`` 0.
    gamma, beta : sequences of d numbers from -100 to 100
        ``gamma`` and ``beta`` start as ones and zeros, and do so again when the rows get another width.
    eps : float >= 0
    round : int
        1, 2 or 3: a constant row that can come back, two rows that leave as one, a row too many; 0: the reader's own.
    guesses, ended : lists of four str
        By round: what was guessed ("yes" or "no"), and how it ended ("solved" or "shown").

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.
    """

    _css = Explorable._css + (LOOK / "rows.css").read_text("utf-8")
    _module = "rows"
    _esm = bundle("rows/rows") + "export default $rows;\n"

    rows = Table().tag(sync=True)
    gamma = Vector().tag(sync=True)
    beta = Vector().tag(sync=True)
    eps = traitlets.Float(1e-5, min=0.0).tag(sync=True)
    round = traitlets.Int(1, min=0, max=len(ROUNDS)).tag(sync=True)
    rounds = traitlets.List(default_value=ROUNDS, read_only=True).tag(sync=True)
    guesses = traitlets.List(traitlets.Enum(["", "yes", "no"]), [""] * 4, minlen=4, maxlen=4).tag(sync=True)
    ended = traitlets.List(traitlets.Enum(["", "solved", "shown"]), [""] * 4, minlen=4, maxlen=4).tag(sync=True)

    def __init__(self, rows=None, *, round=None, **inputs):
        self._own = OWN if rows is None else np.asarray(rows, dtype=object).tolist()      # guesses belong to these
        if rows is not None:
            inputs["rows"] = rows
        if round is not None:
            inputs["round"] = round
        super().__init__(**inputs)

    @property
    def x_hat(self):
        """The normalized rows; shape (rows, d)."""
        with np.errstate(invalid="ignore"):                       # eps = 0 and a constant row: NaN is the lesson
            return layer_norm(np.array(self.rows), eps=self.eps)

    @property
    def y(self):
        """What leaves, gamma * x_hat + beta; shape (rows, d)."""
        return self.x_hat * self.gamma + self.beta

    def picture(self):
        return figures.comeback(np.array(self.rows), self.x_hat, np.array(self.gamma), np.array(self.beta))

    @traitlets.default("rows")
    def _of_the_round(self):
        return _rows_of(self.round)

    @traitlets.default("gamma")
    def _ones(self):
        return [1.0] * len(self.rows[0])

    @traitlets.default("beta")
    def _zeros(self):
        return [0.0] * len(self.rows[0])

    @traitlets.validate("gamma", "beta")
    def _fits(self, proposal):
        name, values, d = proposal.trait.name, proposal.value, len(self.rows[0])
        if len(values) != d:
            raise traitlets.TraitError(f"{name} must have {d} numbers, as many as a row, got {len(values)}")
        if max(map(abs, values)) > LIMIT:
            raise traitlets.TraitError(f"{name} must lie between -{LIMIT:g} and {LIMIT:g}, got {values}")
        return values

    @traitlets.observe("round")
    def _open(self, change):
        if self.round and self.rows != _rows_of(self.round):
            self.rows = _rows_of(self.round)

    @traitlets.observe("rows")
    def _start_again(self, change):
        d = len(self.rows[0])
        if len(self.gamma) != d or len(self.beta) != d:
            self.gamma, self.beta = [1.0] * d, [0.0] * d
        if self.round and self.rows != _rows_of(self.round):
            self.round = 0
        if self.round == 0 and self.rows != self._own:
            self._own = self.rows
            self.guesses, self.ended = (["", *words[1:]] for words in (self.guesses, self.ended))


def _rows_of(number):
    return np.array(ROUNDS[number - 1] if number else OWN, dtype=float).tolist()
