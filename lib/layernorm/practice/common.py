"""What several chapters' items compute with, and how they say that an answer is another one."""
import numpy as np

from .. import functional as F
from .words import say

FOUR = np.array([2.0, 0, 4, 4])


def normal(x, eps=0.0):
    """x̂ of one vector."""
    return F.layer_norm(np.asarray(x, dtype=float), eps=eps)      # (d,)


def same(left, right, tolerance=1e-9):
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=tolerance, atol=tolerance))


def unlike_answer(answer, wanted, given, tolerance=1e-6):
    """The words for an answer that is not the one wanted, or "" if it is; where both read alike, also how far apart they are."""
    if words := unlike_shape(answer, np.shape(wanted), given):
        return words
    found = np.asarray(answer)
    if same(found, wanted, tolerance):
        return ""
    was, got = say(wanted), say(found.astype(float))
    return f"{given}: expected {was}, got {got}" + (f", off by {say(float(abs(found - wanted).max()))}" if was == got else "")


def unlike_shape(answer, shape, given):
    """The words for an answer that is no array of this shape, or ""."""
    if shape and isinstance(answer, tuple):
        return f"{given}: expected one array, got a tuple of {len(answer)}"
    found = np.shape(answer)
    return "" if found == shape else f"{given}: expected the shape {shape}, got {found}"


def is_sequence(found, number):
    """Are these so many things in a row, whatever holds them?"""
    return isinstance(found, tuple | list) and len(found) == number or isinstance(found, np.ndarray) and found.shape[:1] == (number,)
