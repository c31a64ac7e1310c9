"""The sheet to print: each formula computes what the library does, each number is computed, and it is one page."""
import re
from pathlib import Path

import numpy as np

import layernorm as ln
from quoted import claims

TEXT = (Path(__file__).parent.parent / "summary.md").read_text("utf-8")
D, EPS = 7, 0.03                                                  # large enough to be seen where it is forgotten
RNG = np.random.default_rng(0)
X, GAMMA, BETA, DY = RNG.normal(2, 1, (5, D)), RNG.normal(size=D), RNG.normal(size=D), RNG.normal(size=(5, D))
MEAN, VAR = X.mean(-1, keepdims=True), X.var(-1, keepdims=True)


def over(values):
    return values.sum(-1, keepdims=True) / D


def x_hat():
    return (X - over(X)) / np.sqrt(over((X - over(X)) ** 2) + EPS)


def dx():
    g = GAMMA * DY
    return (g - over(g) - over(g * x_hat()) * x_hat()) / np.sqrt(VAR + EPS)


def backward():
    _, mean, rstd = ln.layer_norm(X, GAMMA, BETA, eps=EPS, return_stats=True)
    return ln.layer_norm_backward(DY, X, mean, rstd, GAMMA)


# Each formula as somebody writes it in NumPy who has only the sheet, and what it has to agree with.
FORMULAS = {
    r"\mu = \tfrac1d\sum_i x_i": lambda: (X.sum(-1, keepdims=True) / D, ln.layer_norm(X, return_stats=True)[1]),
    r"\sigma^2 = \tfrac1d\sum_i (x_i-\mu)^2": lambda: (over((X - MEAN) ** 2)[:, 0], [ln.variance_two_pass(row) for row in X]),
    r"\hat{\mathbf x} = (\mathbf x-\mu)/\sqrt{\sigma^2+\varepsilon}": lambda: (x_hat(), ln.layer_norm(X, eps=EPS)),
    r"\mathbf y = \boldsymbol\gamma\odot\hat{\mathbf x}+\boldsymbol\beta": lambda: (GAMMA * x_hat() + BETA, ln.layer_norm(X, GAMMA, BETA, eps=EPS)),
    r"\tfrac1d\sum_i\hat x_i = 0": lambda: (over(ln.layer_norm(X, eps=EPS)), 0),
    r"\tfrac1d\sum_i\hat x_i^2 = \sigma^2/(\sigma^2+\varepsilon)": lambda: (over(ln.layer_norm(X, eps=EPS) ** 2), VAR / (VAR + EPS)),
    r"\lvert\hat x_i\rvert \le \sqrt{d-1}": lambda: (np.abs(ln.layer_norm(1e3 * np.eye(D), eps=0)).max(), np.sqrt(D - 1)),      # reached: no less will do
    r"\LN(a\mathbf x+b) = \operatorname{sign}(a)\,\LN(\mathbf x)": lambda: (ln.layer_norm(-3 * X + 2, eps=0), -ln.layer_norm(X, eps=0)),
    r"\mathbf g = \boldsymbol\gamma\odot\partial L/\partial\mathbf y": lambda: (dx(), backward()[0]),
    r"\partial L/\partial\mathbf x = (\mathbf g-\overline{g}-\overline{g\hat x}\,\hat{\mathbf x})/\sqrt{\sigma^2+\varepsilon}": lambda: (dx(), backward()[0]),
    r"\partial L/\partial\boldsymbol\gamma = \sum\partial L/\partial\mathbf y\odot\hat{\mathbf x}": lambda: ((DY * x_hat()).sum(0), backward()[1]),
    r"\partial L/\partial\boldsymbol\beta = \sum\partial L/\partial\mathbf y": lambda: (DY.sum(0), backward()[2]),
    r"\mathbf y = \boldsymbol\gamma\odot\mathbf x/\sqrt{\sigma^2+\mu^2+\varepsilon}": lambda: (GAMMA * X / np.sqrt(VAR + MEAN**2 + EPS), ln.rms_norm(X, GAMMA, eps=EPS)),
}


def test_every_formula_computes_what_the_library_does():
    stated = [tex.removeprefix(r"\quad") for tex in re.findall(r"\$([^$]*)\$", TEXT) if re.search(r"=|\\le ", tex)]
    assert stated == list(FORMULAS)
    for tex, sides in FORMULAS.items():
        np.testing.assert_allclose(*sides(), rtol=1e-9, atol=1e-12, err_msg=tex)


def test_the_bound_holds_for_any_vector():
    assert np.abs(ln.layer_norm(RNG.standard_cauchy((1000, D)), eps=0)).max() <= np.sqrt(D - 1) * (1 + 1e-12)


def rows(heading):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()[3:] if line.startswith("|")]


SIZES = {"B": 2, "T": 3, "d": 8, "N": 2, "C": 6, "H": 4, "W": 5, "G": 3}
MEANS = {                                                         # name of a row: the means that the library takes
    "LayerNorm(d)": lambda x: ln.layer_norm(x, return_stats=True)[1],
    "LayerNorm(C, H, W)": lambda x: ln.layer_norm(x, axis=(1, 2, 3), return_stats=True)[1],
    "BatchNorm": lambda x: ln.batch_norm(x, training=True, return_stats=True)[3],
    "InstanceNorm": lambda x: ln.instance_norm(x, return_stats=True)[1],
    "GroupNorm": lambda x: ln.group_norm(x, groups=SIZES["G"], return_stats=True)[1]}


def test_every_row_of_the_axes_counts_the_means_that_are_taken():
    table = rows("Axes")
    assert len(table) == len(MEANS)
    for (name, shape, over, count), (key, means) in zip(table, MEANS.items()):
        assert key.split("(")[0] in name
        size = [SIZES[letter] for letter in re.findall(r"\w", shape)]
        said = int(np.prod([SIZES[letter] for letter in count.split(" · ")]))
        one = np.prod([eval(part, dict(SIZES)) for part in over.split(", ")])
        assert means(RNG.normal(size=size)).size == said and one * said == np.prod(size), name


def test_every_number_is_computed():
    small = {d: 1 - np.sqrt((d - 1) / d) for d in (4, 768)}
    x = 1e-3 * np.array([-1, 1.0])
    inside, outside = ln.layer_norm(x, eps=1e-5), (x - x.mean()) / (x.std() + 1e-5)
    computed = [f"{100 * small[4]:.0f}", f"{100 * small[768]:.2f}", "768", "1e-3", "1e-5", f"{(outside / inside).mean():.1f}"]
    assert sorted(claims(re.sub(r"\$[^$]*\$", "", TEXT.split("---\n", 2)[2]))) == sorted(computed)


def test_it_is_one_sheet_of_paper(visit):
    page = visit("summary.html")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, format="A4"))) == 1
