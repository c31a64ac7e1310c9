"""Axes tells the truth: who shares a mean is found by nudging one cell in the reference, for every method, shape and cell."""
import re
from itertools import product

import numpy as np
import pytest
import traitlets

import layernorm as ln
from cases import together

SHAPES = [(2, 3), (3, 2), (2, 6), (2, 3, 4), (3, 2, 5), (2, 4, 6), (2, 3, 4, 5), (2, 4, 3, 5), (3, 2, 2, 2)]
LETTERS = {2: "B d", 3: "B T d", 4: "N C H W"}


def methods(shape):
    """Every method that an array of this shape can be shown with, and each number of groups."""
    letters = LETTERS[len(shape)].split()
    last = [", ".join(letters[k:]) for k in range(len(letters))]
    axes = [*last, *letters[:-1]]
    more = ["BN"] + ["IN"] * (len(shape) > 2) + ["square"] * (len(shape) == 4)
    channels = shape[2 if len(shape) == 3 else 1]
    return ([(f"{kind}({names})", 1) for kind in ("LN", "RMS") for names in axes] + [(name, 1) for name in more]
            + [("GN", g) for g in range(1, channels + 1) if channels % g == 0])


CASES = [(shape, method, groups) for shape in SHAPES for method, groups in methods(shape)]
EACH = together("shape, method, groups", CASES)


def told(js, shape, method, groups):
    return js("axes/array")("$array.methodOf(m, s, g)", m=method, s=shape, g=groups)


def normalize(line, x):
    """The result of the line of code that the page shows for this package."""
    return eval(line, {"ln": ln, "x": x})                          # noqa: S307  written by the module under test


def noticed(line, x, index):
    """Which outputs change when one cell is nudged: normalize makes each depend on its own group alone."""
    nudged = x.copy()
    nudged[index] += 0.5
    return normalize(line, nudged) != normalize(line, x)


@EACH
def test_the_group_is_who_notices_a_nudge(js, shape, method, groups):
    m = told(js, shape, method, groups)
    x = np.random.default_rng(0).normal(size=m["shape"])
    sizes = js("axes/array")("$array.cells(m.shape).map((c) => $array.companionsOf(m, c))", m=m)
    axes = ln.Axes(shape, [method], groups=groups)
    assert axes.shape_shown == tuple(m["shape"])
    for flat, index in enumerate(product(*map(range, m["shape"]))):
        mine = np.zeros(x.size, bool)
        mine[sizes[flat]] = True
        mine = mine.reshape(x.shape)
        axes.cell = index
        assert (axes.companions == mine).all(), index
        if mine.sum() == 1 and "rms" not in m["ours"]:             # the mean of one number is that number: it comes out 0, nudged or not
            assert abs(normalize(m["ours"], x)[index]) < 1e-9
            others = noticed(m["ours"], x, index)
            others[index] = True
            assert (others == mine).all(), index
        else:
            assert (noticed(m["ours"], x, index) == mine).all(), index


@EACH
def test_means_and_parameters_are_counted_as_the_reference_counts_them(js, shape, method, groups):
    m = told(js, shape, method, groups)
    x = np.random.default_rng(1).normal(size=m["shape"])
    axes = ln.Axes(shape, [method], groups=groups)
    means = js("axes/array")("$array.meansOf(m)", m=m)
    line = m["ours"]
    channel = 2 if len(shape) == 3 else 1
    if method == "IN":                                             # as shown it returns y alone
        stats = ln.instance_norm(x.mT if len(shape) == 3 else x, return_stats=True)[1]
    elif method in ("BN", "GN"):
        turned = x.mT if len(shape) == 3 else x
        stats = ln.batch_norm(turned, training=True, return_stats=True)[3] if method == "BN" else ln.group_norm(turned, groups=groups, return_stats=True)[1]
    else:
        stats = normalize(line[:-1] + ", return_stats=True)", x)[1]
        np.testing.assert_array_equal(stats.shape, js("axes/array")("$array.statistics(m)", m=m))
    assert means == stats.size == axes.means
    assert tuple(m["gamma"]) == axes.gamma_shape
    gamma = np.random.default_rng(2).normal(size=m["gamma"])
    with_gamma = re.sub(r"\(x(\.mT)?", lambda found: f"{found[0]}, gamma", line, count=1)
    eval(with_gamma, {"ln": ln, "x": x, "gamma": gamma})           # noqa: S307
    with pytest.raises(ValueError, match="gamma"):
        eval(with_gamma, {"ln": ln, "x": x, "gamma": np.ones([*m["gamma"], 2])})      # noqa: S307
    assert x.shape[channel] == m["gamma"][0] or method not in ("BN", "IN", "GN")


