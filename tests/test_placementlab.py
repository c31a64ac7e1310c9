"""Where the norm stands, before any training, as a lab: it draws and says what is stored, and what leaves its axis says so."""
import gzip
import itertools
import json
import re

import numpy as np
import pytest
import traitlets
from playwright.sync_api import expect

import layernorm as ln
from alone import audit, faults, guessed, show, sweep  # noqa: F401
from layernorm.experiments.placement import slope
from layernorm.explorables.modules import bundle
from test_lab_stored import CUT, LETTERS, SCREENS, TALLEST, legible

PLACEMENTS = {"post": "Post-LN", "pre": "Pre-LN", "peri": "Peri-LN", "none": "no LN"}
LARGE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
CONTROLS = {"over": ("depth", "block"), "show": ("gradient", "stream"), "start": ("xavier", "torch", "gpt2"), "depth": (2, 4, 8, 16, 32)}
POINTS = [dict(zip(CONTROLS, point)) for point in itertools.product(*CONTROLS.values())]
NOW = """{ open: true, facts, choice, named: (name, value) => $table.nameOf(controls, name, value),
  row: (other = {}) => table[$table.chosenRow(grid, { ...choice, ...other })] }"""


@pytest.fixture(scope="module")
def asked(js):
    """[(point, what the lab's modules say there)]."""
    lab = ln.PlacementLab()
    return lambda expression, points: zip(points, js("placementlab/placementlab")(
        f"choices.map((choice) => {expression.replace('now', NOW)})", table=lab.table, grid=lab.grid, facts=lab.facts, controls=lab.controls, choices=points))


def medians(show, placement, start, depth):
    """Of the seeds, block by block."""
    return np.median(ln.experiments.load("first_pass").at(placement=placement, start=start, depth=depth)[show], 0)


def read(number):
    """0.182, 3.18·10⁶."""
    factor, _, power = number.translate(LARGE).rpartition("10") if number[-1] >= "⁰" or number[-1] in "¹²³" else (number, "", "0")
    return float(factor.rstrip("·") or 1) * 10.0 ** int(power)


NUMBER = r"((?:[\d.]+·)?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[\d.]*\d)"


# --- What it says

@pytest.mark.parametrize("start", CONTROLS["start"])
def test_by_depth_it_says_both_ends_the_exponents_and_the_depth_that_is_chosen(asked, start):
    for point, words in asked("$placementtalk.words(now)", [one for one in POINTS if one["start"] == start and one["over"] == "depth"]):
        assert not re.search("undefined|NaN|null|Infinity", words) and words.endswith("."), words
        for placement in ("post", "pre"):
            name, lasts = PLACEMENTS[placement], [medians(point["show"], placement, start, depth)[-1] for depth in CONTROLS["depth"]]
            first, last, power = re.search(rf"from {NUMBER} to {NUMBER} in {name} \(exponent ([−\d.]+)\)", words).groups()
            assert [read(first), read(last)] == pytest.approx([lasts[0], lasts[-1]], rel=6e-3), words
            assert abs(float(power.translate(LARGE)) - slope(CONTROLS["depth"], lasts)) < 0.0075 and power != "−0.00", words
        here = words[words.index(f"The slider’s column, {point['depth']} blocks: "):]
        for placement, name in PLACEMENTS.items():
            value = medians(point["show"], placement, start, point["depth"])[-1]
            assert read(re.search(rf"{name} {NUMBER}[,.]", here)[1]) == pytest.approx(value, rel=6e-3), words


@pytest.mark.parametrize("start", CONTROLS["start"])
def test_by_block_it_says_where_each_begins_and_ends(asked, start):
    for point, words in asked("$placementtalk.words(now)", [one for one in POINTS if one["start"] == start and one["over"] == "block"]):
        assert f"weights, {point['depth']} blocks: " in words
        for placement, name in PLACEMENTS.items():
            values = medians(point["show"], placement, start, point["depth"])
            form = rf"from {NUMBER} to {NUMBER} in {name}" if placement in ("post", "pre") else rf"{name}: {NUMBER} to {NUMBER}[;.]"
            assert [read(one) for one in re.search(form, words).groups()] == pytest.approx([values[0], values[-1]], rel=6e-3), words


