"""Spread tells the truth: its numbers are NumPy's, its questions are judged by what happened, its words follow from the state."""
import json
import re

import numpy as np
import pytest
import traitlets

import layernorm as ln
from layernorm.explorables.spread import PRESETS

# What the questions of the lesson plan must find to be right.
ANSWERS = {"Start": "no", "+ 7": "stays", "× 10": "100 times", "One far": "7.5", "All alike": "neither", "One more": "falls"}
ROOM = [[608, 198], [364, 150], [312, 150]]                        # laptop, phone, small phone


def vectors(count=400):
    """Of 2 to 8 numbers: ordinary, large, tiny, nearly constant, with equal ones among them."""
    rng = np.random.default_rng(0)
    for k in range(count):
        x = rng.normal(1, 3, rng.integers(2, 9))
        x = x * 10.0 ** rng.integers(-4, 3) if k % 4 == 0 else x.round() if k % 4 == 1 else 7 + 1e-3 * x if k % 4 == 2 else x
        yield np.clip(x, -1000, 1000)


def moments(js, x):
    return js("spread/moments")("$moments.moments(x)", x=list(map(float, x)))


def judged(js, name, guess, x=None):
    """The verdict on a guess, and the numbers before and after."""
    return js("spread/asks")(
        """(() => { const quiz = $asks.PRESETS[name], a = $moments.moments(quiz.x ?? x), b = $moments.moments(quiz.path(1, a.x));
        return { said: $asks.verdict(quiz, quiz.options.indexOf(guess), a, b), right: quiz.options[quiz.right(a, b)], a, b }; })()""",
        name=name, guess=guess, x=x or [2, 0, 4, 4])


def plain(words):
    return re.sub("<[^>]+>", "", words)


def test_javascript_python_and_numpy_agree(js):
    for x in vectors():
        m, s = moments(js, x), ln.Spread(x=x)
        size = max(1, abs(x).max())
        np.testing.assert_allclose([m["mu"], s.mean], x.mean(), rtol=1e-12, atol=1e-12 * size)
        np.testing.assert_allclose(m["away"], x - x.mean(), atol=1e-12 * size)
        np.testing.assert_allclose([m["variance"], s.variance, ln.variance_two_pass(x)], x.var(), rtol=1e-9, atol=1e-20)
        np.testing.assert_allclose([m["sample"], s.sample_variance], x.var(ddof=1), rtol=1e-9, atol=1e-20)
        np.testing.assert_allclose([m["sigma"], s.std], x.std(), rtol=1e-9, atol=1e-12)


def test_equal_numbers_have_no_spread_at_all(js):
    for v in (0.1, 1 / 3, -999.9, 1e-9):
        m = moments(js, [v] * 7)
        assert (m["mu"], m["variance"], m["sample"], m["away"]) == (v, 0, 0, [0] * 7)
    assert moments(js, [0.1, 2.2, 1.15])["away"][2] == 0             # and what rounding leaves of a distance is none


@pytest.mark.parametrize("room", ROOM, ids=lambda r: str(r[0]))
def test_everything_that_is_shown_fits_the_frame(js, room):
    for x in vectors(200):
        frame, m = js("spread/moments")("(() => { const f = $moments.fitted([x], room); return [f, $moments.moments(x), $moments.ticks(f), $moments.stride(f)]; })()",
                                        x=x.tolist(), room=room)[:2]
        at = (x - frame["left"]) * frame["unit"]
        assert at.min() >= 0 and at.max() <= frame["line"] and frame["line"] < frame["square"]
        assert max(map(abs, m["away"])) * frame["unit"] <= room[1] + 1e-6 and m["wide"] * frame["unit"] <= room[1] + 1e-6
        assert frame["square"] + m["wide"] * frame["unit"] <= room[0]
        assert not js("spread/moments")("$moments.outgrown(f, m, room)", f=frame, m=m, room=room) or np.ptp(at) < 40


def test_the_ruler_has_marks_that_can_be_read(js):
    for x in vectors(200):
        f, marks, stride = js("spread/moments")("(() => { const f = $moments.fitted([x], [364, 150]); return [f, $moments.ticks(f), $moments.stride(f)]; })()", x=x.tolist())
        marks = np.array(marks)
        assert 2 <= len(marks) <= 7 and (np.diff(marks) * f["unit"] >= min(55, f["line"] / 5)).all()
        assert (marks >= f["left"]).all() and (marks <= f["left"] + f["line"] / f["unit"]).all()
        assert 25 <= f["line"] / f["unit"] / stride <= 251              # strides from end to end: neither a crawl nor a leap


