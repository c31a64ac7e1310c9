"""Chapter 2: what γ and β can and cannot do, what flows back, and when they can be folded away."""
import numpy as np

from ... import functional as F
from ..common import is_sequence, normal, same, unlike_answer
from ..draws import entries, one_of, unlike
from ..forms import Bug, Choose, Code, Compute, Count, Explain, Option, Order, Predict, Promise, Step
from ..words import say

FOUR = np.array([2.0, 0, 4, 4])
BALANCED = [np.array(signs) for signs in ([-1.0, 1, 1, -1], [1.0, -1, 1, -1], [1.0, 1, -1, -1], [-1.0, -1, 1, 1])]     # each is its own x̂


def felt(dy, x, gamma=None, eps=0.0):
    """The gradient of x, where dy arrives at the output."""
    x = np.asarray(x, dtype=float)
    _, mean, rstd = F.layer_norm(x, eps=eps, return_stats=True)
    return F.layer_norm_backward(dy, x, mean, rstd, gamma)[0]     # (..., d)


def partly(g, x, *, mean=True, spread=True):
    """What comes back at ε = 0 if μ or σ is taken for a constant."""
    x_hat = normal(x)                                             # (d,)
    return (g - mean * g.mean() - spread * x_hat * (g * x_hat).mean()) / x.std()


# --- Compute ---------------------------------------------------------------------------------------


def _lifted(rng):
    gamma, beta = rng.integers(-2, 5, 4).astype(float), rng.integers(-3, 4, 4).astype(float)
    return {"x": float(rng.integers(-4, 8)) + float(one_of(rng, 2, 3, 4)) * one_of(rng, *BALANCED), "gamma": gamma, "beta": beta}


def _whole(rng):
    """An x and a dy that send whole numbers back."""
    while True:
        x = 3 + rng.permutation(one_of(rng, [1.0, 1, -2, 0], [3.0, -1, -1, -1]))               # (d,)
        dy = x.std() * 12 * entries(rng, 4, -1, 1)                # (d,)
        if (np.abs(felt(dy, x)) > 0.5).all():
            return {"x": x, "dy": dy}


def _rows(rng):
    (mu, other), (std, wide) = unlike(rng, 2, 2, 8), unlike(rng, 2, 1, 4)
    return {"row": mu + std * BALANCED[0], "other": other + wide * BALANCED[1]}


def _line(row, other):
    """γ₁ and β₁ of the line through the first feature of two rows."""
    left, right = normal(row)[0], normal(other)[0]
    gamma = (other[0] - row[0]) / (right - left)
    return np.array([gamma, row[0] - gamma * left])


def _with_third(value, d=8):
    """A vector whose x̂₃ is this value, up to √(d − 1) in size."""
    third, rest = normal(np.eye(d)[2]), normal([1, -1, 0, 1, -1, 1, -1, 0])                    # (d,), at right angles
    share = value / (d - 1)**0.5
    return share * third + (1 - share**2)**0.5 * rest


def _gate(x_hat, dy):
    """The gradients of γ₃, which is 0, and of β₃."""
    x, upstream = np.stack([_with_third(value) for value in x_hat]), dy[:, None] * np.eye(8)[2]                    # (tokens, d) each
    gamma = 1 - np.eye(8)[2]                                      # (d,)
    _, mean, rstd = F.layer_norm(x, gamma, eps=0.0, return_stats=True)
    _, dgamma, dbeta = F.layer_norm_backward(upstream, x, mean, rstd, gamma)
    return np.array([dgamma[2], dbeta[2]])


def _of_weights(by, times):
    """By what the gradient of W in LN(W v) is multiplied, where W grows by the first factor and v by the second."""
    rng = np.random.default_rng(0)
    W, v, dy = rng.normal(size=(6, 4)), rng.normal(size=4), rng.normal(size=6)
    before, after = (np.outer(felt(dy, (k * W) @ (m * v)), m * v) for k, m in ((1, 1), (by, times)))        # (m, d) each
    return np.linalg.norm(after) / np.linalg.norm(before)


def _sizes_back(B, T, d):
    """How many numbers dγ holds, how many products are added up in one of them, and how many numbers dx holds."""
    x = np.random.default_rng(0).normal(size=(B, T, d))           # (B, T, d)
    x_hat, mean, rstd = F.layer_norm(x, return_stats=True)
    dx, dgamma, _ = F.layer_norm_backward(1 / x_hat, x, mean, rstd)             # each product dy · x̂ is 1
    return [dgamma.size, round(dgamma[0]), dx.size]


