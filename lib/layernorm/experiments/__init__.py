"""What the chapters run: one function per result, inputs to plain numbers.

What takes longer than a chapter may is run once and stored: ``load(NAME)`` reads it, ``python -m layernorm.experiments`` renews it.
"""
from .batches import best_rates, errors_at, neighbour_noise
from .classes import STARTS, classes_by_size
from .depth import PLACES, middle, over_seeds, rms, signal_by_depth
from .learning import learned, reverse_losses, small_transformer, solved_and_final
from .placement import adam_step, slope, warm_up
from .processes import two_processes
from .recurrent import recurrent
from .registry import EXPERIMENTS, load
from .steps import stable_step

__all__ = ["EXPERIMENTS", "PLACES", "STARTS", "adam_step", "best_rates", "classes_by_size", "errors_at", "learned", "load", "middle",
           "neighbour_noise", "over_seeds", "recurrent", "reverse_losses", "rms", "signal_by_depth", "slope", "small_transformer",
           "solved_and_final", "stable_step", "two_processes", "warm_up"]
