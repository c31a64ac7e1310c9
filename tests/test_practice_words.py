"""What the cards of the practice make of an answer, when items return, and what files they read: pure functions, in V8."""
import json
import math
from datetime import datetime

import numpy as np
import pytest

from layernorm import practice
from layernorm.explorables import paper
from layernorm.practice import forms
from layernorm.practice.words import fill

DAY = 86_400_000
NOW = int(datetime(2027, 1, 15, 9).timestamp()) * 1000            # nine in the morning, wherever this runs
TOMORROW = NOW + 15 * 3_600_000                                   # at midnight


def each(*kinds):
    return pytest.mark.parametrize("item", [item for item in practice.ITEMS if item.kind in kinds], ids=lambda item: item.name)


@pytest.fixture(scope="module")
def judged(js):
    call = js("practice/judging")

    def judge(item, given, at=0, places=None):
        seen, key = item.card()
        if places is None:
            return call("$judging.judge(seen, key, at, given)", seen=seen, key=key, at=at, given=given)
        return call("$judging.judge(seen, key, at, given, places)", seen=seen, key=key, at=at, given=given, places=places)
    return judge


@each("compute", "shapes")
def test_the_truth_is_right_and_each_mistake_is_called_by_its_name(item, judged):
    for at, case in enumerate(item.cases()):
        assert judged(item, case.answer.tolist(), at)["right"]
        for k, (words, wrong) in enumerate(zip(item.wrong, case.wrong, strict=True)):
            if wrong.size:
                found = judged(item, wrong.tolist(), at)
                assert not found["right"] and found["known"] == k and found["words"] == fill(words, case.given)


@each("compute")
def test_three_digits_are_enough(item, judged):
    for at, case in enumerate(item.cases()):
        rounded = [value and round(value, 2 - math.floor(math.log10(abs(value)))) for value in case.answer.tolist()]
        assert judged(item, rounded, at)["right"]


@each("choose")
def test_one_option_too_many_or_too_few_is_told_with_its_reason(item, judged):
    right = item.right()
    assert judged(item, right) == {"right": True, "words": ""}
    for k, option in enumerate(item.options):
        found = judged(item, sorted(set(right) ^ {k}))
        assert not found["right"] and option.why in found["words"] and option.text in found["words"]
        assert ("left it out" if k in right else "said that it holds") in found["words"]
    every = judged(item, [k for k in range(len(item.options)) if k not in right])["words"]
    assert f"{['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven'][len(item.options) - 1]} are judged wrongly in all." in every


@each("predict")
def test_every_prediction_gets_its_reason(item, judged):
    for k, option in enumerate(item.options):
        assert judged(item, [k]) == {"right": option.true, "words": option.why}


@each("bug")
def test_the_wrong_line_shows_what_the_test_says(item, judged):
    found = judged(item, [item.line])
    assert found["right"] and item.run(item.code) in found["words"] and item.mended.strip() in found["words"]
    for line in set(range(1, len(item.lines()) + 1)) - {item.line}:
        other = judged(item, [line])
        assert not other["right"] and other["words"].startswith(f"Line {line} is not it. ") and len(other["words"]) > 40


@each("order")
def test_the_first_line_out_of_place_is_told_by_the_reason_of_the_right_one(item, judged):
    shown = item.shuffled()
    right = [shown.index(k) for k in range(len(shown))]
    assert judged(item, right)["right"]
    for k in range(len(right) - 1):
        swapped = [*right[:k], right[k + 1], right[k], *right[k + 2:]]
        found = judged(item, swapped)
        assert not found["right"] and f"Line {k + 1} should" in found["words"] and item.steps[k].why in found["words"]
        before = ["", "The first line is right. ", *(f"The first {n} lines are right. " for n in ("two", "three", "four", "five"))][k]
        assert found["words"].startswith(f"{before}Line")


@each("explain")
def test_a_point_that_was_not_said_is_named(item, judged):
    assert judged(item, list(range(len(item.points))))["right"]
    assert item.points[0] in judged(item, [1])["words"]


