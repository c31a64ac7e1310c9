"""On the page a result waits for the guess at it; the guess stands beside the answer."""
import re

import pytest
from playwright.sync_api import expect

from alone import until

CHAPTERS = [f"chapters/{name}.html" for name in ("01_definition", "02_gamma_beta", "03_batchnorm", "04_transformers", "05_in_use")]
ONE_LINE = 24
PHONE = {"viewport": {"width": 390, "height": 844}}
WAITING = 'div.cell:has([data-explorable="answer"]):not(.ln-open)'
# Keeps a guess on every card of the page; what it gives: the cards whose height that changed.
KEEP_ALL = """() => [...document.querySelectorAll('[data-explorable="guess"]')].map((card) => {
  const number = card.querySelector(".ln-typed"), before = card.getBoundingClientRect().height;
  if (number) {
    number.value = 1;
    number.dispatchEvent(new Event("input"));
  } else card.querySelector(".ln-option").click();
  card.querySelector(".ln-check").click();
  return [card.innerText, before, card.getBoundingClientRect().height];
}).filter(([, before, after]) => before !== after)"""

# The cards as the page brings them, laid out beside those that are drawn; what it gives: by how much its height is another.
AS_BROUGHT = """async () => {
  const brought = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const all = (page) => [...page.querySelectorAll('[data-explorable="guess"]')];
  await document.fonts.ready;
  return all(document).filter((card) => card.offsetParent).map((card) => {
    const copy = document.importNode(all(brought).find((one) => one.dataset.inputs === card.dataset.inputs), true);
    card.after(copy);
    const found = [card.innerText, copy.getBoundingClientRect().height, card.getBoundingClientRect().height];
    copy.remove();
    return found;
  }).map(([words, before, after]) => [words, Math.abs(before - after)]);
}"""


def cards(page, kind):
    return page.locator(f'[data-explorable="{kind}"]')


def question(page, words):
    return cards(page, "guess").filter(has_text=words)


@pytest.mark.parametrize("options", ({}, PHONE), ids=("laptop", "phone"))
@pytest.mark.parametrize("name, most", [("index.html", 1), ("chapters/before_layer.html", 1), *((page, ONE_LINE) for page in CHAPTERS)])
def test_a_card_takes_the_room_from_the_first_that_it_will_have(visit, name, most, options):
    """To the pixel where it stands on the first screen, to a line where it is drawn before it is reached."""
    page = visit(name, **options)
    expect(page.locator("[data-explorable='guess']:not([data-drawn])")).to_have_count(0)
    off = page.evaluate(AS_BROUGHT)
    assert off and [card for card in off if card[1] > most] == []


def test_a_result_waits_for_the_guess_at_it_and_no_longer(visit):
    page = visit()
    until(page, f"() => document.querySelectorAll(`{WAITING}`).length", lambda count: count >= 8)
    waiting = page.locator(WAITING).count()
    card = question(page, "leave LayerNorm as something else")
    card.get_by_role("button", name="−x").click()
    card.get_by_role("button", name="Keep my guess").click()
    expect(page.locator(WAITING)).to_have_count(waiting - 1)
    answer = cards(page, "answer").filter(has_text="upside down")
    expect(answer).to_contain_text("✓ As you said: −x.")


def test_a_wrong_guess_is_kept_beside_the_answer(visit):
    page = visit()
    card = question(page, "leave LayerNorm as something else")
    for option in ("10x", "−x"):
        card.get_by_role("button", name=option, exact=True).click()
    card.get_by_role("button", name="Keep my guess").click()
    expect(card).to_contain_text("Your guess: 10x, −x.")
    expect(cards(page, "answer").filter(has_text="upside down")).to_contain_text("You said 10x, −x; the answer: −x.")


