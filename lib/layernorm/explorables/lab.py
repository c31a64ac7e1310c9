"""Labs: what an experiment gives for every combination of its inputs, stored on the page; and run again where there is a kernel."""
import json
from html import escape
from urllib.parse import quote

import traitlets

from .. import experiments
from ..experiments.stored import rounded
from ..figures.picture import plain_number
from .bench import LIVE, Bench
from .explorable import LOOK, Explorable


class Lab(Explorable):
    """Controls over the stored results of one experiment.

    A page without a kernel and a kernel show the same controls over the same table, drawn by the same module; a kernel adds a
    bench of ipywidgets under it, where the experiment is run for these inputs or for others.  A subclass names its
    ``experiment`` and ``_module``, words for each input, and what of a result its module draws.
    """

    _css = Explorable._css + (LOOK / "lab.css").read_text("utf-8")
    experiment = ""
    labels = {}                                                   # of inputs whose name is no label
    units = {}                                                    # {input: what its numbers count}
    texts = {}                                                    # {input: {value: what stands for it}}, where it is not the value itself
    more = {}                                                     # {control: values that no run has}: of an input, or all of them
    start = {}                                                    # the choice at the beginning; the first values where not named
    apart = {}                                                    # inputs that have no control, as all is drawn: where the bench begins

    title = traitlets.Unicode().tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    grid = traitlets.Dict().tag(sync=True)
    table = traitlets.List().tag(sync=True)
    facts = traitlets.Dict().tag(sync=True)
    choice = traitlets.Dict().tag(sync=True)
    fresh = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    ask = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    right = traitlets.List(traitlets.Int()).tag(sync=True)
    tell = traitlets.Unicode().tag(sync=True)
    guess = traitlets.List(traitlets.Int()).tag(sync=True)
    kept = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *values, **choice):
        if values:
            raise TypeError(f"{type(self).__name__} takes its inputs by name: {', '.join(experiments.load(self.experiment))}")
        self.runs = experiments.load(self.experiment)
        shown = (name for name in self.runs if name not in self.apart)
        self.names = [*(name for name in self.more if name not in self.runs), *sorted(shown, key=self.more.__contains__)]
        controls = [self._control(name) for name in self.names]
        first = {control["name"]: control["values"][0] for control in controls}
        table = [self.shown(entry["result"]) for entry in self.runs.content["entries"]]
        super().__init__(controls=controls, grid={name: list(values) for name, values in self.runs.items()}, table=table,
                         choice=first | self.start | choice, **self.words())
        self._bench = None

    def words(self):
        """Title and question: ``title``, and ``ask``, ``options``, ``right``, ``tell`` if there is a guess; ``facts`` for the module."""
        raise NotImplementedError

    def shown(self, result):
        """What the module needs of a result; a curve is drawn from four digits."""
        return {name: rounded(value, 4) if isinstance(value, list) else value for name, value in result.items()}

    def summary(self, result):
        """{words: number} of a result, to compare one that was run here with the stored one."""
        raise NotImplementedError

    @property
    def result(self):
        """The stored result for the inputs as they are chosen now."""
        return self.runs.at(**self.run_of(self.choice))

    def run_of(self, choice):
        """The inputs of the run that a choice stands for."""
        return self.apart | {name: value for name, value in choice.items() if name in self.runs or name not in self.more}

    @property
    def bench(self):
        """The controls that run the experiment here; ipywidgets, so they need a kernel."""
        self._bench = self._bench or Bench(self)
        return self._bench

    def _control(self, name):
        values = [*self.runs.get(name, ()), *self.more.get(name, ())]
        texts = [self.texts.get(name, {}).get(value, value) for value in values]
        return {"name": name, "label": self.labels.get(name, name), "values": values,
                "texts": [text if isinstance(text, str) else plain_number(text, 6) for text in texts],
                **({"unit": self.units[name]} if name in self.units else {})}

    @traitlets.validate("choice")
    def _stored(self, proposal):
        choice = {name: proposal.value.get(name) for name in self.names} | proposal.value
        try:
            for name in self.more.keys() - self.runs.keys():
                if choice[name] not in self.more[name]:
                    raise ValueError(f"{name} must be one of {', '.join(map(repr, self.more[name]))}; got {choice[name]!r}")
            self.runs.at(**self.run_of(choice))
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(f"choice: {error}") from None
        return choice

    def _repr_html_(self):
        picture = self.picture()
        address = "data:image/svg+xml," + quote(picture.svg, safe=" !$()*+,-./:;=?@_~'")
        inputs = escape(json.dumps(self.inputs(), separators=(",", ":")), quote=False).replace("'", "&#x27;")
        return (f'<div class="ln-explorable" data-explorable="{self._module}" data-inputs=\'{inputs}\'>'
                f'<img src="{address}" alt="{escape(picture.alt)}">{self._written()}</div>')

    def _written(self):
        """All stored combinations as one table: the first input's values across, those of the others down."""
        first, *others = self.runs
        across = self._control(first)
        (what, _), *_ = self.summary(self.result).items()
        rows = {}
        for entry in self.runs.experiment.entries():
            if entry[first] == across["values"][0]:
                fixed = {name: entry[name] for name in others}
                found = [self.summary(one)[what] for one in self.runs.over(first, **fixed)]
                rows[", ".join(map(str, fixed.values()))] = found
        return table(f"{what}, by {across['label']}", across["texts"], rows)

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return (data | {LIVE: self.bench.under(self)} if LIVE in data else data), metadata


def table(caption, columns, rows):
    """HTML of numbers, ``rows``: {what stands before a row: its numbers}."""
    head = "".join(f'<th scope="col">{text}</th>' for text in columns)
    body = "".join(f'<tr><th scope="row">{escape(words)}</th>' + "".join(f"<td>{plain(v)}</td>" for v in numbers) + "</tr>"
                   for words, numbers in rows.items())
    return (f'<div class="ln-lab-table"><table><caption>{escape(caption)}</caption><thead><tr><td></td>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def plain(value):
    return plain_number(value, 3) if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.2e}"