def nudged(item, case, i, tolerances):
    """The truth of a case with one entry off by so many times what it may be off by."""
    given = case.answer.copy()
    given[i] += tolerances * item.tolerance(case.answer)[i]
    return given.tolist()


@pytest.fixture(scope="module")
def judged_all(js):
    call = js("practice/judging")

    def judge(item, at, given):
        seen, key = item.card()
        return call("given.map((one) => $judging.judge(seen, key, at, one))", seen=seen, key=key, at=at, given=given)
    return judge


@each("compute")
def test_an_entry_may_be_off_by_its_tolerance_and_by_no_more(item, judged_all):
    for at, case in enumerate(item.cases()):
        places = [i for i, tolerance in enumerate(item.tolerance(case.answer)) if tolerance]
        assert places and all(found["right"] for found in judged_all(item, at, [nudged(item, case, i, by) for i in places for by in (-0.9, 0.9)]))
        assert not any(found["right"] for found in judged_all(item, at, [nudged(item, case, i, by) for i in places for by in (-1.1, 1.1)]))


@each("shapes")
def test_a_count_that_is_off_by_one_is_wrong(item, judged_all):
    for at, case in enumerate(item.cases()):
        steps = np.eye(case.answer.size)                          # (numbers, numbers)
        assert not any(found["right"] for found in judged_all(item, at, [*(case.answer + steps).tolist(), *(case.answer - steps).tolist()]))


@each("compute")
def test_what_is_close_and_no_rounding_is_wrong(item, judged_all):
    """Unless it is a known mistake."""
    for at, case in enumerate(item.cases()):
        k = int(np.abs(case.answer).argmax())
        inside, outside = ([nudged(item, case, k, sign * times) for sign in (-1, 1)] for times in (9.5, 10.5))
        for found in judged_all(item, at, inside):
            assert not found["right"] and "slip" not in found and ("known" in found or found["words"].startswith("Close, but not it"))
        for found in judged_all(item, at, outside):
            assert not found["right"] and "slip" not in found and not found["words"].startswith("Close")


def test_a_small_number_is_measured_by_half_of_the_largest(js):
    key = {"wrong": ["far"], "cases": [{"answer": [100, 0.1], "wrong": [[5, 5]], "told": {}}]}
    given = [[100, 0.1 + off] for off in (-0.24, 0.24, -0.26, 0.26)]
    found = js("practice/judging")("given.map((one) => $judging.judge(seen, key, 0, one).right)", seen={"kind": "compute", "whole": False, "entrywise": False}, key=key, given=given)
    assert found == [True, True, False, False]


def test_one_number_that_is_no_known_slip_is_told_its_side_and_its_sign(judged):
    item = practice.find("var-of-three")
    [answer], wrong = item.cases()[0].answer, [float(one[0]) for one in item.cases()[0].wrong if one is not None]
    for given, words in ((7 * answer, "Too large. It is"), (answer / 7, "Too small. It is"), (-7 * answer, "In size it is too large, and of the other sign. It is")):
        assert min(abs(given - one) for one in wrong) > 0.05 * abs(given), "a known slip"
        assert judged(item, [given])["words"].startswith(words), words


def test_a_slip_is_named_within_its_own_tolerance_or_where_the_digits_are_few(js):
    key = {"wrong": ["You forgot the root."], "cases": [{"answer": [1], "wrong": [[50]], "told": {}}]}
    seen = {"kind": "compute", "whole": False, "entrywise": False}
    judge = js("practice/judging")
    for given, places, known in ((50 * 1.004, 4, True), (50 * 1.006, 4, False), (50 * 1.015, 4, False), (51, 0, False), (50, -1, True)):
        found = judge("$judging.judge(seen, key, 0, given, places)", seen=seen, key=key, given=[given], places=[places])
        assert ("known" in found) == known, given


def test_how_roughly_one_may_round_and_be_nearly_right_has_an_end(js):
    seen = {"kind": "compute", "whole": False, "entrywise": False}
    for answer, given, slip in ((0.447, 0.4, False), (0.44, 0.4, True), (1.46, 1, False), (0.2, 0, False)):
        key = {"wrong": ["far"], "cases": [{"answer": [answer], "wrong": [[500]], "told": {}}]}
        found = js("practice/judging")("$judging.judge(seen, key, 0, given, places)", seen=seen, key=key, given=[given], places=[1 if given else 0])
        assert found.get("slip", False) == slip, answer


