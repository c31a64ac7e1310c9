"""Layer tells the truth: its arithmetic is NumPy's and torch's, its sentences follow from its numbers, bad input is refused."""
import re

import numpy as np
import pytest
import traitlets

import layernorm as ln
from layernorm.explorables.layer import PRESETS

GIVEN = {"x": [1, 4, -2], "W": [[2, 1, -1], [1, 1, 0.5]], "b": [0.5, -1], "dy": [1, -0.5]}
RANDOM = [{"x": rng.normal(size=3).round(2).tolist(), "W": rng.normal(size=(2, 3)).round(2).tolist(), "b": rng.normal(size=2).round(2).tolist(),
           "dy": rng.normal(size=2).round(2).tolist()} for rng in map(np.random.default_rng, range(12))]
ZEROS = [GIVEN | {"x": [0, 0, 0]}, GIVEN | {"dy": [0, 0]}, GIVEN | {"b": [-50, -50]}, GIVEN | {"dy": [0, 1], "b": [0, -9]}]
EACH = pytest.mark.parametrize("state", [GIVEN, *RANDOM, *ZEROS])


def passes(js, state):
    return js("layer/passes")("$passes.passes(s)", s=state)


def presets(js):
    return js("layer/speech")("Object.fromEntries(Object.entries($speech.PRESETS))")


def moved(js, state, quiz, u=1):
    return state | js("layer/passes")("$passes.moved(s, q, u)", s=state, q=quiz, u=u)


def plain(text):
    return re.sub("<[^>]+>", "", text).replace("\u00a0", " ")


@EACH
def test_forward_and_back_are_numpys_and_pythons(js, state):
    n, layer = passes(js, state), ln.Layer(**state)
    for name in ("z", "y", "dz", "dW", "dx"):
        np.testing.assert_allclose(n[name], getattr(layer, name), atol=1e-12, err_msg=name)
    np.testing.assert_array_equal(layer.db, layer.dz)


@EACH
def test_gradients_are_what_a_nudge_of_the_loss_finds(state):
    layer = ln.Layer(**state)
    if np.abs(layer.z).min() < 1e-3:
        pytest.skip("at its corner a ReLU has no gradient")
    loss, h = lambda one: float(np.dot(one.dy, one.y)), 1e-5
    for name, gradient in (("x", layer.dx), ("W", layer.dW), ("b", layer.db)):
        for index in np.ndindex(gradient.shape):
            up, down = ({name: np.array(state[name], float)} for _ in range(2))
            up[name][index] += h
            down[name][index] -= h
            slope = (loss(ln.Layer(**state | up)) - loss(ln.Layer(**state | down))) / (2 * h)
            assert slope == pytest.approx(gradient[index], abs=1e-6), (name, index)


@EACH
def test_torchs_autograd_agrees(state):
    torch = pytest.importorskip("torch")
    x, W, b = (torch.tensor(state[name], dtype=torch.float64, requires_grad=True) for name in ("x", "W", "b"))
    (torch.relu(torch.nn.functional.linear(x, W, b)) * torch.tensor(state["dy"], dtype=torch.float64)).sum().backward()
    layer = ln.Layer(**state)
    for theirs, ours in ((x, layer.dx), (W, layer.dW), (b, layer.db)):
        np.testing.assert_allclose(theirs.grad, ours, atol=1e-12)


def test_a_larger_input_enlarges_its_own_column_and_nothing_else():
    before, after = ln.Layer(), ln.Layer(x=[10, 4, -2])
    np.testing.assert_allclose(after.dW, before.dW * [10, 1, 1])
    np.testing.assert_array_equal(after.dx, before.dx)


# --- What is asked --------------------------------------------------------------------------------------

def test_python_and_javascript_know_the_same_inputs_and_presets(js):
    asked = re.search(r"const INPUTS = \[([^\]]+)\]", ln.Layer._esm)[1]
    assert set(re.findall(r'"(\w+)"', asked)) == set(ln.Layer().inputs())
    assert list(presets(js)) == PRESETS
    start = presets(js)[PRESETS[0]]["start"]
    assert {name: getattr(ln.Layer(), name) for name in start} == start


@pytest.mark.parametrize("name, wanted", [("One feature", {0, 3}), ("All features", {0, 1, 2, 3, 4, 5}), ("One push", {3, 4, 5, 6, 7, 8}),
                                          ("Shut ReLU", {2}), ("Once more", {0, 3, 4, 5, 6, 7, 8})])
