"""Warm-up and LayerNorms left out, as labs over stored runs: what they draw, say and ask is counted from the seeds that are stored."""
import itertools
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect

import layernorm as ln
from alone import audit, guessed, show  # noqa: F401
from layernorm.figures.placement import KINDS, PLACEMENTS, STARTS, WITHOUT, fate, held
from test_lab_stored import SCREENS
from test_placementlab import fits

NOW = """((now) => ({ open: true, ...now, result: now.row() }))({ facts, choice, named: (name, value) => $table.nameOf(controls, name, value),
  row: (other = {}) => table[$table.chosenRow(grid, { ...choice, ...other })] })"""
RATES, STEPS = (0.0003, 0.001, 0.003, 0.01, 0.03), (0, 25, 50, 100, 200)
CELLS = [dict(zip(("placement", "start", "rate", "steps"), one)) for one in itertools.product(("post", "pre"), STARTS, RATES, STEPS)]
PLACES = [dict(zip(("start", "rate"), one)) for one in itertools.product(STARTS, RATES)]
LABS = {"WarmUpLab": lambda **choice: ln.WarmUpLab(**choice), "AblationLab": lambda **choice: ln.AblationLab(**choice)}
EACH = pytest.mark.parametrize("kind", LABS)


def said(js, lab, module, expression, choices):
    """What the module gives at each choice."""
    return js(f"{lab._module}/{lab._module}")(f"choices.map((choice) => {expression.replace('now', NOW)})", table=lab.table, grid=lab.grid,
                                               facts=lab.facts, controls=lab.controls, choices=choices)


def solved_by_hand(run):
    """Steps of the seeds that solve the task and do not end above one nat."""
    return [step for step, final in zip(run["solved"], run["final"]) if step is not None and final is not None and final <= 1]


def in_the_middle(run):
    """Step in the middle of all seeds, of which one that does not solve it, or loses it again, is later than all others; None if it is that one."""
    steps = sorted([*solved_by_hand(run), np.inf, np.inf, np.inf, np.inf][:4])
    return None if steps[2] == np.inf else int((steps[1] + steps[2]) / 2 + 0.5)


def kept_by_hand(run):
    """The words for it."""
    kept, lost, gone = (sum(fate(*one) == what for one in zip(run["solved"], run["final"])) for what in ("solved", "lost", "none"))
    parts = [{0: "none of 4 seeds solves it@ and keeps it", 1: "1 of 4 seeds solves it@ and keeps it"}.get(kept, f"{kept} of 4 seeds solve it@ and keep it")]
    if lost:
        parts.append(f"{lost}{' more' if kept else ''} {'solves it and loses' if lost == 1 else 'solve it and lose'} it again (final loss above 1)")
    if gone:
        parts.append(f"{gone} {'ends' if gone == 1 else 'end'} without a number")
    return "; ".join(parts)


def number(v):
    return np.format_float_positional(v, trim="-")


# --- Seeds

@pytest.mark.parametrize("solved, final, what", [(300, 0.01, "solved"), (300, 0.5, "solved"), (300, 1.2, "lost"), (None, 1.2, "never"),
                                                 (None, None, "none"), (300, None, "none")])
def test_the_fate_of_a_seed_is_one_in_both_languages(js, solved, final, what):
    assert js("lab/seeds")("$seeds.fate(solved, final)", solved=solved, final=final) == what == fate(solved, final)


def test_chance_is_ln_8(js):
    assert js("lab/seeds")("$seeds.CHANCE") == np.log(8) == ln.figures.placement.CHANCE
    assert js("lab/seeds")("[$seeds.SOLVED, $seeds.STEPS]") == [ln.experiments.learning.SOLVED, ln.experiments.learning.STEPS]


# --- The warm-up

