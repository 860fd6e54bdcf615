"""Ask and tell: which model is best."""

import pickle

import numpy as np
import pytest

import assay


def truth(n=300, m=8, seed=0):
    return (np.random.default_rng(seed).random((n, m)) < np.linspace(0.3, 0.8, m)).astype(float)


def finish(run, rewards, limit=16):
    while not run.done:
        calls = run.ask(limit)
        run.tell(calls, rewards[calls[:, 0], calls[:, 1]])
    return run


def state(run):
    return run.best, run.risk, run.calls, run.population_risk, run.estimates.mean.tolist(), run.estimates.low.tolist()


def test_finds_the_best_and_says_how_sure():
    rewards = truth()
    run = finish(assay.Select(8, 300), rewards)
    assert run.best == rewards.mean(0).argmax()
    assert run.decided and run.risk <= 0.05
    assert run.calls < rewards.size
    estimates = run.estimates
    assert len(estimates) == 8 and np.all(estimates.low <= rewards.mean(0)) and np.all(rewards.mean(0) <= estimates.high)
    assert estimates.possible[run.best]
    assert np.asarray(estimates).shape == (8,)
    assert "8 models" in repr(run) and str(run.best) in repr(estimates)


def test_names_are_given_back():
    run = finish(assay.Select([f"m{j}" for j in range(8)], [f"q{q}" for q in range(300)]), truth())
    assert run.best == "m7"
    assert run.estimates.names[7] == "m7"


def test_nothing_is_known_at_first():
    run = assay.Select(3, 10)
    assert run.best is None and run.risk == 1 and run.calls == 0 and not run.done


def test_the_same_rewards_give_the_same_calls():
    rewards = truth()
    first, second = assay.Select(8, 300, seed=5), assay.Select(8, 300, seed=5)
    for _ in range(20):
        calls, again = first.ask(7), second.ask(7)
        assert (calls == again).all()
        first.tell(calls, rewards[calls[:, 0], calls[:, 1]])
        second.tell(again[::-1], rewards[again[::-1, 0], again[::-1, 1]])
    assert first.best == second.best


@pytest.mark.parametrize("copy", ["pickle", "file"])
def test_a_run_that_was_saved_goes_on(copy, tmp_path):
    rewards = truth()
    features = np.random.default_rng(1).normal(size=(300, 8, 2)).astype(np.float32)
    run = assay.Select(8, 300, features=features, weights=np.linspace(1, 2, 300), epsilon=0.01, seed=2)
    for _ in range(10):
        calls = run.ask(16)
        run.tell(calls[:9], rewards[calls[:9, 0], calls[:9, 1]])
        run.tell(calls[9:], rewards[calls[9:, 0], calls[9:, 1]])
    waiting = run.ask(3)
    if copy == "pickle":
        other = pickle.loads(pickle.dumps(run))
    else:
        run.save(tmp_path / "run.npz")
        other = assay.Select.load(tmp_path / "run.npz")
    assert state(other) == state(run)
    other.tell(waiting, rewards[waiting[:, 0], waiting[:, 1]])
    run.tell(waiting, rewards[waiting[:, 0], waiting[:, 1]])
    assert state(finish(other, rewards)) == state(finish(run, rewards))


def test_what_is_no_saved_run_is_refused(tmp_path):
    for content in (b"", b"x" * 100, pickle.dumps({"a": 1})):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(ValueError, match="what Select.save wrote"):
            assay.Select.load(tmp_path / "x")


def test_the_budget_ends_a_run():
    run = finish(assay.Select(8, 300, budget=50), truth())
    assert run.calls == 50 and run.done and not run.decided
    assert len(run.ask(5)) == 0
    assert run.calls_to_decide > 0


def test_calls_without_a_verdict_are_not_asked_again():
    run = assay.Select(2, 20)
    asked = set()
    while not run.done:
        calls = run.ask(4)
        asked |= {tuple(call) for call in calls.tolist()}
        run.tell(calls, [np.nan] * len(calls))
    assert len(asked) == 40 and run.best is None and not run.decided


def test_known_judgements_are_not_asked_for():
    rewards = truth()
    calls = np.array([(q, m) for q in range(100) for m in range(8)])
    run = assay.Select(8, 300, known=(calls, rewards[calls[:, 0], calls[:, 1]]))
    while not run.done:
        asked = run.ask(16)
        assert (asked[:, 0] >= 100).all()
        run.tell(asked, rewards[asked[:, 0], asked[:, 1]])
    assert run.best == rewards.mean(0).argmax()