def test_each_question_has_its_own_answer(js, name, wanted):
    quiz = presets(js)[name]
    end = moved(js, quiz["start"], quiz)
    old, new = ln.Layer(**quiz["start"]), ln.Layer(**end)
    differ = np.flatnonzero(~np.isclose([*old.dW.flat, *old.dx], [*new.dW.flat, *new.dx]))
    assert set(differ.tolist()) == wanted == set(js("layer/passes")("$passes.changed($passes.passes(a), $passes.passes(b))", a=quiz["start"], b=end))


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("state", [None, *RANDOM[:4], *ZEROS])
def test_a_verdict_counts_what_was_chosen_against_what_changed(js, name, state):
    quiz = presets(js)[name]
    start = state or quiz["start"]
    end = moved(js, start, quiz)
    truth = js("layer/passes")("$passes.changed($passes.passes(a), $passes.passes(b))", a=start, b=end)

    def said(guess):
        return js("layer/speech")("$speech.verdict(g, a, b, q)", g=guess, a=start, b=end, q=quiz)
    assert said(truth)["words"][0] == "right" and set(said(truth)["marks"].values()) <= {"right"}
    for k in range(9):
        other = sorted(set(truth) ^ {k})
        kind, tag, words = said(other)["words"]
        assert kind == "wrong" and ("1 missing, 0 too many" if k in truth else "0 missing, 1 too many") in words
        assert said(other)["marks"][str(k)] == ("missing" if k in truth else "wrong")


def test_the_way_of_a_question_begins_where_it_is_and_ends_where_it_says(js):
    quiz = {"grow": [1], "times": 10}
    assert moved(js, GIVEN, quiz, 0)["x"] == [1, 4, -2]
    assert moved(js, GIVEN, quiz, 0.5)["x"] == pytest.approx([1, 4 * 10**0.5, -2], rel=1e-5)
    assert moved(js, GIVEN, quiz)["x"] == [1, 40, -2]
    assert moved(js, GIVEN | {"x": [1, 5000, 0]}, quiz)["x"][1] == 1e4 == ln.Layer.x.size


def test_at_the_limit_all_entries_grow_by_one_factor_and_what_cannot_grow_is_said(js):
    every = presets(js)["All features"]
    start = GIVEN | {"x": [1, 5000, -1]}
    assert moved(js, start, every)["x"] == [2, 1e4, -2]
    assert sentence(js, moved(js, start, every), start).startswith("All of x is 2 times what it was, and so is all of dW.")
    for name, full, said in (("One feature", {"x": [1e4, 4, -2]}, "x₁ is as large as it may be here: nothing moved."),
                             ("One feature", {"x": [0, 4, -1e4]}, "0 times anything is 0: nothing moved."),
                             ("One push", {"dy": [1, 100]}, "dy₂ is as large as it may be here: nothing moved.")):
        state, quiz = GIVEN | full, presets(js)[name]
        end = moved(js, state, quiz)
        assert end == state
        assert js("layer/speech")("$speech.verdict([], a, b, q)", a=state, b=end, q=quiz)["words"][1:] == ["✓ As you said.", said]


# --- What is said ---------------------------------------------------------------------------------------

def sentence(js, now, before, chosen=None):
    return plain(js("layer/speech")("$speech.sentence($passes_(n), $passes_(b), c)".replace("$passes_", "$passes.passes"), n=now, b=before, c=chosen))


@EACH
def test_every_sentence_is_whole_and_short(js, state):
    words = [sentence(js, state, state, k) for k in (None, *range(9))]
    for name, quiz in presets(js).items():
        end = moved(js, state, quiz)
        words += [sentence(js, end, state), js("layer/speech")("$speech.reason($passes.passes(b), $passes.passes(a), q)", b=state, a=end, q=quiz),
                  js("layer/speech")("$speech.ask(q)", q=quiz)]
        assert name
    for one in map(plain, words):
        assert one.endswith(".") and len(one) <= 150 and not re.search(r"undefined|NaN|null|Infinity|\.\.|--", one), one


def test_the_sentence_names_the_largest_gradient(js):
    assert sentence(js, GIVEN, GIVEN) == "The largest push that ReLU lets through meets the input of largest size in dW₁₂ = 1 · 4 = 4."
    for state in RANDOM:
        layer = ln.Layer(**state)
        if layer.dz.any():
            i, j = np.unravel_index(np.abs(layer.dW).argmax(), (2, 3))
            assert f"dW{'₁₂₃'[i]}{'₁₂₃'[j]} = " in sentence(js, state, state)


