"""``check``: a function that a learner wrote, held against the promises of its item."""
from .bank import find
from .forms import Code
from .sections import SECTIONS
from .words import say


class Report:
    """What ``check`` found.  ``held``: how many promises hold; ``state`` is "unanswered", "broken" or "held"."""

    def __init__(self, state, held, words):
        self.state, self.held, self.words = state, held, words

    def __repr__(self):
        return self.words


class _Unanswered(Exception):
    """The function is still the stub, or returns nothing."""


def check(name, answer):
    """Hold a function against the promises of the code exercise ``name``; the first that fails is named, with its smallest example.

    Raises ``ValueError`` for a name that no code exercise has, ``TypeError`` for an answer that cannot be called.
    """
    item = find(name, Code)
    if not callable(answer):
        raise TypeError(f"check({name!r}, ...) takes the function itself, got {answer!r}")
    last = []

    def watched(*given, **named):
        last[:] = [", ".join([*map(_shown, given), *(f"{key} = {_shown(value)}" for key, value in named.items())])]
        result = answer(*given, **named)
        if result is None or result is ...:
            raise _Unanswered
        return result

    total = len(item.promises)
    for held, promise in enumerate(item.promises):
        try:
            found = promise.broken(watched)
        except _Unanswered:
            return Report("unanswered", held, f"{name}: not answered yet.\n{item.function} returned nothing.")
        except NotImplementedError:
            return Report("unanswered", held, f"{name}: not answered yet.")
        except Exception as error:  # noqa: BLE001  whatever a learner's function may raise
            found = f"It raised {type(error).__name__}: {error}" + (f"\n  called with {last[0]}" if last else "")
        if found:
            title, page = SECTIONS[item.label]
            return Report("broken", held, f"✕ {name}, promise {held + 1} of {total}. Its example fails: {promise.words}.\n  {found}\n"
                                          f"  Reread \u201c{title}\u201d, {page}.html#{item.label}")
    return Report("held", total, f"✓ {name}: all {total} promises hold.")


def _shown(value):
    shape = getattr(value, "shape", None)
    if shape is not None and (len(shape) > 2 or value.size > 12 if hasattr(value, "size") and not callable(value.size) else True):
        return f"an array of shape {tuple(shape)}"
    try:
        return say(value)
    except (TypeError, ValueError):
        return type(value).__name__
