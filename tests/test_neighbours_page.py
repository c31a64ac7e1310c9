"""Neighbours in a browser: predicted, answered, edited by hand and by keys, in one height, in every state, by anybody."""
import re

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, FRAME, audit, faults, show, sweep  # noqa: F401  one is a fixture
from test_circle_page import HOST

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
TALLEST = {1280: 720, 390: 700, 320: 800, 768: 720}
BATCHES = {"worked": [[0, 0, 6], [3, 3, 3]], "one feature": [[1], [3], [5], [7]], "far apart": [[-999.5, 0, 4.25], [1000, 2, -3], [0.125, 40, 1000]]}
# What is cut off: a box smaller than its words, or words wider than the cell they stand in.
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .nb-way, .nb-way span, .ln-btn, .nb-drop, .nb-add, .nb-y, .nb-now, .nb-old, .nb-stat, .nb-over span, .ln-q")]
  .filter((e) => e.offsetParent && e.textContent.trim() && (() => {
    const range = document.createRange(), cell = e.closest(".nb-y, .nb-stat") ?? e;
    range.selectNodeContents(e);
    const words = range.getBoundingClientRect(), box = cell.getBoundingClientRect();
    return cell.scrollHeight > cell.clientHeight + 1 || words.width > box.width + 0.5 || words.bottom > box.bottom + 1 || words.top < box.top - 1;
  })()).map((e) => `${e.className}: ${e.innerText}`)"""
CELLS = "(root) => Math.min(...[...root.querySelectorAll('.nb-x, .nb-y, .nb-drop')].filter((e) => e.offsetParent).flatMap((e) => [e.offsetWidth, e.offsetHeight]))"
BUTTONS = """(root) => [...root.querySelectorAll("button:not(.nb-drop)")].filter((e) => e.offsetParent && (e.offsetWidth < 40 || e.offsetHeight < 24)).map((e) => e.innerText)"""
TINY = """(root) => [...root.querySelectorAll("*")].filter((n) => [...n.childNodes].some((t) => t.nodeType === 3 && t.data.trim())
  && parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent)"""
# Every move asked, marked and answered; then by the reader's own hand from one row to eight, by each of the three; a run.
STATES = """async function* (root, frame) {
  const press = async (selector, k = 0) => { [...root.querySelectorAll(selector)].filter((e) => e.offsetParent).at(k).click(); await frame(); };
  const moves = root.querySelectorAll(".ln-chip").length - 1;
  for (let k = 0; k < moves; k += 1) {
    await press(".ln-chip", k);
    yield `move ${k}, asked`;
    for (const mark of root.querySelectorAll(".nb-mark")) mark.click();
    await frame();
    yield `move ${k}, marked`;
    await press(".ln-check");
    yield `move ${k}, told`;
  }
  await press(".ln-chip", -1);
  while (root.querySelector(".nb-row:not([hidden]) .nb-drop")) await press(".nb-drop", -1);
  yield "alone";
  for (let rows = 2; rows <= 8; rows += 1) {
    await press(".nb-add");
    for (let way = 0; rows !== 3 && rows !== 6 && way < 3; way += 1) {
      await press(".nb-way", way);
      yield `${rows} rows, way ${way}`;
    }
  }
  await press(".nb-way");
  for (let k = 0; k < 2; k += 1) await press(".nb-actions .ln-btn", -1);
  yield "run";
}"""


def nb(page):
    return page.locator("[data-explorable=neighbours]")


def press(page, name, exact=True):
    nb(page).get_by_role("button", name=name, exact=exact).click()


def field(page, row, feature):
    return nb(page).locator(".nb-row:has(.ln-field)").nth(row - 1).locator(".ln-field").nth(feature - 1)


def cell(page, row, feature):
    return nb(page).locator(".nb-row:has(.ln-field)").nth(row - 1).locator(".nb-y").nth(feature - 1)


def signs(page):
    page.evaluate(FRAME)
    return [one.get_attribute("data-state") for one in nb(page).locator(".is-you .nb-y").all()]


@pytest.mark.parametrize("batch, width, scheme, audited", [("worked", 1280, "light", True), ("far apart", 390, "dark", True),
                                                           ("one feature", 768, "dark", False), ("worked", 320, "light", False)])
def test_it_fits_every_screen_in_one_height_and_nothing_is_cut(show, batch, width, scheme, audited):  # noqa: F811
    page = show(ln.Neighbours(BATCHES[batch]), viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    root = nb(page)
    reserved = root.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
    assert reserved <= TALLEST[width]
    if audited:
        audit(page)
    looks = {"height": f"(e) => e.offsetHeight - {reserved}", "wide": f"() => document.documentElement.scrollWidth - {width}", "cut": CUT, "tiny": TINY, "buttons": BUTTONS,
             "cells": f"(e) => ({CELLS})(e) < 24", "axe": f"(e) => /1, told|alone|8 rows, way 0|0, marked/.test(e.dataset.at) ? ({AUDIT})(e) : []"}
    if not audited:
        del looks["axe"]
    looks = {name: f"async (e) => [await ({look})(e)].flat().filter(Boolean)" for name, look in looks.items()}
    found = sweep(root, STATES.replace("yield `", "yield root.dataset.at = `").replace('yield "', 'yield root.dataset.at = "'), **looks)
    assert {name: faults(what) for name, what in found.items() if faults(what)} == {}
    assert len(found["height"]) > 20
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == ("rgb(27, 30, 37)" if scheme == "dark" else "rgb(255, 255, 255)")


def test_one_press_leads_to_the_first_surprise_and_a_guess_stays_beside_the_answer(show):  # noqa: F811
    page = show(ln.Neighbours(), **PHONE)
    root = nb(page)
    expect(root.locator(".ln-ask")).to_have_text("Predict Row 2 becomes (300, 1, 5). BatchNorm in training: which of your outputs change?")
    cell(page, 1, 1).get_by_role("button").click()
    press(page, "Check")
    expect(root.locator(".ln-ask")).to_have_text("✕ Not quite. You marked y₁. None of your 3 numbers changed, to three decimals.")
    assert signs(page) == ["same"] * 3 and root.locator(".is-guessed").count() == 1
    press(page, "Next: (−3, −3, 9)")
    for j in (1, 2, 3):
        cell(page, 1, j).get_by_role("button").click()
    press(page, "Check")
    expect(root.locator(".ln-ask")).to_have_text("✓ As you marked: All 3 of your numbers changed; your input did not.")
    expect(root.locator(".ln-say")).to_have_text("Feature 1’s mean went from 1.5 to −1.5: you were 1.5 below it, now you are 1.5 above.")
    assert signs(page) == ["noticed"] * 3
    assert [one.inner_text() for one in root.locator(".nb-way").all()] == ["BatchNorm\ntraining: 3 of 3", "BatchNorm\neval: 0 of 3", "LayerNorm\n0 of 3"]
    assert cell(page, 1, 1).get_attribute("aria-label") == "row 1, yours, y₁, 1.000, changed, was −1.000, you marked it"
    press(page, "LayerNorm, 0 of 3 changed")                       # beside it: no new guess, no old one
    expect(root.locator(".ln-ask")).to_have_text("Shown: None of your 3 numbers changed.")
    assert signs(page) == ["same"] * 3 and root.locator(".is-guessed").count() == 0
    press(page, "(300, 1, 5)")                                     # with LayerNorm it has not been asked
    expect(root.locator(".ln-ask")).to_contain_text("LayerNorm: which of your outputs change?")
    press(page, "BatchNorm in training, changes not known yet")    # this one has: the guess is still there
    expect(root.locator(".ln-ask")).to_contain_text("You marked y₁.")
    assert root.locator(".is-guessed").count() == 1


def test_nothing_is_told_before_the_guess(show):  # noqa: F811
    page = show(ln.Neighbours(), **LAPTOP)
    root = nb(page)
    assert [one.inner_text() for one in root.locator(".nb-seats .nb-y:visible").all()] == ["?"] * 3
    assert [one.inner_text() for one in root.locator(".nb-count").all()] == ["?"] * 3
    assert [one.inner_text() for one in root.locator(".nb-line").first.locator(".nb-stat").all()] == ["?"] * 3 + ["0.000"] * 3
    assert root.get_by_role("button", name="Show me").count() == 0 and field(page, 2, 1).get_attribute("readonly") is not None
    press(page, "None")
    press(page, "Next: (−3, −3, 9)")
    press(page, "Show me")
    expect(root.locator(".ln-ask")).to_contain_text("Shown: All 3")


def test_what_changed_is_told_without_colour(show):  # noqa: F811
    page = show(ln.Neighbours([[0, 0, 6], [3, 3, 3], [1, 2, 9]], move=""), **LAPTOP)
    look = "e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth) >= 2, getComputedStyle(e, '::after').content !== 'none']; }"
    field(page, 3, 1).fill("7")
    assert signs(page) == ["noticed", "same", "same"]
    assert cell(page, 2, 1).evaluate(look) == cell(page, 1, 1).evaluate(look) == ["solid", True, True]
    assert cell(page, 2, 2).evaluate(look)[::2] == ["none", False] and cell(page, 3, 1).evaluate(look)[::2] == ["none", False]
    expect(cell(page, 1, 1).locator(".is-gone")).to_have_text("−1.069")
    expect(cell(page, 1, 2)).to_have_text("−1.336=")


def test_a_cell_is_typed_dragged_and_moved_by_keys(show):  # noqa: F811
    page = show(ln.Neighbours(move=""), **LAPTOP)
    one = field(page, 2, 1)
    one.fill("-3")
    assert signs(page) == ["noticed", "same", "same"]
    expect(nb(page).locator(".ln-ask")).to_have_text("Your turn: 1 of your 3 numbers changed (y₁); your input did not.")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(field(page, 2, 2)).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowDown")                           # 3, 2, 1, 0, −1: what it is compared with is the batch before the first of them
    expect(field(page, 2, 2)).to_have_value("-1")
    assert signs(page) == ["same", "noticed", "same"]
    page.keyboard.press("PageUp")
    expect(field(page, 2, 2)).to_have_value("9")
    box = field(page, 2, 3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 9
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y)                                      # less than a drag
    page.mouse.move(x + 4 + 60, y, steps=6)
    page.mouse.up()
    expect(field(page, 2, 3)).to_have_value("8")
    assert signs(page) == ["same", "same", "noticed"]


def test_nothing_is_written_over_what_is_being_typed(show):  # noqa: F811
    page = show(ln.Neighbours(move=""), **LAPTOP)
    one = field(page, 2, 1)
    for typed, kept in (("1.05", "1.05"), ("-0.5", "-0.5"), ("2e2", "200"), ("1000.5", "1000")):
        one.focus()
        page.keyboard.press("Control+a")
        for letter in typed:
            page.keyboard.press(letter)
            page.evaluate(FRAME)                                   # each letter is drawn before the next comes
        page.keyboard.press("Tab")
        expect(one).to_have_value(kept)


@pytest.mark.parametrize("typed", ["", "1001", "-1e9", "e"])
def test_what_is_no_number_is_refused_in_words_and_nothing_is_lost(show, typed):  # noqa: F811
    page = show(ln.Neighbours(move=""), **LAPTOP)
    one = field(page, 2, 2)
    one.focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")
    page.evaluate(FRAME)
    for letter in typed:
        page.keyboard.press(letter)
        page.evaluate(FRAME)
    expect(one).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    kept = {"1001": "100", "-1e9": "−1", "e": "3", "": "3"}[typed]  # what could be read on the way is kept
    expect(nb(page).locator(".ln-say")).to_have_text(f"x must be a number from −1000 to 1000. Row 2 feature 2 stays {kept}.")
    expect(one).to_have_value(kept.replace("−", "-"))


IN_VIEW = "() => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"


def test_rows_are_added_shuffled_and_dropped_and_the_focus_stays(show):  # noqa: F811
    page = show(ln.Neighbours(move=""), **LAPTOP)
    root = nb(page)
    add = root.get_by_role("button", name="+ Add a row")
    shuffle = root.get_by_role("button", name="Shuffle")
    assert shuffle.is_disabled()
    add.focus()
    for rows in range(3, 9):
        page.keyboard.press("Enter")
        assert root.locator(".nb-row .ln-field:visible").count() == 3 * rows
        assert page.evaluate(IN_VIEW), f"with {rows} rows the focus is off the screen"
    expect(add).to_be_hidden()
    expect(root.get_by_label("row 8, x₁")).to_be_focused()
    shuffle.click()
    expect(root.locator(".ln-say")).to_contain_text("a mean does not know the order")
    assert root.locator("[data-state=noticed]").count() == 0
    press(page, "Strangers")
    expect(root.locator(".is-you [data-state=noticed]")).to_have_count(3)
    root.get_by_role("button", name="Drop row 2").focus()
    page.keyboard.press("Enter")
    expect(root.get_by_role("button", name="Drop row 2")).to_be_focused()      # which was row 3
    for row in range(7, 1, -1):
        root.get_by_role("button", name=f"Drop row {row}").focus()
        page.keyboard.press("Enter")
    expect(add).to_be_focused()
    expect(root.locator(".nb-way").first).to_have_text("BatchNormtraining: error")
    expect(root.locator(".ln-say")).to_contain_text("The mean of one row is that row")
    assert root.get_by_role("button", name="Run this batch").is_disabled() and signs(page) == ["error"] * 3
    root.locator(".nb-way").nth(1).click()
    expect(root.locator(".is-you .nb-now")).to_have_text(["0.000", "0.000", "6.000"])


def test_a_training_batch_moves_the_running_numbers_and_eval_uses_them(show):  # noqa: F811
    page = show(ln.Neighbours([[1], [3], [5], [7]], move=""), **LAPTOP)
    root = nb(page)
    running = lambda: [line.locator(".nb-stat").last.inner_text() for line in root.locator(".nb-line").all()]      # noqa: E731
    assert running() == ["0.000", "1.000"]
    press(page, "Run this batch")
    expect(root.locator(".ln-say")).to_have_text("A tenth of the way: the running mean to this batch’s 4, now 0.4; the running variance to the unbiased 6.667 (÷ B − 1), now 1.567.")
    assert running() == ["0.400", "1.567"]
    root.locator(".nb-way").nth(1).click()
    expect(cell(page, 1, 1).locator(".nb-now")).to_have_text("0.479")                # (1 − 0.4) / √1.5667
    expect(root.locator(".nb-way").nth(1)).to_have_text("BatchNormeval: new")
    expect(root.locator(".ln-predict")).to_contain_text("The batch that you ran is in the running numbers now, and your number is measured by them")
    assert "unchanged" not in cell(page, 1, 1).get_attribute("aria-label")
    assert root.get_by_role("button", name="Run this batch").is_disabled()
    press(page, "Reset")
    page.evaluate(FRAME)
    assert running() == ["0.000", "1.000"] and root.locator(".nb-mark").count() == 1


def test_everything_can_be_done_by_keys(show):  # noqa: F811
    page = show(ln.Neighbours(), **LAPTOP)
    root = nb(page)
    root.get_by_role("button", name="Reset").focus()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className"))
    assert {"ln-chip", "nb-way", "nb-mark"} <= reached and any("ln-btn" in one for one in reached)
    cell(page, 1, 2).get_by_role("button").focus()
    page.keyboard.press("Space")
    expect(cell(page, 1, 2).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(cell(page, 1, 2).get_by_role("button")).to_be_focused()
    press(page, "Check")
    expect(root.get_by_role("button", name=re.compile("Next"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(root.locator(".ln-ask")).to_contain_text("(−3, −3, 9)")


def test_enter_on_a_mark_checks_and_space_marks(show):  # noqa: F811
    page = show(ln.Neighbours(), **LAPTOP)
    root = nb(page)
    expect(root.locator(".ln-say")).to_contain_text("space marks and Enter checks")
    cell(page, 1, 1).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(root.locator(".ln-predict")).to_have_attribute("data-state", "asked")          # nothing is marked yet
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(root.locator(".ln-ask")).to_contain_text("You marked y₁")
    expect(root.get_by_role("button", name=re.compile("Next"))).to_be_focused()           # the mark itself is gone


def test_what_rests_is_said_and_what_is_dragged_is_not(show):  # noqa: F811
    page = show(ln.Neighbours(move=""), **LAPTOP)
    status = nb(page).locator("[role=status]")
    box = field(page, 2, 1).bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] - 91, box["y"] + 9, steps=8)
    page.wait_for_timeout(900)
    assert status.inner_text() == "" and signs(page)[0] == "noticed"
    page.mouse.up()
    expect(status).to_contain_text("1 of your 3 numbers changed (y₁); your input did not. Feature 1’s mean went from 1.5 to")


def test_without_script_a_picture_stands_there(show):  # noqa: F811
    page = show(ln.Neighbours(), java_script_enabled=False)
    assert nb(page).locator("img").is_visible() and nb(page).locator("button").count() == 0


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    page = show(ln.Neighbours(), **LAPTOP, bypass_csp=True, reduced_motion="reduce")
    page.evaluate(HOST, ln.Neighbours._esm)
    view = page.locator("#lab")
    view.locator(".nb-mark").first.click()
    assert page.evaluate("kernel.get('marked')") == [0] and page.evaluate("kernel.saved") > 0
    view.get_by_role("button", name="Check").click()
    assert page.evaluate("[kernel.get('x'), kernel.get('stage')]") == [[[0, 0, 6], [300, 1, 5]], "told"]
    page.evaluate("kernel.set('move', ''); kernel.set('x', [[0, 0, 6], [-3, -3, 9], [1, 1, 1]])")
    expect(view.locator(".is-you [data-state=noticed]")).to_have_count(3)
    page.evaluate("kernel.set('running_mean', [1, 1, 1]); kernel.set('mode', 'eval')")
    expect(view.locator(".is-you .nb-now").last).to_have_text("5.000")
    page.evaluate("kernel.set('norm', 'LN')")
    expect(view.locator(".ln-say")).to_contain_text("your own mean 2 and variance 8")
    view.locator(".ln-field").nth(3).fill("5")
    page.keyboard.press("Enter")
    assert page.evaluate("kernel.get('x')") == [[0, 0, 6], [5, -3, 9], [1, 1, 1]]
    page.evaluate("kernel.set('x', [[1], [2]])")                   # half of a change: the rest follows
    page.evaluate("for (const k of ['before', 'start']) kernel.set(k, [[1], [2]]); kernel.set('running_mean', [0]); kernel.set('running_var', [1])")
    expect(view.locator(".ln-field:visible")).to_have_count(2)
