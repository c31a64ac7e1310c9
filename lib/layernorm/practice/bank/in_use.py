"""Chapter 5: whom a normalization listens to, the future, one token at a time, RMSNorm, and two models to read."""
import itertools
from functools import cache

import numpy as np

from ... import functional as F
from ..common import FOUR, same, unlike_answer
from ..draws import entries, one_of
from ..forms import Bug, Choose, Code, Compute, Count, Explain, Option, Order, Predict, Promise, Step
from ..mistakes import uncentred
from ..words import say


def rms(x):
    """RMSNorm of one vector, without γ, at ε = 0."""
    return F.rms_norm(np.asarray(x, dtype=float), eps=0.0)        # (d,)


def size(x):
    """The root mean square."""
    return float(np.sqrt(np.mean(np.square(x))))


def _with_whole_size(rng):
    """Four whole numbers whose root mean square is whole."""
    while True:
        x = entries(rng, 4, -6, 9)                                # (d,)
        if size(x) % 1 == 0 and x.mean() != 0:
            return x


def _rows(rng):
    """Two rows whose mean is a whole number, and not 0."""
    while True:
        row, rest = entries(rng, 2, -4, 9), entries(rng, 2, -4, 9)              # (d,) each
        if (row.sum() + rest.sum()) % 4 == 0 and row.sum() + rest.sum() != 0:
            return {"row": row, "rest": rest}


def _writers(rng):
    """A matrix and a bias whose columns have whole means."""
    while True:
        W, b = rng.integers(-5, 7, (3, 2)).astype(float), rng.integers(-5, 7, 3).astype(float)       # (d, m), (d,)
        if not (W.sum(axis=0) % 3).any() and b.sum() % 3 == 0:
            return {"W": W, "b": b}


def _past(rng):
    """What was, and the next token, with a whole mean over all."""
    while True:
        past, x = entries(rng, 4, -3, 6), entries(rng, 2, -3, 9)                # (4,), (d,)
        if (past.sum() + x.sum()) % 6 == 0:
            return {"past": past, "x": x}


def _moved(B, T, d, up, axes):
    """By how much feature 1 of the first row moves when feature 1 of the last token does, if means over these axes are subtracted."""
    x = np.zeros((B, T, d))                                       # (B, T, d)
    x[0, -1, 0] = up
    return float((x - x.mean(axis=axes, keepdims=True))[0, 0, 0])


def _over_padding(share, mu, var):
    """Mean and variance of a feature, with so much padding among its places, as a BatchNorm in training takes them."""
    real = round(40 * (1 - share))                                # 40 places
    x = np.zeros((40, 1))                                         # (places, 1)
    x[:real:2], x[1:real:2] = mu - var**0.5, mu + var**0.5
    _, _, _, mean, rstd = F.batch_norm(x, training=True, eps=0.0, return_stats=True)
    return [mean.item(), rstd.item()**-2]


@cache
def _cache_numbers(L, heads, shared, size):
    """How many numbers a Llama's cache keeps for a token, read from its shapes."""
    import torch

    from ... import models
    with torch.device("meta"):
        model, kept = models.Llama(5, width=heads * size, depth=L, heads=heads, hidden=8, shared=shared), models.Cache()
        model(torch.zeros(1, 1, dtype=torch.long), kept)
        none = torch.empty(1, shared, 0, size)                    # (B, h, 0, d_h)
        return sum(part.numel() for block in model.blocks for part in kept.extended(block.attention, none, none))


