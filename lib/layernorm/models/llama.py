"""Llama, to be read: RMSNorm before each sublayer, positions as rotations, a gated MLP, no biases.

Shapes: B sequences of T tokens, d features a token (``width``), h heads of d_h = d / h features, V tokens in the vocabulary.
"""
import math

import torch
from torch import nn
from torch.nn.functional import silu

from .transformer import later


def rotated(x, first=0, base=10000.0):
    """Pairs of features, turned by t base^(-2 i / d_h) for token t, pair i.

    A pair is features i and i + d_h / 2; the first token has t = ``first``.
    """
    T, half = x.shape[-2], x.shape[-1] // 2
    pair, t = torch.arange(half).to(x), torch.arange(first, first + T).to(x)
    angle = t[:, None] * base ** (-pair / half)           # (T, d_h/2)
    cos, sin = angle.cos(), angle.sin()
    one, two = x.chunk(2, dim=-1)                         # (…, T, d_h/2)
    return torch.cat((one * cos - two * sin,
                      one * sin + two * cos), dim=-1)     # (…, T, d_h)


class SharedAttention(nn.Module):
    """Causal attention in which several heads of queries share one head of keys and values ("grouped queries").

    ``shared`` is the number of heads of keys and values; as many as of queries if not given.
    """

    def __init__(self, width, heads, shared=None):
        super().__init__()
        shared = shared or heads
        if width % heads or width // heads % 2 or heads % shared:
            raise ValueError("width / heads must be even and heads a multiple of shared, "
                             f"got width = {width}, heads = {heads}, shared = {shared}")
        self.size, self.times = width // heads, heads // shared
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(width, shared * self.size, bias=False)
        self.v = nn.Linear(width, shared * self.size, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x, cache=None):
        B, T, d = x.shape
        first = cache.tokens if cache is not None else 0
        q, k, v = (matrix(x).view(B, T, -1, self.size).transpose(1, 2)
                   for matrix in (self.q, self.k, self.v))
        q, k = rotated(q, first), rotated(k, first)       # (B, h, T, d_h)
        if cache is not None:
            k, v = cache.extended(self, k, v)             # S tokens so far
        k = k.repeat_interleave(self.times, dim=1)        # (B, h, S, d_h)
        v = v.repeat_interleave(self.times, dim=1)        # (B, h, S, d_h)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.size)
        hidden = later(T, k.shape[-2], x.device)          # (T, S)
        scores = scores.masked_fill(hidden, -math.inf)    # (B, h, T, S)
        mixed = scores.softmax(dim=-1) @ v                # (B, h, T, d_h)
        return self.out(mixed.transpose(1, 2).reshape(B, T, d))


class SwiGLU(nn.Module):
    """An MLP with two matrices upwards: one gives the numbers, the other, through z / (1 + e^-z), how far each is let through."""

    def __init__(self, width, hidden):
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        let_through = silu(self.gate(x))                  # (B, T, hidden)
        return self.down(let_through * self.up(x))        # (B, T, d)


class LlamaBlock(nn.Module):
    """x + F(RMSNorm(x)), for attention and then for the MLP."""

    def __init__(self, width, heads, hidden, *, shared=None, eps=1e-6):
        super().__init__()
        self.attention_norm = nn.RMSNorm(width, eps=eps)
        self.attention = SharedAttention(width, heads, shared)
        self.mlp_norm = nn.RMSNorm(width, eps=eps)
        self.mlp = SwiGLU(width, hidden)

    def forward(self, x, cache=None):
        x = x + self.attention(self.attention_norm(x), cache)     # (B, T, d)
        return x + self.mlp(self.mlp_norm(x))


class Llama(nn.Module):
    """Tokens in, one row of logits for each token out; no table of positions, so that no length is the last one.

    Parameters
    ----------
    vocabulary, width, depth, heads, hidden : int
    shared : int, optional
        Heads of keys and values; ``heads`` if not given.
    eps : float

    Source
    ------
    Touvron et al. 2023, section 2.2; shared keys and values: Ainslie et al. 2023.
    """

    def __init__(self, vocabulary, *, width, depth, heads, hidden, shared=None, eps=1e-6):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList(LlamaBlock(width, heads, hidden, shared=shared, eps=eps) for _ in range(depth))
        self.final_norm = nn.RMSNorm(width, eps=eps)
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens, cache=None):
        x = self.tokens(tokens)                                   # (B, T, d)
        for block in self.blocks:
            x = block(x, cache)
        if cache is not None:
            cache.tokens += tokens.shape[-1]
        return self.head(self.final_norm(x))                      # (B, T, V)
