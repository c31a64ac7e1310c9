"""A network that reads each token by itself, and normalizations that may carry something from one token to another."""
import torch
from torch import nn

from .transformer import MLP

OVER = {"d": (2,), "T, d": (1, 2), "T": (1,), "B, T": (0, 1)}     # axes of (B, T, d)
CARRIERS = (*OVER, "past, d")


class NormOver(nn.Module):
    """(x − mean) / √(variance + ε), both over the named axes of (B, T, d); no gain, no shift.

    "d" is LayerNorm, "B, T" BatchNorm in training, "T" InstanceNorm.  "past, d" takes all features of a token and of the
    tokens before it.  Raises ``ValueError`` for anything else.
    """

    def __init__(self, axes, eps=1e-5):
        super().__init__()
        if axes not in CARRIERS:
            raise ValueError(f"axes must be one of {', '.join(map(repr, CARRIERS))}, got {axes!r}")
        self.axes, self.eps = axes, eps

    def forward(self, x):
        if self.axes == "past, d":
            T = x.shape[1]
            past = torch.ones(T, T, dtype=x.dtype).tril()         # (T, T), row t: who counts for token t
            past = past / past.sum(1, keepdim=True)
            mean = x.mean(2) @ past.T                             # (B, T)
            apart = ((x[:, None] - mean[:, :, None, None]) ** 2).mean(3)                    # (B, T, T): of token s from t's mean
            mean, var = mean[..., None], (past * apart).sum(2)[..., None]                   # (B, T, 1) each
        else:
            mean = x.mean(OVER[self.axes], keepdim=True)
            var = ((x - mean) ** 2).mean(OVER[self.axes], keepdim=True)
        return (x - mean) / torch.sqrt(var + self.eps)            # (B, T, d)


class ReadsAlone(nn.Module):
    """Tokens in, logits for the next token out; no attention: x + MLP(N(x)), ``depth`` times, then N and a head.

    Parameters
    ----------
    vocabulary, length, width, depth : int
    over : str
        What the normalizations N take their mean over, see ``NormOver``.
    """

    def __init__(self, vocabulary, length, *, width, depth, over):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.mlps = nn.ModuleList(MLP(width, 4 * width) for _ in range(depth))
        self.norm = NormOver(over)                                # it has no parameters, so one serves everywhere
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions.weight[:tokens.shape[1]]                   # (B, T, d)
        for mlp in self.mlps:
            x = x + mlp(self.norm(x))
        return self.head(self.norm(x))                            # (B, T, V)
