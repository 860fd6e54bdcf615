"""The estimators among those of scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest

import assay

sklearn = pytest.importorskip("sklearn", minversion="1.6")

from sklearn.base import clone  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.utils import estimator_checks  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("ignore:Estimator .* does not inherit"),
              pytest.mark.filterwarnings("ignore:Casting complex values")]  # a check passes them, to be refused

NEEDS_LABELS = "its features are labels that models predict; these are numbers that no class of y is"
ENSEMBLE_FAILS = {
    "check_positive_only_tag_during_fit": NEEDS_LABELS,
    "check_classifiers_classes": NEEDS_LABELS + "; Stumps below passes it",
    "check_classifiers_train": NEEDS_LABELS + "; Stumps below passes it",
}
ROUTER_FAILS = {
    "check_positive_only_tag_during_fit": "targets are 1 (right), 0 (wrong) or NaN; these are other numbers",
}


class Stumps(assay.Ensemble):
    """Each column of numbers becomes a model: it says the class whose mean is nearest."""

    def fit(self, X, y):
        labels = np.asarray(y).ravel()
        values = np.asarray(X, float) if np.ndim(X) == 2 and len(X) == len(labels) else None
        if values is None or not np.isfinite(values).all():
            return super().fit(X, y)
        self.said_ = np.unique(labels)
        self.means_ = np.stack([values[labels == one].mean(axis=0) for one in self.said_])
        return super().fit(self._say(values), y)

    def _say(self, X):
        values = np.asarray(X)
        if values.ndim != 2 or values.dtype.kind not in "iuf" or values.shape[1] != self.means_.shape[1]:
            return X
        return self.said_[np.abs(values[:, None, :] - self.means_[None]).argmin(axis=1)]

    def _decide(self, X, offered):
        return super()._decide(self._say(X) if hasattr(self, "said_") else X, offered)


class OfNumbers(assay.Router):
    """A model is right where the checks' number is above the mean."""

    def fit(self, X, y):
        return super().fit(X, _above_mean(y))

    def score(self, X, y):
        return super().score(X, _above_mean(y))


def _above_mean(y):
    try:
        values = np.asarray(y, float)
    except (TypeError, ValueError):
        return y
    if not values.size or not np.isfinite(values).all():
        return y
    values = values.reshape(len(values), -1)
    return (values > values.mean(axis=0)).astype(float)


def failed(estimator, expected):
    results = estimator_checks.check_estimator(estimator, expected_failed_checks=expected, on_fail=None, on_skip=None)
    wrong = [(one["check_name"], repr(one["exception"])) for one in results if one["status"] == "failed"]
    assert sum(one["status"] == "passed" for one in results) > 30
    return wrong


def test_ensemble_passes_the_checks_that_apply():
    assert failed(assay.Ensemble(threads=1), ENSEMBLE_FAILS) == []


@pytest.mark.parametrize("check", ["check_classifiers_classes", "check_classifiers_train"])
def test_ensemble_of_numbers_passes_the_others(check):
    getattr(estimator_checks, check)("Stumps", Stumps())


def test_router_passes_the_checks_that_apply():
    assert failed(OfNumbers(threads=1), ROUTER_FAILS) == []


@pytest.mark.parametrize("estimator", [assay.Ensemble(size=2, method="mrmr"), assay.Router(neighbours=20, models=["a"])])
def test_clone(estimator):
    copied = clone(estimator)
    assert copied is not estimator and copied.get_params() == estimator.get_params()


def labels(n=120, m=5):
    draw = np.random.default_rng(0)
    y = draw.integers(3, size=n)
    return np.where(draw.random((n, m)) < 0.7, y[:, None], draw.integers(3, size=(n, m))), y


def test_a_grid_search_and_a_pipeline():
    X, y = labels()
    search = GridSearchCV(assay.Ensemble(threads=1), {"size": [1, 3], "decision": ["majority", "logit"]}, cv=3).fit(X, y)
    assert search.best_params_["size"] == 3 and search.best_score_ > 0.7
    assert make_pipeline("passthrough", assay.Ensemble()).fit(X, y).predict(X).shape == (120,)
    assert cross_val_score(assay.Ensemble(), X.astype(str), y.astype(str), scoring="neg_log_loss").mean() > -1


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    X, y = labels()
    frame = pandas.DataFrame(X, columns=list("abcde"))
    ensemble = assay.Ensemble().fit(frame, pandas.Series(y))
    assert ensemble.feature_names_in_.tolist() == list("abcde")
    assert (ensemble.predict(frame) == assay.Ensemble().fit(X, y).predict(X)).all()
    with pytest.raises(ValueError, match="feature names"):
        ensemble.predict(frame[list("edcba")])


def test_without_scikit_learn():
    code = ("import sys; sys.modules['sklearn'] = None\n"
            "import assay\n"
            "e = assay.Ensemble(decision='majority')\n"
            "try: e.predict([['a']])\n"
            "except ValueError as error: print(type(error).__name__)\n"
            "print(e.fit([['a', 'b'], ['b', 'b'], ['a', 'a']], ['a', 'b', 'a']).predict([['a', 'b']])[0])\n")
    import os

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.stdout.split() == ["NotFittedError", "a"], done.stderr
