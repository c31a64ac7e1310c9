"""Items of the bank that said something false once: held to what they should say."""
import re

import numpy as np
import pytest

from layernorm import functional as F
from layernorm import practice
from layernorm.practice.words import fill


def ask(name):
    return practice.find(name).ask


def run(item, code):
    names = {"np": np}
    exec(code, names)
    return names


@pytest.mark.parametrize("name, said", [
    ("through-the-mean", "the same pull dy"), ("the-stream-adds-up", "each of mean square q"), ("same-output", "x = (2, 0, 4, 4)"),
    ("mean-zero-survives", "not constant"), ("test-the-port", "the same ε"), ("half-of-gamma", "ε = 0"), ("gradient-left", "x̂ is the same"),
    ("own-rms", "float16")])
def test_what_an_answer_rests_on_stands_in_the_question(name, said):
    assert said in re.sub(r"\s+", " ", ask(name))


@pytest.mark.parametrize("item", [item for item in practice.ITEMS if item.kind == "code"], ids=lambda item: item.name)
def test_a_function_that_may_not_change_what_it_gets_is_told_so(item):
    if any("in place" in promise.words or "left as they were" in promise.words for promise in item.promises):
        assert re.search(r"left as it was|as they were|changes nothing", item.ask)


@pytest.mark.parametrize("name", ["affine-gradients", "fold-away", "own-backward"])
@pytest.mark.parametrize("held", [list, tuple])
def test_several_arrays_may_come_in_a_list(name, held):
    item = practice.find(name)
    right = run(item, item.code)[item.function]
    assert practice.check(name, lambda *given, **named: held(right(*given, **named))).state == "held"
    assert practice.check(name, lambda *given, **named: held(right(*given, **named)[:1])).state == "broken"


def test_an_outlier_never_only_turns_the_signs():
    for case in practice.find("one-outlier").cases():
        assert not np.allclose(case.answer, -case.given["was"], atol=0.1)


def test_each_first_step_of_adam_has_an_answer_of_its_own_and_one_goes_one_way():
    answers = [tuple(case.answer) for case in practice.find("adam-first-step").cases()]
    assert len(set(answers)) == len(answers) and any(one * other > 0 for one, other in answers)


def test_no_slip_shares_its_number_with_gamma_plus_beta():
    item = practice.find("mean-square-of-y")
    for case in item.cases():
        known = [fill(words, case.given) for words, wrong in zip(item.wrong, case.wrong, strict=True)
                 if wrong.size and abs(wrong[0] - case.given["gamma"] - case.given["beta"]) < 1e-9]
        assert known and all("added γ and β" in words for words in known)


def test_a_matrix_left_alone_is_not_taken_for_one_mean_of_the_whole():
    item = practice.find("centre-what-writes")
    W, b = np.array([[3.0, 0], [-1, 1], [-2, -1]]), np.array([3.0, 0, 3])       # (d, m), (d,)
    assert W.mean() == 0 and [words for words, wrong in item.wrong.items() if "whole matrix" in words and wrong(W, b) is not None] == []


def test_the_mended_layer_takes_mean_and_spread_of_what_has_been():
    item, x = practice.find("looks-ahead"), np.random.default_rng(0).normal(size=(5, 3))        # (T, d)
    found = run(item, item.mended_code())["layer"](x, np.eye(3))
    for t in range(1, 5):
        past = x[:t + 1]                                          # (t + 1, d)
        np.testing.assert_allclose(found[t], (x[t] - past.mean(0)) / np.sqrt(past.var(0) + 1e-5), rtol=1e-6)


def test_no_other_line_makes_a_block_post_ln():
    item = practice.find("post-in-name-only")
    for line, other in ((6, "    x = norm(norm(x) + mlp(norm(x)))"), (6, "    x = norm(norm(x) + mlp(x))"), (7, "    return norm(x)")):
        lines = item.lines()
        lines[line - 1] = other
        assert item.run("\n".join(lines)), other


def test_companions_says_what_the_number_of_groups_is():
    words = next(words for words in practice.find("companions").wrong if "{group}" in words)
    assert words.startswith("{groups} is the number of groups")


def test_nothing_flowing_back_to_two_inputs_contradicts_no_feedback():
    x, dy = np.array([1.0, 5, 1, 5]), np.array([1.0, 0, -1, 0])   # (d,) each
    _, mean, rstd = F.layer_norm(x, eps=0.0, return_stats=True)
    silent = F.layer_norm_backward(dy, x, mean, rstd)[0] == 0     # (d,)
    assert silent.sum() == 2 and not any("whenever the others do" in words for words in practice.find("fourth-number").wrong)


def test_a_bug_that_has_more_than_one_mend_asks_for_what_has_one():
    assert "to blame" in ask("blind-test") and "wrong shape" in ask("square-batch") and "future in" in ask("looks-ahead")


def test_items_of_the_later_chapters_ask_something_new():
    options = [frozenset(option.why for option in item.options) for item in practice.ITEMS if item.kind in ("choose", "predict")]
    assert len(set(options)) == len(options)
    over_tokens = [item.name for item in practice.ITEMS if "LayerNorm((" in item.ask and item.kind == "shapes"]
    assert over_tokens == ["norm-over-tokens"]


def test_the_layer_that_answers_begins_with_the_x_of_the_question():
    from layernorm.practice.bank import refreshers
    assert practice.find("input-feels").reveal[1]["x"] == refreshers._X.tolist()


def test_only_a_prediction_shows_what_happens():
    assert [item.name for item in practice.ITEMS if item.reveal and item.kind != "predict"] == []
