"""The bank: all items, a file for each chapter and one for the refreshers."""
import difflib
from collections import Counter
from functools import cache

from ..forms import Item
from . import batchnorm, definition, gamma_beta, in_use, refreshers, transformers

CHAPTERS = {1: definition, 2: gamma_beta, 3: batchnorm, 4: transformers, 5: in_use}
GATES = {number: chapter.GATE for number, chapter in CHAPTERS.items()}
ASKED = {label: name for chapter in CHAPTERS.values() for label, name in chapter.ASKED.items()}
ITEMS = [*refreshers.ITEMS, *definition.ITEMS, *gamma_beta.ITEMS, *batchnorm.ITEMS, *transformers.ITEMS, *in_use.ITEMS]


@cache
def _by_name():
    twice = [name for name, count in Counter(item.name for item in ITEMS).items() if count > 1]
    if twice:
        raise ValueError(f"two items are called {twice[0]!r}")
    return {item.name: item for item in ITEMS}


def find(name, kind=Item):
    """The item of this name; raises ValueError, with the nearest names, if there is none of this kind."""
    found = _by_name().get(name)
    if not isinstance(found, kind):
        names = [one for one, item in _by_name().items() if isinstance(item, kind)]
        near = difflib.get_close_matches(str(name), names, 3, 0.3) or names[:3]
        what = "code exercise" if kind is not Item else "item"
        raise ValueError(f"no {what} is called {name!r}; there is {', '.join(near)}")
    return found


def number(item):
    """On whose chapter's practice page an item stands; those of a refresher stand with the chapter that needs it."""
    return item.chapter or (4 if item.concept == "place" else 1)


def on_pages():
    """The items that stand on a practice page: all but what a gate asks once and gives away."""
    reserved = {name for gate in GATES.values() for name in gate if find(name).kind == "choose"}
    return [item for item in ITEMS if item.name not in reserved]
