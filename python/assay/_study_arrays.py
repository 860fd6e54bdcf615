"""What a study holds, as arrays: names, rewards, correctness, labels, texts, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from . import _arrays, _tables
from ._bridge import lib
from .errors import InvalidArgument


class _Arrays:
    def __init__(self, table: _tables.Table):
        self._about = table._about
        self.notes: list[str] = table._about["notes"]
        self.queries: list[str] = table["queries"].tolist()
        self.models: list[str] = table["models"].tolist()

    def _grid(self, values: np.ndarray) -> np.ndarray:
        return values.reshape(len(self.queries), len(self.models))

    @property
    def shape(self) -> tuple[int, int]:
        """Queries and models, (n, m)."""
        return len(self.queries), len(self.models)

    def __repr__(self):
        n, m = self.shape
        return f"<assay {type(self).__name__} of {m} models on {n} queries>"


class Comparison(_Arrays):
    """Recorded rewards of m models on n queries.

    Attributes
    ----------
    queries, models : list of str
        Sorted.
    rewards : float64 array (n, m)
        In [0, 1], the larger the better; NaN where there is none.
    missing : bool array (n, m)
        Where nobody was asked. Where else there is no reward, the call failed.
    judge, baseline : str or None
    measure : str
        ``win-rate``, ``preference``, ``score`` or ``accuracy``.
    scale : tuple of float
        What the rewards 0 and 1 stand for, of scores.
    lower_is_better : bool
    weights : float64 array (n,) or None
        What each query counts, sum n; None: all the same.
    notes : list of str
        What was left out, and why.
    """

    def __init__(self, table: _tables.Table):
        super().__init__(table)
        self.rewards: np.ndarray = self._grid(table["rewards"])
        self.weights: np.ndarray | None = table["weights"] if len(table["weights"]) else None
        self.missing = np.zeros(self.shape, bool)
        self.missing.reshape(-1)[table["missing"]] = True
        self.judge: str | None = self._about["judge"] or None
        self.baseline: str | None = self._about["baseline"] or None
        self.measure: str = self._about["measure"]
        self.scale: tuple[float, float] = tuple(self._about["scale"])
        self.lower_is_better: bool = self._about["lower_is_better"]


class _OfBenchmark(_Arrays):
    def __init__(self, table: _tables.Table):
        super().__init__(table)
        self.tasks: list[str] = table["tasks"].tolist()
        self.task: np.ndarray = table["task"]
        self.same_text: np.ndarray = table["same_text"]
        self.prices: np.ndarray = table["prices"]
        self.parameters: np.ndarray = table["parameters"]


class Correctness(_OfBenchmark):
    """Whether m models answered n queries rightly.

    Attributes
    ----------
    queries, models : list of str
    right : float64 array (n, m)
        1 right, 0 wrong, NaN not known.
    tasks : list of str
        Sorted; queries without a task belong to "".
    task : int64 array (n,)
        Positions in `tasks`.
    same_text : int64 array (n,)
        The first query with the same text.
    prices, parameters : float64 array (m,)
        Dollars per million tokens, and numbers of weights; NaN where not known.
    notes : list of str
    """

    def __init__(self, table: _tables.Table):
        super().__init__(table)
        self.right: np.ndarray = self._grid(table["right"])


class Labels(_OfBenchmark):
    """True labels of n queries, and those that m models predicted: what `assay.Ensemble` learns from.

    Attributes
    ----------
    queries, models : list of str
    y : object array (n,)
        True labels.
    X : object array (n, m)
        Predicted labels; None: no answer, or not run.
    not_run : bool array (n, m)
    labels : list of str
        All of them.
    offered : int64 array (n,)
        How many labels each query offers.
    kind : str
        ``classes``: labels mean the same on every query; ``options``: letters of answers that each query has anew.
    tasks, task, same_text, prices, parameters, notes
        As of `Correctness`.
    """

    def __init__(self, table: _tables.Table):
        super().__init__(table)
        self.labels: list[str] = table["labels"].tolist()
        self.offered: np.ndarray = table["offered"]
        self.kind: str = self._about["kind"]
        predictions = self._grid(table["predictions"])
        names = np.array([None, *self.labels], object)
        self.not_run: np.ndarray = predictions < 0
        self.X: np.ndarray = names[np.maximum(predictions, 0)]
        self.y: np.ndarray = names[table["truth"]]


class Responses(NamedTuple):
    """Texts of responses.

    Attributes
    ----------
    texts : object array (n, m)
        None where a response is missing.
    baseline_texts : object array (n,)
        Of the baseline, likewise.
    """

    texts: np.ndarray
    baseline_texts: np.ndarray


def _name(value, argument: str) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise InvalidArgument(f"{argument}: expected a name, came {value!r}"[:300])


def _names(value, argument: str) -> list[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return [value]
    try:
        given = list(value)
    except TypeError:
        given = [None]
    if all(isinstance(one, str) for one in given) and given:
        return [str(one) for one in given]
    raise InvalidArgument(f"{argument}: expected names, came {value!r}"[:300])


class StudyArrays:
    """What `assay.Study` gives as arrays. Each call opens the study, only reads, and closes it: several threads may
    read several studies, or the same, at a time."""

    _path: str

    def _list(self, kind: str) -> list[str]:
        return _tables.read(lib.assay_table_of_names, self._path, kind)["name"].tolist()

    @property
    def models(self) -> list[str]:
        """Names of all models, sorted."""
        return self._list("models")

    @property
    def queries(self) -> list[str]:
        """Names of all queries, sorted."""
        return self._list("queries")

    @property
    def judges(self) -> list[str]:
        """Names of judges with recorded verdicts or scores, sorted."""
        return self._list("judges")

    def comparison(self, judge: str | None = None, baseline: str | None = None, models: Sequence[str] | None = None,
                   tasks: Sequence[str] | None = None, measure: str | None = None, *, weights: str | None = None,
                   average: str = "queries", scale: tuple[float, float] | None = None,
                   lower_is_better: bool | None = None, without_responses: bool = False) -> Comparison:
        """Recorded judgements, as rewards of models on queries. What is not given is as of `select`.

        Parameters
        ----------
        judge, baseline : str, optional
            Needed where the study has several.
        models, tasks : list of str, optional
            Candidates, and queries of these tasks alone; all by default.
        measure : str, optional
            ``win-rate``, ``preference`` (by degree), ``score`` or ``accuracy``; by default what the study has.
        weights : str, optional
            Name of imported weights of the queries.
        average : str
            ``queries``, or ``tasks``: each task counts the same.
        scale : pair of float, optional
            The lowest and the highest score that there can be.
        lower_is_better : bool, optional
            Of scores.
        without_responses : bool
            Keep candidates that have judgements but no responses.

        Returns
        -------
        Comparison

        Raises
        ------
        ValueError
            For a name that is not in the study, or where one is needed.

        Examples
        --------
        >>> import assay, tempfile, os
        >>> folder = tempfile.TemporaryDirectory()
        >>> study = assay.Study(os.path.join(folder.name, "mine.assay"))
        >>> _ = study.import_records(
        ...     {"query": f"q{q}", "model": model, "judge": "exact", "score": score}
        ...     for q in range(3) for model, score in (("a", 1), ("b", q % 2)))
        >>> seen = study.comparison(without_responses=True)
        >>> seen.models, seen.rewards.mean(axis=0).round(2).tolist()
        (['a', 'b'], [1.0, 0.33])
        """
        choice = {"judge": _name(judge, "judge"), "baseline": _name(baseline, "baseline"),
                  "models": _names(models, "models"), "tasks": _names(tasks, "tasks"),
                  "measure": _name(measure, "measure"), "weights": _name(weights, "weights"),
                  "average": _name(average, "average"),
                  "scale": None if scale is None else _arrays.array(scale, "scale", (2,)).tolist(),
                  "lower_is_better": None if lower_is_better is None else bool(lower_is_better),
                  "without_responses": bool(without_responses)}
        return Comparison(_tables.read(lib.assay_table_of_comparison, self._path, choice))

    def correctness(self, models: Sequence[str] | None = None, tasks: Sequence[str] | None = None,
                    judge: str | None = None, right_from: float | None = None) -> Correctness:
        """Whether models answered rightly: what `route_fit` and `assay.Router` learn from.

        Parameters
        ----------
        models, tasks : list of str, optional
            All by default.
        judge : str, optional
            Whose scores say it; by default the labels, or the only judge.
        right_from : float, optional
            Score from which on an answer is right, for scores that are not 0 and 1.

        Returns
        -------
        Correctness
        """
        choice = {"models": _names(models, "models"), "tasks": _names(tasks, "tasks"), "judge": _name(judge, "judge"),
                  "right_from": None if right_from is None else _arrays.real(right_from, "right_from")}
        return Correctness(_tables.read(lib.assay_table_of_correctness, self._path, choice))

    def labels(self, models: Sequence[str] | None = None, tasks: Sequence[str] | None = None,
               kind: str | None = None) -> Labels:
        """True labels and predictions: what `ensemble` and `assay.Ensemble` learn from.

        Parameters
        ----------
        models, tasks : list of str, optional
            All by default; models that were run on at least 90 % of the queries.
        kind : str, optional
            ``classes`` or ``options``; by default as the study tells.

        Returns
        -------
        Labels
        """
        choice = {"models": _names(models, "models"), "tasks": _names(tasks, "tasks"), "kind": _name(kind, "kind")}
        return Labels(_tables.read(lib.assay_table_of_labels, self._path, choice))

    def responses(self, comparison) -> Responses:
        """Texts of responses.

        Parameters
        ----------
        comparison : Comparison, Correctness or Labels
            Whose queries, models and baseline.

        Returns
        -------
        Responses
            A pair of object arrays, (n, m) and (n,): `responses` and `baseline_responses` of `assay.Select`.
        """
        if not isinstance(comparison, _Arrays):
            raise InvalidArgument(f"comparison: expected what study.comparison gave, came {comparison!r}"[:300])
        choice = {"queries": comparison.queries, "models": comparison.models,
                  "baseline": getattr(comparison, "baseline", None)}
        texts = _tables.read(lib.assay_table_of_responses, self._path, choice)["texts"]
        texts = texts.reshape(len(comparison.queries), len(comparison.models) + 1)
        return Responses(texts[:, :-1], texts[:, -1])

    def prompts(self, queries: Sequence[str]) -> list[str]:
        """Prompts of the queries of these names, in that order; "" where there is none. Turns are joined by two line
        ends."""
        choice = _names(queries, "queries") if len(queries) else []
        return _tables.read(lib.assay_table_of_prompts, self._path, choice)["prompts"].tolist()

    def table(self, name: str) -> _tables.Table:
        """Everything that imports brought of one kind.

        Parameters
        ----------
        name : str
            ``queries``, ``responses``, ``verdicts``, ``scores``, ``labels``, ``models`` or ``judges``.

        Returns
        -------
        Table
            Rows sorted by names, with the columns of the format ``jsonl`` (docs/reference/formats.md): a row for each
            turn; `cost` and `price` in dollars, the price for a million tokens; a label without a model is the true
            one; a column ``weight NAME`` for each weight of queries.

        Examples
        --------
        >>> import assay, tempfile, os
        >>> folder = tempfile.TemporaryDirectory()
        >>> study = assay.Study(os.path.join(folder.name, "mine.assay"))
        >>> _ = study.import_records([{"query": "q1", "model": "a", "prompt": "Hi!", "response": "Hello."}])
        >>> study.table("responses")["response"].tolist()
        ['Hello.']
        """
        return _tables.read(lib.assay_table_of_records, self._path, _name(name, "name") or "")
