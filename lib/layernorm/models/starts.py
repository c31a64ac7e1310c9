"""Where training starts: three rules for the first weights of a ``Transformer``."""
import math

import numpy as np
import torch
from torch import nn

STARTS = ("xavier", "torch", "gpt2")
GPT2 = 0.02


def initialize(model, start, *, rng):
    """Draw all matrices of ``model`` anew by one of three rules; biases become 0, and gamma and beta stay as they are.

    "xavier"
        Each matrix (those of queries, keys and values one by one) from N(0, 2 / (inputs + outputs)).
    "torch"
        As ``torch.nn.Linear`` does: from U(-a, a) with a = 1 / sqrt(inputs), which has the variance 1 / (3 inputs).
    "gpt2"
        From N(0, 0.02^2); the matrices that write to the stream, two a block, divided by sqrt(2 depth).

    The embeddings of tokens and of positions are drawn from N(0, 1/2), so that their sum has the variance 1; for "gpt2"
    from N(0, 0.02^2) too.

    Parameters
    ----------
    model : Transformer
    start : str
    rng : numpy.random.Generator

    Returns
    -------
    Transformer
        The same object.

    Raises
    ------
    ValueError
        If there is no such rule.
    TypeError
        If ``rng`` is no generator.

    Source
    ------
    Glorot and Bengio 2010; PyTorch 2.13, ``torch.nn.Linear``; Radford et al. 2019, section 2.3 (the code released with it draws
    positions with 0.01 and scales no matrix by depth).
    """
    if start not in STARTS:
        raise ValueError(f"start must be one of {', '.join(map(repr, STARTS))}, got {start!r}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0), got {rng!r}")
    writers = {matrix for block in model.blocks for matrix in (block.attention.out, block.mlp.down)}
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            _fill(module.weight, rng.normal(0, GPT2 if start == "gpt2" else math.sqrt(1 / 2), module.weight.shape))
        elif isinstance(module, nn.Linear):
            shrunk = math.sqrt(2 * len(model.blocks)) if module in writers else 1
            _fill(module.weight, _drawn(start, *module.weight.shape, shrunk, rng))
            if module.bias is not None:
                module.bias.data.zero_()
    return model


def _drawn(start, outputs, inputs, shrunk, rng):
    """(outputs, inputs) numbers by the rule ``start``."""
    if start == "gpt2":
        return rng.normal(0, GPT2 / shrunk, (outputs, inputs))
    if start == "torch":
        return rng.uniform(-1 / math.sqrt(inputs), 1 / math.sqrt(inputs), (outputs, inputs))
    fan_out = inputs if outputs == 3 * inputs else outputs        # queries, keys and values stand one below the other
    return rng.normal(0, math.sqrt(2 / (inputs + fan_out)), (outputs, inputs))


def _fill(parameter, values):
    parameter.data.copy_(torch.from_numpy(values))                # NumPy draws the same numbers on every machine
