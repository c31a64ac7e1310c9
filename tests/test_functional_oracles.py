"""What the reference is held against, and the arrays it is tried on; the oracles are tried here first.

The other files of the reference's tests import from this one.
"""
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TYPES = (np.float16, np.float32, np.float64)
LAYOUTS = ("C", "Fortran", "every other", "backwards", "repeated", "swapped bytes", "not aligned")


def promise(examples):
    """Hypothesis, the same examples every time."""
    return settings(derandomize=True, deadline=None, database=None, max_examples=examples,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


def exact(row, eps, *, centre=True):
    """LayerNorm (or RMSNorm) of a list of floats: mean, 1 / std and x_hat in fractions, the root to 400 bits, then rounded."""
    x, eps = [Fraction(float(value)) for value in row], Fraction(float(eps))
    mean = sum(x) / len(x) if centre else Fraction(0)
    total = sum((value - mean) ** 2 for value in x) / len(x) + eps
    if not total:
        return float(mean), math.inf, [math.nan] * len(x)
    return float(mean), rounded(1, 1 / total), [rounded(1 if value >= mean else -1, (value - mean) ** 2 / total) for value in x]


def rounded(sign, square):
    """sign * sqrt(square) as a float, infinite beyond the largest."""
    if not square:
        return 0.0
    shift = 2 * max(0, 400 - (square.numerator.bit_length() - square.denominator.bit_length()) // 2)
    root = Fraction(math.isqrt((square.numerator << shift) // square.denominator), 1 << (shift // 2))
    try:
        return sign * float(root)
    except OverflowError:
        return sign * math.inf


def offset_in_sigmas(x, axes):
    """1 + |mean| / std of what is normalized together, with kept axes; infinite where std is 0."""
    wide = np.asarray(x, np.longdouble)
    mean = wide.mean(axis=axes, keepdims=True)
    with np.errstate(all="ignore"):
        std = np.sqrt(((wide - mean) ** 2).mean(axis=axes, keepdims=True))
        return np.where(std > 0, 1 + np.abs(mean) / std, np.inf).astype(float)


def lay_out(x, layout):
    """The numbers of x, some layouts aside, in another order of memory; read-only, so that a function that writes to it fails."""
    if layout == "Fortran":
        x = np.asfortranarray(x)
    elif layout == "every other":
        x = np.repeat(x, 2, axis=-1)[..., ::2]
    elif layout == "backwards":
        x = x[..., ::-1]
    elif layout == "repeated":
        x = np.broadcast_to(x[:1], x.shape)                  # stride 0
    elif layout == "swapped bytes":
        x = x.astype(x.dtype.newbyteorder())
    elif layout == "not aligned":
        raw = np.empty(x.nbytes + 1, np.uint8)
        moved = raw[1:].view(x.dtype).reshape(x.shape)
        moved[...] = x
        x = moved
    x = x.view()
    x.flags.writeable = False
    return x


@st.composite
def arrays(draw, *, offsets=(0, 1, 30, 1e3, 1e8), scales=(1,), dtype=np.float64, shapes=None):
    """An array of ordinary numbers, offset and scaled, in any layout; now and then a long last axis or one of length 1."""
    shape = draw(shapes) if shapes is not None else tuple(draw(st.lists(st.integers(1, 6), max_size=3))) + (draw(st.sampled_from(
        (1, 2, 3, 4, 8, 33, 257, 9001))),)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.normal(size=shape) + draw(st.sampled_from(offsets)) * draw(st.sampled_from((-1, 1)))
    return lay_out((draw(st.sampled_from(scales)) * x).astype(dtype), draw(st.sampled_from(LAYOUTS)))


@st.composite
def arrays_and_axes(draw, **options):
    """As ``arrays``, with axes to normalize: in any order, counted from either end."""
    x = draw(arrays(**options))
    axes = draw(st.lists(st.integers(0, x.ndim - 1), min_size=1, unique=True))
    return x, tuple(a - x.ndim if draw(st.booleans()) else a for a in axes)


@st.composite
def images(draw, **options):
    """(N, C, ...) with a divisor of C."""
    groups, each = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    places = tuple(draw(st.lists(st.integers(1, 5), max_size=3)))
    x = draw(arrays(shapes=st.just((draw(st.integers(1, 5)), groups * each, *places)), **options))
    return x, groups


def parameters(x, axes, seed=0):
    """gamma and beta for the sorted axes of x, and the same with an axis of length 1 for the others."""
    rng = np.random.default_rng(seed)
    axes = sorted(a % x.ndim for a in axes)
    shape = [x.shape[a] for a in axes]
    gamma, beta = rng.normal(1, 1, shape), rng.normal(size=shape)
    wide = [n if a in axes else 1 for a, n in enumerate(x.shape)]
    return gamma, beta, gamma.reshape(wide), beta.reshape(wide)


def in_torch(function, x, axes, *, last):
    """torch's function of the last ``last`` axes, with those that are normalized moved there and back."""
    axes = sorted(a % x.ndim for a in axes)
    moved = np.moveaxis(np.array(x, dtype=x.dtype.newbyteorder("=")), axes, range(-last, 0))
    return np.moveaxis(function(torch.tensor(np.ascontiguousarray(moved))).numpy(), range(-last, 0), axes)


def close(y, expected, bound, *, what=""):
    """|y - expected| <= bound, element by element; NaN and infinity only where expected."""
    y, expected, bound = np.broadcast_arrays(np.asarray(y, float), np.asarray(expected, float), np.asarray(bound, float))
    same = (y == expected) | (np.isnan(y) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        off = np.where(same, 0, np.abs(y - expected))
    wrong = ~(off <= bound)
    assert not wrong.any(), f"{what} {wrong.sum()} of {y.size} differ: got {y[wrong][:3]}, expected {expected[wrong][:3]}"


@promise(50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.floats(1e-8, 1))
def test_the_exact_oracle_agrees_with_decimals(row, eps):
    with localcontext() as context:
        context.prec = 100
        x = [Decimal(value) for value in row]
        mean = sum(x) / len(x)
        root = (sum((value - mean) ** 2 for value in x) / len(x) + Decimal(eps)).sqrt()
        got_mean, rstd, x_hat = exact(row, eps)
        assert got_mean == pytest.approx(float(mean), rel=1e-15, abs=1e-300)
        assert rstd == pytest.approx(float(1 / root), rel=1e-15)
        assert x_hat == pytest.approx([float((value - mean) / root) for value in x], rel=1e-15, abs=1e-90)


def test_the_exact_oracle_knows_the_ends_of_the_range():
    assert exact([5e-324, 0], 0)[1:] == (math.inf, [1.0, -1.0])
    assert exact([1.7e308, -1.7e308], 1e-5)[2] == [1.0, -1.0]
    assert math.isnan(exact([3, 3], 0)[2][0])


def test_close_notices_a_last_digit_a_nan_and_an_infinity():
    close([1, np.nan, np.inf], [1 + 1e-13, np.nan, np.inf], 1e-12)
    for wrong in (1 + 2e-12, np.nan, np.inf):
        with pytest.raises(AssertionError):
            close([wrong], [1], 1e-12)
    with pytest.raises(AssertionError):
        close([1], [np.nan], 1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_keeps_the_numbers_and_cannot_be_written_to(layout):
    x = np.arange(6.0).reshape(2, 3) + 1
    laid = lay_out(x, layout)
    expected = {"backwards": x[:, ::-1], "repeated": np.broadcast_to(x[:1], (2, 3))}.get(layout, x)
    np.testing.assert_array_equal(laid, expected)
    with pytest.raises(ValueError, match="read-only"):
        laid[0, 0] = 0
