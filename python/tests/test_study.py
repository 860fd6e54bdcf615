"""Verbs as methods: the same work and figures as the command's."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

import assay


def of_command(command, *words, status=(0, 3)):
    done = subprocess.run([command, *map(str, words), "--json", "--quiet"], capture_output=True, text=True)
    assert done.returncode in status, done.stderr
    return done.stdout


@pytest.mark.parametrize("verb, method, options", [
    ("select", "select", {}),
    ("select", "select", {"budget": 5.5, "epsilon": "1%", "confidence": 0.9}),
    ("select", "select", {"strategy": "llm-selector", "budget": 4, "e_loss": 0.15, "seed": 7}),
    ("select", "select", {"models": ["model-01", "model-02"], "population": True}),
    ("simulate", "simulate", {"strategies": ["assay", "random"], "realizations": 6, "pool": 30, "budget": 10}),
    ("weak-judges", "weak_judges", {}),
    ("info", "info", {}),
])
def test_figures_are_those_of_the_command(demo, command, tmp_path, verb, method, options):
    other = tmp_path / "other" / "demo.assay"
    other.parent.mkdir()
    shutil.copy(demo.path, other)
    words = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        words += [option] if value is True else [f"{option}={','.join(value) if isinstance(value, list) else value}"]
    report = getattr(demo, method)(**options)
    here, there = json.loads(report.to_json()), json.loads(of_command(command, verb, other, *words))
    for one in (here, there):
        one.pop("study")
        one.pop("seconds", None)
    assert here == there


def test_reports_have_attributes(demo):
    report = demo.select()
    assert report.best == report.models[0].name == report["best"]
    assert report.models[0].low <= report.models[0].win_rate <= report.models[0].high
    assert report.stop.decided in (True, False)
    assert "best" in report and "best" in dir(report) and report.to_dict()["best"] == report.best
    assert report.trouble is None if "trouble" not in report else True
    assert "--" not in str(report).split("\n\n")[0]
    assert report._repr_html_().startswith("<pre>") and "<table>" in report._repr_html_()
    assert pickle.loads(pickle.dumps(report)) == report
    with pytest.raises(AttributeError, match="has no 'nonsense'"):
        report.nonsense


def test_html_of_strangers_stays_text(tmp_path):
    study = assay.Study(tmp_path / "x.assay")
    study.import_records({"query": f"q{q}", "model": model, "score": (q + len(model)) % 5} for q in range(9)
                         for model in ("<script>alert(1)</script>", "b", "c"))
    assert "<script>" not in study.select()._repr_html_()


def test_a_judge_of_ones_own(answered):
    asked = []

    def judge(question):
        asked.append(question)
        return {"good": "win", "bad": "loss"}[question.model]

    report = answered.select(judge, baseline="base")
    assert report.best == "good" and report.stop.decided
    one = asked[0]
    assert one.prompt.startswith("Say ") and one.response == f"{one.model} says {one.query[1:]}"
    assert one.baseline == "base" and one.baseline_response.startswith("base says") and one.scale is None
    paid = len(asked)
    assert answered.select(judge, baseline="base").best == "good"
    assert len(asked) == paid  # all is kept
    assert any("judge:judge" in oracle.name for oracle in answered.info().oracles)


def test_an_async_judge_answers_a_batch_at_once(answered):
    import asyncio

    running, most = 0, 0

    async def judge(question):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return 1 if question.model == "good" else 0

    report = answered.select(judge, baseline="base", batch=16)
    assert report.best == "good" and most > 4


def test_a_judge_that_gives_scores(answered):
    report = answered.select(lambda q: 9 if q.model == "good" else 2, name="mine", measure="score", score_range=(0, 10))
    assert report.best == "good"
    report = answered.allocate(lambda q: 4 + q.repeat % 2, name="wavering", scale=(1, 5), budget=400)
    assert report.calls == 400


def test_no_verdict_counts_as_a_failed_call(answered):
    report = answered.select(lambda q: None if q.query == "q0" else "win", name="mostly", baseline="base")
    assert report.calls_failed <= 2


@pytest.mark.parametrize("said", [3, "maybe", -0.5, object()])
def test_a_judge_that_says_nonsense_is_told(answered, said):
    with pytest.raises(ValueError, match="judge: expected 'win', 'draw' or 'loss'"):
        answered.select(lambda q: said, name="nonsense", baseline="base")


def test_what_a_judge_raises_comes_back_and_nothing_is_lost(answered):
    asked = []

    def judge(question):
        if len(asked) == 7:
            raise KeyError("my own mistake")
        asked.append((question.query, question.model))
        return "win" if question.model == "good" else "loss"

    with pytest.raises(KeyError, match="my own mistake"):
        answered.select(judge, baseline="base")
    before = set(asked)
    asked = []
    with pytest.raises(KeyError):  # seven others
        answered.select(judge, baseline="base")
    assert before.isdisjoint(asked)


def test_a_lambda_needs_a_name(answered):
    with pytest.raises(ValueError, match="name: a judge that is a lambda"):
        answered.select(lambda q: "win", baseline="base")


def test_a_strategy_may_be_a_class(demo):
    class Rows:
        def __init__(self, models, queries, seed, budget):
            self.left = [(q, m) for q in range(queries) for m in range(models)]

        def propose(self, limit):
            now, self.left = self.left[:limit], self.left[limit:]
            return now

        def observe(self, calls, rewards):
            pass

    report = demo.select(strategy=Rows, budget=10)
    assert report.calls == 60
    report = demo.simulate(strategies=["random", Rows], realizations=4, pool=20, budget=5)
    assert len(report.strategies) == 2


def test_candidates_may_be_functions(tmp_path):
    answers = {"kind": lambda prompt: "yes, gladly: " + prompt, "curt": lambda prompt: "no"}
    prompts = [f"Please say {q}." for q in range(30)]
    report = assay.find(prompts, answers, lambda q: "win" if q.response.startswith("yes") else "loss", name="manners",
                        baseline="curt", output=str(tmp_path / "found.assay"))
    assert report.best == "kind"
    assert assay.Study(tmp_path / "found.assay").info().responses > 0


def test_a_budget_that_ends_may_be_an_error(demo):
    assert not demo.select(calls=5).stop.decided
    with pytest.raises(assay.BudgetEnded) as caught:
        demo.select(calls=5, must_decide=True)
    assert caught.value.report.calls == 5


def test_dry_runs_have_a_report_of_their_own(answered):
    judge = assay.OpenAICompatible("gpt-x", "http://127.0.0.1:9/v1", prices=None)
    report = answered.select(judge, baseline="base", dry_run=True)
    assert type(report).__name__ == "DryRunReport" and report.calls > 0


@pytest.mark.parametrize("options, message", [
    ({"epsilon": 3}, "epsilon"),
    ({"max_cost": 3}, "max_cost"),
    ({"strategy": "nobody"}, "unknown strategy"),
    ({"calls": -3}, "calls"),
    ({"calls": "many"}, "calls"),
    ({"budget": 2, "calls": 3}, "budget and calls"),
    ({"confidence": 2}, "confidence"),
    ({"models": ["nobody"]}, "nobody"),
    ({"population": "yes"}, "population: expected True or False"),
    ({"judge": 3}, "judge: expected a function"),
    ({"judge": "nobody"}, "nobody"),
])
def test_messages_speak_of_arguments(demo, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        demo.select(**options)
    assert "--" not in str(caught.value)


def test_what_goes_wrong_elsewhere_is_another_error(tmp_path):
    with pytest.raises(assay.AssayError, match="no such study"):
        assay.Study(tmp_path / "none.assay").info()
    (tmp_path / "bad.jsonl").write_text('{"query": 3\n')
    with pytest.raises(assay.DataError, match="bad.jsonl:1"):
        assay.Study(tmp_path / "x.assay").import_files(tmp_path / "bad.jsonl", format="jsonl")
    with pytest.raises(ValueError, match="path"):
        assay.Study(3)
    with pytest.raises(ValueError, match="records"):
        assay.Study(tmp_path / "x.assay").import_records([])


def test_export_and_import_again(demo, tmp_path):
    demo.export(output=str(tmp_path / "x.jsonl"))
    again = assay.Study(tmp_path / "again.assay")
    again.import_files(tmp_path / "x.jsonl")
    assert again.select().best == demo.select().best


def test_names_with_commas_and_quotes(tmp_path):
    study = assay.Study(tmp_path / "x.assay")
    names = ['a, "b"', "-c", "d"]
    study.import_records({"query": f"q{q}", "model": model, "score": (q * 7 + j * 3) % 10} for q in range(30)
                         for j, model in enumerate(names))
    assert {one.name for one in study.select(models=names[:2]).models} == set(names[:2])


def test_several_threads_use_several_studies(tmp_path):
    found = {}

    def work(number):
        study = assay.Study(tmp_path / f"{number}.assay")
        assay.synth(study, models=5, queries=60, seed=number)
        found[number] = study.select(lambda q: "win" if q.model == "model-02" else "loss", name="mine",
                                     baseline="baseline").best

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(4), "model-02")


SLOW = """
import sys, time, assay
study = assay.Study(sys.argv[1])
def judge(question):
    print(question.query, question.model, flush=True)
    time.sleep(0.02)
    return "win" if question.model == "good" else "loss"
