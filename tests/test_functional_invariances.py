"""What each normalization cannot see, and what comes out of it whatever goes in."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layernorm as ln
from test_functional_oracles import arrays, close, offset_in_sigmas, promise

# Ba, Kiros & Hinton 2016, table 1, and the same for RMSNorm: is the output invariant?
CHANGES = ("weight matrix scaled", "weight matrix shifted", "one weight vector scaled", "data set scaled", "data set shifted", "one case scaled")
TABLE = {
    "batch": (True, False, True, True, True, False),
    "weight": (True, False, True, False, False, False),
    "layer": (True, True, False, True, False, True),
    "rms": (True, False, False, True, False, True),
}
RNG = np.random.default_rng(0)
DATA, WEIGHTS, SHIFT, ROW = RNG.normal(size=(64, 20)), RNG.normal(size=(30, 20)), RNG.normal(size=20), RNG.normal(size=20)
GAIN, BIAS = RNG.normal(size=30), RNG.normal(size=30)


def output(method, x, w):
    """What a layer of 30 neurons with this normalization gives for the cases x (64, 20): (64, 30)."""
    if method == "batch":
        return ln.batch_norm(x @ w.T, GAIN, BIAS, training=True, eps=0)[0]
    if method == "weight":
        return x @ ln.weight_norm(w, GAIN[:, None]).T + BIAS
    return {"layer": ln.layer_norm, "rms": ln.rms_norm}[method](x @ w.T, GAIN, BIAS, eps=0)


def changed(change, factor=3.7):
    x, w = DATA.copy(), WEIGHTS.copy()
    if change == "weight matrix scaled":
        w *= factor
    elif change == "weight matrix shifted":
        w += SHIFT                                             # the same vector is added to every neuron's weights
    elif change == "one weight vector scaled":
        w[4] *= factor
    elif change == "data set scaled":
        x *= factor
    elif change == "data set shifted":
        x += ROW
    elif change == "one case scaled":
        x[9] *= factor
    return x, w


@pytest.mark.parametrize("method", TABLE)
@pytest.mark.parametrize("change", CHANGES)
def test_table_1_of_ba_et_al_holds_cell_by_cell(method, change):
    difference = np.abs(output(method, *changed(change)) - output(method, DATA, WEIGHTS)).max()
    if TABLE[method][CHANGES.index(change)]:
        assert difference < 1e-12
    else:
        assert difference > 1


@pytest.mark.parametrize("method", TABLE)
def test_a_negative_factor_flips_the_sign_before_gain_and_bias(method):
    plain, flipped = (output(method, *changed("weight matrix scaled", factor)) for factor in (1, -2))
    np.testing.assert_allclose(flipped - BIAS, BIAS - plain, rtol=0, atol=1e-12)


X = RNG.normal(size=(8, 16))


def test_layer_norm_ignores_a_shift_of_all_features():
    np.testing.assert_allclose(ln.layer_norm(X + 1e3), ln.layer_norm(X), rtol=0, atol=1e-12)


def test_layer_norm_ignores_a_positive_scale_of_all_features_but_for_eps():
    np.testing.assert_allclose(ln.layer_norm(3 * X + 1e3, eps=0), ln.layer_norm(X, eps=0), rtol=0, atol=1e-12)
    assert np.abs(ln.layer_norm(1e-3 * X) - ln.layer_norm(X)).max() > 0.5


@pytest.mark.parametrize("power", [-1050, -300, -1, 4, 300, 1000])
def test_without_eps_a_power_of_two_changes_no_bit(power):
    tame = np.round(X * 1024) / 1024                            # so that the smallest numbers lose nothing either
    np.testing.assert_array_equal(ln.layer_norm(np.ldexp(tame, power), eps=0), ln.layer_norm(np.ldexp(tame, 1000), eps=0)
                                  if abs(power) > 500 else ln.layer_norm(tame, eps=0))


def test_layer_norm_follows_a_permutation_of_the_features():
    order = RNG.permutation(16)
    np.testing.assert_allclose(ln.layer_norm(X[:, order]), ln.layer_norm(X)[:, order], rtol=0, atol=1e-14)


def test_rms_norm_follows_any_rotation_and_layer_norm_those_that_fix_the_ones():
    rotation, _ = np.linalg.qr(RNG.normal(size=(16, 16)))
    np.testing.assert_allclose(ln.rms_norm(X @ rotation), ln.rms_norm(X) @ rotation, rtol=0, atol=1e-13)
    assert np.abs(ln.layer_norm(X @ rotation) - ln.layer_norm(X) @ rotation).max() > 0.1
    basis, _ = np.linalg.qr(np.column_stack([np.ones(16), RNG.normal(size=(16, 15))]))
    inner = np.eye(16)
    inner[1:, 1:] = np.linalg.qr(RNG.normal(size=(15, 15)))[0]
    fixing = basis @ inner @ basis.T
    np.testing.assert_allclose(ln.layer_norm(X @ fixing), ln.layer_norm(X) @ fixing, rtol=0, atol=1e-13)


def test_layer_norm_is_rms_norm_where_the_mean_is_zero():
    centred = X - X.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(ln.rms_norm(centred), ln.layer_norm(centred), rtol=0, atol=1e-14)
    np.testing.assert_allclose(ln.rms_norm(centred), ln.layer_norm(X), rtol=0, atol=1e-13)


def test_normalizing_twice_is_normalizing_once_but_for_eps():
    once = ln.layer_norm(X, eps=0)
    np.testing.assert_allclose(ln.layer_norm(once, eps=0), once, rtol=0, atol=1e-14)


@promise(80)
@given(arrays(offsets=(0, 3, 1e4, 1e8), scales=(1e-300, 1e-3, 1, 1e300), shapes=st.tuples(st.integers(1, 4), st.integers(2, 300))))
def test_what_comes_out_has_mean_zero_and_without_eps_the_length_root_d(x):
    y, d = ln.layer_norm(x, eps=0), x.shape[1]
    close(y.mean(axis=1), 0, 1e-13)
    close(np.linalg.norm(y, axis=1), np.sqrt(d), 1e-12)
    close(np.linalg.norm(ln.rms_norm(x, eps=0), axis=1), np.sqrt(d), 1e-12)
    assert np.abs(y).max() <= np.sqrt(d - 1) + 1e-12


@promise(60)
@given(arrays(offsets=(0, 3), scales=(1e-3, 1e-2, 1), shapes=st.tuples(st.integers(1, 4), st.integers(2, 30))), st.sampled_from((1e-5, 1e-2)))
def test_with_eps_the_mean_square_is_var_over_var_plus_eps(x, eps):
    var = x.var(axis=1)
    close((ln.layer_norm(x, eps=eps) ** 2).mean(axis=1), var / (var + eps), 1e-12 * offset_in_sigmas(x, (1,)).max())


def test_one_hot_has_the_largest_component_there_is_and_two_numbers_keep_their_order_only():
    d = 10
    y = ln.layer_norm(np.eye(d)[3], eps=0)
    np.testing.assert_allclose(y[3], np.sqrt(d - 1), rtol=1e-14)
    np.testing.assert_allclose(np.delete(y, 3), -1 / np.sqrt(d - 1), rtol=1e-14)
    np.testing.assert_allclose(ln.layer_norm([[1, 5], [1e9, -1e-9]], eps=0), [[-1, 1], [1, -1]], rtol=1e-14)


def test_in_training_a_sample_of_batch_norm_depends_on_its_neighbours_and_one_of_layer_norm_does_not():
    other = X.copy()
    other[1:] = RNG.normal(size=(7, 16))
    assert np.abs(ln.batch_norm(other, training=True)[0][0] - ln.batch_norm(X, training=True)[0][0]).max() > 0.1
    np.testing.assert_array_equal(ln.layer_norm(other)[0], ln.layer_norm(X)[0])
    statistics = {"running_mean": X.mean(axis=0), "running_var": X.var(axis=0), "training": False}
    np.testing.assert_array_equal(ln.batch_norm(other, **statistics)[0][0], ln.batch_norm(X, **statistics)[0][0])
