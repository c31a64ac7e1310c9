"""One item of the bank, to be answered on the page."""
import ipywidgets
import traitlets

from .. import practice
from . import paper
from .explorable import LOOK, Explorable
from .guess import Guess
from .modules import bundle


class Exercise(Explorable):
    """An item of ``layernorm.practice``: answered on the page or with a kernel, with hints, and with an account of what went wrong.

    Parameters
    ----------
    name : str
        As in the bank.  Raises ``ValueError``, with the nearest names, if there is none.

    ``answered`` becomes True when the answer is known: given, predicted, or looked up.
    """

    _module = "exercise"
    _esm = bundle("exercise/exercise") + "export default $exercise;\n"
    _css = Explorable._css + (LOOK / "practice.css").read_text("utf-8")

    seen = traitlets.Dict().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Bool(False).tag(sync=True)

    def __init__(self, name):
        self._item = practice.find(name)
        seen, key = self._item.card()
        super().__init__(seen=seen, key=paper.seal(key))

    def _shown(self):
        """The explorable that is shown with the answer, or None."""
        if self._item.reveal is None:
            return None
        from . import __dict__ as kinds  # noqa: PLC0415  each of them may be asked for
        kind, inputs = self._item.reveal
        return kinds[kind](**inputs)

    def __repr__(self):
        return f"{paper.KINDS[self._item.kind]}. {paper.asked(self._item)}"

    def _repr_html_(self):
        stands = paper.place("exercise", f"practice-{self._item.name}", self.inputs(), paper.on_paper(self._item))
        shown = self._shown()
        return stands if shown is None else f'{stands}<div class="ln-shown">{shown._repr_html_()}</div>'

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        if self._item.reveal is not None:                         # with a kernel: what comes with the answer is put under it then
            box = ipywidgets.VBox([self])
            self.observe(lambda change: setattr(box, "children", [self, self._shown()]), "answered")
            for name in data:
                if name.startswith("application/vnd.jupyter.widget-view"):
                    data[name] = {**data[name], "model_id": box.model_id}
        return data, metadata


def ask(name):
    """The item as an ungraded question at the end of a section: one guess, and the answer.

    Raises ``ValueError`` if there is no such item, or if it is neither a choice nor one number.
    """
    item = practice.find(name)
    if isinstance(item, practice.Choose):
        options = [plain(option.text) for option in item.options]
        return Guess(plain(item.ask), options, many=item.many, truth=[options[k] for k in item.right()], tell=plain(item.solution))
    if isinstance(item, practice.Compute) and (case := item.cases()[0]).answer.size == 1:
        question, reason = (plain(practice.fill(text, case.given)) for text in (item.ask, item.solution))
        return Guess(question, truth=case.answer[0], tell=reason)
    raise ValueError(f"{name!r} is of the kind {item.kind!r}; a section can end in a choice or in one number")


def plain(text):
    """A card of this kind shows no code."""
    return text.replace("`", "")