def test_each_cell_says_its_own_seeds_and_those_of_its_neighbours(js):
    lab = ln.WarmUpLab()
    for cell, words in zip(CELLS, said(js, lab, "warmuptalk", "$warmuptalk.words(now)", [{"show": "solved"} | one for one in CELLS])):
        assert not re.search("undefined|NaN|null|Infinity", words) and words.endswith("."), words
        other, across = "pre" if cell["placement"] == "post" else "post", 0 if cell["steps"] else 200
        runs = [lab.runs.at(**cell | change) for change in ({}, {"steps": across}, {"placement": other})]
        told = re.fullmatch(rf"{PLACEMENTS[cell['placement']]}, {STARTS[cell['start']]} weights, rate {number(cell['rate'])}, (.+): "
                            rf"(.+?)(?:; in the middle at step (\d+))?\. (With.+): (\d of \d)(?:, at step (\d+))?\. "
                            rf"{PLACEMENTS[other]} here: (\d of \d)(?:, at step (\d+))?\.", words)
        assert told, words
        warm, own, step, with_, *others = told.groups()
        assert warm == (f"{cell['steps']} steps of warm-up" if cell["steps"] else "no warm-up")
        assert with_ == ("Without warm-up" if cell["steps"] else "With 200 steps of warm-up")
        assert own == kept_by_hand(runs[0]).replace("@", " in 600 steps"), words
        for run, at in zip(runs, (step, others[1], others[3])):
            assert at == (str(in_the_middle(run)) if in_the_middle(run) else None), words
        assert others[::2] == [f"{len(solved_by_hand(run))} of 4" for run in runs[1:]], words


def test_a_seed_that_does_not_solve_it_counts_as_later_than_all_others(js):
    when = lambda *solved, final=0.01: js("lab/seeds")("String($seeds.when({ solved, final }))", solved=solved, final=[final] * 4)    # noqa: E731
    assert when(500, 540, 580, None) == "560" and when(500, 540, None, None) == when(500, 510, 520, 530, final=2) == "Infinity"
    assert js("lab/seeds")("$seeds.loss({ final: [0.1, 0.3, null, null] })") is None                    # Infinity is no JSON
    slower = [in_the_middle(ln.WarmUpLab().runs.at(placement="pre", start="xavier", rate=0.0003, steps=steps)) for steps in STEPS]
    assert slower == [572, None, None, None, None]
    assert re.search(r"rate 0\.0003: 4, 2, ", ln.WarmUpLab().picture().alt) and re.findall(r">(\d{3}|–)<", ln.WarmUpLab().picture().svg).count("–") == 4


def test_before_the_guess_no_sentence_answers_it(js):
    closed = lambda lab, module, choice: said(js, lab, module, f"${module}.words({{ ...now, open: false }})", [choice])[0]             # noqa: E731
    assert closed(ln.WarmUpLab(), "warmuptalk", ln.WarmUpLab().choice).endswith(" Post-LN here: after your guess.")
    assert "At rate" not in closed(ln.AblationLab(), "ablationtalk", ln.AblationLab().choice)


def test_shown_by_loss_it_says_the_loss_in_the_middle_and_what_guessing_has(js):
    lab = ln.WarmUpLab()
    for cell, words in zip(CELLS, said(js, lab, "warmuptalk", "$warmuptalk.words(now)", [{"show": "final"} | one for one in CELLS])):
        known = [np.inf if one is None else one for one in lab.runs.at(**cell)["final"]]
        if np.median(known) == np.inf:
            assert "no number in the middle of the seeds" in words
            continue
        assert float(re.search(r"final loss ([\d.]+) in the middle", words)[1]) == pytest.approx(np.median(known), rel=0.06) and "guessing: 2.1" in words


def test_the_right_guess_is_counted_and_the_picture_does_not_give_it_away():
    lab = ln.WarmUpLab()
    asked, cold, warm = (len(solved_by_hand(lab.runs.at(placement="post", start=start, rate=0.003, steps=steps)))
                         for start, steps in (("torch", 0), ("xavier", 0), ("xavier", 200)))
    assert lab.options[lab.right[0]] == {0: "none", 4: "all"}.get(asked, "some") and len(lab.right) == 1
    assert lab.tell == f"{asked} of 4. With Xavier's: {cold}, and {warm} after 200 steps of warm-up." and lab.choice["placement"] == "pre"


# --- What can go

