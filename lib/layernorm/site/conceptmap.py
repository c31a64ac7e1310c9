"""The concept map of the front door, ``{concept-map}``: one list of concepts, a wide drawing for columns and a tall one for phones."""
from html import escape

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..practice import CONCEPTS, TIERS

logger = logging.getLogger(__name__)
COLUMN, ROW, LEFT, TOP = 164, 108, 18, 48                         # of the wide map
TALL_WIDTH, TALL_STEP = 343, 48
BY_KEY = {concept.key: concept for concept in CONCEPTS}
GOAL = "goal"


class ConceptMap(nodes.General, nodes.Element):
    """Where the map stands; drawn when the addresses of all sections are known."""


class Directive(SphinxDirective):
    def run(self):
        return [ConceptMap()]


def draw(app, doctree, docname):
    for node in list(doctree.findall(ConceptMap)):
        links = {concept.key: address(app, concept.label, docname) for concept in CONCEPTS if concept.label}
        node.replace_self(nodes.raw("", f'<div class="ln-maps">{wide(links)}{tall(links)}</div>', format="html"))


def address(app, label, docname):
    found = app.env.get_domain("std").anonlabels.get(label)
    if found is None:
        logger.warning("the concept list names the label %r, which no section has", label, location=docname, type="conceptmap")
        return None
    return f"{app.builder.get_relative_uri(docname, found[0])}#{found[1]}"


def station(concept, x, y, lines, links, width, height):
    """A circle with its words; a link if there is a section to open."""
    href, size = links.get(concept.key), 11 if concept.key == GOAL else 9
    words = "".join(f'<tspan x="{x + 19}" y="{y + 5 + 17 * i}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    body = (f'<rect class="hit" x="{x - 16}" y="{y - 22}" width="{width}" height="{height}" rx="6"/>'
            f'<circle class="ring" cx="{x}" cy="{y}" r="{size}"/><text class="label">{words}</text>')
    kind = "goal" if concept.key == GOAL else "ahead"
    return f'<a href="{href}">{body}</a>' if href else f'<g class="{kind}">{body}</g>'


def wide(links):
    at = {c.key: (LEFT + c.column * COLUMN, TOP + c.tier * ROW) for c in CONCEPTS}
    lanes = {}
    edges = "".join(f'<path class="edge" d="{route(BY_KEY[need], concept, at, lanes)}"/>' for concept in CONCEPTS for need in concept.needs)
    tiers = "".join(f'<text class="tier" x="{LEFT + 19}" y="{TOP + i * ROW - 22}">{escape(words)}</text>' for i, words in enumerate(TIERS))
    stations = "".join(station(c, *at[c.key], c.words.split("|"), links, 150, 56) for c in CONCEPTS)
    return drawing("wide", f"656 {TOP + (len(TIERS) - 1) * ROW + 34}", edges + tiers + stations)


def drawing(form, size, inside):
    return f'<svg class="ln-map ln-map-{form}" viewBox="0 0 {size}" role="group" aria-label="Concept map">{inside}</svg>'


def route(start, end, at, lanes):
    """Down from one station, across in a lane of its own, down to the other; across late where the way down is free."""
    (x0, y0), (x1, y1) = at[start.key], at[end.key]
    if x0 == x1:
        return f"M{x0} {y0}V{y1}"
    lane = lanes.setdefault((start.tier, start.key), sum(1 for tier, _ in lanes if tier == start.tier))
    blocked = any(start.tier < c.tier < end.tier and c.column == start.column for c in CONCEPTS)
    turn = y1 - ROW + 38 if end.tier - start.tier > 1 and not blocked else y0 + 46 + 7 * (lane % 3)
    side = 8 if x1 > x0 else -8
    return f"M{x0} {y0}V{turn - 8}q0 8 {side} 8H{x1 - side}q{side} 0 {side} 8V{y1}"


def tall(links):
    y, body, first, last = 30, [], None, None
    for tier, words in enumerate(TIERS):
        body.append(f'<text class="tier" x="37" y="{y}">{escape(words)}</text>')
        y += 34
        for concept in (c for c in CONCEPTS if c.tier == tier):
            body.append(station(concept, LEFT, y, [concept.words.replace("|", " ")], links, 300, 44))
            first, last = y if first is None else first, y
            y += TALL_STEP
        y += 14
    track = f'<path class="edge" d="M{LEFT} {first}V{last}"/>'
    return drawing("tall", f"{TALL_WIDTH} {y}", track + "".join(body))


def setup(app):
    app.add_node(ConceptMap)
    app.add_directive("concept-map", Directive)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
