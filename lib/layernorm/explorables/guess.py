"""A guess before the answer: asked in words, kept, and shown beside the result."""
import json
import math
from html import escape

import numpy as np
import traitlets

from ..figures.picture import plain_number
from .explorable import LOOK, Explorable
from .modules import bundle

NEAR = 1.5                                                        # an option answers for what lies within this factor


class _Card(Explorable):
    """What a question and its answer share."""

    _css = Explorable._css + (LOOK / "guess.css").read_text("utf-8")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    right = traitlets.List(traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)
    truth = traitlets.Float(allow_none=True, default_value=None).tag(sync=True)
    tell = traitlets.Unicode().tag(sync=True)

    def _words(self):
        """The answer in words, for whoever runs no script."""
        if self.truth is not None:
            return f"{_plain(self.truth)}. {self.tell}".strip()
        return f"{', '.join(self.options[i] for i in self.right) or 'none'}. {self.tell}".strip()

    def _place(self, inside):
        inputs = escape(json.dumps(self.inputs()))
        return f'<div class="ln-explorable ln-words" data-explorable="{self._module}" data-inputs="{inputs}">{inside}</div>'


class Guess(_Card):
    """Ask before you tell: the reader commits to an answer, and keeps it.

    Parameters
    ----------
    question : str
    options : sequence of str or of numbers, or None
        What there is to choose from; None asks for a number to be typed.
    many : bool
        Choose all that hold, not one.
    truth : str, number, or sequence of str
        The answer, if the card itself shall give it.  Without it ``reveal`` gives it later, beside the result.
    tell : str
        One sentence of reason, shown with the answer.

    Raises ``ValueError`` if ``truth`` is no option, or is far from all of them.
    """

    _module = "guess"
    _esm = bundle("guess/guess") + "export default $guess;\n"

    many = traitlets.Bool(False).tag(sync=True)
    kept = traitlets.Bool(False).tag(sync=True)
    choice = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, question, options=None, *, many=False, truth=None, tell=""):
        self._values = [] if options is None else list(options)
        labels = [value if isinstance(value, str) else _plain(value) for value in self._values]
        super().__init__(question=question, options=labels, many=many)
        if truth is not None:
            self.right, self.truth = self._answer(truth)
            self.tell = tell

    def reveal(self, truth, tell=""):
        """The answer, from a computed ``truth``: it stands beside the guess on the page."""
        right, number = self._answer(truth)
        return Answer(question=self.question, options=self.options, right=right, truth=number, tell=tell)

    def _answer(self, truth):
        if not self._values:
            return None, float(truth)
        if isinstance(self._values[0], str):
            wanted = [truth] if isinstance(truth, str) else list(truth)
            if strange := [one for one in wanted if one not in self._values]:
                raise ValueError(f"truth {strange} is not among the options {self._values}")
            return sorted(self._values.index(one) for one in wanted), None
        return [_nearest(self._values, float(truth))], None

    def _repr_html_(self):
        listed = "".join(f"<li>{escape(option)}</li>" for option in self.options)
        answer = "" if self.right is None and self.truth is None else (
            f"<details><summary>Answer</summary>{escape(self._words())}</details>")
        return self._place(f"<p><b>Predict.</b> {escape(self.question)}</p>" + (f"<ul>{listed}</ul>" if listed else "") + answer)

    def __repr__(self):
        return f"Predict. {self.question}" + (f" [{' | '.join(self.options)}]" if self.options else "")


class Answer(_Card):
    """The answer to a ``Guess`` that stands further up on the page; made by ``Guess.reveal``."""

    _module = "answer"
    _esm = bundle("answer/answer") + "export default $answer;\n"

    def _repr_html_(self):
        return self._place(f"<p><b>Answer.</b> {escape(self._words())}</p>")

    def __repr__(self):
        return f"Answer. {self._words()}"


def _nearest(values, truth):
    apart = [abs(math.log(value / truth)) if value * truth > 0 else math.inf for value in values]
    best = int(np.argmin(apart))
    if apart[best] > math.log(NEAR):
        raise ValueError(f"no option of {values} is near {truth:.4g}")
    return best


def _plain(value):
    return plain_number(float(value), 4)
