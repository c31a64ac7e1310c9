"""The Player in a page: drawn, dragged, keyed, typed into and played; one height, nothing cut, nothing unnamed, in every state."""
import json
import re
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import expect  # waits without eval, which the pages' policy forbids

import layernorm as ln
from alone import FRAME, UNSEEN, audit, place, settled, until
from alone import page as alone
from test_player import PRESETS

GIVEN = {"gamma": [2, 0.5, 1, 3], "beta": [1, -1, 0, 0.5]}
SIZES = {"laptop": (1280, 800, 720), "tablet": (768, 1024, 720), "phone": (390, 844, 700), "small phone": (320, 640, 730)}


def screen(name, **options):
    width, height, _ = SIZES[name]
    return {"viewport": {"width": width, "height": height}} | options


STILL = {"reduced_motion": "reduce"}
LAPTOP, PHONE = screen("laptop"), screen("phone")
# The chapter's first Player, and the only one of a page of its own.
PLAYER = '[data-explorable="player"] >> nth=0'


@pytest.fixture(scope="module")
def written():
    """The page of a Player with the given inputs; its sheets and fonts are made once."""
    first, text = place(ln.Player()), alone(ln.Player())
    return lambda inputs: text.replace(first, place(ln.Player(**inputs)))


@pytest.fixture
def show(tab, written, tmp_path):
    """A Player on a page of its own."""
    def open_player(inputs=GIVEN, **options):
        path = tmp_path / "player.html"
        path.write_text(written(inputs), "utf-8")
        page = tab(path.as_uri(), **(LAPTOP | options))
        page.locator("[data-drawn]").wait_for()
        return page
    return open_player


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def bar(page, i):
    return page.get_by_role("slider", name=f"x{'₁₂₃₄₅₆₇₈'[i - 1]}", exact=True)


def field(page, name):
    return page.get_by_role("spinbutton", name=name, exact=True)


def rows(page):
    return page.get_by_label("Numbers under the bars")


# --- Every state, measured ------------------------------------------------------------------------------

# Loads each preset, goes to each step, opens each row; looks once a frame.  What it finds: [state, fault] pairs.
SWEEP = """async ({ rows }) => {
  const root = document.querySelector(".ln-player"), all = (what) => [...root.querySelectorAll(what)], one = (what) => root.querySelector(what);
  const frame = () => new Promise((ready) => requestAnimationFrame(ready));
  const set = (node, value, event) => { node.value = value; node.dispatchEvent(new Event(event, { bubbles: true })); };
  const found = [], heights = new Set(), reserved = parseFloat(getComputedStyle(root).minHeight);
  root.style.minHeight = 0;                                   // what it takes, not what is kept for it
  document.documentElement.style.clipPath = "UNSEEN";         // measured, not painted
  let looks = 0;
  const words = (e) => (e.getAttribute?.("aria-label") ?? e.textContent).slice(0, 60);
  function overlaps() {
    const labels = all(".ln-stage text").filter((t) => t.textContent && t.getAttribute("opacity") !== "0" && !t.closest(".ln-rules"))
      .map((t) => [t, t.getBoundingClientRect()]);
    const faults = [];
    labels.forEach(([a, p], k) => labels.slice(k + 1).forEach(([b, q]) => {
      const across = Math.min(p.right, q.right) - Math.max(p.left, q.left), down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      const side = a.closest(".ln-side") || b.closest(".ln-side");
      const scrolls = one(".ln-board").dataset.scrolls === "true";
      if (across > 1 && down > 4 && !(side && scrolls)) faults.push(`${a.textContent} stands on ${b.textContent}`);
    }));
    const stage = one(".ln-scroll").getBoundingClientRect();
    for (const [t, r] of labels) {
      if (r.top < stage.top - 1 || r.bottom > stage.bottom + 1) faults.push(`${t.textContent} is outside the picture`);
      if (t.closest(".ln-side") && r.right > stage.right + 1) faults.push(`${t.textContent} is cut`);
    }
    return faults;
  }
  function look(state) {
    looks++;
    heights.add(root.offsetHeight);
    const faults = all(".ln-say, .ln-predict, .ln-formula, .ln-track, .ln-head, .ln-transport, .ln-row").filter((e) => e.offsetParent && (e.scrollHeight > e.clientHeight + 1))
      .map((e) => `${e.className} is cut: ${words(e)}`);
    for (const e of all(".ln-say, .ln-predict, .ln-formula"))
      if (e.offsetParent && e.scrollWidth > e.clientWidth + 1) faults.push(`${e.className} is too wide: ${words(e)}`);
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
    if (innerWidth > 700 && one(".ln-chips").scrollWidth > one(".ln-chips").clientWidth) faults.push("a preset is cut");
    if (/undefined|null|Infinity|\\[object/.test(root.textContent)) faults.push("unfinished words");
    found.push(...faults.map((fault) => [state, fault]));
  }
  const presets = [...all(".ln-chip").map((chip) => [chip.textContent, () => chip.click()]),
    ...[...one(".ln-chips select").options].filter((o) => o.value.startsWith("d =")).map(({ value }) => [value, () => set(one(".ln-chips select"), value, "change")])];
  for (const [name, load] of presets) {
    load();
    for (let step = 0; step < 7; step++) {
      set(one(".ln-track-film input"), step, "input");
      await frame();
      look(`${name}, step ${step}`);
      found.push(...overlaps().map((fault) => [`${name}, step ${step}`, fault]));
      for (const row of rows) {
        set(one(".ln-which select"), row, "change");
        await frame();
        look(`${name}, step ${step}, ${row}`);
      }
    }
    set(one(".ln-which select"), "eps", "change");
    await frame();
    look(`${name}, eps`);
    one("[aria-label='Back to the steps']").click();
    await frame();
    one("[aria-label='Set it from Python']").click();
    await frame();
    look(`${name}, from Python`);
    one("[aria-label='Set it from Python']").click();
  }
  return { found, heights: [...heights], reserved, looks, presets: presets.length };
}""".replace("UNSEEN", UNSEEN)


