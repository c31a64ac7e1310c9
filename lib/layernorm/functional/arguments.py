"""What a caller may hand in, and the words that say what would have fitted."""
import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Axis: TypeAlias = int | Sequence[int]


def plain(name: str, values: npt.ArrayLike) -> Array:
    """``values`` as an array of whatever they are."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array: the mask of a masked array would be lost (see masked_statistics)")
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be an array, its rows of one length: {error}") from None


def real(name: str, values: npt.ArrayLike) -> Array:
    """``values`` as an array of float16, float32 or float64; integers and booleans become float64."""
    array = plain(name, values)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise TypeError(f"{name} must hold real numbers (float16, float32, float64 or integers), got dtype {array.dtype}")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def working(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What is computed in: ``dtype``, or float32 where that is more."""
    return np.result_type(dtype, np.float32)


def wide(array: Array) -> Array:
    """``array`` in float64, also where a signalling NaN makes NumPy warn of that."""
    with np.errstate(invalid="ignore"):
        return array.astype(np.float64)


def normalized(axis: Axis, x: Array, name: str = "x") -> tuple[int, ...]:
    """The axes that ``axis`` names, counted from 0 and sorted; each has something to average."""
    named = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    axes = set()
    for one in named:
        try:
            if isinstance(one, (bool, np.bool_)):
                raise TypeError
            number = operator.index(one)
        except TypeError:
            raise TypeError(f"axis must be an int or a tuple of ints, got {axis!r}") from None
        if not -x.ndim <= number < x.ndim:
            fits = f"it has axes {-x.ndim} to {x.ndim - 1}" if x.ndim else "it has none"
            raise ValueError(f"axis {axis} does not exist in {name} of shape {x.shape}: {fits}")
        axes.add(number % x.ndim)
    if not named:
        raise ValueError(f"axis must name at least one axis of {name} of shape {x.shape}, got ()")
    if len(axes) < len(named):
        raise ValueError(f"axis {axis} names an axis of {name} of shape {x.shape} twice")
    if any(x.shape[a] == 0 for a in axes):
        raise ValueError(f"axis {axis} leaves nothing to average in {name} of shape {x.shape}")
    return tuple(sorted(axes))


def channels(x: Array, *, least: int = 2) -> int:
    """C of (N, C, ...)."""
    if x.ndim < least:
        wanted = "(N, C, ...)" if least == 2 else "(N, C, L, ...)"
        raise ValueError(f"x must have shape {wanted}, at least {least} axes, got {x.shape}")
    return int(x.shape[1])


def shaped(name: str, values: npt.ArrayLike, shape: tuple[int, ...], why: str) -> Array:
    """``values`` as an array of real numbers of exactly ``shape``."""
    array = real(name, values)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, {why}, got {array.shape}")
    return array


def optional(name: str, values: npt.ArrayLike | None, shape: tuple[int, ...], why: str) -> Array | None:
    """As ``shaped``, or None."""
    return None if values is None else shaped(name, values, shape, why)


def kept(x: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of x with length 1 in place of the axes that are averaged."""
    return tuple(1 if a in axes else n for a, n in enumerate(x.shape))


def number(name: str, value: float, *, low: float = -math.inf, high: float = math.inf) -> float:
    """``value`` as a finite float between ``low`` and ``high``."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {value!r} of type {type(value).__name__}")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not (math.isfinite(result) and low <= result <= high):
        limits = {(-math.inf, math.inf): "", (0, math.inf): " >= 0"}.get((low, high), f" from {low} to {high}")
        raise ValueError(f"{name} must be a finite number{limits}, got {value}")
    return result


def count(name: str, value: int, *, low: int) -> int:
    """``value`` as an int of at least ``low``."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, got {value!r} of type {type(value).__name__}") from None
    if result < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")
    return result


def flag(name: str, value: bool) -> bool:
    """``value`` if it is True or False: a word such as "eval" would count as True."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)