COMPUTED = [
    Compute(
        name="rms-by-hand", chapter=5, concept="rms", level="easy",
        ask="x = {x}. What does RMSNorm make of it, with γ = 1 and ε = 0?",
        draw=lambda rng: {"x": _with_whole_size(rng)},
        first={"x": np.array([1.0, 5, 1, 3])},
        answer=lambda x: rms(x),
        work=lambda x: {"mu": x.mean(), "squares": x**2, "square": (x**2).mean(), "size": size(x)},
        wrong={
            "You subtracted the mean {mu} and divided by σ: that is LayerNorm. RMSNorm leaves the mean in, above the fraction and below.":
                lambda x: F.layer_norm(x, eps=0.0),
            "You left the mean in above and divided by σ, which measures from the mean. Measure from 0.": uncentred,
            "You divided by the mean square {square}. Its root has the unit of x.": lambda x: x / (x**2).mean(),
            "You divided by the length, the root of the sum of squares. The R of RMS is a root, the M a mean: divide the sum by 4 first.":
                lambda x: x / np.linalg.norm(x),
            "You divided by the mean of the sizes, without squares.": lambda x: x / abs(x).mean(),
        },
        hints=("Root, mean, square: read the name backwards.", "The squares are {squares}. Take their mean, then the root."),
        solution="The squares {squares} have the mean {square}, and its root is {size}. Each entry divided by that: {answer}.",
        misconception="RMSNorm is LayerNorm with a faster formula.",
    ),
    Compute(
        name="read-it-yourself", chapter=5, concept="why", level="easy", section="read-the-future",
        ask="A sequence of two tokens with two features each. A layer subtracts the mean of all four numbers, over (T, d), and divides by "
            "nothing. The first row goes in as {row} and comes out as {out}. What did the second row, which you have not seen, sum to as "
            "it went in?",
        draw=_rows,
        first={"row": np.array([1.0, 3]), "rest": np.array([6.0, 2])},
        answer=lambda row, rest: rest.sum(),
        work=lambda row, rest: {"out": row - (row.sum() + rest.sum()) / 4, "mu": (row.sum() + rest.sum()) / 4,
                                "total": row.sum() + rest.sum(), "known": row.sum()},
        wrong={
            "That is the mean that was subtracted. Four numbers have this mean; what do they sum to?":
                lambda row, rest: (row.sum() + rest.sum()) / 4,
            "That is the sum of all four. Two of them you know.": lambda row, rest: row.sum() + rest.sum(),
            "You took {mu} for the mean of the second row. It is the mean of both rows together.":
                lambda row, rest: (row.sum() + rest.sum()) / 2,
            "You turned the sign of the mean: what came out is what went in, less μ.":
                lambda row, rest: -(row.sum() + rest.sum()) - row.sum(),
        },
        hints=("What was subtracted from the first row?", "The mean of all four is {mu}. So what is their sum?"),
        solution="The first row lost {mu}: that is the mean of all four, so they sum to {total}. The first row has {known} of it, the "
                 "second {answer}. You have read something of a token that the mask hides, and a network can learn to do the same.",
        misconception="The mask is causal, so nothing from later tokens gets in.",
    ),
    Compute(
        name="whisper", chapter=5, concept="why", level="medium", section="read-the-future",
        ask="x has the shape (B, T, d) = ({B}, {T}, {d}). In the first sequence, feature 1 of the last token rises by {up}. A layer "
            "subtracts a mean and divides by nothing. By how much does feature 1 of the first token of that sequence move in the output, "
            "if the mean goes over (d), over (T, d), over (T), over (B, T)?",
        draw=lambda rng: (lambda B, T, d: {"B": B, "T": T, "d": d, "up": float(B * T * d)})(
            one_of(rng, 2, 3), one_of(rng, 4, 8, 10), one_of(rng, 5, 6)),
        first={"B": 2, "T": 4, "d": 5, "up": 40.0},
        answer=lambda B, T, d, up: [_moved(B, T, d, up, axes) for axes in ((2,), (1, 2), (1,), (0, 1))],
        work=lambda B, T, d, up: {"all": T * d, "tokens": B * T},
        wrong={
            "The sizes are right. When a mean rises, what is left after it is subtracted falls.":
                lambda B, T, d, up: [0, up / (T * d), up / T, up / (B * T)],
            "Look at the first again: a mean over (d) is taken for each token, and the first token's features have not changed.":
                lambda B, T, d, up: [-up / d, -up / (T * d), -up / T, -up / (B * T)],
            "Over (T, d) a mean has {all} numbers in it, not {T}.": lambda B, T, d, up: [0, -up / T, -up / T, -up / (B * T)],
            "You took BatchNorm's mean for deaf. Its sum has {tokens} numbers in it, and the last token's is one of them.":
                lambda B, T, d, up: [0, -up / (T * d), -up / T, 0],
            "You took one over B·T·d for the last: BatchNorm has a mean for each feature, and {d} features do not share one.":
                lambda B, T, d, up: [0, -up / (T * d), -up / T, -up / (B * T * d)],
        },
        hints=("How many numbers go into each of the four means, and is the changed one among them?",
               "The changed number is in none, one of {all}, one of {T}, one of {tokens}."),
        solution="A mean of n numbers rises by {up}/n if one of them rises by {up}, and the output falls by as much. n is {all}, {T} and "
                 "{tokens}; over (d) the first token's mean does not contain the last token: {answer}.",
        misconception="Only attention can carry something from one token to another.",
    ),
    Compute(
        name="level-and-spread", chapter=5, concept="rms", level="medium",
        ask="The entries of x have the mean {mu} and the standard deviation {std}. Which mean and which standard deviation have they after "
            "RMSNorm (γ = 1, ε = 0)?",
        draw=lambda rng: (lambda pair, sign: {"mu": float(sign * pair[0]), "std": float(pair[1])})(
            one_of(rng, (3, 4), (4, 3), (5, 12), (12, 5), (8, 15), (15, 8), (24, 7), (20, 21)), one_of(rng, 1, 1, -1)),
        first={"mu": 4.0, "std": 3.0},
        answer=lambda mu, std: (lambda y: [y.mean(), y.std()])(rms([mu - std, mu + std])),
        work=lambda mu, std: {"square": mu**2 + std**2, "size": (mu**2 + std**2)**0.5, "var": std**2, "level": mu**2},
        wrong={
            "These are LayerNorm's. RMSNorm takes no level away.": lambda mu, std: [0, 1],
            "You divided by σ alone. The root mean square counts the level as well.": lambda mu, std: [mu / std, 1],
            "You added level and σ and divided by the sum. Their squares add up.":
                lambda mu, std: [mu / (abs(mu) + std), std / (abs(mu) + std)],
            "You divided by the mean square. Take its root.": lambda mu, std: [mu / (mu**2 + std**2), std / (mu**2 + std**2)],
            "The second number is the variance of the output.": lambda mu, std: [mu / (mu**2 + std**2)**0.5, std**2 / (mu**2 + std**2)],
        },
        hints=("The mean square of x has two parts.", "It is σ² + μ² = {var} + {level}. RMSNorm divides everything by its root."),
        solution="The mean square is {var} + {level} = {square}, its root {size}. Mean and standard deviation are both divided by it: "
                 "{answer}. Their squares sum to 1: the larger the level, the less is left for the pattern.",
        misconception="After RMSNorm the standard deviation is 1.",
    ),
    Compute(
        name="queries-and-keys", chapter=5, concept="rms", level="medium", section="qk-norm",
        ask="The queries and the keys of a head have {size} features and pass an RMSNorm each (ε = 0). γ is {g} in every feature for "
            "the queries, {h} for the keys. How large can q·k/√{size} become?",
        draw=lambda rng: {"size": one_of(rng, 16, 64, 100, 144), "g": float(one_of(rng, 2, 3, 4, 5)),
                          "h": float(one_of(rng, 1.5, 2, 3))},
        first={"size": 64, "g": 2.0, "h": 1.5},
        answer=lambda size, g, h: (lambda x: F.rms_norm(x, np.full(size, g), eps=0.0) @ F.rms_norm(x, np.full(size, h), eps=0.0))(
            np.arange(1.0, size + 1)) / size**0.5,
        work=lambda size, g, h: {"root": size**0.5, "q": g * size**0.5, "k": h * size**0.5},
        wrong={
            "That is the bound at γ = 1. Each γ makes its vector longer.": lambda size, g, h: size**0.5,
            "You gave both the length 1. RMSNorm makes the mean square 1, and there are {size} squares.":
                lambda size, g, h: g * h / size**0.5,
            "That is the product q·k. Attention divides it by √{size} = {root}.": lambda size, g, h: g * h * size,
            "You let the division take both lengths away. At γ = 1 each vector is √{size} long, and {root} divides the product once.":
                lambda size, g, h: g * h,
        },
        hints=("How long is a vector behind an RMSNorm? A product is largest where both point the same way.",
               "q is {q} long and k is {k}."),
        solution="Behind RMSNorm a vector is √{size} = {root} long, so q has the length {q} and k the length {k}. Their product is at most "
                 "the product of the lengths, and √{size} divides it: {answer}, whatever the matrix before it.",
        misconception="A normalized vector has length 1.",
    ),
    Compute(
        name="three-numbers-kept", chapter=5, concept="decode", level="hard",
        ask="A norm over a token's past, its own numbers included, keeps three numbers: of all features of all tokens so far the count "
            "{n}, the sum {s} and the sum of squares {q}. The next token is {x}. With which mean and which variance is it normalized?",
        draw=_past,
        first={"past": np.array([1.0, 3, 0, 4]), "x": np.array([2.0, 8])},
        answer=lambda past, x: [np.mean([*past, *x]), F.variance_two_pass([*past, *x])],
        work=lambda past, x: {"n": past.size, "s": past.sum(), "q": (past**2).sum(), "N": past.size + x.size, "S": past.sum() + x.sum(),
                              "Q": (past**2).sum() + (x**2).sum()},
        wrong={
            "These are mean and variance of what was kept. The new token is the last of its own past: take it in first.":
                lambda past, x: [past.mean(), past.var()],
            "These are the new token's own, as in LayerNorm. The past counts here.": lambda past, x: [x.mean(), x.var()],
            "The second number is the mean of the squares. The variance is that, less the square of the mean.":
                lambda past, x: [np.mean([*past, *x]), np.mean(np.square([*past, *x]))],
            "You counted the token as one number. It brings two.":
                lambda past, x: (lambda mean: [mean, np.sum(np.square([*past, *x])) / 5 - mean**2])(np.sum([*past, *x]) / 5),
            "You divided by one less than the count for the variance. These numbers are all there are.":
                lambda past, x: [np.mean([*past, *x]), np.var([*past, *x], ddof=1)],
        },
        hints=("Which numbers belong to the past of a token? Bring the three up to date first.",
               "Count {N}, sum {S}, sum of squares {Q}. Mean of the squares less square of the mean."),
        solution="With the token the count is {N}, the sum {S}, the sum of squares {Q}. The mean is {S}/{N}, and the variance {Q}/{N} less "
                 "the square of the mean: {answer}. LayerNorm needs none of the three.",
    ),
    Compute(
        name="centre-what-writes", chapter=5, concept="rms", level="medium",
        ask="The last matrix of an MLP, of shape (d, m) = (3, 2), has the rows {W}, and its bias is {b}. Take the mean out of what it "
            "writes into the stream. What is then the first row of the matrix, and the first entry of the bias?",
        draw=_writers,
        first={"W": np.array([[4.0, 1], [1, -2], [1, 4]]), "b": np.array([3.0, 0, 3])},
        answer=lambda W, b: [*(W - W.mean(axis=0))[0], (b - b.mean())[0]],
        work=lambda W, b: {"means": W.mean(axis=0), "mean": b.mean()},
        wrong={
            "You took the mean of a row. A row makes one feature; the mean over the features runs down a column.":
                lambda W, b: [*(W[0] - W[0].mean()), b[0] - b.mean()],
            "You took one mean of the whole matrix. Each input brings a level of its own: one mean a column.":
                lambda W, b: [*(W[0] - W.mean()), b[0] - b.mean()] if W.mean() else None,
            "The bias is right. The matrix writes into the stream as well, and you left it as it was.":
                lambda W, b: [*W[0], b[0] - b.mean()],
            "The matrix is right. The bias is written into the stream as well.": lambda W, b: [*(W - W.mean(axis=0))[0], b[0]],
            "The matrix is right. From the bias you took all of it; only its mean has to go.": lambda W, b: [*(W - W.mean(axis=0))[0], 0],
        },
        hints=("What it writes is W u + b, a vector of 3. For which W and b has it the mean 0, whatever u is?",
               "The columns have the means {means}, the bias {mean}."),
        solution="The mean over the features of W u + b is (mean of each column)·u + mean(b). It is 0 for every u if each column and the "
                 "bias have the mean 0. Subtract {means} from each row and {mean} from the bias: {answer}.",
    ),
    Compute(
        name="padding-stays", chapter=5, concept="why", level="hard",
        ask="Of the places that a BatchNorm saw in training, a share of {share} was padding: zeros, which nobody left out. At the real "
            "tokens one feature has the mean {mu} and the variance {var}. The batches were large. At which mean and which variance have "
            "its running statistics arrived?",
        draw=lambda rng: {"share": one_of(rng, 0.5, 0.25, 0.2, 0.4, 0.75), "mu": float(one_of(rng, 2, 4, 6, 8, -4, 10)),
                          "var": float(one_of(rng, 4, 9, 16, 1))},
        first={"share": 0.5, "mu": 4.0, "var": 9.0},
        answer=_over_padding,
        work=lambda share, mu, var: {"kept": 1 - share, "mean": (1 - share) * mu, "square": (1 - share) * (var + mu**2),
                                     "full": var + mu**2,
                                     "less": ((1 - share) * mu)**2},
        wrong={
            "These are the real tokens' own. Nobody told the layer which those are.": lambda share, mu, var: [mu, var],
            "The mean is right. The variance is more than {kept} of the old one: the zeros and the real tokens lie apart, and that counts "
            "too.":
                lambda share, mu, var: [(1 - share) * mu, (1 - share) * var],
            "The mean is right. But the zeros change the variance as well.": lambda share, mu, var: [(1 - share) * mu, var],
            "The second number is the mean square. Subtract the square of the new mean.":
                lambda share, mu, var: [(1 - share) * mu, (1 - share) * (var + mu**2)],
            "You gave the real tokens the weight of the padding.": lambda share, mu, var: (
                None if share == 0.5 else [share * mu, share * (var + mu**2) - (share * mu)**2]),
        },
        hints=("To BatchNorm a zero is a number like any other. Find the mean first, then the mean of the squares.",
               "The mean is {mean}. The squares have the mean {full} at the real tokens and 0 at the others."),
        solution="The mean is {kept} · {mu} = {mean}. The mean square is {kept} · {full} = {square}; less the square of the mean, {less}, "
                 "that gives the variance: {answer}. In use no padding is near, and the real tokens still come out "
                 "with a wrong level and spread: the running statistics remember it.",
        misconception="In use BatchNorm does not notice padding, so padding did no harm.",
    ),
    Count(
        name="cache-with-shared-heads", chapter=5, concept="decode", level="medium", section="read-now",
        ask="A model like Llama has {L} blocks. In each, {heads} heads of queries share {shared} heads of keys and values; a head has "
            "{size} features. How many numbers does its cache keep for one token?",
        draw=lambda rng: (lambda shared, times: {"L": one_of(rng, 4, 6, 10, 12), "heads": shared * times, "shared": shared,
                                                 "size": one_of(rng, 16, 20, 50, 64)})(one_of(rng, 1, 2, 3), one_of(rng, 3, 4, 5)),
        first={"L": 10, "heads": 8, "shared": 2, "size": 16},
        answer=lambda L, heads, shared, size: _cache_numbers(L, heads, shared, size),
        work=lambda L, heads, shared, size: {"key": shared * size, "block": 2 * shared * size},
        wrong={
            "You counted the keys or the values. Both are kept.": lambda L, heads, shared, size: L * shared * size,
            "You gave every head of queries keys of its own. {heads} of them share {shared}.":
                lambda L, heads, shared, size: 2 * L * heads * size,
            "That is one block. Each block has its own keys and values.": lambda L, heads, shared, size: 2 * shared * size,
            "You kept the queries as well. A query is used once, by its own token, and then never again.":
                lambda L, heads, shared, size: L * (2 * shared + heads) * size,
            "You kept a mean and a σ for each norm. An RMSNorm asks the token that is there and keeps nothing.":
                lambda L, heads, shared, size: 2 * L * shared * size + 2 * (2 * L + 1),
        },
        hints=("What of an old token does a new one look at?", "In each block a key of {shared} · {size} numbers, and a value of as many."),
        solution="A block keeps a key and a value of {key} numbers each, {block} together, and {L} blocks do so: {answer}. Norms and "
                 "queries keep nothing.",
        misconception="A cache also has to keep the statistics of the norms.",
    ),
]


