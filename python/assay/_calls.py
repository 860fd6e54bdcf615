"""From arguments of Python to a verb and its options, and from what it says to a report."""

from __future__ import annotations

import json
import logging
import numbers
import os
import re
import tempfile
from collections.abc import Mapping

from . import _jobs
from ._endpoint import OpenAICompatible
from ._options import OPTIONS, REPORTS
from .errors import BudgetEnded, InvalidArgument, OracleError

_OURS = {"self", "judge", "name", "must_decide", "progress", "format", "prompts", "candidates", "path", "paths",
         "router", "queries", "outcomes", "inputs"}

_UNDECIDED = 3  # exit status
_MAY_BE_NULL = ("verdict", "score", "label")


def call(verb: str, given: dict, study: str | None = None):
    """Runs the verb with these arguments, those of the functions of _verbs.py; returns its report."""
    host = _jobs.Host()
    host.timeouts = {"judge": given.get("timeout"), "candidate": given.get("answer_timeout")}
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        words = _words(verb, given, study, host, folder)
        event = _jobs.run(words, host, given.get("progress"), _note)
    return _report(verb, given, event)


def _note(text: str) -> None:
    """What the command tells on standard error, as a warning of the logger "assay"."""
    logging.getLogger("assay").warning("%s", text)


def _words(verb: str, given: dict, study: str | None, host: _jobs.Host, folder: str) -> list[str]:
    known = OPTIONS[verb]
    asks = verb in ("select", "allocate", "find")
    elsewhere = {"candidates", "judge"} if asks else {"candidates"}
    options = {key: value for key, value in given.items()
               if value is not None and (key not in _OURS or key in known and key not in elsewhere)}
    if asks:
        _take_judge(given, options, host)
    if isinstance(options.get("strategy"), type) or callable(options.get("strategy")):
        options["strategy"] = host.add("strategy", getattr(options["strategy"], "__name__", ""), options["strategy"])
    if "strategies" in options:
        listed = options["strategies"]
        listed = [listed] if isinstance(listed, (str, type)) else list(listed)
        options["strategies"] = [",".join(one if isinstance(one, str) else host.add("strategy", one.__name__, one)
                                          for one in listed)]
    words = verb.split()
    if study is not None and verb != "import":
        words.append(_path(study, "path"))
    words += _first(verb, given, folder)
    if verb == "import":
        options["output"] = _path(study, "path")
        words += ["--output=" + options.pop("output")]
    if given.get("candidates") is not None:
        words.append("--candidates=" + _candidates(given["candidates"], host, folder))
    for argument, value in options.items():
        if argument not in known:
            raise InvalidArgument(f"{verb}: there is no argument {argument}")
        words += _option(argument, *known[argument], value)
    return words


def _take_judge(given: dict, options: dict, host: _jobs.Host) -> None:
    judge = given.get("judge")
    if judge is None:
        return
    if isinstance(judge, str):
        options["judge"] = judge
    elif isinstance(judge, OpenAICompatible):
        for key, value in judge.arguments().items():
            options.setdefault(key, value)
    elif callable(judge):
        name = given.get("name") or getattr(judge, "__name__", type(judge).__name__)
        if name == "<lambda>" and not given.get("name"):
            raise InvalidArgument("name: a judge that is a lambda needs one: its answers are kept under it")
        options["oracle"] = host.add("judge", name, judge)
    else:
        raise InvalidArgument(f"judge: expected a function, an OpenAICompatible or a name, came {judge!r}"[:300])


def _first(verb: str, given: dict, folder: str) -> list[str]:
    """Arguments that have no name."""
    if verb == "import":
        paths = given["paths"]
        paths = [paths] if isinstance(paths, (str, bytes, os.PathLike)) else list(paths)
        if not paths:
            raise InvalidArgument("paths: expected at least one, came none")
        return ([given["format"]] if given.get("format") else []) + [_path(one, "paths") for one in paths]
    if verb == "find":
        return [_rows(given["prompts"], "prompts", folder)]
    if verb == "synth":
        return [_path(given["path"], "path")]
    if verb == "route task":
        return [_path(given["router"], "router"), _rows(given["queries"], "queries", folder)]
    if verb == "route update":
        return [_path(given["router"], "router"), _rows(given["outcomes"], "outcomes", folder)]
    if verb == "report":
        inputs = given["inputs"]
        inputs = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
        if not inputs:
            raise InvalidArgument("inputs: expected at least one, came none")
        return [_path(one, "inputs") for one in inputs]
    if verb in ("route query", "route info"):
        return [_path(given["router"], "router")]
    return []


def _path(value, name: str) -> str:
    path = _jobs.path_of(value, name)
    return "./" + path if path.startswith("-") else path


