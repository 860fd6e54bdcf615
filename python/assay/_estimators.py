"""What scikit-learn expects of an estimator, without scikit-learn: parameters, tags, checks."""

from __future__ import annotations

import inspect
import weakref

import numpy as np

from . import _arrays
from .errors import InvalidArgument

_SHOWN = 60  # characters of a parameter


class NotFittedError(InvalidArgument, AttributeError):
    """The estimator was asked before it was fitted."""


def _not_fitted(message: str) -> Exception:
    """As scikit-learn raises it, where that is installed."""
    try:
        from sklearn.exceptions import NotFittedError as theirs
    except ImportError:
        return NotFittedError(message)
    return type("NotFittedError", (NotFittedError, theirs), {})(message)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN - 3] + "..."


class Estimator:
    """Parameters are the arguments of __init__, kept as they came; what is learnt ends in an underscore."""

    @classmethod
    def _parameters(cls) -> list[str]:
        return sorted(name for name in inspect.signature(cls.__init__).parameters if name != "self")

    def get_params(self, deep: bool = True) -> dict:
        """The arguments that it was made with. `deep` is there for scikit-learn."""
        return {name: getattr(self, name) for name in self._parameters()}

    def set_params(self, **parameters):
        """Changes arguments; they count from the next `fit` on."""
        for name, value in parameters.items():
            if name not in self._parameters():
                raise InvalidArgument(f"{name}: {type(self).__name__} has no such parameter; it has "
                                      f"{', '.join(self._parameters())}")
            setattr(self, name, value)
        return self

    def __repr__(self):
        defaults = inspect.signature(type(self).__init__).parameters
        shown = {name: repr(value) for name, value in self.get_params().items()}
        changed = [f"{name}={_cut(text)}" for name, text in shown.items() if text != repr(defaults[name].default)]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise _not_fitted(f"this {type(self).__name__} is not fitted yet: call fit first")

    def _threads(self) -> int:
        return _arrays.whole(self.threads, "threads", 0, 4096)

    def _hold(self, handle: int, free) -> None:
        """Keeps what the library has made, in the place of what an earlier fit made."""
        if "_handle" in self.__dict__:
            self._free()
        self._handle = handle
        self._free = weakref.finalize(self, free, handle)

    def __getstate__(self):
        return {key: value for key, value in self.__dict__.items() if key not in ("_handle", "_free")}

    def _take_feature_names(self, X) -> None:
        names = feature_names(X)
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _check_features(self, X, count: int) -> None:
        """That columns are those of the fit."""
        fitted, names = getattr(self, "feature_names_in_", None), feature_names(X)
        if fitted is not None and names is not None and list(fitted) != list(names):
            raise InvalidArgument(
                "X: The feature names should match those that were passed during fit: expected "
                f"{', '.join(map(str, fitted))}, came {', '.join(map(str, names))}"[:300])
        if count != self.n_features_in_:
            raise InvalidArgument(f"X has {count} features, but {type(self).__name__} is expecting "
                                  f"{self.n_features_in_} features as input")


def feature_names(X) -> np.ndarray | None:
    """Names of the columns of a data frame of pandas or polars, if all are texts."""
    columns = getattr(X, "columns", None)
    if columns is None or not hasattr(X, "shape") or callable(columns):
        return None
    names = list(columns)
    return np.array(names, object) if names and all(isinstance(name, str) for name in names) else None


def grid(X, name: str = "X") -> np.ndarray:
    """A two-dimensional array of any dtype."""
    if X is None:
        raise InvalidArgument(f"{name}: expected an array of shape any x any, came None")
    if hasattr(X, "toarray") or type(X).__module__.startswith("scipy.sparse"):
        raise InvalidArgument(f"{name}: expected a dense array, came a sparse one; X.toarray() makes one of it")
    values = _array_of(X, name)
    if values.ndim != 2:
        shape = " x ".join(map(str, values.shape)) or "a single value"
        raise InvalidArgument(f"{name}: expected an array of shape any x any, came {shape}. "
                              "Reshape your data: array.reshape(1, -1) of a single sample")
    if values.dtype.kind == "c":
        raise InvalidArgument(f"{name}: Complex data not supported, came {values.dtype}")
    if values.dtype.kind == "V":
        raise InvalidArgument(f"{name}: expected labels, came an array of records ({values.dtype})")
    rows, columns = values.shape
    if rows == 0:
        raise InvalidArgument(f"{name}: Found array with 0 sample(s) (shape=({rows}, {columns})) while a minimum of 1 "
                              "is required.")
    if columns == 0:
        raise InvalidArgument(f"{name}: Found array with 0 feature(s) (shape=({rows}, {columns})) while a minimum of 1 "
                              "is required.")
    return values


def _array_of(X, name: str) -> np.ndarray:
    try:
        values = np.asarray(_arrays.unmasked(X, "X"))
    except (ValueError, TypeError) as wrong:
        values = _of_lists(X)
        if values is None:
            raise InvalidArgument(f"{name}: expected an array of shape any x any, came rows of different length or "
                                  "what is no array") from wrong
    if isinstance(X, (list, tuple)) and values.ndim != 2 or values.dtype.kind in "US" and values.dtype != object:
        listed = _of_lists(X)
        return values if listed is None else listed
    return values


def _of_lists(rows) -> np.ndarray | None:
    """Labels of lists as they are: of texts beside numbers NumPy would make texts, of tuples another dimension."""
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, (list, tuple)) for row in rows):
        return None
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        return None
    values = np.empty((len(rows), width), object)
    for i, row in enumerate(rows):
        if any(isinstance(one, (list, np.ndarray)) for one in row):
            return None
        for j, one in enumerate(row):
            values[i, j] = one
    return values
