#!/usr/bin/env python3
"""How far each score of `assay route evaluate` is behind the best of S1, S2, S3 and BMA, on many sets of tasks.

    python3 bench/route_sets.py ASSAY DATA FOLDER [NAME...]

ASSAY is the command, DATA the folder that ASSAY_BENCH_DATA names; studies are written into FOLDER. NAME: only sets
whose names begin so. Prints a row a set: points gained over BMA by the oracle, by S1, S2 and S3 each at its best k
chosen afterwards, and by `assay`; how far `assay` is behind the best of them, with the paired standard error over
the tasks; and whether that is within one standard error.

Sets are made of MMLU-Pro (subjects merged, split by source, queries and models thinned), of KOR-Bench (its five tasks,
and its rules), and made up: models that only differ in how good they are, models that are good at subjects, and models that
are all equal. Luck makes the best of 18 rules chosen afterwards look good where there is nothing to gain: `equal` shows
how good.
"""

import csv
import json
import math
import pathlib
import random
import subprocess
import sys

POOLS = 100


def rows_of_json(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def mmlu(data):
    """Rows of prompt, subject, source, {model: 0 or 1}."""
    questions = {str(row["question_id"]): row for row in rows_of_json(data / "mmlu_pro/questions.jsonl")}
    with open(data / "mmlu_pro/predictions.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    other = ("question_id", "category", "src", "answer", "hist:merged", "DeepSeek-Coder-V2")
    models = [name for name in table[0] if name not in other]
    rows = []
    for row in table:
        question = questions[row["question_id"]]
        prompt = "\n".join([question["question"], *question["options"]])
        right = {name: "" if row[name] == "NA" else int(row[name] == row["answer"]) for name in models}
        rows.append((prompt, row["category"], f"{row['category']}/{row['src']}", right))
    return rows


def kor(data):
    items = {row["item"]: row for row in rows_of_json(data / "accuracy/kor_bench/items.jsonl")}
    rows = []
    with open(data / "accuracy/kor_bench/correct.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            item = items[row.pop("item")]
            task = row.pop("category")
            rows.append((item["question"], task, f"{task}/{item['rule_title']}", row))
    return rows


def made_up(kind, tasks, queries, seed, models=16, subjects=6):
    """Queries are words of a subject and of their task; a task is a mixture of subjects."""
    draw = random.Random(f"{kind}/{tasks}/{queries}/{seed}")
    ability = [0 if kind == "equal" else draw.gauss(0, 0.2) for _ in range(models)]
    special = [[draw.gauss(0, 0.6) if kind == "special" else 0 for _ in range(subjects)] for _ in range(models)]
    rows = []
    for task in range(tasks):
        weights = [draw.gammavariate(0.4, 1) + 1e-9 for _ in range(subjects)]
        hard = 0 if kind == "equal" else draw.gauss(0, 0.7)
        for _ in range(queries):
            subject = draw.choices(range(subjects), weights)[0]
            words = [f"s{subject}w{int(60 * draw.random() ** 2)}" if draw.random() < 0.5 else
                     f"t{task}w{int(60 * draw.random() ** 2)}" if draw.random() < 0.4 else
                     f"w{int(300 * draw.random() ** 2)}" for _ in range(30)]
            luck = draw.gauss(0, 1)
            right = {f"model{j}": int(draw.random() < 1 / (1 + math.exp(hard + luck - ability[j] - special[j][subject])))
                     for j in range(models)}
            rows.append((" ".join(words), f"task{task}", f"task{task}", right))
    return rows


def thinned(rows, seed, tasks=None, queries=None, models=None, fine=False):
    """Labels dealt out to `tasks` tasks, at most `queries` of each task, `models` random models."""
    draw = random.Random(seed)
    names = sorted({row[2 if fine else 1] for row in rows})
    draw.shuffle(names)
    to = {name: f"task{number % tasks}" if tasks else name for number, name in enumerate(names)}
    by_task = {}
    for row in rows:
        by_task.setdefault(to[row[2 if fine else 1]], []).append(row)
    kept = sorted(rows[0][3])
    if models:
        kept = sorted(draw.sample(kept, models))
    result = []
    for task, members in sorted(by_task.items()):
        for row in draw.sample(members, min(queries or len(members), len(members))):
            result.append((row[0], task, task, {model: row[3][model] for model in kept}))
    return result


def sets(data):
    """Names and makers of all sets, small ones first."""
    for seed in (1, 2, 3):
        for tasks, queries in ((4, 100), (6, 400), (20, 60), (60, 30)):
            for kind in ("ordered", "special", "equal"):
                yield f"{kind}-{tasks}x{queries}-{seed}", lambda k=kind, t=tasks, q=queries, s=seed: made_up(k, t, q, s)
    yield "kor-5x250", lambda: kor(data)
    for seed in (1, 2, 3):
        yield f"kor-5x60-{seed}", lambda s=seed: thinned(kor(data), s, queries=60)
        yield f"kor-5x100x20-{seed}", lambda s=seed: thinned(kor(data), s, queries=100, models=20)
        yield f"kor-rules-20x60-{seed}", lambda s=seed: thinned(kor(data), s, tasks=20, queries=60, fine=True)
        for tasks, queries in ((3, 300), (4, 1000), (5, 100), (5, 300), (7, 300)):
            yield (f"mmlu-{tasks}x{queries}-{seed}",
                   lambda t=tasks, q=queries, s=seed: thinned(mmlu(data), s, tasks=t, queries=q))
        yield f"mmlu-14x30-{seed}", lambda s=seed: thinned(mmlu(data), s, queries=30)
        yield f"mmlu-14x200x16-{seed}", lambda s=seed: thinned(mmlu(data), s, queries=200, models=16)
        yield f"mmlu-30x60-{seed}", lambda s=seed: thinned(mmlu(data), s, tasks=30, queries=60, fine=True)
        yield f"mmlu-60x30-{seed}", lambda s=seed: thinned(mmlu(data), s, tasks=60, queries=30, fine=True)
    yield "mmlu-14", lambda: mmlu(data)


def write_study(command, path, rows):
    table = path.with_suffix(".csv")
    models = list(rows[0][3])
    with open(table, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "prompt", "task", *models])
        for number, (prompt, task, _, right) in enumerate(rows):
            out.writerow([number, prompt, task, *(right[model] for model in models)])
    path.unlink(missing_ok=True)
    subprocess.run([command, "import", str(table), "-o", str(path), "-q"], check=True, stdout=subprocess.DEVNULL)
    table.unlink()


def evaluate(command, study):
    """Rows of the report by the name of the score, or None if no pool is left."""
    run = subprocess.run([command, "route", "evaluate", str(study), "--pools", str(POOLS), "--each-k", "--json", "-q"],
                         capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print(f"{study.stem}: {run.stderr.strip()}", file=sys.stderr)
        return None
    report = json.loads(run.stdout)
    return {row["name"]: row for row in report["scores"]} if report["pools"] > 0 else None


def main():
    command, data, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = tuple(sys.argv[4:]) or ("",)
    print("| set | oracle | s1 | s2 | s3 | assay | assay behind the best (se) | within |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, make in sets(data):
        if not name.startswith(wanted):
            continue
        study = folder / f"{name}.assay"
        if not study.exists():
            write_study(command, study, make())
        scores = evaluate(command, study)
        if scores is None:
            continue
        best = {rule: max((row for key, row in scores.items() if key.startswith(f"{rule} k=")),
                          key=lambda row: row["gain"]) for rule in ("s1", "s2", "s3")}
        ahead = max([*best.values(), scores["bma"]], key=lambda row: row["gain"])
        behind, error = -ahead["behind_assay"], ahead["behind_assay_se"] or 0
        columns = [f"{100 * row['above_bma']:+.2f}" for row in
                   (scores["oracle"], best["s1"], best["s2"], best["s3"], scores["assay"])]
        print(f"| {name} | {' | '.join(columns)} | {100 * behind:.2f} ({100 * error:.2f}) | "
              f"{'yes' if behind <= error else 'no'} |", flush=True)


if __name__ == "__main__":
    main()
