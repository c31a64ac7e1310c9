"""Results that were computed once and are kept: what was run, with which code, and every number that came out.

They stand inside the package, so that a chapter, Binder, JupyterLite and whoever installed a wheel read them alike.
"""
import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from inspect import signature
from itertools import product
from platform import python_version
from typing import Any

import numpy as np

from .reach import reached

RESULTS = files(__package__) / "results"
COMMAND = "python -m layernorm.experiments"


@dataclass(frozen=True)
class Experiment:
    """A function of keywords that returns plain numbers, and the values of each keyword for which its result is stored.

    A function that draws random numbers has a parameter ``rng``; its grid has ``seed`` instead, so that each seed's
    number is stored.  ``needs`` names the distributions whose versions are stored; floats keep ``digits`` significant
    digits, and a number that was computed again agrees if it is off by no more than the share ``tolerance``.  ``at_once``
    names the input of which the function takes several values, to give a list of results.
    """

    run: Callable[..., Mapping[str, Any]]
    grid: Mapping[str, tuple]
    needs: tuple[str, ...] = ("numpy", "scikit-learn")
    digits: int = 6
    tolerance: float = 1e-4
    at_once: str = ""

    def entries(self):
        """All combinations of inputs, the last one changing fastest."""
        return [dict(zip(self.grid, values)) for values in product(*self.grid.values())]

    def groups(self, entries):
        """``entries`` by what is computed in one call: those that differ in ``at_once`` alone stand together."""
        found = {}
        for entry in entries:
            found.setdefault(tuple(value for name, value in entry.items() if name != self.at_once), []).append(entry)
        return list(found.values())

    def results(self, group):
        """The results of a group of entries."""
        if len(group) == 1:
            return [self.result(**group[0])]
        return self.result(**group[0] | {self.at_once: [entry[self.at_once] for entry in group]})

    def result(self, *, track=iter, **inputs):
        """What the function returns for these inputs, as it is stored; on one thread, so that sums have one order."""
        given = dict(inputs)
        if "rng" in signature(self.run).parameters:
            given["rng"] = np.random.default_rng(given.pop("seed"))
        if "track" in signature(self.run).parameters:
            given["track"] = track
        with _one_thread("torch" in self.needs):
            return rounded(self.run(**given), self.digits)

    def code(self):
        """{name: hash} of the function and of all code of this package that it reaches."""
        return reached(f"{self.run.__module__}.{self.run.__qualname__}")

    def heading(self):
        """What must not have changed if a stored result shall hold."""
        return {"grid": {name: list(values) for name, values in self.grid.items()}, "code": self.code()}

    def versions(self):
        return {"python": python_version(), **{name: version(name) for name in self.needs}}


class Stored(Mapping):
    """The stored results of one experiment: ``at(**inputs)`` reads one, ``again(**inputs)`` computes it anew.

    As a mapping: input names and their stored values.
    """

    def __init__(self, name, experiment, content):
        self.name, self.experiment, self.content = name, experiment, content
        self.grid = {key: tuple(values) for key, values in content["grid"].items()}
        self._results = {tuple(entry["inputs"].values()): entry["result"] for entry in content["entries"]}

    def __getitem__(self, name):
        return self.grid[name]

    def __iter__(self):
        return iter(self.grid)

    def __len__(self):
        return len(self.grid)

    def __repr__(self):
        sizes = " × ".join(f"{len(values)} {key}" for key, values in self.grid.items())
        return f"{self.name}: {len(self._results)} stored results, {sizes}"

    def at(self, **inputs):
        """The stored result for one value of each input.

        Raises ``TypeError`` for an input that is missing or not known, ``ValueError`` for a value that was not run.
        """
        if inputs.keys() != self.grid.keys():
            raise TypeError(f"{self.name} is stored by {', '.join(self.grid)}; got {', '.join(inputs) or 'nothing'}")
        for key, value in inputs.items():
            if value not in self.grid[key]:
                raise ValueError(f"{self.name} was run for {key} = {', '.join(map(repr, self.grid[key]))}; got {value!r}")
        return self._results[tuple(inputs[key] for key in self.grid)]

    def over(self, name, **inputs):
        """The stored results for all values of the input ``name``, the others fixed."""
        return [self.at(**inputs, **{name: value}) for value in self.grid[name]]

    def again(self, *, track=iter, **inputs):
        """The same computed here and now; any values that the function takes."""
        return self.experiment.result(track=track, **inputs)

    def agrees(self, fresh, **inputs):
        """True if the result ``fresh`` has the stored numbers, up to the tolerance of the experiment."""
        return same(fresh, self.at(**inputs), self.experiment.tolerance)


@contextmanager
def _one_thread(torch_too):
    """NumPy's libraries, and torch if it is used, on one thread; afterwards as before."""
    from threadpoolctl import threadpool_limits
    with threadpool_limits(1):
        if not torch_too:
            yield
            return
        import torch
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def read(name, folder=RESULTS):
    """The content of the result file of an experiment."""
    try:
        return json.loads((folder / f"{name}.json").read_text("utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"{name} has no stored results yet: run `{COMMAND} --only {name}`") from None


def stale(experiment, content):
    """Why stored results do not hold for the experiment as it is now; "" if they do."""
    heading = experiment.heading()
    if content["grid"] != heading["grid"]:
        return "its grid of inputs changed"
    then, now = content["code"], heading["code"]
    if changed := sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)):
        return f"code that it reaches changed: {', '.join(changed)}"
    if [entry["inputs"] for entry in content["entries"]] != experiment.entries():
        return "not every combination of its inputs is stored"
    return ""


def rounded(value, digits):
    """Plain Python values, floats to so many significant digits: what JSON can hold and another machine can repeat."""
    if isinstance(value, Mapping):
        return {str(key): rounded(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [rounded(one, digits) for one in value]
    if value is None or isinstance(value, bool | np.bool_ | str):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    if not np.isfinite(number):
        raise ValueError(f"{number} cannot be stored: let the experiment say in words or with None what happened")
    return float(f"{number:.{digits}g}")


def same(one, other, tolerance):
    """True if two results have one form and their numbers agree up to the share ``tolerance``."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key], tolerance) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b, tolerance) for a, b in zip(one, other))
    if any(isinstance(value, bool | str | list | Mapping | None) for value in (one, other)):
        return one == other
    return abs(one - other) <= tolerance * max(abs(one), abs(other))
