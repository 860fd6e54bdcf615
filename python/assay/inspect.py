"""Inspect AI: the best of several models on a task, with samples run only as needed; and logs into a study.

Needs Inspect: ``pip install assay-llm[inspect]``. (Python's own module `inspect` is another one.)
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from . import _arrays, _jobs
from .errors import AssayError, DataError, InvalidArgument, OracleError

if TYPE_CHECKING:
    from ._select import Estimates, Select
    from .reports import ImportReport

__all__ = ["Selection", "import_logs", "select", "select_async"]

_VALUES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


class Selection:
    """What `select` found.

    Attributes
    ----------
    best : str
        Name of the model to use.
    decided : bool
        Whether it is as sure as was asked for.
    risk : float
        Probability that this is wrong, at most; NaN of strategies that do not stop.
    estimates : Estimates
        Of each model: its mean score, with intervals.
    calls, calls_new, calls_all : int
        Samples that counted, a model each; of these, run now; and what running everything would have taken.
    log_dir : str
        Where the logs are.
    run : Select
        The run itself.
    """

    best: str
    decided: bool
    risk: float
    estimates: Estimates
    calls: int
    calls_new: int
    calls_all: int
    log_dir: str
    run: Select

    def __init__(self, run: Select, new: int, samples: int, log_dir: str):
        self.run, self.log_dir = run, log_dir
        self.best, self.decided, self.risk, self.estimates = run.best, run.decided, run.risk, run.estimates
        self.calls, self.calls_new = run.calls, new
        self.calls_all = len(run.models) * samples

    def __repr__(self):
        sure = f", wrong with probability {self.risk:.2g} at most" if self.decided else ", not decided"
        return f"{self.best}{sure}; {self.calls} of {self.calls_all} samples run\n{self.estimates!r}"


def select(
    task,
    models: Iterable | Mapping[str, object],
    *,
    scorer: str | None = None,
    epsilon: float = 0.0,
    confidence: float = 0.95,
    study=None,
    log_dir=None,
    reward: Callable | None = None,
    scale: tuple[float, float] = (0.0, 1.0),
    batch: int = 16,
    budget: int | None = None,
    strategy="assay",
    seed: int = 1,
    **options,
) -> Selection:
    """Finds the best of several models on a task of Inspect; samples are run only as they are needed to tell.

    Each round asks `assay.Select` which samples to run with which model, and runs `inspect_ai.eval` on these alone
    (``sample_id``). The logs are what is kept: called again with the same `log_dir`, it goes on from there, and a
    sample that has a score is never run again.

    Parameters
    ----------
    task : Task, function that returns one, or str
        As `inspect_ai.eval` takes it. Samples must have ids, or Inspect numbers them.
    models : iterable of str or Model, or dict
        The candidates; a dict has them by the names that logs call them by (``openai/gpt-4o``).
    scorer : str, optional
        Whose value counts, ``name`` or, of a value with several numbers, ``name/key``; the task's first by default.
    epsilon, confidence, budget, strategy, seed
        As of `assay.Select`: `budget` is in samples.
    study : Study or path, optional
        The logs are imported into it at the end, by `import_logs`.
    log_dir : path, optional
        Of the logs; ``logs`` by default, or what INSPECT_LOG_DIR says.
    reward : function, optional
        From Inspect's `Score` to a number on the scale, or None for no score. By default ``C`` is 1, ``P`` 1/2, ``I``
        and ``N`` 0, numbers are themselves.
    scale : pair of float
        The lowest and the highest value, better is higher.
    batch : int
        Samples of a round. More run at the same time; fewer are run in vain.
    **options
        Of `inspect_ai.eval`, such as ``epochs`` (the mean counts), ``max_connections``, ``fail_on_error=False``.

    Returns
    -------
    Selection

    Raises
    ------
    OracleError
        A model's evaluation failed. What was scored is in the logs.
    DataError
        A score that is no number on the scale.

    Notes
    -----
    A sample that ended with an error has no score: it counts 1/2, and is run again when `select` is called again. Logs
    count if task, its version and arguments, and model are the same.

    Examples
    --------
    >>> import assay, assay.inspect
    >>> chosen = assay.inspect.select("arc.py", ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"],
    ...                               epsilon=0.02)  # doctest: +SKIP
    """
    inspect_ai = _inspect_ai()
    options = {"display": "none", **options}
    rounds = _Rounds(task, models, scorer, epsilon, confidence, log_dir, reward, scale, batch, budget, strategy, seed)
    rounds.begin(inspect_ai.eval(**rounds.probe(options)))
    for model, samples in rounds:
        rounds.take(model, inspect_ai.eval(**rounds.evaluation(model, samples, options)))
    return rounds.finish(study)


async def select_async(task, models, *, scorer=None, epsilon=0.0, confidence=0.95, study=None, log_dir=None,
                       reward=None, scale=(0.0, 1.0), batch=16, budget=None, strategy="assay", seed=1,
                       **options) -> Selection:
    """The same as `select`, where a loop of events runs already: by `inspect_ai.eval_async`."""
    inspect_ai = _inspect_ai()
    rounds = _Rounds(task, models, scorer, epsilon, confidence, log_dir, reward, scale, batch, budget, strategy, seed)
    rounds.begin(await inspect_ai.eval_async(**rounds.probe(options)))
    for model, samples in rounds:
        rounds.take(model, await inspect_ai.eval_async(**rounds.evaluation(model, samples, options)))
    return rounds.finish(study)


class _Rounds:
    """What is run in which order, whoever waits for it."""

    def __init__(self, task, models, scorer, epsilon, confidence, log_dir, reward, scale, batch, budget, strategy,
                 seed):
        if isinstance(models, (str, bytes)):
            raise InvalidArgument(f"models: expected a list of models, came {models!r}"[:300])
        listed = list(models.items()) if isinstance(models, Mapping) else [(str(model), model) for model in models]
        self.models = dict(listed)
        if len(self.models) < len(listed):
            raise InvalidArgument("models: expected each name once")
        if not self.models:
            raise InvalidArgument("models: expected at least one, came none")
        self.low, self.high = (_arrays.real(value, "scale") for value in _pair(scale))
        if not self.low < self.high:
            raise InvalidArgument(f"scale: expected the lowest value, then the highest, came {scale!r}"[:300])
        self.task, self.scorer, self.reward = task, scorer, reward
        log_dir = os.environ.get("INSPECT_LOG_DIR", "logs") if log_dir is None else log_dir
        self.log_dir = _jobs.path_of(log_dir, "log_dir")
        self.batch = _arrays.whole(batch, "batch", 1)
        self.goal = {"epsilon": epsilon, "confidence": confidence, "budget": budget, "strategy": strategy, "seed": seed}
        self._probed = None

    def probe(self, options: dict) -> dict:
        """Arguments of an evaluation that runs nothing, and tells what the samples are called."""
        for name in ("model", "sample_id", "tasks", "limit"):
            if name in options:
                raise InvalidArgument(f"{name}: is chosen here, came {options[name]!r}"[:300])
        self._probed = tempfile.TemporaryDirectory(prefix="assay-")
        return {**options, "tasks": self.task, "model": next(iter(self.models.values())),
                "run_samples": False, "log_dir": self._probed.name}

    def begin(self, logs) -> None:
        from ._select import Select

        self._probed.cleanup()
        if len(logs) != 1:
            raise InvalidArgument(f"task: expected one, came {len(logs)}")
        self.identity = _identity(logs[0])
        self.epochs = logs[0].eval.config.epochs or 1
        self.samples = list(logs[0].eval.dataset.sample_ids or [])
        if not self.samples:
            raise InvalidArgument("task: expected at least one sample, came none")
        self.place = {str(sample): q for q, sample in enumerate(self.samples)}
        # Of the logs that are there: what they have of the calls that are asked for is not run again. The same
        # arguments then ask for the same calls in the same order.
        self.rewards = {(q, m): value for m, name in enumerate(self.models) for q, value in self._kept(name).items()}
        self.new = 0
        self.run = Select(models=list(self.models), queries=[str(sample) for sample in self.samples], **self.goal)

    def _kept(self, name: str) -> dict[int, float]:
        """Rewards that the logs have of a model, by sample; of several runs the newest counts."""
        found: dict[int, float] = {}
        for log in _logs(self.log_dir, lambda log: log.eval.model == name and _identity(log) == self.identity):
            for q, value in self._rewards(log).items():
                if not math.isnan(value):
                    found.setdefault(q, value)
        return found

    def __iter__(self):
        """Model and samples of each evaluation that is wanted."""
        names = list(self.models)
        while not self.run.done:
            calls = self.run.ask(self.batch)
            if not len(calls):
                return
            for m, name in enumerate(names):
                wanted = [q for q in calls[calls[:, 1] == m, 0].tolist() if (q, m) not in self.rewards]
                self.new += len(wanted)
                if wanted:
                    yield name, [self.samples[q] for q in wanted]
            self.run.tell(calls, [self.rewards.get((q, m), math.nan) for q, m in calls.tolist()])

    def evaluation(self, name: str, samples: list, options: dict) -> dict:
        return {**options, "tasks": self.task, "model": self.models[name], "sample_id": samples,
                "log_dir": self.log_dir}

    def take(self, name: str, logs) -> None:
        log = logs[0]
        if log.status != "success":
            why = log.error.message if log.error is not None else f"it ended as {log.status!r}"
            raise OracleError(f"{name}: the evaluation failed: {why}"[:500])
        m = list(self.models).index(name)
        self.rewards.update({(q, m): value for q, value in self._rewards(log).items()})

    def _rewards(self, log) -> dict[int, float]:
        """Of a log, by sample: the mean over epochs; NaN without a score. A sample that lacks epochs is left out."""
        values: dict[int, list[float]] = {}
        for sample in log.samples or []:
            if str(sample.id) in self.place:
                values.setdefault(self.place[str(sample.id)], []).append(self._reward(sample))
        rewards = {}
        for q, of_epochs in values.items():
            if len(of_epochs) < self.epochs:
                continue
            there = [value for value in of_epochs if not math.isnan(value)]
            rewards[q] = sum(there) / len(there) if there else math.nan
        return rewards

    def _reward(self, sample) -> float:
        if not sample.scores:
            return math.nan
        name, _, key = (self.scorer or next(iter(sample.scores))).partition("/")
        if self.scorer in sample.scores:
            name, key = self.scorer, ""
        if name not in sample.scores:
            raise InvalidArgument(f"scorer: expected one of {', '.join(sample.scores)}, came {self.scorer!r}"[:300])
        score = sample.scores[name]
        value = self.reward(score) if self.reward is not None else score.value
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        value = _number(value)
        if value is None:
            of = f"{name} of sample {sample.id!r}"
            if isinstance(score.value, Mapping) and self.reward is None:
                raise InvalidArgument(f"scorer: {of} has several values: say {name}/KEY, KEY one of "
                                      f"{', '.join(map(str, score.value))}"[:300])
            raise DataError(f"scorer {of}: expected C, P, I, N or a number, came {score.value!r}"[:300])
        if math.isnan(value):
            return value
        if not self.low <= value <= self.high:
            raise DataError(f"scorer {name} of sample {sample.id!r}: expected a value from {self.low} to {self.high}, "
                            f"came {value}; say scale=(LOWEST, HIGHEST)")
        return (value - self.low) / (self.high - self.low)

    def finish(self, study) -> Selection:
        if study is not None:
            import_logs(study, self.log_dir)
        return Selection(self.run, self.new, len(self.samples), self.log_dir)


def import_logs(study, log_dir, **options) -> ImportReport:
    """Imports logs into a study, those of `select` too, each of which has some samples alone.

    Of each task and model the samples of all logs are put together, of a sample that ran several times the newest; the
    rest is as of ``assay import inspect`` (docs/reference/formats.md).

    Parameters
    ----------
    study : Study or path
    log_dir : path
        Folder of logs.
    **options
        Of `Study.import_files`.

    Returns
    -------
    reports.ImportReport
    """
    _inspect_ai()
    from inspect_ai.log import write_eval_log

    from ._study import Study

    merged: dict[tuple, object] = {}
    for log in _logs(_jobs.path_of(log_dir, "log_dir"), lambda log: True):
        newest = merged.setdefault((log.eval.model, *_identity(log)), log)
        if newest is log:
            newest.samples = list(log.samples or [])
            continue
        there = {(sample.id, sample.epoch) for sample in newest.samples}
        newest.samples += [one for one in log.samples or [] if (one.id, one.epoch) not in there]
    if not merged:
        raise InvalidArgument(f"log_dir: expected logs of Inspect, came none in {os.fspath(log_dir)!r}"[:300])
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        for i, log in enumerate(merged.values()):
            write_eval_log(log, os.path.join(folder, f"{i}.eval"), "eval")
        return (study if isinstance(study, Study) else Study(study)).import_files(folder, format="inspect", **options)


def _inspect_ai():
    try:
        import inspect_ai
        import inspect_ai.log
    except ImportError as missing:
        raise AssayError("assay.inspect needs Inspect: pip install inspect-ai, or assay-llm[inspect]") from missing
    return inspect_ai


def _logs(log_dir: str, wanted: Callable):
    """Logs of a folder whose heads are wanted, with their samples, the newest first."""
    from inspect_ai.log import list_eval_logs, read_eval_log

    if "://" not in log_dir and not os.path.isdir(log_dir):
        return
    heads = [(read_eval_log(info, header_only=True), info) for info in list_eval_logs(log_dir)]
    for head, info in sorted(heads, key=lambda one: one[0].eval.created, reverse=True):
        if wanted(head):
            yield read_eval_log(info)


def _identity(log) -> tuple:
    """What must be the same for two logs to be of one task."""
    return log.eval.task, str(log.eval.task_version), repr(sorted(log.eval.task_args.items()))


def _number(value) -> float | None:
    if isinstance(value, (bool, int, float)):
        return float(value)
    if value is None:
        return math.nan
    if isinstance(value, str):
        if value in _VALUES or value.lower() in _VALUES:
            return _VALUES.get(value, _VALUES.get(value.lower()))
        try:
            return float(value)
        except ValueError:
            return None
    return None


def _pair(scale) -> tuple:
    try:
        low, high = scale
    except (TypeError, ValueError):
        raise InvalidArgument(f"scale: expected a pair of numbers, came {scale!r}"[:300]) from None
    return low, high
