"""Assay finds the right LLM for a task with the fewest judgements."""

from __future__ import annotations

import importlib

__all__ = ["Allocate", "AssayError", "BudgetEnded", "DataError", "Estimates", "OracleError", "Select", "Study",
           "strategies"]

# What is asked for is loaded then: `import assay` alone loads neither NumPy nor the library.
_WHERE = {
    "Allocate": "_allocate", "Estimates": "_select", "Select": "_select", "strategies": "_select", "Study": "_study",
    "AssayError": "errors", "BudgetEnded": "errors", "DataError": "errors", "OracleError": "errors",
}


def __getattr__(name: str):
    if name == "__version__":
        from ._bridge import lib

        return lib.assay_version().decode()
    if name not in _WHERE:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__, "__version__"])
