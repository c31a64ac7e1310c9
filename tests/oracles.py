"""Each computed item of the bank by hand: its truth and every number that its words name, by plain arithmetic, a loop or torch.

An oracle takes the drawn numbers of one case, arrays as lists, and returns a dict: ``answer``, and each name in braces that was not drawn.
It shares nothing with the bank, nor with ``layernorm.functional``: what both say was found twice.
"""
import math

ORACLES = {}


def oracle(function):
    """For the item of this name, with hyphens."""
    ORACLES[function.__name__.replace("_", "-")] = function
    return function


def mean(v):
    return sum(v) / len(v)


def variance(v, less=0):
    return sum((a - mean(v))**2 for a in v) / (len(v) - less)


def normal(v, eps=0.0):
    return [(a - mean(v)) / math.sqrt(variance(v) + eps) for a in v]


def away(v):
    return [a - mean(v) for a in v]


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def torch():
    import torch
    torch.set_num_threads(1)
    return torch


def normal_by_torch(x, gamma=None, beta=None, eps=0.0):
    t = torch()
    gamma, beta = (one and t.tensor(one, dtype=t.float64) for one in (gamma, beta))
    return t.nn.functional.layer_norm(t.tensor(x, dtype=t.float64), (len(x),), gamma, beta, eps).tolist()


def back(x, gamma, dy):
    """What flows back to x, by torch."""
    t = torch()
    x, gamma, dy = (t.tensor(one, dtype=t.float64) for one in (x, gamma, dy))
    x.requires_grad_()
    (t.nn.functional.layer_norm(x, x.shape, gamma, None, 0.0) * dy).sum().backward()
    return x.grad.tolist()


# --- Refreshers -----------------------------------------------------------------------------------

@oracle
def var_of_three(x):
    mu = (x[0] + x[1] + x[2]) / 3
    deviations = [x[0] - mu, x[1] - mu, x[2] - mu]
    squares = [a * a for a in deviations]
    total = sum(squares)
    return {"mu": mu, "deviations": deviations, "squares": squares, "total": total, "answer": sum(a * a for a in x) / 3 - mu**2}


@oracle
def wide_layer(T, d, m):
    t = torch()
    layer = t.nn.Linear(d, m)
    return {"weights": layer.weight.numel(), "answer": [sum(p.numel() for p in layer.parameters()), layer(t.zeros(T, d)).numel()]}


@oracle
def sign_and_spread(std, a, b):
    return {"size": max(a, -a), "answer": math.sqrt(variance([a * (7 - std) + b, a * (7 + std) + b]))}


@oracle
def boxes_in_a_row(h, k, n):
    return {"after": h + k * h, "factor": 1 + k, "answer": h * (1 + k)**n}


# --- Chapter 1 ------------------------------------------------------------------------------------

@oracle
def by_hand(x):
    mu = sum(x) / 4
    squares = [(a - mu)**2 for a in x]
    var = sum(squares) / 4
    return {"mu": mu, "deviations": [a - mu for a in x], "squares": squares, "var": var, "std": var**0.5, "answer": normal_by_torch(x)}


@oracle
def recover(xhat, mu, std):
    return {"answer": [a * std + mu for a in xhat]}


@oracle
def how_many_means(B, T, d):
    return {"answer": [len([(b, t) for b in range(B) for t in range(T)]), torch().nn.LayerNorm(d).weight.numel()]}


@oracle
def largest_entry(d):
    return {"less": d - 1, "answer": math.sqrt(d - 1)}


@oracle
def eps_half(eps, share):
    low, high = 0.0, 1.0                                          # σ²/(σ² + ε) grows with σ: halve until it is the share
    for _ in range(200):
        sigma = (low + high) / 2
        low, high = (sigma, high) if sigma**2 / (sigma**2 + eps) < share else (low, sigma)
    return {"var": sigma**2, "rest": eps / (sigma**2 + eps), "answer": sigma}


