"""A wrong argument is named, with what it was and what would fit; whatever is let through gives the right answer."""
import inspect
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import layernorm as ln
from cases import together
from test_functional_oracles import promise

ROWS, IMAGE, ONES = np.arange(6.0).reshape(2, 3), np.arange(24.0).reshape(2, 4, 3), np.ones(3)
MEAN, RSTD = np.ones((2, 1)), np.ones((2, 1))
RIGHT = {                                                                # a call of each function that works
    ln.layer_norm: {"x": ROWS, "gamma": ONES, "beta": ONES, "axis": -1, "eps": 1e-5, "return_stats": False},
    ln.layer_norm_plain: {"x": ROWS, "gamma": ONES, "beta": ONES, "axis": -1, "eps": 1e-5, "return_stats": False},
    ln.rms_norm: {"x": ROWS, "gamma": ONES, "beta": ONES, "axis": -1, "eps": 1e-5, "return_stats": False},
    ln.rms_norm_plain: {"x": ROWS, "gamma": ONES, "beta": ONES, "axis": -1, "eps": 1e-5, "return_stats": False},
    ln.dyt: {"x": ROWS, "gamma": ONES, "beta": ONES, "alpha": 0.5, "axis": -1},
    ln.weight_norm: {"v": ROWS, "gamma": np.ones((2, 1)), "axis": -1},
    ln.batch_norm: {"x": ROWS, "gamma": ONES, "beta": ONES, "running_mean": ONES, "running_var": ONES, "training": True, "momentum": 0.1,
                    "num_batches_tracked": 0, "eps": 1e-5, "return_stats": False},
    ln.instance_norm: {"x": IMAGE, "gamma": np.ones(4), "beta": np.ones(4), "eps": 1e-5, "return_stats": False},
    ln.group_norm: {"x": IMAGE, "gamma": np.ones(4), "beta": np.ones(4), "groups": 2, "eps": 1e-5, "return_stats": False},
    ln.layer_norm_backward: {"dy": ROWS, "x": ROWS, "mean": MEAN, "rstd": RSTD, "gamma": ONES, "axis": -1},
    ln.rms_norm_backward: {"dy": ROWS, "x": ROWS, "rstd": RSTD, "gamma": ONES, "axis": -1},
    ln.batch_norm_backward: {"dy": ROWS, "x": ROWS, "mean": np.ones((1, 3)), "rstd": np.ones((1, 3)), "gamma": ONES, "training": True},
    ln.group_norm_backward: {"dy": IMAGE, "x": IMAGE, "mean": np.ones((2, 2, 1)), "rstd": np.ones((2, 2, 1)), "gamma": np.ones(4), "groups": 2},
    ln.layer_norm_jacobian: {"x": ROWS, "gamma": ONES, "eps": 1e-5},
    ln.variance_one_pass: {"x": ROWS, "axis": -1},
    ln.variance_two_pass: {"x": ROWS, "axis": -1},
    ln.variance_welford: {"x": ROWS, "axis": -1},
    ln.variance_pairwise: {"x": ROWS, "axis": -1},
    ln.merge_moments: {"a": (1, 2.0, 0.0), "b": (2, 3.0, 1.0)},
    ln.masked_statistics: {"x": ROWS, "mask": ROWS > -1, "axis": -1},
    ln.round_to: {"x": ROWS, "dtype": "bfloat16"},
}
ARRAYS = {"x", "v", "dy", "gamma", "beta", "mean", "rstd", "running_mean", "running_var"}
NOT_REAL = [(np.ones(3) * 1j, "complex128"), (np.array(["a"]), "<U1"), (np.array([1, None]), "object"), (np.array([2**70]), "object"),
            (np.array(["2020-01-01"], "datetime64[D]"), "datetime64"), (object(), "object"), (b"abc", "|S3")]
if np.dtype(np.longdouble).itemsize > 8:
    NOT_REAL.append((np.ones(3, np.longdouble), str(np.dtype(np.longdouble))))
NUMBERS = {"eps": "negative", "alpha": None, "momentum": "beyond"}


