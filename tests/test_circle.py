"""The Circle computes as the reference does: forward, backward, RMSNorm; its pictures, questions and words follow from the state."""
import re
from fractions import Fraction

import numpy as np
import pytest
import traitlets

import layernorm as ln
from layernorm.explorables.circle import PRESETS

ROOT3 = 3 ** 0.5
MODES = ["forward", "backward", "rms"]
# What the questions of the lesson plan must find to be right, by option.
ANSWERS = {
    "forward": {"Slide": [1], "Stretch": [1], "−x": [1], "Constant": [1], "Nearly constant": [1], "Cloud": [2], "γ, β": [1]},
    "backward": {"Pull y₁": [0, 1], "Pull all": [3], "Pull y₃": [3], "Other x": [0, 1, 2], "10x": [2]},
    "rms": {"Slide": [1], "Stretch": [0], "−x": [1], "Constant": [1], "Cloud": [1]},
}


def vectors(seed, count=2000):
    """Ordinary ones, some far out, some tiny, some nearly constant."""
    rng = np.random.default_rng(seed)
    x = rng.normal(1, 3, (count, 3))
    x[::5] *= 10 ** rng.uniform(-6, 6, (len(x[::5]), 1))
    x[1::7] = x[1::7, :1] + 1e-4 * x[1::7]
    return x


def state(js, mode, preset, u=1, **changes):
    """What a preset loads, moved to ``u`` along its path, as the picture is told of it."""
    now = js("circle/tale")("$tale.loaded(mode, name)", mode=mode, name=preset) | {"mode": mode, "eps": 0 if mode == "backward" else 1e-5} | changes
    moved = js("circle/tale")(
        "(() => { const q = $tale.PRESETS[mode][name]; return q.path ? q.path(u, $tale.told(now)) : {}; })()", mode=mode, name=preset, now=now, u=u)
    return now | moved