def test_what_has_left_the_frame_is_framed_again(js):
    seen = js("spread/moments")("[[2, 0, 4, 4], [5, 6, 6, 6.4], [-1, -2, -2, -2.4], [2, 0, 4, 9], [2, 2.01, 2, 2]].map((x) => $moments.outgrown($moments.fitted([[2, 0, 4, 4]], [608, 198]), $moments.moments(x), [608, 198]))")
    assert seen == [False, True, True, True, True]


def test_points_at_one_place_stand_on_each_other(js):
    assert js("spread/moments")("$moments.storeys([10, 10, 25, 100, 10, 110], 20)") == [0, 1, 2, 0, 3, 1]
    assert js("spread/moments")("$moments.areas($moments.moments([2, 0, 4, 4]), 60)") == [{"i": 1, "words": "6.25"}, {"i": 2, "words": "2 × 2.25"}]


# --- Questions ------------------------------------------------------------------------------------


def test_the_presets_are_those_that_python_knows(js):
    assert tuple(js("spread/asks")("Object.keys($asks.PRESETS)")) == PRESETS
    assert js("spread/asks")("[$asks.FEW, $asks.MANY, $asks.LIMIT]") == [2, ln.Spread.x.most, ln.Spread.x.size]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_is_judged_by_what_happened(js, name):
    for option in js("spread/asks")("$asks.PRESETS[name].options", name=name):
        told = judged(js, name, option)
        state, tag, words = told["said"]
        assert told["right"] == ANSWERS[name]
        assert state == ("right" if option == ANSWERS[name] else "wrong") and option in words
        assert ANSWERS[name] in words and words.endswith(".") and len(words) <= 150, words


def test_the_numbers_in_the_verdicts_are_those_of_numpy(js):
    x = np.array([2.0, 0, 4, 4])
    assert f"{np.std(x):.3f} to {np.std(10 * x):.3f}" in judged(js, "× 10", "10 times")["said"][2]
    far = np.array([1.0, 2, 3, 2, 1, 2, 3, 10])
    squares = (far - far.mean()) ** 2
    assert far.var() == 7.5 and f"Of the {squares.sum():g} in all squares, {squares[-1]:g} are x₈’s" in judged(js, "One far", "1")["said"][2]
    assert f"Now the variance is {np.var([3, 3, 3, 4]):.3f}" in judged(js, "All alike", "left")["said"][2]
    assert f"share it: {np.var([2, 0, 4, 4, 2.5]):g}." in judged(js, "One more", "falls")["said"][2]
    assert "x₄ moved by 1 and took μ along, by 0.25." in judged(js, "Start", "no")["said"][2]


def test_the_number_that_arrives_is_no_fifth_beside_others(js):
    for d in (4, 5, 7):
        told = judged(js, "One more", "falls", list(range(d)))
        assert told["right"] == "falls"
    assert "fifth" not in js("spread/asks")("$asks.PRESETS['One more'].ask")


def test_one_point_never_moves_the_variance_alone(js):
    for x in vectors(100):
        told = judged(js, "Start", "no", x.tolist())
        assert told["right"] == "no" and np.abs(told["b"]["x"]).max() <= 1000, x


def test_your_turn_wants_what_layer_norm_makes(js):
    def said(v):
        return js("spread/asks")("$asks.reached($moments.moments(x))", x=list(map(float, v)))
    x = np.array([2.0, 0, 4, 4])
    assert said(ln.layer_norm(x))[0] == said([-1, -1, 1, 1])[0] == "right"
    assert said(x) == ["wrong", "✕ Not yet:", "μ = 2.5, σ = 1.658. Bring the balance first: the points sum to more than 0."]
    assert "sum to less" in said(x - 4)[2] and "too far apart" in said(x - 2.5)[2] and "too close together" in said((x - 2.5) / 4)[2]


# --- Words ------------------------------------------------------------------------------------------