@pytest.mark.parametrize("change, said", [
    ({"x": [10, 4, -2]}, "x₁ is 10 times what it was, and so is column 1 of dW. dx is what it was."),
    ({"x": [0.5, 2, -1]}, "All of x is 0.5 times what it was, and so is all of dW. dx is what it was."),
    ({"dy": [1, -1]}, "dy₂ is 2 times what it was, and so is row 2 of dW. dx carries it too."),
    ({"x": [1, 4, -20]}, "x₃ is 10 times what it was. But ReLU shut for z₂, so row 2 and dx changed too.")])
def test_a_change_is_told_with_what_it_moved_and_what_it_did_not(js, change, said):
    assert sentence(js, GIVEN | change, GIVEN) == said


def test_a_shut_relu_is_given_as_the_reason_of_a_zero(js):
    shut = GIVEN | {"x": [1, -4, -2]}
    assert sentence(js, shut, shut, 4) == "dW₂₂ = dz₂ · x₂ = 0 · (−4) = 0: its output’s push times its input. ReLU is shut, since z₂ is −5."
    assert sentence(js, shut, shut, 6) == "dx₁ = 2 · 1 + 1 · 0 = 2: weights times pushes, no x in it."
    deaf = shut | {"x": [-9, -4, -2]}
    assert sentence(js, deaf | {"x": [-9, -4, -6]}, deaf) == "x₃ is 3 times what it was. No output passes a push on: every gradient stays 0."
    assert "nothing heard of it" in sentence(js, shut | {"dy": [1, -1]}, shut)


@pytest.mark.parametrize("values, wanted", [([1, 10], [-2, 10]), ([-2, 1], [-2, 1]), ([0, 0], [-0.2, 0.2]), ([-20, 4], [-20, 4]), ([0.03], [-0.006, 0.03]),
                                            ([4.2, -1.1], [-1.5, 5])])
def test_a_scale_holds_its_values_and_ends_in_round_numbers(js, values, wanted):
    assert js("layer/passes")("$passes.ends(v)", v=values) == pytest.approx(wanted)


# --- From Python ----------------------------------------------------------------------------------------

def test_results_follow_what_python_sets():
    layer = ln.Layer(x=[10, 4, -2])
    assert layer.dW[0].tolist() == [10, 4, -2] and layer.y.tolist() == [26.5, 12]
    layer.x = np.array([1, -4, -2])
    assert layer.dW[1].tolist() == [0, 0, 0] and layer.dx.tolist() == [2, 1, -1]


def test_output_is_the_same_for_the_same_state_and_says_what_it_shows():
    assert ln.Layer()._repr_html_() == ln.Layer(x=np.array([1, 4, -2]))._repr_html_()
    alt = ln.Layer(x=[1, -4, -2]).picture().alt
    assert "output (0.5, 0)" in alt and "(1, −4, −2), (0, 0, 0)" in alt and "The input feels (2, 1, −1)" in alt


@pytest.mark.parametrize("state", [*RANDOM[:3], *ZEROS])
def test_every_state_has_a_picture(state):
    assert ln.Layer(**state).picture().svg.startswith("<svg")


@pytest.mark.parametrize("name, value", [
    ("x", [1, 2]), ("x", [1, 2, 3, 4]), ("x", [1, 2, np.nan]), ("x", [1, 2, 20000]), ("x", "abc"), ("x", None), ("x", [True, "a", 1]), ("b", [1]), ("b", [1, 101]),
    ("dy", [1, 2, 3]), ("dy", 1), ("dy", [np.inf, 0]), ("W", [[1, 2, 3]]), ("W", [[1, 2], [3, 4]]), ("W", [[1, 2, 3], [4, 5]]), ("W", [[1, 2, np.nan], [1, 2, 3]]),
    ("W", [[1, 2, 3], [4, 5, 600]]), ("W", [["a"] * 3] * 2), ("W", None), ("preset", "Two features"), ("preset", None)])
def test_a_wrong_value_is_refused_by_name_and_nothing_is_lost(name, value):
    layer = ln.Layer()
    before = layer.inputs()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(layer, name, value)
    assert layer.inputs() == before
    with pytest.raises(traitlets.TraitError, match=name):
        ln.Layer(**{name: value})
