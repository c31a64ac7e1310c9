"""The one computation under every normalization here: sets of numbers brought to mean 0 and variance var / (var + eps).

To be read: the plain formula (``layer_norm_plain``).  This is the same formula, made for use:

1. It takes the rows in blocks that stay in the processor's cache and writes over its own intermediate results: an array
   is read from memory once and written once, and nothing of its size is allocated but the output.
2. A row far from 0 (|mean| > 16 sigma) is centred a second time, which takes away the rounding of its mean: the remainder is a
   few units in the last place, so its mean is exact, and a constant row becomes exactly 0.
3. A row whose squares leave the range of the type is done again in float64, scaled by powers of two, which rounds nothing.

A row's result depends, to the last bit, on no other row.
"""
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .arguments import Array, kept, working

BLOCK = 2**22            # bytes of a block that is done in the output itself: few calls, and still in a third-level cache
WORKPLACE = 2**19        # bytes of one that needs a place of its own
STRIP = 2**18            # bytes of gamma and of beta, repeated for as many rows; half of it beside a workplace
MOST_ROWS = 2**12        # of a block, so that the statistics of very short rows stay small too
PIECE = 2**13            # numbers that BLAS adds up at once: more would cost float32 digits, and start threads
NOTHING = -4096          # for log2(0): below the exponent of any float64 and of any square


class Normalized(NamedTuple):
    """y, and the statistics with kept axes: var is infinite where it leaves its type, mean and rstd are right even there."""

    y: Array
    mean: Array
    var: Array
    rstd: Array


