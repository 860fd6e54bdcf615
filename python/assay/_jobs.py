"""Runs a verb of the command in the library: the same work, and the same figures to the last bit."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import json
import math
import os
import shlex
import sys
import time

from . import _certificates
from ._bridge import lib, new
from .errors import InvalidArgument, _error_of

_GLANCE = 100  # milliseconds after which Ctrl-C is seen
_KEPT_WITHIN = 0.05  # seconds


class Question:
    """What a judge is asked about: one response, and what there is beside it.

    Attributes
    ----------
    prompt, response : str
    baseline_response : str or None
        Of the baseline, where the response is compared with it.
    reference : str or None
        The right answer, if the study has one.
    query, model : str
        Names.
    baseline : str or None
        Name of the baseline.
    repeat : int
        How often this response was judged before, where it is judged more than once.
    scale : tuple of float or None
        The lowest and the highest score that may be given; None: a verdict is wanted, "win", "draw" or "loss" of the
        response against the baseline's.
    """

    __slots__ = ("baseline", "baseline_response", "model", "prompt", "query", "reference", "repeat", "response",
                 "scale")

    def __init__(self, request: dict):
        for name in self.__slots__:
            setattr(self, name, request.get(name))
        self.repeat = request.get("repeat", 0)
        self.scale = tuple(request["scale"]) if "scale" in request else None

    def __repr__(self):
        return f"<assay.Question about {self.model!r} on {self.query!r}>"


class Host:
    """Functions of the caller that stand where programs may."""

    def __init__(self):
        self.functions: dict[str, object] = {}
        self.serving: dict[int, object] = {}
        self.timeouts: dict[str, float | None] = {}  # seconds that a coroutine may take, by kind; None: any time
        self.loop = None

    def add(self, kind: str, name: str, function) -> str:
        """The command by which the library calls it."""
        name = name or "judge"
        if any(ch in name for ch in "\n\r\0"):
            raise InvalidArgument(f"name: expected one line, came {name!r}"[:200])
        word = f"{kind}:{name}"
        self.functions[word] = function
        return "command:python-function " + shlex.quote(word)

    def start(self, program: int, words: list[str]) -> None:
        word = words[1] if len(words) > 1 else ""
        function = self.functions.get(word)
        if function is None:
            raise InvalidArgument(f"no function {word!r} was given; a run with it began in another program")
        kind = word.partition(":")[0]
        self.serving[program] = _SERVERS[kind](function, self, self.timeouts.get(kind))

    def close(self) -> None:
        if self.loop is None:
            return
        left = asyncio.all_tasks(self.loop)  # that a judge began and did not wait for
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    def run(self, coroutine):
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self.loop.run_until_complete(coroutine)
        # In a notebook this thread has a loop that runs already: ours runs in another thread.
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            return beside.submit(self.loop.run_until_complete, coroutine).result()


class _Function:
    """A function of the caller that answers single requests. Each answer is handed over as soon as it is there."""

    def __init__(self, function, host: Host, timeout: float | None):
        self.function, self.host, self.timeout = function, host, timeout

    def question(self, request: dict):
        raise NotImplementedError

    def reply(self, answer, request: dict) -> dict:
        raise NotImplementedError

    def answer(self, lines: list[str], say) -> None:
        waiting = []
        for line in lines:
            request = json.loads(line)
            answer = self.function(self.question(request))
            if inspect.isawaitable(answer):
                waiting.append((request, answer))
            else:
                self.hand_over(request, answer, say)
        if waiting:
            self.host.run(self.all_of(waiting, say))

    def hand_over(self, request: dict, answer, say) -> None:
        say(json.dumps({"id": request["id"], **self.reply(answer, request)}))

    async def all_of(self, waiting: list[tuple], say) -> None:
        async def one(request, answer):
            try:
                said = await (answer if self.timeout is None else asyncio.wait_for(answer, self.timeout))
            except asyncio.TimeoutError:
                if self.timeout is None:
                    raise
                say(json.dumps({"id": request["id"], "error": f"no answer for {self.timeout:g} seconds"}))
                return
            self.hand_over(request, said, say)

        tasks = [asyncio.ensure_future(one(request, answer)) for request, answer in waiting]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class _Judge(_Function):
    def question(self, request: dict) -> Question:
        return Question(request)

    def reply(self, answer, request: dict) -> dict:
        return _answer_of(answer, request)


def _answer_of(answer, request: dict) -> dict:
    if answer is None or (isinstance(answer, float) and math.isnan(answer)):
        return {"error": "no verdict"}
    if request["ask"] == "verdict":
        if isinstance(answer, str) and answer in ("win", "draw", "loss"):
            return {"verdict": answer}
        if not isinstance(answer, str):
            try:
                value = float(answer)
            except (TypeError, ValueError):
                value = -1.0
            if value in (0.0, 0.5, 1.0):
                return {"verdict": {0.0: "loss", 0.5: "draw", 1.0: "win"}[value]}
        raise InvalidArgument(f"judge: expected 'win', 'draw' or 'loss' (or 1, 0.5, 0), or None for no verdict, came "
                              f"{answer!r}"[:300])
    try:
        value = float(answer)
    except (TypeError, ValueError):
        raise InvalidArgument(f"judge: expected a score from {request['scale'][0]} to {request['scale'][1]}, or None "
                              f"for no score, came {answer!r}"[:300]) from None
    if not request["scale"][0] <= value <= request["scale"][1]:
        raise InvalidArgument(f"judge: expected a score from {request['scale'][0]} to {request['scale'][1]}, came "
                              f"{value}")
    return {"score": value}


class _Answerer(_Function):
    """A candidate: a function from a prompt to an answer."""

    def question(self, request: dict) -> str:
        return request["prompt"]

    def reply(self, answer, request: dict) -> dict:
        if answer is None:
            return {"error": "no answer"}
        if isinstance(answer, str):
            return {"response": answer}
        raise InvalidArgument(f"candidates: expected a text as answer, or None for none, came {answer!r}"[:300])


class _Strategy:
    """A strategy that is a class: see `assay.Select`."""

    def __init__(self, make, _host: Host, _timeout):
        self.make = make

    def answer(self, lines: list[str], say) -> None:
        from ._strategy_class import RunningStrategy

        for line in lines:
            request = json.loads(line)
            if "start" in request:
                start = request["start"]
                # The baseline is the last one: a candidate that nobody is asked about.
                self.baseline = int(start["baseline"])
                self.strategy = RunningStrategy(self.make, start["models"] - self.baseline, start["queries"],
                                                start["seed"], start["budget"])
                self._observe(start["known"])
            elif "tell" in request:
                self._observe(request["tell"])
            elif "ask" in request:
                say(json.dumps({"calls": [[int(q), int(m)] for q, m in self.strategy.running.propose(request["ask"])]}))
            else:
                say(json.dumps(self._opinion()))

    def _observe(self, verdicts) -> None:
        import numpy as np

        if verdicts:
            calls = np.array([[q, m] for q, m, _ in verdicts], dtype=np.int64)
            self.strategy.observe(calls, np.array([math.nan if reward is None else reward for *_, reward in verdicts]))

    def _opinion(self) -> dict:
        posterior = self.strategy.posterior()
        if posterior is not None:
            return {"posterior": [float(p) for p in posterior] + [0.0] * self.baseline}
        return {"best": int(self.strategy.means(-1).argmax()) if self.strategy.counts.any() else None}


_SERVERS = {"judge": _Judge, "candidate": _Answerer, "strategy": _Strategy}


class _Bar:
    """Progress by tqdm, where it is there and somebody looks."""

    def __init__(self, wanted: bool | None):
        self.bar = self.label = None
        self.tqdm = None
        if wanted is False or (wanted is None and not _somebody_looks()):
            return
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return
        self.tqdm = tqdm

    def show(self, event: dict) -> None:
        if self.tqdm is None:
            return
        if event["event"] == "status":
            if self.bar is None:
                self.bar, self.label = self.tqdm(bar_format="{desc}"), ""
            self.bar.set_description_str(event["text"])
            return
        if self.bar is None or self.label != event["label"]:
            self.close()
            self.bar, self.label = self.tqdm(desc=event["label"], total=event["total"], unit=event["unit"],
                                             unit_scale=event["unit"] == "B"), event["label"]
        self.bar.n = event["done"]
        self.bar.refresh()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
        self.bar = self.label = None


def _somebody_looks() -> bool:
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


def run(arguments: list[str], host: Host | None = None, progress: bool | None = None, notes=None) -> dict:
    """Does what the command does with these arguments. Returns the event "done": its members "json", "text", "status"
    and "trouble". Ctrl-C, and what a function raises, ends the work at the next call; what is kept stays kept."""
    _certificates.provide()
    try:
        told_as = json.dumps(arguments, ensure_ascii=False).encode()
    except UnicodeEncodeError as wrong:
        raise InvalidArgument(f"expected Unicode text, came {wrong.object[wrong.start:wrong.end]!r} in an argument "
                              "or path") from wrong
    job = new(lib.assay_job_start(told_as))
    bar = _Bar(progress)
    serving = host.serving if host is not None else {}
    try:
        while True:
            told = lib.assay_job_wait(job, _GLANCE)
            if told is None:
                continue
            event = json.loads(told)
            kind = event["event"]
            if kind == "done":
                return event
            if kind == "failed":
                raise _error_of(event["kind"], event["message"])
            if kind in ("progress", "status"):
                bar.show(event)
            elif kind == "note":
                if notes is not None:
                    notes(event["text"])
            elif kind == "start":
                if host is None:
                    raise InvalidArgument("a function is wanted that was given in another program")
                host.start(event["program"], event["words"])
            elif kind == "end":
                serving.pop(event["program"], None)
            elif kind == "lines" and event["program"] in serving:
                say = functools.partial(_say, job, event["program"])
                serving[event["program"]].answer(event["lines"].splitlines(), say)
    except BaseException:
        time.sleep(_KEPT_WITHIN)  # what was answered just now is kept before the work ends
        raise
    finally:
        bar.close()
        lib.assay_job_free(job)
        if host is not None:
            host.close()


def _say(job: int, program: int, line: str) -> None:
    lib.assay_job_say(job, program, (line + "\n").encode())


def path_of(value, name: str) -> str:
    """A path, as text."""
    try:
        path = os.fsdecode(value)
    except TypeError:
        raise InvalidArgument(f"{name}: expected a path, came {value!r}"[:300]) from None
    if "\0" in path or not path:
        raise InvalidArgument(f"{name}: expected a path, came {path!r}"[:300])
    return path
