"""Layer: one small neural layer, and the gradient of each of its weights."""
import numpy as np
import traitlets

from .. import figures
from .explorable import LOOK, Explorable, Vector
from .modules import bundle

PRESETS = ["One feature", "All features", "One push", "Shut ReLU", "Once more"]


class _Weights(traitlets.List):
    """2 rows of 3 finite numbers up to 100 in size."""

    def validate(self, obj, value):
        try:
            table = np.asarray(value)
            table = table.astype(float) if table.dtype.kind in "biuf" else np.empty(0)
        except (TypeError, ValueError):
            table = np.empty(0)
        if table.shape != (2, 3) or not (np.abs(table) <= 100).all():
            raise traitlets.TraitError(f"{self.name} must be 2 rows of 3 numbers up to 100 in size, got {value!r}")
        return super().validate(obj, table.tolist())


class Layer(Explorable):
    """What makes a gradient large?  One layer, y = ReLU(W x + b), and what a push at its outputs does to every weight.

    With dz = dy where z = W x + b is positive and 0 elsewhere: dW = outer(dz, x), db = dz, dx = Wᵀ dz.

    Parameters
    ----------
    x : sequence of 3 numbers up to 10000 in size
        The input.
    W, b : 2 rows of 3 numbers, and 2 numbers, up to 100 in size
        Weights and biases, torch's ``weight`` and ``bias`` of ``Linear(3, 2)``.
    dy : sequence of 2 numbers up to 100 in size
        The gradient of the loss that comes back to the outputs.
    preset : str
        Which question is asked: "One feature", "All features", "One push", "Shut ReLU" or "Once more".

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.
    """

    _module = "layer"
    _css = Explorable._css + (LOOK / "layer.css").read_text("utf-8")
    _esm = bundle("layer/layer") + "export default $layer;\n"

    x = Vector(default_value=[1.0, 4.0, -2.0], size=1e4).tag(sync=True)
    W = _Weights(default_value=[[2.0, 1.0, -1.0], [1.0, 1.0, 0.5]]).tag(sync=True)
    b = Vector(default_value=[0.5, -1.0], size=100).tag(sync=True)
    dy = Vector(default_value=[1.0, -0.5], size=100).tag(sync=True)
    preset = traitlets.Enum(PRESETS, PRESETS[0]).tag(sync=True)

    @property
    def z(self):
        """What ReLU receives, W x + b; shape (2,)."""
        return np.array(self.W) @ self.x + self.b

    @property
    def y(self):
        """The output, ReLU(z); shape (2,)."""
        return np.maximum(0, self.z)

    @property
    def dz(self):
        """The push that ReLU lets through: dy where z > 0, else 0; shape (2,)."""
        return np.where(self.z > 0, self.dy, 0.0)

    @property
    def dW(self):
        """The gradient of the weights, outer(dz, x); shape (2, 3)."""
        return np.outer(self.dz, self.x)

    @property
    def db(self):
        """The gradient of the biases, dz; shape (2,)."""
        return self.dz

    @property
    def dx(self):
        """The gradient of the input, Wᵀ dz; shape (3,)."""
        return np.array(self.W).T @ self.dz

    def picture(self):
        return figures.layer(np.array(self.x), self.y, self.dz, self.dx)

    @traitlets.validate("x", "b", "dy")
    def _sizes(self, proposal):
        name, wanted = proposal.trait.name, 3 if proposal.trait.name == "x" else 2
        if len(proposal.value) != wanted:
            raise traitlets.TraitError(f"{name} must have {wanted} numbers, got {len(proposal.value)}")
        return proposal.value
