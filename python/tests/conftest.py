import os

import pytest

import assay


@pytest.fixture
def demo(tmp_path):
    """A study of six synthetic models and a baseline, with verdicts of one judge."""
    path = tmp_path / "demo.assay"
    assay.synth(path, models=6, queries=80, seed=3)
    return assay.Study(path)


@pytest.fixture
def answered(tmp_path):
    """A study of responses that nobody has judged."""
    study = assay.Study(tmp_path / "answered.assay")
    study.import_records({"query": f"q{q}", "prompt": f"Say {q}.", "model": model, "response": f"{model} says {q}"}
                         for q in range(30) for model in ("base", "good", "bad"))
    return study


@pytest.fixture
def command():
    """The command beside the package, to compare with."""
    path = os.path.join(os.path.dirname(assay.__file__), "bin", "assay")
    if not os.path.exists(path):
        pytest.skip("the package was built without its command")
    return path
