"""Every normalization gives what PyTorch gives, in every layout, and what exact fractions give where PyTorch gives NaN."""
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

import layernorm as ln
from test_functional_oracles import arrays, arrays_and_axes, close, exact, images, in_torch, offset_in_sigmas, parameters, promise

F, T = torch.nn.functional, torch.tensor
NORMS = ((ln.layer_norm, True), (ln.rms_norm, False))


def native(x):
    return np.array(x, dtype=x.dtype.newbyteorder("="), order="C")


def torch_holds(x):
    """Can torch square these?  Beyond, it gives NaN, or zeros; there the fractions below are the oracle."""
    return np.abs(x).max() < 1e152


def layer_norm_in_torch(x, axes, gamma, beta, eps):
    shape = gamma.shape
    return in_torch(lambda t: F.layer_norm(t, shape, T(gamma), T(beta), eps), x, axes, last=len(shape))


def rms_norm_in_torch(x, axes, gamma, beta, eps):
    shape = gamma.shape
    return in_torch(lambda t: F.rms_norm(t, shape, T(gamma), eps) + T(beta), x, axes, last=len(shape))


SCALES = (5e-324, 1e-310, 1e-300, 1e-160, 1e-30, 1e-3, 1, 1e3, 1e30, 1e150)


@promise(150)
@given(arrays_and_axes(scales=SCALES), st.sampled_from((1e-5, 1e-12, 0.1)))
def test_layer_norm_is_torchs_in_float64_within_1e_12_of_one_plus_offset_over_sigma(given_x, eps):
    x, axes = given_x
    assume(torch_holds(x))
    gamma, beta, wide, _ = parameters(x, axes)
    close(ln.layer_norm(x, gamma, beta, axis=axes, eps=eps), layer_norm_in_torch(x, axes, gamma, beta, eps),
          1e-12 * offset_in_sigmas(x, axes) * np.maximum(1, np.abs(wide)))


@promise(150)
@given(arrays_and_axes(scales=SCALES), st.sampled_from((1e-5, 1e-12, 0.1)))
def test_rms_norm_is_torchs_in_float64_within_1e_12(given_x, eps):
    x, axes = given_x
    assume(torch_holds(x))
    gamma, beta, wide, _ = parameters(x, axes)
    close(ln.rms_norm(x, gamma, beta, axis=axes, eps=eps), rms_norm_in_torch(x, axes, gamma, beta, eps),
          1e-12 * np.maximum(1, np.abs(wide)))


@promise(100)
@given(arrays_and_axes(scales=(1e-140, 1e-70, 1, 1e70, 1e150)))
def test_without_eps_torch_is_met_at_every_scale_whose_squares_it_can_hold(given_x):
    x, axes = given_x
    assume(torch_holds(x) and np.isfinite(offset_in_sigmas(x, axes)).all())
    gamma, beta, wide, _ = parameters(x, axes)
    close(ln.layer_norm(x, gamma, beta, axis=axes, eps=0), layer_norm_in_torch(x, axes, gamma, beta, 0),
          1e-12 * offset_in_sigmas(x, axes) * np.maximum(1, np.abs(wide)))


@promise(150)
@given(arrays(shapes=st.tuples(st.integers(1, 3), st.integers(2, 12)), offsets=(0, 1, 15, 17, 1e3, 1e8, 1e13),
              scales=(5e-324, 1e-318, 1e-308, 1e-300, 1e-200, 1e-160, 1e-100, 1, 1e100, 1e150, 1e154, 1e200, 1e294)),
       st.sampled_from((0, 5e-324, 1e-310, 1e-200, 1e-100, 1e-5, 1e200)))
def test_any_range_is_met_within_1e_14_of_exact_fractions_whatever_the_offset(x, eps):
    for norm, centre in NORMS:
        y, *_, rstd = norm(x, eps=eps, return_stats=True)
        for row, of_row, root in zip(x, y, rstd, strict=True):
            _, expected_root, expected = exact(row, eps, centre=centre)
            close(of_row, expected, 1e-14, what=f"{norm.__name__} of {row} at eps {eps}:")
            close(root, expected_root, 1e-14 * expected_root if np.isfinite(expected_root) else 0)


