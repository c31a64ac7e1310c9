"""Other normalizations in the small Transformer of chapter 4, and a network that cannot look ahead but for its mean."""
from itertools import islice

import numpy as np

from .learning import LENGTH, VOCABULARY, descent, reverse_losses, small_transformer

DEPTH, STEPS, AVERAGED, SOLVED = 4, 300, 20, 0.1
KINDS = ("BN", "LN", "RMS", "DyT")
CARRIERS = ("d", "T, d", "T", "B, T", "past, d")                  # what a mean may go over
RATES, LARGE = (0.003, 0.01), (0.01, 0.1)                         # of Adam; of which the last is far too large
NEXT = {"vocabulary": 4, "width": 32, "depth": 2, "batch": 64, "steps": 500, "rate": 3e-3, "judged": 2048}


def norms_in_use(*, norm, start, seeds=3, track=iter):
    """"Reverse eight tokens" with another normalization: what a trained network loses on new sequences, in use.

    The network of ``warm_up`` with four blocks, Pre-LN; Adam at 0.003 and at 0.01, no warm-up, 16 sequences a step, 300 steps.  Judged
    in use (``eval()``, so that BatchNorm takes its running statistics) and in training mode, on 512 new sequences.

    Parameters
    ----------
    norm : "BN", "LN", "RMS" or "DyT"
        BatchNorm is taken over all tokens of all sequences; DyT begins with alpha = 0.5.
    start : "xavier", "torch" or "gpt2"
        Rule for the first weights, see ``models.initialize``.
    seeds : int
    track : callable

    Returns
    -------
    dict
        For each rate, written as text: ``solved``, (seeds,): the step at which the mean loss of 20 steps first was below 0.1
        nats, or None; ``in_use`` and ``training``, (seeds,): the loss in nats a token.  Who guesses has ln 8 = 2.079.
    """
    from ..models import with_dyt
    if norm not in KINDS:
        raise ValueError(f"norm must be one of {', '.join(map(repr, KINDS))}, got {norm!r}")

    def one(rate, seed):
        rng = np.random.default_rng(seed)
        model = small_transformer(depth=DEPTH, start=start, rng=rng, norm="LN" if norm == "DyT" else norm)
        if norm == "DyT":
            with_dyt(model)
        seen = list(islice(reverse_losses(model, rate=rate, warm_up=0, rng=rng), STEPS))
        return {"solved": _first_below(seen)} | _judged(model, rng)
    found = {}
    for rate in track(RATES):
        runs = [one(rate, seed) for seed in range(seeds)]
        found[str(rate)] = {key: [run[key] for run in runs] for key in runs[0]}
    return found


def _judged(model, rng):
    """Loss in nats a token on 512 new sequences, in use and in training mode."""
    import torch
    from torch.nn.functional import cross_entropy
    tokens, found = torch.from_numpy(rng.integers(VOCABULARY, size=(512, LENGTH))), {}      # (B, T)
    for mode in ("in_use", "training"):                           # in this order: training changes running statistics
        model.train(mode == "training")
        with torch.no_grad():
            found[mode] = cross_entropy(model(tokens).flatten(0, 1), tokens.flip(-1).flatten()).item()
    return found


def qk_norm(*, queries, start, seeds=3, track=iter):
    """"Reverse eight tokens" at a good rate and at a far too large one, with queries and keys normalized or not.

    The network of ``norms_in_use`` with LayerNorm; RMSNorm with a learned gain on the queries and keys of each head.

    Parameters
    ----------
    queries : "plain" or "normed"
    start : str
    seeds : int
    track : callable

    Returns
    -------
    dict
        For each rate, written as text: ``final``, (seeds,): mean loss of the last 20 of 300 steps; ``logit``, (seeds,): the
        largest |q . k| / sqrt(d_h) of all blocks on 64 new sequences after them.
    """
    import torch

    from ..models import with_qk_norm
    if queries not in ("plain", "normed"):
        raise ValueError(f"queries must be 'plain' or 'normed', got {queries!r}")

    def one(rate, seed):
        rng = np.random.default_rng(seed)
        model = small_transformer(depth=DEPTH, start=start, rng=rng)
        if queries == "normed":
            with_qk_norm(model)
        seen, largest = list(islice(reverse_losses(model, rate=rate, warm_up=0, rng=rng), STEPS)), []

        def look(module, inputs, projected):
            heads = model.blocks[0].attention.heads
            q, k, _ = (part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in projected.chunk(3, dim=-1))      # (B, h, T, d_h)
            largest.append((q @ k.transpose(-2, -1) / np.sqrt(q.shape[-1])).abs().max().item())
        for block in model.blocks:
            block.attention.qkv.register_forward_hook(look)
        with torch.no_grad():
            model(torch.from_numpy(rng.integers(VOCABULARY, size=(64, LENGTH))))
        return {"final": float(np.mean(seen[-AVERAGED:])), "logit": max(largest)}
    found = {}
    for rate in track(LARGE):
        runs = [one(rate, seed) for seed in range(seeds)]
        found[str(rate)] = {key: [run[key] for run in runs] for key in runs[0]}
    return found


def next_token(*, over, length, seeds=3, track=iter):
    """How well a network without attention predicts the next token where nothing can be predicted.

    Tokens drawn at random from 4, in sequences of ``length``; ``models.ReadsAlone``, width 32, two blocks, float64; Adam at
    3e-3, 64 sequences a step, 500 steps.  The prediction at each token but the last is judged.

    Parameters
    ----------
    over : "d", "T, d", "T", "B, T" or "past, d"
        What mean and variance are taken over.
    length : int > 1
    seeds : int
    track : callable

    Returns
    -------
    dict
        ``loss``, (seeds,): on 2048 new sequences, in batches of 64, in nats a token.  Who cannot see the next token has ln 4 = 1.386
        at best.
    """
    import torch
    from torch.nn.functional import cross_entropy

    from ..models import ReadsAlone
    if length < 2:
        raise ValueError(f"length must be at least 2, got {length}")
    found = []
    for seed in track(range(seeds)):
        rng = np.random.default_rng(seed)
        model = ReadsAlone(NEXT["vocabulary"], length, width=NEXT["width"], depth=NEXT["depth"], over=over).to(torch.float64)
        for parameter in model.parameters():
            parameter.data.copy_(torch.from_numpy(rng.normal(0, parameter.shape[-1] ** -0.5 if parameter.ndim > 1 else 0, parameter.shape)))

        def loss(rng=rng, model=model):
            tokens = torch.from_numpy(rng.integers(NEXT["vocabulary"], size=(NEXT["batch"], length)))               # (B, T)
            return cross_entropy(model(tokens)[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
        for _ in islice(descent(list(model.parameters()), loss, rates=NEXT["rate"], betas=(0.9, 0.999)), NEXT["steps"]):
            pass
        with torch.no_grad():
            found.append(float(np.mean([loss().item() for _ in range(NEXT["judged"] // NEXT["batch"])])))
    return {"loss": found}


def _first_below(losses):
    """The step at which the mean of the last 20 losses first was below 0.1, or None."""
    return next((step for step in range(AVERAGED, len(losses) + 1) if np.mean(losses[step - AVERAGED:step]) < SOLVED), None)
