"""The gradients of the normalizations, in closed form.

With g = gamma * dy, the gradient that reaches x_hat, and means over the index set that was normalized together,

    dx = rstd * (g - mean(g) - x_hat * mean(g * x_hat)),    dgamma = sum of dy * x_hat,    dbeta = sum of dy

The first term of dx is the direct path; the second is the path through mu, absent in RMSNorm; the third is the one through sigma.
The forward pass keeps x, mean and rstd, two numbers a vector, and x_hat is computed again from them (as in llm.c).  All of this
is float64 inside, because dgamma and dbeta are sums over whole batches.  Where rstd is infinite or 0, these are NaN or 0.
"""
import numpy as np
import numpy.typing as npt

from .arguments import Array, Axis, channels, flag, kept, normalized, number, real, shaped, wide, working
from .forward import by_group, layer_norm

ArrayLike = npt.ArrayLike


def layer_norm_backward(dy: ArrayLike, x: ArrayLike, mean: ArrayLike, rstd: ArrayLike, gamma: ArrayLike | None = None,
                        *, axis: Axis = -1) -> tuple[Array, Array, Array]:
    """The gradients of x, gamma and beta through ``layer_norm``.

    Parameters
    ----------
    dy : array, the shape of x
        The gradient of the loss with respect to the output.
    x : array
        What went in.
    mean, rstd : array, the shape of x with length 1 along ``axis``
        What ``layer_norm(x, ..., return_stats=True)`` returned.
    gamma : array, shape ``tuple(x.shape[a] for a in sorted axes)``
        Default: ones.
    axis : int or tuple of int

    Returns
    -------
    dx : array, the shape and type of x
    dgamma, dbeta : array, the shape of gamma, at least float32

    Raises
    ------
    TypeError
        If an array does not hold real numbers or axis is not made of ints.
    ValueError
        If an axis is missing, named twice or empty, or a shape does not fit that of x.

    Source: Ba, Kiros & Hinton 2016; llm.c, ``doc/layernorm``.

    Examples
    --------
    >>> x = [2, 0, 4, 4]
    >>> y, mean, rstd = layer_norm(x, return_stats=True)
    >>> dx, dgamma, dbeta = layer_norm_backward([1, 0, 0, 0], x, mean, rstd)
    >>> dx.round(4), dgamma.round(4), dbeta
    (array([ 0.4386, -0.2193, -0.1096, -0.1096]), array([-0.3015,  0.    ,  0.    ,  0.    ]), array([1., 0., 0., 0.]))
    """
    x, dy, axes, g, gamma_shape = _vectors(x, dy, gamma, axis)                      # g: gamma * dy (..., d)
    mean, rstd = _statistics({"mean": mean, "rstd": rstd}, kept(x, axes))           # (..., 1)
    x_hat = _x_hat(x, mean, rstd, axes)                                             # (..., d)
    dx = _through(g, x_hat, rstd, axes)                                             # (..., d)
    return _gradients(dx, dy, x_hat, x, tuple(a for a in range(x.ndim) if a not in axes), gamma_shape)


def rms_norm_backward(dy: ArrayLike, x: ArrayLike, rstd: ArrayLike, gamma: ArrayLike | None = None,
                      *, axis: Axis = -1) -> tuple[Array, Array, Array]:
    """The gradients of x, gamma and beta through ``rms_norm``: as ``layer_norm_backward``, without the path through mu.

    dx = rstd * (g - x_hat * mean(g * x_hat)),   g = gamma * dy,   x_hat = x * rstd

    Parameters
    ----------
    rstd : array, the shape of x with length 1 along ``axis``
        What ``rms_norm(x, ..., return_stats=True)`` returned.
    dy, x, gamma, axis :
        As in ``layer_norm_backward``.

    Returns, raises: as ``layer_norm_backward``.

    Source: Zhang & Sennrich 2019, section 4.

    Examples
    --------
    >>> y, rstd = rms_norm([3.0, 4.0], eps=0, return_stats=True)
    >>> dx, dgamma, dbeta = rms_norm_backward([1, 0], [3, 4], rstd)
    >>> dx.round(4)
    array([ 0.181 , -0.1358])
    """
    x, dy, axes, g, gamma_shape = _vectors(x, dy, gamma, axis)                      # g: gamma * dy (..., d)
    (rstd,) = _statistics({"rstd": rstd}, kept(x, axes))                            # (..., 1)
    with np.errstate(all="ignore"):
        x_hat = wide(x) * rstd                                                      # (..., d)
    dx = _through(g, x_hat, rstd, axes, centred=False)                              # (..., d)
    return _gradients(dx, dy, x_hat, x, tuple(a for a in range(x.ndim) if a not in axes), gamma_shape)