def _leaks(change):
    """Does ``change``, from (B, T, d) to the same shape, let the first row of a sequence hear its last token?"""
    x = np.random.default_rng(0).normal(size=(2, 3, 4))           # (B, T, d)
    new = x.copy()
    new[0, -1] += [1, -2, 3, 0.5]
    return not same(change(x)[0, :-1], change(new)[0, :-1])


def _by_past(x):
    count = x.shape[2] * np.arange(1, x.shape[1] + 1)[:, None]    # (T, 1)
    return x / np.sqrt((x**2).sum(axis=2, keepdims=True).cumsum(axis=1) / count)              # (B, T, d)


def _by_three(x):
    own = np.pad((x**2).mean(axis=2, keepdims=True), [(0, 0), (1, 1), (0, 0)])                # (B, T + 2, 1)
    return x / np.sqrt((own[:, :-2] + own[:, 1:-1] + own[:, 2:]) / 3)                         # (B, T, d)


def _tells_apart(*vector):
    return lambda: not same(F.layer_norm(vector, eps=1e-6), F.rms_norm(vector, eps=1e-6), 1e-6)


def _first_stays(norm):
    """Does the first feature of a token stay when only its second one changes?"""
    x = np.random.default_rng(0).normal(size=(5, 3))              # (tokens, d)
    new = x.copy()
    new[0, 1] += 1
    return lambda: same(norm(x)[0, 0], norm(new)[0, 0])


def _batch(training):
    return lambda x: F.batch_norm(x, None, None, np.zeros(x.shape[1]), np.ones(x.shape[1]), training=training)[0]       # (tokens, d)


REAL = np.array([[-3.0], [-1], [1], [3]])                         # (tokens, 1)


def _stretched():
    """By how much the outputs at four real tokens grow when six zeros of padding are counted in."""
    alone, padded = (F.batch_norm(x, training=True)[0] for x in (REAL, np.pad(REAL, [(0, 6), (0, 0)])))         # (4, 1), (10, 1)
    return padded[3, 0] / alone[3, 0]


def _lost(*g):
    """Does nothing of the gradient g reach x = (2, 0, 4, 4) through RMSNorm?"""
    def holds():
        _, rstd = F.rms_norm(FOUR, eps=0.0, return_stats=True)
        return same(F.rms_norm_backward(np.array(g, dtype=float), FOUR, rstd)[0], np.zeros(4))
    return holds


def _random(model):
    """A network with weights at random, the same each time, in float64."""
    import torch
    rng = np.random.default_rng(0)
    for name, p in model.double().named_parameters():
        p.data = torch.from_numpy(rng.normal(1.0 if name.endswith("norm.weight") else 0.0, 0.4, p.shape))
    return model


def _tensor(*numbers):
    import torch
    return torch.tensor([numbers])                                # (1, T)


def _decodes(norm):
    """Does each row of the whole pass come out when nothing after it is there yet?"""
    def holds():
        x = np.random.default_rng(0).normal(size=(5, 4))          # (T, d)
        try:
            return all(same(norm(x[:t + 1])[t], norm(x)[t], 1e-6) for t in range(5))
        except ValueError:                                        # a norm that cannot take one token
            return False
    return holds


@cache
def _raised(norm):
    """Whether the logits of a Pre-LN network stay when 7 is added to every feature of every embedding."""
    import torch

    from ... import models
    model = _random(models.Transformer(7, 6, width=8, depth=2, heads=2, norm=norm, causal=True))
    with torch.no_grad():
        before = model(_tensor(1, 5, 2, 2, 6))                    # (1, T, V)
        model.tokens.weight += 7
        return same(before, model(_tensor(1, 5, 2, 2, 6)), 1e-6)


@cache
def _added(factor):
    """What attention adds in a Llama's block when the stream is so many times as large, over what it adds otherwise."""
    import torch

    from ... import models
    block = _random(models.LlamaBlock(8, 2, 16))
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 5, 8)))       # (B, T, d)
    with torch.no_grad():
        once, more = (block.attention(block.attention_norm(k * x)) for k in (1, factor))        # (B, T, d) each
    return float((more / once).median())


TOKENS = [[1.0, 0, 2, -1], [0, 2, -1, 1], [-1, 1, 1, 0], [2, -1, 0, 1], [0, 1, -2, 1]]
SWAPPED = [TOKENS[1], TOKENS[0], *TOKENS[2:]]


@cache
def _rows_that_change():
    """Rows of a causal block's output, counted from 1, that change when the first two tokens change places."""
    import torch

    from ... import models
    block = _random(models.Block(4, 2, hidden=8, causal=True))
    with torch.no_grad():
        one, other = (block(torch.tensor([tokens], dtype=torch.float64))[0].numpy() for tokens in (TOKENS, SWAPPED))    # (T, d) each
    return tuple(int(t) + 1 for t in np.flatnonzero(abs(one - other).max(axis=1) > 1e-9))


@cache
def _stale():
    """(blocks, tokens): which keys and values change when token 40 of 100 does; both from 0."""
    import torch

    from ... import models
    model = _random(models.Transformer(7, 100, width=8, depth=3, heads=2, causal=True))
    tokens = np.random.default_rng(2).integers(7, size=(1, 100))  # (1, T)
    other = tokens.copy()
    other[0, 39] = (tokens[0, 39] + 1) % 7
    with torch.no_grad():
        def kept(given):
            x, found = model.embed(torch.from_numpy(given)), []   # (1, T, d)
            for block in model.blocks:
                found.append(block.attention.qkv(block.attention_norm(x))[0, :, 8:])            # (T, 2 d)
                x = block(x)
            return torch.stack(found)                             # (blocks, T, 2 d)
        return ((kept(tokens) - kept(other)).abs().amax(2) > 1e-12).numpy()


MATRICES = {"attention.q": "attention_norm", "attention.k": "attention_norm", "attention.v": "attention_norm",
            "attention.out": "attention_norm", "mlp.gate": "mlp_norm", "mlp.up": "mlp_norm", "mlp.down": "mlp_norm"}


@cache
def _takers():
    """The matrices of a Llama's block that take up γ: of all choices the one with which the block computes what it did."""
    import torch

    from ... import models
    block = _random(models.LlamaBlock(4, 2, 4))
    x, found = torch.from_numpy(np.random.default_rng(1).normal(size=(1, 3, 4))), []           # (B, T, d)
    gamma = {norm: getattr(block, norm).weight.clone() for norm in ("attention_norm", "mlp_norm")}          # (d,) each
    with torch.no_grad():
        before = block(x)                                         # (B, T, d)
        for norm in gamma:
            getattr(block, norm).weight.fill_(1)
        old = {name: block.get_submodule(name).weight.clone() for name in MATRICES}
        for chosen in itertools.product((False, True), repeat=len(MATRICES)):
            for (name, norm), takes in zip(MATRICES.items(), chosen, strict=True):
                block.get_submodule(name).weight.copy_(old[name] * gamma[norm] if takes else old[name])    # (m, d)
            if same(block(x), before, 1e-6):
                found.append({name for name, takes in zip(MATRICES, chosen, strict=True) if takes})
    only, = found
    return frozenset(only)


def _takes(name):
    return lambda: name in _takers()


@cache
def _bn_logits(padding=0, mates=(1, 1, 1, 1, 1), ahead=(6, 2), before=5, training=False):
    """Logits at the third of five tokens, in a causal network whose BatchNorms have seen batches with so many places of padding."""
    import torch

    from ... import models
    model, rng = _random(models.Transformer(8, 6, width=8, depth=2, heads=2, norm="BN", causal=True)), np.random.default_rng(3)
    model.tokens.weight.data[0] = 0                               # token 0 is padding
    with torch.no_grad():
        for _ in range(20):
            batch = rng.integers(1, 8, size=(8, 6))               # (B, T)
            batch[:, 6 - padding:] = 0
            model(torch.from_numpy(batch))
        return model.train(training)(torch.tensor([[before, 2, 4, *ahead], mates]))[0, 2].numpy()    # (V,)