def test_what_can_go_and_what_cannot_is_counted_at_each_place(js):
    lab = ln.AblationLab()
    at = {(place["start"], place["rate"], without): len(solved_by_hand(lab.runs.at(**place, without=without))) for place in PLACES for without in WITHOUT}
    needed = {(start, rate): None if at[start, rate, "nothing"] < 2 else {kind for kind in KINDS if at[start, rate, kind] < 2}
              for start in STARTS for rate in RATES}
    for (start, rate), words in zip(needed, said(js, lab, "ablationtalk", "$ablationtalk.words(now)", PLACES)):
        assert not re.search("undefined|NaN|null|Infinity", words) and words.startswith(f"{STARTS[start]} weights, rate {number(rate)}: "), words
        here, _, elsewhere = words.partition(" At rate ")
        kept = kept_by_hand(lab.runs.at(start=start, rate=rate, without="nothing")).replace("@", "")
        if needed[start, rate] is None:
            assert f"with all its LayerNorms {kept}, so this place does not tell" in here
        else:
            free, _, bound = here[here.index("left out:"):here.index("All out")].partition(" can go") if " can go" in here else ("", "", here)
            for kind, name in KINDS.items():
                told = f"{name} ({at[start, rate, kind]} of 4)"
                assert told in (bound if kind in needed[start, rate] else free), words
            assert f"with all LayerNorms {kept}. One" in here and here.rstrip().endswith(f"All out: {at[start, rate, 'all']} of 4.")
        others = [one for one in RATES if needed[start, one] not in (None, needed[start, rate])]
        assert bool(elsewhere) == bool(others), words
        if elsewhere:
            one = float(elsewhere.split()[0])
            assert one in others and abs(RATES.index(one) - RATES.index(rate)) == min(abs(RATES.index(k) - RATES.index(rate)) for k in others)
            assert all((name in elsewhere) == (kind in needed[start, one]) for kind, name in KINDS.items()), words


def test_what_is_asked_about_two_kinds_left_out_is_counted_and_the_picture_does_not_give_it_away():
    lab = ln.AblationLab()
    both = {name: len(solved_by_hand(lab.runs.at(start=start, rate=0.03, without="mlp, final"))) for start, name in STARTS.items()}
    alone = len(solved_by_hand(lab.runs.at(start="xavier", rate=0.03, without="mlp")))
    assert f"without the MLPs' LayerNorms {alone} of 4 seeds" in lab.ask
    assert [lab.options[k] for k in lab.right] == [{0: "none", 4: "all"}.get(both["Xavier's"], "some")]
    assert lab.tell == "Without both: " + ", ".join(f"{name} weights {count} of 4" for name, count in both.items()) + "."
    assert lab.choice["rate"] != 0.03


# --- What Python promises

@EACH
@pytest.mark.parametrize("choice, words", [({"rate": 0.002}, "got 0.002"), ({"start": "he"}, "got 'he'"), ({"seeds": 1}, "stored by ")], ids=str)
def test_what_is_not_stored_is_refused_by_name_and_nothing_is_lost(kind, choice, words):
    lab = LABS[kind]()
    before = lab.choice
    with pytest.raises(traitlets.TraitError, match=words):
        lab.choice = lab.choice | choice
    assert lab.choice == before


def test_the_result_is_the_run_that_is_chosen_or_all_that_are_drawn():
    lab = ln.WarmUpLab(placement="post", start="torch", rate=0.01, steps=50)
    assert lab.result == lab.runs.at(placement="post", start="torch", rate=0.01, steps=50)
    other = ln.AblationLab(start="gpt2", rate=0.03)
    assert other.result == {one: other.runs.at(without=one, start="gpt2", rate=0.03) for one in WITHOUT}


@EACH
def test_the_bench_starts_where_the_lab_stands_and_puts_the_stored_number_beside(kind, monkeypatch):
    lab = LABS[kind]()
    here = {name: field.value for name, field in lab.bench.fields.items()}
    assert here == lab.run_of(lab.choice) and set(here) == set(lab.runs)
    monkeypatch.setattr(lab.runs, "again", lambda *, track, **inputs: lab.runs.at(**inputs))    # a minute's work
    lab.bench.start()
    lab.bench.wait()
    assert "Both agree." in lab.bench.said.value and f"<td>seeds that solve and keep it</td><td>{held(lab.runs.at(**here))}</td>" in lab.bench.said.value
    assert lab.fresh == {"choice": here, "result": lab.shown(lab.runs.at(**here))}


