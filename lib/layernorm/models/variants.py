"""What can stand in a normalization's place, or in one more place."""
import torch
from torch import nn

from .transformer import Attention


class DyT(nn.Module):
    """γ tanh(α x) + β, feature by feature, with one learned number α: no mean, no size (Zhu et al. 2025)."""

    def __init__(self, width, alpha=0.5):
        super().__init__()
        self.alpha = nn.Parameter(torch.tensor(float(alpha)))
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return self.weight * torch.tanh(self.alpha * x) + self.bias                         # (…, d)


class NormedQueriesAndKeys(nn.Module):
    """The matrix of queries, keys and values with an RMSNorm behind it, for the queries and keys of each head.

    q · k is then at most d_h times the largest products of gains, for d_h features a head, whatever the matrix.
    """

    def __init__(self, qkv, heads):
        super().__init__()
        self.qkv, self.heads = qkv, heads
        per_head = qkv.out_features // 3 // heads
        self.q_norm, self.k_norm = nn.RMSNorm(per_head, eps=1e-5), nn.RMSNorm(per_head, eps=1e-5)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)                    # (B, T, d) each
        q, k = (norm(part.unflatten(-1, (self.heads, -1))).flatten(-2) for norm, part in ((self.q_norm, q), (self.k_norm, k)))
        return torch.cat((q, k, v), dim=-1)                       # (B, T, 3 d)


def with_dyt(model, alpha=0.5):
    """Every LayerNorm of ``model`` becomes a ``DyT``; the same object."""
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.LayerNorm):
            fresh = DyT(*module.normalized_shape, alpha).to(module.weight.dtype)
            model.get_submodule(name.rpartition(".")[0]).register_module(name.rpartition(".")[2], fresh)
    return model


def with_qk_norm(model):
    """Every ``Attention`` of ``model`` normalizes its queries and keys; the same object."""
    for module in model.modules():
        if isinstance(module, Attention):
            dtype = module.qkv.weight.dtype
            module.qkv = NormedQueriesAndKeys(module.qkv, module.heads).to(dtype)
    return model
