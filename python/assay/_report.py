"""What verbs return: the members of the command's JSON as attributes, its text, tables for notebooks, plots."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping

from .errors import AssayError

_ROWS = 50  # of a table in a notebook


class Record(Mapping):
    """Members of a JSON object as attributes, and as a mapping (so that pandas makes a table of a list of them). What
    is not known is None; a member whose name is no attribute (`in`) is had by ``record["in"]``."""

    _classes: dict = {}

    def __init__(self, data: dict):
        self._data = data

    def __getattr__(self, name: str):
        if name.startswith("__") or name == "_data":
            raise AttributeError(name)
        if name in self._data:
            value = self._data[name]
            if name == "best" and value == "":
                return None  # nobody yet
        elif name in getattr(type(self), "__annotations__", {}):
            return None
        else:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {', '.join(self._data)}")
        made = self._made(name, value)
        self.__dict__[name] = made
        return made

    def _made(self, name: str, value):
        kind = self._classes.get(name, Record)
        if isinstance(value, dict):
            return kind(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [kind(one) for one in value]
        return value

    def __getitem__(self, name: str):
        if name not in self._data:
            raise KeyError(name)
        return self._made(name, self._data[name])

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def __iter__(self):
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def to_dict(self) -> dict:
        """The members as plain Python."""
        return json.loads(json.dumps(self._data))

    def __eq__(self, other):
        return isinstance(other, Record) and self._data == other._data

    def __hash__(self):
        return hash(json.dumps(self._data, sort_keys=True))

    def __dir__(self):
        return [*super().__dir__(), *self._data]

    def __repr__(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in self._data.items()
                          if not isinstance(value, (dict, list)))
        return f"{type(self).__name__}({shown})"


class Report(Record):
    """What a verb returns: shown as the command shows it, its figures as attributes."""

    def __init__(self, text_of_json: str, text: str):
        super().__init__(json.loads(text_of_json))
        self._json, self._text = text_of_json, text

    def __reduce__(self):
        return type(self), (self._json, self._text)

    def to_json(self) -> str:
        """The same document as the command's ``--json``, to the last byte."""
        return self._json

    def __str__(self):
        return self._text.rstrip("\n")

    def __repr__(self):
        return self._text.rstrip("\n")

    def _repr_html_(self) -> str:
        head = self._text.split("\n\n", 1)[0]
        parts = [f"<pre>{html.escape(head)}</pre>"]
        for name, value in self._data.items():
            if isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict):
                parts.append(_table(name, value))
                break
        return "".join(parts)

    def plot(self, ax=None):
        """Draws the report by matplotlib; returns the axes. Raises AssayError where there is nothing to draw."""
        from . import _plots

        return _plots.draw(self, ax)


def _table(name: str, rows: list) -> str:
    columns = [key for key, value in rows[0].items() if not isinstance(value, (dict, list))]
    pairs = [key for key, value in rows[0].items() if isinstance(value, dict) and set(value) == {"low", "high"}]
    head = "".join(f"<th>{html.escape(key)}</th>" for key in [*columns, *pairs])
    body = ""
    for row in rows[:_ROWS]:
        cells = [_cell(row.get(key)) for key in columns]
        cells += [f"{_cell(row[key]['low'])} .. {_cell(row[key]['high'])}" if row.get(key) else "" for key in pairs]
        body += "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
    more = f"<p>and {len(rows) - _ROWS} more</p>" if len(rows) > _ROWS else ""
    head = f"<caption>{html.escape(name)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{head}<tbody>{body}</tbody></table>{more}"


def _cell(value) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def nothing_to_draw(report: Report) -> AssayError:
    return AssayError(f"{type(report).__name__} has no plot; its figures are in to_dict()")
