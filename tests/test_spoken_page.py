"""What explorables have in common for those who hear them: one voice each, and it is silent while things move."""
import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import show  # noqa: F401  a fixture
from layernorm import explorables

LIVE = "(root) => [...root.querySelectorAll('output, [aria-live], [role=status], [role=alert], [role=log]')].map((e) => e.className)"


@pytest.mark.parametrize("kind", sorted(set(explorables.__all__) - {"Guess", "Answer"}))
def test_one_voice_speaks(show, kind):  # noqa: F811
    page = show(getattr(ln, kind)())
    assert page.locator("[data-explorable]").evaluate(LIVE) == ["ln-quiet"]


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