@pytest.mark.parametrize("size, more", [("laptop", ["gamma"]), ("phone", ["x", "gamma", "beta"]), ("tablet", []), ("small phone", [])])
def test_every_state_has_one_height_and_nothing_is_cut(show, size, more):
    page = show(**screen(size), **STILL)
    seen = page.evaluate(SWEEP, {"rows": more})
    assert seen["found"] == []
    assert seen["presets"] == len(PRESETS) and seen["looks"] == len(PRESETS) * (7 * (1 + len(more)) + 2)
    assert len(seen["heights"]) == 1 and seen["heights"][0] <= SIZES[size][2]
    assert seen["heights"] == [seen["reserved"]]


EXTREMES = [
    {"x": [1e100, -1e100, 3], "gamma": [1e100, -1e-100, 0], "beta": [-1e100, 1e-100, 5]}, {"x": [1e-300, 0, 5e-324]}, {"x": [3, 3, 3], "eps": 0},
    {"x": np.linspace(-40, 95, 64).tolist()}, {"x": [123456.789, -98765.4321, 1e-4, 5.5, 1e5, -1e5, 77777.77]},
    {"x": [0.1] * 12, "gamma": [-99.999] * 12, "beta": [-0.000123] * 12}, {"x": [1e6, -1e6], "scale": 1000, "speed": 1.5, "zoom": 3.3, "eps": 100}]


KEPT = "(root) => parseFloat(getComputedStyle(root).minHeight)"
AT_EVERY_STEP = """async (root) => {
  const frame = () => new Promise((ready) => requestAnimationFrame(ready)), found = [];
  const film = root.querySelector(".ln-track-film input");
  root.style.minHeight = 0;                                   // what it takes, not what is kept for it
  for (let step = 0; step < 7; step++) {
    film.value = step;
    film.dispatchEvent(new Event("input"));
    await frame();
    const cut = [...root.querySelectorAll(".ln-say, .ln-predict, .ln-row, .ln-formula")].filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => e.textContent);
    found.push([root.offsetHeight, document.documentElement.scrollWidth <= innerWidth, cut, /undefined|null|Infinity/.test(root.textContent)]);
  }
  root.style.minHeight = "";
  return found;
}"""


@pytest.mark.parametrize("inputs", EXTREMES)
def test_any_number_that_python_may_set_is_drawn(show, inputs):
    page = show(inputs, **LAPTOP, **STILL)
    player = page.locator(PLAYER)
    for size in (LAPTOP, PHONE):
        page.set_viewport_size(size["viewport"])
        page.evaluate(FRAME)
        assert player.evaluate(AT_EVERY_STEP) == [[player.evaluate(KEPT), True, [], False]] * 7


def test_a_speed_and_a_zoom_that_are_not_in_the_list_are_shown(show):
    page = show({"speed": 1.5, "zoom": 3.3})
    assert [page.get_by_label(name).evaluate("e => e.selectedOptions[0].textContent") for name in ("Speed", "Zoom")] == ["1.5×", "3.3×"]
    page.get_by_label("Speed").select_option("¼×")
    assert page.get_by_label("Speed").evaluate("e => e.selectedOptions[0].textContent") == "¼×"


@pytest.mark.parametrize("size", ["laptop", "phone", "small phone"])
def test_what_is_touched_is_as_large_as_a_finger_and_letters_can_be_read(show, size):
    page = show({"x": [1, -2, 0.5, 3, 0, -1, 2, 4.5]}, **screen(size), **STILL)
    measure = """(root) => [...root.querySelectorAll("button, select, input, .ln-hit")].filter((e) => e.getClientRects().length && !e.disabled)
      .map((e) => [e.getAttribute("aria-label") ?? e.textContent, e.getBoundingClientRect()])
      .filter(([, r]) => r.width < 43.9 || r.height < 41.9).map(([name, r]) => `${name} ${r.width} × ${r.height}`)"""
    letters = """(root) => [...root.querySelectorAll("*")].filter((e) => !e.closest("math, .ln-quiet") && e.getClientRects().length
        && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .map((e) => [e.textContent, parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.getScreenCTM().a : 1)])
      .filter(([, px]) => px < 11.95).map(String)"""
    for row in ("x", "eps"):
        rows(page).select_option(row)
        assert page.locator(PLAYER).evaluate(measure) == []
        assert page.locator(PLAYER).evaluate(letters) == []


def test_bars_that_do_not_fit_scroll_between_axis_and_labels(show):
    page = show({"x": [1, -2, 0.5, 3, 0, -1, 2, 4.5]}, **PHONE, **STILL)
    scroll = page.locator(".ln-scroll")
    axis = page.locator(".ln-side-left").bounding_box()["x"]
    assert scroll.evaluate("e => e.scrollWidth > e.clientWidth")
    bar(page, 8).focus()
    for one in (bar(page, 8), field(page, "x₈")):
        one.focus()
        expect(one).to_be_in_viewport()
        page.evaluate(FRAME)
        box, labels = one.bounding_box(), page.locator(".ln-side-right").bounding_box()
        assert box["x"] + box["width"] / 2 <= labels["x"] and page.locator(".ln-side-left").bounding_box()["x"] == axis
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_squares_fit_their_columns(show):
    page = show({"x": [1, -2, 0.5, 3, 0, -1, -11, 14.5]}, **PHONE, **STILL)
    for _ in range(3):
        button(page, "Step forward").click()
    expect(page.locator(".ln-bar .ln-square").first).to_have_css("opacity", "1")
    boxes = [settled(square) for square in page.locator(".ln-bar .ln-square").all()]
    assert all(one["x"] + one["width"] <= other["x"] + 1 for one, other in pairwise(boxes)) and boxes[-1]["width"] > 30, boxes


