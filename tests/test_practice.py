"""The bank: every item can be asked, its truth is computed, and each mistake that it knows is told from the truth and from the others."""
import ast
import dataclasses
import inspect
import json
import math
import re
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest

from layernorm import practice
from layernorm.explorables import paper
from layernorm.practice import bank, forms, mistakes
from layernorm.practice.words import fill, say, slots
from oracles import ORACLES, ORDERS, RIGHT, SHOWN, TYPED
from slips import SLIPS

ROOT = Path(__file__).parent.parent
CHAPTERS = {1: "01_definition", 2: "02_gamma_beta", 3: "03_batchnorm", 4: "04_transformers", 5: "05_in_use"}


def each(*kinds):
    found = [item for item in practice.ITEMS if item.kind in kinds or not kinds]
    return pytest.mark.parametrize("item", found, ids=lambda item: item.name)


def test_the_bank_holds_eighty_items_with_names_of_their_own():
    names = [item.name for item in practice.ITEMS]
    assert len(names) >= 80 and len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_no_item_is_written_and_forgotten():
    for module in (*bank.CHAPTERS.values(), bank.refreshers):
        written = {one.name for value in vars(module).values() for one in (value if isinstance(value, list) else [value]) if isinstance(one, forms.Item)}
        assert written == {item.name for item in module.ITEMS}, module.__name__


def test_every_kind_and_level_occurs_in_every_chapter():
    for chapter in CHAPTERS:
        own = [item for item in practice.ITEMS if item.chapter == chapter]
        assert {item.level for item in own} == set(forms.LEVELS), chapter
        assert {"compute", "choose", "predict", "bug", "order", "explain", "code"} <= {item.kind for item in own}, chapter
        assert sum(item.kind == "code" for item in own) >= 3, chapter
    assert any(item.kind == "shapes" for item in practice.ITEMS)


def test_the_exercises_of_the_lesson_are_among_them():
    assert practice.find("by-hand").first["x"].tolist() == [1, 2, 3, 4]
    assert "γ" in practice.find("gamma-zero").ask and "c" in practice.find("all-equal").ask
    assert all(all(practice.find(name).hints) and practice.find(name).solved() for name in ("by-hand", "gamma-zero", "all-equal"))


@each()
def test_an_item_is_whole(item):
    assert item.level in forms.LEVELS and item.chapter in {0, *CHAPTERS} and item.label in practice.SECTIONS
    assert item.concept in {concept.key for concept in practice.CONCEPTS}
    assert len(item.hints) == 2 and all(hint.strip() for hint in item.hints) and item.solved().strip() and item.ask.strip()
    seen, key = item.card()
    assert json.loads(json.dumps(seen)) == seen and json.loads(json.dumps(key)) == key


@each()
def test_the_page_source_tells_no_answer_in_plain_sight(item):
    seen, key = item.card()
    sealed = paper.seal(key)
    for words in [item.solution, *item.hints]:
        plain = re.sub(r"[{}].*", "", words)[:40].strip()
        assert len(plain) < 8 or plain not in sealed and plain not in json.dumps(seen, ensure_ascii=False)
    assert not {"right", "line", "order", "wrong", "answer"} & set(seen)


@pytest.mark.parametrize("off", [0, 1e-12, -1e-12])
def test_a_whole_answer_is_written_as_one_however_the_processor_adds(off):
    assert json.dumps(forms._plain(np.array([72.0, -3, 0.25]) * (1 + off))) == "[72, -3, 0.25]" and forms._plain([38_597_376]) == [38_597_376]


@each("compute", "shapes")
def test_a_computed_item_has_fresh_numbers_and_knows_mistakes(item):
    cases = item.cases()
    assert len(cases) == forms.CASES and len(item.wrong) >= 2
    assert len({fill(item.ask, case.given) for case in cases}) == len(cases)
    for case in cases:
        every = [one for one in (case.answer, *case.wrong) if one.size]
        assert len(every) >= 1 + forms.MISTAKES
        for k, one in enumerate(every):
            for other in every[:k]:
                apart = one.shape != other.shape or (np.abs(one - other) > 2 * np.maximum(item.tolerance(one), item.tolerance(other))).any()
                assert apart, f"{say(one)} and {say(other)} look alike"
        for words in [*item.hints, item.solution, *item.wrong]:
            assert "{" not in fill(words, case.given)


def drawn(item, case):
    """The numbers that were drawn for a case, arrays as lists."""
    names = item.draw(np.random.default_rng(0))
    return {name: np.asarray(case.given[name]).tolist() for name in names}


