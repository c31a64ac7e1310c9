"""Chapter 4: where the LayerNorm sits in a Transformer, what that does to the stream and to a step, and which LayerNorms can go."""
from functools import cache

import numpy as np

from ... import functional as F
from ..common import FOUR, normal, same, unlike_answer
from ..draws import one_of
from ..forms import Bug, Choose, Code, Compute, Count, Explain, Option, Order, Predict, Promise, Step
from ..words import say

FIRST_STEPS = ((0.001, (0.02, -50)), (0.002, (-0.3, 20)), (0.03, (40, -0.5)), (0.01, (-0.01, 8)), (0.004, (-0.2, -30)), (0.003, (60, 0.1)),
               (0.02, (-0.04, -5)), (0.005, (-70, 0.6)))          # rate and gradients, no two with the same step
RNG_ROWS = np.random.default_rng(0).normal(1, 2, (4, 6))          # (T, d)
FAILING = {"placement": "post", "start": "xavier", "rate": 0.01, "steps": 0}


def right_angles(number):
    """So many vectors of mean 0 and mean square 1, each at right angles to all the others."""
    d = number + 1
    k, i = np.arange(1, d)[:, None], np.arange(d)                 # (number, 1), (d,)
    return np.sqrt(2) * np.cos(np.pi * k * (i + 0.5) / d)         # (number, d)


def pushed(x, dy):
    """The gradient below a LayerNorm at ε = 0 that reads x and gets dy from above."""
    _, mean, rstd = F.layer_norm(x, eps=0.0, return_stats=True)   # (1,) each
    return F.layer_norm_backward(dy, x, mean, rstd)[0]            # (d,)


def adam(gradients, rate=1.0, betas=(0.9, 0.98), eps=0.0, corrected=True):
    """The steps that Adam takes for these gradients, one after the other."""
    mean, square, steps = 0.0, 0.0, []
    for t, g in enumerate(np.asarray(gradients, dtype=float), 1):
        mean, square = (beta * old + (1 - beta) * new for beta, old, new in zip(betas, (mean, square), (g, g**2)))
        by = [1 - beta**t for beta in betas] if corrected else (1, 1)
        steps.append(-rate * (mean / by[0]) / (np.sqrt(square / by[1]) + eps))
    return np.array(steps)                                        # (steps, ...)


def left_of_first(n, post):
    """Which share of the mean square is the embeddings', behind n sublayers that add at right angles and with mean square 1."""
    first, *added = right_angles(n + 1)                           # (d,) each
    x = first
    for vector in added:
        x = normal(x + vector) if post else x + vector
    return (x * first).mean()**2 / (x**2).mean()


@cache
def norms_of(L, d):
    """[how many LayerNorms GPT-2 has with L blocks of width d, how many numbers they hold]."""
    import torch

    from ...models import Transformer
    with torch.device("meta"):                                    # shapes, no numbers
        model = Transformer(2, 2, width=d, depth=L, heads=1)
    norms = [part for part in model.modules() if isinstance(part, torch.nn.LayerNorm)]
    return [len(norms), sum(one.numel() for part in norms for one in part.parameters())]


def over_tokens(T, d, L, B):
    """[how many means LayerNorm((T, d)) computes for B texts, how many numbers all γ and β of L blocks and the last one hold]."""
    import torch
    norm = torch.nn.LayerNorm((T, d), device="meta")
    means = F.layer_norm(np.zeros((B, T, 1)), axis=(-2, -1), return_stats=True)[1].size     # whatever d is
    return [means, norms_of(L, d)[0] * (norm.weight.numel() + norm.bias.numel())]


def swapped(x):
    """x as a row of the two features that the sublayer swaps."""
    return np.asarray(x, dtype=float)[::-1]                       # (2,)


def added_matrix(few, many):
    """By what a block's share of the mean square changes: a matrix over √(2 blocks), from few to many blocks."""
    rng = np.random.default_rng(0)
    matrix, u = rng.normal(size=(8, 8)), rng.normal(size=8)       # (d, d), (d,)
    added = [((matrix / np.sqrt(2 * blocks) @ u)**2).mean() for blocks in (few, many)]
    return added[1] / added[0]


