"""Rows on a page of its own, opened from a folder: asked, tried, given up, typed; one height, in every state, and two-way."""
import gzip
import re
from importlib.resources import files
from itertools import combinations

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, FRAME, audit, bundle, faults, place, settled, sweep, until

PHONE = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
LAPTOP = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
NARROW = {"viewport": {"width": 320, "height": 700}, "reduced_motion": "reduce"}
SCREENS = pytest.mark.parametrize("screen, tallest", [(LAPTOP, 720), (PHONE, 700), (NARROW, 730)], ids=["laptop", "phone", "narrow"])
SHEETS = ("tokens.css", "explorable.css", "guess.css", "rows.css")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rows</title><style>:root {{ color-scheme: light dark }} body {{ margin: 0; background: var(--ln-paper) }} main {{ max-width: 41rem; margin: 0 auto }}
{sheets} .ln-ex {{ margin: 0 }}</style></head><body><main><h1 class="ln-quiet">Rows</h1>{place}</main><script type="module">{modules}</script></body></html>"""
MOUNT = '$mount.mount("rows", $rows);'
# A kernel's model, as anywidget hands it over: what the page sends is kept, what Python sets is heard.
KERNEL = """const state = JSON.parse(document.querySelector("[data-inputs]").dataset.inputs), heard = {};
window.kernel = { state, sent: 0, set(key, value) { state[key] = value; (heard[`change:${key}`] ?? []).forEach((f) => f()); } };
const model = { get: (key) => state[key], set: window.kernel.set, save_changes() { window.kernel.sent += 1; },
  on: (event, f) => { (heard[event] ??= []).push(f); } };
$rows.initialize({ model });
$rows.render({ model, el: document.querySelector("[data-explorable]") });"""
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .ln-ask")].filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.innerText)"""
LABELS = """(root) => [...root.querySelectorAll(".ln-stage text")].filter((t) => t.textContent && !t.closest("[hidden]"))
  .map((t) => [t.textContent, t.getBoundingClientRect()]).map(([words, r]) => [words, r.left, r.top, r.right, r.bottom])"""
STAND = """(root) => [".ln-predict", ".ln-bars", ".ln-right", ".ln-say"].map((part) => root.querySelector(part).getBoundingClientRect())
  .map((r) => [r.left, r.top - root.getBoundingClientRect().top])"""
OUTSIDE = """(root) => [...root.querySelectorAll(":not(svg *)")].filter((e) => !e.closest("[hidden], .ln-chips, .ln-samples, .ln-quiet"))
  .filter((e) => { const a = e.getBoundingClientRect(), b = root.getBoundingClientRect(); return a.width && (a.right > b.right + 1 || a.left < b.left - 1); })
  .map((e) => e.className)"""
SMALL = """(root) => [...root.querySelectorAll("button, select, input, [role=slider]")].filter((e) => !e.closest("[hidden]"))
  .map((e) => [e.ariaLabel ?? e.innerText, e.getBoundingClientRect()]).filter(([, r]) => r.height < 41.5 || r.width < 41.5).map(([name, r]) => [name, r.width, r.height])"""


@pytest.fixture
def show(tab, tmp_path):
    """Open a page with one explorable."""
    def open_page(widget=None, start=MOUNT, **options):
        sheets = "".join((files("layernorm") / "look" / name).read_text("utf-8") for name in SHEETS)
        path = tmp_path / "rows.html"
        path.write_text(PAGE.format(sheets=sheets, place=place(widget or ln.Rows(), not options.get("java_script_enabled", True)), modules=bundle("mount", "rows/rows") + start), "utf-8")
        return tab(path.as_uri(), **{**LAPTOP, **options})
    return open_page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def put(page, label, value):
    page.get_by_label(label, exact=True).fill(str(value))
    page.keyboard.press("Enter")


def choose(page, gamma, beta):
    for i, (g, b) in enumerate(zip(gamma, beta), 1):
        put(page, f"γ{'₀₁₂₃₄₅₆'[i]}", g)
        put(page, f"β{'₀₁₂₃₄₅₆'[i]}", b)


