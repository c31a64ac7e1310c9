"""Block in a browser: predicted, answered, changed by hand and by keys, in one height, in every state, by anybody."""
import re

import pytest
from playwright.sync_api import expect

import layernorm as ln
from alone import AUDIT, FRAME, audit, faults, show, sweep  # noqa: F401  one is a fixture
from test_circle_page import HOST

PHONE = {"viewport": {"width": 390, "height": 844}}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
TALLEST = {1280: 720, 768: 720, 390: 700, 320: 800}
# What is cut off: a box smaller than its words, or words that leave it; what lies over each other in a row.
CUT = """(root) => {
  const box = (e) => { const range = document.createRange(); range.selectNodeContents(e); return range.getBoundingClientRect(); }, found = [], whole = root.getBoundingClientRect();
  for (const e of root.querySelectorAll(".ln-q, .ln-say, .ln-predict, .ln-ask, .ln-option, .ln-btn, .ln-chip, .bk-mask, .bk-who, .bk-name, .bk-foot, .bk-key, .bk-where, .bk-is, .bk-was")) {
    if (!e.offsetParent || !e.textContent.trim()) continue;
    const words = box(e), own = e.getBoundingClientRect(), free = e.closest(".bk-name, .bk-foot"), line = free ? whole : own;
    if (words.left < line.left - 1 || words.right > line.right + 1 || (!free && (words.bottom > own.bottom + 2 || words.top < own.top - 2 || e.scrollHeight > e.clientHeight + 2))) found.push(`${e.className}: ${e.innerText}`);
  }
  for (const kind of [".bk-name span", ".bk-foot:not([role=rowheader])", ".bk-is", ".ln-chip", ".bk-key span"]) {
    const all = [...root.querySelectorAll(kind)].filter((e) => e.offsetParent).map((e) => [e.innerText, kind === ".bk-name span" ? e.getBoundingClientRect() : box(e)]);
    all.slice(1).forEach(([name, b], k) => { const a = all[k][1]; if (Math.abs(a.top - b.top) < 4 && b.left < a.right - 0.5) found.push(`${all[k][0]} and ${name}`); });
  }
  const [fields, chips] = [".bk-fields", ".bk-changes"].map((one) => root.querySelector(one).getBoundingClientRect());
  if (fields.right > chips.left && fields.bottom > chips.top) found.push("fields and changes");
  return found;
}"""
TINY = """(root) => [...root.querySelectorAll("*")].filter((n) => n.checkVisibility() && [...n.childNodes].some((t) => t.nodeType === 3 && t.data.trim())
  && parseFloat(getComputedStyle(n).fontSize) < 12).map((n) => n.textContent)"""
SMALL = """(root) => [...root.querySelectorAll("button, .bk-cell, .bk-fields input")].filter((e) => e.offsetParent && (e.offsetWidth < 18 || e.offsetHeight < 24)).map((e) => e.className)"""
# The three questions asked and answered, then every change in every block, with and without the mask.
STATES = """async function* (root, frame) {
  const press = async (selector, k = 0) => { [...root.querySelectorAll(selector)].filter((e) => e.offsetParent).at(k).click(); await frame(); };
  for (const k of [0, 1, 2]) {
    yield `question ${k}`;
    for (const option of k === 2 ? [1] : [0, 1, 2, 3, 4]) await press(".ln-option", option);
    await press(".ln-check");
    yield `told ${k}`;
    if (k < 2) await press(".ln-open");
  }
  for (const mask of ["no mask", "mask"]) {
    for (let place = 0; place < 3; place += 1) {
      await press(".bk-controls .ln-chip", place);
      for (let kind = 0; kind < 4; kind += 1) {
        await press(".bk-changes .ln-chip", kind);
        if (mask === "mask" || kind < 3) yield `${mask}, place ${place}, change ${kind}`;
      }
    }
    await press(".bk-mask input");
  }
  await press(".bk-pick", -1);
  await press(".bk-changes .ln-chip");
  for (const [cell, name] of [[0, "x of token 1"], [-1, "y of token 5"]]) {
    [...root.querySelectorAll(".bk-cell")].at(cell).focus();
    await frame();
    yield name;
  }
}"""


