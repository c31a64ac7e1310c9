"""Labs: what an experiment gives for every combination of its inputs, stored on the page; and run again where there is a kernel."""
import json
from html import escape
from urllib.parse import quote

import traitlets

from .. import experiments, figures
from ..experiments.stored import rounded
from ..figures.picture import plain_number
from .bench import LIVE, Bench
from .explorable import LOOK, Explorable
from .modules import bundle


class Lab(Explorable):
    """Controls over the stored results of one experiment.

    A page without a kernel and a kernel show the same controls over the same table, drawn by the same module; a kernel adds a
    bench of ipywidgets under it, where the experiment is run for these inputs or for others.  A subclass names its
    ``experiment`` and ``_module``, words for each input, and what of a result its module draws.
    """

    _css = Explorable._css + (LOOK / "lab.css").read_text("utf-8")
    experiment = ""
    labels = {}                                                   # of inputs whose name is no label
    texts = {}                                                    # {input: {value: what stands for it}}, where it is not the value itself
    start = {}                                                    # the inputs at the beginning; the first values where not named

    title = traitlets.Unicode().tag(sync=True)
    controls = traitlets.List().tag(sync=True)
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

    def __init__(self, **choice):
        self.runs = experiments.load(self.experiment)
        first = {name: values[0] for name, values in self.runs.items()}
        table = [self.shown(entry["result"]) for entry in self.runs.content["entries"]]
        controls = [self._control(name) for name in self.runs]
        super().__init__(controls=controls, table=table, choice=first | self.start | choice, **self.words())
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
        return self.runs.at(**self.choice)

    @property
    def bench(self):
        """The controls that run the experiment here; ipywidgets, so they need a kernel."""
        self._bench = self._bench or Bench(self)
        return self._bench

    def _control(self, name):
        values = list(self.runs[name])
        texts = [self.texts.get(name, {}).get(value, value) for value in values]
        return {"name": name, "label": self.labels.get(name, name), "values": values,
                "texts": [text if isinstance(text, str) else plain_number(text, 6) for text in texts]}

    @traitlets.validate("choice")
    def _stored(self, proposal):
        choice = {name: proposal.value.get(name) for name in self.runs} | proposal.value
        try:
            self.runs.at(**choice)
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
        head = "".join(f"<th scope=\"col\">{text}</th>" for text in across["texts"])
        rows = []
        for entry in self.runs.experiment.entries():
            if entry[first] == across["values"][0]:
                fixed = {name: entry[name] for name in others}
                cells = [next(iter(self.summary(one).values())) for one in self.runs.over(first, **fixed)]
                rows.append(f"<tr><th scope=\"row\">{', '.join(map(str, fixed.values()))}</th>"
                            + "".join(f"<td>{_plain(cell)}</td>" for cell in cells) + "</tr>")
        return (f'<div class="ln-lab-table"><table><caption>{escape(what)}, by {escape(across["label"])}</caption>'
                f'<thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>')

    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return (data | {LIVE: self.bench.under(self)} if LIVE in data else data), metadata


class StepLab(Lab):
    """How large a step does gradient descent bear?  The size of the pixels against what is done before the linear map.

    Parameters
    ----------
    pixels : one of 0.001, 0.01, 0.1, 1, 10, 100
    before : "raw", "divided by 16", "LayerNorm" or "standardized"

    ``result`` is the stored result of ``experiments.stable_step`` for them.
    Raises ``traitlets.TraitError`` for any other value, and keeps those that it had.
    """

    _module = "steplab"
    _esm = bundle("steplab/steplab") + "export default $steplab;\n"
    experiment = "stable_step"
    labels = {"pixels": "Pixels ×", "before": "What the map sees"}
    texts = {"before": {"divided by 16": "÷ 16"}}
    start = {"pixels": 1}

    def words(self):
        at = self.runs.at
        smaller = at(pixels=1, before="raw")["largest"] / at(pixels=10, before="raw")["largest"]
        options = {"1: it stays": 1, "10": 10, "100": 100}
        return {"title": "How large a step does descent bear?",
                "ask": "Make all pixels ten times as large: by what is the largest stable step for raw pixels divided?",
                "options": list(options), "right": [i for i, times in enumerate(options.values()) if abs(smaller / times - 1) < 0.01],
                "tell": "λ, the largest eigenvalue of XᵀX/n, grows as the square. Try it; then LayerNorm.",
                "facts": {"relative": list(experiments.steps.RELATIVE), "times": list(experiments.steps.TIMES)}}

    def summary(self, result):
        names = {"largest stable step 2/λ": result["largest"], "condition number κ": result["condition"]}
        for name, run in (("left after 300 steps, 1 % below", "below"), ("left after 300 steps, 1 % above", "above")):
            if result[run]:
                names[name] = result[run][-1]
        return names

    def picture(self):
        pixels, before = self.choice["pixels"], self.choice["before"]
        results = {name: self.runs.at(pixels=pixels, before=name) for name in self.runs["before"]}
        return figures.stable_steps(experiments.steps.RELATIVE, results, before)


def _plain(value):
    return plain_number(value, 3) if 1e-3 <= abs(value) < 1e4 else f"{value:.2e}"
