"""`Router`: which model to ask for which prompt."""

from __future__ import annotations

import json
import os
import tempfile
from ctypes import byref, c_double, c_float, c_int64, c_uint8, c_uint32
from dataclasses import dataclass

import numpy as np

from . import _arrays, _bridge, _jobs
from ._bridge import lib
from ._estimators import Estimator, feature_names, grid
from .errors import InvalidArgument

_NEIGHBOURS = (5, 10, 20, 50, 100, 200)
_MOST_DIMENSIONS = 1024


@dataclass(frozen=True)
class TaskRanking:
    """Models ranked for a task, the best first.

    Attributes
    ----------
    chosen : str or int
        The model to take; a number where models have no names.
    models : list
    scores : float64 array (c,)
        The larger the better, of the rule; NaN: nothing is known.
    intervals : float64 array (c, 2) or None
        95 %, of the accuracy on the task; None where the scores are no estimates of it.
    abstained : bool
        Nothing is better than the best model on average beyond the noise: that is chosen.
    labelled : int
        Queries of which it is known which models are right.
    distance : float
        Mean distance (1 - cosine) of the queries to their 20 nearest of the benchmark.
    """

    chosen: object
    models: list
    scores: np.ndarray
    intervals: np.ndarray | None
    abstained: bool
    labelled: int
    distance: float