def batch_norm_backward(dy: ArrayLike, x: ArrayLike, mean: ArrayLike, rstd: ArrayLike, gamma: ArrayLike | None = None,
                        *, training: bool) -> tuple[Array, Array, Array]:
    """The gradients of x, gamma and beta through ``batch_norm``.

    In training every number of a channel reaches every other through mu and sigma.  Otherwise mu and sigma are constants:
    dx = rstd * gamma * dy.

    Parameters
    ----------
    dy, x : array, shape (N, C, ...)
    mean, rstd : array, shape (1, C, 1, ...)
        What ``batch_norm(x, ..., return_stats=True)`` returned.
    gamma : array, shape (C,)
        Default: ones.
    training : bool
        As in the forward pass.

    Returns
    -------
    dx : array, the shape and type of x
    dgamma, dbeta : array, shape (C,), at least float32

    Raises
    ------
    TypeError
        If an array does not hold real numbers or training is no bool.
    ValueError
        If x has fewer than two axes or nothing to average, or a shape does not fit that of x.

    Source: Ioffe & Szegedy 2015, section 3.

    Examples
    --------
    >>> x = [[1], [3], [5], [7]]
    >>> y, _, _, mean, rstd = batch_norm(x, training=True, return_stats=True)
    >>> dx, dgamma, dbeta = batch_norm_backward([[1], [0], [0], [0]], x, mean, rstd, training=True)
    >>> dx[:, 0].round(3), dgamma.round(3), dbeta
    (array([ 0.134, -0.179, -0.045,  0.089]), array([-1.342]), array([1.]))
    """
    x = real("x", x)
    c = channels(x)
    axes = (0, *range(2, x.ndim))
    if 0 in (x.shape[a] for a in axes):
        raise ValueError(f"x must hold at least one number per channel, got shape {x.shape}")
    dy = wide(shaped("dy", dy, x.shape, "that of x"))                               # (N, C, ...)
    mean, rstd = _statistics({"mean": mean, "rstd": rstd}, kept(x, axes))           # (1, C, 1, ...)
    g = _times(dy, gamma)                                                           # (N, C, ...)
    if flag("training", training):
        x_hat = _x_hat(x, mean, rstd, axes)                                         # (N, C, ...)
        dx = _through(g, x_hat, rstd, axes)                                         # (N, C, ...)
    else:
        with np.errstate(all="ignore"):
            x_hat = (wide(x) - mean) * rstd                                         # (N, C, ...)
            dx = g * rstd                                                           # (N, C, ...)
    return _gradients(dx, dy, x_hat, x, axes, (c,))


def group_norm_backward(dy: ArrayLike, x: ArrayLike, mean: ArrayLike, rstd: ArrayLike, gamma: ArrayLike | None = None,
                        *, groups: int) -> tuple[Array, Array, Array]:
    """The gradients of x, gamma and beta through ``group_norm``, and with ``groups`` = C through ``instance_norm``.

    Parameters
    ----------
    dy, x : array, shape (N, C, ...)
    mean, rstd : array, shape (N, groups, 1, ...)
        What ``group_norm(x, ..., return_stats=True)`` or ``instance_norm`` returned.
    gamma : array, shape (C,)
        Default: ones.
    groups : int that divides C

    Returns
    -------
    dx : array, the shape and type of x
    dgamma, dbeta : array, shape (C,), at least float32

    Raises
    ------
    TypeError
        If an array does not hold real numbers or groups is no int.
    ValueError
        If x has fewer than two axes or no places, groups does not divide C, or a shape does not fit that of x.

    Source: Wu & He 2018.

    Examples
    --------
    >>> x = [[[2, 0, 4, 4], [1, 0, 1, 5]]]
    >>> y, mean, rstd = instance_norm(x, return_stats=True)
    >>> dx, dgamma, dbeta = group_norm_backward([[[1, 0, 0, 0], [0, 1, 0, 0]]], x, mean, rstd, groups=2)
    >>> dx.round(3), dgamma.round(3), dbeta
    (array([[[ 0.439, -0.219, -0.11 , -0.11 ],
            [-0.177,  0.282, -0.177,  0.071]]]), array([-0.302, -0.911]), array([1., 1.]))
    """
    x = real("x", x)
    grouped = by_group(x, groups)                                                   # (N, groups, C / groups, ...)
    axes = tuple(range(2, grouped.ndim))
    dy = wide(shaped("dy", dy, x.shape, "that of x"))                               # (N, C, ...)
    mean, rstd = (a[..., None] for a in _statistics({"mean": mean, "rstd": rstd}, kept(grouped, axes)[:-1]))
    g = _times(dy, gamma)                                                           # (N, C, ...)
    x_hat = _x_hat(grouped, mean, rstd, axes)                                       # (N, groups, C / groups, ...)
    dx = _through(g.reshape(grouped.shape), x_hat, rstd, axes)                      # (N, groups, C / groups, ...)
    return _gradients(dx.reshape(x.shape), dy, x_hat.reshape(x.shape), x, (0, *range(2, x.ndim)), (x.shape[1],))


