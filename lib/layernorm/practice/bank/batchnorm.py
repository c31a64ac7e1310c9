"""Chapter 3: what BatchNorm asks of its neighbours, training and use as two functions, and how to read who wins."""
import math
from functools import cache

import numpy as np

from ... import functional as F
from ..common import same, unlike_answer
from ..draws import entries, one_of, unlike
from ..forms import Bug, Choose, Code, Compute, Count, Explain, Item, Option, Order, Predict, Promise, Step
from ..words import say

YOU = np.array([0.0, 0, 6])


def in_training(x, gamma=None, beta=None, eps=0.0):
    """What leaves BatchNorm in training."""
    return F.batch_norm(x, gamma, beta, training=True, eps=eps)[0]          # the shape of x


def in_use(x, mean, var, gamma=None, beta=None, eps=0.0):
    """What leaves BatchNorm in use."""
    return F.batch_norm(x, gamma, beta, mean, var, training=False, eps=eps)[0]      # the shape of x


def one_feature(x, mean, var, gamma=(1.0,), beta=(0.0,)):
    """BatchNorm in use on the numbers of one feature."""
    return in_use(np.reshape(x, (-1, 1)), [mean], [var], gamma, beta)[:, 0]         # (B,)


def after(batch, momentum=0.1, mean=0.0, var=1.0):
    """The running mean and variance of one feature after one more batch."""
    _, means, variances = F.batch_norm(np.reshape(batch, (-1, 1)), None, None, [mean], [var], training=True, momentum=momentum)
    return means[0], variances[0]                                 # (), ()


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# down by hand, and over two

DOWN = Compute(
    name="down-by-hand", chapter=3, concept="other", level="easy",
    ask="A batch in training, three rows of two features: {X}. ε = 0, γ = 1, β = 0. What does BatchNorm make of row 1?",
    draw=lambda rng: {"X": rng.integers(-2, 10, (3, 2)).astype(float)},
    first={"X": np.array([[1.0, 2], [4, 2], [7, 8]])},
    answer=lambda X: in_training(X)[0],
    work=lambda X: {"means": X.mean(axis=0), "variances": X.var(axis=0), "deviations": X[0] - X.mean(axis=0),
                    "one": X[:, 0], "two": X[:, 1]},
    wrong={
        "You went across: that is LayerNorm of row 1, with one mean for the row. BatchNorm goes down, a mean for each column.":
            lambda X: F.layer_norm(X[0], eps=0.0),
        "You took one mean and one σ over all six numbers. Each feature has its own.": lambda X: (X[0] - X.mean()) / X.std(),
        "You divided the squares by 2, one less than the number of rows. That variance goes into the running average; the batch itself is "
        "divided by the root of the one over 3.": lambda X: (X[0] - X.mean(axis=0)) / X.std(axis=0, ddof=1),
        "You divided by the variances {variances}. Take their roots first.": lambda X: (X[0] - X.mean(axis=0)) / X.var(axis=0),
        "You subtracted the column means and stopped. Divide by the σ of each column.": lambda X: X[0] - X.mean(axis=0),
    },
    hints=("Write the three rows below each other and look at one column at a time.",
           "The columns are {one} and {two}. Their means are {means}; row 1 lies {deviations} from them."),
    solution="Down the columns: the means are {means}, the variances {variances}. Row 1 lies {deviations} from the means, and each "
             "deviation is divided by the σ of its column: {answer}.",
    misconception="BatchNorm normalizes each example, many at a time.",
)

TWICE = Predict(
    name="twice-the-neighbour", chapter=3, concept="other", level="easy",
    ask="In training (γ = 1, β = 0, ε = 0), beside (3, 3, 3), your row (0, 0, 6) comes out as (−1, −1, 1). Now "
        "(3, 3, 3) sits in the batch twice: three rows, two of them equal. What does BatchNorm make of your row?",
    options=[
        Option("(−1, −1, 1), as before: nothing new was said",
               "A copy has a vote. In column 1 the mean of 0, 3, 3 is 2, no longer half way.",
               lambda: same(in_training([YOU, [3, 3, 3], [3, 3, 3]])[0], in_training([YOU, [3, 3, 3]])[0])),
        Option("(−1.41, −1.41, 1.41): it stands alone against two",
               "The mean moves towards the two, you stand out more, and with three rows up to √2 is possible.",
               lambda: same(in_training([YOU, [3, 3, 3], [3, 3, 3]])[0], np.array([-1, -1, 1]) * 2**0.5)),
        Option("(−0.71, −0.71, 0.71): two against one pull it in",
               "±0.71 is where the two equal rows go, on the other side. The one that stands alone is further out.",
               lambda: same(in_training([YOU, [3, 3, 3], [3, 3, 3]])[0], np.array([-1, -1, 1]) / 2**0.5)),
    ],
    hints=("Look at one column. Which three numbers does it hold now?", "Column 1 holds 0, 3, 3: mean 2, deviations −2, 1, 1, variance 2."),
    solution="A mean counts heads. Whoever stands alone against two that are equal comes out at √2, the most that three rows allow.",
    misconception="A second copy of an example adds nothing to the batch.",
    reveal=("Neighbours", {"x": [[0.0, 0, 6], [3, 3, 3], [3, 3, 3]], "before": [[0.0, 0, 6], [3, 3, 3]], "move": ""}),
)


def _two_rows(rng):
    """Two rows: in one feature row 1 is less, in one it is more, in one the two are equal."""
    you, order = entries(rng, 3, 0, 9), rng.permutation(3)        # (3,)
    other = you.copy()                                            # (3,)
    other[order[0]] += rng.integers(1, 60)
    other[order[1]] -= rng.integers(1, 60)
    return {"you": you, "other": other, "gamma": rng.integers(2, 6, 3).astype(float), "beta": rng.integers(-3, 4, 3).astype(float)}


def _pair(you, other, gamma, beta):
    return in_training([you, other], gamma, beta, 1e-5)[0]        # (3,)


VOTES = Compute(
    name="more-less-equal", chapter=3, concept="mates", level="medium", section="down-or-across",
    ask="A batch of two in training, ε = 1e-5. Your row is {you}, your neighbour's {other}. γ = {gamma}, β = {beta}. What leaves for your "
        "row?",
    draw=_two_rows,
    first={"you": np.array([2.0, 7, 5]), "other": np.array([5.0, 1, 5]), "gamma": np.array([4.0, 2, 3]), "beta": np.array([1.0, -3, 2])},
    answer=_pair,
    work=lambda you, other, gamma, beta: {"signs": np.sign(you - other)},
    wrong={
        "That is x̂, more or less or equal. γ and β are still to come, feature by feature.":
            lambda you, other, gamma, beta: in_training([you, other], eps=1e-5)[0],
        "You gave the feature in which both are equal to one of the sides. Its deviation is 0, and 0/√ε is 0.":
            lambda you, other, gamma, beta: gamma * np.where(you < other, -1, 1) + beta,
        "You turned more and less round: that is what leaves for your neighbour.":
            lambda you, other, gamma, beta: _pair(other, you, gamma, beta),
        "You went across your row: that is LayerNorm.":
            lambda you, other, gamma, beta: F.layer_norm(you, gamma, beta) if np.ptp(you) else None,
        "You divided the squares by B − 1 = 1: x̂ is ±0.71 then, where you differ. The batch is divided by the root of the variance over "
        "B = 2.":
            lambda you, other, gamma, beta: gamma * np.sign(you - other) / 2**0.5 + beta,
        "You added β before you multiplied by γ.": lambda you, other, gamma, beta: gamma * (np.sign(you - other) + beta),
    },
    hints=("Over two numbers x̂ knows more, less or equal, and not by how much.", "x̂ = {signs}. Now γ and β."),
    solution="Each feature: are you more, less, or equal? x̂ = {signs}. The distances do not matter. γ x̂ + β = {answer}.",
    misconception="A neighbour that is far away counts for more.",
)

CROSSES = Predict(
    name="crosses-over", chapter=3, concept="mates", level="easy",
    ask="A batch of two in training. Your row is (4, 2, 5), your neighbour moves from (6, 0, 2) to (900, 1, 9). Which of your three "
        "outputs change by more than a hair?",
    options=[
        Option("the first: there it went furthest", "It was above you and it still is. 2 above or 896 above are one answer.",
               lambda: _changed([4, 2, 5], [6, 0, 2], [900, 1, 9]) == [0]),
        Option("the third, and it changes its sign", "There it was below you and is now above: you were more and are less.",
               lambda: _changed([4, 2, 5], [6, 0, 2], [900, 1, 9]) == [2]),
        Option("all three: each shares a mean with a number that moved",
               "Mean and σ move in all three columns. In two of them by amounts that cancel.",
               lambda: _changed([4, 2, 5], [6, 0, 2], [900, 1, 9]) == [0, 1, 2]),
        Option("none: a batch of two says nothing", "It says one thing for each feature: who is more.",
               lambda: _changed([4, 2, 5], [6, 0, 2], [900, 1, 9]) == []),
    ],
    hints=("What can an output be, in a batch of two?", "In which features does the neighbour come to the other side of you?"),
    solution="Over two numbers only the order is left. The first two features keep theirs; in the third the neighbour crosses over.",
    misconception="A neighbour that is far away counts for more.",
    reveal=("Neighbours", {"x": [[4.0, 2, 5], [900, 1, 9]], "before": [[4.0, 2, 5], [6, 0, 2]], "move": ""}),
)


def _changed(you, was, now):
    """The outputs of row 1, from 0, that change when its only neighbour does."""
    moved = in_training([you, now], eps=1e-5)[0] - in_training([you, was], eps=1e-5)[0]         # (d,)
    return np.flatnonzero(abs(moved) > 1e-3).tolist()