@EACH
def test_output_is_the_same_on_every_run_and_says_all_counts_in_a_table(kind):
    lab = LABS[kind]()
    html = lab._repr_html_().replace("&#x27;", "'")
    assert html == LABS[kind]()._repr_html_().replace("&#x27;", "'")
    first = {"WarmUpLab": lambda: [lab.runs.at(placement="post", start="xavier", rate=0.0003, steps=one) for one in STEPS],
             "AblationLab": lambda: [lab.runs.at(start="xavier", rate=0.0003, without=one) for one in WITHOUT]}[kind]()
    row = re.search(r"Xavier's, rate 0\.0003</th>(.*?)</tr>", html)[1]
    assert [int(one) for one in re.findall(r"<td>(\d)</td>", row)] == [len(solved_by_hand(run)) for run in first]


# --- The page

STATES = {"WarmUpLab": """async function* (root) {
  const [rate, steps] = root.querySelectorAll("[type=range]"), radios = (k) => root.querySelectorAll("[role=radiogroup]")[k].querySelectorAll("[type=radio]");
  const to = (slider, stop) => { slider.value = stop; slider.dispatchEvent(new Event("input", { bubbles: true })); };
  for (const what of radios(0)) for (const place of radios(1)) for (const start of radios(2)) for (const [r, s] of [[2, 0], [4, 1]]) {
    for (const one of [what, place, start]) one.click();
    to(rate, r); to(steps, s);
    yield [what, place, start].map((one) => one.nextSibling.textContent).join(", ") + ` ${r} ${s}`;
  }
}""", "AblationLab": """async function* (root) {
  const rate = root.querySelector("[type=range]");
  for (const start of root.querySelectorAll("[type=radio]")) for (const stop of [0, 1, 2, 3, 4]) {
    start.click(); rate.value = stop; rate.dispatchEvent(new Event("input", { bubbles: true }));
    yield `${start.nextSibling.textContent} ${stop}`;
  }
}"""}


@EACH
@SCREENS
def test_one_height_holds_all_states_and_no_letter_stands_on_another(show, kind, screen):
    fits(show(guessed(LABS[kind]()), viewport=screen).locator("[data-explorable]"), STATES[kind], {"WarmUpLab": 24, "AblationLab": 15}[kind])


MARKS = """() => ["solved", "never", "lost", "none"].map((one) => document.querySelectorAll(`.ln-lab-svg .ln-lab-fate.is-${one}`).length)"""


def counted(runs):
    """Marks of each fate that these runs need."""
    every = [fate(*one) for run in runs for one in zip(run["solved"], run["final"])]
    return [every.count(one) for one in ("solved", "never", "lost", "none")]


@EACH
def test_every_seed_is_a_mark_of_its_fate_and_a_key_names_the_marks(show, kind):
    page = show(LABS[kind](start="gpt2", rate=0.03))
    lab = LABS[kind](start="gpt2", rate=0.03)
    drawn = ([lab.runs.at(placement="pre", start="gpt2", rate=rate, steps=steps) for rate in RATES for steps in STEPS]
             if kind == "WarmUpLab" else lab.result.values())
    assert page.evaluate(MARKS) == [count + 1 for count in counted(drawn)]                 # and one of each in the key
    expect(page.locator(".ln-lab-svg")).to_contain_text("lost again: above 1 at the end")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".ln-lab-svg")).to_contain_text(re.compile("lost again: above 1no number"))


def test_a_cell_that_is_pressed_is_chosen_and_the_arrows_go_on_from_there(show):
    page = show(guessed(ln.WarmUpLab()))
    rate, steps = page.get_by_role("slider", name="Rate"), page.get_by_role("slider", name="Warm-up")
    page.locator(".ln-lab-cell").nth(3).click()                           # the highest rate stands at the top
    expect(rate).to_have_attribute("aria-valuetext", "0.03")
    expect(steps).to_have_attribute("aria-valuetext", "100 steps")
    cell, lit = (page.locator(one).bounding_box() for one in (".ln-lab-cell >> nth=3", ".ln-lab-here"))
    assert abs(cell["x"] - lit["x"]) < 3 and abs(cell["y"] - lit["y"]) < 3
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):                 # the last has nowhere to go
        page.keyboard.press(key)
    expect(rate).to_have_attribute("aria-valuetext", "0.01")
    expect(steps).to_have_attribute("aria-valuetext", "200 steps")
    expect(page.locator(".ln-say")).to_contain_text("rate 0.01, 200 steps of warm-up")
    steps.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".ln-lab-svg .is-here")).to_have_text(["0.01", "100"])
    page.set_viewport_size({"width": 390, "height": 844})                 # no room for the stops
    expect(page.locator(".ln-lab-number > label")).to_have_text(["Rate0.01", "Warm-up100"])
    expect(page.locator(".ln-lab-now").first).to_be_visible()