def test_the_known_numbers_of_xavier(asked):
    [(_, words)] = asked("$placementtalk.words(now)", [{"over": "depth", "show": "gradient", "start": "xavier", "depth": 32}])
    assert "from 0.182 to 0.181 in Post-LN (exponent 0.00) and from 0.157 to 0.039 in Pre-LN (exponent −0.52)" in words


# --- What it draws

def test_a_curve_is_the_middle_and_the_range_of_the_seeds(asked):
    for placement in PLACEMENTS:
        for point, found in asked(f"$curves.curve(now, '{placement}')", POINTS[::7]):
            if point["over"] == "depth":
                runs = [np.array(ln.experiments.load("first_pass").at(placement=placement, start=point["start"], depth=depth)[point["show"]])[:, -1]
                        for depth in CONTROLS["depth"]]
                at = CONTROLS["depth"]
            else:
                runs = np.array(ln.experiments.load("first_pass").at(placement=placement, start=point["start"], depth=point["depth"])[point["show"]]).T
                at = range(0 if point["show"] == "stream" else 1, point["depth"] + 1)
            assert [one[0] for one in found] == list(at)
            np.testing.assert_allclose([one[1] for one in found], np.median(runs, 1), rtol=6e-3)
            assert [one[2:] for one in found] == [[float(f"{v:.2g}") for v in (min(one), max(one))] for one in runs]


def test_the_axis_holds_all_seeds_of_what_is_normalized_at_every_depth_and_stands_still(asked):
    axes = list(asked("$curves.limits(now)", [one for one in POINTS if one["depth"] in (2, 32)]))
    written = [ticks for _, ticks in asked("$curves.ticks($curves.limits(now))", [one for one in POINTS if one["depth"] == 2])]
    for (point, (low, high)), (_, other), ticks in zip(axes[::2], axes[1::2], written):
        over, what, start = (point[name] for name in ("over", "show", "start"))
        assert [low, high] == other
        levels = [np.array(ln.experiments.load("first_pass").at(placement=placement, start=start, depth=depth)[what])[:, slice(-1 if over == "depth" else 0, None)]
                  for placement in ("post", "pre", "peri") for depth in CONTROLS["depth"]]
        all_of_them = np.log10(np.concatenate([one.ravel() for one in levels]))
        assert low < all_of_them.min() and all_of_them.max() < high <= max(all_of_them.max() + 2.5, low + 5)
        assert 3 <= len(ticks) <= 8 and all(low <= np.log10(one) <= high for one in ticks)


# --- What Python promises

@pytest.mark.parametrize("choice, words", [({"depth": 3}, "got 3"), ({"show": "loss"}, "show must be one of 'gradient', 'stream'; got 'loss'"),
                                           ({"start": "he"}, "got 'he'"), ({"seeds": 1}, "stored by placement, start, depth")], ids=str)
def test_what_is_not_stored_is_refused_by_name_and_nothing_is_lost(choice, words):
    lab = ln.PlacementLab()
    with pytest.raises(traitlets.TraitError, match=words):
        lab.choice = lab.choice | choice
    assert lab.choice == {"over": "block", "show": "gradient", "start": "xavier", "depth": 8}


def test_the_result_is_that_of_every_placement():
    lab = ln.PlacementLab(start="torch", depth=4)
    assert lab.result == {one: lab.runs.at(placement=one, start="torch", depth=4) for one in PLACEMENTS}


def test_the_right_guess_and_its_four_numbers_are_computed():
    lab = ln.PlacementLab()
    change = {one: medians("gradient", one, "gpt2", 32)[-1] / medians("gradient", one, "gpt2", 16)[-1] for one in ("post", "pre")}
    same = [PLACEMENTS[one] for one, by in change.items() if abs(by - 1) <= 0.1]
    assert lab.options[lab.right[0]] == {0: "neither", 1: same[0], 2: "both"}[len(same)] and len(lab.right) == 1
    told = [float(one) for one in re.findall(r"[\d.]*\d", lab.tell.replace("-LN", ""))]
    np.testing.assert_allclose(told, [medians("gradient", one, "gpt2", d)[-1] for one in ("post", "pre") for d in (16, 32)], rtol=6e-3)
    assert lab.choice["start"] != "gpt2", "the picture would give the answer away"


