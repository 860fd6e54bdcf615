"""Arrays of studies: names, rewards, correctness, labels, texts."""

import json
import subprocess
import threading

import numpy as np
import pytest

import assay


@pytest.fixture
def scored(tmp_path):
    """Three models with scores 0 and 1 of two judges, of which one failed once; two tasks, a weight."""
    study = assay.Study(tmp_path / "scored.assay")
    study.import_records({"query": f"q{q}", "prompt": f"Say {q % 3}.", "task": "odd" if q % 2 else "even",
                          "weights": {"traffic": q + 1}} for q in range(6))
    study.import_records({"query": f"q{q}", "model": model, "response": f"{model} {q}"}
                         for q in range(6) for model in ("a", "b", "c") if (q, model) != (5, "c"))
    study.import_records({"query": f"q{q}", "model": model, "judge": judge,
                          "score": None if (q, model) == (0, "a") else (q + ord(model)) % 2}
                         for q in range(6) for model in ("a", "b", "c") for judge in ("exact", "strict"))
    return study


def test_names(scored, demo):
    assert scored.models == ["a", "b", "c"]
    assert scored.queries == [f"q{q}" for q in range(6)]
    assert scored.judges == ["exact", "strict"]
    assert len(demo.models) == 7 and len(demo.queries) == len(demo.comparison().queries)


def test_rewards_are_those_of_the_records(scored):
    seen = scored.comparison(judge="exact")
    assert seen.shape == (6, 3) and seen.rewards.dtype == np.float64
    expected = np.array([[(q + ord(model)) % 2 for model in seen.models] for q in range(6)], float)
    expected[0, 0] = np.nan
    np.testing.assert_array_equal(seen.rewards, expected)
    assert seen.judge == "exact" and seen.baseline is None and seen.measure == "accuracy" and seen.weights is None
    assert not seen.missing.any()
    assert "3 models on 6 queries" in repr(seen)


def test_a_part_of_a_comparison(scored):
    seen = scored.comparison(judge="strict", models=["c", "a"], tasks=["odd"], weights="traffic")
    assert seen.models == ["a", "c"] and seen.queries == ["q1", "q3", "q5"]
    np.testing.assert_allclose(seen.weights, np.array([2, 4, 6]) * 3 / 12)


def test_means_are_those_of_the_command(demo):
    seen = demo.comparison()
    best = demo.select(strategy="random", budget=seen.rewards.size, must_decide=False)
    means = dict(zip(seen.models, np.where(np.isnan(seen.rewards), 0.5, seen.rewards).mean(axis=0)))
    for model in best.models:
        if model.name in means:
            assert model.win_rate == pytest.approx(means[model.name], abs=1e-12)


def test_a_comparison_is_what_select_wants(demo):
    seen = demo.comparison()
    run = assay.Select(seen.models, seen.queries, baseline=seen.baseline)
    while not run.done:
        calls = run.ask(16)
        run.tell(calls, seen.rewards[calls[:, 0], calls[:, 1]])
    assert run.best == demo.select(must_decide=False).best


def test_correctness(scored):
    seen = scored.correctness(judge="exact")
    assert seen.tasks == ["even", "odd"] and seen.task.tolist() == [0, 1, 0, 1, 0, 1]
    assert seen.same_text.tolist() == [0, 1, 2, 0, 1, 2]
    assert np.isnan(seen.right[0, 0]) and seen.right[1].tolist() == [0, 1, 0]
    assert np.isnan(seen.prices).all() and len(seen.parameters) == 3


def test_labels(tmp_path):
    study = assay.Study(tmp_path / "labels.assay")
    study.import_records(
        {"query": f"q{q}", **({"model": model} if model else {}), "label": label}
        for q in range(12) for model, label in (("", "yes" if q % 2 else "no"), ("a", "yes"), ("b", "" if q == 3 else "no")))
    seen = study.labels()
    assert seen.models == ["a", "b"] and seen.labels == ["no", "yes"] and seen.kind == "classes"
    assert seen.y.tolist() == ["yes" if int(name[1:]) % 2 else "no" for name in seen.queries]
    assert (seen.X[:, 0] == "yes").all()
    assert [one is None for one in seen.X[:, 1]] == [name == "q3" for name in seen.queries]
    assert not seen.not_run.any() and seen.offered.tolist() == [2] * 12


def test_texts(scored):
    seen = scored.comparison(judge="exact")
    texts, of_baseline = scored.responses(seen)
    assert texts.shape == (6, 3) and texts[1, 1] == "b 1" and texts[5, 2] is None
    assert of_baseline.tolist() == [None] * 6
    assert scored.prompts(["q5", "q0"]) == ["Say 2.", "Say 0."]
    assert scored.prompts([]) == [] and scored.prompts(["unknown"]) == [""]


@pytest.mark.parametrize("call, argument", [
    (lambda s: s.comparison(), "judge"),
    (lambda s: s.comparison(judge="nobody"), "judge"),
    (lambda s: s.comparison(judge=3), "judge"),
    (lambda s: s.comparison(judge="exact", models=[]), "models"),
    (lambda s: s.comparison(judge="exact", models=["a", "z"]), "z"),
    (lambda s: s.comparison(judge="exact", models=3), "models"),
    (lambda s: s.comparison(judge="exact", measure="beauty"), "measure"),
    (lambda s: s.comparison(judge="exact", average="queues"), "average"),
    (lambda s: s.comparison(judge="exact", scale=[1, 2, 3]), "scale"),
    (lambda s: s.comparison(judge="exact", scale=[2, 1], measure="score"), "scale"),
    (lambda s: s.comparison(judge="exact", tasks=["none"]), "none"),
    (lambda s: s.comparison(judge="exact", weights="fame"), "fame"),
    (lambda s: s.correctness(judge="exact", right_from=float("nan")), "right_from"),
    (lambda s: s.labels(), "label"),
    (lambda s: s.labels(kind="letters"), "kind"),
    (lambda s: s.responses("q1"), "comparison"),
    (lambda s: s.prompts([1]), "queries"),
    (lambda s: s.table("answers"), "name"),
    (lambda s: s.table(None), "name"),
])
def test_errors_name_the_argument(scored, call, argument):
    with pytest.raises(ValueError, match=argument):
        call(scored)


def test_a_study_that_is_not_there(tmp_path):
    study = assay.Study(tmp_path / "none.assay")
    for ask in (lambda: study.models, lambda: study.comparison(), lambda: study.table("queries")):
        with pytest.raises(assay.AssayError, match="none.assay"):
            ask()
    assert not (tmp_path / "none.assay").exists()
    (tmp_path / "text.assay").write_text("no study")
    with pytest.raises(assay.AssayError, match="text.assay"):
        assay.Study(tmp_path / "text.assay").models


def test_nothing_is_written_or_kept_open(scored, command):
    before = open(scored.path, "rb").read()
    scored.comparison(judge="exact"), scored.table("responses"), scored.models
    assert open(scored.path, "rb").read() == before
    told = subprocess.run([command, "info", scored.path, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["queries"] == 6


def test_threads_read_at_the_same_time(scored, demo):
    wanted = {study.path: study.table("queries")["query"].tolist() for study in (scored, demo)}
    wrong = []

    def read(study):
        for _ in range(10):
            if study.table("queries")["query"].tolist() != wanted[study.path] or len(study.models) < 3:
                wrong.append(study)

    threads = [threading.Thread(target=read, args=(study,)) for study in (scored, demo) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
