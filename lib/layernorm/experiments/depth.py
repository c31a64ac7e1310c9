"""How large a number is, thirty layers deep."""
import numpy as np

from ..functional import layer_norm

PLACES = (None, "before", "after")


def signal_by_depth(scale, *, rng, norm=None, layers=30, d=64, vectors=64):
    """Root mean square of what leaves each layer of a plain ReLU network, before any training.

    h <- relu(h W), entries of W from N(0, scale**2 / d), h at the start from N(0, 1).

    Parameters
    ----------
    scale : float > 0
    rng : numpy.random.Generator
    norm : None, "before" or "after"
        LayerNorm of h before the matrix, or of h W after it and before the ReLU.
    layers, d, vectors : int
        Depth, width, and how many vectors are sent through.

    Returns
    -------
    array, shape (layers + 1,)
        The input's first.
    """
    if norm not in PLACES:
        raise ValueError(f"norm must be one of {PLACES}, got {norm!r}")
    h = rng.normal(size=(vectors, d))                             # (vectors, d)
    sizes = [rms(h)]
    for _ in range(layers):
        w = rng.normal(0, scale / np.sqrt(d), (d, d))             # (d, d)
        if norm == "before":
            h = layer_norm(h)                                     # (vectors, d)
        h = h @ w                                                 # (vectors, d)
        if norm == "after":
            h = layer_norm(h)                                     # (vectors, d)
        h = np.maximum(h, 0)                                      # (vectors, d)
        sizes.append(rms(h))
    return np.array(sizes)                                        # (layers + 1,)


def over_seeds(run, seeds, *inputs, **options):
    """``run(*inputs, rng=..., **options)`` once for each seed 0, 1, ...; shape (seeds, ...).  Without a seed: ``ValueError``."""
    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, got {seeds}")
    return np.array([run(*inputs, rng=np.random.default_rng(seed), **options) for seed in range(seeds)])


def middle(sizes, axis=0):
    """The geometric mean over seeds: the middle of numbers that differ by factors.  ``ValueError`` where there is none."""
    if not np.size(sizes):
        raise ValueError("sizes must hold a number, got none")
    return np.exp(np.log(sizes).mean(axis))


def rms(h):
    """Root mean square of all entries."""
    return np.sqrt(np.mean(h ** 2))
