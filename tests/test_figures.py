"""Pictures are the same on every run, at home on light and dark, legible on a phone, and say in words what they show."""
import re

import matplotlib
import numpy as np
import pytest

import layernorm as ln

PHONE, SMALLEST = 366, 12                                         # room for a picture at 390 px; px


def sizes(middle):
    return np.exp(np.random.default_rng(0).normal(size=(3, 6))) * middle


PICTURES = {
    "stages": lambda: ln.figures.stages([2, 0, 4, 4], ln.layer_norm([2, 0, 4, 4]), [1, 2, 3, 4]),
    "circle": lambda: ln.figures.circle({"a": np.array([2.0, 0, 4])}, {"b": np.array([0.0, 1, 1])}),
    "depth": lambda: ln.figures.depth({"s = 2": sizes(100), "s = 1": sizes(0.01)}, {"s = 2": sizes(1)}),
    "saturation": lambda: ln.figures.saturation([0.7, 8]),
    "companions": lambda: ln.figures.companions((2, 3, 4), (0, 1, 2), {"LN": (2,)}, ("example", "token", "feature")),
    "who_wins": lambda: ln.figures.who_wins({b: {"BN": [30 / b, 40 / b], "LN": [3, 4], "none": [5, 6]} for b in (2, 8, 64)}, "best rates"),
    "noisy_batch_norm": lambda: ln.figures.noisy_batch_norm({r: ln.experiments.load("noisy_batch_norm").at(rate=r) for r in (0.1, 0.3, 1)}),
    "gradient_growth": lambda: ln.figures.gradient_growth(
        {w: {b: {m: [1 + 5 / b, 1 + 6 / b] for m in ("BN", "LN", "none")} for b in (4, 256)} for w in (16, 256)}, {"batch 4": np.geomspace(1e9, 1, 51)}, 1.467),
    "recurrent": lambda: ln.figures.recurrent({(g, norm): 1 + sizes(g)[:, None].repeat(2, 1) for norm in (False, True) for g in (0.9, 3)}),
    "neighbour_noise": lambda: ln.figures.neighbour_noise({0: [0.5, 0.1], 2: [0.8, 0.2]}, [4, 64], {0: [0.5, 0.12], 2: [0.9, 0.2]}, [0, 0]),
    "norms_in_use": lambda: ln.figures.norms_in_use(
        {(start, rate): {"BN": [5e-4, 6e-4], "LN": [6e-4, 1.9]} for start in ("xavier", "gpt2") for rate in (0.003, 0.01)}, 2.08),
    "next_token": lambda: ln.figures.next_token(
        {over: {T: [1.38 / k, 1.4 / k] for T in (2, 4)} for k, over in enumerate(ln.models.CARRIERS, 1)}, 1.386),
    "stream_growth": lambda: ln.figures.stream_growth({start: sizes(1) for start in ("xavier", "torch", "gpt2")}, {"xavier": "X", "torch": "T", "gpt2": "G"}),
    "adam_step": lambda: ln.figures.adam_step({place: {2: [0.05, 0.1], 32: [0.4, 1.2]} for place in ("post", "pre")}, 3e-4),
    "companions of an image": lambda: ln.figures.companions((2, 3, 4, 5), (0, 1, 2, 3), {"C": (1,)}, ("image", "channel", "row", "column")),
}


@pytest.mark.parametrize("draw, words", [
    (lambda: ln.figures.circle({}, {"a": np.array([2.0, 0, 4])}), "side and around must each hold a vector"), (lambda: ln.figures.saturation([]), "inputs must be finite numbers, at least one"),
    (lambda: ln.figures.saturation([np.inf]), "inputs must be finite numbers"), (lambda: ln.figures.depth({}, {"a": np.ones((2, 3))}), "got no plain"),
    (lambda: ln.figures.companions((2, 3), (0, 0), {"rows": (1,)}, ("row",)), r"names must name each axis of \(2, 3\)")])
