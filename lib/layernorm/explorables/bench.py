"""The bench of a lab: ipywidgets that run its experiment in the kernel, with progress, a way to stop, and the stored number beside."""
import threading
from html import escape

import ipywidgets as widgets

LIVE = "application/vnd.jupyter.widget-view+json"


class Bench:
    """One field for each input, not bound to the stored values; Run, Stop, progress, and what came out.

    The run has a thread of its own, so that the kernel hears Stop; where there are none (Pyodide) it runs at once.
    A run that is stopped keeps what it has.
    """

    def __init__(self, lab):
        self.lab, self._stopped, self._thread = lab, threading.Event(), None
        inputs = lab.run_of(lab.choice)
        self.fields = {name: _field(name, inputs[name], lab) for name in lab.runs}
        self.run = widgets.Button(description="Run it here", tooltip="Run the experiment with these inputs in this kernel")
        self.stop = widgets.Button(description="Stop", disabled=True, tooltip="Stop, and keep what was computed so far")
        self.progress = widgets.IntProgress(value=0, max=1, layout=widgets.Layout(width="10rem"))
        self.said = widgets.HTML()
        self.run.on_click(lambda _: self.start())
        self.stop.on_click(lambda _: self._stopped.set())
        lab.observe(self._follow, "choice")
        self.widget = widgets.VBox([widgets.HBox([*self.fields.values(), self.run, self.stop, self.progress],
                                                 layout=widgets.Layout(flex_flow="row wrap")), self.said])

    def under(self, lab):
        """What a notebook shows: the lab, and the bench under it."""
        return widgets.VBox([lab, self.widget])._repr_mimebundle_()[LIVE]

    def start(self):
        """Run the experiment with the inputs in the fields."""
        if self.run.disabled:
            return
        inputs = {name: field.value for name, field in self.fields.items()}
        self._stopped.clear()
        self.run.disabled, self.stop.disabled, self.progress.value = True, False, 0
        self._thread = threading.Thread(target=self._work, args=(inputs,), daemon=True)
        try:
            self._thread.start()
        except RuntimeError:                                      # Pyodide has one thread
            self._thread = None
            self._work(inputs)

    def wait(self):
        """Until the run is over."""
        if self._thread:
            self._thread.join()

    def _work(self, inputs):
        try:
            result = self.lab.runs.again(track=self._track, **inputs)
            self.said.value = self._compared(inputs, result)
            if not self._stopped.is_set():
                self.progress.value = self.progress.max           # a network that has learned needs not all its steps
            self.lab.fresh = {"choice": inputs, "result": self.lab.shown(result)}
        except Exception as error:                                # it would end in a log that no reader sees
            kind = "Nothing to show" if self._stopped.is_set() else type(error).__name__
            self.said.value = f"<p>{escape(kind)}: {escape(str(error))}</p>"
        finally:
            self.run.disabled, self.stop.disabled = False, True

    def _track(self, items):
        items = list(items)
        self.progress.max = len(items)
        for done, item in enumerate(items, 1):
            if self._stopped.is_set():
                return
            yield item
            self.progress.value = done

    def _compared(self, inputs, result):
        try:
            stored = self.lab.runs.at(**inputs)
        except ValueError:
            stored = None
        here, there = self.lab.summary(result), self.lab.summary(stored) if stored else {}
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{value:.4g}</td><td>{f'{there[name]:.4g}' if name in there else '–'}</td></tr>"
                       for name, value in here.items())
        if self._stopped.is_set():
            verdict = f"Stopped at {self.progress.value} of {self.progress.max}."
        elif stored is None:
            verdict = "Not among the stored inputs: this number is only yours."
        else:
            verdict = "Both agree." if self.lab.runs.agrees(result, **inputs) else "They differ."
        return f"<table><thead><tr><td></td><th>here</th><th>stored</th></tr></thead><tbody>{rows}</tbody></table><p>{verdict}</p>"

    def _follow(self, change):
        for name, value in self.lab.run_of(change.new).items():
            if name not in self.lab.apart:
                self.fields[name].value = value


def _field(name, value, lab):
    values = lab.runs[name]
    options = {"description": lab.labels.get(name, name), "value": value, "style": {"description_width": "initial"}}
    if isinstance(values[0], str):
        return widgets.Dropdown(options=list(values), **options)
    kind = widgets.BoundedIntText if all(isinstance(value, int) for value in values) else widgets.BoundedFloatText
    return kind(min=min(values), max=max(values), step=min(values), **options)
