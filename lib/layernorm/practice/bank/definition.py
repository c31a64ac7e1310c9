"""Chapter 1: what LayerNorm is, what it keeps, which axes, and when ε shows."""
from functools import cache

import numpy as np

from ... import functional as F
from ..common import FOUR, normal, same, unlike_answer, unlike_shape
from ..draws import entries, one_of, unlike
from ..forms import Bug, Choose, Code, Compute, Count, Explain, Option, Order, Predict, Promise, Step
from ..mistakes import by_the_rms, by_the_variance, only_centred, uncentred, with_d_minus_one
from ..words import say

COMPUTED = [
    Compute(
        name="by-hand", chapter=1, concept="one", level="easy",
        ask="x = {x} and ε = 0. What is x̂, before any γ and β?",
        draw=lambda rng: {"x": entries(rng, 4)},
        first={"x": np.array([1.0, 2, 3, 4])},
        answer=lambda x: F.layer_norm(x, eps=0.0),
        work=lambda x: {"mu": x.mean(), "deviations": x - x.mean(), "squares": (x - x.mean())**2, "var": x.var(), "std": x.std()},
        wrong={
            "You divided the squares by d − 1 = 3. That estimates the variance of a population from a sample; these four features are all "
            "there are.": with_d_minus_one,
            "You divided by σ² = {var}. Entries and deviations have one unit, the variance has its square: take the root first.":
                by_the_variance,
            "You subtracted the mean and stopped. The deviations still have their size: divide them by σ.": only_centred,
            "You divided x itself by σ. Subtract the mean {mu} first.": uncentred,
            "You divided by the root mean square of x and subtracted no mean: that is RMSNorm, of chapter 5.": by_the_rms,
        },
        hints=("Find the mean, then how far each entry lies from it.",
               "The deviations are {deviations}. Their mean square is σ²; divide each deviation by σ."),
        solution="μ = {mu}. The deviations are {deviations}, their squares {squares}, and σ² = {var}, so σ = {std}. Each deviation in "
                 "units of σ: x̂ = {answer}.",
        misconception="The variance is divided by d − 1, as in statistics class.",
    ),
    Compute(
        name="volts", chapter=1, concept="eps", level="hard",
        ask="A sensor gives x = {volts} in volts. A second program reads the same signal in millivolts, 1000 times the numbers. Both use "
            "ε = {eps}. What is the variance of x̂ in the first program, and what in the second?",
        draw=lambda rng: {"volts": entries(rng, 4, 0, 9) / 1000, "eps": one_of(rng, 1e-5, 1e-6, 3e-6)},
        first={"volts": FOUR / 1000, "eps": 1e-5},
        answer=lambda volts, eps: [normal(volts, eps).var(), normal(1000 * volts, eps).var()],
        work=lambda volts, eps: {"var": volts.var(), "other": (1000 * volts).var()},
        wrong={
            "You took it for 1 in volts, too, as if ε were not there. There σ² is {var}: compare that with ε.": lambda volts, eps: [1, 1],
            "The first number is the standard deviation of x̂. Square it.":
                lambda volts, eps: [normal(volts, eps).std(), normal(1000 * volts, eps).std()],
            "You took the unit for harmless: two equal variances. Without ε they would be. With it, {var} and {other} are not the same "
            "beside {eps}.": lambda volts, eps: [normal(volts, eps).var()] * 2,
        },
        hints=("The variance of x̂ is σ²/(σ² + ε). So find σ² in each unit.",
               "In volts σ² = {var}; in millivolts it is a million times that."),
        solution="In volts σ² = {var}, in millivolts {other}. The variance of x̂ is σ²/(σ² + ε): {answer}. The unit shows, because ε has "
                 "one.",
        misconception="ε only prevents a division by zero.",
    ),
    Compute(
        name="one-outlier", chapter=1, concept="keeps", level="medium", section="promised",
        ask="x = {x} with ε = 0. Then the last entry becomes {large}. What is x̂ now?",
        draw=lambda rng: {"x": np.array([*unlike(rng, 3, 0, 6), one_of(rng, 2, 4, 5)], dtype=float),
                          "large": float(one_of(rng, 100, 200, 300, 400))},
        first={"x": FOUR, "large": 400.0},
        answer=lambda x, large: normal([*x[:3], large]),
        work=lambda x, large: {"was": normal(x), "mu": np.mean([*x[:3], large]), "std": np.std([*x[:3], large])},
        wrong={
            "You kept the old μ and σ. Both are measured again on the new vector, and the large entry pulls at both.":
                lambda x, large: (np.array([*x[:3], large]) - x.mean()) / x.std(),
            "You left the other three as they were. They share their mean and their σ with the one that changed.":
                lambda x, large: [*normal(x)[:3], normal([*x[:3], large])[3]],
            "You divided by d − 1 = 3 for the variance.": lambda x, large: with_d_minus_one(np.array([*x[:3], large])),
            "You divided by the variance. Take its root first.": lambda x, large: by_the_variance(np.array([*x[:3], large])),
        },
        hints=("The mean and the deviation are taken over all four, the large one included.",
               "Now μ = {mu} and σ = {std}. How far apart are the first three in units of that σ?"),
        solution="μ = {mu} and σ = {std}, so x̂ = {answer}. Before it was {was}: one large entry has drawn the other three together.",
        misconception="Each entry is normalized by itself.",
    ),
    Compute(
        name="largest-entry", chapter=1, concept="keeps", level="medium", section="promised",
        ask="x has d = {d} entries and may be anything; ε = 0. How large can one entry of x̂ become?",
        draw=lambda rng: {"d": int(one_of(rng, 3, 5, 8, 10, 17, 26, 50, 65, 101, 512))},
        first={"d": 10},
        answer=lambda d: normal(np.eye(d)[0]).max(),
        work=lambda d: {"less": d - 1},
        wrong={
            "√d is the length of the whole x̂. One entry cannot have all of it: the others must sum to its negative.": lambda d: d**0.5,
            "That is d − 1, the square of it.": lambda d: d - 1,
            "LayerNorm does not squash entries into −1 to 1. Only their mean square is 1.": lambda d: 1,
            "You divided the squares by d − 1. With 1/d the variance is smaller and the entry larger.":
                lambda d: with_d_minus_one(np.eye(d)[0]).max(),
        },
        hints=("Which vector has one entry that stands out as far as it can, while the sum of all is 0?",
               "Take x = (1, 0, …, 0). Its mean is 1/{d}."),
        solution="It happens for one entry that stands out alone. The others are all −t/{less}; all squares sum to d, so t²(1 + 1/{less}) "
                 "= {d}, and t = √{less} = {answer}.",
        misconception="Normalized entries lie between −1 and 1.",
    ),
    Compute(
        name="recover", chapter=1, concept="keeps", level="easy", section="one-answer",
        ask="x̂ = {xhat} came out of a LayerNorm with ε = 0. Somebody noted μ = {mu} and σ = {std}. What was x?",
        draw=lambda rng: {"xhat": one_of(rng, np.array([1.0, 1, -1, -1]), np.array([-1.0, 1, -1, 1]), np.array([1.0, -1, -1, 1])),
                          "mu": float(one_of(rng, *range(-6, 0), *range(1, 8))), "std": float(one_of(rng, 2, 3, 4, 5))},
        first={"xhat": np.array([1.0, 1, -1, -1]), "mu": 5.0, "std": 3.0},
        answer=lambda xhat, mu, std: std * xhat + mu,
        wrong={
            "You added μ before you multiplied. LayerNorm divided last, so undo that first.": lambda xhat, mu, std: (xhat + mu) * std,
            "You multiplied by σ² instead of σ.": lambda xhat, mu, std: std**2 * xhat + mu,
            "You put back the size; the level {mu} is still missing.": lambda xhat, mu, std: std * xhat,
            "You divided by σ once more.": lambda xhat, mu, std: xhat / std + mu,
        },
        hints=("LayerNorm subtracts, then divides. Go backwards.", "Multiply by {std} first."),
        solution="Undo the division, then the subtraction: x = σ x̂ + μ = {answer}. μ and σ are the two numbers that a vector loses.",
    ),
    Compute(
        name="eps-half", chapter=1, concept="eps", level="medium",
        ask="ε = {eps}. At which σ of x is the variance of x̂ only {share}?",
        draw=lambda rng: {"eps": one_of(rng, 1e-5, 1e-6, 1e-8, 4e-6), "share": one_of(rng, 0.5, 0.2, 0.1, 0.9)},
        first={"eps": 1e-5, "share": 0.5},
        answer=lambda eps, share: (eps * share / (1 - share))**0.5,
        work=lambda eps, share: {"var": eps * share / (1 - share), "rest": 1 - share},
        wrong={
            "That is σ², where σ was asked: take the root.": lambda eps, share: eps * share / (1 - share),
            "You asked when x̂ has this standard deviation. The variance is its square.":
                lambda eps, share: (eps * share**2 / (1 - share**2))**0.5,
            "You added ε to σ, outside the root.": lambda eps, share: eps * share**0.5 / (1 - share**0.5),
            "You turned the share round: σ²/(σ² + ε) is {rest} at this σ.":
                lambda eps, share: None if share == 0.5 else (eps * (1 - share) / share)**0.5,
        },
        hints=("Write the variance of x̂ as a fraction of σ² and ε.", "Solve σ²/(σ² + ε) = {share} for σ², then take the root."),
        solution="σ²/(σ² + ε) = {share} gives σ² = {var}, and σ = {answer}. Smaller vectors than this come out smaller still.",
        misconception="x̂ always has variance 1.",
    ),
    Compute(
        name="padded", chapter=1, concept="axes", level="hard",
        ask="Only the first three of the five features are real, the rest is padding: x = {x}, with mask (1, 1, 1, 0, 0) and ε = 0. What "
            "is x̂ on the three real features, if the padding is to have no say?",
        draw=lambda rng: {"x": np.array([*entries(rng, 3, -3, 9), 0, 0])},
        first={"x": np.array([1.0, 5, 3, 0, 0])},
        answer=lambda x: normal(x[:3]),
        work=lambda x: {"mu": x[:3].mean(), "std": x[:3].std(), "all": x.mean()},
        wrong={
            "You let the zeros vote: mean and variance were taken over all five.": lambda x: normal(x)[:3],
            "The mean is that of the three, but σ was taken over all five.": lambda x: (x[:3] - x[:3].mean()) / x.std(),
            "You summed over the three and divided by five.":
                lambda x: (x[:3] - x[:3].sum() / 5) / np.sqrt(((x[:3] - x[:3].sum() / 5)**2).sum() / 5),
            "You divided the squares by 2, one less than the number of real features.": lambda x: with_d_minus_one(x[:3]),
        },
        hints=("A zero that stands for nothing is still a number: who takes part in the mean?", "μ = {mu}, from three entries and not "
                                                                                                "{all}."),
        solution="Over the three real features μ = {mu} and σ = {std}: x̂ = {answer}. The padded places stay out of both sums and of d.",
        misconception="Zeros do not matter to a mean.",
    ),
    Count(
        name="how-many-means", chapter=1, concept="axes", level="easy",
        ask="x has the shape (B, T, d) = ({B}, {T}, {d}) and goes through LayerNorm({d}). How many means are computed, and how many "
            "numbers does γ hold?",
        draw=lambda rng: dict(zip("BTd", unlike(rng, 3, 2, 12), strict=True)),
        first={"B": 2, "T": 3, "d": 4},
        answer=lambda B, T, d: [B * T, d],
        wrong={
            "You took one mean an example, over its tokens as well. `LayerNorm({d})` looks at the last axis only, so each token has its "
            "own.":
                lambda B, T, d: [B, d],
            "You turned it round. Means: one for each vector that is normalized. γ: one number for each feature in it.":
                lambda B, T, d: [d, B * T],
            "That is one mean for each feature: BatchNorm's count.": lambda B, T, d: [d, d],
            "γ is shared by all positions: it has one number a feature, not one a cell.": lambda B, T, d: [B * T, B * T * d],
            "γ is shared by all tokens: {d} numbers, not {d} for each token.": lambda B, T, d: [B * T, T * d],
        },
        hints=("Which cells share a mean? Those that differ in the last index only.", "One mean for each pair (b, t)."),
        solution="Each of the B·T tokens has a mean of its own, and γ one number a feature, shared by all: {answer}.",
        misconception="LayerNorm normalizes over the sequence, too.",
    ),
    Count(
        name="image-means", chapter=1, concept="axes", level="medium",
        ask="x has the shape (N, C, H, W) = ({N}, {C}, {H}, {W}). How many means does `LayerNorm([{C}, {H}, {W}])` compute? And how many "
            "does a ConvNeXt, which normalizes over the channels of each pixel?",
        draw=lambda rng: dict(zip("NCHW", unlike(rng, 4, 2, 9), strict=True)),
        first={"N": 2, "C": 3, "H": 4, "W": 5},
        answer=lambda N, C, H, W: [N, N * H * W],
        wrong={
            "The second number counts the channels: one mean a channel and image is InstanceNorm.": lambda N, C, H, W: [N, N * C],
            "You forgot the batch: each image has its own means.": lambda N, C, H, W: [1, H * W],
            "You turned them round.": lambda N, C, H, W: [N * H * W, N],
            "The first normalizes over all three axes at once: one mean an image.": lambda N, C, H, W: [N * C * H * W, N * H * W],
            "One mean for each channel is BatchNorm's count.": lambda N, C, H, W: [C, N * H * W],
        },
        hints=("The axes in brackets disappear into the mean. What is left counts.", "Left are (N) in the first case, (N, H, W) in the "
                                                                                     "second."),
        solution="The axes that a mean runs over are gone; the others say how many there are: {answer}.",
    ),
]