@EACH
def test_the_line_for_torch_runs_and_agrees(js, shape, method, groups):
    torch = pytest.importorskip("torch")
    m = told(js, shape, method, groups)
    x = np.random.default_rng(3).normal(size=m["shape"])
    call = re.match(r"(\w+)\((.*?)\)\(x", m["torch"])
    layer = eval(f"torch.nn.{m['torch'][:m['torch'].index(')(x') + 1]}", {"torch": torch}).double()      # noqa: S307
    ours = normalize(m["ours"] if "rms" not in m["ours"] else m["ours"][:-1] + f", eps={np.finfo(float).eps})", x)
    rest = m["torch"][m["torch"].index(")(x") + 1:]
    with torch.no_grad():
        theirs = eval(f"layer{rest}", {"layer": layer, "x": torch.tensor(x)}).numpy()      # noqa: S307
    assert call and layer.weight.shape == tuple(m["gamma"])
    np.testing.assert_allclose(theirs, ours, atol=1e-9)


def test_square_makes_no_error_and_runs_along_the_width(js):
    torch = pytest.importorskip("torch")
    m = told(js, (2, 3, 4, 5), "square", 1)
    assert m["shape"] == [2, 3, 4, 3] and m["torch"] == "LayerNorm(3)(x)" and m["axes"] == [3]
    with pytest.raises(RuntimeError):
        torch.nn.LayerNorm(3)(torch.zeros(2, 3, 4, 5))


@pytest.mark.parametrize("method, name, code", [
    ("LN(d)", "LayerNorm(4)", "ln.layer_norm(x, axis=-1)"), ("LN(T, d)", "LayerNorm((3, 4))", "ln.layer_norm(x, axis=(-2, -1))"),
    ("LN(T)", "LayerNorm over T", "ln.layer_norm(x, axis=1)"), ("GN", "GroupNorm(2, 4)", "ln.group_norm(x.mT, groups=2).mT")])
def test_a_method_is_named_as_it_is_called(js, method, name, code):
    m = told(js, (2, 3, 4), method, 2)
    assert (m["name"], m["ours"]) == (name, code)
    assert name in ln.Axes((2, 3, 4), [method], groups=2).picture().alt


@EACH
def test_words_are_whole_and_options_tell_shapes_apart(js, shape, method, groups):
    m = told(js, shape, method, groups)
    rng = np.random.default_rng(4)
    for index in rng.integers(0, m["shape"], (6, len(shape))).tolist():
        painted = rng.choice(int(np.prod(m["shape"])), 3, replace=False).tolist()
        words = [js("axes/tell")("$tell.sentence(m, c, s, p)", m=m, c=index, s=s, p=p) for s, p in (("paint", []), ("paint", painted), ("done", painted))]
        words += [js("axes/tell")("$tell.verdict(m, c, p)[2]", m=m, c=index, p=painted), js("axes/tell")("$tell.paintAsk(m)", m=m)]
        for one in words:
            plain = re.sub("<[^>]+>", "", one)
            assert plain.endswith(".") and len(plain) <= 140 and not re.search("undefined|NaN|null", plain), plain
    quiz = js("axes/tell")("$tell.gammaQuiz(m)", m=m)
    assert len(set(quiz["options"])) == len(quiz["options"]) in (2, 3, 4)
    assert quiz["options"][quiz["right"]].replace(",)", ")") == str(tuple(m["gamma"])).replace(",)", ")")
    assert [js("axes/tell")("$tell.gammaVerdict(m, k)[0]", m=m, k=k) for k in range(len(quiz["options"]))].count("right") == 1