COMPUTED = [
    Compute(
        name="output-by-hand", chapter=2, concept="affine", level="easy",
        ask="x = {x}, ε = 0, γ = {gamma} and β = {beta}. What leaves the layer?",
        draw=_lifted,
        first={"x": np.array([1.0, 5, 5, 1]), "gamma": np.array([2.0, 1, 3, 0]), "beta": np.array([1.0, 0, -1, 2])},
        answer=lambda x, gamma, beta: F.layer_norm(x, gamma, beta, eps=0.0),
        work=lambda x, gamma, beta: {"mu": x.mean(), "std": x.std(), "xhat": normal(x), "scaled": gamma * normal(x)},
        wrong={
            "You applied γ and β to x itself. Subtract the mean {mu} and divide by σ first.": lambda x, gamma, beta: gamma * x + beta,
            "You added β before you multiplied. β is added last, in the unit of the "
            "output.": lambda x, gamma, beta: gamma * (normal(x) + beta),
            "You stopped at γ ⊙ x̂. β is still to be added.": lambda x, gamma, beta: gamma * normal(x) if beta.any() else None,
            "You took β for the factor and γ for the shift. γ multiplies.": lambda x, gamma, beta: beta * normal(x) + gamma,
            "You subtracted the mean but did not divide by σ = {std}.": lambda x, gamma, beta: gamma * (x - x.mean()) + beta,
        },
        hints=("Find x̂ first: here all entries lie equally far from their mean.", "x̂ = {xhat}. Now one γ and one β for each entry."),
        solution="μ = {mu} and σ = {std}, so x̂ = {xhat}. Times γ that is {scaled}, and with β it is y = {answer}.",
        misconception="γ and β act on x.",
    ),
    Compute(
        name="mean-square-of-y", chapter=2, concept="affine", level="medium",
        ask="ε = 0, and x is any vector that is not constant. γ is {gamma} for every feature and β is {beta} for every feature. What is "
            "the mean of the squares of y?",
        draw=lambda rng: {"gamma": float(one_of(rng, 2, 3, 4, 5, 6)), "beta": float(one_of(rng, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5))},
        first={"gamma": 4.0, "beta": 3.0},
        answer=lambda gamma, beta: (F.layer_norm(FOUR, np.full(4, gamma), np.full(4, beta), eps=0.0)**2).mean(),
        work=lambda gamma, beta: {"square": gamma**2, "other": beta**2},
        wrong={
            "1 is the mean square of x̂. γ and β come after it.": lambda gamma, beta: 1,
            "That is γ², the variance of y. The mean square also contains the level of y.": lambda gamma, beta: gamma**2,
            "You squared γ + β. That would be right if every entry of x̂ were 1. Square γ x̂ᵢ + β, then take the mean over i.":
                lambda gamma, beta: (gamma + beta)**2,
            "You let γ multiply the mean square once. In the square it stands twice.": lambda gamma, beta: abs(gamma) + beta**2,
            "You left γ out: that is 1 + β².": lambda gamma, beta: 1 + beta**2,
            "You added γ and β and squared nothing. Square γ x̂ᵢ + β, then take the mean over i.": lambda gamma, beta: gamma + beta,
        },
        hints=("Square γ x̂ᵢ + β and take the mean over i. Which two means of x̂ do you know?",
               "(γ x̂ᵢ + β)² = γ² x̂ᵢ² + 2 γ β x̂ᵢ + β². The mean of x̂ᵢ is 0, that of x̂ᵢ² is 1."),
        solution="The middle term of the square drops out, since x̂ has mean 0, and x̂ has mean square 1. What is left is γ² + β² = {square} "
                 "+ {other} = {answer}, whatever x was.",
        misconception="The output of a LayerNorm has mean 0 and mean square 1.",
    ),
    Compute(
        name="two-rows", chapter=2, concept="undo", level="medium",
        ask="ε = 0. Two rows pass through one LayerNorm: {row} and {other}. Which γ₁ and which β₁ bring the first feature back in both?",
        draw=_rows,
        first={"row": 3 + 2 * BALANCED[0], "other": 6 + BALANCED[1]},
        answer=_line,
        work=lambda row, other: {"left": normal(row)[0], "right": normal(other)[0], "low": row[0], "high": other[0]},
        wrong={
            "Those are σ and μ of the first row. They bring that row back and the other one "
            "not.": lambda row, other: [row.std(), row.mean()],
            "Those are σ and μ of the second row. They bring that row back and the first one not.":
                lambda row, other: [other.std(), other.mean()],
            "You took the mean of the two σ and of the two μ. That brings neither back: put x̂₁ of both rows into γ₁ x̂₁ + β₁ = x₁.":
                lambda row, other: [(row.std() + other.std()) / 2, (row.mean() + other.mean()) / 2],
            "You took the slope the wrong way round. x̂₁ lies across, x₁ is the height.":
                lambda row, other: [1 / _line(row, other)[0], row[0] - normal(row)[0] / _line(row, other)[0]],
        },
        hints=("One feature is a straight line: x̂₁ across, x₁ up, a point for each row.",
               "x̂₁ is {left} in the first row and {right} in the second; x₁ is {low} and {high}."),
        solution="The line through ({left}, {low}) and ({right}, {high}) has slope and height at 0: γ₁, β₁ = {answer}. They are σ and μ of "
                 "neither row. Each feature has its own line, so this says nothing yet about the other three.",
        misconception="γ = σ and β = μ is the only way back.",
    ),
    Compute(
        name="gate-gradients", chapter=2, concept="gradient", level="medium", section="gate",
        ask="γ₃ = 0. Three tokens have x̂₃ = {x_hat}, in this order, and what arrives at their y₃ is {dy}. What are the gradients of γ₃ and "
            "of β₃?",
        draw=lambda rng: {"x_hat": rng.integers(-2, 3, 3).astype(float), "dy": rng.integers(-4, 5, 3).astype(float)},
        first={"x_hat": np.array([1.0, -2, 0]), "dy": np.array([2.0, -1, 4])},
        answer=_gate,
        work=lambda x_hat, dy: {"products": x_hat * dy},
        wrong={
            "You multiplied by γ₃ on the way. y₃ = γ₃ x̂₃ + β₃: differentiate by γ₃, and γ₃ is gone.": lambda x_hat, dy: [0, dy.sum()],
            "A shut gate makes y₃ constant in x. In γ₃ and β₃ it is not constant: nudge γ₃ and see.": lambda x_hat, dy: [0, 0],
            "You took means over the tokens. Each token adds its own share to the loss, so the shares are summed.":
                lambda x_hat, dy: _gate(x_hat, dy) / 3,
            "You have them the wrong way round: β₃ is the one that is added bare.": lambda x_hat, dy: _gate(x_hat, dy)[::-1],
            "You multiplied the sums. Multiply for each token, then sum.": lambda x_hat, dy: [x_hat.sum() * dy.sum(), dy.sum()],
        },
        hints=("What must dy₃, which arrives at y₃, be multiplied by to give γ₃'s share? Do it for one token first.",
               "The products x̂₃ · dy₃ are {products}."),
        solution="The gradient of γ₃ is the sum of the products {products}, that of β₃ the sum of {dy}: {answer}. No γ₃ stands in either.",
        misconception="A γ of 0 has a gradient of 0 and stays 0 for ever.",
    ),
    Compute(
        name="fourth-number", chapter=2, concept="gradient", level="easy",
        ask="Some gradient arrives behind a LayerNorm of four features. What flows back to x begins with {a}, {b}, {c}. What is the fourth "
            "number?",
        draw=_whole,
        first={"x": np.array([4.0, 4, 1, 3]), "dy": np.array([4.0, 4, 1, 3]).std() * np.array([12.0, 0, 0, 12])},
        answer=lambda x, dy: felt(dy, x)[3],
        work=lambda x, dy: dict(zip("abc", felt(dy, x), strict=False)),
        wrong={
            "The three do not sum to 0. What must the fourth be, so that all four do?": lambda x, dy: 0,
            "You took the sum of the three. It is what the fourth has to cancel.": lambda x, dy: felt(dy, x)[:3].sum(),
            "You continued with the mean of the three. Which sum is promised?": lambda x, dy: felt(dy, x)[:3].mean(),
            "You made the four sum to 1. A shift of all four inputs changes nothing behind the layer: which sum follows?":
                lambda x, dy: 1 - felt(dy, x)[:3].sum(),
        },
        hints=("What happens to the loss if all four inputs rise by the same amount?",
               "Nothing: the mean takes the shift away. So the four gradients, added up, are the gradient of nothing."),
        solution="A shift of all four inputs changes no output, so the four numbers sum to 0 and the last is {answer}. This holds for "
                 "every x, γ and ε.",
        misconception="An input whose output is not pulled feels nothing.",
    ),
    Compute(
        name="back-by-hand", chapter=2, concept="gradient", level="hard",
        ask="x = {x}, ε = 0, γ = {gamma}. The gradient {dy} arrives at y. What flows back to x?",
        draw=lambda rng: {"x": 3 + float(one_of(rng, 2, 4)) * one_of(rng, *BALANCED), "gamma": rng.integers(1, 4, 4).astype(float),
                          "dy": 4 * rng.permutation([float(one_of(rng, 1, 2)), float(one_of(rng, -2, -1, 1, 2)), 0, 0])},
        first={"x": np.array([1.0, 5, 5, 1]), "gamma": np.array([1.0, 2, 1, 1]), "dy": np.array([4.0, 4, 0, 0])},
        answer=lambda x, gamma, dy: felt(dy, x, gamma),
        work=lambda x, gamma, dy: {"std": x.std(), "g": gamma * dy, "xhat": normal(x), "mean": (gamma * dy).mean(),
                                   "along": (gamma * dy * normal(x)).mean()},
        wrong={
            "You forgot γ. What arrives at x̂ is γ ⊙ dy.": lambda x, gamma, dy: felt(dy, x),
            "You treated σ as a constant. x acts through it too: the part along x̂ goes as well.":
                lambda x, gamma, dy: partly(gamma * dy, x, spread=False),
            "You treated μ as a constant. The mean of what arrives goes as well.": lambda x, gamma, dy: partly(gamma * dy, x, mean=False),
            "You divided what arrives by σ and took nothing off, as if μ and σ were constants.": lambda x, gamma, dy: gamma * dy / x.std(),
            "Both parts are gone. Divide what is left by σ = {std}.": lambda x, gamma, dy: x.std() * felt(dy, x, gamma),
            "You took off whole sums. Both are means over the four features.":
                lambda x, gamma, dy: (gamma * dy - (gamma * dy).sum() - normal(x) * (gamma * dy * normal(x)).sum()) / x.std(),
            "You added the two parts instead of taking them off.":
                lambda x, gamma, dy: (gamma * dy + (gamma * dy).mean() + normal(x) * (gamma * dy * normal(x)).mean()) / x.std(),
        },
        hints=("Four steps: times γ, minus the mean, minus the part along x̂, divided by σ.",
               "g = γ ⊙ dy = {g} and x̂ = {xhat}. The mean of g is {mean}, the mean of g ⊙ x̂ is {along}."),
        solution="g = {g} arrives at x̂ = {xhat}. Its mean {mean} goes, and so does {along} times x̂. Divided by σ = {std} that is {answer}. "
                 "Check: it sums to 0, and so do its products with x̂.",
        misconception="μ and σ are only numbers; the gradient need not go through them.",
    ),
    Compute(
        name="matrix-before", chapter=2, concept="gradient", level="hard",
        ask="z = W v goes into a LayerNorm with ε = 0, and the same gradient arrives at the LayerNorm's output each time. W becomes {by} "
            "times as large and v {times} times. By which factor is the gradient of W multiplied?",
        draw=lambda rng: {"by": float(one_of(rng, 2, 4, 5, 8, 10, 20)), "times": float(one_of(rng, 2, 3, 5, 10, 50, 100))},
        first={"by": 10.0, "times": 2.0},
        answer=_of_weights,
        work=lambda by, times: {"both": by * times},
        wrong={
            "{times} would be right without the LayerNorm. With it, what comes back to z has changed too.": lambda by, times: times,
            "That is the factor for the gradient of z, which σ divides. The gradient of W is that times v: what has become of v?":
                lambda by, times: 1 / (by * times),
            "The output is the same as before, so you took the gradient to be the same. The gradient is divided by σ, and σ has grown.":
                lambda by, times: 1,
            "You divided by the size of v. It is the one that cancels; follow the size of W.": lambda by, times: 1 / times,
            "You divided by the growth of W and multiplied by that of v. But z grew by both.": lambda by, times: times / by,
        },
        hints=("By which factor does z grow, and σ with it?", "The gradient of z is divided by {both}. The gradient of W is that times v."),
        solution="z and σ grow by {both}, so the gradient of z is divided by {both}. Times v, which grew by {times}, the gradient of W is "
                 "multiplied by {answer}: v has cancelled, and W brakes itself.",
        misconception="LayerNorm makes gradients independent of the size of the weights before it.",
    ),
    Compute(
        name="folded-bias", chapter=2, concept="affine", level="easy", section="what-for",
        ask="Behind a LayerNorm with γ = {gamma} and β = {beta} stands a Linear with one output: weights w = {w}, bias {b}. γ and β are "
            "folded into it. What is its new bias?",
        draw=lambda rng: {"gamma": rng.integers(1, 5, 3).astype(float), "beta": entries(rng, 3, -3, 3), "w": entries(rng, 3, -4, 4),
                          "b": float(rng.integers(-5, 6))},
        first={"gamma": np.array([2.0, 1, 3]), "beta": np.array([1.0, -1, 2]), "w": np.array([3.0, 1, 2]), "b": 5.0},
        answer=lambda gamma, beta, w, b: F.layer_norm(np.ones(3), gamma, beta) @ w + b,       # a constant vector: x̂ is 0
        work=lambda gamma, beta, w, b: {"products": w * beta, "weights": w * gamma},
        wrong={
            "You left the bias as it was. β passes through the weights and adds something to every output.": lambda gamma, beta, w, b: b,
            "You added β itself. It meets the weights first.": lambda gamma, beta, w, b: b + beta.sum(),
            "You sent β through the new weights. γ multiplies x̂ only; β is added after it.":
                lambda gamma, beta, w, b: b + (w * gamma * beta).sum(),
            "That is the part of β alone. The old bias is still there.": lambda gamma, beta, w, b: (w * beta).sum() if b else None,
            "You folded γ into the bias. It goes into the weights: {weights}.": lambda gamma, beta, w, b: b + (w * gamma).sum(),
        },
        hints=("What does the Linear give where x̂ is 0?", "There y = β. The products of weights and β are {products}."),
        solution="w · (γ ⊙ x̂ + β) + b = (w ⊙ γ) · x̂ + (w · β + b). The new weights are {weights}; the new bias is the sum of {products} "
                 "and the old {b}: {answer}.",
        misconception="β can be moved into the next bias as it is.",
    ),
    Count(
        name="summed-in-one", chapter=2, concept="gradient", level="easy", section="gate",
        ask="x has the shape (B, T, d) = ({B}, {T}, {d}) and has passed through `LayerNorm({d})`. How many numbers does the gradient of γ "
            "hold, how many products are added up in each of them, and how many numbers does the gradient of x hold?",
        draw=lambda rng: dict(zip("BTd", unlike(rng, 3, 2, 12), strict=True)),
        first={"B": 2, "T": 5, "d": 3},
        answer=_sizes_back,
        work=lambda B, T, d: {"tokens": B * T},
        wrong={
            "You gave each token a γ of its own. One γ serves all tokens, so their shares are added up.":
                lambda B, T, d: [B * T * d, 1, B * T * d],
            "You added up over the examples and not over the tokens of each. Both use the same γ.":
                lambda B, T, d: [T * d, B, B * T * d],
            "You added up over the features. Each feature has a γ of its own; it is the tokens that share it.":
                lambda B, T, d: [B * T, d, B * T * d],
            "The first two are right. But x is not shared: each of its numbers has a gradient of its own.": lambda B, T, d: [d, B * T, d],
            "You counted the tokens of one example. All {B} examples use the same γ.": lambda B, T, d: [d, T, B * T * d],
        },
        hints=("Which numbers are used more than once in the forward pass, and by whom?",
               "γᵢ multiplies x̂ᵢ at every token of every example. And how often is a number of x used by another token?"),
        solution="γ has {d} numbers, and so has its gradient. Each is used at {B} · {T} = {tokens} tokens, and every token adds the "
                 "product dyᵢ x̂ᵢ. The gradient of x has the shape of x: {answer}.",
        misconception="The gradient of γ has the shape of what arrives.",
    ),
]