def wrong_calls():
    """(function, wrong arguments, error, words in its message) for every argument of every function."""
    for function, right in RIGHT.items():
        for name in right:
            if name in ARRAYS:
                for value, word in NOT_REAL:
                    yield function, {name: value}, TypeError, (name, "real numbers", word)
                yield function, {name: [[1, 2], [3]]}, ValueError, (name, "one length")
                yield function, {name: np.ma.array([1.0, 2.0], mask=[True, False])}, TypeError, (name, "masked")
                if name not in ("x", "v"):
                    shape = np.shape(right[name])
                    for other in ((), (5,), (1, *shape), shape[1:] or (7,), (0,)):
                        yield function, {name: np.ones(other)}, ValueError, (f"{name} must have shape {shape}", f"got {other}")
            if name in NUMBERS:
                for value in ("1e-5", None, 1j, [1e-5], np.array(1e-5), True, np.True_, Decimal(1)):
                    if not (name == "momentum" and value is None):
                        yield function, {name: value}, TypeError, (f"{name} must be a real number", type(value).__name__)
                for value in (math.nan, math.inf, -math.inf, 10**400, *([] if name == "alpha" else [-1, -5e-324])):
                    yield function, {name: value}, ValueError, (f"{name} must be a finite number", str(value))
            if name == "axis":
                for value in (None, True, 1.0, "0", (0, 1.0), (True,), {0}, (None,), np.float64(1)):
                    yield function, {name: value}, TypeError, ("axis must be an int or a tuple of ints", repr(value))
                for value in (2, -3, (0, 5), 10**30):
                    yield function, {name: value}, ValueError, (f"axis {value} does not exist", "(2, 3)", "-2 to 1")
                for value in ((0, 0), (1, -1), [0, 1, 0]):
                    yield function, {name: value}, ValueError, (f"axis {value} names an axis", "(2, 3)", "twice")
                yield function, {name: ()}, ValueError, ("axis must name at least one axis", "(2, 3)")
                array = "v" if "v" in right else "x"
                yield function, {array: np.ones((2, 0))}, ValueError, ("axis -1 leaves nothing to average", array, "(2, 0)")
                yield function, {array: 3.0}, ValueError, ("axis -1 does not exist", array, "()")
            if name in ("return_stats", "training"):
                for value in (1, "eval", None, 0.0):
                    yield function, {name: value}, TypeError, (f"{name} must be True or False", repr(value))
            if name in ("groups", "num_batches_tracked"):
                for value in (2.0, "2", True, [2]) + ((None,) if name == "groups" else ()):
                    yield function, {name: value}, TypeError, (f"{name} must be an int", repr(value))
                yield function, {name: -1}, ValueError, (f"{name} must be at least", "got -1")
            if name == "groups":
                yield function, {name: 0}, ValueError, ("groups must be at least 1",)
                for value in (3, 8):
                    yield function, {name: value}, ValueError, ("groups must divide the 4 channels", "(2, 4, 3)", f"got {value}")
                yield function, {"x": np.ones((2, 4, 0))}, ValueError, ("x must hold at least one number per group", "(2, 4, 0)")
        if {"groups", "training"} & set(right):
            yield function, {"x": ONES}, ValueError, ("x must have shape (N, C, ...)", "(3,)")
    for function in (ln.batch_norm, ln.batch_norm_backward):
        yield function, {"x": np.ones((0, 3))}, ValueError, ("x must hold", "(0, 3)")
    given_parts = {"gamma": None, "beta": None}
    for x in (np.ones((1, 3)), np.ones((1, 3, 1, 1))):
        yield ln.batch_norm, {"x": x}, ValueError, ("more than one number per channel in training", str(x.shape))
    yield ln.batch_norm, {"running_mean": None}, ValueError, ("running_mean is missing", "both")
    yield ln.batch_norm, {"running_var": None}, ValueError, ("running_var is missing", "both")
    yield ln.batch_norm, {"running_mean": None, "running_var": None, "training": False}, ValueError, ("must be given unless training",)
    yield ln.batch_norm, {"running_var": [1, -2, 3]}, ValueError, ("running_var must hold variances >= 0", "-2")
    yield ln.batch_norm, {"momentum": None, "num_batches_tracked": None}, ValueError, ("num_batches_tracked must be given",)
    yield ln.batch_norm, {"momentum": 1.5}, ValueError, ("momentum", "from 0 to 1", "1.5")
    yield ln.instance_norm, {"x": np.ones((2, 4))}, ValueError, ("x must have shape (N, C, L, ...)", "(2, 4)")
    yield ln.instance_norm, {"x": np.ones((2, 4, 1))}, ValueError, ("more than one number per channel and sample", "(2, 4, 1)")
    yield ln.instance_norm, {"x": np.ones((2, 0, 3)), **given_parts}, ValueError, ("x", "(2, 0, 3)")
    yield ln.layer_norm_jacobian, {"x": np.ones((2, 0))}, ValueError, ("nothing to average", "(2, 0)")
    yield ln.layer_norm_jacobian, {"x": 1.0}, ValueError, ("does not exist", "()")
    for name in "ab":
        for value in (None, 3, [1, 2.0, 0.0], (1, 2.0)):
            yield ln.merge_moments, {name: value}, TypeError, (f"{name} must be (count, mean, m2)", repr(value))
        yield ln.merge_moments, {name: (1.5, 2.0, 0.0)}, TypeError, (f"count of {name} must hold ints", "float64")
        yield ln.merge_moments, {name: (True, 2.0, 0.0)}, TypeError, (f"count of {name} must hold ints", "bool")
        yield ln.merge_moments, {name: ([[1], [2, 3]], 2.0, 0.0)}, ValueError, (f"count of {name}", "one length")
        yield ln.merge_moments, {name: (1, 2j, 0.0)}, TypeError, (f"mean of {name}", "complex128")
        yield ln.merge_moments, {name: (1, 2.0, "x")}, TypeError, (f"m2 of {name}", "<U1")
        yield ln.merge_moments, {name: (-1, 2.0, 0.0)}, ValueError, (f"count and the m2 of {name} must be >= 0", "-1")
        yield ln.merge_moments, {name: (1, 2.0, -3.0)}, ValueError, (f"count and the m2 of {name} must be >= 0", "-3.0")
    yield ln.merge_moments, {"a": (1, ONES, ONES), "b": (1, np.ones(2), np.ones(2))}, ValueError, ("a and b must have shapes that fit", "(3,)", "(2,)")
    for value in (np.ones(3), [0, 1, 1], "mask", None):
        yield ln.masked_statistics, {"mask": value}, TypeError, ("mask must hold bools", "dtype")
    yield ln.masked_statistics, {"mask": [[True], [False, True]]}, ValueError, ("mask", "one length")
    yield ln.masked_statistics, {"mask": [True, False]}, ValueError, ("mask must have a shape that broadcasts to (2, 3)", "(2,)")
    yield ln.masked_statistics, {"mask": np.ones((4, 2, 3), bool)}, ValueError, ("mask must have a shape", "(4, 2, 3)")
    yield ln.masked_statistics, {"mask": [[True], [False]]}, ValueError, ("mask leaves nothing to average in 1 of 2", "(2, 3)")
    for value in ("float64", "half", "", None, np.float16, 16, ["bfloat16"]):
        yield ln.round_to, {"dtype": value}, ValueError, ("dtype must be one of float16, bfloat16, float32", repr(value))


