"""Who wins, as a lab: what it says and draws at every point is what is stored there, and it says what one rate would have told."""
import itertools
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect

import layernorm as ln
from alone import audit, faults, guessed, show, sweep  # noqa: F401
from test_lab_stored import CUT, LETTERS, SCREENS, TALLEST, legible

NAMES = {"BN": "BatchNorm", "LN": "LayerNorm", "none": "no norm"}
RUNS = ln.experiments.load("who_wins")
POINTS = [dict(zip(("batch", "rate", "budget"), point))
          for point in itertools.product(RUNS["batch"], (*RUNS["rate"], "best"), RUNS["budget"])]
NOW = "{ facts, choice, row: (other = {}) => table[$table.chosenRow(grid, { ...choice, ...other })] }"


@pytest.fixture(scope="module")
def said(js):
    """What the lab says at a point."""
    lab = ln.BatchLab()
    return lambda point: js("batchlab/batchlab")(f"$batchtalk.words({NOW})", table=lab.table, grid=lab.grid, facts=lab.facts,
                                                  choice={"over": "batch"} | point)


def medians(point):
    errors = ln.experiments.errors_at(RUNS, batch=point["batch"], budget=point["budget"], rate=point["rate"])
    return {method: np.median(one) for method, one in errors.items()}


# --- What it says

@pytest.mark.parametrize("batch", RUNS["batch"])
def test_every_sentence_states_the_stored_medians_and_is_whole(said, batch):
    for point in (one for one in POINTS if one["batch"] == batch):
        words = said(point)
        assert words.endswith(".") and not re.search("undefined|NaN|null|Infinity", words), words
        for method, value in medians(point).items():
            found = re.search(rf"{NAMES[method]} ([\d.]+)\u00a0%", words)[1]
            assert abs(float(found) - value) <= 0.501 * 10 ** (np.floor(np.log10(value)) - 1), (point, method, words)


def test_each_best_rate_is_named_and_an_end_of_what_was_tried_is_called_one(said):
    for batch, budget in itertools.product(RUNS["batch"], RUNS["budget"]):
        words = said({"batch": batch, "rate": "best", "budget": budget})
        for method, rate in ln.experiments.best_rates(RUNS, batch=batch, budget=budget).items():
            end = {RUNS["rate"][0]: ", the lowest tried", RUNS["rate"][-1]: ", the highest tried"}.get(rate, "")
            assert re.search(rf"{NAMES[method]} [\d.]+\u00a0% \(rate {rate:g}{end}\)", words), words


def test_somebody_wins_only_with_seven_of_eight_seeds(said):
    calls = set()
    for batch, budget in itertools.product(RUNS["batch"], RUNS["budget"]):
        errors = ln.experiments.errors_at(RUNS, batch=batch, budget=budget)
        bn, layer = (np.array(errors[method]) for method in ("BN", "LN"))
        ahead = {"BatchNorm": (bn < layer).sum(), "LayerNorm": (layer < bn).sum()}
        words = said({"batch": batch, "rate": "best", "budget": budget})
        winner = next((name for name, count in ahead.items() if count >= 7), None)
        calls.add(winner)
        if winner:
            assert f"{winner} is ahead of" in words and f"in {ahead[winner]} of 8 seeds" in words
        else:
            assert f"BatchNorm is ahead in {ahead['BatchNorm']} of 8 seeds, LayerNorm in {ahead['LayerNorm']}." in words
    assert calls == {"BatchNorm", "LayerNorm", None}


@pytest.mark.parametrize("point, alone, fair", [
    ({"batch": 64, "rate": 3, "budget": 24576}, "LayerNorm hardly learns", "BatchNorm wins, 8 of 8 seeds, 2.6\u00a0% to 3.8\u00a0%"),
    ({"batch": 2, "rate": 3, "budget": 24576}, "nobody learns", "LayerNorm wins, 8 of 8 seeds"),
    ({"batch": 64, "rate": 0.03, "budget": 1536}, "both hardly learn", "BatchNorm wins"),
    ({"batch": 8, "rate": 0.003, "budget": 24576}, "no winner, 1 seed to 6", "no winner"),
    ({"batch": 64, "rate": 0.3, "budget": 24576}, "no winner, 5 seeds to 3", "BatchNorm wins"),
    ({"batch": 2, "rate": 0.1, "budget": 1536}, "LayerNorm wins, 8 of 8 seeds", "the same")], ids=str)
def test_it_says_what_one_rate_would_have_told_and_what_holds(said, point, alone, fair):
    words = said(point)
    assert f"From this rate alone: {alone}." in words and f"From best rates: {fair}" in words, words


# --- What Python promises

def test_the_module_reads_the_errors_that_python_reads(js):
    lab = ln.BatchLab()
    for point in POINTS[::7]:
        found = js("batchlab/batchlab")(f"$batchruns.errorsAt({NOW}, choice)", table=lab.table, grid=lab.grid, facts=lab.facts, choice=point)
        errors = ln.experiments.errors_at(RUNS, batch=point["batch"], budget=point["budget"], rate=point["rate"])
        assert {method: one["errors"] for method, one in found.items()} == errors


@pytest.mark.parametrize("choice, words", [
    ({"over": "seed"}, "over must be one of 'batch', 'rate', 'budget'; got 'seed'"), ({"rate": 0.2}, "got 0.2"),
    ({"batch": 3}, "got 3"), ({"rate": "best", "batch": 3}, "got 3"), ({"seeds": 1}, "stored by batch, rate, budget")], ids=str)