@each("compute", "shapes")
def test_what_a_computed_item_says_is_found_in_another_way(item):
    assert item.name in ORACLES, f"{item.name} has its truth from one place only: write one in tests/oracles.py"
    for case in item.cases():
        numbers = drawn(item, case)
        named = {"answer", *slots(" ".join([item.ask, *item.hints, item.solution, *item.wrong]))} - set(numbers)
        found = ORACLES[item.name](**numbers)
        assert named <= set(found), f"{item.name}: tests/oracles.py says nothing of {named - set(found)}"
        for name in named:
            np.testing.assert_allclose(np.ravel(case.given[name]), np.ravel(found[name]), rtol=1e-9, atol=1e-12, err_msg=f"{item.name}: {{{name}}} for {case.given}")
        np.testing.assert_array_equal(case.answer, np.ravel(case.given["answer"]))


def test_no_oracle_is_left_of_an_item_that_has_gone():
    assert set(ORACLES) <= {item.name for item in practice.ITEMS}


def alike(one, other):
    """To 1e-9 of each number, give or take 1e-12 of the largest, or of 1."""
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-9, atol=1e-12 * (np.abs(other).max() or 1))


@each("compute", "shapes")
def test_each_known_mistake_gives_what_its_text_says(item):
    slips = SLIPS.get(item.name, {})
    for start in slips:
        assert sum(words.startswith(start) for words in item.wrong) == 1, f"{item.name}: with “{start}”, in tests/slips.py, no mistake begins, or two do"
    for words, wrongs in zip(item.wrong, zip(*(case.wrong for case in item.cases()))):
        found = [slip for start, slip in slips.items() if words.startswith(start)]
        assert found, f"{item.name}: what comes of “{words}” is computed in one place only: write one in tests/slips.py"
        assert len(found) == 1, f"{item.name}: tests/slips.py says {len(found)} times what comes of “{words}”"
        for case, wrong in zip(item.cases(), wrongs):
            numbers = drawn(item, case)
            slip = np.ravel(found[0](**numbers)).astype(float)
            known = [wrong] if wrong.size else [case.answer, *case.wrong]      # these numbers do not show it: nobody could tell it from another
            assert any(alike(slip, one) for one in known), (
                f"{item.name}: of “{words}” comes {say(slip)} in tests/slips.py and {say(wrong) if wrong.size else 'nothing'} in the bank, for {numbers}")


def test_no_slip_is_left_of_an_item_that_has_gone():
    gone = set(SLIPS) - {item.name for item in practice.ITEMS if isinstance(item, practice.Compute)}
    assert not gone, f"tests/slips.py knows mistakes of {', '.join(sorted(gone))}, and no computed item has such a name"


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
RUN = r"[-\d.,·+−/√() ⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*"                                # what a sum between numbers is written with


def reckoned(run):
    """What comes out of ``2·10⁻³ · (3 + 1)``; None of a piece that is no sum, as ``+ 3`` of ``x + 3``."""
    plain = run.strip(" .,")
    if ", " in plain or not re.match(r"−?[\d√(]", plain) or plain[-1] in "·+−/√(":
        return None
    plain = re.sub(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: f"**({power[0].translate(RAISED)})", plain.replace(",", ""))
    plain = re.sub(r"√([\d.]+)", r"√(\1)", plain).translate({ord("√"): "sqrt", ord("·"): "*", ord("−"): "-"})
    try:
        return eval(plain, {"sqrt": math.sqrt})
    except SyntaxError:
        return None


def equations(text):
    """``(left, right, size)`` of each ``=`` with a sum of numbers on both sides: what they come to, and their largest number."""
    for left, right in zip(text.split("="), text.split("=")[1:]):
        runs = re.search(rf"(?:^| ){RUN}$", left), re.match(rf"{RUN}(?!\w)", right)
        if None not in (sides := [run and reckoned(run[0]) for run in runs]):
            yield *sides, max(float(number.replace(",", "").rstrip(".")) for run in runs for number in re.findall(r"\d[\d.,]*", run[0]))


@pytest.mark.parametrize("text, found", [
    ("It is 2 · (3 + 1) = 8.", [(8, 8)]), ("3 + 4 = 7, and √(9) = 3", [(7, 7), (3, 3)]), ("1/√4 + 2² = 4.5.", [(4.5, 4.5)]), ("x = 8", []), ("γ + 2 = 8", []),
    ("−3 · 2 = −6", [(-6, -6)]), ("2·10⁻³ · 5 = 0.01", [(0.01, 0.01)]), ("(1, 2) = 3", []), ("10,560/2 = 5280", [(5280, 5280)]), ("1 + 2 = 3 + x", []),
    ("so 2 + 3 = 9", [(5, 9)]), ("t²(1 + 1/2) = 3", []), ("x − 3 = 2", []), ("1 + 1 = 2 = 3", [(2, 2), (2, 3)])])
