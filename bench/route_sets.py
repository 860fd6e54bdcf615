#!/usr/bin/env python3
"""How far `assay route`'s score for tasks is behind the best of S1, S2, S3 and BMA on many sets.

    python3 bench/route_sets.py ASSAY DATA FOLDER [--pools-by other-tasks|all-tasks] [NAME...]

ASSAY is the command, DATA the folder of the benchmark data, FOLDER where studies are made. Sets are MMLU-Pro with its
subjects merged or split and its models and queries thinned, KOR-Bench likewise, and made-up ones: `none` and `task`
(nothing tells which model suits a new task), `query` and `both` (the kind of a query does). `shuffled` are real
outcomes with vectors dealt out at random. A row for each set: points above BMA of the rules, each at the number of
neighbours that is best for it afterwards, and of `assay`; then how far `assay` is behind the best of them, with the
paired standard error over the tasks.
"""

import argparse
import csv
import json
import pathlib
import random
import subprocess

POOLS = "200"
# name: source, tasks, queries of each, models (0: all), seed
SETS = {
    "mmlu 3x150": ("mmlu", 3, 150, 0, 1), "mmlu 3x400": ("mmlu", 3, 400, 20, 2), "mmlu 4x120": ("mmlu", 4, 120, 20, 3),
    "mmlu 4x300": ("mmlu", 4, 300, 0, 4), "mmlu 5x100": ("mmlu", 5, 100, 0, 5), "mmlu 5x300": ("mmlu", 5, 300, 0, 6),
    "mmlu 5x1000": ("mmlu", 5, 1000, 20, 7), "mmlu 7x200": ("mmlu", 7, 200, 0, 8),
    "mmlu 10x80": ("mmlu", 10, 80, 20, 9),
    "mmlu 14x60": ("mmlu", 14, 60, 0, 10), "mmlu 25x40": ("parts", 25, 40, 0, 11),
    "mmlu 60x30": ("parts", 60, 30, 24, 12),
    "kor 5x60": ("kor", 5, 60, 40, 13), "kor 5x120": ("kor", 5, 120, 0, 14), "kor 5x250": ("kor", 5, 250, 0, 15),
    "kor 15x40": ("kor rules", 15, 40, 40, 16), "shuffled mmlu 5x200": ("mmlu", 5, 200, 0, 17),
    "shuffled kor 5x100": ("kor", 5, 100, 40, 18),
    **{f"{kind} {tasks}x{queries}": (kind, tasks, queries, 16, 20 + i) for i, (kind, tasks, queries) in enumerate(
        (kind, *size) for kind in ("none", "task", "query", "both") for size in ((4, 100), (12, 50)))},
}
FEWEST = 25  # queries that a part of a subject must have


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def table(path):
    return list(csv.DictReader(open(path, encoding="utf-8", newline="")))


def mmlu(data, parts):
    """(prompt, task, {model: right})."""
    questions = {str(one["question_id"]): one for one in lines(data / "mmlu_pro/questions.jsonl")}
    rows = table(data / "mmlu_pro/predictions.csv")
    models = [name for name in rows[0] if name not in ("question_id", "category", "src", "answer", "hist:merged")]
    models = [name for name in models if sum(row[name] == "NA" for row in rows) == 0]
    for row in rows:
        one = questions[row["question_id"]]
        task = row["category"] + ("/" + row["src"] if parts else "")
        yield "\n".join([one["question"], *one["options"]]), task, {m: row[m] == row["answer"] for m in models}


def kor(data, parts):
    items = {one["item"]: one for one in lines(data / "accuracy/kor_bench/items.jsonl")}
    titles = {}
    for row in table(data / "accuracy/kor_bench/correct.csv"):
        item, category = items[row.pop("item")], row.pop("category")
        rank = titles.setdefault((category, item["rule_title"]), len(titles))
        yield (item["rule"] + "\n" + item["question"], category + (str(rank % 3) if parts else ""),
               {model: cell == "1" for model, cell in row.items()})


