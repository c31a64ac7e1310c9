"""A guess is asked, kept and shown beside the answer; the right answer comes from a computation."""
import numpy as np
import pytest

import layernorm as ln


def words(js, expression, **values):
    return js("guess/words")(expression, **values)


def test_the_right_option_is_the_one_that_the_computed_number_is_near():
    guess = ln.Guess("How large?", [0.00002, 0.6, 60, 20000])
    assert [guess.reveal(truth).right for truth in (1.8e-5, 0.71, 19736.0)] == [[0], [1], [3]]


def test_a_truth_far_from_every_option_is_refused():
    with pytest.raises(ValueError, match="no option"):
        ln.Guess("How large?", [1, 100]).reveal(10)


def test_a_truth_that_is_no_option_is_refused_by_name():
    with pytest.raises(ValueError, match="green"):
        ln.Guess("Which?", ["red", "blue"]).reveal("green")


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
    verdict, tag, said = words(js, "$words.verdict(card, choice)", card=card | {"tell": "Because."}, choice=choice)
    right = "1.732" if card["truth"] else ", ".join(card["options"][i] for i in card["right"])
    assert verdict == state and right in said and said.endswith("Because.")
    if state == "wrong":
        assert "You said" in said


def test_without_script_question_options_and_answer_are_words():
    card = ln.Guess("Which?", ["red", "blue"], truth="blue", tell="It is.")
    html = card._repr_html_()
    assert "<li>red</li>" in html and "<details>" in html and "blue. It is." in html
    assert "20000" in ln.Guess("How large?", [1, 20000]).reveal(np.float64(19736))._repr_html_()