@pytest.mark.parametrize("answer, given, words", [
    (-14, -20, "In size it is too large. It is"), (-14, -12, "In size it is too small. It is"), (-14, 0, "In size it is too small. It is"),
    (-14, 30, "In size it is too large, and of the other sign. It is"), (11, 0, "Too small. It is"), (11, -3, "In size it is too small, and of")])
def test_below_0_what_is_too_large_is_too_large_in_size(js, answer, given, words):
    key = {"wrong": ["far"], "cases": [{"answer": [answer], "wrong": [[500]], "told": {}}]}
    seen = {"kind": "compute", "whole": False, "entrywise": False}
    assert js("practice/judging")("$judging.judge(seen, key, 0, given)", seen=seen, key=key, given=[given])["words"].startswith(words)


def test_what_is_nearly_right_is_not_counted_and_a_turned_sign_is_seen(judged):
    item = practice.find("by-hand")
    answer = item.cases()[0].answer
    assert judged(item, (answer * 1.02).round(4).tolist(), places=[4] * 4)["words"] == "Close, but not it: go through the arithmetic again."
    assert "All signs are turned round." in judged(item, (-answer).tolist())["words"]
    assert judged(practice.find("largest-entry"), [-3])["words"] == "The size is right, the sign is not."
    assert judged(item, [-1.3, -0.45, 0.45, 1.3], places=[1, 2, 2, 1])["slip"], "two digits"
    assert judged(item, [-1.3, -0.4, 0.4, 1.3], places=[1, 1, 1, 1])["slip"], "one digit"
    assert "slip" not in judged(item, [-1.3, -0.45, 0.45, 1.38], places=[1, 2, 2, 2]), "digits enough, and wrong"
    assert "another order" in judged(item, [answer[1], answer[0], *answer[2:]])["words"]
    assert "Number 2" in judged(item, [answer[0], 9, *answer[2:]])["words"]
    assert "too large" in judged(practice.find("largest-entry"), [100])["words"].lower()


def test_both_sides_judge_with_the_same_tolerance(js):
    assert js("practice/judging")("[$judging.SHARE, $judging.LEAST, $judging.EXACT]") == [forms.SHARE, forms.LEAST, forms.EXACT]


def test_numbers_of_different_sizes_are_each_measured_by_themselves(js):
    call = js("practice/judging")
    key = {"wrong": ["far"], "cases": [{"answer": [0.02, 0.96], "wrong": [[5, 5]], "told": {}}]}
    for entrywise, right in ((False, True), (True, False)):
        seen = {"kind": "compute", "whole": False, "entrywise": entrywise}
        assert call("$judging.judge(seen, key, 0, given)", seen=seen, key=key, given=[0.0215, 0.96])["right"] == right


def test_kinds_have_one_name_with_and_without_script(js):
    assert {kind: js("practice/naming")("$naming.named(kind)", kind=kind) for kind in paper.KINDS} == paper.KINDS
    assert {item.kind for item in practice.ITEMS} == set(paper.KINDS)


def test_what_is_sealed_opens(js):
    key = {"words": 'σ² = {var} <b> & "quoted" \\ ~!', "n": [1, -2.5]}
    assert paper.seal(key) != json.dumps(key) and js("practice/seal")("$seal.unseal(text)", text=paper.seal(key)) == key