def test_earlier_is_larger_and_a_cell_is_as_strong_as_the_seeds_that_solve_it(show):
    page = show(ln.WarmUpLab(start="torch", rate=0.001))
    lab = ln.WarmUpLab()
    runs = [lab.runs.at(placement="pre", start="torch", rate=rate, steps=steps) for rate in RATES[::-1] for steps in STEPS]
    worths = page.locator(".ln-lab-cell").evaluate_all("all => all.map((one) => +one.style.getPropertyValue('--worth'))")
    assert worths == [len(solved_by_hand(run)) / 4 for run in runs]
    widths = page.locator(".ln-lab-fate.is-solved").evaluate_all("all => all.slice(0, -1).map((one) => one.getBBox().width)")
    steps = [step for run in runs for step in zip(run["solved"], run["final"]) if fate(*step) == "solved"]
    assert len(widths) == len(steps)
    order = np.argsort([step for step, _ in steps])
    assert all(a >= b - 0.21 for a, b in itertools.pairwise(np.array(widths)[order])) and max(widths) > 1.2 * min(widths)


def test_a_row_that_fails_is_marked_and_the_lines_of_solved_and_guessing_are_named(show):
    page = show(ln.AblationLab(start="xavier", rate=0.003))
    lab = ln.AblationLab(start="xavier", rate=0.003)
    expected = [f"{'✕ ' if len(solved_by_hand(run)) < 2 else ''}{len(solved_by_hand(run))} of 4" for run in lab.result.values()]
    expect(page.locator(".ln-lab-count")).to_have_text(expected)
    places = page.evaluate("""() => Object.fromEntries([[".ln-lab-solved"], [".ln-lab-start"]].map(([one]) => [one, document.querySelector(one).x1.baseVal.value]))""")
    ticks = dict(zip((1e-4, 1e-3, 0.01, 0.1, 1), page.locator(".ln-lab-rule").evaluate_all("all => all.map((one) => one.x1.baseVal.value)")))
    decade = ticks[1] - ticks[0.1]
    assert places[".ln-lab-solved"] == pytest.approx(ticks[0.1]) and places[".ln-lab-start"] == pytest.approx(ticks[1] + decade * np.log10(np.log(8)), abs=0.02)
    expect(page.locator(".ln-lab-svg")).to_contain_text("solved: once below 0.1")
    expect(page.locator(".ln-lab-svg")).to_contain_text("guessing")
    ends = page.evaluate("""() => [...document.querySelectorAll(".ln-lab-fate")].slice(0, 32).map((one) => one.getBoundingClientRect()).map((r) => [r.top, r.bottom])""")
    rows = [(min(a for a, _ in row), max(b for _, b in row)) for row in (ends[k:k + 4] for k in range(0, 32, 4))]
    assert all(below - above >= 4 for (_, above), (below, _) in itertools.pairwise(rows)), rows
    names, axis = page.evaluate("""() => [Math.max(...[...document.querySelectorAll(".ln-lab-name")].map((one) => one.getBoundingClientRect().right)),
      document.querySelector(".ln-lab-rule").getBoundingClientRect().left]""")
    assert names <= axis, "a mark may stand on a name"


