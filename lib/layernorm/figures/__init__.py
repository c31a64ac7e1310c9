"""Figures of the course: results in, pictures out."""
from .networks import depth, saturation
from .picture import C, Picture, drawn
from .tensors import companions
from .vectors import circle, stages

__all__ = ["C", "Picture", "circle", "companions", "depth", "drawn", "saturation", "stages"]
