"""The Transformer of the course is torch's where both have it, and what its arguments say where torch has nothing."""
import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

import layernorm as ln
from layernorm.models import MLP, NORMS, PLACEMENTS, STARTS, Attention, Block, Cache, Transformer, initialize, norm_layer

D, HEADS, HIDDEN = 16, 4, 40
CLOSE = {"rtol": 0, "atol": 1e-12}


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def tokens_of(shape, vocabulary=11, seed=0):
    return torch.randint(vocabulary, shape, generator=generator(seed))


def drawn(shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=generator(seed))


def shaken(module, seed=1):
    """All its parameters drawn from N(0, 1/4), gamma and biases too, in float64."""
    torch.manual_seed(seed)
    for parameter in module.double().parameters():
        nn.init.normal_(parameter, std=0.5)
    return module


def torchs_own(block, activation):
    """``nn.TransformerEncoderLayer`` with the weights of ``block``."""
    layer = nn.TransformerEncoderLayer(D, HEADS, HIDDEN, dropout=0.0, activation=activation, batch_first=True,
                                       norm_first=block.placement == "pre").double()
    given = dict(block.named_parameters())
    names = {"attention.qkv.weight": "self_attn.in_proj_weight", "attention.qkv.bias": "self_attn.in_proj_bias",
             "attention.out": "self_attn.out_proj", "attention_norm": "norm1", "mlp_norm": "norm2", "mlp.up": "linear1", "mlp.down": "linear2"}
    state = {}
    for name, value in given.items():
        ours = next(key for key in names if name.startswith(key))
        state[name.replace(ours, names[ours])] = value
    layer.load_state_dict(state)
    return layer


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("placement", ["pre", "post"])
def test_a_block_is_torchs_encoder_layer(placement, causal, activation):
    block = shaken(Block(D, HEADS, hidden=HIDDEN, placement=placement, causal=causal, activation=activation))
    layer, x = torchs_own(block, activation), drawn((3, 5, D))
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64) if causal else None
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, z = block(ours), layer(theirs, src_mask=mask)
    torch.testing.assert_close(y, z, **CLOSE)
    push = drawn(y.shape, 2)
    (y * push).sum().backward()
    (z * push).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind, same", [("LN", nn.LayerNorm), ("RMS", nn.RMSNorm)])
def test_a_norm_layer_is_torchs_and_that_of_the_library(kind, same):
    x = drawn((3, 5, D))
    y = norm_layer(kind, D).double()(x)
    torch.testing.assert_close(y, same(D, eps=1e-5).double()(x), **CLOSE)
    ours = ln.layer_norm if kind == "LN" else ln.rms_norm
    torch.testing.assert_close(y.detach(), torch.tensor(ours(x.numpy(), eps=1e-5)), **CLOSE)


def test_batch_norm_of_tokens_takes_every_token_of_every_sequence():
    x = drawn((3, 5, D))
    y = norm_layer("BN", D).double()(x)
    theirs, _, _ = ln.batch_norm(x.flatten(0, 1).numpy(), training=True)
    torch.testing.assert_close(y.detach().flatten(0, 1), torch.tensor(theirs), **CLOSE)


@pytest.mark.parametrize("placement, formula", [
    ("pre", lambda x, F, N, M: x + F(N(x))), ("post", lambda x, F, N, M: N(x + F(x))),
    ("peri", lambda x, F, N, M: x + M(F(N(x)))), ("none", lambda x, F, N, M: x + F(x))])
def test_a_placement_is_its_formula(placement, formula):
    block, x = shaken(Block(D, HEADS, placement=placement)), drawn((2, 3, D))
    after = (getattr(block, "attention_after", None), getattr(block, "mlp_after", None))
    h = formula(x, block.attention, block.attention_norm, after[0])
    torch.testing.assert_close(block(x), formula(h, block.mlp, block.mlp_norm, after[1]), **CLOSE)


def test_only_attention_carries_one_token_to_another():
    x = drawn((1, 5, D))
    changed = x.clone()
    changed[0, 2] += 1
    for part in (shaken(MLP(D, HIDDEN)), norm_layer("LN", D).double()):
        heard = (part(x) != part(changed)).any(-1)[0].tolist()
        assert heard == [False, False, True, False, False]
    for causal, expected in ((False, [True] * 5), (True, [False, False, True, True, True])):
        attention = shaken(Attention(D, HEADS, causal=causal))
        assert (attention(x) != attention(changed)).any(-1)[0].tolist() == expected


@pytest.mark.parametrize("norm", ["LN", "RMS", "none"])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_decoding_token_by_token_equals_the_whole_pass(placement, norm):
    model = shaken(Transformer(11, 9, width=D, depth=2, heads=HEADS, placement=placement, norm=norm, causal=True))
    tokens, cache = tokens_of((2, 9)), Cache()
    parts = [model(part, cache) for part in tokens.split([4, 1, 1, 3], dim=1)]
    whole = model(tokens)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-10, atol=1e-10 * whole.abs().max().item())
    assert cache.tokens == 9


