"""What people compute instead: the wrong answers that several items know."""
import numpy as np


def with_d_minus_one(x, eps=0.0):
    """The variance of a sample: divided by d − 1."""
    return (x - x.mean()) / np.sqrt(x.var(ddof=1) + eps)          # (d,)


def by_the_variance(x, eps=0.0):
    """Divided by σ² instead of its root."""
    return (x - x.mean()) / (x.var() + eps)                       # (d,)


def eps_outside(x, eps):
    """ε added to σ instead of to σ²."""
    return (x - x.mean()) / (x.std() + eps)                       # (d,)


def uncentred(x, eps=0.0):
    """Divided by σ, but the mean never subtracted."""
    return x / np.sqrt(x.var() + eps)                             # (d,)


def only_centred(x):
    """The mean subtracted, and nothing divided."""
    return x - x.mean()                                           # (d,)


def by_the_rms(x, eps=0.0):
    """RMSNorm: no mean, divided by the root mean square."""
    return x / np.sqrt((x**2).mean() + eps)                       # (d,)
