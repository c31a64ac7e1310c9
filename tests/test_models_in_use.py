"""GPT-2 and Llama as they are read in chapter 5, against formulas written another way, and the variants beside them."""
import math

import pytest
import torch
from torch import nn
from torch.nn.functional import layer_norm, linear, scaled_dot_product_attention

from layernorm.models import (
    CARRIERS,
    GPT2,
    Attention,
    Block,
    Cache,
    DyT,
    Llama,
    NormedQueriesAndKeys,
    NormOver,
    ReadsAlone,
    SharedAttention,
    SwiGLU,
    Transformer,
    rotated,
    with_dyt,
    with_qk_norm,
)
from test_models import CLOSE, D, drawn, shaken, tokens_of


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


# --- GPT-2

def test_gpt2_small_has_its_number_of_parameters_and_of_layer_norms():
    with torch.device("meta"):
        model = GPT2()
    norms = [module for module in model.modules() if isinstance(module, nn.LayerNorm)]
    assert count(model) == 124_439_808 and len(norms) == 25
    assert sum(count(norm) for norm in norms) == 38_400


def test_gpt2_is_its_formulas():
    """Written out once more, with torch's attention and the GELU spelled out."""
    model, tokens = shaken(GPT2(11, 9, width=D, depth=2, heads=4)), tokens_of((2, 9))
    x = model.tokens.weight[tokens] + model.positions.weight
    for block in model.blocks:
        u = layer_norm(x, (D,), block.attention_norm.weight, block.attention_norm.bias)
        q, k, v = (part.unflatten(-1, (4, -1)).transpose(1, 2) for part in block.attention.qkv(u).split(D, -1))
        x = x + block.attention.out(scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
        z = block.mlp.up(layer_norm(x, (D,), block.mlp_norm.weight, block.mlp_norm.bias))
        x = x + block.mlp.down(0.5 * z * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z ** 3))))
    x = layer_norm(x, (D,), model.final_norm.weight, model.final_norm.bias)
    torch.testing.assert_close(model(tokens), linear(x, model.tokens.weight), rtol=1e-10, atol=1e-10)


def test_the_head_of_gpt2_is_its_embedding():
    model = GPT2(11, 9, width=D, depth=1, heads=4)
    assert model.head.weight is model.tokens.weight


# --- Llama

def turned(x, first=0):
    """The rotation as a product of complex numbers."""
    half = x.shape[-1] // 2
    speed = 10000.0 ** (-2 * torch.arange(half, dtype=torch.float64) / (2 * half))
    angle = torch.outer(torch.arange(first, first + x.shape[-2], dtype=torch.float64), speed)
    z = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat((z.real, z.imag), -1)


def test_a_rotation_is_a_product_of_complex_numbers():
    x = drawn((2, 3, 5, 8))
    torch.testing.assert_close(rotated(x, 7), turned(x, 7), **CLOSE)


def test_a_product_of_rotated_vectors_knows_how_far_apart_they_stand_and_not_where():
    q, k = drawn((1, 8), 1), drawn((1, 8), 2)

    def product(i, j):
        return (rotated(q, i) @ rotated(k, j).T).item()
    assert product(3, 1) == pytest.approx(product(103, 101), abs=1e-12)
    assert abs(product(3, 1) - product(4, 1)) > 1e-3


@pytest.mark.parametrize("shared", [None, 2, 1])
def test_attention_with_shared_keys_is_torchs_with_grouped_queries(shared):
    attention, x = shaken(SharedAttention(D, 4, shared)), drawn((2, 5, D))
    q, k, v = (matrix(x).unflatten(-1, (-1, 4)).transpose(1, 2) for matrix in (attention.q, attention.k, attention.v))
    mixed = scaled_dot_product_attention(turned(q), turned(k), v, is_causal=True, enable_gqa=True)
    torch.testing.assert_close(attention(x), linear(mixed.transpose(1, 2).flatten(2), attention.out.weight), **CLOSE)


def test_the_gated_mlp_is_its_formula():
    mlp, x = shaken(SwiGLU(D, 24)), drawn((2, 3, D))
    gate, up = x @ mlp.gate.weight.T, x @ mlp.up.weight.T
    torch.testing.assert_close(mlp(x), (gate / (1 + torch.exp(-gate)) * up) @ mlp.down.weight.T, **CLOSE)