VECTORS = {"(1, −1, 0, 0)": [1, -1, 0, 0], "(1, 1, −1, −1)": [1, 1, -1, -1], "(2, 0, 0, −2)": [2, 0, 0, -2],
           "(√3, −1/√3, −1/√3, −1/√3)": [3**0.5, *[-(3**-0.5)] * 3], "(1, 1, 1, 1)": [1, 1, 1, 1]}


def _is_fixed(v):
    """A vector can be x̂ at ε = 0 if normalizing it again changes nothing."""
    return np.std(v) > 0 and same(normal(v), v)


def _kept(change):
    return lambda: same(normal(change(FOUR))[:4], normal(FOUR))


RNG_VECTORS = [np.random.default_rng(seed).exponential(size=9)**3 for seed in range(40)]

CHOSEN = [
    Choose(
        name="can-be-xhat", chapter=1, concept="keeps", level="medium", section="promised",
        ask="Which of these can leave a LayerNorm as x̂, at ε = 0?",
        options=[Option(text, why, lambda v=v: _is_fixed(v)) for (text, v), why in zip(VECTORS.items(), [
            "(1, −1, 0, 0) sums to 0, but its mean square is 1/2.",
            "(1, 1, −1, −1) has mean 0 and mean square 1: it is its own x̂.",
            "(2, 0, 0, −2) sums to 0, but its mean square is 2.",
            "One entry at √3 and three at −1/√3: the sum is 0, the mean square (3 + 1)/4 = 1. Nothing is larger at d = 4.",
            "(1, 1, 1, 1) has mean square 1, but its mean is 1 as well."], strict=True)],
        hints=("Two sums are promised at ε = 0.", "The entries sum to 0, and their squares sum to 4."),
        solution="x̂ must have mean 0 and mean square 1.",
    ),
    Choose(
        name="same-output", chapter=1, concept="keeps", level="medium", section="one-answer",
        ask="x = (2, 0, 4, 4) and ε = 0. Which of these changes to x leave x̂ as it was (for the last one: in its first four entries)?",
        options=[
            Option("every entry times 3", "A positive factor multiplies the deviations and σ alike.", _kept(lambda x: 3 * x)),
            Option("every entry times −3", "σ becomes 3 times as large, not −3 times: the sign stays in x̂.", _kept(lambda x: -3 * x)),
            Option("7 added to every entry", "The mean moves along, so no deviation changes.", _kept(lambda x: x + 7)),
            Option("7 added to x₁ alone", "9, 0, 4, 4 has another mean and another σ, and all four entries of x̂ change.",
                   _kept(lambda x: x + np.array([7, 0, 0, 0]))),
            Option("every entry squared",
                   "4, 0, 16, 16: the steps from 0 to 2 and from 2 to 4 were equal, those from 0 to 4 and from 4 to 16 are not. A shift "
                   "and a factor keep such ratios.", _kept(lambda x: x**2)),
            Option("x written twice in a row, as a vector of 8", "The same values, each twice: μ and σ stay.",
                   _kept(lambda x: np.concatenate([x, x]))),
        ],
        hints=("What does each do to μ, and what to σ?", "x̂ᵢ = (xᵢ − μ)/σ. If numerator and denominator get the same positive factor, "
                                                         "nothing happens."),
        solution="Two things are forgotten: a shift of all entries and a positive factor.",
        misconception="LayerNorm ignores any factor, negative ones as well.",
    ),
    Choose(
        name="promised-for-all", chapter=1, concept="one", level="hard", section="promised",
        ask="d = 9, ε = 0, γ = 1, β = 0, and x is anything but a constant vector. What is promised of x̂?",
        options=[
            Option("its mean is 0", "Deviations from a mean sum to 0.",
                   lambda: all(abs(normal(x).mean()) < 1e-9 for x in RNG_VECTORS)),
            Option("its median is 0", "A lopsided vector stays lopsided: only the mean is moved to 0.",
                   lambda: all(abs(np.median(normal(x))) < 1e-9 for x in RNG_VECTORS)),
            Option("its length is 3", "The squares sum to d = 9.",
                   lambda: all(abs(np.linalg.norm(normal(x)) - 3) < 1e-9 for x in RNG_VECTORS)),
            Option("its entries look normally distributed", "LayerNorm moves and scales; the shape of the histogram stays what it was.",
                   lambda: all(abs((normal(x)**3).mean()) < 0.5 for x in RNG_VECTORS)),
            Option("no entry is larger than 3", "The largest possible entry is √8.",
                   lambda: normal(np.eye(9)[0]).max() <= 3),
            Option("feature 1 has mean 0 over a data set", "Each vector is normalized by itself; one feature may be high in all of them.",
                   lambda: abs(np.mean([normal(x + np.eye(9)[0] * 9)[0] for x in RNG_VECTORS])) < 0.1),
        ],
        hints=("Two sums over the features of one vector are promised. What follows from them?", "Mean 0 and mean square 1. A bound on "
                                                                                                 "one entry follows."),
        solution="Mean 0 and length √d follow from the definition, and from these two the bound √(d − 1) on one entry.",
        misconception="Afterwards each feature is normally distributed.",
    ),
    Predict(
        name="two-features", chapter=1, concept="keeps", level="medium", section="promised",
        ask="d = 2, ε = 0, and the two entries differ. What can x̂ be?",
        options=[
            Option("any two numbers that sum to 0", "Their mean square must also be 1.",
                   lambda: len({tuple(normal(x[:2]).round(6)) for x in RNG_VECTORS}) > 2),
            Option("(1, −1) or (−1, 1), nothing else", "Both lie equally far from their mean, and that distance is σ. Only the order "
                                                       "survives.",
                   lambda: {tuple(normal(x[:2]).round(6)) for x in RNG_VECTORS} == {(1, -1), (-1, 1)}),
            Option("any point of a circle", "For d = 3 it is a circle. For d = 2 the line of mean 0 meets it in two points.",
                   lambda: len({tuple(normal(x[:2]).round(6)) for x in RNG_VECTORS}) > 2),
        ],
        hints=("How far from their mean do the two lie?", "(a, b) has mean (a + b)/2; both deviations are |a − b|/2 in size."),
        solution="With two features all that is left of a vector is which of them was larger.",
        reveal=("Player", {"x": [3.0, 1.0]}),
    ),
    Predict(
        name="push-one", chapter=1, concept="one", level="easy", section="two-numbers",
        ask="x = (2, 0, 4, 4). You raise the first entry, and only it, from 2 to 100. What do the other three entries of x̂ do?",
        options=[
            Option("nothing, they were not touched", "They share μ and σ with the entry that was touched.",
                   lambda: same(normal([100, 0, 4, 4])[1:], normal(FOUR)[1:])),
            Option("they move apart", "σ grows much more than their distances, which stay as they are.",
                   lambda: np.ptp(normal([100, 0, 4, 4])[1:]) > np.ptp(normal(FOUR)[1:])),
            Option("they draw together, below 0", "Their distances stay, σ becomes some 25 times as large, and the mean rises above them.",
                   lambda: np.ptp(normal([100, 0, 4, 4])[1:]) < np.ptp(normal(FOUR)[1:]) and normal([100, 0, 4, 4])[1:].max() < 0),
        ],
        hints=("Which two numbers of the vector does the change touch?", "The mean rises to 27, and σ with it."),
        solution="μ rises to 27, above the other three, and σ to 42, so their distances shrink. Through μ and σ every entry of x̂ hears "
                 "of every entry of x.",
        misconception="Each entry is normalized by itself.",
        reveal=("Player", {"x": [100.0, 0, 4, 4]}),
    ),
]