class Router(Estimator):
    """Says which of m models to ask for a prompt, by prompts of which it is known which models answer them rightly.

    Parameters
    ----------
    neighbours : int, optional
        Nearest prompts that vote: 5, 10, 20, 50, 100 or 200. None: the number that predicts left-out prompts best.
    cost_weight : float, optional
        Chance of a right answer that a dollar per million tokens is worth; at least 0. None: that of the guard of a
        router that was loaded, else 0.
    models : list of str, optional
        Names of the models; by default those of y's columns, if it is a data frame, or none.
    prices : array (m,), optional
        Dollars per million tokens; NaN: unknown, which counts as the highest.
    parameters : array (m,), optional
        Numbers of weights, for people who read the file; NaN: unknown.
    dimensions : int
        Of the built-in embedding of texts, 1 to 1024.
    embedding : str
        Name of what made the vectors, kept in the file: vectors of another embedding can't be compared.
    threads : int
        0: one for each core. The result does not depend on it.

    Attributes
    ----------
    models_ : list of str
        Names; "0", "1", ... where none were given.
    tasks_ : list of str
    accuracy_ : float64 array (m,)
    neighbours_ : int
        Those that vote.
    abstained_ : bool
        Nothing is known to route single prompts by: accuracies decide.
    texts_ : bool
        It takes texts, not vectors.

    Notes
    -----
    Votes of the nearest prompts and a ridge regression on the vectors are stacked (docs/method/route.md); the figures
    are those of ``assay route fit`` and ``assay route query``, to the last bit, and the files are the same.

    Examples
    --------
    >>> import assay
    >>> import numpy as np
    >>> prompts = [f"What is {i} plus {i + 1}?" for i in range(60)] + [f"Write a poem number {i}." for i in range(60)]
    >>> right = np.zeros((120, 2))
    >>> right[:60, 0] = 1                               # the first model can add,
    >>> right[60:, 1] = 1                               # the second one can rhyme
    >>> router = assay.Router(models=["adder", "poet"]).fit(prompts, right)
    >>> router.predict(["What is 3 plus 5?", "Write a poem, please."]).tolist()
    ['adder', 'poet']
    """

    def __init__(self, neighbours=None, cost_weight=None, models=None, prices=None, parameters=None, dimensions=256,
                 embedding="vectors", threads=0):
        self.neighbours = neighbours
        self.cost_weight = cost_weight
        self.models = models
        self.prices = prices
        self.parameters = parameters
        self.dimensions = dimensions
        self.embedding = embedding
        self.threads = threads

    def fit(self, X, y, task=None, texts=None) -> Router:
        """Learns from n prompts.

        Parameters
        ----------
        X : list of str, or array (n, d)
            Texts, or vectors of any embedding; vectors are scaled to length 1.
        y : array or data frame (n, m)
            1: the model's answer is right; 0: wrong; between: so much of the credit; NaN: not known. Of a data frame
            that names its columns as `models` does, these columns are taken.
        task : array (n,), optional
            Names of the tasks that the prompts belong to. With several of them `predict_task` knows how tasks differ.
        texts : list of str, optional
            Of vectors: prompts of the same text are told apart from those that are only alike. Without them, prompts
            of the same vector are the same.

        Returns
        -------
        Router
            This one.

        Raises
        ------
        ValueError
            That says what was expected, and what came.
        """
        known_neighbours = None
        if self.neighbours is not None:
            known_neighbours = _arrays.whole(self.neighbours, "neighbours", 1)
            if known_neighbours not in _NEIGHBOURS:
                raise InvalidArgument(f"neighbours: expected {', '.join(map(str, _NEIGHBOURS))} or None, came "
                                      f"{known_neighbours}")
        self._weight()
        threads = self._threads()
        prompts = _Prompts(X)
        if self.models is not None:
            y = _columns_of(y, _arrays.names(self.models, "models")[0], "y")
        right = _right(y, prompts.count, None, "y")
        if (right == _UNKNOWN).all():
            raise InvalidArgument("y: expected 1 or 0 somewhere, came none: it is not known of any model and prompt "
                                  "whether the answer is right")
        if not (right[right != _UNKNOWN] > 0).any():
            raise InvalidArgument("y: expected an answer that is right somewhere, came none (one class): nothing tells "
                                  "models apart")
        m = right.shape[1]
        names, named = self._names(y, m)
        tasks, of_task = _tasks(task, prompts.count)
        same = _same(prompts, texts)
        embedding = str(self.embedding)
        if not embedding:
            raise InvalidArgument("embedding: expected a name, came ''")
        setup = {"models": names, "tasks": tasks, "embedding": embedding, "neighbours": known_neighbours,
                 "dimensions": _arrays.whole(self.dimensions, "dimensions", 1, _MOST_DIMENSIONS), "threads": threads}
        costs, parameters = (_facts(getattr(self, name), name, m) for name in ("prices", "parameters"))
        with tempfile.TemporaryDirectory(prefix="assay-") as folder:
            path = os.path.join(folder, "router")
            setup["path"] = path
            arrays = _bridge.RouterArrays(
                prompts.of_c, _bridge.pointer(right, c_uint8), _bridge.pointer(of_task, c_uint32),
                _bridge.pointer(same, c_uint32), _bridge.pointer(costs, c_double),
                _bridge.pointer(parameters, c_double))
            _bridge.check(lib.assay_router_fit(json.dumps(setup).encode(), byref(arrays)))
            self._take(path, named)
        if not self.texts_:
            self._take_feature_names(X)
        return self

    def predict(self, X, candidates=None) -> np.ndarray:
        """Which model to ask for each prompt.

        Parameters
        ----------
        X : list of str, or array (n, d)
            As for `fit`.
        candidates : list of str or int, optional
            Models to choose from; all by default.

        Returns
        -------
        array (n,)
            Names, or numbers (int64) where models have no names.
        """
        chosen = self._query(X, candidates)[1]
        return np.array(self.models_, object)[chosen] if self._named else chosen

    def predict_proba(self, X) -> np.ndarray:
        """The chance of each model to answer rightly.

        Parameters
        ----------
        X : list of str, or array (n, d)

        Returns
        -------
        float64 array (n, m)
            In [0, 1]; columns as `models_`. Rows do not sum to one: several models may be right.
        """
        return self._query(X, None)[0]

    def score(self, X, y) -> float:
        """Share of the prompts that the models to ask answer rightly, of those of which it is known; NaN: of none."""
        self._check_fitted()
        chosen = self._query(X, None)[1]
        y = _columns_of(y, self.models_ if self._named else None, "y")
        right = _right(y, len(chosen), len(self.models_), "y")[np.arange(len(chosen)), chosen]
        known = right[right != _UNKNOWN]
        return float(np.mean(known) / _STEPS) if known.size else float("nan")

    def predict_task(self, X, rule: str = "assay", right=None, candidates=None, within: float = 1.0,
                     seed: int = 1) -> TaskRanking:
        """Ranks models for a new task of which little more than the queries is known.

        Parameters
        ----------
        X : list of str, or array (n, d)
            Queries of the task.
        rule : str
            As ``--score`` of ``assay route task``: ``assay``, ``s1``, ``s2``, ``s3``, ``bma``, ``cheapest``, ...
        right : array (n, m), optional
            Where it is known: scores from 0 (wrong) to 1 (right), else NaN.
        candidates : list of str or int, optional
        within : float
            Points of accuracy, 0 to 100, that ``cheapest`` may give away.
        seed : int
            Of ``random``.

        Returns
        -------
        TaskRanking
        """
        self._check_fitted()
        prompts = self._prompts(X)
        if not isinstance(rule, str):
            raise InvalidArgument(f"rule: expected a name, came {rule!r}"[:300])
        within = _arrays.real(within, "within")
        if not 0 <= within <= 100:
            raise InvalidArgument(f"within: expected points from 0 to 100, came {within:g}")
        setup = {"rule": rule, "within": within, "seed": _arrays.whole(seed, "seed", 0, 2**64 - 1),
                 "threads": self._threads()}
        right = _columns_of(right, self.models_ if self._named else None, "right")
        known = None if right is None else _right(right, prompts.count, len(self.models_), "right")
        places = self._candidates(candidates)
        ranking = _bridge.TaskRanking()
        scores, low, high = (np.empty(len(places)) for _ in range(3))
        _bridge.check(lib.assay_router_task(
            self._handle, json.dumps(setup).encode(), byref(prompts.of_c), _bridge.pointer(known, c_uint8),
            _bridge.pointer(places, c_int64), len(places), byref(ranking),
            *(_bridge.pointer(one, c_double) for one in (scores, low, high))))
        order = np.argsort(np.where(np.isnan(scores), np.inf, -scores), kind="stable")
        intervals = np.stack([low, high], axis=1)[order] if ranking.has_intervals else None
        return TaskRanking(self._name(ranking.chosen), [self._name(place) for place in places[order]], scores[order],
                           intervals, bool(ranking.abstained), int(ranking.labelled), float(ranking.distance))

    def save(self, path) -> None:
        """Writes the router file that ``assay route query`` and ``Router.load`` read."""
        self._check_fitted()
        _bridge.check(lib.assay_router_save(self._handle, os.fsencode(_jobs.path_of(path, "path"))))

    @classmethod
    def load(cls, path, **parameters) -> Router:
        """A router that `save` or ``assay route fit`` wrote; `parameters` as of `Router`, such as `cost_weight`.

        Raises
        ------
        DataError, AssayError
            If there is no such file, or it is no router.
        """
        router = cls(**parameters)
        router._take(_jobs.path_of(path, "path"), True)
        return router

    # --- how it works ---

    def _take(self, path: str, named: bool) -> None:
        handle = _bridge.new(lib.assay_router_load(os.fsencode(path)))
        self._hold(handle, lib.assay_router_free)
        about = json.loads(lib.assay_router_about(handle))
        self._named = named
        self.models_, self.tasks_ = about["models"], about["tasks"]
        self.accuracy_ = np.array([np.nan if one is None else one for one in about["accuracy"]])
        self.neighbours_, self.abstained_, self.texts_ = about["neighbours"], about["abstained"], about["texts"]
        self.embedding_ = about["embedding"]
        self._guard_weight = about["guard_weight"]
        self.__dict__.pop("n_features_in_", None)
        if not self.texts_:
            self.n_features_in_ = about["dimensions"]

    def __sklearn_is_fitted__(self) -> bool:
        return self.__dict__.get("_handle") is not None

    def _weight(self) -> float:
        if self.cost_weight is None:
            return self.__dict__.get("_guard_weight", 0.0)
        weight = _arrays.real(self.cost_weight, "cost_weight")
        if weight < 0:
            raise InvalidArgument(f"cost_weight: expected 0 or more, came {weight:g}")
        return weight

    def _name(self, place):
        return self.models_[place] if self._named else int(place)

    def _names(self, y, m):
        given = self.models if self.models is not None else feature_names(y)
        if given is None:
            return [str(j) for j in range(m)], False
        names, count = _arrays.names(given, "models")
        if count != m:
            raise InvalidArgument(f"models: expected {m} names, as columns of y, came {count}")
        return names or [str(j) for j in range(m)], names is not None

    def _candidates(self, candidates) -> np.ndarray:
        if candidates is None:
            return np.arange(len(self.models_))
        if isinstance(candidates, str):
            candidates = [candidates]
        places = set()
        try:
            for one in candidates:
                if isinstance(one, str) and one in self.models_:
                    places.add(self.models_.index(one))
                elif not isinstance(one, (str, bool)) and 0 <= one < len(self.models_) and int(one) == one:
                    places.add(int(one))
                else:
                    raise TypeError
        except (TypeError, ValueError):
            raise InvalidArgument(f"candidates: expected models of the router ({', '.join(self.models_[:10])}), came "
                                  f"{candidates!r}"[:300]) from None
        if not places:
            raise InvalidArgument("candidates: expected at least one model, came none")
        return np.array(sorted(places), np.int64)

    def _prompts(self, X) -> _Prompts:
        prompts = _Prompts(X)
        if self.texts_ != prompts.is_text:
            wanted, came = ("texts", "vectors") if self.texts_ else (f"vectors of {self.embedding_}", "texts")
            raise InvalidArgument(f"X: expected {wanted}, as the router was made with, came {came}")
        if not self.texts_:
            self._check_features(X, prompts.of_c.dimensions)
        return prompts

    def _query(self, X, candidates):
        self._check_fitted()
        prompts = self._prompts(X)
        places = self._candidates(candidates)
        chances, chosen = np.empty((prompts.count, len(self.models_))), np.empty(prompts.count, np.int64)
        _bridge.check(lib.assay_router_query(
            self._handle, byref(prompts.of_c), _bridge.pointer(places, c_int64), len(places), self._weight(),
            self._threads(), _bridge.pointer(chances, c_double), _bridge.pointer(chosen, c_int64)))
        return chances, chosen

    def __getstate__(self):
        state = super().__getstate__()
        if self.__sklearn_is_fitted__():
            with tempfile.TemporaryDirectory(prefix="assay-") as folder:
                path = os.path.join(folder, "router")
                self.save(path)
                with open(path, "rb") as file:
                    state["_file"] = file.read()
        return state

    def __setstate__(self, state):
        data = state.pop("_file", None)
        self.__dict__.update(state)
        if data is not None:
            with tempfile.TemporaryDirectory(prefix="assay-") as folder:
                path = os.path.join(folder, "router")
                with open(path, "wb") as file:
                    file.write(data)
                self._take(path, self._named)

    def __sklearn_tags__(self):
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(estimator_type=None, input_tags=InputTags(string=True),
                    target_tags=TargetTags(required=True, multi_output=True, single_output=False))