def made_up(kind, tasks, queries, models, draw):
    """Queries are of eight kinds, told by their words. Tasks are mixtures of them, and some are harder."""
    def word():
        return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=7))

    of_group, common = [[word() for _ in range(30)] for _ in range(8)], [word() for _ in range(200)]
    ability = [draw.gauss(0, 0.2) for _ in range(models)]
    of_kind = [[draw.gauss(0, 0.8) if kind in ("query", "both") else 0 for _ in range(8)] for _ in range(models)]
    for task in range(tasks):
        of_task = [word() for _ in range(40)]
        mixture = [draw.gammavariate(0.5, 1) for _ in range(8)]
        hard = draw.gauss(0, 0.8) if kind != "none" else 0
        own = [draw.gauss(0, 0.4) if kind in ("task", "both") else 0 for _ in range(models)]
        for _ in range(queries):
            group = draw.choices(range(8), mixture)[0]
            words = draw.choices(of_group[group], k=8) + draw.choices(of_task, k=2) + draw.choices(common, k=6)
            each = hard + draw.gauss(0, 1)
            right = {}
            for j in range(models):
                logit = ability[j] + of_kind[j][group] + own[j] - each
                right[f"model{j}"] = draw.random() * (1 + 2.718281828 ** -logit) < 1
            yield " ".join(words), f"task{task}", right


def rows_of(name, data):
    source, tasks, queries, models, seed = SETS[name]
    draw = random.Random(seed)
    if source in ("none", "task", "query", "both"):
        return list(made_up(source, tasks, queries, models, draw))
    all_rows = list(mmlu(data, source == "parts") if source in ("mmlu", "parts") else kor(data, source == "kor rules"))
    groups = {}
    for row in all_rows:
        groups.setdefault(row[1], []).append(row)
    names = sorted(group for group in groups if len(groups[group]) >= FEWEST)
    draw.shuffle(names)
    if source != "mmlu":
        names = names[:tasks]
    merged = {}
    for i, group in enumerate(names):
        merged.setdefault(f"task{i % tasks}", []).extend(groups[group])
    kept = sorted(all_rows[0][2])
    if models:
        kept = sorted(draw.sample(kept, models))
    return [(prompt, task, {model: right[model] for model in kept}) for task, members in sorted(merged.items())
            for prompt, _, right in draw.sample(members, min(queries, len(members)))]


def write_table(path, rows, models):
    """Rows (prompt, task, {model: right}) as `assay import csv` reads them. Without a model: not run."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "prompt", "task", *models])
        for i, (prompt, task, right) in enumerate(rows):
            out.writerow([i, prompt.replace("\0", " "), task, *(int(right[m]) if m in right else "" for m in models)])


def study_of(assay, name, data, folder):
    path = folder / (name.replace(" ", "-") + ".assay")
    if path.exists():
        return path
    rows = rows_of(name, data)
    write_table(folder / "set.csv", rows, list(rows[0][2]))
    subprocess.run([assay, "import", "csv", str(folder / "set.csv"), "-o", str(path), "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    return path


def measured(assay, name, data, folder, pools_by):
    command = [assay, "route", "evaluate", str(study_of(assay, name, data, folder)), "--pools", POOLS, "--pools-by",
               pools_by, "--each-k", "--json", "--quiet"] + (["--shuffle"] if name.startswith("shuffled") else [])
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("assay")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--pools-by", default="other-tasks", choices=("other-tasks", "all-tasks"))
    asked = parser.parse_intermixed_args()
    print("| set | oracle | random | s1 | s2 | s3 | assay | behind the best (se) | within |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    behind, within = [], 0
    for name in asked.names or SETS:
        try:
            report = measured(asked.assay, name, asked.data, asked.folder, asked.pools_by)
        except subprocess.CalledProcessError:  # too few models are close to each other; the command told so
            print(f"| {name} |" + " - |" * 8, flush=True)
            continue
        rules = {rule["name"]: rule for rule in report["scores"]}
        gain = {rule: 100 * row["gain"] for rule, row in rules.items()}
        best = {s: max((r for r in rules if r.startswith(s + " k=")), key=gain.get) for s in ("s1", "s2", "s3")}
        top = rules[max([*best.values(), "bma"], key=gain.get)]
        short, error = -100 * top["behind_assay"], 100 * top["behind_assay_se"]
        behind.append(short)
        within += short <= error
        print(f"| {name} | {gain['oracle']:.2f} | {gain['random']:.2f} | " +
              " | ".join(f"{gain[best[s]]:.2f}" for s in best) +
              f" | {gain['assay']:.2f} | {short:.2f} ({error:.2f}) | {'yes' if short <= error else 'no'} |", flush=True)
    print(f"\n{within} of {len(behind)} within a standard error; "
          f"{sum(behind) / len(behind):.2f} points behind on average")


if __name__ == "__main__":
    main()