print("done", study.select(judge, baseline="base").best, flush=True)
"""


def test_ctrl_c_ends_it_and_loses_nothing(answered):
    script = [sys.executable, "-c", SLOW, answered.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    # Whoever runs the tests in the background may ignore SIGINT, and children inherit that.
    process = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    asked = [process.stdout.readline() for _ in range(8)]
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    rest, error = process.communicate(timeout=20)
    assert time.monotonic() - begun < 5
    assert "KeyboardInterrupt" in error and "done" not in rest
    first = set(asked) | {line + "\n" for line in rest.splitlines()}
    done = subprocess.run(script, capture_output=True, text=True, env=environment, timeout=60)
    second = {line + "\n" for line in done.stdout.splitlines()}
    assert "done good\n" in second
    assert len(first & second) <= 1  # the one under way


@pytest.fixture
def endpoint(demo, command):
    """A study's judgements behind an OpenAI-compatible endpoint."""
    process = subprocess.Popen([command, "replay-judge", demo.path], stderr=subprocess.PIPE, text=True)
    url = next(line.split()[-1] for line in process.stderr if "listening on" in line)
    yield url
    process.terminate()
    process.wait()


def test_a_judge_behind_an_endpoint(demo, endpoint, tmp_path):
    other = tmp_path / "other.assay"
    shutil.copy(demo.path, other)
    judge = assay.OpenAICompatible("judge-1", endpoint)
    report = assay.Study(other).select(judge, baseline="baseline", batch=8, budget=20)
    assert report.calls > 0 and report.best
    assert assay.Study(other).info().paid_judges


