"""BatchNorm, LayerNorm and neither, over the size of the batch."""
import numpy as np

from ..functional import layer_norm
from .stack import METHODS, Stack, batches
from .steps import digits

WIDTHS = (64, 32, 32, 10)
TRAIN, HELD, TEST = 1024, 373, 400                                # digits to learn from, to choose a rate by, to report
GUESSED = 90                                                      # % of digits that guessing gets wrong


def who_wins(*, batch, rate, budget, seeds=8, track=iter):
    """Error on scikit-learn's digits of a small network with BatchNorm, LayerNorm or no norm, after ``budget`` digits seen.

    64 pixels (divided by 16), two hidden layers of 32 with norm before ReLU, ten outputs; He's initialization, gamma = 1,
    beta = 0; plain gradient descent on the cross-entropy, the rate falling in a straight line from ``rate`` to 0; float64.
    Each seed has its own split into 1024 digits to learn from, 373 to choose a rate by and 400 to report, its own weights
    and its own order; all methods share them.

    Parameters
    ----------
    batch : int > 1
    rate : float > 0
        At the first step.
    budget : int
        Digits seen: there are budget // batch steps, so that a smaller batch takes more of them.
    seeds : int
    track : callable
        Wraps what is iterated over, as ``tqdm`` does; one that ends early gives fewer methods.

    Returns
    -------
    dict
        For each of "BN", "LN", "none" a dict: ``test`` and ``held``, the error in % of each seed on the 400 and on the 373;
        ``diverged``, the seeds whose numbers became infinite or NaN: their error is that of guessing, 90 %.

    Source
    ------
    The question and the manner of asking are those of Wu and He 2018, figure 1 (ResNet-50 on ImageNet, 2 to 32 images a
    GPU, the rate in proportion to the batch).  Scaled down: digits for ImageNet, 3,500 weights for 25 million.  Added:
    each rate by itself, more than one budget, and no norm.
    """
    if not (rate > 0 and 2 <= batch <= budget):
        raise ValueError(f"rate must be positive and 2 <= batch <= budget, got rate = {rate}, batch = {batch}, budget = {budget}")
    images, targets = digits()                                    # (1797, 64), (1797, 10)
    images = images / 16
    result = {}
    for method in track(METHODS):
        rngs = [np.random.default_rng(seed) for seed in range(seeds)]
        order = np.stack([rng.permutation(len(images)) for rng in rngs])                # (seeds, 1797)
        learned, held, test = np.split(order, [TRAIN, TRAIN + HELD], axis=1)
        network = Stack(WIDTHS, method, rngs)
        steps = budget // batch
        with np.errstate(all="ignore"):                           # who diverges is told by what comes out
            for t, now in enumerate(batches(learned, batch, steps, rngs)):
                network.step(images[now], targets[now], rate * (1 - t / steps))
            outputs = [network.predict(images[of]) for of in (test, held)]              # (seeds, n, 10)
        lost = np.logical_or(*[~np.isfinite(out).all((1, 2)) for out in outputs])       # (seeds,)
        errors = [np.where(lost, GUESSED, wrong(out, targets[of])) for out, of in zip(outputs, (test, held))]
        result[method] = {"test": errors[0], "held": errors[1], "diverged": np.flatnonzero(lost)}
    return result


def wrong(outputs, targets):
    """% of examples whose largest output is not the right one, (seeds,), of outputs and one-hot targets (seeds, n, classes)."""
    return 100 * (outputs.argmax(-1) != targets.argmax(-1)).mean(-1)


def best_rates(runs, *, batch, budget):
    """{method: rate} with the smallest median error on the digits held back, of what ``load("who_wins")`` gives."""
    errors = {rate: runs.at(batch=batch, rate=rate, budget=budget) for rate in runs["rate"]}
    return {method: min(runs["rate"], key=lambda rate: np.median(errors[rate][method]["held"])) for method in METHODS}


def errors_at(runs, *, batch, budget, rate="best"):
    """{method: error in % of each seed on the digits to report}, at one rate or each method at the one of ``best_rates``."""
    rates = best_rates(runs, batch=batch, budget=budget) if rate == "best" else dict.fromkeys(METHODS, rate)
    return {method: runs.at(batch=batch, rate=one, budget=budget)[method]["test"] for method, one in rates.items()}


def neighbour_noise(row, batch, *, norm="BN", rng, draws=4000):
    """How much the output for one row varies with who else is in the batch.

    The row stays; its batch - 1 neighbours are drawn anew, all their features from N(0, 1).  For BatchNorm in training and
    a batch that is not too small the standard deviation is close to sqrt((1 + x^2 / 2) / batch) for a feature of value x:
    1 / batch is what the mean of the batch varies by, x^2 / (2 batch) comes from its standard deviation.  For LayerNorm it is 0.

    Parameters
    ----------
    row : array, shape (d,)
    batch : int > 1
    norm : "BN" or "LN"
        Mean and variance over the batch, or over the features of each row.
    rng : numpy.random.Generator
    draws : int

    Returns
    -------
    array, shape (d,)
        Standard deviation of each feature's output over the draws.
    """
    if norm not in ("BN", "LN"):
        raise ValueError(f"norm must be 'BN' or 'LN', got {norm!r}")
    if batch < 2:
        raise ValueError(f"batch must be at least 2: there is no neighbour in a batch of {batch}")
    row = np.asarray(row, float)                                  # (d,)
    x = rng.normal(size=(draws, batch, len(row)))                 # (draws, batch, d)
    x[:, 0] = row
    y = layer_norm(x, axis=1 if norm == "BN" else 2)[:, 0]        # (draws, d)
    return (y - y[0]).std(axis=0)                                 # (d,), 0 and no rounding of a mean where nothing varies
