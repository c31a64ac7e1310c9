"""Where the normalization of a Transformer stands, and what that does: before training, in the first step, in training."""
import math

import numpy as np

from .learning import LENGTH, VOCABULARY, learned, small_transformer

DEPTH = 8                                                         # blocks of the network that is trained
SUBSETS = ("nothing", "attention", "mlp", "final", "attention, mlp", "attention, final", "mlp, final", "all")
FIRST = {"vocabulary": 1000, "length": 32, "width": 64, "heads": 4, "batch": 4}
ADAM_RATE = 3e-4


def first_pass(*, placement, start, depth, seeds=8, track=iter):
    """One forward and one backward pass of a Transformer before any training.

    1000 tokens in the vocabulary, width 64, 4 heads, MLP 256 with ReLU, float64; four sequences of 32 random tokens, and
    random tokens as targets.

    Parameters
    ----------
    placement : "post", "pre", "peri" or "none"
    start : "xavier", "torch" or "gpt2"
        Rule for the first weights, see ``models.initialize``.
    depth : int
        Number of blocks.
    seeds : int
    track : callable
        Wraps what is iterated over, as ``tqdm`` does; one that ends early gives fewer seeds.

    Returns
    -------
    dict
        ``gradient``, (seeds, depth): the norm of the loss's gradient with respect to the last matrix of each block's MLP;
        ``stream``, (seeds, depth + 1): the mean square of the residual stream before the first block and behind each;
        ``loss``, (seeds,): cross-entropy in nats; ``without``, (seeds,): the same with the last normalization left out.

    Source
    ------
    The question is that of Xiong et al. 2020, section 3 and figure 3.
    """
    import torch
    from torch.nn.functional import cross_entropy

    from ..models import Transformer, initialize
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")
    found = {"gradient": [], "stream": [], "loss": [], "without": []}
    for seed in track(range(seeds)):
        rng = np.random.default_rng(seed)
        model = Transformer(FIRST["vocabulary"], FIRST["length"], width=FIRST["width"], depth=depth, heads=FIRST["heads"],
                            placement=placement, activation="relu").to(torch.float64)
        initialize(model, start, rng=rng)
        tokens, targets = (torch.from_numpy(rng.integers(FIRST["vocabulary"], size=(FIRST["batch"], FIRST["length"])))
                           for _ in range(2))                     # (B, T) each
        stream = [model.embed(tokens)]                            # (B, T, d) each
        for block in model.blocks:
            stream.append(block(stream[-1]))
        loss = cross_entropy(model.head(model.final_norm(stream[-1])).flatten(0, 1), targets.flatten())
        loss.backward()
        with torch.no_grad():
            bare = cross_entropy(model.head(stream[-1]).flatten(0, 1), targets.flatten())
        found["gradient"].append([block.mlp.down.weight.grad.norm().item() for block in model.blocks])
        found["stream"].append([(x ** 2).mean().item() for x in stream])
        found["loss"].append(loss.item())
        found["without"].append(bare.item())
    return found


def adam_step(*, placement, start, depth, rng, rate=ADAM_RATE):
    """How far one step of Adam moves the logits, as a share of their size: |after - before| / |before|, over all of them.

    The network of "reverse eight tokens", float64; one step from the first weights, measured on the sequences of that step.
    Adam's first step moves every weight by ``rate``, up or down, whatever the size of its gradient.
    """
    import torch
    from torch.nn.functional import cross_entropy
    model = small_transformer(depth=depth, start=start, rng=rng, placement=placement)
    tokens = torch.from_numpy(rng.integers(VOCABULARY, size=(64, LENGTH)))                  # (B, T)
    before = model(tokens)                                                                  # (B, T, V)
    cross_entropy(before.flatten(0, 1), tokens.flip(-1).flatten()).backward()
    torch.optim.Adam(model.parameters(), lr=rate).step()
    with torch.no_grad():
        return ((model(tokens) - before).norm() / before.norm()).item()


def slope(depths, values):
    """The exponent p of values ~ depth^p: the slope of a straight line through logarithms."""
    return float(np.polyfit(np.log(depths), np.log(values), 1)[0])


def warm_up(*, placement, start, rate, steps, seeds=4, track=iter):
    """Does a Transformer of eight blocks learn to reverse eight tokens, and when?

    8 tokens in the vocabulary, width 32, 4 heads, MLP 64 with ReLU, float64; Adam (0.9, 0.98), 16 sequences a step, 600
    steps at most; a run has solved the task when the mean loss of 20 steps is below 0.1 nats, and ends when that of 100 is,
    or when not one of 200 steps was better than guessing by 0.1, none of them in the warm-up.

    Parameters
    ----------
    placement, start : str
        As in ``first_pass``.
    rate : float > 0
        Or several, for which the runs are computed side by side.
    steps : int
        Steps over which the rate rises from 0 to ``rate``; there it stays.
    seeds : int
    track : callable

    Returns
    -------
    dict, or for several rates a list of such
        ``solved``, (seeds,): the step, or None; ``final``, (seeds,): mean loss of the last 20 steps, None if it was no number.
        Who guesses has ln 8 = 2.079.

    Source
    ------
    The question is that of Xiong et al. 2020, section 3.2 (translation, other sizes); the task and the network are ours.
    """
    _positive(rate)
    return learned(depth=DEPTH, start=start, rate=rate, warm_up=steps, seeds=seeds, track=track, placement=placement)


def left_out(*, without, start, rate, seeds=4, track=iter):
    """The same task and network as in ``warm_up``, Pre-LN, no warm-up, with some of its LayerNorms left out.

    ``without`` is one of ``SUBSETS``: "attention" and "mlp" stand for those of all blocks, "final" for the last one.
    Returns what ``warm_up`` returns.
    """
    _positive(rate)
    if without not in SUBSETS:
        raise ValueError(f"without must be one of {', '.join(map(repr, SUBSETS))}, got {without!r}")
    names = {"nothing": (), "all": ("attention", "mlp", "final")}.get(without) or tuple(without.split(", "))
    return learned(depth=DEPTH, start=start, rate=rate, warm_up=0, seeds=seeds, track=track, placement="pre",
                   without=() if without == "nothing" else names)


def _positive(rate):
    for one in np.atleast_1d(rate).tolist():
        if not (one > 0 and math.isfinite(one)):
            raise ValueError(f"rate must be positive, got {rate}")