@promise(200)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=6), st.sampled_from((0, 5e-324, 1e-5, 1)))
def test_any_finite_numbers_are_met_within_1e_14_of_exact_fractions(row, eps):
    for norm, centre in NORMS:
        close(norm(row, eps=eps), exact(row, eps, centre=centre)[2], 1e-14, what=f"{norm.__name__} of {row}:")


@promise(150)
@given(arrays_and_axes(dtype=np.float32, offsets=(0, 1, 15, 100, 1e4), scales=(1e-44, 1e-20, 1, 1e18, 1e30)),
       st.sampled_from((1e-5, 1e-12, 1e-50)))
def test_float32_is_within_4e_6_of_its_float64_result_whatever_the_offset(given_x, eps):
    x, axes = given_x
    for norm, _ in NORMS:
        y, expected = norm(x, axis=axes, eps=eps), norm(x.astype(np.float64), axis=axes, eps=eps)
        assert y.dtype == np.float32
        close(y, expected, 4e-6 * np.maximum(1, np.abs(expected)))


@promise(60)
@given(arrays_and_axes(dtype=np.float32, offsets=(0, 1, 15)), st.sampled_from((1e-5, 1e-12)))
def test_float32_is_torchs_within_4e_6_of_one_plus_offset_over_sigma(given_x, eps):
    x, axes = given_x
    gamma, beta, wide, _ = (a.astype(np.float32) for a in parameters(x, axes))
    expected = layer_norm_in_torch(x, axes, gamma, beta, eps)
    close(ln.layer_norm(x, gamma, beta, axis=axes, eps=eps), expected,
          4e-6 * offset_in_sigmas(x, axes) * (np.abs(wide) + np.abs(expected)))


@promise(80)
@given(arrays_and_axes(dtype=np.float16, offsets=(0, 1, 100), scales=(1e-7, 1e-3, 1, 300)))
def test_float16_is_its_float64_result_rounded_once(given_x):
    x, axes = given_x
    for norm, _ in NORMS:
        y, expected = norm(x, axis=axes), norm(x.astype(np.float64), axis=axes)
        assert y.dtype == np.float16
        close(y, expected, (2.0**-11 + 4e-6) * np.abs(expected) + 2.0**-25 + 4e-6)


