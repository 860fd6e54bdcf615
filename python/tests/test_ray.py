"""On a local cluster of several processes: the same bytes as one machine, whatever dies meanwhile."""

import json
import math
import os
import random
import signal
import sqlite3
import threading
import time

import numpy as np
import pytest

import assay

ray = pytest.importorskip("ray")
pytest.importorskip("pyarrow")
pytest.importorskip("ray.data")

import assay.ray  # noqa: E402
from assay import _jobs  # noqa: E402

MARK = f"ASSAY_TEST_CLUSTER={os.getpid()}"


@pytest.fixture(scope="module", autouse=True)
def cluster():
    name, value = MARK.split("=")
    os.environ[name] = value  # by which the workers of this cluster are known
    options = {"num_cpus": 3, "include_dashboard": False, "log_to_driver": False, "logging_level": "error",
               "object_store_memory": 200 << 20}
    try:
        ray.init(**options)
    except Exception:  # a busy machine: half a minute was not enough for its processes to begin
        ray.shutdown()
        ray.init(**options)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield
    finally:
        ray.shutdown()
        del os.environ[name]


def on_one_machine(study, **options):
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return _jobs.run(["simulate", study.path, "--no-timing", *words])["json"]


def workers(task: str) -> list[int]:
    """Processes of this cluster that are at this task."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/environ", "rb") as environ:
                if line.read().startswith(f"ray::{task}".encode()) and MARK.encode() in environ.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            continue
    return found


# --- simulate ---


@pytest.mark.parametrize("pieces", [1, 3, 40])
def test_the_same_bytes_whatever_the_pieces(demo, pieces):
    options = {"realizations": 40, "pool": 30, "budget": 10, "seed": 7}
    expected = on_one_machine(demo, strategies="assay,random,llm-selector", **options)
    report = assay.ray.simulate(demo, strategies=["assay", "random", "llm-selector"], pieces=pieces, progress=False,
                                **options)
    assert report.to_json() == expected
    assert isinstance(report, assay.reports.SimulateReport) and report.seconds is None


def test_several_experiments_at_once(demo):
    settings = [{"epsilon": 0.05}, {"seed": 2, "realizations": 13}, {"strategies": ["assay"], "batch": 4}]
    reports = assay.ray.simulate(demo, settings=settings, strategies=["assay", "random"], realizations=20, pool=30,
                                 budget=10, progress=False)
    assert [report.to_json() for report in reports] == [
        on_one_machine(demo, strategies="assay,random", realizations=20, pool=30, budget=10, epsilon=0.05),
        on_one_machine(demo, strategies="assay,random", realizations=13, pool=30, budget=10, seed=2),
        on_one_machine(demo, strategies="assay", realizations=20, pool=30, budget=10, batch=4)]


def test_a_killed_worker_costs_its_piece_alone(demo):
    options = {"realizations": 6000, "pool": 40, "budget": 40, "strategies": "assay,random"}
    expected = on_one_machine(demo, **options)
    killed, done = [], threading.Event()
    chance = random.Random(5)

    def kill():
        while not done.is_set() and len(killed) < 5:
            time.sleep(chance.uniform(0.01, 0.2))
            for pid in workers("_piece")[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        report = assay.ray.simulate(demo, pieces=12, progress=False,
                                    **{**options, "strategies": options["strategies"].split(",")})
    finally:
        done.set()
        killer.join()
    assert killed, "nobody was killed"
    assert report.to_json() == expected


def test_a_strategy_that_is_a_class(demo):
    class Rows:
        def __init__(self, models, queries, seed, budget):
            self.order = [(q, m) for q in range(queries) for m in range(models)]

        def propose(self, limit):
            taken, self.order = self.order[:limit], self.order[limit:]
            return taken

        def observe(self, calls, rewards):
            pass

    options = {"strategies": [Rows, "random"], "realizations": 6, "pool": 20, "budget": 10, "batch": 6}
    spread = assay.ray.simulate(demo, pieces=3, progress=False, **options)
    alone = demo.simulate(**options).to_dict()
    assert {**spread.to_dict(), "seconds": 0} == {**alone, "seconds": 0}


def test_a_plot_is_of_the_whole(demo, tmp_path):
    assay.ray.simulate(demo, strategies=["random"], realizations=10, pool=20, plot=tmp_path / "a.svg", pieces=2,
                       plot_within=0.01, progress=False)
    demo.simulate(strategies=["random"], realizations=10, pool=20, plot=tmp_path / "b.svg", plot_within=0.01)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_weak_judges_are_made_once(answered):
    def long(question):
        return "win" if question.model == "good" else "loss"

    answered.select(long, baseline="base")
    options = {"strategies": "llm-selector", "realizations": 6, "pool": 10}
    report = assay.ray.simulate(answered, pieces=3, progress=False, **{**options, "strategies": ["llm-selector"]})
    with sqlite3.connect(answered.path) as database:
        assert database.execute("select count(*) from derived").fetchone()[0] > 0
    assert report.to_json() == on_one_machine(answered, **options)


@pytest.mark.parametrize("options, message", [
    ({"strategies": ["nobody"]}, "nobody"),
    ({"allocators": ["robin"]}, "allocators: are replayed on one machine"),
    ({"realizations": 0}, "realizations: expected a whole number from 1"),
    ({"pieces": 1.5}, "pieces: expected a whole number"),
    ({"settings": ["assay"]}, "settings: expected dicts"),
    ({"colour": 3}, "there is no argument colour"),
])
def test_arguments_of_simulate(demo, options, message):
    with pytest.raises(ValueError, match=message):
        assay.ray.simulate(demo, progress=False, **options)


def test_parts_that_do_not_fit(demo, tmp_path):
    def run(*words):
        return _jobs.run(["simulate", demo.path, "--realizations=10", "--pool=20", "--no-timing", *words])

    for part in ("0:4", "4:10"):
        run("--strategies=random", f"--part={part}", f"--part-file={tmp_path / part}")
    merged = run("--strategies=random", f"--merge={tmp_path / '4:10'}", f"--merge={tmp_path / '0:4'}")
    assert merged["json"] == run("--strategies=random")["json"]
    with pytest.raises(ValueError, match="realization 0 is missing"):
        run("--strategies=random", f"--merge={tmp_path / '4:10'}")
    with pytest.raises(ValueError, match="they end with 4"):
        run("--strategies=random", f"--merge={tmp_path / '0:4'}")
    with pytest.raises(ValueError, match="came twice"):
        run("--strategies=random", *[f"--merge={tmp_path / part}" for part in ("0:4", "0:4", "4:10")])
    with pytest.raises(assay.DataError, match="expected a part of"):
        run("--strategies=random", "--seed=2", *[f"--merge={tmp_path / part}" for part in ("0:4", "4:10")])
    with pytest.raises(ValueError, match="--part|part"):
        run("--strategies=random", "--part=7", f"--part-file={tmp_path / 'x'}")
    whole = (tmp_path / "0:4").read_bytes()
    for cut in (0, 7, 100, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:cut])
        with pytest.raises(assay.AssayError):
            run("--strategies=random", f"--merge={tmp_path / 'cut'}", f"--merge={tmp_path / '4:10'}")


# --- datasets ---

MODELS = ("a", "b", "c")


def texts():
    """Responses of three models and a baseline to 40 queries; some are missing."""
    chance = random.Random(1)
    rows = []
    for q in range(40):
        said = [" ".join(chance.choice(["yes", "no", "näher", "maybe"]) for _ in range(chance.randrange(0, 30)))
                for _ in range(4)]
        responses = [None if (q + j) % 11 == 0 else text for j, text in enumerate(said[:3])]
        rows.append({"query": f"q{q}", "prompt": f"Question {q} of {q % 7}", "responses": responses,
                     "baseline_response": None if q == 5 else said[3]})
    return rows


def dataset(blocks=4):
    import pyarrow as pa

    rows = texts()
    table = pa.table({"query": [row["query"] for row in rows], "prompt": [row["prompt"] for row in rows],
                      "responses": pa.array([row["responses"] for row in rows], pa.list_(pa.string())),
                      "baseline_response": pa.array([row["baseline_response"] for row in rows], pa.string())})
    return ray.data.from_arrow([table.slice(i * 40 // blocks, (i + 1) * 40 // blocks - i * 40 // blocks)
                                for i in range(blocks)])


def column(data, name):
    return {row["query"]: row[name] for row in data.take_all()}


def expected_features():
    values = np.zeros((40, 3, 3), np.float32)
    known = np.zeros((40, 3), bool)
    for q, row in enumerate(texts()):
        lengths = [math.log(10 + len(text)) for text in row["responses"] if text is not None]
        middle = sorted(lengths)[len(lengths) // 2]
        base = middle if row["baseline_response"] is None else math.log(10 + len(row["baseline_response"]))
        for j, text in enumerate(row["responses"]):
            if text is not None:
                known[q, j] = True
                values[q, j] = math.log(10 + len(text)) - base, base, middle
    there = values[known].astype(float)
    scaled = (values - there.mean(0)) / there.std(0)
    scaled[~known] = 0
    return scaled


@pytest.mark.parametrize("blocks", [1, 7])
def test_features(blocks):
    found = column(assay.ray.features(dataset(blocks)), "features")
    for q, expected in enumerate(expected_features()):
        assert found[f"q{q}"].shape == (3, 3) and found[f"q{q}"].dtype == np.float32
        assert found[f"q{q}"] == pytest.approx(expected, abs=2e-5)


def test_weak_verdicts_are_those_of_one_machine(tmp_path):
    study = assay.Study(tmp_path / "s.assay")
    study.import_records({"query": row["query"], "prompt": row["prompt"], "model": model, "response": text}
                         for row in texts() for model, text in zip((*MODELS, "base"),
                                                                   [*row["responses"], row["baseline_response"]])
                         if text is not None)
    study.import_records({"query": row["query"], "model": model, "verdict": "draw", "opponent": "base"}
                         for row in texts() for model in MODELS)
    report = study.weak_judges(baseline="base")
    for blocks in (1, 5):
        found = np.stack(list(column(assay.ray.weak_verdicts(dataset(blocks)), "weak_verdicts").values()))
        assert found.shape == (40, 10, 3)
        for k, judge in enumerate(report.judges):
            given = found[:, k][~np.isnan(found[:, k])]
            assert np.isnan(found[:, k]).sum() == judge.no_verdict
            assert [(given == value).mean() for value in (1, 0.5, 0)] == pytest.approx(
                [judge.wins, judge.draws, judge.losses], abs=1e-12)


def test_embeddings_do_not_depend_on_shards():
    one = column(assay.ray.embeddings(dataset(1), "prompt", dimensions=16), "embedding")
    many = column(assay.ray.embeddings(dataset(8), "prompt", dimensions=16), "embedding")
    for query, vector in one.items():
        assert vector.shape == (16,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert (vector == many[query]).all()
    few = assay.ray.embeddings(dataset(2), "prompt", dimensions=4, sample=10)
    assert len(column(few, "embedding")) == 40


def test_from_rows_of_one_response_each():
    rows = [{"query": row["query"], "model": model, "response": text} for row in texts()
            for model, text in zip((*MODELS, "base", "other"), [*row["responses"], row["baseline_response"], "left out"])
            if text is not None]
    random.Random(2).shuffle(rows)
    wide = assay.ray.by_query(ray.data.from_items(rows), MODELS, "base")
    found = {row["query"]: row for row in wide.take_all()}
    for row in texts():
        assert list(found[row["query"]]["responses"]) == row["responses"]
        assert found[row["query"]]["baseline_response"] == row["baseline_response"]
    scaled = column(assay.ray.features(wide), "features")
    assert scaled["q3"] == pytest.approx(expected_features()[3], abs=2e-5)


@pytest.mark.parametrize("call, error, message", [
    (lambda: assay.ray.features(dataset(), responses="answers"), ValueError, "expected a column 'answers'"),
    (lambda: assay.ray.features([1, 2]), ValueError, "dataset: expected a ray.data.Dataset"),
    (lambda: assay.ray.features(dataset(), responses="prompt"), assay.DataError, "expected lists of texts"),
    (lambda: assay.ray.weak_verdicts(dataset(), orders=0), ValueError, "orders: expected"),
    (lambda: assay.ray.weak_verdicts(dataset(), draw_share=1), ValueError, "draw_share: expected"),
    (lambda: assay.ray.weak_verdicts(dataset(), mean="median"), ValueError, "mean: expected 'geometric'"),
    (lambda: assay.ray.embeddings(dataset(), "prompt", dimensions=5000), ValueError, "dimensions: expected"),
    (lambda: assay.ray.by_query(dataset(), ["a", "a"]), ValueError, "models: each once"),
    (lambda: assay.ray.features(ray.data.from_items([{"query": "q", "responses": ["a", "b"], "baseline_response": "c"},
                                                     {"query": "r", "responses": ["a"], "baseline_response": "c"}])),
     assay.DataError, "same number of responses"),
])
def test_what_does_not_fit(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- models that are served ---


@pytest.fixture
def judges():
    @ray.remote(num_cpus=0)
    class Judge:
        def __init__(self):
            self.asked = 0

        def judge(self, question):
            self.asked += 1
            return "win" if question.model == "good" else "loss"

        def count(self):
            return self.asked

        def pid(self):
            return os.getpid()

    actors = [Judge.remote() for _ in range(3)]
    ray.get([actor.pid.remote() for actor in actors])
    yield actors
    for actor in actors:
        ray.kill(actor)


def test_actors_as_judge(answered, judges):
    judge = assay.ray.Served(judges, "judge", name="served")
    report = answered.select(judge, baseline="base", batch=12)
    assert report.best == "good" and "served" in report.judge
    counts = ray.get([actor.count.remote() for actor in judges])
    assert sum(counts) == report.calls and min(counts) > 0
    again = answered.select(judge, baseline="base", batch=12)  # one study has it all
    assert again.best == "good" and again.calls_new == 0


def test_an_actor_that_dies_costs_nothing(answered, judges):
    os.kill(ray.get(judges[0].pid.remote()), signal.SIGKILL)
    report = answered.select(assay.ray.Served(judges, "judge"), baseline="base", batch=12)
    assert report.best == "good" and report.calls_failed == 0


def test_no_actor_is_left(answered, judges):
    for actor in judges:
        os.kill(ray.get(actor.pid.remote()), signal.SIGKILL)
    with pytest.raises(assay.OracleError, match="no actor is left"):
        answered.select(assay.ray.Served(judges, "judge"), baseline="base")


def test_candidates_and_plain_object_refs(tmp_path):
    @ray.remote(num_cpus=0)
    class Model:
        def __init__(self, word):
            self.word = word

        def answer(self, prompt):
            return f"{self.word} {prompt}"

    right, wrong = Model.remote("yes"), Model.remote("no")

    @ray.remote(num_cpus=0)
    def judge(question):
        return "win" if question.response.startswith("yes") else "loss"

    report = assay.find([f"prompt {q}" for q in range(30)],
                        {"right": assay.ray.Served(right, "answer"), "wrong": lambda prompt: wrong.answer.remote(prompt),
                         "base": lambda prompt: "no"},
                        assay.ray.Served(judge, name="served"), baseline="base", output=tmp_path / "found.assay")
    assert report.best == "right"


@pytest.mark.parametrize("make", [lambda: assay.ray.Served([]), lambda: assay.ray.Served(len),
                                  lambda: assay.ray.Served("actor", "judge")])
def test_what_can_not_serve(make):
    with pytest.raises(ValueError, match="actors: expected"):
        make()


def test_reports_are_json(demo):
    report = assay.ray.simulate(demo, strategies=["random"], realizations=4, pool=10, progress=False)
    assert json.loads(report.to_json())["realizations"] == 4
