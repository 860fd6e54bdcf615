"""Which way to pool several people's verdicts finds the best model: majority, or a model of the raters?

Recorded verdicts of a study stand for what is true; raters of different skill are simulated on them. Needs NumPy.

    python3 bench/people_pooling.py alpaca.assay
"""

import sqlite3
import sys

import numpy as np

LOSS, DRAW, WIN = 0, 1, 2
CREWS = {
    "three alike, 85 %": [0.85] * 3,
    "95, 85, 65 %": [0.95, 0.85, 0.65],
    "95, 90, 85, 80, 70 %": [0.95, 0.9, 0.85, 0.8, 0.7],
    "four of 90 %, one guesses": [0.9] * 4 + [1 / 3],
}


def verdicts(path):
    """Models x queries of the study's verdicts, those without a gap."""
    study = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = study.execute("SELECT model, query, value FROM verdict").fetchall()
    models = sorted({row[0] for row in rows})
    queries = sorted({row[1] for row in rows})
    table = np.full((len(models), len(queries)), -1)
    for model, query, value in rows:
        if value is not None:
            table[models.index(model), queries.index(query)] = WIN if value > 0.5 else LOSS if value < 0.5 else DRAW
    return table[:, (table >= 0).all(axis=0)]


def votes_on(truth, skills, share, rng):
    """What is said: pairs, raters, values; and what the majority makes of it."""
    said, majority = [], np.empty(len(truth), int)
    for i, true in enumerate(truth):
        order = rng.permutation(len(skills))[:3]
        values = [true if rng.random() < skills[r] else (true + 1 + rng.integers(2)) % 3 for r in order]
        count = 2 if rng.random() < share else 1
        if count == 2 and values[0] != values[1]:
            count = 3
        said += [(i, r, value) for r, value in zip(order[:count], values[:count])]
        tally = np.bincount(values[:count], minlength=3)
        majority[i] = tally.argmax() if (tally == tally.max()).sum() == 1 else DRAW
    return np.array(said), majority


def dawid_skene(said, pairs, raters, one_prior, rounds=40):
    """Posterior of the true verdicts (Dawid and Skene 1979), by EM with a weak prior that raters are right."""
    i, r, v = said.T
    posterior = np.zeros((pairs, 3))
    np.add.at(posterior, (i, v), 1)
    posterior /= posterior.sum(1, keepdims=True)
    for _ in range(rounds):
        confusion = np.tile((np.eye(3) * 4 + 1) / 3, (raters, 1, 1))
        for true in range(3):
            np.add.at(confusion, (r, true, v), posterior[i, true])
        confusion /= confusion.sum(2, keepdims=True)
        logs = np.tile(np.log(posterior.mean(0) + 1e-9) if one_prior else np.zeros(3), (pairs, 1))
        for true in range(3):
            np.add.at(logs[:, true], i, np.log(confusion[r, true, v]))
        posterior = np.exp(logs - logs.max(1, keepdims=True))
        posterior /= posterior.sum(1, keepdims=True)
    return posterior


def main(path, rounds=150, models=6, queries=60):
    table = verdicts(path)
    # The better half: models that are hard to tell apart.
    table = table[np.argsort(table.mean(1))[len(table) // 2:]]
    rng = np.random.default_rng(1)
    print(f"{models} of the {len(table)} better models, {queries} queries each, {rounds} rounds; "
          "chance to find the best, mean loss")
    for crew, skills in CREWS.items():
        for share in (0.2, 1.0):
            sums, count = np.zeros((4, 3)), 0.0
            for _ in range(rounds):
                some = table[rng.choice(len(table), models, False)][:, rng.choice(table.shape[1], queries, False)]
                said, majority = votes_on(some.ravel(), skills, share, rng)
                count += len(said) / some.size / rounds
                weighted = dawid_skene(said, some.size, len(skills), False)
                shrunk = dawid_skene(said, some.size, len(skills), True)
                rates = some.mean(1) / 2
                ways = (majority, weighted.argmax(1), shrunk.argmax(1), shrunk @ [0, 1, 2])
                for at, way in enumerate(ways):
                    best = np.argmax(np.reshape(way, some.shape).mean(1) + rng.random(models) * 1e-9)
                    right = np.mean(way == some.ravel()) if at < 3 else np.nan
                    sums[at] += right, rates[best] == rates.max(), rates.max() - rates[best]
            sums /= rounds
            print(f"{crew}, {share:.0%} given twice, {count:.2f} votes a pair")
            for name, (right, found, loss) in zip(("majority", "weights", "Dawid-Skene", "  its means"), sums):
                print(f"  {name:12} right {right:6.1%}  best found {found:6.1%}  loss {100 * loss:.2f} points")


if __name__ == "__main__":
    main(sys.argv[1])
