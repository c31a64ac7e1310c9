"""Gradients: PyTorch's autograd, finite differences, and what must hold whatever the numbers."""
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import layernorm as ln
from test_functional_oracles import arrays, arrays_and_axes, close, images, offset_in_sigmas, parameters, promise

F, T = torch.nn.functional, torch.tensor


def leaf(a):
    return T(np.array(a, dtype=a.dtype.newbyteorder("="), order="C"), requires_grad=True)


def autograd(function, dy, *inputs):
    """The gradients of inputs through function, in torch."""
    leaves = [leaf(a) for a in inputs]
    function(*leaves).backward(T(dy))
    return [one.grad.numpy() for one in leaves]


def like(x, seed=1):
    return np.random.default_rng(seed).normal(size=x.shape)


def all_close(gradients, expected, x, axes, dy, rstd):
    """dx within 1e-12 of what its three paths carry, the others of what is added up; times the offset that rounds x_hat."""
    far = offset_in_sigmas(x, axes).max()
    dx, *others = gradients
    close(dx, expected[0], 1e-12 * far * rstd.max() * max(1, np.abs(dy).sum()), what="dx:")
    for one, other in zip(others, expected[1:], strict=True):
        close(one, other, 1e-12 * far * max(1, np.abs(dy).sum()), what="dgamma or dbeta:")


@promise(120)
@given(arrays_and_axes(offsets=(0, 1, 30, 1e4), scales=(1e-3, 1, 1e3)), st.sampled_from((1e-5, 0.1)))
def test_layer_norm_backward_is_autograds(given_x, eps):
    x, axes = given_x
    gamma, beta, *_ = parameters(x, axes)
    dy = like(x)
    _, mean, rstd = ln.layer_norm(x, gamma, beta, axis=axes, eps=eps, return_stats=True)
    got = ln.layer_norm_backward(dy, x, mean, rstd, gamma, axis=axes)
    ordered = sorted(a % x.ndim for a in axes)

    def function(x, gamma, beta):
        moved = torch.movedim(x, ordered, tuple(range(-len(ordered), 0)))
        return torch.movedim(F.layer_norm(moved, gamma.shape, gamma, beta, eps), tuple(range(-len(ordered), 0)), ordered)
    if np.isfinite(offset_in_sigmas(x, axes)).all():
        all_close(got, autograd(function, dy, x, gamma, beta), x, axes, dy, rstd)
    assert [a.shape for a in got] == [x.shape, gamma.shape, gamma.shape]


@promise(80)
@given(arrays_and_axes(offsets=(0, 1, 30), scales=(1e-3, 1, 1e3)))
def test_rms_norm_backward_is_autograds(given_x):
    x, axes = given_x
    gamma, beta, *_ = parameters(x, axes)
    dy = like(x)
    _, rstd = ln.rms_norm(x, gamma, beta, axis=axes, return_stats=True)
    ordered = sorted(a % x.ndim for a in axes)

    def function(x, gamma, beta):
        moved = torch.movedim(x, ordered, tuple(range(-len(ordered), 0)))
        return torch.movedim(F.rms_norm(moved, gamma.shape, gamma, 1e-5) + beta, tuple(range(-len(ordered), 0)), ordered)
    got, expected = ln.rms_norm_backward(dy, x, rstd, gamma, axis=axes), autograd(function, dy, x, gamma, beta)
    close(got[0], expected[0], 1e-12 * max(1, np.abs(x).max()) * np.abs(rstd).max() * np.abs(gamma).max() * 10, what="dx:")
    for one, other in zip(got[1:], expected[1:], strict=True):
        close(one, other, 1e-12 * np.abs(dy).sum())


@promise(100)
@given(images(offsets=(0, 3, 1e4)), st.booleans())
def test_batch_norm_backward_is_autograds(given_x, training):
    x, _ = given_x
    axes = (0, *range(2, x.ndim))
    gamma, beta, *_ = parameters(x, (1,))
    dy, running = like(x), (np.linspace(-1, 1, x.shape[1]), np.linspace(0.5, 2, x.shape[1]))
    if training and x.size == x.shape[1]:
        return
    *_, mean, rstd = ln.batch_norm(x, gamma, beta, *running, training=training, return_stats=True)
    expected = autograd(lambda x, g, b: F.batch_norm(x, *(T(a.copy()) for a in running), g, b, training), dy, x, gamma, beta)
    got = ln.batch_norm_backward(dy, x, mean, rstd, gamma, training=training)
    if training:
        all_close(got, expected, x, axes, dy, rstd)
    else:
        for one, other in zip(got, expected, strict=True):
            close(one, other, 1e-12 * (1 + np.abs(dy).sum()) * (1 + np.abs(x).max()))


