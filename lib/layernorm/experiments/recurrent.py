"""One layer, used a hundred times: what LayerNorm holds in a recurrent network, and what it does not."""
import numpy as np

from ..functional import layer_norm, layer_norm_backward


def recurrent(gain, *, norm, rng, steps=100, d=128, inputs=1.0):
    """Length of the state and of its gradient at each step of a recurrent ReLU network, before any training.

    h <- relu(norm(h W + x)),  h at the start 0; W one matrix for all steps, entries from N(0, gain^2 / d); x new at each
    step, from N(0, inputs^2).  The loss is c . h at the end with |c| = 1, so that the gradient at the end has length 1.

    With LayerNorm (gamma = 1, beta = 0) the state can never be longer than sqrt(d), whatever the weights: its squares sum
    to at most d before the ReLU.  For the gradient nothing of the kind holds.

    Parameters
    ----------
    gain : float > 0
    norm : bool
        LayerNorm, or none.
    rng : numpy.random.Generator
    steps, d : int
    inputs : float >= 0

    Returns
    -------
    array, shape (2, steps + 1)
        Lengths of h, and of the gradient of the loss with respect to h; the start first.

    Source
    ------
    Ba et al. 2016, section 3.1: in a recurrent network the summed inputs tend to grow or to shrink from step to step, and
    LayerNorm makes it blind to their scale.  Scaled down: no gates, no training, random inputs.
    """
    if not (gain > 0 and steps > 0):
        raise ValueError(f"gain and steps must be positive, got gain = {gain}, steps = {steps}")
    w = rng.normal(0, gain / np.sqrt(d), (d, d))                  # (d, d)
    h, kept = np.zeros(d), []                                     # (d,)
    states, slopes = [0.0], []
    for _ in range(steps):
        z = h @ w + inputs * rng.normal(size=d)                   # (d,)
        y, mean, rstd = layer_norm(z, return_stats=True) if norm else (z, None, None)
        h = np.maximum(y, 0)                                      # (d,)
        kept.append((z, y > 0, mean, rstd))
        states.append(np.linalg.norm(h))
    g = rng.normal(size=d)
    g /= np.linalg.norm(g)                                        # (d,), c
    for z, on, mean, rstd in reversed(kept):
        slopes.append(np.linalg.norm(g))
        g = g * on                                                # (d,)
        if norm:
            g = layer_norm_backward(g, z, mean, rstd)[0]          # (d,)
        g = g @ w.T                                               # (d,)
    return np.array([states, [np.linalg.norm(g), *reversed(slopes)]])