def test_sums_in_words_are_reckoned(text, found):
    assert [both for *both, _ in equations(text)] == [[pytest.approx(one) for one in both] for both in found]


def test_sums_in_worked_solutions_come_out():
    known = 0
    for item in practice.ITEMS:
        if isinstance(item, practice.Compute):
            assert "answer" in slots(item.solution), f"the worked solution of {item.name} does not come to its answer"
            for words, case in [(words, case) for words in [item.solution, *item.hints, *item.wrong] for case in item.cases()]:
                for left, right, size in equations(fill(words, case.given)):
                    known += 1
                    assert abs(left - right) <= 2e-3 * size, f"{item.name}: {left:g} is not {right:g} in “{fill(words, case.given)}”"
    assert known > 100, f"only {known} were read"


@pytest.mark.parametrize("what, eps, wrong", [
    ("with_d_minus_one", 1 / 3, (-1.061, -0.354, 0.354, 1.061)),  # (x − 2.5)/√(5/3 + 1/3)
    ("by_the_variance", 0.75, (-0.75, -0.25, 0.25, 0.75)),        # (x − 2.5)/(5/4 + 3/4)
    ("eps_outside", 0.5, (-0.927, -0.309, 0.309, 0.927)),         # (x − 2.5)/(√1.25 + 0.5)
    ("uncentred", 1, (0.667, 1.333, 2, 2.667)),                   # x/√(1.25 + 1)
    ("only_centred", None, (-1.5, -0.5, 0.5, 1.5)),               # x − 2.5
    ("by_the_rms", 1.5, (0.333, 0.667, 1, 1.333)),                # x/√(7.5 + 1.5)
])
def test_a_mistake_that_several_items_know_by_hand(what, eps, wrong):
    given = {} if eps is None else {"eps": eps}
    np.testing.assert_allclose(getattr(mistakes, what)(np.array([1.0, 2, 3, 4]), **given), wrong, atol=5e-4)


def test_each_mistake_that_several_items_know_has_an_example():
    (marked,) = test_a_mistake_that_several_items_know_by_hand.pytestmark
    assert {name for name, _ in inspect.getmembers(mistakes, inspect.isfunction)} == {what for what, *_ in marked.args[1]}


def test_numbers_that_cannot_be_drawn_say_why(monkeypatch):
    monkeypatch.setattr(forms, "TRIES", 20)
    item = dataclasses.replace(practice.find("sign-and-spread"), first=None)
    spoilt = dataclasses.replace(item, wrong={**item.wrong, "You guessed it.": item.answer})
    with pytest.raises(forms.ItemError, match=r"20 draws gave 0 of 6 .*“You guessed it\.” gives \d+, which looks like the truth, \d+"):
        spoilt.cases()
    twice = dataclasses.replace(item, wrong={**item.wrong, "You lost the sign.": lambda std, a, b: a * std})
    with pytest.raises(forms.ItemError, match=r"“You lost the sign\.” gives .* looks like “A standard deviation is a distance"):
        twice.cases()
    with pytest.raises(forms.ItemError, match="20 draws gave 1 of 6 cases. All others asked the same questions again."):
        dataclasses.replace(item, draw=lambda rng: {"std": 3.0, "a": -2.0, "b": 4.0}).cases()


@each("compute", "shapes")
def test_no_hint_and_no_feedback_gives_the_answer_away(item):
    for words in [*item.hints, *item.wrong]:
        assert "answer" not in slots(words)


def test_at_most_three_items_share_a_generator():
    def made(function):
        code = inspect.unwrap(function).__code__
        return code.co_code, repr(code.co_consts), code.co_names

    computed = [item for item in practice.ITEMS if isinstance(item, practice.Compute)]
    draws, truths = Counter(made(item.draw) for item in computed), Counter(made(item.answer) for item in computed)
    assert max(draws.values()) <= 3 and max(truths.values()) <= 3


def test_an_explorable_comes_with_predictions_only():
    """Elsewhere the numbers change, and it would show another case."""
    assert all(item.kind == "predict" for item in practice.ITEMS if item.reveal)


