"""Layer in a browser: guessed at, dragged, typed into and keyed, in one height, in every state."""
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import layernorm as ln
from alone import show  # noqa: F401  a fixture
from layernorm.explorables.layer import PRESETS

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
STILL = {"reduced_motion": "reduce"}
# One state after the other, in one go: every preset asked, answered wrongly and rightly; large, small and crossed-out numbers.
SWEEP = """async (root) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))), found = [];
  const all = (what, from = root) => [...from.querySelectorAll(what)];
  const look = (state) => {
    const say = (fault) => found.push(`${state}: ${fault}`), seen = all("*").filter((e) => e.offsetParent || e.ownerSVGElement);
    if (root.offsetHeight !== reserved) say(`height ${root.offsetHeight}, not ${reserved}`);
    if (document.documentElement.scrollWidth > innerWidth) say("scrolls sideways");
    for (const e of all(".ln-say, .ln-predict, .ln-btn, .ly-sums, .ly-law, .ly-cell, .ly-grow"))
      if (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) say(`cut: ${e.innerText}`);
    for (const e of all("button, input").filter((e) => e.offsetParent)) {
      const r = e.getBoundingClientRect();
      if (r.height < 41.5 || r.width < 40) say(`small: ${e.ariaLabel ?? e.innerText} ${r.width} × ${r.height}`);
    }
    for (const e of seen) if ([...e.childNodes].some((t) => t.nodeType === 3 && t.data.trim()) && parseFloat(getComputedStyle(e).fontSize) < 12) say(`under 12 px: ${e.textContent}`);
    for (const ends of all(".ly-ends")) {
      const [nought, end] = [...ends.children].map((e) => e.getBoundingClientRect()), zero = ends.parentNode.querySelector(".ly-zero").getBoundingClientRect();
      const [a, b] = [nought, end].sort((one, other) => one.left - other.left);
      if (a.right > b.left - 2) say(`ends of a scale run together: ${ends.innerText}`);
      if (Math.abs((nought.left + nought.right) / 2 - (zero.left + zero.right) / 2) > 2) say("0 is not under its line");
    }
    for (const out of all(".ly-out")) {
      const [a, b] = [out.querySelector(".ly-w"), out.querySelector(".ly-sums span")].map((e) => e?.getBoundingClientRect());
      if (a && a.right > b.left + 1) say(`b is over z: ${out.innerText}`);
    }
    for (const cell of all(".ly-cell")) {
      const box = (e) => e && getComputedStyle(e).display !== "none" && e.textContent ? e.getBoundingClientRect() : null;
      const boxes = all(".ly-w, .ly-v, .ly-d, .ly-mark", cell).map(box).filter(Boolean);
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) say(`over each other: ${cell.innerText}`);
      }));
    }
  };
  root.style.height = 0;
  const reserved = root.offsetHeight;
  root.style.height = "";
  for (const chip of all(".ln-chip")) {
    const act = async (state, e) => { e.click(); await frame(); look(`${chip.innerText}, ${state}`); };
    await act("asked", chip);
    await act("none", root.querySelector(".ly-check"));
    await act("explained", all(".ly-cell")[1]);
    await act("explained", all(".ly-cell")[8]);
    await act("again", root.querySelector(".ln-open"));
    for (const k of [0, 1, 2, 3, 4, 5, 6, 7, 8]) all(".ly-cell")[k].click();
    await act("all", root.querySelector(".ly-check"));
    await act("reset", root.querySelector(".ln-tools button"));
  }
  for (const [k, v] of [[0, -9876.5], [1, 0.00012], [2, 0], [3, -12.25], [4, 99.5], [0, -50]]) {
    const input = all("input[type=number]")[k];
    input.value = v;
    input.dispatchEvent(new Event("change"));
    await frame();
    look(`${v} in field ${k}`);
  }
  return [reserved, [...new Set(found)]];
}"""


def layer(page):
    return page.locator("[data-explorable=layer]")


def cell(page, k):
    return layer(page).locator(".ly-cell").nth(k)


def press(page, name):
    layer(page).get_by_role("button", name=name, exact=True).click()


def field(page, name):
    return layer(page).get_by_role("spinbutton", name=name, exact=True)