# --- Choose and predict ----------------------------------------------------------------------------

_RNG = np.random.default_rng(0)
_W, _B, _V = _RNG.normal(size=(8, 8)) / 2, _RNG.normal(size=8), _RNG.normal(size=8)


def _told_apart(left, right, eps=1e-5):
    return float(np.abs(normal(left, eps) - normal(right, eps)).max())


def _drowned():
    """What is left of the difference behind Linear with bias and LayerNorm, where both inputs grow a thousandfold."""
    first, then = (_told_apart(_W @ (k * _V) + _B, _W @ (3 * k * _V) + _B) for k in (1, 1000))
    return then / first


def _size_passes(before, eps=1e-5, around=False):
    """Does v leave otherwise than 3 v, behind ``before`` and a LayerNorm, and what goes around both?"""
    def found():
        left, right = (normal(before(k * _V), eps) + (k * _V if around else 0) for k in (1.0, 3.0))
        return bool(np.abs(left - right).max() > 0.01)
    return found


def _behind_gamma_and_beta():
    left, right = (F.layer_norm(k * _V, _W[0], _W[1]) for k in (1.0, 3.0))
    return bool(np.abs(left - right).max() > 0.01)


def comes_back(left, right, feature):
    """Is there a γ and a β that bring one feature of two rows back?  At ε = 0."""
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    apart = abs(normal(left)[feature] - normal(right)[feature]) > 1e-9
    return bool(apart or left[feature] == right[feature])


def _both(left, right):
    return all(comes_back(left, right, feature) for feature in range(len(left)))


def _restored(gamma, beta, *rows):
    return all(same(F.layer_norm(np.array(row, dtype=float), np.array(gamma), np.array(beta), eps=0.0), row) for row in rows)


_ONE, _TWO = [1.0, 5, 5, 1], [7.0, 1, 7, 1]
_DOWN = np.array([1.0, 2, 6])
_MANY = [np.random.default_rng(seed).exponential(size=7)**2 for seed in range(20)]


def _sums_to_zero(change):
    """Does it for many vectors?"""
    return lambda: all(abs(change(x).sum()) < 1e-9 for x in _MANY)


def _gradients_where_shut():
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))      # (tokens, d)
    _, mean, rstd = F.layer_norm(x, np.zeros(4), np.ones(4), return_stats=True)
    return tuple(bool(np.abs(one).max() > 1e-9) for one in F.layer_norm_backward(dy, x, mean, rstd, np.zeros(4)))


def _vanishes(g):
    return lambda: bool(np.abs(felt(g, FOUR)).max() < 1e-9)


def _parts_lost(g, x):
    """Is something of g lost along the ones vector, and along x̂?"""
    lost = g - x.std() * felt(g, x)                               # (d,)
    return bool(abs(lost.sum()) > 1e-9), bool(abs(lost @ normal(x)) > 1e-9)


_MEAN_X, _PULL = np.array([2.0, 0, 4]), np.array([1.0, 0, 0])


def _let_through(wrong):
    """Does (y**2).sum() let a wrong backward pass through, at γ = 1, β = 0 and ε = 0?"""
    def found():
        return all(np.abs(wrong(2 * normal(x), x) - felt(2 * normal(x), x)).max() < 1e-9 for x in _MANY)
    return found


def _forgotten(gamma):
    """Does it let a pass through that forgets γ = ``gamma(d)``?"""
    arrived = [(2 * gamma(len(x)) * normal(x), x) for x in _MANY]
    return all(np.abs(felt(dy, x) - felt(gamma(len(x)) * dy, x)).max() < 1e-9 for dy, x in arrived)


def _divided_by_less(g, x):
    x_hat = normal(x)                                             # (d,)
    return (g - g.mean() - x_hat * (g * x_hat).sum() / (len(x) - 1)) / x.std()


def _folds(reads, beta=True, bias=True):
    """Does the network compute what it did, with W diag(γ), b + Wβ and a LayerNorm of γ = 1 and β = 0?"""
    def found():
        rng = np.random.default_rng(1)
        H, gamma = rng.normal(size=(20, 6)), rng.uniform(0.5, 2, 6)                           # (tokens, d), (d,)
        shift = rng.normal(size=6) * beta                         # (d,)
        Ws, bs = rng.normal(size=(2, 6, 6)), rng.normal(size=(2, 6)) * bias
        before = reads(F.layer_norm(H, gamma, shift), Ws, bs)
        after = reads(F.layer_norm(H), Ws * gamma, (bs + Ws @ shift) * bias)
        return same(before, after)
    return found


def _tied(fold_both):
    """(what enters the first block, what the head makes of a given x̂, the logits) of a tiny network with a tied head."""
    rng = np.random.default_rng(2)
    E, gamma, mix = rng.normal(size=(7, 4)), rng.uniform(0.5, 2, 4), rng.normal(size=(4, 4))
    given = normal(rng.normal(size=4))                            # (d,)
    if fold_both:
        E, gamma = E * gamma, np.ones(4)
    enters = E[[1, 5, 2]]                                         # (T, d)
    stream = enters + np.tanh(enters @ mix)                       # (T, d)
    return enters, E @ (gamma * given), F.layer_norm(stream, gamma) @ E.T


