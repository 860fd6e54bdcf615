#!/usr/bin/env python3
"""What `assay route update` learns, beside a router that is fitted anew.

    python3 bench/route_update.py ASSAY DATA FOLDER [--sets mmlu,kor] [--parts queries,models,some]
            [--splits 2] [--seed 1]

ASSAY is the command, DATA the folder of the benchmark data, FOLDER where studies and routers are made. MMLU-Pro and
KOR-Bench are each split at random: one half is learnt from, the prompts of the other are routed among all models. Told
are means over the splits; where there are more than one, with standard errors over them in brackets (over models and
splits for a new model). Points are of accuracy.

1. Queries are added: all outcomes of them; that of the model which the router would have asked; that of one at random.
2. A model is added by k outcomes, on random queries that the router knows: six models of different rank, one at a time.
3. Outcomes of some models alone: eight models of the better half, drawn by the split, are learnt from three eighths of
   the queries of that half; on the others outcomes come of the two best, of two in the middle, of one, of all. A fit
   anew has the same cells.
"""

import argparse
import contextlib
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import time

from route_sets import kor, mmlu, write_table

PARTS = ("queries", "models", "some")
OUTCOMES = (10, 25, 50, 100, 200, 400)
NEW_MODELS = 6
POOL = 8
FIRST = 3 / 8  # of the queries, in 3.


class Routers:
    """Of one split: fits, updates and asks by the command."""

    def __init__(self, assay, folder, test):
        self.assay, self.folder, self.test = assay, folder, test
        self.prompts = "".join(prompt + "\n" for prompt, _, _ in test)
        self.count = 0

    def run(self, *arguments, **options):
        done = subprocess.run([self.assay, *map(str, arguments), "--quiet"], check=True, stdout=subprocess.PIPE,
                              text=True, **options)
        return done.stdout

    def new_path(self, ending):
        self.count += 1
        return self.folder / f"{self.count}.{ending}"

    def fitted(self, rows, models):
        """A row has outcomes of all models, or of those that were asked."""
        table, study, router = self.new_path("csv"), self.new_path("assay"), self.new_path("router")
        write_table(table, rows, models)
        self.run("import", "csv", table, "-o", study)
        begun = time.monotonic()
        self.run("route", "fit", study, "-o", router)
        return router, time.monotonic() - begun

    def updated(self, router, outcomes, *options):
        """Outcomes are (row, model), or (row, model, Unix seconds)."""
        lines, after = self.new_path("jsonl"), self.new_path("router")
        with open(lines, "w", encoding="utf-8") as file:
            for (prompt, task, right), model, *when in outcomes:
                line = {"prompt": prompt, "task": task, "model": model, "right": right[model]}
                file.write(json.dumps(line | ({"time": when[0]} if when else {})) + "\n")
        begun = time.monotonic()
        report = json.loads(self.run("route", "update", router, lines, "-o", after, "--json", *options))
        return after, time.monotonic() - begun, {one["name"]: one["accuracy"] for one in report["models"]}

    def chosen(self, router, prompts):
        report = json.loads(self.run("route", "query", router, "--prompt", "-", "--json", input=prompts))
        return report["prompts"]

    def best_single(self, models):
        return 100 * max(statistics.fmean(row[2][m] for row in self.test) for m in models)

    def routed(self, router):
        """Accuracy on the other half, and chances (prompt by prompt: model to chance)."""
        answers = self.chosen(router, self.prompts)
        right = [row[2][answer["chosen"]] for row, answer in zip(self.test, answers)]
        chances = [{one["name"]: one["chance"] for one in answer["models"]} for answer in answers]
        return 100 * statistics.fmean(right), chances

    def brier(self, chances):
        return statistics.fmean((chance - row[2][m]) ** 2
                                for row, of in zip(self.test, chances) for m, chance in of.items())


