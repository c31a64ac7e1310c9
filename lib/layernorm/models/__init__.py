"""Small networks in torch, written to be read."""
from .alone import CARRIERS, NormOver, ReadsAlone
from .gpt2 import GPT2
from .llama import Llama, LlamaBlock, SharedAttention, SwiGLU, rotated
from .norms import norm_layer
from .starts import STARTS, initialize
from .transformer import MLP, NORMS, PLACEMENTS, Attention, Block, Cache, Transformer
from .variants import DyT, NormedQueriesAndKeys, with_dyt, with_qk_norm

__all__ = ["CARRIERS", "GPT2", "MLP", "NORMS", "PLACEMENTS", "STARTS", "Attention", "Block", "Cache", "DyT", "Llama", "LlamaBlock",
           "NormOver", "NormedQueriesAndKeys", "ReadsAlone", "SharedAttention", "SwiGLU", "Transformer", "initialize", "norm_layer",
           "rotated", "with_dyt", "with_qk_norm"]