CHOSEN = [
    Predict(
        name="bias-drowned", chapter=2, concept="undo", level="easy", section="something-lost",
        ask="x and 3x pass through a Linear, W x + b, then a LayerNorm. b is about as large as W x, and they leave clearly different. Now "
            "both inputs become 1000 times as large; weights and bias stay. What becomes of the difference behind the LayerNorm?",
        options=[
            Option("it stays as it was", "LayerNorm takes away the size of W x + b. But what b is beside W x has changed.",
                   lambda: 0.5 < _drowned() < 2),
            Option("it becomes 1000 times as large", "No entry of x̂ can exceed √(d − 1), and the outputs already differed clearly.",
                   lambda: _drowned() > 100),
            Option("it nearly vanishes",
                   "Beside W x a thousand times as large, the bias hardly turns the vector: 3x and x point the same way.",
                   lambda: _drowned() < 0.02),
        ],
        hints=("What is it that makes W x + b and W 3x + b point in different directions?", "The bias. How large is it beside W x now?"),
        solution="The bias told size as direction, as long as it was about as large as W x. Beside a W x 1000 times as large it turns the "
                 "vector hardly at all, and x and 3x are nearly one again.",
        misconception="A bias before the LayerNorm saves the size, whatever the inputs are.",
    ),
    Choose(
        name="keeps-the-size", chapter=2, concept="undo", level="hard", section="something-lost",
        ask="The size of x is to be told apart behind a LayerNorm: x and 3x must not become one. Its entries are drawn at random, of "
            "about size 1; σ is far above √ε, unless an option says otherwise. Which of these make it possible?",
        options=[
            Option("γ and β, trained for it", "They see x̂, and x̂ is the same for x and 3x.", _behind_gamma_and_beta),
            Option("one more feature before the LayerNorm that is always 1", "Beside a small x the 1 stands out, beside a large x it does "
                   "not: that changes the direction.", _size_passes(lambda x: np.append(x, 1))),
            Option("a ReLU before the LayerNorm", "ReLU(3x) = 3 ReLU(x): the factor comes out whole, and is divided away.",
                   _size_passes(lambda x: np.maximum(x, 0))),
            Option("a tanh before the LayerNorm", "tanh bends: of 3x it squashes large entries more than small "
                   "ones, so in general the pattern differs.", _size_passes(np.tanh)),
            Option("two Linears without bias before the LayerNorm", "A factor passes through any product of matrices.",
                   _size_passes(lambda x: _W @ (_W.T @ x))),
            Option("a sum x + LN(x), which is what the next layer reads", "Around the LayerNorm x passes as it is.",
                   _size_passes(lambda x: x, around=True)),
            Option("an ε as large as the variance of x", "Then σ²/(σ² + ε) differs for x and 3x, and x̂ with it.",
                   _size_passes(lambda x: x, eps=float(_V.var()))),
        ],
        hints=("Put 3x into each. Does the 3 come out as a factor in front?",
               "What comes out as c f(x) + b, with c positive and b the same for all features, is lost. Look for what is not of this kind, "
               "or goes around."),
        solution="A positive factor in front is divided away, and a shift of all features goes with the mean. The size can stay visible if "
                 "something before the LayerNorm makes of it neither of the two, if something goes around, or if ε is not small.",
        misconception="Any layer in front of the LayerNorm saves the size.",
    ),
    Choose(
        name="which-features", chapter=2, concept="undo", level="medium",
        ask=f"ε = 0. The rows {say(_ONE)} and {say(_TWO)} pass through one LayerNorm. For which features is there a γ and a β that bring "
            "both rows back?",
        options=[
            Option("feature 1", "x̂₁ is −1 and 1: two points side by side have a line.", lambda: comes_back(_ONE, _TWO, 0)),
            Option("feature 2", "x̂₂ is 1 and −1: two points side by side have a line.", lambda: comes_back(_ONE, _TWO, 1)),
            Option("feature 3", "x̂₃ is 1 in both rows, but x₃ is 5 and 7: γ and β give the line y = γ x̂ + β, one height for one x̂.",
                   lambda: comes_back(_ONE, _TWO, 2)),
            Option("feature 4", "x̂₄ is −1 in both rows and x₄ is 1 in both: one point, and many lines go through it.",
                   lambda: comes_back(_ONE, _TWO, 3)),
        ],
        hints=("Find x̂ of both rows. In each the entries lie equally far from their mean.",
               "x̂ is (−1, 1, 1, −1) and (1, −1, 1, −1). Each feature asks for a line through two points (x̂ᵢ, xᵢ)."),
        solution="x̂ is (−1, 1, 1, −1) and (1, −1, 1, −1). In feature 3 both rows arrive as 1 and should leave as 5 and as 7, which no γ "
                 "and β can do. The other three features have a line.",
        misconception="Two rows either come back or not, all features alike.",
    ),
    Choose(
        name="which-pairs", chapter=2, concept="undo", level="hard",
        ask="ε = 0. Which of these pairs of rows can both come back, with one γ and one β for each feature?",
        options=[
            Option("(1, 2, 6) and (3, 6, 18)", "The second is the first times 3: one x̂, two wishes.", lambda: _both([1, 2, 6], [3, 6, 18])),
            Option("(1, 2, 6) and (11, 12, 16)", "The second is the first plus 10: one x̂ again.", lambda: _both([1, 2, 6], [11, 12, 16])),
            Option("(1, 2, 6) and (2, 1, 6)", "Same μ and σ: γ = σ and β = μ bring both back.", lambda: _both([1, 2, 6], [2, 1, 6])),
            Option("(1, 2, 6) and (4, 2, 12)", "The second is twice (2, 1, 6), so x̂₃ is the same in both rows, and x₃ is 6 and 12.",
                   lambda: _both([1, 2, 6], [4, 2, 12])),
            Option("(1, 2, 6) and (0, 9, 3)", "μ and σ differ, but every x̂ᵢ does as well: three lines, one for each feature.",
                   lambda: _both([1, 2, 6], [0, 9, 3])),
        ],
        hints=("For each feature: two points (x̂ᵢ, xᵢ). When is there no line through them?",
               "There is none where x̂ᵢ is the same in both rows and xᵢ is not. Where do you find this?"),
        solution="A feature fails where x̂ᵢ agrees and xᵢ does not. That happens in all features of the first two pairs, a positive "
                 "multiple and a shift of a row without zeros, and in the third for (4, 2, 12).",
        misconception="Rows with different means and sizes never both come back.",
    ),
    Predict(
        name="opposite-row", chapter=2, concept="undo", level="medium",
        ask="ε = 0. The rows (1, 2, 6) and (−1, −2, −6) pass through one LayerNorm. Can γ and β bring both back?",
        options=[
            Option("no: the second is the first times a number",
                   "A positive number would be lost. The sign stays in x̂, so the rows stay apart.",
                   lambda: not _both(_DOWN, -_DOWN)),
            Option("yes, with γ = σ and β = μ of the first row", "They bring the first row back. The second has the mean −3, not 3.",
                   lambda: _restored(np.full(3, _DOWN.std()), np.full(3, _DOWN.mean()), _DOWN, -_DOWN)),
            Option("yes, with β = 0 and γᵢ = xᵢ/x̂ᵢ, one for each feature",
                   "x̂ᵢ and xᵢ both change sign, so their ratio is the same in both rows.",
                   lambda: _restored(_DOWN / normal(_DOWN), np.zeros(3), _DOWN, -_DOWN)),
        ],
        hints=("What is x̂ of the second row, if you know that of the first?", "It is −x̂. Each feature asks for a line through (x̂ᵢ, xᵢ) and "
               "(−x̂ᵢ, −xᵢ)."),
        solution="The two points of each feature lie opposite each other, and the line through them passes through 0. The slopes differ "
                 "from feature to feature, and two of them are negative, so no σ will do.",
        misconception="LayerNorm forgets every factor, a negative one too.",
        reveal=("Rows", {"rows": [_DOWN.tolist(), (-_DOWN).tolist()], "gamma": (_DOWN / normal(_DOWN)).tolist(), "eps": 0.0}),
    ),
    Choose(
        name="mean-zero-survives", chapter=2, concept="one", level="medium", section="two-derivations",
        ask="Somebody changes one piece of x̂ = (x − μ)/√(σ² + ε). After which changes does x̂ still sum to 0, for every x that "
            "is not constant?",
        options=[
            Option("divided by σ + ε instead", "One number for the whole vector: it can be taken out of the sum.",
                   _sums_to_zero(lambda x: (x - x.mean()) / (x.std() + 0.1))),
            Option("divided by the largest |xᵢ| instead", "One number for the whole vector. The size is no longer promised, the mean is.",
                   _sums_to_zero(lambda x: (x - x.mean()) / np.abs(x).max())),
            Option("each entry divided by its own √((xᵢ − μ)² + ε)",
                   "Now each deviation has a divisor of its own, and none comes out of the sum.",
                   _sums_to_zero(lambda x: (x - x.mean()) / np.sqrt((x - x.mean())**2 + 0.1))),
            Option("the median subtracted instead of μ", "The distances from the median need not cancel.",
                   _sums_to_zero(lambda x: (x - np.median(x)) / np.sqrt(x.var() + 0.1))),
            Option("μ rounded to a whole number first", "d times the rounding error, divided by s, is left of the sum.",
                   _sums_to_zero(lambda x: (x - np.round(x.mean())) / np.sqrt(x.var() + 0.1))),
            Option("the variance divided by d − 1", "The divisor is another number, and still one for all.",
                   _sums_to_zero(lambda x: (x - x.mean()) / np.sqrt(x.var(ddof=1) + 0.1))),
        ],
        hints=("What did the proof use of the divisor?", "It used only that s is the same for all entries: Σ(xᵢ − μ)/s = (1/s) Σ(xᵢ − μ)."),
        solution="The proof of mean 0 asks two things: the mean itself is subtracted, and the divisor is one number for the whole vector. "
                 "Which number does not matter.",
        misconception="Mean 0 holds because of the division by σ.",
    ),
    Predict(
        name="all-gates-shut", chapter=2, concept="gradient", level="medium", section="gate",
        ask="In one LayerNorm every γ is 0 and β is not, and nothing goes around it. After one backward pass, what has a gradient that is "
            "not 0?",
        options=[
            Option("γ, β and the layers before it", "What goes on to x is multiplied by γ first.",
                   lambda: _gradients_where_shut() == (True, True, True)),
            Option("γ and β, and nothing before it", "γ hears dy ⊙ x̂, β hears dy; what goes on to x is multiplied by 0.",
                   lambda: _gradients_where_shut() == (False, True, True)),
            Option("β only", "The gradient of γ is dy ⊙ x̂, summed over tokens, and contains no γ.",
                   lambda: _gradients_where_shut() == (False, False, True)),
            Option("nothing: the layer is dead", "y is constant in x, not in γ and β.", lambda: not any(_gradients_where_shut())),
        ],
        hints=("Three gradients: of γ, of β, of x. Which formulas contain γ?", "γ stands in g = γ ⊙ dy, and g is all that goes on to x."),
        solution="In the first step γ and β learn, and nothing before them. After it γ is no longer 0, and from the second step on the "
                 "layers before it hear "
                 "something as well.",
        misconception="A LayerNorm with γ = 0 is dead for good.",
    ),
    Choose(
        name="lost-pulls", chapter=2, concept="gradient", level="medium",
        ask="x = (2, 0, 4, 4), ε = 0. For which g = γ ⊙ dy does nothing at all flow back to x?",
        options=[
            Option("g = (1, 1, 1, 1)", "The entries of x̂ sum to 0 and cannot rise together.", _vanishes(np.ones(4))),
            Option("g = x̂", "The squares of x̂ sum to d: x̂ cannot grow along itself.", _vanishes(normal(FOUR))),
            Option("g = 1 + 2x̂", "A mixture of the two lost directions is lost.", _vanishes(1 + 2 * normal(FOUR))),
            Option("g = (1, 0, 0, 0)", "Of this pull some is left after both parts are taken off.", _vanishes(np.eye(4)[0])),
            Option("g = x", "x = μ + σ x̂ is a mixture as well.", _vanishes(FOUR)),
            Option("g = x̂ ⊙ x̂", "Squared entry by entry, it points elsewhere: here it is no mixture of 1 and x̂.",
                   _vanishes(normal(FOUR)**2)),
        ],
        hints=("Two directions are lost. Which?", "The ones vector and x̂, and so every a + b x̂. Which of the six can be written like "
               "this?"),
        solution="Lost is what can be written as a + b x̂, with two numbers a and b. x itself is one of these, with a = μ and b = σ.",
        misconception="A large gradient behind a LayerNorm is felt before it.",
    ),
    Predict(
        name="at-the-mean", chapter=2, concept="gradient", level="medium",
        ask="x = (2, 0, 4), ε = 0, γ = 1. You pull at y₁ alone, and x₁ = 2 is the mean of x. Which part of the pull is lost on the way to "
            "x?",
        options=[
            Option("the part along the ones vector and the part along x̂", "x̂₁ is 0 here. How large is the part of (1, 0, 0) along x̂?",
                   lambda: _parts_lost(_PULL, _MEAN_X) == (True, True)),
            Option("the part along the ones vector only", "x̂₁ = 0, so the pull had no part along x̂ to lose.",
                   lambda: _parts_lost(_PULL, _MEAN_X) == (True, False)),
            Option("the part along x̂ only", "The mean of (1, 0, 0) is 1/3, and it goes. Along x̂ nothing lies: x̂₁ = 0.",
                   lambda: _parts_lost(_PULL, _MEAN_X) == (False, True)),
            Option("none", "The mean of (1, 0, 0) is 1/3, and it goes.", lambda: _parts_lost(_PULL, _MEAN_X) == (False, False)),
        ],
        hints=("Two parts may be lost: the mean of g, and the mean of g ⊙ x̂ times x̂.", "g = (1, 0, 0), so the mean of g ⊙ x̂ is x̂₁/3. How "
               "large is x̂₁?"),
        solution="The mean of g is 1/3 and goes. The mean of g ⊙ x̂ is x̂₁/3 = 0: σ does not change to first order when an entry at the mean "
                 "moves. So (2/3, −1/3, −1/3) is left, divided by σ.",
        misconception="Something is always lost along both directions.",
        reveal=("Circle", {"x": _MEAN_X.tolist(), "g": _PULL.tolist(), "mode": "backward", "presets": ["Other x"], "preset": "Other x"}),
    ),
    Choose(
        name="blind-losses", chapter=2, concept="gradient", level="hard",
        ask="Somebody tests a backward pass with the loss `(y**2).sum()`, at γ = 1, β = 0 and ε = 0. Which of these mistakes does the test "
            "let through?",
        options=[
            Option("μ treated as a constant", "What arrives is 2x̂, whose mean is 0: a missing mean is not missed.",
                   _let_through(lambda g, x: partly(g, x, mean=False))),
            Option("σ treated as a constant", "Then 2x̂/σ comes back, where it should be 0. The test sees it.",
                   _let_through(lambda g, x: partly(g, x, spread=False))),
            Option("γ forgotten", "γ is 1. No loss can notice.", lambda: _forgotten(np.ones) and not _forgotten(np.arange)),
            Option("the division by σ forgotten", "The right gradient is 0 here, and 0 times σ is 0.",
                   _let_through(lambda g, x: x.std() * felt(g, x))),
            Option("the part along x̂ divided by d − 1 instead of d",
                   "Then a little more than the part along x̂ is taken off, and something is left.", _let_through(_divided_by_less)),
        ],
        hints=("What is the sum of the squares of y here, for any x?", "It is d, always, so the right gradient is 0. Which mistakes turn 0 "
               "into something else?"),
        solution="At γ = 1 and β = 0 the loss is d whatever x is, and its gradient is 0. Whatever multiplies a 0, or takes off a mean of "
                 "0, goes unnoticed. `(y * w).sum()` with random w and random γ notices all five, for d = 3 and more.",
        misconception="If a test passes, the backward pass is right.",
    ),
    Predict(
        name="tied-head", chapter=2, concept="affine", level="medium", section="what-for",
        ask="A network's head is its embedding matrix E, used once more: logits = E y, with y = γ ⊙ x̂ (β = 0). You fold the last γ into E, "
            "which stays shared: E becomes E diag(γ), and γ becomes 1. What breaks?",
        options=[
            Option("nothing, the logits are what they were", "The head alone would agree. But E is used in one more place.",
                   lambda: same(_tied(True)[2], _tied(False)[2])),
            Option("the head: for the same x̂ it gives other logits", "E diag(γ) x̂ = E (γ ⊙ x̂): here nothing changes.",
                   lambda: not same(_tied(True)[1], _tied(False)[1])),
            Option("what enters the first block: every token's vector now carries γ", "Each row of E is what its token begins with.",
                   lambda: same(_tied(True)[1], _tied(False)[1]) and not same(_tied(True)[0], _tied(False)[0])),
        ],
        hints=("Who else reads E?", "A token begins as its row of E. What are the rows of E diag(γ)?"),
        solution="The head swallows γ without harm. But the rows of E are also what the tokens begin with, and they have been multiplied "
                 "by γ. Give the head a matrix of its own first.",
        misconception="What can be folded into one reader may be folded.",
    ),
    Choose(
        name="may-be-folded", chapter=2, concept="affine", level="hard", section="what-for",
        ask="A LayerNorm has γ and β. You set γ to 1 and β to 0, and in each Linear that reads the output, W becomes W diag(γ) and the "
            "bias b, where there is one, b + Wβ, with the old W. Where does the network compute what it did?",
        options=[
            Option("two Linears with biases read the output, and you change both", "Each of them swallows γ and β for itself.",
                   _folds(lambda y, Ws, bs: np.concatenate([y @ Ws[0].T + bs[0], y @ Ws[1].T + bs[1]], axis=1))),
            Option("a Linear without bias reads it, and β is not 0", "Wβ would have to go into a bias, and there is none.",
                   _folds(lambda y, Ws, bs: y @ Ws[0].T, bias=False)),
            Option("a Linear without bias reads it, and β is 0", "γ goes into the columns of W, and nothing else is needed.",
                   _folds(lambda y, Ws, bs: y @ Ws[0].T, beta=False, bias=False)),
            Option("a ReLU stands between the LayerNorm and the Linear",
                   "ReLU(γ ⊙ x̂ + β) is not γ ⊙ ReLU(x̂) + β: β moves the place where it bends.",
                   _folds(lambda y, Ws, bs: np.maximum(y, 0) @ Ws[0].T + bs[0])),
            Option("a Linear with bias reads it, and the output is also added to what the Linear gives",
                   "The sum reads γ ⊙ x̂ + β too, and has no weights to put it in.", _folds(lambda y, Ws, bs: y + y @ Ws[0].T + bs[0])),
        ],
        hints=("Who reads the output of the LayerNorm, besides the Linear?", "Everything that reads it has to be able to swallow γ and β."),
        solution="γ and β may go where every reader of the output is a Linear that swallows them: γ in its weights, β in its bias.",
        misconception="γ and β in front of a Linear can always be folded away.",
    ),
]

