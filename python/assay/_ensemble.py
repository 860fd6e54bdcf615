"""`Ensemble`: a few models whose answers together are better than any one's."""

from __future__ import annotations

import json
import warnings
from ctypes import byref, c_double, c_int64, c_uint16

import numpy as np

from . import _arrays, _bridge
from ._bridge import lib
from ._estimators import Estimator, grid
from .errors import InvalidArgument

_MOST_LABELS = 0xFFFE
_MOST_DOLLARS = 1e9


class Ensemble(Estimator):
    """Chooses a few of m models and makes one answer of theirs, by queries whose true labels are known: an estimator
    as scikit-learn's, whose features are the labels that the models predict.

    Parameters
    ----------
    size : int or None
        Members at most, at least 1. None: as many as the budget buys, 5 without one.
    method : str
        How members are chosen: ``assay``, ``greedy-mi``, ``mrmr``, ``top-accuracy``, ... (docs/method/ensemble.md).
    decision : str
        How votes become an answer: ``majority``, ``log-odds``, ``logit``, ``pattern``, or ``auto``: by
        cross-validation.
    budget : float, optional
        Dollars per million tokens that all members may cost together. Needs `prices`.
    prices : array (m,), optional
        Dollars per million tokens, from 0 on. Of models that answer alike the cheapest is taken.
    kind : str
        ``classes``: labels mean the same on every query; ``options``: letters A, B, ... of answers that each query has
        anew, so that B here has nothing to do with B there.
    seed : int
    threads : int
        0: one for each core. The result does not depend on it.

    Attributes
    ----------
    classes_ : array (L,)
        The labels of y, sorted; with ``options`` the letters from A to the last one that occurs.
    members_ : int64 array (k,)
        Columns of X, the first to ask first.
    decision_ : str
    left_out_ : int64 array
        Columns that tell nothing: of models that always say the same, or what another one says.
    n_features_in_ : int
        Models, m.
    feature_names_in_ : object array (m,)
        Names of the columns, where X is a data frame.

    Notes
    -----
    The work and the figures are those of ``assay ensemble``; members are chosen by the information that their votes
    have about the true label (docs/method/ensemble.md). A prediction that is None or NaN, or no label of y, is no
    answer, which is a vote of its own.

    Examples
    --------
    >>> import assay
    >>> import numpy as np
    >>> truth = np.array(["yes", "no", "yes", "no", "yes", "no"] * 20)
    >>> draw = np.random.default_rng(1)
    >>> def model(accuracy):
    ...     return np.where(draw.random(120) < accuracy, truth, np.where(truth == "yes", "no", "yes"))
    >>> answers = np.stack([model(accuracy) for accuracy in (0.55, 0.8, 0.8, 0.8)], axis=1)
    >>> ensemble = assay.Ensemble(size=3).fit(answers, truth)
    >>> sorted(ensemble.members_.tolist())
    [1, 2, 3]
    >>> ensemble.predict([["no", "yes", "yes", "yes"]]).tolist()
    ['yes']
    >>> ensemble.predict_proba(answers).shape
    (120, 2)
    """

    _estimator_type = "classifier"

    def __init__(self, size=5, method="assay", decision="auto", budget=None, prices=None, kind="classes", seed=1,
                 threads=0):
        self.size = size
        self.method = method
        self.decision = decision
        self.budget = budget
        self.prices = prices
        self.kind = kind
        self.seed = seed
        self.threads = threads

    def fit(self, X, y, offered=None) -> Ensemble:
        """Chooses members, and how their votes are counted.

        Parameters
        ----------
        X : array (n, m)
            Labels that the models predict, any hashable ones: numbers, texts. None or NaN: no answer.
        y : array (n,)
            True labels, at least two different ones where they are classes.
        offered : array (n,), optional
            With ``options``: how many answers each query offers; all by default.

        Returns
        -------
        Ensemble
            This one.

        Raises
        ------
        ValueError
            That says what was expected, and what came.
        """
        if self.kind not in ("classes", "options"):
            raise InvalidArgument(f"kind: expected classes or options, came {self.kind!r}"[:300])
        for name in ("method", "decision"):
            if not isinstance(getattr(self, name), str):
                raise InvalidArgument(f"{name}: expected a name, came {getattr(self, name)!r}"[:300])
        values = grid(X)
        n, m = values.shape
        truths = _true_labels(y, n)
        classes, order = self._classes(values, truths)
        reading = _Reading(classes, order)
        codes = reading.codes(values)
        if not codes.any():
            raise InvalidArgument("X: expected labels as those of y, none of them is among "
                                  f"{', '.join(repr(one) for one in classes.tolist()[:5])}, ..."[:300])
        setup, prices = self._setup(m)
        truth_codes = reading.codes(truths.reshape(-1, 1))[:, 0]
        limits = self._offered(offered, n, len(classes))
        if limits is not None and (truth_codes > limits).any():
            at = int(np.argmax(truth_codes > limits))
            raise InvalidArgument(f"offered: expected the true label among the offered ones, came {limits[at]} with "
                                  f"label {truths[at]!r}")
        telling = _telling(codes, prices)
        if not len(telling):
            raise InvalidArgument("X: every model gives one answer to all queries, which tells nothing")
        setup["size"] = len(telling) if self.size is None and self.budget is not None else min(
            5 if self.size is None else _arrays.whole(self.size, "size", 1), len(telling))
        handle = _new(setup, codes[:, telling], truth_codes, limits, None if prices is None else prices[telling],
                      len(classes))
        self._hold(handle, lib.assay_ensemble_free)
        about = json.loads(lib.assay_ensemble_about(handle))
        self._take_feature_names(X)
        self.n_features_in_ = m
        self.classes_ = classes
        self.members_ = telling[np.array(about["members"], np.int64)]
        self.decision_ = about["decision"]
        self.left_out_ = np.setdiff1d(np.arange(m), telling)
        self._order = order
        self._setup_of_votes = {**setup, "budget": None, "decision": self.decision_, "size": len(self.members_),
                                "members": list(range(len(self.members_)))}
        self._votes, self._truths, self._limits = np.ascontiguousarray(codes[:, self.members_]), truth_codes, limits
        return self

    def predict(self, X, offered=None) -> np.ndarray:
        """The ensemble's answers.

        Parameters
        ----------
        X : array (n, m)
            As for `fit`; only the columns `members_` are looked at.
        offered : array (n,), optional

        Returns
        -------
        array (n,)
            Of labels in `classes_`.
        """
        answers, chances = self._decide(X, offered)
        unanswered = answers == 0
        answers[unanswered] = np.argmax(chances[unanswered], axis=1) + 1
        return self.classes_[self._order[answers.astype(np.int64) - 1]]

    def predict_proba(self, X, offered=None) -> np.ndarray:
        """The probability of each label.

        Parameters
        ----------
        X : array (n, m)
        offered : array (n,), optional

        Returns
        -------
        float64 array (n, L)
            Columns as `classes_`; rows sum to one.
        """
        chances = self._decide(X, offered)[1]
        result = np.empty_like(chances)
        result[:, self._order] = chances
        return result

    def score(self, X, y, offered=None) -> float:
        """Share of the queries that are answered rightly."""
        answers = self.predict(X, offered)
        truths = _true_labels(y, len(answers))
        return float(np.mean([a == b for a, b in zip(answers.tolist(), truths.tolist())]))

    # --- how it works ---

    def _classes(self, values, truths):
        """The labels, and their order within the library: shorter ones first, as of a study."""
        if self.kind == "options":
            seen = [one for one in {*truths.tolist(), *values.astype(object).ravel().tolist()} if _is_letter(one)]
            wrong = [one for one in truths.tolist() if not _is_letter(one)]
            if wrong:
                raise InvalidArgument(f"y: expected options, labels from A to Z, came {wrong[0]!r}"[:300])
            classes = np.array([chr(code) for code in range(ord("A"), ord(max(seen)) + 1)])
            return classes, np.arange(len(classes))
        try:
            classes = np.unique(truths)
        except TypeError:
            kinds = sorted({type(one).__name__ for one in truths.tolist()})
            raise InvalidArgument(f"y: expected labels of one type, came {', '.join(kinds)}") from None
        if len(classes) < 2:
            raise InvalidArgument(f"y: expected at least two different labels, came one class, {classes[0]!r}, on all "
                                  f"{len(truths)} queries")
        if len(classes) > _MOST_LABELS:
            raise InvalidArgument(f"y: expected at most {_MOST_LABELS} labels, came {len(classes)}")
        listed = classes.tolist()
        if all(isinstance(one, str) for one in listed):
            keys = [(len(one.encode("utf-8", "replace")), one.encode("utf-8", "replace")) for one in listed]
            return classes, np.array(sorted(range(len(keys)), key=keys.__getitem__))
        return classes, np.arange(len(classes))

    def _setup(self, m):
        setup = {"kind": self.kind, "method": self.method, "decision": self.decision, "budget": None, "members": None,
                 "seed": _arrays.whole(self.seed, "seed", 0, 2**64 - 1),
                 "threads": self._threads()}
        prices = None
        if self.prices is not None:
            prices = _arrays.array(self.prices, "prices", (m,))
            if ((prices < 0) | (prices > _MOST_DOLLARS)).any():
                raise InvalidArgument("prices: expected dollars from 0 to 1e9")
            prices = np.rint(prices * 1e6).astype(np.int64)
        if self.budget is not None:
            if prices is None:
                raise InvalidArgument("budget: needs prices, none were given")
            budget = _arrays.real(self.budget, "budget")
            if not 0 <= budget <= _MOST_DOLLARS:
                raise InvalidArgument(f"budget: expected dollars from 0 to 1e9, came {budget:g}")
            setup["budget"] = round(budget * 1e6)
        return setup, prices

    def _offered(self, offered, n, labels):
        if offered is None:
            return None
        if self.kind != "options":
            raise InvalidArgument("offered: goes with kind options, came with classes")
        given = _arrays.array(offered, "offered", (n,), np.int64)
        if (given < 1).any():
            raise InvalidArgument(f"offered: expected numbers from 1 on, came {given.min()}")
        return np.minimum(given, labels).astype(np.uint16)

    def _decide(self, X, offered):
        self._check_fitted()
        values = grid(X)
        self._check_features(X, values.shape[1])
        n, labels = len(values), len(self.classes_)
        limits = self._offered(offered, n, labels)
        votes = _Reading(self.classes_, self._order).codes(values[:, self.members_])
        answers, chances = np.empty(n, np.uint16), np.empty((n, labels))
        _bridge.check(lib.assay_ensemble_predict(
            self._handle, _bridge.pointer(votes, c_uint16), _bridge.pointer(limits, c_uint16), n,
            self._threads(), _bridge.pointer(answers, c_uint16),
            _bridge.pointer(chances, c_double)))
        return answers, chances

    def __setstate__(self, state):
        self.__dict__.update(state)
        if self.__sklearn_is_fitted__():
            # What was chosen stays; that votes are counted is learnt again, of the members' columns alone.
            handle = _new(self._setup_of_votes, self._votes, self._truths, self._limits, None, len(self.classes_))
            self._hold(handle, lib.assay_ensemble_free)

    def __sklearn_tags__(self):
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(estimator_type="classifier", target_tags=TargetTags(required=True),
                    classifier_tags=ClassifierTags(),
                    input_tags=InputTags(categorical=True, string=True, allow_nan=True))