def test_the_cheapest_that_is_good_enough():
    rewards = truth(m=4)
    rewards[:, 0] = rewards[:, 3]
    prices = [1.0, 5.0, 5.0, 9.0]
    run = finish(assay.Select(4, 300, good_enough=0.05, prices=prices), rewards)
    assert run.best == 0


def test_a_baseline_is_a_candidate():
    rewards = np.zeros((60, 2))
    run = finish(assay.Select(["a", "b"], 60, baseline="old"), rewards)
    assert run.best == "old"
    assert run.estimates.names == ["a", "b", "old"]


def test_hints_guide():
    rewards = truth()
    plain = finish(assay.Select(8, 300), rewards)
    told = finish(assay.Select(8, 300, hints=rewards), rewards)
    assert told.best == plain.best


@pytest.mark.parametrize("strategy", [one["name"] for one in assay.strategies()])
def test_every_strategy_runs(strategy):
    rng = np.random.default_rng(4)
    rewards = rng.choice([0, 0.5, 1], size=(40, 3), p=[0.4, 0.2, 0.4])
    texts = [[f"word{rng.integers(9)} word{rng.integers(9)}" for _ in range(3)] for _ in range(40)]
    run = assay.Select(3, 40, strategy=strategy, responses=texts, baseline_responses=["word1 word2"] * 40, budget=30)
    while not run.done:
        calls = run.ask(3)
        if not len(calls):
            break
        run.tell(calls, rewards[calls[:, 0], calls[:, 1]])
    assert run.best in (0, 1, 2)
    assert abs(run.estimates.probability.sum() - 1) < 1e-9


def test_parameters_of_strategies():
    texts = [["a b", "b c"]] * 10
    assay.Select(2, 10, strategy="select-llm", responses=texts, temperature=0.5)
    with pytest.raises(ValueError, match="temperature"):
        assay.Select(2, 10, strategy="select-llm", responses=texts, temperature=-1)
    with pytest.raises(ValueError, match="does not use temperature"):
        assay.Select(2, 10, temperature=0.5)


class InOrder:
    """A strategy as a user writes one."""

    def __init__(self, models, queries, seed, budget):
        self.left = [(q, m) for q in range(queries) for m in range(models)]

    def propose(self, limit):
        now, self.left = self.left[:limit], self.left[limit:]
        return now

    def observe(self, calls, rewards):
        assert len(calls) == len(rewards)


def test_a_strategy_may_be_a_class():
    rewards = truth()
    run = finish(assay.Select(8, 300, strategy=InOrder), rewards)
    assert run.best == rewards.mean(0).argmax() and run.calls == rewards.size
    assert np.isnan(run.risk) and run.calls_to_decide is None


def test_a_strategy_that_asks_twice_is_refused():
    class Twice(InOrder):
        def propose(self, limit):
            return [(0, 0)]

    run = assay.Select(2, 5, strategy=Twice)
    run.tell(run.ask(), [1])
    with pytest.raises(ValueError, match="never asked before"):
        run.ask()


@pytest.mark.parametrize("wrong, message", [
    (dict(models=0), "models: expected a whole number from 1"),
    (dict(models="abc"), "models: expected a list of names"),
    (dict(models=["a", "a"]), "'a' came twice"),
    (dict(models=[]), "at least one"),
    (dict(queries=2.5), "queries"),
    (dict(queries=10**9, models=10**6), "at most 4294967295 pairs"),
    (dict(epsilon=1), "epsilon"),
    (dict(epsilon="x"), "epsilon: expected a number"),
    (dict(confidence=0), "confidence"),
    (dict(confidence=float("nan")), "confidence"),
    (dict(good_enough=0.1), "needs prices"),
    (dict(good_enough=0.1, prices=[1, 2]), "prices: expected an array of shape 3, came 2"),
    (dict(prices=[1, 2, -3], good_enough=0.1), "prices: expected positive"),
    (dict(weights=np.zeros(10)), "weights: expected positive"),
    (dict(features=np.zeros((10, 3))), "features: expected an array of shape 10 x 3 x any"),
    (dict(features=np.full((10, 3, 1), np.inf)), "features: expected finite"),
    (dict(features="abc"), "features"),
    (dict(hints=np.full((10, 3), 2.0)), "hints"),
    (dict(budget=0), "budget"),
    (dict(seed=-1), "seed"),
    (dict(seed=1.5), "seed"),
    (dict(strategy="nobody"), "unknown strategy"),
    (dict(strategy="sysrs", budget=None), None),
    (dict(strategy="llm-selector"), "needs responses"),
    (dict(responses=[["a"]]), "responses: expected 10 lists of 3 texts"),
    (dict(responses=[[1, 2, 3]] * 10), "responses: expected texts"),
    (dict(baseline=""), "baseline"),
    (dict(known=3), "known: expected a pair"),
    (dict(known=([[0, 9]], [1])), "a model from 0 to 2"),
    (dict(nonsense=3), "there is no argument nonsense"),
])
def test_wrong_arguments_are_told(wrong, message):
    arguments = {"models": 3, "queries": 10, **wrong}
    if message is None:
        assay.Select(**arguments)
        return
    with pytest.raises(ValueError, match=message):
        assay.Select(**arguments)