def test_what_cannot_be_drawn_is_refused_in_words(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_vectors_that_do_not_share_a_direction_are_not_drawn_as_if_they_did():
    for other in ([-2.0, 0, -4], [3.0, 3, 3], [0.002, 0, 0.004]):
        with pytest.raises(ValueError, match="side must hold vectors that LayerNorm takes to one point"):
            ln.figures.circle({"a": np.array([2.0, 0, 4]), "b": np.array(other)}, {"c": np.array([2.0, 0, 4])})


def test_a_vector_that_does_not_come_to_the_circle_is_not_drawn_on_its_way_there():
    with pytest.raises(ValueError, match="around must hold vectors that LayerNorm takes to the distance √3, got a: .*, c: \\(0, 0, 0\\)"):
        ln.figures.circle({"a": np.array([2.0, 0, 4])}, {"a": np.array([2.0, 0, 4]), "c": np.array([4.0, 4, 4])})


@pytest.mark.parametrize("far", [[20.0, 0, 40], [-20.0, 0, -10], [4.0, 0, 5]])
def test_vectors_far_out_are_on_the_picture(far):
    a = np.array(far)
    svg = ln.figures.circle({"a": a, "a + 2": a + 2}, {"a": a}).svg
    frames = [[float(one) for one in found] for found in
              re.findall(r'<clipPath[^>]*>\s*<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg)]
    points = [(float(x), float(y)) for x, y in re.findall(r'<use [^>]*x="([-\d.]+)" y="([-\d.]+)"', svg)]
    assert len(frames) == 2 and len(points) >= 5
    assert all(any(left - 1 <= x <= left + width + 1 and top - 1 <= y <= top + height + 1 for left, top, width, height in frames)
               for x, y in points)


def test_curves_with_layer_norm_are_one_only_where_they_agree():
    for ends, said in ((1.0, 1.02), "all curves stay at 1.01"), ((1.0, 0.01), "With LayerNorm s = 2: 1; s = 1: 0.01."):
        normed = {name: np.full((3, 6), end) for name, end in zip(("s = 2", "s = 1"), ends)}
        assert said in ln.figures.depth({"s = 2": sizes(1)}, normed).alt


def test_bands_of_other_seeds_or_layers_are_not_drawn_together():
    with pytest.raises(ValueError, match=r"as many seeds and layers, got the shapes \[\(2, 6\), \(3, 6\)\]"):
        ln.figures.depth({"s = 1": sizes(1)}, {"s = 1": sizes(1)[:2]})


def test_each_gradient_has_its_curve_and_the_lowest_its_name_below():
    growth = {16: {b: {m: [1.1, 1.2] for m in ("BN", "LN")} for b in (4, 8)}}
    gradient = {f"batch {b}": np.geomspace(10.0 ** (9 - k), 1, 51) for k, b in enumerate((4, 8, 16, 64, 256))}
    svg = ln.figures.gradient_growth(growth, gradient, 1.467).svg
    at = {name: float(re.search(rf'y="([\d.]+)"[^>]*>{name}<', svg)[1]) for name in gradient}
    heights = list(at.values())
    assert heights == sorted(heights) and heights[-1] - heights[-2] > heights[1] - heights[0] + 10


def test_a_curve_is_drawn_for_every_value():
    noise = {x: [0.5, 0.1 + x / 50] for x in (0, 1, 2, 4)}
    assert all(f"x = {x}" in ln.figures.neighbour_noise(noise, [4, 64], noise, [0, 0]).svg for x in noise)


@pytest.fixture(params=PICTURES)
def draw(request):
    return PICTURES[request.param]


def test_a_picture_is_the_same_on_every_run(draw):
    assert draw().svg == draw().svg


def test_every_colour_knows_light_and_dark(draw):
    svg = draw().svg
    single = re.findall(r"(?:fill|stroke): #[0-9a-f]{6}(?!; (?:fill|stroke): light-dark)", svg)
    assert single == [] and "light-dark" in svg


def test_letters_are_legible_on_a_phone(draw):
    svg = draw().svg
    width, unit = float(re.search(r'width="(\d+)"', svg)[1]), float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    shown = min(width, PHONE) / unit
    letters = [float(size) * shown for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert letters and min(letters) >= SMALLEST - 0.1


def test_the_words_say_what_is_there():
    assert "2, 0, 4, 4" in PICTURES["stages"]().alt and "4 cells" in PICTURES["companions"]().alt
    assert "over 3 seeds" in PICTURES["depth"]().alt


def test_the_number_of_companions_is_counted_from_the_axes():
    for axes, wanted in (((2,), 4), ((1, 2), 12), ((0, 1), 6)):
        alt = ln.figures.companions((2, 3, 4), (0, 1, 2), {"LN": axes}, ("example", "token", "feature")).alt
        assert f"LN: {wanted} cells" in alt
        assert ln.figures.companions((2, 3, 4), (0, 1, 2), {"LN": [a - 3 for a in axes]}, ("example", "token", "feature")).alt == alt


def test_companions_refuses_a_cell_or_an_axis_that_is_not_there():
    names = ("example", "token", "feature")
    with pytest.raises(ValueError, match=r"axis \(7,\) does not exist in an array of shape \(2, 3, 4\)"):
        ln.figures.companions((2, 3, 4), (0, 1, 2), {"LN": (7,)}, names)
    for cell in ((0, 1, 9), (0, 1)):
        with pytest.raises(ValueError, match=r"cell must be one of an array of shape \(2, 3, 4\), got"):
            ln.figures.companions((2, 3, 4), cell, {"LN": (2,)}, names)


def test_a_length_in_space_is_told_with_the_root_that_it_has_beside_level_and_size():
    side, around = {"a": np.array([2.0, 0, 4])}, {"b": np.array([4.0, 3, 0])}
    svg = ln.figures.circle(side, around).svg
    assert "height is √3 times the level" in svg and "distance from it is √3 times the size" in svg


def test_drawing_leaves_the_readers_own_style_alone():
    before = dict(matplotlib.rcParams)
    PICTURES["stages"]()
    assert dict(matplotlib.rcParams) == before


def test_a_colour_that_is_no_token_is_refused():
    @ln.figures.drawn
    def foreign():
        import matplotlib.pyplot as plt
        figure, ax = plt.subplots()
        ax.plot([0, 1], color="#123456")
        return figure, "a line"
    with pytest.raises(ValueError, match="#123456"):
        foreign()