@pytest.mark.parametrize("width, scheme, tallest", [(1280, "light", 720), (390, "dark", 700), (320, "light", 730)])
def test_it_fits_keeps_its_height_and_cuts_nothing_in_any_state(show, width, scheme, tallest):  # noqa: F811
    page = show(ln.Layer(), viewport={"width": width, "height": 900}, color_scheme=scheme, **STILL)
    height, faults = layer(page).evaluate(SWEEP)
    assert faults == [] and height <= tallest
    assert Axe().run(page).response["violations"] == []


def test_it_asks_then_shows_and_the_guess_stays_beside_the_result(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP, **STILL)
    strip, say = layer(page).locator(".ln-predict"), layer(page).locator(".ln-say")
    expect(strip).to_contain_text("x₁ becomes 10 times what it is")
    for k in (0, 1, 6):
        cell(page, k).click()
    expect(cell(page, 1)).to_have_attribute("aria-pressed", "true")
    press(page, "Check")
    expect(strip).to_contain_text("Not quite: 1 right, 1 missing, 2 too many. Only column 1 of dW has x₁ in it. dx has no x in it.")
    assert [cell(page, k).locator(".ly-mark").inner_text() for k in range(9)] == ["✓", "✕", "", "+", "", "", "✕", "", ""]
    expect(cell(page, 3)).to_have_attribute("aria-label", "dW₂₁ −5, changed, which you did not say")
    expect(field(page, "x₁")).to_have_value("10")
    expect(say).to_have_text("x₁ is 10 times what it was, and so is column 1 of dW. dx is what it was.")
    cell(page, 8).click()
    expect(say).to_have_text("dx₃ = −1 · 1 + 0.5 · (−0.5) = −1.25: weights times pushes, no x in it.")
    field(page, "x₂").evaluate("(e) => { e.value = 7; e.dispatchEvent(new Event('change')); }")
    expect(strip).to_contain_text("✕ Before your change: 1 right")
    press(page, "One push")
    press(page, "One feature")                                    # the guess is still there
    expect(strip).to_contain_text("Not quite")
    expect(field(page, "x₁")).to_have_value("10")
    press(page, "Guess again")
    expect(strip).to_contain_text("Predict")
    expect(field(page, "x₁")).to_have_value("1")


def test_what_grows_after_a_push_is_told_from_where_the_push_left_it(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP, **STILL)
    press(page, "One push")
    press(page, "None")
    say = layer(page).locator(".ln-say")
    expect(say).to_contain_text("dy₂ is 2 times what it was")
    times = layer(page).get_by_role("slider", name="Multiply it by")
    times.evaluate("(e) => { e.value = 0.5; e.dispatchEvent(new Event('input')); }")
    expect(say).to_have_text("All of x is 3.2 times what it was, and so is all of dW. dx is what it was.")
    times.evaluate("(e) => { e.value = 0; e.dispatchEvent(new Event('input')); }")
    expect(say).to_contain_text("The largest push that ReLU lets through meets the input of largest size")


def test_watched_it_moves_and_a_hand_stops_it(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP)
    cell(page, 0).click()
    press(page, "Check")
    expect(layer(page).locator(".ln-predict")).to_contain_text("1 of 9 gradients. Watch.")
    field(page, "x₂").evaluate("(e) => { e.value = 7; e.dispatchEvent(new Event('change')); }")
    expect(layer(page).locator(".ln-predict")).to_contain_text("Not quite: 1 right, 1 missing")
    page.wait_for_timeout(1700)
    assert 1 <= float(field(page, "x₁").input_value()) < 10


def test_what_makes_an_output_is_all_in_sight(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP)
    for i in range(2):
        w = [float(cell(page, 3 * i + j).locator(".ly-w").inner_text().removeprefix("W ").replace("−", "-")) for j in range(3)]
        x = [float(field(page, f"x{'₁₂₃'[j]}").input_value()) for j in range(3)]
        out = layer(page).locator(".ly-out").nth(i)
        b = float(out.locator(".ly-w").inner_text().removeprefix("b ").replace("−", "-"))
        expect(out).to_contain_text(f"z{'₁₂'[i]} = {sum(u * v for u, v in zip(w, x)) + b:g}")


