"""A Transformer to be read: attention, MLP, and a block in which the place and the kind of normalization are arguments.

Shapes: B sequences of T tokens, d features a token (``width``), h heads, V tokens in the vocabulary.
"""
import math

import torch
from torch import nn

from ..functional.arguments import count
from .norms import norm_layer

PLACEMENTS = ("pre", "post", "peri", "none")
ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU}
NORMS = ("attention", "mlp", "final")                             # the places that ``without`` can name


class Attention(nn.Module):
    """Each token receives a weighted mean of the values of the tokens that it may see: softmax(q kᵀ / √(d/h)) v, in h heads.

    With a ``Cache`` the keys and values of earlier calls are seen too.
    """

    def __init__(self, width, heads, *, causal=False):
        super().__init__()
        if width % count("heads", heads, low=1):
            raise ValueError(f"width must be a multiple of heads, got width = {width} and heads = {heads}")
        self.heads, self.causal = heads, causal
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, cache=None):
        B, T, d = x.shape
        q, k, v = (part.view(B, T, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))    # (B, h, T, d/h) each
        if cache is not None:
            if not self.causal:
                raise ValueError("only a causal model has a cache: without the mask earlier tokens hear of later ones")
            k, v = cache.extended(self, k, v)                     # (B, h, S, d/h), S tokens so far
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)                                           # (B, h, T, S)
        if self.causal:
            scores = scores.masked_fill(later(T, k.shape[-2], x.device), -math.inf)
        mixed = scores.softmax(dim=-1) @ v                        # (B, h, T, d/h)
        return self.out(mixed.transpose(1, 2).reshape(B, T, d))   # (B, T, d)


class MLP(nn.Module):
    """Two matrices with an activation between them, for each token alone."""

    def __init__(self, width, hidden, *, activation="gelu"):
        super().__init__()
        self.up = nn.Linear(width, hidden)
        self.activation = ACTIVATIONS[_one_of("activation", activation, ACTIVATIONS)]()
        self.down = nn.Linear(hidden, width)

    def forward(self, x):
        return self.down(self.activation(self.up(x)))             # (B, T, d) -> (B, T, hidden) -> (B, T, d)


class Block(nn.Module):
    """One Transformer block: attention, then an MLP, each added to the residual stream.

    Parameters
    ----------
    width, heads : int
    hidden : int, optional
        Features inside the MLP; 4 width if not given.
    placement : "pre", "post", "peri" or "none"
        Where the normalizations stand:  x + F(N(x)),  N(x + F(x)),  x + N(F(N(x))),  x + F(x).
    norm : "LN", "RMS", "BN" or "none"
    without : sequence of "attention", "mlp"
        Sublayers that go without their normalization.
    activation : "gelu" or "relu"
    causal : bool
        Whether a token sees itself and earlier ones only.
    dropout : float
        On what each sublayer adds; nothing in use.
    eps : float
        Of the normalizations.

    Raises ``ValueError`` where a name is none of these.
    """

    def __init__(self, width, heads, *, hidden=None, placement="pre", norm="LN", without=(), activation="gelu", causal=False,
                 dropout=0.0, eps=1e-5):
        super().__init__()
        self.placement, without = _one_of("placement", placement, PLACEMENTS), _named(without, NORMS[:2])
        kinds = {name: "none" if name in without or placement == "none" else norm for name in ("attention", "mlp")}
        self.attention = Attention(width, heads, causal=causal)
        self.attention_norm = norm_layer(kinds["attention"], width, eps)
        self.mlp = MLP(width, hidden or 4 * width, activation=activation)
        self.mlp_norm = norm_layer(kinds["mlp"], width, eps)
        if placement == "peri":
            self.attention_after = norm_layer(kinds["attention"], width, eps)
            self.mlp_after = norm_layer(kinds["mlp"], width, eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, cache=None):
        def attend(u):
            return self.attention(u, cache)

        if self.placement == "pre":
            x = x + self.dropout(attend(self.attention_norm(x)))  # (B, T, d)
            return x + self.dropout(self.mlp(self.mlp_norm(x)))
        if self.placement == "post":
            x = self.attention_norm(x + self.dropout(attend(x)))
            return self.mlp_norm(x + self.dropout(self.mlp(x)))
        if self.placement == "peri":
            x = x + self.dropout(
                self.attention_after(attend(self.attention_norm(x))))
            return x + self.dropout(
                self.mlp_after(self.mlp(self.mlp_norm(x))))
        x = x + self.dropout(attend(x))
        return x + self.dropout(self.mlp(x))