# --- Bugs ------------------------------------------------------------------------------------------


def _fails_along(names):
    rng = np.random.default_rng(0)
    x, dy, gamma = rng.normal(2, 3, (2, 5)), rng.normal(size=(2, 5)), rng.uniform(0.5, 2, 5)
    along = (names["backward"](dy, x, gamma) * normal(x)).sum(axis=-1)                        # (rows,)
    return "" if np.abs(along).max() < 1e-6 else (
        f"with random γ the sum of dx · x̂ should be 0 in each row, but it is {say(along.round(3))}.")


def _fails_to_notice(names):
    def forgets(dy, x, gamma):
        return felt(dy, x)

    def right(dy, x, gamma):
        return felt(dy, x, gamma)

    def norm(x, gamma):
        return F.layer_norm(x, gamma, eps=0.0)
    if not names["agrees"](right, norm, np.random.default_rng(0)):
        return "a right backward pass is refused."
    return "a backward pass that forgets γ is passed as right." if names["agrees"](forgets, norm, np.random.default_rng(0)) else ""


FOUND = [
    Bug(
        name="half-of-gamma", chapter=2, concept="gradient", level="medium",
        ask="ε = 0. `backward` gets dy, x and γ and returns the gradient of x. With γ = 1 it agrees with autograd, with a trained γ it "
            "does not. Which line is wrong?",
        code="""def backward(dy, x, gamma):
    mu = x.mean(axis=-1, keepdims=True)
    s = x.std(axis=-1, keepdims=True)
    x_hat = (x - mu) / s
    g = gamma * dy
    centred = g - g.mean(axis=-1, keepdims=True)
    along = x_hat * (dy * x_hat).mean(axis=-1, keepdims=True)
    return (centred - along) / s""",
        line=7, mended="    along = x_hat * (g * x_hat).mean(axis=-1, keepdims=True)", fails=_fails_along,
        others={1: "β has no part in it, so it is not needed.", 2: "One mean for each row, its axis kept: right.",
                3: "`std` of numpy divides by d, and ε is 0: right.", 4: "x̂ as in the forward pass: right.",
                5: "What arrives at x̂ is γ ⊙ dy: right. Is it used everywhere below?", 6: "The mean of g goes: right.",
                8: "Divided by s last: right, if `along` is."},
        hints=("Which lines would be the same for γ = 1?", "γ ⊙ dy is what arrives at x̂. Follow it down through the lines, to the end."),
        solution="Both parts are taken off g = γ ⊙ dy. With γ = 1 there is no difference between g and dy, so a test with γ = 1 cannot "
                 "find it.",
        misconception="γ is used once, in g, and that is that.",
    ),
    Bug(
        name="blind-test", chapter=2, concept="gradient", level="medium",
        ask="`agrees` is a test: it nudges one input and compares. It passes a backward pass that forgets γ. Which line is to blame?",
        code="""def agrees(backward, layer_norm, rng):
    x = rng.normal(2, 3, (5, 8))
    gamma = np.ones(8)
    w = rng.normal(size=(5, 8))
    nudge = np.zeros((5, 8))
    nudge[0, 0] = 1e-5
    up = (layer_norm(x + nudge, gamma) * w).sum()
    down = (layer_norm(x - nudge, gamma) * w).sum()
    return abs(backward(w, x, gamma)[0, 0] - (up - down) / 2e-5) < 1e-6""",
        line=3, mended="    gamma = rng.uniform(0.5, 1.5, 8)", fails=_fails_to_notice,
        others={1: "It gets the two functions and a generator: right.", 2: "Sizes that differ, levels away from 0: right.",
                4: "Random weights on the outputs: they send a gradient in no special direction.",
                5: "The nudge has the shape of x, and all but one entry are 0.",
                6: "It nudges one input only, and another mistake might hide from that. A forgotten γ would show at any input, if "
                   "at all.",
                7: "Up, with everything else the same.",
                8: "Down, with everything else the same.",
                9: "w is the gradient at y, and the steps are 2e-5 apart. It compares one entry only; at the others a forgotten γ shows no "
                   "more than here."},
        hints=("Write down what the right backward pass returns, and what the forgetful one does.",
               "The two differ in one symbol. What would the test have to choose, so that it shows?"),
        solution="With γ = 1 a backward pass that forgets γ, or uses it in one place and not in another, gives the same numbers. A random "
                 "γ tells.",
        misconception="A gradient check finds every mistake, wherever it is made.",
    ),
]