def bk(page):
    return page.locator("[data-explorable=block]")


def press(page, name):
    bk(page).get_by_role("button", name=name, exact=True).click()


def answer(page, *options):
    for one in options:
        bk(page).locator(".ln-options").get_by_role("button", name=one, exact=True).click()
    press(page, "Check")


def signs(page):
    """Of every stage, a letter a token: changed, faintly, same, hidden."""
    page.evaluate(FRAME)
    return bk(page).evaluate("""(root) => [...root.querySelectorAll(".bk-row:has(.bk-cell)")].map((row) => [...row.querySelectorAll(".bk-cell")].map((e) => e.dataset.state[0]))
      .reduce((all, row) => row.map((sign, k) => (all[k] ?? "") + sign), []).join(" ")""")


@pytest.mark.parametrize("width, scheme, audited, settings", [(1280, "light", True, {}), (390, "dark", True, {}), (768, "dark", False, {"placement": "post", "x": [[99.5, -99.5, 12.345, 0], *([[1e-3, 2e-3, -5, 100]] * 5)], "token": 6}),
                                                              (320, "light", False, {})])
def test_it_fits_every_screen_in_one_height_and_nothing_is_cut(show, width, scheme, audited, settings):  # noqa: F811
    page = show(ln.Block(**settings), viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    root = bk(page)
    reserved = root.evaluate("e => { e.style.height = 0; const h = e.offsetHeight; e.style.height = ''; return h; }")
    assert reserved <= TALLEST[width]
    assert root.evaluate("e => { e.style.minHeight = 0; const h = e.offsetHeight; e.style.minHeight = ''; return h; }") == pytest.approx(reserved, abs=1)
    looks = {"height": f"(e) => e.offsetHeight - {reserved}", "wide": f"() => document.documentElement.scrollWidth - {width}", "cut": CUT, "tiny": TINY, "small": SMALL}
    if audited:
        audit(page)
        looks["axe"] = f"(e, state) => /question 0|told 2|mask, place 1, change 2|y of/.test(state) ? ({AUDIT})(e) : []"
    looks = {name: f"async (e, state) => [await ({look})(e, state)].flat().filter(Boolean)" for name, look in looks.items()}
    found = sweep(root, STATES, **looks)
    assert {name: faults(what) for name, what in found.items() if faults(what)} == {}
    assert len(found["height"]) == 29
    assert root.evaluate("e => getComputedStyle(e).backgroundColor") == ("rgb(27, 30, 37)" if scheme == "dark" else "rgb(255, 255, 255)")


def test_three_questions_lead_from_attention_to_the_silent_stream(show):  # noqa: F811
    page = show(ln.Block(), **PHONE)
    root = bk(page)
    ask, say = root.locator(".ln-ask"), root.locator(".ln-say")
    expect(ask).to_have_text("Predict Pre-LN: token 3 gets new numbers. Whose rows change after attention?")
    assert signs(page) == "sscss hhhhh hhhhh hhhhh hhhhh hhhhh hhhhh"             # nothing is told before the guess
    assert [one.inner_text() for one in root.locator(".bk-foot").all()][1:] == ["3", *"??????"] and root.locator(".bk-fan path").first.get_attribute("d") == ""
    expect(root.locator(".bk-changes button").first).to_be_disabled()
    expect(say).to_contain_text("New, Plus 1 and Times 2 wait for it.")
    expect(root.locator(".bk-where span")).to_have_text("before; new ones unknown")
    answer(page, "3")
    expect(ask).to_have_text("✕ Not quite. You said 3. After attention all 5 rows have changed.")
    expect(say).to_have_text("LN changes row 3 alone. Attention passes it to 1, 2, 4 and 5. LN, MLP and + work on each row alone.")
    assert signs(page) == "sscss sscss ccccc ccccc ccccc ccccc ccccc"
    assert [one.inner_text() for one in root.locator(".bk-foot").all()][1:] == ["3", "3", *["1–5"] * 5]
    assert root.locator(".is-guessed").count() == 1 and root.locator(".bk-fan path").first.get_attribute("d").count("M") == 4
    press(page, "Next: with the mask")
    expect(root.get_by_label("causal mask")).to_be_checked()
    assert signs(page).startswith("sscss hhhhh")
    answer(page, "3", "4", "5")
    expect(ask).to_have_text("✓ As you said: After attention rows 3, 4 and 5 have changed.")
    assert signs(page) == "sscss sscss ssccc ssccc ssccc ssccc ssccc" and root.locator(".is-guessed").count() == 3
    press(page, "Next: add 1")
    answer(page, "attention")
    expect(ask).to_have_text("✕ Not quite. You said attention. It reaches no other token, at no stage.")
    expect(say).to_contain_text("attention and MLP hear nothing. The stream alone carries it, to row 3 of y.")
    assert signs(page) == "sscss sssss sssss sscss sssss sssss sscss" and root.locator(".ln-open").count() == 0
    press(page, "Post-LN")                                         # the same numbers in another block: shown, not asked
    expect(ask).to_have_text("Shown: It first reaches another token in attention.")
    assert signs(page) == "sscss ccccc ccccc ccccc ccccc ccccc ccccc"
    press(page, "Pre-LN")                                          # here a guess was made, and it is still there
    expect(ask).to_contain_text("You said attention.")
    press(page, "Reset")
    page.evaluate(FRAME)
    expect(ask).to_contain_text("Predict Pre-LN: token 3 gets new numbers.")


def test_who_takes_another_placement_hears_that_it_is_asked_anew(show):  # noqa: F811
    page = show(ln.Block())
    bk(page).locator(".ln-options").get_by_role("button", name="1", exact=True).click()
    press(page, "Post-LN")
    expect(bk(page).get_by_role("status")).to_contain_text("Predict Post-LN: token 3 gets new numbers.")


def test_what_changed_is_told_without_colour_and_what_whispers_is_dotted(show):  # noqa: F811
    page = show(ln.Block(question=""), **LAPTOP)
    root = bk(page)
    press(page, "Times 2")
    assert signs(page) == "sscss ssfss fffff ffcff ffcff ffcff ffcff"
    cell = lambda t, k: root.locator(f".bk-row:has(.bk-cell) >> nth={t - 1} >> .bk-cell >> nth={k}")                # noqa: E731
    look = """(e) => [".bk-line", ".bk-faint", ".bk-vivid", ".bk-still", ".bk-old"].map((kind) => { const p = e.querySelector(kind), s = getComputedStyle(p);
      return p.getAttribute("d") ? [s.stroke !== "none" && parseFloat(s.strokeWidth) >= 2, s.strokeDasharray !== "none"] : null; })"""
    line, faint, vivid, still, old = cell(3, 0).evaluate(look)
    assert line == [True, False] and faint is still is None and vivid and old == [True, True]
    assert cell(1, 2).evaluate(look)[:3] == [None, [True, True], None]
    assert cell(1, 0).evaluate(look)[:2] == [None, None]
    assert cell(3, 0).get_attribute("aria-label") == "x, token 3: 2.800, 0.600, −1.600, 1.200; changed, was 1.400, 0.300, −0.800, 0.600"
    assert cell(1, 2).get_attribute("aria-label").endswith("; changed by less than 0.0005") and cell(1, 0).get_attribute("aria-label").endswith("; unchanged")
    cell(3, 3).hover()                                             # pointed at: its numbers, now and before
    expect(root.locator(".bk-where")).to_have_text("first sum, token 3changed")
    block = ln.Block(x=[*ln.Block().x[:2], [2.8, 0.6, -1.6, 1.2], *ln.Block().x[3:]])
    for kind, one in ((".bk-is", block), (".bk-was", ln.Block())):
        assert root.locator(kind).all_inner_texts() == [f"{v:.3f}".replace("-", "−") for v in one.stages["attention_sum"][2]]
    cell(1, 2).hover()
    expect(root.locator(".bk-was")).to_have_text(["≈"] * 4)
    press(page, "As before")
    assert set(signs(page)) == {"s", " "}
    expect(root.locator(".ln-say")).to_contain_text("Nothing differs from before")


def test_a_number_is_typed_dragged_and_moved_by_keys_and_one_token_at_a_time_is_compared(show):  # noqa: F811
    page = show(ln.Block(question="", causal=True), **LAPTOP)
    root = bk(page)
    field = lambda j: root.locator(".bk-fields input").nth(j - 1)   # noqa: E731
    expect(field(1)).to_have_attribute("aria-label", "Token 3, number 1")
    field(1).fill("-2.25")
    assert signs(page) == "sscss sscss ssccc ssccc ssccc ssccc ssccc"
    field(1).fill("1000")
    expect(field(1)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    expect(root.locator(".ln-say")).to_have_text("A number of x is from −100 to 100. Token 3’s number 1 stays −2.25.")
    expect(field(1)).to_have_value("-2.25")
    page.keyboard.press("ArrowDown")
    expect(field(2)).to_have_value("0.2")
    page.keyboard.press("PageUp")
    expect(field(2)).to_have_value("1.2")
    box = field(3).bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 26, box["y"] + 9)
    page.mouse.move(box["x"] - 14, box["y"] + 9, steps=4)
    page.mouse.up()
    expect(field(3)).to_have_value("-1.8")
    root.get_by_role("button", name="Token 5", exact=True).click()
    expect(field(1)).to_have_value("-0.6")
    assert signs(page) == "sscss sscss ssccc ssccc ssccc ssccc ssccc"             # only looked at
    press(page, "New")
    expect(field(4)).to_have_value("-1.6")
    assert signs(page) == "ssssc ssssc ssssc ssssc ssssc ssssc ssssc"             # token 3 keeps its numbers; they are what was before
    expect(root.locator(".ln-say")).to_contain_text("Attention passes it to no other token: none comes later.")
    root.get_by_role("button", name="Token 3", exact=True).click()
    expect(field(1)).to_have_value("-2.25")
    for token in "5", "3", "5":
        root.get_by_role("button", name=f"Token {token}", exact=True).click()
        press(page, "New")
        expect(root.locator(".ln-say")).not_to_contain_text("Nothing differs")
    root.get_by_role("button", name="Reset").click()
    root.locator(".bk-cell").first.click()                         # x of a token picks it
    expect(root.locator(".bk-who")).to_have_text("Token 1")


def test_the_page_follows_the_keys_that_walk_through_the_grid(show):  # noqa: F811
    page = show(ln.Block(), viewport={"width": 1280, "height": 450})
    page.evaluate("() => { document.body.style.paddingBottom = '200vh'; }")
    bk(page).locator(".bk-pick").first.focus()
    for key in ("ArrowDown",) * 4 + ("ArrowUp",) * 4:
        page.keyboard.press(key)
        top, bottom = page.evaluate("() => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return [top, bottom]; }")
        assert top >= 60 and bottom <= 450


def test_everything_can_be_done_by_keys_and_the_focus_is_kept(show):  # noqa: F811
    page = show(ln.Block(), **LAPTOP)
    root = bk(page)
    root.get_by_role("button", name="Reset").focus()
    stops = []
    for _ in range(16):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.className || document.activeElement.type"))
    assert stops[:4] == ["ln-chip"] * 3 + ["checkbox"] and stops.count("ln-option") == 6 and sum(one in ("bk-pick", "bk-cell") for one in stops) == 1
    assert stops.index("bk-pick") == 14                            # the grid is one stop, after the fields
    page.locator(".ln-option").first.focus()
    page.keyboard.press("Space")
    root.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(root.get_by_role("button", name="Next: with the mask")).to_be_focused()
    root.locator(".bk-pick").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(root.locator(".bk-cell:focus")).to_have_attribute("aria-label", re.compile("^attention, token 1: .*; changed, was"))
    expect(root.locator(".bk-where b")).to_have_text("attention, token 1")
    page.keyboard.press("End")
    expect(root.locator(".bk-cell:focus")).to_have_attribute("aria-label", re.compile("^second sum, y, token 1"))
    for key in ("Home", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(root.locator(".bk-who")).to_have_text("Token 2")
    expect(root.locator(".bk-cell:focus")).to_have_attribute("aria-label", re.compile("^x, token 2"))
    assert root.locator(".bk-pipe [tabindex='0']").count() == 1     # still one stop


def test_what_rests_is_said_once_and_what_is_dragged_is_not(show):  # noqa: F811
    page = show(ln.Block(question=""), **LAPTOP)
    status = bk(page).locator("[role=status]")
    box = bk(page).locator(".bk-fields input").first.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 9, steps=5)
    page.wait_for_timeout(800)
    assert status.inner_text() == "" and signs(page).startswith("sscss sscss ccccc")
    page.mouse.up()
    expect(status).to_have_text("Your turn: After attention all 5 rows have changed. LN changes row 3 alone. Attention passes it to 1, 2, 4 and 5. LN, MLP and + work on each row alone.")


def test_without_script_a_picture_stands_there_and_print_leaves_the_controls_out(show):  # noqa: F811
    page = show(ln.Block(), java_script_enabled=False)
    assert bk(page).locator("img").is_visible() and bk(page).locator("button").count() == 0
    page = show(ln.Block(question=""))
    page.emulate_media(media="print")
    assert not bk(page).locator(".bk-changes").is_visible() and bk(page).locator(".bk-pipe").is_visible()


def test_without_normalization_it_offers_no_other_and_tells_the_story(show):  # noqa: F811
    page = show(ln.Block(placement="none"), **PHONE)
    root = bk(page)
    assert not root.get_by_role("group", name="Placement").is_visible() and root.get_by_label("causal mask").is_visible()
    expect(root.locator(".bk-name")).to_have_text(["x", "attention", "+", "MLP", "+ y"])
    answer(page, "none")
    expect(root.locator(".ln-say")).to_have_text("Attention passes it to 1, 2, 4 and 5. MLP and + work on each row alone.")
    assert signs(page) == "sscss ccccc ccccc ccccc ccccc"
    press(page, "Next: with the mask")
    answer(page, "3", "4", "5")
    press(page, "Next: add 1")
    expect(root.locator(".ln-option")).to_have_text(["attention", "MLP", "+", "nowhere"])
    answer(page, "attention")
    expect(root.locator(".ln-ask")).to_have_text("✓ As you said: It first reaches another token in attention.")


def test_a_kernel_and_the_view_hear_each_other(show):  # noqa: F811
    page = show(ln.Block(), **LAPTOP, bypass_csp=True, reduced_motion="reduce")
    page.evaluate(HOST, ln.Block._esm)
    view = page.locator("#lab")
    view.get_by_role("button", name="none", exact=True).click()
    view.get_by_role("button", name="Check").click()
    assert page.evaluate("[kernel.get('x')[2], kernel.get('told'), kernel.saved > 0]") == [[-0.9, 1.2, 0.4, -1.6], True, True]
    expect(view.locator(".ln-ask")).to_contain_text("You said none.")
    page.evaluate("kernel.set('weights', Object.fromEntries(Object.entries(kernel.get('weights')).map(([k, v]) => [k, v.map((row) => (row.map ? row.map(() => 0) : 0))])))")
    expect(view.locator(".ln-ask")).to_have_text("Shown: After attention no row has changed.")              # a verdict on other weights is none on these
    page.evaluate("(w) => kernel.set('weights', w)", ln.Block().weights)
    page.evaluate("kernel.set('new', [1, 2, 3, 5])")               # another question than the one that was answered
    expect(view.locator(".ln-ask")).to_contain_text("Shown: After attention all 5 rows")
    page.evaluate("kernel.set('question', ''); kernel.set('x', kernel.get('start'))")
    expect(view.locator(".ln-say")).to_contain_text("Nothing differs")
    page.evaluate("kernel.set('placement', 'post')")
    expect(view.locator(".bk-name")).to_have_text(["x", "attention", "+", "LN", "MLP", "+", "LN y"])
    view.locator(".bk-fields input").first.fill("5")
    page.keyboard.press("Enter")
    assert page.evaluate("kernel.get('x')[2]") == [5, 0.3, -0.8, 0.6]
    page.evaluate("kernel.set('token', 2); kernel.set('x', [[1, 2, 3, 4], [0, 1, 0, 1]])")                   # half of a change: the rest follows
    page.evaluate("for (const k of ['before', 'start']) kernel.set(k, [[1, 2, 3, 4], [0, 1, 0, 1]])")
    expect(view.locator(".bk-pick")).to_have_count(2)