@pytest.mark.parametrize("calls, rewards, message", [
    ([[0, 0]], [2], "rewards: expected numbers from 0 to 1"),
    ([[0, 0]], [-0.1], "rewards"),
    ([[0, 0]], [np.inf], "rewards"),
    ([[0, 0]], ["win"], "rewards"),
    ([[0, 0]], [1, 1], "rewards: expected an array of shape 1, came 2"),
    ([[0, 5]], [1], "a model from 0 to 2"),
    ([[-1, 0]], [1], "a query from 0"),
    ([[0, 0, 0]], [1], "calls: expected an array"),
    ([[0.5, 0]], [1], "whole numbers"),
    ([[9, 2]], [1], "that `ask` gave"),
    ([[0, 0], [0, 0]], [1, 1], "each once"),
])
def test_wrong_answers_are_told_and_nothing_is_taken(calls, rewards, message):
    run = assay.Select(3, 10, seed=1)
    asked = run.ask(2)
    with pytest.raises(ValueError, match=message):
        run.tell(calls, rewards)
    assert run.calls == 0
    run.tell(asked, [1] * len(asked))
    with pytest.raises(ValueError, match="told before"):
        run.tell(asked, [1] * len(asked))


def test_threads_may_share_a_run():
    import threading

    rewards = truth()
    run = assay.Select(8, 300)
    told = []

    def work():
        while not run.done:
            calls = run.ask(4)
            run.tell(calls, rewards[calls[:, 0], calls[:, 1]])
            told.extend(map(tuple, calls.tolist()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(set(told)) == run.calls and run.best == rewards.mean(0).argmax()


def test_arrays_that_change_afterwards_change_nothing():
    rewards = truth()
    run = assay.Select(8, 300, seed=3)
    for _ in range(5):
        calls = run.ask(16)
        answers = rewards[calls[:, 0], calls[:, 1]]
        run.tell(calls, answers)
        calls[:], answers[:] = 0, 0
    assert state(pickle.loads(pickle.dumps(run))) == state(run)


def test_a_masked_reward_is_no_verdict():
    run = assay.Select(2, 5)
    calls = run.ask(3)
    run.tell(calls, np.ma.masked_array([1.0, 1.0, 1.0], mask=True))
    assert run.best is None and run.calls == 3


def test_a_limit_may_be_more_than_there_is():
    assert len(assay.Select(2, 3).ask(16)) <= 6


def test_a_damaged_file_is_a_value_error(tmp_path):
    run = assay.Select(2, 3)
    run.tell(run.ask(1), [1])
    run.save(tmp_path / "run.npz")
    whole = (tmp_path / "run.npz").read_bytes()
    for cut in range(0, len(whole), 37):
        for bad in (whole[:cut], whole[:cut] + bytes([whole[cut] ^ 0x5A]) + whole[cut + 1:]):
            (tmp_path / "bad.npz").write_bytes(bad)
            try:
                assay.Select.load(tmp_path / "bad.npz")
            except ValueError:
                pass


@pytest.mark.parametrize("models", [["a", None], ["a\0", "b"], ["\ud800", "b"], [1.5, 2.5]])
def test_names_are_texts(models):
    with pytest.raises(ValueError, match="models: expected names"):
        assay.Select(models, 3)