def normalize(
    x: Array, axes: tuple[int, ...], eps: float, gamma: Array | None = None, beta: Array | None = None,
    *, centre: bool = True, dtype: np.dtype[Any] | None = None, stats: bool = True,
) -> Normalized:
    """gamma (x - mean) / sqrt(var + eps) + beta over ``axes`` jointly; without ``centre``, mean = 0 and var = mean of x**2.

    gamma, beta: the shape of ``axes``.  dtype: y's, by default x's; the statistics are at least float32, without ``stats`` empty.
    """
    work = working(x.dtype)
    y = np.empty(x.shape, dtype or x.dtype)
    others = [a for a in range(x.ndim) if a not in axes]
    xs, ys = x.transpose(*others, *axes), y.transpose(*others, *axes)           # (*outer, *normalized), views
    outer, d = xs.shape[:len(others)], math.prod(xs.shape[len(others):])
    rows = math.prod(outer)
    if xs.flags.c_contiguous and ys.flags.c_contiguous:
        xs, ys, outer = xs.reshape(rows, d), ys.reshape(rows, d), (rows,)       # (rows, d), views
    direct = ys.flags.c_contiguous and ys.dtype == work                         # is the output its own workplace?
    most = max(1, min(rows, MOST_ROWS, (BLOCK if direct else WORKPLACE) // (d * work.itemsize)))    # rows of a block
    buffer = np.empty((0 if direct else most, d), work)                         # (most, d), the workplace otherwise
    strip = STRIP // (1 if direct else 2)
    gammas, betas = (_repeated(p, most, strip, work) for p in (gamma, beta))    # (strip, d) or None
    most_rstd = np.sqrt(np.finfo(work).eps / np.finfo(work).tiny)               # beyond, squares lose digits to underflow
    ones = np.ones(min(d, PIECE), work)                                         # (piece,)
    found = np.empty((3, rows if stats else 0), work)                           # mean, var, rstd
    done = 0
    with np.errstate(all="ignore"):                                             # inf and NaN show in y, as in torch
        for index in _blocks(outer, most):
            here, there = xs[index], ys[index]                                  # (..., *normalized), n rows together
            n = here.size // d
            c = there.reshape(n, d) if direct else buffer[:n]                   # (n, d)
            source = here.reshape(n, d) if here.flags.c_contiguous and here.dtype == work else c        # (n, d)
            if source is c:
                c.reshape(here.shape)[...] = here
            of_block = _block(source, c, eps, ones, centre)                     # (n,) each
            rstd = of_block[2]
            safe = (rstd > 0) & (rstd < most_rstd)                              # (n,)  NaN is not
            if not safe.all():
                _again(here, c, of_block, np.flatnonzero(~safe), eps, centre)
            if gammas is not None:
                _by_strips(np.multiply, c, gammas)
            if betas is not None:
                _by_strips(np.add, c, betas)
            if not direct:
                there[...] = c.reshape(there.shape)
            if stats:
                found[:, done:done + n] = of_block
            done += n
    return Normalized(y, *found.reshape(3, *(kept(x, axes) if stats else (0,))))


def _block(x: Array, c: Array, eps: float, ones: Array, centre: bool) -> tuple[Array, Array, Array]:
    """The rows of x (n, d), normalized, into c (n, d), which may be x; returns mean, var and rstd, each (n,)."""
    if centre:
        mean = _mean(x, ones)                                                   # (n,)
        x = np.subtract(x, mean[:, None], out=c)                                # (n, d)
        var = _mean(c, c)                                                       # (n,)
        far = np.abs(mean) > 16 * np.sqrt(var)                                  # (n,)
        if far.any():
            rest = np.where(far, _mean(c, ones), 0)                             # (n,)  what the rounding of the mean left
            np.subtract(c, rest[:, None], out=c)                                # (n, d)
            mean, var = mean + rest, np.where(far, _mean(c, c), var)            # (n,)
    else:
        mean, var = np.zeros(len(x), x.dtype), _mean(x, x)                      # (n,)
    rstd = 1 / np.sqrt(var + c.dtype.type(eps))                                 # (n,)
    np.multiply(x, rstd[:, None], out=c)                                        # (n, d)
    return mean, var, rstd


def _again(x: Array, c: Array, of_block: tuple[Array, Array, Array], unsafe: Array, eps: float, centre: bool) -> None:
    """Put right, in c and in its mean, var and rstd, the rows that ``_block`` could not do within the range of their type."""
    few = max(1, STRIP // 64 // c.shape[1])                                     # rows at a time: float64 copies stay small too
    for some in np.split(unsafe, range(few, unsafe.size, few)):
        careful = _careful(x.reshape(c.shape)[some].astype(np.float64), eps, centre)
        for old, new in zip((c, *of_block), careful, strict=True):
            old[some] = new


def _careful(x: Array, eps: float, centre: bool) -> tuple[Array, Array, Array, Array]:
    """As ``_block``, for rows x (n, d) of any finite float64: nothing overflows on the way or vanishes.

    c = x / 2**k has its largest entry in [1/2, 1), eps / 4**e lies in [1/4, 1).  Both are brought to the larger of the two
    scales, s = max(k, e): there neither overflows, and if one of them vanishes it could not be seen beside the other.
    """
    k = np.frexp(np.abs(x).max(axis=1, keepdims=True))[1]                       # (n, 1)
    c = np.ldexp(x, -k)                                                         # (n, d)
    mean = np.zeros_like(c[:, :1])                                              # (n, 1)
    for _ in range(2 if centre else 0):
        rest = c.mean(axis=1, keepdims=True)                                    # (n, 1)
        c -= rest                                                               # (n, d)
        mean += rest                                                            # (n, 1)
    mean = np.ldexp(mean, k)                                                    # (n, 1)
    var = (c * c).mean(axis=1, keepdims=True)                                   # (n, 1)  0, or more than 2**-108 / d
    k = np.where(var == 0, NOTHING, k)                                          # (n, 1)
    e = -(-math.frexp(eps)[1] // 2) if eps else NOTHING
    s = np.maximum(k, e)                                                        # (n, 1)
    root = np.sqrt(np.ldexp(var, 2 * (k - s)) + np.ldexp(math.ldexp(eps, -2 * e), 2 * (e - s)))     # (n, 1)
    rstd = np.ldexp(1 / root, -s)                                               # (n, 1)
    return np.ldexp(c, k - s) / root, mean[:, 0], np.ldexp(var, 2 * k)[:, 0], rstd[:, 0]


def _mean(a: Array, b: Array) -> Array:
    """Mean of a * b over each row of a (n, d), for b (n, d) or ones (piece,)."""
    d = a.shape[1]
    mean: Array
    if d <= PIECE:
        mean = np.vecdot(a, b) / d                                              # (n,)
        return mean
    total = np.zeros(len(a))                                                    # (n,)
    for start in range(0, d, PIECE):
        piece = a[:, start:start + PIECE]                                       # (n, piece)
        total += np.vecdot(piece, b[:, start:start + PIECE] if b.ndim == 2 else b[:piece.shape[1]])
    mean = (total / d).astype(a.dtype)                                          # (n,)
    return mean


def _repeated(parameter: Array | None, rows: int, nbytes: int, work: np.dtype[Any]) -> Array | None:
    """gamma or beta for a strip of rows, (strip, d): one long loop costs half of one short loop for each row.

    Of type ``work``, unless a number of it would become infinite.
    """
    if parameter is None:
        return None
    row = parameter.reshape(1, -1)                                              # (1, d)
    if row.dtype != work:
        with np.errstate(over="ignore"):
            cast = row.astype(work)                                             # (1, d)
        row = cast if np.isfinite(cast).all() else row
    times = min(rows, nbytes // row.nbytes)
    return row.repeat(times, axis=0) if times > 1 else row                      # (strip, d)


def _by_strips(operation: np.ufunc, c: Array, parameter: Array) -> None:
    """c (n, d) times or plus the parameter (strip, d), in c."""
    strip, d = parameter.shape
    whole = len(c) // strip * strip
    strips = c[:whole].reshape(-1, strip, d)                                    # (n // strip, strip, d)
    operation(strips, parameter, out=strips)
    if whole < len(c):
        rest = c[whole:]                                                        # (n % strip, d)
        operation(rest, parameter[:len(rest)], out=rest)


def _blocks(outer: tuple[int, ...], rows: int) -> Iterator[tuple[int | slice, ...]]:
    """Index tuples that cut an array of shape (*outer, ...) into pieces of at most ``rows`` rows."""
    if 0 in outer:
        return
    whole, inner = len(outer), 1
    while whole and inner * outer[whole - 1] <= rows:                           # the last axes that fit a block together
        whole -= 1
        inner *= outer[whole]
    if not whole:
        yield ()
        return
    step = rows // inner
    for lead in np.ndindex(outer[:whole - 1]):
        for start in range(0, outer[whole - 1], step):
            yield *lead, slice(start, start + step)
