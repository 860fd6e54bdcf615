"""The notebooks of examples/notebooks run from the first cell to the last, and are stored without outputs."""

import json
import os
import pathlib

import pytest

import assay

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "examples" / "notebooks"
NEEDS = {"own_judge": ["matplotlib"], "lm_eval_logs": ["matplotlib"], "router_sklearn": ["sklearn"]}


def paths():
    return sorted(NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_runs(path, monkeypatch, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    for module in NEEDS[path.stem]:
        pytest.importorskip(module)
    if path.stem == "router_sklearn" and not hasattr(assay, "Router"):
        pytest.skip("assay.Router is not there yet")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    package = os.path.dirname(os.path.dirname(os.path.abspath(assay.__file__)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3",
                            resources={"metadata": {"path": str(tmp_path)}}).execute()


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_is_stored_without_outputs(path):
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell["source"]


def test_each_is_known():
    assert {path.stem for path in paths()} == set(NEEDS)
