"""Four ways to a variance, sets that are merged, padding that does not count."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layernorm as ln
from test_functional_oracles import arrays_and_axes, close, exact, promise

STABLE = (ln.variance_two_pass, ln.variance_welford, ln.variance_pairwise)
ALL = (ln.variance_one_pass, *STABLE)


@promise(80)
@given(arrays_and_axes(offsets=(0, 1, 30), scales=(1e-100, 1, 1e100)))
def test_near_zero_all_four_are_numpys_variance(given_x):
    x, axes = given_x
    if max(x.shape) > 1000:
        x = x[..., :300]
    expected = np.asarray(x, np.longdouble).var(axis=axes).astype(float)
    for variance in ALL:
        got = variance(x, axis=axes)
        assert got.shape == expected.shape
        assert got.dtype == np.float64
        close(got, expected, 1e-12 * (expected + 1e-3 * np.abs(x).max() ** 2), what=variance.__name__)


@pytest.mark.parametrize("variance", ALL)
@pytest.mark.parametrize("d", [1, 2, 3, 7, 64, 65])
def test_small_integers_give_the_exact_variance(variance, d):
    x = np.arange(d) % 5
    assert float(variance(x)) == pytest.approx(np.var(x), rel=1e-15, abs=1e-15)


SAMPLE = np.random.default_rng(0).normal(size=(64, 1024))
# offset: (one pass, two passes, Welford, pairwise): the largest relative error in float32 over 64 vectors, to within a factor of 4
ERRORS = {10: (2e-5, 1e-7, 1.7e-6, 2e-7), 100: (2e-3, 1e-7, 4e-6, 1.4e-6), 1000: (0.2, 1.2e-7, 6e-5, 9e-6), 1e4: (25, 9e-7, 6e-4, 1.7e-4),
          1e5: (2.3e3, 1e-4, 1e-2, 1.4e-3)}


@pytest.mark.parametrize("offset", ERRORS)
def test_in_float32_each_way_loses_the_digits_that_are_said(offset):
    x = (SAMPLE + offset).astype(np.float32)
    true = x.astype(float).var(axis=-1)
    for variance, error in zip(ALL, ERRORS[offset], strict=True):
        got = variance(x)
        assert got.dtype == np.float32
        assert error / 4 < np.abs(got / true - 1).max() < error * 4, variance.__name__


def test_one_pass_gives_a_negative_variance_where_the_others_do_not():
    x = np.float32([1000.1, 1000.2, 1000.3])
    assert ln.variance_one_pass(x) < 0
    assert min(variance(x) for variance in STABLE) > 0.006
    many = (SAMPLE + 1e4).astype(np.float32)
    assert (ln.variance_one_pass(many) < 0).sum() > 10


@pytest.mark.parametrize("variance", ALL)
def test_in_float16_a_distance_of_256_overflows_without_a_warning(variance):
    assert np.isfinite(variance(np.float16([0, 200])))
    assert not np.isfinite(variance(np.float16([0, 600])))


@promise(100)
@given(st.lists(st.lists(st.floats(-1e3, 1e3), max_size=6), min_size=1, max_size=5))
def test_merging_parts_in_any_order_gives_the_moments_of_the_whole(parts):
    moments = [ln.Moments(len(part), np.mean(part) if part else 0.0, np.var(part) * len(part) if part else 0.0) for part in parts]
    forward, backward = moments[0], moments[-1]
    for part in moments[1:]:
        forward = ln.merge_moments(forward, part)
    for part in moments[-2::-1]:
        backward = ln.merge_moments(backward, part)
    whole = [value for part in parts for value in part]
    for merged in (forward, backward):
        assert merged.count == len(whole)
        close(merged.mean, np.mean(whole) if whole else 0, 1e-12 * 1e3)
        close(merged.m2, np.var(whole) * len(whole) if whole else 0, 1e-12 * 1e6 * 30)


def test_merging_keeps_float32_and_works_on_arrays():
    a = ln.Moments(3, np.float32([1, 2]), np.float32([1, 0]))
    b = ln.Moments(np.array([1, 0]), np.float32([5, 9]), np.float32([0, 0]))
    merged = ln.merge_moments(a, b)
    assert merged.mean.dtype == merged.m2.dtype == np.float32
    np.testing.assert_array_equal(merged.count, [4, 3])
    np.testing.assert_array_equal(merged.mean, [2, 2])
    np.testing.assert_array_equal(merged.m2, [1 + 12, 0])


@promise(120)
@given(arrays_and_axes(offsets=(0, 3), scales=(1e-300, 1, 1e150, 1e300)), st.integers(0, 2**32 - 1))
def test_masked_statistics_are_those_of_the_numbers_that_count(given_x, seed):
    x, axes = given_x
    if max(x.shape) > 1000:
        x = x[..., :300]
    mask = np.random.default_rng(seed).random(x.shape) < 0.7
    mask |= np.cumsum(np.ones(x.shape), axis=axes[0]) == 1           # something counts everywhere
    padded = np.where(mask, x, np.nan)
    mean, var = ln.masked_statistics(padded, mask, axis=axes)
    unit = np.abs(x).max()
    scaled = np.where(mask, np.asarray(x, np.longdouble) / unit, 0)
    count = mask.sum(axis=axes, keepdims=True)
    expected = scaled.sum(axis=axes, keepdims=True) / count
    close(mean / unit, expected, 1e-12)
    squares = (np.where(mask, scaled - expected, 0) ** 2).sum(axis=axes, keepdims=True) / count
    if 1e-100 < unit < 1e150:
        close(var / unit**2, squares, 1e-12)
    assert not np.isnan(var).any()


def test_masked_statistics_of_a_prefix_normalize_as_the_prefix_alone():
    x = np.array([2.0, 0, 4, 4, np.inf, np.nan])
    mean, var = ln.masked_statistics(x, np.arange(6) < 4)
    np.testing.assert_allclose(((x - mean) / np.sqrt(var + 1e-5))[:4], exact(x[:4], 1e-5)[2], rtol=1e-15)


def test_masked_statistics_of_the_largest_numbers_do_not_overflow_on_the_way():
    mean, var = ln.masked_statistics([2.0**1023, 2.0**1023, 2.0**1023, 0], [True, True, True, False])
    assert (mean.item(), var.item()) == (2.0**1023, 0)


def test_masked_statistics_take_a_mask_that_broadcasts_and_compute_in_at_least_float32():
    mean, var = ln.masked_statistics(np.float16([[300, -300, 9], [1, 3, 9]]), [True, True, False])
    assert mean.dtype == var.dtype == np.float32
    np.testing.assert_array_equal(mean, [[0], [2]])
    np.testing.assert_array_equal(var, [[90000], [1]])