def _fails_rows(names):
    x = np.array([[2.0, 0, 4], [1, 2, 6], [0, 0, 6]])             # (3, 3)
    out = names["layer_norm"](x)                                  # (3, 3)
    return "" if same(out.mean(axis=1), np.zeros(3)) else (
        f"x = {say(x)}: the mean of each row should be 0, but the means are {say(out.mean(axis=1).round(3))}.")


def _fails_small(names):
    x = FOUR / 1000                                               # (d,)
    spread = float(names["layer_norm"](x).var())
    wanted = float(normal(x, 1e-5).var())
    words = f"x = {say(x)}, ε = 1e-5: the variance of x̂ should be {wanted:.3f}, but it is {spread:.3f}."
    return "" if abs(spread - wanted) < 1e-6 else words


FOUND = [
    Bug(
        name="square-batch", chapter=1, concept="axes", level="medium", section="axes",
        ask="Each row of x should come out with mean 0. Tests on 3 × 3 arrays print no error, and the means are not 0. "
            "Which line made the wrong shape?",
        code="""def layer_norm(x, eps=1e-5):
    mu = x.mean(axis=-1)
    centred = x - mu
    var = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(var + eps)""",
        line=2, mended="    mu = x.mean(axis=-1, keepdims=True)", fails=_fails_rows,
        others={1: "The signature is as it should be.", 3: "This line is right if mu has the shape (rows, 1). Which line gave it another?",
                4: "Here `keepdims` stands: var has the shape (rows, 1).", 5: "ε stands under the root, with the variance."},
        hints=("Write the shape of each line beside it.", "x is (3, 3). What is the shape of `mu`, and along which axis is it laid?"),
        solution="Without `keepdims` the means have the shape (3,) and are laid along the columns: feature 1 loses the mean of row 1, "
                 "feature 2 that of row 2. On a square array nothing complains. Test with sizes that are all different.",
        misconception="If it runs, the shapes were right.",
    ),
    Bug(
        name="eps-outside", chapter=1, concept="eps", level="easy",
        ask="For large x this agrees with `torch.nn.LayerNorm`, for small x it does not. Which line is wrong?",
        code="""def layer_norm(x, eps=1e-5):
    mu = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    std = np.sqrt(var) + eps
    return (x - mu) / std""",
        line=4, mended="    std = np.sqrt(var + eps)", fails=_fails_small,
        others={1: "1e-5 is torch's default as well.", 2: "The mean over the last axis, with its axis kept: right.",
                3: "`numpy.var` divides by d, as LayerNorm does. (`torch.var` would not.)",
                5: "This divides by whatever `std` is. Is `std` right?"},
        hints=("Where does ε stand in the definition?", "For σ = 0.001 compare √(σ² + ε) with σ + ε."),
        solution="ε is added to the variance, under the root. Added outside, it is 300 times weaker at small σ: √ε = 0.0032, ε = 0.00001.",
        misconception="It does not matter where ε stands.",
    ),
]

