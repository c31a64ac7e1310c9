"""The concept map of the front door, ``{concept-map}``: one list of concepts, a wide drawing for columns and a tall one for phones."""
from html import escape
from itertools import combinations, permutations

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..practice import CONCEPTS, TIERS

logger = logging.getLogger(__name__)
COLUMN, ROW, LEFT, TOP = 168, 108, 18, 48                         # of the wide map
BESIDE = 17                                                       # words from the middle of their circle
MARGIN = LEFT + BESIDE
TALL_WIDTH, TALL_STEP = 343, 48
BY_KEY = {concept.key: concept for concept in CONCEPTS}
WAYS = [(BY_KEY[need], concept) for concept in CONCEPTS for need in concept.needs]
GOAL = "goal"
HEAD = ('<defs><marker id="ln-map-head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto" '
        'markerUnits="userSpaceOnUse"><path class="head" d="M0 .5L7 4L0 7.5z"/></marker></defs>')


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
    href, name = links.get(concept.key), spoken(concept)
    words = "".join(f'<tspan x="{x + BESIDE}" y="{y + 5 + 17 * i}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    body = (f'<desc>{escape(ways_of(concept))}</desc><rect class="hit" x="{x - 16}" y="{y - 22}" width="{width}" height="{height}" rx="6"/>'
            f'<circle class="ring" cx="{x}" cy="{y}" r="{radius(concept)}"/><text class="label">{words}</text>')
    if href:
        return f'<a href="{href}" aria-label="{escape(name)}" data-concept="{concept.key}">{body}</a>'
    kind, more = ("goal", "") if concept.key == GOAL else ("ahead", ", not written yet")
    return f'<g class="{kind}" role="img" aria-label="{escape(name)}{more}">{body}</g>'


def ways_of(concept):
    """What the arrows show, in words."""
    ends = {"Needs": [start for start, end in WAYS if end is concept], "Leads to": [end for start, end in WAYS if start is concept]}
    return " ".join(f"{what}: {', '.join(map(spoken, found))}." for what, found in ends.items() if found)


def spoken(concept):
    return concept.words.replace("|", " ")


def row(words, y, stations):
    name = escape(words)
    return (f'<g role="group" aria-label="{name}"><text class="tier" x="{MARGIN}" y="{y}" aria-hidden="true">{name}</text>'
            f'{"".join(stations)}</g>')


def radius(concept):
    return 11 if concept.key == GOAL else 9


def wide(links):
    edges = "".join(f'<g data-from="{key}">{drawn(ways)}</g>' for key, ways in lines())
    rows = "".join(row(words, TOP + i * ROW - 22, (station(c, *at(c), c.words.split("|"), links, 150, 56) for c in CONCEPTS if c.tier == i))
                   for i, words in enumerate(TIERS))
    return drawing("wide", f"656 {TOP + (len(TIERS) - 1) * ROW + 34}", HEAD + edges + rows)


def drawn(ways):
    """Of one concept the gaps that its ways make in what they cross, then the ways; those to the goal are to meet."""
    gaps = "".join(f'<path class="halo" d="{d}"/>' for end, d in ways if end != GOAL)
    return gaps + "".join(f'<path class="edge" data-to="{end}" d="{d}" marker-end="url(#ln-map-head)"/>' for end, d in ways)


def lines():
    """Of each concept that others need, the ways to them: ``key, [(to, path), ...]``."""
    lanes = {key: lane for gap in range(len(TIERS)) for key, lane in ordered(gap).items()}
    for start in CONCEPTS:
        if ways := [(end.key, route(one, end, lanes)) for one, end in WAYS if one is start]:
            yield start.key, ways


def at(concept):
    return LEFT + concept.column * COLUMN, TOP + concept.tier * ROW


def gap_of(start, end):
    """Under which tier a way goes across: as late as the way down is free."""
    free = not any(start.tier < c.tier < end.tier and c.column == start.column for c in CONCEPTS)
    return end.tier - 1 if free else start.tier


def ordered(gap):
    """Which way goes across in which lane under a tier, ``{(gap, key): lane}``: in the order in which the fewest ways meet."""
    ways = [(start, end) for start, end in WAYS if start.column != end.column and gap_of(start, end) == gap]
    keys = list(dict.fromkeys(start.key for start, _ in ways))
    down = {(end.column, start.key) for start, end in WAYS if start.column == end.column and start.tier <= gap < end.tier}

    def meetings(order):
        lane = {key: k for k, key in enumerate(order)}
        verticals = [*((column, -1, 9, key) for column, key in down), *((s.column, -1, lane[s.key], s.key) for s, _ in ways),
                     *((e.column, lane[s.key], 9, s.key) for s, e in ways)]
        across = sum(min(s.column, e.column) <= column <= max(s.column, e.column) and low < lane[s.key] < high and key != s.key
                     for s, e in ways for column, low, high, key in set(verticals))
        along = sum(a[0] == b[0] and min(a[2], b[2]) > max(a[1], b[1]) and a[3] != b[3] for a, b in combinations(set(verticals), 2))
        return across + 2 * along
    return {(gap, key): lane for lane, key in enumerate(min(permutations(keys), key=meetings))}


def route(start, end, lanes):
    """Down from one station, across in a lane, down to the other, beside what else arrives there."""
    (x0, y0), (x1, y1) = at(start), at(end)
    side = (x1 < x0) - (x1 > x0)                                  # from where it comes
    apart = 0 if end.key == GOAL or len(end.needs) == 1 else 7 * side
    tip = y1 - (radius(end) ** 2 - apart**2) ** 0.5 - 3
    if not side:
        return f"M{x0} {y0}V{tip:.1f}"
    turn = TOP + gap_of(start, end) * ROW + 38 + 9 * lanes[gap_of(start, end), start.key]
    return f"M{x0} {y0}V{turn - 8}q0 8 {-8 * side} 8H{x1 + apart + 8 * side}q{-8 * side} 0 {-8 * side} 8V{tip:.1f}"


def drawing(form, size, inside):
    return f'<svg class="ln-map ln-map-{form}" viewBox="0 0 {size}" role="group" aria-label="Concept map">{inside}</svg>'


def tall(links):
    y, body, first, last = 30, [], None, None
    for tier, words in enumerate(TIERS):
        top, stations = y, []
        y += 34
        for concept in (c for c in CONCEPTS if c.tier == tier):
            stations.append(station(concept, LEFT, y, [spoken(concept)], links, 300, 44))
            first, last = y if first is None else first, y
            y += TALL_STEP
        body.append(row(words, top, stations))
        y += 14
    track = f'<path class="edge" d="M{LEFT} {first}V{last}"/>'
    return drawing("tall", f"{TALL_WIDTH} {y}", track + "".join(body))


def setup(app):
    app.add_node(ConceptMap)
    app.add_directive("concept-map", Directive)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
