"""Every normalization of the course, forward.

One notation (Wu & He 2018): number x_i is normalized by the mean and variance over an index set S_i,

    mu_i = mean of x over S_i,   var_i = mean of (x - mu_i)**2 over S_i,   y_i = gamma (x_i - mu_i) / sqrt(var_i + eps) + beta

and what tells the methods apart is S_i alone:

    layer_norm      the same vector                             gamma, beta: one per position in the vector
    rms_norm        the same vector, with mu_i = 0              gamma, beta: one per position in the vector
    batch_norm      the same channel, all samples, all places   gamma, beta: one per channel
    instance_norm   the same channel, the same sample           gamma, beta: one per channel
    group_norm      the same group of channels, same sample     gamma, beta: one per channel
"""
import math
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from .arguments import Array, Axis, channels, count, flag, kept, normalized, number, optional, real, wide, working
from .rows import normalize

ArrayLike = npt.ArrayLike


@overload
def layer_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
               axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def layer_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
               axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array, Array]: ...
def layer_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
               axis: Axis = -1, eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array, Array]:
    """Give every vector of ``x`` along ``axis`` mean 0 and variance var / (var + eps), then scale and shift it.

    y = gamma * (x - mu) / sqrt(var + eps) + beta,   mu and var over ``axis``, var divided by d (not d - 1).

    Parameters
    ----------
    x : array of real numbers, in any unit
        float16, float32 and float64 come out as they came in; integers and booleans as float64.
    gamma, beta : array, shape ``tuple(x.shape[a] for a in sorted axes)``
        torch: ``weight``, ``bias``.  Default: ones, zeros.
    axis : int or tuple of int
        Several axes are normalized jointly.  torch's ``normalized_shape`` names the last axes only.
    eps : float >= 0
        In the unit of x squared.
    return_stats : bool
        Also return mu and 1 / sqrt(var + eps).

    Returns
    -------
    y : array, the shape of x, without unit if gamma and beta have none
    mean, rstd : array, the shape of x with length 1 along ``axis``, at least float32; with ``return_stats``
        In the unit of x, and in one over it.  rstd is infinite where it exceeds its type.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, axis is not made of ints, eps is no number or return_stats no bool.
    ValueError
        If an axis is missing, named twice or empty, eps is negative or not finite, or gamma or beta do not fit.

    Notes
    -----
    For finite x and eps > 0 no output is NaN, however large or small x.  With eps = 0 a constant vector gives 0 / 0 = NaN, as in
    torch.  A vector with a NaN or an infinity becomes NaN.  Like torch, and unlike NumPy, none of this raises a warning.

    Error of x_hat, for any offset and scale: float64 below 1e-14 (up to d = 12, against exact fractions), float32 below 4e-6
    times the larger of 1 and |x_hat|; float16 is float32, rounded.  ``tests/test_functional_forward.py`` holds it to that.

    Beside its output it allocates less than 1 MB, or one vector if that is longer and cannot be worked on in the output
    (integers and foreign byte orders are converted first).  ``layer_norm_plain`` is the same formula, line by line.

    Source: Ba, Kiros & Hinton 2016, eq. (3)-(4); eps as in ``torch.nn.LayerNorm``.

    Examples
    --------
    >>> layer_norm([2, 0, 4, 4]).round(4)
    array([-0.3015, -1.5076,  0.9045,  0.9045])
    >>> y, mean, rstd = layer_norm([2, 0, 4, 4], eps=0, return_stats=True)
    >>> mean, rstd.round(4)
    (array([2.5]), array([0.603]))
    """
    x, axes, eps, gamma, beta = _vectors(x, gamma, beta, axis, eps)
    done = normalize(x, axes, eps, gamma, beta, stats=flag("return_stats", return_stats))
    return (done.y, done.mean, done.rstd) if return_stats else done.y