@promise(100)
@given(images(offsets=(0, 3, 1e4)))
def test_group_norm_backward_is_autograds_and_with_a_group_for_each_channel_that_of_instance_norm(given_x):
    x, groups = given_x
    gamma, beta, *_ = parameters(x, (1,))
    dy = like(x)
    grouped = x.reshape(len(x), groups, -1, *x.shape[2:])
    axes = tuple(range(2, grouped.ndim))
    _, mean, rstd = ln.group_norm(x, gamma, beta, groups=groups, return_stats=True)
    got = ln.group_norm_backward(dy, x, mean, rstd, gamma, groups=groups)
    if np.isfinite(offset_in_sigmas(grouped, axes)).all() and x.size // len(x) > 1:
        def in_groups(x, g, b):
            return F.group_norm(torch.cat([x, x.detach() + 1]), groups, g, b)[:len(x)]     # torch refuses one value per channel
        all_close(got, autograd(in_groups, dy, x, gamma, beta), grouped, axes, dy, rstd)
    if x.ndim > 2 and np.prod(x.shape[2:]) > 1:
        _, mean, rstd = ln.instance_norm(x, gamma, beta, return_stats=True)
        got = ln.group_norm_backward(dy, x, mean, rstd, gamma, groups=x.shape[1])
        expected = autograd(lambda x, g, b: F.instance_norm(x, weight=g, bias=b), dy, x, gamma, beta)
        all_close(got, expected, x, tuple(range(2, x.ndim)), dy, rstd)


def differences(function, a, dy, step=1e-4):
    """The gradient of sum(dy * function(a)) by central differences."""
    gradient = np.empty_like(a)
    for index in np.ndindex(a.shape):
        up, down = a.copy(), a.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (dy * (function(up) - function(down))).sum() / (2 * step)
    return gradient