@each("choose", "predict")
def test_options_are_found_out_or_have_a_source(item):
    assert len({option.text for option in item.options}) == len(item.options) >= 3
    assert all(callable(option.holds) or option.source for option in item.options)
    assert all(option.why.strip() for option in item.options)
    if item.many:
        assert 0 < len(item.right()) < len(item.options)
    else:
        assert len(item.right()) == 1
    assert item.name in RIGHT, f"{item.name} has its truth from one place only: write it into RIGHT in tests/oracles.py"
    assert [k + 1 for k in item.right()] == [int(k) for k in RIGHT[item.name].split()], f"{item.name}: tests/oracles.py has another truth"


NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
SMALL = {"0", "1", "2", "3"}


def as_written(text, value):
    """Is the number in the text the value, rounded to its last digit that is not 0?"""
    plain = text.replace(",", "")
    places = len(plain.partition(".")[2]) or len(plain.rstrip("0")) - len(plain)
    return abs(float(plain) - value) <= 0.5 * 10.0 ** -places * (1 + 1e-9)


@pytest.mark.parametrize("item", [one for one in practice.ITEMS if not isinstance(one, practice.Compute)], ids=lambda item: item.name)
def test_a_number_that_is_typed_into_words_was_computed_by_somebody(item):
    asked = NUMBER.findall(" ".join([item.ask, getattr(item, "code", ""), *item.listed()]))
    said = [*item.hints, item.solution, *(one.why for kind in ("options", "steps") for one in getattr(item, kind, ())), *getattr(item, "points", ())]
    typed = set(NUMBER.findall(" ".join(said))) - set(asked) - SMALL
    known = TYPED.get(item.name, {})
    assert typed == set(known), f"{item.name}: tests/oracles.py computes {sorted(known)}, the words have {sorted(typed)}"
    for text, value in known.items():
        assert as_written(text, value), f"{item.name}: {text} is typed, and it is {value}"


@each("predict")
def test_the_picture_behind_a_prediction_is_of_its_case(item):
    for name, value in SHOWN.get(item.name, {}).items():
        assert item.reveal[1][name] == value, f"{item.name}: {name} of its picture"


@each("order")
def test_a_derivation_goes_as_somebody_else_wrote_it_down(item):
    assert item.name in ORDERS, f"{item.name}: write its lines in their order into ORDERS in tests/oracles.py"
    assert [step.text for step in item.steps] == ORDERS[item.name]


@each("bug")
def test_a_bug_is_found_by_its_test_and_gone_when_the_line_is_mended(item):
    lines, mended = item.lines(), item.mended_code().split("\n")
    assert item.run(item.code).strip(), "the test sees nothing wrong"
    assert item.run(item.mended_code()) == ""
    assert [k for k, (a, b) in enumerate(zip(lines, mended, strict=True), 1) if a != b] == [item.line]
    assert item.line not in item.others and all(1 <= line <= len(lines) for line in item.others)
    assert all(len(line) <= 79 for line in lines)


@each("order")
def test_all_lines_of_a_derivation_have_one_value(item):
    values = [np.asarray(step.value(), dtype=float) for step in item.steps]
    for value in values[1:]:
        np.testing.assert_allclose(value, values[0], rtol=1e-9, atol=1e-12)
    assert len({step.text for step in item.steps}) == len(item.steps) >= 4
    order = item.shuffled()
    assert sorted(order) == list(range(len(order))) and order != sorted(order)


@each("explain")
def test_an_explanation_is_held_against_points(item):
    assert len(item.points) >= 2


def defined(item, listing):
    names = {"np": np}
    exec(compile(listing, item.name, "exec"), names)
    return names[item.function]


@each("code")
def test_a_solution_keeps_all_promises(item):
    report = practice.check(item.name, defined(item, item.code))
    assert report.state == "held" and report.held == len(item.promises), report


@each("code")
def test_each_known_mistake_in_code_breaks_the_promise_that_it_should(item):
    assert len(item.wrong) >= 2
    for words, listing in item.wrong.items():
        report = practice.check(item.name, defined(item, listing))
        assert report.state == "broken" and item.promises[report.held].words == words, f"{words}: {report}"
        assert re.search(r"\d", report.words.split("\n")[1]), f"no example: {report}"


@each("code")
def test_a_stub_is_not_answered_yet(item):
    assert practice.check(item.name, lambda *given, **named: ...).state == "unanswered"


