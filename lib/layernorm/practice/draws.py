"""Numbers that are easy on paper."""
import numpy as np


def entries(rng, d, low=-4, high=9):
    """d whole numbers that are not all equal."""
    while True:
        x = rng.integers(low, high + 1, d).astype(float)          # (d,)
        if np.ptp(x) > 0:
            return x


def unlike(rng, number, low, high):
    """So many different whole numbers: sizes of axes that cannot be taken for each other."""
    return [int(size) for size in rng.choice(np.arange(low, high + 1), number, replace=False)]


def one_of(rng, *values):
    return values[rng.integers(len(values))]