def test_an_endpoint_that_is_not_there_is_an_oracle_error(demo):
    with pytest.raises(assay.OracleError):
        demo.select(assay.OpenAICompatible("judge-1", "http://127.0.0.1:9/v1", retries=0), baseline="baseline", budget=1)


def test_progress_is_shown_where_it_is_wanted(demo, monkeypatch):
    shown = []

    class Bar:
        def __init__(self, **about):
            shown.append(about)

        def set_description_str(self, text):
            shown.append(text)

        def refresh(self):
            pass

        def close(self):
            pass

    import types

    fake = types.ModuleType("tqdm.auto")
    fake.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", fake)
    demo.simulate(strategies=["random"], realizations=200, pool=60, progress=True)
    assert shown


def test_a_judge_may_take_its_time_and_is_asked_once(answered):
    asked = []

    def judge(question):
        asked.append((question.query, question.model))
        time.sleep(0.05)
        return "win"

    answered.select(judge, baseline="base", calls=12, batch=12, timeout=0.1)
    assert len(asked) == len(set(asked)) == 12


def test_a_coroutine_that_takes_too_long_has_failed_alone(answered):
    import asyncio

    async def judge(question):
        await asyncio.sleep(5 if question.query == "q3" else 0)
        return "win"

    report = answered.select(judge, baseline="base", models=["good", "bad"], batch=60, timeout=0.2, strategy="random")
    assert report.calls == 60 and report.calls_failed == 2


def test_a_judge_may_often_have_no_verdict(answered):
    report = answered.select(lambda q: None if int(q.query[1:]) < 29 else "win", name="rarely", baseline="base")
    assert report.calls_failed > 10


def test_what_was_answered_in_a_batch_before_a_mistake_is_kept(answered):
    asked = []

    def judge(question):
        if len(asked) == 7:
            raise KeyError("my own mistake")
        asked.append((question.query, question.model))
        return "win"

    with pytest.raises(KeyError):
        answered.select(judge, baseline="base", batch=16)
    first, asked = set(asked), []
    with pytest.raises(KeyError):
        answered.select(judge, baseline="base", batch=16)
    assert first.isdisjoint(asked)


def test_records_of_numpy_and_pandas(tmp_path):
    import numpy as np

    study = assay.Study(tmp_path / "x.assay")
    study.import_records({"query": f"q{q}", "model": f"m{j}", "score": np.float64(q % 3 + j), "prompt": float("nan")}
                         for q in np.arange(5) for j in range(2))
    assert study.info().queries == 5
    with pytest.raises(ValueError, match="record 1"):
        study.import_records([{"query": "q", "model": "m", "score": object()}])
    pandas = pytest.importorskip("pandas")
    report = study.import_records(pandas.DataFrame({"query": [f"q{q}" for q in range(5)], "model": "m7", "score": range(5)}))
    assert report.scores == 5
    assert list(pandas.DataFrame(study.select().models)["name"])


def test_nobody_is_best_at_first(answered):
    assert answered.select(lambda q: None, name="silent", baseline="base", calls=3).best is None


def test_text_that_is_no_unicode_is_told(tmp_path, answered):
    with pytest.raises(ValueError, match="Unicode"):
        assay.Study(str(tmp_path / "\ud800.assay")).info()
    with pytest.raises(ValueError, match="Unicode"):
        answered.select(lambda q: "win", name="\ud800", baseline="base")
