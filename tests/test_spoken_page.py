"""What explorables have in common for those who hear them: one voice each, and it is silent while things move."""
import re

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import show  # noqa: F401  a fixture
from layernorm import explorables

GIVEN = {"Exercise": ["by-hand"], "Gate": [1]}                # what an explorable cannot do without
LIVE = "(root) => [...root.querySelectorAll('output, [aria-live], [role=status], [role=alert], [role=log]')].map((e) => e.className)"


@pytest.mark.parametrize("kind", sorted(set(explorables.__all__) - {"Guess", "Answer"}))
def test_one_voice_speaks(show, kind):  # noqa: F811
    page = show(getattr(ln, kind)(*GIVEN.get(kind, ())))
    if kind == "Gate":
        page.get_by_role("button", name="Begin").click()      # before, there is nothing to say
    assert page.locator("[data-explorable]").evaluate(LIVE) == ["ln-quiet"]


@pytest.mark.parametrize("kind", sorted(set(explorables.__all__) - {"Guess", "Answer"}))
def test_no_slider_is_read_out_that_cannot_be_reached(show, kind):  # noqa: F811
    """Chromium keeps what SVG does not display among what it reads."""
    page = show(getattr(ln, kind)(*GIVEN.get(kind, ())))
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    sliders = [node for node in nodes if not node["ignored"] and node["role"]["value"] == "slider"]
    assert [node["name"]["value"] for node in sliders if not {"focusable", "disabled"} & {prop["name"] for prop in node["properties"]}] == []


def test_what_was_said_is_not_said_again_with_what_is_new(show):  # noqa: F811
    page = show(ln.Layer(), reduced_motion="reduce")
    page.get_by_role("button", name="None").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Not quite: 0 right, 2 missing")
    page.locator(".ly-cell").nth(8).click()
    expect(status).to_contain_text("dx₃ = −1 · 1")
    expect(status).not_to_contain_text("Not quite")


def test_leaving_the_size_of_x_goes_on_to_the_steps(show):  # noqa: F811
    page = show(ln.Player(row="eps", time=4), reduced_motion="reduce")
    page.get_by_role("button", name="Back to the steps").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("slider", name="Step")).to_be_focused()


@pytest.mark.parametrize("name, presses, d", [("Add a point at the mean", 5, 8), ("Remove the last point", 3, 2)])
def test_a_button_that_can_do_no_more_keeps_the_focus_and_says_what_stands(show, name, presses, d):  # noqa: F811
    page = show(ln.Spread(), reduced_motion="reduce")
    button = page.get_by_role("button", name=name)
    button.focus()
    for _ in range(presses):
        page.keyboard.press("Enter")
    expect(page.locator(".sp-count")).to_have_text(f"d = {d}")
    expect(button).to_be_focused()
    expect(button).to_be_disabled()
    expect(page.get_by_role("status")).to_contain_text(f"d = {d}.")


@pytest.mark.parametrize("kind, inputs, label", [("Layer", {}, "Multiply it by"), ("Player", {"row": "eps", "time": 4, "scale": 0.01}, "x times")])
def test_each_key_moves_a_slider_of_rounded_powers(show, kind, inputs, label):  # noqa: F811
    page = show(getattr(ln, kind)(**inputs), reduced_motion="reduce")
    slider = page.get_by_role("slider", name=label)
    slider.focus()
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):
        seen = [slider.get_attribute("aria-valuetext")]
        for _ in range(5):
            page.keyboard.press(key)
            expect(slider).not_to_have_attribute("aria-valuetext", seen[-1])
            seen.append(slider.get_attribute("aria-valuetext"))
        assert len(set(seen)) == 6


@pytest.mark.parametrize("kind", ["Player", "Circle", "Axes", "Rows", "StepLab"])
def test_a_question_is_the_name_of_its_group(show, kind):  # noqa: F811
    page = show(getattr(ln, kind)(*GIVEN.get(kind, ())))
    expect(page.get_by_role("group", name=re.compile(r"^Predict .{20,}"))).to_be_visible()


def test_a_page_is_silent_until_something_changes_and_the_next_question_is_heard(show):  # noqa: F811
    page = show(ln.Axes(), reduced_motion="reduce")
    status = page.get_by_role("status")
    page.wait_for_timeout(900)                                            # longer than it waits before it speaks
    assert status.text_content() == ""
    page.get_by_role("button", name="Nobody else").click()
    page.get_by_role("button", name="Next: γ’s shape").click()
    expect(status).to_contain_text(re.compile("Predict .*γ"))


def test_a_preset_says_what_it_asks_and_what_was_said_is_not_there_for_ever(show):  # noqa: F811
    page = show(ln.Circle(), reduced_motion="reduce")
    status = page.get_by_role("status")
    page.get_by_role("button", name="−x", exact=True).click()
    expect(status).to_contain_text("−x: x is (2, 0, 4); x̂ is (0, −1.225, 1.225). Predict Put −x in the place of x")
    expect(status).to_have_text("")


def test_a_gain_that_is_changed_says_what_y_has_become(show):  # noqa: F811
    page = show(ln.Player(time=6, row="gamma"), reduced_motion="reduce")
    field = page.get_by_role("spinbutton", name="γ₁")
    field.fill("10")
    field.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("y is (−3.015, −1.508, 0.905, 0.905).")


def test_a_verdict_that_the_focus_has_read_out_is_not_said_again(show):  # noqa: F811
    page = show(ln.Player(x=[2, 0, 4, 4]), reduced_motion="reduce")
    group = page.locator(".ln-predict").first
    heard = """() => { globalThis.heard = []; const status = document.querySelector("[role=status]");
      new MutationObserver(() => { heard.push(status.textContent); }).observe(status, { childList: true }); }"""
    group.locator(".ln-option").first.press("Enter")
    page.evaluate(heard)
    group.locator(".ln-check").press("Enter")
    expect(group).to_have_attribute("data-state", re.compile("right|wrong"))
    expect(page.get_by_role("status")).not_to_have_text("")               # it speaks when it has come to rest
    verdict, focus, said = page.evaluate("[document.querySelector('.ln-predict').ariaLabel, document.activeElement.className, heard.join(' ')]")
    assert focus == "ln-predict" and verdict[2:] not in said, said