@oracle
def one_outlier(x, large):
    now = x[:3] + [large]
    return {"mu": mean(now), "std": math.sqrt(variance(now)), "was": normal_by_torch(x), "answer": normal_by_torch(now)}


@oracle
def volts(volts, eps):
    var = variance(volts)
    return {"var": var, "other": 1e6 * var, "answer": [var / (var + eps), 1e6 * var / (1e6 * var + eps)]}


@oracle
def image_means(N, C, H, W):
    return {"answer": [N, N * H * W]}


@oracle
def padded(x):
    real = x[:3]
    return {"mu": sum(real) / 3, "std": math.sqrt(variance(real)), "all": sum(x) / 5, "answer": normal_by_torch(real)}


# --- Chapter 2 ------------------------------------------------------------------------------------

@oracle
def output_by_hand(x, gamma, beta):
    xhat = normal(x)
    return {"mu": mean(x), "std": math.sqrt(variance(x)), "xhat": xhat, "scaled": [g * a for g, a in zip(gamma, xhat, strict=True)],
            "answer": normal_by_torch(x, gamma, beta)}


@oracle
def fourth_number(x, dy):
    a, b, c, d = back(x, [1.0] * 4, dy)
    return {"a": a, "b": b, "c": c, "answer": -(a + b + c)}


@oracle
def folded_bias(gamma, beta, w, b):
    return {"products": [w[i] * beta[i] for i in range(3)], "weights": [w[i] * gamma[i] for i in range(3)],
            "answer": w[0] * beta[0] + w[1] * beta[1] + w[2] * beta[2] + b}


@oracle
def mean_square_of_y(gamma, beta):
    return {"square": gamma * gamma, "other": beta * beta, "answer": ((beta - gamma)**2 + (beta + gamma)**2) / 2}     # x̂ = (−1, 1)


@oracle
def summed_in_one(B, T, d):
    t = torch()
    layer, x = t.nn.LayerNorm(d), t.randn(B, T, d, requires_grad=True)
    layer(x).sum().backward()
    return {"tokens": B * T, "answer": [layer.weight.grad.numel(), B * T, x.grad.numel()]}


@oracle
def gate_gradients(x_hat, dy):
    products = [a * b for a, b in zip(x_hat, dy, strict=True)]
    return {"products": products, "answer": [sum(products), sum(dy)]}


@oracle
def two_rows(row, other):
    left, right = normal(row)[0], normal(other)[0]
    gamma = (row[0] - other[0]) / (left - right)                  # Cramer's rule for γ·left + β = low, γ·right + β = high
    beta = (left * other[0] - right * row[0]) / (left - right)
    return {"left": left, "right": right, "low": row[0], "high": other[0], "answer": [gamma, beta]}


@oracle
def back_by_hand(x, gamma, dy):
    g, xhat = [a * b for a, b in zip(gamma, dy, strict=True)], normal(x)
    return {"g": g, "xhat": xhat, "mean": mean(g), "along": mean([a * b for a, b in zip(g, xhat, strict=True)]), "std": math.sqrt(variance(x)),
            "answer": back(x, gamma, dy)}


@oracle
def matrix_before(by, times):
    t = torch()
    W, v, dy = (t.tensor(one, dtype=t.float64) for one in ([[1.0, 2], [-1, 0], [0, 3]], [2.0, 1], [1.0, -2, 5]))     # (m, n), (n,), (m,)

    def size(W, v):
        W.requires_grad_()
        (t.nn.functional.layer_norm(W @ v, (3,), eps=0.0) * dy).sum().backward()
        return W.grad.norm().item()
    return {"both": by * times, "answer": size(by * W, times * v) / size(W.clone(), v)}


# --- Chapter 3 ------------------------------------------------------------------------------------

@oracle
def down_by_hand(X):
    one, two = columns(X)
    return {"one": one, "two": two, "means": [mean(one), mean(two)], "variances": [variance(one), variance(two)],
            "deviations": [away(one)[0], away(two)[0]], "answer": [normal(one)[0], normal(two)[0]]}