CHOSEN = [
    Predict(
        name="slide-far", chapter=5, concept="rms", level="easy",
        ask="x = (2, 0, 4). From each entry 100 is subtracted. Where does RMSNorm put the vector now (γ = 1)?",
        options=[
            Option("where it put (2, 0, 4)", "LayerNorm would: it takes a common level away. RMSNorm does not.",
                   lambda: same(rms([-98, -100, -96]), rms([2, 0, 4]), 0.05)),
            Option("near (0, 0, 0)", "The mean square of what leaves RMSNorm is 1, so it is never near 0.",
                   lambda: same(rms([-98, -100, -96]), [0, 0, 0], 0.05)),
            Option("near (1, 1, 1)", "The size is right; but RMSNorm divides by a positive number, so no sign changes.",
                   lambda: same(rms([-98, -100, -96]), [1, 1, 1], 0.05)),
            Option("near (−1, −1, −1)", "The level −98 is nearly all there is: divided by a size of about 98 it becomes −1 in every entry.",
                   lambda: same(rms([-98, -100, -96]), [-1, -1, -1], 0.05)),
        ],
        hints=("RMSNorm subtracts nothing. What is the size of the new vector?",
               "All entries are close to −98, and so is their root mean square to 98."),
        solution="The pattern 2, 0, 4 is still there, but small beside the level.",
        misconception="RMSNorm ignores a common shift, as LayerNorm does.",
        reveal=("Circle", {"mode": "rms", "x": [-98.0, -100.0, -96.0]}),
    ),
    Choose(
        name="who-divides-only", chapter=5, concept="rms", level="easy",
        ask="Which of these models divide by the root mean square and subtract no mean?",
        options=[
            Option("the first Transformer", "The first Transformer has LayerNorm, behind each sublayer.", False,
                   "Vaswani et al. 2017, section 3.1"),
            Option("GPT-2", "GPT-2 has LayerNorm, before each sublayer.", False, "transformers, `gpt2/modeling_gpt2.py`"),
            Option("T5", "T5 has RMSNorm, in a class of the name `T5LayerNorm`.", True, "transformers, `t5/modeling_t5.py`"),
            Option("the first OLMo", "The first OLMo leaves out γ and β, and keeps the mean subtraction.", False, "Groeneveld et al. 2024"),
            Option("Llama", "Llama has RMSNorm before each sublayer.", True, "Touvron et al. 2023, section 2.2"),
            Option("OLMo 2", "OLMo 2 has RMSNorm behind each sublayer, before it is added.", True, "OLMo team 2025, section 3.3.2"),
        ],
        hints=("Names of classes prove nothing. Which model did the chapter print under a wrong name?",
               "Three of the six. One of them is called LayerNorm in its code."),
        solution="That many leave the mean out is a fact of practice; it does not prove that the mean is worthless in training.",
        misconception="LayerNorm in the name, LayerNorm in the class.",
    ),
    Predict(
        name="zeros-at-the-mean", chapter=5, concept="why", level="easy",
        ask="BatchNorm in training, γ = 1, β = 0. One feature has the values −3, −1, 1, 3 at the real tokens, with mean 0. Six zeros of "
            "padding are appended, and nobody leaves them out. What happens to the outputs at the real tokens?",
        options=[
            Option("nothing: zeros do not move a mean of 0", "The mean stays, but σ² falls from 20/4 = 5 to 20/10 = 2.",
                   lambda: 0.99 < _stretched() < 1.01),
            Option("they move away from 0", "They are divided by √2 instead of √5.", lambda: _stretched() > 1.01),
            Option("they move towards 0", "To move towards 0 they would need a larger σ. Zeros at the mean make the spread smaller.",
                   lambda: _stretched() < 0.99),
        ],
        hints=("This norm has two statistics.", "The sum of squares is 20, before and after. By how many is it divided?"),
        solution="Padding moves outputs through σ even where it cannot move the mean.",
        misconception="Zeros do no harm if the data are centred.",
    ),
    Choose(
        name="sizes-that-leak", chapter=5, concept="why", level="medium", section="read-the-future",
        ask="A model predicts the next token from x of shape (B, T, d), with a causal mask in attention. Each number is divided by a size, "
            "and the sizes are taken in one of these ways. Which let a row hear later tokens?",
        options=[
            Option("√mean square over d, for each token", "Over d, a token asks itself.",
                   lambda: _leaks(lambda x: x / np.sqrt((x**2).mean(axis=2, keepdims=True)))),
            Option("√mean square over (T, d), for each sequence", "Over (T, d), the last token is in the size that divides the first row.",
                   lambda: _leaks(lambda x: x / np.sqrt((x**2).mean(axis=(1, 2), keepdims=True)))),
            Option("√mean square over B, for each place and feature", "Over B, a token hears other sequences, but only at its own place.",
                   lambda: _leaks(lambda x: x / np.sqrt((x**2).mean(axis=0, keepdims=True)))),
            Option("√mean square over all features of the tokens up to its own", "Over the past, nothing that comes later counts.",
                   lambda: _leaks(_by_past)),
            Option("√mean square over the token before, itself and the next",
                   "A window of three looks one token ahead, and that is enough.",
                   lambda: _leaks(_by_three)),
            Option("the largest |x| in the sequence", "The largest |x| is no mean, but it may stand in the last token.",
                   lambda: _leaks(lambda x: x / abs(x).max(axis=(1, 2), keepdims=True))),
        ],
        hints=("For each: change the last token. Can an earlier row move?",
               "Whatever is computed from a place t + 1 and used at t is a leak. B is not time."),
        solution="Ask of each size which places it was computed from.",
        misconception="A statistic over the batch always leaks the future.",
    ),
    Predict(
        name="change-places", chapter=5, concept="decode", level="medium",
        ask="Five tokens go through one causal Transformer block; no positions are added. Tokens 1 and 2 change places. Which rows of the "
            "block's output change?",
        options=[
            Option("all five: every later token looks back at them",
                   "Rows 3 to 5 do look back, at the same keys and values as before: a sum does not know the order of its terms.",
                                                                     lambda: _rows_that_change() == (1, 2, 3, 4, 5)),
            Option("rows 1 and 2", "Row 1 sees itself alone and is another token now; row 2 asks another question.",
                   lambda: _rows_that_change() == (1, 2)),
            Option("row 1 alone: row 2 sees the same two tokens as before",
                   "Row 2 sees the same two, but its query and its own stream are those of the other token.",
                                                                            lambda: _rows_that_change() == (1,)),
            Option("rows 2 to 5", "Row 1 holds another token than before.", lambda: _rows_that_change() == (2, 3, 4, 5)),
        ],
        hints=("Write down, for each row, whose keys and values it sees.", "Row 3 sees tokens 1, 2 and 3, as before, in another order."),
        solution="Without positions the cache is a bag: what is in it counts, its order does not. Row 2 asks with another query, and its "
                 "own x is another.",
        reveal=("Block", {"causal": True, "x": SWAPPED, "start": TOKENS, "question": ""}),
    ),
    Choose(
        name="test-the-port", chapter=5, concept="rms", level="easy", section="t5-name",
        ask="Somebody ports T5 and puts `nn.LayerNorm`, without β, where its RMSNorm stood. The port is compared with the original on one "
            "vector, with γ = 1 and both with the same ε. Which of these vectors uncover the mistake?",
        options=[
            Option("(2, 0, 4, 4)", "(2, 0, 4, 4) has a mean of 2.5, which LayerNorm takes away.", _tells_apart(2, 0, 4, 4)),
            Option("(3, −1, −2, 0)", "(3, −1, −2, 0) has mean 0: there is nothing to take away.", _tells_apart(3, -1, -2, 0)),
            Option("(5, 5, 5, 5)", "(5, 5, 5, 5) becomes 0 in one and 1 in the other.", _tells_apart(5, 5, 5, 5)),
            Option("(1, −1, 1, −1), 200 times in a row", "(1, −1) repeated has mean 0; its length does not help.",
                                                         _tells_apart(*[1.0, -1, 1, -1] * 200)),
            Option("(3, −1, −2, 0) with 10 added to each", "With 10 added, the level is there, and RMSNorm keeps it.",
                                                           _tells_apart(13, 9, 8, 10)),
            Option("what a LayerNorm with γ = 1, β = 0 gave out", "What left a LayerNorm without γ and β has mean 0.",
                   lambda: _tells_apart(*F.layer_norm(FOUR))()),
        ],
        hints=("Where do the two norms agree?", "The mean square is σ² + μ². Which of these vectors have μ = 0?"),
        solution="Where μ = 0, and only there, the two agree. Test with a level.",
        misconception="If the port agrees on a test vector, the class was right.",
    ),
    Predict(
        name="raise-the-table", chapter=5, concept="rms", level="medium",
        ask="Two Pre-LN networks, each with a head of its own; all norms of one are LayerNorms, all norms of the other RMSNorms. In both, "
            "7 is added to every feature of every token's embedding. Whose logits change?",
        options=[
            Option("both networks'", "All LayerNorms subtract the 7 wherever the stream is read.",
                   lambda: not _raised("LN") and not _raised("RMS")),
            Option("the LayerNorm network's alone", "LayerNorms are the norms that take a level away.",
                   lambda: not _raised("LN") and _raised("RMS")),
            Option("the RMSNorm network's alone", "RMSNorm passes the level on, and shrinks the pattern beside it.",
                   lambda: _raised("LN") and not _raised("RMS")),
            Option("neither's", "RMSNorm subtracts nothing, so the 7 is still in what its sublayers read.",
                   lambda: _raised("LN") and _raised("RMS")),
        ],
        hints=("Who reads the stream in a Pre-LN network, and through what?",
               "The 7 stays in the stream up to the end. Which norm lets it through?"),
        solution="The skip path carries the 7 to the end in both. In the LayerNorm network nobody ever reads it; that is why writers may "
                 "be centred there without a change.",
        misconception="What stands in the stream always has an effect.",
    ),
    Predict(
        name="stream-ten-times", chapter=5, concept="goal", level="medium",
        ask="In Llama's block, `x = x + self.attention(self.attention_norm(x))`, the stream x arrives 10 times as large, and all weights "
            "stay. What does attention add to it?",
        options=[
            Option("10 times as much as before", "Attention never sees the stream itself, and RMSNorm divides the 10 away.",
                                                 lambda: 9 < _added(10) < 11),
            Option("as much as before", "What attention reads is RMSNorm(x), and RMSNorm(10 x) is the same (up to ε).",
                                        lambda: 0.9 < _added(10) < 1.1),
            Option("a tenth of what it added before", "Its share of the stream falls to a tenth; what it adds does not.",
                   lambda: 0.09 < _added(10) < 0.11),
        ],
        hints=("Read the line from the inside out.", "What is RMSNorm(10 x)?"),
        solution="The sum is then 10 x plus the old addition. In a large stream a sublayer has a small say, whichever of the two norms it "
                 "reads through.",
    ),
    Choose(
        name="first-stays", chapter=5, concept="other", level="medium", section="dynamic-tanh",
        ask="In one token, feature 2 changes; feature 1 and all other tokens stay. Whose output at feature 1 of this token stays as well, "
            "whatever the numbers?",
        options=[
            Option("LayerNorm", "LayerNorm: μ and σ of the token have changed, and with them, in general, every feature.",
                   _first_stays(F.layer_norm)),
            Option("RMSNorm", "RMSNorm: the size has changed, in general, and it divides every feature.",
                   _first_stays(F.rms_norm)),
            Option("BatchNorm in training", "BatchNorm in training has a mean and a σ for each feature: those of feature 1 are taken over "
                                            "feature 1 of all tokens, and none of these has changed.",
                   _first_stays(_batch(True))),
            Option("BatchNorm in use", "BatchNorm in use takes feature 1 alone, with two constants.", _first_stays(_batch(False))),
            Option("DyT", "DyT takes each number by itself.", _first_stays(F.dyt)),
        ],
        hints=("For each: which numbers are in the statistics that feature 1 meets?",
               "BatchNorm in training mixes tokens, LayerNorm features. And DyT?"),
        solution="Not asking the other tokens and not asking the other features are two different things.",
        misconception="BatchNorm mixes more than LayerNorm in every respect.",
    ),
    Choose(
        name="can-be-decoded", chapter=5, concept="decode", level="medium", section="one-token",
        ask="A sequence comes one token at a time, and a norm may keep whatever it wants of the tokens that have been. Which of these can "
            "give each token, when it comes, what one pass over the whole sequence gives it?",
        options=[
            Option("LayerNorm over d", "It asks the token that is there, and need not keep anything.", _decodes(F.layer_norm)),
            Option("a norm over all features of the tokens up to its own",
                   "Count, sum and sum of squares are enough: each token adds its own to them.", _decodes(lambda x: _past_norm(x, 1e-5))),
            Option("a norm over (T, d)", "Its mean counts tokens that are still to come. Nothing that was kept can make up for them.",
                   _decodes(lambda x: F.layer_norm(x, axis=(0, 1)))),
            Option("division by the root mean square of the token, the one before and the one after",
                   "One token ahead is enough: when a token comes, the one after it is not there.",
                   _decodes(lambda x: _by_three(x[None])[0])),
            Option("division by the largest |x| of the tokens up to its own", "One number is kept, the largest so far.",
                   _decodes(lambda x: x / np.maximum.accumulate(abs(x).max(axis=1))[:, None])),
            Option("BatchNorm in use", "Its constants were there before the first token.", _decodes(_batch(False))),
            Option("BatchNorm in training, its mean over the tokens of this sequence",
                   "The whole pass has a mean over all tokens. The first token, alone, has no variance at all.", _decodes(_batch(True))),
        ],
        hints=("For each: from which tokens is the statistic made that a token meets in the whole pass?",
               "What was may be kept, however much it is. What is still to come cannot be."),
        solution="Whatever looks back only can be decoded, with more or less to keep. Whatever looks ahead, by a single token, cannot.",
        misconception="A norm that mixes tokens cannot be decoded one token at a time.",
    ),
    Choose(
        name="nothing-flows-back", chapter=5, concept="rms", level="hard",
        ask="x = (2, 0, 4, 4) went through RMSNorm with γ = 1 and ε = 0. Which gradients g at its output leave x no gradient at all?",
        options=[
            Option("(1, 1, 1, 1)", "(1, 1, 1, 1) is what LayerNorm takes out with the mean; RMSNorm has no mean.", _lost(1, 1, 1, 1)),
            Option("(2, 0, 4, 4)", "(2, 0, 4, 4) is x itself: to push along x changes its length, and the length is lost.",
                                   _lost(2, 0, 4, 4)),
            Option("(−1, 0, −2, −2)", "(−1, 0, −2, −2) is −x/2, along x as well.", _lost(-1, 0, -2, -2)),
            Option("(−0.5, −2.5, 1.5, 1.5)", "The deviations from the mean are LayerNorm's second direction. They are not along x.",
                   _lost(-0.5, -2.5, 1.5, 1.5)),
            Option("(0, 1, 0, 0)", "x₂ is 0, but its output moves as soon as x₂ does: (0, 1, 0, 0) stands across x and gets through.",
                                   _lost(0, 1, 0, 0)),
        ],
        hints=("In which direction can x move without a change of the output?",
               "RMSNorm(x) = RMSNorm(2 x). One direction is lost, not two."),
        solution="dx is g without its part along x, divided by the size of x. It is 0 for multiples of x and for nothing else.",
        misconception="Both norms lose the same two directions.",
    ),
    Choose(
        name="who-takes-gamma", chapter=5, concept="goal", level="hard", section="read-now",
        ask="In one block of a Llama you set γ of both norms to 1, and want the block to compute what it did. Which of its matrices have "
            "to take up a γ? The block is `x = x + attention(attention_norm(x))`, then `x = x + mlp(mlp_norm(x))`, and its MLP is "
            "`down(silu(gate(u)) * up(u))`.",
        options=[
            Option("that of the queries", "It reads what attention's norm gives.", _takes("attention.q")),
            Option("that of the keys", "It reads what attention's norm gives. That keys are turned afterwards does not matter.",
                   _takes("attention.k")),
            Option("that of the values", "It reads what attention's norm gives, like the other two.", _takes("attention.v")),
            Option("that behind attention, which writes to the stream", "It reads a mixture of values. They carry the γ already.",
                   _takes("attention.out")),
            Option("`gate`", "It reads what the MLP's norm gives. Behind silu it would be too late: silu bends.", _takes("mlp.gate")),
            Option("`up`", "It reads what the MLP's norm gives, as `gate` does, and needs the same γ.", _takes("mlp.up")),
            Option("`down`", "It reads the product of gate and up. Both carry the γ already.", _takes("mlp.down")),
        ],
        hints=("γ stands in front of whoever reads the norm. Go through the two lines and mark the readers.",
               "Attention's norm has three readers. How many has the MLP's?"),
        solution="γ goes into the columns of every matrix that reads the norm, and into no other. RMSNorm has no β, so no bias is needed.",
        misconception="One matrix behind the norm takes up its γ.",
    ),
    Choose(
        name="edited-prompt", chapter=5, concept="decode", level="hard",
        ask="A causal Pre-LN network of several blocks has read a prompt of 100 tokens, and its cache holds their keys and values. Then "
            "token 40 is replaced by another one. Which entries of the cache are still right?",
        options=[
            Option("those of tokens 1 to 39, in every block", "Tokens 1 to 39 have never seen token 40.",
                                                              lambda: not _stale()[:, :39].any()),
            Option("those of token 40, in the first block", "Token 40 has other features now, and with them another key.",
                                                            lambda: not _stale()[0, 39].any()),
            Option("those of tokens 41 to 100, in the first block",
                   "In the first block a key is made of the token's own embedding, before attention mixes anything in.",
                   lambda: not _stale()[0, 40:].any()),
            Option("those of tokens 41 to 100, in the later blocks",
                   "From the second block on, tokens 41 to 100 carry what attention took from token 40.",
                   lambda: not _stale()[1:, 40:].any()),
        ],
        hints=("From what is a key made, and which tokens had a say in that?",
               "In the first block from the embedding and its norm alone; in the second from the first block's output."),
        solution="The LayerNorms here take one token each and spread no change to another. Attention does, forwards, and what it wrote "
                 "shows in the keys of the next block.",
        misconception="Every entry behind a changed token is wrong.",
    ),
    Choose(
        name="still-listens", chapter=5, concept="why", level="hard",
        ask="A causal Transformer with BatchNorm has been trained and is in use, after `eval()`. On which of these do its logits at a "
            "token depend?",
        options=[
            Option("another sequence in the batch", "In use BatchNorm divides by constants, so other sequences have no say.",
                   lambda: not same(_bn_logits(), _bn_logits(mates=(3, 6, 2, 7, 4)))),
            Option("padding in place of the tokens behind it", "Padding behind the token is hidden by the mask, and no mean counts it.",
                   lambda: not same(_bn_logits(), _bn_logits(ahead=(0, 0)))),
            Option("an earlier token of its sequence", "Attention reads earlier tokens; that is what it is for.",
                   lambda: not same(_bn_logits(), _bn_logits(before=3))),
            Option("how much padding the training batches held", "The padding of the training batches is in the running statistics.",
                   lambda: not same(_bn_logits(), _bn_logits(padding=3))),
            Option("a call of `train()`", "`train()` brings the means over the batch back, and with them every number in it.",
                   lambda: not same(_bn_logits(), _bn_logits(training=True))),
        ],
        hints=("What is a BatchNorm in use? And what else in the network mixes tokens?",
               "The constants were measured once, on the training batches."),
        solution="In use BatchNorm hears nobody; attention still hears earlier tokens; and what BatchNorm heard in training remains in its "
                 "constants.",
        misconception="A BatchNorm in use depends on the batch.",
    ),
]