def test_the_sentence_is_true_of_every_state(js):
    for x in vectors():
        words = plain(js("spread/asks")("$asks.sentence($moments.moments(x))", x=x.tolist()))
        assert words.endswith(".") and len(words) <= 135 and not re.search("NaN|undefined|null", words), words
        squares = (x - x.mean()) ** 2
        alone = re.search(r"x([₂-₈₁]) alone makes (\d+) %", words)
        assert bool(alone) == (len(x) > 2 and squares.max() > squares.sum() / 2), (x, words)
        if alone:
            assert int("₁₂₃₄₅₆₇₈".index(alone[1])) == squares.argmax() and abs(int(alone[2]) - 100 * squares.max() / squares.sum()) <= 0.5 + 1e-9
    assert plain(js("spread/asks")("$asks.sentence($moments.moments([2, 0, 4, 4]))")) == (
        "Below the mean the distances sum to 3, above it too: the line balances at μ = 2.5. x₂ alone makes 57 % of the area.")
    assert plain(js("spread/asks")("$asks.sentence($moments.moments([3, 3]))")) == "All 2 points lie on their mean, μ = 3: no distance, no square, and σ is 0."


def test_a_number_in_a_column_is_short_and_near(js):
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    for d, v in [(d, v) for d in (4, 8) for v in (0, 6.25, -2.5, -0.375, 12.345, -99.96, 687.3, -1999, 9999.4, 12345, 4e6, 0.0004)]:
        text = js("spread/asks")("$asks.cell(v, d)", v=v, d=d)
        read = re.sub(r"(?:·|^)10(?=[⁰-⁹¹²³⁻])", lambda m: "e" if m[0][0] == "·" else "1e", text).translate(powers).replace("−", "-")
        assert len(text) <= (6 if d > 6 else 7) and abs(float(read) - v) <= max(0.051 if d > 6 else 0.0051, (0.34 if "·" in text and d > 6 else 0.05) * abs(v)), (v, text)


def test_a_listener_is_told_where_each_point_is(js):
    said = js("spread/asks")("[0, 1, 2].map((i) => $asks.spoken($moments.moments([2, 0, 4]), i))")
    assert said == ["2, at the mean", "0, 2 below the mean, square 4", "4, 2 above the mean, square 4"]


# --- In Python --------------------------------------------------------------------------------------


def test_it_is_set_and_read_from_python():
    s = ln.Spread(x=[2, 0, 4, 4])
    assert (s.mean, s.variance, round(s.sample_variance, 3), round(s.std, 3)) == (2.5, 2.75, 3.667, 1.658)
    s.x = np.array([1, 5])
    assert (s.x, s.variance, s.sample_variance) == ([1.0, 5.0], 4.0, 8.0)


@pytest.mark.parametrize("bad, said", [
    ([1], "at least 2 numbers, got 1"), (range(9), "at most 8 numbers, got 9"), ([], "non-empty list of finite numbers"), ("2, 0", "finite numbers"),
    ([1, np.nan], "finite numbers"), ([1, np.inf], "finite numbers"), ([[1, 2]], "finite numbers"), ([1, 1001], "up to 1000 in size, got 1001"), (None, "finite numbers")])
def test_what_is_no_such_list_is_refused_and_nothing_is_lost(bad, said):
    with pytest.raises(traitlets.TraitError, match=said):
        ln.Spread(x=bad)
    s = ln.Spread()
    with pytest.raises(traitlets.TraitError, match=said):
        s.x = bad
    assert s.x == [2, 0, 4, 4]


def test_an_unknown_preset_is_refused():
    with pytest.raises(traitlets.TraitError, match="Your turn"):
        ln.Spread(preset="Far")


@pytest.mark.parametrize("x", [(2, 0, 4, 4), (3, 3, 3), (-1000, 1000), (1e-9, 2e-9), (1, 2, 3, 2, 1, 2, 3, 10)], ids=str)
def test_the_stored_picture_says_what_it_shows_and_is_the_same_every_time(x):
    one, two = ln.Spread(x=x), ln.Spread(x=x)
    assert one._repr_html_() == two._repr_html_()
    assert ln.figures.spread(np.array(x, float)).alt in repr(one) and f"by {len(x)} " in repr(one)
    state = json.loads(re.search(r'data-inputs="(.*?)"', one._repr_html_())[1].replace("&quot;", '"'))
    assert state == {"x": list(x), "preset": "Start"}