def test_each_step_fills_the_picture(show):
    """The axis is that of what is drawn: x̂ = ±1 is no line at the bottom of an axis that (3, 100) needs."""
    page = show(**STILL)
    for name in ("d = 2", "d = 8"):
        page.get_by_label("Length").select_option(name)
        for _ in range(4):
            button(page, "Step forward").click()
        until(page, "() => [...document.querySelectorAll('.ln-cap')].map((e) => e.getBoundingClientRect().y)", lambda caps: max(caps) - min(caps) > 60)


# --- Driven by hand ---------------------------------------------------------------------------------------


def test_a_bar_is_dragged_and_keyed(show):
    page = show()
    bar(page, 1).focus()
    for key, value in (("ArrowUp", "2.1"), ("PageDown", "1.1"), ("Shift+ArrowUp", "2.1"), ("Home", "-10"), ("End", "10")):
        page.keyboard.press(key)
        expect(bar(page, 1)).to_have_attribute("aria-valuenow", value)
    box = settled(page.locator(".ln-cap").nth(2))
    page.mouse.move(box["x"] + 10, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 62, steps=5)
    page.mouse.up()
    until(page, "() => +document.querySelectorAll('.ln-row .ln-field')[2].value", lambda x: x < 4)
    expect(button(page, "Example")).to_have_attribute("aria-pressed", "false")


def test_a_large_x_is_not_thrown_back_by_a_key(show):
    page = show({"x": [2000, 0, 4000, 4000]})
    bar(page, 1).focus()
    page.keyboard.press("ArrowUp")
    expect(bar(page, 1)).to_have_attribute("aria-valuenow", "2010")
    expect(bar(page, 1)).to_have_attribute("aria-valuemax", "10000")


def test_gamma_and_beta_are_typed_and_the_row_follows_the_step_until_the_reader_chooses(show):
    page = show(**STILL)
    button(page, "To the end").click()
    expect(rows(page)).to_have_value("beta")
    field(page, "β₂").fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-value").nth(1)).to_have_text("1.246")
    rows(page).select_option("gamma")
    expect(field(page, "γ₂")).to_have_value("0.5")
    button(page, "To the start").click()
    expect(rows(page)).to_have_value("x")
    rows(page).select_option("gamma")
    button(page, "To the end").click()
    expect(page.locator(".ln-clock")).to_have_text("9.0 s")
    expect(rows(page)).to_have_value("gamma")                          # what she opened is at work here


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_a_value_that_is_not_taken_says_why_beside_its_field(show, size):
    page = show(**screen(size))
    say, status, height = page.locator(".ln-say"), page.get_by_role("status"), page.locator(PLAYER).bounding_box()["height"]
    for typed, why in (("1e9", "x₂ stays 0: this field takes −10⁶ to 10⁶."), ("", "x₂ stays 0: the field was empty."), ("-e", "x₂ stays 0: that is not a number.")):
        field(page, "x₂").focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        if typed == "":
            page.keyboard.press("Tab")
        expect(say).to_have_text(f"✕ {why}")
        expect(status).to_contain_text(why)
        expect(bar(page, 2)).to_have_attribute("aria-valuenow", "0")
        assert page.locator(PLAYER).bounding_box()["height"] == height
        field(page, "x₃").focus()
        expect(field(page, "x₂")).to_have_value("0")
        expect(field(page, "x₂")).not_to_have_attribute("aria-invalid", "true")
    field(page, "x₂").fill("-1e-300")
    page.keyboard.press("Enter")
    expect(say).to_contain_text("x = (2, −10⁻³⁰⁰, 4, 4)")


def test_a_list_is_typed_into_one_field_after_the_other_and_nothing_is_dropped_in_silence(show):
    page = show(**STILL)
    say = page.locator(".ln-say")

    def type_over(name, text):
        field(page, name).select_text()
        page.evaluate(FRAME)                                      # no hand types before it has been told of
        page.keyboard.type(text)
    type_over("x₁", "2000, 0, -4e3 4.5")
    page.keyboard.press("Enter")
    expect(bar(page, 4)).to_have_attribute("aria-valuenow", "4.5")
    assert [field(page, f"x{i}").input_value() for i in "₁₂₃₄"] == ["2000", "0", "-4000", "4.5"]
    expect(field(page, "x₄")).to_be_focused()
    for text, why in (("√3", "“√” is no part of a number here"), ("2,5", "one number a field, with a point in it, not a comma"), ("−7", "“−” is no part of a number")):
        type_over("x₂", text)
        page.keyboard.press("Enter")
        expect(say).to_contain_text(f"✕ x₂ stays 0: {why}")
        assert say.evaluate("e => e.scrollHeight <= e.clientHeight")
        type_over("x₂", text)
        page.keyboard.press("Tab")
        expect(say).to_contain_text("✕ x₂ stays 0")
        expect(field(page, "x₂")).to_have_value("0")
    for odd, then in (("7,5", "Backspace"), ("q", "Control+a")):          # what is mended by hand is taken
        type_over("x₂", odd)
        page.keyboard.press(then)
        page.wait_for_timeout(50)
        page.keyboard.type(".5")
        shown = field(page, "x₂").input_value()
        page.keyboard.press("Enter")
        expect(bar(page, 2)).to_have_attribute("aria-valuenow", f"{float(shown):g}")
        expect(say).not_to_contain_text("✕")
    type_over("x₂", "1.732")
    page.keyboard.press("Enter")
    expect(bar(page, 2)).to_have_attribute("aria-valuetext", "1.732; x is 1.732")


