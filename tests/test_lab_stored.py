"""A lab shows what is stored for every combination of its controls, on a page alone and in a kernel, and runs it again where it can."""
import base64
import json
import re
import threading
from html import unescape
from itertools import combinations
from pathlib import Path

import pytest
import traitlets
from playwright.sync_api import expect

import layernorm as ln
from alone import FRAME, audit, faults, guessed, sweep, until
from layernorm.experiments import EXPERIMENTS
from layernorm.explorables.bench import LIVE
from layernorm.explorables.modules import bundle

LOOK = Path(ln.__file__).parent / "look"
SCREENS = pytest.mark.parametrize("screen", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["laptop", "phone"])
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
TALLEST, SMALLEST = 700, 12                                       # px
CUT = """(root) => [...root.querySelectorAll(".ln-say, .ln-predict, .ln-lab-stage")]
  .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText || e.className)"""
LETTERS = """(svg) => [...svg.querySelectorAll("text")].filter((t) => t.textContent).map((t) => [t, t.getBoundingClientRect()])
  .map(([t, r]) => [t.textContent, parseFloat(getComputedStyle(t).fontSize), r.left, r.top, r.right, r.bottom])"""
STATES = EXPERIMENTS["stable_step"].entries()


def legible(found, edge):
    """In every state {state: letters}: large enough, inside the picture at ``edge``, none on another."""
    for state, letters in found.items():
        assert min(size for _, size, *_ in letters) >= SMALLEST, state
        assert [words for words, _, left, _, right, _ in letters if left < edge["x"] - 1 or right > edge["x"] + edge["width"] + 1] == [], state
        for (one, _, *a), (other, _, *b) in combinations(letters, 2):
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            assert across <= 1 or down <= 4, f"{one} and {other} in {state}"


# --- What Python promises

def test_the_table_has_a_row_for_every_combination_in_the_order_that_the_module_counts(js):
    lab = ln.StepLab()
    for inputs in STATES:
        row = js("lab/table")("$table.chosenRow(grid, choice)", grid=lab.grid, choice=inputs)
        assert lab.table[row]["largest"] == lab.runs.at(**inputs)["largest"]
    assert len(lab.table) == len(STATES) == 24
    assert js("lab/table")("$table.nameOf(controls, 'before', 'divided by 16')", controls=lab.controls) == "÷ 16"


def test_output_is_one_element_the_same_on_every_run_with_all_that_is_stored():
    html = ln.StepLab()._repr_html_()
    assert html == ln.StepLab()._repr_html_() and html.count("data-explorable") == 1
    inputs = json.loads(unescape(re.search(r"data-inputs='([^']*)'", html)[1]))
    assert inputs == ln.StepLab().inputs() and inputs["fresh"] is None
    cells = re.findall(r"<td>([\d.e+-]+)</td>", html)
    assert len(cells) == 24 and cells[3] == "7.47e-04" and cells[15] == "0.0636"
    assert '<img src="data:image/svg+xml,' in html and "standardized 0.272" in html and len(html) < 45_000


def test_python_sets_and_reads_the_choice():
    lab = ln.StepLab(pixels=10, before="LayerNorm")
    assert lab.result["largest"] == pytest.approx(0.0636, rel=1e-2) and "LayerNorm 0.0636" in repr(lab)
    lab.choice = {"pixels": 10, "before": "raw"}
    assert lab.result["largest"] == pytest.approx(7.47e-6, rel=1e-2)


@pytest.mark.parametrize("choice, words", [({"pixels": 3}, "got 3"), ({"before": "batch"}, "got 'batch'"), ({"scale": 1}, "stored by pixels, before")])
def test_what_is_not_stored_is_refused_by_name_and_nothing_is_lost(choice, words):
    lab = ln.StepLab()
    with pytest.raises(traitlets.TraitError, match=words):
        lab.choice = lab.choice | choice
    assert lab.choice == {"pixels": 1, "before": "raw"}


def test_the_right_guess_is_computed():
    lab = ln.StepLab()
    assert lab.options[lab.right[0]] == "100" and len(lab.right) == 1


def test_the_picture_is_at_home_on_light_and_dark_and_legible_on_a_phone():
    svg = ln.StepLab().picture().svg
    assert re.findall(r"(?:fill|stroke): #[0-9a-f]{6}(?!; (?:fill|stroke): light-dark)", svg) == []
    width, unit = float(re.search(r'width="(\d+)"', svg)[1]), float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    assert min(map(float, re.findall(r"font-size: ([\d.]+)px", svg))) * min(width, 366) / unit >= SMALLEST - 0.1


