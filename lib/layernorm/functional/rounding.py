"""Numbers rounded to a smaller type, bfloat16 among them, which NumPy does not have."""
import numpy as np
import numpy.typing as npt

from .arguments import Array, real, wide, working

# digits of the significand in bits, exponent of the smallest (subnormal) number, largest number
FORMATS = {
    "float16": (11, -24, (2 - 2.0**-10) * 2.0**15),
    "bfloat16": (8, -133, (2 - 2.0**-7) * 2.0**127),
    "float32": (24, -149, (2 - 2.0**-23) * 2.0**127),
}


def round_to(x: npt.ArrayLike, dtype: str) -> Array:
    """The nearest numbers that the type ``dtype`` has, to the even one of two equally near.

    As the hardware does it: below the smallest normal number digits are lost one by one, beyond the largest there is infinity,
    and NaN stays NaN.  Computing with such numbers and rounding after every step shows what the type does to a sum or a norm.

    Parameters
    ----------
    x : array of real numbers
    dtype : "float16", "bfloat16" or "float32"

    Returns
    -------
    array, the shape and type of x, though at least float32, which holds every number of the three types

    Raises
    ------
    TypeError
        If x does not hold real numbers.
    ValueError
        If dtype is not one of the three.

    Source: IEEE 754-2019; bfloat16: float32 without its last 16 bits.

    Examples
    --------
    >>> round_to([1 / 3, 257, 1e-8, 1e5], "bfloat16")
    array([3.33984375e-01, 2.56000000e+02, 1.00117177e-08, 9.98400000e+04])
    >>> round_to([1 / 3, 257, 1e-8, 1e5], "float16")
    array([  0.33325195, 257.        ,   0.        ,          inf])
    """
    if not isinstance(dtype, str) or dtype not in FORMATS:
        raise ValueError(f"dtype must be one of {', '.join(FORMATS)}, got {dtype!r}")
    x = real("x", x)
    digits, smallest, largest = FORMATS[dtype]
    exact = wide(x)
    place = np.maximum(np.frexp(exact)[1] - digits, smallest)       # exponent of the last digit that is kept
    with np.errstate(all="ignore"):
        rounded = np.ldexp(np.rint(np.ldexp(exact, -place)), place)
        rounded = np.where(np.abs(rounded) > largest, np.copysign(np.inf, exact), rounded)
        return rounded.astype(working(x.dtype))
