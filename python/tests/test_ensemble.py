"""assay.Ensemble."""

import copy
import json
import pickle
import subprocess

import numpy as np
import pytest

import assay

LABELS = np.array(["maybe", "no", "yes"])


def problem(n=300, m=8, seed=0, labels=LABELS, missing=0.05):
    """Models of rising accuracy; some answers are missing."""
    draw = np.random.default_rng(seed)
    y = labels[draw.integers(len(labels), size=n)]
    wrong = labels[draw.integers(len(labels), size=(n, m))]
    X = np.where(draw.random((n, m)) < np.linspace(0.4, 0.85, m), y[:, None], wrong).astype(object)
    X[draw.random((n, m)) < missing] = None
    return X, y


def slow_majority(X, y, members, classes):
    """Counts votes one by one; a tie goes to what the most accurate of the tied voters said."""
    accuracy = [np.mean([X[i, j] == y[i] for i in range(len(y))]) for j in members]
    ranking = sorted(range(len(members)), key=lambda k: -accuracy[k])
    answers = []
    for row in X[:, members]:
        counts = {label: sum(vote == label for vote in row) for label in classes}
        most = max(counts.values())
        tied = [label for label in classes if counts[label] == most]
        of_ranking = [row[k] for k in ranking if row[k] in tied]
        answers.append(of_ranking[0] if of_ranking else None)
    return answers


@pytest.mark.parametrize("seed", range(5))
def test_majority_is_what_a_slow_count_says(seed):
    X, y = problem(seed=seed)
    ensemble = assay.Ensemble(size=4, method="top-accuracy", decision="majority").fit(X, y)
    accuracy = [np.mean(X[:, j] == y) for j in range(8)]
    assert ensemble.members_.tolist() == sorted(range(8), key=lambda j: (-accuracy[j], j))[:4]
    expected = slow_majority(X, y, ensemble.members_, LABELS.tolist())
    for answer, wanted in zip(ensemble.predict(X).tolist(), expected):
        assert wanted is None or answer == wanted


def test_members_and_decision_are_those_of_the_command(tmp_path, command):
    X, y = problem(n=400, m=10, seed=3)
    study = assay.Study(tmp_path / "labels.assay")
    names = [f"m{j}" for j in range(10)]
    study.import_records(
        {"query": f"{i:04d}", **({"model": model} if model else {}), "label": label}
        for i in range(len(y)) for model, label in [("", y[i]), *zip(names, ["" if v is None else v for v in X[i]])])
    seen = study.labels()
    np.testing.assert_array_equal(seen.X, X)
    for method in ("assay", "greedy-mi", "mrmr", "top-accuracy"):
        told = json.loads(subprocess.run(
            [command, "ensemble", study.path, "--size", "3", "--method", method, "--compare", method, "--splits", "2",
             "--json"], capture_output=True, text=True, check=True).stdout)
        ensemble = assay.Ensemble(size=3, method=method).fit(seen.X, seen.y)
        assert [seen.models[j] for j in ensemble.members_] == [one["name"] for one in told["members"]]
        assert ensemble.decision_ == told["decision"]


def test_options(tmp_path, command):
    letters = np.array(list("ABCD"))
    X, y = problem(labels=letters, seed=2)
    offered = np.where(np.isin(y, ["A", "B"]), np.random.default_rng(1).integers(2, 5, len(y)), 4)
    study = assay.Study(tmp_path / "options.assay")
    study.import_records({"query": f"{i:04d}", "prompt": f"p{i}", "options": int(offered[i])} for i in range(len(y)))
    study.import_records(
        {"query": f"{i:04d}", **({"model": model} if model else {}), "label": label}
        for i in range(len(y))
        for model, label in [("", y[i]), *((f"m{j}", v or "") for j, v in enumerate(X[i]))])
    seen = study.labels()
    assert seen.kind == "options"
    ensemble = assay.Ensemble(size=3, kind="options").fit(seen.X, seen.y, offered=seen.offered)
    told = json.loads(subprocess.run([command, "ensemble", study.path, "--size", "3", "--splits", "2", "--json"],
                                     capture_output=True, text=True, check=True).stdout)
    assert [seen.models[j] for j in ensemble.members_] == [one["name"] for one in told["members"]]
    assert ensemble.classes_.tolist() == list("ABCD")
    chances = ensemble.predict_proba(seen.X, offered=seen.offered)
    for label in range(4):
        assert (chances[seen.offered <= label, label] == 0).all(), "what is not offered is not possible"
    with pytest.raises(ValueError, match="y: expected options"):
        assay.Ensemble(kind="options").fit([["A"], ["b"]], ["A", "b"])
    with pytest.raises(ValueError, match="offered"):
        assay.Ensemble(kind="options").fit(seen.X, seen.y, offered=np.ones(len(y), int))
    with pytest.raises(ValueError, match="offered"):
        assay.Ensemble().fit(X, y, offered=offered)