# --- The bench, in a kernel

def test_the_bench_runs_the_experiment_and_puts_the_stored_number_beside():
    lab = ln.StepLab(pixels=10, before="LayerNorm")
    lab.bench.start()
    lab.bench.wait()
    assert "Both agree." in lab.bench.said.value and "<td>0.06357</td><td>0.06357</td>" in lab.bench.said.value
    assert lab.fresh["choice"] == {"pixels": 10, "before": "LayerNorm"} and lab.fresh["result"] == lab.shown(lab.result)
    assert lab.bench.progress.value == lab.bench.progress.max == 12 and lab.bench.stop.disabled and not lab.bench.run.disabled


def test_the_bench_takes_values_that_are_not_stored_and_follows_the_lab():
    lab = ln.StepLab()
    lab.bench.fields["pixels"].value = 3
    lab.bench.start()
    lab.bench.wait()
    assert "Not among the stored inputs" in lab.bench.said.value
    assert lab.fresh["result"]["largest"] == pytest.approx(lab.result["largest"] / 9, rel=1e-5)
    lab.choice = {"pixels": 0.1, "before": "standardized"}
    assert [field.value for field in lab.bench.fields.values()] == [0.1, "standardized"]


def test_the_bench_can_be_stopped_and_keeps_what_it_has(monkeypatch):
    lab, third, go_on = ln.StepLab(), threading.Event(), threading.Event()

    def slow(*, track, **inputs):
        result = {"largest": 1.0, "condition": 1.0, "directions": 1, "left": [], "below": None, "above": None}
        for share in track([0.1] * 12):
            result["left"].append(share)
            if len(result["left"]) == 3:
                third.set()
                go_on.wait(10)
        return result
    monkeypatch.setattr(lab.runs, "again", slow)
    lab.bench.start()
    assert third.wait(10) and lab.bench.run.disabled and not lab.bench.stop.disabled
    lab.bench.stop.click()
    go_on.set()
    lab.bench.wait()
    assert "Stopped at 3 of 12." in lab.bench.said.value and lab.fresh["result"]["left"] == [0.1] * 3


def test_the_bench_says_so_if_numbers_differ(monkeypatch):
    lab = ln.StepLab()
    monkeypatch.setattr(lab.runs, "again", lambda **_: lab.result | {"largest": 1.01 * lab.result["largest"]})
    lab.bench.start()
    lab.bench.wait()
    assert "They differ." in lab.bench.said.value


def test_a_failure_on_the_bench_is_told_to_the_reader(monkeypatch):
    lab = ln.StepLab()
    monkeypatch.setattr(lab.runs, "again", lambda **_: (_ for _ in ()).throw(ValueError("no <such> thing")))
    lab.bench.start()
    lab.bench.wait()
    assert "no &lt;such&gt; thing" in lab.bench.said.value and not lab.bench.run.disabled


def test_where_there_are_no_threads_the_bench_runs_all_the_same(monkeypatch):
    lab = ln.StepLab()
    monkeypatch.setattr(threading.Thread, "start", lambda self: (_ for _ in ()).throw(RuntimeError("can't start new thread")))
    lab.bench.start()
    assert "Both agree." in lab.bench.said.value


def test_a_kernel_shows_the_lab_and_the_bench_as_one_view():
    lab = ln.StepLab()
    data, _ = lab._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", LIVE}
    assert data[LIVE]["model_id"] not in (lab.model_id, lab.bench.widget.model_id)


# --- What it says

@pytest.mark.parametrize("inputs", STATES, ids=str)
def test_each_sentence_is_whole(js, inputs):
    lab = ln.StepLab(**inputs)
    said = js("steplab/steptalk", )(
        "$steptalk.words({ choice, result: rows(choice), row: (other) => rows({ ...choice, ...other }) })".replace(
            "rows", "((c) => table[keys.indexOf(`${c.pixels}|${c.before}`)])"),
        choice=inputs, table=lab.table, keys=[f"{js('lab/table')('String(v)', v=one['pixels'])}|{one['before']}" for one in STATES])
    assert said.count(". ") >= 1 and said.endswith(".") and not re.search("undefined|NaN|null|Infinity", said)
    assert {"raw": "6.5·10⁶", "divided by 16": "6.5·10⁶", "LayerNorm": ["4.3·10⁶", "4.2·10⁶"][inputs["pixels"] == 0.001], "standardized": "146"}[inputs["before"]] in said
    if inputs == {"pixels": 10, "before": "raw"}:
        assert "need a step 100 times smaller" in said
    if inputs["before"] == "LayerNorm":
        assert ("come near ε" in said) is (inputs["pixels"] == 0.001)