class _Reading:
    """Labels as numbers: 0 no answer, 1 .. L in the order of the library."""

    def __init__(self, classes: np.ndarray, order: np.ndarray):
        self.classes = classes
        self.of_class = np.empty(len(order), np.uint16)  # number of each class
        self.of_class[order] = np.arange(1, len(order) + 1)

    def codes(self, values: np.ndarray) -> np.ndarray:
        if values.dtype.kind in "iufb" and self.classes.dtype.kind in "iufb":
            _refuse_infinite(values)
            plain = values.astype(values.dtype.newbyteorder("="), copy=False)
            at = np.minimum(np.searchsorted(self.classes, plain), len(self.classes) - 1)
            return np.where(self.classes[at] == plain, self.of_class[at], 0).astype(np.uint16)
        number = dict(zip(self.classes.tolist(), self.of_class.tolist()))
        if values.dtype.kind == "f":
            _refuse_infinite(values)
        flat = values.ravel().tolist() if values.dtype != object else [_plain(one) for one in values.ravel()]
        try:
            read = [number.get(one, 0) for one in flat]
        except TypeError:
            wrong = next(one for one in flat if getattr(one, "__hash__", None) is None or not _hashable(one))
            raise InvalidArgument(f"X: expected hashable labels; argument must be a string or a number, came "
                                  f"{wrong!r}"[:300]) from None
        return np.array(read, np.uint16).reshape(values.shape)


