"""A tab that is used again is as new: what one test sets or leaves in it, the next does not find."""
SEEN = """() => [innerWidth, ...["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)", "print"].map((query) => matchMedia(query).matches),
  getComputedStyle(document.documentElement).fontSize, localStorage.getItem("left"), sessionStorage.getItem("left"), location.hash]"""
ALLOWED = "() => navigator.permissions.query({ name: 'clipboard-read' }).then(({ state }) => state)"


def forbids(page):
    """Whether the page's policy is in force."""
    asked = {"expression": "eval('1 + 1')", "allowUnsafeEvalBlockedByCSP": False, "silent": True}
    return "exceptionDetails" in page.context.new_cdp_session(page).send("Runtime.evaluate", asked)


def test_what_is_set_is_set_and_something_is_left(visit):
    page = visit("index.html#main-content", letters=32, viewport={"width": 400, "height": 400}, color_scheme="dark", reduced_motion="reduce")
    assert page.evaluate(SEEN) == [400, True, True, False, "32px", None, None, "#main-content"]
    page.evaluate("() => { localStorage.setItem('left', 1); sessionStorage.setItem('left', 1); }")
    page.emulate_media(media="print")
    other = visit("index.html", bypass_csp=True, permissions=["clipboard-read"])
    assert other.evaluate(ALLOWED) == "granted" and not forbids(other)
    assert visit("index.html", java_script_enabled=False).locator("[data-drawn]").count() == 0


def test_the_next_finds_nothing_of_it(idle, address):
    assert len(idle) >= 2
    for page in idle[-2:]:
        page.goto(f"{address}/index.html")
        page.wait_for_selector("[data-drawn]")
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        assert page.evaluate(SEEN)[3:] == [False, "16px", None, None, ""] and page.evaluate(ALLOWED) == "prompt" and forbids(page)
