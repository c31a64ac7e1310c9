"""Where training starts: three rules for the first weights of a ``Transformer``."""
import math

import torch
from torch import nn

STARTS = ("xavier", "torch", "gpt2")
GPT2 = 0.02


def initialize(model, start, generator):
    """Draw all weights of ``model`` anew, by one of three rules; biases become 0, gamma 1, beta 0.

    "xavier"
        Each matrix (queries, keys and values one by one) from N(0, 2 / (inputs + outputs)).
    "torch"
        As ``torch.nn.Linear`` does: from U(−a, a) with a = 1 / √inputs, which has the variance 1 / (3 inputs).
    "gpt2"
        All from N(0, 0.02²); the matrices that write to the stream, two a block, divided by √(2 depth).

    Embeddings of tokens and of positions are drawn from N(0, 1/2), so that their sum has the variance 1; for "gpt2" they
    too are drawn from N(0, 0.02²).

    Parameters
    ----------
    model : Transformer
    start : str
    generator : torch.Generator

    Returns
    -------
    Transformer
        The same object.

    Source
    ------
    Glorot and Bengio 2010; PyTorch 2.13, ``torch.nn.Linear``; Radford et al. 2019, section 2.3, and the released code.
    """
    if start not in STARTS:
        raise ValueError(f"start must be one of {', '.join(map(repr, STARTS))}, got {start!r}")
    writers = {id(matrix) for block in model.blocks for matrix in (block.attention.out.weight, block.mlp.down.weight)}
    depth = math.sqrt(2 * len(model.blocks))
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Embedding):
                module.weight.normal_(0, GPT2 if start == "gpt2" else math.sqrt(1 / 2), generator=generator)
            elif isinstance(module, nn.Linear):
                scale = GPT2 / (depth if id(module.weight) in writers else 1)
                _draw(module.weight, start, scale, generator)
                if module.bias is not None:
                    module.bias.zero_()
    return model


def _draw(matrix, start, scale, generator):
    outputs, inputs = matrix.shape
    if start == "gpt2":
        matrix.normal_(0, scale, generator=generator)
    elif start == "torch":
        matrix.uniform_(-1 / math.sqrt(inputs), 1 / math.sqrt(inputs), generator=generator)
    else:
        for part in matrix.split(inputs) if outputs == 3 * inputs else [matrix]:
            part.normal_(0, math.sqrt(2 / sum(part.shape)), generator=generator)