@overload
def layer_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                     axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def layer_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                     axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array, Array]: ...
def layer_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                     axis: Axis = -1, eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array, Array]:
    """What ``layer_norm`` computes, as one writes it down: same arguments, same errors, same result up to rounding.

    It is slower and takes several times the memory of x.  Where squares of x leave the range of its type (float64: above
    1e150 or so) it overflows, and far from 0 it rounds by |mu| / sigma more; NumPy's warnings come through.

    Examples
    --------
    >>> layer_norm_plain([2, 0, 4, 4]).round(4)
    array([-0.3015, -1.5076,  0.9045,  0.9045])
    """
    x, axes, eps, gamma, beta = _vectors(x, gamma, beta, axis, eps)
    work = x.astype(working(x.dtype))                              # (..., d)    at least float32
    mean = work.mean(axis=axes, keepdims=True)                     # (..., 1)
    centred = work - mean                                          # (..., d)
    var = (centred * centred).mean(axis=axes, keepdims=True)       # (..., 1)
    rstd = 1 / np.sqrt(var + eps)                                  # (..., 1)
    y = centred * rstd                                             # (..., d)
    if gamma is not None:
        y = y * _along(gamma, x, axes)                             # (..., d)
    if beta is not None:
        y = y + _along(beta, x, axes)                              # (..., d)
    y = y.astype(x.dtype)                                          # (..., d)
    return (y, mean, rstd) if flag("return_stats", return_stats) else y


@overload
def rms_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
             axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def rms_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
             axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array]: ...
def rms_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
             axis: Axis = -1, eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array]:
    """Divide every vector of ``x`` along ``axis`` by its root mean square, then scale it: LayerNorm without the mean.

    y = gamma * x / sqrt(mean(x**2) + eps) + beta

    Arguments, types and errors are those of ``layer_norm``.  No model of note has a ``beta`` here, and torch has none; it stands
    for one notation throughout.  ``eps`` is 1e-5 as everywhere in this course, while ``torch.nn.RMSNorm`` takes, by default, the
    machine epsilon of the type: 1.19e-7 in float32, 2.22e-16 in float64.

    Returns
    -------
    y : array, the shape of x
    rstd : array, the shape of x with length 1 along ``axis``; with ``return_stats``
        1 / sqrt(mean(x**2) + eps): the mean that ``layer_norm`` returns before it is 0 here.

    Source: Zhang & Sennrich 2019, eq. (4).

    Examples
    --------
    >>> rms_norm([2, 0, 4, 4]).round(4)
    array([0.6667, 0.    , 1.3333, 1.3333])
    """
    x, axes, eps, gamma, beta = _vectors(x, gamma, beta, axis, eps)
    done = normalize(x, axes, eps, gamma, beta, centre=False, stats=flag("return_stats", return_stats))
    return (done.y, done.rstd) if return_stats else done.y


@overload
def rms_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                   axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def rms_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                   axis: Axis = -1, eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array]: ...
def rms_norm_plain(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                   axis: Axis = -1, eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array]:
    """What ``rms_norm`` computes, as one writes it down, within the limits of ``layer_norm_plain``.

    Examples
    --------
    >>> rms_norm_plain([2, 0, 4, 4]).round(4)
    array([0.6667, 0.    , 1.3333, 1.3333])
    """
    x, axes, eps, gamma, beta = _vectors(x, gamma, beta, axis, eps)
    work = x.astype(working(x.dtype))                              # (..., d)    at least float32
    rstd = 1 / np.sqrt((work * work).mean(axis=axes, keepdims=True) + eps)      # (..., 1)
    y = work * rstd                                                # (..., d)
    if gamma is not None:
        y = y * _along(gamma, x, axes)                             # (..., d)
    if beta is not None:
        y = y + _along(beta, x, axes)                              # (..., d)
    y = y.astype(x.dtype)                                          # (..., d)
    return (y, rstd) if flag("return_stats", return_stats) else y


@overload
def batch_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None,
               running_mean: ArrayLike | None = None, running_var: ArrayLike | None = None, *, training: bool,
               momentum: float | None = 0.1, num_batches_tracked: int | None = None, eps: float = 1e-5,
               return_stats: Literal[False] = False) -> tuple[Array, Array | None, Array | None]: ...
