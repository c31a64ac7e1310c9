"""The Player on the built page: drawn, dragged, keyed, played, in one height, in every state."""
import re
from itertools import combinations

import pytest
from playwright.sync_api import expect  # waits without eval, which the pages' policy forbids

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
PLAYER = '[data-explorable="player"] >> nth=0'
# (1280 or 390 px wide, no taller than): question, picture and the control that acts on one screen.
SCREENS = pytest.mark.parametrize("screen, tallest", [(LAPTOP, 720), (PHONE, 700)], ids=["laptop", "phone"])
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict")].filter((e) => e.scrollHeight > e.clientHeight + 1).map((e) => e.innerText)"""
LABELS = """(svg) => [...svg.querySelectorAll("text")].filter((t) => t.textContent && t.getAttribute("opacity") !== "0")
  .map((t) => [t.textContent, t.getBoundingClientRect()]).map(([words, r]) => [words, r.left, r.top, r.right, r.bottom])"""


def states(page, player):
    """Every step of every preset, at rest."""
    for chip in player.locator(".ln-chip").all():
        chip.click()
        for step in range(7):
            player.locator(".ln-track-film input").focus()
            if step:
                page.keyboard.press("PageUp")
            page.wait_for_timeout(40)
            yield f"{chip.inner_text()}, step {step}"


def test_the_player_is_dragged_keyed_and_played(visit):
    page = visit()
    player = page.locator(PLAYER)
    bar = player.locator("[role=slider]").first
    bar.focus()
    page.keyboard.press("ArrowUp")
    expect(bar).to_have_attribute("aria-valuenow", "2.1")
    box = player.locator(".ln-cap").nth(2).bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 62, steps=5)
    page.mouse.up()
    assert float(player.get_by_label("x₃", exact=True).last.input_value()) < 4
    player.get_by_role("button", name="x̂₂").click()
    player.get_by_role("button", name="Check by playing").click()
    expect(player.locator(".ln-predict")).to_contain_text("Not quite", timeout=10_000)


@SCREENS
def test_the_player_fits_a_screen_and_keeps_its_height(visit, screen, tallest):
    page = visit(**screen, reduced_motion="reduce")
    player = page.locator(PLAYER)
    reserved = player.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
    assert reserved <= tallest
    for state in states(page, player):
        assert player.bounding_box()["height"] == reserved, state
        assert player.evaluate(CUT) == [], state
    for row in ("eps", "x", "gamma", "beta"):
        player.get_by_label("Numbers under the bars").select_option(row)
        assert player.bounding_box()["height"] == reserved, row


@SCREENS
def test_no_label_stands_on_another(visit, screen, tallest):
    page = visit(**screen, reduced_motion="reduce")
    player = page.locator(PLAYER)
    for state in states(page, player):
        labels = player.locator(".ln-stage").evaluate(LABELS)
        right = player.locator(".ln-scroll").evaluate("e => e.getBoundingClientRect().right")
        assert [words for words, *box in labels if box[2] > right + 1] == [], state
        for (one, *a), (other, *b) in combinations(labels, 2):
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert across <= 1 or down <= 4, f"{one} and {other} in {state}"        # a line box is taller than its digits


@SCREENS
def test_each_answer_has_room(visit, screen, tallest):
    page = visit(**screen, reduced_motion="reduce")
    player = page.locator(PLAYER)
    for chip in player.locator(".ln-chip").all():
        chip.click()
        page.wait_for_timeout(40)
        for option in player.locator(".ln-predict .ln-option").all():
            option.click()
        player.get_by_role("button", name="Check by playing").click()
        player.get_by_role("button", name="To the end").click()
        expect(player.locator(".ln-predict")).to_contain_text(re.compile("Not quite|As you said"))
        assert player.evaluate(CUT) == [], chip.inner_text()


