"""From arguments of Python to options of the command."""

import pytest

import assay
from assay import _calls, _jobs


@pytest.mark.parametrize("verb, given, option", [
    ("import", {"paths": ["a.csv"], "judge": "j"}, "--judge=j"),
    ("remove", {"judge": "j"}, "--judge=j"),
    ("route fit", {"output": "r", "judge": "j"}, "--judge=j"),
    ("route evaluate", {"judge": "j"}, "--judge=j"),
    ("simulate", {"judge": "j"}, "--judge=j"),
    ("weak-judges", {"judge": "j"}, "--judge=j"),
    ("select", {"judge": "j"}, "--judge=j"),
    ("export", {"format": "csv", "output": "x"}, "--format=csv"),
    ("synth", {"path": "x", "queries": 80}, "--queries=80"),
])
def test_arguments_reach_the_command(tmp_path, verb, given, option):
    words = _calls._words(verb, given, "study.assay", _jobs.Host(), str(tmp_path))
    assert words.count(option) == 1 or option.split("=") in [words[i:i + 2] for i in range(len(words))], words


def test_a_study_of_the_wanted_size(tmp_path):
    assay.synth(tmp_path / "a.assay", models=3, queries=20)
    assert assay.Study(tmp_path / "a.assay").info().queries == 20


def test_a_judge_of_two_is_removed(tmp_path):
    study = assay.Study(tmp_path / "a.assay")
    study.import_records({"query": "q", "model": "m", "judge": judge, "score": 1} for judge in ("j", "k"))
    study.remove(judge=["j"])
    assert study.judges == ["k"]
