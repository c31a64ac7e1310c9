"""The practice on the built site: answered by keyboard alone, told what went wrong, kept, carried from browser to browser."""
import json
import re

import pytest
from playwright.sync_api import expect

from alone import UNSEEN, audit, until
from layernorm import practice

DAY = 86_400_000
PHONE = {"viewport": {"width": 390, "height": 844}}
CHAPTERS = list(practice.PAGES)
PROGRESS = "JSON.parse(localStorage.getItem('layernorm.practice') ?? 'null')"


def page_of(chapter):
    return practice.PAGES[chapter][1]


def card(page, name):
    return page.locator(f"#practice-{name}")


def typed(values):
    return " ".join(f"{value:.6g}".replace("-", "\u2212") for value in values)


def answer_by_keys(page, item, box):
    """Gives the right answer with the keyboard alone; the page is where the card's first control has the focus."""
    press = page.keyboard.press
    if isinstance(item, practice.Compute):
        box.locator(".ln-typed").focus()
        page.keyboard.type(typed(item.cases()[0].answer))
    elif item.kind == "choose":
        box.locator("input").first.focus()
        for k in range(len(item.options)):
            if k in item.right():
                press("Space")
            press("Tab")
    elif item.kind == "predict":
        box.locator("input").first.focus()
        press("Space")
        for _ in range(item.right()[0]):
            press("ArrowDown")
    elif item.kind == "bug":
        box.locator("input").first.focus()
        press("Space")
        for _ in range(item.line - 1):
            press("ArrowDown")
    elif item.kind == "order":
        order = item.shuffled()
        for place in range(len(order)):
            at = order.index(place)
            while at > place:
                box.locator("li").nth(at).get_by_role("button", name="Move up").focus()
                press("Enter")
                order[at - 1], order[at] = order[at], order[at - 1]
                at -= 1
    elif item.kind == "explain":
        box.locator("textarea").focus()
        page.keyboard.type("what a good answer says")
        box.get_by_role("button", name="Compare").focus()
        press("Enter")
        for _ in item.points:
            press("Space")
            press("Tab")
        box.get_by_role("button", name="These I said").focus()
        press("Enter")
        return
    box.get_by_role("button", name="I am sure").focus()
    press("Enter")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_item_of_a_page_is_answered_by_keyboard_alone(visit, chapter):
    page = visit(page_of(chapter))
    page.evaluate(f"document.documentElement.style.clipPath = '{UNSEEN}'")                   # answered, not painted
    wanted = [item for item in practice.on_pages() if practice.number(item) == chapter and item.kind != "code"]
    for item in wanted:
        box = card(page, item.name)
        answer_by_keys(page, item, box)
        assert box.locator(".ln-verdict").get_attribute("data-state") == "right", f"{item.name}: {box.locator('.ln-verdict').inner_text()}"
    kept = page.evaluate(PROGRESS)
    assert set(kept["items"]) == {item.name for item in wanted}
    assert all(record["right"] and record["passed"] for record in kept["items"].values())
    assert {name for name, record in kept["items"].items() if record.get("sure")} == {item.name for item in wanted if item.kind != "explain"}


def test_a_known_mistake_is_named_and_the_answer_is_not(visit):
    page, item = visit(page_of(1)), practice.find("by-hand")
    box, case = card(page, "by-hand"), item.cases()[0]
    box.locator(".ln-typed").fill(typed(case.wrong[0]))
    box.get_by_role("button", name="I am sure").click()
    verdict = box.locator(".ln-verdict")
    expect(verdict).to_contain_text("Not yet. You divided the squares by d − 1 = 3.")
    assert "1.342" not in verdict.inner_text()
    expect(box.get_by_role("status")).to_contain_text("You divided the squares")
    assert page.evaluate(PROGRESS)["items"]["by-hand"]["right"] is False
    expect(box.locator(".ln-stage-mark")).to_have_text("begun, due now")


def test_enter_in_the_field_asks_how_sure_and_answers_nothing(visit):
    page = visit(page_of(1))
    box = card(page, "by-hand")
    box.locator(".ln-typed").fill("1 2 3 4")
    page.keyboard.press("Enter")
    expect(box.get_by_role("button", name="I am sure")).to_be_focused()
    assert page.evaluate(PROGRESS) is None


