"""Figures of the course: results in, pictures out."""
from .comeback import comeback
from .company import company
from .descent import stable_steps
from .networks import depth, saturation
from .picture import C, Picture, drawn
from .space import space
from .tensors import companions, sharing
from .vectors import circle, stages

__all__ = ["C", "Picture", "circle", "comeback", "companions", "company", "depth", "drawn", "saturation", "sharing", "space",
           "stable_steps", "stages"]