def test_what_is_not_stored_is_refused_by_name_and_nothing_is_lost(choice, words):
    lab = ln.BatchLab()
    with pytest.raises(traitlets.TraitError, match=words):
        lab.choice = lab.choice | choice
    assert lab.choice == {"over": "batch", "batch": 2, "rate": "best", "budget": 24576}


def test_the_right_guess_is_the_rate_at_which_the_two_look_alike():
    lab = ln.BatchLab()
    gap = {text: abs(np.subtract(*[medians({"batch": 64, "rate": float(text), "budget": 24576})[m] for m in ("BN", "LN")])) for text in lab.options}
    assert lab.options[lab.right[0]] == min(gap, key=gap.get) and len(lab.right) == 1


def test_the_bench_starts_from_the_best_rate_of_batch_norm_and_runs_here():
    lab = ln.BatchLab(batch=64, budget=1536)
    assert lab.run_of(lab.choice) == {"batch": 64, "rate": 3, "budget": 1536} and lab.result == RUNS.at(batch=64, rate=3, budget=1536)
    lab.bench.start()
    lab.bench.wait()
    assert "Both agree." in lab.bench.said.value and lab.fresh["result"] == lab.shown(lab.result)
    lab.choice = {"over": "rate", "batch": 8, "rate": 0.3, "budget": 3072}
    assert [field.value for field in lab.bench.fields.values()] == [8, 0.3, 3072]


# --- The page

STATES = """async function* (root) {
  const [batch, rate, budget] = root.querySelectorAll("[type=range]");
  const to = (slider, stop) => { slider.value = stop; slider.dispatchEvent(new Event("input", { bubbles: true })); };
  for (const radio of root.querySelectorAll("[type=radio]")) {
    radio.click();
    for (const [b, r, n] of [[0, 7, 4], [0, 7, 0], [0, 0, 4], [2, 7, 0], [4, 7, 0], [4, 6, 4], [4, 4, 4], [4, 7, 4]]) {
      to(batch, b); to(rate, r); to(budget, n);
      yield `${radio.nextSibling.textContent} ${b} ${r} ${n}`;
    }
  }
}"""


@SCREENS
def test_one_height_holds_all_states_and_no_letter_stands_on_another(show, screen):
    lab = show(guessed(ln.BatchLab()), viewport=screen).locator("[data-explorable]")
    edge = lab.locator("svg.ln-lab-svg").bounding_box()
    reserved = lab.evaluate("e => parseFloat(getComputedStyle(e).minHeight)")
    lab.evaluate("e => { e.style.minHeight = 0; }")
    found = sweep(lab, STATES, height="(root) => root.getBoundingClientRect().height", cut=CUT,
                  letters=f"(root) => ({LETTERS})(root.querySelector('.ln-lab-svg'))")
    heights = set(found["height"].values())
    assert len(heights) == 1 and max(heights) <= TALLEST and 0 <= reserved - max(heights) <= 8, (heights, reserved)
    assert faults(found["cut"]) == {}
    legible(found["letters"], edge)


def test_the_lit_column_is_where_the_controls_stand(show):
    page = show(guessed(ln.BatchLab()))
    lit, slider = page.locator(".ln-lab-column"), page.get_by_role("slider", name="Batch")
    expect(lit).to_have_count(1)
    first = lit.bounding_box()["x"]
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "64")
    assert lit.bounding_box()["x"] > first + 200
    page.get_by_role("radio", name="by learning rate").check()
    expect(lit).to_have_count(3)                                          # each method has its best rate
    page.get_by_role("slider", name="Rate").focus()
    page.keyboard.press("ArrowLeft")
    expect(lit).to_have_count(1)
    expect(page.locator(".ln-say")).to_contain_text("rate 3 for all")


@pytest.mark.parametrize("screen, theme", [({"width": 1280, "height": 800}, "light"), ({"width": 390, "height": 844}, "dark")],
                         ids=["laptop, light", "phone, dark"])
def test_it_is_accessible_and_says_its_numbers(show, screen, theme):
    page = show(ln.BatchLab(), viewport=screen, color_scheme=theme)
    assert audit(page) == []
    expect(page.get_by_role("img", name=re.compile("BatchNorm 34.%, 4.1.%.*LayerNorm 3.%"))).to_be_visible()


def test_after_a_guess_the_picture_shows_what_was_asked(show):
    page = show(ln.BatchLab())
    page.get_by_role("button", name="0.01").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("group", name="Predict")).to_contain_text("You said 0.01; the answer: 0.3. At 3, LayerNorm has 91 % errors.")
    expect(page.get_by_role("slider", name="Batch")).to_have_attribute("aria-valuetext", "64")
    expect(page.locator(".ln-lab-column")).to_have_count(3)
    expect(page.get_by_role("status")).to_contain_text("Drawn by learning rate. 64 a batch")


def test_what_python_ran_is_drawn_over_what_is_stored(show):
    lab = ln.BatchLab(rate=0.3, batch=8)
    lab.fresh = {"choice": {"batch": 8, "rate": 0.3, "budget": 24576}, "result": lab.shown(lab.result)}
    page = show(guessed(lab))
    expect(page.locator(".ln-lab-mine")).to_have_count(3)
    page.get_by_role("slider", name="Digits seen").focus()
    page.keyboard.press("Home")
    expect(page.locator(".ln-lab-mine")).to_have_count(0)


def test_without_script_picture_and_table_are_there(show):
    page = show(ln.BatchLab(), java_script_enabled=False, viewport={"width": 390, "height": 844})
    expect(page.get_by_role("img", name=re.compile("batch 2: BatchNorm 34, LayerNorm 3, no norm 3.2"))).to_be_visible()
    expect(page.get_by_role("row", name="24,576 digits, BatchNorm")).to_contain_text("33.6")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
