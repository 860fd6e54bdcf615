"""`Table`: columns of a study, as NumPy arrays and for every program that reads Arrow."""

from __future__ import annotations

import ctypes
import json
import os
import weakref
from collections.abc import Mapping

import numpy as np

from . import _bridge
from ._bridge import lib


class Table:
    """Rows of a study of one kind, a copy of their own that nothing changes.

    Attributes
    ----------
    columns : mapping of str to array (n,)
        Numbers are read-only views of the table's memory; those that are missing are NaN (whole numbers are float64
        then, in a copy). Texts are arrays of `str` objects, None where there is none, made when they are first looked
        at.

    Notes
    -----
    It has the Arrow PyCapsule interface: ``polars.DataFrame(table)``, ``pyarrow.table(table)``,
    ``pandas.DataFrame.from_arrow(table)`` and DuckDB (``FROM table``) read it where it lies, without a copy and, but
    for pandas, without pyarrow. The memory is given back when the last of them is done with it.
    """

    def __init__(self, handle: int):
        self._held = _Held(handle)
        self._about = json.loads(lib.assay_table_about(handle))
        self.columns: Mapping[str, np.ndarray] = _Columns(self._held, self._about["columns"])

    def __len__(self):
        return self._held.column(0).rows

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self), len(self.columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __repr__(self):
        return f"<assay.Table of {len(self)} rows: {', '.join(self.columns)}>"

    def __reduce__(self):
        raise TypeError("an assay.Table can't be pickled; pickle what pandas or polars make of it")

    def __arrow_c_schema__(self):
        """A capsule with an ArrowSchema: a struct of all columns."""
        return _capsule("schema", self._held.handle)

    def __arrow_c_stream__(self, requested_schema=None):
        """A capsule with an ArrowArrayStream of one batch. The schema is always the table's own, as the interface
        allows."""
        return _capsule("stream", self._held.handle)


class _Held:
    """A table in C++, as long as somebody looks at its memory."""

    def __init__(self, handle: int):
        self.handle = handle
        self._free = weakref.finalize(self, lib.assay_table_free, handle)

    def column(self, at: int) -> _bridge.Column:
        column = _bridge.Column()
        lib.assay_table_column(self.handle, at, ctypes.byref(column))
        return column

    def numpy(self, at: int, kind: str) -> np.ndarray:
        column = self.column(at)
        if kind == "text":
            return self._texts(column)
        if kind == "bool":
            values = self._bits(column.values, column.rows)
        else:
            values = self._view(column.values, column.rows, "f8" if kind == "float64" else "i8")
        return values if kind == "float64" or not column.nulls else np.where(self._valid(column), values, np.nan)

    def _view(self, address: int, count: int, dtype: str) -> np.ndarray:
        return np.asarray(_Memory(self, address, count, np.dtype(dtype)))

    def _bits(self, address: int, count: int) -> np.ndarray:
        return np.unpackbits(self._view(address, (count + 7) // 8, "u1"), count=count, bitorder="little").astype(bool)

    def _valid(self, column: _bridge.Column) -> np.ndarray:
        return self._bits(column.valid, column.rows)

    def _texts(self, column: _bridge.Column) -> np.ndarray:
        offsets = self._view(column.offsets, column.rows + 1, "i8").tolist()
        data = memoryview(self._view(column.values, offsets[-1], "u1"))
        texts = np.empty(column.rows, object)
        texts[:] = [str(data[begin:end], "utf-8", "replace") for begin, end in zip(offsets, offsets[1:])]
        if column.nulls:
            texts[~self._valid(column)] = None
        return texts


class _Memory:
    """Memory of a table as NumPy takes it: whoever looks at it keeps the table."""

    def __init__(self, owner: _Held, address: int, count: int, dtype: np.dtype):
        self.owner = owner
        self.__array_interface__ = {"data": (address, True), "typestr": dtype.str, "shape": (count,), "version": 3}


class _Columns(Mapping):
    def __init__(self, held: _Held, told: list):
        self._held = held
        self._kinds = {one["name"]: (at, one["kind"]) for at, one in enumerate(told)}
        self._texts: dict[str, np.ndarray] = {}

    def __getitem__(self, name):
        if name not in self._kinds:
            raise KeyError(f"{name!r}: there are {', '.join(self._kinds)}")
        if name in self._texts:
            return self._texts[name]
        values = self._held.numpy(*self._kinds[name])
        if values.dtype == object:
            self._texts[name] = values
        return values

    def __iter__(self):
        return iter(self._kinds)

    def __len__(self):
        return len(self._kinds)

    def __repr__(self):
        return f"<columns {', '.join(self._kinds)}>"


_CAPSULES = {"schema": (b"arrow_schema", "assay_arrow_schema_new", "assay_arrow_schema_end"),
             "stream": (b"arrow_array_stream", "assay_arrow_stream_new", "assay_arrow_stream_end")}
_capsule_new = ctypes.pythonapi.PyCapsule_New
_capsule_new.restype = ctypes.py_object
_capsule_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
lib.assay_arrow_capsules(ctypes.cast(ctypes.pythonapi.PyCapsule_GetName, ctypes.c_void_p),
                         ctypes.cast(ctypes.pythonapi.PyCapsule_GetPointer, ctypes.c_void_p))


def _capsule(kind: str, handle: int):
    name, make, end = _CAPSULES[kind]
    # The destructor is C++: it needs no Python, even while the interpreter ends.
    return _capsule_new(_bridge.new(getattr(lib, make)(handle)), name, ctypes.cast(getattr(lib, end), ctypes.c_void_p))


def read(function, path: str, what) -> Table:
    """A table by one of the functions assay_table_of_*; `what`: the name of a kind, or a choice."""
    told = what if isinstance(what, str) else json.dumps(what)
    return Table(_bridge.new(function(os.fsencode(path), told.encode())))
