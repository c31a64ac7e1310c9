"""Axes: who shares a mean with whom in a small array."""
import re
from math import prod

import numpy as np
import traitlets

from .. import figures
from .explorable import LOOK, Explorable
from .modules import bundle

_LETTERS = {2: ("B", "d"), 3: ("B", "T", "d"), 4: ("N", "C", "H", "W")}
_WORDS = {2: ("example", "feature"), 3: ("example", "token", "feature"), 4: ("image", "channel", "row", "column")}
_METHODS = {2: ("LN(d)",), 3: ("LN(d)", "LN(T, d)"), 4: ("LN(C, H, W)", "LN(C)")}
_MOST = 160                                                        # cells: more cannot be told apart on a phone


class Axes(Explorable):
    """Who shares a mean with this cell?  Paint the group first; then see it, count the means, and read gamma's shape and the code.

    Parameters
    ----------
    shape : sequence of 2, 3 or 4 positive ints
        (B, d), (B, T, d) or (N, C, H, W).
    methods : sequence of str
        What is offered, in this order: "LN(d)", "LN(T, d)", "RMS(d)" and so on, the letters naming the axes that are averaged over
        (the last ones, or a single one); "BN", "IN", "GN", whose channels are axis 1, of (B, T, d) the features.  "square", for
        images: W = C, and the mean of ``LayerNorm(C)`` runs along the width.  Default: the LayerNorms of the shape.
    method : str
        The one shown; default: the first.
    groups : int that divides the number of channels
        Of "GN".
    cell : sequence of int
        The marked cell; default: near the middle.
    painted : sequence of int
        The cells that the reader has painted, counted through the array; the marked one is not listed.
    stage : "paint", "checked", "gamma" or "done"
        How far the reader has come with this method.

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.
    """

    _module = "axes"
    _css = Explorable._css + (LOOK / "axes.css").read_text("utf-8")
    _esm = bundle("axes/axes") + "export default $axes;\n"

    shape = traitlets.List(traitlets.Int(min=1), default_value=[2, 3, 4]).tag(sync=True)
    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    method = traitlets.Unicode().tag(sync=True)
    groups = traitlets.Int(1, min=1).tag(sync=True)
    cell = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    painted = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    stage = traitlets.Enum(["paint", "checked", "gamma", "done"], "paint").tag(sync=True)

    def __init__(self, shape=(2, 3, 4), methods=None, **inputs):
        self._check_shape(shape)
        shape = list(shape)
        methods = list(_METHODS[len(shape)] if methods is None else methods)
        start = {"method": methods[0] if methods else "", "cell": [(n - 1) // 2 for n in shape]}
        if len(shape) == 3:
            start["cell"] = [0, min(1, shape[1] - 1), min(2, shape[2] - 1)]
        super().__init__(**{"shape": shape, "methods": methods} | start | inputs)

    @property
    def shape_shown(self):
        """The shape of the array on view: ``shape``, but of "square" with W = C."""
        return (*self.shape[:-1], self.shape[1]) if self.method == "square" else tuple(self.shape)

    @property
    def labels(self):
        """For each cell of the array the number of the mean that it uses, from 0; shape ``shape_shown``."""
        shape, axes, index = self.shape_shown, self._axes(self.method), np.indices(self.shape_shown)
        coordinates, sizes = [], []
        for a, n in enumerate(shape):
            if self.method == "GN" and a == self._channel:
                coordinates, sizes = [*coordinates, index[a] // (n // self.groups)], [*sizes, self.groups]
            elif a not in axes:
                coordinates, sizes = [*coordinates, index[a]], [*sizes, n]
        return np.ravel_multi_index(coordinates, sizes) if sizes else np.zeros(shape, int)

    @property
    def companions(self):
        """Who shares a mean with ``cell``, itself among them: booleans of shape ``shape_shown``."""
        labels = self.labels
        return labels == labels[tuple(self.cell)]

    @property
    def means(self):
        """How many means there are."""
        return int(self.labels.max()) + 1

    @property
    def gamma_shape(self):
        """The shape of gamma (torch: weight), and of beta where there is one."""
        shape = self.shape_shown
        return (shape[self._channel],) if self.method in ("BN", "IN", "GN") else tuple(shape[a] for a in self._axes(self.method))

    @property
    def _channel(self):
        return 2 if len(self.shape) == 3 else 1

    def _repr_html_(self):
        html = super()._repr_html_()                               # the page reserves more room for four axes
        return html.replace('class="ln-explorable"', 'class="ln-explorable ax-deep"', 1) if len(self.shape) == 4 else html

    def picture(self):
        return figures.sharing(self.shape_shown, tuple(self.cell), {self._name(): self.companions}, _WORDS[len(self.shape)])

    def _name(self):
        if self.method in ("BN", "IN"):
            return {"BN": "BatchNorm", "IN": "InstanceNorm"}[self.method]
        if self.method == "GN":
            return f"GroupNorm({self.groups}, {self.shape[self._channel]})"
        shape, axes, kind = self.shape_shown, self._axes(self.method), "RMSNorm" if self.method.startswith("RMS") else "LayerNorm"
        if axes[0] + len(axes) == len(shape):
            sizes = tuple(shape[a] for a in axes)
            return f"{kind}({sizes if len(sizes) > 1 else sizes[0]})"
        return f"{kind} over {', '.join(_LETTERS[len(shape)][a] for a in axes)}"

    def _axes(self, method):
        n = len(self.shape)
        if found := re.fullmatch(r"(?:LN|RMS)\((.+)\)", method):
            return sorted(_LETTERS[n].index(letter) for letter in found[1].split(", "))
        if method == "square":
            return [n - 1]
        return [a for a in range(n) if a != self._channel and (method == "BN" or a != 0)]

    @staticmethod
    def _check_shape(shape):
        sizes = isinstance(shape, (list, tuple)) and all(isinstance(n, (int, np.integer)) and n > 0 for n in shape)
        if not sizes or len(shape) not in _LETTERS or prod(shape) > _MOST:
            raise traitlets.TraitError(f"shape must be 2, 3 or 4 positive sizes with at most {_MOST} cells, got {shape!r}")

    @traitlets.observe("shape")
    def _start_again(self, change):
        """What belongs to the old shape gives way to the default of the new one."""
        if not change.old:                                         # the first shape: all else has just been set
            return
        with self.hold_trait_notifications():
            self.painted, self.stage, self.groups = [], "paint", 1
            if len(change.old) != len(change.new):
                self.methods = list(_METHODS[len(change.new)])
                self.method = self.methods[0]
            self.cell = [(n - 1) // 2 for n in self.shape_shown]

    @traitlets.validate("shape")
    def _fits_the_page(self, proposal):
        self._check_shape(proposal.value)
        return proposal.value

    @traitlets.validate("methods")
    def _known(self, proposal):
        n = len(self.shape)
        allowed = {2: {"BN", "GN"}, 3: {"BN", "IN", "GN"}, 4: {"BN", "IN", "GN", "square"}}[n]
        for method in proposal.value:
            found = re.fullmatch(r"(?:LN|RMS)\((.+)\)", method)
            axes = [_LETTERS[n].index(one) if one in _LETTERS[n] else -1 for one in found[1].split(", ")] if found else []
            last = axes == list(range(n - len(axes), n))
            if method not in allowed and not (axes and min(axes) >= 0 and (last or len(axes) == 1)):
                raise traitlets.TraitError(f"methods: {method!r} is none that an array of shape {tuple(self.shape)} has here")
        if not proposal.value:
            raise traitlets.TraitError("methods must name at least one")
        return proposal.value

    @traitlets.validate("method")
    def _offered(self, proposal):
        if proposal.value not in self.methods:
            raise traitlets.TraitError(f"method must be one of {self.methods}, got {proposal.value!r}")
        return proposal.value

    @traitlets.validate("groups")
    def _divides(self, proposal):
        channels = self.shape[self._channel]
        if channels % proposal.value:
            raise traitlets.TraitError(f"groups must divide the number of channels, {channels}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("cell")
    def _inside(self, proposal):
        if len(proposal.value) != len(self.shape) or any(i >= n for i, n in zip(proposal.value, self.shape_shown)):
            raise traitlets.TraitError(f"cell must be an index into shape {self.shape_shown}, got {tuple(proposal.value)}")
        return proposal.value

    @traitlets.validate("painted")
    def _of_the_array(self, proposal):
        if any(flat >= prod(self.shape_shown) for flat in proposal.value):
            raise traitlets.TraitError(f"painted must number cells of shape {self.shape_shown}, got {proposal.value}")
        return proposal.value