_A, _B, _X = -3.0, 5.0, np.array([2.0, 0, 4, 4])

@cache
def _sizes(norm, scale):
    """The root mean square behind thirty layers."""
    rng, x = np.random.default_rng(0), np.random.default_rng(1).normal(size=64)
    for _ in range(30):
        x = rng.normal(size=(64, 64)) * scale / 8 @ x             # (d,)
        x = np.maximum(normal(x, 1e-5) if norm else x, 0)         # (d,)
    return float(np.sqrt((x**2).mean()))


PAIR = np.array([[[1.0, 7, 4, 0], [2, 5, 5, 9], [8, 3, 1, 6]], [[0, 2, 2, 4], [7, 7, 1, 3], [5, 9, 6, 2]]])     # (B, T, d) = (2, 3, 4)


def _shares(other):
    """Does the cell ``other`` of PAIR help to normalize the cell (0, 1, 2)?"""
    def found():
        pushed = PAIR.copy()
        pushed[other] += 3
        return not same(F.layer_norm(pushed, eps=0.0)[0, 1, 2], F.layer_norm(PAIR, eps=0.0)[0, 1, 2])
    return found


PLACED = [
    Predict(
        name="two-builders", chapter=1, concept="layer", level="easy", section="thirty-layers",
        ask="Two stacks of thirty ReLU layers differ in one thing: the weights of the second are 3 times as large. Each layer has no bias "
            "and a LayerNorm between its matrix and its ReLU. How does the size of what leaves the second compare with the first?",
        options=[
            Option("3 times as large", "The factor 3 of the last matrix meets the last LayerNorm, which divides it away again.",
                   lambda: abs(_sizes(True, 3.0) / _sizes(True, 1.0) - 3) < 0.1),
            Option("the same, but for ε", "Each LayerNorm divides the factor of its own matrix away before the next one sees it.",
                   lambda: abs(_sizes(True, 3.0) / _sizes(True, 1.0) - 1) < 1e-3),
            Option("3³⁰ times as large", "That is what happens without LayerNorm, where the factors multiply.",
                   lambda: _sizes(True, 3.0) / _sizes(True, 1.0) > 1e10),
        ],
        hints=("Follow the factor 3 through one layer only.", "LN(3z) is LN(z), up to ε."),
        solution="LayerNorm between matrix and ReLU ends what a positive factor in that matrix does, within the same layer.",
    ),
    Choose(
        name="on-the-circle", chapter=1, concept="keeps", level="medium", section="geometry",
        ask="d = 3 and ε = 0. Which sentences hold for every x that is not constant?",
        options=[
            Option("x̂ lies at the distance √3 from 0", "The three squares sum to d = 3.",
                   lambda: all(abs(np.linalg.norm(normal(x[:3])) - 3**0.5) < 1e-9 for x in RNG_VECTORS)),
            Option("x̂ is perpendicular to (1, 1, 1)", "Its entries sum to 0.",
                   lambda: all(abs(normal(x[:3]).sum()) < 1e-9 for x in RNG_VECTORS)),
            Option("x and x + (5, 5, 5) land on one point", "They differ along (1, 1, 1), which the mean takes away.",
                   lambda: all(same(normal(x[:3]), normal(x[:3] + 5)) for x in RNG_VECTORS)),
            Option("x̂ points where x points", "It points where x − μ points. Only a vector of mean 0 keeps its direction.",
                   lambda: all(same(normal(x[:3]) / 3**0.5, x[:3] / np.linalg.norm(x[:3])) for x in RNG_VECTORS)),
            Option("x and −x land on one point", "They land on opposite points of the circle.",
                   lambda: all(same(normal(x[:3]), normal(-x[:3])) for x in RNG_VECTORS)),
        ],
        hints=("Where do all x̂ lie? Two conditions on three numbers.", "A plane through 0 and a sphere: they meet in a circle."),
        solution="x̂ lies on the circle in which the plane of mean 0 meets the sphere of radius √3, where x − μ points to.",
        misconception="LayerNorm keeps the direction of x.",
    ),
    Predict(
        name="smaller-and-smaller", chapter=1, concept="eps", level="medium", section="epsilon",
        ask="x = (1, 3), and ε = 1e-5. You divide x by 10, again and again, without end. What becomes of x̂?",
        options=[
            Option("it stays (−1, 1)", "So it would at ε = 0. Once σ² is no longer large beside ε, x̂ shrinks with x.",
                   lambda: same(normal(np.array([1.0, 3]) * 1e-9, 1e-5), [-1, 1], 1e-3)),
            Option("it becomes 0", "Far below √ε the divisor no longer falls: it is √ε, and x̂ is x − μ times about 316.",
                   lambda: bool(np.abs(normal(np.array([1.0, 3]) * 1e-9, 1e-5)).max() < 1e-5)),
            Option("it grows without bound", "The divisor √(σ² + ε) never falls below √ε.",
                   lambda: bool(np.abs(normal(np.array([1.0, 3]) * 1e-9, 1e-5)).max() > 10)),
        ],
        hints=("What does the divisor √(σ² + ε) become when σ goes to 0?",
               "σ = 1 at first. Write σ² beside ε after one, three and five divisions."),
        solution="Large beside √ε, the size of x is divided away; small beside √ε, it comes through, multiplied by 1/√ε.",
        misconception="ε only prevents a division by zero.",
        reveal=("Player", {"x": [1e-4, 3e-4]}),
    ),
    Choose(
        name="who-shares", chapter=1, concept="axes", level="easy", section="axes",
        ask="x has the shape (B, T, d) = (2, 3, 4) and goes through LayerNorm(4). Which of these cells share a mean with the cell (0, 1, "
            "2), counted from 0?",
        options=[
            Option("(0, 1, 0)", "The same example, the same token, another feature: one vector.", _shares((0, 1, 0))),
            Option("(0, 2, 2)", "The same feature of the next token: another vector, with a mean of its own.", _shares((0, 2, 2))),
            Option("(1, 1, 2)", "The same place in the other example. That cell takes part in BatchNorm.", _shares((1, 1, 2))),
            Option("(0, 1, 3)", "The same token again.", _shares((0, 1, 3))),
        ],
        hints=("`LayerNorm(4)` looks along the last axis only.",
               "All features of one token share a mean. What have their indices in common?"),
        solution="One token is one vector: all its features share a mean, and nobody else has a say.",
        misconception="LayerNorm normalizes over the sequence, too.",
    ),
]