@oracle
def who_hears(B, d):
    return {"answer": [B, d, 1]}


@oracle
def strangers(x, mean, var, gamma, beta):
    std, deviations = math.sqrt(var), [a - mean for a in x]
    return {"deviations": deviations, "std": std, "xhat": [a / std for a in deviations], "answer": [gamma * a / std + beta for a in deviations]}


@oracle
def more_less_equal(you, other, gamma, beta):
    t = torch()
    both, gamma, beta = (t.tensor(one, dtype=t.float64) for one in ([you, other], gamma, beta))
    return {"signs": [(a > b) - (a < b) for a, b in zip(you, other, strict=True)],
            "answer": t.nn.functional.batch_norm(both, None, None, gamma, beta, True, 0.1, 1e-5)[0].tolist()}


@oracle
def once_then_in_use(batch, x, m):
    t = torch()
    layer = t.nn.BatchNorm1d(1, eps=1e-14, momentum=m, dtype=t.float64)
    layer(t.tensor(batch, dtype=t.float64)[:, None])
    layer.eval()
    return {"keep": 1 - m, "mean": mean(batch), "unbiased": variance(batch, 1), "biased": variance(batch), "rmean": layer.running_mean.item(),
            "rvar": layer.running_var.item(), "answer": layer(t.tensor([[x]], dtype=t.float64)).item()}