@pytest.mark.parametrize("text, numbers", [
    ("-1.342, -0.447, 0.447, 1.342", [-1.342, -0.447, 0.447, 1.342]), ("(−1.342; −.447 .447 1.342)", [-1.342, -0.447, 0.447, 1.342]),
    ("[1 2 3 4]", [1, 2, 3, 4]), ("1/2 3/4 -1/4 0", [0.5, 0.75, -0.25, 0]), ("√3 -1/√3 2√3 √2/2", [3**0.5, -(3**-0.5), 2 * 3**0.5, 2**0.5 / 2]),
    ("½ -1½ 3.16 x 10^-3 2", [0.5, -1.5, 0.00316, 2]), ("sqrt(3) -sqrt(2) +1 1e-5", [3**0.5, -(2**0.5), 1, 1e-5]), ("10⁻⁵ 2·10⁻³ 2 * 10^-3 5", [1e-5, 0.002, 0.002, 5]), ("2·10⁻³ 3×10^4 1 1", [0.002, 30000, 1, 1]),
    ("7.5/√(0.9+0.1*44/3) (8 - 0.5)/1.5 2-1 -(1+2)", [7.5 / (0.9 + 4.4 / 3)**0.5, 5, 1, -3]), ("-2/√(8/3) √(10⁻⁵) 10^-2.5 √10⁻⁵", [-2 / (8 / 3)**0.5, 10**-2.5, 10**-2.5, 10**-2.5]), ("(1/2) (3/4), (1) 2√3/3", [0.5, 0.75, 1, 2 * 3**0.5 / 3]),
    ("0,2,2,2", [0, 2, 2, 2]), ("(0,2, 2,2)", [0, 2, 2, 2]), ("1, 2, 3", None), ("", None), ("a b c d", None), ("1 2 3 1/0", None), ("0,5 0,5 1 1", None)])
def test_numbers_are_read_as_people_write_them(js, text, numbers):
    found = js("practice/reading")("$reading.read(text, form)", text=text, form={"many": 4, "whole": False})
    if numbers is None:
        assert found["error"] and "numbers" not in found
    else:
        assert found["numbers"] == pytest.approx(numbers)


def test_a_number_has_as_many_places_in_every_writing(js):
    found = js("practice/reading")("$reading.read(text, form)", text="0.0032 3.2e-3 3.2·10⁻³ -3.2*10^(-3) 2.4e2 24 1/2", form={"many": 7, "whole": False})
    assert found["places"] == [4, 4, 4, 4, -1, 0, None]


def test_what_was_rounded_too_much_is_not_counted_in_any_writing(js, judged):
    for text in ("0.0032", "3.2e-3", "3.2·10⁻³"):
        found = js("practice/reading")("$reading.read(text, form)", text=text, form={"many": 1, "whole": False})
        said = judged(practice.find("eps-half"), found["numbers"], places=found["places"])
        assert said["slip"] and not said["right"], text


@pytest.mark.parametrize("text, many, said", [
    ("", 4, "Type 4 numbers"), ("", 1, "Type a number"), ("half", 1, "“half” is no number here"), ("1 2", 4, "4 numbers are asked for, and 2 were read"),
    ("0,5", 1, "within one, write a point: 0.5"), ("0,5", 2, "one number or two? Write 0.5, or 0 5"), ("0,216 1", 3, "write a point: 0.216"), ("8 2/3", 1, "Write 8 2/3 as 26/3"), ("1 +", 2, "“+” is no number"),
    ("2(3", 1, "is no number"), ("√-1", 1, "is no number"), ("1e999", 1, "is no number")])
def test_what_cannot_be_read_is_answered_with_what_can(js, text, many, said):
    assert said in js("practice/reading")("$reading.read(text, form)", text=text, form={"many": many, "whole": False})["error"]


def test_the_places_of_a_decimal_are_known(js):
    found = js("practice/reading")("$reading.read(text, form)", text="-1.30 .5 3 1/2", form={"many": 4, "whole": False})
    assert found["places"] == [2, 1, 0, None]


def test_a_count_may_have_its_thousands_apart(js):
    assert js("practice/reading")("$reading.read(text, form)", text="38,400", form={"many": 1, "whole": True})["numbers"] == [38400]
    assert js("practice/reading")("$reading.read(text, form)", text="39 321 600", form={"many": 1, "whole": True})["numbers"] == [39321600]
    assert js("practice/reading")("$reading.read(text, form)", text="6,400", form={"many": 2, "whole": True})["numbers"] == [6, 400]


@pytest.mark.parametrize("text, said", [("64√3", "“64√3”: a count is a whole number."), ("43.7", "“43.7”: a count is"), ("8/2", None), ("1e3", None)])
def test_a_count_that_is_not_whole_is_asked_for_again_and_not_judged(js, text, said):
    found = js("practice/reading")("$reading.read(text, form)", text=text, form={"many": 1, "whole": True})
    assert found["error"].startswith(said) if said else "error" not in found