def _fails_ahead(names):
    x, W = np.array([[1.0, 4], [3, 2], [0, 5]]), np.eye(2)        # (T, d), (d, d)
    new = x.copy()
    new[-1] = [9, -9]
    one, other = names["layer"](x, W)[1], names["layer"](new, W)[1]             # (d,) each
    return "" if same(one, other) else (
        f"x = {say(x)}. The last token becomes {say(new[-1])}: the second row should stay {say(one.round(3))}, "
        f"but it becomes {say(other.round(3))}.")


def _whole_pass(x, Wq, Wk, Wv):
    """x plus one head of causal attention on its LayerNorm, all rows at once."""
    u = F.layer_norm(x)                                           # (T, d)
    scores = (u @ Wq) @ (u @ Wk).T / np.sqrt(x.shape[1])          # (T, T)
    scores[np.triu_indices(len(x), 1)] = -np.inf
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))  # (T, T)
    return x + weights / weights.sum(axis=1, keepdims=True) @ (u @ Wv)          # (T, d)


def _fails_steps(names):
    rng = np.random.default_rng(0)
    table, places, *matrices = (rng.normal(size=(rows, 3)) for rows in (4, 5, 3, 3, 3))      # (V, d), (T, d), (d, d)
    tokens, cache = [2, 0, 3], []
    whole = _whole_pass(table[tokens] + places[:3], *matrices)    # (T, d)
    for t, token in enumerate(tokens):
        row = names["step"](token, cache, table, places, *matrices)             # (d,)
        if not same(row, whole[t]):
            return f"Token {t + 1}: the whole pass gives {say(whole[t].round(3))}, the step {say(np.round(row, 3))}. " + (
                "The tokens before it agree." if t else "")
    return ""


