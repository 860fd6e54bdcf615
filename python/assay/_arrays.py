"""Arguments as the C functions want them: contiguous arrays of one type, checked here."""

from __future__ import annotations

import numbers

import numpy as np

from .errors import InvalidArgument

_MOST = 2**32 - 1  # items of a run


def whole(value, name: str, least: int = 0, most: int = 2**63 - 1) -> int:
    """A whole number in range; no bool and no 3.5."""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
        if not isinstance(value, numbers.Integral) and float(value).is_integer():
            value = int(value)
        if isinstance(value, numbers.Integral) and least <= int(value) <= most:
            return int(value)
    raise InvalidArgument(f"{name}: expected a whole number from {least} to {most}, came {value!r}"[:300])


def real(value, name: str) -> float:
    """A finite number."""
    if isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_)):
        try:
            if np.isfinite(float(value)):
                return float(value)
        except OverflowError:
            pass
    raise InvalidArgument(f"{name}: expected a number, came {value!r}"[:300])


def unmasked(value, name: str):
    """A masked array with NaN where it is masked; anything else as it is."""
    if not isinstance(value, np.ma.MaskedArray):
        return value
    if not np.ma.is_masked(value):
        return value.data
    if value.dtype.kind not in "fiub":
        raise InvalidArgument(f"{name}: expected an array without a mask, or of numbers")
    return value.astype(float).filled(np.nan)


def array(value, name: str, shape: tuple[int | None, ...], dtype=np.float64, nan: bool = False) -> np.ndarray:
    """`value` as a contiguous array of this shape (None: any length) and dtype; without infinities, and without NaN
    unless they are allowed. What is empty has no rows, if there may be any number of them."""
    wanted = " x ".join("any" if n is None else str(n) for n in shape)
    whole_numbers = np.issubdtype(dtype, np.integer)
    try:
        given = np.asarray(unmasked(value, name))
        if given.dtype == object and given.ndim and not whole_numbers:
            given = _of_objects(given)
    except (ValueError, TypeError, OverflowError) as wrong:
        message = f"{name}: expected an array of shape {wanted}, came what is none: {wrong}"
        raise InvalidArgument(message[:300]) from wrong
    if given.size == 0 and given.ndim == 1 and shape[0] is None:
        return np.empty([n or 0 for n in shape], dtype)
    if given.dtype.kind not in "iufb":
        raise InvalidArgument(f"{name}: expected numbers, came {given.dtype}")
    if len(given.shape) != len(shape) or any(n is not None and n != m for n, m in zip(shape, given.shape)):
        came = " x ".join(map(str, given.shape)) or "a single number"
        raise InvalidArgument(f"{name}: expected an array of shape {wanted}, came {came}")
    if whole_numbers:
        if given.dtype.kind == "b" or (given.dtype.kind == "f" and not np.all(given == np.floor(given))):
            raise InvalidArgument(f"{name}: expected whole numbers, came {given.dtype}")
        if given.size and not (-2.0**63 <= float(given.min()) and float(given.max()) < 2.0**63):
            raise InvalidArgument(f"{name}: expected whole numbers of 64 bits, came {given.min()} to {given.max()}")
        return np.require(given, dtype, ["C", "ALIGNED"])
    with np.errstate(over="ignore"):
        result = np.require(given, dtype, ["C", "ALIGNED"])
    if np.isinf(result).any() and not np.isinf(given.astype(float)).any():
        raise InvalidArgument(f"{name}: expected numbers in the range of {result.dtype}, came larger ones")
    if np.isinf(result).any() or (not nan and np.isnan(result).any()):
        raise InvalidArgument(f"{name}: expected finite numbers, came "
                              f"{'an infinite one' if np.isinf(result).any() else 'NaN'}")
    return result


def _of_objects(given: np.ndarray) -> np.ndarray:
    """Numbers among which None stands for NaN."""
    if any(isinstance(one, (str, bytes)) for one in given.ravel()):
        return given
    return np.array([np.nan if one is None else one for one in given.ravel()], float).reshape(given.shape)


def _name(value, name: str) -> str:
    if not isinstance(value, str) and not isinstance(value, numbers.Integral):
        raise InvalidArgument(f"{name}: expected names, came {value!r}"[:300])
    text = str(value)
    if "\0" in text or any(0xD800 <= ord(ch) < 0xE000 for ch in text):
        raise InvalidArgument(f"{name}: expected names of Unicode text without zero bytes, came {text!r}"[:300])
    return text


def names(value, name: str) -> tuple[list[str] | None, int]:
    """Names and how many; no names where only the number was given."""
    if isinstance(value, numbers.Real):
        return None, whole(value, name, 1, _MOST)
    if isinstance(value, (str, bytes)):
        raise InvalidArgument(f"{name}: expected a list of names or how many there are, came {value!r}"[:300])
    try:
        given = [_name(one, name) for one in value]
    except TypeError:
        raise InvalidArgument(f"{name}: expected a list of names or how many there are, came {value!r}"[:300]) from None
    if not given:
        raise InvalidArgument(f"{name}: expected at least one, came none")
    if len(set(given)) < len(given):
        twice = next(one for i, one in enumerate(given) if one in given[:i])
        raise InvalidArgument(f"{name}: each once, {twice!r} came twice"[:300])
    return given, len(given)
