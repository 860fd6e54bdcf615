"""The C functions behind this package (bridge/bridge.h), by ctypes: nothing in them depends on Python's version."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int, c_int64, c_uint8, c_uint16, c_uint32, c_void_p
from pathlib import Path

from .errors import _error_of

__all__ = ["AllocateState", "Column", "EnsembleArrays", "Prompts", "RouterArrays", "SelectArrays", "SelectState",
           "TaskRanking", "Texts", "check", "lib", "new", "pointer"]


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


class Column(ctypes.Structure):
    _fields_ = [(name, c_void_p) for name in ("values", "offsets", "valid")] + [
        (name, c_int64) for name in ("rows", "nulls")
    ]


class EnsembleArrays(ctypes.Structure):
    _fields_ = [(name, POINTER(c_uint16)) for name in ("predictions", "truths", "offered")] + [
        ("prices", POINTER(c_int64)),
        *((name, c_int64) for name in ("queries", "models", "labels")),
    ]


class Prompts(ctypes.Structure):
    _fields_ = [
        ("texts", c_char_p),
        ("offsets", POINTER(c_int64)),
        ("vectors", POINTER(c_float)),
        ("dimensions", c_int64),
        ("count", c_int64),
    ]


class RouterArrays(ctypes.Structure):
    _fields_ = [
        ("prompts", Prompts),
        ("cells", POINTER(c_uint8)),
        ("task", POINTER(c_uint32)),
        ("same_text", POINTER(c_uint32)),
        ("costs", POINTER(c_double)),
        ("parameters", POINTER(c_double)),
    ]


class TaskRanking(ctypes.Structure):
    _fields_ = [(name, c_int64) for name in ("chosen", "abstained", "labelled", "has_intervals")] + [
        ("distance", c_double)
    ]


class Texts(ctypes.Structure):
    _fields_ = [("bytes", c_void_p), ("offsets", POINTER(c_int64)), ("missing", POINTER(c_uint8)), ("count", c_int64)]


_INTS, _DOUBLES, _BYTES = POINTER(c_int64), POINTER(c_double), POINTER(c_uint8)
_FLOATS, _TEXTS, _LABELS = POINTER(c_float), POINTER(Texts), POINTER(c_uint16)

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
    "assay_table_of_records": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_names": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_comparison": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_correctness": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_labels": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_responses": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_of_prompts": (c_void_p, [c_char_p, c_char_p]),
    "assay_table_free": (None, [c_void_p]),
    "assay_table_about": (c_char_p, [c_void_p]),
    "assay_table_column": (None, [c_void_p, c_int64, POINTER(Column)]),
    "assay_tables_alive": (c_int64, []),
    "assay_arrow_schema_new": (c_void_p, [c_void_p]),
    "assay_arrow_stream_new": (c_void_p, [c_void_p]),
    "assay_arrow_capsules": (None, [c_void_p, c_void_p]),
    "assay_arrow_schema_end": (None, [c_void_p]),
    "assay_arrow_stream_end": (None, [c_void_p]),
    "assay_ensemble_new": (c_void_p, [c_char_p, POINTER(EnsembleArrays)]),
    "assay_ensemble_free": (None, [c_void_p]),
    "assay_ensemble_about": (c_char_p, [c_void_p]),
    "assay_ensemble_predict": (c_int, [c_void_p, _LABELS, _LABELS, c_int64, c_int64, _LABELS, _DOUBLES]),
    "assay_ensembles": (c_char_p, []),
    "assay_router_fit": (c_int, [c_char_p, POINTER(RouterArrays)]),
    "assay_router_load": (c_void_p, [c_char_p]),
    "assay_router_free": (None, [c_void_p]),
    "assay_router_save": (c_int, [c_void_p, c_char_p]),
    "assay_router_about": (c_char_p, [c_void_p]),
    "assay_router_query": (c_int, [c_void_p, POINTER(Prompts), _INTS, c_int64, c_double, c_int64, _DOUBLES, _INTS]),
    "assay_router_task": (c_int, [c_void_p, c_char_p, POINTER(Prompts), _BYTES, _INTS, c_int64, POINTER(TaskRanking),
                                  _DOUBLES, _DOUBLES, _DOUBLES]),
    "assay_routing_rules": (c_char_p, []),
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