# --- In words --------------------------------------------------------------------------------------

_X, _G, _S = FOUR, np.array([1.0, 3, -2, 0.5]), float(np.sqrt(FOUR.var() + 0.1))
_D, _HAT, _I = 4, (FOUR - FOUR.mean()) / _S, np.eye(4)


def _slopes(function):
    """How each output of a function of x moves with each input: J[i, j].  By an imaginary nudge, which has no rounding error."""
    return np.stack([function(_X + 1e-30j * e).imag / 1e-30 for e in _I], axis=1)                           # (d, d)


def _one_over_s(x):
    return np.full(4, 1 / np.sqrt(((x - x.mean())**2).mean() + 0.1))                                        # (d,)


WORDED = [
    Explain(
        name="gamma-zero", chapter=2, concept="affine", level="medium", section="gate",
        ask="You apply LayerNorm to the embedding x of a token, and then γ and β. If γ = 0 (all zeros) and β is not 0, what is the output "
            "y for any input x? What does this mean for what the layer represents?",
        points=("γ ⊙ x̂ = 0 for every x̂, so y = 0 + β = β for every input.",
                "Every token, at every position, leaves as the same constant vector: nothing about the input is left.",
                "So γ can act like a gate, for single features too: γᵢ = 0 shuts off x̂ᵢ and leaves βᵢ."),
        hints=("Use y = γ ⊙ x̂ + β and note what happens when γ is the zero vector.",
               "γ ⊙ x̂ is 0, whatever x̂ is. What is left of y, and does it depend on x or on the position?"),
        solution="If γ = 0, then γ ⊙ x̂ = 0 for any x̂, and y = 0 + β = β for any input x. The layer gives one constant vector at every "
                 "position and ignores its input. γ can act like a gate that shuts off normalized features altogether. Training can open "
                 "it again, because the gradient of γ is what arrives times x̂ and contains no γ.",
        misconception="With γ = 0 the output is 0.",
    ),
    Order(
        name="dx-order", chapter=2, concept="gradient", level="hard",
        ask="g arrives at x̂ = (x − μ)/s, with s = √(σ² + ε). Derive what xⱼ feels. Put the lines in order, beginning with the chain "
            "rule; each follows from the one before. (δᵢⱼ is 1 for i = j, else 0.)",
        steps=[
            Step("Σᵢ gᵢ · ∂x̂ᵢ/∂xⱼ", "xⱼ acts on the loss through every x̂ᵢ",
                 lambda: _G @ F.layer_norm_jacobian(_X, eps=0.1)),
            Step("Σᵢ gᵢ · [(1/s) ∂(xᵢ − μ)/∂xⱼ + (xᵢ − μ) ∂(1/s)/∂xⱼ]", "the product rule",
                 lambda: _G @ (_slopes(lambda x: x - x.mean()) / _S + (_X - _X.mean())[:, None] * _slopes(_one_over_s))),
            Step("Σᵢ gᵢ · [(δᵢⱼ − 1/d)/s + (xᵢ − μ) ∂(1/s)/∂xⱼ]", "μ rises by 1/d when xⱼ rises by 1",
                 lambda: _G @ ((_I - 1 / _D) / _S + (_X - _X.mean())[:, None] * _slopes(_one_over_s))),
            Step("Σᵢ gᵢ · [(δᵢⱼ − 1/d)/s − (xᵢ − μ)(xⱼ − μ)/(d s³)]", "∂(1/s)/∂σ² = −1/(2s³), and ∂σ²/∂xⱼ = 2(xⱼ − μ)/d",
                 lambda: _G @ ((_I - 1 / _D) / _S - np.outer(_X - _X.mean(), _X - _X.mean()) / (_D * _S**3))),
            Step("(1/s) Σᵢ gᵢ · [δᵢⱼ − 1/d − x̂ᵢ x̂ⱼ/d]", "1/s comes out, and each deviation over s is an x̂",
                 lambda: _G @ (_I - 1 / _D - np.outer(_HAT, _HAT) / _D) / _S),
            Step("(1/s) (gⱼ − mean(g) − x̂ⱼ · mean(g ⊙ x̂))", "the sum over i, term by term",
                 lambda: (_G - _G.mean() - _HAT * (_G * _HAT).mean()) / _S),
        ],
        hints=("It begins with the chain rule and ends with means.", "x̂ᵢ is a product of xᵢ − μ and 1/s: first the product rule, then μ, "
               "then s."),
        solution="The three terms are the three ways in which xⱼ acts: directly, through μ, and through σ.",
        misconception="The gradient through LayerNorm is g/s.",
    ),
]