class Transformer(nn.Module):
    """Tokens in, one row of logits for each token out: embeddings, ``depth`` blocks, a last normalization, a head.

    The last normalization stands where the blocks leave the stream without one, in "pre" and "peri".

    Parameters
    ----------
    vocabulary, length : int
        V, and the largest T.
    width, depth, heads : int
    without : sequence of "attention", "mlp", "final"
        Normalizations that are left out, in all blocks or at the end.
    **options
        Of ``Block``.
    """

    def __init__(self, vocabulary, length, *, width, depth, heads, placement="pre", norm="LN", without=(), **options):
        super().__init__()
        without = _named(without, NORMS)
        for name, size in (("vocabulary", vocabulary), ("length", length), ("width", width), ("depth", depth)):
            count(name, size, low=1)
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(
            Block(width, heads, placement=placement, norm=norm, without=[name for name in without if name != "final"], **options)
            for _ in range(depth))
        last = placement in ("pre", "peri") and "final" not in without
        self.final_norm = norm_layer(norm if last else "none", width, options.get("eps", 1e-5))
        self.head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens, cache=None):
        x = self.embed(tokens, first=cache.tokens if cache is not None else 0)              # (B, T, d)
        for block in self.blocks:
            x = block(x, cache)
        if cache is not None:
            cache.tokens += tokens.shape[-1]
        return self.head(self.final_norm(x))                      # (B, T, V)

    def embed(self, tokens, first=0):
        """What enters the first block, (B, T) -> (B, T, d); the first token stands at position ``first``."""
        if tokens.ndim != 2:
            raise ValueError(f"tokens must have the shape (B, T), got {tuple(tokens.shape)}")
        last, length = first + tokens.shape[-1], self.positions.num_embeddings
        if last > length:
            raise ValueError(f"at most {length} tokens have a position, got {last}")
        return self.tokens(tokens) + self.positions.weight[first:last]


class Cache:
    """Keys and values of the tokens that have been, one pair for each attention, so that the next token is all that is computed."""

    def __init__(self):
        self.tokens, self._kept = 0, {}

    def extended(self, attention, k, v):
        """The keys and values so far with the new ones (B, h, T, d/h) behind them.

        Raises ``ValueError`` for another model, or for another number of sequences, than those of the tokens that have been.
        """
        if self.tokens and attention not in self._kept:
            raise ValueError(f"this cache holds {self.tokens} tokens of another model: begin with an empty one")
        if attention in self._kept:
            held, new = self._kept[attention][0].shape[0], k.shape[0]
            if held != new:
                raise ValueError(f"this cache holds {held} sequences, got {new}")
            k, v = (torch.cat(pair, dim=-2) for pair in zip(self._kept[attention], (k, v)))                     # (B, h, S, d/h)
        self._kept[attention] = k, v
        return k, v


def later(T, S, device=None):
    """(T, S): whether the key stands after the query, where the queries are the last T of S tokens."""
    return torch.ones(T, S, dtype=torch.bool, device=device).triu(S - T + 1)


def _named(without, accepted):
    """The names of ``without``, of which a single one may stand for itself."""
    return [_one_of("without", name, accepted) for name in ([without] if isinstance(without, str) else without)]


def _one_of(argument, value, accepted):
    if value not in accepted:
        raise ValueError(f"{argument} must be one of {', '.join(map(repr, accepted))}, got {value!r}")
    return value
