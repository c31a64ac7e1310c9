"""Before chapters 1 and 4: variance, one layer and its gradient, and the two boxes of a Transformer."""
from functools import cache

import numpy as np

from ..draws import entries, one_of, unlike
from ..forms import Bug, Choose, Compute, Count, Option, Predict
from ..words import say

FOUR = np.array([2.0, 0, 4, 4])
_X, _W, _B, _DY = np.array([1.0, 4, -2]), np.array([[2.0, 1, -1], [1, 1, 0.5]]), np.array([0.5, -1]), np.array([1, -0.5])


# --- Variance --------------------------------------------------------------------------------------


def _three(rng):
    """Three numbers with a whole mean."""
    while True:
        x = entries(rng, 3, -3, 9)                                # (d,)
        if x.sum() % 3 == 0 and x.mean() != 0:
            return {"x": x}


def _stays(change):
    return lambda: bool(abs(change(FOUR).var() - FOUR.var()) < 1e-9)


def _with_spread(std):
    return 3 + std * np.array([1.0, -1, 1, -1])                   # (d,)


# --- One layer -------------------------------------------------------------------------------------


def _backward(x):
    """dW and dx of y = ReLU(W x + b), where dy arrives."""
    dz = np.where(_W @ x + _B > 0, _DY, 0)                        # (m,)
    return np.outer(dz, x), _W.T @ dz


def _grow(of_weights, of_input):
    """Are these the factors of the gradients of W and x, where x becomes 10 times as large?"""
    (dW, dx), (dW_then, dx_then) = _backward(_X), _backward(10 * _X)
    return lambda: bool(np.allclose(dW_then, of_weights * dW) and np.allclose(dx_then, of_input * dx))


def _numbers(T, d, m):
    """How many parameters a layer has, and how many numbers leave it."""
    W, b = np.zeros((m, d)), np.zeros(m)                          # (m, d), (m,)
    return [W.size + b.size, (np.zeros((T, d)) @ W.T + b).size]


def _fails_open(names):
    dW = names["backward"](_DY, _X, _W, _B)[0]                    # (m, d)
    nudged = np.zeros((2, 3))                                     # (m, d)
    for place in np.ndindex(2, 3):
        step = np.zeros((2, 3))
        step[place] = 1e-5
        up, down = (np.maximum((_W + s) @ _X + _B, 0) @ _DY for s in (step, -step))
        nudged[place] = (up - down) / 2e-5
    return "" if np.abs(dW - nudged).max() < 1e-6 else (
        f"x = {say(_X)}, z = {say(_W @ _X + _B)}, dy = {say(_DY)}: nudging the weights gives dW = {say(nudged.round(6))}, "
        f"and `backward` gives {say(dW)}.")


# --- The stream ------------------------------------------------------------------------------------


def _through(h, k, n):
    for _ in range(n):
        h = h + k * h
    return h


@cache
def _changed(causal, without=""):
    """Which of five rows leave a block otherwise if the third enters otherwise."""
    import torch

    from ... import models
    torch.manual_seed(0)
    block = models.Block(4, 2, placement="none", causal=causal).double()
    x = torch.tensor(np.random.default_rng(0).normal(size=(1, 5, 4)))          # (B, T, d)
    other = x.clone()
    other[0, 2] += 1

    def run(h):
        h = h if without == "attention" else h + block.attention(h)            # (B, T, d)
        return h if without == "mlp" else h + block.mlp(h)
    with torch.no_grad():
        return tuple(((run(x) - run(other)).abs() > 1e-9).any(-1)[0].tolist())


def _row(number, causal=False, without=""):
    return lambda: _changed(causal, without)[number - 1]


