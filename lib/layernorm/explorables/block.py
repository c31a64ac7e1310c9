"""Block: one token changes; which rows of a Transformer block notice."""
import math

import numpy as np
import traitlets

from .. import figures
from .explorable import LOOK, Explorable, Vector
from .modules import bundle

LIMIT, FEWEST, MOST = 100.0, 2, 6                                  # of |x|, and of the tokens
WIDTH, HEADS, HIDDEN, EPS = 4, 2, 8, 1e-5
SHAPES = {"attention.qkv.weight": (3 * WIDTH, WIDTH), "attention.qkv.bias": (3 * WIDTH,),
          "attention.out.weight": (WIDTH, WIDTH), "attention.out.bias": (WIDTH,),
          "mlp.up.weight": (HIDDEN, WIDTH), "mlp.up.bias": (HIDDEN,),
          "mlp.down.weight": (WIDTH, HIDDEN), "mlp.down.bias": (WIDTH,)}
X = ((0.9, -0.4, 1.6, 0.3), (-1.2, 0.7, 0.2, -0.5), (1.4, 0.3, -0.8, 0.6), (0.1, -1.5, 0.8, 1.1), (-0.6, 1.3, -1, 0.5))
NEW = (-0.9, 1.2, 0.4, -1.6)


class Tokens(traitlets.List):
    """2 to 6 rows of 4 numbers from -100 to 100."""

    def validate(self, obj, value):
        tokens = _numbers(value)
        fits = tokens.ndim == 2 and FEWEST <= len(tokens) <= MOST and tokens.shape[1] == WIDTH
        if not fits or not np.abs(tokens).max() <= LIMIT:          # of NaN neither is true
            raise traitlets.TraitError(f"{self.name} must be {FEWEST} to {MOST} rows of {WIDTH} numbers "
                                       f"from -{LIMIT:g} to {LIMIT:g}, got {value!r}")
        return super().validate(obj, tokens.tolist())


class Weights(traitlets.Dict):
    """The matrices and biases of a block by torch's names, each of its shape."""

    def validate(self, obj, value):
        if not isinstance(value, dict) or set(value) != set(SHAPES):
            got = list(value) if isinstance(value, dict) else value
            raise traitlets.TraitError(f"{self.name} must have exactly the names {', '.join(SHAPES)}, got {got!r}")
        arrays = {name: _numbers(value[name]) for name in SHAPES}
        for name, array in arrays.items():
            if array.shape != SHAPES[name] or not np.isfinite(array).all():
                raise traitlets.TraitError(f"{self.name}[{name!r}] must be finite numbers of shape {SHAPES[name]}, got {value[name]!r}")
        return super().validate(obj, {name: array.tolist() for name, array in arrays.items()})


