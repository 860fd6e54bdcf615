"""`Select`: which model is best, asked and told."""

from __future__ import annotations

import json
import threading
import weakref
from ctypes import byref, c_char_p, c_double, c_float, c_int64, c_uint8

import numpy as np

from . import _arrays, _bridge
from ._bridge import lib
from ._saved import SavedRun
from ._strategy_class import RunningStrategy
from .errors import InvalidArgument

_CELLS = 2**32 - 1


class Estimates:
    """What is known of each model. All arrays have one entry for each of the m models and, where there is a baseline,
    one more for it, at the end.

    Attributes
    ----------
    mean : float64 array
        Expected mean reward over all queries, in [0, 1].
    low, high : float64 arrays
        95 % interval of the same. It holds although models and queries were chosen by what was seen.
    probability : float64 array
        Of being the best, by the strategy's posterior; a guide, not a promise.
    possible : bool array
        May still be the best, at the confidence that was asked for.
    names : list of str
    """

    def __init__(self, names, mean, low, high, probability, possible):
        self.names, self.mean, self.low, self.high = names, mean, low, high
        self.probability, self.possible = probability, possible

    def __array__(self, dtype=None, copy=None):
        return np.array(self.mean, dtype=dtype)

    def __len__(self):
        return len(self.mean)

    def __repr__(self):
        order = np.argsort(-self.mean, kind="stable")
        lines = [f"{self.names[j]}: {self.mean[j]:.3f} ({self.low[j]:.3f} .. {self.high[j]:.3f})"
                 + ("" if self.possible[j] else ", out") for j in order[:10]]
        more = [] if len(order) <= 10 else [f"and {len(order) - 10} more"]
        return "\n".join(lines + more)