@pytest.mark.parametrize("given, wanted", [(1e-9, 8), (1e-12, 8), (1e6, 308), (1e9, 308), (10 ** -1.5, 158)])
def test_a_logarithmic_axis_keeps_what_is_beyond_it_at_its_edge(js, given, wanted):
    assert js("lab/scales")("$scales.logScale([-9, 6], [8, 308])(v)", v=given) == pytest.approx(wanted)
    assert js("lab/scales")("$scales.powers([-9, 6], 4)") == [-8, -4, 0, 4]


# --- The page, generated here

@pytest.fixture
def page_of(tab, tmp_path):
    """Open a page that holds a lab and nothing else."""
    def open_page(lab, theme="light", **options):
        font = base64.b64encode((LOOK / "fonts" / "text.woff2").read_bytes()).decode()
        sheets = "".join((LOOK / name).read_text("utf-8") for name in ("tokens.css", "course.css", "explorable.css", "guess.css", "lab.css"))
        script = bundle("mount", f"{lab._module}/{lab._module}") + f'$mount.mount("{lab._module}", ${lab._module});'
        (tmp_path / "lab.html").write_text(f"""<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Lab</title><link rel="icon" href="data:,"><style>
@font-face {{ font-family: "LN Text"; src: url("data:font/woff2;base64,{font}") }} {sheets}
html {{ color-scheme: {theme} }} body {{ max-width: 46rem; margin: 0 auto; padding: 0 1rem; background: var(--ln-paper); color: var(--ln-ink) }}
</style></head><body><main><h1>Lab</h1>{lab._repr_html_()}<p id="after">After.</p></main><script type="module" async>{script}</script></body></html>""", "utf-8")
        page = tab((tmp_path / "lab.html").as_uri(), **options)
        if options.get("java_script_enabled", True):
            page.evaluate("document.fonts.ready.then(() => 0)")
        return page
    return open_page


# Every combination of the controls, at rest.
CHOICES = """async function* (root) {
  for (const radio of root.querySelectorAll("[type=radio]")) {
    radio.click();
    const slider = root.querySelector("[type=range]");
    slider.focus();
    for (let stop = 0; stop < 6; stop++) {
      slider.value = stop;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      yield `${radio.nextSibling.textContent}, stop ${stop}`;
    }
  }
}"""


@SCREENS
def test_every_control_changes_the_picture_and_one_height_holds_all_states(page_of, screen):
    page = page_of(guessed(ln.StepLab()), viewport=screen)
    lab = page.locator("[data-explorable]")
    expect(lab.locator("svg.ln-lab-svg")).to_be_visible()
    lab.evaluate("e => { e.style.minHeight = 0; }")                      # what is reserved would hide what is missing
    found = sweep(lab, CHOICES, height="(root) => root.getBoundingClientRect().height", cut=CUT,
                  picture="(root) => root.querySelector('.ln-lab-svg').outerHTML + root.querySelector('.ln-say').innerText")
    assert len(set(found["height"].values())) == 1 and max(found["height"].values()) <= TALLEST
    assert faults(found["cut"]) == {}
    assert len(set(found["picture"].values())) == len(STATES)


@SCREENS
def test_the_room_that_the_page_reserves_is_the_room_that_is_taken(page_of, screen):
    page = page_of(ln.StepLab(), viewport=screen)
    lab = page.locator("[data-explorable]")
    expect(lab.locator("svg.ln-lab-svg")).to_be_visible()
    reserved = lab.evaluate("e => { const h = getComputedStyle(e).minHeight; return parseFloat(h); }")
    drawn = lab.evaluate("e => { e.style.minHeight = 0; const h = e.getBoundingClientRect().height; e.style.minHeight = ''; return h; }")
    assert 0 <= reserved - drawn <= 8


@SCREENS
def test_letters_are_large_enough_and_none_stands_on_another(page_of, screen):
    page = page_of(guessed(ln.StepLab()), viewport=screen)
    svg = page.locator(".ln-lab-svg")
    expect(svg).to_be_visible()
    edge = svg.bounding_box()
    found = sweep(page.locator("[data-explorable]"), CHOICES, letters=f"(root) => ({LETTERS})(root.querySelector('.ln-lab-svg'))")["letters"]
    assert len(found) == len(STATES)
    legible(found, edge)


def brightness(colour):
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    return sum(weight * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for weight, v in zip((0.2126, 0.7152, 0.0722), shares))