def strip(page):
    return page.locator(".ln-predict")


def say(page):
    return page.locator(".ln-say")


# Each round asked, tried and given up, with each feature chosen; and the reader's own rows in their largest and smallest form.
STATES = """async function* (root, frame) {
  const named = (label) => [...root.querySelectorAll("select, input")].find((e) => e.ariaLabel === label && !e.closest("[hidden]"));
  const button = (name) => [...root.querySelectorAll("button")].find((e) => e.textContent === name && !e.closest("[hidden]"));
  const press = async (name) => { button(name).click(); await frame(); };
  const set = async (node, value) => { node.value = value; node.dispatchEvent(new Event("change", { bubbles: true })); await frame(); };
  const games = [["Round 1", "Yes"], ["Round 2", "Yes"], ["Round 3", "No"], ["Your rows", "No"], ["6", "Yes"], ["2", "Yes"]];
  for (const [name, guess] of games) {
    if (button(name)) {
      await press(name);
      root.querySelector("[aria-label='Reset this round']").click();
    } else {
      await press("Other rows");
      await set(named("Features"), name);
      await set(named("x₁ of row 1"), "-999.25");
    }
    yield `${name} asked`;
    await press(guess);
    yield `${name} tried`;
    await press(guess === "No" ? "Show why" : "Give up: show why");
    const fields = root.querySelectorAll(".ln-chosen .ln-field");
    for (let i = 0; i < fields.length / 2; i++) {
      fields[i].dispatchEvent(new Event("pointerdown"));
      yield `${name} given up, feature ${i + 1}`;
    }
  }
}"""
HOW_MANY = 3 * 2 + 3 * 2 + (3 + 4 + 3) + (3 + 6 + 2)


# --- The game ------------------------------------------------------------------------------------------


def test_nothing_is_chosen_before_the_guess(show):
    page = show()
    expect(strip(page)).to_contain_text("Can one γ and one β per feature")
    for field in page.locator(".ln-chosen .ln-field").all():
        expect(field).to_be_disabled()
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.locator(".ln-off").first).to_have_text("off 0.71")        # the surprise is there from the start
    press(page, "Yes")
    expect(page.get_by_role("slider")).to_have_count(2)
    expect(page.get_by_label("γ₁", exact=True)).to_be_enabled()
    expect(strip(page)).to_contain_text("Your guess: yes.")


def test_round_1_is_solved_by_typing(show):
    page = show()
    press(page, "No")
    choose(page, [4.243, 4.243, 2.1], [3, 3, 3])
    expect(say(page)).to_contain_text("5 of 6 numbers are back")
    expect(strip(page)).to_contain_text("Your guess: no.")
    put(page, "γ₃", 2.121)
    expect(strip(page)).to_contain_text("✕ You said no. It can be done, as you see.")
    expect(page.locator(".ln-off.is-back")).to_have_count(6)
    put(page, "γ₃", 5)
    expect(strip(page)).to_contain_text("It can be done, as you see.")              # a verdict stands, whatever is tried later


def test_the_line_is_dragged_and_caught_where_a_row_comes_back(show):
    page = show()
    press(page, "Yes")

    def drag(key, by):
        box = settled(page.locator(f".ln-knob.s-{key} .ln-knob-ring"))
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y - by, steps=8)
        page.mouse.up()
    expect(page.locator(".ln-slope .ln-rules text:not(.ln-across)").filter(has_text=re.compile("^[1-9]")).nth(1)).to_be_visible()
    unit = page.evaluate("""() => { const [a, b] = [...document.querySelectorAll(".ln-slope .ln-rules text")].filter((t) => /^[1-9]/.test(t.textContent) && !t.matches(".ln-across"))
      .map((t) => [+t.textContent, t.getBoundingClientRect().top]); return (a[1] - b[1]) / (b[0] - a[0]); }""")
    drag("beta", 3 * unit + 2)
    expect(page.get_by_label("β₁", exact=True)).to_have_value("3")
    unit = [settled(page.locator(f".ln-knob.s-{key} .ln-knob-ring"))["y"] for key in ("gamma", "beta")]
    drag("gamma", 3.243 * (unit[1] - unit[0]) - 2)
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("4.243")
    expect(say(page)).to_contain_text("passes through every point")