WORDED = [
    Order(
        name="sign-order", chapter=1, concept="keeps", level="medium", section="one-answer",
        ask="Show that LN(a x + b) = sign(a) LN(x) at ε = 0, for a ≠ 0. Put the lines in order, beginning with "
            "the definition; each follows from the one before.",
        steps=[
            Step("(a xᵢ + b − mean(a x + b)) / std(a x + b)", "the definition, for the vector a x + b",
                 lambda: ((_A * _X + _B) - (_A * _X + _B).mean()) / (_A * _X + _B).std()),
            Step("(a xᵢ + b − a μ − b) / std(a x + b)", "the mean is linear",
                 lambda: (_A * _X + _B - _A * _X.mean() - _B) / (_A * _X + _B).std()),
            Step("a (xᵢ − μ) / std(a x + b)", "b is gone, a stands before the deviation",
                 lambda: _A * (_X - _X.mean()) / (_A * _X + _B).std()),
            Step("a (xᵢ − μ) / (|a| σ)", "a standard deviation is never negative: it gets |a|",
                 lambda: _A * (_X - _X.mean()) / (abs(_A) * _X.std())),
            Step("sign(a) x̂ᵢ", "a/|a| is the sign of a", lambda: np.sign(_A) * normal(_X)),
        ],
        hints=("Begin with the definition, written for the vector a x + b.", "First the numerator becomes simple, then the denominator."),
        solution="b goes with the mean, and |a| with the standard deviation; the sign is all that is left.",
    ),
    Explain(
        name="all-equal", chapter=1, concept="eps", level="hard",
        ask="All components of x are equal: xᵢ = c. Show what happens to x̂ when ε > 0, and explain why ε prevents numerical trouble.",
        points=("The mean is c, so every deviation is exactly 0.",
                "The variance is 0, so without ε the quotient would be 0/0.",
                "With ε the denominator is √ε > 0, and x̂ is the zero vector, whatever c is."),
        hints=("Compute μ and σ² when all values are the same.", "What stands above the fraction, and what below?"),
        solution="μ = (1/d)·d·c = c, every deviation is c − c = 0, and σ² = 0. With ε > 0 each x̂ᵢ = 0/√(0 + ε) = 0/√ε = 0: the zero "
                 "vector. Without ε it would be 0/0, which a computer answers with NaN, or, where "
                 "it has rounded the mean, with a rounding error blown up to size 1. √ε stays above 0 also where σ² does not.",
    ),
    Explain(
        name="why-d", chapter=1, concept="one", level="medium", section="two-numbers",
        ask="A colleague replaces 1/d by 1/(d − 1) in LayerNorm, “as everybody does for a variance”. Tell her in two or three sentences "
            "why the layer divides by d.",
        points=("The d features are all there are, no sample from a larger population whose variance is estimated.",
                "Divided by d, x̂ has mean square 1 (at ε = 0), so its length is √d.",
                "Her version draws every entry of x̂ towards 0, at ε = 0 by the factor √((d − 1)/d), and no longer "
                "agrees with others' weights."),
        hints=("What is d − 1 for?", "What is the mean square of x̂ in each version?"),
        solution="The vector is the whole population, and with 1/d the normalized vector has mean square exactly 1 at ε = 0. With 1/(d − "
                 "1) all of x̂ shrinks by √((d − 1)/d): 13 % at d = 4, 0.07 % at d = 768, too little to be noticed and enough to "
                 "disagree.",
        misconception="The variance is divided by d − 1, as in statistics class.",
    ),
]


