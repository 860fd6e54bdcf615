"""Assay finds the right LLM for a task with the fewest judgements."""

from __future__ import annotations

import importlib

# What is asked for is loaded then: `import assay` alone loads neither NumPy nor the library.
_WHERE = {
    "_allocate": ["Allocate"],
    "_endpoint": ["OpenAICompatible"],
    "_ensemble": ["Ensemble"],
    "_jobs": ["Question"],
    "_router": ["Router", "TaskRanking"],
    "_select": ["Estimates", "Select", "strategies"],
    "_study": ["Study"],
    "_study_arrays": ["Comparison", "Correctness", "Labels", "Responses"],
    "_tables": ["Table"],
    "_verbs": ["doctor", "find", "report", "route_info", "route_query", "route_task", "route_update", "synth"],
    "errors": ["AssayError", "BudgetEnded", "DataError", "OracleError"],
}
_SUBPACKAGES = ("inspect", "ray")  # that need other packages
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str):
    if name == "__version__":
        from ._bridge import lib

        return lib.assay_version().decode()
    if name in _SUBPACKAGES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__, "__version__"])