@overload
def batch_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None,
               running_mean: ArrayLike | None = None, running_var: ArrayLike | None = None, *, training: bool,
               momentum: float | None = 0.1, num_batches_tracked: int | None = None, eps: float = 1e-5,
               return_stats: Literal[True]) -> tuple[Array, Array | None, Array | None, Array, Array]: ...
def batch_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None,
               running_mean: ArrayLike | None = None, running_var: ArrayLike | None = None, *, training: bool,
               momentum: float | None = 0.1, num_batches_tracked: int | None = None, eps: float = 1e-5,
               return_stats: bool = False,
               ) -> tuple[Array, Array | None, Array | None] | tuple[Array, Array | None, Array | None, Array, Array]:
    """Normalize each channel over all samples and places: in training by the batch, afterwards by running statistics.

    y = gamma * (x - mu) / sqrt(var + eps) + beta,   one mu, var, gamma and beta per channel

    In training mu and var are the batch's, var divided by n = N * places, and with running statistics given

    running_mean <- (1 - momentum) * running_mean + momentum * mu
    running_var  <- (1 - momentum) * running_var  + momentum * var * n / (n - 1)

    so momentum is the weight of the *new* value (Keras and JAX: of the old), and the running variance, unlike the one that
    normalizes, is the unbiased one.  Otherwise mu and var are the running ones, and nothing is updated.

    Parameters
    ----------
    x : array, shape (N, C, ...)
    gamma, beta : array, shape (C,)
        torch: ``weight``, ``bias``.  Default: ones, zeros.
    running_mean, running_var : array, shape (C,); both or neither
        torch begins with zeros and ones.  They are not changed: the new ones are returned.  Needed unless ``training``.
    training : bool
    momentum : float from 0 to 1, or None
        None: the plain average over all batches so far, 1 / (num_batches_tracked + 1) being the weight of this one.
    num_batches_tracked : int >= 0
        The number of batches before this one, which a pure function cannot know: 0 at the first.  Used if momentum is None.
    eps : float >= 0
    return_stats : bool
        Also return what ``batch_norm_backward`` needs.

    Returns
    -------
    y : array, the shape and type of x
    running_mean, running_var : array, shape (C,), in their types, or None if none were given
    mean, rstd : array, shape (1, C, 1, ...), at least float32; with ``return_stats``
        mu and 1 / sqrt(var + eps), as they were used.

    Raises
    ------
    TypeError
        As ``layer_norm``; also if training is no bool or num_batches_tracked no int.
    ValueError
        If x has fewer than two axes, or in training fewer than two numbers per channel; if gamma, beta or a running statistic
        is not of shape (C,), one of the two is missing, running_var is negative, or momentum or eps is out of range.

    Source: Ioffe & Szegedy 2015, algorithms 1 and 2; the conventions are those of ``torch.nn.functional.batch_norm``.

    Examples
    --------
    >>> y, running_mean, running_var = batch_norm([[1], [3], [5], [7]], None, None, [0], [1], training=True)
    >>> y[:, 0].round(4), running_mean, running_var.round(4)
    (array([-1.3416, -0.4472,  0.4472,  1.3416]), array([0.4]), array([1.5667]))
    """
    x, eps = real("x", x), number("eps", eps, low=0)
    c = channels(x)
    gamma, beta = _per_channel(gamma, beta, c)
    if (running_mean is None) != (running_var is None):
        missing = "running_mean" if running_mean is None else "running_var"
        raise ValueError(f"{missing} is missing: give both running statistics or neither")
    old_mean = optional("running_mean", running_mean, (c,), "one number per channel")
    old_var = optional("running_var", running_var, (c,), "one number per channel")
    if old_var is not None and (old_var < 0).any():
        raise ValueError(f"running_var must hold variances >= 0, got {old_var.min()}")
    weight = _weight_of_new(momentum, num_batches_tracked)
    keep = flag("return_stats", return_stats)
    if flag("training", training):
        axes = (0, *range(2, x.ndim))
        n = math.prod(x.shape[a] for a in axes)
        if n < 2:
            raise ValueError(f"x must hold more than one number per channel in training, got shape {x.shape}: the variance is 0")
        done = normalize(x, axes, eps, dtype=working(x.dtype))                  # y (N, C, ...), the others (1, C, 1, ...)
        y, mean, rstd = _scale_and_shift(done.y, gamma, beta).astype(x.dtype, copy=False), done.mean, done.rstd
        new_mean = _running(old_mean, mean, weight)
        new_var = _running(old_var, done.var * (n / (n - 1)), weight)       # unbiased
    else:
        if old_mean is None or old_var is None:
            raise ValueError("running_mean and running_var must be given unless training: there is nothing else to normalize by")
        y, mean, rstd = _by_given(x, old_mean, old_var, eps, gamma, beta)
        new_mean, new_var = old_mean.copy(), old_var.copy()
    return (y, new_mean, new_var, mean, rstd) if keep else (y, new_mean, new_var)