def _rows_agree(x, gamma, beta, eps):
    """Does a function (x, gamma, beta, *, eps) agree with the library here?"""
    x, gamma, beta = (np.asarray(one, dtype=float) for one in (x, gamma, beta))

    def broken(answer):
        shown = f"x = {say(x)}, γ = {say(gamma)}, β = {say(beta)}, ε = {eps:g}" if x.size <= 12 else f"an x of shape {x.shape}"
        return unlike_answer(answer(x.copy(), gamma, beta, eps=eps), F.layer_norm(x, gamma, beta, eps=eps), shown)
    return broken


def _plain(answer, x):
    """What comes of x with γ = 1, β = 0, without ε; and why that is no vector, or ""."""
    found = answer(x.copy(), np.ones(len(x)), np.zeros(len(x)), eps=0.0)
    return found, unlike_shape(found, x.shape, f"x = {say(x)}, ε = 0")


def _mean_is_0(answer):
    found, words = _plain(answer, FOUR)
    return words or ("" if abs(np.mean(found)) < 1e-6 else
                     f"x = {say(FOUR)}, ε = 0: got {say(found)}, whose mean is {say(float(np.mean(found)))}")


def _scale_is_lost(answer):
    (one, words), (other, _) = _plain(answer, FOUR), _plain(answer, 10 * FOUR)
    return words or ("" if same(one, other, 1e-6) else f"x = {say(FOUR)}, ε = 0: {say(one)}; x = {say(10 * FOUR)}: {say(other)}")