def test_the_page_is_light_and_the_same_on_every_run():
    lab = ln.PlacementLab()
    assert lab._repr_html_() == ln.PlacementLab()._repr_html_()
    assert len(gzip.compress(json.dumps(lab.table, separators=(",", ":")).encode())) <= 12_000
    shared = bundle("lab/shell", "lab/scales")
    three = bundle("placementlab/placementlab", "warmuplab/warmuplab", "ablationlab/ablationlab", "lab/scales")
    assert len(gzip.compress(three.encode())) - len(gzip.compress(shared.encode())) <= 9_000


def test_the_bench_runs_any_placement_and_keeps_it_when_the_lab_moves():
    lab = ln.PlacementLab(depth=2)
    lab.bench.fields["placement"].value = "post"
    lab.bench.start()
    lab.bench.wait()
    assert "Both agree." in lab.bench.said.value and lab.fresh["choice"] == {"placement": "post", "start": "xavier", "depth": 2}
    assert lab.fresh["result"] == lab.shown(lab.result["post"])
    lab.choice = lab.choice | {"start": "gpt2", "depth": 4}
    assert [field.value for field in lab.bench.fields.values()] == ["post", "gpt2", 4]


def test_the_written_table_has_every_median():
    html = ln.PlacementLab()._repr_html_()
    row = re.search(r"gradient, Xavier's, Pre-LN</th>(.*?)</tr>", html.replace("&#x27;", "'"))[1]
    assert [float(one) for one in re.findall(r"<td>([^<]+)</td>", row)] == pytest.approx(
        [medians("gradient", "pre", "xavier", depth)[-1] for depth in CONTROLS["depth"]], rel=6e-3)
    assert html.count("<tr>") == 1 + 2 * 3 * 4


# --- The page

STATES = """async function* (root) {
  const slider = root.querySelector("[type=range]"), radios = (k) => root.querySelectorAll("[role=radiogroup]")[k].querySelectorAll("[type=radio]");
  for (const over of radios(0)) for (const what of radios(1)) for (const start of radios(2)) for (const stop of [0, 4]) {
    for (const one of [over, what, start]) one.click();
    slider.value = stop; slider.dispatchEvent(new Event("input", { bubbles: true }));
    yield [over, what, start].map((one) => one.nextSibling.textContent).join(", ") + ` ${stop}`;
  }
}"""


def fits(lab, states, count):
    """One height for all states, nothing cut, letters of 12 px, none of them on another or outside."""
    edge = lab.locator("svg.ln-lab-svg").first.bounding_box()
    reserved = lab.evaluate("e => parseFloat(getComputedStyle(e).minHeight)")
    lab.evaluate("e => { e.style.minHeight = 0; }")
    found = sweep(lab, states, height="(root) => root.getBoundingClientRect().height", cut=CUT,
                  picture="(root) => root.querySelector('.ln-lab-svg').outerHTML + root.querySelector('.ln-say').innerText",
                  letters=f"(root) => ({LETTERS})(root.querySelector('.ln-lab-svg'))")
    heights = set(found["height"].values())
    assert len(heights) == 1 and max(heights) <= TALLEST and 0 <= reserved - max(heights) <= 8, (heights, reserved)
    assert faults(found["cut"]) == {} and len(set(found["picture"].values())) == count
    legible(found["letters"], edge)
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= lab.page.viewport_size["width"]


@SCREENS
def test_one_height_holds_all_states_and_no_letter_stands_on_another(show, screen):
    fits(show(guessed(ln.PlacementLab()), viewport=screen).locator("[data-explorable]"), STATES, 24)


