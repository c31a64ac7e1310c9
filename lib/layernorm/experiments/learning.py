"""The small task of chapters 4 and 5, "reverse eight tokens", and a Transformer that learns it.

Training amplifies what two machines round differently.  As in ``stack``, every gradient is rounded to a multiple of
``GRID``, so that a run in float64 can be repeated elsewhere.
"""
from itertools import count, islice, tee
from operator import itemgetter

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
    def loss():
        tokens = sequences(rng)
        return reversal(model(tokens), tokens)
    for of_step in descent(list(model.parameters()), loss, rate=rate, warm_up=warm_up):
        yield of_step.item()


def side_by_side(models, *, rate, warm_up, rngs):
    """What ``reverse_losses`` gives for each of ``models``, all of one shape, computed together: at each step a list of their losses.

    Their weights are copied and stay as they are.
    """
    import torch
    from torch.func import functional_call, stack_module_state, vmap
    weights, buffers = stack_module_state(models)                                           # by name, (M, …) each

    def of_one(weights, buffers, tokens):
        return reversal(functional_call(models[0], (weights, buffers), (tokens,)), tokens)

    def losses():
        return vmap(of_one)(weights, buffers, torch.stack([sequences(rng) for rng in rngs]))                # (M,)
    for of_step in descent(list(weights.values()), losses, rate=rate, warm_up=warm_up):
        yield of_step.tolist()


def sequences(rng):
    """Sixteen sequences of eight random tokens, (B, T)."""
    import torch
    return torch.from_numpy(rng.integers(VOCABULARY, size=(BATCH, LENGTH)))


def reversal(logits, tokens):
    """Cross-entropy of logits (B, T, V) and the reversed tokens (B, T), in nats a token."""
    from torch.nn.functional import cross_entropy
    return cross_entropy(logits.flatten(0, 1), tokens.flip(-1).flatten())


def descent(parameters, losses, *, rate, warm_up=0, betas=BETAS):
    """One step of Adam after another down the sum of what ``losses()`` returns, which is given back before each step."""
    from torch.optim import Adam
    adam = Adam(parameters, lr=rate, betas=betas, fused=True)
    for step in count(1):
        adam.param_groups[0]["lr"] = rate * min(1, step / warm_up) if warm_up else rate
        now = losses()
        adam.zero_grad()
        now.sum().backward()
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad.div_(GRID).round_().mul_(GRID)
        adam.step()
        yield now.detach()


def solved_and_final(losses, steps=STEPS, *, warm_up=0):
    """(step or None, loss): when the mean loss of 20 steps first was below 0.1, and that of the last 20.

    At most ``steps`` steps are run.  A run ends before once the mean loss of 100 steps that it took behind the ``warm_up`` is
    below 0.1, or where its loss is no number; its final loss is then None.  If ``losses`` end before the run does, nothing is
    known: None.
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
    else:
        if len(seen) < steps:
            return None
    return solved, float(np.mean(seen[-AVERAGED:]))


def learned(*, depth, start, rate, warm_up, seeds, steps=STEPS, track=iter, **options):
    """{"solved": [step or None], "final": [loss or None]} of each seed; each has weights and data of its own.

    ``track`` wraps the steps; if it ends early, the seeds are left out whose run had not ended.  Raises ``ValueError`` if none had.
    """
    rngs = [np.random.default_rng(seed) for seed in range(seeds)]
    models = [small_transformer(depth=depth, start=start, rng=rng, **options) for rng in rngs]
    rows = (row for _, row in zip(track(range(steps)), side_by_side(models, rate=rate, warm_up=warm_up, rngs=rngs)))
    runs = [map(itemgetter(seed), same) for seed, same in enumerate(tee(rows, seeds))]
    found = [one for one in (solved_and_final(run, steps, warm_up=warm_up) for run in runs) if one]
    if not found:
        raise ValueError("stopped before the run of any seed had ended")
    return {"solved": [solved for solved, _ in found], "final": [final for _, final in found]}