@promise(150)
@given(arrays_and_axes(offsets=(0, 3, 1e5), scales=(1e-100, 1, 1e150)), st.booleans())
def test_the_plain_formula_and_the_one_in_blocks_are_equal(given_x, affine):
    x, axes = given_x
    assume(torch_holds(x))
    gamma, beta, wide, _ = parameters(x, axes)
    arguments = (x, gamma, beta) if affine else (x,)
    bound = 1e-12 * offset_in_sigmas(x, axes) * np.maximum(1, np.abs(wide))
    for plain, blocks in ((ln.layer_norm_plain, ln.layer_norm), (ln.rms_norm_plain, ln.rms_norm)):
        ours, theirs = (norm(*arguments, axis=axes, return_stats=True) for norm in (blocks, plain))
        close(ours[0], theirs[0], bound)
        assert [a.shape for a in ours] == [a.shape for a in theirs]
        close(ours[-1], theirs[-1], 1e-12 * offset_in_sigmas(x, axes) * theirs[-1], what="rstd:")
        close(ours[1], theirs[1], 1e-12 * (np.abs(x).max() if len(ours) == 3 else theirs[1]), what="mean:")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_plain_formula_keeps_types_as_the_one_in_blocks_does(dtype):
    x = np.array([[60000, 0, 60000, 0]], dtype)
    for plain, blocks in ((ln.layer_norm_plain, ln.layer_norm), (ln.rms_norm_plain, ln.rms_norm)):
        for one, other in zip(plain(x, return_stats=True), blocks(x, return_stats=True), strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("shape", [(4096, 3), (5000, 1), (700, 257), (3, 5, 700, 65), (2, 300000), (70, 11, 9001)])
@pytest.mark.parametrize("layout", ["C", "Fortran"])
def test_many_blocks_give_what_one_vector_gives_to_the_last_bit(shape, layout):
    x = np.asarray(np.random.default_rng(0).normal(3, 2, shape).astype(np.float32), order="F" if layout == "Fortran" else "C")
    x.reshape(-1, shape[-1])[::7] *= np.float32(1e25)            # rows that are done again ...
    x.reshape(-1, shape[-1])[3::7] += 1000                       # ... and rows that are centred twice
    y, mean, rstd = ln.layer_norm(x, return_stats=True)
    flat = np.ascontiguousarray(x).reshape(-1, shape[-1])
    for k in (*range(0, len(flat), max(1, len(flat) // 50)), len(flat) - 1):
        alone = ln.layer_norm(flat[k], return_stats=True)
        for whole, one in zip((y, mean, rstd), alone, strict=True):
            np.testing.assert_array_equal(whole.reshape(len(flat), -1)[k], one)


def test_a_channel_axis_in_the_middle_is_normalized_like_the_last():
    x, gamma = np.random.default_rng(0).normal(size=(2, 3, 4)), np.arange(3.0)
    moved = ln.layer_norm(np.moveaxis(x, 1, -1), gamma)
    np.testing.assert_array_equal(ln.layer_norm(x, gamma, axis=1), np.moveaxis(moved, -1, 1))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_keep_their_type_and_statistics_are_at_least_float32(dtype):
    y, mean, rstd = ln.layer_norm(np.array([60000, 0, 60000, 0], dtype), return_stats=True)
    assert y.dtype == dtype
    assert mean.dtype == rstd.dtype == np.result_type(dtype, np.float32)
    np.testing.assert_allclose(y, [1, -1, 1, -1], rtol=1e-3)


def test_integers_and_booleans_become_float64():
    for norm in (ln.layer_norm, ln.rms_norm, ln.layer_norm_plain, ln.dyt, ln.weight_norm):
        for dtype in (np.int8, np.uint64, np.bool_):
            assert norm(np.array([1, 0, 0], dtype)).dtype == np.float64
    assert ln.batch_norm([[1], [2]], training=True)[0].dtype == np.float64


@pytest.mark.parametrize("value", [0.1, 1, -3, 0, 1e8, 1e-320, 1.7e308, 1e-7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 3, 7, 768, 9001])
def test_a_constant_vector_gives_beta_exactly_and_without_eps_nan_as_in_torch(value, dtype, d):
    if dtype == np.float32:
        value = min(value, 3e38)
    x, beta = np.full((2, d), value, dtype), np.linspace(1, 2, d, dtype=dtype)
    np.testing.assert_array_equal(ln.layer_norm(x, np.full(d, 3.0), beta), np.broadcast_to(beta, (2, d)))
    y, _, rstd = ln.layer_norm(x, eps=0, return_stats=True)
    assert np.isnan(y).all()
    assert np.isinf(rstd).all()
    if abs(value) < 1e100:
        assert torch.isnan(F.layer_norm(T(x), (d,), eps=0.0)).all()


@promise(300)
@given(st.sampled_from((np.float16, np.float32, np.float64)), st.floats(allow_nan=False, allow_infinity=False, width=16),
       st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 3000))
def test_any_constant_vector_of_any_length_becomes_zero_exactly(dtype, small, any_size, d):
    value = small if dtype == np.float16 else np.clip(any_size, -np.finfo(dtype).max, np.finfo(dtype).max)
    x = np.full((2, d), value, dtype)
    np.testing.assert_array_equal(ln.layer_norm(x), 0)
    assert np.isnan(ln.layer_norm(x, eps=0)).all()


def test_a_vector_of_zeros_without_eps_is_nan_in_rms_norm_and_weight_norm_as_in_torch():
    assert np.isnan(ln.rms_norm(np.zeros(3), eps=0)).all()
    assert np.isnan(ln.weight_norm(np.zeros(3))).all()
    assert torch.isnan(F.rms_norm(torch.zeros(3), (3,), eps=0.0)).all()
    assert torch.isnan(torch._weight_norm(torch.zeros(1, 3), torch.ones(1, 1), 0)).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_nan_or_an_infinity_spoils_its_own_vector_and_no_other(bad):
    x = np.arange(12.0).reshape(3, 4)
    clean = ln.layer_norm(x)
    x[1, 2] = bad
    y = ln.layer_norm(x)
    assert np.isnan(y[1]).all()
    np.testing.assert_array_equal(y[[0, 2]], clean[[0, 2]])


def test_an_empty_batch_gives_an_empty_result():
    y, mean, rstd = ln.layer_norm(np.ones((0, 4)), return_stats=True)
    assert y.shape == (0, 4)
    assert mean.shape == rstd.shape == (0, 1)
    assert ln.group_norm(np.ones((0, 4)), groups=2, return_stats=True)[1].shape == (0, 2)


FINITE = st.sampled_from((16, 32, 64)).flatmap(lambda bits: st.tuples(st.just(bits), *[st.lists(
    st.floats(allow_nan=False, allow_infinity=False, width=bits), min_size=4, max_size=4)] * 5))


@promise(200)
@given(FINITE, st.sampled_from((5e-324, 1e-50, 1e-5, 1e300, 1.7e308)))
def test_finite_numbers_and_a_positive_eps_never_give_nan(numbers, eps):
    bits, values, gamma, beta, mean, var = numbers
    dtype = np.dtype(f"f{bits // 8}")
    x, gamma, beta, mean, var = (np.array(a, dtype) for a in (values, gamma, beta, mean, np.abs(var)))
    square, image = x.reshape(2, 2), np.stack([x.reshape(2, 2), -x.reshape(2, 2)])
    results = [
        *ln.layer_norm(x, gamma, beta, eps=eps, return_stats=True), *ln.rms_norm(x, gamma, beta, eps=eps, return_stats=True),
        *ln.layer_norm(square, gamma.reshape(2, 2), beta.reshape(2, 2), axis=(0, 1), eps=eps, return_stats=True),
        *ln.batch_norm(square, gamma[:2], beta[:2], mean[:2], var[:2], training=True, eps=eps, return_stats=True),
        *ln.batch_norm(square, gamma[:2], beta[:2], mean[:2], var[:2], training=False, eps=eps, return_stats=True),
        *ln.batch_norm(square, gamma[:2], beta[:2], mean[:2], var[:2], training=True, momentum=0, eps=eps),
        *ln.group_norm(image, gamma[:2], beta[:2], groups=1, eps=eps, return_stats=True),
        *ln.instance_norm(image, gamma[:2], beta[:2], eps=eps, return_stats=True),
        ln.dyt(x, gamma, beta, alpha=eps), ln.dyt(x, gamma, beta, alpha=-eps),
        *ln.masked_statistics(x, x >= x.min()),
    ]
    for k, result in enumerate(results):
        assert not np.isnan(result).any(), f"result {k} is {result}"


@promise(150)
@given(images(offsets=(0, 3, 1e4)), st.booleans(), st.sampled_from((0, 0.1, 0.3, 1)), st.booleans())
def test_batch_norm_is_torchs_with_its_running_statistics(given_x, training, momentum, tracked):
    x, _ = given_x
    axes, c = (0, *range(2, x.ndim)), x.shape[1]
    n = x.size // c
    if training and n == 1:
        with pytest.raises(ValueError, match="more than 1 value per channel"):
            F.batch_norm(T(native(x)), None, None, training=True)
        with pytest.raises(ValueError, match="more than one number per channel"):
            ln.batch_norm(x, training=True)
        return
    gamma, beta, wide, _ = parameters(x, (1,))
    rng = np.random.default_rng(1)
    running = (rng.normal(size=c), rng.uniform(0.5, 2, c)) if tracked or not training else (None, None)
    theirs = [None if a is None else T(a.copy()) for a in running]
    expected = F.batch_norm(T(native(x)), *theirs, T(gamma), T(beta), training, momentum, 1e-5)
    y, *new = ln.batch_norm(x, gamma, beta, *running, training=training, momentum=momentum)
    close(y, expected, 1e-12 * (offset_in_sigmas(x, axes) if training else 1 + np.abs(x)) * np.maximum(1, np.abs(wide)))
    for ours, torchs in zip(new, theirs, strict=True):
        assert (ours is None) == (torchs is None)
        if ours is not None:
            close(ours, torchs, 1e-12 * (np.abs(torchs.numpy()) + np.abs(x).max()))


def test_batch_norm_worked_by_hand():
    y, mean, var = ln.batch_norm([[1], [3], [5], [7]], None, None, [0], [1], training=True, eps=0)
    np.testing.assert_allclose(y[:, 0], np.array([-3, -1, 1, 3]) / np.sqrt(5), rtol=1e-15)     # biased: 5
    np.testing.assert_allclose(mean, [0.1 * 4], rtol=1e-15)
    np.testing.assert_allclose(var, [0.9 + 0.1 * 20 / 3], rtol=1e-15)                           # unbiased: 20/3


@pytest.mark.parametrize("momentum", [0.1, None])
def test_batch_norm_follows_torchs_module_over_many_batches_and_into_evaluation(momentum):
    rng = np.random.default_rng(0)
    module = torch.nn.BatchNorm2d(3, momentum=momentum, dtype=torch.float64)
    mean, var = np.zeros(3), np.ones(3)
    for k in range(5):
        x = rng.normal(k, 1 + k, (4, 3, 2, 2))
        y, mean, var = ln.batch_norm(x, None, None, mean, var, training=True, momentum=momentum, num_batches_tracked=k)
        close(y, module(T(x)).detach(), 1e-12)
        close(mean, module.running_mean, 1e-13)
        close(var, module.running_var, 1e-12)
    module.eval()
    x = rng.normal(size=(1, 3, 1, 1))
    close(ln.batch_norm(x, None, None, mean, var, training=False)[0], module(T(x)).detach(), 1e-12)


def test_in_evaluation_numbers_at_the_end_of_the_range_meet_as_on_paper():
    def evaluated(x, mean, var, gamma, eps):
        return ln.batch_norm([[x]], [gamma], None, [mean], [var], training=False, eps=eps)[0].item()
    assert evaluated(1e308, 0, 1e308, 1, 1e308) == pytest.approx(1e308 / (2**0.5 * 1e154), rel=1e-14)      # var + eps overflows
    assert evaluated(1.7e308, -1.7e308, 1e300, 1, 1e-5) == pytest.approx(3.4e158, rel=1e-14)               # x - mean overflows
    assert evaluated(1e308, 0, 0, 1e-300, 1e-10) == pytest.approx(1e13, rel=1e-14)                         # x / sigma overflows
    assert evaluated(1e308, 0, 0, 0, 1e-10) == 0


def test_running_statistics_keep_their_type_and_are_new_arrays():
    mean, var = np.zeros(2, np.float32), np.ones(2, np.float32)
    for training in (True, False):
        _, new_mean, new_var = ln.batch_norm(np.ones((3, 2)), None, None, mean, var, training=training)
        assert new_mean.dtype == new_var.dtype == np.float32
        assert not np.shares_memory(new_mean, mean)
        assert not np.shares_memory(new_var, var)


@promise(150)
@given(images(offsets=(0, 3, 1e4)))
def test_group_norm_and_instance_norm_are_torchs(given_x):
    x, groups = given_x
    gamma, beta, wide, _ = parameters(x, (1,))
    grouped = x.reshape(len(x), groups, -1, *x.shape[2:])
    axes = tuple(range(2, grouped.ndim))
    bound = np.broadcast_to(1e-12 * offset_in_sigmas(grouped, axes), grouped.shape).reshape(x.shape) * np.maximum(1, np.abs(wide))
    y, mean, rstd = ln.group_norm(x, gamma, beta, groups=groups, return_stats=True)
    assert mean.shape == rstd.shape == (len(x), groups, *[1] * (x.ndim - 2))
    theirs, means, rstds = torch.ops.aten.native_group_norm(T(native(x)), T(gamma), T(beta), len(x), x.shape[1],
                                                            int(np.prod(x.shape[2:])), groups, 1e-5)
    close(y, theirs, bound)
    close(mean.reshape(means.shape), means, 1e-12 * (1 + np.abs(means.numpy())))
    close(rstd.reshape(rstds.shape), rstds, 1e-12 * rstds.numpy() * offset_in_sigmas(grouped, axes).reshape(rstds.shape))
    if x.ndim > 2 and np.prod(x.shape[2:]) > 1:
        bound = 1e-12 * offset_in_sigmas(x, tuple(range(2, x.ndim))) * np.maximum(1, np.abs(wide))
        close(ln.instance_norm(x, gamma, beta), F.instance_norm(T(native(x)), weight=T(gamma), bias=T(beta)), bound)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_norms_over_channels_keep_types_and_compute_in_at_least_float32(dtype):
    x = (np.random.default_rng(0).normal(100, 200, (3, 4, 5))).astype(dtype)
    wide = x.astype(np.float64)
    bound = 2e-3 if dtype == np.float16 else 1e-6
    for norm in (lambda x: ln.group_norm(x, groups=2, return_stats=True), lambda x: ln.instance_norm(x, return_stats=True),
                 lambda x: ln.batch_norm(x, training=True, return_stats=True)[::3] + (ln.batch_norm(
                     x, None, None, np.zeros(4), np.full(4, 1e4), training=False, return_stats=True)[4],)):
        (y, *statistics), (expected, *_) = norm(x), norm(wide)
        assert y.dtype == dtype
        assert {a.dtype for a in statistics} == {np.dtype(np.float32)}
        close(y, expected, bound)


def test_one_group_is_layer_norm_of_a_sample_and_a_group_for_each_channel_is_instance_norm():
    x = np.random.default_rng(0).normal(size=(2, 6, 3, 4))
    np.testing.assert_array_equal(ln.group_norm(x, groups=1), ln.layer_norm(x, axis=(1, 2, 3)))
    np.testing.assert_array_equal(ln.group_norm(x, groups=6), ln.instance_norm(x))
    channels = np.moveaxis(x, 1, 0).reshape(1, 6, -1)
    np.testing.assert_allclose(ln.batch_norm(x, training=True)[0],
                               np.moveaxis(ln.instance_norm(channels).reshape(6, 2, 3, 4), 0, 1), rtol=0, atol=1e-14)


@promise(60)
@given(arrays(scales=(1e-320, 1e-200, 1, 1e150, 1e300), offsets=(0, 3), shapes=st.sampled_from(((4, 3), (2, 9001), (3, 2, 2, 2)))))
def test_weight_norm_is_torchs_where_torch_is_finite_and_always_of_length_gamma(v):
    axes = tuple(range(1, v.ndim))
    gamma = np.linspace(1, 2, len(v)).reshape(-1, *[1] * len(axes))
    w = ln.weight_norm(v, gamma, axis=axes)
    np.testing.assert_allclose(np.sqrt((w**2).sum(axis=axes, keepdims=True)), gamma, rtol=1e-13)
    theirs = torch._weight_norm(T(native(v)), T(gamma), 0).numpy()
    if 1e-100 < np.abs(v).max() < 1e152:
        np.testing.assert_allclose(w, theirs, rtol=1e-12)


def test_weight_norm_takes_torchs_weight_as_it_is():
    layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(5, 3, dtype=torch.float64))
    g, v = (p.detach().numpy() for p in (layer.parametrizations.weight.original0, layer.parametrizations.weight.original1))
    np.testing.assert_allclose(ln.weight_norm(v, g), layer.weight.detach().numpy(), rtol=1e-14)


@promise(60)
@given(arrays_and_axes(scales=(1e-300, 1, 1e300)), st.sampled_from((0.5, -2, 0, 1e300)))
def test_dyt_is_the_formula_in_torch(given_x, alpha):
    x, axes = given_x
    gamma, beta, wide, wide_beta = parameters(x, axes)
    expected = T(wide) * torch.tanh(alpha * T(native(x))) + T(wide_beta)
    close(ln.dyt(x, gamma, beta, alpha=alpha, axis=axes), expected, 1e-14)


def test_dyt_keeps_its_type():
    assert ln.dyt(np.ones(3, np.float16)).dtype == np.float16
    assert ln.dyt(np.ones(3, np.float32), np.ones(3)).dtype == np.float32


@promise(60)
@given(arrays(shapes=st.just((3, 5)), dtype=np.float32), st.sampled_from((1e300, -1e300)))
def test_a_gamma_beyond_the_type_of_x_overflows_to_infinity_and_never_to_nan(x, large):
    gamma, beta = np.full(5, large), np.full(5, -large)
    y = ln.layer_norm(np.vstack([x, np.ones((1, 5), np.float32)]), gamma, beta)
    assert y.dtype == np.float32
    assert not np.isnan(y).any()
