"""Ask and tell: how good each answer is."""

import pickle

import numpy as np
import pytest

import assay


def scored(run, seed=0, spread=(0.01, 0.3)):
    judge = np.random.default_rng(seed)
    spreads = np.linspace(*spread, len(run.arms))
    while not run.done:
        arms = run.ask(5)
        run.tell(arms, np.clip(judge.normal(0.5, spreads[arms]), 0, 1))
    return run


def test_looks_where_scores_are_uncertain():
    run = scored(assay.Allocate(10, 400))
    assert run.calls == 400 and run.counts.sum() == 400
    assert run.counts[-1] > 3 * run.counts[0]
    assert np.abs(run.estimates - 0.5).max() <= run.worst_error_bound
    assert run.intervals.shape == (10, 2)
    assert np.all(run.intervals[:, 0] <= run.estimates) and np.all(run.estimates <= run.intervals[:, 1])
    assert 0 < run.worst_error_likely <= run.worst_error_bound
    assert "10 responses" in repr(run)


@pytest.mark.parametrize("allocator", ["assay", "robin-hood", "uniform", "robin"])
def test_every_allocator_runs(allocator):
    variances = np.full(4, 0.01) if allocator == "robin" else None
    run = scored(assay.Allocate(4, 200, allocator=allocator, variances=variances))
    assert np.isfinite(run.estimates).all()


def test_a_run_that_was_saved_goes_on(tmp_path):
    run = assay.Allocate([f"a{i}" for i in range(6)], 200, scale=(1, 5))
    arms = run.ask(20)
    run.tell(arms[:11], 1 + arms[:11] % 4)
    run.save(tmp_path / "run.npz")
    for other in (pickle.loads(pickle.dumps(run)), assay.Allocate.load(tmp_path / "run.npz")):
        assert other.calls == run.calls and other.arms == run.arms
        assert np.array_equal(other.estimates, run.estimates, equal_nan=True)
        assert (other.ask(30) == pickle.loads(pickle.dumps(run)).ask(30)).all()


def test_failed_calls_count():
    run = assay.Allocate(2, 30)
    while not run.done:
        arms = run.ask(1)
        run.tell(arms, [np.nan if run.calls % 3 == 0 else 0.5])
    assert run.failed.sum() == 10


@pytest.mark.parametrize("wrong, message", [
    (dict(arms=0), "arms"),
    (dict(budget=0), "budget"),
    (dict(budget=1), "calls"),
    (dict(scale=(1, 1)), "scale"),
    (dict(scale=3), "scale"),
    (dict(allocator="nobody"), "nobody"),
    (dict(allocator="robin"), "needs variances"),
    (dict(variances=[1]), "variances"),
    (dict(estimate="x"), "x"),
    (dict(delta=0.1), "does not use delta"),
    (dict(allocator="robin-hood", delta=3), "delta"),
])
def test_wrong_arguments_are_told(wrong, message):
    with pytest.raises(ValueError, match=message):
        assay.Allocate(**{"arms": 5, "budget": 100, **wrong})


@pytest.mark.parametrize("arms, scores, message", [
    ([0], [2], "scores: expected 0 to 1"),
    ([9], [0.5], "arms: expected 0 to 4"),
    ([0, 0, 0, 0, 0, 0, 0, 0, 0], [0.5] * 9, "nobody asked"),
    ([0], [0.5, 0.5], "scores"),
    ([[0]], [0.5], "arms"),
])
def test_wrong_answers_are_told_and_nothing_is_taken(arms, scores, message):
    run = assay.Allocate(5, 100)
    run.ask(5)
    with pytest.raises(ValueError, match=message):
        run.tell(arms, scores)
    assert run.calls == 0


def test_a_run_of_another_kind_is_refused(tmp_path):
    assay.Allocate(2, 20).save(tmp_path / "run.npz")
    with pytest.raises(ValueError, match="what Select.save wrote"):
        assay.Select.load(tmp_path / "run.npz")
