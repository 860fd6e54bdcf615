"""Runs that are saved: what they were given, and all that was asked and told; who loads one asks and tells it again."""

from __future__ import annotations

import io
import json

import numpy as np

from .errors import InvalidArgument

_FORM = 1  # of the files


class SavedRun:
    """`save`, `load` and pickle, for a run that keeps `_given` (its arguments) and `_events`: ("ask", limit) and
    ("tell", what, answers) in their order."""

    _given: dict
    _events: list[tuple]

    def save(self, path) -> None:
        """Writes the run to a file; `load` goes on from it. Takes as long as all that was told took."""
        with open(path, "wb") as file:
            file.write(self._bytes())

    @classmethod
    def load(cls, path):
        """A run that `save` wrote. Nothing in the file is executed; what is none is a ValueError."""
        with open(path, "rb") as file:
            return _restored(cls, file.read())

    def __reduce__(self):
        return _restored, (type(self), self._bytes())

    def _bytes(self) -> bytes:
        arrays, plain = {}, {}
        for name, value in self._given.items():
            if isinstance(value, np.ndarray):
                arrays["given_" + name] = value
            else:
                plain[name] = value
        told = [event for event in self._events if event[0] == "tell"]
        if told:
            arrays["told"] = np.concatenate([event[1] for event in told])
            arrays["answers"] = np.concatenate([event[2] for event in told])
        about = {"assay": type(self).__name__, "form": _FORM, "given": plain,
                 "events": [[event[0], event[1] if event[0] == "ask" else len(event[1])] for event in self._events]}
        out = io.BytesIO()
        np.savez_compressed(out, about=np.array(json.dumps(about, default=_plain)), **arrays)
        return out.getvalue()


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    raise InvalidArgument(f"expected what can be saved, came {type(value).__name__}")


def _restored(cls, data: bytes):
    try:
        stored = np.load(io.BytesIO(data), allow_pickle=False)
        about = json.loads(str(stored["about"]))
        if about["assay"] != cls.__name__ or about["form"] != _FORM:
            raise KeyError
        given = about["given"]
        given.update({name[6:]: stored[name] for name in stored.files if name.startswith("given_")})
        there = "told" in stored.files
        told, answers = (stored["told"], stored["answers"]) if there else (None, None)
        events = [(str(kind), int(count)) for kind, count in about["events"]]
        run = cls(**given)
        at = 0
        for kind, count in events:
            if kind == "ask":
                run.ask(count)
            else:
                run.tell(told[at:at + count], answers[at:at + count])
                at += count
    except MemoryError:
        raise
    except Exception as wrong:  # whatever a damaged file makes of NumPy, zip and JSON
        raise InvalidArgument(f"expected what {cls.__name__}.save wrote, in this version of Assay") from wrong
    return run