FOUND = [
    Bug(
        name="looks-ahead", chapter=5, concept="why", level="medium", section="read-the-future",
        ask="x has the shape (T, d). Each row is to be normalized, feature by feature, with what has been so far. The author subtracts a "
            "mean of the past and is sure that nothing leaks. Which line lets the future in?",
        code="""def layer(x, W, eps=1e-5):
    count = np.arange(1, len(x) + 1)[:, None]
    mean = np.cumsum(x, axis=0) / count
    var = x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return x_hat @ W""",
        line=4, mended="    var = np.cumsum(x**2, axis=0) / count - mean**2", fails=_fails_ahead,
        others={1: "The signature is as it should be.", 2: "1, 2, 3, … as a column: how many tokens there have been at each row.",
                3: "`cumsum` along axis 0 adds up what has been: row t of `mean` knows nothing of row t + 1.",
                5: "Nothing is summed over rows here. Row t is made of row t of `x` and `mean`, and of `var`. Where does that come from?",
                6: "A matrix from the right mixes features, not rows."},
        hints=("This norm has two statistics. Follow the last row through both.",
               "In which lines is something averaged or summed over axis 0, and over which rows?"),
        solution="The mean looks back, but σ² is taken over the whole sequence, and it tells the earlier rows how far off the last token "
                 "lies. Mean square less square of the mean, both of the past, is the variance of the past. (The first row itself is 0 "
                 "here, whatever σ is: look at the second.)",
        misconception="Only the mean can carry the future.",
    ),
    Bug(
        name="where-am-i", chapter=5, concept="decode", level="medium",
        ask="`step` takes one new token, with a cache, a list that is empty at first. The first token comes out as in the whole pass, all "
            "later ones do not. Which line is wrong?",
        code="""def step(token, cache, table, places, Wq, Wk, Wv):
    x = table[token] + places[0]
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))
    scores = keys @ (u @ Wq) / np.sqrt(len(x))
    weights = np.exp(scores - scores.max())
    return x + weights @ values / weights.sum()""",
        line=2, mended="    x = table[token] + places[len(cache)]", fails=_fails_steps,
        others={1: "The signature is as it should be.", 3: "The token's own mean and σ: LayerNorm needs no other token.",
                4: "A token sees itself, so its key and value go in before attention looks.",
                5: "All keys and all values so far, one row a token.", 6: "One score for each token so far, divided by √d.",
                7: "The largest score is subtracted, so that nothing overflows; it goes out in the division.",
                8: "The weights are divided by their sum, and the stream is added."},
        hints=("What is different about the first token?",
               "Which line should give something else for the second token than for the first, and does not?"),
        solution="Every token stood at the first place. The cache knows how many there have been: its length, before the new one is put "
                 "in.",
        misconception="If the first token agrees, the cache is right.",
    ),
]

_RNG = np.random.default_rng(5)
_W1, _W2, _U1, _U2 = (_RNG.normal(size=shape) for shape in ((4, 3), (4, 2), (3,), (2,)))       # (d, m), (d, m), (m,), (m,)
_P, _S = np.eye(4) - 1 / 4, _W1 @ _U1 + _W2 @ _U2                 # (d, d), (d,)

WORDED = [
    Order(
        name="project-once", chapter=5, concept="rms", level="medium",
        ask="In a Pre-LN network the stream is s = W₁u₁ + W₂u₂, a sum of what was written. P = I − 11ᵀ/d takes the mean out of a vector. "
            "Show that LayerNorm can be exchanged for RMSNorm. Put the lines in order, beginning with LayerNorm; each follows from the one "
            "before.",
        steps=[
            Step("LN(W₁u₁ + W₂u₂)", "what the sublayer reads", lambda: F.layer_norm(_W1 @ _U1 + _W2 @ _U2)),
            Step("(s − mean(s)) / √(var(s) + ε)", "the definition, with s for the sum",
                 lambda: (_S - _S.mean()) / np.sqrt(_S.var() + 1e-5)),
            Step("Ps / √(var(s) + ε)", "P takes the mean out", lambda: _P @ _S / np.sqrt(_S.var() + 1e-5)),
            Step("Ps / √(mean((Ps)²) + ε)", "the variance of s is the mean square of what is left without its mean",
                 lambda: _P @ _S / np.sqrt(((_P @ _S)**2).mean() + 1e-5)),
            Step("RMSNorm(Ps)", "the definition of RMSNorm, for Ps", lambda: F.rms_norm(_P @ _S)),
            Step("RMSNorm(PW₁u₁ + PW₂u₂)", "P is linear: it can be multiplied into each matrix, once",
                 lambda: F.rms_norm(_P @ _W1 @ _U1 + _P @ _W2 @ _U2)),
        ],
        hints=("Begin with LayerNorm's definition.", "P appears first above the fraction, then below."),
        solution="LayerNorm applies P to every vector; it can be applied to the weights instead. Both norms need the same ε.",
    ),
    Explain(
        name="too-good", chapter=5, concept="why", level="medium", section="read-the-future",
        ask="A colleague has put a norm of her own into a causal language model. The loss on training and on held-out text falls far below "
            "everybody's, and what the model writes is nonsense. Tell her what you suspect, why held-out text does not show it, and a test "
            "that needs no training.",
        points=("The norm lets rows hear later tokens: some statistic of it runs over time, past the mask.",
                "On held-out text the later tokens are there too, so the leak helps in the same way; in writing they are missing.",
                "The test: change the last token (better: each token in turn) and see whether any earlier row of the output changes."),
        hints=("What does the model have when it is judged on held-out text, and not when it writes?",
               "The mask stands in attention. Which other line could look at later tokens?"),
        solution="I suspect that the norm takes a mean or a size over the sequence, so that each row hears of the token it is to predict. "
                 "Held-out text is given whole, so the leak works there as well; when the model writes, the later tokens do not exist. "
                 "Give it one sequence, change the last token, and compare the earlier rows: they must stay the same. One mean over "
                 "the whole sequence is enough to move them.",
        misconception="The loss is far below what I expected, the new norm is great.",
    ),
]


def _differs(found, wanted, given, tolerance=1e-6):
    """The words for an answer that is not the one wanted, NaN and infinity among them, or ""."""
    found = np.asarray(found, dtype=float)
    if found.shape == np.shape(wanted) and not np.isfinite(found).all():
        return f"{given}: expected {say(wanted)}, got a NaN or an infinity"
    return unlike_answer(found, wanted, given, tolerance)


def _rms_multiple(answer):
    found = np.asarray(answer(np.array([1.0, 7]), np.ones(2), eps=1e-5), dtype=float)           # (d,)
    return "" if found.shape == (2,) and found[0] > 0 and same(found[1], 7 * found[0], 1e-6) else (
        _differs(found, F.rms_norm([1, 7]), "x = (1, 7), γ = (1, 1), ε = 1e-05"))


def _rms_case(x, gamma, eps):
    """Does a function (x, gamma, *, eps) agree with RMSNorm here?"""
    x, gamma = np.asarray(x, dtype=float), np.asarray(gamma, dtype=float)

    def broken(answer):
        found = answer(x.copy(), gamma.copy(), eps=eps)
        return _differs(found, F.rms_norm(x, gamma, eps=eps), f"x = {say(x)}, γ = {say(gamma)}, ε = {eps:g}")
    return broken


def _half_case(answer):
    x, gamma = np.array([300, 400], dtype=np.float16), np.ones(2, dtype=np.float16)             # (d,) each
    with np.errstate(all="ignore"):
        found = np.asarray(answer(x.copy(), gamma.copy(), eps=1e-5))
    wanted = F.rms_norm(x, gamma)                                 # (d,)
    if found.shape == wanted.shape and same(found, wanted, 2e-3):
        return ""
    return _differs(found, wanted.astype(float), "x = (300, 400) in float16, whose largest number is 65504")


def _past_norm(x, eps):
    """Each row of x (T, d) with mean and variance of all numbers up to it."""
    rows = [(x[t] - x[:t + 1].mean()) / np.sqrt(x[:t + 1].var() + eps) for t in range(len(x))]
    return np.array(rows)                                         # (T, d)


def _past_first(answer):
    x = np.array([[1.0, 7]])                                      # (1, d)
    return _differs(answer(x.copy(), eps=1e-12), F.layer_norm(x, eps=1e-12), "x = one row, (1, 7), ε = 1e-12")


