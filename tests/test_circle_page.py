"""The Circle in a browser: guessed at, dragged, keyed and turned, in one height, in every state."""
import re
from itertools import combinations

import numpy as np
import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, audit, faults, settled, show, sweep, until  # noqa: F401  one is a fixture

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
# By width: what it may take of the height, where it keeps it and its labels apart.
WIDTHS = {320: None, 390: 700, 768: None, 1280: 720}
MODES = pytest.mark.parametrize("mode", ["forward", "backward", "rms"])
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .ln-option, .cr-panel")].filter((e) => !e.hidden && e.offsetParent)
  .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map((e) => e.className + ": " + e.innerText)"""
LABELS = """(svg) => [...svg.querySelectorAll("text")].filter((t) => t.textContent)
  .map((t) => [t.textContent, t.getBBox()]).map(([words, r]) => [words, r.x, r.y, r.x + r.width, r.y + r.height])"""
SMALL = """(root) => [...root.querySelectorAll("button, input")].filter((e) => e.offsetParent).map((e) => [e, e.getBoundingClientRect()])
  .filter(([, r]) => r.height < 43.5 || r.width < 40).map(([e, r]) => `${e.ariaLabel ?? e.innerText} ${r.width} × ${r.height}`)"""
TABLE = """(root) => [...root.querySelectorAll(".cr-sums td > span, .cr-sums .cr-more, .cr-sums thead th")]
  .filter((e) => { const r = document.createRange(); r.selectNodeContents(e); const w = r.getBoundingClientRect().width, cell = e.closest("td, th"); return w > cell.clientWidth - 1; })
  .map((e) => e.innerText)"""


def circle(page):
    return page.locator("[data-explorable=circle]")


# Every preset, asked and answered; of the gradient every step; each from every side.
STATES = """async function* (root, frame) {
  const strip = () => root.querySelector(".ln-predict"), seen = (what) => [...root.querySelectorAll(what)].filter((e) => e.offsetParent);
  async function* sides(state) {
    for (const side of root.querySelectorAll(".cr-view")) {
      side.click();
      yield `${state}, ${side.textContent}`;
    }
  }
  for (const chip of seen(".ln-chip")) {
    chip.click();
    await frame();
    yield* sides(`${chip.textContent}, asked`);
    for (const step of root.dataset.mode === "backward" ? root.querySelectorAll(".cr-stops .ln-option") : []) {
      step.click();
      yield* sides(`${chip.textContent}, step ${step.textContent}`);
    }
    [...strip().querySelectorAll(".ln-option")].at(-1).click();
    seen(".ln-check")[0].click();
    await frame();
    if (!/Not quite|As you said/.test(strip().textContent)) throw new Error(`no verdict: ${strip().textContent}`);
    yield* sides(`${chip.textContent}, answered`);
  }
}"""
FRONT = STATES.replace('root.querySelectorAll(".cr-view")', '[root.querySelector(".cr-view")]')                  # from one side
LETTERS = """(root) => [...root.querySelectorAll("*")].filter((n) => n.childNodes.length && [...n.childNodes].some((t) => t.nodeType === 3 && t.data.trim())
  && parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent)"""
SPACE = """(root) => { const svg = root.querySelector(".cr-space"); return [[svg.clientWidth, svg.clientHeight], (LABELS)(svg)]; }""".replace("LABELS", LABELS)


@MODES
def test_in_every_state_it_fits_its_width_keeps_its_height_and_no_label_stands_on_another(show, mode):  # noqa: F811
    page = show(ln.Circle(mode=mode), reduced_motion="reduce")
    root = circle(page)
    for width, tallest in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        reserved = root.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
        found = sweep(root, STATES if tallest else FRONT, height="(root) => root.offsetHeight", cut=CUT, table=TABLE, small=SMALL, letters=LETTERS, space=SPACE,
                      wide="() => document.documentElement.scrollWidth - innerWidth")
        assert tallest is None or set(found["height"].values()) == {reserved} and reserved <= tallest, width
        for look in ("cut", "table", "small", "letters", "wide"):
            assert faults(found[look]) == {}, f"{look} at {width}"
        for state, (box, labels) in found["space"].items() if tallest else ():
            where = f"{state} at {width}"
            assert [words for words, *r in labels if r[0] < -2 or r[1] < -3 or r[2] > box[0] + 2 or r[3] > box[1] + 3] == [], where
            for (one, *a), (other, *b) in combinations(labels, 2):
                across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                assert across <= 2 or down <= 6, f"{one} and {other} in {where}"


@pytest.mark.parametrize("width", (1280, 768, 390))
def test_the_views_stand_beside_the_drawing_not_on_it(show, width):  # noqa: F811
    root = circle(show(ln.Circle(), viewport={"width": width, "height": 900}))
    space, views = (settled(root.locator(one)) for one in ("svg.cr-space", ".cr-views"))
    assert space["y"] + space["height"] <= views["y"] or space["x"] + space["width"] <= views["x"]


def test_a_long_question_leaves_its_options_room_and_the_views_stand_clear_of_the_table(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP, reduced_motion="reduce")
    root = circle(page)
    for name in ("Stretch", "γ, β"):
        root.get_by_role("button", name=name, exact=True).click()
        page.evaluate("() => new Promise(requestAnimationFrame)")      # the question is drawn, and its options are new ones
        strip, options = (settled(root.locator(one).first) for one in (".ln-predict", ".ln-options"))
        assert strip["y"] + strip["height"] - options["y"] - options["height"] >= 5, name
    page.set_viewport_size(PHONE["viewport"])
    page.evaluate("() => new Promise(requestAnimationFrame)")
    root.get_by_role("button", name="Stretch", exact=True).click()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    strip, ask, options = (settled(root.locator(one).first) for one in (".ln-predict", ".ln-ask", ".ln-options"))
    assert ask["y"] - strip["y"] >= 3 <= strip["y"] + strip["height"] - options["y"] - options["height"]
    view, head = settled(root.locator(".cr-view").last), settled(root.locator(".cr-sums thead"))
    assert head["y"] - view["y"] - view["height"] >= 10


def test_a_guess_is_kept_and_then_the_thing_happens(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP)
    root, strip = circle(page), circle(page).locator(".ln-predict")
    check = root.get_by_role("button", name="Check", exact=True)
    expect(check).to_be_disabled()
    root.get_by_role("button", name="along with it").click()
    check.click()
    expect(strip).to_contain_text("Your guess: along with it")
    expect(root.get_by_label("x₁", exact=True)).not_to_have_value("2")
    expect(strip).to_contain_text("You said along with it; it stays")
    expect(root.get_by_label("x₁", exact=True)).to_have_value("1")
    expect(root.locator("tr", has_text="x̂")).to_contain_text("−1.225")
    root.get_by_role("button", name="Cloud").click()
    expect(strip).to_contain_text("60 vectors at random")
    root.get_by_role("button", name="Slide").click()
    expect(strip).to_contain_text("Slide x along")               # a preset begins anew
    root.get_by_role("button", name="it stays").click()
    root.get_by_role("button", name="Check", exact=True).click()
    expect(strip).to_contain_text("As you said: it stays")
    root.get_by_label("x₃", exact=True).fill("-3")
    page.keyboard.press("Enter")
    expect(strip).to_contain_text("✓ Before your change: it stays")         # what the reader tries later does not change the verdict
    expect(root.get_by_label("x₃", exact=True)).to_be_focused()


def test_a_verdict_is_on_what_was_when_it_was_given(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP, reduced_motion="reduce")
    root, strip = circle(page), circle(page).locator(".ln-predict")
    root.get_by_role("button", name="Nearly constant").click()
    root.get_by_role("button", name="inside it").click()
    root.get_by_role("button", name="Check", exact=True).click()
    expect(strip).to_contain_text("As you said: inside it. Here σ² = 6·10⁻⁶")
    root.get_by_label("x₁", exact=True).fill("9")
    page.keyboard.press("Enter")
    expect(root.locator(".ln-say")).to_contain_text("√3")
    expect(strip).to_contain_text("✓ Before your change: inside it. Here σ² = 6·10⁻⁶")


def commit(page, option):
    for name in (option, "Check"):
        circle(page).get_by_role("button", name=name, exact=True).click()


def enter(page, name, text):
    circle(page).get_by_label(name, exact=True).fill(text)
    page.keyboard.press("Enter")


def test_a_verdict_on_numbers_that_have_changed_says_so(show):  # noqa: F811
    page = show(ln.Circle(x=[0, 0, 6], mode="backward"), **LAPTOP, reduced_motion="reduce")
    strip = circle(page).locator(".ln-predict")
    commit(page, "none")
    for text, tag in (("0", "Not quite."), ("2", "Before your change:"), ("0", "Not quite.")):
        enter(page, "g₂", text)
        expect(strip).to_contain_text(f"✕ {tag} You said none")


def test_a_guess_that_is_interrupted_is_asked_again(show):  # noqa: F811
    page = show(ln.Circle(x=[0, 0, 6], mode="backward"), **LAPTOP)
    strip = circle(page).locator(".ln-predict")
    commit(page, "x₁")
    expect(strip).to_contain_text("Watch.")
    enter(page, "x₂", "1")
    expect(strip).to_contain_text("Predict The loss pulls at y₁ alone")


def test_a_reader_who_steps_to_the_end_by_hand_gets_the_verdict(show):  # noqa: F811
    page = show(ln.Circle(x=[0, 0, 6], mode="backward"), **LAPTOP)
    strip, stops = circle(page).locator(".ln-predict"), circle(page).locator(".cr-stops .ln-option")
    commit(page, "none")
    stops.nth(1).click()
    expect(strip).to_contain_text("Your guess: none. Watch.")
    stops.last.click()
    expect(strip).to_contain_text("You said none; it is x₁, x₂. The gradient is (0.177, −0.177, 0). Moving x₃ changes level and size alone")
    circle(page).get_by_role("button", name="Along the ones axis").click()
    stage, head = circle(page).locator(".cr-space").bounding_box(), settled(circle(page).locator(".cr-head-shaft"))
    assert head["x"] + head["width"] <= stage["x"] + stage["width"], "the arrow at an x further off is seen whole"


def test_a_question_about_one_case_says_that_check_brings_it_back(show):  # noqa: F811
    page = show(ln.Circle(x=[0, 0, 6], mode="backward"), **LAPTOP, reduced_motion="reduce")
    strip = circle(page).locator(".ln-predict")
    enter(page, "g₂", "1")
    expect(strip).to_contain_text("(Check brings this case back.)")
    enter(page, "g₂", "0")
    expect(strip).not_to_contain_text("Check brings")
    enter(page, "x₁", "3")
    commit(page, "none")
    expect(circle(page).get_by_label("x₁", exact=True)).to_have_value("0")


def test_only_the_presets_that_were_asked_for_are_offered_and_the_first_is_on(show):  # noqa: F811
    root = circle(show(ln.Circle(x=[3, 2, 1], presets=["Nearly constant", "Constant"]), **LAPTOP))
    chips = root.get_by_role("group", name="Presets").get_by_role("button")
    assert chips.all_inner_texts() == ["Nearly constant", "Constant"]
    expect(chips.first).to_have_attribute("aria-pressed", "true")
    expect(root.locator(".ln-predict")).to_contain_text("Stop just before the ones axis")


def test_a_question_about_size_is_asked_of_a_vector_that_eps_does_not_touch(show):  # noqa: F811
    page = show(ln.Circle(x=[0.001, 0, 0]), **LAPTOP, reduced_motion="reduce")
    root, strip = circle(page), circle(page).locator(".ln-predict")
    root.get_by_role("button", name="Stretch").click()
    expect(root.get_by_label("x₁", exact=True)).to_have_value("2")                    # drawn: from now on nothing is written over what is typed
    for i, text in enumerate(("0.001", "0", "0")):
        root.get_by_label(f"x{'₁₂₃'[i]}", exact=True).fill(text)
        page.keyboard.press("Enter")
    root.get_by_role("button", name="it stays").click()
    root.get_by_role("button", name="Check", exact=True).click()
    expect(strip).to_contain_text("As you said: it stays. Twice as far out is twice σ")
    expect(root.locator("tr", has_text="x̂")).to_contain_text("−1.225")


def test_gamma_and_beta_are_told_truly_on_and_near_the_ones_axis(show):  # noqa: F811
    page = show(ln.Circle(gamma=[1.5, 0.5, 1], beta=[0.5, -0.5, 0]), **LAPTOP)
    root, say = circle(page), circle(page).locator(".ln-say")
    for text, words in (("2", "so x̂ is 0 and y is β = (0.5, −0.5, 0), the centre"), ("2.001", "y inside the ellipse"), ("9", "y runs on an ellipse")):
        for sign, value in (("₁", text), ("₂", "2"), ("₃", "2")):
            root.get_by_label(f"x{sign}", exact=True).fill(value)
            page.keyboard.press("Enter")
        expect(say).to_contain_text(words)


@pytest.mark.parametrize("mode", ["forward", "rms"])
def test_the_doubled_x_can_be_seen(show, mode):  # noqa: F811
    page = show(ln.Circle(mode=mode, presets=["Stretch", "Slide"]), **PHONE)
    root = circle(page)
    until(page, "() => document.querySelector('.cr-knob').getAttribute('transform')", bool)
    root.evaluate("""e => {
      e.seen = [];
      const draw = () => { e.seen.push(e.querySelector(".cr-x-name").textContent); requestAnimationFrame(draw); };
      draw();
    }""")
    root.get_by_role("button", name="it stays").click()
    root.get_by_role("button", name="Check", exact=True).click()
    expect(root.locator(".ln-predict")).to_contain_text("As you said: it stays")
    assert set(root.evaluate("e => e.seen")) <= {"x", ""}, "x, further off"
    assert root.locator("tr", has_text="x − μ" if mode == "forward" else "x̂").count()
    page.get_by_role("button", name="Slide").click()                # any other question has the whole picture


def test_the_focus_stays_in_the_strip_when_its_button_goes(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP, reduced_motion="reduce")
    circle(page).get_by_role("button", name="it stays").click()
    circle(page).get_by_role("button", name="Check", exact=True).focus()
    page.keyboard.press("Enter")
    expect(circle(page).get_by_role("button", name="Guess again")).to_be_focused()


def test_x_is_dragged_and_only_its_direction_reaches_the_circle(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP, reduced_motion="reduce")
    root = circle(page)
    root.get_by_role("button", name="From the side").click()
    box = settled(root.locator(".cr-x"))
    hat = root.locator(".cr-hat").get_attribute("transform")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y + 60, steps=6)
    page.mouse.up()
    place = """() => { const { x, y } = document.querySelector(".cr-x").getBoundingClientRect(); return [x, y]; }"""
    until(page, place, lambda after: abs(after[0] - box["x"] + 20) < 2 and abs(after[1] - box["y"] - 60) < 2)
    assert root.locator(".cr-hat").get_attribute("transform") == hat
    values = [float(root.get_by_label(f"x{i}", exact=True).input_value()) for i in "₁₂₃"]
    assert sum(values) < 5 and values != [2, 0, 4]


def test_without_a_plane_keys_move_x_along_the_axis_and_round_it_as_well(show):  # noqa: F811
    page = show(ln.Circle(mode="rms", x=[2, 0, 4]), **LAPTOP)
    root = circle(page)
    knob = root.get_by_role("slider", name=re.compile("^x: up.* away from 0 and back$"))
    knob.focus()
    page.keyboard.press("ArrowUp")
    expect(knob).to_have_attribute("aria-valuetext", re.compile(re.escape("(2.1, 0.1, 4.1);")))
    page.keyboard.press("ArrowLeft")
    expect(root.get_by_label("direction", exact=True)).to_have_attribute("aria-valuetext", re.compile("^3°"))
    page.keyboard.press("PageDown")
    expect(root.get_by_label("size", exact=True)).to_have_attribute("aria-valuetext", re.compile("^2.56"))


def test_keys_move_x_along_the_axis_round_it_and_away(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP)
    root = circle(page)
    knob = root.get_by_role("slider", name=re.compile("^x: up"))
    knob.focus()
    page.keyboard.press("ArrowUp")
    expect(knob).to_have_attribute("aria-valuetext", re.compile(re.escape("(2.1, 0.1, 4.1); x̂ is (0, −1.225, 1.225)")))
    page.keyboard.press("PageUp")
    expect(root.get_by_label("size", exact=True)).to_have_attribute("aria-valuetext", re.compile("^1.733"))
    page.keyboard.press("ArrowLeft")
    expect(root.get_by_label("direction", exact=True)).to_have_attribute("aria-valuetext", re.compile("^3°"))
    page.evaluate("() => { document.body.style.paddingBottom = '200vh'; }")
    page.keyboard.press("End")
    expect(root.get_by_label("level", exact=True)).to_have_attribute("aria-valuetext", re.compile("^3;"))
    page.keyboard.press("ArrowDown")
    root.get_by_role("slider", name="Direction of view").press("End")
    assert page.evaluate("scrollY") == 0                               # the page stays where it is
    root.get_by_label("level", exact=True).fill("2.1")
    level = root.get_by_label("level", exact=True)
    level.focus()
    page.keyboard.press("ArrowRight")
    expect(level).to_have_attribute("aria-valuetext", re.compile("^2.2"))
    ground = root.get_by_role("slider", name="Direction of view")
    ground.focus()
    page.keyboard.press("ArrowRight")
    expect(ground).to_have_attribute("aria-valuetext", "turned by −180°, tilted by 24°")               # one step behind the end, all round
    page.keyboard.press("ArrowDown")
    expect(ground).to_have_attribute("aria-valuetext", "turned by −180°, tilted by 29°")
    for key, turned in (("PageUp", "−150"), ("PageDown", "−180"), ("End", "175"), ("Home", "−180")):
        page.keyboard.press(key)
        expect(ground).to_have_attribute("aria-valuetext", f"turned by {turned}°, tilted by 29°")


def test_on_the_ones_axis_there_is_no_direction(show):  # noqa: F811
    expect(circle(show(ln.Circle(x=[2, 2, 2]))).locator("label", has_text="direction")).to_have_text("direction–")


def test_the_ground_turns_under_the_hand(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP)
    root = circle(page)
    box = root.locator(".cr-ground").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(root.get_by_role("slider", name="Direction of view")).to_have_attribute("aria-valuetext", "turned by −10°, tilted by 24°")
    expect(root.get_by_label("x₁", exact=True)).to_have_value("2")
    root.get_by_role("button", name="Reset").click()
    expect(root.get_by_role("button", name="Tilted view")).to_have_attribute("aria-pressed", "true")


def test_a_point_too_far_off_is_shown_at_the_edge_and_said_to_be(show):  # noqa: F811
    page = show(ln.Circle(x=[200, 0, 400]), **LAPTOP)
    root = circle(page)
    expect(root.locator(".cr-space")).to_contain_text("x, further off")
    stage, ball = root.locator(".cr-space").bounding_box(), settled(root.locator(".cr-x"))
    assert stage["x"] <= ball["x"] and ball["x"] + ball["width"] <= stage["x"] + stage["width"]
    assert stage["y"] <= ball["y"] and ball["y"] + ball["height"] <= stage["y"] + stage["height"]


def test_the_gradient_loses_two_parts_and_is_divided(show):  # noqa: F811
    page = show(ln.Circle(mode="backward"), **LAPTOP)
    root = circle(page)
    rows = root.locator(".cr-sums tbody tr")
    expect(rows.nth(2)).to_contain_text("?")
    for name in ("x₁", "x₂"):
        root.locator(".ln-predict").get_by_role("button", name=name, exact=True).click()
    root.get_by_role("button", name="Check", exact=True).click()
    expect(root.locator(".ln-predict")).to_contain_text("As you said: x₁, x₂")
    expect(rows.nth(4)).to_have_text(re.compile(r"÷ σ\s*0.177\s*−0.177\s*0\s*0\s*0"))
    root.get_by_role("button", name="− part along 1").click()
    expect(rows.nth(2)).to_have_text(re.compile(r"0.667\s*−0.333\s*−0.333\s*0\s*−0.707"))
    expect(rows.nth(3)).to_contain_text("?")
    root.locator(".cr-stops .ln-option").first.click()
    tip = root.get_by_role("slider", name=re.compile("^g: up"))
    tip.focus()
    page.keyboard.press("ArrowUp")
    expect(root.get_by_label("g₂", exact=True)).to_have_value("0.058")
    root.get_by_label("g₁", exact=True).fill("0")
    page.keyboard.press("Enter")
    expect(rows.nth(4)).to_contain_text("?")


def test_none_stands_alone(show):  # noqa: F811
    page = show(ln.Circle(mode="backward"), **LAPTOP)
    option = lambda name: circle(page).locator(".ln-predict").get_by_role("button", name=name, exact=True)  # noqa: E731
    option("x₁").click()
    option("none").click()
    expect(option("x₁")).to_have_attribute("aria-pressed", "false")
    option("x₃").click()
    expect(option("none")).to_have_attribute("aria-pressed", "false")


def test_what_rests_is_said_and_what_moves_is_not(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP)
    root = circle(page)
    status = root.locator("[role=status]")
    expect(root.locator(".ln-say")).to_contain_text("drops onto the plane")
    box = settled(root.locator(".cr-x"))
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] - 55, box["y"] + 105, steps=5)       # off the axis
    expect(root.locator(".ln-say")).not_to_contain_text("drops onto the plane, 2.828")
    page.wait_for_timeout(1000)                                   # longer than it waits before it speaks
    assert status.inner_text() == ""
    page.mouse.up()
    expect(status).to_have_text(root.locator(".ln-say").inner_text())


@pytest.mark.parametrize("mode, width, scheme", [
    ("forward", 320, "light"), ("backward", 390, "dark"), ("rms", 768, "dark"), ("backward", 1280, "light")])
def test_it_can_be_used_by_anybody(show, mode, width, scheme):  # noqa: F811
    page = show(ln.Circle(mode=mode), viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    root = circle(page)
    assert audit(page) == []
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == ("rgb(27, 30, 37)" if scheme == "dark" else "rgb(255, 255, 255)")
    assert faults(sweep(root, FRONT, audit=AUDIT)["audit"]) == {}


def test_without_script_a_picture_stands_there(show):  # noqa: F811
    page = show(ln.Circle(mode="backward"), java_script_enabled=False)
    assert circle(page).locator("img").is_visible() and circle(page).locator("button").count() == 0


HOST = """async (source) => {
  const { default: module } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const state = JSON.parse(document.querySelector("[data-explorable]").dataset.inputs), heard = {};
  window.kernel = { saved: 0, get: (k) => state[k], on: (e, f) => (heard[e] ??= []).push(f), save_changes() { window.kernel.saved += 1; },
    set(k, v) { const old = state[k]; state[k] = v; if (JSON.stringify(old) !== JSON.stringify(v)) (heard["change:" + k] ?? []).forEach((f) => f()); } };
  const el = document.createElement("div");
  el.id = "lab";
  document.querySelector("main").append(el);
  module.initialize({ model: window.kernel });
  module.render({ model: window.kernel, el });
}"""


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    page = show(ln.Circle(mode="backward"), **LAPTOP, bypass_csp=True, reduced_motion="reduce")
    page.evaluate(HOST, ln.Circle._esm)
    view = page.locator("#lab")
    page.evaluate("kernel.set('step', 3)")
    expect(view.locator(".cr-sums tbody tr").nth(4)).to_contain_text("0.177")
    page.evaluate("kernel.set('x', [2, 0, 4])")
    expect(view.locator(".cr-sums tbody tr").nth(4)).to_contain_text("0.408")
    page.evaluate("kernel.set('mode', 'forward')")
    expect(view.locator(".ln-q")).to_have_text("Where can LayerNorm put a point?")
    view.get_by_label("x₂", exact=True).fill("1")
    page.keyboard.press("Enter")
    until(page, "() => [kernel.get('x'), kernel.saved > 0]", lambda found: found == [[2, 1, 4], True])


def test_a_field_that_takes_nothing_says_why_and_a_slider_reaches_what_it_shows(show):  # noqa: F811
    page = show(ln.Circle(), **LAPTOP, reduced_motion="reduce")
    field, say = page.get_by_role("spinbutton", name="x₁"), page.locator(".ln-say")
    for typed, why in (("", "the field was empty."), ("1e21", "this field takes −10⁶ to 10⁶.")):
        field.fill(typed)
        field.press("Enter")
        expect(say).to_have_text(f"✕ x₁ stays 2: {why}")
    field.fill("1000")
    field.press("Enter")
    expect(say).not_to_contain_text("✕")
    for name in ("level", "size"):
        slider = page.get_by_role("slider", name=name, exact=True)
        assert float(slider.input_value()) == pytest.approx(float(slider.get_attribute("aria-valuetext").split(";")[0]), rel=1e-3)
    expect(page.get_by_role("slider", name="g: up")).to_have_count(0)


@pytest.mark.parametrize("options", [PHONE, LAPTOP])
@pytest.mark.parametrize("mode", ["forward", "backward"])
@pytest.mark.parametrize("seen", ["side", "tilted"])
def test_a_point_whose_foot_is_too_far_off_still_comes_down_along_the_ones_axis(show, options, mode, seen):  # noqa: F811
    """x and x − μ both lie beyond the edge: they come in by the same factor, or the way between them leans."""
    root = circle(show(ln.Circle(x=[9, 0, 5], mode=mode, presets=["Slide"] if mode == "forward" else []), **options))
    root.locator(".cr-view", has_text=seen).click()
    settled(root.locator(".cr-x"))
    across, down = (root.locator(f".cr-{line}").evaluate("(e) => e.getAttribute('d').match(/-?[\\d.]+/g).map(Number)") for line in ("drop", "axis"))
    way, axis = (np.subtract(points[2:4], points[:2]) for points in (across, down))
    assert abs(way[0] * axis[1] - way[1] * axis[0]) < 0.01 * np.linalg.norm(way) * np.linalg.norm(axis), (way, axis)
    stage = root.locator(".cr-space").bounding_box()
    assert all(0 <= x <= stage["width"] and 0 <= y <= stage["height"] for x, y in zip(across[:4:2], across[1:4:2]))


@pytest.mark.parametrize("name, key", [("x: up and down", "x"), ("g: up and down", "g")])
@pytest.mark.parametrize("start", [0, 20])
def test_home_and_end_go_to_the_ends_that_the_slider_announces(show, name, key, start):  # noqa: F811
    root = circle(show(ln.Circle(**{"x": [0, 0, 6], "g": [1, 0, 0], key: [start - 2, start + 1, start + 1]}, mode="backward"), **LAPTOP))
    knob = root.get_by_role("slider", name=name)
    knob.focus()
    for press, end in ("End", "aria-valuemax"), ("Home", "aria-valuemin"):
        announced = knob.get_attribute(end)
        knob.press(press)
        expect(knob).to_have_attribute("aria-valuenow", announced)
        assert knob.get_attribute(end) == announced