X = np.random.default_rng(0).normal(7, 3, (4, 6, 2))
CASES = {
    "layer_norm": (X, (6, 2), lambda x, g, b: ln.layer_norm(x, g, b, axis=(1, 2), return_stats=True),
                   lambda dy, x, stats, g: ln.layer_norm_backward(dy, x, *stats, g, axis=(1, 2))),
    "rms_norm": (X, (6, 2), lambda x, g, b: ln.rms_norm(x, g, b, axis=(1, 2), return_stats=True),
                 lambda dy, x, stats, g: ln.rms_norm_backward(dy, x, *stats, g, axis=(1, 2))),
    "batch_norm": (X, (6,), lambda x, g, b: ln.batch_norm(x, g, b, training=True, return_stats=True),
                   lambda dy, x, stats, g: ln.batch_norm_backward(dy, x, *stats[2:], g, training=True)),
    "batch_norm, evaluation": (X, (6,), lambda x, g, b: ln.batch_norm(x, g, b, np.zeros(6), np.ones(6), training=False, return_stats=True),
                               lambda dy, x, stats, g: ln.batch_norm_backward(dy, x, *stats[2:], g, training=False)),
    "group_norm": (X, (6,), lambda x, g, b: ln.group_norm(x, g, b, groups=3, return_stats=True),
                   lambda dy, x, stats, g: ln.group_norm_backward(dy, x, *stats, g, groups=3)),
    "instance_norm": (X, (6,), lambda x, g, b: ln.instance_norm(x, g, b, return_stats=True),
                      lambda dy, x, stats, g: ln.group_norm_backward(dy, x, *stats, g, groups=6)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_gradient_is_what_finite_differences_say(name):
    x, shape, forward, backward = CASES[name]
    rng = np.random.default_rng(1)
    gamma, beta, dy = rng.normal(size=shape), rng.normal(size=shape), rng.normal(size=x.shape)
    _, *stats = forward(x, gamma, beta)
    got = backward(dy, x, stats, gamma)
    expected = (differences(lambda a: forward(a, gamma, beta)[0], x, dy), differences(lambda a: forward(x, a, beta)[0], gamma, dy),
                differences(lambda a: forward(x, gamma, a)[0], beta, dy))
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-8 * max(1, np.abs(other).max()))


@pytest.mark.parametrize("name", CASES)
def test_without_gamma_a_gradient_is_that_of_gamma_one(name):
    x, shape, forward, backward = CASES[name]
    _, *stats = forward(x, None, None)
    for one, other in zip(backward(like(x), x, stats, None), backward(like(x), x, stats, np.ones(shape)), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_dx_keeps_the_type_of_x_and_what_is_summed_is_at_least_float32(name, dtype):
    x, _, forward, backward = CASES[name]
    x, dy = x.astype(dtype), like(x).astype(dtype)
    _, *stats = forward(x, None, None)
    dx, dgamma, dbeta = backward(dy, x, stats, None)
    _, *stats = forward(x.astype(float), None, None)
    assert (dx.dtype, dgamma.dtype, dbeta.dtype) == (dtype, np.float32, np.float32)
    for one, other in zip((dx, dgamma, dbeta), backward(dy, x.astype(float), stats, None), strict=True):
        close(one, other, (2e-3 if one is dx and dtype == np.float16 else 1e-5) * max(1, np.abs(other).max()))


def test_the_gradient_of_gamma_loses_no_row_of_a_large_batch_in_float16():
    x = np.tile(np.array([[1, -1]], np.float16), (70000, 1))
    _, mean, rstd = ln.layer_norm(x, eps=0, return_stats=True)
    _, dgamma, dbeta = ln.layer_norm_backward(np.ones_like(x), x, mean, rstd)
    np.testing.assert_array_equal(dgamma, [70000, -70000])
    np.testing.assert_array_equal(dbeta, [70000, 70000])


@promise(80)
@given(arrays(offsets=(0, 3, 1e4), scales=(1e-100, 1e-3, 1, 1e100), shapes=st.tuples(st.integers(1, 4), st.integers(3, 60))))
def test_without_eps_dx_sums_to_zero_and_is_perpendicular_to_x_hat(x):
    gamma, dy = like(x[0]), like(x)
    x_hat, mean, rstd = ln.layer_norm(x, eps=0, return_stats=True)
    dx, *_ = ln.layer_norm_backward(dy, x, mean, rstd, gamma)
    size = rstd[:, 0] * np.abs(dy * gamma).sum(axis=1)
    close(dx.sum(axis=1) / size, 0, 1e-13)
    close((dx * x_hat).sum(axis=1) / size, 0, 1e-11 * offset_in_sigmas(x, (1,)).max())
    dx, *_ = ln.rms_norm_backward(dy, x, ln.rms_norm(x, eps=0, return_stats=True)[1], gamma)
    size = np.abs(dy * gamma).sum(axis=1)
    close((dx * x).sum(axis=1) / size, 0, 1e-12)


@pytest.mark.parametrize("factor", [1e-3, 10, 1e6])
def test_ten_times_the_input_has_a_tenth_of_the_gradient(factor):
    x, dy = like(np.empty((3, 8))), like(np.empty((3, 8)), 2)
    small, large = (ln.layer_norm_backward(dy, a, *ln.layer_norm(a, eps=0, return_stats=True)[1:])[0] for a in (x, factor * x))
    np.testing.assert_allclose(large, small / factor, rtol=1e-11)


def test_at_a_constant_vector_the_gradient_is_316_times_what_is_left_of_dy():
    x, dy = np.full(4, 3.0), np.array([1.0, 0, 0, 0])
    dx, *_ = ln.layer_norm_backward(dy, x, *ln.layer_norm(x, return_stats=True)[1:])
    np.testing.assert_allclose(dx, (dy - 0.25) / np.sqrt(1e-5), rtol=1e-14)


@promise(60)
@given(arrays(offsets=(0, 3), scales=(1e-3, 1, 1e3), shapes=st.tuples(st.integers(1, 3), st.integers(2, 9))), st.sampled_from((0, 1e-5, 1)))
def test_the_jacobian_is_autograds_and_its_transpose_is_the_backward_pass(x, eps):
    gamma = like(x[0])
    jacobian = ln.layer_norm_jacobian(x, gamma, eps=eps)
    assert jacobian.shape == (*x.shape, x.shape[-1])
    dy = like(x)
    _, mean, rstd = ln.layer_norm(x, eps=eps, return_stats=True)
    dx, *_ = ln.layer_norm_backward(dy, x, mean, rstd, gamma)
    bound = 1e-11 * offset_in_sigmas(x, (1,)) * rstd * np.abs(gamma).max()
    close(np.einsum("nij,ni->nj", jacobian, dy), dx, bound * np.abs(dy).sum())
    for row, one, limit in zip(x, jacobian, bound, strict=True):
        expected = torch.autograd.functional.jacobian(lambda t: F.layer_norm(t, gamma.shape, T(gamma), None, eps), leaf(row))
        close(one, expected, limit)


@pytest.mark.parametrize("d", [3, 4, 8, 33])
def test_the_jacobian_times_sigma_is_a_projection_of_rank_d_minus_2(d):
    x = np.random.default_rng(d).normal(5, 2, d)
    jacobian = ln.layer_norm_jacobian(x, eps=0)
    x_hat, _, rstd = ln.layer_norm(x, eps=0, return_stats=True)
    projection = jacobian / rstd
    np.testing.assert_allclose(projection, projection.T, rtol=0, atol=1e-15)
    np.testing.assert_allclose(projection @ projection, projection, rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.linalg.svd(projection, compute_uv=False), [1] * (d - 2) + [0, 0], rtol=0, atol=1e-14)
    assert np.linalg.matrix_rank(jacobian) == d - 2
    np.testing.assert_allclose(jacobian @ np.ones(d), 0, rtol=0, atol=1e-14)
    np.testing.assert_allclose(jacobian @ x_hat, 0, rtol=0, atol=1e-13)


def test_with_eps_the_jacobian_lets_a_little_of_x_hat_through_and_keeps_the_type_of_x():
    jacobian = ln.layer_norm_jacobian(np.array([1, 2, 4], np.float32), eps=1)
    assert jacobian.dtype == np.float32
    assert np.linalg.matrix_rank(jacobian.astype(float), tol=1e-5) == 2
