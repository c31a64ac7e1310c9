"""The small task of chapters 4 and 5, "reverse eight tokens", and a Transformer that learns it.

Training amplifies what two machines round differently.  As in ``stack``, every gradient is rounded to a multiple of
``GRID``, so that a run in float64 can be repeated elsewhere.
"""
from itertools import islice

import numpy as np

VOCABULARY, LENGTH, BATCH = 8, 8, 16
WIDTH, HEADS, HIDDEN = 32, 4, 64
BETAS = (0.9, 0.98)                                               # of Adam, as in Vaswani et al. 2017
GRID = 2.0 ** -20
SOLVED, AVERAGED = 0.1, 20                                        # nats a token, and steps over which a loss is averaged
STEPS, CALM = 600, 100                                            # at most; and for how many the loss must stay low before a run may end


def small_transformer(*, depth, start, rng, **options):
    """The Transformer that learns the task, float64, with first weights by the rule ``start``; ``options`` are those of ``Block``."""
    import torch

    from ..models import Transformer, initialize
    given = {"hidden": HIDDEN, "activation": "relu"} | options
    model = Transformer(VOCABULARY, LENGTH, width=WIDTH, depth=depth, heads=HEADS, **given).to(torch.float64)
    return initialize(model, start, rng=rng)


def reverse_losses(model, *, rate, warm_up, rng):
    """The loss in nats a token at each step, without end, while ``model`` learns to give eight tokens back in reverse.

    Adam, sixteen new sequences a step; the rate rises in a straight line over ``warm_up`` steps and then stays.
    """
    import torch
    from torch.nn.functional import cross_entropy
    parameters = list(model.parameters())
    adam = torch.optim.Adam(parameters, lr=rate, betas=BETAS, fused=True)
    step = 0
    while True:
        step += 1
        adam.param_groups[0]["lr"] = rate * min(1, step / warm_up) if warm_up else rate
        tokens = torch.from_numpy(rng.integers(VOCABULARY, size=(BATCH, LENGTH)))           # (B, T)
        logits = model(tokens)                                                              # (B, T, V)
        loss = cross_entropy(logits.flatten(0, 1), tokens.flip(-1).flatten())
        adam.zero_grad()
        loss.backward()
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad.div_(GRID).round_().mul_(GRID)
        adam.step()
        yield loss.item()


def solved_and_final(losses, steps=STEPS, *, warm_up=0):
    """(step or None, loss): when the mean loss of 20 steps first was below 0.1, and that of the last 20.

    At most ``steps`` steps are run.  A run ends before once the mean loss of 100 steps that it took behind the ``warm_up`` is
    below 0.1, or where its loss is no number; its final loss is then None.
    """
    seen, solved = [], None
    for loss in islice(losses, steps):
        seen.append(loss)
        if not np.isfinite(loss):
            return solved, None
        if solved is None and len(seen) >= AVERAGED and np.mean(seen[-AVERAGED:]) < SOLVED:
            solved = len(seen)
        if len(seen) >= warm_up + CALM and np.mean(seen[-CALM:]) < SOLVED:
            break
    return solved, float(np.mean(seen[-AVERAGED:]))


def learned(*, depth, start, rate, warm_up, seeds, steps=STEPS, track=iter, **options):
    """{"solved": [step or None], "final": [loss or None]} of each seed; each has weights and data of its own."""
    found = []
    for seed in track(range(seeds)):
        rng = np.random.default_rng(seed)
        model = small_transformer(depth=depth, start=start, rng=rng, **options)
        found.append(solved_and_final(reverse_losses(model, rate=rate, warm_up=warm_up, rng=rng), steps, warm_up=warm_up))
    return {"solved": [solved for solved, _ in found], "final": [final for _, final in found]}