class Select(SavedRun):
    """Finds the best of m models on n queries with few judgements; you are, or have, the judge.

    Parameters
    ----------
    models : list of str, or int
        Names of the m models, or how many there are.
    queries : list of str, or int
        Names of the n queries, or how many there are.
    features : array (n, m, k), optional
        Numbers that describe each response, for strategy ``assay``. Not copied, so do not change it before `save`.
    responses : list of n lists of m texts, optional
        None where a response is missing. Features, weak judges and similarities are made of them.
    baseline_responses : list of n texts, optional
        Of the baseline, for strategies that compare with it.
    baseline : str, optional
        Rewards are verdicts against this model: 1 better, 1/2 as good, 0 worse. It is then a candidate, too.
    weights : array (n,), optional
        What each query is worth, positive; scaled to sum n.
    prices : array (m,), optional
        What an answer of each model costs, positive: for `good_enough`.
    hints : array (n, m), optional
        What a cheaper judge says, in [0, 1], NaN where it says nothing. It guides the choice of calls and counts for
        nothing else.
    known : pair (calls, rewards), optional
        Judgements that are there already: as for `tell`.
    epsilon : float
        In [0, 1): a model whose mean reward is at most so much below the best one's will do.
    good_enough : float, optional
        In [0, 1): find the cheapest model, by `prices`, that is at most so much below the best.
    confidence : float
        In (0, 1]: the decision is wrong with probability 1 - `confidence` at most, whatever the rewards are.
    population : bool
        Be sure about all queries of the source that these are a random sample of.
    strategy : str
        As `assay.strategies()` lists them, or a class: ``strategy(models, queries, seed, budget)`` with methods
        ``propose(limit) -> calls``, ``observe(calls, rewards)`` and, if it likes, ``posterior() -> array (m,)``.
    budget : int, optional
        Calls at most; all by default.
    seed : int
    **parameters
        Of the strategy, such as ``temperature`` of ``select-llm``.

    Attributes
    ----------
    models : list of str
    queries : int
        How many there are.

    Notes
    -----
    The promise of strategy ``assay`` is a theorem (docs/method/select.md). A run with the same arguments that is told
    the same rewards in the same order asks the same calls. Memory is about 50 bytes for each pair of query and model.

    Examples
    --------
    >>> import assay
    >>> truth = [0.9, 0.6, 0.3]
    >>> run = assay.Select(models=["a", "b", "c"], queries=200, seed=1)
    >>> while not run.done:
    ...     calls = run.ask(4)
    ...     run.tell(calls, [float((q * 7919 + 31) % 100 < 100 * truth[m]) for q, m in calls])
    >>> run.best
    'a'
    >>> run.risk <= 0.05
    True
    >>> run.calls < 600
    True
    """

    def __init__(self, models, queries, *, features=None, responses=None, baseline_responses=None, baseline=None,
                 weights=None, prices=None, hints=None, known=None, epsilon=0.0, good_enough=None, confidence=0.95,
                 population=False, strategy="assay", budget=None, seed=1, **parameters):
        self._given = {key: value for key, value in locals().items() if key not in ("self", "__class__", "parameters")}
        self._given.update(parameters)
        self._events: list[tuple] = []
        self._lock = threading.RLock()  # the library's object is for one thread at a time
        names, m = _arrays.names(models, "models")
        n = self.queries = _arrays.names(queries, "queries")[1]
        if n * m > _CELLS:
            raise InvalidArgument(f"models, queries: expected at most {_CELLS} pairs, came {n} x {m}")
        self._named = names is not None
        self.models = names or [str(j) for j in range(m)]
        if baseline is not None and (str(baseline) in self.models or not str(baseline)):
            raise InvalidArgument(f"baseline: expected a name that is none of the models, came {baseline!r}")
        self.baseline = None if baseline is None else str(baseline)
        for name in ("epsilon", "confidence"):
            _arrays.real(locals()[name], name)
        if budget is not None:
            budget = _arrays.whole(budget, "budget", 1)
        seed = _arrays.whole(seed, "seed", 0, 2**64 - 1)
        if good_enough is not None:
            _arrays.real(good_enough, "good_enough")
            if prices is None:
                raise InvalidArgument("good_enough: needs prices, none were given")
        there_are = {one["name"].replace("-", "_") for row in strategies() for one in row["parameters"]}
        for name, value in parameters.items():
            if name not in there_are:
                raise InvalidArgument(f"there is no argument {name}")
            _arrays.real(value, name)
        if weights is not None:
            weights = self._given["weights"] = _arrays.array(weights, "weights", (n,))
        weights, prices, hints, features = self._checked(n, m, weights, prices, hints, features)
        known_calls, known_rewards = self._known(known)
        arrays = {"prices": prices, "hints": hints, "features": features}
        self._given.update({name: value for name, value in arrays.items() if value is not None}, known=None)
        if known is not None:
            self._given["known"] = np.column_stack([known_calls, known_rewards])
        self._strategy = None
        if not isinstance(strategy, str):
            self._strategy = _Hosted(strategy, n, m, seed, budget or n * m, known_calls, known_rewards)
            self._handle = None
            return
        setup = {"models": self.models, "queries": n, "baseline": self.baseline or "", "strategy": strategy,
                 "epsilon": float(epsilon), "good_enough": good_enough, "confidence": float(confidence),
                 "population": bool(population), "budget": budget, "seed": seed,
                 "parameters": {name.replace("_", "-"): float(value) for name, value in parameters.items()}}
        texts = _texts(responses, baseline_responses, n, m)
        arrays = _bridge.SelectArrays(
            _bridge.pointer(features, c_float), 0 if features is None else features.shape[2],
            _bridge.pointer(weights, c_double), _bridge.pointer(prices, c_double), _bridge.pointer(hints, c_double),
            texts, _bridge.pointer(known_calls, c_int64), _bridge.pointer(known_rewards, c_double), len(known_calls))
        self._handle = _bridge.new(lib.assay_select_new(json.dumps(setup).encode(), byref(arrays)))
        self._free = weakref.finalize(self, lib.assay_select_free, self._handle)

    @staticmethod
    def _checked(n, m, weights, prices, hints, features):
        if weights is not None:
            if not (weights > 0).all():
                raise InvalidArgument("weights: expected positive numbers")
            weights = weights * (n / weights.sum())
        if prices is not None:
            prices = _arrays.array(prices, "prices", (m,))
            if not (prices > 0).all():
                raise InvalidArgument("prices: expected positive numbers")
        if hints is not None:
            hints = _arrays.array(hints, "hints", (n, m), nan=True)
            if ((hints < 0) | (hints > 1)).any():
                raise InvalidArgument("hints: expected numbers from 0 to 1, or NaN")
        if features is not None:
            features = _arrays.array(features, "features", (n, m, None), np.float32)
        return weights, prices, hints, features

    def _known(self, known):
        if known is None:
            return np.empty((0, 2), np.int64), np.empty(0)
        if isinstance(known, np.ndarray) and known.ndim == 2 and known.shape[1] == 3:  # as runs are saved
            known = known[:, :2], known[:, 2]
        try:
            calls, rewards = known
        except (TypeError, ValueError):
            raise InvalidArgument("known: expected a pair of calls and rewards") from None
        return self._pairs(calls, rewards, "known")

    def _pairs(self, calls, rewards, name):
        calls = _arrays.array(calls, f"{name} calls" if name else "calls", (None, 2), np.int64)
        rewards = _arrays.array(rewards, f"{name} rewards" if name else "rewards", (len(calls),), nan=True)
        if ((rewards < 0) | (rewards > 1)).any():
            worst = rewards[(rewards < 0) | (rewards > 1)][0]
            raise InvalidArgument(f"rewards: expected numbers from 0 to 1, or NaN for no verdict, came {worst}")
        inside = (calls >= 0).all(1) & (calls[:, 0] < self.queries) & (calls[:, 1] < len(self.models))
        if not inside.all():
            wrong = calls[~inside][0].tolist()
            raise InvalidArgument(f"calls: expected a query from 0 to {self.queries - 1} and a model from 0 to "
                                  f"{len(self.models) - 1}, came {wrong}")
        items = calls[:, 0] * len(self.models) + calls[:, 1]
        if len(np.unique(items)) < len(items):
            raise InvalidArgument("calls: expected each once")
        return calls, rewards

    # --- asking ---

    def ask(self, limit: int = 1) -> np.ndarray:
        """The next calls to judge.

        Parameters
        ----------
        limit : int
            At most so many, at least 1.

        Returns
        -------
        int64 array (k, 2)
            A row for each call: query and model, counted from 0. Empty when nothing is left to ask, or nothing before
            answers that are out are told. A call is asked once.
        """
        limit = min(_arrays.whole(limit, "limit", 1), self.queries * len(self.models))
        with self._lock:
            if self._strategy is not None:
                return self._strategy.ask(limit)
            calls = np.empty((limit, 2), np.int64)
            count = _bridge.check(lib.assay_select_ask(self._handle, limit, _bridge.pointer(calls, c_int64)))
            self._events.append(("ask", limit))
        return calls[:count].copy() if count < limit else calls

    def tell(self, calls, rewards) -> None:
        """What the judge said of calls that were asked.

        Parameters
        ----------
        calls : array (k, 2)
            As `ask` gave them, in any order, or a part of them.
        rewards : array (k,)
            In [0, 1], the larger the better; NaN: no verdict (the call counts, and is not asked again).

        Raises
        ------
        ValueError
            For a call that was not asked or was told before, or a reward out of range; nothing is then taken.
        """
        calls, rewards = self._pairs(calls, rewards, "")
        if not len(calls):
            return
        with self._lock:
            if self._strategy is not None:
                self._strategy.tell(calls, rewards)
                return
            status = lib.assay_select_tell(self._handle, _bridge.pointer(calls, c_int64),
                                           _bridge.pointer(rewards, c_double), len(calls))
            if status < 0:
                raise InvalidArgument("calls: expected calls that `ask` gave and that were not told before")
            self._events.append(("tell", calls.copy(), rewards.copy()))

    # --- what is known ---

    def _state(self, forecast: bool = False) -> _bridge.SelectState:
        with self._lock:
            if self._strategy is not None:
                return self._strategy.state()
            state = _bridge.SelectState()
            _bridge.check(lib.assay_select_state(self._handle, forecast, byref(state)))
            return state

    @property
    def done(self) -> bool:
        """Decided, or the budget is spent, or nothing is left to ask."""
        return bool(self._state().done)

    @property
    def decided(self) -> bool:
        """The goal is reached: `risk` is at most 1 - `confidence`."""
        return bool(self._state().decided)

    @property
    def best(self):
        """The model to return now: its name, or its number if `models` was a number; None if nothing is known."""
        best = self._state().best
        if best < 0:
            return None
        if best == len(self.models):
            return self.baseline
        return self.models[best] if self._named else best

    @property
    def risk(self) -> float:
        """Probability, at most, that `best` is more than `epsilon` below the best. NaN if the strategy can't stop."""
        return self._state().risk

    @property
    def population_risk(self) -> float:
        """About the same on other queries from the same source: an estimate."""
        return self._state(forecast=True).population_risk

    @property
    def calls(self) -> int:
        """Calls that were told."""
        return self._state().calls

    @property
    def budget(self) -> int:
        """Calls that may be told."""
        return self._state().budget

    @property
    def calls_to_decide(self) -> int | None:
        """Calls that the decision probably still takes; None of strategies that don't stop."""
        left = self._state(forecast=True).to_decide
        return None if left < 0 else left

    @property
    def estimates(self) -> Estimates:
        """What is known of each model."""
        names = self.models + ([self.baseline] if self.baseline else [])
        if self._strategy is not None:
            return self._strategy.estimates(self.models)
        m = len(names)
        mean, low, high, probability = (np.full(m, np.nan) for _ in range(4))
        possible = np.ones(m, np.uint8)
        with self._lock:
            _bridge.check(lib.assay_select_estimates(
                self._handle, *(_bridge.pointer(a, c_double) for a in (mean, low, high, probability)),
                _bridge.pointer(possible, c_uint8)))
        return Estimates(names, mean, low, high, probability, possible.astype(bool))

    def __repr__(self):
        state = self._state()
        return (f"<assay.Select of {len(self.models)} models on {self.queries} queries: best {self.best!r}, "
                f"risk {state.risk:.3g}, {state.calls} of {state.budget} calls>")

    def _bytes(self) -> bytes:
        if self._strategy is not None:
            raise InvalidArgument("strategy: a run whose strategy is a class can't be saved")
        return super()._bytes()