# --- When an item returns -------------------------------------------------------------------

@pytest.fixture(scope="module")
def progress(js):
    return js("practice/progress")


def answers(progress, *given):
    """The progress after answers ``(name, right, sure, hinted, time)`` to an item that has other numbers each time."""
    state = progress("$progress.empty()")
    for at, (name, right, sure, hinted, time) in enumerate(given):
        state = progress("$progress.answer(p, name, a)", p=state, name=name,
                         a={"right": right, "sure": sure, "hinted": hinted, "at": at, "time": time})
    return state


def stage(progress, state, name):
    return progress("$progress.stage(p.items[name])", p=state, name=name)


def test_right_without_a_hint_is_passed_and_again_on_a_later_day_is_kept(progress):
    once = answers(progress, ("a", True, True, False, NOW))
    assert stage(progress, once, "a") == "passed" and once["items"]["a"]["due"] == TOMORROW
    soon = answers(progress, ("a", True, True, False, NOW), ("a", True, True, False, TOMORROW - 1))
    assert stage(progress, soon, "a") == "passed"
    later = answers(progress, ("a", True, True, False, NOW), ("a", True, True, False, TOMORROW))
    assert stage(progress, later, "a") == "kept"


@pytest.mark.parametrize("others", (True, False), ids=("with other numbers", "the same question"))
def test_what_is_practised_late_in_the_evening_too_is_due_and_kept_the_next_morning(progress, others):
    state = progress("$progress.empty()")
    for at, time in enumerate((NOW, TOMORROW - 60_000, TOMORROW + 60_000)):
        assert time < TOMORROW or state["items"]["a"]["due"] <= time
        state = progress("$progress.answer(p, 'a', given)", p=state,
                         given={"right": True, "sure": True, "hinted": False, "at": at if others else 0, "time": time})
    assert stage(progress, state, "a") == "kept" and state["items"]["a"]["row"] == 2


def test_with_a_hint_or_a_wrong_answer_nothing_is_kept(progress):
    for later in (True, True, True, NOW + DAY), (False, True, False, NOW + DAY):
        state = answers(progress, ("a", True, True, False, NOW), ("a", *later))
        assert stage(progress, state, "a") == "passed" and state["items"]["a"]["passed"] == NOW
    helped = answers(progress, ("a", True, True, False, NOW), ("a", True, True, True, NOW + DAY))["items"]["a"]
    assert helped["row"] == 1 and helped["due"] == TOMORROW + DAY, "with a hint the pause does not grow"
    hinted = answers(progress, ("a", True, True, True, NOW), ("a", True, True, False, NOW + DAY))
    assert stage(progress, hinted, "a") == "passed" and hinted["items"]["a"]["passed"] == NOW + DAY, "kept begins with the pass, not with the try"


def test_a_hint_or_a_wrong_answer_is_no_pass(progress):
    assert stage(progress, answers(progress, ("a", True, True, True, NOW)), "a") == "tried"
    assert stage(progress, answers(progress, ("a", False, True, False, NOW)), "a") == "tried"
    assert stage(progress, answers(progress), "a") == "new"


def test_what_goes_well_returns_after_longer_and_longer_pauses(progress):
    given, time, pauses = [], NOW, []
    for _ in range(6):
        given.append(("a", True, True, False, time))
        state = answers(progress, *given)
        pauses.append(progress("$progress.daysBetween(a, b)", a=time, b=state["items"]["a"]["due"]))
        time = state["items"]["a"]["due"]
    assert pauses == [1, 3, 7, 21, 60, 60]
    lost = answers(progress, *given, ("a", False, False, False, time))
    assert lost["items"]["a"]["due"] == time and stage(progress, lost, "a") == "kept"
    guessed = answers(progress, *given, ("a", True, False, False, time))
    assert progress("$progress.daysBetween(a, b)", a=time, b=guessed["items"]["a"]["due"]) == 1, "right, but unsure: no longer pause"


