"""Rounding to float16, bfloat16 and float32 is what torch and NumPy do, for every number there is or near enough."""
import numpy as np
import pytest
import torch

import layernorm as ln

HALF = {"float16": (np.float16, torch.float16), "bfloat16": (None, torch.bfloat16)}
PATTERNS = np.arange(2**16, dtype=np.uint16)


def numbers(dtype):
    """All 65536 patterns of a 16-bit type, as float32."""
    return torch.tensor(PATTERNS.view(np.int16)).view(HALF[dtype][1]).float().numpy()


def same(a, b):
    """Bit by bit, except that one NaN is like another; 0 is not like -0."""
    a, b = (np.asarray(one, np.float32) for one in (a, b))
    np.testing.assert_array_equal(np.isnan(a), np.isnan(b))
    np.testing.assert_array_equal(np.where(np.isnan(a), 0, a).view(np.uint32), np.where(np.isnan(b), 0, b).view(np.uint32))


@pytest.mark.parametrize("dtype", HALF)
def test_every_number_of_the_type_stays_what_it_is(dtype):
    same(ln.round_to(numbers(dtype), dtype), numbers(dtype))


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("low", [0x0000, 0x0001, 0x0FFF, 0x1000, 0x1001, 0x3000, 0x7FFF, 0x8000, 0x8001, 0xFFFF])
def test_float32_is_rounded_as_torch_rounds_it(dtype, low):
    x = ((PATTERNS.astype(np.uint32) << 16) | low).view(np.float32)      # all upper halves, subnormals, infinities and NaN included
    same(ln.round_to(x, dtype), torch.tensor(x).to(HALF[dtype][1]).float().numpy())


@pytest.mark.parametrize("dtype", HALF)
def test_halfway_between_two_neighbours_the_even_one_is_taken(dtype):
    x = numbers(dtype)
    x = np.sort(x[np.isfinite(x) & (x >= 0)])[1:].astype(np.float64)
    halfway = (x[:-1] + x[1:]) / 2
    odd = np.arange(len(halfway)) % 2 == 1                               # is the lower neighbour odd?  the upper is taken
    np.testing.assert_array_equal(ln.round_to(halfway, dtype), np.where(odd, x[1:], x[:-1]))
    np.testing.assert_array_equal(ln.round_to(-halfway, dtype), -np.where(odd, x[1:], x[:-1]))


def test_float64_is_rounded_once_and_not_by_way_of_float32():
    x = 1 + 2.0**-8 + 2.0**-40                                           # just above halfway: up; by way of float32 it is down
    assert float(ln.round_to(x, "bfloat16")) == 1 + 2.0**-7
    assert float(torch.tensor(x, dtype=torch.float64).float().bfloat16()) == 1


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_float64_is_rounded_as_numpy_rounds_it(dtype):
    rng = np.random.default_rng(0)
    x = rng.normal(size=100000) * 2.0 ** rng.integers(-160, 140, 100000)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(ln.round_to(x, dtype), x.astype(dtype).astype(np.float64))


def test_the_ends_of_bfloat16():
    x = [3.3895313892515355e38, 3.3961e38, 3.3962e38, 2.0**-133, 2.0**-134, 2.0**-134 * 1.01, -0.0]
    np.testing.assert_array_equal(ln.round_to(x, "bfloat16"), [x[0], x[0], np.inf, 2.0**-133, 0, 2.0**-133, 0])
    assert np.signbit(ln.round_to(-0.0, "bfloat16"))


def test_the_result_is_at_least_float32_and_integers_are_taken():
    assert ln.round_to(np.float16([1]), "bfloat16").dtype == np.float32
    assert ln.round_to(np.float32([1]), "float16").dtype == np.float32
    assert float(ln.round_to(257, "bfloat16")) == 256
    assert float(ln.round_to(np.float16(65504), "bfloat16")) == 65536


def test_sums_stall_where_the_next_number_is_less_than_half_a_digit():
    total = np.float32(0)
    for _ in range(1000):
        total = ln.round_to(total + np.float32(1), "bfloat16")
    assert total == 256
    for _ in range(4096):
        total = ln.round_to(total + np.float32(1), "float16")
    assert total == 2048
    assert float(ln.round_to(1 + 15.8125, "bfloat16")) == 16.75
