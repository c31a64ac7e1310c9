"""The site in Firefox, where there is one: formulas stand, explorables live, nothing is said and nobody else is asked."""
import pytest

from firefox import Firefox, find
from test_site import book

DRAWN = """new Promise((done) => { dispatchEvent(new Event("beforeprint")); const look = () => document.querySelector("[data-explorable]:not([data-drawn])")
  ? setTimeout(look, 30) : done(document.querySelectorAll("[data-explorable]").length); look(); })"""
# Of each formula that is shown: is a fraction higher than its line, a root wider than what it holds, and is nothing lost beside it?
FORMULAS = """[...document.querySelectorAll("math")].filter((one) => one.checkVisibility()).map((one) => {
  const { width, height } = one.getBoundingClientRect(), inner = [...one.querySelectorAll("mfrac, msqrt")].map((part) =>
    [part.getBoundingClientRect(), part.firstElementChild.getBoundingClientRect()]);
  return width > 2 && height > 5 && inner.every(([whole, of]) => whole.height > of.height && whole.width >= of.width);
})"""
OPEN = 'document.querySelectorAll("details").forEach((one) => { one.open = true; })'
WIDE, PHONE = 1280, 390


@pytest.fixture(scope="module")
def firefox():
    path = find()
    if path is None:
        pytest.skip("no Firefox on this machine: install one (firefox-esr) to try the site in it, too")
    window = Firefox(path)
    yield window
    window.close()


def test_every_page_of_the_book_lives_in_firefox(firefox, address):
    seen = {"explorables": 0, "formulas": 0}
    for name in book():
        firefox.goto(f"{address}/{name}")
        seen["explorables"] += firefox.value(DRAWN)
        firefox.value(OPEN)
        formulas = firefox.value(FORMULAS)
        assert all(formulas), (name, formulas.index(False))
        seen["formulas"] += len(formulas)
        assert firefox.value("scrollTo(0, document.body.scrollHeight) ?? document.fonts.size") > 4, name
        assert firefox.value("document.documentElement.style.visibility") == "", name
        for width in (WIDE, PHONE):                                        # nothing sticks out
            firefox.resize(width)
            assert firefox.value("document.documentElement.scrollWidth") <= width, (name, width)
    assert firefox.said == []
    assert [url for url in firefox.asked if not url.startswith((address, "data:", "about:"))] == []
    assert min(seen.values()) > 100, seen


def test_a_mouse_answers_and_keys_move_a_bar_in_firefox(firefox, address):
    firefox.goto(f"{address}/index.html")
    firefox.value(DRAWN)
    option = 'document.querySelector("[data-explorable=guess] .ln-option")'
    firefox.click(option)
    assert firefox.value(f"{option}.getAttribute('aria-pressed')") == "true"
    firefox.click('document.querySelector("[data-explorable=guess] .ln-check")')
    assert firefox.value('document.querySelector("[data-explorable=guess] .ln-said").checkVisibility()')
    bar = 'document.querySelector("[data-explorable=player] [role=slider]")'
    before = float(firefox.value(f"{bar}.ariaValueNow"))
    firefox.value(f"{bar}.focus()")
    firefox.press("ArrowUp")
    assert float(firefox.value(f"{bar}.ariaValueNow")) > before
    assert firefox.said == []