def test_the_line_is_moved_by_keys_and_says_what_it_does(show):
    page = show()
    press(page, "Yes")
    beta, gamma = page.get_by_role("slider", name="β₁, the height of the line"), page.get_by_role("slider", name="γ₁, the slope of the line")
    beta.focus()
    page.keyboard.press("PageUp")
    expect(page.get_by_label("β₁", exact=True)).to_have_value("0.707")        # row 1 comes back on the way
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(beta).to_have_attribute("aria-valuetext", "3, feature 1: row 1 2.29 too high, row 2 back")
    gamma.focus()
    for key in ["PageUp"] * 3 + ["ArrowUp"] * 3:
        page.keyboard.press(key)
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("4.243")
    expect(gamma).to_have_attribute("aria-valuetext", "4.243, feature 1: row 1 back, row 2 back")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("4.3")
    page.keyboard.press("End")
    expect(say(page)).to_contain_text("γ₁ can go no further")


def test_a_number_beyond_the_limit_stops_at_it_and_no_number_is_no_change(show):
    page = show()
    press(page, "Yes")
    put(page, "γ₁", 1e7)
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("100")
    page.get_by_label("γ₁", exact=True).fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("100")


def test_round_2_gives_up_with_the_reason_and_the_best(show):
    page = show()
    press(page, "Round 2")
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(strip(page)).to_contain_text("✕ You said yes. It cannot be done. “If the best thing is to do nothing, LayerNorm can learn that”: false.")
    expect(say(page)).to_contain_text("Both rows have x̂ = (−0.302, −1.508, 0.905, 0.905)")
    expect(page.locator(".ln-off")).to_have_text([f"off {v}" for v in (2.5, 1.5, 3.5, 3.5)] * 2)
    places = """() => [...document.querySelectorAll(".ln-point")].map((e) => e.getBoundingClientRect().x)"""
    until(page, places, lambda x: len(x) == 2 and abs(x[0] - x[1]) < 0.1)      # one above the other
    page.locator(".ln-strips .ln-hit").nth(2).click()
    expect(say(page)).to_contain_text("Feature 3 wants 4 and 11 of it")


def test_round_3_shows_three_points_and_no_line(show):
    page = show(ln.Rows(round=3))
    press(page, "No")
    press(page, "Show why")
    expect(strip(page)).to_contain_text("✓ As you said: no.")
    expect(page.locator(".ln-point")).to_have_count(3)
    expect(say(page)).to_contain_text("9 numbers to hit with 6")
    until(page, """() => [...document.querySelectorAll(".ln-miss")].map((e) => e.getAttribute("y1") - e.getAttribute("y2"))""", all)


def test_giving_up_what_can_be_done_shows_how(show):
    page = show()
    press(page, "No")
    press(page, "Show why")
    expect(strip(page)).to_contain_text("✕ You said no. It can be done.")
    expect(page.locator(".ln-off.is-back")).to_have_count(6)
    expect(page.get_by_label("γ₃", exact=True)).to_have_value("2.121")


def test_a_decimal_comma_is_a_point(show):
    page = show(ln.Rows(round=0))
    page.get_by_label("x₁ of row 1").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("3,5")
    page.keyboard.press("Enter")
    expect(page.get_by_label("x₁ of row 1")).to_have_value("3.5")


def test_the_reason_is_that_of_a_feature_that_cannot_come_back(show):
    page = show(ln.Rows(rows=[[1, 5, 5, 1], [7, 1, 7, 1]], round=0))
    press(page, "Yes")
    page.locator(".ln-strips .ln-hit").nth(3).click()
    press(page, "Give up: show why")
    expect(strip(page)).to_contain_text("Rows that share an x̂ᵢ share its yᵢ.")
    expect(say(page)).to_contain_text("Feature 3 wants 5 and 7 of it")