def test_the_same_question_again_passes_nothing(visit):
    page, item = visit(page_of(1)), practice.find("push-one")
    box, right = card(page, "push-one"), item.right()[0]
    for k in (1 - right if right < 2 else 0, right):
        box.get_by_label(item.options[k].text, exact=True).check()
        box.get_by_role("button", name="I am sure").click()
    expect(box.locator(".ln-verdict")).to_contain_text("Right now; the first answer counted.")
    box.get_by_role("button", name="Try again").click()
    box.get_by_label(item.options[right].text, exact=True).check()
    box.get_by_role("button", name="I am sure").click()
    expect(box.locator(".ln-stage-mark")).to_have_text("begun, again tomorrow")
    assert "passed" not in page.evaluate(PROGRESS)["items"]["push-one"]


def test_an_explanation_is_never_called_sure(visit):
    page = visit(page_of(1))
    box = card(page, "all-equal")
    box.locator("textarea").fill("I do not know")
    box.get_by_role("button", name="Compare").click()
    box.get_by_role("button", name="These I said").click()
    assert page.evaluate(PROGRESS)["items"]["all-equal"].keys() >= {"right", "due"} and "sure" not in page.evaluate(PROGRESS)["items"]["all-equal"]


def test_hints_come_one_by_one_and_then_the_worked_solution(visit):
    page = visit(page_of(1))
    box = card(page, "by-hand")
    expect(box.get_by_role("button", name="Worked solution")).to_be_hidden()
    for k in (1, 2):
        box.get_by_role("button", name=f"Hint {k} of 2").click()
    expect(box.locator(".ln-hints p")).to_have_count(2)
    box.get_by_role("button", name="Worked solution").click()
    expect(box.locator(".ln-worked")).to_contain_text("so σ = 1.118")
    box.locator(".ln-typed").fill(typed(practice.find("by-hand").cases()[0].answer))
    box.get_by_role("button", name="I am sure").click()
    assert "passed" not in page.evaluate(PROGRESS)["items"]["by-hand"], "with the solution in view nothing is passed"


def test_another_like_this_has_other_numbers_and_its_own_truth(visit):
    page, item = visit(page_of(1)), practice.find("by-hand")
    box = card(page, "by-hand")
    seen = set()
    for case in item.cases():
        asked = box.locator(".ln-task").inner_text()
        seen.add(asked)
        expect(box.get_by_role("group", name=f"By hand: {asked}")).to_be_visible()
        assert len(seen) == 1 or asked in box.get_by_role("status").inner_text(), "new numbers are read out"
        box.locator(".ln-typed").fill(typed(case.answer))
        box.get_by_role("button", name="I am sure").click()
        expect(box.locator(".ln-verdict")).to_contain_text("Right.")
        box.get_by_role("button", name="Another like this").click()
        expect(box.locator(".ln-typed")).to_be_focused()
    assert len(seen) == len(item.cases())


def test_one_hint_is_no_pass_and_the_next_numbers_begin_without_it(visit):
    page, item = visit(page_of(1)), practice.find("by-hand")
    box = card(page, "by-hand")
    box.get_by_role("button", name="Hint 1 of 2").click()
    for case, mark in zip(item.cases(), ("begun", "✓ passed")):
        box.locator(".ln-typed").fill(typed(case.answer))
        box.get_by_role("button", name="I am sure").click()
        expect(box.locator(".ln-stage-mark")).to_contain_text(mark)
        box.get_by_role("button", name="Another like this").click()
        expect(box.get_by_role("button", name="Hint 1 of 2")).to_be_visible()


def test_what_cannot_be_read_is_not_counted(visit):
    page = visit(page_of(1))
    box = card(page, "by-hand")
    for text, said in (("one half", "is no number here"), ("1 2", "4 numbers are asked for"), ("0,5 1,5 2,5 3,5", "write a point")):
        box.locator(".ln-typed").fill(text)
        box.get_by_role("button", name="I am sure").click()
        expect(box.locator(".ln-verdict")).to_contain_text(said)
        assert box.locator(".ln-typed").input_value() == text
    box.locator(".ln-typed").fill("1 2 3 4")
    expect(box.locator(".ln-verdict")).to_be_empty()                          # it was said of what stood there before
    assert page.evaluate(PROGRESS) is None