def _write(folder: str, name: str, lines) -> str:
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        for number, line in enumerate(lines, 1):
            # No verdict, score or label is told by null; of the rest, what is missing is left out.
            there = {key: None if _missing(value) else value for key, value in line.items()
                     if value is None or key in _MAY_BE_NULL or not _missing(value)}
            try:
                file.write(json.dumps(there, allow_nan=False, default=_plain) + "\n")
            except (TypeError, ValueError) as wrong:
                raise InvalidArgument(f"record {number}: expected texts, numbers and lists: {wrong}"[:300]) from wrong
    return path


def _missing(value) -> bool:
    """None, and what NumPy and pandas have in its place."""
    nan = isinstance(value, float) and value != value
    return value is None or nan or type(value).__name__ in ("NAType", "NaTType")


def _plain(value):
    """A number of NumPy as one of Python."""
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return value.item()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"came {type(value).__name__}")


def rows_of(records, name: str) -> list:
    """Records as a list: those of a pandas or polars table, too."""
    if hasattr(records, "columns"):
        records = records.to_dicts() if hasattr(records, "to_dicts") else records.to_dict("records")
    try:
        return list(records)
    except TypeError as wrong:
        raise InvalidArgument(f"{name}: expected a list, came {type(records).__name__}") from wrong


def _rows(rows, name: str, folder: str) -> str:
    """A file of prompts: the one that was given, or one that is made of texts and dicts."""
    if isinstance(rows, (str, os.PathLike)):
        return _path(rows, name)
    rows = rows_of(rows, name)
    if not all(isinstance(row, (str, Mapping)) for row in rows):
        raise InvalidArgument(f"{name}: expected a file, or a list of texts or dicts")
    return _write(folder, name + ".jsonl", ({"prompt": row} if isinstance(row, str) else dict(row) for row in rows))


def _candidates(candidates, host: _jobs.Host, folder: str) -> str:
    if isinstance(candidates, (str, os.PathLike)):
        return _path(candidates, "candidates")
    if isinstance(candidates, Mapping):
        candidates = [{"name": name, **({"program": _function(name, one, host)} if callable(one) else
                                        one if isinstance(one, Mapping) else {"model": one})}
                      for name, one in candidates.items()]
    path = os.path.join(folder, "candidates.json")
    try:
        text = json.dumps([{"name": one} if isinstance(one, str) else dict(one) for one in candidates])
    except (TypeError, ValueError) as wrong:
        raise InvalidArgument("candidates: expected a file, a list of names or dicts, or functions by name") from wrong
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def _function(name: str, function, host: _jobs.Host) -> str:
    return host.add("candidate", str(name), function).removeprefix("command:")


def _option(argument: str, option: str, kind: str, value) -> list[str]:
    if kind == "flag":
        if not isinstance(value, bool):
            raise InvalidArgument(f"{argument}: expected True or False, came {value!r}"[:300])
        return [option] if value else []
    if kind == "one":
        return _word(option, _text(argument, value))
    values = [value] if isinstance(value, (str, bytes, os.PathLike, numbers.Number)) else list(value)
    if kind == "pair":
        return _word(option, ",".join(_text(argument, one) for one in values))
    texts = [_text(argument, one) for one in values]
    if kind == "names" and argument != "strategies":
        texts = ['"' + text.replace('"', '""') + '"' if any(ch in text for ch in ',"') or text != text.strip()
                 else text for text in texts]
    return [word for text in texts for word in _word(option, text)]


def _word(option: str, text: str) -> list[str]:
    """An option with what it is told. After "=" an empty text would be none, and the next word taken in its place."""
    return [f"{option}={text}"] if text else [option, ""]


def _text(argument: str, value) -> str:
    if isinstance(value, bool) or value is None:
        raise InvalidArgument(f"{argument}: expected a value, came {value!r}")
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value))
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidArgument(f"{argument}: expected a text without zero bytes")
        return value
    raise InvalidArgument(f"{argument}: expected a text or number, came {value!r}"[:300])


def _without_options(text: str) -> str:
    """Without hints that are of use on a command line alone."""
    return re.sub(r"\s*\(--all\s+shows\s+them\)", "", text).replace("(-v tells more)\n", "")


def _report(verb: str, given: dict, event: dict):
    from . import reports

    if not event["json"]:
        raise OracleError(event["trouble"] or f"{verb} gave no result")
    name = REPORTS[verb]
    if given.get("dry_run"):
        name = "DryRunReport"
    elif verb == "simulate" and given.get("allocators") is not None:
        name = "SimulateAllocatorsReport"
    elif verb == "synth" and given.get("scores") is not None:
        name = "SynthScoresReport"
    report = getattr(reports, name)(event["json"], _without_options(event["text"]))
    if event["trouble"]:
        error = OracleError(event["trouble"])
        error.report = report
        raise error
    if event["status"] == _UNDECIDED and given.get("must_decide"):
        raise BudgetEnded("the budget ended before the decision; a larger one goes on from here", report)
    return report
