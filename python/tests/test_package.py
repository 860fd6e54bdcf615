"""The package as such."""

import subprocess
import sys

import pytest

import assay


def test_everything_public_is_there_and_documented():
    for name in assay.__all__:
        assert (getattr(assay, name).__doc__ or "").strip(), name
    with pytest.raises(AttributeError):
        assay.nonsense
    assert assay.__version__.count(".") == 2
    assert set(assay.__all__) <= set(dir(assay))


def test_import_alone_loads_little():
    code = "import sys, assay; print('numpy' in sys.modules, 'ctypes' in sys.modules)"
    import os

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "False"]


def test_doctests():
    import doctest
    import importlib
    import pkgutil

    count = 0
    for module in pkgutil.iter_modules(assay.__path__):
        if module.name in ("ray", "inspect", "_plots") or module.name.startswith("lib"):
            continue
        loaded = importlib.import_module("assay." + module.name)
        failed, attempted = doctest.testmod(loaded)
        assert failed == 0, module.name
        count += attempted
    assert count > 20


def test_public_methods_have_docstrings():
    import inspect

    for name in ("Select", "Allocate", "Study", "OpenAICompatible", "Question"):
        for member, value in inspect.getmembers(getattr(assay, name)):
            if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{name}.{member}"


def test_every_report_has_a_type():
    from assay import _options

    assert all(hasattr(assay.reports, name) for name in _options.REPORTS.values())