@oracle
def companions(N, C, H, W, groups):
    return {"places": H * W, "group": C // groups, "answer": [N * H * W, C * H * W // groups, C]}


@oracle
def as_steady(x, B):
    return {"spread": math.sqrt(1 / B), "square": x * x, "factor": (2 + x * x) / 2, "answer": B + B * x * x / 2}


@oracle
def arrived(B):
    return {"less": B - 1, "answer": (B - 1) / B}


@oracle
def swallowed_bias(w, b, mean, var, gamma, beta):
    std = math.sqrt(var)
    slope = gamma * ((w * 1 + b - mean) - (w * 0 + b - mean)) / std           # from h = 0 to h = 1
    return {"weight": slope, "apart": b - mean, "std": std, "xhat": (b - mean) / std, "factor": gamma / std, "answer": beta + gamma * (b - mean) / std}


@oracle
def how_many_batches(m, s, percent):
    away, gone = [100.0], 0.0                                     # per cent of the way that is left after each batch
    while away[-1] >= percent:
        gone += m * (s - gone)
        away.append(100 * (s - gone) / s)
    count = len(away) - 1
    return {"keep": 1 - m, "less": count - 1, "left": away[count], "before": away[count - 1], "early": 100 * (1 - m)**-(-1 // m), "answer": count}


@oracle
def halves_together(n, m1, m2, v1, v2):
    whole = [m + sign * math.sqrt(v) for m, v in ((m1, v1), (m2, v2)) for sign in (-1, 1) for _ in range(n // 2)]
    return {"mu": (m1 + m2) / 2, "away": max(m1 - m2, m2 - m1) / 2, "between": (m1 - m2)**2 / 4, "within": (v1 + v2) / 2,
            "answer": [mean(whole), variance(whole)]}


# --- Chapter 4 ------------------------------------------------------------------------------------

@oracle
def count_the_norms(L, d):
    return {"inside": L + L, "each": d + d, "answer": [2 * L + 1, 4 * L * d + 2 * d]}


@oracle
def pre_by_hand(x, k):
    xhat = [1.0, -1.0] if x[0] > x[1] else [-1.0, 1.0]
    added = [k * xhat[1], k * xhat[0]]
    return {"xhat": xhat, "added": added, "answer": [x[0] + added[0], x[1] + added[1]]}


@oracle
def adam_first_step(rate, g):
    t = torch()
    w = t.zeros(2, dtype=t.float64, requires_grad=True)
    w.grad = t.tensor(g, dtype=t.float64)
    t.optim.Adam([w], lr=rate, betas=(0.9, 0.98), eps=1e-30).step()
    return {"answer": w.tolist()}


@oracle
def when_it_is_lost(rate, W, limit):
    return {"share": limit / rate, "double": W + W, "answer": W * limit / rate}


@oracle
def size_at_the_end(L, q):
    return {"sublayers": L + L, "square": 1 + sum([q, q] * L), "answer": math.sqrt(1 + 2 * L * q)}


@oracle
def gradient_left(c, few, many):
    a, b = 1 + few * c, 1 + many * c
    return {"a": a, "b": b, "answer": math.sqrt(a) / math.sqrt(b)}


@oracle
def share_of_a_block(few, many, q):
    return {"times": many / few, "before": sum([q] * few), "answer": [q * few / many, sum([q * few / many] * many)]}


@oracle
def norm_over_tokens(T, d, L, B):
    norms = sum(2 for _ in range(L)) + 1
    return {"norms": norms, "means": B * T, "gamma": T * d, "was": norms * (d + d), "answer": [B, norms * 2 * T * d]}


@oracle
def embedding_left(n):
    post = 1.0
    for _ in range(n):
        post /= 2
    return {"more": n + 1, "answer": [post, 1 / (n + 1)]}


# --- Chapter 5 ------------------------------------------------------------------------------------

@oracle
def rms_by_hand(x):
    t = torch()
    squares = [a * a for a in x]
    return {"mu": mean(x), "squares": squares, "square": mean(squares), "size": math.hypot(*x) / 2,
            "answer": t.nn.functional.rms_norm(t.tensor(x, dtype=t.float64), (4,), eps=0.0).tolist()}


@oracle
def read_it_yourself(row, rest):
    mu = mean(row + rest)
    out = [a - mu for a in row]
    return {"out": out, "mu": mu, "total": sum(row + rest), "known": sum(row), "answer": 4 * (row[0] - out[0]) - row[0] - row[1]}


@oracle
def level_and_spread(mu, std):
    size = math.hypot(mu, std)
    return {"var": std * std, "level": mu * mu, "square": std * std + mu * mu, "size": size, "answer": [mu / size, std / size]}


@oracle
def whisper(B, T, d, up):
    return {"all": T * d, "tokens": B * T, "answer": [0, -up / T / d, -up / T, -up / B / T]}


@oracle
def cache_with_shared_heads(L, heads, shared, size):
    return {"key": shared * size, "block": 2 * shared * size, "answer": sum(2 * shared * size for _ in range(L))}


@oracle
def centre_what_writes(W, b):
    one, two = columns(W)
    return {"means": [mean(one), mean(two)], "mean": mean(b), "answer": [away(one)[0], away(two)[0], away(b)[0]]}


@oracle
def queries_and_keys(size, g, h):
    root = math.sqrt(size)
    q, k = [g] * size, [h] * size                                 # both constant: behind RMSNorm all entries are γ
    return {"root": root, "q": math.hypot(*q), "k": math.hypot(*k), "answer": sum(a * b for a, b in zip(q, k, strict=True)) / root}


@oracle
def three_numbers_kept(past, x):
    n, s, q = len(past), sum(past), sum(a * a for a in past)
    N, S, Q = n + 2, s + x[0] + x[1], q + x[0]**2 + x[1]**2
    return {"n": n, "s": s, "q": q, "N": N, "S": S, "Q": Q, "answer": [S / N, Q / N - (S / N)**2]}


@oracle
def padding_stays(share, mu, var):
    kept = 1 - share
    return {"kept": kept, "mean": kept * mu, "full": mu * mu + var, "square": kept * (mu * mu + var), "less": kept * kept * mu * mu,
            "answer": [kept * mu, kept * var + kept * share * mu * mu]}            # within, and between the zeros and the real ones


# --- What is right of what can be chosen, and how a derivation goes -----------------------------------

# By a person who knows the answer, options counted from 1; the bank finds it by running something.
RIGHT = {
    "variance-unchanged": "1 2 4", "input-feels": "2", "third-token": "1 3 5 6", "can-be-xhat": "2 4", "same-output": "1 3 6",
    "promised-for-all": "1 3 5", "two-features": "2", "push-one": "3", "two-builders": "2", "on-the-circle": "1 2 3",
    "smaller-and-smaller": "2", "who-shares": "1 4", "bias-drowned": "3", "keeps-the-size": "2 4 6 7", "which-features": "1 2 4",
    "which-pairs": "3 5", "opposite-row": "3", "mean-zero-survives": "1 2 6", "all-gates-shut": "2", "lost-pulls": "1 2 3 5",
    "at-the-mean": "2", "blind-losses": "1 3 4", "tied-head": "3", "may-be-folded": "1 3", "twice-the-neighbour": "2",
    "crosses-over": "2", "through-the-mean": "1 2 3", "accumulating": "1 2 3 5", "momentum-means": "1 3 4", "alone-in-use": "3",
    "one-example": "2 3 4", "forgotten-eval": "1 2 3", "a-rate-can-say": "1 2 3", "along-the-axis": "1 2 3",
    "stiller-the-better": "2", "not-noticed": "1 2 4", "who-must-ask": "1 5 6", "spot-pre-ln": "1 3", "larger-embeddings": "2",
    "a-line-through-three": "2", "seven-on-one-token": "1 2 6", "a-tiny-stream": "3", "loss-times-1000": "1 4 5",
    "lost-or-slow": "2", "who-would-notice": "3 5", "no-longer-possible": "1 2 4", "one-rate": "1 4 5 6", "a-gradient-jumps": "4",
    "which-can-go": "2 4", "slide-far": "4", "who-divides-only": "3 5 6", "zeros-at-the-mean": "2", "sizes-that-leak": "2 5 6",
    "change-places": "2", "test-the-port": "1 3 5", "raise-the-table": "3", "stream-ten-times": "2", "first-stays": "3 4 5",
    "can-be-decoded": "1 2 5 6", "nothing-flows-back": "2 3", "who-takes-gamma": "1 2 3 5 6", "edited-prompt": "1 3",
    "still-listens": "3 4 5",
}
ORDERS = {
    "sign-order": [
        "(a xᵢ + b − mean(a x + b)) / std(a x + b)",
        "(a xᵢ + b − a μ − b) / std(a x + b)",
        "a (xᵢ − μ) / std(a x + b)",
        "a (xᵢ − μ) / (|a| σ)",
        "sign(a) x̂ᵢ",
    ],
    "dx-order": [
        "Σᵢ gᵢ · ∂x̂ᵢ/∂xⱼ",
        "Σᵢ gᵢ · [(1/s) ∂(xᵢ − μ)/∂xⱼ + (xᵢ − μ) ∂(1/s)/∂xⱼ]",
        "Σᵢ gᵢ · [(δᵢⱼ − 1/d)/s + (xᵢ − μ) ∂(1/s)/∂xⱼ]",
        "Σᵢ gᵢ · [(δᵢⱼ − 1/d)/s − (xᵢ − μ)(xⱼ − μ)/(d s³)]",
        "(1/s) Σᵢ gᵢ · [δᵢⱼ − 1/d − x̂ᵢ x̂ⱼ/d]",
        "(1/s) (gⱼ − mean(g) − x̂ⱼ · mean(g ⊙ x̂))",
    ],
    "what-is-left": [
        "(1 − m) r₁ + m s",
        "(1 − m) ((1 − m) r₀ + m s) + m s",
        "(1 − m)² r₀ + m (1 − m) s + m s",
        "(1 − m)² r₀ + (1 − (1 − m)²) s",
        "s + (1 − m)² (r₀ − s)",
    ],
    "the-stream-adds-up": [
        "mean square of the stream behind the last sublayer",
        "mean((x₀ + f₁ + … + fₙ)²)",
        "mean(x₀²) + Σ mean(fₖ²) + twice all mixed means, of x₀ fₖ and of fₖ fₗ",
        "mean(x₀²) + Σ mean(fₖ²)",
        "mean(x₀²) + n q",
        "1 + n q",
    ],
    "project-once": [
        "LN(W₁u₁ + W₂u₂)",
        "(s − mean(s)) / √(var(s) + ε)",
        "Ps / √(var(s) + ε)",
        "Ps / √(mean((Ps)²) + ε)",
        "RMSNorm(Ps)",
        "RMSNorm(PW₁u₁ + PW₂u₂)",
    ],
}

# Numbers that are typed into the words of what is not computed, and are not those of its question.
FOUR = (2, 0, 4, 4)


def spread(v):
    return math.sqrt(mean([(a - mean(v)) ** 2 for a in v]))


TYPED = {
    "variance-unchanged": {"11": 4 * spread(FOUR) ** 2},
    "can-be-xhat": {"4": len(FOUR)},
    "same-output": {"9": 2 + 7, "16": 4 * 4},
    "promised-for-all": {"8": 9 - 1},
    "push-one": {"27": mean((100, 0, 4, 4)), "42": spread((100, 0, 4, 4)), "25": spread((100, 0, 4, 4)) / spread(FOUR)},
    "smaller-and-smaller": {"316": 1 / math.sqrt(1e-5)},
    "eps-outside": {"0.001": 1e-3, "300": math.sqrt(1e-5) / 1e-5, "0.0032": math.sqrt(1e-5), "0.00001": 1e-5},
    "why-d": {"13": 100 * (1 - math.sqrt(3 / 4)), "4": 4, "0.07": 100 * (1 - math.sqrt(767 / 768)), "768": 768},
    "which-pairs": {"10": 11 - 1},
    "crosses-over": {"896": 900 - 4},
    "momentum-means": {"4": 4, "0.9": 1 - 0.1, "0.4": 0.1 * 4},
    "one-example": {"64": 8 * 8},
    "biased-average": {"256": 256, "4": 4},
    "one-image": {"8": 8},
    "a-rate-can-say": {"0.3": 0.3, "0.003": 0.003, "8": 8},
    "along-the-axis": {"32": 64 / 2},
    "larger-embeddings": {"2500": 50**2},
    "a-line-through-three": {"16": 32 / 2},
    "one-rate": {"0.003": 0.003},
    "a-gradient-jumps": {"10,000": 100**2, "71": math.sqrt((1 + 100**2) / 2), "0.999": 0.999},
    "which-can-go": {"0.03": 0.03},
    "slide-far": {"98": 100 - 2},
    "zeros-at-the-mean": {"20": 9 + 1 + 1 + 9, "4": 4, "5": (9 + 1 + 1 + 9) / 4, "10": 4 + 6},
    "test-the-port": {"2.5": mean(FOUR)},
    "own-rms": {"300": 300},
}
# What the picture behind a prediction shows, where the bank types it.
SHOWN = {
    "twice-the-neighbour": {"x": [[0, 0, 6], [3, 3, 3], [3, 3, 3]], "before": [[0, 0, 6], [3, 3, 3]]},
    "crosses-over": {"x": [[4, 2, 5], [900, 1, 9]], "before": [[4, 2, 5], [6, 0, 2]]},
    "alone-in-use": {"x": [[5, 1, 0]], "running_mean": [1, 1, 4], "running_var": [4, 4, 4]},
    "two-features": {"x": [3, 1]},
    "push-one": {"x": [100, 0, 4, 4]},
    "smaller-and-smaller": {"x": [1e-4, 3e-4]},
    "slide-far": {"x": [2 - 100, 0 - 100, 4 - 100]},
}
