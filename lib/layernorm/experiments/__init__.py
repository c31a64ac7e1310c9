"""What the chapters run: one function per result, inputs to plain numbers.

What takes longer than a chapter may is run once and stored: ``load(NAME)`` reads it, ``python -m layernorm.experiments`` renews it.
"""
from .classes import STARTS, classes_by_size
from .depth import PLACES, middle, over_seeds, rms, signal_by_depth
from .registry import EXPERIMENTS, load
from .steps import stable_step

__all__ = ["EXPERIMENTS", "PLACES", "STARTS", "classes_by_size", "load", "middle", "over_seeds", "rms", "signal_by_depth", "stable_step"]
