"""Figures of the course: results in, pictures out."""
from .batches import gradient_growth, neighbour_noise, noisy_batch_norm, recurrent, who_wins
from .block import block
from .comeback import comeback
from .company import company
from .depths import adam_step, stream_growth
from .descent import stable_steps
from .in_use import next_token, norms_in_use
from .layers import layer
from .networks import depth, saturation
from .picture import C, Picture, drawn
from .placement import first_pass, left_out, warm_up
from .space import space
from .spread import spread
from .tensors import companions, sharing
from .vectors import circle, stages

__all__ = ["C", "Picture", "adam_step", "block", "circle", "comeback", "companions", "company", "depth", "drawn", "first_pass",
           "gradient_growth", "layer", "left_out", "neighbour_noise", "next_token", "noisy_batch_norm", "norms_in_use",
           "recurrent", "saturation", "sharing", "space", "spread", "stable_steps", "stages", "stream_growth", "warm_up",
           "who_wins"]