class Block(Explorable):
    """Whose numbers change when one token does?  A Transformer block of 4 features, 2 heads and 8 hidden units, every stage in sight.

    Attention mixes tokens; normalization, MLP and the sums work on each token alone.  What is drawn is
    ``layernorm.models.Block`` with GELU, gamma = 1, beta = 0 and eps = 1e-5, in float64.  Needs torch.

    Parameters
    ----------
    x : 2 to 6 rows of 4 numbers from -100 to 100, optional
        One row a token.
    placement : "pre", "post" or "none"
        x + F(LN(x)), LN(x + F(x)) or x + F(x).  An explorable that begins with "none" offers no other.
    causal : bool
        Whether a token sees itself and earlier ones only.
    seed : int >= 0
        Of the weights.
    token : int
        The token, counted from 1, that is given other numbers; default: 3, or the last.
    new : 4 numbers
        What it becomes when it gets "new numbers".
    start : rows as x
        What the questions and Reset begin with; default: x as first given.
    before : rows as x
        What x is compared with: outlined is what differs; default: ``start``.
    question : "rows", "where" or ""
        "rows": the token gets new numbers; whose rows change after attention?  "where": 1 is added to all its numbers; which stage
        is the first to change another token's row?  "": none, the reader's own changes.  A change of ``x`` while a question is
        open ends it.
    told : bool
        Whether the question has been answered.
    weights : dict
        By the names of ``state_dict``; default: drawn from ``seed``, N(0, 2 / (inputs + outputs)) as Xavier's rule has it, biases
        from N(0, 0.1²), rounded to 3 decimals.

    Raises ``traitlets.TraitError`` for anything else, and keeps the value that it had.  Another number of tokens begins anew:
    ``start`` and ``before`` follow.
    """

    _module = "block"
    _css = Explorable._css + (LOOK / "block.css").read_text("utf-8")
    _esm = bundle("block/block") + "export default $block;\n"

    x = Tokens(default_value=[list(map(float, row)) for row in X]).tag(sync=True)
    before = Tokens().tag(sync=True)
    start = Tokens().tag(sync=True)
    token = traitlets.Int().tag(sync=True)
    new = Vector(default_value=list(NEW), size=LIMIT).tag(sync=True)
    placement = traitlets.Enum(["pre", "post", "none"], "pre").tag(sync=True)
    causal = traitlets.Bool(False).tag(sync=True)
    question = traitlets.Enum(["rows", "where", ""], "rows").tag(sync=True)
    told = traitlets.Bool(False).tag(sync=True)
    weights = Weights().tag(sync=True)
    seed = traitlets.Int(0, min=0)

    def __init__(self, x=None, placement="pre", causal=False, seed=0, **inputs):
        given = inputs if x is None else {"x": x, **inputs}
        self._begun = False
        super().__init__(placement=placement, causal=causal, seed=seed, **given)
        self._begun = True

    @property
    def stages(self):
        """What each stage gives, (T, 4) by name and in the order of computation, from "x" to "attention_sum" and "mlp_sum".

        "attention_norm" and "mlp_norm" are left out where there is none.
        """
        return self._stages(self.x)

    @property
    def y(self):
        """The output of the block, an array of the shape of x."""
        return list(self.stages.values())[-1]

    def picture(self):
        x, before = self.x, self.before
        if x == before:
            x = [self.new if k == self.token - 1 else row for k, row in enumerate(x)]
        return figures.block(self._stages(before), self._stages(x), causal=self.causal)

    def _stages(self, x):
        import torch

        from ..models import Block as Network

        network = Network(WIDTH, HEADS, hidden=HIDDEN, placement=self.placement, causal=self.causal, eps=EPS).double()
        network.load_state_dict({name: torch.tensor(value, dtype=torch.float64) for name, value in self.weights.items()}, strict=False)
        got, gave = {}, {}

        def tap(name):
            def keep(module, given, output):
                got[name], gave[name] = given[0], output
            return keep

        names = ["attention_norm", "attention", "mlp_norm", "mlp"] if self.placement != "none" else ["attention", "mlp"]
        for name in names:
            getattr(network, name).register_forward_hook(tap(name))
        with torch.no_grad():
            given = torch.tensor([x], dtype=torch.float64)                       # (1, T, d)
            last = network(given)
        sums = {"pre": ("mlp_norm", None), "post": ("attention_norm", "mlp_norm"), "none": ("mlp", None)}[self.placement]
        every = {"x": given, **gave, "attention_sum": got[sums[0]], "mlp_sum": got[sums[1]] if sums[1] else last}
        return {name: every[name][0].numpy() for name in ORDER[self.placement]}  # (T, d) each

    @traitlets.default("weights")
    def _drawn(self):
        import torch

        generator = torch.Generator().manual_seed(self.seed)
        numbers = {name: torch.randn(shape, generator=generator, dtype=torch.float64).numpy() for name, shape in SHAPES.items()}
        return {name: (array * _scale(name)).round(3).tolist() for name, array in numbers.items()}

    @traitlets.default("start")
    def _as_given(self):
        return self.x

    @traitlets.default("before")
    def _as_at_the_start(self):
        return self.start

    @traitlets.default("token")
    def _third(self):
        return min(3, len(self.x))

    @traitlets.observe("seed")
    def _draw_again(self, change):
        if self._begun:                                            # weights that were given stay
            self.weights = self._drawn()

    @traitlets.observe("x")
    def _follow(self, change):
        if not change.old:                                         # the first tokens: all else has just been set
            return
        with self.hold_trait_notifications():
            if len(change.old) != len(self.x):
                self.start, self.before, self.token = self.x, self.x, min(self.token, len(self.x))
            if not self.told and self.x != self.start:
                self.question = ""

    @traitlets.validate("start", "before")
    def _as_many(self, proposal):
        if len(proposal.value) != len(self.x):
            raise traitlets.TraitError(f"{proposal.trait.name} must have {len(self.x)} tokens, as x has, got {len(proposal.value)}")
        return proposal.value

    @traitlets.validate("token")
    def _is_there(self, proposal):
        if not 1 <= proposal.value <= len(self.x):
            raise traitlets.TraitError(f"token must be from 1 to {len(self.x)}, got {proposal.value}")
        return proposal.value

    @traitlets.validate("new")
    def _as_wide(self, proposal):
        if len(proposal.value) != WIDTH:
            raise traitlets.TraitError(f"new must have {WIDTH} numbers, got {len(proposal.value)}")
        return proposal.value


ORDER = {"pre": ("x", "attention_norm", "attention", "attention_sum", "mlp_norm", "mlp", "mlp_sum"),
         "post": ("x", "attention", "attention_sum", "attention_norm", "mlp", "mlp_sum", "mlp_norm"),
         "none": ("x", "attention", "attention_sum", "mlp", "mlp_sum")}


def _scale(name):
    """Of Xavier's rule; queries, keys and values count one by one."""
    shape = SHAPES[name]
    return 0.1 if len(shape) == 1 else math.sqrt(2 / (2 * WIDTH if name.startswith("attention") else sum(shape)))


def _numbers(value):
    """As an array of floats; empty where it is none."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return np.empty((0, 0))
    return array.astype(float) if array.dtype.kind in "iuf" and array.size else np.empty((0, 0))
