"""Each known mistake of each computed item by hand, from what its text says that somebody did: plain arithmetic, a loop or torch.

``SLIPS[item][first words of the mistake]`` takes the drawn numbers of one case, arrays as lists, and gives what comes out if somebody does that;
the words are as many as no other mistake of the item begins with.  Where the bank gives None, since these numbers do not show the mistake,
the slip gives what another mistake gives, or the truth.  It shares nothing with the bank, nor with ``layernorm.functional``.
"""
import math
from fractions import Fraction

from oracles import away, back, columns, mean, normal, normal_by_torch, torch, variance

SLIPS = {}


def sign(a):
    return (a > 0) - (a < 0)


def times(*vectors):
    return [math.prod(entries) for entries in zip(*vectors, strict=True)]


def affine(v, gamma, beta):
    return [g * a + b for a, g, b in zip(v, gamma, beta, strict=True)]


def pairs(v):
    """The squares of all differences: n² times the variance."""
    return sum((a - b)**2 for k, a in enumerate(v) for b in v[:k])


# What several items know

def by_one_less(x):
    return [a / math.sqrt(pairs(x) / len(x) / (len(x) - 1)) for a in away(x)]


def by_the_square(x):
    return [a / (pairs(x) / len(x)**2) for a in away(x)]


def by_the_spread(x):
    """Nothing subtracted."""
    return [a / math.sqrt(pairs(x) / len(x)**2) for a in x]


def by_the_size(x):
    return [a * math.sqrt(len(x)) / math.hypot(*x) for a in x]


# --- Refreshers -----------------------------------------------------------------------------------

