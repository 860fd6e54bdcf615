#!/usr/bin/env python3
"""What forgetting (`assay route update --half-life`) costs while nothing drifts, and gains when something does.

    python3 bench/route_drift.py ASSAY DATA FOLDER [--sets mmlu,kor] [--outcomes all,one] [--seeds 4] [--drifts ...]

ASSAY is the command, DATA the folder of the benchmark data, FOLDER where routers are made. Of each set eight models of
the better half are drawn (never the best, which stands by). A router is fitted to a few prompts; then prompts come in
for 120 days, with outcomes of all models or of one at random, and the router is updated every 30 days. After 60 days

* none: nothing happens.
* worse: the best model is silently replaced by one about 15 points below it.
* better: the fourth best is silently replaced by the one that stood by.
* gradual: the best model has more and more of its right answers wrong, from day 0 to 30 % on day 120.
* mix: the prompts are of other tasks than before.

Told is the accuracy of routing prompts that were kept back, as models and tasks are on that day: of the router that
never forgets, and points above it (paired, standard errors over the seeds) of half-lives, of the first fit without any
update, and of one fitted anew to the last 30 days. "single": the model that is best on these very prompts.
"""

import random
import statistics

from route_update import Routers, folder_of_run, rows_of_set, set_parser, told

DAYS, CHANGE, EVERY, RECENT = 120, 60, 30, 30
LOOKS = (60, 90, 120)
HALF_LIVES = (7, 30, 90)
POOL = 8
FALL = 0.15       # of the model that replaces the best one
LEAST_RIGHT = 0.3  # share of right answers that a model which degrades has wrong in the end
DRIFTS = ("none", "worse", "better", "gradual", "mix")
# First fit, prompts a day, kept back at most.
SIZES = {"mmlu": (1000, 15, 1500), "kor": (300, 4, 400)}
BEGIN = 1_700_000_000
DAY = 86_400


class Stream:
    """Prompts of one seed and one kind of drift, and what is right on a day."""

    def __init__(self, name, all_rows, drift, seed):
        draw = random.Random(seed)
        models = sorted(all_rows[0][2])
        self.accuracy = {m: statistics.fmean(right[m] for _, _, right in all_rows) for m in models}
        ranked = sorted(models, key=self.accuracy.get, reverse=True)
        self.models = sorted(draw.sample(ranked[1:len(ranked) // 2], POOL), key=self.accuracy.get, reverse=True)
        fall = self.accuracy[self.models[0]] - FALL
        outside = [m for m in ranked if m not in self.models]
        self.replaced, self.by = {
            "worse": (self.models[0], min(outside, key=lambda m: abs(self.accuracy[m] - fall))),
            "better": (self.models[3], ranked[0])}.get(drift, (None, None))
        self.drift = drift
        rows = list(all_rows)
        draw.shuffle(rows)
        self.luck = {row[0]: draw.random() for row in rows}
        fit, a_day, kept = SIZES[name]
        tasks = sorted({task for _, task, _ in rows})
        draw.shuffle(tasks)
        first = tasks[:(len(tasks) + 1) // 2]
        groups = [[row for row in rows if row[1] in first], [row for row in rows if row[1] not in first]]
        if drift != "mix":
            groups = [rows, rows]
        take = {id(group): iter(group) for group in groups}
        of = [take[id(group)] for group in groups]
        self.fit = [next(of[0]) for _ in range(fit)]
        self.days = [[next(of[day >= CHANGE]) for _ in range(a_day)] for day in range(DAYS)]
        self.test = [[row for row, _ in zip(of[0], range(kept))]]
        self.test.append([row for row, _ in zip(of[1], range(kept))] if drift == "mix" else self.test[0])

    def seen(self, row, day):
        """The row as it is on a day."""
        prompt, task, right = row
        now = {m: right[m] for m in self.models}
        if self.replaced and day >= CHANGE:
            now[self.replaced] = right[self.by]
        if self.drift == "gradual" and self.luck[prompt] < LEAST_RIGHT * day / DAYS:
            now[self.models[0]] = False
        return prompt, task, now


def outcomes_of(stream, days, which, draw):
    for day in days:
        for row in stream.days[day]:
            told_of = stream.models if which == "all" else [draw.choice(stream.models)]
            for model in told_of:
                yield stream.seen(row, day), model, BEGIN + day * DAY


def measure(assay, folder, name, all_rows, drift, which, seed, table):
    stream = Stream(name, all_rows, drift, seed)
    draw = random.Random(seed)
    routers = Routers(assay, folder, [])
    first, _ = routers.fitted([stream.seen(row, 0) for row in stream.fit], stream.models)
    now = dict.fromkeys((None, *HALF_LIVES), first)
    for end in range(EVERY, DAYS + 1, EVERY):
        outcomes = list(outcomes_of(stream, range(end - EVERY, end), which, draw))
        for half_life in now:
            options = () if half_life is None else ("--half-life", half_life)
            now[half_life], _, _ = routers.updated(now[half_life], outcomes, *options)
        if end not in LOOKS:
            continue
        # On the day of the change itself: as it was before.
        late = end > CHANGE
        routers.test = [stream.seen(row, end if late else end - 1) for row in stream.test[late]]
        routers.prompts = "".join(prompt + "\n" for prompt, _, _ in routers.test)
        ways = {f"{half_life} days": router for half_life, router in now.items()} | {"first fit": first}
        if which == "all":
            past = [(row, day) for day in range(end) for row in stream.days[day]]
            ways["anew, last 30 days"], _ = routers.fitted(
                [stream.seen(*one) for one in past if one[1] >= end - RECENT], stream.models)
        right = {way: routers.routed(router)[0] for way, router in ways.items()}
        of = table.setdefault((name, which, drift, end), {})
        base = right.pop("None days")
        of.setdefault("none", []).append(base)
        for way, value in right.items():
            of.setdefault(way, []).append(value - base)
        of.setdefault("single", []).append(routers.best_single(stream.models) - base)


def main():
    parser = set_parser(__doc__)
    parser.add_argument("--outcomes", default="all,one")
    parser.add_argument("--drifts", default=",".join(DRIFTS))
    parser.add_argument("--seeds", type=int, default=4)
    asked = parser.parse_args()
    columns = [f"{half_life} days" for half_life in HALF_LIVES] + ["first fit", "anew, last 30 days", "single"]
    for name in asked.sets.split(","):
        all_rows = rows_of_set(name, asked.data)
        for which in asked.outcomes.split(","):
            print(f"\n{name}, outcomes of {which}: {POOL} models, fitted to {SIZES[name][0]} prompts, "
                  f"{SIZES[name][1]} a day, seeds 1 to {asked.seeds}\n")
            print("| drift | day | never forgets | " + " | ".join(columns) + " |")
            print("| --- " * (3 + len(columns)) + "|")
            for drift in asked.drifts.split(","):
                table = {}
                for seed in range(1, asked.seeds + 1):
                    with folder_of_run(asked.folder / f"{name}-{which}-{drift}-{seed}") as folder:
                        measure(asked.assay, folder, name, all_rows, drift, which, seed, table)
                for (_, _, _, day), of in table.items():
                    print(f"| {drift} | {day} | {statistics.fmean(of['none']):.2f} | " +
                          " | ".join(told(of[c]) if c in of else "" for c in columns) + " |", flush=True)


if __name__ == "__main__":
    main()
