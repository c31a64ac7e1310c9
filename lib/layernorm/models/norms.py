"""The normalizations that a block can have."""
from torch import nn

from ..functional.arguments import number


class BatchNormOfTokens(nn.BatchNorm1d):
    """BatchNorm of each feature over all tokens of all sequences."""

    def forward(self, x):
        return super().forward(x.flatten(0, -2)).view(x.shape)    # (B, T, d) -> (B T, d) -> (B, T, d)


KINDS = {
    "LN": lambda width, eps: nn.LayerNorm(width, eps=eps),
    "RMS": lambda width, eps: nn.RMSNorm(width, eps=eps),
    "BN": lambda width, eps: BatchNormOfTokens(width, eps=eps),
    "none": lambda width, eps: nn.Identity(),
}


def norm_layer(kind, width, eps=1e-5):
    """A module that normalizes the last axis, (…, width) to (…, width): LayerNorm, RMSNorm, BatchNorm, or nothing.

    Raises ``ValueError`` for another ``kind``, or an eps that is negative.
    """
    if kind not in KINDS:
        raise ValueError(f"norm must be one of {', '.join(map(repr, KINDS))}, got {kind!r}")
    return KINDS[kind](width, number("eps", eps, low=0))
