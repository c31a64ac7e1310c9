"""Four ways to a variance, and statistics where part of an array is padding.

The four give the same number on paper.  In arithmetic of u = 6e-8 (float32) or 1.1e-16 (float64) their relative errors go as

    one pass, E[x^2] - E[x]^2     u * (mu / sigma)^2      the digits cancel; below 0 the root is NaN
    two passes                    u + (u * mu / sigma)^2
    Welford                       u * mu / sigma, about: every new mean is rounded
    pairwise (Chan)               u * mu / sigma, a tenth of Welford's: only the rounding of the small sets' means counts

All arithmetic here is in the type of x, so that they can be seen to fail; overflow gives infinity, and none of it warns.
"""
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .arguments import Array, Axis, normalized, plain, real, working

ArrayLike = npt.ArrayLike


class Moments(NamedTuple):
    """What is known of a set of numbers: how many, their mean, and the sum of squared distances from it (count * var)."""

    count: Any
    mean: Any
    m2: Any


def variance_one_pass(x: ArrayLike, *, axis: Axis = -1) -> Any:
    """The variance as mean(x**2) - mean(x)**2: one look at each number, and a difference of two large numbers.

    It can be negative: (100.1, 100.2, 100.3) in float32.  PyTorch 1.7.1's LayerNorm computed it so (pytorch #51102).

    Parameters
    ----------
    x : array of real numbers
    axis : int or tuple of int

    Returns
    -------
    array, the shape of x without ``axis``, the type of x

    Raises
    ------
    TypeError
        If x does not hold real numbers or axis is not made of ints.
    ValueError
        If an axis is missing, named twice or empty.

    Source: Chan, Golub & LeVeque 1983, who show that it fails.

    Examples
    --------
    >>> float(variance_one_pass([2, 0, 4, 4])), float(variance_one_pass([1e9 + 2, 1e9, 1e9 + 4, 1e9 + 4]))
    (2.75, 0.0)
    """
    x = _numbers(x, axis)                                          # (..., d)
    with np.errstate(all="ignore"):
        mean = x.mean(axis=-1)                                     # (...)
        return (x * x).mean(axis=-1) - mean * mean                 # (...)


def variance_two_pass(x: ArrayLike, *, axis: Axis = -1) -> Any:
    """The variance as mean((x - mean(x))**2): the numbers are looked at twice, and squared only once they are small.

    Arguments, result and errors are those of ``variance_one_pass``.

    Source: Chan, Golub & LeVeque 1983.

    Examples
    --------
    >>> float(variance_two_pass([1e9 + 2, 1e9, 1e9 + 4, 1e9 + 4]))
    2.75
    """
    x = _numbers(x, axis)                                          # (..., d)
    with np.errstate(all="ignore"):
        centred = x - x.mean(axis=-1, keepdims=True)               # (..., d)
        return (centred * centred).mean(axis=-1)                   # (...)


def variance_welford(x: ArrayLike, *, axis: Axis = -1) -> Any:
    """The variance by one look at each number, without squaring a large one: mean and sum of squares follow the numbers.

    mean <- mean + (x_k - mean) / k,   m2 <- m2 + (x_k - mean before) * (x_k - mean after),   var = m2 / d

    Arguments, result and errors are those of ``variance_one_pass``.

    Source: Welford 1962.

    Examples
    --------
    >>> float(variance_welford([1e9 + 2, 1e9, 1e9 + 4, 1e9 + 4]))
    2.75
    """
    x = _numbers(x, axis)                                          # (..., d)
    mean = m2 = np.zeros_like(x[..., 0])                           # (...)
    with np.errstate(all="ignore"):
        for k in range(x.shape[-1]):
            delta = x[..., k] - mean                               # (...)  from the mean before
            mean = mean + delta / (k + 1)                          # (...)
            m2 = m2 + delta * (x[..., k] - mean)                   # (...)
        return m2 / x.shape[-1]                                    # (...)


def variance_pairwise(x: ArrayLike, *, axis: Axis = -1) -> Any:
    """The variance by merging neighbours, then neighbouring pairs, and so on: what can be done in parallel.

    Arguments, result and errors are those of ``variance_one_pass``.

    Source: Chan, Golub & LeVeque 1983.

    Examples
    --------
    >>> float(variance_pairwise([1e9 + 2, 1e9, 1e9 + 4, 1e9 + 4]))
    2.75
    """
    x = _numbers(x, axis)                                          # (..., d)
    parts = Moments(np.ones(x.shape[-1], int), x, np.zeros_like(x))     # (d,), (..., d), (..., d)
    while parts.mean.shape[-1] > 1:
        even = parts.mean.shape[-1] // 2 * 2
        left, right, odd = (Moments(*(a[..., part] for a in parts))
                            for part in (slice(0, even, 2), slice(1, even, 2), slice(even, None)))
        merged = _merge(left, right)
        parts = Moments(*(np.concatenate(pair, axis=-1) for pair in zip(merged, odd, strict=True)))     # half as many
    with np.errstate(all="ignore"):
        return parts.m2[..., 0] / x.shape[-1]                      # (...)


