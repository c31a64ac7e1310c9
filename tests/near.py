"""On other systems than the one whose outputs are stored, numbers differ in their last digits: compared to four digits, and figures not at all.

Everything else of an output must be the same: each word, how many numbers there are, which cell prints them.
"""
import os
import platform
import re
import sys

EXACT = sys.platform == "linux" and platform.machine() == "x86_64" and not os.environ.get("NEAR")
NUMBER = re.compile(r"[−-]?(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?")
FIGURE = re.compile(r"<svg.*?</svg>|data:image/svg\+xml[^\"')]*", re.S)
HIDDEN = re.compile(r"&quot;key&quot;: &quot;.*?&quot;")                  # answers, written so that nobody reads them at a glance


class Near(str):
    """Text that equals another in all but the last digits of its numbers."""

    def __eq__(self, other):
        mine, theirs = (HIDDEN.sub("", FIGURE.sub("", str(text))) for text in (self, other))
        a, b = NUMBER.findall(mine), NUMBER.findall(theirs)
        return NUMBER.split(mine) == NUMBER.split(theirs) and len(a) == len(b) and all(map(agree, a, b))

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def agree(mine, theirs):
    """To four digits, or to one of the last place that is printed; what is below 1e-9 is rounding."""
    a, b = (float(one.replace("−", "-")) for one in (mine, theirs))
    return abs(a - b) <= 1.000001 * max(5e-4 * max(abs(a), abs(b)), min(place(mine), place(theirs)), 1e-9)


def place(number):
    """What one in the last printed place is; a whole number has none: it was counted."""
    digits, _, power = number.partition("e")
    return 10.0 ** (int(power or 0) - len(digits.partition(".")[2])) if "." in digits or power else 0


def loosen(plugin):
    """nbval's comparison, from now on near."""
    sanitize, made = plugin.IPyNbCell.sanitize, plugin.IPyNbFile.__init__

    def near(cell, text):
        text = sanitize(cell, text)
        return Near(text) if isinstance(text, str) else text

    def without_figures(file, *given, **named):
        made(file, *given, **named)
        file.skip_compare += ("image/svg+xml",)
    plugin.IPyNbCell.sanitize, plugin.IPyNbFile.__init__ = near, without_figures