def test_epsilon_is_typed_and_slid(show):
    page = show(**STILL)
    button(page, "To the end").click()                               # before, a guess waits
    rows(page).select_option("eps")
    typed, slider = field(page, "ε as a number"), page.get_by_role("slider", name="ε", exact=True)
    expect(typed).to_have_value("1e-5")
    typed.fill("2.75")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-spread b")).to_have_text("0.5")
    slider.focus()
    page.keyboard.press("Home")
    expect(typed).to_have_value("0")
    expect(page.locator(".ln-say")).to_contain_text("Without ε the variance of x̂ is 1")
    typed.fill("-1")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-say")).to_have_text("✕ ε stays 0: this field takes 0 to 100.")


def test_x_shrinks_until_epsilon_counts_and_there_is_a_way_back(show):
    page = show(**STILL)
    button(page, "Tiny").click()
    button(page, "To the end").click()                               # before, a guess waits
    page.locator(".ln-formula [data-part=eps]").first.click()
    spread, factor = page.locator(".ln-spread b"), page.get_by_label("x times")
    expect(spread).to_have_text("0.216")
    button(page, "ε outside the root").click()
    expect(spread).to_have_text("0.988")
    expect(page.locator(".ln-say")).to_contain_text("(σ ⁄ (σ + ε))² = 0.988")
    factor.focus()
    for key, value in (("Home", "0.0202"), ("End", "1"), ("PageDown", "1"), ("ArrowLeft", "1")):
        page.keyboard.press(key)
        expect(spread).to_have_text(value)
    expect(page.locator(".ln-spread span").last).to_have_text("x × 0.0562")
    button(page, "Back to the steps").click()
    expect(factor).to_be_hidden()
    expect(page.get_by_label("Step", exact=True)).to_be_visible()
    expect(rows(page)).to_have_value("x")


def test_where_there_is_nothing_to_divide_by_there_is_no_curve(show):
    page = show({"x": [3, 3, 3, 3], "row": "eps", "time": 4}, **STILL)
    expect(page.locator(".ln-curve").last).to_have_attribute("d", re.compile("^M"))
    field(page, "ε as a number").fill("0")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-spread b")).to_have_text("NaN")
    expect(page.locator(".ln-curve").last).to_have_attribute("d", "")
    expect(page.locator(".ln-dot")).to_be_hidden()


def test_behind_a_card_it_draws_nothing(show):
    page = show()
    root = page.locator(".ln-player")
    for width in ("60px", "0", ""):                                    # the tab hears what the browser says of a width below 0
        root.evaluate("(node, width) => { node.style.width = width; }", width)
        page.evaluate(FRAME)
    expect(bar(page, 4)).to_be_visible()


def test_gains_and_shifts_are_named_once_they_are_touched(show):
    page = show({}, **STILL)
    button(page, "To the end").click()
    said = page.locator(".ln-by")
    expect(page.locator(".ln-say")).to_contain_text("every β is still 0")
    expect(said).to_have_text([""] * 4)
    expect(rows(page)).to_have_value("x")                                        # γ and β do nothing yet
    rows(page).select_option("beta")
    field(page, "β₂").fill("2")
    page.keyboard.press("Enter")
    expect(said.nth(1)).to_have_text("+2")
    button(page, "Step back").click()
    expect(said).to_have_text([""] * 4)


# --- Time ---------------------------------------------------------------------------------------------------


def test_it_plays_pauses_steps_and_jumps(show):
    page = show()
    clock, film = page.locator(".ln-clock"), page.get_by_label("Step", exact=True)
    page.get_by_label("Speed").select_option("2×")
    bar(page, 1).focus()
    page.keyboard.press("Space")
    expect(clock).to_have_text(re.compile(r"^[1-8]\.\d s$"))
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    paused = clock.inner_text()
    for name, seconds in (("To the end", "9.0 s"), ("Step back", "7.5 s"), ("To the start", "0.0 s"), ("Step forward", "1.5 s")):
        button(page, name).click()
        expect(clock).to_have_text(seconds)
    assert paused != "0.0 s"
    film.scroll_into_view_if_needed()
    box = film.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.3 / 7, box["y"] + 20)          # somewhere on the fourth thumbnail
    expect(clock).to_have_text("4.5 s")
    page.mouse.move(box["x"] + box["width"] * 3.5 / 7, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 5.5 / 7, box["y"] + 20, steps=8)
    page.mouse.up()
    expect(clock).to_have_text(re.compile(r"^7\.\d s$"))
    film.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    for key, seconds in (("ArrowRight", "3.0 s"), ("ArrowUp", "4.5 s"), ("PageDown", "3.0 s"), ("ArrowLeft", "1.5 s")):
        page.keyboard.press(key)
        expect(clock).to_have_text(seconds)
    expect(film).to_have_attribute("aria-valuetext", "2 of 7, mean")
    film.evaluate("e => { e.value = 2.6; e.dispatchEvent(new Event('input')); }")
    page.keyboard.press("ArrowRight")
    expect(clock).to_have_text("4.5 s")
    button(page, "To the end").click()
    expect(clock).to_have_text("9.0 s")
    page.get_by_label("Speed").select_option("¼×")
    button(page, "Play").click()                                                # from the end: again from the start
    expect(clock).to_have_text(re.compile(r"^[01]\.\d s$"))


