"""Small networks in torch, written to be read."""
from .norms import norm_layer
from .starts import STARTS, initialize
from .transformer import MLP, NORMS, PLACEMENTS, Attention, Block, Cache, Transformer

__all__ = ["MLP", "NORMS", "PLACEMENTS", "STARTS", "Attention", "Block", "Cache", "Transformer", "initialize", "norm_layer"]