def test_a_prediction_is_shown_by_its_explorable(visit):
    page, item = visit(page_of(1)), practice.find("push-one")
    box, shown = card(page, "push-one"), page.locator("#practice-push-one + .ln-shown")
    assert shown.evaluate("node => node.getBoundingClientRect().height") == 0
    expect(shown).to_be_hidden()
    box.get_by_label(item.options[0].text).check()
    box.get_by_role("button", name="I am not sure").click()
    expect(box.locator(".ln-verdict")).to_contain_text(item.options[0].why)
    expect(shown.locator(".ln-player")).to_be_visible()
    assert page.evaluate(PROGRESS)["items"]["push-one"]["sure"] is False, "what is kept is what was pressed"


def test_progress_survives_a_reload_and_the_next_case_is_fresh(visit):
    page, item = visit(page_of(1)), practice.find("by-hand")
    box = card(page, "by-hand")
    first = box.locator(".ln-task").inner_text()
    answer_by_keys(page, item, box)
    page.reload()
    expect(box.locator(".ln-stage-mark")).to_have_text("✓ passed, again tomorrow")
    assert box.locator(".ln-task").inner_text() != first


# --- Gates ------------------------------------------------------------------------------------

def go_through(page, chapter, turn, wrong=(), ask=True):
    """Runs the gate; ``wrong`` are the places of the questions that are missed.  The words at its end, if somebody shall ``ask`` for them."""
    gate = page.locator(f"#gate-{chapter}")
    names = list(practice.GATES[chapter])
    gate.get_by_role("button", name=re.compile("Begin|again")).click()
    tries, queue, missed = dict.fromkeys(names, 0), list(enumerate(names)), 0
    while queue:
        place, name = queue.pop(0)
        item = practice.find(name)
        expect(gate.get_by_role("button", name="Hint")).to_have_count(0)
        if isinstance(item, practice.Compute):
            answer = item.cases()[-1 - (2 * turn + tries[name]) % len(item.cases())].answer
            gate.locator(".ln-typed").fill(typed(answer + (1 if place in wrong else 0)))
        else:
            right = item.right() if place not in wrong else [k for k in range(len(item.options)) if k not in item.right()]
            for k in right:
                gate.get_by_label(item.options[k].text.replace("`", ""), exact=True).check()
        gate.get_by_role("button", name="I am sure").click()
        tries[name] += 1
        if place in wrong:
            missed += 1
            if tries[name] == 1 and missed == 1:
                queue.append((place, name))
                wrong = [k for k in wrong if k != place]
        if queue or ask:
            gate.get_by_role("button", name=re.compile("Next|How did it go")).click()
    return gate.locator(".ln-verdict").inner_text()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_gate_is_passed_with_six_right_answers(visit, chapter):
    page = visit(page_of(chapter))
    assert go_through(page, chapter, 0).startswith("✓ Passed.")
    gate = page.evaluate(PROGRESS)["gates"][str(chapter)]
    assert gate["passed"] and "kept" not in gate
    expect(page.locator(f"#gate-{chapter} .ln-stage-mark")).to_have_text("✓ passed, to be kept: tomorrow")


def test_a_gate_that_was_left_in_the_middle_goes_on_after_a_reload(visit):
    page = visit(page_of(1))
    gate = page.locator("#gate-1")
    gate.get_by_role("button", name="Begin").click()
    gate.locator(".ln-typed").fill(typed(practice.find(practice.GATES[1][0]).cases()[-1].answer + 1))
    gate.get_by_role("button", name="I am sure").click()
    expect(gate.get_by_role("button", name="Next")).to_be_visible()
    page.reload()
    gate.get_by_role("button", name="Go on with question 2").click()
    expect(gate.locator(".ln-count")).to_contain_text("Question 2 of 7")
    address = page.url
    page.goto(address.replace("chapters/01_practice", "practice"))
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget it all").click()
    page.goto(address)
    gate.scroll_into_view_if_needed()
    expect(gate.get_by_role("button", name="Begin")).to_be_visible()


def test_a_gate_that_was_answered_to_the_end_counts_though_nobody_asks_how_it_went(visit):
    page = visit(page_of(1))
    gate = page.locator("#gate-1")
    go_through(page, 1, 0, ask=False)
    expect(gate.get_by_role("button", name="How did it go?")).to_be_visible()
    page.reload()
    expect(gate.locator(".ln-stage-mark")).to_have_text("✓ passed, to be kept: tomorrow")
    expect(gate.get_by_role("button", name="Go through it again")).to_be_visible()
    assert page.evaluate(PROGRESS)["gates"]["1"]["runs"] == 1