# --- Code ------------------------------------------------------------------------------------------


def _pair_agrees(dy, x):
    dy, x = np.array(dy, dtype=float), np.array(x, dtype=float)

    def broken(answer):
        _, mean, rstd = F.layer_norm(x, eps=0.0, return_stats=True)
        wanted = F.layer_norm_backward(dy, x, mean, rstd)[1:]     # (d,), (d,)
        shown = f"dy = {say(dy)}, x̂ = {say(normal(x))}" if x.size <= 8 else f"dy and x̂ of shape {x.shape}"
        found = answer(dy.copy(), normal(x))
        if not is_sequence(found, 2):
            return f"{shown}: expected two arrays, (dγ, dβ), got {type(found).__name__}"
        return unlike_answer(found[0], wanted[0], f"{shown}: dγ") or unlike_answer(found[1], wanted[1], f"{shown}: dβ")
    return broken


def _through_agrees(g, x):
    g, x = np.atleast_2d(np.array(g, dtype=float)), np.atleast_2d(np.array(x, dtype=float))

    def broken(answer):
        _, mean, rstd = F.layer_norm(x, eps=0.0, return_stats=True)
        wanted = F.layer_norm_backward(g, x, mean, rstd)[0].round(12) + 0.0                   # (tokens, d)
        return unlike_answer(answer(g.copy(), normal(x), np.array(rstd)), wanted, f"g = {say(g)} at x = {say(x)}, ε = 0")
    return broken


def _backward_agrees(dy, x, gamma, eps, which="dx"):
    dy, x, gamma = (np.array(one, dtype=float) for one in (dy, x, gamma))

    def broken(answer):
        _, mean, rstd = F.layer_norm(x, gamma, eps=eps, return_stats=True)
        wanted = dict(zip(("dx", "dγ", "dβ"), F.layer_norm_backward(dy, x, mean, rstd, gamma), strict=True))
        shown = (f"dy = {say(dy)}, x = {say(x)}, γ = {say(gamma)}, ε = {eps:g}" if x.size <= 8 else f"dy and x of shape {x.shape}")
        found = answer(dy.copy(), x.copy(), gamma.copy(), eps=eps)
        if not is_sequence(found, 3):
            return f"{shown}: expected three arrays, (dx, dγ, dβ), got {type(found).__name__}"
        named = dict(zip(wanted, found, strict=True))
        return next((words for key in which.split() if (words := unlike_answer(named[key], wanted[key], f"{shown}: {key}"))), "")
    return broken


def _random_backward(*shape):
    rng = np.random.default_rng(0)
    return _backward_agrees(rng.normal(size=shape), rng.normal(2, 3, shape), rng.uniform(0.5, 2, shape[-1]), 1e-5, "dx dγ dβ")


def _folded(W, b, gamma, beta, which):
    """One of the two that ``fold`` returns, against what the network did."""
    W, b, gamma, beta = (np.array(one, dtype=float) for one in (W, b, gamma, beta))

    def broken(answer):
        found = answer(W.copy(), b.copy(), gamma.copy(), beta.copy())
        if not is_sequence(found, 2):
            return f"expected two arrays, (W, b), got {type(found).__name__}"
        at_zero = F.layer_norm(np.ones(W.shape[1]), gamma, beta) @ W.T + b                    # x̂ = 0: what the new bias must be
        columns = np.stack([(gamma * e + beta) @ W.T + b - at_zero for e in np.eye(W.shape[1])], axis=1)    # (m, d)
        shown = f"W = {say(W)}, b = {say(b)}, γ = {say(gamma)}, β = {say(beta)}"
        return unlike_answer(found[which], (columns, at_zero)[which], f"{shown}: the new {'Wb'[which]}")
    return broken


def _computes_what_it_did(answer):
    rng = np.random.default_rng(0)
    W, b, gamma, beta, H = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3), rng.normal(size=3), rng.normal(size=(7, 3))
    new, bias = answer(W.copy(), b.copy(), gamma, beta)
    if np.shape(new) != W.shape:
        return f"W of shape {W.shape}: the new one has the shape {np.shape(new)}"
    off = np.abs(F.layer_norm(H) @ np.asarray(new).T + bias - (F.layer_norm(H, gamma, beta) @ W.T + b)).max()
    return "" if off < 1e-9 else f"W of shape (5, 3), 7 random tokens: the outputs are off by up to {off:.3g}"


def _leaves_the_old(answer):
    W, b = np.array([[1.0, 2], [3, 4]]), np.array([5.0, 6])
    answer(W, b, np.array([2.0, 3]), np.array([1.0, 1]))
    kept = same(W, [[1, 2], [3, 4]]) and same(b, [5, 6])
    return "" if kept else f"W was (1, 2), (3, 4) and b (5, 6); after the call they are {say(W)} and {say(b)}."