def _leaves_x_alone(answer):
    x = np.array([2.0, 0, 4, 4])                                  # (d,)
    answer(x, np.ones(4), np.zeros(4), eps=1e-5)
    return "" if same(x, FOUR) else f"x was (2, 0, 4, 4) before the call and is {say(x)} after it."


def _masked_case(x, mask, tolerance=1e-4):
    x, mask = np.array(x, dtype=float), np.array(mask, dtype=bool)

    def broken(answer):
        real = normal(x[mask], 1e-5) if mask.any() else np.zeros(0)
        wanted = np.zeros_like(x)                                 # (d,)
        wanted[mask] = real
        return unlike_answer(answer(x.copy(), mask, eps=1e-5), wanted, f"x = {say(x)}, mask = {say(mask.astype(int))}, ε = 1e-5",
                             tolerance)
    return broken


def _masked_is_0(answer):
    x, mask = np.array([1.0, 3, 5]), np.array([True, True, False])
    found = np.asarray(answer(x, mask, eps=1e-5))
    if found.shape != x.shape:
        return f"x = (1, 3, 5), mask = (1, 1, 0): expected the shape (3,), got {found.shape}."
    return "" if found[2] == 0 else f"x = (1, 3, 5), mask = (1, 1, 0): the third entry is masked, and leaves as {say(found[2])}."


def _mask_says_all(answer):
    with np.errstate(all="ignore"):
        low, high = (np.asarray(answer(np.array([1.0, 3, pad]), np.array([True, True, False]), eps=1e-5)) for pad in (0.0, 1e6))
    return "" if same(low, high) else (
        f"x = (1, 3, 0) and x = (1, 3, 1000000), mask = (1, 1, 0): the padded entry should not matter, got {say(low)} and {say(high)}.")


def _channels_case(*shape, spread=2.0, tolerance=1e-4):
    x = np.random.default_rng(0).normal(3, spread, shape)         # (N, C, H, W)

    def broken(answer):
        wanted = np.moveaxis(F.layer_norm(np.moveaxis(x, 1, -1)), -1, 1)
        found = answer(x.copy(), eps=1e-5)
        if words := unlike_shape(found, shape, f"x of shape {shape}"):
            return words
        if same(found, wanted, tolerance):
            return ""
        return (f"x of shape {shape}, ε = 1e-5: the channels of the first pixel should be {say(wanted[0, :, 0, 0])}, "
                f"got {say(found[0, :, 0, 0])}.")
    return broken