IN_SIGHT = """() => [document.activeElement, document.querySelector("#gate-1 :is(.ln-count, .ln-verdict)")].map((one) => {
  const { top, bottom, height } = one.getBoundingClientRect();
  return top >= 56 && (bottom <= innerHeight || height > innerHeight - 56);
})"""


def test_on_a_phone_the_question_and_what_has_the_focus_are_on_the_screen(visit):
    page = visit(page_of(1), viewport={"width": 390, "height": 500})
    gate = page.locator("#gate-1")

    def reach(words):                                         # by keys alone: whatever else presses a button scrolls to it
        while not re.match(words, page.evaluate("document.activeElement.innerText")):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    gate.get_by_role("button", name="Begin").press("Enter")
    while gate.locator(".ln-count").count():
        assert page.evaluate(IN_SIGHT) == [True, True], gate.locator(".ln-count").inner_text()
        field = gate.locator(".ln-typed")
        if field.count():
            page.keyboard.type("0 0 0 0 0"[:2 * int((re.search(r"\d+", field.get_attribute("placeholder")) or ["1"])[0]) - 1])
        else:
            page.keyboard.press("Space")
        reach("I am sure")
        reach("Next|How did it go")
    assert page.evaluate(IN_SIGHT) == [True, True]


def test_a_gate_is_failed_then_passed_and_a_day_later_kept(visit):
    page = visit(page_of(1))
    said = go_through(page, 1, 0, wrong=(0, 1))
    assert said.startswith("✕ Not yet. 4 of 6 were right at once")
    links = page.locator("#gate-1 li a").evaluate_all("all => all.map((one) => one.getAttribute('href').split('#')[1])")
    assert links == [practice.find(name).label for name in practice.GATES[1][:2]]
    assert go_through(page, 1, 1, wrong=(5,)).startswith("✓ Passed."), "one second try is allowed"
    assert go_through(page, 1, 2).startswith("✓ Passed again."), "the same day keeps nothing"
    page.evaluate(f"""() => {{ const kept = {PROGRESS}; kept.gates[1].passed -= {DAY};
        localStorage.setItem('layernorm.practice', JSON.stringify(kept)); }}""")
    page.reload()
    assert go_through(page, 1, 3).startswith("✓✓ Kept.")
    page.goto(page.url.replace("01_practice", "02_gamma_beta"))
    expect(page.locator(".bd-sidebar-primary .ln-gate-mark")).to_have_text(["✓✓ kept"])


# --- What is due, and files ---------------------------------------------------------------------

def done(**records):
    """Progress as a text: of each item its row, its age in days, whether it was right and sure."""
    now = "Date.now()"
    items = {name.replace("_", "-"): record for name, record in records.items()}
    return f"""() => {{ const now = {now}, given = {json.dumps(items)}; const items = {{}};
        for (const [name, [age, right, sure, after]] of Object.entries(given)) items[name] = {{ row: 0, case: 0, right, sure,
            time: now - age * {DAY}, due: now + (after - age) * {DAY}, ...(right ? {{ passed: now - age * {DAY} }} : {{}}) }};
        localStorage.setItem("layernorm.practice", JSON.stringify({{ layernorm: "practice", version: 1, items, gates: {{}} }})); }}"""


def test_what_is_due_stands_on_the_front_door_and_the_map_shows_how_far(visit):
    page = visit("index.html")
    expect(page.locator("#due")).to_contain_text("Nothing yet")
    page.evaluate(done(by_hand=[2, True, True, 1], recover=[2, True, True, 9], volts=[1, False, True, 0], padded=[3, False, False, 0]))
    page.reload()
    links = page.locator("#due li a")
    assert links.evaluate_all("all => all.map((one) => one.getAttribute('href').split('#')[1])") == ["practice-volts", "practice-padded", "practice-by-hand"]
    for place, said in enumerate((True, False, False)):
        assert ("you were sure, and it was wrong" in page.locator("#due li").nth(place).inner_text()) == said
    expect(page.locator('.ln-map-wide [data-concept="one"] .done')).to_have_count(1)
    expect(page.locator('.ln-map-wide [data-concept="one"]')).to_have_attribute("aria-label", re.compile("practised"))
    expect(page.locator('.ln-map-wide [data-concept="rms"] .done')).to_have_count(0)
    links.first.click()
    page.wait_for_url(re.compile("01_practice.html.*#practice-volts"))
    expect(card(page, "volts")).to_be_in_viewport()