class _Prompts:
    """Texts or vectors, as the library takes them."""

    def __init__(self, X):
        self.texts = _texts(X)
        self.is_text = self.texts is not None
        if self.is_text:
            if not self.texts:
                raise InvalidArgument("X: expected a prompt at least, came none")
            encoded = [text.encode("utf-8", "replace") for text in self.texts]
            self.count = len(encoded)
            self._offsets = np.zeros(self.count + 1, np.int64)
            np.cumsum([len(one) for one in encoded], out=self._offsets[1:])
            self._bytes = b"".join(encoded)
            self.of_c = _bridge.Prompts(self._bytes, _bridge.pointer(self._offsets, c_int64), None, 0, self.count)
            return
        self.vectors = _vectors(X)
        self.count = len(self.vectors)
        self.of_c = _bridge.Prompts(None, None, _bridge.pointer(self.vectors, c_float), self.vectors.shape[1],
                                    self.count)


def _texts(X) -> list[str] | None:
    """X as texts; None if it is not about texts."""
    if isinstance(X, (str, bytes)):
        raise InvalidArgument("X: expected a list of prompts, came a single text")
    if isinstance(X, (list, tuple)):
        if X and all(isinstance(one, str) for one in X):
            return list(X)
        if any(isinstance(one, (str, bytes)) or one is None for one in X):
            wrong = next(one for one in X if not isinstance(one, str))
            raise InvalidArgument(f"X: expected texts, came {wrong!r}"[:300])
        return None
    if getattr(X, "ndim", 2) == 1 or (hasattr(X, "to_list") and not hasattr(X, "columns")):
        values = np.asarray(_arrays.unmasked(X, "X"))
        if values.ndim == 1 and values.dtype.kind in "OUT":
            texts = values.tolist()
            if all(isinstance(one, str) for one in texts):
                return texts
            wrong = next(one for one in texts if not isinstance(one, str))
            raise InvalidArgument(f"X: expected texts, came {wrong!r}"[:300])
    return None


