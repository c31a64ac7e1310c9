"""``{solutions} NUMBER``: the worked solutions of a chapter's items, readable without script; ``{misconceptions}``: who reveals what."""
from html import escape

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .. import practice
from ..explorables import paper

SCROLLED = '<div class="pst-scrollable-table-container">{}</div>'          # as the theme puts around tables


class Solutions(SphinxDirective):
    required_arguments = 1

    def run(self):
        chapter = int(self.arguments[0])
        items = [item for item in practice.ITEMS if practice.number(item) == chapter]
        if not items:
            raise self.error(f"no item belongs to chapter {chapter}")
        return [nodes.raw("", "".join(map(solution, items)), format="html")]


def solution(item):
    listing = f"<pre>{escape(item.code.strip())}</pre>" if isinstance(item, practice.Code) else ""
    lines = "".join(f"<p>{paper.rich(line)}</p>" for line in item.solved().split("\n") if line)
    asked = f"<p><b>{paper.KINDS[item.kind]}.</b> {paper.rich(paper.asked(item))}</p>"
    return f'<section class="ln-solution" id="solution-{item.name}">{asked}{lines}{listing}</section>'


class Misconceptions(SphinxDirective):
    """A table: what somebody believes, and the items that reveal it."""

    def run(self):
        held = {}
        for item in practice.ITEMS:
            if item.misconception:
                held.setdefault(item.misconception, []).append(item)
        rows = "".join(f"<tr><td>“{paper.rich(words)}”</td><td>{', '.join(map(link, items))}</td></tr>" for words, items in held.items())
        head = "<tr><th>What a learner may believe</th><th>The item that shows it</th></tr>"
        table = f'<table class="table ln-beliefs"><thead>{head}</thead><tbody>{rows}</tbody></table>'
        return [nodes.raw("", SCROLLED.format(table), format="html")]


def link(item):
    page = practice.PAGES[practice.number(item)][1]
    anchor = f"practice-{item.name}" if item in practice.on_pages() else f"gate-{practice.number(item)}"
    return f'<a href="{page}#{anchor}">{escape(item.name)}</a>'


def setup(app):
    app.add_directive("solutions", Solutions)
    app.add_directive("misconceptions", Misconceptions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