def test_rectangles_are_as_wide_as_the_input_and_as_high_as_the_push(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP)
    for x in ([1, 4, -2], [10, 5, -1]):
        for name, v in zip(("x₁", "x₂", "x₃"), x):
            field(page, name).fill(str(v))
            field(page, name).press("Enter")
        expect(cell(page, 5).locator(".ly-v")).to_have_text(f"{-0.5 * x[2]:g}")
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        boxes = layer(page).evaluate("(root) => [...root.querySelectorAll('.ly-cell .ly-grad')].map((e) => e.getBoundingClientRect()).map((r) => [r.width, r.height])")
        unit = boxes[1][0] / abs(x[1])
        for k, (width, height) in enumerate(boxes):
            assert width == pytest.approx(unit * abs(x[k % 3]), abs=1.1), k
            assert height == pytest.approx(boxes[0][1] * (1 if k < 3 else 0.5), abs=1.6), k
    minus = [k for k in range(6) if "is-minus" in cell(page, k).locator(".ly-grad").get_attribute("class")]
    assert minus == [2, 3, 4]                                     # hatched; and their numbers have a sign


def test_x_is_dragged_keyed_typed_and_multiplied(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP)
    bar = layer(page).get_by_role("slider", name="x₂, drag")
    box = bar.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 20, steps=4)
    page.mouse.up()
    now = float(field(page, "x₂").input_value())
    assert 4.5 < now < 8
    expect(cell(page, 1).locator(".ly-v")).to_have_text(f"{now:g}")
    bar.press("ArrowLeft")
    expect(field(page, "x₂")).to_have_value(f"{now - 0.1:g}")
    field(page, "x₂").fill("4")
    field(page, "x₂").press("Enter")
    layer(page).get_by_role("combobox").select_option("x₂")
    times = layer(page).get_by_role("slider", name="Multiply it by")
    for key, wanted in (("PageUp", "40"), ("Home", "0.4"), ("End", "40")):
        times.press(key)
        expect(field(page, "x₂")).to_have_value(wanted)
    expect(layer(page).locator(".ln-say")).to_contain_text("x₂ is 10 times what it was, and so is column 2 of dW")
    push = layer(page).get_by_role("slider", name="dy₂, drag")
    push.press("ArrowDown")
    expect(field(page, "dy₂")).to_have_value("-0.6")
    field(page, "x₂").fill("")
    field(page, "x₂").press("Enter")
    expect(field(page, "x₂")).to_have_value("40")                  # nothing is no number
    field(page, "x₂").fill("12")
    times.evaluate("(e) => { e.value = 1; e.dispatchEvent(new Event('input')); }")
    expect(cell(page, 1).locator(".ly-v")).to_have_text("400")     # drawn again under somebody who types
    expect(field(page, "x₂")).to_have_value("12")
    field(page, "x₂").fill("123456")
    field(page, "x₂").press("Enter")
    expect(field(page, "x₂")).to_have_value("10000")


def test_what_rests_is_said_and_what_is_dragged_is_not(show):  # noqa: F811
    page = show(ln.Layer(), **LAPTOP)
    status = layer(page).locator("[role=status]")
    box = layer(page).get_by_role("slider", name="x₁, drag").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 20, steps=4)
    page.wait_for_timeout(900)
    assert status.inner_text() == ""
    page.mouse.up()
    expect(status).to_contain_text("dW₁₁")


def test_without_script_a_picture_stands_there(show):  # noqa: F811
    page = show(ln.Layer(), java_script_enabled=False)
    assert layer(page).locator("img").is_visible() and layer(page).locator("button").count() == 0


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    from test_circle_page import HOST
    page = show(ln.Layer(), **LAPTOP, bypass_csp=True, **STILL)
    page.evaluate(HOST, ln.Layer._esm)
    view = page.locator("#lab")
    view.get_by_role("spinbutton", name="x₁").fill("3")
    view.get_by_role("spinbutton", name="x₁").press("Enter")
    assert page.evaluate("kernel.get('x')") == [3, 4, -2] and page.evaluate("kernel.saved") > 0
    page.evaluate("kernel.set('x', [1, -4, -2])")
    expect(view.locator(".ly-cell").nth(4)).to_have_attribute("aria-label", re.compile("dW₂₂ 0"))
    page.evaluate("kernel.set('dy', [1, 2])")
    expect(view.locator(".ly-out").nth(1)).to_contain_text("z₂ = −5")
    page.evaluate("kernel.set('preset', 'All features')")
    expect(view.locator(".ln-predict")).to_contain_text("All of x becomes 10 times")
    assert page.evaluate("kernel.get('preset')") in PRESETS