def merge_moments(a: Moments, b: Moments) -> Moments:
    """The moments of two sets together, from those of each: how GPU kernels and SyncBatchNorm put their parts together.

    delta = mean_b - mean_a,   mean = mean_a + delta * n_b / n,   m2 = m2_a + m2_b + delta**2 * n_a * n_b / n

    Parameters
    ----------
    a, b : Moments, or (count, mean, m2)
        count: int >= 0, or an array of them; mean: array of real numbers; m2: the same, >= 0.

    Returns
    -------
    Moments

    Raises
    ------
    TypeError
        If a or b is not made of three, a count is not made of ints, or a mean or m2 does not hold real numbers.
    ValueError
        If a count or m2 is negative, or the shapes do not fit each other.

    Source: Chan, Golub & LeVeque 1983, eq. (2.1).

    Examples
    --------
    >>> count, mean, m2 = merge_moments((2, 1.0, 2.0), (2, 4.0, 0.0))      # of (2, 0) and of (4, 4)
    >>> int(count), float(mean), float(m2 / count)
    (4, 2.5, 2.75)
    """
    first, second = _moments("a", a), _moments("b", b)
    try:
        np.broadcast_shapes(*(part.shape for part in (*first, *second)))
    except ValueError:
        shapes = [tuple(part.shape for part in moments) for moments in (first, second)]
        raise ValueError(f"a and b must have shapes that fit each other, got {shapes[0]} and {shapes[1]}") from None
    return _merge(first, second)


def masked_statistics(x: ArrayLike, mask: ArrayLike, *, axis: Axis = -1) -> tuple[Array, Array]:
    """Mean and variance of the numbers that count, where others are padding.

    mean = sum(mask * x) / sum(mask),   var = sum(mask * (x - mean)**2) / sum(mask)

    Zeros that fill a vector up change its mean and variance; zeros that fill a batch of sequences up do not, since no statistic
    of LayerNorm spans two vectors.

    Parameters
    ----------
    x : array of real numbers
        Padding may hold anything, NaN too.
    mask : array of bool, of a shape that broadcasts to that of x
        True where a number counts.
    axis : int or tuple of int

    Returns
    -------
    mean, var : array, the shape of x with length 1 along ``axis``, at least float32
        In the unit of x, and in its square: infinite where it exceeds its type.

    Raises
    ------
    TypeError
        If x does not hold real numbers, mask is not made of bools or axis not of ints.
    ValueError
        If an axis is missing, named twice or empty, mask does not fit x, or nothing counts somewhere.

    Examples
    --------
    >>> mean, var = masked_statistics([2, 0, 4, 4, 0, 0], [True, True, True, True, False, False])
    >>> mean, var
    (array([2.5]), array([2.75]))
    """
    x = real("x", x)
    axes = normalized(axis, x)
    counts = plain("mask", mask)
    if counts.dtype != np.bool_:
        raise TypeError(f"mask must hold bools, True where a number counts, got dtype {counts.dtype}")
    try:
        counts = np.broadcast_to(counts, x.shape)
    except ValueError:
        raise ValueError(f"mask must have a shape that broadcasts to {x.shape}, that of x, got {counts.shape}") from None
    n = counts.sum(axis=axes, keepdims=True)                       # (..., 1)
    if (n == 0).any():
        raise ValueError(f"mask leaves nothing to average in {(n == 0).sum()} of {n.size} places, for x of shape {x.shape}")
    with np.errstate(all="ignore"):
        kept = np.where(counts, x.astype(working(x.dtype)), 0)     # (..., d)
        scale = np.frexp(np.abs(kept).max(axis=axes, keepdims=True))[1]     # (..., 1)  so that no square overflows
        kept = np.ldexp(kept, -scale)                              # (..., d)
        mean = kept.sum(axis=axes, keepdims=True) / n.astype(kept.dtype)    # (..., 1)
        centred = np.where(counts, kept - mean, 0)                 # (..., d)
        var = (centred * centred).sum(axis=axes, keepdims=True) / n.astype(kept.dtype)      # (..., 1)
        return np.ldexp(mean, scale), np.ldexp(var, 2 * scale)


def _numbers(x: ArrayLike, axis: Axis) -> Array:
    """x with the axes that are averaged as one, the last."""
    x = real("x", x)
    axes = normalized(axis, x)
    rest = tuple(n for a, n in enumerate(x.shape) if a not in axes)
    return np.moveaxis(x, axes, range(len(rest), x.ndim)).reshape(*rest, math.prod(x.shape[a] for a in axes))


def _moments(name: str, given: Moments) -> Moments:
    if not isinstance(given, tuple) or len(given) != 3:
        raise TypeError(f"{name} must be (count, mean, m2), got {given!r}")
    counts = plain(f"the count of {name}", given[0])
    mean, m2 = real(f"the mean of {name}", given[1]), real(f"the m2 of {name}", given[2])
    if counts.dtype.kind not in "iu":
        raise TypeError(f"the count of {name} must hold ints, got dtype {counts.dtype}")
    if (counts < 0).any() or (m2 < 0).any():
        raise ValueError(f"the count and the m2 of {name} must be >= 0, got {given[0]} and {given[2]}")
    return Moments(counts, mean, m2)


def _merge(a: Moments, b: Moments) -> Moments:
    n = a.count + b.count                                          # (...)
    share = b.count / np.maximum(n, 1)                             # (...)  of b; two empty sets stay empty
    with np.errstate(all="ignore"):
        delta = b.mean - a.mean                                    # (...)
        work = delta.dtype
        mean = a.mean + delta * share.astype(work)                 # (...)
        return Moments(n, mean, a.m2 + b.m2 + delta * delta * (a.count * share).astype(work))