def _vectors(X) -> np.ndarray:
    values = grid(X)
    if values.dtype == object:
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError, OverflowError) as wrong:
            raise InvalidArgument(f"X: expected texts, a list of them, or vectors of numbers (argument must be a "
                                  f"string or a number): {wrong}"[:300]) from wrong
    if values.dtype.kind not in "iufb":
        raise InvalidArgument(f"X: expected texts, or vectors of numbers, came {values.dtype}")
    with np.errstate(over="ignore", invalid="ignore"):
        vectors = np.require(values, np.float32, ["C", "ALIGNED"])
    if not np.isfinite(vectors).all():
        raise InvalidArgument("X: expected finite numbers in the range of float32, came NaN or inf, an infinity")
    return vectors


# A score is a byte, a number of steps; this one says that it is not known.
_STEPS = 200
_UNKNOWN = 255


def _columns_of(y, models, name: str):
    """The columns of a data frame that have the models' names, in the models' order, whatever theirs is."""
    columns = feature_names(y)
    if columns is None or models is None or not set(models) & set(columns):
        return y
    if missing := [model for model in models if model not in columns]:
        raise InvalidArgument(f"{name}: expected a column of each model, came none of {missing[0]!r} "
                              f"among {', '.join(map(repr, columns[:10]))}")
    return y[list(models)]


