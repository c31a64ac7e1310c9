"""The small task of chapters 4 and 5, "reverse eight tokens", and a Transformer that learns it.

Training amplifies what two machines round differently.  As in ``stack``, every gradient is rounded to a multiple of
``GRID``, so that a run in float64 can be repeated elsewhere.
"""
import itertools
from itertools import islice

import numpy as np

from ..functional.arguments import count

VOCABULARY, LENGTH, BATCH = 8, 8, 16
WIDTH, HEADS, HIDDEN = 32, 4, 64
BETAS = (0.9, 0.98)                                               # of Adam, as in Vaswani et al. 2017
GRID = 2.0 ** -20
SOLVED, AVERAGED = 0.1, 20                                        # nats a token, and steps over which a loss is averaged
STEPS = 600                                                       # at most
CALM, STUCK, LEAST = 100, 200, 0.1                                # steps: so many below SOLVED, or none of so many below guessing by LEAST


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
    for of_step in descent(list(model.parameters()), loss, rates=rate, warm_up=warm_up):
        yield of_step.item()


def side_by_side(models, *, rates, warm_up, rngs, going):
    """What ``reverse_losses`` gives for those of ``models`` that are ``going``, computed together: at each step a list of their losses.

    The models have one shape, and a rate and a generator each.  ``going`` is a list of indices; whoever is taken from it stops there.
    The weights are copied and stay as they are.
    """
    import torch
    from torch.func import functional_call, vmap
    from torch.nn.utils import parameters_to_vector
    names, shapes = zip(*((name, one.shape) for name, one in models[0].named_parameters()))
    weights = [parameters_to_vector(model.parameters()).detach().requires_grad_() for model in models]      # (P,) each

    def of_one(weights, tokens):                                  # (P,), (B, T) -> ()
        parts = weights.split([shape.numel() for shape in shapes])
        named = {name: part.view(shape) for name, part, shape in zip(names, parts, shapes)}
        return reversal(functional_call(models[0], named, (tokens,)), tokens)

    def losses():
        tokens = torch.stack([sequences(rngs[one]) for one in going])                                       # (M, B, T)
        return vmap(of_one)(torch.stack([weights[one] for one in going]), tokens)                           # (M,)
    for of_step in descent(weights, losses, rates=rates, warm_up=warm_up):
        yield of_step.tolist()


def sequences(rng):
    """Sixteen sequences of eight random tokens, (B, T)."""
    import torch
    return torch.from_numpy(rng.integers(VOCABULARY, size=(BATCH, LENGTH)))


def reversal(logits, tokens):
    """Cross-entropy of logits (B, T, V) and the reversed tokens (B, T), in nats a token."""
    from torch.nn.functional import cross_entropy
    return cross_entropy(logits.flatten(0, 1), tokens.flip(-1).flatten())


def descent(parameters, losses, *, rates, warm_up=0, betas=BETAS):
    """One step of Adam after another down the sum of what ``losses()`` returns, which is given back before each step.

    ``rates`` is one rate for all ``parameters``, or one for each.
    """
    from torch.optim import Adam
    count("warm_up", warm_up, low=0)
    groups = zip(([one] for one in parameters), rates) if np.ndim(rates) else [(parameters, rates)]
    adam = Adam([{"params": own, "lr": rate, "rate": rate} for own, rate in groups], betas=betas, fused=True)
    for step in itertools.count(1):
        for group in adam.param_groups:
            group["lr"] = group["rate"] * min(1, step / warm_up) if warm_up else group["rate"]
        now = losses()
        adam.zero_grad()
        now.sum().backward()
        for parameter in parameters:
            if parameter.grad is not None:                        # else Adam leaves it as it is
                parameter.grad.div_(GRID).round_().mul_(GRID)
        adam.step()
        yield now.detach()


def solved_and_final(losses, steps=STEPS, *, warm_up=0):
    """(step or None, loss): when the mean loss of 20 steps first was below 0.1, and that of the last 20.

    At most ``steps`` steps are run.  A run ends before once the mean loss of 100 steps that it took behind the ``warm_up`` is
    below 0.1, once 200 of them in a row were none of them better than guessing by a tenth of a nat, or where its loss is no number;
    its final loss is then None.  If ``losses`` end before the run does, nothing is known: None.
    """
    seen = []
    for loss in islice(losses, steps):
        seen.append(loss)
        if _over(seen, warm_up):
            return _found(seen)
    return _found(seen) if len(seen) == steps else None


def _over(seen, warm_up):
    """Does a run end here, after these losses?"""
    behind = len(seen) - warm_up
    return (not np.isfinite(seen[-1]) or behind >= CALM and np.mean(seen[-CALM:]) < SOLVED
            or behind >= STUCK and min(seen[-STUCK:]) > np.log(VOCABULARY) - LEAST)


def _found(seen):
    solved = next((step for step in range(AVERAGED, len(seen) + 1) if np.mean(seen[step - AVERAGED:step]) < SOLVED), None)
    return solved, float(np.mean(seen[-AVERAGED:])) if np.isfinite(seen[-1]) else None


def learned(*, depth, start, rate, warm_up, seeds, steps=STEPS, track=iter, **options):
    """{"solved": [step or None], "final": [loss or None]} of each seed; each has weights and data of its own.

    For several rates, a list of these.  All runs are computed side by side.  ``track`` wraps the steps; if it ends early, the seeds
    are left out whose run had not ended.  Raises ``ValueError`` if none had.
    """
    rates = [one for one in np.atleast_1d(rate).tolist() for _ in range(seeds)]
    rngs = [np.random.default_rng(seed) for _ in np.atleast_1d(rate) for seed in range(seeds)]
    models = [small_transformer(depth=depth, start=start, rng=rng, **options) for rng in rngs]
    seen, ended, going = [[] for _ in models], [None] * len(models), list(range(len(models)))
    for _, losses in zip(track(range(steps)), side_by_side(models, rates=rates, warm_up=warm_up, rngs=rngs, going=going)):
        for one, loss in zip(list(going), losses):
            seen[one].append(loss)
            if _over(seen[one], warm_up) or len(seen[one]) == steps:
                ended[one] = _found(seen[one])
                going.remove(one)
        if not going:
            break
    found = [[one for one in ended[first:first + seeds] if one] for first in range(0, len(models), seeds)]
    if not all(found):
        raise ValueError("stopped before the run of any seed had ended")
    found = [{"solved": [solved for solved, _ in one], "final": [final for _, final in one]} for one in found]
    return found if np.ndim(rate) else found[0]
