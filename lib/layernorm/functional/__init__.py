"""Every normalization of the course as pure functions on NumPy arrays, forward and backward, proven against PyTorch.

One file for each question: ``arguments`` (what may be handed in), ``forward``, ``backward``, ``statistics`` (how a variance is
computed, and of what), ``rounding`` (what a small type does to it), ``rows`` (how all of it is done quickly and in every range).

Options are keywords and named alike throughout: gamma, beta (torch: weight, bias), axis or groups, eps.  The channel axis is 1.
float16, float32 and float64 come out as they came in, with statistics in at least float32; integers become float64.  No argument
is changed.  A wrong one raises TypeError or ValueError, which names it, what it was and what would fit.
"""
from .backward import batch_norm_backward, group_norm_backward, layer_norm_backward, layer_norm_jacobian, rms_norm_backward
from .forward import (
    batch_norm,
    dyt,
    group_norm,
    instance_norm,
    layer_norm,
    layer_norm_plain,
    rms_norm,
    rms_norm_plain,
    weight_norm,
)
from .rounding import round_to
from .statistics import (
    Moments,
    masked_statistics,
    merge_moments,
    variance_one_pass,
    variance_pairwise,
    variance_two_pass,
    variance_welford,
)

__all__ = [
    "Moments",
    "batch_norm",
    "batch_norm_backward",
    "dyt",
    "group_norm",
    "group_norm_backward",
    "instance_norm",
    "layer_norm",
    "layer_norm_backward",
    "layer_norm_jacobian",
    "layer_norm_plain",
    "masked_statistics",
    "merge_moments",
    "rms_norm",
    "rms_norm_backward",
    "rms_norm_plain",
    "round_to",
    "variance_one_pass",
    "variance_pairwise",
    "variance_two_pass",
    "variance_welford",
    "weight_norm",
]