@pytest.mark.parametrize("decision", ["auto", "majority", "log-odds", "logit", "pattern"])
def test_probabilities(decision):
    X, y = problem()
    ensemble = assay.Ensemble(size=3, decision=decision).fit(X, y)
    assert decision in ("auto", ensemble.decision_)
    chances = ensemble.predict_proba(X)
    assert chances.shape == (300, 3) and chances.dtype == np.float64
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert (chances >= 0).all()
    answers = ensemble.predict(X)
    at = np.searchsorted(ensemble.classes_, answers)
    np.testing.assert_allclose(chances[np.arange(300), at], chances.max(axis=1), err_msg="the most probable label")
    assert ensemble.score(X, y) == np.mean(answers == y) > 0.7


@pytest.mark.parametrize("labels, kind", [
    ([0, 1, 2], "i"), ([-1.0, 3.0, 70.0], "f"), ([False, True], "b"), (["a", "bb", "B"], "U"),
    (["", "\u2603", "x" * 300], "U"), ([(1, 2), "x", frozenset()], None),
])
def test_any_labels_that_can_be_told_apart(labels, kind):
    choices = np.empty(len(labels), object)
    choices[:] = labels
    X, y = problem(labels=choices)
    if kind is None:
        with pytest.raises(ValueError, match="y: expected labels of one type"):
            assay.Ensemble().fit(X, y)
        return
    ensemble = assay.Ensemble(size=3).fit(X, y)
    assert ensemble.classes_.tolist() == sorted(labels)
    assert set(ensemble.predict(X).tolist()) <= set(labels)
    typed = assay.Ensemble(size=3).fit(X, np.array(y.tolist()))
    assert typed.classes_.dtype.kind == kind
    assert typed.predict(X).tolist() == ensemble.predict(X).tolist()


def test_the_order_of_the_classes_is_that_of_the_columns():
    """Shorter labels come first in the library; for scikit-learn they are sorted."""
    labels = np.array(["b", "aa", "ccc"])
    X, y = problem(labels=labels, missing=0)
    ensemble = assay.Ensemble(size=3, decision="majority").fit(X, y)
    assert ensemble.classes_.tolist() == ["aa", "b", "ccc"]
    for one in labels:
        row = np.full((1, 8), one, object)
        assert ensemble.predict(row)[0] == one
        assert ensemble.classes_[ensemble.predict_proba(row)[0].argmax()] == one


def test_what_is_no_answer():
    X, y = problem(missing=0)
    as_given = X.copy()
    as_given[:30, 0], as_given[30:60, 1], as_given[60:90, 2] = None, np.nan, "never heard of"
    X[:30, 0], X[30:60, 1], X[60:90, 2] = None, None, None
    one, other = assay.Ensemble(size=8).fit(as_given, y), assay.Ensemble(size=8).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(as_given), other.predict_proba(X))
    nothing = np.full((1, 8), None)
    assert one.predict(nothing)[0] in LABELS
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X).astype("string")
    np.testing.assert_array_equal(assay.Ensemble(size=8).fit(frame, y).predict_proba(frame), other.predict_proba(X))


def test_models_that_tell_nothing_are_left_out():
    X, y = problem(missing=0)
    X[:, 2] = "yes"
    X[:, 7] = X[:, 6]
    assert assay.Ensemble(size=8).fit(X, y).left_out_.tolist() == [2, 7]
    prices = np.arange(8, 0, -1.0)
    assert assay.Ensemble(size=8, prices=prices).fit(X, y).left_out_.tolist() == [2, 6], "the cheaper one stays"
    with pytest.raises(ValueError, match="X: every model gives one answer"):
        assay.Ensemble().fit(np.full((6, 2), "yes"), ["yes", "no"] * 3)


def test_a_budget():
    X, y = problem()
    prices = np.linspace(0.1, 3, 8)
    ensemble = assay.Ensemble(size=None, budget=2.0, prices=prices).fit(X, y)
    assert prices[ensemble.members_].sum() <= 2.0
    assert len(assay.Ensemble(size=1, budget=100, prices=prices).fit(X, y).members_) == 1
    assert len(assay.Ensemble(size=None).fit(X, y).members_) == 5
    with pytest.raises(ValueError, match="budget: needs prices"):
        assay.Ensemble(budget=1).fit(X, y)
    with pytest.raises(ValueError, match="budget"):
        assay.Ensemble(budget=0.01, prices=prices).fit(X, y)


