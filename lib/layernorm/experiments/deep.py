"""How gradients grow through a deep network with BatchNorm, before any training."""
import numpy as np

from ..functional import layer_norm, layer_norm_backward

AXIS = {"BN": 0, "LN": 1}                                         # which axis of (batch, width) shares a mean
NORMS = (*AXIS, "none")
DEPTH, FIRST, LAST = 50, 5, 45                                    # layers; growth is measured between FIRST and LAST
LIMIT = np.pi / (np.pi - 1)                                       # for BatchNorm, as batch and width go to infinity: 1.467


def deep_batch_norm(*, batch, width, seeds=8, track=iter):
    """Size of signal and gradient through fifty plain layers, with BatchNorm, with LayerNorm, and with no norm.

    h <- relu(norm(h W)), entries of W from N(0, 2 / width) (He), gamma = 1, beta = 0; h at the start and the gradient at the
    end from N(0, 1); float64.

    Parameters
    ----------
    batch, width : int > 1
    seeds : int
    track : callable
        Wraps what is iterated over, as ``tqdm`` does; one that ends early gives fewer norms.

    Returns
    -------
    dict
        For each of "BN", "LN", "none" a dict: ``growth``, for each seed the factor a layer by which the mean square of the
        gradient grows on its way down, from layer 45 to layer 5; ``gradient`` and ``signal``, shape (51,), root mean square
        by layer, the input first, as geometric mean over seeds; the gradient is 1 at the end.

    Source
    ------
    Yang et al. 2019: with BatchNorm the squared gradient of a wide ReLU network grows by pi / (pi - 1) = 1.467 a layer,
    whatever the weights are scaled by.  Scaled down: widths and batches that are not large, which is what the grid is for.
    """
    if min(batch, width) < 2:
        raise ValueError(f"batch and width must be at least 2, got batch = {batch}, width = {width}")
    result = {}
    for norm in track(NORMS):
        sizes = np.array([through(norm, batch, width, np.random.default_rng(seed)) for seed in range(seeds)])   # (seeds, 2, 51)
        gradient = sizes[:, 1] / sizes[:, 1, -1:]                                                               # (seeds, 51)
        result[norm] = {"growth": (gradient[:, FIRST] / gradient[:, LAST]) ** (2 / (LAST - FIRST)),
                        "gradient": np.exp(np.log(gradient).mean(0)), "signal": np.exp(np.log(sizes[:, 0]).mean(0))}
    return result


def through(norm, batch, width, rng):
    """Root mean square of the signal and of its gradient by layer, (2, 51)."""
    h, kept = rng.normal(size=(batch, width)), []                 # (batch, width)
    signal, gradient = [_rms(h)], []
    for _ in range(DEPTH):
        w = rng.normal(0, np.sqrt(2 / width), (width, width))     # (width, width)
        z = h @ w                                                 # (batch, width)
        y, back = _normed(norm, z)
        h = np.maximum(y, 0)                                      # (batch, width)
        kept.append((w, y > 0, back))
        signal.append(_rms(h))
    d = rng.normal(size=h.shape)                                  # (batch, width)
    for w, on, back in reversed(kept):
        gradient.append(_rms(d))
        d = back(d * on) @ w.T                                    # (batch, width)
    return signal, [_rms(d), *reversed(gradient)]


def _normed(norm, z):
    """The output, and the function that takes a gradient back through it."""
    if norm in AXIS:
        y, mean, rstd = layer_norm(z, axis=AXIS[norm], return_stats=True)
        return y, lambda d: layer_norm_backward(d, z, mean, rstd, axis=AXIS[norm])[0]
    return z, lambda d: d


def _rms(v):
    return np.sqrt(np.mean(v ** 2))