def test_the_table_counts_what_is_kept_as_passed_too(visit):
    page = visit("practice.html")
    page.evaluate(done(by_hand=[2, True, True, 1], recover=[2, True, True, 9], volts=[0, False, True, 0]))
    page.evaluate(f"""() => {{ const all = {PROGRESS}; all.items.recover.kept = Date.now();
        localStorage.setItem('layernorm.practice', JSON.stringify(all)); }}""")
    page.reload()
    cells = page.locator(".ln-reached tbody tr").first.locator("td")
    of = sum(item.kind != "code" for item in practice.on_pages() if practice.number(item) == 1)
    expect(cells).to_have_text(["–", f"2 of {of}", f"1 of {of}"])


def test_progress_goes_to_a_file_and_comes_back_from_it(visit, tmp_path):
    page = visit("practice.html")
    page.evaluate(done(by_hand=[2, True, True, 1]))
    page.reload()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save to a file").click()
    path = tmp_path / "progress.json"
    saved.value.save_as(path)
    assert set(json.loads(path.read_text("utf-8"))["items"]) == {"by-hand"}
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget it all").click()
    assert page.evaluate(PROGRESS)["items"] == {}
    page.evaluate(done(volts=[1, False, True, 0]))
    page.reload()
    page.locator("#due input[type=file]").set_input_files(path)
    expect(page.locator("#due .ln-note")).to_contain_text("Read: 1 item and 0 gates. What you had here is still here")
    assert set(page.evaluate(PROGRESS)["items"]) == {"by-hand", "volts"}


@pytest.mark.parametrize("text, said", [
    ("{", "cannot be read as JSON"), ('{"nbformat": 4}', "the mark of this course is missing"),
    ('{"layernorm": "practice", "version": 2, "items": {}, "gates": {}}', "newer version"),
    ('{"layernorm": "practice", "version": 1, "items": {"by-hand": 3}, "gates": {}}', "damaged")])
def test_a_file_that_cannot_be_read_says_why_and_loses_nothing(visit, tmp_path, text, said):
    page = visit("practice.html")
    page.evaluate(done(volts=[1, False, True, 0]))
    page.reload()
    before = page.evaluate(PROGRESS)
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    page.locator("#due input[type=file]").set_input_files(path)
    expect(page.locator("#due .ln-note")).to_contain_text(said)
    assert page.evaluate(PROGRESS) == before


def test_forgetting_is_asked_twice(visit):
    page = visit("practice.html")
    page.evaluate(done(volts=[1, False, True, 0]))
    page.reload()
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Forget everything")).to_be_focused()
    assert set(page.evaluate(PROGRESS)["items"]) == {"volts"}


def test_what_is_stored_and_cannot_be_read_is_set_aside(visit):
    page = visit("practice.html")
    page.evaluate("localStorage.setItem('layernorm.practice', 'not ours')")
    page.reload()
    expect(page.locator("#due")).to_contain_text("Nothing yet")
    page.goto(page.url.replace("practice.html", page_of(1)))
    answer_by_keys(page, practice.find("recover"), card(page, "recover"))
    assert page.evaluate("localStorage.getItem('layernorm.practice.unreadable')") == "not ours"


def test_where_nothing_may_be_stored_the_page_still_works_and_says_so(browser, address):
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });")
    page = context.new_page()
    page.goto(f"{address}/practice.html")
    expect(page.locator("#due .ln-note")).to_contain_text("This browser keeps nothing for this site")
    page.goto(f"{address}/{page_of(1)}")
    answer_by_keys(page, practice.find("recover"), card(page, "recover"))
    expect(card(page, "recover").locator(".ln-stage-mark")).to_contain_text("✓ passed")
    page.goto(f"{address}/practice.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save to a file").click()
    assert set(json.loads(saved.value.path().read_text("utf-8"))["items"]) == {"recover"}, "the tab carries it from page to page"
    context.close()


