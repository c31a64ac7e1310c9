"""Two classes that only the size of a vector tells apart."""
import numpy as np

STARTS = ("norm", "linear", "linear with bias")


def classes_by_size(start, *, rng, d=8, hidden=16, vectors=512, steps=400, rate=0.01):
    """Share of test vectors that a small trained network puts into the right class.

    A vector of class 0 has an RMS between 1 and 2, one of class 1 between 3 and 4; its direction is uniform.  The network is
    LayerNorm and Linear, or Linear (without or with bias) and LayerNorm, then ReLU and Linear to two outputs; Adam, all vectors
    in one batch, torch's default initialization, float64.

    Parameters
    ----------
    start : "norm", "linear" or "linear with bias"
        What the input meets first.
    rng : numpy.random.Generator
    d, hidden, vectors, steps : int
        Features, hidden width, vectors to train on (and as many to test), steps of Adam.
    rate : float > 0

    Returns
    -------
    float from 0 to 1
    """
    import torch

    if start not in STARTS:
        raise ValueError(f"start must be one of {STARTS}, got {start!r}")
    x, label = (torch.tensor(part) for part in _vectors(rng, 2 * vectors, d))          # (2 vectors, d), (2 vectors,)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        network = _network(start, d, hidden).double()
    optimizer = torch.optim.Adam(network.parameters(), rate)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x[:vectors]), label[:vectors]).backward()
        optimizer.step()
    with torch.no_grad():
        guess = network(x[vectors:]).argmax(1)                                          # (vectors,)
    return (guess == label[vectors:]).double().mean().item()


def _vectors(rng, n, d):
    direction = rng.normal(size=(n, d))                                                 # (n, d)
    direction /= np.sqrt(np.mean(direction ** 2, axis=1, keepdims=True))                # RMS 1
    label = rng.integers(0, 2, n)                                                       # (n,)
    size = np.where(label == 0, rng.uniform(1, 2, n), rng.uniform(3, 4, n))             # (n,)
    return size[:, None] * direction, label


def _network(start, d, hidden):
    from torch.nn import LayerNorm, Linear, ReLU, Sequential
    linear = Linear(d, hidden, bias=start != "linear")
    first = [LayerNorm(d), linear] if start == "norm" else [linear, LayerNorm(hidden)]
    return Sequential(*first, ReLU(), Linear(hidden, 2))