def _past_stays(answer):
    x, new = np.array([[1.0, 3], [2, 8]]), np.array([[1.0, 3], [-5, 0]])        # (T, d) each
    one, other = (np.array(answer(rows, eps=1e-5)) for rows in (x, new))                        # (T, d) each
    return "" if same(one[0], other[0], 1e-6) else (
        f"The second row changes from (2, 8) to (−5, 0), and the first output row from {say(one[0].round(3))} to {say(other[0].round(3))}.")


def _past_mean(answer):
    x = np.array([[1.0, 3], [2, 8]])                              # (T, d)
    found = np.asarray(answer(x.copy(), eps=0.0))                 # (T, d)
    if found.shape != x.shape:
        return f"x of shape (2, 2): expected the same shape, got {found.shape}"
    left = x[1] - x.mean()                                        # (d,)  what row 2 should be a multiple of
    if abs(found[1, 0] * left[1] - found[1, 1] * left[0]) < 1e-9 and found[1] @ left > 0:
        return ""
    return (f"x = (1, 3), (2, 8): the mean up to row 2 is {say(x.mean())}, so row 2 should be a multiple of {say(left)}, "
            f"got {say(found[1].round(4))}")


def _past_case(x, eps):
    x = np.array(x, dtype=float)                                  # (T, d)

    def broken(answer):
        return _differs(answer(x.copy(), eps=eps), _past_norm(x, eps), f"x = {say(x)}, ε = {eps:g}")
    return broken


def _past_in_place(answer):
    x = np.array([[1.0, 3], [2, 8]])                              # (T, d)
    answer(x, eps=1e-5)
    return "" if same(x, [[1, 3], [2, 8]]) else f"x was (1, 3), (2, 8) before the call and is {say(x)} after it."


def _first_hears_second(x):
    return np.vstack([x[:1] + x[1:2].sum(axis=0), x[1:]])         # (T, d)


def _second_hears_third(x):
    return x + np.vstack([0 * x[:1], x[2:3], 0 * x[2:]])          # (T, d)


def _hears_next(x):
    return x + np.vstack([x[1:], 0 * x[:1]])                      # (T, d)


def _hears_feature(x):
    y = x.copy()                                                  # (T, d)
    y[0] += x[-1, -1]
    return y


def _hears_normalized(x):
    y = x.copy()                                                  # (T, d)
    y[0] += F.layer_norm(x)[-1]
    return y


def _leak_case(layer, wanted, what):
    def broken(answer):
        x = np.array([[1.0, 4, 2], [0, 3, -2], [5, 1, 1]])        # (T, d)
        before, found = x.copy(), answer(layer, x)
        if not same(x, before):
            return f"x was {say(before)} before the call and is {say(x)} after it: make a copy first."
        return "" if found in (True, False) and bool(found) == wanted else f"{what}, x = {say(x)}: expected {wanted}, got {found}."
    return broken


_Q, _K, _V = np.array([[[1.0, 0.5], [-0.5, 1]], [[0.5, 1], [-1, 0.5]], [[2, -1], [1, 1]]])          # (d, d) each
_FIVE = (lambda rng: (rng.normal(2, 1, (5, 3)), tuple(rng.normal(size=(3, 3, 3)))))(np.random.default_rng(8))         # (T, d), (d, d) each


def _stepped(answer, rows, matrices=None):
    """The rows that steps with one new cache give."""
    kept = []
    return np.array([answer(np.array(row, dtype=float), kept, *(matrices or (_Q, _K, _V))) for row in rows], dtype=float)    # (T, d)


def _steps_case(rows, matrices=None, row=-1, tolerance=1e-4):
    """Does the last of these steps give what the whole pass gives?"""
    def broken(answer):
        found, wanted = _stepped(answer, rows, matrices), _whole_pass(np.array(rows, dtype=float), *(matrices or (_Q, _K, _V)))
        shown = f"rows {say(rows)}, output {len(rows)}" if len(rows) <= 3 else f"{len(rows)} rows, the last output"
        return _differs(found[row], wanted[row], shown, tolerance)
    return broken


def _new_cache(answer):
    rows = [[2.0, 4], [5, 1]]
    first = _stepped(answer, rows)                                # (T, d)
    again = _stepped(answer, rows)                                # (T, d)
    return "" if same(first, again, 1e-6) else (
        f"The same rows {say(rows)} twice, each time with a new empty cache: first {say(first[-1].round(4))}, "
        f"then {say(again[-1].round(4))}.")


def _norm_is_own(answer):
    one, other = (_stepped(answer, [[1.0, 3], row])[-1] - row for row in ([8.0, 2], [800.0, 200]))              # (d,) each
    return "" if same(one, other, 1e-4) else (
        f"After (1, 3), what is added to (8, 2) and to (800, 200) should be the same: LayerNorm of both is. Got {say(one.round(4))} and "
        f"{say(other.round(4))}.")


def _large_scores(answer):
    matrices = 1000 * np.eye(2), np.eye(2), _V                    # (d, d) each
    with np.errstate(all="ignore"):
        return _steps_case([[1.0, 3], [2, 5]], matrices)(answer)