def test_the_step_chooses_the_row_until_the_reader_does(visit):
    page = visit(**LAPTOP, reduced_motion="reduce")
    player = page.locator(PLAYER)
    row = player.get_by_label("Numbers under the bars")
    player.get_by_role("button", name="To the end").click()
    expect(row).to_have_value("beta")
    player.get_by_label("β₂", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(player.locator(".ln-value").nth(1)).to_have_text("1.246")
    row.select_option("gamma")
    expect(player.get_by_label("γ₂", exact=True)).to_have_value("0.5")
    player.get_by_role("button", name="To the start").click()
    expect(row).to_have_value("x")


def test_x_shrinks_until_epsilon_counts(visit):
    page = visit(**LAPTOP, reduced_motion="reduce")
    player = page.locator(PLAYER)
    player.get_by_role("button", name="Tiny").click()
    player.locator(".ln-formula [data-part=eps]").first.click()
    spread, factor = player.locator(".ln-spread b"), player.get_by_label("x times")
    expect(spread).to_have_text("0.216")
    player.get_by_role("button", name="ε outside the root").click()
    expect(spread).to_have_text("0.988")
    expect(player.locator(".ln-say")).to_contain_text("(σ ⁄ (σ + ε))² = 0.988")
    factor.focus()
    page.keyboard.press("Home")
    expect(spread).to_have_text("0.0202")
    page.keyboard.press("End")
    expect(spread).to_have_text("1")
    player.get_by_role("button", name="Step forward").click()
    expect(factor).to_be_hidden()


def test_the_answer_stands_while_the_reader_tries_other_sizes(visit):
    page = visit(**LAPTOP, reduced_motion="reduce")
    player = page.locator(PLAYER)
    player.get_by_role("button", name="Tiny").click()
    player.get_by_role("button", name="0.216").click()
    player.get_by_role("button", name="Check by playing").click()
    player.get_by_role("button", name="To the end").click()
    answer = player.locator(".ln-predict")
    expect(answer).to_contain_text("As you said: 0.216. Here σ² = 2.75·10⁻⁶")
    player.get_by_role("button", name="Shrink x yourself").click()
    expect(player.locator(".ln-spread b")).to_have_text("0.216")
    player.get_by_label("x times").focus()
    page.keyboard.press("End")
    expect(player.locator(".ln-spread b")).to_have_text("1")
    expect(answer).to_contain_text("Here σ² = 2.75·10⁻⁶")
    player.get_by_label("Numbers under the bars").select_option("x")
    player.get_by_label("x₁", exact=True).last.fill("3")
    page.keyboard.press("Enter")
    expect(player.locator(".ln-bar").first).to_have_attribute("aria-valuenow", "3")


def test_the_film_is_pressed_and_keyed(visit):
    page = visit(**LAPTOP)
    player = page.locator(PLAYER)
    film, clock = player.get_by_label("Step", exact=True), player.locator(".ln-clock")
    film.scroll_into_view_if_needed()
    box = film.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.3 / 7, box["y"] + 20)          # somewhere on the fourth thumbnail
    expect(clock).to_have_text("3.00 s")
    film.focus()
    page.keyboard.press("ArrowLeft")
    expect(clock).to_have_text("2.75 s")
    page.keyboard.press("PageUp")
    expect(clock).to_have_text("3.75 s")


def test_what_rests_is_said_and_what_moves_is_not(visit):
    page = visit(**LAPTOP)
    player = page.locator(PLAYER)
    status = player.locator("[role=status]")
    expect(status).to_contain_text("One vector")
    player.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(2500)
    assert "One vector" in status.inner_text()
    player.get_by_role("button", name="Pause").click()
    expect(status).to_have_text(player.locator(".ln-say").inner_text())


def test_full_screen_gives_the_picture_the_room(visit):
    page = visit(**LAPTOP)
    player = page.locator(PLAYER)
    before = player.locator(".ln-stage").bounding_box()
    player.get_by_role("button", name="Full screen").click()
    expect(player.get_by_role("button", name="Leave full screen")).to_be_visible()
    expect(player.locator(".ln-stage")).not_to_have_attribute("width", str(int(before["width"])))
    stage = player.locator(".ln-stage").bounding_box()
    assert stage["width"] > before["width"] and stage["height"] > before["height"]


def test_a_preset_of_another_length_is_drawn(visit):
    page = visit()
    player = page.locator(PLAYER)
    player.get_by_role("button", name="d = 8").click()
    expect(player.locator(".ln-bar")).to_have_count(8)
    expect(player.locator(".ln-say")).to_contain_text("8 entries")


def test_the_player_fits_a_phone_and_follows_dark(visit):
    page = visit(**PHONE, color_scheme="dark")
    player = page.locator(PLAYER)
    page.wait_for_selector("[data-drawn]")
    box = player.bounding_box()
    assert page.evaluate("document.documentElement.scrollWidth") == 390 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert player.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(27, 30, 37)"


def test_every_bar_of_every_preset_is_in_the_picture(visit):
    page = visit()
    player = page.locator(PLAYER)
    for chip in player.locator(".ln-chip").all():
        chip.click()
        page.wait_for_timeout(450)                            # the scale glides
        stage = player.locator(".ln-stage").bounding_box()
        boxes = [cap.bounding_box() for cap in player.locator(".ln-cap").all()]
        assert all(stage["y"] < box["y"] < stage["y"] + stage["height"] for box in boxes), chip.inner_text()


def test_without_script_a_picture_stands_where_the_player_would_be(visit):
    page = visit(java_script_enabled=False)
    player = page.locator(PLAYER)
    assert player.locator("img").is_visible()
    assert player.locator("button").count() == 0


def test_the_page_works_from_a_folder(browser, site):
    page = browser.new_page()
    page.goto((site / "chapters/01_definition.html").as_uri())
    page.wait_for_selector("[data-drawn]", timeout=5_000)
    page.close()
