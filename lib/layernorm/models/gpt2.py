"""GPT-2 as a choice of options: a Transformer that is causal and Pre-LN, with one matrix for embedding and head."""
from torch import nn

from .transformer import Transformer


class GPT2(Transformer):
    """``Transformer`` with a causal mask, Pre-LN and a LayerNorm at the end, in which the head is the embedding of tokens.

    GPT-2's GELU is the one with tanh in it, 0.5 z (1 + tanh(√(2/π) (z + 0.044715 z³))).

    Parameters
    ----------
    vocabulary, length, width, depth, heads : int
        Default: those of GPT-2 small.
    **options
        Of ``Block``: ``hidden``, ``dropout``, ``eps``.

    Source
    ------
    Radford et al. 2019, section 2.3, and the code released with it.
    """

    def __init__(self, vocabulary=50257, length=1024, *,
                 width=768, depth=12, heads=12, **options):
        super().__init__(vocabulary, length, width=width, depth=depth,
                         heads=heads, causal=True, **options)
        for block in self.blocks:
            block.mlp.activation = nn.GELU(approximate="tanh")
        self.head.weight = self.tokens.weight             # (V, d)
