"""A guess is asked, kept and shown beside the answer; the right answer comes from a computation."""
import re
from pathlib import Path

import numpy as np
import pytest

import layernorm as ln


def words(js, expression, **values):
    return js("guess/words")(expression, **values)


def test_the_right_option_is_the_one_that_the_computed_number_is_near():
    guess = ln.Guess("How large?", [0.00002, 0.6, 60, 20000])
    assert [guess.reveal(truth).right for truth in (1.8e-5, 0.71, 19736.0)] == [[0], [1], [3]]


def test_an_exact_option_is_right_even_if_it_is_zero_and_whole_numbers_stay_whole():
    guess = ln.Guess("How many?", [0, 5, 124439808])
    assert guess.options == ["0", "5", "124439808"] and guess.reveal(0).right == [0]
    assert "Answer. 18432." in ln.Guess("How many?").reveal(18432)._repr_html_().replace("</b>", "")


@pytest.mark.parametrize("options, truth, many, said", [
    ([1, 100], 10, False, "none of these: 10"), ([0, 5], 1e-9, False, "none of these: 0.000000001"), (["red", "blue"], "green", False, "none of these: green"),
    (["a", "b"], ["b", "c"], True, "b, none of these: c")])
def test_whoever_changes_a_cell_sees_what_came_of_it(js, options, truth, many, said):
    answer = ln.Guess("Which?", options, many=many).reveal(truth, "Because.")
    assert f"{said}." in repr(answer) and "Because" not in repr(answer)     # the reason was that of another answer
    card = {key: answer.inputs()[key] for key in ("options", "right", "truth", "other", "tell")}
    for choice in ([0], [1], [0, 1], answer.right):
        verdict, _, words_ = words(js, "$words.verdict(card, choice)", card=card, choice=choice)
        assert verdict == "wrong" and words_.strip().endswith(f"; the answer: {said}.")
    assert words(js, "$words.verdict(card, null)", card=card)[2].strip() == f"{said}."


@pytest.mark.parametrize("options, truth, reasons, told", [
    (["yes", "no"], "no", {"no": "Because."}, True), (["yes", "no"], "yes", {"no": "Because."}, False), ([1, 20000], 19736, {20000: "Because."}, True),
    ([1, 20000], 1.1, {20000: "Because."}, False), (["a, b", "c", "d"], ["c", "a, b"], {("a, b", "c"): "Because."}, True),
    (["a", "b"], ["a"], {("a", "b"): "Because."}, False), (["a", "b"], [], {"a": "Because."}, False), (None, 1.73205, {3**0.5: "Because."}, True),
    (None, 2, {3**0.5: "Because."}, False), (["a", "b"], ["a", "x"], {"a": "Because."}, False)])
def test_a_reason_may_belong_to_one_answer(options, truth, reasons, told):
    answer = ln.Guess("Which?", options, many=isinstance(truth, list)).reveal(truth, reasons)
    assert answer.tell == ("Because." if told else "")


@pytest.mark.parametrize("options", ["abc", [], ["a"], [1, "a"]])
def test_options_that_are_no_choice_are_refused(options):
    with pytest.raises(ValueError, match="options must be two or more, all of them texts or all of them numbers, got"):
        ln.Guess("Which?", options)


@pytest.mark.parametrize("options, truth, kind", [
    (["a", "b"], 3, "one or more of its options"), (["a", "b"], None, "one or more of its options"), ([1, 2], "a", "a number"), ([1, 2], [1, 2], "a number"), (None, "a", "a number"),
    (None, 1j, "a number")])
def test_an_answer_of_another_kind_is_refused_with_its_question(options, truth, kind):
    with pytest.raises(TypeError, match=rf"the answer to 'Which\?' must be {kind}, got"):
        ln.Guess("Which?", options).reveal(truth)


def test_where_it_must_be_exact_an_option_that_is_near_is_another_number():
    guess = ln.Guess("Which?", [1.4, 1.5667, 5])
    assert guess.reveal(1.56667, exact=True).right == [1]
    for truth, other in ((1.3667, "1.367"), (1.525, "1.525")):
        answer = guess.reveal(truth, "Because.", exact=True)
        assert (answer.right, answer.other, answer.tell) == ([], other, "")
    assert guess.reveal(1.3667).right == [0], "a measured number may be near"


def test_no_published_answer_is_none_of_these():
    stored = [path.read_text("utf-8") for path in (Path(__file__).parent.parent / "chapters").glob("*.ipynb")]
    assert stored and all(re.search(r"Answer\.[^\n]*none of these", text) is None for text in stored)


def test_a_number_that_is_only_close_is_kept_as_it_was_typed(js):
    card = {"options": [], "right": None, "other": "", "truth": 3**0.5, "tell": "Because."}
    tags = [words(js, "$words.verdict(card, choice)", card=card, choice=[typed])[1] for typed in (1.732, 1.74, 1.8)]
    assert tags == ["✓ As you said:", "✓ Close to your 1.74:", "✕ Not quite."]


def test_a_card_that_gives_its_own_answer_keeps_the_reason_from_another():
    assert [ln.Guess("Which?", ["a", "b"], truth=truth, tell="Because.").tell for truth in ("a", "c")] == ["Because.", ""]


def test_two_options_that_read_alike_are_refused():
    with pytest.raises(ValueError, match="options must differ"):
        ln.Guess("Which?", [0.12341, 0.12342])


def test_several_options_may_hold():
    assert ln.Guess("Which?", ["a", "b", "c"], many=True).reveal(["c", "a"]).right == [0, 2]


def test_the_answer_is_not_in_the_output_of_a_question_that_is_answered_later():
    guess = ln.Guess("How large can it become?", ["0.6", "20000"])
    guess.reveal("20000", "Because.")
    assert guess.right is None and "Because" not in guess._repr_html_() and "Because" not in repr(guess)


@pytest.mark.parametrize("card, choice, state", [
    ({"options": ["a", "b"], "right": [1], "truth": None}, [1], "right"), ({"options": ["a", "b"], "right": [1], "truth": None}, [0], "wrong"),
    ({"options": ["a", "b"], "right": [0, 1], "truth": None}, [0], "wrong"), ({"options": [], "right": None, "truth": 1.732}, [1.73], "right"),
    ({"options": [], "right": None, "truth": 1.732}, [2], "wrong"), ({"options": ["a"], "right": [0], "truth": None}, None, "told")])
def test_the_verdict_stands_beside_the_guess(js, card, choice, state):
    verdict, tag, said = words(js, "$words.verdict(card, choice)", card=card | {"tell": "Because.", "other": ""}, choice=choice)
    right = "1.732" if card["truth"] else ", ".join(card["options"][i] for i in card["right"])
    assert verdict == state and right in said and said.endswith("Because.")
    if state == "wrong":
        assert "You said" in said


def test_without_script_question_options_and_answer_are_words():
    card = ln.Guess("Which?", ["red", "blue"], truth="blue", tell="It is.")
    html = card._repr_html_()
    assert "<li>red</li>" in html and "<details>" in html and "blue. It is." in html
    assert "20000" in ln.Guess("How large?", [1, 20000]).reveal(np.float64(19736))._repr_html_()
