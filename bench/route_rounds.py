#!/usr/bin/env python3
"""Does a router that learns from the outcomes of its own choices alone lock in?

    python3 bench/route_rounds.py ASSAY DATA FOLDER [--sets mmlu,kor] [--pool 0] [--first N] [--seeds 6]

ASSAY is the command, DATA the folder of the benchmark data, FOLDER where routers are made. A router is fitted to N
prompts with the outcomes of all models. Then there are ten rounds of prompts, after each of which it is updated with

* own: outcomes of the models that it chose;
* own, 10 % explored: the same, but each tenth prompt on average goes to a random model;
* random: outcomes of random models, one of each prompt;
* shared out: of as many outcomes, but those of all models on one prompt of as many as there are models;
* all: outcomes of all models on each prompt.

Told is the accuracy of routing prompts that were kept back, and of the answers along the way (of the models that the
way asked; for the last three, what the router would have chosen). `--pool 8`: among eight models of the better half,
drawn by the seed; 0: among all. Differences to "own" are paired, with standard errors over the seeds.
"""

import collections
import random
import statistics

from route_update import Routers, folder_of_run, pool_of, rows_of_set, set_parser, told

ROUNDS, LOOKS = 10, (2, 5, 10)
EXPLORED = 0.1
# Prompts of a round at most, kept back.
SIZES = {"mmlu": (250, 2000), "kor": (50, 500)}
FIRST = {"mmlu": 300, "kor": 125}
WAYS = ("own", "own, 10 % explored", "random", "shared out", "all")


def size_of(name, rows, first):
    size, kept = SIZES[name]
    return min(size, (len(rows) - kept - first) // ROUNDS)


def measure(assay, folder, name, all_rows, pool, first, seed, table):
    draw = random.Random(seed)
    models = pool_of(all_rows, pool, draw)
    rows = [(prompt, task, {m: right[m] for m in models}) for prompt, task, right in all_rows]
    draw.shuffle(rows)
    size, kept = size_of(name, rows, first), SIZES[name][1]
    test, fit, stream = rows[:kept], rows[kept:kept + first], rows[kept + first:kept + first + ROUNDS * size]
    routers = Routers(assay, folder, test)
    begin, _ = routers.fitted(fit, models)

    def note(way, what, value):
        table.setdefault(way, {}).setdefault(what, []).append(value)

    def asked(router, some):
        return [answer["chosen"] for answer in routers.chosen(router, "".join(prompt + "\n" for prompt, _, _ in some))]

    note("no update", "10", routers.routed(begin)[0])
    note("fitted anew to all", "10", routers.routed(routers.fitted(fit + stream, models)[0])[0])
    note("best single model", "10", routers.best_single(models))
    for way in WAYS:
        router, along, last = begin, [], None
        for turn in range(1, ROUNDS + 1):
            some = stream[(turn - 1) * size:turn * size]
            told_of = asked(router, some)
            last = told_of
            if way == "own, 10 % explored":
                told_of = [draw.choice(models) if draw.random() < EXPLORED else m for m in told_of]
            along += [100 * row[2][m] for row, m in zip(some, told_of)]
            if way == "all":
                outcomes = [(row, m) for row in some for m in models]
            elif way == "shared out":
                outcomes = [(row, m) for row in some[::len(models)] for m in models]
            elif way == "random":
                outcomes = [(row, draw.choice(models)) for row in some]
            else:
                outcomes = list(zip(some, told_of))
            router, _, _ = routers.updated(router, outcomes)
            if turn in LOOKS:
                note(way, str(turn), routers.routed(router)[0])
        note(way, "along", statistics.fmean(along))
        counts = collections.Counter(last)
        note(way, "most asked", 100 * counts.most_common(1)[0][1] / len(last))


def main():
    parser = set_parser(__doc__)
    parser.add_argument("--pool", type=int, default=0)
    parser.add_argument("--first", type=int)
    parser.add_argument("--seeds", type=int, default=6)
    asked = parser.parse_args()
    for name in asked.sets.split(","):
        all_rows = rows_of_set(name, asked.data)
        first = asked.first or FIRST[name]
        table = {}
        for seed in range(1, asked.seeds + 1):
            with folder_of_run(asked.folder / f"{name}-{asked.pool}-{first}-{seed}") as folder:
                measure(asked.assay, folder, name, all_rows, asked.pool, first, seed, table)
        print(f"\n{name}, {asked.pool or len(all_rows[0][2])} models, fitted to {first} prompts, {ROUNDS} rounds of "
              f"{size_of(name, all_rows, first)}, seeds 1 to {asked.seeds}\n")
        print("| learnt from | after 2 rounds | 5 | 10 | 10, above own | along the way | most asked in the last |")
        print("| --- " * 7 + "|")
        for way, of in table.items():
            above = "" if way == "own" else told([a - b for a, b in zip(of["10"], table["own"]["10"])])
            print(f"| {way} | " + " | ".join(told(of[str(look)]) if str(look) in of else "" for look in LOOKS) +
                  f" | {above} | " + (told(of["along"]) if "along" in of else "") + " | " +
                  (f"{statistics.fmean(of['most asked']):.0f} %" if "most asked" in of else "") + " |", flush=True)


if __name__ == "__main__":
    main()