WRITTEN = [
    Code(
        name="affine-gradients", chapter=2, concept="gradient", level="easy", function="affine_gradients", section="gate",
        ask="Write `affine_gradients(dy, x_hat)`: what arrived at y and the x̂ of the forward pass, of one shape (..., d). Return dγ and "
            "dβ, each of shape (d,).",
        promises=[
            Promise("for one token dγ is dy · x̂ and dβ is dy", _pair_agrees([[2, -1]], [[1, 3]])),
            Promise("over two tokens dγ sums the products and dβ sums dy", _pair_agrees([[2, -1], [4, 5]], [[1, 3], [5, 2]])),
            Promise("batch and time are both summed over",
                    _pair_agrees(np.arange(24.0).reshape(2, 3, 4), np.arange(24.0).reshape(2, 3, 4) % 5)),
            Promise("a single vector without a token axis works", _pair_agrees([2, -1, 4], [1, 5, 0])),
        ],
        code="""
def affine_gradients(dy, x_hat):
    tokens = tuple(range(dy.ndim - 1))                   # every axis but the last
    return (dy * x_hat).sum(axis=tokens), dy.sum(axis=tokens)  # (d,), (d,)
""",
        wrong={
            "for one token dγ is dy · x̂ and dβ is dy": """
def affine_gradients(dy, x_hat):
    tokens = tuple(range(dy.ndim - 1))
    return dy.sum(axis=tokens), (dy * x_hat).sum(axis=tokens)
""",
            "over two tokens dγ sums the products and dβ sums dy": """
def affine_gradients(dy, x_hat):
    tokens = tuple(range(dy.ndim - 1))
    return (dy * x_hat).mean(axis=tokens), dy.mean(axis=tokens)
""",
            "batch and time are both summed over": """
def affine_gradients(dy, x_hat):
    return (dy * x_hat).sum(axis=0), dy.sum(axis=0)
""",
            "a single vector without a token axis works": """
def affine_gradients(dy, x_hat):
    tokens = tuple(range(dy.ndim - 1)) or None
    return (dy * x_hat).sum(axis=tokens), dy.sum(axis=tokens)
""",
        },
        hints=("y = γ ⊙ x̂ + β. What is each of the two multiplied with?", "Multiply dy by x̂, then sum over all axes but the last."),
        solution="One γ and one β serve all tokens, so each token's share is added up: dy ⊙ x̂ for γ, dy for β.",
        misconception="The gradients of γ and β are means over the batch.",
    ),
    Code(
        name="last-line", chapter=2, concept="gradient", level="medium", function="through",
        ask="Half of a backward pass is there: g = γ ⊙ dy and x̂ have the shape (tokens, d), rstd = 1/s has (tokens, 1). Write the other "
            "half, `through(g, x_hat, rstd)`, which returns the gradient of x.",
        promises=[
            Promise("a pull at all outputs alike is lost", _through_agrees([1, 1, 1, 1], FOUR)),
            Promise("a pull along x̂ is lost", _through_agrees(normal(FOUR), FOUR)),
            Promise("what is left is divided by s alone", _through_agrees([1, 0, 0, 0], FOUR)),
            Promise("each token has its own means", _through_agrees([[1, 0, 0], [0, 0, 6]], [[1, 2, 6], [5, 0, 1]])),
        ],
        code="""
def through(g, x_hat, rstd):
    mean = g.mean(axis=-1, keepdims=True)                # (tokens, 1)
    along = (g * x_hat).mean(axis=-1, keepdims=True)     # (tokens, 1)
    return rstd * (g - mean - x_hat * along)             # (tokens, d)
""",
        wrong={
            "a pull at all outputs alike is lost": """
def through(g, x_hat, rstd):
    return rstd * (g - x_hat * (g * x_hat).mean(-1, keepdims=True))
""",
            "a pull along x̂ is lost": """
def through(g, x_hat, rstd):
    return rstd * (g - g.mean(-1, keepdims=True))
""",
            "what is left is divided by s alone": """
def through(g, x_hat, rstd):
    return g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True)
""",
            "each token has its own means": """
def through(g, x_hat, rstd):
    return rstd * (g - g.mean() - x_hat * (g * x_hat).mean())
""",
        },
        hints=("Two parts are taken off g, then one number multiplies what is left.", "`g.mean(axis=-1, keepdims=True)` is the first part; "
               "the second is x̂ times the mean of g ⊙ x̂."),
        solution="dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)), each mean over the features of its own token.",
        misconception="Subtracting the mean is enough.",
    ),
    Code(
        name="fold-away", chapter=2, concept="affine", level="medium", function="fold", section="what-for",
        ask="Write `fold(W, b, gamma, beta)`: a Linear W y + b, with W of shape (m, d), stands behind a LayerNorm with γ and β. Return the "
            "new W and the new b with which it computes the same from x̂, and leave the old ones as they were.",
        promises=[
            Promise("γ multiplies the columns of W", _folded([[1, 2], [3, 4]], [0, 0], [2, 5], [0, 0], 0)),
            Promise("β goes through W and is added to b", _folded([[1, 2], [3, 4]], [5, 6], [1, 1], [1, -1], 1)),
            Promise("β meets the old W, not the new one", _folded([[1, 2], [3, 4]], [0, 0], [2, 5], [1, -1], 1)),
            Promise("the network computes what it did", _computes_what_it_did),
            Promise("the old W and b are left as they were", _leaves_the_old),
        ],
        code="""
def fold(W, b, gamma, beta):
    return W * gamma, b + W @ beta                       # (m, d), (m,)
""",
        wrong={
            "γ multiplies the columns of W": """
def fold(W, b, gamma, beta):
    return W * gamma[:, None], b + W @ beta
""",
            "β goes through W and is added to b": """
def fold(W, b, gamma, beta):
    return W * gamma, b + beta
""",
            "β meets the old W, not the new one": """
def fold(W, b, gamma, beta):
    W = W * gamma
    return W, b + W @ beta
""",
            "the old W and b are left as they were": """
def fold(W, b, gamma, beta):
    b += W @ beta
    W *= gamma
    return W, b
""",
        },
        hints=("Multiply W(γ ⊙ x̂ + β) + b out. What stands before x̂, and what stands alone?",
               "Wᵢⱼ meets γⱼ: one γ for each column. Wβ + b stands alone."),
        solution="W diag(γ) multiplies column j by γⱼ, which is `W * gamma`; the new bias is b + Wβ, with the old W.",
        misconception="γ scales the rows of the next matrix.",
    ),
    Code(
        name="own-backward", chapter=2, concept="gradient", level="hard", function="layer_norm_backward",
        ask="Write `layer_norm_backward(dy, x, gamma, *, eps=1e-5)` in NumPy: dy and x have the shape (..., d), γ has (d,). Return dx, dγ "
            "and dβ.",
        promises=[
            Promise("with γ = 1 a pull at all outputs alike is lost", _backward_agrees([1, 1, 1, 1], FOUR, np.ones(4), 0.0)),
            Promise("with γ = 1 a pull along x̂ is lost", _backward_agrees(normal(FOUR), FOUR, np.ones(4), 0.0)),
            Promise("with γ = 1 what is left is divided by s alone", _backward_agrees([1, 0, 0, 0], FOUR, np.ones(4), 0.0)),
            Promise("γ multiplies what arrives, before anything is taken off", _backward_agrees([1, 0, 0, 2], FOUR, [2, 1, 3, 1], 0.0)),
            Promise("ε stands under the root", _backward_agrees([1, 0, 0], [0, 0.002, 0.001], np.ones(3), 1e-5)),
            Promise("dγ is dy · x̂ and dβ is dy, both without γ", _backward_agrees([[1, -2, 0, 2]], [FOUR], [2, 0, 3, 1], 0.0, "dγ dβ")),
            Promise("tokens do not mix in dx, and add up in dγ and dβ", _random_backward(5, 3)),
            Promise("three axes, or one, work as well as two",
                    lambda answer: _random_backward(2, 3, 4)(answer) or _random_backward(4)(answer)),
        ],
        code="""
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    mu = x.mean(axis=-1, keepdims=True)                  # (..., 1)
    rstd = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    x_hat = (x - mu) * rstd                              # (..., d)
    g = gamma * dy                                       # (..., d)
    along = (g * x_hat).mean(axis=-1, keepdims=True)     # (..., 1)
    dx = rstd * (g - g.mean(axis=-1, keepdims=True) - x_hat * along)
    tokens = tuple(range(x.ndim - 1))
    return dx, (dy * x_hat).sum(axis=tokens), dy.sum(axis=tokens)
""",
        wrong={
            "with γ = 1 a pull at all outputs alike is lost": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    tokens = tuple(range(x.ndim - 1))
    return rstd * gamma * dy, (dy * x_hat).sum(tokens), dy.sum(tokens)
""",
            "with γ = 1 a pull along x̂ is lost": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    g = gamma * dy
    tokens = tuple(range(x.ndim - 1))
    return rstd * (g - g.mean(-1, keepdims=True)), (dy * x_hat).sum(tokens), dy.sum(tokens)
""",
            "with γ = 1 what is left is divided by s alone": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    x_hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    g = gamma * dy
    tokens = tuple(range(x.ndim - 1))
    left = g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True)
    return left, (dy * x_hat).sum(tokens), dy.sum(tokens)
""",
            "γ multiplies what arrives, before anything is taken off": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    left = dy - dy.mean(-1, keepdims=True) - x_hat * (dy * x_hat).mean(-1, keepdims=True)
    tokens = tuple(range(x.ndim - 1))
    return rstd * gamma * left, (dy * x_hat).sum(tokens), dy.sum(tokens)
""",
            "ε stands under the root": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / (x.std(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    g = gamma * dy
    dx = rstd * (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True))
    tokens = tuple(range(x.ndim - 1))
    return dx, (dy * x_hat).sum(tokens), dy.sum(tokens)
""",
            "dγ is dy · x̂ and dβ is dy, both without γ": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    g = gamma * dy
    dx = rstd * (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True))
    tokens = tuple(range(x.ndim - 1))
    return dx, (g * x_hat).sum(tokens), g.sum(tokens)
""",
            "tokens do not mix in dx, and add up in dγ and dβ": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    g = gamma * dy
    dx = rstd * (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True))
    tokens = tuple(range(x.ndim - 1))
    return dx, (dy * x_hat).mean(tokens), dy.mean(tokens)
""",
            "three axes, or one, work as well as two": """
def layer_norm_backward(dy, x, gamma, *, eps=1e-5):
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    x_hat = (x - x.mean(-1, keepdims=True)) * rstd
    g = gamma * dy
    dx = rstd * (g - g.mean(-1, keepdims=True) - x_hat * (g * x_hat).mean(-1, keepdims=True))
    return dx, (dy * x_hat).sum(0), dy.sum(0)
""",
        },
        hints=("Compute x̂ and rstd again from x, then g = γ ⊙ dy.", "dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)). γ and β are shared by "
               "all tokens, so their gradients are sums."),
        solution="x̂ is computed again; g = γ ⊙ dy loses its mean and its part along x̂ and is divided by s. dγ sums dy ⊙ x̂ and dβ sums dy "
                 "over all tokens, with dy and not g.",
        misconception="γ belongs into every gradient.",
    ),
]

ITEMS = [*COMPUTED, *CHOSEN, *FOUND, *WORDED, *WRITTEN]

ASKED = {"something-lost": "bias-drowned", "two-numbers-a-feature": "mean-square-of-y", "come-back": "which-features",
         "two-derivations": "mean-zero-survives", "gate": "all-gates-shut", "flows-back": "fourth-number", "what-for": "folded-bias"}
GATE = ("gate-gradients", "eps-half", "which-pairs", "back-by-hand", "one-outlier", "may-be-folded")
