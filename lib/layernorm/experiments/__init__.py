"""What the chapters run: one function per result, inputs to plain numbers.

What takes longer than a chapter may is run once and stored: ``load(NAME)`` reads it, ``python -m layernorm.experiments`` renews it.
"""
from .depth import PLACES, middle, over_seeds, rms, signal_by_depth
from .registry import EXPERIMENTS, load
from .steps import stable_step

__all__ = ["EXPERIMENTS", "PLACES", "load", "middle", "over_seeds", "rms", "signal_by_depth", "stable_step"]