WRITTEN = [
    Code(
        name="own-rms", chapter=5, concept="rms", level="easy", function="rms_norm",
        ask="Write `rms_norm(x, gamma, *, eps=1e-5)` in NumPy, over the last axis of x. It must come out right for an x in float16, too.",
        promises=[
            Promise("the output is a multiple of x: no mean is subtracted", _rms_multiple),
            Promise("(1, 7) comes out as (0.2, 1.4): the squares are averaged", _rms_case([1, 7], [1, 1], 0.0)),
            Promise("γ scales each feature", _rms_case([1, 7], [10, 0.5], 0.0)),
            Promise("each row has its own size", _rms_case([[1, 7], [10, 70], [3, 3]], [1, 1], 0.0)),
            Promise("ε is added to the mean square, under the root", _rms_case([0.001, 0.007], [1, 1], 4e-5)),
            Promise("a vector of zeros gives zeros, not NaN", _rms_case([0, 0], [1, 1], 1e-5)),
            Promise("in float16 no square overflows", _half_case),
        ],
        code="""
def rms_norm(x, gamma, *, eps=1e-5):
    wide = x.astype(np.float64)                                # (..., d)
    square = (wide**2).mean(axis=-1, keepdims=True)            # (..., 1)
    return (gamma * wide / np.sqrt(square + eps)).astype(x.dtype)
""",
        wrong={
            "the output is a multiple of x: no mean is subtracted": """
def rms_norm(x, gamma, *, eps=1e-5):
    return gamma * (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
""",
            "(1, 7) comes out as (0.2, 1.4): the squares are averaged": """
def rms_norm(x, gamma, *, eps=1e-5):
    return gamma * x / np.sqrt((x**2).sum(axis=-1, keepdims=True) + eps)
""",
            "γ scales each feature": """
def rms_norm(x, gamma, *, eps=1e-5):
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
""",
            "each row has its own size": """
def rms_norm(x, gamma, *, eps=1e-5):
    return gamma * x / np.sqrt((x**2).mean() + eps)
""",
            "ε is added to the mean square, under the root": """
def rms_norm(x, gamma, *, eps=1e-5):
    return gamma * x / (np.sqrt((x**2).mean(axis=-1, keepdims=True)) + eps)
""",
            "in float16 no square overflows": """
def rms_norm(x, gamma, *, eps=1e-5):
    return gamma * x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
""",
        },
        hints=("LayerNorm without its first line.", "`(x**2).mean(axis=-1, keepdims=True)`; which type do the squares need?"),
        solution="Square, mean, root, divide, and no mean subtracted. The square of 300 is more than float16 can hold, so the squares are "
                 "taken in a wider type, and the result goes back to the type of x.",
        misconception="RMSNorm is LayerNorm with a faster formula.",
    ),
    Code(
        name="mend-the-leak", chapter=5, concept="why", level="medium", function="past_norm", section="read-the-future",
        ask="`(x - x.mean()) / np.sqrt(x.var() + eps)`, for one sequence x of shape (T, d), tells each row of the later ones. Mend it: "
            "write `past_norm(x, *, eps=1e-5)`, in which row t is normalized with the mean and the variance of all numbers of the rows up "
            "to t, its own included. x is left as it was.",
        promises=[
            Promise("a first row alone comes out as from LayerNorm", _past_first),
            Promise("a later row changes no earlier one", _past_stays),
            Promise("row t loses the mean of all numbers up to t", _past_mean),
            Promise("the variance of row t is that of the same numbers, about the same mean", _past_case([[1, 3], [2, 8], [0, 4]], 0.0)),
            Promise("ε stands under the root, with the variance", _past_case([[0.001, 0.003], [0.002, 0.008]], 1e-5)),
            Promise("x is not changed in place", _past_in_place),
        ],
        code="""
def past_norm(x, *, eps=1e-5):
    rows = []
    for t in range(len(x)):
        past = x[:t + 1]                                       # (t + 1, d)
        rows.append((x[t] - past.mean()) / np.sqrt(past.var() + eps))
    return np.array(rows)                                      # (T, d)
""",
        wrong={
            "a first row alone comes out as from LayerNorm": """
def past_norm(x, *, eps=1e-5):
    count = np.arange(1, len(x) + 1)[:, None]
    mean = np.cumsum(x, axis=0) / count
    var = np.cumsum(x**2, axis=0) / count - mean**2
    return (x - mean) / np.sqrt(var + eps)
""",
            "a later row changes no earlier one": """
def past_norm(x, *, eps=1e-5):
    return (x - x.mean()) / np.sqrt(x.var() + eps)
""",
            "row t loses the mean of all numbers up to t": """
def past_norm(x, *, eps=1e-5):
    return (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + eps)
""",
            "the variance of row t is that of the same numbers, about the same mean": """
def past_norm(x, *, eps=1e-5):
    count = x.shape[1] * np.arange(1, len(x) + 1)[:, None]
    mean = np.cumsum(x.sum(axis=1, keepdims=True), axis=0) / count
    var = np.cumsum(((x - mean)**2).sum(axis=1, keepdims=True), axis=0) / count
    return (x - mean) / np.sqrt(var + eps)
""",
            "ε stands under the root, with the variance": """
def past_norm(x, *, eps=1e-5):
    return np.array([(x[t] - x[:t + 1].mean()) / (x[:t + 1].std() + eps) for t in range(len(x))])
""",
            "x is not changed in place": """
def past_norm(x, *, eps=1e-5):
    for t in reversed(range(len(x))):
        x[t] = (x[t] - x[:t + 1].mean()) / np.sqrt(x[:t + 1].var() + eps)
    return x
""",
        },
        hints=("A loop over t is fine. Which part of x may row t look at?", "`x[:t + 1]` holds the rows up to t, its own included."),
        solution="Row t takes mean and variance of `x[:t + 1]`. Whoever wants no loop keeps count, sum and sum of squares; to add up "
                 "squared distances from each row's own mean is not the same, for that mean moves.",
        misconception="I normalize over the whole sequence, it is more stable that way.",
    ),
    Code(
        name="find-the-leak", chapter=5, concept="why", level="hard", function="leaks", section="read-the-future",
        ask="Write `leaks(layer, x)`. `layer` is a function from (T, d) to (T, d), and x, of shape (T, d), is what to try it on. Return "
            "True if a change of some token changes an earlier row of the output, else False. x is left as it was.",
        promises=[
            Promise("LayerNorm does not leak", _leak_case(F.layer_norm, False, "layer = LayerNorm of each row")),
            Promise("one mean for the whole sequence leaks", _leak_case(lambda x: x - x.mean(), True, "layer = x − x.mean()")),
            Promise("a sum over the past does not leak", _leak_case(lambda x: np.cumsum(x, axis=0), False,
                                                                    "layer = cumsum over the tokens")),
            Promise("a glance at the next token is a leak", _leak_case(_hears_next, True, "layer = each row plus the next")),
            Promise("a leak from token 2 alone is found", _leak_case(_first_hears_second, True, "layer = row 2 added to row 1")),
            Promise("a leak into row 2 alone is found", _leak_case(_second_hears_third, True, "layer = row 3 added to row 2")),
            Promise("a leak through one feature is found", _leak_case(_hears_feature, True,
                                                                      "layer = the last feature of the last token added to row 1")),
            Promise("a leak that normalizes first is found", _leak_case(_hears_normalized, True,
                                                                        "layer = LayerNorm of the last row added to row 1")),
        ],
        code="""
def leaks(layer, x):
    rng, before = np.random.default_rng(0), layer(x)           # (T, d)
    for t in range(1, len(x)):
        new = x.copy()
        new[t] = 1000 * rng.normal(size=x.shape[1])            # (d,)
        if abs(layer(new)[:t] - before[:t]).max() > 1e-9:
            return True
    return False
""",
        wrong={
            "LayerNorm does not leak": """
def leaks(layer, x):
    new = x.copy()
    new[-1] = [9, -9, 4]
    return not np.allclose(layer(new), layer(x))
""",
            "a sum over the past does not leak": """
def leaks(layer, x):
    for t in range(len(x)):
        new = x.copy()
        new[t] = [9, -9, 4]
        if not np.allclose(np.delete(layer(new), t, 0), np.delete(layer(x), t, 0)):
            return True
    return False
""",
            "a glance at the next token is a leak": """
def leaks(layer, x):
    new = x.copy()
    new[-1] = [9, -9, 4]
    return not np.allclose(layer(new)[0], layer(x)[0])
""",
            "a leak from token 2 alone is found": """
def leaks(layer, x):
    new = x.copy()
    new[-1] = [9, -9, 4]
    return not np.allclose(layer(new)[:-1], layer(x)[:-1])
""",
            "a leak into row 2 alone is found": """
def leaks(layer, x):
    rng, first = np.random.default_rng(0), layer(x)[0]
    for t in range(1, len(x)):
        new = x.copy()
        new[t] = rng.normal(size=x.shape[1])
        if not np.allclose(layer(new)[0], first):
            return True
    return False
""",
            "a leak through one feature is found": """
def leaks(layer, x):
    for t in range(1, len(x)):
        new = x.copy()
        new[t, 0] += 9
        if not np.allclose(layer(new)[:t], layer(x)[:t]):
            return True
    return False
""",
            "a leak that normalizes first is found": """
def leaks(layer, x):
    for t in range(1, len(x)):
        new = x.copy()
        new[t] += 9
        if not np.allclose(layer(new)[:t], layer(x)[:t]):
            return True
    return False
""",
        },
        hints=("Change one token, look at the rows before it. Which tokens have to be tried?",
               "For t from 1 on: new numbers for row t, compare rows `[:t]`. New in every feature, and not the old ones plus a constant."),
        solution="Each token in turn gets new numbers, and the rows before it are compared. One token is not enough, one row is not "
                 "enough, and a constant added to a row is what a LayerNorm inside would hide.",
        misconception="To change the last token is a complete test.",
    ),
    Code(
        name="one-row-a-step", chapter=5, concept="decode", level="hard", function="step",
        ask="Write `step(x, cache, Wq, Wk, Wv)` for one new token: x, of shape (d,), is its row of the stream; cache is a list, empty at "
            "first, into which `step` may put what it wants. With u = LayerNorm(x) (no γ and β, ε = 1e-5) the query is `u @ Wq`, the key "
            "`u @ Wk`, the value `u @ Wv`. Return x plus the values so far, this token's included, weighted by softmax(q·k/√d). "
            "Scores may be in the thousands.",
        promises=[
            Promise("the first token adds its own value to the stream", _steps_case([[2, 4]])),
            Promise("a new cache begins a new sequence", _new_cache),
            Promise("each token is normalized by itself", _norm_is_own),
            Promise("with equal scores the values so far are averaged, the token's own among them",
                    _steps_case([[2, 4], [5, 1]], (0 * _Q, _K, _V))),
            Promise("the weights are softmax(q · k / √d), with q and k from u", _steps_case([[2, 4], [5, 1]])),
            Promise("five steps give the last row of one whole pass with a causal mask",
                    _steps_case(*_FIVE)),
            Promise("large scores give no NaN", _large_scores),
            Promise("ε = 1e-5 is added to the variance, under the root", _steps_case([[0, 0.002]], tolerance=1e-6)),
        ],
        code="""
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)               # (d,)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))    # (T, d) each
    scores = keys @ (u @ Wq) / np.sqrt(len(x))                 # (T,)
    weights = np.exp(scores - scores.max())                    # (T,)
    return x + weights @ values / weights.sum()                # (d,)
""",
        wrong={
            "the first token adds its own value to the stream": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))
    weights = np.exp(keys @ (u @ Wq) / np.sqrt(len(x)))
    return weights @ values / weights.sum()
""",
            "a new cache begins a new sequence": """
everything = []
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    everything.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*everything))
    if len(keys) == 1:
        return x + values[0]
    weights = np.exp(keys @ (u @ Wq) / np.sqrt(len(x)))
    return x + weights @ values / weights.sum()
""",
            "each token is normalized by itself": """
def step(x, cache, Wq, Wk, Wv):
    cache.append(x)
    rows = np.array(cache)
    u = (rows - rows.mean()) / np.sqrt(rows.var() + 1e-5)
    weights = np.exp((u @ Wk) @ (u[-1] @ Wq) / np.sqrt(len(x)))
    return x + weights @ (u @ Wv) / weights.sum()
""",
            "with equal scores the values so far are averaged, the token's own among them": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    keys, values = (np.array(kept) for kept in zip(*(cache or [(u @ Wk, u @ Wv)])))
    cache.append((u @ Wk, u @ Wv))
    weights = np.exp(keys @ (u @ Wq) / np.sqrt(len(x)))
    return x + weights @ values / weights.sum()
""",
            "ε = 1e-5 is added to the variance, under the root": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / (x.std() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))
    scores = keys @ (u @ Wq) / np.sqrt(len(x))
    weights = np.exp(scores - scores.max())
    return x + weights @ values / weights.sum()
""",
            "the weights are softmax(q · k / √d), with q and k from u": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))
    weights = np.exp(keys @ (u @ Wq))
    return x + weights @ values / weights.sum()
""",
            "five steps give the last row of one whole pass with a causal mask": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache[-2:]))
    weights = np.exp(keys @ (u @ Wq) / np.sqrt(len(x)))
    return x + weights @ values / weights.sum()
""",
            "large scores give no NaN": """
def step(x, cache, Wq, Wk, Wv):
    u = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    cache.append((u @ Wk, u @ Wv))
    keys, values = (np.array(kept) for kept in zip(*cache))
    weights = np.exp(keys @ (u @ Wq) / np.sqrt(len(x)))
    return x + weights @ values / weights.sum()
""",
        },
        hints=("What of an old token does a new one need? Put that into the cache, before you look.",
               "`cache.append((u @ Wk, u @ Wv))`, then stack the keys and the values. Subtract the largest score before `np.exp`."),
        solution="Key and value of the token go into the cache first, so that it sees itself; then one row of scores, softmax, and the "
                 "weighted values. The LayerNorm takes this token's numbers alone and keeps nothing.",
    ),
]

ITEMS = [*COMPUTED, *CHOSEN, *FOUND, *WORDED, *WRITTEN]

ASKED = {"why-not-batchnorm": "zeros-at-the-mean", "read-the-future": "read-it-yourself", "one-token": "change-places",
         "no-mean": "raise-the-table", "read-now": "stream-ten-times"}
GATE = ("sizes-that-leak", "level-and-spread", "how-many-means", "edited-prompt", "padding-stays", "one-outlier")