def layer_norm_jacobian(x: ArrayLike, gamma: ArrayLike | None = None, *, eps: float = 1e-5) -> Array:
    """How each output of ``layer_norm`` over the last axis depends on each input: J[..., i, j] = dy_i / dx_j.

    J = rstd * diag(gamma) (I - 11^T / d - x_hat x_hat^T / d)

    Without gamma it is symmetric, and at eps = 0 a projection over sigma: of rank d - 2, 1 and x_hat being sent to 0.

    Parameters
    ----------
    x : array, shape (..., d)
    gamma : array, shape (d,)
        Default: ones.  beta has no part in it.
    eps : float >= 0

    Returns
    -------
    array, shape (..., d, d), the type of x

    Raises
    ------
    TypeError, ValueError
        As ``layer_norm``.

    Source: the derivative of Ba, Kiros & Hinton 2016, eq. (3); its null space: Xu et al. 2019, theorem 1.

    Examples
    --------
    >>> layer_norm_jacobian([2, 0, 4, 4]).round(4)
    array([[ 0.4386, -0.2193, -0.1096, -0.1096],
           [-0.2193,  0.1096,  0.0548,  0.0548],
           [-0.1096,  0.0548,  0.3289, -0.2741],
           [-0.1096,  0.0548, -0.2741,  0.3289]])
    """
    x = real("x", x)
    x_hat, _, rstd = layer_norm(wide(x), eps=number("eps", eps, low=0), return_stats=True)  # (..., d), (..., 1)
    d = x.shape[-1]
    with np.errstate(all="ignore"):
        jacobian: Array = np.eye(d) - 1 / d - x_hat[..., :, None] * x_hat[..., None, :] / d        # (..., d, d)
        jacobian *= rstd[..., None]                                                         # (..., d, d)
        if gamma is not None:
            jacobian *= shaped("gamma", gamma, (d,), "the last axis of x")[:, None]         # (..., d, d)
        return jacobian.astype(x.dtype)


def _through(g: Array, x_hat: Array, rstd: Array, axes: tuple[int, ...], *, centred: bool = True) -> Array:
    """dx from the gradient g that reaches x_hat, where ``axes`` were normalized together."""
    with np.errstate(all="ignore"):
        dx: Array = g - x_hat * (g * x_hat).mean(axis=axes, keepdims=True)
        if centred:
            dx -= g.mean(axis=axes, keepdims=True)
        dx *= rstd
        return dx


def _gradients(dx: Array, dy: Array, x_hat: Array, x: Array, shared: tuple[int, ...], shape: tuple[int, ...],
               ) -> tuple[Array, Array, Array]:
    """dx, dgamma and dbeta in the types they are returned in; ``shared``: the axes along which one gamma serves all."""
    work = working(x.dtype)
    with np.errstate(all="ignore"):
        dgamma, dbeta = (dy * x_hat).sum(axis=shared), dy.sum(axis=shared)
        return dx.astype(x.dtype), dgamma.reshape(shape).astype(work), dbeta.reshape(shape).astype(work)


def _x_hat(x: Array, mean: Array, rstd: Array, axes: tuple[int, ...]) -> Array:
    """The normalized x, in float64; its mean is taken off once more, since the one that was kept had been rounded."""
    with np.errstate(all="ignore"):
        x_hat: Array = (wide(x) - mean) * rstd
        x_hat -= x_hat.mean(axis=axes, keepdims=True)
        return x_hat


def _vectors(x: ArrayLike, dy: ArrayLike, gamma: ArrayLike | None, axis: Axis,
             ) -> tuple[Array, Array, tuple[int, ...], Array, tuple[int, ...]]:
    """x, dy in float64, the axes, g = gamma * dy in float64, and the shape of gamma."""
    x = real("x", x)
    axes = normalized(axis, x)
    dy = wide(shaped("dy", dy, x.shape, "that of x"))
    shape = tuple(x.shape[a] for a in axes)
    if gamma is None:
        return x, dy, axes, dy, shape
    gamma = shaped("gamma", gamma, shape, "the normalized axes of x")
    with np.errstate(all="ignore"):
        return x, dy, axes, dy * gamma.reshape([n if a in axes else 1 for a, n in enumerate(x.shape)]), shape


def _times(dy: Array, gamma: ArrayLike | None) -> Array:
    """g = gamma * dy for dy (N, C, ...) and one gamma per channel."""
    if gamma is None:
        return dy
    per_channel = shaped("gamma", gamma, (dy.shape[1],), "one number per channel").reshape(-1, *[1] * (dy.ndim - 2))
    with np.errstate(all="ignore"):
        g: Array = dy * per_channel
        return g


def _statistics(given: dict[str, ArrayLike], shape: tuple[int, ...]) -> list[Array]:
    """What the forward pass kept, in float64."""
    kept = {name: wide(shaped(name, a, shape, "as the forward pass returned it")) for name, a in given.items()}
    if (kept["rstd"] < 0).any():
        raise ValueError(f"rstd is 1 / std, which is never negative, got {kept['rstd'].min():g}")
    return list(kept.values())
