"""The gate of a chapter."""
import traitlets

from .. import practice
from . import paper
from .explorable import LOOK, Explorable
from .modules import bundle


class Gate(Explorable):
    """The gate of a chapter: six items without hints, all to be right, one of them at a second try.

    ``chapter`` is 1 to 5; anything else raises ``ValueError``.
    """

    _module = "gate"
    _esm = bundle("gate/gate") + "export default $gate;\n"
    _css = Explorable._css + (LOOK / "practice.css").read_text("utf-8")

    chapter = traitlets.Int().tag(sync=True)
    items = traitlets.List().tag(sync=True)

    def __init__(self, chapter):
        if chapter not in practice.GATES:
            raise ValueError(f"there is a gate for chapter {', '.join(map(str, practice.GATES))}, not for {chapter!r}")
        self._items = [practice.find(name) for name in practice.GATES[chapter]]
        super().__init__(chapter=chapter, items=[self._asked(item) for item in self._items])

    @staticmethod
    def _asked(item):
        seen, key = item.card()
        title, page = practice.SECTIONS[item.label]
        return {"seen": seen, "key": paper.seal(key), "section": {"title": title, "href": f"{page}.html#{item.label}"}}

    def __repr__(self):
        return f"Gate {self.chapter}: " + "; ".join(item.name for item in self._items)

    def _repr_html_(self):
        questions = "".join(f"<li>{paper.on_paper(item)}</li>" for item in self._items)
        return paper.place("gate", f"gate-{self.chapter}", self.inputs(), f"<ol>{questions}</ol>")