@together("function, wrong, error, words", list(wrong_calls()))
def test_a_wrong_argument_is_named_with_what_it_was_and_what_would_fit(function, wrong, error, words):
    with pytest.raises(error) as caught:
        function(**RIGHT[function] | wrong)
    assert type(caught.value) is error
    for word in words:
        assert word in str(caught.value)


def test_every_argument_of_every_function_is_tried():
    functions = {getattr(ln, name) for name in ln.functional.__all__} - {ln.Moments}
    assert functions == set(RIGHT)
    tried = {}
    for function, wrong, *_ in wrong_calls():
        tried.setdefault(function, set()).update(wrong)
    for function, right in RIGHT.items():
        assert set(inspect.signature(function).parameters) == set(right) == tried[function], function.__name__
        function(**right)


@pytest.mark.parametrize("function", RIGHT, ids=lambda function: function.__name__)
def test_options_are_keywords_and_named_alike_throughout(function):
    parameters = inspect.signature(function).parameters
    known = ["dy", "x", "v", "a", "b", "mask", "dtype", "mean", "rstd", "gamma", "beta", "running_mean", "running_var", "training", "groups",
             "alpha", "axis", "momentum", "num_batches_tracked", "eps", "return_stats"]
    names = list(parameters)
    assert sorted(names, key=known.index) == names or function is ln.masked_statistics
    options = {"training", "groups", "alpha", "axis", "momentum", "num_batches_tracked", "eps", "return_stats"}
    assert {name for name, p in parameters.items() if p.kind is p.KEYWORD_ONLY} == options & set(names)
    defaults = {"axis": -1, "eps": 1e-5, "return_stats": False, "gamma": None, "beta": None, "momentum": 0.1, "alpha": 0.5}
    for name in set(names) & set(defaults):
        assert parameters[name].default == defaults[name]


