"""The forms that an item can have.  An item is one entry in one file of ``bank``; whatever can be computed in it is a function.

Text may hold `` `code` `` and, in computed items, names in braces: each drawn number, and whatever ``work`` makes of them.
"""
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .concepts import CONCEPTS
from .words import fill, say, slots

CASES = 6                                                         # that a computed item has ready: "another like this"
TRIES = 4000
SHARE = 0.005                                                     # a typed number may be off by this share of itself,
LEAST = 0.5                                                       # or of so much of the largest one: who rounds, rounds all alike;
EXACT = 1e-9                                                      # and a count by nothing
MISTAKES = 2                                                      # that a computed item recognizes at least, whatever its numbers
APART = 3                                                         # two answers are apart by at least so many of these
LEVELS = ("easy", "medium", "hard")


class ItemError(ValueError):
    """An item that cannot be asked: the message names the item and says what is wrong."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Item:
    """What every item has.

    ``chapter`` is 1 to 5, or 0 for the refreshers; ``section`` the label of the section to reread, else that of the concept;
    ``misconception`` what somebody believes who gets it wrong, in her own voice, for the page for teachers.
    """

    name: str
    chapter: int
    concept: str
    level: str
    ask: str
    hints: tuple[str, str] = ("", "")
    solution: str = ""
    section: str = ""
    misconception: str = ""
    reveal: tuple[str, Mapping[str, Any]] | None = None           # an explorable and its inputs, shown with the answer

    kind = ""

    @property
    def label(self):
        return self.section or next(concept.label for concept in CONCEPTS if concept.key == self.concept)

    def card(self):
        """All that a page needs to ask it, as plain data: what may be seen first, then, under ``key``, what tells the answer."""
        seen = {"name": self.name, "kind": self.kind, "level": self.level, **self._asked()}
        return seen, {"hints": list(self.hints), "solution": self.solved(), **self._key()}

    def _asked(self):
        return {"ask": self.ask}

    def _key(self):
        return {}

    def solved(self):
        """The worked solution in words."""
        return self.solution

    def listed(self):
        """What stands under the question on paper."""
        return ()


@dataclass(frozen=True)
class Case:
    """A computed item with its numbers."""

    given: Mapping[str, Any]                                      # what was drawn, and what ``work`` made of it
    answer: np.ndarray
    wrong: tuple[np.ndarray, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Compute(Item):
    """A number or a vector, by hand; fresh numbers as often as wanted.

    ``draw(rng)`` gives the numbers by name, ``answer(**numbers)`` the truth, ``wrong`` maps what somebody did to the function that
    does it (None where these numbers do not show it).  ``work(**numbers)`` gives what the words name besides.  ``first`` holds the
    numbers of the first case.  ``entrywise`` measures each number by itself, where they have sizes of their own.
    """

    draw: Callable[[np.random.Generator], dict[str, Any]]
    answer: Callable[..., Any]
    wrong: Mapping[str, Callable[..., Any]]
    work: Callable[..., dict[str, Any]] = lambda **numbers: {}
    first: Mapping[str, Any] | None = None

    entrywise: bool = False

    kind = "compute"
    whole = False

    def tolerance(self, answer):
        """By how much each typed entry may be off, and still be taken for this answer."""
        if self.whole:
            return np.full(answer.shape, EXACT)
        least = 0.0 if self.entrywise else LEAST * (float(np.abs(answer).max()) or 1)
        return SHARE * np.maximum(np.abs(answer), least)

    def case(self, numbers):
        """The item with these numbers; raises ItemError if two answers look alike."""
        def made(function):
            with np.errstate(all="ignore"):
                found = function(**numbers)
            return np.zeros(0) if found is None else np.atleast_1d(np.asarray(found, dtype=float)).ravel()
        answer, wrong = made(self.answer), tuple(made(function) for function in self.wrong.values())
        every = [one for one in (answer, *wrong) if one.size]
        if len(every) < 1 + MISTAKES:
            raise ItemError(f"{self.name}: fewer than {MISTAKES} mistakes show for {numbers}")
        if not all(np.isfinite(one).all() for one in every):
            raise ItemError(f"{self.name}: not finite for {numbers}")
        named = [name for name, one in zip(("the truth", *map("“{}”".format, self.wrong)), (answer, *wrong), strict=True) if one.size]
        for k, one in enumerate(every):
            for j, other in enumerate(every[:k]):
                if one.shape == other.shape and not (np.abs(one - other) > APART * np.maximum(*map(self.tolerance, (one, other)))).any():
                    mine, its = say(self._told(one)), say(self._told(other))
                    raise ItemError(f"{self.name}: for {numbers} {named[k]} gives {mine}, which looks like {named[j]}, {its}")
        return Case({**numbers, **self.work(**numbers), "answer": self._told(answer)}, answer, wrong)

    def cases(self):
        """Its ``CASES`` cases, all different, the same each time; raises ItemError if they cannot be drawn."""
        return _cases(self)

    def _told(self, answer):
        return answer[0] if answer.size == 1 else answer

    def _asked(self):
        cases = self.cases()
        return {"ask": self.ask, "many": cases[0].answer.size, "whole": self.whole, "entrywise": self.entrywise,
                "cases": [self._said(case, self.ask) for case in cases]}

    def _key(self):
        told = " ".join([*self.hints, self.solution, *self.wrong])
        return {"wrong": list(self.wrong), "solution": self.solution, "cases": [
            {"told": self._said(case, told), "answer": _plain(case.answer), "wrong": [_plain(one) for one in case.wrong]}
            for case in self.cases()]}

    @staticmethod
    def _said(case, text):
        return {name: say(case.given[name]) for name in dict.fromkeys(slots(text))}

    def solved(self):
        return fill(self.solution, self.cases()[0].given)


@cache
def _cases(item):
    rng = np.random.default_rng(zlib.crc32(item.name.encode()))
    found = [item.case(item.first)] if item.first is not None else []
    last = None
    for _ in range(TRIES):
        if len(found) >= CASES:
            return found
        try:
            case = item.case(item.draw(rng))
        except ItemError as reason:
            last = reason
            continue
        if all(fill(item.ask, case.given) != fill(item.ask, known.given) for known in found):
            found.append(case)
    raise ItemError(f"{item.name}: {TRIES} draws gave {len(found)} of {CASES} cases. " +
                    (f"The last that could not be asked: {last}" if last else "All others asked the same questions again.")) from last


@dataclass(frozen=True, kw_only=True, eq=False)
class Count(Compute):
    """Shapes, axes and counts: whole numbers, which are right or not."""

    kind = "shapes"
    whole = True


@dataclass(frozen=True)
class Option:
    """One thing to choose: what it says, why it holds or not, and whether it does.

    ``holds`` is a function that finds out; where nothing can be computed it is True or False, and ``source`` says who says so.
    """

    text: str
    why: str
    holds: Callable[[], bool] | bool
    source: str = ""

    @property
    def true(self):
        return bool(self.holds() if callable(self.holds) else self.holds)


@dataclass(frozen=True, kw_only=True, eq=False)
class Choose(Item):
    """All that hold."""

    options: Sequence[Option]

    kind = "choose"
    many = True

    def right(self):
        return [k for k, option in enumerate(self.options) if option.true]

    def _asked(self):
        return {"ask": self.ask, "options": [option.text for option in self.options]}

    def _key(self):
        return {"right": self.right(), "whys": [option.why for option in self.options]}

    def solved(self):
        right = self.right()
        told = [f"{'✓' if k in right else '✕'} {option.text.removesuffix('.')}: {option.why}" for k, option in enumerate(self.options)]
        return "\n".join([*told, self.solution]).strip()

    def listed(self):
        return [option.text for option in self.options]


@dataclass(frozen=True, kw_only=True, eq=False)
class Predict(Choose):
    """The one that will happen; then it happens."""

    kind = "predict"
    many = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Bug(Item):
    """A short listing with one wrong line.

    ``mended`` is what line number ``line`` (from 1) should be.  ``fails(names)`` gets what the listing defines and returns what a
    test would print of it, or "" where it finds nothing.  ``others`` says of other lines why they are as they should be.
    """

    code: str
    line: int
    mended: str
    fails: Callable[[dict[str, Any]], str]
    others: Mapping[int, str]

    kind = "bug"

    def run(self, code):
        """What the test says of a listing."""
        names: dict[str, Any] = {"np": np}
        exec(compile(code, self.name, "exec"), names)
        return self.fails(names)

    def lines(self):
        return self.code.strip("\n").split("\n")

    def mended_code(self):
        lines = self.lines()
        lines[self.line - 1] = self.mended
        return "\n".join(lines)

    def _asked(self):
        return {"ask": self.ask, "lines": self.lines()}

    def _key(self):
        return {"line": self.line, "mended": self.mended, "fails": self.run(self.code),
                "others": {str(line): why for line, why in self.others.items()}}

    def solved(self):
        return f"Line {self.line}. It should be `{self.mended.strip()}`. The test says: {self.run(self.code)} {self.solution}".strip()

    def listed(self):
        return [f"`{line}`" for line in self.lines()]


@dataclass(frozen=True)
class Step:
    """One line of a derivation: what it says, why it follows from the line before, and its value, by which a test checks it."""

    text: str
    why: str
    value: Callable[[], Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(Item):
    """The lines of a derivation, to be put in order; all have the same value."""

    steps: Sequence[Step]

    kind = "order"

    def shuffled(self):
        """The order in which they are shown: never that which is right, nor its reverse."""
        rng, right = np.random.default_rng(zlib.crc32(self.name.encode())), list(range(len(self.steps)))
        while True:
            order = rng.permutation(len(self.steps)).tolist()
            if order not in (right, right[::-1]):
                return order

    def _asked(self):
        return {"ask": self.ask, "steps": [self.steps[k].text for k in self.shuffled()]}

    def _key(self):
        return {"order": self.shuffled(), "whys": [step.why for step in self.steps]}

    def solved(self):
        return "\n".join(f"{k}. {step.text} ({step.why})" for k, step in enumerate(self.steps, 1)) + f"\n{self.solution}"

    def listed(self):
        return [self.steps[k].text for k in self.shuffled()]


@dataclass(frozen=True, kw_only=True, eq=False)
class Explain(Item):
    """In her own words; ``points`` are what a good answer says, and she checks hers against them."""

    points: Sequence[str]

    kind = "explain"

    def _key(self):
        return {"points": list(self.points)}


@dataclass(frozen=True)
class Promise:
    """What a function must do: ``broken(answer)`` returns the smallest example that shows that it does not, or ""."""

    words: str
    broken: Callable[[Callable[..., Any]], str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Code(Item):
    """A function to write in the notebook, held against promises by ``check``.

    ``code`` is a solution as a listing that defines ``function``; ``wrong`` maps what somebody did to a listing that does it.
    """

    function: str
    promises: Sequence[Promise]
    code: str
    wrong: Mapping[str, str]

    kind = "code"

    def _key(self):
        return {"code": self.code.strip("\n")}


def _plain(vector):
    """Whole numbers as they are, others short: without what the processor's way of adding leaves behind the digits."""
    short = (float(value) if float(value).is_integer() else float(f"{value:.6g}") for value in vector)
    return [int(value) if value.is_integer() else value for value in short]