def test_many_right_answers_on_one_day_move_no_date(progress):
    state = answers(progress, *[("a", True, True, False, NOW + k) for k in range(6)])
    assert state["items"]["a"]["due"] == TOMORROW and state["items"]["a"]["row"] == 1
    wrong = answers(progress, ("a", True, True, False, NOW), ("a", False, True, False, NOW + 5))
    assert wrong["items"]["a"]["due"] == NOW + 5, "a wrong one brings it back at once"


def test_the_same_question_again_on_the_same_day_is_no_pass(progress):
    def after(at, later):
        state = progress("$progress.empty()")
        for right, case, time in ((False, 0, NOW), (False, 1, NOW + 1), (True, at, NOW + later)):
            given = {"right": right, "sure": True, "hinted": False, "at": case, "time": time}
            state = progress("$progress.answer(p, 'a', given)", p=state, given=given)
        return stage(progress, state, "a")
    assert after(0, 60_000) == after(1, 60_000) == "tried" and after(2, 60_000) == after(0, DAY) == "passed"


def test_sure_and_wrong_comes_first_and_concepts_take_turns(progress):
    state = answers(progress, ("a", False, False, False, NOW - 9), ("b", False, False, False, NOW - 8), ("c", False, True, False, NOW - 1),
                    ("d", False, False, False, NOW - 7), ("e", True, True, False, NOW))
    items = [{"name": name, "concept": concept} for name, concept in
             [("a", "eps"), ("b", "eps"), ("c", "axes"), ("d", "axes"), ("e", "one"), ("f", "one")]]
    order = [one["name"] for one in progress("$progress.due(p, items, now)", p=state, items=items, now=NOW)]
    assert order == ["c", "a", "d", "b"]


def test_a_gate_is_kept_only_on_a_day_after_it_was_passed(progress):
    def run(*results):
        state = progress("$progress.empty()")
        for passed, time in results:
            state = progress("$progress.gate(p, 1, r)", p=state, r={"passed": passed, "time": time})
        return state["gates"]["1"]
    assert "passed" not in run((False, NOW))
    assert run((True, NOW))["passed"] == NOW and "kept" not in run((True, NOW), (True, TOMORROW - 1))
    assert run((True, NOW), (False, NOW + DAY), (True, NOW + DAY + 1))["kept"] == NOW + DAY + 1
    assert run((True, NOW), (True, NOW + DAY))["runs"] == 2
    for later in True, False:
        assert run((True, NOW), (True, NOW + DAY), (later, NOW + 2 * DAY))["kept"] == NOW + DAY, "what is kept stays so"


@pytest.mark.parametrize("passed, kept, sign, words", [(0, 0, "", ""), (0.2, 0, "·", "a part"), (0.5, 0.4, "✓", "most of it passed"), (1, 0.5, "✓✓", "most of it kept")])
def test_the_map_says_how_far_a_concept_has_come(js, passed, kept, sign, words):
    assert js("due/reminders")("$reminders.reached(share)", share={"passed": passed, "kept": kept}) == {"sign": sign, "words": words}


def test_the_share_of_a_concept_counts_what_is_kept_as_passed_too(progress):
    state = answers(progress, ("tried", False, True, False, NOW), ("passed", True, True, False, NOW), ("kept", True, True, False, NOW))
    state = progress("$progress.answer(p, 'kept', a)", p=state, a={"right": True, "sure": True, "hinted": False, "at": 3, "time": NOW + DAY})
    found = progress("$progress.share(p, names)", p=state, names=["new", "tried", "passed", "kept"])
    assert found == {"passed": 0.5, "kept": 0.25}


# --- Files ------------------------------------------------------------------------------------

def test_what_was_saved_is_read(progress):
    state = answers(progress, ("a", True, True, False, NOW))
    assert progress("$progress.read(text)", text=json.dumps(state))["progress"] == state