def test_where_no_more_can_be_stored_the_page_goes_on_from_what_was(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/{page_of(1)}")
    page.evaluate(done(by_hand=[2, True, True, 1]))
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    for name in ("recover", "eps-half"):
        answer_by_keys(page, practice.find(name), card(page, name))
    for name in ("recover", "eps-half"):
        expect(card(page, name).locator(".ln-stage-mark")).to_contain_text("✓ passed")
    context.close()


# --- Everybody ------------------------------------------------------------------------------------

def test_without_script_the_questions_stand_there_and_lead_to_their_solutions(visit):
    page = visit(page_of(1), java_script_enabled=False)
    box = card(page, "by-hand")
    expect(box).to_contain_text("x = (1, 2, 3, 4) and ε = 0")
    assert "1.342" not in box.inner_text()
    box.get_by_role("link", name="Worked solution").click()
    expect(page.locator("#solution-by-hand")).to_contain_text("1.342")


def test_on_paper_there_are_questions_and_no_answers(visit):
    page = visit(page_of(1))
    box = card(page, "by-hand")
    box.locator(".ln-typed").fill("1 2 3 4")
    box.get_by_role("button", name="I am sure").click()
    page.emulate_media(media="print")
    expect(box.locator(".ln-task")).to_be_visible()
    for part in (".ln-verdict", ".ln-checking"):
        expect(box.locator(part)).to_be_hidden()
    expect(page.locator("#gate-1 .ln-on-paper > li")).to_have_count(6)


def test_paper_has_the_numbers_of_the_printed_solutions_whatever_the_screen_shows(visit):
    page = visit(page_of(1))
    box, first = card(page, "by-hand"), "x = (1, 2, 3, 4) and ε = 0"
    box.locator(".ln-typed").fill("1 2 3 4")
    box.get_by_role("button", name="I am sure").click()
    box.get_by_role("button", name="Another like this").click()
    assert first not in box.locator(".ln-task").inner_text()
    page.emulate_media(media="print")
    assert box.locator(".ln-task").inner_text().count("x = (") == 1 and first in box.locator(".ln-task").inner_text()


def test_without_script_a_listing_keeps_its_indentation(visit):
    page = visit(page_of(1), java_script_enabled=False)
    seen = [item for item in practice.ITEMS if item.kind == "bug" and page.locator(f"#practice-{item.name}").count()]
    for item in seen:
        shown = page.locator(f"#practice-{item.name} ol code").all_inner_texts()
        assert [len(one) - len(one.lstrip("\N{NO-BREAK SPACE} ")) for one in shown] == [len(one) - len(one.lstrip()) for one in item.lines()]
    assert any(line.startswith("    ") for item in seen for line in item.lines())


@pytest.mark.parametrize("screen", [{"color_scheme": "light"}, {**PHONE, "color_scheme": "dark"}], ids=["laptop, light", "phone, dark"])
def test_cards_in_use_are_open_to_everyone(visit, screen):
    page = visit(page_of(1), **screen)
    for name, text, more in (("by-hand", "1 2 3 4", ("Hint 1", "Hint 2", "Worked solution")), ("volts", "x", ("Hint 1",)),
                             ("recover", typed(practice.find("recover").cases()[0].answer), ("Worked solution",))):
        card(page, name).locator(".ln-typed").fill(text)
        card(page, name).get_by_role("button", name="I am sure").click()
        for label in more:
            card(page, name).get_by_role("button", name=label).click()
    for name in ("sign-order", "same-output", "why-d"):
        box = card(page, name)
        if name == "why-d":
            box.locator("textarea").fill("words")
            box.get_by_role("button", name="Compare").click()
        else:
            box.get_by_role("button", name="I am sure").click()
    page.locator("#gate-1").get_by_role("button", name="Begin").click()
    assert audit(page) == []


@pytest.mark.parametrize("width", [320, 390])
def test_cards_fit_a_narrow_page(visit, width):
    page = visit(page_of(1), viewport={"width": width, "height": 740})
    until(page, "() => document.querySelectorAll('.ln-sheet').length", lambda count: count > 20)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate("""width => [...document.querySelectorAll('.ln-practice :is(p, label, li, button, input)')].filter((node) => !node.closest('.ln-listing, pre'))
        .filter((node) => { const box = node.getBoundingClientRect(); return box.width && (box.right > width + 0.5 || box.left < 0); }).map((node) => node.textContent.slice(0, 60))""", width)
    assert wide == []