def test_what_lies_beyond_the_axis_stands_at_its_edge_and_says_how_far(show):
    lab = ln.AblationLab()
    finals = {(start, rate): [loss for one in WITHOUT for loss in lab.runs.at(start=start, rate=rate, without=one)["final"] if loss is not None] for start in STARTS for rate in RATES}
    (start, rate), losses = max(finals.items(), key=lambda item: max(item[1]))
    assert max(losses) > 1e4, "nothing leaves the axis"
    page = show(ln.AblationLab(start=start, rate=rate))
    expect(page.locator(".ln-lab-title").last).to_contain_text(re.compile(rf"at the edges?: .*10{str(int(np.log10(max(losses)) + 0.02)).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}$"))
    known = [[v for v in run["final"] if v is not None] for run in ln.AblationLab(start=start, rate=rate).result.values()]
    beyond = sum(max(one, default=0) > 3 for one in known) + sum(min(one, default=1) < 1e-4 for one in known)
    expect(page.locator(".ln-lab-way")).to_have_count(beyond)             # an arrow for what is farther out
    right = page.locator(".ln-lab-start").bounding_box()["x"]
    assert page.locator(".ln-lab-fate").evaluate_all("(all, right) => all.filter((one) => one.getBoundingClientRect().left > right + 8).length", right) >= sum(v > 3 for v in losses)


@pytest.mark.parametrize("kind, pick, where", [("WarmUpLab", "some", "Post-LN, torch's weights, rate 0.003, no warm-up"), ("AblationLab", "some", "Xavier's weights, rate 0.03")])
def test_after_a_guess_the_picture_shows_what_was_asked(show, kind, pick, where):
    lab = LABS[kind]()
    page = show(lab)
    page.get_by_role("button", name=pick).click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("group", name="Predict")).to_contain_text(lab.tell)
    expect(page.locator(".ln-say")).to_contain_text(where)
    expect(page.locator(".ln-say")).not_to_contain_text("after your guess")
    expect(page.get_by_role("status")).to_contain_text(where)


@EACH
@pytest.mark.parametrize("screen, theme", [({"width": 1280, "height": 800}, "light"), ({"width": 390, "height": 844}, "dark")],
                         ids=["laptop, light", "phone, dark"])
def test_it_is_accessible(show, kind, screen, theme):
    page = show(LABS[kind](), viewport=screen, color_scheme=theme)
    assert audit(page) == []
    expect(page.get_by_role("img", name=re.compile(r"0\.0003: 572 \(4 of 4\), – \(2 of 4\)" if kind == "WarmUpLab" else "attention's, MLPs': . of 4"))).to_be_visible()


@EACH
def test_what_python_ran_is_drawn_over_what_is_stored(show, kind):
    lab = LABS[kind]()
    inputs = lab.run_of(lab.choice)
    lab.fresh = {"choice": inputs, "result": lab.shown(lab.runs.at(**inputs))}
    page = show(guessed(lab))
    expect(page.locator(".ln-lab-mine")).to_have_count({"WarmUpLab": 1, "AblationLab": 4}[kind])
    page.get_by_role("radio", name="GPT-2's").check()
    expect(page.locator(".ln-lab-mine")).to_have_count(0)


@EACH
def test_on_the_narrowest_screen_nothing_scrolls_sideways_and_without_script_all_is_there(show, kind):
    page = show(LABS[kind](), viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page = show(LABS[kind](), java_script_enabled=False, viewport={"width": 390, "height": 844})
    expect(page.get_by_role("img", name=re.compile("seeds .*solve the task"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("GPT-2's, rate 0.03 ")).last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_letter_leaves_a_picture_of_them(tab, tmp_path):
    moved = {place: {depth: [share, 1.1 * share] for depth in (2, 4, 8, 16, 32)} for place, share in (("post", 0.5), ("pre", 0.05))}
    pictures = [ln.WarmUpLab().picture(), ln.AblationLab(start="xavier", rate=0.01).picture(), ln.figures.adam_step(moved, 3e-4)]
    (tmp_path / "pictures.html").write_text('<!doctype html><meta charset="utf-8">' + "".join(one.svg for one in pictures), "utf-8")
    page = tab((tmp_path / "pictures.html").as_uri())
    outside = page.locator("svg text").evaluate_all("""all => all.filter((one) => { const { left, right } = one.getBoundingClientRect(), at = one.ownerSVGElement.getBoundingClientRect();
      return left < at.left || right > at.right; }).map((one) => one.textContent)""")
    assert outside == []
