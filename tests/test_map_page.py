"""The concept map tells who feeds whom, to those who see it and to those who hear it."""
import re
from importlib.resources import files

import pytest

from layernorm.practice import CONCEPTS, TIERS
from layernorm.site.conceptmap import tall, wide

LOOK = files("layernorm") / "look"
HREFS = {concept.key: f"#{concept.label}" for concept in CONCEPTS if concept.label}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Map</title><style>body {{ width: 656px; margin: 8px; }}
{sheet}</style></head><body><main><h1>Map</h1><article class="bd-article">{drawings}</article></main></body></html>"""
# Points every 2 px along each way: [from, to, [[x, y], ...]].
WAYS = """(svg) => [...svg.querySelectorAll(".edge")].map((way) => { const all = way.getTotalLength();
  return [way.parentNode.dataset.from, way.dataset.to, Array.from({ length: Math.floor(all / 2) }, (_, k) => way.getPointAtLength(2 * k)).map(({ x, y }) => [x, y])]; })"""
WORDS = "(svg) => [...svg.querySelectorAll('text')].map((e) => [e.textContent, e.getBBox()]).map(([words, r]) => [words, r.x, r.y, r.x + r.width, r.y + r.height])"


@pytest.fixture
def shown(tab, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(PAGE.format(sheet="".join((LOOK / name).read_text("utf-8") for name in ("tokens.css", "map.css")), drawings=wide(HREFS) + tall(HREFS)), "utf-8")
    return lambda width: tab(path.as_uri(), viewport={"width": width, "height": 900})


@pytest.mark.parametrize("width", [1280, 390])
def test_each_station_has_a_name_and_says_if_it_is_not_written(shown, width):
    page = shown(width)
    for concept in CONCEPTS:
        name = concept.words.replace("|", " ")
        if concept.label:
            assert page.get_by_role("link", name=name, exact=True).count() == 1, name
        else:
            assert page.get_by_role("img", name=name + ("" if concept.key == "goal" else ", not written yet"), exact=True).count() == 1, name


@pytest.mark.parametrize("width", [1280, 390])
def test_who_hears_the_map_hears_which_station_leads_to_which(shown, width):
    page = shown(width)
    said = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = {node["name"]["value"]: node.get("description", {}).get("value", "") for node in said if node["role"]["value"] in ("link", "image")}
    names = {concept.key: concept.words.replace("|", " ") for concept in CONCEPTS}
    ways = {(names[need], names[concept.key]) for concept in CONCEPTS for need in concept.needs}
    assert {name: set(re.findall(r"(?<=Needs: )[^.]*", text)) for name, text in heard.items()} == {
        end: {", ".join(name for name in names.values() if (name, end) in ways)} - {""} for end in heard}
    assert {name: set(re.findall(r"(?<=Leads to: )[^.]*", text)) for name, text in heard.items()} == {
        start: {", ".join(name for name in names.values() if (start, name) in ways)} - {""} for start in heard}
    assert heard.keys() == set(names.values())


@pytest.mark.parametrize("width", [1280, 390])
def test_a_station_stands_in_the_row_that_is_named_above_it(shown, width):
    page = shown(width)
    for number, tier in enumerate(TIERS):
        inside = page.get_by_role("group", name=tier, exact=True).locator("a, [role=img]")
        assert inside.evaluate_all("(all) => all.map((e) => e.getAttribute('aria-label'))") == [c.words.replace("|", " ") for c in CONCEPTS if c.tier == number]


def test_ways_of_two_concepts_meet_only_at_the_goal_and_cross_little(shown):
    ways = shown(1280).locator(".ln-map-wide").evaluate(WAYS)
    assert {(start, end) for start, end, _ in ways} == {(need, concept.key) for concept in CONCEPTS for need in concept.needs}
    crossings = set()
    for k, (start, end, points) in enumerate(ways):
        for other, goal, more in ways[k + 1:]:
            if start != other and {end, goal} != {"goal"}:
                near = [p for p in points if any(abs(p[0] - q[0]) < 3 and abs(p[1] - q[1]) < 3 for q in more)]
                assert len(near) <= 4, f"{start}, {end} runs along {other}, {goal}"
                crossings |= {(start, other)} if near else set()
    assert len(crossings) <= 1


def test_no_way_passes_through_words(shown):
    drawing = shown(1280).locator(".ln-map-wide")
    words = drawing.evaluate(WORDS)
    for start, end, points in drawing.evaluate(WAYS):
        hit = [text for text, left, top, right, foot in words for x, y in points if left - 4 < x < right + 4 and top < y < foot]
        assert hit == [], (start, end)