def test_copies_and_pickles_answer_alike():
    X, y = problem()
    ensemble = assay.Ensemble(size=3).fit(X, y)
    for other in (pickle.loads(pickle.dumps(ensemble)), copy.deepcopy(ensemble), copy.copy(ensemble)):
        np.testing.assert_array_equal(other.predict_proba(X), ensemble.predict_proba(X))
        assert other.members_.tolist() == ensemble.members_.tolist()
    unfitted = pickle.loads(pickle.dumps(assay.Ensemble(size=2)))
    assert unfitted.size == 2
    with pytest.raises(ValueError, match="not fitted"):
        unfitted.predict(X)


def test_threads_do_not_matter():
    X, y = problem(n=1000)
    one, four = assay.Ensemble(threads=1).fit(X, y), assay.Ensemble(threads=4).fit(X, y)
    assert one.members_.tolist() == four.members_.tolist()
    np.testing.assert_array_equal(one.predict_proba(X), four.predict_proba(X))


def test_a_fit_that_fails_leaves_the_last_one():
    X, y = problem()
    ensemble = assay.Ensemble(size=3).fit(X, y)
    before = ensemble.predict(X)
    with pytest.raises(ValueError):
        ensemble.fit(X, y[:-1])
    assert (ensemble.predict(X) == before).all()
    ensemble.set_params(size=2).fit(X, y)
    assert len(ensemble.members_) == 2


@pytest.mark.parametrize("parameters, argument", [
    ({"size": 0}, "size"), ({"size": 2.5}, "size"), ({"size": "two"}, "size"), ({"method": "magic"}, "method"),
    ({"method": 1}, "method"), ({"decision": "coin"}, "coin"), ({"decision": None}, "decision"),
    ({"kind": "sorts"}, "kind"), ({"seed": -1}, "seed"), ({"threads": -1}, "threads"),
    ({"prices": [1, 2]}, "prices"), ({"prices": [-1] * 8}, "prices"), ({"prices": "free"}, "prices"),
    ({"budget": -1, "prices": [1] * 8}, "budget"), ({"budget": float("inf"), "prices": [1] * 8}, "budget"),
])
def test_parameters_are_checked_by_fit(parameters, argument):
    X, y = problem()
    ensemble = assay.Ensemble(**parameters)
    with pytest.raises(ValueError, match=argument):
        ensemble.fit(X, y)


@pytest.mark.parametrize("X, y, argument", [
    ([], [], "X"), ([[]], [1], "X"), ([1, 2], [1, 2], "X"), (None, [1, 2], "X"), (np.zeros((2, 2, 2)), [1, 2], "X"),
    ([[1], [2, 3]], [1, 2], "X"), ([[1], [2]], None, "y"), ([[1], [2]], [1], "y"), ([[1], [2]], [1, None], "y"),
    ([[1], [2]], [1, float("nan")], "y"), ([[1], [2]], [1.5, 2], "y"), ([[1], [2]], [1, 1], "y"),
    ([[1], [2]], [[1, 2], [3, 4]], "y"), ([[{}], [2]], [1, 2], "X"), ([[5], [6]], [1, 2], "X"),
    ([[float("inf")], [1]], [1, 2], "X"), ([[1j], [2]], [1, 2], "X"), ([[1], [2]], [[1], [2, 3]], "y"),
])
def test_arrays_are_checked(X, y, argument):
    with pytest.raises(ValueError, match=f"^{argument}\\b"):
        assay.Ensemble().fit(X, y)


def test_too_few_queries():
    with pytest.raises(ValueError, match="queries"):
        assay.Ensemble().fit(np.arange(3).repeat(2).reshape(3, 2)[:2], [0, 1]) and assay.Ensemble().fit(
            [["a", "b"], ["b", "a"]], ["a", "b"]).fit([["a", "b"]], ["a"])


def test_params():
    ensemble = assay.Ensemble(size=3, method="mrmr")
    assert ensemble.get_params()["method"] == "mrmr"
    assert repr(ensemble) == "Ensemble(method='mrmr', size=3)"
    assert ensemble.set_params(size=4).size == 4
    with pytest.raises(ValueError, match="sizes"):
        ensemble.set_params(sizes=4)