@pytest.mark.parametrize("function", RIGHT, ids=lambda function: function.__name__)
def test_each_docstring_says_what_may_be_raised_and_where_it_is_from(function):
    text = inspect.getdoc(function)
    assert ">>> " in text
    for name in ("TypeError", "ValueError"):
        assert name in text or "errors are those of" in text or "same errors" in text or "within the limits of" in text or "raises: as" in text
    assert "Source:" in text or function in (ln.layer_norm_plain, ln.rms_norm_plain, ln.masked_statistics)


# Anything for anything: what comes back is right, as the two lines below compute it, or a documented error.

NUMBER = st.sampled_from((1e-5, 0, 0.0, 1, np.float32(0.25), Fraction(1, 8), np.int64(2), 1e300, 5e-324, -1.0, math.nan, math.inf, -math.inf,
                          True, None, "1", 1j, 10**400, np.array(1.0), [1.0]))
AXIS = st.sampled_from((-1, 0, 1, np.int32(-1), (0,), (0, 1), (1, 0), (-1, 0), [1], (0, 0), (), 2, -3, 7, None, True, 1.0, "0", (0, "1"), (None,)))
FLAG = st.sampled_from((True, False, np.True_, 1, 0, None, "yes"))
INT = st.sampled_from((1, 2, 3, np.int8(2), 0, -1, 2.0, None, "2", True, 10**30))
SHAPE = st.sampled_from(((), (1,), (2,), (3,), (4,), (0,), (2, 3), (3, 2), (1, 3), (2, 0), (0, 3), (2, 4), (2, 4, 3), (2, 4, 1), (1, 1), (1, 4, 2, 2)))
ODD = st.sampled_from((None, "text", b"bytes", 3, 2.5, True, [], [[1, 2], [3]], [1, "a"], {}, {1, 2}, object(), 1j, [2**70, 1], np.ma.array([1.0, 2, 3])))


@st.composite
def anything(draw):
    kind = draw(st.sampled_from(("array",) * 6 + ("odd",)))
    if kind == "odd":
        return draw(ODD)
    shape, dtype = draw(SHAPE), draw(st.sampled_from(("f8",) * 4 + ("f4", "f2", "i4", "u1", "?", "c16", "U3", "O", "M8[D]", ">f4", "g")))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    array = np.round(rng.normal(size=shape), 2) * 4
    if draw(st.integers(0, 9)) == 0 and array.size:
        array.flat[0] = draw(st.sampled_from((np.nan, np.inf, 1e308, 5e-324)))
    with np.errstate(all="ignore"):
        return array.astype(int).astype(dtype) if dtype in ("u1", "M8[D]", "i4") else array.astype(dtype)


def fits(right):
    """Mostly what works, now and then anything at all."""
    return st.one_of(st.just(right), st.just(right), anything())


@st.composite
def calls(draw):
    function = draw(st.sampled_from([f for f in RIGHT if f not in (ln.merge_moments, ln.round_to, ln.masked_statistics)]))
    choices = {"axis": AXIS, "eps": NUMBER, "alpha": NUMBER, "momentum": NUMBER, "return_stats": FLAG, "training": FLAG, "groups": INT,
               "num_batches_tracked": INT}
    given_arguments = {name: draw(st.one_of(st.just(value), choices[name]) if name in choices else fits(value))
                       for name, value in RIGHT[function].items()}
    return function, given_arguments