@overload
def instance_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                  eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def instance_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                  eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array, Array]: ...
def instance_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
                  eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array, Array]:
    """Normalize each channel of each sample over its places: ``group_norm`` with a group for each channel.

    Parameters
    ----------
    x : array, shape (N, C, L, ...), more than one place
    gamma, beta : array, shape (C,)
    eps, return_stats :
        As in ``layer_norm``; the statistics have shape (N, C, 1, ...).

    Raises
    ------
    TypeError
        As ``layer_norm``.
    ValueError
        If x has fewer than three axes or only one place (as in torch: the output would be beta), gamma or beta do not fit,
        or eps is negative or not finite.

    Source: Ulyanov, Vedaldi & Lempitsky 2016.

    Examples
    --------
    >>> instance_norm([[[2, 0, 4, 4], [20, 0, 40, 40]]]).round(2)
    array([[[-0.3 , -1.51,  0.9 ,  0.9 ],
            [-0.3 , -1.51,  0.9 ,  0.9 ]]])
    """
    x = real("x", x)
    c = channels(x, least=3)
    if math.prod(x.shape[2:]) == 1 or c == 0:
        raise ValueError(f"x must hold more than one number per channel and sample, got shape {x.shape}")
    y, mean, rstd = _by_groups(x, gamma, beta, c, eps)
    return (y, mean, rstd) if flag("return_stats", return_stats) else y


@overload
def group_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *, groups: int,
               eps: float = 1e-5, return_stats: Literal[False] = False) -> Array: ...
@overload
def group_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *, groups: int,
               eps: float = 1e-5, return_stats: Literal[True]) -> tuple[Array, Array, Array]: ...
def group_norm(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *, groups: int,
               eps: float = 1e-5, return_stats: bool = False) -> Array | tuple[Array, Array, Array]:
    """Normalize each sample over its places and C / groups neighbouring channels at a time.

    Parameters
    ----------
    x : array, shape (N, C, ...)
    gamma, beta : array, shape (C,)
        One per channel, also where a group spans several.
    groups : int that divides C
        torch: ``num_groups``.  1: as ``layer_norm`` over all axes but the first, apart from gamma and beta; C: as
        ``instance_norm``.
    eps, return_stats :
        As in ``layer_norm``; the statistics have shape (N, groups, 1, ...).

    Raises
    ------
    TypeError
        As ``layer_norm``; also if groups is no int.
    ValueError
        If x has fewer than two axes or no places, groups does not divide C, gamma or beta do not fit, or eps is negative or
        not finite.

    Source: Wu & He 2018, eq. (7).

    Examples
    --------
    >>> group_norm([[2, 0, 4, 4, 1, 1, 1, 5]], groups=2).round(2)
    array([[-0.3 , -1.51,  0.9 ,  0.9 , -0.58, -0.58, -0.58,  1.73]])
    """
    y, mean, rstd = _by_groups(real("x", x), gamma, beta, groups, eps)
    return (y, mean, rstd) if flag("return_stats", return_stats) else y