@pytest.mark.parametrize("mode, reference", [("forward", ln.layer_norm), ("rms", ln.rms_norm)])
@pytest.mark.parametrize("eps", [0.0, 1e-5, 1.0])
def test_javascript_agrees_with_the_reference(js, mode, reference, eps):
    x = vectors(1)
    got = js("circle/space")("x.map((v) => $space.normalized(v, p).xhat)", x=x.tolist(), p={"eps": eps, "mode": mode})
    np.testing.assert_allclose(got, reference(x, eps=eps), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("eps", [0.0, 1e-5, 1.0])
def test_the_gradient_agrees_with_the_reference_and_loses_the_parts_it_names(js, eps):
    x, g = vectors(2), vectors(3)
    arrows = np.array(js("circle/space")("x.map((v, i) => $space.backward(v, g[i], p).arrows)", x=x.tolist(), g=g.tolist(), p={"eps": eps}))
    x_hat, mean, rstd = ln.layer_norm(x, eps=eps, return_stats=True)
    wanted = ln.layer_norm_backward(g, x, mean, rstd)[0]
    size = np.linalg.norm(g, axis=1, keepdims=True)
    np.testing.assert_allclose(arrows[:, 3] / rstd / size, wanted / rstd / size, atol=1e-10)
    np.testing.assert_allclose(arrows[:, 1].sum(1, keepdims=True) / size, 0, atol=1e-12)
    if eps == 0:
        np.testing.assert_allclose((arrows[:, 2] * x_hat).sum(1, keepdims=True) / size, 0, atol=1e-10)


def test_level_size_and_direction_make_up_the_vector(js):
    x = vectors(4)
    parts = js("circle/space")("x.map((v) => $space.parts(v, 'forward'))", x=x.tolist())
    np.testing.assert_allclose([p["level"] for p in parts], x.mean(1), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose([p["size"] for p in parts], x.std(1), rtol=1e-7, atol=1e-10)
    again = js("circle/space")("x.map((v) => { const p = $space.parts(v, 'forward'); return $space.placed(p.level, p.size, p.direction); })", x=x.tolist())
    np.testing.assert_allclose(again, x, rtol=1e-9, atol=1e-9 * abs(x).max())


def test_what_is_seen_keeps_lengths_and_angles_and_a_drag_moves_what_it_holds(js):
    rng = np.random.default_rng(5)
    x, angles = rng.normal(size=(500, 3)), rng.uniform([-180, 0], [180, 90], (500, 2))
    seen = np.array(js("circle/space")("x.map((v, i) => $space.camera({ turn: a[i][0], tilt: a[i][1] }).see(v))", x=x.tolist(), a=angles.tolist()))
    np.testing.assert_allclose(np.linalg.norm(seen, axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)
    moved = np.array(js("circle/space")(
        "x.map((v, i) => { const eye = $space.camera({ turn: a[i][0], tilt: a[i][1] }); return eye.see(eye.shift(v, 2, -3)); })",
        x=x.tolist(), a=angles.tolist()))
    np.testing.assert_allclose(moved - seen, np.tile([2, -3, 0], (500, 1)), atol=1e-12)
    along = js("circle/space")("$space.camera({ turn: 17, tilt: 90 }).see([1, 1, 1])")
    np.testing.assert_allclose(along, [0, 0, ROOT3], atol=1e-12)
    for v in x[:50].tolist():                                      # from the side: height is the level, and the distance is true
        side = js("circle/space")("$space.camera({ turn: $space.sideways(v), tilt: 0 }).see(v)", v=v)
        np.testing.assert_allclose(side[:2], [np.linalg.norm(v - np.mean(v)), np.sum(v) / ROOT3], atol=1e-12)


def test_the_ring_is_the_circle_and_the_cloud_lands_on_it(js):
    ring = np.array(js("circle/space")("$space.ring(72)"))
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), ROOT3, rtol=1e-12)
    np.testing.assert_allclose(ring.sum(1), 0, atol=1e-12)
    cloud = np.array(js("circle/space")("$space.scattered(60)"))
    assert cloud.shape == (60, 3) and len(np.unique(cloud.round(6), axis=0)) == 60
    np.testing.assert_allclose(np.linalg.norm(ln.layer_norm(cloud, eps=0), axis=1), ROOT3, rtol=1e-12)
    assert (cloud == js("circle/space")("$space.scattered(60)")).all()


def test_labels_keep_off_each_other_and_inside_the_frame(js):
    rng, crowded = np.random.default_rng(6), 0
    for _ in range(200):
        points = [{"name": str(k), "at": at, "gap": 6, "wide": 30, "tall": 16} for k, at in enumerate(rng.uniform([30, 30], [300, 220], (5, 2)).tolist())]
        boxes = np.array([one["box"] for one in js("circle/space")("$space.labelled(p, [330, 250])", p=points).values()])
        assert (boxes[:, :2] >= 0).all() and (boxes[:, 2] <= 330).all() and (boxes[:, 3] <= 250).all()
        across = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
        down = np.minimum(boxes[:, None, 3], boxes[None, :, 3]) - np.maximum(boxes[:, None, 1], boxes[None, :, 1])
        crowded += bool(((across > 0) & (down > 0) & ~np.eye(5, dtype=bool)).any())
    assert crowded <= 4


@pytest.mark.parametrize("mode", MODES)
def test_each_question_is_answered_by_what_happens(js, mode):
    presets = js("circle/tale")("Object.keys($tale.PRESETS[mode])", mode=mode)
    assert presets == list(ANSWERS[mode])
    for name, right in ANSWERS[mode].items():
        start, end = state(js, mode, name, 0), state(js, mode, name, 1)
        judged = js("circle/tale")("[$tale.PRESETS[mode][name].right($tale.told(a), $tale.told(b))].flat()", mode=mode, name=name, a=start, b=end)
        assert judged == right, name
        options = js("circle/tale")("$tale.PRESETS[mode][name].options", mode=mode, name=name)
        for guess in ([right] if len(right) > 1 else [[k] for k in range(len(options))]):
            verdict, tag, words = js("circle/tale")(
                "$tale.verdict($tale.PRESETS[mode][name], guess, $tale.told(a), $tale.told(b))", mode=mode, name=name, guess=guess, a=start, b=end)
            assert verdict == ("right" if guess == right else "wrong") and words.endswith(".")
            assert not re.search("undefined|NaN|null|Infinity|∞|-", words)


@pytest.mark.parametrize("mode", ["forward", "rms"])
@pytest.mark.parametrize("size", [1e-4, 1e-3, 0.02, 0.04, 0.08, 1, 100])
def test_a_stretch_is_judged_by_the_nearer_of_twice_as_far_and_as_far(js, mode, size):
    x = np.array([1.0, -1, 0]) * size + (0 if mode == "rms" else 2)
    start, end = state(js, mode, "Stretch", 0, x=x.tolist()), state(js, mode, "Stretch", 1, x=x.tolist())
    state_, tag, words = js("circle/tale")("$tale.verdict($tale.PRESETS[mode].Stretch, guess, $tale.told(a), $tale.told(b))", mode=mode,
                                           guess=[1 if mode == "forward" else 0], a=start, b=end | {"x": (x + (x - x.mean())).tolist()})
    stays = size > 2e-3
    assert state_ == ("right" if stays else "wrong") and ("ε is larger" in words) == (not stays), words


@pytest.mark.parametrize("x, moves, words", [([2, 0, 4], True, "RMSNorm sees it"), ([40, 41, 40], True, "hardly"), ([2000, 0, 4000], True, "hardly"),
                                             ([10, 10, 10], False, "only its length")])
def test_rms_feels_every_slide_of_what_is_off_the_axis_be_it_little(js, x, moves, words):
    assert (np.abs(ln.rms_norm(np.array(x)) - ln.rms_norm(np.array(x) - 1.0)).max() > 1e-4) == moves
    said = js("circle/tale")("$tale.verdict($tale.PRESETS.rms.Slide, [moves ? 1 : 0], $tale.told(a), $tale.told(b))", moves=moves,
                             a=state(js, "rms", "Slide", 0, x=x), b=state(js, "rms", "Slide", 1, x=x))
    assert said[0] == "right" and words in said[2]


def test_a_small_vector_is_told_the_length_that_it_gets(js):
    for size in (0.05, 0.1, 3):
        x = (2 + np.array([0.0, -1, 1]) * size).tolist()
        words = js("circle/tale")("$tale.sentence($tale.told(s), { step: 0, cloud: false })", s=state(js, "forward", "Slide", 0, x=x))
        assert f"{np.linalg.norm(ln.layer_norm(x)):.3f}".rstrip("0") in words, words


def test_the_answers_are_those_of_the_reference(js):
    """The same claims without a line of JavaScript's arithmetic."""
    a = np.array([2.0, 0, 4])
    hat = ln.layer_norm(a)
    ends = {name: np.array(state(js, "forward", name)["x"]) for name in ("Slide", "Stretch", "−x", "Constant", "Nearly constant")}
    assert abs(ends["Slide"] - a).min() > 0.5 and np.ptp(ends["Slide"] - a) < 1e-12
    np.testing.assert_allclose(ends["Stretch"] - ends["Stretch"].mean(), 2 * (a - a.mean()), atol=1e-12)
    for name in ("Slide", "Stretch"):
        np.testing.assert_allclose(ln.layer_norm(ends[name]), hat, atol=1e-5)
    np.testing.assert_allclose(ln.layer_norm(ends["−x"]), -hat, atol=1e-12)
    assert (ln.layer_norm(ends["Constant"]) == 0).all()
    assert 0.3 < np.linalg.norm(ln.layer_norm(ends["Nearly constant"])) / ROOT3 < 0.9
    b = np.array([0.0, 0, 6])
    for preset, g in (("Pull y₁", [1, 0, 0]), ("Pull all", [1, 1, 1]), ("Pull y₃", [0, 0, 1])):
        felt = np.flatnonzero(abs(ln.Circle(mode="backward", x=b, g=g).dx) > 1e-9).tolist()
        assert (felt or [3]) == ANSWERS["backward"][preset]
    np.testing.assert_allclose(ln.Circle(mode="backward", x=10 * b).dx, ln.Circle(mode="backward", x=b).dx / 10, rtol=1e-12)
    np.testing.assert_allclose(ln.Circle(mode="backward").dx, [0.17677669529, -0.17677669529, 0], atol=1e-9)


@pytest.mark.parametrize("mode", MODES)
def test_each_sentence_and_each_row_is_whole(js, mode):
    rng = np.random.default_rng(7)
    states = [state(js, mode, name, u) for name in ANSWERS[mode] for u in (0, 0.3, 1)]
    states += [states[0] | {"x": x, "g": g, "eps": eps} for eps in (0, 1e-5, 10.0) for x, g in zip(vectors(8, 40).tolist(), rng.normal(size=(40, 3)).tolist())]
    states += [states[0] | {"x": x, "eps": eps} for x in ([0, 0, 0], [3, 3, 3], [1, -1, 0]) for eps in (0, 1e-5)]
    for one in states:
        for step in range(4 if mode == "backward" else 1):
            words = js("circle/tale")("$tale.sentence($tale.told(s), { step, cloud: s.cloud })", s=one, step=step)
            assert re.sub("<[^>]+>", "", words).endswith(".") and not re.search("undefined|NaN|null|Infinity|∞", words), one
        rows = js("circle/tale")("$tale.rows($tale.told(s)).map((r) => [...r.values, ...r.more.filter((v) => v !== null)].map($tale.cell))", s=one)
        lost = np.ptp(one["x"]) == 0 and one["eps"] == 0
        assert all(len(cell) <= 9 and (lost or cell != "–") for row in rows for cell in row), rows


def test_what_no_one_can_feel_or_divide_is_said(js):
    start = state(js, "backward", "Pull y₁")
    say = lambda **changes: js("circle/tale")("$tale.sentence($tale.told(s), { step: 3, cloud: false })", s=start | changes)  # noqa: E731
    assert say(g=[0, 0, 0]) == "g is 0: nothing pulls at the outputs, and no entry of x feels anything."
    assert "here ε is 0 too" in say(x=[3, 3, 3]) and "divided by √ε" in say(x=[3, 3, 3])


def felt_exactly(x, g):
    """Which entries of x feel something, at ε = 0, by fractions of the very numbers."""
    x, g = ([Fraction(v) for v in one] for one in (x, g))
    x, g = ([v - sum(one) / 3 for v in one] for one in (x, g))
    along = sum(a * b for a, b in zip(g, x)) / sum(a * a for a in x)
    return [i for i in range(3) if g[i] != along * x[i]]


@pytest.mark.parametrize("far", [1, 8, 50, 3000, 9000])
@pytest.mark.parametrize("apart", [1, 0.1, 0.001])
def test_close_to_the_ones_axis_nothing_is_felt_that_is_not_there(js, far, apart):
    for x in ([far, far, far + apart], [far + apart, far, far], [far, far + apart, far + 3 * apart], [-far, -far, apart - far]):
        for g in ([1, 0, 0], [1, 1, 1], [0, 0, 1], [2, -1, 0.5]):
            s = state(js, "backward", "Pull y₁") | {"x": x, "g": g, "eps": 0}
            values = js("circle/tale")("$tale.rows($tale.told(s)).at(-1)", s=s)["values"]
            assert [i for i, v in enumerate(values) if v != 0] == felt_exactly(x, g), (x, g, values)


@pytest.mark.parametrize("value, words", [(2, "2"), (-1.2247449, "−1.225"), (0.0042, "0.0042"), (0.0177, "0.018"), (1e-13, "0"), (3.2e-7, "3·10⁻⁷"),
                                          (28.28, "28.28"), (123.456, "123.5"), (2e6, "2·10⁶"), (-1e-6, "−10⁻⁶")])
def test_a_number_fits_its_column(js, value, words):
    assert js("circle/tale")("$tale.cell(v)", v=value) == words


def test_products_with_one_and_with_the_normalized_vector_are_shown_as_zero(js):
    rows = js("circle/tale")("$tale.rows($tale.told(s))", s=state(js, "backward", "Pull y₁"))
    assert [row["more"] for row in rows[1:]] == [[1, pytest.approx(-0.70710678)], [0, pytest.approx(-0.70710678)], [0, 0], [0, 0]]


def test_python_and_javascript_know_the_same_inputs(js):
    source = ln.Circle._esm
    asked = re.search(r"const INPUTS = \[([^\]]+)\]", source)[1]
    assert set(re.findall(r'"(\w+)"', asked)) == set(ln.Circle().inputs())


@pytest.mark.parametrize("mode", MODES)
def test_what_python_computes_is_the_reference(mode):
    circle = ln.Circle([4, 3, 0], [0.5, -1, 2], mode, eps=1e-3, gamma=[2, 0.5, 1], beta=[1, -1, 0])
    forward = ln.rms_norm if mode == "rms" else ln.layer_norm
    np.testing.assert_allclose(circle.x_hat, forward([4, 3, 0], eps=1e-3))
    np.testing.assert_allclose(circle.y, circle.x_hat * [2, 0.5, 1] + [1, -1, 0])
    h, g, x = 1e-6, np.array([0.5, -1, 2]), np.array([4.0, 3, 0])
    slope = [(g @ (forward(x + h * e, eps=1e-3) - forward(x - h * e, eps=1e-3))) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(circle.dx, slope, atol=1e-8)


def test_defaults_belong_to_the_mode():
    assert (ln.Circle().x, ln.Circle().eps) == ([2, 0, 4], 1e-5)
    assert (ln.Circle(mode="backward").x, ln.Circle(mode="backward").eps) == ([0, 0, 6], 0)


def test_output_is_the_same_for_the_same_state():
    one, other = ln.Circle(x=[1, 2, 4]), ln.Circle(x=np.array([1.0, 2.0, 4.0]))
    assert one._repr_html_() == other._repr_html_() and repr(one) == repr(other)
    assert "goes to" in repr(one) and "has no normalized form" in repr(ln.Circle(x=[3, 3, 3], eps=0))


@pytest.mark.parametrize("name, value", [("x", [1, 2]), ("x", [1, 2, float("nan")]), ("g", [1]), ("gamma", [1, 1]), ("mode", "up"), ("eps", -1), ("step", 4), ("tilt", 91)])
def test_a_wrong_value_is_refused_by_name_and_nothing_is_lost(name, value):
    circle = ln.Circle()
    before = circle.inputs()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(circle, name, value)
    assert circle.inputs() == before


def test_python_knows_the_presets_and_refuses_others(js):
    assert {mode: tuple(names) for mode, names in js("circle/tale")(
        "Object.fromEntries(Object.entries($tale.PRESETS).map(([mode, all]) => [mode, Object.keys(all)]))").items()} == PRESETS
    assert ln.Circle(presets=["Cloud"]).presets == ["Cloud"]
    with pytest.raises(traitlets.TraitError, match="presets \\['Fog'\\] are none of Slide, Stretch"):
        ln.Circle(presets=["Fog"])