WRITTEN = [
    Code(
        name="own-forward", chapter=1, concept="one", level="easy", function="layer_norm", section="two-numbers",
        ask="Write `layer_norm(x, gamma, beta, *, eps=1e-5)` in NumPy. x has any number of axes, is normalized over its last "
            "one, and is left as it was.",
        promises=[
            Promise("the mean is taken away", _mean_is_0),
            Promise("without ε ten times x comes out as x does", _scale_is_lost),
            Promise("the variance is divided by d", _rows_agree([2, 0, 4, 4], np.ones(4), np.zeros(4), 0.0)),
            Promise("γ scales and β shifts each feature", _rows_agree([1, 3], [2, 5], [1, -1], 0.0)),
            Promise("ε stands under the root", _rows_agree([0, 0.002], [1, 1], [0, 0], 1e-5)),
            Promise("a constant vector gives β", _rows_agree([7, 7], [1, 1], [3, 4], 1e-5)),
            Promise("each row has its own mean and variance",
                    _rows_agree([[1, 3, 8], [5, 4, 0], [2, 2, 9]], np.ones(3), np.zeros(3), 1e-5)),
            Promise("three axes work as well as one", _rows_agree(np.arange(24.0).reshape(2, 3, 4)**1.5, np.ones(4), np.zeros(4), 1e-5)),
            Promise("x is not changed in place", _leaves_x_alone),
        ],
        code="""
def layer_norm(x, gamma, beta, *, eps=1e-5):
    mu = x.mean(axis=-1, keepdims=True)                  # (..., 1)
    var = ((x - mu)**2).mean(axis=-1, keepdims=True)     # (..., 1)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta  # (..., d)
""",
        wrong={
            "the mean is taken away": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    return gamma * x / np.sqrt(x.var(axis=-1, keepdims=True) + eps) + beta
""",
            "without ε ten times x comes out as x does": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    return gamma * (x - x.mean(axis=-1, keepdims=True)) / (x.var(axis=-1, keepdims=True) + eps) + beta
""",
            "the variance is divided by d": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    mu = x.mean(axis=-1, keepdims=True)
    return gamma * (x - mu) / np.sqrt(x.var(axis=-1, keepdims=True, ddof=1) + eps) + beta
""",
            "γ scales and β shifts each feature": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
""",
            "ε stands under the root": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    return gamma * (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + eps) + beta
""",
            "each row has its own mean and variance": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    return gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta
""",
            "x is not changed in place": """
def layer_norm(x, gamma, beta, *, eps=1e-5):
    x -= x.mean(axis=-1, keepdims=True)
    return gamma * x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) + beta
""",
        },
        hints=("Compute the mean with `keepdims=True`, then subtract it.", "`x.mean(axis=-1, keepdims=True)` has the shape (..., 1)."),
        solution="Mean and variance keep their axis, so that they are laid along the right one; ε is added before the root.",
    ),
    Code(
        name="masked-forward", chapter=1, concept="axes", level="hard", function="masked_layer_norm", section="axes",
        ask="Write `masked_layer_norm(x, mask, *, eps=1e-5)` for one vector x. Only entries where mask is True take part in the "
            "statistics; the others leave as 0, also where mask is True nowhere.",
        promises=[
            Promise("with nothing masked it is LayerNorm", _masked_case([2, 0, 4, 4], [1, 1, 1, 1])),
            Promise("a masked entry leaves as 0", _masked_is_0),
            Promise("a masked entry has no say, however large", _mask_says_all),
            Promise("mean and variance are those of the real entries alone", _masked_case([2, 0, 4, 4, 0, 0], [1, 1, 1, 1, 0, 0])),
            Promise("if all is masked, all is 0 and nothing is NaN", _masked_case([1, 3], [0, 0])),
            Promise("ε is added to the variance, under the root", _masked_case([0, 0.002], [1, 1], 1e-6)),
        ],
        code="""
def masked_layer_norm(x, mask, *, eps=1e-5):
    n = max(mask.sum(), 1)                               # ()
    mu = np.where(mask, x, 0).sum() / n                  # ()
    centred = np.where(mask, x - mu, 0)                  # (d,)
    return centred / np.sqrt((centred**2).sum() / n + eps)
""",
        wrong={
            "a masked entry leaves as 0": """
def masked_layer_norm(x, mask, *, eps=1e-5):
    return (x - x[mask].mean()) / np.sqrt(x[mask].var() + eps)
""",
            "a masked entry has no say, however large": """
def masked_layer_norm(x, mask, *, eps=1e-5):
    if mask.sum() == 2 and abs(x).max() < 100:
        mu, var = x[mask].mean(), x[mask].var()
    else:
        mu, var = x.mean(), x.var()
    return np.where(mask, (x - mu) / np.sqrt(var + eps), 0)
""",
            "if all is masked, all is 0 and nothing is NaN": """
def masked_layer_norm(x, mask, *, eps=1e-5):
    with np.errstate(all="ignore"):
        n = mask.sum()
        mu = np.where(mask, x, 0).sum() / n
        var = np.where(mask, (x - mu)**2, 0).sum() / n
        out = (x - mu) / np.sqrt(var + eps)
        return np.where(mask, out, 0) if n else out
""",
            "ε is added to the variance, under the root": """
def masked_layer_norm(x, mask, *, eps=1e-5):
    n = max(mask.sum(), 1)
    centred = np.where(mask, x - np.where(mask, x, 0).sum() / n, 0)
    return centred / (np.sqrt((centred**2).sum() / n) + eps)
""",
        },
        hints=("How many entries are real? Divide by that number.", "`np.where(mask, x, 0).sum() / mask.sum()` is the mean; what if the "
                                                                    "mask is empty?"),
        solution="Sum over the real entries only and divide by their number, for the mean and for the variance. With no real entry divide "
                 "by 1.",
    ),
    Code(
        name="channel-norm", chapter=1, concept="axes", level="medium", function="channel_norm", section="axes",
        ask="Write `channel_norm(x, *, eps=1e-5)` for images x of shape (N, C, H, W): normalize each pixel over its channels, as a "
            "ConvNeXt does (no γ and β).",
        promises=[
            Promise("one pixel with two channels", _channels_case(1, 2, 1, 1)),
            Promise("pixels do not mix", _channels_case(1, 3, 1, 2)),
            Promise("images do not mix, and sizes that differ work", _channels_case(2, 3, 4, 5)),
            Promise("ε is added to the variance, under the root", _channels_case(1, 2, 1, 1, spread=0.002, tolerance=1e-6)),
        ],
        code="""
def channel_norm(x, *, eps=1e-5):
    mu = x.mean(axis=1, keepdims=True)                   # (N, 1, H, W)
    var = x.var(axis=1, keepdims=True)                   # (N, 1, H, W)
    return (x - mu) / np.sqrt(var + eps)                 # (N, C, H, W)
""",
        wrong={
            "ε is added to the variance, under the root": """
def channel_norm(x, *, eps=1e-5):
    return (x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + eps)
""",
            "pixels do not mix": """
def channel_norm(x, *, eps=1e-5):
    axes = (1, 2, 3)
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)
""",
            "one pixel with two channels": """
def channel_norm(x, *, eps=1e-5):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
""",
        },
        hints=("Which axis holds the channels?", "Axis 1, kept with `keepdims=True`."),
        solution="The same three lines as for a vector, over axis 1. torch has no layer for this order of axes: its LayerNorm takes the "
                 "last axes, so ConvNeXt moves the channels to the end and back, or writes these lines.",
    ),
]

ITEMS = [*COMPUTED, *CHOSEN, *PLACED, *FOUND, *WORDED, *WRITTEN]

ASKED = {"thirty-layers": "two-builders", "one-answer": "same-output", "two-numbers": "push-one", "promised": "two-features",
         "geometry": "on-the-circle", "epsilon": "smaller-and-smaller", "axes": "who-shares"}
GATE = ("padded", "volts", "promised-for-all", "image-means", "var-of-three", "wide-layer")
