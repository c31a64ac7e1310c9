"""A guess before the answer: asked in words, kept, and shown beside the result."""
import json
import math
from html import escape

import numpy as np
import traitlets

from ..figures.picture import plain_number
from .explorable import LOOK, Explorable
from .modules import bundle

STILL = ("choice", "kept", "many", "other")                       # where there is none of it, a page need not say so
NEAR = 1.2                                                        # an option answers for what lies within this factor at most
EXACT = 1.0005                                                    # and this one, where it must be exact


class _Card(Explorable):
    """What a question and its answer share."""

    _css = Explorable._css + (LOOK / "guess.css").read_text("utf-8")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    right = traitlets.List(traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)
    other = traitlets.Unicode().tag(sync=True)                    # what it is, where no option says it
    truth = traitlets.Float(allow_none=True, default_value=None).tag(sync=True)
    tell = traitlets.Unicode().tag(sync=True)

    def _words(self):
        """The answer in words, for whoever runs no script."""
        if self.truth is not None:
            return f"{_plain(self.truth)}. {self.tell}".strip()
        found = [*(self.options[i] for i in self.right), *([f"none of these: {self.other}"] if self.other else [])]
        return f"{self._listed(found) or 'none'}. {self.tell}".strip()

    def _listed(self, words):
        """One after another; options that hold a comma themselves are told apart by another sign."""
        return ("; " if any("," in one for one in self.options) else ", ").join(words)

    def _place(self, inside, most=None):
        inputs = escape(json.dumps({name: value for name, value in self.inputs().items() if value or name not in STILL}))
        room = "" if most is None else f' data-most="{escape(most)}"'
        return f'<div class="ln-explorable ln-words" data-explorable="{self._module}" data-inputs="{inputs}"{room}>{inside}</div>'


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

    A truth that is no option, or far from all of them, is told as "none of these", and without the reason, which was another's:
    whoever changes a cell sees what came of it.
    Raises ``ValueError`` if two options are the same, or there are options and they are not two or more, all of them texts or all of
    them numbers; ``TypeError`` for a truth of another kind.
    """

    _module = "guess"
    _esm = bundle("guess/guess") + "export default $guess;\n"

    many = traitlets.Bool(False).tag(sync=True)
    kept = traitlets.Bool(False).tag(sync=True)
    choice = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, question, options=None, *, many=False, truth=None, tell=""):
        self._values = [] if options is None else list(options)
        kinds = {isinstance(value, str) for value in self._values}
        if isinstance(options, str) or options is not None and (len(self._values) < 2 or len(kinds) > 1):
            raise ValueError(f"options must be two or more, all of them texts or all of them numbers, got {options!r}")
        labels = [value if isinstance(value, str) else _plain(value) for value in self._values]
        if len(set(labels)) < len(labels):
            raise ValueError(f"options must differ, got {labels}")
        super().__init__(question=question, options=labels, many=many)
        if truth is not None:
            self.right, self.truth, self.other = self._answer(truth)
            self.tell = "" if self.other else tell

    def reveal(self, truth, tell="", *, exact=False):
        """The answer, from a computed ``truth``: it stands beside the guess on the page.

        ``tell``: a sentence of reason, or ``{answer: reason}`` where it is true of that answer only; an answer of several options is
        a tuple.  With ``exact`` an option is the truth to four digits, or it is another number.
        """
        right, number, other = self._answer(truth, exact)
        reason = "" if other else self._reason(tell, {_plain(number)} if right is None else {self.options[i] for i in right})
        return Answer(question=self.question, options=self.options, right=right, truth=number, other=other, tell=reason)

    @staticmethod
    def _reason(tell, said):
        if isinstance(tell, str):
            return tell
        for answer, reason in tell.items():
            wanted = answer if isinstance(answer, tuple) else (answer,)
            if {one if isinstance(one, str) else _plain(one) for one in wanted} == said:
                return reason
        return ""

    def _answer(self, truth, exact=False):
        """The right options, or the number where one is typed; and what the truth is, where no option says it."""
        words = bool(self._values) and isinstance(self._values[0], str)
        if words:
            fits = isinstance(truth, str) or np.iterable(truth) and all(isinstance(one, str) for one in truth)
        else:
            fits = not isinstance(truth, str) and np.ndim(truth) == 0 and np.isrealobj(truth) and truth is not None
        if not fits:
            wanted = "one or more of its options" if words else "a number"
            raise TypeError(f"the answer to {self.question!r} must be {wanted}, got {truth!r}")
        if not self._values:
            return None, float(truth), ""
        if words:
            wanted = [truth] if isinstance(truth, str) else list(truth)
            strange = [str(one) for one in wanted if one not in self._values]
            return sorted(self._values.index(one) for one in wanted if one in self._values), None, ", ".join(strange)
        best = _nearest(self._values, float(truth), EXACT if exact else NEAR)
        return ([], None, _plain(truth)) if best is None else ([best], None, "")

    def _repr_html_(self):
        listed = "".join(f"<li>{escape(option)}</li>" for option in self.options)
        answer = "" if self.right is None and self.truth is None else (
            f"<details><summary>Answer</summary>{escape(self._words())}</details>")
        how = " Choose all that hold." if self.many else ""
        return self._place(f"<p><b>Predict.</b> {escape(self.question)}{how}</p>" + (f"<ul>{listed}</ul>" if listed else "") + answer,
                           most=self._most(bool(answer)))

    def _most(self, answered):
        """What the card can come to say, if that may take more room than the question: it holds the place before it is drawn."""
        if answered:
            return f"✕ Not quite. You said {max(self.options, key=len, default='−1000.5')}; the answer: {self._words()}"
        return f"Your guess: {self._listed(self.options)}. The answer comes below." if self.many else ""

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


def _nearest(values, truth, near):
    """Which value the truth is, or lies near: within the factor ``near``, and not as far as half the way to the next value; or None."""
    def apart(a, b):
        return 0 if a == b else abs(math.log(a / b)) if a * b > 0 else math.inf
    far = [apart(value, truth) for value in values]
    best = int(np.argmin(far))
    room = min((apart(values[best], value) for k, value in enumerate(values) if k != best), default=math.inf)
    return best if far[best] <= min(math.log(near), room / 2) else None


def _plain(value):
    """Four digits, but a whole number in full."""
    value = float(value)
    return plain_number(value, 17 if value.is_integer() and abs(value) < 1e15 else 4)