def test_a_painting_is_compared_cell_by_cell(js):
    m = told(js, (2, 3, 4), "LN(d)", 1)                            # the marked cell is flat 6, its group 4, 5, 6, 7
    marks = js("axes/tell")("$tell.marks(m, [0, 1, 2], p)", m=m, p=[4, 5, 10])
    assert [marks[k] for k in (4, 5, 6, 7, 10, 0)] == ["right", "right", "given", "missing", "wrong", ""]
    # The marked cell was given: it is neither found nor missed.
    assert js("axes/tell")("$tell.tally($tell.marks(m, [0, 1, 2], p))", m=m, p=[4, 5, 10]) == {"right": 2, "missing": 1, "wrong": 1}


@EACH
def test_the_whole_group_painted_is_right_and_nothing_else_is(js, shape, method, groups):
    m = told(js, shape, method, groups)
    cell = [(n - 1) // 2 for n in m["shape"]]
    own = int(np.ravel_multi_index(cell, m["shape"]))
    group = [flat for flat in js("axes/array")("$array.companionsOf(m, c)", m=m, c=cell) if flat != own]
    others = sorted(set(range(int(np.prod(m["shape"])))) - set(group) - {own})
    for painted, wanted in [(group, "right"), (group[1:] or None, "wrong"), (group + others[:1] if others else None, "wrong")]:
        if painted is not None:
            assert js("axes/tell")("$tell.verdict(m, c, p)[0]", m=m, c=cell, p=painted) == wanted


def test_a_box_runs_along_every_axis(js):
    inside = js("axes/array")("$array.box([1, 2, 0], [0, 1, 2], [2, 3, 4])")
    wanted = [np.ravel_multi_index(index, (2, 3, 4)) for index in product((0, 1), (1, 2), (0, 1, 2))]
    assert inside == sorted(wanted)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_cell_has_a_place_and_arrow_keys_reach_all(js, shape, narrow):
    places = js("axes/array")("$array.cells(s).map((c) => $array.arranged(s, n).place(c))", s=shape, n=narrow)
    assert len({tuple(place) for place in places}) == np.prod(shape)
    again = js("axes/array")("$array.cells(s).map((c) => $array.arranged(s, n).index($array.arranged(s, n).place(c)))", s=shape, n=narrow)
    assert again == [list(index) for index in product(*map(range, shape))]
    reached, edge = {(0,) * len(shape)}, [(0,) * len(shape)]
    while edge:
        steps = js("axes/array")("e.flatMap((c) => [[0, 1], [1, 0], [0, -1], [-1, 0]].map((way) => $array.stepped(c, s, n, way)))", e=edge, s=shape, n=narrow)
        edge = [step for step in map(tuple, steps) if step not in reached]
        edge = list(dict.fromkeys(edge))
        reached |= set(edge)
    assert len(reached) == np.prod(shape)


def test_python_and_javascript_know_the_same_inputs():
    asked = re.search(r"const INPUTS = \[([^\]]+)\]", ln.Axes._esm)[1]
    assert set(re.findall(r'"(\w+)"', asked)) == set(ln.Axes().inputs())


def test_the_course_shows_layer_norm_only_unless_asked():
    assert ln.Axes().methods == ["LN(d)", "LN(T, d)"]
    assert ln.Axes((2, 3, 4, 5)).methods == ["LN(C, H, W)", "LN(C)"]


def test_another_shape_starts_again():
    axes = ln.Axes(painted=[4], stage="checked")
    axes.shape = [2, 3, 4, 5]
    assert (axes.method, axes.painted, axes.stage, len(axes.cell)) == ("LN(C, H, W)", [], "paint", 4)


def test_output_is_the_same_for_the_same_state():
    one, other = ln.Axes((2, 3, 4)), ln.Axes(np.array([2, 3, 4]).tolist())
    assert one._repr_html_() == other._repr_html_() and repr(one) == repr(other)


@pytest.mark.parametrize("name, value", [("shape", [2]), ("shape", [9, 9, 9]), ("shape", 5), ("shape", "abc"), ("shape", [2, 0, 3]), ("methods", ["LN(H)"]), ("methods", ["LN(B, d)"]), ("methods", []), ("method", "BN"),
                                         ("groups", 3), ("cell", [0, 0]), ("cell", [0, 0, 4]), ("painted", [24]), ("stage", "over")])
def test_a_wrong_value_is_refused_by_name_and_nothing_is_lost(name, value):
    axes = ln.Axes()
    before = axes.inputs()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(axes, name, value)
    assert axes.inputs() == before
