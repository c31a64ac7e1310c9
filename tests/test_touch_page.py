"""What is dragged goes with a finger: the page under it neither scrolls nor takes the finger away."""
import pytest

import layernorm as ln
from alone import FRAME, settled, show, until  # noqa: F401  one is a fixture

PHONE = {"viewport": {"width": 390, "height": 844}, "touch": True}
ACROSS, UP, DOWN = (60, 6), (6, -60), (6, 60)
# Where a finger is put, which way it goes, and what must have followed.
STATE = "node => [node.ariaValueNow, node.value, node.closest('[role=grid]')?.querySelectorAll('[aria-selected=true]').length]"
DRAGS = {
    "Player, bar": ("[data-explorable=player] .ln-bar >> nth=3", UP),
    "Player, film": ("[data-explorable=player] .ln-track-film input", ACROSS),
    "Circle, x": ("[data-explorable=circle] .cr-knob >> nth=0", UP),
    "Circle, x across": ("[data-explorable=circle] .cr-knob >> nth=0", ACROSS),
    "Circle, ground": ("[data-explorable=circle] .cr-ground", ACROSS),
    "Spread, point": ("[data-explorable=spread] .sp-dot >> nth=2", ACROSS),
    "Layer, x": ("[data-explorable=layer] .ly-track input >> nth=1", ACROSS),
    "Layer, push": ("[data-explorable=layer] .ly-stick >> nth=0", DOWN),
    "Rows, gain": ("[data-explorable=rows] .ln-knob >> nth=1", UP),
    "Neighbours, entry": ("[data-explorable=neighbours] .nb-x .ln-field >> nth=0", ACROSS),
    "Axes, cells": ("[data-explorable=axes] .ax-cell >> nth=9", UP),
}


def touched(page, node, way):
    """A finger put on ``node``, moved ``way`` in five steps and lifted."""
    box = settled(node)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if box["width"] > 200:
        x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] * 3 / 4
    hand = page.context.new_cdp_session(page)
    for k in range(6):
        hand.send("Input.dispatchTouchEvent", {"type": "touchMove" if k else "touchStart", "touchPoints": [{"x": x + way[0] * k / 5, "y": y + way[1] * k / 5}]})
        page.evaluate(FRAME)
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    hand.detach()
    page.evaluate(FRAME)


@pytest.fixture
def every(show):  # noqa: F811
    page = show(ln.Player(), ln.Circle(), ln.Spread(), ln.Layer(), ln.Rows(), ln.Neighbours(move=""), ln.Axes(), **PHONE)
    page.locator("[data-explorable=rows]").get_by_role("button", name="Yes", exact=True).click()         # before the guess nothing is to be dragged
    page.evaluate("""() => { document.lost = []; for (const kind of ["pointercancel", "scroll"]) addEventListener(kind, () => document.lost.push(kind), true); }""")
    return page


def test_what_is_dragged_follows_the_finger_to_its_end(every):
    broken = {}
    for name, (place, way) in DRAGS.items():
        node = every.locator(place)
        node.evaluate("node => node.scrollIntoView({ block: 'center' })")
        every.evaluate(FRAME)
        before = node.evaluate(STATE)
        every.evaluate("() => { document.lost = []; }")
        touched(every, node, way)
        lost = every.evaluate("() => [...new Set(document.lost)]")
        if lost or node.evaluate(STATE) == before:
            broken[name] = lost or before
    assert broken == {}