def weight_norm(v: ArrayLike, gamma: ArrayLike | None = None, *, axis: Axis = -1) -> Array:
    """Weights with a length of their own: the direction of ``v``, the length ``gamma``.

    w = gamma * v / ||v||,   the Euclidean norm over ``axis``

    It normalizes weights, not what flows through them: no statistics, no eps.

    Parameters
    ----------
    v : array of real numbers
        For a linear layer (out, in) the default axis gives each output its own length, which is torch's ``dim=0``: torch names
        the axis that is kept, ``axis`` here, as everywhere, those that are summed over.  For a convolution: axis=(1, 2, 3).
    gamma : array, the shape of v with length 1 along ``axis``
        torch: ``weight_g``.  Default: ones.
    axis : int or tuple of int

    Returns
    -------
    array, the shape and type of v; NaN for a vector of zeros, as in torch

    Raises
    ------
    TypeError
        If an array does not hold real numbers or axis is not made of ints.
    ValueError
        If an axis is missing, named twice or empty, or gamma does not fit.

    Source: Salimans & Kingma 2016, eq. (2).

    Examples
    --------
    >>> weight_norm([[3, 4], [6, 8]], [[1], [5]])
    array([[0.6, 0.8],
           [3. , 4. ]])
    """
    v = real("v", v)
    axes = normalized(axis, v, "v")
    length = optional("gamma", gamma, kept(v, axes), "that of v with length 1 along axis")
    done = normalize(v, axes, 0.0, centre=False, dtype=working(v.dtype), stats=False)       # v / ||v|| * sqrt(d)
    w = done.y / math.sqrt(math.prod(v.shape[a] for a in axes))
    with np.errstate(over="ignore"):
        return (w if length is None else w * length).astype(v.dtype, copy=False)


def dyt(x: ArrayLike, gamma: ArrayLike | None = None, beta: ArrayLike | None = None, *,
        alpha: float = 0.5, axis: Axis = -1) -> Array:
    """Dynamic tanh, a substitute that looks at no other number: y = gamma * tanh(alpha * x) + beta.

    Parameters
    ----------
    x : array of real numbers
    gamma, beta : array, shape ``tuple(x.shape[a] for a in sorted axes)``
        Default: ones, zeros.
    alpha : float
        One over the unit of x; learned in a network, where it begins at 0.5.
    axis : int or tuple of int
        Where gamma and beta lie; nothing is averaged.

    Raises
    ------
    TypeError, ValueError
        As ``layer_norm``; also if alpha is not a finite number.

    Source: Zhu et al. 2025, eq. (2).

    Examples
    --------
    >>> dyt([-1, 0, 1, 1000]).round(4)
    array([-0.4621,  0.    ,  0.4621,  1.    ])
    """
    x, axes, _, gamma, beta = _vectors(x, gamma, beta, axis, 0.0)
    with np.errstate(over="ignore"):                               # tanh of infinity is 1, and right
        y = np.tanh(number("alpha", alpha) * wide(x))              # (..., d)
        if gamma is not None:
            y *= _along(gamma, x, axes)                            # (..., d)
        if beta is not None:
            y += _along(beta, x, axes)                             # (..., d)
        return y.astype(x.dtype)


def _vectors(
    x: ArrayLike, gamma: ArrayLike | None, beta: ArrayLike | None, axis: Axis, eps: float,
) -> tuple[Array, tuple[int, ...], float, Array | None, Array | None]:
    """The arguments of what normalizes over ``axis``, checked."""
    x = real("x", x)
    axes = normalized(axis, x)
    shape = tuple(x.shape[a] for a in axes)
    why = "the normalized axes of x"
    return x, axes, number("eps", eps, low=0), optional("gamma", gamma, shape, why), optional("beta", beta, shape, why)


def _along(parameter: Array, x: Array, axes: tuple[int, ...]) -> Array:
    """gamma or beta with an axis of length 1 for each axis of x that is not among ``axes``."""
    return parameter.reshape([n if a in axes else 1 for a, n in enumerate(x.shape)])


def _per_channel(gamma: ArrayLike | None, beta: ArrayLike | None, c: int) -> tuple[Array | None, Array | None]:
    why = "one number per channel"
    return optional("gamma", gamma, (c,), why), optional("beta", beta, (c,), why)


