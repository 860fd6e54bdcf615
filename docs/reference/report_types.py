"""The reports of the verbs as json.md describes them: a tree of members for each, of which python/generate and
web/generate make types."""

import dataclasses
import pathlib
import re

JSON_MD = pathlib.Path(__file__).resolve().parent / "json.md"

# Sections of json.md, and what their types are called.
REPORTS = {"select": "Select", "allocate": "Allocate", "ensemble": "Ensemble", "ensemble fit": "EnsembleFit",
           "simulate": "Simulate",
           "simulate --allocators": "SimulateAllocators", "weak-judges": "WeakJudges", "info": "Info",
           "remove": "Remove", "export": "Export", "import": "Import", "route fit": "RouteFit",
           "route info": "RouteInfo", "route update": "RouteUpdate",
           "route evaluate": "RouteEvaluate", "route task": "RouteTask", "route query": "RouteQuery",
           "synth": "Synth", "synth --scores": "SynthScores", "doctor": "Doctor",
           "select --dry-run": "DryRun", "report": "Page",
           "report: comparison": "Comparison", "trust": "Trust"}


@dataclasses.dataclass
class Member:
    """A member of a report, with those below it."""

    types: str | None = None  # as json.md has it, "number or null"; None: no row of its own
    text: str = ""
    members: dict[str, "Member"] = dataclasses.field(default_factory=dict)  # of an object; `*`: any name
    element: "Member | None" = None  # of a list whose elements have rows

    def fixed(self):
        """Members whose names are fixed, by name."""
        return {name: member for name, member in self.members.items() if name != "*"}


def sections():
    """The report of each section of json.md."""
    found = {}
    for line in JSON_MD.read_text().splitlines():
        if line.startswith("## "):
            report = found[line[3:]] = Member("object")
        elif match := re.match(r"\| `([^`]+)` \| ([^|]+) \| (.*) \|$", line):
            at = report
            for step in match[1].split("."):
                name = step.removesuffix("[]")
                at = at.members.setdefault(name, Member())
                if step.endswith("[]"):
                    at.element = at.element or Member()
                    at = at.element
            at.types, at.text = match[2].strip(), match[3]
    return found


def singular(noun):
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def type_name(of, name, is_list):
    """What the type of a member is called: `SelectModel` for `models` of `SelectReport`."""
    words = re.split(r"[_-]", singular(name) if is_list else name)
    return of.removesuffix("Report") + "".join(word.capitalize() for word in words)