@pytest.mark.parametrize("shared", [None, 2])
def test_llama_is_its_formulas(shared):
    model, tokens = shaken(Llama(11, width=D, depth=2, heads=4, hidden=24, shared=shared)), tokens_of((2, 9))

    def norm(x, weight):
        return weight * x / torch.sqrt((x ** 2).mean(-1, keepdim=True) + 1e-6)
    x = model.tokens.weight[tokens]
    for block in model.blocks:
        x = x + block.attention(norm(x, block.attention_norm.weight))
        x = x + block.mlp(norm(x, block.mlp_norm.weight))
    torch.testing.assert_close(model(tokens), linear(norm(x, model.final_norm.weight), model.head.weight), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("make", [lambda: GPT2(11, 9, width=D, depth=2, heads=4), lambda: Llama(11, width=D, depth=2, heads=4, hidden=24),
                                  lambda: Llama(11, width=D, depth=2, heads=4, hidden=24, shared=2)], ids=["GPT-2", "Llama", "Llama, shared"])
def test_decoding_token_by_token_equals_the_whole_pass(make):
    model, tokens, cache = shaken(make()), tokens_of((2, 9)), Cache()
    parts = [model(part, cache) for part in tokens.split([4, 1, 1, 3], dim=1)]
    whole = model(tokens)
    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-10, atol=1e-10 * whole.abs().max().item())


def test_llama_7b_has_its_number_of_parameters():
    with torch.device("meta"):
        model = Llama(32000, width=4096, depth=32, heads=32, hidden=11008)
    norms = [module for module in model.modules() if isinstance(module, nn.RMSNorm)]
    assert count(model) == 6_738_415_616 and len(norms) == 65
    assert not any(name.endswith("bias") for name, _ in model.named_parameters())


@pytest.mark.parametrize("width, heads, shared", [(10, 4, None), (12, 4, None), (16, 4, 3)])
def test_shapes_that_do_not_fit_are_refused(width, heads, shared):
    with pytest.raises(ValueError, match=f"width = {width}, heads = {heads}"):
        SharedAttention(width, heads, shared)


# --- What can carry something from one token to another

def test_norms_over_axes_are_those_of_the_library():
    import layernorm as ln
    x = drawn((3, 5, D))
    for axes, wanted in (("d", ln.layer_norm(x.numpy())), ("T, d", ln.layer_norm(x.numpy(), axis=(1, 2))),
                         ("B, T", ln.batch_norm(x.flatten(0, 1).numpy(), training=True)[0].reshape(x.shape))):
        torch.testing.assert_close(NormOver(axes)(x), torch.tensor(wanted), **CLOSE)


def test_a_norm_over_the_past_is_layer_norm_of_all_features_so_far():
    x, past = drawn((2, 5, D)), NormOver("past, d")
    for t in range(5):
        seen = x[:, :t + 1]
        mean, var = seen.mean((1, 2), keepdim=True), seen.var((1, 2), correction=0, keepdim=True)
        torch.testing.assert_close(past(x)[:, t], ((x[:, t:t + 1] - mean) / (var + 1e-5).sqrt())[:, 0], **CLOSE)


@pytest.mark.parametrize("over", CARRIERS)
def test_whose_logits_change_with_the_last_token(over):
    model, tokens = shaken(ReadsAlone(4, 5, width=D, depth=2, over=over)), tokens_of((3, 5), 4)
    other = tokens.clone()
    other[0, -1] = (other[0, -1] + 1) % 4
    heard = (model(tokens) != model(other)).any(-1)              # (B, T)
    assert heard[0, -1] and heard[0, :-1].any().item() == (over in ("T, d", "T", "B, T"))
    assert heard[1:].any().item() == (over == "B, T")


def test_other_axes_are_refused():
    with pytest.raises(ValueError, match="'past, d', got 'B'"):
        NormOver("B")


# --- Variants

def test_dyt_is_that_of_the_library_and_takes_every_layer_norm():
    import layernorm as ln
    layer, x = shaken(DyT(D)), drawn((3, D))
    wanted = ln.dyt(x.numpy(), layer.weight.detach().numpy(), layer.bias.detach().numpy(), alpha=layer.alpha.item())
    torch.testing.assert_close(layer(x).detach(), torch.tensor(wanted), **CLOSE)
    model = with_dyt(Transformer(11, 8, width=D, depth=3, heads=2))
    kinds = [type(module) for module in model.modules()]
    assert kinds.count(DyT) == 7 and nn.LayerNorm not in kinds
    assert model(tokens_of((2, 8))).shape == (2, 8, 11)


def test_normed_queries_and_keys_have_a_bounded_product():
    block = with_qk_norm(Block(D, 4).double())
    assert isinstance(block.attention.qkv, NormedQueriesAndKeys)
    x = 1000 * drawn((2, 5, D))
    q, k, v = (part.unflatten(-1, (4, 4)) for part in block.attention.qkv(x).chunk(3, -1))
    torch.testing.assert_close((q ** 2).mean(-1), torch.ones(2, 5, 4, dtype=torch.float64), rtol=1e-3, atol=0)
    assert (q @ k.transpose(-2, -1)).abs().max() <= 4 + 1e-9      # d_h, by Cauchy and Schwarz
    torch.testing.assert_close(v.flatten(-2), block.attention.qkv.qkv(x).chunk(3, -1)[2], **CLOSE)


def test_with_gains_at_one_only_the_size_of_queries_and_keys_is_lost():
    plain, normed = shaken(Attention(D, 4)), shaken(Attention(D, 4))
    with_qk_norm(normed)
    x = drawn((2, 5, D))
    assert not torch.allclose(plain(x), normed(x))
