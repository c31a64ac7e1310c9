"""What is due today, and how far a learner has come."""
import re
from html import escape

import traitlets

from .. import practice
from . import paper
from .explorable import LOOK, Explorable
from .modules import bundle


class Due(Explorable):
    """What is due today; with ``whole``, also how far each chapter has come, and the file that carries it to another browser."""

    _module = "due"
    _esm = bundle("due/due") + "export default $due;\n"
    _css = Explorable._css + (LOOK / "practice.css").read_text("utf-8")

    whole = traitlets.Bool(False).tag(sync=True)
    items = traitlets.List().tag(sync=True)
    chapters = traitlets.List().tag(sync=True)

    def __init__(self, whole=False):
        items = [{"name": item.name, "kind": item.kind, "concept": item.concept, "asks": beginning(without_numbers(item)),
                  "chapter": practice.number(item), "href": f"{practice.PAGES[practice.number(item)][1]}#practice-{item.name}"}
                 for item in practice.on_pages() if item.kind != "code"]
        chapters = [{"number": number, "title": title, "href": address} for number, (title, address) in practice.PAGES.items()]
        super().__init__(whole=whole, items=items, chapters=chapters)

    def __repr__(self):
        return f"What is due, of {len(self.items)} items"

    def _repr_html_(self):
        links = "".join(f'<li><a href="{escape(one["href"])}">{escape(one["title"])}</a></li>' for one in self.chapters)
        return paper.place("due", "due", self.inputs(), f"<p>Practice, chapter by chapter:</p><ul>{links}</ul>")


def without_numbers(item):
    """The question; where others are drawn each time, "…" stands for its numbers."""
    return re.sub(r"\{\w+\}", "…", item.ask) if isinstance(item, practice.Compute) else item.ask


def beginning(text, most=58):
    """The first words of a question."""
    text = text.replace("`", "")
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
