"""Does training need layers whose inputs stay where they are?"""
import numpy as np

from .batches import GUESSED, HELD, TRAIN, wrong
from .stack import METHODS, Stack, batches
from .steps import digits

WIDTHS = (64, 32, 32, 32, 32, 10)
STEPS, BATCH, LOOK, PROBE = 400, 32, 5, 256                       # LOOK: steps between two looks at PROBE digits
SHIFT, STRETCH, OWN = 0.5, 1.25, 0.1                              # of the noise
NOISY = ("BN", "noisy BN", *METHODS[1:])


def noisy_batch_norm(*, rate, seeds=16, track=iter):
    """Training with BatchNorm, with BatchNorm and noise that shifts every layer's input, with LayerNorm, and with no norm.

    scikit-learn's digits, four hidden layers of 32, norm before ReLU, He's initialization; 400 steps of plain gradient
    descent on batches of 32, the rate falling in a straight line from ``rate`` to 0; float64.  Behind every BatchNorm of
    the noisy network, at each step anew, each feature draws a shift from U(-0.5, 0.5) and a factor from U(1, 1.25), and
    each example its own around them (+-0.1; standard deviation 0.1): z <- factor * z + shift.  In use there is no noise, and
    BatchNorm's statistics are taken anew: over all training digits, layer by layer (Ioffe and Szegedy 2015, algorithm 2).

    Parameters
    ----------
    rate : float > 0
    seeds : int
    track : callable
        Wraps what is iterated over, as ``tqdm`` does; one that ends early gives fewer methods.

    Returns
    -------
    dict
        For each of "BN", "noisy BN", "LN", "none" a dict: ``test``, the error in % of each seed on 400 other digits (90 if it
        diverged); ``running``, the same with the running statistics that were kept in training, under the noise; ``shift``,
        how far the means of a layer's input move in five steps: for 256 digits that stay the same, root mean square over
        features of the change of their mean, divided by their standard deviation (both as in training), averaged over the
        four layers and the run; None where no input is left to measure.

    Source
    ------
    Santurkar et al. 2018: noise with a mean and a spread that change at every step, behind each BatchNorm,
    makes the inputs of layers less stable and leaves training about as good.  Scaled down: digits and a small network for
    CIFAR-10 and VGG.  Other: the measure of the shift is ours.
    """
    if not rate > 0:
        raise ValueError(f"rate must be positive, got {rate!r}")
    images, targets = digits()                                    # (1797, 64), (1797, 10)
    images = images / 16
    result = {}
    for method in track(NOISY):
        rngs = [np.random.default_rng(seed) for seed in range(seeds)]
        order = np.stack([rng.permutation(len(images)) for rng in rngs])                # (seeds, 1797)
        learned, test = order[:, :TRAIN], order[:, TRAIN + HELD:]
        network = Stack(WIDTHS, method.removeprefix("noisy "), rngs, noise=noise(rngs) if method == "noisy BN" else None)
        looks = []
        with np.errstate(all="ignore"):                           # who diverges is told by what comes out
            for t, now in enumerate(batches(learned, BATCH, STEPS, rngs)):
                if t % LOOK == 0:
                    looks.append(moments(network, images[learned[:, :PROBE]]))
                network.step(images[now], targets[now], rate * (1 - t / STEPS))
            running = errors(network, images[test], targets[test])                      # (seeds,)
            settle(network, images[learned])
            shift = moved(looks)                                                        # (seeds,)
            result[method] = {"test": errors(network, images[test], targets[test]), "running": running,
                              "shift": [one if np.isfinite(one) else None for one in shift]}
    return result


def errors(network, x, y):
    """The error in % of each seed, 90 if what comes out is no number, (seeds,)."""
    outputs = network.predict(x)                                                        # (seeds, n, 10)
    return np.where(np.isfinite(outputs).all((1, 2)), wrong(outputs, y), GUESSED)


def settle(network, x):
    """Takes the noise away and the statistics for use anew, over x (seeds, n, inputs), layer by layer."""
    network.noise = None
    for layer, one, running in zip(network.layers, network.forward(x, learn=False)[0], network.running):
        z = one["in"] @ layer["w"]                                                      # (seeds, n, m)
        running[0][:], running[1][:] = z.mean(-2, keepdims=True), z.var(-2, ddof=1, keepdims=True)


def noise(rngs):
    """What ``Stack`` calls behind each norm: a factor and a shift for every example and feature, around a new middle each time."""
    def draw(shape):
        _, n, m = shape
        drawn = [(rng.uniform(1, STRETCH, m) + OWN * rng.normal(size=(n, m)),
                  rng.uniform(-SHIFT, SHIFT, m) + rng.uniform(-OWN, OWN, (n, m))) for rng in rngs]
        factors, shifts = zip(*drawn)
        return np.stack(factors), np.stack(shifts)                # (seeds, n, m) each
    return draw


def moments(network, x):
    """Of what leaves each hidden layer: means (layers, seeds, m) and one standard deviation a layer and seed, (layers, seeds)."""
    outputs = np.stack([one["out"] for one in network.forward(x, learn=False)[0]])      # (layers, seeds, n, m)
    means = outputs.mean(-2)                                                            # (layers, seeds, m)
    return means, np.sqrt(((outputs - means[:, :, None]) ** 2).mean((-1, -2)))


def moved(looks):
    """From one look to the next: how far the means moved in standard deviations, averaged over layers and looks, (seeds,)."""
    steps = [np.sqrt(((after - before) ** 2).mean(-1)) / spread for (before, spread), (after, _) in zip(looks, looks[1:])]
    return np.mean(steps, axis=(0, 1))                                                  # (seeds,)
