"""Small ReLU networks with BatchNorm, LayerNorm or neither, one for each seed, trained side by side in NumPy.

Every array has the seeds in front, and no seed sees another: a seed that diverges leaves the others alone.

Training amplifies: what two CPUs round differently at 1e-16 becomes another network some thousand steps later.  So that
a run can be repeated elsewhere, every gradient is rounded to a multiple of ``GRID``, far above that and far below what
matters; all that follows it is exact to the last bit on every machine.
"""
import numpy as np

AXIS = {"BN": -2, "LN": -1}                                       # which axis shares a mean: the batch's, or the features'
METHODS = (*AXIS, "none")
EPS, MOMENTUM = 1e-5, 0.1                                         # torch's defaults
GRID = 2.0 ** -16


class Stack:
    """Fully connected networks, one a seed: each hidden layer is a matrix, the norm, gamma and beta, then ReLU.

    Without a norm gamma is missing, and beta is the bias.  He's initialization: entries of a matrix from N(0, 2 / inputs),
    those of the last from N(0, 1 / inputs); gamma 1, beta 0.

    Parameters
    ----------
    widths : sequence of int
        Features of the input, of each hidden layer, and of the output.
    method : "BN", "LN" or "none"
    rngs : sequence of numpy.random.Generator
        One a seed.
    noise : callable, optional
        ``noise(shape)`` gives a factor and a shift, each of this shape or one that fits it, that are applied behind every
        norm in training.
    """

    def __init__(self, widths, method, rngs, noise=None):
        if method not in METHODS:
            raise ValueError(f"method must be one of {METHODS}, got {method!r}")
        self.axis, self.noise, seeds = AXIS.get(method), noise, len(rngs)
        *hidden, outputs = widths[1:]
        self.layers = [{"w": _drawn(rngs, n, m, 2), "beta": np.zeros((seeds, 1, m))} for n, m in zip(widths, hidden)]
        if self.axis:
            for layer, m in zip(self.layers, hidden):
                layer["gamma"] = np.ones((seeds, 1, m))
        self.layers.append({"w": _drawn(rngs, widths[-2], outputs, 1), "beta": np.zeros((seeds, 1, outputs))})
        self.running = [(np.zeros((seeds, 1, m)), np.ones((seeds, 1, m))) for m in hidden]

    def step(self, x, y, rate):
        """One step of gradient descent on the mean cross-entropy of x (seeds, B, inputs) against one-hot y (seeds, B, classes)."""
        for layer, gradient in zip(self.layers, self.gradients(x, y)):
            for name, value in gradient.items():
                layer[name] -= rate * (GRID * np.rint(value / GRID))

    def gradients(self, x, y):
        """[{name: gradient}] of the layers, from first to last; BatchNorm's running statistics take note of x."""
        kept, out = self.forward(x)
        d = (_softmax(out) - y) / x.shape[-2]                                       # (seeds, B, classes)
        h = kept[-1]["out"] if kept else x
        found = [{"w": _t(h) @ d, "beta": d.sum(-2, keepdims=True)}]
        for i in reversed(range(len(kept))):
            d = (d @ _t(self.layers[i + 1]["w"])) * (kept[i]["out"] > 0)            # (seeds, B, m)
            d = d * kept[i]["factor"]
            own = {"beta": d.sum(-2, keepdims=True)}                                # (seeds, 1, m)
            if self.axis:
                x_hat, rstd = kept[i]["x_hat"], kept[i]["rstd"]
                own["gamma"] = (d * x_hat).sum(-2, keepdims=True)                   # (seeds, 1, m)
                d = d * self.layers[i]["gamma"]
                d = rstd * (d - d.mean(self.axis, keepdims=True) - x_hat * (d * x_hat).mean(self.axis, keepdims=True))
            found.insert(0, {"w": _t(kept[i]["in"]) @ d, **own})
        return found

    def forward(self, x, learn=True):
        """What each hidden layer received and gave, and the output (seeds, B, classes), all as in training."""
        kept, h = [], x
        for i, layer in enumerate(self.layers[:-1]):
            one = {"in": h, "factor": 1.0}
            z = h @ layer["w"]                                                      # (seeds, B, m)
            if self.axis:
                mean, var = _moments(z, self.axis)                                  # (seeds, 1, m) or (seeds, B, 1)
                if self.axis == AXIS["BN"] and learn:
                    _remember(self.running[i], mean, var, z.shape[-2])
                one["rstd"] = 1 / np.sqrt(var + EPS)
                one["x_hat"] = z = (z - mean) * one["rstd"]                         # (seeds, B, m)
                z = z * layer["gamma"]
            z = z + layer["beta"]
            if self.noise:
                one["factor"], shift = self.noise(z.shape)
                z = z * one["factor"] + shift
            one["out"] = h = np.maximum(z, 0)                                       # (seeds, B, m)
            kept.append(one)
        return kept, h @ self.layers[-1]["w"] + self.layers[-1]["beta"]

    def predict(self, x):
        """The output as in use: BatchNorm with its running statistics, and no noise."""
        h = x
        for layer, (mean, var) in zip(self.layers[:-1], self.running):
            z = h @ layer["w"]
            if self.axis:
                if self.axis != AXIS["BN"]:
                    mean, var = _moments(z, self.axis)
                z = (z - mean) / np.sqrt(var + EPS) * layer["gamma"]
            h = np.maximum(z + layer["beta"], 0)                                    # (seeds, n, m)
        return h @ self.layers[-1]["w"] + self.layers[-1]["beta"]


def batches(orders, batch, count, rngs):
    """``count`` times which examples come next, (seeds, batch): each seed runs through its own, in a new order each time."""
    passes = -(-count * batch // orders.shape[1])
    streams = np.stack([np.concatenate([rng.permutation(order) for _ in range(passes)]) for rng, order in zip(rngs, orders)])
    for t in range(count):
        yield streams[:, t * batch:(t + 1) * batch]


def _drawn(rngs, n, m, gain):
    return np.stack([rng.normal(0, np.sqrt(gain / n), (n, m)) for rng in rngs])     # (seeds, n, m)


def _moments(z, axis):
    mean = z.mean(axis, keepdims=True)
    return mean, ((z - mean) ** 2).mean(axis, keepdims=True)


def _remember(running, mean, var, count):
    """Running statistics as torch keeps them: the variance with count - 1."""
    running[0][:] += MOMENTUM * (mean - running[0])
    running[1][:] += MOMENTUM * (var * count / (count - 1) - running[1])


def _softmax(out):
    e = np.exp(out - out.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _t(a):
    return a.swapaxes(-1, -2)