@pytest.mark.parametrize("text, said", [
    ("not json", "cannot be read as JSON"), ("[1, 2]", "holds something else"), ('{"cells": []}', "the mark of this course is missing"),
    ('{"layernorm": "practice"}', "no version that this course knows (none)"), ('{"layernorm": "practice", "version": 0, "items": {}, "gates": {}}', "no version"),
    ('{"layernorm": "practice", "version": 2, "items": {}, "gates": {}}', "newer version of the course"),
    ('{"layernorm": "practice", "version": 1, "items": []}', "its items are missing"),
    ('{"layernorm": "practice", "version": 1, "items": {"a": {"time": "yesterday"}}, "gates": {}}', "the entry “a” of its items"),
    ('{"layernorm": "practice", "version": 1, "items": {}, "gates": {"1": 7}}', "the entry “1” of its gates")])
def test_a_file_that_is_none_of_ours_is_told_so_and_changes_nothing(progress, text, said):
    found = progress("$progress.read(text)", text=text)
    assert said in found["error"] and found["error"].endswith("Nothing was changed.") and "progress" not in found


@pytest.mark.parametrize("spoilt", [{"due": "tomorrow"}, {"due": None}, {"passed": None}, {"case": "0"}, {"kept": [NOW]}, {"kept": {}}, {"row": -1}, {"row": 0.5},
                                    {"time": -NOW}, {"due": 1e300}, {"right": "true"}], ids=json.dumps)
def test_a_record_that_cannot_be_counted_on_is_damage(progress, spoilt):
    whole = {"row": 1, "time": NOW, "due": NOW + DAY, "case": 0, "right": True, "passed": NOW}
    gate = {"runs": 1, "time": NOW, "passed": NOW}

    def read(items, gates):
        return progress("$progress.read(text)", text=json.dumps({"layernorm": "practice", "version": 1, "items": items, "gates": gates}))
    assert read({"a": whole}, {"1": gate}) == {"progress": {"layernorm": "practice", "version": 1, "items": {"a": whole}, "gates": {"1": gate}}}
    assert "the entry “b” of its items" in read({"a": whole, "b": {**whole, **spoilt}}, {})["error"]
    assert "the entry “2” of its gates" in read({"a": whole}, {"1": gate, "2": {**gate, **spoilt}})["error"]


@pytest.mark.parametrize("part, lost", [("items", "row"), ("items", "time"), ("items", "due"), ("gates", "runs"), ("gates", "time")])
def test_a_record_without_what_is_counted_on_is_damage(progress, part, lost):
    """The next answer would be added to it, and nothing of the file that is written then could be read."""
    record = {key: 1 for key in ("row", "time", "due", "runs") if key != lost}
    found = progress("$progress.read(text)", text=json.dumps({"layernorm": "practice", "version": 1, "items": {}, "gates": {}, part: {"1": record}}))
    assert "damaged" in found["error"]


def test_whatever_is_written_can_be_read_again(progress):
    state = answers(progress, ("a", False, None, False, NOW), ("a", True, True, False, NOW + 1), ("b", True, False, True, NOW), ("a", True, True, False, NOW + 9 * DAY))
    state = progress("$progress.gate($progress.gate(p, 1, { passed: false, time: t }), 1, { passed: true, time: t + 1 })", p=state, t=NOW)
    assert progress("$progress.read(JSON.stringify(p))", p=state) == {"progress": state}
    assert set(state["items"]["a"]) == {"row", "time", "case", "met", "right", "sure", "due", "passed", "kept"}


def test_of_two_lives_the_earlier_pass_counts_and_nothing_is_kept_that_neither_kept(progress):
    early, late = (answers(progress, ("a", True, True, False, time)) for time in (NOW, NOW + 5 * DAY))
    kept = answers(progress, ("a", True, True, False, NOW + DAY), ("a", True, True, False, NOW + 4 * DAY))
    tried = answers(progress, ("a", False, True, False, NOW + 9 * DAY))

    def both(a, b):
        found = progress("[$progress.merge(a, b), $progress.merge(b, a)]", a=a, b=b)
        assert found[0] == found[1]
        return found[0]["items"]["a"]
    assert both(early, late)["passed"] == NOW and both(early, late)["time"] == NOW + 5 * DAY and "kept" not in both(early, late)
    assert both(kept, late)["kept"] == NOW + 4 * DAY and both(kept, late)["passed"] == NOW + DAY and both(kept, early)["passed"] == NOW
    assert both(tried, kept)["kept"] == NOW + 4 * DAY and both(tried, kept)["right"] is False
    assert both(tried, tried).keys().isdisjoint({"passed", "kept"})