def test_a_typed_guess_is_judged_by_its_value(visit):
    page = visit()
    card = question(page, "variance of the two numbers")
    field = card.get_by_label("Your number")
    expect(card.get_by_role("button", name="Check")).to_be_disabled()
    field.fill("8")
    field.press("Enter")
    expect(card).to_contain_text("You said 8; the answer: 4.")
    card.get_by_role("button", name="Guess again").click()
    card.get_by_label("Your number").fill("4")
    card.get_by_role("button", name="Check").click()
    expect(card).to_contain_text("✓ As you said: 4.")
    for typed, said in {"−2,5": "You said −2.5;", "1e1": "You said 10;", "1/4": "You said 0.25;", "√2": "You said 1.41421;", "-sqrt(2) / 2": "You said −0.707107;"}.items():
        card.get_by_role("button", name="Guess again").click()
        card.get_by_label("Your number").fill(typed)
        card.get_by_label("Your number").press("Enter")
        expect(card).to_contain_text(said)
    card.get_by_role("button", name="Guess again").click()
    field = card.get_by_label("Your number")
    for typed in "", "four", "1/", "/4", "1/0", "√", "√−1":                                  # Enter says what is missing, and keeps no guess
        field.fill(typed)
        expect(field).not_to_have_attribute("aria-invalid", "true")
        field.press("Enter")
        expect(card.locator(".ln-hint:visible")).to_have_text("✕ Type a number, like 0.25, 1/4 or √3.")
        expect(card.locator("[role=status]")).to_have_text("✕ Type a number, like 0.25, 1/4 or √3.")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(card.get_by_role("button", name="Check")).to_be_disabled()


def test_a_reader_who_will_not_guess_sees_the_result_all_the_same(visit):
    page = visit()
    card = cards(page, "answer").first
    card.get_by_role("button", name="Show it anyway").click()
    expect(card).to_contain_text("Answer 20000.")
    expect(card.get_by_role("group")).to_have_accessible_name(re.compile(r"^Answer 20000\. "))
    cell = page.get_by_role("group", name="The cell that finds out", exact=True)        # it is read from its beginning
    expect(cell).to_be_focused()
    assert cell.evaluate("(e, card) => e.contains(card)", card.element_handle()) and cell.locator("pre").first.is_visible()
    expect(page.get_by_text("smallest, geometric mean, largest").last).to_be_visible()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["laptop", "phone"])
def test_a_card_keeps_its_height_when_a_guess_is_kept(visit, screen):
    page = visit(**screen)
    cards(page, "guess").last.locator(".ln-check").first.wait_for()
    assert page.evaluate(KEEP_ALL) == []
    expect(page.locator(WAITING)).to_have_count(0)


def test_the_cell_that_finds_out_and_the_reason_are_folded_until_then(visit):
    page = visit()
    waiting = [page.get_by_text("relatives.reveal(others"), page.get_by_text("Call the mean of")]
    for one in waiting:
        expect(one).to_be_hidden()
    card = question(page, "leave LayerNorm as something else")
    card.get_by_role("button", name="−x").click()
    card.get_by_role("button", name="Keep my guess").click()
    for one in waiting:
        expect(one).to_be_visible()


def test_a_link_to_what_waits_opens_it(visit):
    page = visit("chapters/01_definition.html#equation-eq-invariance")
    expect(page.get_by_text("Call the mean of")).to_be_visible()
    expect(page.get_by_text("In deviation divided by size")).to_be_in_viewport()


def test_the_focus_stays_in_the_card(visit):
    page = visit()
    card = cards(page, "guess").nth(1)
    card.get_by_role("button", name="10", exact=True).focus()
    page.keyboard.press("Space")
    card.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Guess again")).to_be_focused()
    expect(card.get_by_role("status")).to_contain_text("As you said")


def test_without_script_nothing_waits(visit):
    page = visit(java_script_enabled=False)
    expect(page.get_by_text("Answer. 20000.")).to_be_visible()
    expect(page.get_by_text("relatives.reveal(others")).to_be_visible()


def test_on_paper_nothing_waits(visit):
    page = visit()
    page.emulate_media(media="print")
    expect(page.locator(f"{WAITING} .cell_input").first).to_be_visible()
