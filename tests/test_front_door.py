"""The pages around the chapters keep what they promise."""
import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml

import layernorm as ln
from layernorm.practice import CONCEPTS
from quoted import minutes_to_read

ROOT = Path(__file__).parent.parent


def text(name):
    return (ROOT / name).read_text("utf-8")


def placed(kind):
    """The inputs of the explorables that stand on the front door."""
    return [yaml.safe_load(body) for body in re.findall(rf"```{{explorable}} {kind}\n(.*?)```", text("index.md"), re.S)]


def test_the_answer_on_the_front_door_is_computed_here():
    small, large = ln.layer_norm([2, 0, 4, 4]), ln.layer_norm([2000, 0, 4000, 4000])
    assert np.abs(small - large).max() < 1e-4
    card, = placed("Guess")
    assert card["truth"] == "next to nothing"
    said = ", ".join(f"{v:.3f}" for v in large).replace("-", "−")
    assert said in card["tell"]


@pytest.mark.parametrize("name", sorted(path.stem for path in ROOT.glob("chapters/*.ipynb") if not path.stem.endswith("_practice")))
def test_the_front_door_gives_the_time_that_each_page_asks_for(name):
    asked = minutes_to_read(nbformat.read(ROOT / "chapters" / f"{name}.ipynb", as_version=4))
    said = re.search(rf"{{doc}}`chapters/{name}`.*?(\d+) minutes", text("index.md"))
    assert said and int(said[1]) == asked


def test_a_guess_comes_before_the_player():
    page = text("index.md")
    assert page.index("{explorable} Guess") < page.index("{explorable} Player") < page.index("{concept-map}")


def test_every_concept_needs_only_what_comes_before_it():
    seen = set()
    for concept in CONCEPTS:
        assert set(concept.needs) <= seen, concept.key
        seen.add(concept.key)
    assert len({(c.tier, c.column) for c in CONCEPTS}) == len(CONCEPTS)


def test_the_map_stands_on_the_page_in_both_forms_and_its_stations_open_sections(site):
    html = (site / "index.html").read_text("utf-8")
    for form in ("wide", "tall"):
        drawing = re.search(rf'<svg class="ln-map ln-map-{form}".*?</svg>', html, re.S)[0]
        assert len(re.findall("<a href=", drawing)) == sum(concept.label is not None for concept in CONCEPTS)
        assert all(concept.words.split("|")[0] in drawing for concept in CONCEPTS)


def test_every_name_of_the_notation_is_in_use():
    code = "\n".join(path.read_text("utf-8") for path in [*ROOT.glob("lib/layernorm/functional/*.py"), *ROOT.glob("chapters/*.ipynb")])
    rows = [line.split("|")[4] for line in text("notation.md").splitlines() if line.startswith("| $")]
    names = [name for row in rows for name in re.findall(r"`([\w.()]+)`", row)]
    assert len(names) > 20
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}", code)] == []


def test_the_library_calls_things_as_the_notation_does():
    names = set(re.findall(r"`(\w+)`", text("notation.md")))
    assert {"x", "gamma", "beta", "eps"} <= set(inspect.signature(ln.layer_norm).parameters)
    assert set(inspect.signature(ln.layer_norm_backward).parameters) - {"axis"} <= names


def test_every_source_is_cited_and_says_what_it_supports():
    entries = re.findall(r"@\w+\{(\w+),(.*?)\n\}", text("references.bib"), re.S)
    cited = set(re.findall(r"\{cite:t\}`(\w+)`", "".join(path.read_text("utf-8") for path in ROOT.glob("chapters/*.ipynb"))))
    assert {key for key, _ in entries} == cited
    assert [key for key, body in entries if not re.search(r"note = \{(?:Supports|Cited for)", body)] == []


def test_the_glossary_is_in_order():
    terms = re.findall(r"^(\w.*)$", text("glossary.md").split(":::{glossary}")[1].split(":::")[0], re.M)
    assert terms == sorted(terms, key=str.lower) and len(terms) >= 20