def test_each_curve_has_its_name_at_its_end_and_what_leaves_the_axis_says_how_far(show):
    page = show(guessed(ln.PlacementLab(over="depth", show="stream", depth=32)))
    ends = page.evaluate("""() => Object.fromEntries(["post", "pre", "peri"].map((one) => [one, [
      [...document.querySelectorAll(`g.is-${one} .ln-lab-spot`)].at(-1).getBoundingClientRect().top, document.querySelector(`text.is-${one}`).getBoundingClientRect().top]]))""")
    assert all(abs(mark - name) < 30 for mark, name in ends.values()) and ends["post"][0] > ends["pre"][0] > ends["peri"][0]
    expect(page.locator("text.is-none")).to_have_text(["no LN ↑", "to 4·10¹²"])
    page.get_by_role("radio", name="GPT-2's").check()
    expect(page.locator("text.is-none")).to_have_text(["no LN"])
    looks = page.evaluate("""() => [...document.querySelectorAll("g.ln-lab-place")].map((g) => [getComputedStyle(g.querySelector(".ln-lab-line")).stroke,
      getComputedStyle(g.querySelector(".ln-lab-line")).strokeDasharray, g.querySelector(".ln-lab-spot").getAttribute("d")])""")
    assert len({look[0] for look in looks}) == len({look[2] for look in looks}) == 4 and len({look[1] for look in looks}) == 3


def test_by_depth_the_chosen_depth_is_lit(show):
    page = show(guessed(ln.PlacementLab()))
    expect(page.locator(".ln-lab-column")).to_have_count(0)
    page.get_by_role("radio", name="by depth").check()
    column = page.locator(".ln-lab-column")
    expect(column).to_have_count(1)
    before = column.bounding_box()["x"]
    page.get_by_role("slider", name="Blocks").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".ln-lab-svg .is-here")).to_have_text("16")
    assert column.bounding_box()["x"] > before + 60


def test_after_a_guess_the_picture_shows_what_was_asked(show):
    page = show(ln.PlacementLab(start="torch"))
    page.get_by_role("button", name="Pre-LN").click()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("group", name="Predict")).to_contain_text("You said Pre-LN; the answer: both. Post-LN 0.0251 → 0.0252; Pre-LN 0.669 → 0.664.")
    expect(page.get_by_role("radio", name="by depth")).to_be_checked()
    expect(page.get_by_role("slider", name="Blocks")).to_have_attribute("aria-valuetext", "32 blocks")
    expect(page.get_by_role("status")).to_contain_text("Drawn by depth. GPT-2's weights, from 2 to 32 blocks")


@pytest.mark.parametrize("screen, theme", [({"width": 1280, "height": 800}, "light"), ({"width": 390, "height": 844}, "dark")],
                         ids=["laptop, light", "phone, dark"])
def test_it_is_accessible_and_says_its_numbers(show, screen, theme):
    page = show(ln.PlacementLab(over="depth"), viewport=screen, color_scheme=theme)
    assert audit(page) == []
    expect(page.get_by_role("img", name=re.compile(r"Post-LN 0\.182, .*0\.181; Pre-LN 0\.157, .*0\.039; .*no LN 0\.29, .*3\.18·10⁶"))).to_be_visible()


def test_what_python_ran_is_drawn_over_what_is_stored(show):
    lab = ln.PlacementLab(depth=4)
    lab.fresh = {"choice": {"placement": "pre", "start": "xavier", "depth": 4}, "result": lab.shown(lab.result["pre"])}
    page = show(guessed(lab))
    expect(page.locator(".ln-lab-mine")).to_have_count(4)
    page.get_by_role("radio", name="by depth").check()
    expect(page.locator(".ln-lab-mine")).to_have_count(1)
    page.get_by_role("radio", name="torch's").check()
    expect(page.locator(".ln-lab-mine")).to_have_count(0)


def test_on_the_narrowest_screen_nothing_scrolls_sideways_and_without_script_all_is_there(show):
    page = show(ln.PlacementLab(), viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page = show(ln.PlacementLab(), java_script_enabled=False, viewport={"width": 390, "height": 844})
    expect(page.get_by_role("img", name=re.compile("Post-LN 0.182, .*0.181"))).to_be_visible()
    expect(page.get_by_role("row", name="gradient, Xavier's, Pre-LN")).to_contain_text("0.0872")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
