"""The Circle: where normalizing puts a point with three features, and what flows back from there."""
import numpy as np
import traitlets

from .. import figures
from ..functional import layer_norm, layer_norm_backward, rms_norm, rms_norm_backward
from .explorable import LOOK, Explorable, Vector
from .modules import bundle

_START = {"forward": [2.0, 0.0, 4.0], "backward": [0.0, 0.0, 6.0], "rms": [2.0, 0.0, 4.0]}

PRESETS = {"forward": ("Slide", "Stretch", "−x", "Constant", "Nearly constant", "Cloud", "γ, β"),
           "backward": ("Pull y₁", "Pull all", "Pull y₃", "Other x", "10x"), "rms": ("Slide", "Stretch", "−x", "Constant", "Cloud")}


class Circle(Explorable):
    """Where can LayerNorm put a point?  Three features as a space: drag ``x``, turn the ground, read the numbers beside it.

    Parameters
    ----------
    x : sequence of 3 finite numbers
        Default: (2, 0, 4); in backward mode (0, 0, 6).
    g : sequence of 3 finite numbers
        The gradient that reaches x_hat (gamma * dy).
    mode : "forward", "backward" or "rms"
        x on its way to the circle; g on its way back, step by step; RMSNorm, which has a sphere and no plane.
    gamma, beta : sequences of 3 finite numbers
        Other than ones and zeros, they turn the circle into an ellipse.
    eps : float >= 0
        Default: 1e-5; in backward mode 0, where nothing is left along x_hat, exactly.
    step : int from 0 to 3
        Backward: g as it arrives, without its part along 1, without its part along x_hat, divided by sigma.
    turn, tilt : float, degrees
        Where one looks from: turned about the ones axis; 0 from the side to 90 along the axis.
    presets : sequence of str
        Those that are offered, in this order; default: all of the mode.
    cloud : bool
        Sixty vectors at random and what becomes of them.

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.
    """

    _module = "circle"
    _css = Explorable._css + (LOOK / "circle.css").read_text("utf-8")
    _esm = bundle("circle/circle") + "export default $circle;\n"

    mode = traitlets.Enum(["forward", "backward", "rms"], "forward").tag(sync=True)
    x = Vector(default_value=_START["forward"]).tag(sync=True)
    g = Vector(default_value=[1.0, 0.0, 0.0]).tag(sync=True)
    gamma = Vector(default_value=[1.0, 1.0, 1.0]).tag(sync=True)
    beta = Vector(default_value=[0.0, 0.0, 0.0]).tag(sync=True)
    eps = traitlets.Float(1e-5, min=0.0).tag(sync=True)
    step = traitlets.Int(0, min=0, max=3).tag(sync=True)
    turn = traitlets.Float(-40.0, min=-180.0, max=180.0).tag(sync=True)
    tilt = traitlets.Float(24.0, min=0.0, max=90.0).tag(sync=True)
    cloud = traitlets.Bool(False).tag(sync=True)
    preset = traitlets.Unicode("").tag(sync=True)
    presets = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, x=None, g=(1, 0, 0), mode="forward", *, eps=None, **inputs):
        if x is None:
            x = _START.get(mode, _START["forward"])
        if eps is None:
            eps = 0.0 if mode == "backward" else 1e-5
        view = {"turn": -35.0, "tilt": 35.0} if mode == "backward" else {}      # from further above: there the circle is what counts
        super().__init__(x=x, g=g, mode=mode, eps=eps, **view | inputs)

    @property
    def x_hat(self):
        """The normalized vector, computed from the inputs as they are now; shape (3,)."""
        return (rms_norm if self.mode == "rms" else layer_norm)(self.x, eps=self.eps)

    @property
    def y(self):
        """The output, gamma * x_hat + beta; shape (3,)."""
        return self.x_hat * self.gamma + self.beta

    @property
    def dx(self):
        """What x feels of g; shape (3,)."""
        forward, backward = (rms_norm, rms_norm_backward) if self.mode == "rms" else (layer_norm, layer_norm_backward)
        _, *kept = forward(self.x, eps=self.eps, return_stats=True)
        return backward(self.g, self.x, *kept)[0]

    def picture(self):
        return figures.space(np.array(self.x), self.x_hat, self.mode, g=np.array(self.g), dx=self.dx, turn=self.turn, tilt=self.tilt)

    @traitlets.validate("presets")
    def _offered(self, proposal):
        known = PRESETS[self.mode]
        if strange := [name for name in proposal.value if name not in known]:
            raise traitlets.TraitError(f"presets {strange} are none of {', '.join(known)}")
        return proposal.value

    @traitlets.validate("x", "g", "gamma", "beta")
    def _three(self, proposal):
        if len(proposal.value) != 3:
            raise traitlets.TraitError(f"{proposal.trait.name} must have 3 numbers, got {len(proposal.value)}")
        return proposal.value