def test_a_cache_is_for_one_causal_model_and_as_many_sequences():
    make = {"width": D, "depth": 1, "heads": HEADS, "causal": True}
    model, other, cache = Transformer(11, 9, **make), Transformer(11, 9, **make), Cache()
    model(tokens_of((2, 3)), cache)
    with pytest.raises(ValueError, match="this cache holds 2 sequences, got 1"):
        model(tokens_of((1, 1)), cache)
    with pytest.raises(ValueError, match="this cache holds 3 tokens of another model"):
        other(tokens_of((2, 1)), cache)
    with pytest.raises(ValueError, match="only a causal model has a cache"):
        Transformer(11, 9, **make | {"causal": False})(tokens_of((2, 3)), Cache())


@pytest.mark.parametrize("options, words", [
    ({"depth": -1}, "depth"), ({"heads": 0}, "heads"), ({"eps": -1.0}, "eps"), ({"without": ("mpl",)}, "'attention', 'mlp', 'final', got 'mpl'")])
def test_sizes_and_names_that_no_model_has_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Transformer(11, 9, **{"width": D, "depth": 1, "heads": HEADS} | options)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, .*got 0"):
        initialize(Transformer(5, 5, width=D, depth=1, heads=2), "xavier", rng=0)
    with pytest.raises(ValueError, match="'attention', 'mlp', got 'final'"):
        Block(D, HEADS, without=("final",))
    with pytest.raises(ValueError, match=r"tokens must have the shape \(B, T\), got \(3,\)"):
        Transformer(11, 9, width=D, depth=1, heads=HEADS)(tokens_of((3,)))


def test_without_names_the_normalizations_that_are_left_out():
    def count(**options):
        return sum(isinstance(m, nn.LayerNorm) for m in Transformer(11, 8, width=D, depth=3, heads=2, **options).modules())
    assert count() == 7 and count(placement="post") == 6 and count(placement="peri") == 13 and count(placement="none") == 0
    assert [count(without=(name,)) for name in NORMS] == [4, 4, 6] and count(without=NORMS) == 0 and count(without="mlp") == 4
    model = Transformer(11, 8, width=D, depth=1, heads=2, without=("attention",))
    assert isinstance(model.blocks[0].attention_norm, nn.Identity) and isinstance(model.blocks[0].mlp_norm, nn.LayerNorm)


def test_dropout_stands_on_what_a_sublayer_adds_and_not_in_use():
    block, x = shaken(Block(D, HEADS, dropout=1.0)), drawn((2, 3, D))
    assert torch.equal(block(x), x)
    assert not torch.equal(block.eval()(x), x)


# --- First weights

VARIANCES = {"xavier": lambda o, i, w, L: 2 / (o + i), "torch": lambda o, i, w, L: 1 / (3 * i), "gpt2": lambda o, i, w, L: 4e-4 / (2 * L if w else 1)}


@pytest.mark.parametrize("start", STARTS)
def test_first_weights_have_the_variance_that_the_rule_says(start):
    width, depth = 96, 3
    model = initialize(Transformer(400, 300, width=width, depth=depth, heads=4), start, rng=np.random.default_rng(0))
    for name, matrix in model.named_parameters():
        if name.endswith("bias"):
            assert not matrix.any()
        elif "norm" in name:
            assert (matrix == 1).all()
        else:
            outputs, inputs = (width, width) if "qkv" in name else matrix.shape
            expected = VARIANCES[start](outputs, inputs, name.endswith(("out.weight", "down.weight")), depth)
            if name.startswith(("tokens", "positions")):
                expected = 4e-4 if start == "gpt2" else 0.5
            assert matrix.var().item() == pytest.approx(expected, rel=0.06), name
            assert abs(matrix.mean().item()) < 5 * math.sqrt(expected / matrix.numel()), name


def test_the_same_generator_gives_the_same_weights_and_another_others():
    def first(seed):
        return initialize(Transformer(11, 8, width=D, depth=1, heads=2), "xavier", rng=np.random.default_rng(seed)).head.weight
    assert torch.equal(first(1), first(1)) and not torch.equal(first(1), first(2))


# --- Bad input

@pytest.mark.parametrize("make, words", [
    (lambda: Attention(10, 4), "width = 10 and heads = 4"), (lambda: Block(D, 4, placement="Pre"), "'pre', 'post', 'peri', 'none', got 'Pre'"),
    (lambda: Block(D, 4, norm="layer"), "'LN', 'RMS', 'BN', 'none', got 'layer'"), (lambda: MLP(D, 8, activation="tanh"), "'relu', 'gelu', got 'tanh'"),
    (lambda: Transformer(5, 5, width=D, depth=1, heads=2, without=("last",)), "'attention', 'mlp', 'final', got 'last'"),
    (lambda: initialize(Transformer(5, 5, width=D, depth=1, heads=2), "he", rng=np.random.default_rng(0)), "'xavier', 'torch', 'gpt2', got 'he'"),
    (lambda: Transformer(5, 5, width=D, depth=1, heads=2)(tokens_of((1, 6), 5)), "at most 5 tokens have a position, got 6")])
def test_bad_input_says_what_was_wrong_and_what_is_accepted(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert words in str(error.value)


def test_torch_is_loaded_only_when_a_model_is_asked_for():
    code = "import sys, layernorm as ln; before = 'torch' in sys.modules; ln.models; print(before, 'torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "True"]
