"""Axes in a browser: painted by hand and by keys, checked, asked, in one height, in every state."""
import re

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, audit, faults, show, sweep, until  # noqa: F401  one is a fixture
from test_circle_page import HOST, SMALL

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
# What it may take of the height, where it keeps it, and the smallest cell, by width.
WIDTHS = {320: (730, 16), 390: (700, 21), 768: (720, 24), 1280: (720, 24)}
ARRAYS = {
    "rows": {"shape": (2, 6), "methods": ["LN(d)", "RMS(d)", "BN", "GN"], "groups": 2},
    "tokens": {"shape": (2, 3, 4)},
    "tokens, all": {"shape": (2, 3, 4), "methods": ["LN(d)", "LN(T, d)", "LN(B, T, d)", "BN", "IN", "GN", "RMS(d)"]},
    "images": {"shape": (2, 3, 4, 5), "methods": ["LN(C, H, W)", "LN(C)", "square"]},
    "images, all": {"shape": (2, 4, 3, 5), "methods": ["LN(C, H, W)", "LN(C)", "BN", "IN", "GN", "RMS(C)", "square"], "groups": 2},
}
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .ln-option, .ln-btn, .ax-legend, .ax-bar, .ax-facts dd, .ax-facts dt, .ax-caption, .ax-cell")]
  .filter((e) => e.offsetParent && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)).map((e) => `${e.className}: ${e.innerText}`)"""
# What stands in the table's three columns, and how large a cell is.
SIDE_BY_SIDE = """(root) => [...root.querySelectorAll(".ax-facts > div")].map((e) => e.getBoundingClientRect()).some((r, k, all) => k && all[k - 1].right > r.left + 1)"""
STACKED = """(root) => [...root.querySelectorAll(".ax-facts > div")].every((e) => e.lastChild.getBoundingClientRect().top >= e.firstChild.getBoundingClientRect().bottom - 1)"""
CELLS = "(root) => [...root.querySelectorAll('.ax-cell')].map((e) => e.getBoundingClientRect()).map((r) => Math.min(r.width, r.height))"


def axes(page):
    return page.locator("[data-explorable=axes]")


def cell(page, flat):
    return axes(page).locator(f".ax-cell[data-flat='{flat}']")


def painted(page, cells):
    """Cells become painted in the next frame."""
    until(page, """() => [...document.querySelectorAll(".ax-cell[aria-selected=true]")].map((e) => +e.dataset.flat)""", lambda found: found == cells)


def press(page, name):
    axes(page).get_by_role("button", name=name, exact=True).click()


# Every method: painted a little, checked, asked for γ, and told.
STATES = """async function* (root, frame) {
  const press = async (name) => { [...root.querySelectorAll("button")].find((e) => e.textContent === name || e.ariaLabel === name).click(); await frame(); };
  for (let k = 0; k < root.querySelectorAll(".ln-chip").length; k++) {
    const chip = root.querySelectorAll(".ln-chip")[k], name = chip.textContent;
    chip.click();
    await press("Reset");
    yield `${name}, blank`;
    for (const flat of [0, 1, 5]) {
      const cell = root.querySelector(`.ax-cell[data-flat="${flat}"]`);
      cell.focus();
      cell.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    }
    await frame();
    yield `${name}, painted`;
    await press("Check");
    yield `${name}, checked`;
    await press("Next: γ’s shape");
    yield `${name}, gamma`;
    [...root.querySelectorAll(".ln-predict .ln-option")].at(-1).click();
    await press("Check");
    yield `${name}, told`;
  }
}"""
WIDE = "() => document.documentElement.scrollWidth - innerWidth"
LETTERS = """(root) => [...root.querySelectorAll("*")].filter((n) => [...n.childNodes].some((t) => t.nodeType === 3 && t.data.trim())
  && parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent)"""


@pytest.mark.parametrize("array", ARRAYS)
def test_in_every_state_it_fits_its_width_and_keeps_its_height(show, array):  # noqa: F811
    page = show(ln.Axes(**ARRAYS[array]), reduced_motion="reduce")
    root = axes(page)
    for width, (tallest, smallest) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        reserved = root.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
        found = sweep(root, STATES, height="(root) => root.offsetHeight", cut=CUT, beside=SIDE_BY_SIDE, stacked=STACKED, cells=CELLS,
                      wide=WIDE, small=SMALL, letters=LETTERS)
        assert len(found["height"]) == 5 * root.locator(".ln-chip").count()
        assert tallest is None or set(found["height"].values()) == {reserved} and reserved <= tallest, width
        assert all(found["stacked"].values()), width
        assert min(map(min, found["cells"].values())) >= smallest, width
        for look in ("beside", "wide", "small", "letters"):
            assert faults(found[look]) == {}, f"{look} at {width}"
        assert [state for state in faults(found["cut"]) if tallest or state == list(found["cut"])[-1]] == [], width


@pytest.mark.parametrize("array, width, scheme", [
    ("rows", 320, "light"), ("tokens", 768, "dark"), ("tokens, all", 1280, "light"), ("images", 390, "light"), ("images, all", 390, "dark")])
def test_it_can_be_used_by_anybody(show, array, width, scheme):  # noqa: F811
    page = show(ln.Axes(**ARRAYS[array]), viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    assert audit(page) == []
    assert faults(sweep(axes(page), STATES, audit=f"(root, state) => /checked|told/.test(state) ? ({AUDIT})(root) : []")["audit"]) == {}


def test_nothing_is_counted_before_it_is_painted(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    root = axes(page)
    expect(root.locator("dd")).to_have_text(["?"] * 5)
    cell(page, 4).click()
    cell(page, 10).click()
    expect(root.locator("[data-state=painted]")).to_have_count(2)
    expect(root.locator("dd")).to_have_text(["?"] * 5)
    press(page, "Check")
    expect(root.locator(".ln-predict")).to_contain_text("Not quite: 1 right, 2 missing, 1 too many. All features of example 1, token 2.")
    expect(root.locator("dd")).to_have_text(["4 of 24", "6 · (2, 3, 1)", "?", "LayerNorm(4)(x)", "ln.layer_norm(x, axis=-1)"])
    press(page, "Next: γ’s shape")
    root.get_by_role("button", name="(2, 3)", exact=True).click()
    press(page, "Check")
    expect(root.locator(".ln-predict")).to_contain_text("You said (2, 3); it is (4,)")
    expect(root.locator("dd").nth(2)).to_have_text("(4,)")


def test_what_is_painted_has_one_colour_on_the_cells_and_in_the_words(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    cell(page, 4).click()
    words, fill = (page.locator(what).evaluate(f"e => getComputedStyle(e).{key}") for what, key in ((".ln-say b", "color"), (".ax-cell[data-state=painted]", "backgroundColor")))
    assert words == fill


def test_right_missing_and_wrong_are_told_apart_without_colour_and_stay(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    for flat in (4, 10):
        cell(page, flat).click()
    press(page, "Check")
    for flat, sign in {4: "✓", 5: "+", 7: "+", 10: "✕", 0: ""}.items():
        expect(cell(page, flat)).to_have_text(sign)
    expect(cell(page, 10)).to_have_attribute("aria-label", "example 1, token 3, feature 3, painted, but not in the group")
    expect(cell(page, 5)).to_have_attribute("aria-label", "example 1, token 2, feature 2, missing")
    cell(page, 20).click()                                        # the reader goes on: the painting stays, small, beside its counts
    expect(cell(page, 20)).to_have_text("6")
    expect(axes(page).locator(".ln-say")).to_contain_text("mean 6 of 6")
    expect(axes(page).locator(".ax-legend")).to_have_text("1 which mean the marked cell’s")             # what is in the picture now
    expect(axes(page).locator(".ax-hers")).to_have_text("Your painting:")
    expect(axes(page).locator(".ax-small [data-state=right], .ax-small [data-state=wrong]")).to_have_count(2)
    axes(page).get_by_role("button", name="LayerNorm((3, 4))").click()
    axes(page).get_by_role("button", name="LayerNorm(4)", exact=True).click()
    expect(axes(page).locator(".ax-small [data-state=right], .ax-small [data-state=wrong]")).to_have_count(2)


def test_cells_are_painted_by_dragging_a_box_and_wiped_the_same_way(show):  # noqa: F811
    page = show(ln.Axes((2, 3, 4, 5)), **LAPTOP)

    def drag(start, end):
        a, b = cell(page, start).bounding_box(), cell(page, end).bounding_box()
        page.mouse.move(a["x"] + 5, a["y"] + 5)
        page.mouse.down()
        page.mouse.move(b["x"] + 9, b["y"] + 9, steps=8)
        page.mouse.up()

    painted = axes(page).locator("[data-state=painted]")
    drag(0, 59)
    expect(painted).to_have_count(59)                              # one image, all channels: sixty cells less the marked one
    drag(0, 4)
    expect(painted).to_have_count(54)                              # begun on a painted cell it wipes
    press(page, "Clear")
    expect(painted).to_have_count(0)
    drag(0, 59)
    press(page, "Check")
    expect(axes(page).locator(".ln-predict")).to_contain_text("As you painted: All channels, rows and columns of image 1.")


def test_everything_can_be_done_by_keys(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    root = axes(page)
    expect(root.get_by_role("grid")).to_have_attribute("aria-label", re.compile("4 features, ↓ 3 tokens"))
    cell(page, 6).focus()
    for key in ("ArrowLeft", "Space", "ArrowLeft", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    painted(page, [4, 5, 7])
    expect(cell(page, 7)).to_be_focused()
    page.keyboard.press("ArrowRight")                             # over to the next example
    expect(cell(page, 16)).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    painted(page, [4, 5, 7, 16, 17, 20, 21])
    for flat in (16, 17, 20, 21):
        cell(page, flat).focus()
        page.keyboard.press("Space")
    root.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(root.locator(".ln-predict")).to_contain_text("As you painted")
    expect(root.get_by_role("button", name="Next: γ’s shape")).to_be_focused()
    page.keyboard.press("Enter")
    cell(page, 0).focus()
    page.keyboard.press("Space")
    expect(root.locator(".ln-say")).to_contain_text("mean 1 of 6")


def test_the_ends_of_rows_and_of_the_array_and_the_next_block_are_one_key_away(show):  # noqa: F811
    page = show(ln.Axes((2, 3, 4)), viewport={"width": 1280, "height": 300})
    cell(page, 5).focus()
    page.evaluate("scrollTo(0, 100)")
    for key, flat in {"End": 7, "Home": 4, "PageDown": 16, "Control+End": 23, "PageUp": 11, "Control+Home": 0}.items():
        page.keyboard.press(key)
        expect(cell(page, flat)).to_be_focused()
        top, bottom = cell(page, flat).evaluate("(node) => { const box = node.getBoundingClientRect(); return [box.top, box.bottom]; }")
        assert top >= 0 and bottom <= 300, "the page follows the keys, and by no more than it must"


def test_enter_on_a_cell_checks_once_something_is_painted(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    cell(page, 4).focus()
    page.keyboard.press("Enter")
    expect(axes(page).locator(".ln-predict")).to_have_attribute("data-state", "asked")
    painted(page, [])
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(axes(page).locator(".ln-predict")).to_contain_text("Not quite: 1 right, 2 missing, 0 too many")
    expect(cell(page, 4)).to_be_focused()


def test_clear_keeps_the_focus(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    clear = axes(page).get_by_role("button", name="Clear")
    cell(page, 4).click()
    clear.focus()
    page.keyboard.press("Enter")
    painted(page, [])
    expect(clear).to_be_focused()
    expect(clear).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_method_of_chapter_3_can_be_read(show, width):  # noqa: F811
    page = show(ln.Axes((2, 4, 3, 5), ["BN", "LN(C, H, W)", "IN", "GN", "LN(C)", "RMS(C)"], groups=2), viewport={"width": width, "height": 900})
    for chip in axes(page).locator(".ln-chip").all():
        chip.click()
        page.wait_for_timeout(100)
        row, one, others = (page.locator(what).evaluate_all("all => all.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right])")
                            for what in (".ax-offers .ln-chips", ".ln-chip[aria-pressed=true]", ".ax-offers .ln-pick"))
        assert row[0][0] - 1 <= one[0][0] and one[0][1] <= row[0][1] + 1, chip.inner_text()      # where chips scroll, the chosen one is in view
        assert all(left >= row[0][1] for left, _ in others), "G lies over a chip"
        if width == 1280:
            assert page.locator(".ax-offers .ln-chips").evaluate("e => e.scrollWidth - e.clientWidth") == 0


def test_nobody_else_is_an_answer_too(show):  # noqa: F811
    page = show(ln.Axes((1, 6), ["BN", "LN(d)"]), **LAPTOP)
    press(page, "Nobody else")
    expect(axes(page).locator(".ln-predict")).to_contain_text("As you painted: This cell alone")
    expect(axes(page).locator(".ln-say")).to_contain_text("x − μ is 0, whatever x is")


def test_the_answer_is_shown_unpainted_only_after_one_painting(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    show_me = axes(page).get_by_role("button", name="Show me")
    axes(page).get_by_role("button", name="LayerNorm((3, 4))").click()
    expect(show_me).to_have_count(0)
    cell(page, 0).click()
    press(page, "Check")
    axes(page).get_by_role("button", name="LayerNorm(4)", exact=True).click()
    show_me.click()
    expect(axes(page).locator("dd").first).to_have_text("4 of 24")
    press(page, "Paint again")
    expect(axes(page).locator("dd").first).to_have_text("?")


def test_groups_of_channels_follow_g(show):  # noqa: F811
    page = show(ln.Axes((2, 4, 3, 5), ["LN(C, H, W)", "GN"], groups=2), **LAPTOP)
    cell(page, 0).click()
    press(page, "Check")
    axes(page).get_by_role("button", name="GroupNorm(2, 4)").click()
    press(page, "Show me")
    expect(axes(page).locator(".ln-say")).to_contain_text("mean 1 of 4, that of all rows and columns of image 1, channels 1 to 2")
    axes(page).get_by_label("G", exact=True).select_option("4")
    press(page, "Show me")
    expect(axes(page).locator("dd").nth(1)).to_have_text("8")
    expect(axes(page).locator("code").first).to_have_text("GroupNorm(4, 4)(x)")


def test_a_square_array_hides_the_wrong_axis(show):  # noqa: F811
    page = show(ln.Axes((2, 3, 4, 5), ["square"]), **LAPTOP)
    root = axes(page)
    expect(root.locator(".ln-predict")).to_contain_text("W = C = 3, and LayerNorm(3) was meant for the channels")
    cell(page, 0).click()
    press(page, "Check")
    expect(root.locator(".ln-predict")).to_contain_text("All columns of image 1, channel 2, row 2")
    expect(root.locator(".ln-say")).to_contain_text("No error, wrong axis")


def test_what_rests_is_said_and_what_is_dragged_is_not(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP)
    status = axes(page).locator("[role=status]")
    a, b = cell(page, 0).bounding_box(), cell(page, 11).bounding_box()
    page.mouse.move(a["x"] + 9, a["y"] + 9)
    page.mouse.down()
    page.mouse.move(b["x"] + 9, b["y"] + 9, steps=6)
    page.wait_for_timeout(1000)
    assert status.inner_text() == ""
    page.mouse.up()
    expect(status).to_have_text("You have painted 11 cells beside the marked one.")


def test_on_a_phone_a_token_is_two_fingers_wide(show):  # noqa: F811
    page = show(ln.Axes(), **PHONE)
    until(page, f"() => ({CELLS})(document)", lambda sizes: min(sizes) >= 42)                  # and a pixel of gap on each side


def test_without_script_a_picture_stands_there(show):  # noqa: F811
    page = show(ln.Axes(), java_script_enabled=False)
    assert axes(page).locator("img").is_visible() and axes(page).locator("button").count() == 0


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    page = show(ln.Axes(), **LAPTOP, bypass_csp=True, reduced_motion="reduce")
    page.evaluate(HOST, ln.Axes._esm)
    view = page.locator("#lab")
    view.locator(".ax-cell[data-flat='4']").click()
    until(page, "() => [kernel.get('painted'), kernel.saved > 0]", lambda found: found == [[4], True])
    page.evaluate("kernel.set('painted', [1, 2, 3])")
    expect(view.locator("[data-state=painted]")).to_have_count(3)
    page.evaluate("kernel.set('stage', 'done')")                   # as Python may: the answer without a painting
    expect(view.locator("dd").first).to_have_text("4 of 24")
    page.evaluate("kernel.set('method', 'LN(T, d)')")
    expect(view.locator("dd").first).to_have_text("12 of 24")
    page.evaluate("kernel.set('cell', [1, 0, 0])")
    expect(view.locator(".ln-say")).to_contain_text("mean 2 of 2")