def test_guess_and_choice_are_kept_while_other_rounds_are_played(show):
    page = show()
    press(page, "Yes")
    put(page, "γ₂", 2.5)
    press(page, "Round 2")
    expect(strip(page)).to_contain_text("Predict")
    press(page, "Round 1")
    expect(strip(page)).to_contain_text("Your guess: yes.")
    expect(page.get_by_label("γ₂", exact=True)).to_have_value("2.5")
    press(page, "Reset this round")
    expect(strip(page)).to_contain_text("Predict")
    expect(page.get_by_label("γ₂", exact=True)).to_have_value("1")


def test_rows_of_ones_own_are_typed_and_judged(show):
    page = show()
    press(page, "Your rows")
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(strip(page)).to_contain_text("share μ = 3 and σ = 2.449")           # three rows, and they come back
    press(page, "Other rows")
    put(page, "x₁ of row 1", 1)
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(strip(page)).to_contain_text("✕ You said yes. It cannot be done.")
    press(page, "Other rows")
    page.get_by_label("Rows", exact=True).last.select_option("2")
    page.get_by_label("Features").select_option("2")
    expect(page.locator(".ln-own .ln-field")).to_have_count(4)
    press(page, "one μ, one σ")
    page.get_by_label("Rows", exact=True).last.select_option("2")
    for j, v in enumerate((1, 2, 3)):
        put(page, f"x{'₁₂₃'[j]} of row 1", v)
        put(page, f"x{'₁₂₃'[j]} of row 2", 4 - v)
    press(page, "Yes")
    choose(page, [0.8165, 1, 0.8165], [2, 2, 2])
    page.get_by_label("γ₂", exact=True).click()
    expect(say(page)).to_contain_text("A line passes through the points of feature 2: its slope is γ₂ = 1")   # any would, and this one stands there
    press(page, "Other rows")
    press(page, "x and 10x")
    press(page, "No")
    press(page, "Show why")
    expect(say(page)).to_contain_text("Feature 1 wants 2 and 20")