# who shares, who notices

def _heard(norm, x):
    """How many outputs change with the first number of x."""
    moved = x.copy()                                              # the shape of x
    moved.flat[0] += 1
    return int((abs(norm(moved) - norm(x)) > 1e-9).sum())


HEARS = Count(
    name="who-hears", chapter=3, concept="mates", level="easy",
    ask="A batch holds {B} examples of {d} features. One number of it changes: feature 1 of example 1. How many numbers of the output "
        "change, in general: with BatchNorm in training, with LayerNorm, with BatchNorm in use?",
    draw=lambda rng: dict(zip("Bd", unlike(rng, 2, 3, 12), strict=True)),
    first={"B": 8, "d": 5},
    answer=lambda B, d: [_heard(norm, drawn(B, d)) for norm in (
        in_training, lambda x: F.layer_norm(x, eps=0.0), lambda x: in_use(x, np.zeros(d), np.ones(d)))],
    wrong={
        "You turned the first two round. BatchNorm's mean runs down a column, over examples; LayerNorm's along a row.":
            lambda B, d: [d, B, 1],
        "You let the change reach the whole batch. A mean belongs to one feature; the other columns do not see it.":
            lambda B, d: [B * d, d, 1],
        "In use BatchNorm subtracts and divides by constants. The rest of the column does not enter any more.": lambda B, d: [B, d, B],
        "The number itself changes as well. Count it.": lambda B, d: [B - 1, d - 1, 0],
        "You gave BatchNorm in use the reach of LayerNorm. Its mean is not taken from the row either.": lambda B, d: [B, d, d],
        "You let each number be normalized by itself in training, too.": lambda B, d: [1, d, 1],
    },
    hints=("Whoever shares a mean with that number hears of it.",
           "In training that is a column of {B}. Along which direction does LayerNorm's mean run?"),
    solution="In training the whole column of {B} shares a mean and a σ; in LayerNorm the row of {d} does; in use nobody does, and only "
             "the number itself changes: {answer}.",
    misconception="Batch statistics mix everything with everything.",
)