SLIPS["var-of-three"] = {
    "You divided by 2": lambda x: pairs(x) / 6,
    "That is the standard deviation": lambda x: math.sqrt(pairs(x)) / 3,
    "You took the mean of the squares of the numbers": lambda x: (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 3,
    "That is the sum of the squares": lambda x: pairs(x) / 3,
    "You averaged the distances": lambda x: sum(max(3 * a - sum(x), sum(x) - 3 * a) for a in x) / 9,
}
SLIPS["wide-layer"] = {
    "You left out b": lambda T, d, m: [sum([d] * m), T * m],
    "You gave b a number for each input": lambda T, d, m: [(m + 1) * d, T * m],
    "You gave each token weights of its own": lambda T, d, m: [sum([(d + 1) * m] * T), T * m],
    "Those are the numbers that leave for one token": lambda T, d, m: [(d + 1) * m, m],
    "You counted the numbers that enter": lambda T, d, m: [(d + 1) * m, T * d],
}
SLIPS["sign-and-spread"] = {
    "A standard deviation is a distance": lambda std, a, b: -math.sqrt(variance([-a * std, a * std])),
    "A shift of {b}": lambda std, a, b: math.sqrt(variance([-a * std, a * std])) + b,
    "That is the rule for the variance": lambda std, a, b: variance([-a, a]) * std,
    "You multiplied by {a} and added {b}": lambda std, a, b: b - -a * std,
}
SLIPS["boxes-in-a-row"] = {
    "You let each box replace the stream": lambda h, k, n: math.prod([h] + [k] * n),
    "You let every box read the beginning": lambda h, k, n: sum([h] + [k * h] * n),
    "You added the beginning once": lambda h, k, n: h + math.prod([h] + [k] * n),
    "That is what the last box adds": lambda h, k, n: h * ((1 + k)**n - (1 + k)**(n - 1)),
}

# --- Chapter 1 ------------------------------------------------------------------------------------

SLIPS["by-hand"] = {
    "You divided the squares by d − 1 = 3": by_one_less,
    "You divided by σ² = {var}": by_the_square,
    "You subtracted the mean and stopped": lambda x: away(x),
    "You divided x itself by σ": by_the_spread,
    "You divided by the root mean square": by_the_size,
}
SLIPS["volts"] = {
    "You took it for 1 in volts, too": lambda volts, eps: [1, 1],
    "The first number is the standard deviation": lambda volts, eps: [
        math.sqrt(variance(normal(volts, eps))), math.sqrt(variance([1000 * a for a in volts]) / (variance([1000 * a for a in volts]) + eps))],
    "You took the unit for harmless": lambda volts, eps: 2 * [1 / (1 + eps / variance(volts))],
}
SLIPS["one-outlier"] = {
    "You kept the old μ and σ": lambda x, large: [(a - mean(x)) / math.sqrt(pairs(x) / 16) for a in x[:3] + [large]],
    "You left the other three as they were": lambda x, large: normal_by_torch(x)[:3] + normal_by_torch(x[:3] + [large])[3:],
    "You divided by d − 1 = 3": lambda x, large: by_one_less(x[:3] + [large]),
    "You divided by the variance": lambda x, large: by_the_square(x[:3] + [large]),
}
SLIPS["largest-entry"] = {
    "√d is the length": lambda d: math.hypot(*[1] * d),
    "That is d − 1, the square": lambda d: d - 1,
    "LayerNorm does not squash": lambda d: 1,
    "You divided the squares by d − 1": lambda d: (d - 1) / math.sqrt(d),          # 1 − 1/d over the root of 1/d
}
SLIPS["recover"] = {
    "You added μ before you multiplied": lambda xhat, mu, std: [a * std + mu * std for a in xhat],
    "You multiplied by σ²": lambda xhat, mu, std: [a * std * std + mu for a in xhat],
    "You put back the size": lambda xhat, mu, std: [a * std for a in xhat],
    "You divided by σ once more": lambda xhat, mu, std: [a / std + mu for a in xhat],
}
SLIPS["eps-half"] = {
    "That is σ²": lambda eps, share: eps / (1 / share - 1),
    "You asked when x̂ has this standard deviation": lambda eps, share: math.sqrt(eps) / math.sqrt(1 / share**2 - 1),
    "You added ε to σ": lambda eps, share: eps / (1 / math.sqrt(share) - 1),       # (σ/(σ + ε))² is the share
    "You turned the share round": lambda eps, share: math.sqrt(eps / share - eps),  # ε/(σ² + ε) is the share
}
SLIPS["padded"] = {
    "You let the zeros vote": lambda x: normal_by_torch(x)[:3],
    "The mean is that of the three": lambda x: [a / math.sqrt(pairs(x) / 25) for a in away(x[:3])],
    "You summed over the three and divided by five": lambda x: [
        (a - sum(x) / 5) / math.sqrt(sum((b - sum(x) / 5)**2 for b in x[:3]) / 5) for a in x[:3]],
    "You divided the squares by 2": lambda x: by_one_less(x[:3]),
}
SLIPS["how-many-means"] = {
    "You took one mean an example": lambda B, T, d: [B, d],
    "You turned it round": lambda B, T, d: [d, B * T],
    "That is one mean for each feature": lambda B, T, d: [d, d],
    "γ is shared by all positions": lambda B, T, d: [B * T, math.prod((B, T, d))],
    "γ is shared by all tokens": lambda B, T, d: [B * T, sum([d] * T)],
}
SLIPS["image-means"] = {
    "The second number counts the channels": lambda N, C, H, W: [N, N * C],
    "You forgot the batch": lambda N, C, H, W: [1, H * W],
    "You turned them round": lambda N, C, H, W: [N * H * W, N],
    "The first normalizes over all three axes": lambda N, C, H, W: [math.prod((N, C, H, W)), N * H * W],
    "One mean for each channel": lambda N, C, H, W: [C, N * H * W],
}

# --- Chapter 2 ------------------------------------------------------------------------------------


def back_through(x, g, *, mean, spread):
    """What flows back to x from g at x̂, by torch, with μ or σ taken for a constant where it is False."""
    t = torch()
    x, g = (t.tensor(one, dtype=t.float64) for one in (x, g))
    x.requires_grad_()
    mu, std = x.mean(), x.var(correction=0).sqrt()
    (((x - (mu if mean else mu.detach())) / (std if spread else std.detach())) * g).sum().backward()
    return x.grad.tolist()


SLIPS["output-by-hand"] = {
    "You applied γ and β to x itself": lambda x, gamma, beta: affine(x, gamma, beta),
    "You added β before you multiplied": lambda x, gamma, beta: affine(normal(x), gamma, times(gamma, beta)),
    "You stopped at γ ⊙ x̂": lambda x, gamma, beta: normal_by_torch(x, gamma),
    "You took β for the factor": lambda x, gamma, beta: normal_by_torch(x, beta, gamma),
    "You subtracted the mean but did not divide": lambda x, gamma, beta: affine(away(x), gamma, beta),
}
SLIPS["mean-square-of-y"] = {                                     # for x̂ = (−1, 1)
    "1 is the mean square of x̂": lambda gamma, beta: 1,
    "That is γ²": lambda gamma, beta: variance([beta - gamma, beta + gamma]),
    "You squared γ + β": lambda gamma, beta: gamma * gamma + 2 * gamma * beta + beta * beta,
    "You let γ multiply the mean square once": lambda gamma, beta: gamma * mean([(-1)**2, 1**2]) + beta * beta,
    "You left γ out": lambda gamma, beta: mean([(beta - 1)**2, (beta + 1)**2]),
    "You added γ and β and squared nothing": lambda gamma, beta: gamma * 1 + beta,
}
SLIPS["two-rows"] = {
    "Those are σ and μ of the first row": lambda row, other: [math.sqrt(pairs(row)) / 4, mean(row)],
    "Those are σ and μ of the second row": lambda row, other: [math.sqrt(pairs(other)) / 4, mean(other)],
    "You took the mean of the two σ": lambda row, other: [(math.sqrt(pairs(row)) + math.sqrt(pairs(other))) / 8, mean(row + other)],
    "You took the slope the wrong way round": lambda row, other: [
        rise := (normal(row)[0] - normal(other)[0]) / (row[0] - other[0]), row[0] - normal(row)[0] * rise],
}
SLIPS["gate-gradients"] = {
    "You multiplied by γ₃ on the way": lambda x_hat, dy: [0 * sum(times(x_hat, dy)), sum(dy)],
    "A shut gate": lambda x_hat, dy: [0, 0],
    "You took means over the tokens": lambda x_hat, dy: [mean(times(x_hat, dy)), mean(dy)],
    "You have them the wrong way round": lambda x_hat, dy: [sum(dy), sum(times(x_hat, dy))],
    "You multiplied the sums": lambda x_hat, dy: [sum(a * b for a in x_hat for b in dy), sum(dy)],
}
SLIPS["fourth-number"] = {
    "The three do not sum to 0": lambda x, dy: 0,
    "You took the sum of the three": lambda x, dy: sum(back(x, [1.0] * 4, dy)[:3]),
    "You continued with the mean of the three": lambda x, dy: -back(x, [1.0] * 4, dy)[3] / 3,
    "You made the four sum to 1": lambda x, dy: 1 + back(x, [1.0] * 4, dy)[3],
}
SLIPS["back-by-hand"] = {
    "You forgot γ": lambda x, gamma, dy: back(x, [1.0] * 4, dy),
    "You treated σ as a constant": lambda x, gamma, dy: back_through(x, times(gamma, dy), mean=True, spread=False),
    "You treated μ as a constant": lambda x, gamma, dy: back_through(x, times(gamma, dy), mean=False, spread=True),
    "You divided what arrives by σ": lambda x, gamma, dy: back_through(x, times(gamma, dy), mean=False, spread=False),
    "Both parts are gone": lambda x, gamma, dy: [a * math.sqrt(variance(x)) for a in back(x, gamma, dy)],
    "You took off whole sums": lambda x, gamma, dy: [
        (g - sum(times(gamma, dy)) - a * sum(times(gamma, dy, normal(x)))) / math.sqrt(variance(x))
        for a, g in zip(normal(x), times(gamma, dy), strict=True)],
    "You added the two parts": lambda x, gamma, dy: [                 # g + both is 2 g less what is left of g − both
        2 * g / math.sqrt(variance(x)) - a for a, g in zip(back(x, gamma, dy), times(gamma, dy), strict=True)],
}
SLIPS["matrix-before"] = {
    "{times} would be right without": lambda by, times: times,
    "That is the factor for the gradient of z": lambda by, times: 1 / by / times,
    "The output is the same as before": lambda by, times: 1,
    "You divided by the size of v": lambda by, times: 1 / times,
    "You divided by the growth of W": lambda by, times: 1 / by * times,
}
SLIPS["folded-bias"] = {
    "You left the bias as it was": lambda gamma, beta, w, b: b,
    "You added β itself": lambda gamma, beta, w, b: sum(beta, b),
    "You sent β through the new weights": lambda gamma, beta, w, b: sum(times(w, gamma, beta), b),
    "That is the part of β alone": lambda gamma, beta, w, b: sum(times(w, beta)),
    "You folded γ into the bias": lambda gamma, beta, w, b: sum(times(w, gamma), b),
}
SLIPS["summed-in-one"] = {
    "You gave each token a γ of its own": lambda B, T, d: [B * T * d, 1, B * T * d],
    "You added up over the examples and not": lambda B, T, d: [T * d, B, B * T * d],
    "You added up over the features": lambda B, T, d: [B * T, d, B * T * d],
    "The first two are right": lambda B, T, d: [d, B * T, d],
    "You counted the tokens of one example": lambda B, T, d: [d, T, B * T * d],
}

# --- Chapter 3 ------------------------------------------------------------------------------------


def batches(keep, percent):
    """How many until less than so many per cent of the way are left, in fractions: one per cent is not less than one."""
    left, number = Fraction(100), 0
    while left >= percent:
        left, number = left * keep, number + 1
    return number


SLIPS["down-by-hand"] = {
    "You went across": lambda X: normal_by_torch(X[0]),
    "You took one mean and one σ over all six numbers": lambda X: normal_by_torch(sum(X, []))[:2],
    "You divided the squares by 2": lambda X: [by_one_less(column)[0] for column in columns(X)],
    "You divided by the variances": lambda X: [by_the_square(column)[0] for column in columns(X)],
    "You subtracted the column means and stopped": lambda X: [away(column)[0] for column in columns(X)],
}
SLIPS["more-less-equal"] = {                                      # over two: half the distance, divided by its own size
    "That is x̂": lambda you, other, gamma, beta: [normal([a, b], 1e-5)[0] for a, b in zip(you, other, strict=True)],
    "You gave the feature in which both are equal": lambda you, other, gamma, beta: affine(
        [-1 if a < b else 1 for a, b in zip(you, other, strict=True)], gamma, beta),
    "You turned more and less round": lambda you, other, gamma, beta: affine(
        [normal([a, b], 1e-5)[1] for a, b in zip(you, other, strict=True)], gamma, beta),
    "You went across your row": lambda you, other, gamma, beta: normal_by_torch(you, gamma, beta, 1e-5),
    "You divided the squares by B − 1 = 1": lambda you, other, gamma, beta: affine(
        [by_one_less([a, b])[0] if a != b else 0 for a, b in zip(you, other, strict=True)], gamma, beta),
    "You added β before": lambda you, other, gamma, beta: [
        (sign(a - b) + shift) * g for a, b, g, shift in zip(you, other, gamma, beta, strict=True)],
}
SLIPS["who-hears"] = {
    "You turned the first two round": lambda B, d: [d, B, 1],
    "You let the change reach the whole batch": lambda B, d: [B * d, d, 1],
    "In use BatchNorm subtracts and divides by constants": lambda B, d: [B, d, B],
    "The number itself changes as well": lambda B, d: [B - 1, d - 1, 1 - 1],
    "You gave BatchNorm in use the reach of LayerNorm": lambda B, d: [B, d, d],
    "You let each number be normalized by itself": lambda B, d: [1, d, 1],
}
SLIPS["companions"] = {
    "You left the places out of BatchNorm's mean": lambda N, C, H, W, groups: [N, C * H * W / groups, C],
    "{groups} is the number of groups": lambda N, C, H, W, groups: [N * H * W, groups * H * W, C],
    "You left the places out of GroupNorm's mean": lambda N, C, H, W, groups: [N * H * W, C / groups, C],
    "You let GroupNorm cross from image to image": lambda N, C, H, W, groups: [N * H * W, N * C * H * W / groups, C],
    "You counted the means": lambda N, C, H, W, groups: [C, N * groups, N * H * W],
}
SLIPS["as-steady"] = {
    "You took the root": lambda x, B: math.ceil(math.sqrt(B * B + B * B * x * x / 2)),
    "You left out the half before x²": lambda x, B: B + B * x * x,
    "That leaves out the 1": lambda x, B: B * x * x / 2,
    "At this B an entry that is not 0 spreads more": lambda x, B: B,
}
SLIPS["strangers"] = {
    "You normalized the two by each other": lambda x, mean, var, gamma, beta: [beta + gamma * sign(x[0] - x[1]), beta - gamma * sign(x[0] - x[1])],
    "You divided by the running variance": lambda x, mean, var, gamma, beta: [beta + gamma * a / var - gamma * mean / var for a in x],
    "γ and β are missing": lambda x, mean, var, gamma, beta: [(a - mean) / math.sqrt(var) for a in x],
    "You added β before": lambda x, mean, var, gamma, beta: [gamma * (a - mean) / math.sqrt(var) + gamma * beta for a in x],
    "The running mean {mean} is still in it": lambda x, mean, var, gamma, beta: [beta + gamma * a / math.sqrt(var) for a in x],
}
SLIPS["once-then-in-use"] = {                                     # old + m (new − old), from 0 and 1
    "You let the biased variance": lambda batch, x, m: (x - m * mean(batch)) / math.sqrt(1 + m * (variance(batch) - 1)),
    "You used the mean and the variance of that batch": lambda batch, x, m: (x - mean(batch)) / math.sqrt(variance(batch)),
    "You gave the old value the weight": lambda batch, x, m: (
        (x - mean(batch) + m * mean(batch)) / math.sqrt(variance(batch, 1) + m * (1 - variance(batch, 1)))),
    "You left the fresh layer as it was": lambda batch, x, m: (x - 0) / math.sqrt(1),
    "You let the running variance begin at 0": lambda batch, x, m: (x - m * mean(batch)) / math.sqrt(m * variance(batch, 1)),
    "You divided by the running variance": lambda batch, x, m: (x - m * mean(batch)) / (1 + m * (variance(batch, 1) - 1)),
}
SLIPS["arrived"] = {                                              # for the batch 0, 1, …, B − 1
    "That is the mean square in training": lambda B: 1,
    "You turned the two variances round": lambda B: variance(range(B), 1) / variance(range(B)),
    "You took the root": lambda B: math.sqrt(variance(range(B)) / variance(range(B), 1)),
    "That is the share by which": lambda B: 1 - variance(range(B)) / variance(range(B), 1),
}
SLIPS["how-many-batches"] = {
    "You gave the old value the weight": lambda m, s, percent: batches(Fraction(str(m)), percent),
    "You took one over the momentum": lambda m, s, percent: -(-1 // Fraction(str(m))),
    "One batch too few": lambda m, s, percent: batches(1 - Fraction(str(m)), percent) - 1,
    "One batch too many": lambda m, s, percent: batches(1 - Fraction(str(m)), percent) + 1,
}
SLIPS["swallowed-bias"] = {
    "You subtracted the running mean and did not scale": lambda w, b, mean, var, gamma, beta: sum([b, -mean, beta]),
    "The running mean is missing": lambda w, b, mean, var, gamma, beta: beta + gamma / math.sqrt(var) * b,
    "β is missing": lambda w, b, mean, var, gamma, beta: gamma / math.sqrt(var) * b - gamma / math.sqrt(var) * mean,
    "You scaled β along": lambda w, b, mean, var, gamma, beta: sum(gamma / math.sqrt(var) * one for one in (b, -mean, beta)),
    "You divided by the running variance": lambda w, b, mean, var, gamma, beta: beta + gamma * b / var - gamma * mean / var,
    "That is x̂ at h = 0": lambda w, b, mean, var, gamma, beta: b / math.sqrt(var) - mean / math.sqrt(var),
    "That is how far b lies": lambda w, b, mean, var, gamma, beta: sum([b, -mean]),
}
SLIPS["halves-together"] = {
    "You averaged the variances": lambda n, m1, m2, v1, v2: [mean([m1, m2]), mean([v1, v2])],
    "You added the variances": lambda n, m1, m2, v1, v2: [mean([m1, m2]), sum([v1, v2])],
    "You added the square of the distance between the means": lambda n, m1, m2, v1, v2: [
        mean([m1, m2]), mean([v1, v2]) + m1 * m1 - 2 * m1 * m2 + m2 * m2],
    "You averaged σ and squared": lambda n, m1, m2, v1, v2: [mean([m1, m2]), (v1 + v2 + 2 * math.sqrt(v1 * v2)) / 4],
    "You took the variance of the two means": lambda n, m1, m2, v1, v2: [mean([m1, m2]), variance([m1, m2])],
}

# --- Chapter 4 ------------------------------------------------------------------------------------


def pre_ln(n):
    return 1 / sum([1] * (n + 1))


def post_ln(n):
    return math.prod([1 / 2] * n)


def order(x):
    """x̂ of two features."""
    return [sign(x[0] - x[1]), sign(x[1] - x[0])]


SLIPS["count-the-norms"] = {
    "You counted two a block": lambda L, d: [L + L, (L + L) * (d + d)],
    "You counted one a block": lambda L, d: [L + 1, (L + 1) * (d + d)],
    "You counted γ and left out β": lambda L, d: [L + L + 1, sum([d] * (L + L + 1))],
    "The second number is that of one LayerNorm": lambda L, d: [L + L + 1, d + d],
    "You gave each sublayer two LayerNorms": lambda L, d: [sum([4] * L) + 1, (sum([4] * L) + 1) * (d + d)],
}
SLIPS["pre-by-hand"] = {
    "You normalized the sum of x and F(x)": lambda x, k: order([x[0] + k * x[1], x[1] + k * x[0]]),
    "You let F read x itself": lambda x, k: [x[0] + k * x[1], x[1] + k * x[0]],
    "You normalized x once": lambda x, k: [(1 - k) * a for a in order(x)],         # u and k times u swapped, which is −u
    "You normalized the skip path": lambda x, k: [order(x)[0] + k * x[1], order(x)[1] + k * x[0]],
    "That is what the sublayer adds": lambda x, k: [-k * a for a in order(x)],
    "You subtracted the mean and did not divide": lambda x, k: [x[0] + k * (x[1] - x[0]) / 2, x[1] + k * (x[0] - x[1]) / 2],
}
SLIPS["adam-first-step"] = {
    "That is a step of SGD": lambda rate, g: [-rate * a for a in g],
    "Both sizes are right": lambda rate, g: [rate * sign(a) for a in g],
    "You gave both the same sign": lambda rate, g: [-rate, -rate],
    "You did not correct the averages": lambda rate, g: [-rate * 0.1 * a / math.sqrt(0.02 * a * a) for a in g],
    "You corrected the average of the squares": lambda rate, g: [-rate * sign(a) / 10 for a in g],
}
SLIPS["when-it-is-lost"] = {
    "You counted back from the end": lambda rate, W, limit: W - sum(rate * step <= limit * W * (1 + 1e-9) for step in range(1, W + 1)),
    "At the end of the warm-up": lambda rate, W, limit: W,
    "Then nothing would have been warmed up": lambda rate, W, limit: 1,
    "You turned the share round": lambda rate, W, limit: -(-W * Fraction(str(rate)) // Fraction(str(limit))),
}
SLIPS["size-at-the-end"] = {
    "That is the mean square": lambda L, q: sum([1] + [q, q] * L),
    "You added sizes": lambda L, q: sum([1] + [math.sqrt(q)] * 2 * L),
    "You let every sublayer add a share": lambda L, q: math.sqrt(math.prod([1 + q, 1 + q] * L)),
    "You counted one sublayer a block": lambda L, q: math.hypot(1, *[math.sqrt(q)] * L),
    "You left out the vector that entered": lambda L, q: math.hypot(*[math.sqrt(q)] * 2 * L),
}
SLIPS["gradient-left"] = {
    "You took the power −½": lambda c, few, many: many**-0.5 / few**-0.5,
    "That is the ratio of the mean squares": lambda c, few, many: sum([1] + [c] * few) / sum([1] + [c] * many),
    "That is Post-LN": lambda c, few, many: 1,
    "You turned it round": lambda c, few, many: math.hypot(1, *[math.sqrt(c)] * many) / math.hypot(1, *[math.sqrt(c)] * few),
    "You divided the numbers of blocks": lambda c, few, many: 1 / (many / few),
}
SLIPS["share-of-a-block"] = {
    "You let each block add what it added before": lambda few, many, q: [q, sum([q] * many)],
    "You divided by the root of {times}": lambda few, many, q: [q / math.sqrt(many / few), q * math.sqrt(many * few)],
    "You divided by the square of {times}": lambda few, many, q: [q / (many / few)**2, q * few / (many / few)],
    "The first number is right": lambda few, many, q: [q / (many / few), sum([q / (many / few)] * few)],
}
SLIPS["norm-over-tokens"] = {
    "The first number is right": lambda T, d, L, B: [B, (L + L + 1) * (d + d)],
    "You counted as for `LayerNorm({d})`": lambda T, d, L, B: [sum([T] * B), (L + L + 1) * (d + d)],
    "The second number is right": lambda T, d, L, B: [sum([T] * B), (L + L + 1) * T * (d + d)],
    "You let the mean run over the texts": lambda T, d, L, B: [1, (L + L + 1) * T * (d + d)],
    "You counted γ and left out β": lambda T, d, L, B: [B, (L + L + 1) * T * d],
    "You left out the last LayerNorm": lambda T, d, L, B: [B, (L + L) * T * (d + d)],
    "You gave γ a number for each token and one": lambda T, d, L, B: [B, (L + L + 1) * (T + d + T + d)],
}
SLIPS["embedding-left"] = {
    "Your first number is Pre-LN's": lambda n: [pre_ln(n), pre_ln(n)],
    "Your second number is Post-LN's": lambda n: [post_ln(n), post_ln(n)],
    "You turned them round": lambda n: [pre_ln(n), post_ln(n)],
    "Those are shares of the length": lambda n: [math.sqrt(post_ln(n)), math.sqrt(pre_ln(n))],
    "{n} sublayers and the embeddings": lambda n: [post_ln(n), pre_ln(n - 1)],
}

# --- Chapter 5 ------------------------------------------------------------------------------------

SLIPS["rms-by-hand"] = {
    "You subtracted the mean {mu} and divided by σ": lambda x: normal_by_torch(x),
    "You left the mean in above": by_the_spread,
    "You divided by the mean square": lambda x: [a * len(x) / math.hypot(*x)**2 for a in x],
    "You divided by the length": lambda x: [a / math.hypot(*x) for a in x],
    "You divided by the mean of the sizes": lambda x: [a * len(x) / sum(max(b, -b) for b in x) for a in x],
}
SLIPS["read-it-yourself"] = {                                     # what went in less what came out is the mean of all four
    "That is the mean that was subtracted": lambda row, rest: mean(row + rest),
    "That is the sum of all four": lambda row, rest: sum(row + rest),
    "You took {mu} for the mean of the second row": lambda row, rest: 2 * mean(row + rest),
    "You turned the sign of the mean": lambda row, rest: 4 * -mean(row + rest) - row[0] - row[1],
}
SLIPS["whisper"] = {
    "The sizes are right": lambda B, T, d, up: [0, up / d / T, up / T, up / T / B],
    "Look at the first again": lambda B, T, d, up: [-up / d, -up / d / T, -up / T, -up / T / B],
    "Over (T, d) a mean has {all} numbers": lambda B, T, d, up: [0, -up / T, -up / T, -up / T / B],
    "You took BatchNorm's mean for deaf": lambda B, T, d, up: [0, -up / d / T, -up / T, 0],
    "You took one over B·T·d": lambda B, T, d, up: [0, -up / d / T, -up / T, -up / d / T / B],
}
SLIPS["level-and-spread"] = {
    "These are LayerNorm's": lambda mu, std: [0, 1],
    "You divided by σ alone": lambda mu, std: [mean([(mu - std) / std, (mu + std) / std]), math.sqrt(variance([(mu - std) / std, (mu + std) / std]))],
    "You added level and σ": lambda mu, std: [sign(mu) / (1 + std / max(mu, -mu)), 1 / (1 + max(mu, -mu) / std)],
    "You divided by the mean square": lambda mu, std: [mu / math.hypot(mu, std)**2, std / math.hypot(mu, std)**2],
    "The second number is the variance": lambda mu, std: [mu / math.hypot(mu, std), 1 - (mu / math.hypot(mu, std))**2],
}
SLIPS["queries-and-keys"] = {
    "That is the bound at γ = 1": lambda size, g, h: sum([1 * 1] * size) / math.sqrt(size),
    "You gave both the length 1": lambda size, g, h: g * h / math.sqrt(size),
    "That is the product q·k": lambda size, g, h: sum([g * h] * size),
    "You let the division take both lengths away": lambda size, g, h: g * h,
}
SLIPS["three-numbers-kept"] = {
    "These are mean and variance of what was kept": lambda past, x: [mean(past), pairs(past) / 16],
    "These are the new token's own": lambda past, x: [mean(x), (x[0] - x[1])**2 / 4],
    "The second number is the mean of the squares": lambda past, x: [mean(past + x), math.hypot(*past, *x)**2 / 6],
    "You counted the token as one number": lambda past, x: [
        sum(past + x) / (4 + 1), math.hypot(*past, *x)**2 / (4 + 1) - sum(past + x)**2 / (4 + 1)**2],
    "You divided by one less than the count": lambda past, x: [mean(past + x), pairs(past + x) / 6 / 5],
}
SLIPS["centre-what-writes"] = {
    "You took the mean of a row": lambda W, b: [(W[0][0] - W[0][1]) / 2, (W[0][1] - W[0][0]) / 2, away(b)[0]],
    "You took one mean of the whole matrix": lambda W, b: [*away(sum(W, []))[:2], away(b)[0]],
    "The bias is right": lambda W, b: [*W[0], away(b)[0]],
    "The matrix is right. The bias is written": lambda W, b: [*[away(column)[0] for column in columns(W)], b[0]],
    "The matrix is right. From the bias you took all": lambda W, b: [*[away(column)[0] for column in columns(W)], b[0] - b[0]],
}
SLIPS["padding-stays"] = {                                        # a variance is what varies within, and between the zeros and the real ones
    "These are the real tokens' own": lambda share, mu, var: [mu, var],
    "The mean is right. The variance is more than": lambda share, mu, var: [mu - share * mu, var - share * var],
    "The mean is right. But the zeros change": lambda share, mu, var: [mu - share * mu, var],
    "The second number is the mean square": lambda share, mu, var: [
        mu - share * mu, mean([(mu - math.sqrt(var))**2, (mu + math.sqrt(var))**2]) * (1 - share)],
    "You gave the real tokens the weight of the padding": lambda share, mu, var: [mu * share, var * share + share * (1 - share) * mu * mu],
}
SLIPS["cache-with-shared-heads"] = {
    "You counted the keys or the values": lambda L, heads, shared, size: sum([shared * size] * L),
    "You gave every head of queries keys": lambda L, heads, shared, size: sum([heads * size, heads * size] * L),
    "That is one block": lambda L, heads, shared, size: sum([shared * size, shared * size]),
    "You kept the queries as well": lambda L, heads, shared, size: sum([shared * size, shared * size, heads * size] * L),
    "You kept a mean and a σ for each norm": lambda L, heads, shared, size: sum([shared * size, shared * size] * L) + sum([1, 1] * (L + L + 1)),
}