ITEMS = [
    Compute(
        name="var-of-three", chapter=0, concept="variance", level="easy",
        ask="The numbers {x} are all there is. What is their variance?",
        draw=_three,
        first={"x": np.array([1.0, 3, 8])},
        answer=lambda x: x.var(),
        work=lambda x: {"mu": x.mean(), "deviations": x - x.mean(), "squares": (x - x.mean())**2, "total": ((x - x.mean())**2).sum()},
        wrong={
            "You divided by 2, one less than there are. That estimates the variance of a population from a sample; here the three are all.":
                lambda x: x.var(ddof=1),
            "That is the standard deviation, the root of the variance.": lambda x: x.std(),
            "You took the mean of the squares of the numbers. Subtract the mean {mu} first, then square.": lambda x: (x**2).mean(),
            "That is the sum of the squares. The variance is their mean.": lambda x: ((x - x.mean())**2).sum(),
            "You averaged the distances themselves. Square them first.": lambda x: np.abs(x - x.mean()).mean(),
        },
        hints=("Find the mean, then how far each number lies from it.", "The deviations are {deviations}. Square each, then take the "
               "mean."),
        solution="The mean is {mu}, the deviations are {deviations}, their squares {squares}. These sum to {total}, and a third of that is "
                 "{answer}.",
        misconception="A variance is always divided by d − 1.",
    ),
    Choose(
        name="variance-unchanged", chapter=0, concept="variance", level="easy",
        ask="The numbers 2, 0, 4, 4 are all there is. Which changes leave their variance as it was?",
        options=[
            Option("7 added to each", "All move together: no distance from the mean changes.", _stays(lambda x: x + 7)),
            Option("each multiplied by −1", "The distances stay as long as they were, on the other side.", _stays(lambda x: -x)),
            Option("each multiplied by 2", "Every distance doubles, and every square becomes four times as large.",
                   _stays(lambda x: 2 * x)),
            Option("each written twice", "The squares sum to twice as much, shared by twice as many.", _stays(lambda x: np.repeat(x, 2))),
            Option("their mean, 2.5, put in as a fifth number", "It adds no square, but the sum is now shared by five.",
                   _stays(lambda x: np.append(x, x.mean()))),
            Option("1 added to the first two only", "3, 1, 4, 4 lie closer together.", _stays(lambda x: x + np.array([1, 1, 0, 0]))),
        ],
        hints=("What does each do to the distances from the mean, and to their number?",
               "The variance is the mean square distance from the mean: 11/4 at first."),
        solution="The variance stays where every distance from the mean keeps its size and is as frequent as before.",
        misconception="More numbers, more variance.",
    ),
    Count(
        name="wide-layer", chapter=0, concept="layer", level="easy",
        ask="A layer z = W x + b takes {d} numbers and gives {m}. It is applied to each of {T} tokens. How many parameters does it have, "
            "and how many numbers leave it?",
        draw=lambda rng: dict(zip("Tdm", unlike(rng, 3, 2, 12), strict=True)),
        first={"T": 5, "d": 3, "m": 4},
        answer=_numbers,
        work=lambda T, d, m: {"weights": m * d},
        wrong={
            "You left out b, which has a number for each output.": lambda T, d, m: [m * d, T * m],
            "You gave b a number for each input. It is added to the outputs.": lambda T, d, m: [m * d + d, T * m],
            "You gave each token weights of its own. One W and one b serve all {T} tokens.": lambda T, d, m: [T * (m * d + m), T * m],
            "Those are the numbers that leave for one token; there are {T}.": lambda T, d, m: [m * d + m, m],
            "You counted the numbers that enter. {m} leave for each token.": lambda T, d, m: [m * d + m, T * d],
        },
        hints=("What are the shapes of W and b? Do they depend on the number of tokens?", "W has the shape ({m}, {d}): {weights} numbers."),
        solution="W holds {m} · {d} = {weights} numbers and b {m} more, shared by all tokens; {T} tokens leave with {m} numbers each: "
                 "{answer}.",
        misconception="A layer has more parameters for longer texts.",
    ),
    Predict(
        name="input-feels", chapter=0, concept="layer", level="easy", section="gradient-of-a-layer",
        ask="A layer y = ReLU(W x + b) with two outputs, both ReLUs open. x becomes 10 times as large, the ReLUs stay open, and the same "
            "pushes arrive at y. What becomes of the gradients of W and of x?",
        options=[
            Option("both 10 times as large", "x stands in the gradient of W. What stands in that of x?", _grow(10, 10)),
            Option("that of W 10 times as large, that of x as it was", "dW is push times input; dx is Wᵀ times push, and holds no x.",
                   _grow(10, 1)),
            Option("that of W as it was, that of x 10 times as large", "It is the other way round: what is a weight multiplied with?",
                   _grow(1, 10)),
            Option("both as they were", "The pushes are the same, but a weight's gradient is its push times its input.", _grow(1, 1)),
        ],
        hints=("Nudge one weight: by how much does z move? Nudge one input: by how much does z move?",
               "A weight is multiplied with x, an input with W."),
        solution="dW is the push at z times x, so it grows with x. dx is Wᵀ times the push, and holds no x.",
        misconception="A larger input enlarges every gradient.",
        reveal=("Layer", {"x": _X.tolist(), "W": _W.tolist(), "b": _B.tolist(), "dy": _DY.tolist(), "preset": "All features"}),
    ),
    Compute(
        name="sign-and-spread", chapter=0, concept="variance", level="medium",
        ask="Some numbers have the standard deviation {std}. Each is multiplied by {a}, then {b} is added. What is their standard "
            "deviation then?",
        draw=lambda rng: {"std": float(rng.integers(2, 8)), "a": float(rng.integers(-6, -1)), "b": float(rng.integers(2, 10))},
        first={"std": 3.0, "a": -2.0, "b": 7.0},
        answer=lambda std, a, b: (a * _with_spread(std) + b).std(),
        work=lambda std, a, b: {"size": abs(a)},
        wrong={
            "A standard deviation is a distance, so it is never negative.": lambda std, a, b: a * std,
            "A shift of {b} moves all numbers alike and no distance.": lambda std, a, b: abs(a) * std + b,
            "That is the rule for the variance: there the factor is squared.": lambda std, a, b: a**2 * std,
            "You multiplied by {a} and added {b}, as if σ were one of the numbers.": lambda std, a, b: a * std + b,
        },
        hints=("What do the factor and the shift do to the distance between two numbers?", "Every distance becomes {size} times as long."),
        solution="The shift moves all numbers alike. The factor makes each distance {size} times as long, its sign does not matter: {size} "
                 "· {std} = {answer}.",
        misconception="The standard deviation changes as the numbers do.",
    ),
    Bug(
        name="shut-relu", chapter=0, concept="layer", level="medium", section="gradient-of-a-layer",
        ask="The backward pass of y = ReLU(W x + b): dy arrives, and the gradients of W, b and x are wanted. Which line is wrong?",
        code="""def backward(dy, x, W, b):
    z = W @ x + b
    dz = np.where(dy > 0, dy, 0)
    dW = np.outer(dz, x)
    dx = W.T @ dz
    return dW, dz, dx""",
        line=3, mended="    dz = np.where(z > 0, dy, 0)", fails=_fails_open,
        others={1: "All that the gradients need is there: right.", 2: "z is computed again, as in the forward pass: right.",
                4: "A weight's gradient is the push at its output times its input: right.",
                5: "An input feels all outputs, through its column of W: right.", 6: "z has b in it once, so its gradient is dz: right."},
        hints=("What decides whether a ReLU lets a push through?", "Its input z, in the forward pass. Which line asks something else?"),
        solution="A ReLU is open where its input z was positive. Whether the push itself is positive does not matter: negative pushes pass "
                 "an open ReLU as well.",
        misconception="A ReLU cuts off negative gradients.",
    ),
    Compute(
        name="boxes-in-a-row", chapter=0, concept="place", level="medium", section="residual-stream",
        ask="One number of the residual stream begins as {h}. It passes {n} boxes, and each adds {k} times what it reads: H ← H + {k} · H. "
            "What is it at the end?",
        draw=lambda rng: {"h": float(one_of(rng, -4, 2, 3, 4, 8)), "k": float(one_of(rng, 0.5, 1, 2, 3)), "n": int(one_of(rng, 2, 3))},
        first={"h": 2.0, "k": 2.0, "n": 3},
        answer=_through,
        work=lambda h, k, n: {"factor": 1 + k, "after": _through(h, k, 1)},
        wrong={
            "You let each box replace the stream. It adds to it: what it read stays in.": lambda h, k, n: k**n * h,
            "You let every box read the beginning. Each reads the stream as it has become.": lambda h, k, n: h + n * k * h,
            "You added the beginning once, at the end. Each box adds to the stream of its own place.": lambda h, k, n: h + k**n * h,
            "That is what the last box adds. What it read is still there.": lambda h, k, n: k * _through(h, k, n - 1),
        },
        hints=("Do one box first. What does the second one read?", "After the first box it is {after}: each box multiplies by 1 + {k} = "
               "{factor}."),
        solution="Each box leaves {factor} times what it read. {n} boxes: {answer}.",
        misconception="A box hands on what it computes, instead of what it read.",
    ),
    Choose(
        name="third-token", chapter=0, concept="place", level="medium", section="two-boxes",
        ask="Five tokens enter a Transformer block: x + attention(x), then the same with an MLP. Token 3 gets other numbers. Which of "
            "these rows leave the block changed?",
        options=[
            Option("row 1, no mask", "Attention gives each token a mean over all five, the third included.", _row(1)),
            Option("row 1, with a causal mask", "Token 1 weighs itself only: nothing later reaches it.", _row(1, causal=True)),
            Option("row 5, with a causal mask", "Token 5 weighs itself and all earlier ones.", _row(5, causal=True)),
            Option("row 5, no mask, attention taken out", "What is left is an MLP and a sum, for each token by itself.",
                   _row(5, without="attention")),
            Option("row 5, no mask, the MLP taken out", "Attention is all it takes.", _row(5, without="mlp")),
            Option("row 3, no mask, attention taken out", "Its own numbers pass through the sum and the MLP.",
                   _row(3, without="attention")),
        ],
        hints=("Only one of the two boxes carries something from token to token.", "It is attention; a causal mask lets it look back "
               "only."),
        solution="Attention carries a change to every token that may look at the third; the MLP and the sums leave it in its row.",
        misconception="Everything in a Transformer block mixes the tokens.",
    ),
]