@THEMES
def test_letters_that_axe_does_not_see_have_contrast(page_of, theme):
    """It skips SVG and what is hidden from screen readers."""
    page = page_of(ln.StepLab(), theme, color_scheme=theme)
    expect(page.locator(".ln-lab-svg")).to_be_visible()
    inks = page.evaluate("""() => [...document.querySelectorAll(".ln-lab-svg text, .ln-lab-stops span")]
      .map((e) => [e.textContent, getComputedStyle(e)[e.tagName === "text" ? "fill" : "color"]])""")
    ground = brightness(page.locator(".ln-ex").evaluate("e => getComputedStyle(e).backgroundColor"))
    for words, ink in inks:
        low, high = sorted((brightness(ink), ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{words} {ink}"


@pytest.mark.parametrize("screen, theme", [({"width": 1280, "height": 800}, "light"), ({"width": 390, "height": 844}, "dark")], ids=["laptop, light", "phone, dark"])
def test_the_lab_is_accessible(page_of, screen, theme):
    page = page_of(ln.StepLab(), theme, viewport=screen, color_scheme=theme)
    expect(page.locator(".ln-lab-svg")).to_be_visible()
    assert audit(page) == []
    small = page.evaluate("""() => [...document.querySelectorAll(".ln-ex :is(button, input, label > span)")].map((e) => [e.textContent, e.getBoundingClientRect()])
      .filter(([, r]) => r.height && r.height < 44).map(([words, r]) => `${words} ${r.height}`)""")
    assert small == []


def test_the_guess_is_kept_beside_the_answer_and_the_focus_stays(page_of):
    page = page_of(ln.StepLab())
    card = page.get_by_role("group", name="Predict")
    before = page.locator("#after").bounding_box()["y"]
    card.get_by_role("button", name="10", exact=True).click()
    card.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("You said 10; the answer: 100.")
    until(page, """() => document.activeElement.closest(".ln-predict") !== null""", bool)
    assert page.locator("#after").bounding_box()["y"] == before


def test_controls_wait_for_the_guess(page_of):
    page = page_of(ln.StepLab())
    slider, other = page.get_by_role("slider", name="Pixels ×"), page.get_by_role("radio", name="LayerNorm")
    expect(slider).to_be_disabled()
    expect(other).to_be_disabled()
    page.locator(".ln-option").first.click()
    page.get_by_role("button", name="Check").click()
    expect(slider).to_be_enabled()
    other.check()


def test_a_screen_reader_hears_names_values_and_what_has_settled(page_of):
    page = page_of(guessed(ln.StepLab()))
    status, slider = page.get_by_role("status"), page.get_by_role("slider", name="Pixels ×")
    expect(page.get_by_role("region", name="How large a step does descent bear?")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="What the map sees")).to_be_visible()
    expect(page.locator(".ln-say")).to_contain_text("The pixels as they are")
    slider.focus()
    page.evaluate("""() => {
      window.heard = [];
      const note = (what) => () => heard.push([what, performance.now()]);
      addEventListener("keydown", note("moved"), { capture: true, once: true });
      new MutationObserver(note("said")).observe(document.querySelector("[role=status]"), { childList: true, characterData: true, subtree: true });
    }""")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "10")
    expect(status).to_contain_text("need a step 100 times smaller")
    (what, moved), (then, said) = page.evaluate("heard.slice(0, 2)")
    assert (what, then) == ("moved", "said") and said - moved > 500               # not while it moves; a slow machine is only later
    expect(page.get_by_role("img")).to_have_attribute("aria-label", re.compile("raw 7.47·10⁻⁶, ÷ 16 0.00191, LayerNorm 0.0636"))


def test_what_python_ran_is_drawn_over_what_is_stored(page_of):
    lab = ln.StepLab()
    lab.fresh = {"choice": {"pixels": 3, "before": "raw"}, "result": lab.shown(lab.result)}
    page = page_of(guessed(lab))
    expect(page.locator(".ln-lab-mine")).to_have_count(9 + 32)
    page.evaluate(FRAME)
    assert page.locator(".ln-lab-mine").last.bounding_box()["width"] >= 6
    page.get_by_role("radio", name="LayerNorm").check()
    expect(page.locator(".ln-lab-mine")).to_have_count(9)


def test_without_script_picture_and_table_are_there(page_of):
    page = page_of(ln.StepLab(), java_script_enabled=False, viewport={"width": 390, "height": 844})
    expect(page.get_by_role("img", name=re.compile("LayerNorm 0.0636"))).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("7.47e-06")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_input_without_a_name_is_refused_with_the_names_that_there_are():
    with pytest.raises(TypeError, match="StepLab takes its inputs by name: pixels, before"):
        ln.StepLab(3)
