"""`Study`: what was imported and judged, in one file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import _calls, _jobs
from ._study_arrays import StudyArrays
from ._verbs import StudyVerbs
from .errors import InvalidArgument


class Study(StudyArrays, StudyVerbs):
    """A study: prompts, responses and judgements in one SQLite file, as the command `assay` has it.

    Parameters
    ----------
    path : path
        The file, by custom ``something.assay``. It need not be there before the first import.

    Notes
    -----
    Nothing is kept open between calls: several threads, and the command, may use it at the same time; who asks a live
    judge is alone. Ctrl-C ends a call at the next question, and everything that was answered is kept.

    Examples
    --------
    >>> import assay, tempfile, os
    >>> folder = tempfile.TemporaryDirectory()
    >>> study = assay.Study(os.path.join(folder.name, "mine.assay"))
    >>> _ = study.import_records(
    ...     {"query": f"q{q}", "model": model, "prompt": f"Say {q}.", "response": f"{model} says {q}."}
    ...     for q in range(20) for model in ("base", "a", "b"))
    >>> def longer(question):
    ...     return "win" if question.model == "a" else "draw"
    >>> report = study.select(longer, baseline="base")
    >>> report.best
    'a'
    """

    def __init__(self, path):
        self._path = _jobs.path_of(path, "path")

    @property
    def path(self) -> str:
        """Of the file."""
        return self._path

    def __fspath__(self) -> str:
        return self._path

    def __repr__(self):
        return f"assay.Study({self._path!r})"

    def _call(self, verb: str, given: dict):
        return _calls.call(verb, given, self._path)

    def import_records(self, records: Iterable[Mapping], *, progress: bool | None = None, **options):
        """Imports records as ``jsonl`` files have them (docs/reference/formats.md).

        Parameters
        ----------
        records : iterable of dict, or table
            Such as ``{"query": "q1", "prompt": "...", "model": "a", "response": "..."}``; also with ``score``,
            ``verdict``, ``label``, ...; or a pandas or polars table with such columns. NaN is left
            out; as a verdict, score or label it says that there was none.
        progress : bool, optional
            Show progress by tqdm; None: where somebody looks.
        **options
            As of `import_files`.

        Returns
        -------
        reports.ImportReport
        """
        import os
        import tempfile

        with tempfile.TemporaryDirectory(prefix="assay-") as folder:
            path = _calls._write(folder, "records.jsonl", _records_of(records))
            if os.path.getsize(path) == 0:
                raise InvalidArgument("records: expected at least one, came none")
            return self.import_files(path, format="jsonl", progress=progress, **options)


def _records_of(records):
    if hasattr(records, "columns"):
        records = _calls.rows_of(records, "records")
    try:
        for record in records:
            yield dict(record)
    except (TypeError, ValueError) as wrong:
        raise InvalidArgument(f"records: expected dicts: {wrong}"[:300]) from wrong