def _by_groups(x: Array, gamma: ArrayLike | None, beta: ArrayLike | None, groups: int, eps: float) -> tuple[Array, Array, Array]:
    """What ``group_norm`` returns: y (N, C, ...), mean and rstd (N, groups, 1, ...)."""
    grouped = by_group(x, groups)                                  # (N, groups, C / groups, ...)
    gamma, beta = _per_channel(gamma, beta, x.shape[1])
    done = normalize(grouped, tuple(range(2, grouped.ndim)), number("eps", eps, low=0), dtype=working(x.dtype))
    mean, rstd = (a.reshape(kept(grouped, tuple(range(2, grouped.ndim)))[:-1]) for a in (done.mean, done.rstd))
    return _scale_and_shift(done.y.reshape(x.shape), gamma, beta).astype(x.dtype, copy=False), mean, rstd


def by_group(x: Array, groups: int) -> Array:
    """x (N, C, ...) as (N, groups, C / groups, ...)."""
    c, g = channels(x), count("groups", groups, low=1)
    if c % g:
        raise ValueError(f"groups must divide the {c} channels of x of shape {x.shape}, got {groups}")
    if 0 in x.shape[1:]:
        raise ValueError(f"x must hold at least one number per group, got shape {x.shape}")
    return x.reshape(len(x), g, c // g, *x.shape[2:])


def _scale_and_shift(y: Array, gamma: Array | None, beta: Array | None) -> Array:
    """gamma y + beta, one of each per channel, in y (N, C, ...)."""
    per_channel = (-1, *[1] * (y.ndim - 2))                        # (C, 1, ...)
    with np.errstate(over="ignore"):
        if gamma is not None:
            np.multiply(y, gamma.reshape(per_channel), out=y, casting="same_kind")
        if beta is not None:
            np.add(y, beta.reshape(per_channel), out=y, casting="same_kind")
    return y


def _weight_of_new(momentum: float | None, num_batches_tracked: int | None) -> float:
    tracked = None if num_batches_tracked is None else count("num_batches_tracked", num_batches_tracked, low=0)
    if momentum is not None:
        return number("momentum", momentum, low=0, high=1)
    if tracked is None:
        raise ValueError("num_batches_tracked must be given if momentum is None: how many batches came before this one, from 0")
    return 1 / (tracked + 1)


def _running(old: Array | None, new: Array, weight: float) -> Array | None:
    """(1 - weight) old + weight new, of shape (C,) and the type of the old; a weight of 0 keeps the old whatever the new."""
    if old is None:
        return None
    new = wide(new.reshape(old.shape))
    with np.errstate(over="ignore"):
        return ((1 - weight) * old + weight * new if weight else old).astype(old.dtype)


def _by_given(x: Array, mean: Array, var: Array, eps: float, gamma: Array | None, beta: Array | None,
              ) -> tuple[Array, Array, Array]:
    """Normalize x (N, C, ...) by statistics (C,) that are not its own; in float64, for nothing bounds the outcome."""
    per_channel = (1, -1, *[1] * (x.ndim - 2))                     # (1, C, 1, ...)
    m, v, g = (wide(a).reshape(per_channel) for a in (mean, var, np.ones_like(mean) if gamma is None else gamma))
    whole = wide(x)                                                # (N, C, ...)
    with np.errstate(all="ignore"):
        rstd = 1 / np.hypot(np.sqrt(v), math.sqrt(eps))            # (1, C, 1, ...)  v + eps may overflow, this does not
        y = (whole - m) * rstd * g                                 # (N, C, ...)
        if not np.isfinite(y).all():                               # infinity on the way to a number, or infinity times 0
            (a, i), (b, j), (c, k) = (np.frexp(factor) for factor in (whole / 2 - m / 2, rstd, g))
            y = np.where(np.isfinite(y), y, np.ldexp(a * b * c, 1 + i + j + k))
        if beta is not None:
            y += beta.reshape(per_channel)                         # (N, C, ...)
        work = working(x.dtype)
        return y.astype(x.dtype), m.astype(work), rstd.astype(work)