COMPUTED = [
    Count(
        name="count-the-norms", chapter=4, concept="place", level="easy", section="block-to-read",
        ask="A Transformer of {L} blocks, width {d}, is built like GPT-2. How many LayerNorms has it, and how many numbers do all their γ "
            "and β hold together?",
        draw=lambda rng: {"L": int(rng.integers(2, 13)), "d": one_of(rng, 8, 10, 16, 32, 64, 100)},
        first={"L": 6, "d": 64},
        answer=lambda L, d: norms_of(L, d),
        work=lambda L, d: {"inside": 2 * L, "each": 2 * d},
        wrong={
            "You counted two a block. One more stands behind the last block, before the logits.": lambda L, d: [2 * L, 4 * L * d],
            "You counted one a block, and the last. A block has two sublayers, and each has a LayerNorm of its own.":
                lambda L, d: [L + 1, 2 * (L + 1) * d],
            "You counted γ and left out β.": lambda L, d: [2 * L + 1, (2 * L + 1) * d],
            "The second number is that of one LayerNorm. Each of them has a γ and a β of its own.": lambda L, d: [2 * L + 1, 2 * d],
            "You gave each sublayer two LayerNorms, before and after: that is Peri-LN. GPT-2 normalizes what a sublayer reads.":
                lambda L, d: [4 * L + 1, 2 * (4 * L + 1) * d],
        },
        hints=("Walk along the stream: which sublayers does one block have, and what comes behind the last block?",
               "{inside} stand inside the blocks, and each LayerNorm holds {each} numbers."),
        solution="Two sublayers a block make {inside}, and one stands at the end. Each holds γ and β, {each} numbers: {answer}.",
        misconception="Pre-LN needs no LayerNorm at the end, every block has two.",
    ),
    Compute(
        name="pre-by-hand", chapter=4, concept="place", level="easy", section="block-to-read",
        ask="A token has two features, x = {x}; γ = 1, β = 0 and ε = 0. The sublayer swaps the two features and multiplies by {k}: "
            "F(u₁, u₂) = ({k} u₂, {k} u₁). What does x become in one Pre-LN step?",
        draw=lambda rng: {"x": np.array([int(one) for one in rng.choice(np.arange(0, 12), 2, replace=False)], dtype=float),
                          "k": int(rng.integers(2, 6))},
        first={"x": np.array([3.0, 7]), "k": 3},
        answer=lambda x, k: x + k * swapped(normal(x)),
        work=lambda x, k: {"xhat": normal(x), "added": k * swapped(normal(x))},
        wrong={
            "You normalized the sum of x and F(x). That is Post-LN: what comes out has σ = 1, whatever went in.":
                lambda x, k: normal(x + k * swapped(x)),
            "You let F read x itself, and nothing was normalized.": lambda x, k: x + k * swapped(x),
            "You normalized x once and used that on both paths. In Pre-LN the skip path carries x itself.":
                lambda x, k: normal(x) + k * swapped(normal(x)),
            "You normalized the skip path and let F read x. It is the other way round.": lambda x, k: normal(x) + k * swapped(x),
            "That is what the sublayer adds. A residual stream keeps what was there.": lambda x, k: k * swapped(normal(x)),
            "You subtracted the mean and did not divide by σ before F.": lambda x, k: x + k * swapped(x - x.mean()),
        },
        hints=("Two paths lead to the sum. Which of them does Pre-LN normalize?", "LN(x) = {xhat}. Let F swap and multiply that."),
        solution="LN(x) = {xhat}: with two features only the order is left. F makes {added} of it. The skip path brings "
                 "x itself: {answer}.",
        misconception="Pre-LN is LN(x) + F(x).",
    ),
    Compute(
        name="adam-first-step", chapter=4, concept="place", level="easy", section="adam-step",
        ask="First step of Adam, rate {rate}, β₁ = 0.9, β₂ = 0.98, both averages corrected for their start at 0, ε too small to matter. "
            "Two weights have the gradients {g}. By how much does each weight change? (With its sign.)",
        draw=lambda rng: (lambda rate, g: {"rate": rate, "g": np.array(g, dtype=float)})(*one_of(rng, *FIRST_STEPS)),
        first={"rate": 0.001, "g": np.array([0.02, -50])},
        answer=lambda rate, g: adam([g], rate)[0],
        wrong={
            "That is a step of SGD: rate times gradient. Adam divides by the size of the gradient.": lambda rate, g: -rate * g,
            "Both sizes are right. A step goes against the gradient, so mind its sign.": lambda rate, g: -adam([g], rate)[0],
            "You gave both the same sign. Adam takes the size of a gradient away and keeps its sign.":
                lambda rate, g: None if g[0] * g[1] > 0 else [-rate, -rate],
            "You did not correct the averages. Both begin at 0, and are divided by 1 − β₁ and 1 − β₂ in the first step.":
                lambda rate, g: adam([g], rate, corrected=False)[0],
            "You corrected the average of the squares and left a tenth of the gradient above the fraction.":
                lambda rate, g: 0.1 * adam([g], rate)[0],
        },
        hints=("In the first step an average has seen one gradient. What is it, once corrected?",
               "The corrected averages are g and g². The step is −{rate} · g/√(g²)."),
        solution="The averages of one gradient are g and g², so the step is −{rate} · g/|g|. Only the signs of {g} are left: {answer}.",
        misconception="A weight with a larger gradient moves farther.",
    ),
    Count(
        name="when-it-is-lost", chapter=4, concept="place", level="easy", section="warming-up",
        ask="Say a Post-LN network learns as long as the rate stays below {limit}, and loses what it has above. The rate rises in a "
            "straight line from 0 to {rate} over {W} steps of warm-up, to {rate} · s/{W} in step s. In which step does it reach {limit}?",
        draw=lambda rng: {"rate": (rate := one_of(rng, 0.02, 0.03, 0.04)), "W": one_of(rng, 50, 100, 200, 400),
                          "limit": round(rate * one_of(rng, 0.2, 0.3, 0.4, 0.6), 6)},
        first={"rate": 0.03, "W": 200, "limit": 0.012},
        answer=lambda rate, W, limit: next(step for step in range(1, W + 1) if rate * step / W > limit * (1 - 1e-9)),
        work=lambda rate, W, limit: {"share": round(limit / rate, 6), "double": 2 * W},
        wrong={
            "You counted back from the end of the warm-up. The rate begins at 0.": lambda rate, W, limit: round(W * (1 - limit / rate)),
            "At the end of the warm-up the rate is {rate} already. It passes {limit} before.": lambda rate, W, limit: W,
            "Then nothing would have been warmed up: the first step has only a {W}th of {rate}.": lambda rate, W, limit: 1,
            "You turned the share round: {limit} is a part of {rate}.": lambda rate, W, limit: np.ceil(W * rate / limit - 1e-9),
        },
        hints=("Which share of the full rate is {limit}?",
               "{limit} is {share} of {rate}. After which share of {W} steps is it reached?"),
        solution="{limit} is {share} of {rate}, and {share} · {W} = {answer}. Until then the network may look as if it had learned for "
                 "good. With {double} steps of warm-up it happens twice as late, and it happens: warm-up puts off the rate, it does not "
                 "lower it.",
        misconception="Once a network has learned, it cannot lose it again.",
    ),
    Compute(
        name="size-at-the-end", chapter=4, concept="place", level="medium", section="stream-grows",
        ask="Pre-LN, {L} blocks. A vector of mean 0 and mean square 1 enters. Each sublayer, two a block, adds a vector of mean 0 and mean "
            "square {q}, at right angles to all that is there. By which number does the last LayerNorm divide? (ε = 0)",
        draw=lambda rng: {"L": one_of(rng, 4, 6, 8, 12, 16, 24), "q": one_of(rng, 0.1, 0.2, 0.25, 0.5, 0.75)},
        first={"L": 6, "q": 0.25},
        answer=lambda L, q: 1 / F.layer_norm(
            (right_angles(2 * L + 1) * np.sqrt([1.0, *[q] * (2 * L)])[:, None]).sum(axis=0), eps=0.0, return_stats=True)[2].item(),
        work=lambda L, q: {"sublayers": 2 * L, "square": 1 + 2 * L * q},
        wrong={
            "That is the mean square of the stream. A LayerNorm divides by its root.": lambda L, q: 1 + 2 * L * q,
            "You added sizes. At right angles squares add up.": lambda L, q: 1 + 2 * L * q**0.5,
            "You let every sublayer add a share of what is there already. It reads a normalized vector, so it adds the same each time.":
                lambda L, q: (1 + q)**L,
            "You counted one sublayer a block. Attention and the MLP both add.": lambda L, q: (1 + L * q)**0.5,
            "You left out the vector that entered.": lambda L, q: (2 * L * q)**0.5,
        },
        hints=("Which quantity adds up when vectors stand at right angles: sizes, or their squares?",
               "{sublayers} sublayers add {q} each to a mean square of 1. And σ is the root of what comes out."),
        solution="Squares add up at right angles: 1 + {sublayers} · {q} = {square}. The mean is 0, so σ is the root of that: {answer}.",
        misconception="Each block enlarges the stream by the same factor.",
    ),
    Compute(
        name="gradient-left", chapter=4, concept="place", level="medium", section="two-places",
        ask="Pre-LN with ε = 0, before training. The stream begins with mean square 1, each block adds {c} to that, and its mean stays 0. "
            "Whatever the number of blocks, the same gradient arrives behind the last LayerNorm, and x̂ is the same there. "
            "What is the gradient on the stream below the last LayerNorm with {many} blocks, as a share of that with {few}?",
        draw=lambda rng: {"c": one_of(rng, 0.1, 0.25, 0.5, 1), "few": (few := one_of(rng, 2, 4, 6, 8, 12)),
                          "many": few * one_of(rng, 2, 4, 5)},
        first={"c": 0.5, "few": 6, "many": 30},
        answer=lambda c, few, many: np.divide(*(np.linalg.norm(pushed(np.sqrt(1 + c * L) * right_angles(3)[0], [1, 0, 0, 0]))
                                                for L in (many, few))),
        work=lambda c, few, many: {"a": 1 + c * few, "b": 1 + c * many},
        wrong={
            "You took the power −½ of the number of blocks. It sets in where {c} · L is large beside the 1 with which the stream begins.":
                lambda c, few, many: (few / many)**0.5,
            "That is the ratio of the mean squares. A LayerNorm divides the gradient by σ, the root.":
                lambda c, few, many: (1 + c * few) / (1 + c * many),
            "That is Post-LN, where a LayerNorm behind each addition keeps σ from growing. Here the stream itself arrives at the last "
            "LayerNorm.":
                lambda c, few, many: 1,
            "You turned it round: by this factor the stream is larger, and the gradient is divided by it.":
                lambda c, few, many: ((1 + c * many) / (1 + c * few))**0.5,
            "You divided the numbers of blocks. Neither the 1 nor the root is in that.": lambda c, few, many: few / many,
        },
        hints=("By what does the last LayerNorm divide the gradient on its way down?",
               "The mean square of the stream is {a} in one network and {b} in the other. What is σ?"),
        solution="The gradient is divided by the σ of the stream. Its mean square is 1 + {c} · {few} = {a} and 1 + {c} · {many} = {b}. The "
                 "share is √({a}/{b}) = {answer}.",
        misconception="In Pre-LN the gradient goes like one over the root of the depth, always.",
    ),
    Compute(
        name="share-of-a-block", chapter=4, concept="place", level="medium", section="stream-grows", entrywise=True,
        ask="The GPT-2 paper divides the matrices that write to the stream by √(2L), for L blocks. With {few} blocks one block adds {q} "
            "to the mean square of the stream before training. Same width, {many} blocks: how much does one block add, and how much do all "
            "together?",
        draw=lambda rng: {"few": (few := one_of(rng, 2, 3, 6, 12)), "many": few * one_of(rng, 2, 3, 4, 8),
                          "q": one_of(rng, 0.04, 0.06, 0.12, 0.24)},
        first={"few": 12, "many": 48, "q": 0.08},
        answer=lambda few, many, q: [q * added_matrix(few, many), many * q * added_matrix(few, many)],
        work=lambda few, many, q: {"times": many // few, "before": few * q},
        wrong={
            "You let each block add what it added before. That is Xavier's rule, which does not ask how many blocks there are.":
                lambda few, many, q: [q, many * q],
            "You divided by the root of {times}. That happens to what is added; its mean square is divided by {times}.":
                lambda few, many, q: [q * (few / many)**0.5, many * q * (few / many)**0.5],
            "You divided by the square of {times}. The root is in the rule already, and the mean square undoes it.":
                lambda few, many, q: [q * (few / many)**2, many * q * (few / many)**2],
            "The first number is right. The second still counts {few} blocks, and there are {many}.":
                lambda few, many, q: [q * few / many, few * q * few / many],
        },
        hints=("There are {times} times as many blocks. What does that make of a matrix divided by √(2L), and what of its square?",
               "The mean square of what one block adds is divided by as much as the number of blocks is multiplied."),
        solution="The matrices are divided by √{times} more, so the mean square of what they add is divided by {times}. There are {times} "
                 "times as many blocks, so all together add {before}, as before: {answer}.",
        misconception="The deeper a Pre-LN network, the larger its stream, whatever the first weights.",
    ),
    Count(
        name="norm-over-tokens", chapter=4, concept="axes", level="medium", section="block-to-read",
        ask="Somebody rewrites a GPT-2 of {L} blocks with `LayerNorm(({T}, {d}))` in place of each `LayerNorm({d})`: {T} tokens, width "
            "{d}. {B} texts come in. How many means does one LayerNorm compute now, and how many numbers do all γ and β of the network "
            "hold together?",
        draw=lambda rng: {"T": one_of(rng, 10, 20, 50, 100), "d": one_of(rng, 8, 30, 40, 60), "L": int(rng.integers(2, 8)),
                          "B": int(rng.integers(2, 10))},
        first={"T": 1024, "d": 768, "L": 12, "B": 8},
        answer=over_tokens,
        work=lambda T, d, L, B: {"norms": 2 * L + 1, "gamma": T * d, "means": B * T, "was": (2 * L + 1) * 2 * d},
        wrong={
            "The first number is right. The second is that of `LayerNorm({d})`: γ takes the shape in the brackets.":
                lambda T, d, L, B: [B, (2 * L + 1) * 2 * d],
            "You counted as for `LayerNorm({d})`. Its brackets name the axes that a mean runs over, and the shape of γ.":
                lambda T, d, L, B: [B * T, (2 * L + 1) * 2 * d],
            "The second number is right. But a token has no mean of its own now: the mean runs over all {T}.":
                lambda T, d, L, B: [B * T, (2 * L + 1) * 2 * T * d],
            "You let the mean run over the texts as well. The batch axis is not in the brackets.":
                lambda T, d, L, B: [1, (2 * L + 1) * 2 * T * d],
            "You counted γ and left out β.": lambda T, d, L, B: [B, (2 * L + 1) * T * d],
            "You left out the last LayerNorm, behind the blocks.": lambda T, d, L, B: [B, 2 * L * 2 * T * d],
            "You gave γ a number for each token and one for each feature. It has one for each pair.":
                lambda T, d, L, B: [B, (2 * L + 1) * 2 * (T + d)],
        },
        hints=("What stands in the brackets is averaged away, and it is the shape of γ.",
               "Of (B, T, d) only B is left for the means. One γ holds {T} · {d} numbers, and there are {norms} LayerNorms, each with a β "
               "as well."),
        solution="One mean a text, {B} in all, where it was one a token, {means}. γ has the shape ({T}, {d}), {gamma} numbers, and so has "
                 "β, in {norms} LayerNorms. Together: {answer}. With `LayerNorm({d})` all γ and β held {was} numbers.",
        misconception="γ has one number a feature, whatever is normalized.",
    ),
    Compute(
        name="embedding-left", chapter=4, concept="place", level="hard", section="adam-step", entrywise=True,
        ask="The embeddings have mean 0 and mean square 1. Each of {n} sublayers adds a vector of mean 0 and mean square 1, at right "
            "angles to all that is there; γ = 1, β = 0, ε = 0. What share of the mean square of what comes out is still the "
            "embeddings'? First for Post-LN, then for Pre-LN.",
        draw=lambda rng: {"n": int(rng.integers(2, 9))},
        first={"n": 4},
        answer=lambda n: [left_of_first(n, True), left_of_first(n, False)],
        work=lambda n: {"more": n + 1},
        wrong={
            "Your first number is Pre-LN's as well. Post-LN divides all that is there at each addition, old and new alike.":
                lambda n: [left_of_first(n, False)] * 2,
            "Your second number is Post-LN's as well. In Pre-LN nothing is divided on the stream: it is a plain sum.":
                lambda n: [left_of_first(n, True)] * 2,
            "You turned them round.": lambda n: [left_of_first(n, False), left_of_first(n, True)],
            "Those are shares of the length. Square them.": lambda n: np.sqrt([left_of_first(n, True), left_of_first(n, False)]),
            "{n} sublayers and the embeddings make {more} vectors "
            "in the sum.": lambda n: [left_of_first(n, True), left_of_first(n - 1, False)],
        },
        hints=("After one sublayer both have the share 1/2. What does the second do to that in each of them?",
               "Pre-LN is a sum of {more} equal parts. In Post-LN σ is 1 again before each addition, and the sum has mean square 2."),
        solution="In Post-LN each addition brings as much as there is, and the LayerNorm halves both: one half, {n} times. In Pre-LN "
                 "{more} equal parts stand side by side. Together: {answer}. A late sublayer has a large say in Post-LN and a small one in "
                 "Pre-LN.",
        misconception="A skip path keeps the embeddings whole, wherever the LayerNorm stands.",
    ),
]


def forms_of(code):
    """What a line makes of x, for a given f: the line is run."""
    def step(x, f):
        names = {"x": x, "f": f, "norm": normal}
        exec(code, names)
        return names["x"]
    return step


def is_pre(code):
    """Does this line hand f a normalized vector, and add what f says to x itself?"""
    heard = []

    def f(u):
        heard.append(u)
        return np.tanh(u[:, ::-1]) * 3                            # (T, d)
    out = forms_of(code)(RNG_ROWS, f)                             # (T, d)
    return same(heard[0], normal(RNG_ROWS)) and same(out, RNG_ROWS + f(normal(RNG_ROWS)))


@cache
def small_block(placement):
    """A block of width 8 as a function of an array (5, 8), with weights of a fixed seed."""
    import torch

    from ...models import Block
    rng, block = np.random.default_rng(0), Block(8, 2, placement=placement).double()
    for part in block.parameters():
        if part.ndim == 2:
            part.data = torch.from_numpy(rng.normal(0, 0.4, tuple(part.shape)))

    def run(x):
        with torch.no_grad():
            return block(torch.from_numpy(x)[None])[0].numpy()    # (T, d)
    return run


TOKENS = np.random.default_rng(1).normal(size=(5, 8))             # (T, d)
THIRD = np.zeros((5, 8))                                          # (T, d)
THIRD[2] = 7
ONE_CELL = THIRD * (np.arange(8) == 0)                            # (T, d)
OTHERS = [0, 1, 3, 4]


def seven(placement, change=THIRD):
    """What the change does to the output of the block: (T, d)."""
    run = small_block(placement)
    return run(TOKENS + change) - run(TOKENS)


def whole(x):
    """What LayerNorm((T, d)) makes of the last two axes."""
    return F.layer_norm(x, axis=(-2, -1))                         # (..., T, d)


def other_length_fails():
    import torch
    norm = torch.nn.LayerNorm((5, 8))
    try:
        norm(torch.zeros(1, 4, 8))
    except RuntimeError:
        return True
    return False


def modes_differ():
    import torch
    norm, x = torch.nn.LayerNorm((5, 8)).double(), torch.from_numpy(TOKENS)                 # (T, d)
    return not torch.equal(norm.train()(x), norm.eval()(x))


def later_heard():
    other = TOKENS.copy()
    other[4] += np.arange(8)
    return not same(whole(other)[0], whole(TOKENS)[0])


def mates_heard():
    other = np.stack([TOKENS, TOKENS[::-1] * 3])                  # (B, T, d)
    return not same(whole(other)[0], whole(TOKENS[None])[0])


def sizes_differ():
    louder = TOKENS * np.array([1, 1, 10, 1, 1])[:, None]         # (T, d)
    return bool(np.ptp(whole(louder).std(axis=1)) > 1)


@cache
def growth(times):
    """By how much the mean square grows over 12 Pre-LN blocks with GPT-2's weights, embeddings so many times as large."""
    import torch

    from ...models import Transformer, initialize
    rng = np.random.default_rng(0)
    model = initialize(Transformer(50, 16, width=64, depth=12, heads=4).double(), "gpt2", rng=rng)
    x = before = times * model.embed(torch.from_numpy(rng.integers(50, size=(2, 16))))      # (B, T, d)
    with torch.no_grad():
        for block in model.blocks:
            x = block(x)
    return ((x**2).mean() / (before**2).mean()).item() - 1


@cache
def beside_the_line():
    """Pre-LN, torch's weights: the gradient at 32 blocks, over what a line through 2, 4 and 8 blocks says of it."""
    from ...experiments import load
    runs, depths = load("first_pass"), (2, 4, 8)
    gradient = {depth: np.median([row[-1] for row in runs.at(placement="pre", start="torch", depth=depth)["gradient"]])
                for depth in (*depths, 32)}
    line = np.polyfit(np.log(depths), np.log([gradient[depth] for depth in depths]), 1)
    return gradient[32] / np.exp(np.polyval(line, np.log(32)))


@cache
def without_the_last():
    """GPT-2's weights, 32 blocks: the gradient of the stream without the last LayerNorm over that with it, for one push from above."""
    from ...experiments import load
    size = np.sqrt(np.median([row[-1] for row in load("first_pass").at(placement="pre", start="gpt2", depth=32)["stream"]]))
    x, dy = np.random.default_rng(0).normal(size=(2, 64))         # (d,) each
    return np.linalg.norm(dy) / np.linalg.norm(pushed(size * x, dy))


GRADIENTS = np.random.default_rng(0).normal(size=(12, 5))         # (steps, weights)


def adam_moved(change, step=0, eps=0.0, size=1.0):
    """Does this change of the gradients change step number ``step`` of Adam (from 0)?"""
    return not same(adam(change(size * GRADIENTS), eps=eps)[step], adam(size * GRADIENTS, eps=eps)[step], 1e-3)


def sgd_step(factor):
    """What torch's SGD does to a weight whose loss is so many times as large."""
    import torch
    weight = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    (factor * weight @ torch.from_numpy(GRADIENTS[0])).backward()
    torch.optim.SGD([weight], lr=0.1).step()
    return weight.detach().numpy()                                # (weights,)


def louder_from(step):
    return lambda g: np.concatenate([g[:step], 1000 * g[step:]])  # (steps, weights)


@cache
def jump():
    """The second step of Adam over the first one, for the gradients 1 and 100."""
    first, second = adam([1.0, 100.0])
    return second / first


def warm(**change):
    """How many of four seeds of Post-LN solve the task and keep it, with one thing changed."""
    from ...experiments import load
    from ...figures.placement import held
    return held(load("warm_up").at(**FAILING | change))


def gained(**change):
    """Does the change make a seed learn, where none does without it?"""
    return warm() == 0 < warm(**change)


def kept(without, start, rate):
    """How many of four seeds solve the task and keep it, with these LayerNorms left out."""
    from ...experiments import load
    from ...figures.placement import held
    return held(load("left_out").at(without=without, start=start, rate=rate))


def kept_by_all(without, rates, starts=("xavier", "torch", "gpt2")):
    return all(kept(without, start, rate) == 4 for start in starts for rate in rates)


RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
HEAD = np.random.default_rng(2).normal(size=(8, 6))               # (d, V)


def top(x, last=True):
    """What can be read at the top: the loss, the gradient of the stream, and that of the last γ, for the stream x (T, d)."""
    y, mean, rstd = F.layer_norm(x, eps=0.0, return_stats=True) if last else (x, None, None)
    logits = y @ HEAD                                             # (T, V)
    logits = logits - logits.max(axis=1, keepdims=True)           # (T, V)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)                          # (T, V)
    target = np.eye(6)[:len(x)]                                   # (T, V)
    loss = -(np.log(np.maximum(p, 1e-300)) * target).sum(axis=1).mean()
    dy = (p - target) @ HEAD.T / len(x)                           # (T, d)
    return (loss, *F.layer_norm_backward(dy, x, mean, rstd)[:2]) if last else (loss, dy, None)


def top_differs(part, last=True):
    return lambda: not same(top(1000 * TOKENS, last)[part], top(TOKENS, last)[part], 1e-6)


CHOSEN = [
    Choose(
        name="spot-pre-ln", chapter=4, concept="place", level="easy", section="block-to-read",
        ask="`f` is a sublayer, `norm` a LayerNorm. Which of these lines are Pre-LN?",
        options=[Option(f"`{code}`", why, lambda code=code: is_pre(code)) for code, why in {
            "x = x + f(norm(x))": "The skip path carries x, and f reads what was normalized.",
            "x = norm(x + f(x))": "The sum is normalized, and with it the stream: Post-LN.",
            "u = norm(x); x = x + f(u)": "A name in between changes nothing: x is still on the skip path.",
            "x = norm(x); x = x + f(x)": "The same name now means the normalized vector, on the skip path too: LN(x) + F(LN(x)).",
            "x = x + norm(f(x))": "What f says is normalized, and f reads the bare stream.",
            "x = norm(x) + f(x)": "Here the skip path is normalized and what f reads is not.",
        }.items()],
        hints=("Ask two things of each line: what does f read, and what is f's answer added to?",
               "Put f = 0: what must come back in Pre-LN?"),
        solution="In Pre-LN f reads LN(x), and its answer is added to x itself.",
        misconception="Pre-LN is LN(x) + F(x).",
    ),
    Predict(
        name="larger-embeddings", chapter=4, concept="place", level="easy", section="stream-grows",
        ask="Pre-LN with GPT-2's first weights, 12 blocks: the mean square of the stream grows by some percentage. Now the embeddings are "
            "50 times as large, and the blocks stay as they are. By what percentage does it grow now?",
        options=[
            Option("by about the same", "The blocks do add about the same as before. But beside what?",
                   lambda: 0.5 < growth(50) / growth(1) < 2),
            Option("by hardly anything", "Each sublayer reads a normalized vector and adds what it added before, to a mean square 2500 "
                   "times as large.", lambda: growth(50) / growth(1) < 0.01),
            Option("by far more", "Nothing in the blocks grows faster than the stream: what they add stays, and the stream beside "
                   "it is larger.",
                   lambda: growth(50) / growth(1) > 100),
        ],
        hints=("What does the first sublayer read, before and after the change?",
               "It reads LN(x), which forgets a factor. So what it adds stays; "
               "and the stream?"),
        solution="What the sublayers add does not know the size of the stream. How much the stream grows is that sum beside what entered.",
        misconception="Larger embeddings make everything behind them larger by the same factor.",
    ),
    Predict(
        name="a-line-through-three", chapter=4, concept="place", level="medium", section="two-places",
        ask="Pre-LN, PyTorch's first weights, before training. A colleague measures the last block's gradient at 2, 4 and 8 blocks, draws "
            "both axes logarithmic, puts a straight line through the three and prolongs it to 32 blocks. Where is the gradient that is "
            "measured there?",
        options=[
            Option("on the line, within a few percent", "It would be if the gradient were a power of the number of blocks.",
                   lambda: 0.95 < beside_the_line() < 1.05),
            Option("below the line", "1/√(1 + cL) is level as long as cL is small beside 1, and steeper later. Three small depths see the "
                                     "level part.",
                   lambda: beside_the_line() <= 0.95),
            Option("above the line", "The gradient would have to fall more slowly the deeper the network is. The stream does not stop "
                                     "growing.",
                   lambda: beside_the_line() >= 1.05),
        ],
        hints=("By which number is the gradient divided, and how does that depend on the number of blocks?",
               "σ is like √(1 + cL). Compare its growth from 2 to 4 blocks with that from 16 to 32, for a small c."),
        solution="A slope that was measured at small depths holds there. The bend comes where the blocks together add as much as entered.",
        misconception="In Pre-LN the gradient goes like one over the root of the depth, always.",
        reveal=("PlacementLab", {"over": "depth", "show": "gradient", "start": "torch", "depth": 32}),
    ),
    Choose(
        name="seven-on-one-token", chapter=4, concept="place", level="medium", section="block-to-read",
        ask="One block, five tokens, no mask. Token 3 enters with 7 added to every one of its features. Which of these hold?",
        options=[
            Option("Pre-LN: the other tokens come out as before", "Both LayerNorms take the 7 away before a sublayer hears it.",
                   lambda: same(seven("pre")[OTHERS], 0 * TOKENS[OTHERS], 1e-6)),
            Option("Pre-LN: token 3 comes out with 7 more on each feature",
                   "The skip path is a plain sum, and nothing on it takes the 7 away.",
                   lambda: same(seven("pre")[2], THIRD[2], 1e-6)),
            Option("Post-LN: the other tokens come out as before", "Attention reads the bare stream, hears the 7 and passes it on.",
                   lambda: same(seven("post")[OTHERS], 0 * TOKENS[OTHERS], 1e-6)),
            Option("Post-LN: token 3 comes out with 7 more on each feature",
                   "The LayerNorm behind the sum takes the mean of the stream away.",
                   lambda: same(seven("post")[2], THIRD[2], 1e-6)),
            Option("Pre-LN, 7 added to one feature only: the other tokens come out as before",
                   "One feature is no shift of all: the LayerNorm keeps it, and attention carries it to the others.",
                   lambda: same(seven("pre", ONE_CELL)[OTHERS], 0 * TOKENS[OTHERS], 1e-6)),
            Option("Pre-LN with a LayerNorm behind the block: all five come out as before",
                   "The 7 that the skip path brought is a shift, and goes "
                   "here.", lambda: same(normal(small_block("pre")(TOKENS + THIRD)), normal(small_block("pre")(TOKENS)), 1e-6)),
        ],
        hints=("Follow the 7: which box meets it first in each of the two?",
               "A LayerNorm takes away a shift of all features, and 7 on one feature is none. Where does it stand, on the branch or on the "
               "stream?"),
        solution="In Pre-LN the shift stays on the stream and no sublayer hears it. In Post-LN attention hears it before a LayerNorm does.",
        misconception="A LayerNorm in the block keeps a token's shift from the others, wherever it stands.",
    ),
    Predict(
        name="a-tiny-stream", chapter=4, concept="gradient", level="medium", section="stream-grows",
        ask="Pre-LN with GPT-2's first weights: in front of the last LayerNorm the σ of the stream is far below 1. You take that LayerNorm "
            "out, and the head sends the same gradient down. What becomes of the gradient that arrives on the stream?",
        options=[
            Option("it becomes larger", "It would with a stream of σ above 1, as Xavier's weights make it: there the LayerNorm held the "
                                        "gradient down.",
                   lambda: without_the_last() > 1.5),
            Option("it stays about the same",
                   "The loss before training hardly changes. The gradient was divided by σ, and σ is far from 1.",
                   lambda: 1 / 1.5 < without_the_last() < 1.5),
            Option("it becomes smaller", "The LayerNorm divided the gradient by a σ far below 1, and so made it larger. That is gone.",
                   lambda: without_the_last() < 1 / 1.5),
        ],
        hints=("What does a LayerNorm do to a gradient on its way down?",
               "It divides by σ. Is that a division by something above or below 1?"),
        solution="The last LayerNorm brings a stream to one size, a large one down and a tiny one up, and multiplies the gradient "
                 "by the same 1/σ.",
        misconception="A LayerNorm makes gradients smaller.",
        reveal=("PlacementLab", {"over": "block", "show": "stream", "start": "gpt2", "depth": 32}),
    ),
    Choose(
        name="loss-times-1000", chapter=4, concept="place", level="medium", section="adam-step",
        ask="A loss is multiplied by 1000. Where nothing else is said this holds from the first step on, and Adam's ε is far smaller than "
            "all gradients. Which of these change?",
        options=[
            Option("the first step of SGD", "SGD multiplies the gradient by the rate, and a factor goes through.",
                   lambda: not same(sgd_step(1000), sgd_step(1))),
            Option("the first step of Adam", "Adam divides the gradient by its own size, and the factor with it.",
                   lambda: adam_moved(louder_from(0))),
            Option("the tenth step of Adam",
                   "Both averages have seen the factor from the beginning: it stands above and below the fraction.",
                   lambda: adam_moved(louder_from(0), 9)),
            Option("the tenth step of Adam, if the factor comes in there and not before",
                   "The averages remember gradients without the factor, and those with it weigh more: it no longer cancels.",
                   lambda: adam_moved(louder_from(9), 9)),
            Option("the first step of Adam, if ε is as large as the gradients were",
                   "ε has a size of its own and does not grow with the loss: "
                   "beside larger gradients it matters less.", lambda: adam_moved(louder_from(0), eps=1e-8, size=1e-8)),
        ],
        hints=("Write Adam's step as a fraction. Where does the factor appear?",
               "A factor that is in all gradients stands above and below. What in the fraction may be without it?"),
        solution="Adam forgets a factor that all gradients so far have in common, as LayerNorm forgets one that all features have in "
                 "common. In both an ε can bring the size back in: in Adam where gradients are as small as ε, in LayerNorm where σ is as "
                 "small as √ε.",
        misconception="Under Adam the size of a gradient never matters.",
    ),
    Predict(
        name="lost-or-slow", chapter=4, concept="place", level="medium", section="left-out",
        ask="GPT-2's first weights, eight blocks, no LayerNorm anywhere, rate 0.003. When the 600 steps are over no seed has solved the "
            "task, but all losses lie below that of guessing. Which rate would you try next?",
        options=[
            Option("0.001: the network is thrown about, and smaller steps calm it",
                   "A loss on its way down is slow. A smaller rate makes it slower.",
                   lambda: kept("all", "gpt2", 0.001) > 0),
            Option("0.01: the network is slow, and larger steps bring it there in time",
                   "Its first weights are small. With larger steps it solves the task in time.", lambda: kept("all", "gpt2", 0.01) > 0),
            Option("neither: without any LayerNorm it cannot learn",
                   "Failing here is failing in 600 steps, from these weights, at this rate.",
                   lambda: max(kept("all", "gpt2", rate) for rate in (0.001, 0.01)) == 0),
        ],
        hints=("Two networks fail: one is lost, one has not arrived. What would the loss of each look like?",
               "A loss below that of guessing says that something has been learned."),
        solution="One rate shows neither what a network can do nor what a LayerNorm is needed for.",
        misconception="Without LayerNorm a Transformer does not train.",
        reveal=("AblationLab", {"start": "gpt2", "rate": 0.01}),
    ),
    Choose(
        name="who-would-notice", chapter=4, concept="place", level="medium", section="left-out",
        ask="Something in a Pre-LN network makes the stream in front of the last LayerNorm 1000 times as large, in the same direction (ε = "
            "0). Which of these numbers tell you?",
        options=[
            Option("the loss", "The last LayerNorm takes the factor away, so logits and loss are the same.", top_differs(0)),
            Option("the gradient of the last γ",
                   "It is made of x̂ and of what comes from the head, and neither has changed.", top_differs(2)),
            Option("the gradient that reaches the stream", "It is divided by σ: a thousandth arrives.", top_differs(1)),
            Option("the root mean square of what the head reads", "The head reads what the LayerNorm has brought to one size.",
                   lambda: not same(np.sqrt((normal(1000 * TOKENS)**2).mean()), np.sqrt((normal(TOKENS)**2).mean()))),
            Option("the loss, with the last LayerNorm taken out",
                   "Nothing takes the factor away now: logits 1000 times as large are sure of what "
                   "they get wrong.", top_differs(0, last=False)),
        ],
        hints=("Which of these numbers are computed behind the last LayerNorm, which in front of it?",
               "x̂ is the same. So is all that is computed from x̂ alone, on the way up and on the way down."),
        solution="A last LayerNorm hides the size of the stream from the loss. Print the stream's size to see it.",
        misconception="As long as the loss is near that of guessing, nothing in the network has exploded.",
    ),
    Choose(
        name="no-longer-possible", chapter=4, concept="axes", level="hard", section="block-to-read",
        ask="A causal GPT-2 has `LayerNorm((T, d))` in place of every `LayerNorm(d)`. What can it no longer do?",
        options=[
            Option("take a text of another length than T",
                   "γ and β have the shape (T, d), and torch refuses any other.", other_length_fails),
            Option("give the first token an output that no later token has a say in",
                   "All T tokens share a mean and a σ: the mask is gone around.",
                   later_heard),
            Option("treat each sequence of a batch by itself",
                   "Still does: the batch axis is not among those that are normalized.", mates_heard),
            Option("bring a loud token and a quiet one to the same size",
                   "All tokens are divided by one σ, and a token ten times as large stays so.",
                   sizes_differ),
            Option("normalize in use as in training", "Still does: it measures anew each time and stores no mean.", modes_differ),
        ],
        hints=("Which cells share a mean now, and which shape has γ?",
               "Change the last token: does the first one's output move? Make one token "
               "louder: does its size come back to 1?"),
        solution="It has T times the parameters for γ and β, and for that it loses three things: any other length, the causal mask, and "
                 "one size for every token.",
        misconception="A mask in attention is all that keeps the future out.",
    ),
    Choose(
        name="one-rate", chapter=4, concept="place", level="hard", section="warming-up",
        ask="Xavier's first weights, rate 0.01, no warm-up: Pre-LN learns this chapter's task and keeps it in all four seeds, Post-LN in "
            "none. The caption says “Post-LN cannot learn this task”. Which single change to the runs of Post-LN makes at least one seed "
            "learn it and keep it? (Look them up in chapter 4's map of rate and warm-up.)",
        options=[
            Option("the rate 0.001", "A tenth of the rate is enough, from the same weights "
                                     "and without warm-up.", lambda: gained(rate=0.001)),
            Option("the rate 0.03", "What 0.01 throws about, 0.03 throws farther.", lambda: gained(rate=0.03)),
            Option("25 steps of warm-up", "At 0.003 that helps. At 0.01, from these weights, it is too short.", lambda: gained(steps=25)),
            Option("200 steps of warm-up", "Long enough for one of the four.", lambda: gained(steps=200)),
            Option("PyTorch's first weights", "They are smaller than Xavier's, and one of the four learns at 0.01 without warm-up.",
                   lambda: gained(start="torch")),
            Option("GPT-2's first weights", "From these three of the four learn it, at the same rate and without warm-up.",
                   lambda: gained(start="gpt2")),
        ],
        hints=("The plot holds three things fixed besides the place. Which?",
               "Look at rates, at warm-up and at first weights, one at a time."),
        solution="One rate, one rule for the first weights, one warm-up: the plot shows what they do together with the place. A fair plot "
                 "gives each placement its own best rate.",
        misconception="Without warm-up Post-LN does not train.",
    ),
    Predict(
        name="a-gradient-jumps", chapter=4, concept="place", level="hard", section="adam-step",
        ask="A weight has the gradient 1 in the first step of Adam and 100 in the second (β₁ = 0.9, β₂ = 0.98, averages corrected, ε = 0). "
            "How far does the second step go?",
        options=[
            Option("100 times as far as the first", "That is SGD. Here the size of the gradient stands below the fraction, too.",
                   lambda: 90 < jump() < 110),
            Option("about 50 times as far: the average of the two gradients",
                   "That is what stands above the fraction. What stands below it has "
                   "grown as well.", lambda: 30 < jump() < 70),
            Option("as far as the first, to the last digit",
                   "So it is for equal gradients. Of 1 and 100 the two averages are not of one size.",
                   lambda: same(jump(), 1)),
            Option("less far than the first",
                   "The large gradient weighs more in the mean of the squares than in the mean, so the quotient is below "
                   "1.", lambda: jump() < 0.95),
        ],
        hints=("Two averages: of the gradients and of their squares. Work out both for 1 and 100, taking their plain means.",
               "The mean of 1 and 100 is about 50. The root of the mean of 1 and 10,000 is about 71."),
        solution="In the second step both averages weigh the two gradients about alike, and the root of a mean of squares lies above the "
                 "mean. So this jump makes no larger step. (With β₂ = 0.999 a late one can make it about three "
                 "times as large, not a hundred times.)",
        misconception="A sudden large gradient makes a large step.",
    ),
    Choose(
        name="which-can-go", chapter=4, concept="place", level="hard", section="left-out",
        ask="Pre-LN, eight blocks, no warm-up, four seeds of each: the runs of chapter 4's last lab, with its five rates and three rules "
            "for the first weights. Which of these sentences do they support? (“Works”: all four seeds solve the task and keep it.)",
        options=[
            Option("From first weights from which leaving out one kind works at no rate, leaving out all three works at none either.",
                   "From Xavier's and GPT-2's weights no rate works with only the attentions' left out; from GPT-2's, leaving out all "
                   "works at one of the rates.",
                   lambda: all(not any(kept(more, start, rate) == 4 for rate in RATES)
                               for start in ("xavier", "torch", "gpt2") for one in ("attention", "mlp", "final")
                               if not any(kept(one, start, rate) == 4 for rate in RATES)
                               for more in ("all",))),
            Option("At the rates 0.001, 0.003 and 0.01 the attentions' alone are enough, from all three.",
                   "Without the MLPs' and without the last, all seeds solve it and keep it.",
                   lambda: kept_by_all("mlp, final", (0.001, 0.003, 0.01))),
            Option("The MLPs' alone can go at every rate, from some of the three.",
                   "At 0.03 no seed learns without them while the last one stays.",
                   lambda: any(kept_by_all("mlp", RATES, (start,)) for start in ("xavier", "torch", "gpt2"))),
            Option("With none at all, some rate works from PyTorch's weights, and some from GPT-2's.",
                   "Both rules draw smaller weights than Xavier's, and small weights keep the sums small.",
                   lambda: all(any(kept("all", start, rate) == 4 for rate in RATES) for start in ("torch", "gpt2"))),
            Option("With none at all, some rate works from Xavier's weights.",
                   "None of the five does. Divided by √3, those of attention would have PyTorch's variance.",
                   lambda: any(kept("all", "xavier", rate) == 4 for rate in RATES)),
        ],
        hints=("For each sentence look for the one run that contradicts it.",
               "“Every rate” includes 0.03, and to leave all out is to leave the attentions' out and the others with them."),
        solution="What can go depends on the rate, on the first weights, and on what stays.",
        misconception="Each LayerNorm has one job, and taking out more is always worse.",
    ),
]


def _fails_post(names):
    x, read = np.array([[2.0, 0, 4, 4]]), []                      # (T, d)

    def mlp(u):
        read.append(u)
        return 2 * np.tanh(u)                                     # (T, d)
    out, wanted = names["post_block"](x, lambda u: 3 * u[:, ::-1], mlp), normal(x + 3 * x[:, ::-1])             # (T, d) each
    sigma = float(read[0].std())
    if abs(sigma - 1) > 1e-9:
        return (f"x = {say(x[0])}, attention gives three times what it reads, in reverse: what leaves the attention sublayer should have "
                f"σ = 1, but it has σ = {sigma:.2f}.")
    return "" if same(out, normal(wanted + 2 * np.tanh(wanted))) else f"x = {say(x[0])}: got {say(out[0].round(3))}."


def _fails_deep(names):
    x, added = np.array([1.0, 1, -1, -1]), np.array([1.0, -1, 1, -1])                       # (d,) each
    out = names["deep_block"](x, lambda u: 0 * u, lambda u: added, 8)                       # (d,)
    share, wanted = float((out * x).mean()**2), 16**0.5 / (16**0.5 + 1)
    return "" if abs(share - wanted) < 1e-9 else (
        f"x = {say(x)}, attention adds nothing, the MLP adds {say(added)}, L = 8, so α = 2: x should have the share "
        f"α²/(α² + 1) = {wanted:.2g} of the output's mean square, but it has {share:.2g}.")


FOUND = [
    Bug(
        name="post-in-name-only", chapter=4, concept="place", level="easy", section="block-to-read",
        ask="This should be a Post-LN block. It trains, and what leaves it has σ = 1. Which line is wrong?",
        code="""def norm(u):
    centred = u - u.mean(axis=-1, keepdims=True)
    return centred / centred.std(axis=-1, keepdims=True)
def post_block(x, attend, mlp):
    x = x + attend(norm(x))
    x = norm(x + mlp(x))
    return x""",
        line=5, mended="    x = norm(x + attend(x))", fails=_fails_post,
        others={1: "It normalizes its argument over the last axis, as it should.", 2: "The mean of each token, its axis kept: right.",
                3: "`numpy.std` divides by d, and the axis is kept: right. (ε is left out here.)",
                4: "What is handed in is enough: two sublayers and the stream.",
                6: "The MLP reads the stream, and the sum is normalized: Post-LN.", 7: "What is returned here has been normalized."},
        hints=("What does Post-LN promise of everything that leaves a sublayer?",
               "σ = 1 for each token, behind each of the two sublayers. Is it so behind both?"),
        solution="The line is x + F(LN(x)): Pre-LN under another name, and found so in public code. Post-LN normalizes the sum. What "
                 "leaves the block has σ = 1 all the same, for the second sublayer ends in a LayerNorm: test behind each of the two.",
        misconception="x + F(LN(x)) is Post-LN.",
    ),
    Bug(
        name="alpha-on-the-wrong-term", chapter=4, concept="place", level="hard", section="deepnorm",
        ask="DeepNorm makes the skip path heavier, LN(α x + F(x)) with α = (2L)^(1/4) for L blocks. This block trains. Which "
            "line is wrong?",
        code="""def norm(u):
    centred = u - u.mean(axis=-1, keepdims=True)
    return centred / centred.std(axis=-1, keepdims=True)
def deep_block(x, attend, mlp, L):
    alpha = (2 * L)**0.25
    x = norm(alpha * x + attend(x))
    x = norm(x + alpha * mlp(x))
    return x""",
        line=7, mended="    x = norm(alpha * x + mlp(x))", fails=_fails_deep,
        others={1: "It normalizes its argument over the last axis, as it should.", 2: "The mean of each token, its axis kept: right.",
                3: "`numpy.std` divides by d: right.", 4: "L is the number of blocks, on which α depends.",
                5: "The fourth root of 2L, as DeepNorm has it.", 6: "α stands before x, the skip path: right.",
                8: "What is returned has been normalized. That it has σ = 1 tells nothing of its parts."},
        hints=("The size of the output cannot show it: a LayerNorm stands at the end. What does α change?",
               "α weighs the two parts of a sum against each other. Which part shall be heavier?"),
        solution="α belongs to the skip path. On the other term it makes the sublayer heavier, the opposite of what it is for, and the "
                 "LayerNorm hides it from every test of size. A toy may train with either.",
        misconception="If it trains, the formula is right.",
    ),
]

_X0, *_ADDED = right_angles(7) * np.array([1.0, *[0.5] * 6])[:, None]                       # (d,) each
_MIXED = [(one * other).mean() for k, one in enumerate([_X0, *_ADDED]) for other in [_X0, *_ADDED][:k]]
_Q = (_ADDED[0]**2).mean()

WORDED = [
    Order(
        name="the-stream-adds-up", chapter=4, concept="place", level="medium", section="stream-grows",
        ask="Pre-LN. x₀ enters with mean square 1, and n sublayers add f₁ to fₙ, each of mean square q, at right angles to x₀ and to "
            "each other. Show that the mean square of the stream is 1 + n q. Put the lines in order, beginning with what is asked for; "
            "each follows from the one before.",
        steps=[
            Step("mean square of the stream behind the last sublayer", "what is asked for",
                 lambda: (np.sum([_X0, *_ADDED], axis=0)**2).mean()),
            Step("mean((x₀ + f₁ + … + fₙ)²)", "in Pre-LN the stream is a sum, and nothing on it is normalized",
                 lambda: ((_X0 + sum(_ADDED))**2).mean()),
            Step("mean(x₀²) + Σ mean(fₖ²) + twice all mixed means, of x₀ fₖ and of fₖ fₗ", "the square of a sum",
                 lambda: (_X0**2).mean() + sum((f**2).mean() for f in _ADDED) + 2 * sum(_MIXED)),
            Step("mean(x₀²) + Σ mean(fₖ²)", "at right angles a mixed mean is 0",
                 lambda: (_X0**2).mean() + sum((f**2).mean() for f in _ADDED)),
            Step("mean(x₀²) + n q", "given: each fₖ has mean square q",
                 lambda: (_X0**2).mean() + len(_ADDED) * _Q),
            Step("1 + n q", "x₀ has mean square 1", lambda: 1 + len(_ADDED) * _Q),
        ],
        hints=("Begin with what is asked for, then write the stream as the sum that it is.",
               "Square the sum first. Then ask which terms are 0, and only then what the others have in common."),
        solution="The two reasons are a sum that nobody divides, and sublayers that do not hear how large it is. With trained weights "
                 "neither the right angles nor the one q need hold.",
        misconception="Each block enlarges the stream by the same factor.",
    ),
    Explain(
        name="slower-by-the-root", chapter=4, concept="place", level="medium", section="adam-step",
        ask="A colleague writes: “Before training, Pre-LN's gradients are smaller the deeper the network, so a deep one trained with Adam "
            "takes smaller steps and learns more slowly.” Answer her in a few sentences.",
        points=("Adam divides each gradient by a running measure of its size. In the first step every weight whose gradient is far above "
                "Adam's ε moves by the rate, up or down, whether the gradient was large or a hundred times smaller.",
                "What a step does to the output is another matter: many small moves of weights add up, and in a deep network more of them "
                "do.",
                "Whether the gradient falls with depth at all depends on the first weights: with GPT-2's it does not.",
                "Numbers about the first step do not say what a thousand steps do. That has to be run."),
        hints=("What is Adam's first step, as a formula?",
               "If weights move by the rate, be the gradient large or small (but for Adam's ε), what still differs between a shallow and a "
               "deep network?"),
        solution="Adam divides the size of the gradient away: in its first step each weight moves by the rate, but for gradients as small "
                 "as Adam's ε. What differs is how far the output moves then. In our networks that grows with depth, in Pre-LN as in "
                 "Post-LN, and which of them moves more depends on the first weights. And her premise holds for Xavier's and PyTorch's "
                 "first weights, not for GPT-2's. How fast a network learns shows in a run.",
        misconception="Small gradients mean small steps.",
    ),
]


def _silent(u):
    return 0 * u                                                  # (..., d)


def _swap(u):
    return 2 * u[..., ::-1]                                       # (..., d)


def _pre_silent(answer):
    x = FOUR[None]                                                # (T, d)
    return unlike_answer(answer(x.copy(), _silent, _silent, _soft), x, f"x = {say(FOUR)}, both sublayers add nothing")


def _heard(answer, x, attend, mlp):
    """Who was called, in order, and with what."""
    heard = []

    def told(name, sublayer):
        def listening(u):
            heard.append((name, np.array(u, dtype=float)))
            return sublayer(u)
        return listening
    answer(np.array(x, dtype=float), told("attention", attend), told("the MLP", mlp), normal)
    return heard


def _pre_reads(answer):
    for name, u in _heard(answer, FOUR[None], _swap, np.tanh):
        if not same(u, normal(u)):
            return f"x = {say(FOUR)}: {name} was handed {say(u[0].round(3))}, which has mean {u.mean():.2f} and σ = {u.std():.2f}."
    return ""


def _pre_order(answer):
    names = [name for name, _ in _heard(answer, FOUR[None], _swap, np.tanh)]
    return "" if names == ["attention", "the MLP"] else (
        f"x = {say(FOUR)}: expected attention, then the MLP, each once; called were {', '.join(names) or 'none'}.")


def _pre_hears(answer):
    x, added = FOUR[None], np.array([[0.0, 8, 0, 0]])             # (T, d) each
    heard = dict(_heard(answer, x, lambda u: added, _silent))
    return unlike_answer(heard["the MLP"][0], normal(x + added)[0], f"x = {say(FOUR)}, attention adds {say(added[0])}; what the MLP reads")


def _pre_all(answer):
    x = RNG_ROWS[:2, :3].round()                                  # (T, d)
    middle = x + _swap(normal(x))                                 # (T, d)
    return unlike_answer(answer(x.copy(), _swap, np.tanh, normal), middle + np.tanh(normal(middle)), f"two tokens, x = {say(x)}")


def _pre_leaves(answer):
    x = FOUR[None].copy()                                         # (T, d)
    answer(x, _swap, np.tanh, normal)
    return "" if same(x[0], FOUR) else f"x was {say(FOUR)} before the call and is {say(x[0].round(3))} after it."


def _sizes_case(x, sublayers, words):
    x = np.array(x, dtype=float)

    def broken(answer):
        stream, sizes = x.copy(), [(x**2).mean()]
        for sublayer in sublayers:
            stream = stream + sublayer(_soft(stream))             # (..., d)
            sizes.append((stream**2).mean())
        return unlike_answer(answer(x.copy(), list(sublayers), _soft), sizes, f"x = {say(x)}, {words}")
    return broken


def _sizes_leave(answer):
    x = FOUR.copy()                                               # (d,)
    answer(x, [_swap], normal)
    return "" if same(x, FOUR) else f"x was {say(FOUR)} before the call and is {say(x.round(3))} after it."


def _soft(u):
    return F.layer_norm(u)                                        # (..., d)


def _turned(u):
    return np.tanh(u[..., ::-1])                                  # (..., d)


NAMED = {"pre": lambda x, f: x + f(_soft(x)), "post": lambda x, f: _soft(x + f(x))}


def _form_case(form, step, want):
    def broken(answer):
        found = answer(step, _soft)
        if found == want:
            return ""
        gives = say(step(FOUR, _turned).round(2))
        held = f"; {found!r} would give {say(NAMED[found](FOUR, _turned).round(2))}" if found in NAMED else ""
        return (f"step(x, F) = {form}: expected {want!r}, got {found!r}. For x = {say(FOUR)} and F(u) = tanh(u[::-1]) it gives {gives}"
                f"{held}.")
    return Promise(f"{form} is {want}", broken)


WRITTEN = [
    Code(
        name="own-pre-block", chapter=4, concept="place", level="medium", function="pre_block", section="block-to-read",
        ask="Write `pre_block(x, attend, mlp, norm)`, a Pre-LN block. x has the shape (T, d); `attend`, `mlp` and `norm` are functions "
            "that are handed in and keep that shape. Attention comes first, each sublayer is called once, and x is left as it was.",
        promises=[
            Promise("where both sublayers add nothing, x comes back", _pre_silent),
            Promise("each sublayer reads what `norm` gives", _pre_reads),
            Promise("attention comes first, and each is called once", _pre_order),
            Promise("the MLP reads what attention has added", _pre_hears),
            Promise("two tokens come out as the formula says", _pre_all),
            Promise("x is not changed in place", _pre_leaves),
        ],
        code="""
def pre_block(x, attend, mlp, norm):
    x = x + attend(norm(x))                              # (T, d)
    return x + mlp(norm(x))                              # (T, d)
""",
        wrong={
            "where both sublayers add nothing, x comes back": """
def pre_block(x, attend, mlp, norm):
    x = norm(x + attend(x))
    return norm(x + mlp(x))
""",
            "each sublayer reads what `norm` gives": """
def pre_block(x, attend, mlp, norm):
    x = x + attend(x)
    return x + mlp(x)
""",
            "attention comes first, and each is called once": """
def pre_block(x, attend, mlp, norm):
    x = x + mlp(norm(x))
    return x + attend(norm(x))
""",
            "the MLP reads what attention has added": """
def pre_block(x, attend, mlp, norm):
    u = norm(x)
    return x + attend(u) + mlp(u)
""",
            "two tokens come out as the formula says": """
def pre_block(x, attend, mlp, norm):
    h = x + attend(norm(x))
    return x + mlp(norm(h))
""",
            "x is not changed in place": """
def pre_block(x, attend, mlp, norm):
    x += attend(norm(x))
    x += mlp(norm(x))
    return x
""",
        },
        hints=("Two lines, one a sublayer. Each reads the stream through `norm` and adds to the stream itself.",
               "Try it with sublayers that return 0: x must come back. And what does the MLP read, the old x or what attention made of "
               "it?"),
        solution="Each sublayer reads the normalized stream and adds to the bare one. The second reads the stream as the first has left "
                 "it. Writing `x = x + …` makes a new array, and `x += …` would change the caller's.",
        misconception="Pre-LN is LN(x) + F(x).",
    ),
    Code(
        name="measured-stream", chapter=4, concept="place", level="medium", function="stream_sizes", section="stream-grows",
        ask="Write `stream_sizes(x, sublayers, norm)`: x runs through a Pre-LN network, a list of sublayers without the last LayerNorm. "
            "Return a list: the mean square of the stream before the first sublayer and behind each, one number for all tokens and "
            "features together. x is left as it was.",
        promises=[
            Promise("without sublayers there is one number, the mean square of x", _sizes_case([1, 3], [], "no sublayer")),
            Promise("behind a sublayer that adds nothing the mean square is what it was",
                    _sizes_case([1, 3], [_silent], "a sublayer that adds 0")),
            Promise("a sublayer reads the normalized stream",
                    _sizes_case([1, 3], [lambda u: 2 * u], "a sublayer that doubles what it reads")),
            Promise("each sublayer reads the stream as it has become",
                    _sizes_case([1, 3, 8], [_swap, _swap], "two sublayers that reverse and double what they read")),
            Promise("several tokens give one number a place, the mean over all of them",
                    _sizes_case([[1, 3], [2, 8]], [lambda u: 2 * u], "two tokens")),
            Promise("x is not changed in place", _sizes_leave),
        ],
        code="""
def stream_sizes(x, sublayers, norm):
    sizes = [(x**2).mean()]                              # ()
    for sublayer in sublayers:
        x = x + sublayer(norm(x))                        # (..., d)
        sizes.append((x**2).mean())                      # ()
    return sizes
""",
        wrong={
            "without sublayers there is one number, the mean square of x": """
def stream_sizes(x, sublayers, norm):
    sizes = []
    for sublayer in sublayers:
        x = x + sublayer(norm(x))
        sizes.append((x**2).mean())
    return sizes
""",
            "behind a sublayer that adds nothing the mean square is what it was": """
def stream_sizes(x, sublayers, norm):
    sizes = [(x**2).mean()]
    for sublayer in sublayers:
        x = norm(x + sublayer(x))
        sizes.append((x**2).mean())
    return sizes
""",
            "a sublayer reads the normalized stream": """
def stream_sizes(x, sublayers, norm):
    sizes = [(x**2).mean()]
    for sublayer in sublayers:
        x = x + sublayer(x)
        sizes.append((x**2).mean())
    return sizes
""",
            "each sublayer reads the stream as it has become": """
def stream_sizes(x, sublayers, norm):
    u, sizes = norm(x), [(x**2).mean()]
    for sublayer in sublayers:
        x = x + sublayer(u)
        sizes.append((x**2).mean())
    return sizes
""",
            "several tokens give one number a place, the mean over all of them": """
def stream_sizes(x, sublayers, norm):
    sizes = [(x**2).mean(axis=-1)]
    for sublayer in sublayers:
        x = x + sublayer(norm(x))
        sizes.append((x**2).mean(axis=-1))
    return sizes
""",
            "x is not changed in place": """
def stream_sizes(x, sublayers, norm):
    sizes = [(x**2).mean()]
    for sublayer in sublayers:
        x += sublayer(norm(x))
        sizes.append((x**2).mean())
    return sizes
""",
        },
        hints=("Begin the list with the mean square of x, then walk over the sublayers.",
               "What is measured, x or what `norm` made of it? And how many numbers are there for three sublayers?"),
        solution="The stream is what is carried along, so x itself is measured and not what `norm` makes of it. There is one number more "
                 "than there are sublayers.",
    ),
    Code(
        name="name-the-placement", chapter=4, concept="place", level="hard", function="placement_of", section="block-to-read",
        ask="You get `step(x, F)`, a step of a network that you cannot look into, and the `norm` that it uses. Write `placement_of(step, "
            "norm)`: call step with an x and an F of your choice, and return \"pre\", \"post\" or \"neither\".",
        promises=[
            _form_case("LN(x + F(x))", lambda x, f: _soft(x + f(x)), "post"),
            _form_case("x + F(LN(x))", lambda x, f: x + f(_soft(x)), "pre"),
            _form_case("LN(x) + F(x)", lambda x, f: _soft(x) + f(x), "neither"),
            _form_case("x + F(x)", lambda x, f: x + f(x), "neither"),
            _form_case("x + LN(F(x))", lambda x, f: x + _soft(f(x)), "neither"),
            _form_case("LN(LN(x) + F(x))", lambda x, f: _soft(_soft(x) + f(x)), "neither"),
            _form_case("x + LN(F(LN(x)))", lambda x, f: x + _soft(f(_soft(x))), "neither"),
        ],
        code="""
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])                       # (T, d)
    def F(u):
        return np.tanh(u[:, ::-1])                       # (T, d)
    if np.allclose(step(x, F), x + F(norm(x))):
        return "pre"
    if np.allclose(step(x, F), norm(x + F(x))):
        return "post"
    return "neither"
""",
        wrong={
            "x + F(LN(x)) is pre": """
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])
    out = step(x, lambda u: 0 * u)
    return "post" if np.allclose(out, norm(x)) else "neither"
""",
            "LN(x) + F(x) is neither": """
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])
    return "pre" if np.allclose(step(x, lambda u: 0 * u), x) else "post"
""",
            "x + F(x) is neither": """
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])
    if np.allclose(step(x, lambda u: 0 * u), x):
        return "pre"
    return "post" if abs(step(x, np.tanh).std() - 1) < 1e-3 else "neither"
""",
            "x + LN(F(x)) is neither": """
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])
    added = [step(size * x, lambda u: u) - size * x for size in (1, 1000)]
    silent = np.allclose(step(x, lambda u: 0 * u), x)
    if silent and np.allclose(*added, atol=1e-3):
        return "pre"
    return "post" if abs(step(x, np.tanh).std() - 1) < 1e-3 else "neither"
""",
            "x + LN(F(LN(x))) is neither": """
def placement_of(step, norm):
    x, heard = np.array([[2.0, 0, 4, 4]]), []
    silent = np.allclose(step(x, lambda u: heard.append(u) or 0 * u), x)
    if silent and np.allclose(heard[0], norm(x)):
        return "pre"
    return "post" if np.allclose(step(x, np.tanh), norm(x + np.tanh(x))) else "neither"
""",
            "LN(LN(x) + F(x)) is neither": """
def placement_of(step, norm):
    x = np.array([[2.0, 0, 4, 4]])
    if np.allclose(step(x, np.tanh), x + np.tanh(norm(x))):
        return "pre"
    return "post" if abs(step(x, np.tanh).std() - 1) < 1e-3 else "neither"
""",
        },
        hints=("Two promises tell the three forms of the chapter apart. Other forms keep one of them, too: what would x + F(x) do with F = "
               "0?",
               "You have `norm`, so you can compute both formulas yourself for one x and one F, and compare. Take an F that "
               "is not linear."),
        solution="One x and one F for which the forms differ, and a comparison with both formulas. A single promise is kept by others as "
                 "well: x comes back from x + F(x) where F = 0, and LN(LN(x) + F(x)) has σ = 1.",
        misconception="If the output has σ = 1, it is Post-LN.",
    ),
]

ITEMS = [*COMPUTED, *CHOSEN, *FOUND, *WORDED, *WRITTEN]

ASKED = {"block-to-read": "spot-pre-ln", "two-places": "gradient-left", "stream-grows": "larger-embeddings", "adam-step": "loss-times-1000",
         "warming-up": "when-it-is-lost", "left-out": "who-would-notice"}
GATE = ("matrix-before", "size-at-the-end", "seven-on-one-token", "how-many-means", "embedding-left", "no-longer-possible")