def _refuse_infinite(values: np.ndarray) -> None:
    if values.dtype.kind == "f" and np.isinf(values).any():
        raise InvalidArgument("X: expected labels or NaN, came an infinity (inf)")


def _hashable(value) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _plain(value):
    """Without NumPy's own types."""
    return value.item() if isinstance(value, np.generic) else value


def _is_letter(value) -> bool:
    return isinstance(value, str) and len(value) == 1 and "A" <= value <= "Z"


def _missing(value) -> bool:
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (
        isinstance(value, float) and value != value)


def _true_labels(y, n: int) -> np.ndarray:
    if y is None:
        raise InvalidArgument("y: expected true labels (requires y to be passed, but the target y is None)")
    if hasattr(y, "toarray"):
        raise InvalidArgument("y: expected a dense array, came a sparse one")
    try:
        values = np.asarray(_arrays.unmasked(y, "y"))
        if isinstance(y, (list, tuple)) and values.dtype.kind in "US" and not all(isinstance(one, str) for one in y):
            values = np.empty(len(y), object)
            values[:] = y
    except (ValueError, TypeError) as wrong:
        raise InvalidArgument("y: expected an array of shape any, came rows of different length") from wrong
    if values.ndim == 2 and values.shape[1] == 1:
        _warn_column()
        values = values.ravel()
    if values.ndim != 1:
        raise InvalidArgument(f"y: expected an array of shape {n}, came {' x '.join(map(str, values.shape)) or 'one'}")
    if len(values) != n:
        raise InvalidArgument(f"y: expected {n} labels, one for each row of X (inconsistent numbers of samples), came "
                              f"{len(values)}")
    if values.dtype.kind in "cV":
        raise InvalidArgument(f"y: expected labels, came {values.dtype}")
    if values.dtype.kind == "f":
        if np.isnan(values).any():
            raise InvalidArgument("y: expected a true label on each query, came NaN")
        if np.isinf(values).any():
            raise InvalidArgument("y: expected labels, came inf, an infinity")
        if (values != np.floor(values)).any():
            raise InvalidArgument("y: expected labels. Unknown label type: continuous, came "
                                  f"{values[values != np.floor(values)][0]}. Maybe you are trying to fit a "
                                  "classifier, which expects discrete classes on a regression target with "
                                  "continuous values")
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype == object:
        listed = [_plain(one) for one in values]
        if any(_missing(one) for one in listed):
            raise InvalidArgument("y: expected a true label on each query, came one that is missing (None or NaN)")
        wrong = [one for one in listed if not _hashable(one)]
        if wrong:
            raise InvalidArgument(f"y: expected hashable labels, came {wrong[0]!r}"[:300])
        values = np.empty(n, object)
        values[:] = listed
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _warn_column() -> None:
    try:
        from sklearn.exceptions import DataConversionWarning as Category
    except ImportError:
        Category = UserWarning
    warnings.warn("A column-vector y was passed when a 1d array was expected: y has shape (n, 1), not (n,)",
                  Category, stacklevel=4)


def _telling(codes: np.ndarray, prices: np.ndarray | None) -> np.ndarray:
    """Columns that are not the same everywhere; of equal ones the cheaper, else the first. As the command has it."""
    kept: dict[bytes, int] = {}
    for j in range(codes.shape[1]):
        column = np.ascontiguousarray(codes[:, j])
        if (column == column[0]).all():
            continue
        like = kept.setdefault(column.tobytes(), j)
        if like != j and prices is not None and prices[j] < prices[like]:
            kept[column.tobytes()] = j
    return np.array(sorted(kept.values()), np.int64)


def _new(setup, codes, truths, limits, prices, labels):
    columns = np.ascontiguousarray(codes.T)
    arrays = _bridge.EnsembleArrays(
        _bridge.pointer(columns, c_uint16), _bridge.pointer(truths, c_uint16), _bridge.pointer(limits, c_uint16),
        _bridge.pointer(prices, c_int64), len(truths), len(columns), labels)
    return _bridge.new(lib.assay_ensemble_new(json.dumps(setup).encode(), byref(arrays)))
