"""How a number, a vector or a table stands in the text of an item."""
import math
import string

import numpy as np

DIGITS = 4                                                        # a decimal has so many; a whole number stands in full
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def say(value):
    """``(2, 0, −0.5)`` for a vector, rows of such for a table, a word as it is."""
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim == 0:
        return number(array.item())
    inside = ", ".join(say(part) for part in array)
    return inside if array.ndim > 1 else f"({inside})"


def number(value):
    """Four digits, and a power of ten where zeros would hide them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "\u2212∞" if value < 0 else "∞"
    if float(value).is_integer() and abs(value) < 1e9:
        text = f"{int(value):,}" if abs(value) >= 1e4 else str(int(value))
    elif 1e-3 <= abs(value) < 1e5:
        text = f"{float(f'{value:.{DIGITS}g}'):g}" if abs(value) >= 1e-2 else np.format_float_positional(float(f"{value:.3g}"), trim="-")
    else:
        factor, exponent = f"{value:.2e}".split("e")
        text = ("" if float(factor) == 1 else f"{float(factor):g}·") + f"10{str(int(exponent)).translate(RAISED)}"
    return text.replace("-", "\u2212")


def slots(text):
    """The names in braces that a template waits for."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def fill(text, values):
    """The template with the values, said, in its braces."""
    return text.format(**{name: say(values[name]) for name in slots(text)})