RECORD = """() => {
  window.seen = new Set();
  const root = document.querySelector(".ln-player"), read = (what) => root.querySelector(what).textContent;
  const note = () => {
    window.seen.add(`${read(".ln-clock")} ${read(".ln-value")}`);
    if (read(".ln-clock") === "4.5 s") root.querySelector("[aria-label=Pause]")?.click();         // a hand would come too late now and then
  };
  new MutationObserver(note).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def test_with_reduced_motion_it_plays_in_whole_steps(show):
    page = show(**STILL)
    page.evaluate(RECORD)
    page.get_by_label("Speed").select_option("2×")
    button(page, "Play").click()
    expect(page.locator(".ln-clock")).to_have_text("4.5 s")
    expect(button(page, "Play")).to_be_visible()
    seen = set(page.evaluate("[...window.seen]"))
    assert seen <= {"0.0 s 2", "1.5 s 2", "3.0 s −0.500", "4.5 s −0.500"} and len(seen) >= 4
    button(page, "Step forward").click()
    expect(page.locator(".ln-clock")).to_have_text("6.0 s")
    page.get_by_label("Step", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".ln-clock")).to_have_text("4.5 s")


def test_zoom_and_full_screen_enlarge_the_picture(show):
    page = show(**STILL)
    cap = page.locator(".ln-cap").nth(2)
    zero = page.locator(".ln-zero").bounding_box()["y"]
    before, stage = zero - cap.bounding_box()["y"], page.locator(".ln-stage").first.bounding_box()
    page.get_by_label("Zoom").select_option("½×")
    height = """() => document.querySelector(".ln-zero").getBoundingClientRect().y - document.querySelectorAll(".ln-cap")[2].getBoundingClientRect().y"""
    until(page, height, lambda now: now < 0.6 * before)
    page.get_by_label("Zoom").select_option("fit")
    button(page, "Full screen").click()
    expect(button(page, "Leave full screen")).to_be_visible()
    expect(page.locator(".ln-stage").first).not_to_have_attribute("width", str(int(stage["width"])))
    size = """() => { const { width, height } = document.querySelector(".ln-stage").getBoundingClientRect(); return [width, height]; }"""
    until(page, size, lambda larger: larger[0] > stage["width"] and larger[1] > stage["height"])


# --- Asked and answered ---------------------------------------------------------------------------------------


def test_a_guess_waits_with_its_question_and_is_kept_beside_the_answer(show):
    page = show()
    strip = page.locator(".ln-predict").first
    page.get_by_label("Speed").select_option("2×")
    expect(button(page, "Check by playing")).to_be_disabled()
    button(page, "x̂₂").click()
    button(page, "Check by playing").click()
    expect(strip).to_contain_text("Your guess Which entries will be negative")
    expect(button(page, "x̂₂")).to_have_attribute("aria-pressed", "true")
    expect(button(page, "Change it")).to_be_focused()
    expect(strip).to_contain_text("✕ Not quite. You said x̂₂; it is x̂₁, x̂₂. What lies below the mean 2.5")
    bar(page, 3).focus()
    page.keyboard.press("ArrowDown")
    expect(strip).to_contain_text("You said x̂₂; it is x̂₁, x̂₂.")                 # the verdict stands, and says of what
    expect(strip).to_contain_text("(x was (2, 0, 4, 4) then.)")
    button(page, "To the start").click()
    expect(strip).to_contain_text("Predict Which entries")


def test_the_first_guess_after_an_edit_is_judged(show):
    page = show()
    page.get_by_label("Speed").select_option("2×")
    field(page, "x₁").fill("9")
    page.keyboard.press("Enter")
    for name in ("x̂₂", "x̂₃", "x̂₄"):
        button(page, name).click()
    button(page, "Check by playing").click()
    expect(page.locator(".ln-predict").first).to_contain_text("✓ As you said: x̂₂, x̂₃, x̂₄. What lies below the mean 4.25")


def test_a_guess_can_be_changed_and_other_numbers_take_it_back(show):
    page = show()
    strip = page.locator(".ln-predict").first
    for tag, undo in (("Predict", lambda: button(page, "Change it").click()), ("Predict", lambda: button(page, "10x").click()),
                      ("Changed: guess again.", lambda: (bar(page, 1).focus(), page.keyboard.press("ArrowUp")))):
        strip.locator(".ln-option").first.click()
        button(page, "Check by playing").click()
        expect(strip).to_contain_text("Your guess")
        undo()
        expect(strip).to_contain_text(tag)
        expect(button(page, "Play")).to_be_visible()
        expect(strip.locator(".ln-option[aria-pressed=true]")).to_have_count(0)


def test_the_answer_stands_while_the_reader_tries_other_sizes(show):
    page = show(**STILL)
    button(page, "Tiny").click()
    button(page, "0.216").click()
    button(page, "Check by playing").click()
    button(page, "To the end").click()
    answer = page.locator(".ln-predict").first
    expect(answer).to_contain_text("✓ As you said: 0.216. Here σ² = 2.75·10⁻⁶")
    button(page, "Shrink x yourself").click()
    expect(page.locator(".ln-spread b")).to_have_text("0.216")
    page.get_by_label("x times").focus()
    page.keyboard.press("End")
    expect(page.locator(".ln-spread b")).to_have_text("1")
    expect(answer).to_contain_text("Here σ² = 2.75·10⁻⁶")


LATE = {"gamma": [2, 0.5, 1, 3], "beta": [1, -1, 0, 0.5], "time": 6, "speed": 2}


@pytest.mark.parametrize("size", ["laptop", "phone", "small phone"])
def test_who_starts_at_the_end_is_asked_about_y_before_it_comes(show, size):
    page = show(LATE, **screen(size))
    strip, clock = page.locator(".ln-predict").first, page.locator(".ln-clock")
    expect(strip).to_contain_text("β is added last. Which entries of y lie farther from 0 than in x̂?")
    expect(clock).to_have_text("7.5 s")
    expect(field(page, "β₂")).to_have_value("-1")
    expect(page.locator(".ln-formula math").last).to_contain_text("?" if size == "laptop" else "β")
    height = page.locator(PLAYER).bounding_box()["height"]
    for name in ("y₁", "y₂"):
        button(page, name).click()
    button(page, "Check by playing").click()
    expect(strip).to_contain_text("Your guess")
    expect(clock).not_to_have_text("0.0 s")
    expect(strip).to_contain_text("✕ Not quite. You said y₁, y₂; it is y₁, y₂, y₄. Gain and shift decide together: y₂ = 0.5 · (−1.508) + (−1) = −1.754.")
    assert page.locator(PLAYER).bounding_box()["height"] == height <= SIZES[size][2]
    assert strip.evaluate("e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1")
    rows(page).select_option("gamma")
    field(page, "γ₂").fill("1")
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("You said y₁, y₂; it is y₁, y₂, y₄.")
    button(page, "Reset this vector").click()
    expect(strip).to_contain_text("added last")
    expect(clock).to_have_text("7.5 s")


def test_other_gains_take_back_a_guess_about_y(show):
    page = show(LATE)
    button(page, "y₁").click()
    button(page, "Check by playing").click()
    rows(page).select_option("gamma")
    field(page, "γ₂").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-predict").first).to_contain_text("Changed: guess again. β is added last")


def test_a_verdict_on_y_says_so_once_gains_have_changed(show):
    page = show(LATE)
    strip = page.locator(".ln-predict").first
    button(page, "y₁").click()
    button(page, "Check by playing").click()
    expect(strip).to_contain_text("Not quite.")
    rows(page).select_option("gamma")
    field(page, "γ₂").fill("3")
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("✕ Before your change: You said y₁")


@pytest.mark.parametrize("size", SIZES, ids=SIZES)
def test_whoever_lets_it_play_without_a_guess_is_told_and_may_be_asked_again(show, size):
    page = show(**screen(size, reduced_motion="reduce"))
    strip = page.locator(".ln-predict").first
    for chip in page.locator(".ln-chip").all():
        chip.click()
        expect(strip).to_contain_text("Predict")
        page.get_by_role("button", name="To the end").click()
        expect(strip).to_contain_text("Not asked:")
        assert strip.evaluate("e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth].every((v) => v <= 1)"), chip.inner_text()
    page.locator(".ln-chip").first.click()
    page.get_by_role("button", name="To the end").click()
    expect(strip).to_contain_text("Not asked: Which entries will be negative once x is normalized? x̂₁, x̂₂. What lies below the mean 2.5 comes out negative")
    strip.get_by_role("button", name="Ask me").focus()
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("Predict Which entries")
    expect(page.locator(".ln-clock")).to_have_text("0.0 s")
    expect(strip.locator(".ln-option").first).to_be_focused()
    assert page.locator(".ln-stop", has_text="?").count() == 6        # the film has forgotten what comes


def test_who_starts_among_sizes_is_not_asked_what_is_shown(show):
    page = show({"scale": 0.001, "time": 4, "row": "eps"})
    expect(page.locator(".ln-spread b")).to_have_text("0.216")
    expect(page.locator(".ln-predict").first).to_contain_text("Try it Drag the grey handle")
    expect(page.locator(".ln-predict").first.locator("button")).to_have_count(0)
    button(page, "Tiny").click()                              # begins at the start: here it is asked
    expect(page.locator(".ln-predict").first).to_contain_text("What is the variance of x̂ now?")


def test_the_length_that_was_given_can_be_chosen_again(show):
    page = show({"x": [7, 1, 3, 5], "gamma": [2, 1, 1, 1]})
    length = page.get_by_label("Length")
    assert length.evaluate("e => [...e.options].map((o) => [o.textContent, o.hidden])") == [[f"d = {d}", False] for d in sorted([4, *(int(one[4:]) for one in PRESETS if one.startswith("d = "))])]
    length.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ln-bar")).to_have_count(8)
    page.keyboard.press("ArrowUp")
    expect(page.locator(".ln-bar")).to_have_count(4)
    expect(field(page, "x₁")).to_have_value("7")
    assert length.evaluate("e => e.selectedOptions[0].textContent") == "d = 4"
    button(page, "10x").click()
    assert length.evaluate("e => e.selectedOptions[0].textContent") == "d = 4"


VERDICTS = """async () => {
  const root = document.querySelector(".ln-player"), all = (what) => [...root.querySelectorAll(what)], one = (what) => root.querySelector(what);
  const frame = () => new Promise((ready) => requestAnimationFrame(ready));
  const set = (node, value, event) => { node.value = value; node.dispatchEvent(new Event(event, { bubbles: true })); };
  const loads = [...all(".ln-chip").map((chip) => () => chip.click()),
    ...["d = 1", "d = 2", "d = 8"].map((name) => () => set(one(".ln-chips select"), name, "change"))];
  const told = [], height = root.offsetHeight;
  document.documentElement.style.clipPath = "UNSEEN";         // measured, not painted
  for (const load of loads) {
    const count = (load(), await frame(), all(".ln-option").filter((e) => e.closest(".ln-predict")).length);
    for (let k = 0; k < count; k++) {
      load();
      await frame();
      one(".ln-predict").querySelectorAll(".ln-option")[k].click();
      one(".ln-check").click();
      await frame();
      const held = one(".ln-predict"), waits = held.dataset.state, cut = held.scrollHeight > held.clientHeight + 1 || held.scrollWidth > held.clientWidth + 1;
      set(one(".ln-track-film input"), 6, "input");
      await frame();
      const strip = one(".ln-predict");
      told.push([waits, cut, strip.dataset.state, strip.scrollHeight > strip.clientHeight + 1, root.offsetHeight === height, strip.innerText]);
    }
  }
  return told;
}""".replace("UNSEEN", UNSEEN)


@pytest.mark.parametrize("size", ["laptop", "phone", "small phone"])
def test_each_answer_to_each_question_has_room(show, size):
    told = show(**screen(size), **STILL).evaluate(VERDICTS)
    assert len(told) > 35 and {state for _, _, state, *_ in told} == {"right", "wrong"}
    for waits, cut, _, over, same, words in told:
        assert (waits, cut, over, same) == ("held", False, False, True), words
        assert re.search(r"^(✓ As you said:|✕ Not quite\. You said) .*\.$", " ".join(words.split()).removesuffix(" Shrink x yourself")), words


def test_relatives_of_the_example_are_drawn_beside_it(show):
    page = show(**STILL)
    apart = """() => [...document.querySelectorAll(".ln-bar")].map((bar) => { const cap = bar.querySelector(".ln-cap").getBBox();
      return Math.round(cap.y + cap.height / 2 - bar.querySelector(".ln-trace").getBBox().y); })"""
    for name, same in (("10x", True), ("x + 7", True), ("2x + 3", True), ("−x", False)):
        button(page, name).click()
        for _ in range(4):
            button(page, "Step forward").click()
        expect(page.locator(".ln-say")).to_contain_text("it is the same" if same else "every sign has turned")
        expect(page.locator(".ln-trace").first).to_have_css("opacity", "1")
        until(page, apart, lambda found, same=same: (set(found) == {0}) is same)


# --- From Python, and back to the start -------------------------------------------------------------------------


def test_the_call_can_be_copied_and_makes_the_same_player(show):
    page = show({"x": [1, 2, 3], "eps": 0.001}, permissions=["clipboard-read", "clipboard-write"])
    bar(page, 1).focus()
    page.keyboard.press("ArrowDown")
    button(page, "Set it from Python").click()
    expect(button(page, "Set it from Python")).to_have_attribute("aria-pressed", "true")
    code = page.locator(".ln-code")
    expect(code).to_have_text("ln.Player(x=[0.9, 2, 3], eps=1e-3)")
    button(page, "Copy").click()
    expect(button(page, "✓ Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code.inner_text()
    made = eval(code.inner_text(), {"ln": ln})
    np.testing.assert_allclose(made.x, [0.9, 2, 3])
    button(page, "Set it from Python").click()
    expect(code).to_be_hidden()
    expect(page.get_by_text("Which entries will be negative")).to_be_visible()


def test_reset_goes_back_to_what_was_given_or_last_loaded(show):
    page = show({"x": [7, 1, 3], "gamma": [2, 2, 2], "time": 4})
    field(page, "x₂").fill("9")
    page.keyboard.press("Enter")
    page.get_by_label("Zoom").select_option("2×")
    button(page, "Reset this vector").click()
    expect(field(page, "x₂")).to_have_value("1")
    expect(page.locator(".ln-clock")).to_have_text("6.0 s")
    expect(page.get_by_label("Zoom")).to_have_value("1")
    page.get_by_label("Length").select_option("d = 2")
    bar(page, 1).focus()
    page.keyboard.press("ArrowUp")
    button(page, "Reset this vector").click()
    expect(bar(page, 1)).to_have_attribute("aria-valuenow", "3")
    expect(page.locator(".ln-bar")).to_have_count(2)


def test_a_look_at_epsilon_does_not_answer_what_is_asked(show):
    page = show(**STILL)
    page.get_by_label("Numbers under the bars").select_option("eps")
    expect(page.get_by_role("slider", name="ε", exact=True)).to_be_visible()
    expect(page.locator(".ln-predict").first).to_contain_text("Predict Which entries")
    expect(page.get_by_role("slider", name="Step")).to_have_value("0")


# --- For everybody ------------------------------------------------------------------------------------------------


def test_what_rests_is_said_and_what_moves_is_not(show):
    page = show()
    status, say = page.get_by_role("status"), page.locator(".ln-say")
    expect(say).to_contain_text("One vector")
    status.evaluate("e => { window.spoken = 0; new MutationObserver(() => window.spoken++).observe(e, { childList: true, characterData: true, subtree: true }); }")
    page.get_by_label("Speed").select_option("¼×")
    button(page, "Play").click()
    page.wait_for_timeout(900)                                # longer than it waits before it speaks
    assert page.evaluate("window.spoken") == 0
    button(page, "Pause").click()
    box = settled(page.locator(".ln-cap").first)
    page.mouse.move(box["x"] + 10, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 22)
    page.wait_for_timeout(900)
    assert page.evaluate("window.spoken") == 0
    page.mouse.up()
    expect(status).to_have_text(say.inner_text())


def test_the_keyboard_goes_through_it_in_reading_order_and_the_focus_is_seen(show):
    page = show(**STILL)
    page.locator("h1").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    order, unseen = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        name, seen, inside = page.evaluate("""() => { const e = document.activeElement, ring = e.querySelector?.(".ln-ring");
          const style = getComputedStyle(e);
          return [e.getAttribute("aria-label") ?? e.textContent, ring ? getComputedStyle(ring).stroke !== "none" : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                  !!e.closest(".ln-player")]; }""")
        if not inside:
            break
        order.append(name)
        if not seen:
            unseen.append(name)
    x = ["x₁", "x₂", "x₃", "x₄"]
    assert order == [
        "Set it from Python", "Reset this vector", "Full screen", "Example", "1, 2, 3, 4", "10x", "x + 7", "−x", "2x + 3", "Tiny", "Constant", "One-hot", "Length",
        "x̂₁", "x̂₂", "x̂₃", "x̂₄", *x, "Numbers under the bars", *x, "Zoom", "Step",
        "To the start", "Step back", "Play", "Step forward", "To the end", "Speed"]
    assert unseen == []


@pytest.mark.parametrize("size, scheme", [("laptop", "light"), ("phone", "dark")])
def test_axe_finds_nothing(show, size, scheme):
    page = show(**screen(size), color_scheme=scheme, **STILL)

    def check(state, part=".ln-player"):
        page.evaluate(FRAME)
        assert audit(page, part) == [], state
    check("asked", "html")
    button(page, "x̂₁").click()
    button(page, "Check by playing").click()
    button(page, "Pause").click()
    check("held")
    button(page, "To the end").click()
    check("answered")
    button(page, "Set it from Python").click()
    rows(page).select_option("eps")
    check("eps and the call")
    page.get_by_label("Length").select_option("d = 8")
    field(page, "x₁").fill("1e9")
    page.keyboard.press("Enter")
    expect(page.locator(".ln-say")).to_contain_text("✕")
    check("refused")


def test_light_and_dark_follow_the_system(show):
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(27, 30, 37)")):
        page = show(color_scheme=scheme)
        assert page.locator(PLAYER).evaluate("e => getComputedStyle(e).backgroundColor") == colour


def test_on_paper_the_controls_are_left_out(show):
    page = show()
    page.emulate_media(media="print")
    expect(page.locator(".ln-transport")).to_be_hidden()
    expect(page.locator(".ln-say")).to_be_visible()


# --- In the book --------------------------------------------------------------------------------------------------


def test_in_the_chapter_it_is_drawn_keyed_and_played(visit):
    page = visit(**LAPTOP)
    player = page.locator(PLAYER)
    first = player.get_by_role("slider", name="x₁", exact=True)
    first.focus()
    page.keyboard.press("ArrowUp")
    expect(first).to_have_attribute("aria-valuenow", "2.1")
    player.get_by_role("button", name="Play", exact=True).click()
    expect(player.locator(".ln-clock")).to_have_text(re.compile(r"^[1-9]\.\d s$"))


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_the_chapter_keeps_the_room_that_it_takes(visit, size):
    page = visit(**screen(size, color_scheme="dark"))
    expect(page.locator('[data-explorable="player"]').nth(1)).to_be_hidden()              # it shows what the card before it asks
    page.evaluate("() => document.querySelectorAll('div.cell').forEach((cell) => cell.classList.add('ln-open'))")
    for player in page.locator('[data-explorable="player"]').all():
        player.locator(".ln-stage").first.wait_for()
        page.evaluate(FRAME)
        box = player.bounding_box()
        assert box["height"] == player.evaluate("e => parseFloat(getComputedStyle(e).minHeight)") <= SIZES[size][2]
        assert box["x"] >= 0 and box["x"] + box["width"] <= SIZES[size][0]
        assert player.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(27, 30, 37)"
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]


def test_without_script_a_picture_stands_in_its_place(visit):
    page = visit(java_script_enabled=False)
    assert page.locator(f"{PLAYER} >> img").is_visible()
    assert page.locator(f"{PLAYER} >> button").count() == 0


def test_it_works_from_a_folder(tab, site):
    page = tab((site / "chapters/01_definition.html").as_uri())
    page.locator(PLAYER).scroll_into_view_if_needed()
    expect(page.locator(PLAYER)).to_have_attribute("data-drawn", re.compile(r"\d"))


def test_the_inputs_in_the_page_are_those_of_python(visit):
    page = visit()
    inputs = json.loads(page.locator(PLAYER).get_attribute("data-inputs"))
    assert inputs["x"] == [2, 0, 4, 4] and set(inputs) == set(ln.Player().inputs())


@pytest.mark.parametrize("size", ["laptop", "small phone"])
def test_no_bar_at_rest_reads_as_a_number_that_is_more_than_a_twentieth_off(show, size):  # noqa: F811
    """Of a tiny x three places say −0.001 for −0.0005."""
    page = show({"x": [2, 0, 4, 4]}, **screen(size), **STILL)
    page.get_by_role("button", name="Tiny").click()
    x = 0.001 * np.array([2.0, 0, 4, 4])
    hat = ln.layer_norm(x)
    for step, bars in enumerate([x, x, x - x.mean(), x - x.mean(), hat, hat, hat]):
        page.get_by_label("Step", exact=True).fill(str(step))
        read = until(page, "() => [...document.querySelectorAll('.ln-stage .ln-value')].map((e) => e.textContent)", lambda now: len(now) == 4 and all(now))
        np.testing.assert_allclose([number_of(text) for text in read], bars, rtol=0.051, err_msg=f"step {step}: {read}")


def number_of(text):
    """−2.5·10⁻³ as a number."""
    plain = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    _, minus, factor, exponent, number, _ = re.split(r"^(?:(−?)(?:([\d.]+)·)?10([⁻⁰¹²³⁴-⁹]+)|(−?[\d.]+))$", text)
    return float(number.translate(plain)) if number else float((minus + (factor or "1")).translate(plain)) * 10 ** int(exponent.translate(plain))
