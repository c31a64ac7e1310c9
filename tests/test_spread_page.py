"""Spread in a browser: guessed at, dragged, keyed and typed, in one height, in every state."""
import re

import numpy as np
import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, audit, faults, show, sweep, until  # noqa: F401  one is a fixture
from test_circle_page import HOST

LAPTOP = {"viewport": {"width": 1280, "height": 800}}
WIDTHS = {320: None, 390: 700, 768: 720, 1280: 720}                # and what it may take of the height
# Every preset, asked and told; then the fewest points, the most, all alike, and numbers as long as they get.
STATES = """async function* (root, frame) {
  const press = async (name) => { [...root.querySelectorAll("button")].find((e) => e.textContent === name || e.ariaLabel === name).click(); await frame(); };
  const type = async (numbers) => {
    const fields = [...root.querySelectorAll(".ln-field")];
    for (const [k, v] of numbers.entries()) { fields[k].value = v; fields[k].dispatchEvent(new Event("change")); await frame(); }
  };
  for (const chip of root.querySelectorAll(".ln-chip")) {
    chip.click();
    yield `${chip.textContent}, asked`;
    root.querySelector(".ln-predict .ln-option:last-child")?.click();
    await press("Check");
    yield `${chip.textContent}, told`;
  }
  await press("2, 0, 4, 4");
  for (let k = 0; k < 4; k++) await press("Add a point at the mean");
  yield "eight points";
  await type([-999.99, 123.456, -0.001, 1000, 0.333, -777.77, 888.88, 12.5]);
  yield "eight long numbers";
  for (let k = 0; k < 6; k++) await press("Remove the last point");
  yield "two points";
  await type([0.0012, 0.0015]);
  yield "two small numbers";
  await type([5, 5]);
  yield "all alike";
}"""
HEIGHT = "(root) => root.offsetHeight"
SAYS = "(root) => { const r = root.querySelector('.ln-say'); return [r.offsetTop - root.offsetTop, r.offsetHeight].join(); }"       # whatever room the page keeps
WIDE = "() => document.documentElement.scrollWidth - innerWidth"
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .ln-option, .sp-results, .sp-sums, .sp-results dd, .sp-results dt")]
  .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map((e) => `${e.className}: ${e.innerText}`)"""
# A number in a column stays in it (four digits and a minus may use the gap to the next), and a label in the picture.
OUT = """(root) => {
  const wide = [...root.querySelectorAll(".sp-sums td > span")].filter((e) => e.offsetWidth > e.parentNode.clientWidth + 8).map((e) => e.textContent);
  const stage = root.querySelector(".sp-picture").getBoundingClientRect();
  const gone = [...root.querySelectorAll(".sp-picture text, .sp-picture .sp-square, .sp-picture .sp-wide")].filter((e) => e.getBoundingClientRect().width > 0 && (e.textContent || e.tagName === "rect"))
    .filter((e) => { const r = e.getBoundingClientRect(); return r.left < stage.left - 1 || r.right > stage.right + 1 || r.top < stage.top - 1 || r.bottom > stage.bottom + 1; });
  return [...wide, ...gone.map((e) => `${e.getAttribute("class")} ${e.textContent}`)];
}"""
# No two labels of the picture stand on each other.
OVER = """(root) => {
  const all = [...root.querySelectorAll(".sp-picture .sp-under text")].filter((e) => e.textContent && e.getBoundingClientRect().width > 0).map((e) => [e.textContent, e.getBoundingClientRect()]);
  return all.flatMap(([a, p], i) => all.slice(i + 1).filter(([, q]) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3).map(([b]) => `${a} / ${b}`));
}"""
SMALL = """(root) => [...root.querySelectorAll("button, input")].map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.height < 43.5 || r.width < (e.tagName === "INPUT" ? 30 : 40)).map(([e, r]) => `${e.ariaLabel ?? e.innerText} ${r.width} × ${r.height}`)"""
LETTERS = """(root) => [...root.querySelectorAll("*")].filter((n) => [...n.childNodes].some((t) => t.nodeType === 3 && t.data.trim())
  && parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent)"""


def spread(page):
    return page.locator("[data-explorable=spread]")


def field(page, i):
    return spread(page).locator(".ln-field").nth(i)


def result(page, name):
    return spread(page).locator(".sp-results div", has_text=name).locator("dd").first


def press(page, name):
    spread(page).get_by_role("button", name=name, exact=True).click()


def middle(page, i):
    box = spread(page).locator(".sp-disc").nth(i).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_in_every_state_it_fits_its_width_and_keeps_its_height(show):  # noqa: F811
    page = show(ln.Spread(), reduced_motion="reduce")
    root = spread(page)
    for width, tallest in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        reserved = root.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
        found = sweep(root, STATES, height=HEIGHT, says=SAYS, wide=WIDE, cut=CUT, out=OUT, over=OVER, small=SMALL, letters=LETTERS)
        assert len(found["height"]) == 19 and set(found["height"].values()) == {reserved}, width
        assert len(set(found["says"].values())) == 1, width
        assert tallest is None or reserved <= tallest
        for look in ("wide", "cut", "out", "over", "small", "letters"):
            assert not (wrong := faults(found[look])), f"{look} at {width}: {wrong}"


@pytest.mark.parametrize("width, scheme", [(1280, "light"), (390, "dark")])
def test_it_can_be_used_by_anybody(show, width, scheme):  # noqa: F811
    page = show(ln.Spread(), viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    assert audit(page) == []
    short = STATES[:STATES.index('  await press("2, 0')].replace('querySelectorAll(".ln-chip")) {', 'querySelectorAll(".ln-chip:nth-child(3n + 1)")) {') + "}"
    assert faults(sweep(spread(page), short, audit=AUDIT)["audit"]) == {}


def test_a_point_is_dragged_the_rest_follows_and_nobody_is_told_before_it_rests(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    status = spread(page).locator("[role=status]")
    page.wait_for_timeout(900)
    x, y = middle(page, 1)
    zero, two = middle(page, 1)[0], middle(page, 0)[0]              # at 0 and at 2: the ruler
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + (two - zero) * 0.7, y, steps=6)
    expect(field(page, 1)).to_have_value("1.4")
    expect(result(page, "÷ d: σ²")).to_have_text(f"{np.var([2, 1.4, 4, 4]):.3f}")
    expect(spread(page).locator(".ln-say")).to_contain_text("μ = 2.85")
    page.wait_for_timeout(900)
    assert status.inner_text() == ""                                # nor was anything said of what stood there at first
    page.mouse.up()
    expect(status).to_contain_text("μ = 2.85")


def test_side_and_area_of_the_mean_square_have_a_name_each(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    assert [spread(page).locator(f".sp-{name}-name").text_content() for name in ("sigma", "note")] == ["side σ = 1.658", "area σ² = 2.75"]


def test_of_points_at_one_place_one_is_taken(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    x, y = middle(page, 3)                                         # on the shoulders of x₃
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    expect(field(page, 2)).to_have_value("4")
    expect(field(page, 3)).not_to_have_value("4")


def test_everything_can_be_done_by_keys(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    dot = spread(page).get_by_role("slider", name="x₂")
    dot.focus()
    for key in ("ArrowRight", "PageUp", "Shift+ArrowLeft", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(field(page, 1)).to_have_value("-0.1")
    expect(dot).to_have_attribute("aria-valuetext", "−0.1, 2.575 below the mean, square 6.631")
    expect(dot).to_be_focused()
    expect(spread(page).get_by_role("slider")).to_have_count(4)
    assert spread(page).get_by_role("group", name="How far apart, in one number?").count() or spread(page).get_attribute("aria-labelledby")


def test_numbers_are_typed_and_what_is_none_gives_way(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    field(page, 0).fill("-3")
    field(page, 0).press("Enter")
    expect(result(page, "sum of squares")).to_have_text("34.75")
    field(page, 0).fill("")
    field(page, 0).blur()
    expect(field(page, 0)).to_have_value("-3")
    field(page, 0).fill("5000")                                    # the most that Python takes
    field(page, 0).blur()
    expect(field(page, 0)).to_have_value("1000")


def test_points_come_at_the_mean_and_go(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    for _ in range(4):
        press(page, "Add a point at the mean")
    expect(field(page, 7)).to_have_value("2.5")
    expect(result(page, "÷ d: σ²")).to_have_text("1.375")           # the same 11, among eight
    expect(spread(page).get_by_role("button", name="Add a point at the mean")).to_be_disabled()
    for _ in range(6):
        press(page, "Remove the last point")
    expect(spread(page).locator(".sp-count")).to_have_text("d = 2")
    expect(spread(page).get_by_role("button", name="Remove the last point")).to_be_disabled()
    spread(page).get_by_role("button", name="Add a point at the mean").evaluate("e => { for (let k = 0; k < 12; k++) e.click(); }")     # quicker than a frame
    expect(spread(page).locator(".sp-count")).to_have_text("d = 8")
    press(page, "Reset")
    expect(spread(page).locator(".sp-count")).to_have_text("d = 4")


@pytest.mark.parametrize("name, guess, words", [("× 10", "100 times", "As you said: 100 times. Every side is 10 times as long"),
                                                 ("One far", "7.5", "As you said: 7.5. Of the 60 in all squares")])
def test_a_question_about_certain_numbers_is_judged_on_them(show, name, guess, words):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP, reduced_motion="reduce")
    press(page, name)
    for field in spread(page).get_by_role("spinbutton").all():
        field.fill("3")
        page.keyboard.press("Enter")
    predict = spread(page).locator(".ln-predict")
    predict.get_by_role("button", name=guess).click()
    press(page, "Check")
    expect(predict).to_contain_text(words)


def test_a_verdict_on_points_that_have_moved_says_so(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP, reduced_motion="reduce")
    predict = spread(page).locator(".ln-predict")
    press(page, "+ 7")
    predict.get_by_role("button", name="stays").click()
    press(page, "Check")
    expect(predict).to_contain_text("✓ As you said: stays")
    spread(page).get_by_role("spinbutton").first.fill("0")
    page.keyboard.press("Enter")
    expect(predict).to_contain_text("✓ Before your change: stays")


def test_a_guess_is_kept_watched_and_judged(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    predict = spread(page).locator(".ln-predict")
    press(page, "× 10")
    predict.get_by_role("button", name="20 times").click()
    press(page, "Check")
    expect(predict).to_contain_text("Your guess: 20 times. Watch.")
    expect(predict).to_contain_text("You said 20 times; the answer: 100 times. Every side is 10 times as long")
    expect(result(page, "÷ d: σ²")).to_have_text("275")
    press(page, "+ 7")
    expect(predict).to_contain_text("Add 7 to every number")
    expect(result(page, "÷ d: σ²")).to_have_text("2.75")
    press(page, "× 10")                                            # the question again, from its start
    expect(field(page, 2)).to_have_value("4")
    predict.get_by_role("button", name="100 times").click()
    press(page, "Check")
    expect(predict).to_contain_text("100 times. Watch.")
    spread(page).get_by_role("slider", name="x₁").focus()
    page.keyboard.press("ArrowRight")                              # taken before it had arrived: nothing to judge
    expect(predict).to_contain_text("Multiply every number by 10")


def test_your_turn_is_judged_where_the_points_are(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)
    predict = spread(page).locator(".ln-predict")
    press(page, "Your turn")
    press(page, "Check")
    expect(predict).to_contain_text("Not yet: μ = 2.5, σ = 1.658.")
    for i, v in enumerate((-1, -1, 1, 1)):
        field(page, i).fill(str(v))
        field(page, i).press("Enter")
    press(page, "Check")
    expect(predict).to_contain_text("There: μ = 0, σ = 1. LayerNorm does this to every vector")


def test_it_can_be_drawn_before_its_style_has_come(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP)                             # a size below 0 is an error on the console, and that fails
    spread(page).locator(".sp-stage").evaluate("e => { e.style.height = '30px'; e.style.width = '60px'; }")
    until(page, "() => document.querySelector('.sp-picture').getAttribute('viewBox')", lambda box: box == "0 0 240 120")


def test_without_script_a_picture_stands_there(show):  # noqa: F811
    page = show(ln.Spread(), java_script_enabled=False)
    assert spread(page).locator("img").is_visible() and spread(page).locator("button").count() == 0


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    page = show(ln.Spread(), **LAPTOP, bypass_csp=True, reduced_motion="reduce")
    page.evaluate(HOST, ln.Spread._esm)
    view = page.locator("#lab")
    view.get_by_role("slider", name="x₂").focus()
    page.keyboard.press("PageUp")
    until(page, "() => [kernel.get('x'), kernel.saved > 0]", lambda found: found == [[2, 1, 4, 4], True])
    page.evaluate("kernel.set('x', [1, 2, 3, 2, 1, 2, 3, 10])")
    expect(view.locator(".sp-results dd").nth(1)).to_have_text("7.5")
    expect(view.get_by_role("slider")).to_have_count(8)
    page.evaluate("kernel.set('x', [2, 0, 4, 4])")
    page.evaluate("kernel.set('preset', '× 10')")                   # what it will make of x is framed, as on the page
    expect(view.locator(".sp-scale")).to_contain_text("40")
    page.evaluate("kernel.set('preset', 'All alike')")
    expect(view.locator(".ln-predict")).to_contain_text("Which way must x₄ move")
    expect(view.locator(".ln-chip[aria-pressed=true]")).to_have_text(re.compile("All alike"))
