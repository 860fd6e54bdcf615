"""`simulate`: replayed experiments, their realizations spread over a cluster."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping

from .. import _arrays, _calls, _jobs, reports
from ..errors import InvalidArgument
from ._cluster import ray_module

_PIECES_PER_CORE = 4  # so that a slow one, or one that is done again, is not waited for long


def simulate(
    study,
    *,
    settings: Iterable[Mapping] | None = None,
    realizations: int = 1000,
    pieces: int | None = None,
    remote: Mapping | None = None,
    progress: bool | None = None,
    **options,
) -> reports.SimulateReport | list[reports.SimulateReport]:
    """The same as `Study.simulate`, its realizations spread over a Ray cluster.

    The report is that of one machine, to the last byte of its JSON with ``--no-timing`` (`seconds` is None), whatever
    the number of workers and pieces: a realization depends on the seed and on its number alone. A worker that dies
    costs the piece that it was at; Ray gives it to another one.

    Parameters
    ----------
    study : Study or path
        It is sent to the workers, which need not see the driver's files. What strategies look at (weak judges,
        similarities) and searched parameters are made once, by the driver, and kept in the study.
    settings : iterable of dict, optional
        Several experiments at the same time: what each has beside, or in place of, `options`. A list of reports is
        then returned, in their order.
    realizations : int
        Random pools, at least 1.
    pieces : int, optional
        How many the realizations of an experiment are cut into; four for each core of the cluster by default. Each
        reads the study anew.
    remote : dict, optional
        Options of Ray's tasks, such as ``{"num_cpus": 4}`` (a piece then runs on four threads) or ``{"runtime_env":
        {"pip": ["assay-llm"]}}``. A task is done again as often as its worker dies, unless ``max_retries`` says less.
    progress : bool, optional
        Show progress by tqdm; None: where somebody looks.
    **options
        Of `Study.simulate`, without `allocators`. `threads` is for the driver.

    Raises
    ------
    InvalidArgument, DataError
        As `Study.simulate`.
    AssayError
        Ray is missing.

    Examples
    --------
    >>> import assay, assay.ray
    >>> report = assay.ray.simulate("alpaca.assay", realizations=10000, seed=7)  # doctest: +SKIP
    """
    ray = ray_module()
    path = _jobs.path_of(study, "study")
    realizations = _arrays.whole(realizations, "realizations", 1)
    if pieces is not None:
        pieces = _arrays.whole(pieces, "pieces", 1)
    several = settings is not None
    experiments = []
    for one in settings if several else [{}]:
        if not isinstance(one, Mapping):
            raise InvalidArgument(f"settings: expected dicts of arguments, came {one!r}"[:300])
        experiments.append({"realizations": realizations, **options, **one})
    for given in experiments:
        if given.get("allocators") is not None:
            raise InvalidArgument("allocators: are replayed on one machine, by Study.simulate")
        given["realizations"] = _arrays.whole(given["realizations"], "realizations", 1)
        _run_part(path, given, 0, 0)
    if not ray.is_initialized():
        ray.init()
    remote = {"num_cpus": 1, "max_retries": -1, **(remote or {})}
    most = pieces or _PIECES_PER_CORE * _workers(ray, remote)
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        parts = _gather(ray, path, experiments, most, remote, folder, progress)
        merged = [_merge(path, given, files) for given, files in zip(experiments, parts)]
    return merged if several else merged[0]


def _workers(ray, remote: dict) -> int:
    cores = ray.cluster_resources().get("CPU", 1)
    return max(1, int(cores / max(remote["num_cpus"] or 1, 1e-3)))


def _gather(ray, path, experiments, most, remote, folder, progress) -> list[list[str]]:
    """Files of all parts, of each experiment."""
    import numpy as np

    held = ray.put(np.frombuffer(_copy(path, folder), np.uint8))
    task = ray.remote(_piece).options(**remote)
    threads = max(1, int(remote["num_cpus"] or 1))
    at, parts = {}, [[] for _ in experiments]
    for e, given in enumerate(experiments):
        sent = {**given, "threads": threads}
        n = given["realizations"]
        count = min(most, n)
        for i in range(count):
            begin, end = n * i // count, n * (i + 1) // count
            at[task.remote(held, sent, begin, end)] = (e, i, end - begin)
    bar, done, total = _jobs._Bar(progress), 0, sum(given["realizations"] for given in experiments)
    try:
        waiting = list(at)
        while waiting:
            ready, waiting = ray.wait(waiting, num_returns=1, timeout=1)
            for one in ready:
                e, i, size = at.pop(one)
                file = os.path.join(folder, f"{e}-{i}.part")
                with open(file, "wb") as out:
                    out.write(ray.get(one))
                parts[e].append(file)
                done += size
            bar.show({"event": "progress", "label": "replay", "done": done, "total": total, "unit": "it"})
        return parts
    finally:
        bar.close()
        for one in at:  # none, unless something failed or Ctrl-C came
            ray.cancel(one)


def _copy(path: str, folder: str) -> bytes:
    """Of the study as it is now, whoever writes to it."""
    copy = os.path.join(folder, "study.assay")
    with contextlib.closing(sqlite3.connect(f"file:{os.path.abspath(path)}?mode=ro", uri=True)) as source, \
            contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with open(copy, "rb") as file:
        return file.read()


_here: tuple = (None, None)  # the study that this process wrote last: its id, and its folder


def _study_here(held, identity: str) -> str:
    """A file with the study; written once by a worker."""
    global _here
    if _here[0] != identity:
        folder = tempfile.TemporaryDirectory(prefix="assay-")
        with open(os.path.join(folder.name, "study.assay"), "wb") as file:
            file.write(memoryview(held))
        _here = (identity, folder)
    return os.path.join(_here[1].name, "study.assay")


def _piece(held, given: dict, begin: int, end: int) -> bytes:
    """What a worker does: realizations begin .. end - 1."""
    import hashlib

    return _run_part(_study_here(held, hashlib.blake2b(held).hexdigest()), given, begin, end)


# A plot is of all realizations.
_OF_THE_WHOLE = ("plot", "plot_within")


def _run_part(path: str, given: dict, begin: int, end: int) -> bytes:
    host = _jobs.Host()
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        out = os.path.join(folder, "part")
        own = {key: value for key, value in given.items() if key not in _OF_THE_WHOLE}
        words = _calls._words("simulate", own, path, host, folder)
        _jobs.run([*words, f"--part={begin}:{end}", f"--part-file={out}"], host, progress=False)
        with open(out, "rb") as file:
            return file.read()


def _merge(path: str, given: dict, files: list[str]) -> reports.SimulateReport:
    host = _jobs.Host()
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        words = _calls._words("simulate", given, path, host, folder)
        event = _jobs.run([*words, "--no-timing", *(f"--merge={file}" for file in files)], host, progress=False)
    return _calls._report("simulate", given, event)
