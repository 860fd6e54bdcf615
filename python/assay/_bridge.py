"""The C functions behind this package (bridge/bridge.h), by ctypes: nothing in them depends on Python's version."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int, c_int64, c_uint8, c_void_p
from pathlib import Path

from .errors import _error_of

__all__ = ["SelectArrays", "SelectState", "AllocateState", "Texts", "check", "lib", "new", "pointer"]


class SelectArrays(ctypes.Structure):
    _fields_ = [
        ("features", POINTER(c_float)),
        ("features_each", c_int64),
        ("weights", POINTER(c_double)),
        ("prices", POINTER(c_double)),
        ("hints", POINTER(c_double)),
        ("responses", POINTER(c_char_p)),
        ("known_calls", POINTER(c_int64)),
        ("known_rewards", POINTER(c_double)),
        ("known", c_int64),
    ]


class SelectState(ctypes.Structure):
    _fields_ = [(name, c_int64) for name in ("done", "decided", "best", "calls", "budget", "waiting", "to_decide")] + [
        ("risk", c_double),
        ("population_risk", c_double),
    ]


class AllocateState(ctypes.Structure):
    _fields_ = [(name, c_int64) for name in ("done", "calls", "waiting")] + [
        ("worst_error_bound", c_double),
        ("worst_error_likely", c_double),
    ]


class Texts(ctypes.Structure):
    _fields_ = [("bytes", c_void_p), ("offsets", POINTER(c_int64)), ("missing", POINTER(c_uint8)), ("count", c_int64)]


_INTS, _DOUBLES, _BYTES = POINTER(c_int64), POINTER(c_double), POINTER(c_uint8)
_FLOATS, _TEXTS = POINTER(c_float), POINTER(Texts)

# name: (result, arguments)
_FUNCTIONS = {
    "assay_failure": (c_int, [POINTER(c_char_p)]),
    "assay_version": (c_char_p, []),
    "assay_verbs": (c_char_p, []),
    "assay_job_start": (c_void_p, [c_char_p]),
    "assay_job_wait": (c_char_p, [c_void_p, c_int64]),
    "assay_job_say": (None, [c_void_p, c_int64, c_char_p]),
    "assay_job_cancel": (None, [c_void_p]),
    "assay_job_free": (None, [c_void_p]),
    "assay_select_new": (c_void_p, [c_char_p, POINTER(SelectArrays)]),
    "assay_select_free": (None, [c_void_p]),
    "assay_select_ask": (c_int64, [c_void_p, c_int64, _INTS]),
    "assay_select_tell": (c_int, [c_void_p, _INTS, _DOUBLES, c_int64]),
    "assay_select_state": (c_int, [c_void_p, c_int, POINTER(SelectState)]),
    "assay_select_estimates": (c_int, [c_void_p, _DOUBLES, _DOUBLES, _DOUBLES, _DOUBLES, _BYTES]),
    "assay_strategies": (c_char_p, []),
    "assay_allocate_new": (c_void_p, [c_char_p, _DOUBLES]),
    "assay_allocate_free": (None, [c_void_p]),
    "assay_allocate_ask": (c_int64, [c_void_p, c_int64, _INTS]),
    "assay_allocate_tell": (c_int, [c_void_p, _INTS, _DOUBLES, c_int64]),
    "assay_allocate_state": (c_int, [c_void_p, c_int, POINTER(AllocateState)]),
    "assay_allocate_estimates": (c_int, [c_void_p, _DOUBLES, _DOUBLES, _DOUBLES, _INTS, _INTS]),
    "assay_shard_features": (c_int, [_TEXTS, _TEXTS, _FLOATS, _BYTES]),
    "assay_shard_ratios": (c_int, [_TEXTS, _TEXTS, c_char_p, _FLOATS]),
    "assay_embedding_sizes": (None, [_INTS, _INTS]),
    "assay_embedding_fit": (c_int, [_TEXTS, c_int64, c_int64, _FLOATS, _FLOATS]),
    "assay_embed": (c_int, [_TEXTS, c_int64, _FLOATS, _FLOATS, _FLOATS]),
}


def _load() -> ctypes.CDLL:
    library = ctypes.CDLL(str(Path(__file__).with_name("libassay_bridge.so")))
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


lib = _load()


def failure() -> Exception:
    """Of the last function of this thread that failed."""
    message = c_char_p()
    kind = lib.assay_failure(byref(message))
    return _error_of(kind, (message.value or b"").decode("utf-8", "replace"))


def check(status: int) -> int:
    """`status`, or what a function that returned -1 has to say."""
    if status < 0:
        raise failure()
    return status


def new(pointer_or_none: int | None) -> int:
    """An object that was made, or why it was not."""
    if not pointer_or_none:
        raise failure()
    return pointer_or_none


def pointer(array, ctype):
    """To the first element of a contiguous NumPy array; None stays None."""
    return None if array is None else array.ctypes.data_as(POINTER(ctype))