def test_check_says_what_it_takes():
    with pytest.raises(ValueError, match=r"no code exercise is called 'own-foward'; there is own-forward"):
        practice.check("own-foward", print)
    with pytest.raises(ValueError, match="no code exercise"):
        practice.check("by-hand", print)
    with pytest.raises(TypeError, match="takes the function itself"):
        practice.check("own-forward", 3)


def test_what_a_function_raises_is_told_with_the_call_that_raised_it():
    def broken(x, gamma, beta, *, eps):
        raise KeyError("d")
    report = practice.check("own-forward", broken)
    assert report.state == "broken" and "KeyError" in report.words and "(2, 0, 4, 4)" in report.words and "Reread" in report.words


def test_an_item_that_is_not_there_is_answered_with_the_nearest_names():
    with pytest.raises(ValueError, match="no item is called 'by-hnd'; there is by-hand"):
        practice.find("by-hnd")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_gate_has_six_questions_one_hard_and_two_from_before(chapter):
    items = [practice.find(name) for name in practice.GATES[chapter]]
    assert len({item.name for item in items}) == 6
    assert all(item.kind in ("compute", "shapes", "choose") for item in items)
    assert any(item.level == "hard" for item in items)
    where = Counter("before" if item.chapter < chapter else item.chapter for item in items)
    assert where == {"before": 2, chapter: 4}, {item.name: f"chapter {item.chapter}" for item in items}
    assert not {item.name for item in items if item.kind == "choose"} & set(practice.ASKED.values()), "a chapter asks and answers this"


def cells(name):
    return nbformat.read(ROOT / "chapters" / f"{name}.ipynb", as_version=4).cells


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_practice_page_asks_what_it_should_once(chapter):
    page = Path(practice.PAGES[chapter][1]).stem
    source = "\n".join(cell.source for cell in cells(page) if cell.cell_type == "code")
    asked = re.findall(r'ln\.Exercise\("([\w-]+)"\)', source)
    wanted = [item.name for item in practice.on_pages() if practice.number(item) == chapter]
    missing, foreign = sorted(set(wanted) - set(asked)), sorted(set(asked) - set(wanted))
    assert not missing and not foreign, f"missing on the page: {missing}; not for this page: {foreign}"
    assert len(asked) == len(set(asked))
    checked = re.findall(r'ln\.check\("([\w-]+)", (\w+)\)', source)
    assert sorted(checked) == sorted((item.name, item.function) for item in map(practice.find, wanted) if item.kind == "code")
    assert source.count(f"ln.Gate({chapter})") == 1


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_core_section_ends_in_a_question(chapter):
    label, asked = None, {}
    for cell in cells(CHAPTERS[chapter]):
        for found in re.finditer(r"^(?:\(([\w-]+)\)=\n)?(##+) (.*)$", cell.source, re.M) if cell.cell_type == "markdown" else ():
            label = found[1] if found[2] == "##" else None
        if cell.cell_type == "code" and (name := re.search(r'ln\.ask\("([\w-]+)"\)', cell.source)):
            asked[label] = name[1]
    sections = {name for name, (title, page) in practice.SECTIONS.items() if page == CHAPTERS[chapter]}
    core = {name for name in sections if f"({name})=\n## " in "\n".join(cell.source for cell in cells(CHAPTERS[chapter]))}
    assert asked == {name: practice.ASKED[name] for name in core}


def test_the_list_of_sections_is_that_of_the_chapters():
    for label, (title, page) in practice.SECTIONS.items():
        text = "\n".join(cell.source for cell in cells(page) if cell.cell_type == "markdown")
        assert re.search(rf"^\({label}\)=\n#+ (?:Deeper: )?{re.escape(title)}$", text, re.M), label


def test_the_bank_types_in_no_array_as_an_answer():
    """An answer is a function of the drawn numbers: each ``answer=`` in the bank is one that uses them."""
    for path in (ROOT / "lib/layernorm/practice/bank").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "answer" and isinstance(node.value, ast.Lambda):
                used = {name.id for name in ast.walk(node.value.body) if isinstance(name, ast.Name)}
                assert used & {argument.arg for argument in node.value.args.args}, f"{path.name}:{node.value.lineno}"


def test_a_section_ends_in_words_without_marks_and_other_kinds_are_refused():
    from layernorm.explorables.exercise import ask
    for name in practice.ASKED.values():
        card = ask(name)
        assert "`" not in "".join([card.question, card.tell, *card.options]) and (card.right or card.truth is not None)
    with pytest.raises(ValueError, match="of the kind 'code'; a section can end in a choice or in one number"):
        ask("own-forward")
    with pytest.raises(ValueError, match="no item is called"):
        ask("own")