def test_two_lives_join_their_gates(progress):
    gates = [progress("$progress.gate($progress.empty(), 1, { passed: true, time: t })", t=time) for time in (NOW, NOW + DAY)]
    both = progress("$progress.merge(a, b)", a=gates[1], b=gates[0])["gates"]["1"]
    assert both["passed"] == NOW and both["time"] == NOW + DAY and "kept" not in both


def test_two_lives_are_joined_and_neither_loses_what_it_reached(progress):
    mine = answers(progress, ("a", True, True, False, NOW), ("b", True, True, False, NOW + 5))
    theirs = answers(progress, ("a", False, True, False, NOW + 9), ("c", True, True, False, NOW))
    both = progress("$progress.merge(a, b)", a=mine, b=theirs)
    assert set(both["items"]) == {"a", "b", "c"}
    assert both["items"]["a"]["passed"] == NOW and both["items"]["a"]["right"] is False and both["items"]["a"]["due"] == NOW + 9
    assert both == progress("$progress.merge(b, a)", a=mine, b=theirs)


# --- A gate -------------------------------------------------------------------------------------

def run_of(js, *results):
    call = js("gate/run")
    run = call("$run.begin(6, 2)")
    for right in results:
        run = call("$run.advance(run, right)", run=run, right=right)
    return run, call("$run.outcome(run)", run=run)


def test_all_right_passes_a_gate(js):
    run, passed = run_of(js, *[True] * 6)
    assert passed and run["queue"] == []


def test_one_wrong_answer_comes_again_at_the_end(js):
    run, _ = run_of(js, True, False, True, True, True, True)
    assert run["queue"] == [1] and run["tries"][1] == 1
    assert run_of(js, True, False, True, True, True, True, True)[1]
    run, passed = run_of(js, True, False, True, True, True, True, False)
    assert run["queue"] == [] and not passed


def test_no_run_asks_with_the_numbers_of_another_one(js):
    call, seen = js("gate/run"), []
    for turn in range(3):
        run = call("$run.begin(6, turn)", turn=turn)
        seen.append(call("$run.numbered(run, 0)", run=run))
        seen.append(call("$run.numbered($run.advance(run, false), 0)", run=run))
    assert seen == [0, 1, 2, 3, 4, 5]


def test_a_run_that_was_left_goes_on_in_the_same_gate_only(js):
    call = js("gate/run")
    run = call("$run.advance($run.begin(6, 1), false)")
    assert call("$run.resumed(run, 6, 1)", run=run) == run
    for count, turn in ((5, 1), (6, 2)):
        assert call("$run.resumed(run, count, turn)", run=run, count=count, turn=turn) is None
    assert call("$run.resumed($run.begin(6, 1), 6, 1)") is call("$run.resumed(null, 6, 1)") is None


def test_the_end_of_a_gate_says_what_was_reached(js):
    won, lost = run_of(js, *[True] * 6)[0], run_of(js, False, False, True, True, True, True, True)[0]

    def said(run, **record):
        return js("gate/run")("$run.verdict(run, 6, record)", run=run, record={"time": NOW, **record})
    assert said(lost) == {"mark": "✕ Not yet.", "text": "4 of 6 were right at once. Reread what is listed, then come back: what has numbers will have others."}
    assert said(won, passed=NOW)["mark"] == "✓ Passed." and "tomorrow or later" in said(won, passed=NOW)["text"]
    again = said(won, passed=NOW - 1)
    assert again == {"mark": "✓ Passed again.", "text": "To be kept, it has to be on a later day."}
    assert said(won, passed=NOW - 2 * DAY, kept=NOW - DAY) == {"mark": "✓ Passed again.", "text": "It was kept already."}
    assert said(won, passed=NOW - DAY, kept=NOW)["mark"] == "✓✓ Kept."


def test_two_wrong_answers_do_not_pass_it(js):
    run, passed = run_of(js, False, False, True, True, True, True, True)
    assert not passed and run["queue"] == []