def _texts(responses, baseline_responses, n, m):
    if responses is None:
        if baseline_responses is not None:
            raise InvalidArgument("baseline_responses: go with responses, none were given")
        return None
    try:
        rows = [list(row) for row in responses if not isinstance(row, str)]
    except TypeError:
        rows = []
    if len(rows) != n or any(len(row) != m for row in rows):
        raise InvalidArgument(f"responses: expected {n} lists of {m} texts")
    try:
        base = list(baseline_responses) if baseline_responses is not None else [None] * n
    except TypeError:
        base = []
    if len(base) != n or isinstance(baseline_responses, str):
        raise InvalidArgument(f"baseline_responses: expected {n} texts, came {len(base)}")
    flat = [text for row, one in zip(rows, base) for text in (*row, one)]
    if any(text is not None and not isinstance(text, str) for text in flat):
        raise InvalidArgument("responses: expected texts, or None where one is missing")
    return (c_char_p * len(flat))(*(None if text is None else
                                    text.replace("\0", "\ufffd").encode("utf-8", "replace") for text in flat))


class _Hosted:
    """A strategy that is a Python class, in the place of one in C++."""

    def __init__(self, strategy, n, m, seed, budget, known_calls, known_rewards):
        self.n, self.m, self.budget = n, m, min(budget, n * m)
        self.strategy = RunningStrategy(strategy, m, n, seed, self.budget)
        self.asked = np.zeros((n, m), bool)
        self.waiting = np.zeros((n, m), bool)
        self.told, self.ended = 0, False
        if len(known_calls):
            self.asked[known_calls[:, 0], known_calls[:, 1]] = True
            self.strategy.observe(known_calls, known_rewards)

    def ask(self, limit):
        limit = min(limit, self.budget - self.told - int(self.waiting.sum()))
        if limit <= 0 or self.ended:
            return np.empty((0, 2), np.int64)
        proposed = self.strategy.running.propose(limit)
        calls = _arrays.array(proposed, "what propose returned", (None, 2), np.int64)
        inside = (calls >= 0).all(1) & (calls[:, 0] < self.n) & (calls[:, 1] < self.m) if len(calls) else np.array([])
        fresh = len(calls) == 0 or (inside.all() and not self.asked[calls[:, 0], calls[:, 1]].any()
                                    and len(np.unique(calls, axis=0)) == len(calls))
        if len(calls) > limit or not fresh:
            raise InvalidArgument(f"propose: expected at most {limit} calls, each of a query and a model that was "
                                  f"never asked before, came {calls[:3].tolist()}")
        self.ended = len(calls) == 0 and not self.waiting.any()
        self.asked[calls[:, 0], calls[:, 1]] = True
        self.waiting[calls[:, 0], calls[:, 1]] = True
        return calls

    def tell(self, calls, rewards):
        if not self.waiting[calls[:, 0], calls[:, 1]].all():
            raise InvalidArgument("calls: expected calls that `ask` gave and that were not told before")
        self.waiting[calls[:, 0], calls[:, 1]] = False
        self.told += len(calls)
        self.strategy.observe(calls, rewards)

    def posterior(self):
        posterior = self.strategy.posterior()
        if posterior is not None:
            return _arrays.array(posterior, "what posterior returned", (self.m,))
        means = self.strategy.means(-1)
        return (means == means.max()) / (means == means.max()).sum()

    def state(self):
        best = int(np.argmax(self.posterior())) if self.strategy.counts.any() else -1
        done = self.ended or self.told >= self.budget
        return _bridge.SelectState(done, 0, best, self.told, self.budget, int(self.waiting.sum()), -1,
                                   float("nan"), float("nan"))

    def estimates(self, names):
        means = self.strategy.means(np.nan)
        none = np.full(self.m, np.nan)
        return Estimates(names, means, none, none.copy(), self.posterior(), np.ones(self.m, bool))


def strategies() -> list[dict]:
    """The strategies that there are: name, help, whether they stop by themselves, and their parameters.

    >>> "assay" in [one["name"] for one in strategies()]
    True
    """
    return json.loads(lib.assay_strategies())