def test_the_next_round_is_one_press_away_and_the_focus_goes_along(show):
    page = show()
    page.get_by_role("button", name="Yes").focus()
    page.keyboard.press("Enter")
    expect(strip(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Give up: show why")).to_be_visible()             # a held key gives nothing up
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Give up: show why")).to_be_focused()
    page.keyboard.press("Enter")
    expect(strip(page).get_by_role("button", name="Round 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(strip(page).get_by_role("button", name="Yes")).to_be_focused()
    expect(page.locator(".ln-chip[aria-pressed=true]")).to_have_text("Round 2")


# --- On every screen -----------------------------------------------------------------------------------


@SCREENS
def test_it_fits_a_screen_keeps_its_height_and_no_number_stands_on_another(show, screen, tallest):
    page = show(**screen)
    root = page.locator("[data-explorable]")
    reserved = root.evaluate("e => { const [first, ...rest] = e.childNodes; e.replaceChildren(); const h = e.offsetHeight; e.append(first, ...rest); return h; }")
    assert reserved <= tallest
    found = sweep(root, STATES, height="(root) => root.offsetHeight", stand=STAND, labels=LABELS, cut=CUT, outside=OUTSIDE, small=SMALL,
                  wide="() => document.documentElement.scrollWidth - innerWidth")
    assert len(found["height"]) == HOW_MANY and set(found["height"].values()) == {reserved}
    assert len({str(stand) for stand in found["stand"].values()}) == 1
    for look in ("cut", "outside", "small", "wide"):
        assert faults(found[look]) == {}, look
    for state, labels in found["labels"].items():
        for (one, *a), (other, *b) in combinations((label for label in labels if label[0] not in "βγ"), 2):
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert across <= 1 or down <= 5, f"{one} and {other} in {state}"


@pytest.mark.parametrize("screen, scheme", [(LAPTOP, "light"), (PHONE, "dark")], ids=["laptop, light", "phone, dark"])
def test_axe_finds_nothing(show, screen, scheme):
    page = show(color_scheme=scheme, **screen)
    assert audit(page) == []
    found = sweep(page.locator("[data-explorable]"), STATES, audit=AUDIT)["audit"]
    assert len(found) == HOW_MANY and faults(found) == {}


def test_dark_is_dark(show):
    page = show(color_scheme="dark")
    assert page.locator("[data-explorable]").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(27, 30, 37)"


def test_what_rests_is_said_and_what_is_held_is_not(show):
    page = show()
    press(page, "Yes")
    status = page.get_by_role("status")
    expect(status).to_contain_text("passes through neither point")
    beta, gamma = (settled(page.locator(f".ln-knob.s-{key} .ln-knob-ring")) for key in ("beta", "gamma"))
    unit, x, y = beta["y"] - gamma["y"], beta["x"] + 10, beta["y"] + 10          # γ = 1: one unit lies between the rings
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 0.7 * unit, steps=6)
    expect(say(page)).to_contain_text("passes through the point of row 1")
    page.wait_for_timeout(1000)
    assert "point of row 1" not in status.inner_text()
    page.mouse.up()
    expect(status).to_contain_text("passes through the point of row 1")


def test_the_rows_are_told_to_who_does_not_see_them(show):
    page = show()
    expect(page.get_by_role("img", name="Row 1: x₁ 0, 0.71 too low; x₂ 0, 0.71 too low; x₃ 6, 4.59 too low. Row 2:")).to_be_visible()


def test_giving_up_glides_and_under_reduced_motion_jumps(show):
    page = show(reduced_motion="no-preference")
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(page.get_by_label("γ₁", exact=True)).to_have_value("4.243")
    still = show()
    press(still, "Yes")
    press(still, "Give up: show why")
    still.evaluate(FRAME)
    assert still.get_by_label("γ₁", exact=True).input_value() == "4.243"


def test_another_feature_is_named_and_said(show):
    page = show()
    press(page, "No")
    expect(page.get_by_role("slider", name="β₁, the height of the line")).to_be_visible()
    page.get_by_label("γ₃", exact=True).press("Enter")
    expect(page.get_by_role("slider", name="γ₃, the slope of the line")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Feature 3: its line")


def test_by_keyboard_the_line_of_each_feature_is_reached_past_the_fields_of_the_others(show):
    page = show()
    press(page, "No")
    for i in (1, 2):
        page.get_by_label(f"γ{'₁₂'[i - 1]}", exact=True).press("Enter")
        for _ in range(7):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('[role=slider]')"):
                break
        assert page.evaluate("document.activeElement.ariaLabel") == f"β{'₁₂'[i - 1]}, the height of the line"


def test_a_number_that_is_changed_in_its_field_says_how_far_off_each_row_is(show):
    page = show()
    press(page, "No")
    page.get_by_label("β₂", exact=True).press("ArrowUp")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"Feature 2: .* Now row 1 [\d.]+ too \w+, row 2 "))


def test_a_feature_that_is_taken_off_again_at_the_end_is_told_as_it_stands(show):
    page = show()
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(page.get_by_label("β₃", exact=True)).to_have_value("3")
    put(page, "β₃", 4)
    expect(say(page)).to_have_text(re.compile("Feature 3: its line passes through neither point"))
    expect(page.get_by_role("status")).to_contain_text("Now row 1 1 too high, row 2 1 too high.")


def test_what_became_of_a_number_that_cannot_be_had_is_said(show):
    page = show()
    press(page, "Your rows")
    for value, told in (("-500", "x₁ of row 1 stops at the limit."), ("", "x₁ of row 1 stays -100.")):
        put(page, "x₁ of row 1", value)
        expect(say(page)).to_have_text(told)
        expect(page.get_by_role("status")).to_contain_text(told)
        expect(page.get_by_label("x₁ of row 1", exact=True)).to_have_value("-100")
    put(page, "x₁ of row 1", 5)
    expect(say(page)).not_to_contain_text("stays")


def test_how_far_off_is_said_in_words_and_in_ink(show):
    page = show()
    assert page.locator(".ln-off").nth(2).text_content() == "off 4.59"
    inks = page.locator(".ln-off").nth(2).evaluate("e => [getComputedStyle(e).fill, getComputedStyle(e.parentNode.querySelector('.ln-cap')).fill]")
    assert inks[0] != inks[1] == "rgb(139, 20, 2)"
    page = show(ln.Rows(rows=[[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 9]]), **PHONE)
    press(page, "No")
    expect(page.locator(".ln-off").first).to_have_text(re.compile(r"^[\d.]+$"))       # no room for the word: it stands beside
    expect(page.locator(".ln-strips .ln-name").nth(2)).to_have_text("off by")


def test_without_script_a_picture_stands_in_its_place(show):
    page = show(java_script_enabled=False)
    picture = page.locator("[data-explorable] img")
    assert picture.is_visible() and picture.get_attribute("alt").startswith("Rows (0, 0, 6) and (3, 3, 3)")
    assert page.locator("button").count() == 0


def test_a_page_that_is_still_narrow_is_drawn_once_it_is_wide(show):
    page = show(start='document.querySelector("main").style.width = "40px";' + MOUNT)
    expect(page.locator(".ln-cap")).to_have_count(0)
    page.locator("main").evaluate("main => { main.style.width = ''; }")
    expect(page.locator(".ln-cap")).to_have_count(6)


def test_without_epsilon_it_says_what_is_no_number(show):
    page = show(ln.Rows(eps=0.0))
    expect(page.locator(".ln-off")).to_have_text([*[re.compile(".+")] * 3, *["NaN"] * 3])
    press(page, "Yes")
    press(page, "Give up: show why")
    expect(say(page)).to_contain_text("Row 2 is constant and ε is 0")


# --- With a kernel --------------------------------------------------------------------------------------


def test_what_the_reader_does_reaches_python_and_the_other_way_round(show):
    page = show(start=KERNEL)
    press(page, "Yes")
    put(page, "γ₂", 2.5)
    until(page, "() => [kernel.state.guesses, kernel.state.gamma, kernel.sent]", lambda found: found == [["", "yes", "", ""], [1, 2.5, 1], 2])
    page.evaluate("""() => { kernel.set("gamma", [4.243, 4.243, 2.121]); kernel.set("beta", [3, 3, 3]); }""")
    expect(strip(page)).to_contain_text("✓ As you said: yes.")
    until(page, "() => kernel.state.ended", lambda found: found == ["", "solved", "", ""])


def test_rows_of_another_width_arrive_one_message_at_a_time(show):
    page = show(start=KERNEL)
    press(page, "Yes")
    for key, value in (("round", 0), ("rows", [[1, 2, 3, 5], [0, 1, 0, 0]]), ("gamma", [1, 1, 1, 1]), ("beta", [0, 0, 0, 0])):
        page.evaluate("([key, value]) => kernel.set(key, value)", [key, value])
        page.evaluate(FRAME)
    expect(page.locator(".ln-own .ln-field")).to_have_count(8)
    press(page, "No")
    expect(page.locator(".ln-cap")).to_have_count(8)


def test_two_views_of_one_model_agree(show):
    twice = KERNEL + 'document.querySelector("main").append(Object.assign(document.createElement("div"), { id: "other" }));' \
        '$rows.render({ model, el: document.getElementById("other") });'
    page = show(start=twice)
    page.get_by_role("button", name="Yes").first.click()
    page.get_by_label("β₁", exact=True).first.fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("β₁", exact=True).last).to_have_value("3")
    until(page, """() => [...document.querySelectorAll("clipPath")].map((node) => node.id)""", lambda clips: len(clips) == len(set(clips)) == 2)


def test_the_module_is_no_heavier_than_the_player():
    source = bundle("rows/rows")
    assert len(gzip.compress(source.encode())) < 16_500 and not re.search(r"\beval\(|new Function", source)