def _right(y, n: int, m: int | None, name: str) -> np.ndarray:
    """How right models are as bytes: 0 to 200, and 255 where it is not known."""
    if y is None:
        raise InvalidArgument(f"{name}: expected an array of shape {n} x any (requires y to be passed, but the target "
                              "y is None)")
    if hasattr(y, "toarray"):
        raise InvalidArgument(f"{name}: expected a dense array, came a sparse one")
    if feature_names(y) is not None:
        y = np.asarray(_arrays.unmasked(y, "y"))
    values = _arrays.array(y, name, (n, m), nan=True)
    if values.shape[1] == 0:
        raise InvalidArgument(f"{name}: expected a model at least, came none")
    unknown = np.isnan(values)
    wrong = ~unknown & ~((values >= 0) & (values <= 1))
    if wrong.any():
        raise InvalidArgument(f"{name}: expected scores from 0 (wrong) to 1 (right), or NaN (not known), "
                              f"came {values[wrong][0]:g}")
    return np.where(unknown, _UNKNOWN, np.floor(_STEPS * values + 0.5)).astype(np.uint8)


def _tasks(task, n: int):
    if task is None:
        return [""], np.zeros(n, np.uint32)
    if isinstance(task, (str, bytes)):
        raise InvalidArgument(f"task: expected {n} names, came a single one")
    try:
        names = ["" if one is None else str(one) for one in task]
    except TypeError:
        raise InvalidArgument(f"task: expected {n} names, came {task!r}"[:300]) from None
    if len(names) != n:
        raise InvalidArgument(f"task: expected {n} names, came {len(names)}")
    listed = sorted(set(names), key=lambda one: one.encode("utf-8", "replace"))
    place = {one: at for at, one in enumerate(listed)}
    return listed, np.array([place[one] for one in names], np.uint32)


def _same(prompts: _Prompts, texts) -> np.ndarray:
    """The first prompt of the same text, for each."""
    if texts is not None:
        given = _texts(texts)
        if given is None or len(given) != prompts.count:
            raise InvalidArgument(f"texts: expected {prompts.count} texts, as rows of X")
        keys = given
    elif prompts.is_text:
        keys = prompts.texts
    else:
        keys = [row.tobytes() for row in prompts.vectors]
    first: dict = {}
    return np.array([first.setdefault(key, i) if key else i for i, key in enumerate(keys)], np.uint32)


def _facts(values, name: str, m: int):
    if values is None:
        return None
    given = _arrays.array(values, name, (m,), nan=True)
    if (given < 0).any():
        raise InvalidArgument(f"{name}: expected numbers from 0 on, or NaN, came {given[given < 0][0]:g}")
    return given