def _shares(shape, groups):
    """How many cells share a mean: BatchNorm, GroupNorm, LayerNorm over channels."""
    x = drawn(*shape)                                             # (N, C, H, W)
    means = (F.batch_norm(x, training=True, return_stats=True)[3], F.group_norm(x, groups=groups, return_stats=True)[1],
             F.layer_norm(x.transpose(0, 2, 3, 1), return_stats=True)[1])
    return [x.size // mean.size for mean in means]


def _images(rng):
    N, H, W = unlike(rng, 3, 2, 7)
    C, groups = one_of(rng, (6, 2), (6, 3), (8, 2), (8, 4), (12, 3), (12, 4), (15, 3), (15, 5))
    return {"N": N, "C": C, "H": H, "W": W, "groups": groups}


SHARES = Count(
    name="companions", chapter=3, concept="other", level="medium",
    ask="Images of shape (N, C, H, W) = ({N}, {C}, {H}, {W}). Over how many numbers does one mean run: in BatchNorm, in GroupNorm with "
        "{groups} groups, and in LayerNorm over the channels of a pixel?",
    draw=_images,
    first={"N": 2, "C": 8, "H": 3, "W": 5, "groups": 2},
    answer=lambda N, C, H, W, groups: _shares((N, C, H, W), groups),
    work=lambda N, C, H, W, groups: {"group": C // groups, "places": H * W},
    wrong={
        "You left the places out of BatchNorm's mean. It runs over all images and all their places.":
            lambda N, C, H, W, groups: [N, C // groups * H * W, C],
        "{groups} is the number of groups. You took it for the channels in one; those are {group}.":
            lambda N, C, H, W, groups: [N * H * W, groups * H * W, C],
        "You left the places out of GroupNorm's mean: it runs over its channels and all places of one image.":
            lambda N, C, H, W, groups: [N * H * W, C // groups, C],
        "You let GroupNorm cross from image to image. Only BatchNorm does.":
            lambda N, C, H, W, groups: [N * H * W, N * C // groups * H * W, C],
        "You counted the means. Asked is over how many numbers one of them runs.": lambda N, C, H, W, groups: [C, N * groups, N * H * W],
    },
    hints=("For each of the three: which indices may differ between two cells that share a mean?",
           "An image has {places} places, a group {group} channels. Only one of the three means crosses from image to image."),
    solution="BatchNorm: all {N} images and {places} places of one channel. GroupNorm: {group} channels and {places} places of one image. "
             "Over the channels: the {C} numbers of one pixel. So {answer}.",
    misconception="GroupNorm(2, 8) puts two channels together.",
)


def _row_1(x, of):
    """What concerns row 1 of a batch in training, when only its output enters the loss."""
    y, _, _, mean, rstd = F.batch_norm(x, training=True, return_stats=True)                     # (B, d)
    dy = np.zeros_like(x)                                         # (B, d)
    dy[0] = drawn(x.shape[1], seed=3)
    dx, dgamma, dbeta = F.batch_norm_backward(dy, x, mean, rstd, training=True)                 # (B, d), (d,), (d,)
    return {"y": y[0], "dx": dx[0], "dgamma": dgamma, "dbeta": dbeta, "sum": y.sum(axis=0)}[of]


def _moves_with_others(of):
    def found():
        x, other = drawn(8, 5), drawn(8, 5, seed=1)               # (B, d)
        other[0] = x[0]
        return not same(_row_1(x, of), _row_1(other, of))
    return found


DEPENDS = Choose(
    name="through-the-mean", chapter=3, concept="mates", level="hard",
    ask="BatchNorm in training, γ = 1, β = 0, eight rows; row 1 is yours, and the loss looks at your output alone. Then the other seven "
        "rows change, and the same pull dy arrives at your output each time. Which of these depend on them?",
    options=[
        Option("your output", "Mean and σ of each column are partly theirs.", _moves_with_others("y")),
        Option("the gradient that reaches your input", "It is divided by the σ of the batch and loses the direction of the batch's x̂.",
               _moves_with_others("dx")),
        Option("the gradient of γ", "It is the pull on your output times your x̂, and your x̂ is partly theirs.",
               _moves_with_others("dgamma")),
        Option("the gradient of β", "It is the pull on your output itself, and that is the same each time.", _moves_with_others("dbeta")),
        Option("the sum of a column of outputs", "It is 0 for any eight rows.", _moves_with_others("sum")),
    ],
    hints=("Into which of them do μ or σ of the batch enter?", "dβ is the sum of dy, dγ the sum of dy · x̂."),
    solution="And the neighbours' inputs get a gradient from your loss: what reaches you through a shared mean also flows back through it.",
    misconception="My loss sends gradients through my own row only.",
)


def _same_gradient(norm, backward):
    """Is the gradient of W from 64 rows the sum of those from eight batches of 8?"""
    def found():
        X, W, R = drawn(64, 5), drawn(5, 6, seed=1), drawn(64, 6, seed=2)                       # (B, d), (d, m), (B, m)

        def gradient(rows):
            z = X[rows] @ W                                       # (b, m)
            return X[rows].T @ backward(R[rows], z, norm(z))      # (d, m)
        parts = sum(gradient(slice(8 * k, 8 * k + 8)) for k in range(8))                        # (d, m)
        return same(gradient(slice(0, 64)), parts)
    return found


def _layer_statistics(z):
    return F.layer_norm(z, return_stats=True)[1:]


def _batch_statistics(z):
    return F.batch_norm(z, training=True, return_stats=True)[3:]


def _frozen_statistics(z):
    return F.batch_norm(z, None, None, np.full(6, 0.5), np.full(6, 2.0), training=False, return_stats=True)[3:]


def _group_statistics(z):
    return F.group_norm(z, groups=2, return_stats=True)[1:]


ACCUMULATING = Choose(
    name="accumulating", chapter=3, concept="mates", level="medium",
    ask="64 examples do not fit into memory. You send them through in eight batches of 8, add up the gradients and take one step. The loss "
        "is a sum over examples. With which of these do you get the gradient of one batch of 64?",
    options=[
        Option("no normalization", "Each example adds its own term, whoever sits beside it.",
               _same_gradient(lambda z: (), lambda dy, z, stats: dy)),
        Option("LayerNorm", "A row is normalized by itself, in any batch.",
               _same_gradient(_layer_statistics, lambda dy, z, stats: F.layer_norm_backward(dy, z, *stats)[0])),
        Option("GroupNorm", "Its groups lie within one example.",
               _same_gradient(_group_statistics, lambda dy, z, stats: F.group_norm_backward(dy, z, *stats, groups=2)[0])),
        Option("BatchNorm in training", "Eight batches have eight means and eight σ. You train another network than with one batch of 64.",
               _same_gradient(_batch_statistics, lambda dy, z, stats: F.batch_norm_backward(dy, z, *stats, training=True)[0])),
        Option("BatchNorm with frozen running statistics", "With constants in the place of μ and σ rows are strangers again.",
               _same_gradient(_frozen_statistics, lambda dy, z, stats: F.batch_norm_backward(dy, z, *stats, training=False)[0])),
    ],
    hints=("A sum over examples falls into parts only if an example's term does not know the others.",
           "Which of the five forms a mean over rows?"),
    solution="Adding up is exact wherever a row's loss depends on this row alone.",
    misconception="I accumulate gradients, so it is the same as a large batch.",
)

STEADY = Count(
    name="as-steady", chapter=3, concept="mates", level="medium",
    ask="Neighbours from a standard normal distribution make the output of an entry x spread like "
        "√((1 + x²/2)/B), for large B. At B = {B} an entry x = 0 spreads by about {spread}. "
        "How many examples must a batch hold, so that an entry x = {x} spreads no more than that?",
    draw=lambda rng: {"x": int(one_of(rng, 2, 3, 4)), "B": int(one_of(rng, 64, 128, 256))},
    first={"x": 2, "B": 64},
    answer=lambda x, B: B * (1 + x**2 / 2),
    work=lambda x, B: {"spread": 1 / B**0.5, "factor": 1 + x**2 / 2, "square": x**2},
    wrong={
        "You took the root: at equal B the spread is so many times as large. To bring it down you need the square of that factor in "
        "examples, since the spread falls like 1/√B.": lambda x, B: np.ceil(B * (1 + x**2 / 2)**0.5),
        "You left out the half before x². It comes from σ, whose variance is about 1/(2B).": lambda x, B: B * (1 + x**2),
        "That leaves out the 1. Where x is not 0, the wobble of the mean is still there.": lambda x, B: B * x**2 / 2,
        "At this B an entry that is not 0 spreads more than one that is. It takes more examples.": lambda x, B: B,
    },
    hints=("Set the two spreads equal, with another B for each.", "(1 + {square}/2)/B′ must be 1/{B}."),
    solution="(1 + {square}/2)/B′ = 1/{B} gives B′ = {factor} · {B} = {answer}. What stands out needs more company to be heard steadily.",
    misconception="The batch's noise is the same for all entries.",
)

# training and use

MOMENTUM = Choose(
    name="momentum-means", chapter=3, concept="modes", level="easy",
    ask="`torch.nn.BatchNorm1d(1, momentum=0.1)`, in training. Which sentences are true?",
    options=[
        Option("0.1 is the weight of the new batch's value", "From 0, a batch of mean 4 moves the running mean to 0.4.",
               lambda: same(after([3, 5])[0], 0.1 * 4)),
        Option("0.1 is the share of the old value that is kept", "0.9 of it is kept. Other libraries call that the momentum.",
               lambda: same(after([3, 5])[0], 0.9 * 4)),
        Option("with momentum 1 only the last batch would count", "The old value would have the weight 0.",
               lambda: same(after([3, 5], 1.0, 70.0, 9.0), after([3, 5], 1.0, 0.0, 1.0))),
        Option("with momentum 0 the statistics would stay as they began", "The new value would have the weight 0.",
               lambda: same(after([3, 5], 0.0), (0.0, 1.0))),
        Option("after ten batches nothing of the start is left", "0.9 to the tenth is left, about a third.",
               lambda: abs(_from_start(10, 0.1)) < 1e-3),
    ],
    hints=("Write the update: r ← (1 − m) r + m s.", "Put m = 0, m = 1 and m = 0.1 into it, with r = 0 and s = 4."),
    solution="r ← 0.9 r + 0.1 s. It is an average with a short memory, and never quite forgets.",
    misconception="momentum 0.1 means that 0.1 of the old value is kept.",
)


def _from_start(batches, momentum):
    """What is left of a running mean that began at 1, after so many batches of mean 0."""
    mean = 1.0
    for _ in range(batches):
        mean, _ = after([-1, 1], momentum, mean)                  # ()
    return mean


def _use(rng):
    var, mean = one_of(rng, 4.0, 9.0, 16.0, 25.0), float(rng.integers(-3, 8))
    steps = rng.choice([-3.0, -2, -1, 1, 2, 3], 2, replace=False)                               # (2,)
    return {"x": mean + var**0.5 * steps, "mean": mean, "var": var, "gamma": float(rng.integers(2, 6)), "beta": float(rng.integers(-4, 5))}


USE = Compute(
    name="strangers", chapter=3, concept="modes", level="easy",
    ask="BatchNorm in use, one feature: running mean {mean}, running variance {var}, γ = {gamma}, β = {beta}, ε = 0. A server puts two "
        "strangers into one batch, x = {x}. What leaves for them?",
    draw=_use,
    first={"x": np.array([5.0, 11]), "mean": 2.0, "var": 9.0, "gamma": 2.0, "beta": 1.0},
    answer=lambda x, mean, var, gamma, beta: one_feature(x, mean, var, [gamma], [beta]),
    work=lambda x, mean, var, gamma, beta: {"deviations": x - mean, "std": var**0.5, "xhat": (x - mean) / var**0.5},
    wrong={
        "You normalized the two by each other: that is the training mode. In use the layer looks at its running statistics.":
            lambda x, mean, var, gamma, beta: in_training(x[:, None], [gamma], [beta])[:, 0],
        "You divided by the running variance {var}. Take its root first.":
            lambda x, mean, var, gamma, beta: gamma * (x - mean) / var + beta,
        "γ and β are missing. They belong to both modes.": lambda x, mean, var, gamma, beta: (x - mean) / var**0.5,
        "You added β before you multiplied by γ.":
            lambda x, mean, var, gamma, beta: None if beta == 0 else gamma * ((x - mean) / var**0.5 + beta),
        "The running mean {mean} is still in it: subtract it first.":
            lambda x, mean, var, gamma, beta: None if mean == 0 else gamma * x / var**0.5 + beta,
    },
    hints=("In use μ and σ are constants. Which of the numbers given are they?",
           "The deviations from the running mean are {deviations}, and σ = {std}."),
    solution="μ = {mean} and σ = {std}, whoever is there. x̂ = {xhat}, and γ x̂ + β = {answer}. Each would get the same alone.",
    misconception="A server must not put strangers into one batch.",
)

ALONE = Predict(
    name="alone-in-use", chapter=3, concept="modes", level="easy",
    ask="A BatchNorm in use has the running means (1, 1, 4) and the running variances (4, 4, 4); γ = 1, β = 0, ε = 0. Your row (5, 1, 0) "
        "sits beside one other. The other leaves. What becomes of your output?",
    options=[
        Option("it becomes an error: one row has no variance", "That happens in training. In use no variance is formed.", lambda: _raises(
            lambda: in_use([[5, 1, 0]], [1, 1, 4], [4, 4, 4]))),
        Option("it becomes (0, 0, 0): you are your own mean", "In use nobody's mean is formed, not even over one row.",
               lambda: same(in_use([[5, 1, 0]], [1, 1, 4], [4, 4, 4])[0], np.zeros(3))),
        Option("nothing: it stays (2, 0, −2)", "μ and σ were fixed in training. Who else is there does not enter.",
               lambda: same(in_use([[5, 1, 0]], [1, 1, 4], [4, 4, 4])[0], [2, 0, -2])
               and same(in_use([[5, 1, 0], [9, 9, 9]], [1, 1, 4], [4, 4, 4])[0], [2, 0, -2])),
    ],
    hints=("Which mean and which σ does the layer use in this mode?", "(5 − 1)/√4, and so on: is the neighbour in it?"),
    solution="Each output is (x − running mean)/√(running variance): constants. A row may come alone.",
    misconception="BatchNorm cannot take a batch of one.",
    reveal=("Neighbours", {"x": [[5.0, 1, 0]], "before": [[5.0, 1, 0], [3, 3, 3]], "mode": "eval", "running_mean": [1.0, 1, 4],
                           "running_var": [4.0, 4, 4], "move": ""}),
)


def _raises(call):
    try:
        call()
    except ValueError:
        return True
    return False


def _says(norm, *shape):
    """Does a normalization run on these sizes, and does its output depend on the input?"""
    def found():
        try:
            return not same(norm(drawn(*shape)), norm(drawn(*shape, seed=1)))
        except ValueError:
            return False
    return found


ONE = Choose(
    name="one-example", chapter=3, concept="modes", level="medium",
    ask="One example and nobody beside it. Which of these run and give an output that depends on it?",
    options=[
        Option("BatchNorm in training, one vector of 16 features",
               "One number for each feature: there is no variance to form. torch raises an error.",
               _says(in_training, 1, 16)),
        Option("BatchNorm in training, one image of 8 × 8 places", "Each channel has 64 places to form a mean and a σ of.",
               _says(in_training, 1, 3, 8, 8)),
        Option("BatchNorm in use, one vector of 16 features", "The running statistics are there without company.",
               _says(lambda x: in_use(x, np.zeros(16), np.ones(16)), 1, 16)),
        Option("LayerNorm, one vector of 16 features", "It never looked at another row.", _says(F.layer_norm, 1, 16)),
        Option("LayerNorm, one vector of 1 feature", "It runs, but a single number equals its own mean: the output is β, whatever came in.",
               _says(F.layer_norm, 1, 1)),
    ],
    hints=("For each: over how many numbers does a mean run?", "Over one number the deviation is 0 and so is the variance."),
    solution="Ask over how many numbers the mean runs. One is too few, whether it lies down or across.",
    misconception="BatchNorm cannot take a batch of one.",
)


def _once(rng):
    return {"batch": rng.choice(np.arange(0.0, 13), 4, replace=False), "x": float(rng.integers(3, 13)), "m": one_of(rng, 0.1, 0.2)}


ONCE = Compute(
    name="once-then-in-use", chapter=3, concept="modes", level="medium",
    ask="A fresh BatchNorm, one feature, momentum {m} as torch means it, sees {batch} once, in training. Then it is in use and gets x = "
        "{x}. γ = 1, β = 0; leave ε out. What comes out?",
    draw=_once,
    first={"batch": np.array([2.0, 2, 6, 10]), "x": 8.0, "m": 0.1},
    answer=lambda batch, x, m: one_feature([x], *after(batch, m)),
    work=lambda batch, x, m: {"keep": 1 - m, "mean": batch.mean(), "unbiased": batch.var(ddof=1), "biased": batch.var(),
                              "rmean": after(batch, m)[0], "rvar": after(batch, m)[1]},
    wrong={
        "You let the biased variance {biased} into the average. The batch itself is divided by its root; what is kept is the unbiased one, "
        "over B − 1 = 3.": lambda batch, x, m: (x - m * batch.mean()) / np.sqrt(1 - m + m * batch.var()),
        "You used the mean and the variance of that batch, as if it were all the layer knows. It has moved only a part of the way to them.":
            lambda batch, x, m: (x - batch.mean()) / batch.std(),
        "You gave the old value the weight {m}. In torch that is the weight of the new one.":
            lambda batch, x, m: (x - (1 - m) * batch.mean()) / np.sqrt(m + (1 - m) * batch.var(ddof=1)),
        "You left the fresh layer as it was: 0 and 1. The batch has moved both.": lambda batch, x, m: x,
        "You let the running variance begin at 0. It begins at 1.":
            lambda batch, x, m: (x - m * batch.mean()) / np.sqrt(m * batch.var(ddof=1)),
        "You divided by the running variance. Take its root.":
            lambda batch, x, m: (x - after(batch, m)[0]) / after(batch, m)[1],
    },
    hints=("First the two running statistics after the batch. Where do they begin?",
           "The running mean becomes {keep} · 0 + {m} · {mean}. The running variance begins at 1, and the batch's, over B − 1, is "
           "{unbiased}."),
    solution="Running mean {keep} · 0 + {m} · {mean} = {rmean}; running variance {keep} · 1 + {m} · {unbiased} = {rvar}. In use "
             "({x} − {rmean})/√{rvar} = {answer}.",
    misconception="The running variance collects the variances by which the batches were divided.",
)


def _fails_running(names):
    x = np.array([[1.0], [3], [5], [7]])                          # (B, 1)
    _, _, found = names["batch_norm"](x, np.zeros(1), np.ones(1))
    wanted = after(x)[1]
    return "" if same(found, [wanted], 1e-6) else (
        f"A fresh layer sees 1, 3, 5, 7: torch's running variance is {say(wanted)}, this one's is {say(float(found[0]))}.")


BIASED = Bug(
    name="biased-average", chapter=3, concept="modes", level="medium",
    ask="This BatchNorm agrees with torch in training, to the last digit. In use its outputs are a little too large, the more so the "
        "smaller the batches were. Which line is wrong?",
    code="""def batch_norm(x, mean, var, m=0.1, eps=1e-5):
    mu, s2 = x.mean(axis=0), x.var(axis=0)
    y = (x - mu) / np.sqrt(s2 + eps)
    mean = (1 - m) * mean + m * mu
    var = (1 - m) * var + m * s2
    return y, mean, var""",
    line=5, mended="    var = (1 - m) * var + m * x.var(axis=0, ddof=1)", fails=_fails_running,
    others={1: "0.1 and 1e-5 are torch's defaults.", 2: "`numpy.var` divides by B, and by this variance the batch is to be divided.",
            3: "It agrees with torch in training: this line is what leaves then.",
            4: "A mean needs no correction, and m is the weight of the new value.",
            6: "All three are handed back."},
    hints=("Too large in use: is it divided by too much or by too little?",
           "The batch is divided by the root of one variance, and another goes into the average. Which line keeps it?"),
    solution="The four numbers stand for all data: into the running average goes the variance over B − 1. The one over B is too small by a "
             "share of 1/B, which nobody notices at 256 and everybody at 4.",
    misconception="The running variance collects the variances by which the batches were divided.",
)


def _fails_image(names):
    x = np.array([[[[0.0, 2], [4, 6]]]])                          # (1, 1, 2, 2)
    found, wanted = names["batch_norm"](x), in_training(x, eps=1e-5)
    return "" if same(found, wanted, 1e-6) else (
        f"One image, its channel is {say(x[0, 0])}: expected {say(wanted[0, 0])}, got {say(found[0, 0])}.")


IMAGE = Bug(
    name="one-image", chapter=3, concept="other", level="easy",
    ask="BatchNorm in training for images of shape (N, C, H, W). A batch of one image comes out as zeros only. Which line is wrong?",
    code="""def batch_norm(x, eps=1e-5):
    mu = x.mean(axis=0, keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    return (x - mu) / np.sqrt(var + eps)""",
    line=2, mended="    mu = x.mean(axis=(0, 2, 3), keepdims=True)", fails=_fails_image,
    others={1: "The signature is as it should be.", 3: "One variance for each channel, over all images and all places: right.",
            4: "The numerator is 0 here. Who made it so?"},
    hints=("All outputs are 0: what must x − mu be?", "How many means does each line compute for a batch (1, 3, 8, 8)?"),
    solution="A mean over axis 0 alone has a value for each place of each channel; of one image it is the image itself. BatchNorm's mean "
             "runs over images and places: axes 0, 2 and 3.",
    misconception="For images BatchNorm averages over the batch axis.",
)


def _served(x):
    return F.batch_norm(x, np.array([2.0]), np.array([1.0]), np.zeros(1), np.ones(1), training=True)


def _affine_moves():
    gamma, beta = np.array([2.0]), np.array([1.0])                # (1,)
    F.batch_norm([[1.0], [3], [5]], gamma, beta, np.zeros(1), np.ones(1), training=True)
    return not (same(gamma, [2.0]) and same(beta, [1.0]))


FORGOTTEN = Choose(
    name="forgotten-eval", chapter=3, concept="modes", level="medium",
    ask="You serve a model with BatchNorm after its Linear layers and forgot `eval()`. No loss, no optimizer; requests come in batches of "
        "vectors. What happens?",
    options=[
        Option("an answer changes with who else is in the batch", "The layer still asks the neighbours.",
               lambda: not same(_served([[1.0], [3], [5]])[0][0], _served([[1.0], [9], [0]])[0][0])),
        Option("the running statistics go on changing", "Every call in training mode moves them, with or without a loss.",
               lambda: not same(_served([[1.0], [3], [5]])[1:], ([0.0], [1.0]))),
        Option("a request that comes alone raises an error",
               "One vector has no variance in training mode.", lambda: _raises(lambda: _served([[1.0]]))),
        Option("γ and β change", "They change when an optimizer takes a step. There is none.", _affine_moves),
        Option("the model's LayerNorms go wrong in the same way", "LayerNorm has no second mode.",
               lambda: not same(F.layer_norm([[1.0, 3, 8], [2, 2, 9]])[0], F.layer_norm([[1.0, 3, 8]])[0])),
    ],
    hints=("What does BatchNorm do in training that it does not do in use? There are two things.",
           "It takes its statistics from the batch, and it updates the running ones."),
    solution="Two things belong to the training mode: to ask the batch, and to remember what it said. Learned numbers move only with an "
             "optimizer.",
    misconception="Without a loss nothing in the model changes.",
)


def _many_times(B):
    """The mean square in use, once the running statistics have arrived at those of one batch."""
    x = np.arange(B, dtype=float)                                 # (B,)
    return (one_feature(x, *after(x, 1.0))**2).mean()             # ()


ARRIVED = Compute(
    name="arrived", chapter=3, concept="modes", level="medium",
    ask="One batch of {B} numbers, not all equal, has gone through a BatchNorm so often that the running statistics have arrived. Now it "
        "goes through in use. γ = 1, β = 0, and ε is nothing beside the variance. What is the mean square of the output?",
    draw=lambda rng: {"B": int(one_of(rng, 3, 5, 6, 8, 10, 12, 16, 20))},
    first={"B": 10},
    answer=_many_times,
    work=lambda B: {"less": B - 1, "share": 1 / B},
    wrong={
        "That is the mean square in training. In use the same deviations are divided by another variance. Which one was kept?": lambda B: 1,
        "You turned the two variances round. The kept one is the larger, so the output is smaller.": lambda B: B / (B - 1),
        "You took the root: that is the standard deviation of the output.": lambda B: (1 - 1 / B)**0.5,
        "That is the share by which the two variances differ. How much is left?": lambda B: 1 / B,
    },
    hints=("Which variance is in the deviations, and by which are they divided?",
           "The deviations have the mean square Σ/{B}, where Σ is the sum of their squares. The running variance is Σ/{less}."),
    solution="Σ/{B} over Σ/{less} is {less}/{B} = {answer}. Training and use differ even for the batch that the layer knows by heart, by a "
             "share of 1/{B}.",
    misconception="Once the running statistics have arrived, training and use agree.",
)

LEFT = Order(
    name="what-is-left", chapter=3, concept="modes", level="medium",
    ask="A running mean begins at r₀ and meets two batches whose mean is s; the momentum is m, and r₁, r₂ are its values after them. "
        "Show how much of the start's error is left. Put the lines in order, beginning with the update at the second batch and ending "
        "with the distance r₀ − s; each follows from the one before.",
    steps=[
        Step("(1 − m) r₁ + m s", "the update, at the second batch", lambda: 0.9 * (0.9 * 1 + 0.1 * 5) + 0.1 * 5),
        Step("(1 − m) ((1 − m) r₀ + m s) + m s", "r₁ came from the same update", lambda: (1 - 0.1) * ((1 - 0.1) * 1 + 0.1 * 5) + 0.1 * 5),
        Step("(1 − m)² r₀ + m (1 − m) s + m s", "multiplied out", lambda: 0.9**2 * 1 + 0.1 * 0.9 * 5 + 0.1 * 5),
        Step("(1 − m)² r₀ + (1 − (1 − m)²) s", "the two terms with s together: m (1 − m) + m = 1 − (1 − m)²",
             lambda: 0.9**2 * 1 + (1 - 0.9**2) * 5),
        Step("s + (1 − m)² (r₀ − s)", "s in front, and what has (1 − m)² behind it together", lambda: 5 + 0.9**2 * (1 - 5)),
    ],
    hints=("Begin with the update that leads to r₂.", "Put r₁ in, multiply out, then collect first what has s."),
    solution="Each batch leaves the share 1 − m of the distance r₀ − s, so n batches leave (1 − m)ⁿ of it.",
)


def _batches(m, s, percent):
    """How many batches of mean s it takes a running mean from 0 to within so many per cent of s."""
    kept, number = 1 - after([s - 1, s + 1], m)[0] / s, 0         # the share of the distance that one batch leaves
    while kept**number > percent / 100 * (1 - 1e-9):              # 0.1² is not less than 1 %, whatever is lost in 1 − 0.9
        number += 1
    return number


MANY = Count(
    name="how-many-batches", chapter=3, concept="modes", level="hard",
    ask="A fresh BatchNorm with momentum {m}, as torch means it, meets batches that all have the mean {s}. After how many of them is the "
        "running mean, for the first time, less than {percent} % of {s} away from {s}?",
    draw=lambda rng: {"m": one_of(rng, 0.05, 0.1, 0.2, 0.25, 0.3), "s": float(rng.integers(2, 10)),
                      "percent": int(one_of(rng, 1, 2, 5, 10))},
    first={"m": 0.1, "s": 5.0, "percent": 1},
    answer=_batches,
    work=lambda m, s, percent: {"keep": 1 - m, "less": _batches(m, s, percent) - 1,
                                "left": 100 * (1 - m)**_batches(m, s, percent), "before": 100 * (1 - m)**(_batches(m, s, percent) - 1),
                                "early": 100 * (1 - m)**math.ceil(1 / m)},
    wrong={
        "You gave the old value the weight {m}. That would forget within a few batches; torch keeps {keep} of it each time.":
            lambda m, s, percent: _batches(1 - m, s, percent),
        "You took one over the momentum. After so many {early} % of the distance is still there: each batch goes a share of what is left, "
        "not of the whole.": lambda m, s, percent: math.ceil(1 / m),
        "One batch too few: after it {before} % of the distance is left.": lambda m, s, percent: _batches(m, s, percent) - 1,
        "One batch too many: the start is no batch.": lambda m, s, percent: _batches(m, s, percent) + 1,
    },
    hints=("By which factor does each batch shrink the distance to {s}?",
           "After n batches {keep}ⁿ of it is left. Take logarithms, or multiply on a calculator until less than {percent} % is left."),
    solution="Each batch leaves {keep} of the distance. After {less} batches {before} % of it is left, after {answer} {left} %.",
    misconception="After 1/momentum batches the running statistics have arrived.",
)

# who wins, and why

BATCH, DIGITS = 64, 24576                                         # of the comparison that the items on it ask about


@cache
def _table():
    from ...experiments import load
    return load("who_wins")


@cache
def _medians(rate):
    """Of the eight errors of each method at one rate."""
    return {method: np.median(found["test"]) for method, found in _table().at(batch=BATCH, budget=DIGITS, rate=rate).items()}


def _some_rate(says):
    """Is there a rate in the table of which a figure could say this?"""
    return lambda: any(says(_medians(rate)) for rate in _table()["rate"])


RATE = Choose(
    name="a-rate-can-say", chapter=3, concept="mates", level="medium", section="who-wins",
    ask=f"Batches of {BATCH}, {DIGITS:,} digits, the network of this chapter. Somebody may choose one learning rate for all and draw the "
        "figure at that rate. Which headlines can be had from the lab under “Who wins?” (look there)?",
    options=[
        Option("“BatchNorm and LayerNorm are equally good”", "At 0.3 their medians lie within a quarter of a point, both low.",
               _some_rate(lambda e: abs(e["BN"] - e["LN"]) < 0.25 and max(e["BN"], e["LN"]) < 5)),
        Option("“LayerNorm guesses where BatchNorm learns”", "At 3 it hardly learns in most seeds, and BatchNorm does well.",
               _some_rate(lambda e: e["BN"] < 5 and e["LN"] > 80)),
        Option("“Both get most digits wrong”", "At 0.003 both get most digits wrong after so few steps.",
               _some_rate(lambda e: min(e["BN"], e["LN"]) > 50)),
        Option("“LayerNorm is ahead by a point”", "With small batches some rates would say so, with 64 none does.",
               _some_rate(lambda e: e["LN"] + 1 <= e["BN"])),
        Option("“Without any norm it goes best”", "With 64 examples no rate would say so. With batches of 8 one would: 0.3.",
               _some_rate(lambda e: e["none"] < min(e["BN"], e["LN"]))),
    ],
    hints=("Set the lab of the section “Who wins?” to batches of 64 and draw it by learning rate.",
           "Look at the smallest rate, at the largest, and where the curves meet."),
    solution="A figure at one rate is a statement about this rate. Each at its own best rate, BatchNorm leads by about a point in the "
             "lab's eight seeds, and by less in eight others.",
    misconception="The same rate for all makes a comparison fair.",
)


def _steps(batch):
    """How many steps the digits last."""
    return len(range(0, DIGITS, batch))


def _parameters(batch):
    """How many numbers one BatchNorm of 32 features holds that has seen a batch of this size."""
    _, mean, var = F.batch_norm(drawn(batch, 32), np.ones(32), np.zeros(32), np.zeros(32), np.ones(32), training=True)
    return 2 * 32 + mean.size + var.size


def _wobble(batch):
    """How far the mean of a batch of gradients lies from the mean of all, typically."""
    return drawn(500, batch).mean(axis=1).std()                   # ()


def _best_rates_differ():
    from ...experiments import best_rates
    low, high = (best_rates(_table(), batch=batch, budget=DIGITS) for batch in (2, 64))
    return any(low[method] != high[method] for method in ("BN", "LN"))


AXIS = Choose(
    name="along-the-axis", chapter=3, concept="mates", level="hard", section="who-wins",
    ask="A figure: error over the size of the batch, from 2 to 64, BatchNorm beside LayerNorm. All runs have one learning rate and see the "
        "same number of digits. “Only the batch differs.” What else differs between the left end and the right end, besides how many "
        "numbers BatchNorm's mean runs over?",
    options=[
        Option("the number of steps", "The same digits in batches of 2 are 32 times as many steps as in batches of 64.",
               lambda: _steps(2) != _steps(64)),
        Option("how noisy the gradient of one step is", "It is a mean over the batch, with or without a norm, and small means are noisy.",
               lambda: _wobble(2) > 2 * _wobble(64)),
        Option("how far the rate is from the best one for this size of batch",
               "In the chapter's table the best rates at 2 and at 64 are far apart.",
               _best_rates_differ),
        Option("how often each digit is seen", "Same digits, same number of them: each is as often seen.",
               lambda: 2 * _steps(2) != 64 * _steps(64)),
        Option("how many numbers BatchNorm learns and keeps",
               "γ, β and the running statistics: one of each for a feature, whatever the batch.",
               lambda: _parameters(2) != _parameters(64)),
    ],
    hints=("Write down for both ends: digits, steps, rate, and what one step is a mean of.",
           "Steps = digits/batch. And would you choose the same rate for a step that is a mean over 2 and one over 64?"),
    solution="Three things move along the axis together with the one that is meant. LayerNorm goes through all three as well; still, a "
             "rate that suits one of the two at one end says nothing about the other. Tune the rate for each method at each size.",
    misconception="The same rate for all makes a comparison fair.",
)

REFEREE = Explain(
    name="referee", chapter=3, concept="mates", level="medium", section="who-wins",
    ask="A paper trains one network on one task, batches of 64, at the large rate that its BatchNorm likes best. With BatchNorm it makes "
        "few errors; with LayerNorm in its place, all else equal, it guesses. “LayerNorm cannot learn this task.” You are the referee. "
        "What do you ask for?",
    points=("Both at a rate of their own: the rate was chosen for one of the two.",
            "The rate chosen on data that are neither learned nor reported.",
            "Other sizes of batch, small ones among them, and more than one budget.",
            "Several seeds, with their spread, and a run with no norm at all."),
    hints=("For which of the two was the rate chosen?", "What did the chapter's table vary, and how many times did it run each?"),
    solution="The rate was tuned for BatchNorm and handed to LayerNorm: ask for each at its own best rate, chosen on held-back data. Ask "
             "for more than one size of batch and one budget, since who is ahead, and by how much, changes with both, and "
             "for several seeds and a run with no norm at all. What the runs show is that BatchNorm bears a larger rate here.",
    misconception="The same rate for all makes a comparison fair.",
)


def _measured():
    """The four networks at a rate of 0.3: median errors, and how far their inputs move, each by method."""
    from ...experiments import load
    found = load("noisy_batch_norm").at(rate=0.3)
    return [{method: np.median(one[of]) for method, one in found.items()} for of in ("test", "shift")]


def _standing():
    """From the one whose inputs move least to the one whose move most, by rank of error, 0 the best."""
    error, moved = _measured()
    by_error = sorted(error, key=error.get)
    return [by_error.index(method) for method in sorted(moved, key=moved.get)]


def _moved_alike():
    """Do the two whose inputs are moved most move about as far, and does one make half as many errors again as the other?"""
    error, moved = _measured()
    return 0.8 < moved["none"] / moved["noisy BN"] < 1.25 and error["none"] / error["noisy BN"] > 1.5


STILL = Predict(
    name="stiller-the-better", chapter=3, concept="mates", level="medium", section="what-is-known",
    ask="At a rate of 0.3 four networks were measured: BatchNorm, BatchNorm with random shifts behind it, LayerNorm, no norm. Line them up "
        "by how far the inputs of their layers move in five steps. Do the errors line up the same way? (BatchNorm's constants were "
        "measured after training, without the shifts.)",
    options=[
        Option("yes: the stiller its inputs, the fewer errors",
               "The random shifts spoil this order: inputs that move far, and few errors.",
               lambda: _standing() == [0, 1, 2, 3]),
        Option("no: of two whose inputs move about as far, one makes over half as many errors again as the other",
               "BatchNorm with random shifts, and no norm: both move by about a quarter of σ.", _moved_alike),
        Option("no: the one whose inputs move least makes the most errors",
               "BatchNorm holds its inputs stillest, and is one of the best two.",
               lambda: _standing()[0] == 3),
    ],
    hints=("Which of the four moves the inputs of its layers most, on purpose?",
           "Read the row of 0.3 in the section's table: four errors, four movements."),
    solution="Still inputs and few errors need not go together: evidence against Ioffe and Szegedy's reason, at this rate and on this "
             "task. Constants that were taken under the shifts would have made the errors larger.",
    misconception="BatchNorm works because it holds the inputs of each layer still.",
)


def _fold(rng):
    std, mean = one_of(rng, 2.0, 3.0, 4.0, 5.0), float(rng.integers(-4, 9))
    return {"w": float(rng.integers(2, 6)), "b": mean + std * one_of(rng, -3, -2, -1, 1, 2, 3), "mean": mean, "var": std**2,
            "gamma": std * one_of(rng, 2, 3), "beta": float(one_of(rng, -4, -3, -2, -1, 1, 2, 3, 4))}


FOLDED = Compute(
    name="swallowed-bias", chapter=3, concept="modes", level="medium", section="choosing",
    ask="z = w h + b, with w = {w} and b = {b}, goes into a BatchNorm in use: running mean {mean}, running variance {var}, γ = {gamma}, "
        "β = {beta}, ε = 0. One Linear can do both. Its weight is {weight}. What is its bias?",
    draw=_fold,
    first={"w": 3.0, "b": 1.0, "mean": 4.0, "var": 4.0, "gamma": 6.0, "beta": 5.0},
    answer=lambda w, b, mean, var, gamma, beta: one_feature([w * 0 + b], mean, var, [gamma], [beta]),
    work=lambda w, b, mean, var, gamma, beta: {"weight": gamma * w / var**0.5, "std": var**0.5, "factor": gamma / var**0.5,
                                               "apart": b - mean, "xhat": (b - mean) / var**0.5},
    wrong={
        "You subtracted the running mean and did not scale. What is left of the old bias is multiplied by γ/σ = {factor}, like the weight.":
            lambda w, b, mean, var, gamma, beta: b - mean + beta,
        "The running mean is missing: it is subtracted from the old bias.":
            lambda w, b, mean, var, gamma, beta: None if mean == 0 else gamma * b / var**0.5 + beta,
        "β is missing. It comes last and is not scaled.": lambda w, b, mean, var, gamma, beta: gamma * (b - mean) / var**0.5,
        "You scaled β along with the rest. It is added after γ.": lambda w, b, mean, var, gamma, beta: gamma * (b - mean + beta) / var**0.5,
        "You divided by the running variance. The weight shows that σ = {std}.":
            lambda w, b, mean, var, gamma, beta: gamma * (b - mean) / var + beta,
        "That is x̂ at h = 0. γ and β are still to come.": lambda w, b, mean, var, gamma, beta: (b - mean) / var**0.5,
        "That is how far b lies from the running mean. Divide by σ, then γ and β.": lambda w, b, mean, var, gamma, beta: b - mean,
    },
    hints=("The bias is what comes out at h = 0.",
           "At h = 0 z is {b}, which lies {apart} from the running mean. Divide by σ, then γ and β."),
    solution="Put h = 0. Then z is {b} and x̂ = {apart}/{std} = {xhat}; γ x̂ + β = {answer}. LayerNorm cannot be folded so: its μ and σ "
             "are not known before the vector is there.",
    misconception="A normalization always costs a pass of its own.",
)

# what is not seen, two machines

_H, _W, _BIAS = drawn(12, 4), drawn(5, 4, seed=1), drawn(5, seed=2)         # (B, d), (m, d), (m,)


def _unseen(h=_H, w=_W, bias=_BIAS, norm=in_training):
    """Does the norm behind a Linear give what it gave before the change?"""
    return same(norm(h @ w.T + bias), norm(_H @ _W.T + _BIAS))


def _one(times, size):
    return np.array([times] + [1.0] * (size - 1))[:, None]        # (size, 1)


UNSEEN = Choose(
    name="not-noticed", chapter=3, concept="other", level="hard", section="not-seen",
    ask="A Linear with a bias, then BatchNorm at ε = 0. Which of these changes does BatchNorm's output not notice?",
    options=[
        Option("in training: the bias of one feature + 7", "A column moves, its mean moves along. A bias right before BatchNorm is wasted.",
               lambda: _unseen(bias=_BIAS + 7 * np.eye(5)[0])),
        Option("in training: one row of W times 3", "A row of W makes one column. Its deviations and its σ grow alike.",
               lambda: _unseen(w=_one(3, 5) * _W)),
        Option("in training: one row of W times −3", "The size is not seen, the sign is.", lambda: _unseen(w=_one(-3, 5) * _W)),
        Option("in training: all inputs of all examples times 3",
               "Every column's deviations become three times as large, and so does its σ.",
               lambda: _unseen(h=3 * _H)),
        Option("in training: the inputs of one example times 3",
               "Its column neighbours stay. The mean and the σ are not this example's own.",
               lambda: _unseen(h=_one(3, 12) * _H)),
        Option("in use: the bias of one feature + 7", "The running mean is a constant and does not move along.",
               lambda: _unseen(bias=_BIAS + 7 * np.eye(5)[0], norm=lambda z: in_use(z, np.zeros(5), np.ones(5)))),
    ],
    hints=("Each column is the outputs of one feature. What does the change do to a column as a whole?",
           "Unseen is a shift of a whole column, and a positive factor on a whole column, while the column's own mean and σ are taken."),
    solution="In training BatchNorm forgets the level and the size of each column, and nothing else. In use it forgets neither.",
    misconception="What LayerNorm does not notice, BatchNorm does not notice either.",
)


def _halves(rng):
    m1 = float(rng.integers(-3, 10))
    return {"n": int(one_of(rng, 4, 8, 16, 32)), "m1": m1, "m2": m1 + one_of(rng, -8, -6, -4, 4, 6, 8),
            "v1": one_of(rng, 1.0, 4.0, 9.0, 16.0), "v2": one_of(rng, 1.0, 4.0, 9.0, 16.0)}


def _merged(n, m1, m2, v1, v2):
    count, mean, m2_ = F.merge_moments((n, m1, n * v1), (n, m2, n * v2))
    return [mean, m2_ / count]


HALVES = Compute(
    name="halves-together", chapter=3, concept="mates", level="hard", section="two-machines",
    ask="A batch lies on two machines, {n} rows on each. For one feature machine 1 finds mean {m1} and variance {v1}, machine 2 mean {m2} "
        "and variance {v2}, divided by {n} each time. What are the mean and the variance of the whole batch?",
    draw=_halves,
    first={"n": 8, "m1": 2.0, "m2": 8.0, "v1": 1.0, "v2": 9.0},
    answer=_merged,
    work=lambda n, m1, m2, v1, v2: {"mu": (m1 + m2) / 2, "within": (v1 + v2) / 2, "away": abs(m1 - m2) / 2, "between": ((m1 - m2) / 2)**2},
    wrong={
        "You averaged the variances. Each is measured around its own machine's mean, and the two means lie apart as well.":
            lambda n, m1, m2, v1, v2: [(m1 + m2) / 2, (v1 + v2) / 2],
        "You added the variances. A variance is a mean of squares: two halves are averaged.":
            lambda n, m1, m2, v1, v2: [(m1 + m2) / 2, v1 + v2],
        "You added the square of the distance between the means. Each lies half of that from the common mean.":
            lambda n, m1, m2, v1, v2: [(m1 + m2) / 2, (v1 + v2) / 2 + (m1 - m2)**2],
        "You averaged σ and squared. Squares add up, their roots do not.":
            lambda n, m1, m2, v1, v2: None if v1 == v2 else [(m1 + m2) / 2, ((v1**0.5 + v2**0.5) / 2)**2],
        "You took the variance of the two means alone. What varies within each machine is missing.":
            lambda n, m1, m2, v1, v2: [(m1 + m2) / 2, ((m1 - m2) / 2)**2],
    },
    hints=("The variance is the mean squared distance from the common mean. How far is each machine's mean from it?",
           "The common mean is {mu}; both lie {away} from it. Around {mu}, the mean square on each machine is its own variance + "
           "{between}."),
    solution="μ = {mu}. On each machine the mean square around μ is its own variance plus {between}. The average: {within} + {between}. So "
             "{answer}. That is why both must send their mean and their variance, and not the variance alone.",
    misconception="The variance of a batch is the average of the variances of its parts.",
)


def _must_ask(norm, axis):
    """Do two machines that share the rows (axis 0) or features (axis 1) get something else than one that has all?"""
    def found():
        x = drawn(8, 6)                                           # (B, d)
        return not same(np.concatenate([norm(part) for part in np.split(x, 2, axis)], axis), norm(x))
    return found


def _used(z):
    return in_use(z, np.zeros(z.shape[1]), np.full(z.shape[1], 2.0))


ASKS = Choose(
    name="who-must-ask", chapter=3, concept="mates", level="medium", section="two-machines",
    ask="Two machines, each with half of a batch's numbers. In which cases must they send each other something, to compute what one "
        "machine would?",
    options=[
        Option("BatchNorm in training, half of the rows on each", "A column's mean runs over rows on both.", _must_ask(in_training, 0)),
        Option("BatchNorm in use, half of the rows on each", "The running statistics are constants that both have.", _must_ask(_used, 0)),
        Option("BatchNorm in training, half of the features on each",
               "A column lies on one machine, from top to bottom.", _must_ask(in_training, 1)),
        Option("LayerNorm, half of the rows on each", "A row lies on one machine.", _must_ask(F.layer_norm, 0)),
        Option("LayerNorm, half of the features on each",
               "A row's mean runs over both: two sums for each row.", _must_ask(F.layer_norm, 1)),
        Option("RMSNorm, half of the features on each",
               "It has no mean to ask for, but its mean square runs over both: one sum for each row.",
               _must_ask(F.rms_norm, 1)),
    ],
    hints=("Draw the batch as a table and cut it, once between rows, once between columns.",
           "Which cut goes through the numbers that share a mean?"),
    solution="They must talk where the cut goes through a mean. LayerNorm needs no talk between rows, and needs it between features.",
    misconception="LayerNorm never has to talk between machines.",
)


# code

def _mode_case(x, training, gamma, beta, mean, var, eps):
    given = [np.asarray(one, dtype=float) for one in (x, gamma, beta, mean, var)]

    def broken(answer):
        x, gamma, beta, mean, var = given
        wanted = F.batch_norm(*given, training=training, eps=eps)[0]                            # (B, d)
        mode = "in training" if training else f"in use, running mean {say(mean)}, running variance {say(var)}"
        return unlike_answer(answer(*(one.copy() for one in given), training=training, eps=eps), wanted,
                             f"x = {say(x)}, γ = {say(gamma)}, β = {say(beta)}, {mode}, ε = {eps:g}")
    return broken


def _untouched(answer):
    names = "x", "γ", "β", "the running mean", "the running variance"
    for training, mode in ((True, "training"), (False, "use")):
        given = [np.array(one, dtype=float) for one in ([[0, 5], [3, 1]], [2, 3], [1, -1], [4, 5], [6, 7])]
        before = [one.copy() for one in given]
        answer(*given, training=training, eps=0.0)
        for name, was, now in zip(names, before, given):
            if not np.array_equal(was, now):
                return f"In {mode} {name} was {say(was)} before the call, and is {say(now)} after it."
    return ""


def _no_variance(answer):
    try:
        with np.errstate(all="ignore"):
            found = answer(np.array([[2.0, 0, 4]]), np.ones(3), np.zeros(3), np.zeros(3), np.ones(3), training=True, eps=1e-5)
    except ValueError:
        return ""
    return f"x = (2, 0, 4), one row, in training: expected a ValueError, got {say(np.asarray(found, dtype=float))}"


MODES = Code(
    name="two-modes", chapter=3, concept="modes", level="easy", function="batch_norm",
    ask="Write `batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5)` in NumPy for x of shape (B, d). In training "
        "it asks the batch, in use the running statistics. It returns the output only and changes nothing; one row in training raises a "
        "`ValueError`.",
    promises=[
        Promise("in training two rows come out as −1 and 1", _mode_case([[0], [300]], True, [1], [0], [0], [1], 1e-5)),
        Promise("in training the variance is divided by B", _mode_case([[1], [3], [5], [7]], True, [1], [0], [0], [1], 0.0)),
        Promise("in use the running statistics stand in the batch's place", _mode_case([[5], [11]], False, [1], [0], [2], [9], 0.0)),
        Promise("in use a row may come alone", _mode_case([[5, 8]], False, [1, 1], [0, 0], [2, 4], [9, 16], 0.0)),
        Promise("in training each feature has its own mean and variance",
                _mode_case([[0, 5], [3, 1], [6, 0]], True, [1, 1], [0, 0], [0, 0], [1, 1], 0.0)),
        Promise("γ and β belong to both modes",
                lambda answer: _mode_case([[0, 5], [3, 1]], True, [2, 3], [1, -1], [0, 0], [1, 1], 0.0)(answer)
                or _mode_case([[0, 5], [3, 1]], False, [2, 3], [1, -1], [0, 0], [1, 1], 0.0)(answer)),
        Promise("ε stands under the root in both modes", lambda answer: _mode_case([[0], [0.002]], True, [1], [0], [0], [1], 1e-5)(answer)
                or _mode_case([[0], [0.002]], False, [1], [0], [0], [1e-6], 1e-5)(answer)),
        Promise("one row in training raises a ValueError", _no_variance),
        Promise("what it is given stays as it was, in both modes", _untouched),
    ],
    code="""
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one row has no variance")
    mean = x.mean(axis=0) if training else running_mean  # (d,)
    var = x.var(axis=0) if training else running_var     # (d,)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
    wrong={
        "in training two rows come out as −1 and 1": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
        "in training the variance is divided by B": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one row has no variance")
    mean = x.mean(axis=0) if training else running_mean
    var = x.var(axis=0, ddof=1 if len(x) > 2 else 0) if training else running_var
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
        "in use the running statistics stand in the batch's place": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta
""",
        "in use a row may come alone": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if len(x) < 2:
        raise ValueError("expected 2 rows or more, got 1")
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
        "in training each feature has its own mean and variance": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one row has no variance")
    mean, var = (x.mean(), x.var()) if training else (running_mean, running_var)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
        "γ and β belong to both modes": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training:
        if len(x) < 2:
            raise ValueError("one row has no variance")
        return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta
    return (x - running_mean) / np.sqrt(running_var + eps)
""",
        "ε stands under the root in both modes": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("expected 2 rows or more, got 1")
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
    return gamma * (x - mean) / (np.sqrt(var) + eps) + beta
""",
        "one row in training raises a ValueError": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
        "what it is given stays as it was, in both modes": """
def batch_norm(x, gamma, beta, running_mean, running_var, *, training, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one row has no variance")
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
    if training:
        running_mean *= 0.9
        running_mean += 0.1 * mean
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
""",
    },
    hints=("Only μ and σ² differ between the modes. Choose them first, then write the formula once.",
           "`x.mean(axis=0)` and `x.var(axis=0)` in training, the two arguments in use."),
    solution="The mode chooses μ and σ²; the formula, γ and β are the same in both. A row that comes alone is refused in training and "
             "welcome in use.",
    misconception="The batch's statistics are used whenever there is a batch.",
)


def _pairs(answer, mean, var, x, momentum):
    """The two statistics that a learner's function returns, as one array of two rows."""
    found = answer(np.array(mean, dtype=float), np.array(var, dtype=float), x.copy(), momentum=momentum)
    return np.asarray([np.asarray(one, dtype=float) for one in found])                          # (2, C)


def _update_case(x, mean, var, momentum=0.1, only=slice(None)):
    x = np.asarray(x, dtype=float)                                # (N, C, ...)

    def broken(answer):
        shown = f"x = {say(x)}" if x.size <= 12 else f"an x of shape {x.shape}"
        names = np.array(["running mean", "running variance"])[only]
        wanted = np.array(F.batch_norm(x, None, None, mean, var, training=True, momentum=momentum)[1:])         # (2, C)
        found = _pairs(answer, mean, var, x, momentum)
        return unlike_answer(found[only], wanted[only],
                             f"from {say(mean)} and {say(var)}, momentum {momentum:g}, {shown}; {' and '.join(names)}")
    return broken


def _keeps_the_old(answer):
    mean, var = np.zeros(1), np.ones(1)                           # (C,)
    answer(mean, var, np.array([[1.0], [3], [5], [7]]), momentum=0.1)
    kept = same(mean, [0.0]) and same(var, [1.0])
    return "" if kept else f"The statistics were 0 and 1 before the call, and are {say(mean[0])} and {say(var[0])} after it."


def _as_torch(answer):
    import torch
    layer = torch.nn.BatchNorm2d(3, momentum=0.3, dtype=torch.float64)
    mean, var = np.zeros(3), np.ones(3)                           # (C,)
    for seed in range(20):
        x = 100 + 3 * drawn(2, 3, 4, 5, seed=seed)                # (N, C, H, W)
        mean, var = _pairs(answer, mean, var, x, 0.3)
        layer(torch.from_numpy(x))
        wanted = torch.stack([layer.running_mean, layer.running_var]).numpy()                   # (2, C)
        if not same([mean, var], wanted, 1e-12):
            return (f"after batch {seed + 1} the running variance of channel 1 is {var[0]:.15g}, torch's is {wanted[1, 0]:.15g}; "
                    f"the running mean {mean[0]:.15g}, torch's {wanted[0, 0]:.15g}")
    return ""


RUNNING = Code(
    name="running-statistics", chapter=3, concept="modes", level="medium", function="update",
    ask="Write `update(running_mean, running_var, x, *, momentum=0.1)` in NumPy, exact to torch. x has the shape (N, C) or (N, C, H, W); "
        "it returns the new running mean and the new running variance, each of shape (C,), and leaves the old ones as they were.",
    promises=[
        Promise("momentum is the weight of the new mean, and what is left of 1 that of the old",
                _update_case([[1], [3], [5], [7]], [2], [1], 0.25, only=slice(0, 1))),
        Promise("each channel has its own mean", _update_case([[1, 0], [3, 6], [8, 0]], [2, -1], [4, 9], 0.25, only=slice(0, 1))),
        Promise("the variance that is kept is divided by one less than the count, with the same weights",
                _update_case([[1, 0], [3, 6], [8, 0]], [2, -1], [4, 9], 0.25)),
        Promise("of images all places count", _update_case(np.arange(12.0).reshape(1, 2, 2, 3)**1.5, [0, 0], [1, 1])),
        Promise("images and places are counted together", _update_case(drawn(2, 3, 4, 5), [0, 1, 2], [1, 2, 3])),
        Promise("the old statistics are not changed in place", _keeps_the_old),
        Promise("twenty batches agree with torch to twelve digits", _as_torch),
    ],
    code="""
def update(running_mean, running_var, x, *, momentum=0.1):
    axes = (0, *range(2, x.ndim))                        # all but the channels
    mean, var = x.mean(axis=axes), x.var(axis=axes, ddof=1)     # (C,), (C,)
    return ((1 - momentum) * running_mean + momentum * mean,
            (1 - momentum) * running_var + momentum * var)
""",
    wrong={
        "momentum is the weight of the new mean, and what is left of 1 that of the old": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes = (0, *range(2, x.ndim))
    mean, var = x.mean(axis=axes), x.var(axis=axes, ddof=1)
    return momentum * running_mean + (1 - momentum) * mean, momentum * running_var + (1 - momentum) * var
""",
        "the variance that is kept is divided by one less than the count, with the same weights": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes = (0, *range(2, x.ndim))
    mean, var = x.mean(axis=axes), x.var(axis=axes)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
""",
        "each channel has its own mean": """
def update(running_mean, running_var, x, *, momentum=0.1):
    return (1 - momentum) * running_mean + momentum * x.mean(), (1 - momentum) * running_var + momentum * x.var(ddof=1)
""",
        "of images all places count": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes, n = (0, *range(2, x.ndim)), len(x)
    mean, var = x.mean(axis=axes), x.var(axis=axes) * n / max(n - 1, 1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
""",
        "images and places are counted together": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes = tuple(range(2, x.ndim))
    mean = x.mean(axis=(0, *axes))
    var = x.var(axis=axes, ddof=1).mean(axis=0) if axes else x.var(axis=0, ddof=1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
""",
        "the old statistics are not changed in place": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes = (0, *range(2, x.ndim))
    running_mean += momentum * (x.mean(axis=axes) - running_mean)
    running_var += momentum * (x.var(axis=axes, ddof=1) - running_var)
    return running_mean, running_var
""",
        "twenty batches agree with torch to twelve digits": """
def update(running_mean, running_var, x, *, momentum=0.1):
    axes, n = (0, *range(2, x.ndim)), x.size / x.shape[1]
    mean, square = x.mean(axis=axes), (x.astype(np.float32)**2).mean(axis=axes)
    var = (square - mean**2) * n / (n - 1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
""",
    },
    hints=("Two lines of the update, r ← (1 − m) r + m s. Which variance is s?",
           "`axis=(0, *range(2, x.ndim))` leaves the channels. `ddof=1` divides by one less than the number of numbers, places included."),
    solution="Over all axes but the channels; the variance with `ddof=1`, whose count is N·H·W; new arrays instead of `+=`.",
    misconception="The running variance collects the variances by which the batches were divided.",
)


def _so_far(x):
    """Each row normalized by the rows up to itself: it listens to the past only."""
    return np.stack([(x[k] - x[:k + 1].mean(axis=0)) / np.sqrt(x[:k + 1].var(axis=0) + 1e-5) + x[k] for k in range(len(x))])    # (B, d)


def _on_two_machines(x):
    return np.concatenate([in_training(half, eps=1e-5) for half in np.split(x, 2)])             # (B, d)


def _last_alone(x):
    return np.hstack([x[:, :-1], in_training(x, eps=1e-5)[:, -1:]])         # (B, d)


def _listens_case(name, norm, rows, wanted, seeds=1):
    wanted = np.asarray(wanted, dtype=bool)                       # (B, B)

    def broken(answer):
        for seed in range(seeds):
            x = drawn(rows, 3, seed=seed).round(1)                # (B, 3)
            found = np.asarray(answer(norm, x.copy()))            # (B, B)
            if found.shape != wanted.shape:
                return f"{name}, {rows} rows: expected the shape {wanted.shape}, got {found.shape}"
            apart = np.argwhere(found.astype(bool) != wanted)
            if len(apart):
                i, j = apart[0].tolist()
                return (f"{name}, x = {say(x)}: can row {i + 1} of the output change with row {j + 1} of x? "
                        f"Expected {wanted[i, j]}, got {bool(found[i, j])}")
        return ""
    return broken


def _leaves_the_batch(answer):
    x = drawn(3, 3)                                               # (B, d)
    answer(F.layer_norm, x)
    return "" if same(x, drawn(3, 3)) else "LayerNorm, 3 rows: x is not what it was before the call."


LISTENS = Code(
    name="who-listens", chapter=3, concept="mates", level="hard", function="listens",
    ask="A test for any normalization. Write `listens(norm, x)`: `norm` takes a batch x of shape (B, d), d ≥ 2, and returns one of the "
        "same shape. The answer has the shape (B, B) and holds True at [i, j] if row i of the output can change when row j of x does. "
        "x is left as it was.",
    promises=[
        Promise("of LayerNorm each row listens to itself alone", _listens_case("LayerNorm", F.layer_norm, 4, np.eye(4))),
        Promise("of BatchNorm in training every row listens to every row",
                _listens_case("BatchNorm in training", lambda x: in_training(x, eps=1e-5), 4, np.ones((4, 4)))),
        Promise("of BatchNorm in use each row listens to itself alone",
                _listens_case("BatchNorm in use", lambda x: in_use(x, np.zeros(3), np.ones(3), eps=1e-5), 4, np.eye(4))),
        Promise("two machines that do not talk make two blocks",
                _listens_case("BatchNorm on two machines", _on_two_machines, 6, np.kron(np.eye(2), np.ones((3, 3))))),
        Promise("[i, j] is who listens, then to whom", _listens_case("statistics over the rows so far", _so_far, 4, np.tri(4))),
        Promise("a batch of two is no exception",
                _listens_case("BatchNorm in training", lambda x: in_training(x, eps=1e-5), 2, np.ones((2, 2)), seeds=8)),
        Promise("one feature is enough to hear with",
                _listens_case("BatchNorm of the last feature alone", _last_alone, 4, np.ones((4, 4)))),
        Promise("x is not changed in place", _leaves_the_batch),
    ],
    code="""
def listens(norm, x):
    y, heard = norm(x), np.zeros((len(x), len(x)), dtype=bool)   # (B, d), (B, B)
    push = 1000 * np.random.default_rng(0).normal(size=x.shape[1])
    for j in range(len(x)):
        for sign in (-1, 1):                             # over two rows only the order is heard
            moved = x.copy()                             # (B, d)
            moved[j] += sign * push
            heard[:, j] |= (abs(norm(moved) - y) > 1e-3).any(axis=1)
    return heard
""",
    wrong={
        "one feature is enough to hear with": """
def listens(norm, x):
    push = 1000 * np.random.default_rng(0).normal(size=x.shape[1])
    only = np.eye(len(x))[:, :, None] * push
    moves = [[norm(x + sign * one)[:, 0] - norm(x)[:, 0] for sign in (-1, 1)] for one in only]
    return (abs(np.array(moves)) > 1e-3).any(axis=1).T
""",
        "of LayerNorm each row listens to itself alone": """
def listens(norm, x):
    y, heard = norm(x), np.zeros((len(x), len(x)), dtype=bool)
    for j in range(len(x)):
        moved = x.copy()
        moved[j] += 1000
        heard[:, j] = (abs(norm(moved) - y) > 1e-3).any(axis=1)
    return heard
""",
        "of BatchNorm in training every row listens to every row": """
def listens(norm, x):
    y, heard = norm(x), np.zeros((len(x), len(x)), dtype=bool)
    for j in range(len(x)):
        moved = x.copy()
        moved[j] = moved[j][::-1] ** 3 + 1
        heard[j, j] = abs(norm(moved) - y).max() > 1e-3
    return heard
""",
        "[i, j] is who listens, then to whom": """
def listens(norm, x):
    y, heard = norm(x), np.zeros((len(x), len(x)), dtype=bool)
    push = 1000 * np.random.default_rng(0).normal(size=x.shape[1])
    for j in range(len(x)):
        for sign in (-1, 1):
            moved = x.copy()
            moved[j] += sign * push
            heard[j] |= (abs(norm(moved) - y) > 1e-3).any(axis=1)
    return heard
""",
        "a batch of two is no exception": """
def listens(norm, x):
    y, heard = norm(x), np.zeros((len(x), len(x)), dtype=bool)
    for j in range(len(x)):
        moved = x.copy()
        moved[j] += 1000 * np.random.default_rng(0).normal(size=x.shape[1])
        heard[:, j] = (abs(norm(moved) - y) > 1e-3).any(axis=1)
    return heard
""",
        "x is not changed in place": """
def listens(norm, x):
    heard = np.zeros((len(x), len(x)), dtype=bool)
    push = 1000 * np.random.default_rng(0).normal(size=x.shape[1])
    for j in range(len(x)):
        y = norm(x)
        for step in (push, -2 * push):
            x[j] += step
            heard[:, j] |= (abs(norm(x) - y) > 1e-3).any(axis=1)
    return heard
""",
    },
    hints=("Change one row, run again, and see which rows of the output differ. Which change could a norm fail to notice?",
           "LayerNorm does not see the same number added to a whole row. BatchNorm over two rows sees a move, but for ε, "
           "only if it crosses over: push far, into both directions."),
    solution="Push row j far, by different amounts in each feature, once each way, and compare the outputs with a small tolerance. A "
             "constant push hides from LayerNorm, a small one from BatchNorm over two rows.",
    misconception="If a small change does nothing, nothing depends on it.",
)

ITEMS = [one for one in list(globals().values()) if isinstance(one, Item)]      # all of the above

ASKED = {"down-or-across": "twice-the-neighbour", "beside-you": "accumulating", "two-functions": "arrived", "who-wins": "a-rate-can-say",
         "what-is-known": "stiller-the-better", "choosing": "swallowed-bias"}

GATE = ("two-rows", "who-hears", "once-then-in-use", "more-less-equal", "along-the-axis", "image-means")