def simply(function, x=None, v=None, gamma=None, beta=None, axis=-1, eps=1e-5, alpha=0.5, groups=None, training=None, momentum=0.1,
           num_batches_tracked=0, running_mean=None, running_var=None, return_stats=False, dy=None, mean=None, rstd=None):
    """The first result in long doubles, with no regard to speed, types, range or wrong arguments."""
    x, gamma, beta, dy, mean, rstd, running_mean, running_var = (
        None if a is None else np.asarray(a, np.longdouble) for a in (v if x is None else x, gamma, beta, dy, mean, rstd, running_mean, running_var))
    name, eps = function.__name__, np.longdouble(float(eps))
    axes = tuple(range(x.ndim))
    per_channel = (-1, *[1] * (x.ndim - 2))
    if name.startswith(("batch", "group", "instance")):
        axes = (0, *axes[2:]) if name.startswith("batch") else axes[1:]
        gamma, beta = (None if a is None else a.reshape(per_channel) for a in (gamma, beta))
    else:
        axes = tuple(sorted(a % x.ndim for a in (axis if isinstance(axis, (tuple, list)) else (axis,))))
        if not name.startswith("weight"):
            gamma, beta = (None if a is None else a.reshape([n if k in axes else 1 for k, n in enumerate(x.shape)]) for a in (gamma, beta))
    whole = x.shape
    if name.startswith(("group", "instance")):
        groups = groups or x.shape[1]
        x, axes = x.reshape(len(x), groups, -1, *x.shape[2:]), tuple(range(2, x.ndim + 1))
    m = 0 if name.startswith(("rms", "weight")) else x.mean(axis=axes, keepdims=True)
    root = np.sqrt(((x - m) ** 2).mean(axis=axes, keepdims=True) + (0 if name.startswith("weight") else eps))
    if name.startswith("batch") and not training and not name.endswith("backward"):
        m, root = running_mean.reshape(per_channel), np.sqrt(running_var.reshape(per_channel) + eps)
    x_hat = (x - m) / root
    if name.endswith("backward"):
        if mean is not None and name.startswith("group"):
            mean, rstd = mean[..., None], rstd[..., None]
        g = dy if gamma is None else dy * gamma
        if name.startswith("batch") and not training:
            return rstd * g
        g, x_hat = g.reshape(x.shape), (x - (0 if mean is None else mean)) * rstd
        if not name.startswith("rms"):
            x_hat = x_hat - x_hat.mean(axis=axes, keepdims=True)
        dx = g - x_hat * (g * x_hat).mean(axis=axes, keepdims=True) - (0 if name.startswith("rms") else g.mean(axis=axes, keepdims=True))
        return (rstd * dx).reshape(whole)
    if name.endswith("jacobian"):
        d = x.shape[-1]
        j = (np.eye(d) - 1 / np.longdouble(d) - x_hat[..., :, None] * x_hat[..., None, :] / d) / root[..., None]
        return j if gamma is None else j * gamma.reshape(-1, 1)
    if name.startswith("variance"):
        return x.var(axis=axes)
    y = x_hat.reshape(whole)
    if name == "dyt":
        y = np.tanh(np.longdouble(float(alpha)) * x)
    if name.startswith("weight"):
        y = y / np.sqrt(np.longdouble(math.prod(x.shape[a] for a in axes)))
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


@pytest.mark.filterwarnings("ignore::RuntimeWarning")                     # of NumPy, in the plain formulas and below
@promise(1500)
@given(calls())
def test_whatever_is_handed_in_gives_the_right_answer_or_a_documented_error(call):
    function, arguments = call
    try:
        result = function(**arguments)
    except (TypeError, ValueError) as error:
        assert any(name in str(error) for name in arguments), f"no argument is named: {error}"
        return
    first = result[0] if isinstance(result, tuple) else result
    x = np.asarray(arguments["v"] if "v" in arguments else arguments["x"])
    expected = simply(function, **arguments)
    assert np.shape(first) == expected.shape
    assert first.dtype == (x.dtype.newbyteorder("=") if x.dtype.kind == "f" else np.float64)
    outside = not (np.abs(x[x != 0], dtype=float).min(initial=1) > 1e-100 and np.abs(x, dtype=float).max(initial=0) < 1e30)
    if outside and ("plain" in function.__name__ or function.__name__.startswith("variance") or "backward" in function.__name__):
        return                                                            # their limits, as documented
    digits = {2: 4e-3, 4: 1e-5}.get(first.dtype.itemsize, 1e-11)
    with np.errstate(all="ignore"):
        size = 1 + np.abs(expected[np.isfinite(expected)]).max(initial=0)
        expected = np.where(np.abs(expected) > np.finfo(first.dtype).max, np.copysign(np.inf, expected), expected).astype(np.float64)
        constant_without_eps = ~np.isfinite(expected) | (float(arguments.get("eps", 1)) < 1e-30)
        right = np.isclose(first.astype(float), expected, rtol=0, atol=float(min(digits * size, 1e300)), equal_nan=True) | constant_without_eps
    assert right.all(), f"{function.__name__}: got {first[~right]}, expected {expected[~right]}"


@pytest.mark.parametrize("backward", [ln.layer_norm_backward, ln.rms_norm_backward, ln.batch_norm_backward, ln.group_norm_backward])
def test_a_standard_deviation_below_zero_is_refused(backward):
    """With it every gradient would have the wrong sign, and nobody would be told."""
    fitting = RIGHT[backward]
    with pytest.raises(ValueError, match="rstd is 1 / std, which is never negative, got -0.5"):
        backward(**fitting | {"rstd": np.full_like(np.asarray(fitting["rstd"], float), -0.5)})