def pool_of(all_rows, size, draw):
    """All models, or `size` of the better half."""
    models = sorted(all_rows[0][2])
    if not size:
        return models
    models.sort(key=lambda m: -statistics.fmean(right[m] for _, _, right in all_rows))
    return sorted(draw.sample(models[:len(models) // 2], size))


def rows_of_set(name, data):
    """Rows (prompt on one line, task, {model: right})."""
    return [(" ".join(prompt.replace("\0", " ").split()), task, right)
            for prompt, task, right in {"mmlu": mmlu, "kor": kor}[name](data, False)]


def set_parser(doc):
    """Of what all scripts about updates are told: the command, the data, a folder, and which sets."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--sets", default="mmlu,kor")
    return parser


@contextlib.contextmanager
def folder_of_run(path):
    """An empty folder, which is gone afterwards."""
    shutil.rmtree(path, ignore_errors=True)  # of a run that was broken off
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path)


def told(values, digits=2):
    text = f"{statistics.fmean(values):.{digits}f}"
    return text if len(values) < 2 else f"{text} ({statistics.stdev(values) / len(values) ** 0.5:.{digits}f})"


def distance(chances, other):
    return statistics.fmean(abs(one[m] - two[m]) for one, two in zip(chances, other) for m in one)


def add_queries(routers, rows, models, draw, table):
    anew, fit_seconds = routers.fitted(rows, models)
    anew_accuracy, anew_chances = routers.routed(anew)
    for share in (0.1, 0.3):
        kept = rows[:round(len(rows) * (1 - share))]
        added = rows[len(kept):]
        before, _ = routers.fitted(kept, models)
        accuracy, chances = routers.routed(before)
        of = table.setdefault(share, {})
        picked = routers.chosen(before, "".join(prompt + "\n" for prompt, _, _ in added))
        ways = {
            "all outcomes": [(row, m) for row in added for m in models],
            "of the model asked": [(row, answer["chosen"]) for row, answer in zip(added, picked)],
            "of one at random": [(row, draw.choice(models)) for row in added],
        }
        for way, outcomes in ways.items():
            after, seconds, _ = routers.updated(before, outcomes)
            now, now_chances = routers.routed(after)
            for key, value in (("before", accuracy), ("updated", now), ("anew", anew_accuracy),
                               ("above before", now - accuracy), ("below anew", anew_accuracy - now),
                               ("far before", distance(chances, anew_chances)),
                               ("far", distance(now_chances, anew_chances)), ("seconds", seconds),
                               ("fit", fit_seconds)):
                of.setdefault(way, {}).setdefault(key, []).append(value)
    return anew_accuracy


def add_models(routers, rows, models, draw, anew_accuracy, table):
    accuracy = {m: statistics.fmean(right[m] for _, _, right in rows) for m in models}
    ranked = sorted(models, key=accuracy.get)
    for i in range(NEW_MODELS):
        new = ranked[round(i * (len(models) - 1) / (NEW_MODELS - 1))]
        without, _ = routers.fitted(rows, [m for m in models if m != new])
        table.setdefault("without", []).append(anew_accuracy - routers.routed(without)[0])
        order = draw.sample(rows, max(OUTCOMES))
        for k in OUTCOMES:
            after, _, known = routers.updated(without, [(row, new) for row in order[:k]])
            share = statistics.fmean(right[new] for _, _, right in order[:k])
            of = table.setdefault(k, {})
            of.setdefault("error", []).append(100 * abs(known[new] - accuracy[new]))
            of.setdefault("error alone", []).append(100 * abs(share - accuracy[new]))
            of.setdefault("within", []).append(100 * (abs(known[new] - accuracy[new]) <= 0.02))
            of.setdefault("lost", []).append(anew_accuracy - routers.routed(after)[0])


def add_some(routers, rows, models, table):
    first = round(FIRST * len(rows))
    ranked = sorted(models, key=lambda m: -statistics.fmean(right[m] for _, _, right in rows[:first]))
    before, _ = routers.fitted(rows[:first], models)
    base, chances = routers.routed(before)
    table.setdefault("single", []).append(routers.best_single(models))
    for way, asked in (("the two best", ranked[:2]), ("two in the middle", ranked[3:5]), ("the best", ranked[:1]),
                       ("all", ranked)):
        after, _, _ = routers.updated(before, [(row, m) for row in rows[first:] for m in asked])
        cells = rows[:first] + [(prompt, task, {m: right[m] for m in asked}) for prompt, task, right in rows[first:]]
        anew, _ = routers.fitted(cells, models)
        updated, anew = routers.routed(after), routers.routed(anew)
        of = table.setdefault(way, {})
        for key, value in (("before", base), ("updated", updated[0]), ("anew", anew[0]),
                           ("updated above", updated[0] - base), ("anew above", anew[0] - base),
                           ("brier before", routers.brier(chances)), ("brier updated", routers.brier(updated[1])),
                           ("brier anew", routers.brier(anew[1]))):
            of.setdefault(key, []).append(value)


def print_some(of_ways):
    print(f"Outcomes of some of {POOL} models; the best single model has {told(of_ways.pop('single'))}\n")
    print("| outcomes of | before | updated | anew | updated above | anew above | Brier: before | updated | anew |")
    print("| --- " * 9 + "|")
    for way, of in of_ways.items():
        print(f"| {way} | " + " | ".join(
            told(of[key]) for key in ("before", "updated", "anew", "updated above", "anew above")) + " | " +
            " | ".join(told(of[key], 4) for key in ("brier before", "brier updated", "brier anew")) + " |", flush=True)


def print_queries(of_shares):
    print("| added | outcomes | before | updated | anew | above before | below anew | far before | far | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for share, ways in of_shares.items():
        for way, of in ways.items():
            print(f"| {100 * share:.0f} % | {way} | " + " | ".join(
                told(of[key]) for key in ("before", "updated", "anew", "above before", "below anew")) +
                f" | {told(of['far before'], 3)} | {told(of['far'], 3)} | "
                f"{told(of['seconds'])} of {told(of['fit'])} |", flush=True)


def main():
    parser = set_parser(__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--splits", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for name in asked.sets.split(","):
        all_rows = rows_of_set(name, asked.data)
        parts, queries, news, some = asked.parts.split(","), {}, {}, {}
        for split in range(asked.splits):
            draw = random.Random(1000 * asked.seed + split)
            draw.shuffle(all_rows)
            half = len(all_rows) // 2
            models = sorted(all_rows[0][2])
            with folder_of_run(asked.folder / f"{name}-{split}") as folder:
                routers = Routers(asked.assay, folder, all_rows[half:])
                if "queries" in parts or "models" in parts:
                    anew = add_queries(routers, all_rows[:half], models, draw, queries)
                if "models" in parts:
                    add_models(routers, all_rows[:half], models, draw, anew, news)
                if "some" in parts:
                    pool = pool_of(all_rows, POOL, random.Random(1000 * asked.seed + split))
                    add_some(routers, all_rows[:half], pool, some)
        print(f"\n{name}: {half} queries learnt from, {len(all_rows) - half} routed among {len(models)} models\n")
        if queries:
            print_queries(queries)
        if some:
            print_some(some)
        if not news:
            continue
        print("\n| outcomes of a new model | error | of their share alone | within 2 points | lost |")
        print("| --- | --- | --- | --- | --- |")
        for k in OUTCOMES:
            of = news[k]
            print(f"| {k} | {told(of['error'], 1)} | {told(of['error alone'], 1)} | {told(of['within'], 0)} % | "
                  f"{told(of['lost'])} |")
        print(f"| without the model | | | | {told(news['without'])} |", flush=True)


if __name__ == "__main__":
    main()
