"""What the chapters run: one function per result, inputs to plain numbers.

What takes longer than a chapter may is run once and stored: ``load(NAME)`` reads it, ``python -m layernorm.experiments`` renews it.
"""
from .batches import best_rates, errors_at, neighbour_noise
from .classes import STARTS, classes_by_size
from .depth import PLACES, middle, over_seeds, rms, signal_by_depth
from .processes import two_processes
from .recurrent import recurrent
from .registry import EXPERIMENTS, load
from .steps import stable_step

__all__ = ["EXPERIMENTS", "PLACES", "STARTS", "best_rates", "classes_by_size", "errors_at", "load", "middle", "neighbour_noise",
           "over_seeds", "recurrent", "rms", "signal_by_depth", "stable_step", "two_processes"]
