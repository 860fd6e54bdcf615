"""What Assay raises. Each error is an `AssayError`; arguments that are wrong are a `ValueError`, too."""

from __future__ import annotations

__all__ = ["AssayError", "BudgetEnded", "DataError", "OracleError"]


class AssayError(Exception):
    """Ends an operation: a file that can't be used, a failing disk. The base of all errors of this package."""


class InvalidArgument(AssayError, ValueError):
    """A value outside its range, a name that does not exist. Catch it as `ValueError`."""


class DataError(AssayError):
    """A file that can't be read as what it should be: "path:line: what was expected, what came"."""


class OracleError(AssayError):
    """A judge or a model that can't be reached, or broke off. What it said before is kept in the study."""


class BudgetEnded(AssayError):
    """The budget ended before the decision. `report` tells what is known; a larger budget goes on from there."""

    def __init__(self, message: str, report: object = None):
        super().__init__(message)
        self.report = report


# By AssayFailure of bridge/bridge.h.
_BY_KIND = {1: InvalidArgument, 2: DataError, 3: OracleError, 4: AssayError, 6: MemoryError}


def _error_of(kind: int, message: str) -> Exception:
    return _BY_KIND.get(kind, AssayError)(message)
