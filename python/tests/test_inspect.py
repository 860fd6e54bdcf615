"""Inspect AI: samples run only as needed, with models that are made up."""

import asyncio
import math
import os
import subprocess
import sys

import pytest

import assay

inspect_ai = pytest.importorskip("inspect_ai")

from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.log import list_eval_logs, read_eval_log  # noqa: E402
from inspect_ai.model import ModelOutput, ModelUsage, get_model  # noqa: E402
from inspect_ai.scorer import Score, match, mean, scorer  # noqa: E402

SAMPLES = 60


def knows(query: int, share: float) -> bool:
    return (query * 7919 + 31) % 100 < 100 * share


def said(name: str, text: str) -> ModelOutput:
    output = ModelOutput.from_content(name, text)
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)  # else they are counted by a download
    return output


def model(name: str, share: float, asked: list | None = None):
    """Right on so many of the samples."""

    def answer(messages, _tools, _choice, _config):
        query = int(messages[-1].text.split()[-1])
        if asked is not None:
            asked.append((name, query))
        return said(name, f"a{query}" if knows(query, share) else "no idea")

    return get_model(f"mockllm/{name}", custom_outputs=answer, memoize=False)


def task(score=None):
    return inspect_ai.Task(name="sums", dataset=[Sample(id=f"q{q}", input=f"Say {q}", target=f"a{q}")
                                                 for q in range(SAMPLES)], scorer=score or match(location="exact"))


def candidates(asked=None):
    return [model("good", 0.95, asked), model("fair", 0.5, asked), model("poor", 0.2, asked)]


def quick(*arguments, **options):
    return assay.inspect.select(*arguments, **{"log_level": "error", "log_realtime": False, "batch": 24, **options})


def test_the_best_is_found_with_a_part_of_the_samples(tmp_path):
    asked = []
    chosen = quick(task(), candidates(asked), log_dir=tmp_path / "logs")
    assert chosen.best == "mockllm/good" and chosen.decided and chosen.risk <= 0.05
    assert len(asked) == len(set(asked)) == chosen.calls == chosen.calls_new < chosen.calls_all == 3 * SAMPLES
    # what the scorer said is what counted
    run = assay.Select(models=3, queries=SAMPLES)
    while not run.done:
        calls = run.ask(24)
        run.tell(calls, [float(knows(q, (0.95, 0.5, 0.2)[m])) for q, m in calls])
    assert run.calls == chosen.calls

    # a second run asks nobody
    asked.clear()
    again = quick(task(), candidates(asked), log_dir=tmp_path / "logs")
    assert again.best == chosen.best and asked == [] and again.calls_new == 0 and again.calls == chosen.calls


def test_goes_on_from_logs_and_into_a_study(tmp_path):
    asked = []
    part = quick(task(), candidates(asked), log_dir=tmp_path / "logs", budget=40)
    assert not part.decided and len(asked) == part.calls_new == 40
    whole = quick(task(), candidates(asked), log_dir=tmp_path / "logs", study=tmp_path / "sums.assay")
    assert whole.decided and whole.best == "mockllm/good"
    assert len(asked) == len(set(asked)) == whole.calls
    study = assay.Study(tmp_path / "sums.assay")
    info = study.info().to_dict()
    assert info["models"] == 3
    report = study.select("match")
    assert report.best == "mockllm/good"
    # all logs are in, not the newest alone
    imported = assay.inspect.import_logs(tmp_path / "other.assay", tmp_path / "logs")
    assert imported.responses == whole.calls


def test_where_a_loop_runs_already(tmp_path):
    chosen = asyncio.run(assay.inspect.select_async(task(), candidates(), log_dir=tmp_path / "logs", batch=24,
                                                    log_level="error", log_realtime=False))
    assert chosen.best == "mockllm/good"


@scorer(metrics=[mean()])
def length(kind="number"):
    async def score(state, _target):
        points = len(state.output.completion)
        return Score(value={"number": points, "several": {"length": points, "one": 1}, "text": "good"}[kind])

    return score


def test_numbers_on_a_scale(tmp_path):
    chosen = quick(task(length()), candidates(), log_dir=tmp_path / "a", scale=(0, 10))
    assert chosen.best == "mockllm/poor"  # "no idea" is longer than "a17"
    assert 0.2 < chosen.estimates.mean[0] < 0.5
    chosen = quick(task(length("several")), candidates(), log_dir=tmp_path / "b", scale=(0, 10), scorer="length/length")
    assert chosen.best == "mockllm/poor"
    chosen = quick(task(length("text")), candidates(), log_dir=tmp_path / "c", budget=24, reward=lambda score: 1.0)
    assert chosen.calls == 24


@pytest.mark.parametrize("kind, options, error, message", [
    ("number", {}, assay.DataError, "from 0.0 to 1.0"),
    ("several", {}, ValueError, "say length/KEY"),
    ("text", {}, assay.DataError, "came 'good'"),
    ("number", {"scorer": "other"}, ValueError, "scorer: expected one of length"),
])
def test_scores_that_are_none(tmp_path, kind, options, error, message):
    with pytest.raises(error, match=message):
        quick(task(length(kind)), candidates(), log_dir=tmp_path / "logs", **options)


def test_letters():
    number = assay.inspect._number
    assert [number(value) for value in ("C", "P", "I", "N", True, "yes", "0.25", 3)] == [1, 0.5, 0, 0, 1, 1, 0.25, 3]
    assert math.isnan(number(None)) and number("fine") is None


def test_a_sample_that_fails_has_no_score(tmp_path):
    def answer(messages, _tools, _choice, _config):
        query = int(messages[-1].text.split()[-1])
        if query % 5 == 0:
            raise RuntimeError("out of order")
        return said("shaky", f"a{query}")

    shaky = get_model("mockllm/shaky", custom_outputs=answer, memoize=False)
    chosen = quick(task(), [shaky, model("poor", 0.2)], log_dir=tmp_path / "logs", fail_on_error=False)
    assert chosen.best == "mockllm/shaky"
    with pytest.raises(assay.OracleError, match="mockllm/shaky: the evaluation failed: .*out of order"):
        quick(task(), [shaky, model("poor", 0.2)], log_dir=tmp_path / "other")


def test_epochs_are_averaged(tmp_path):
    asked = []
    chosen = quick(task(), candidates(asked), log_dir=tmp_path / "logs", epochs=2, budget=30)
    assert chosen.calls == 30 and len(asked) == 60


@pytest.mark.parametrize("options, message", [
    ({"models": []}, "models: expected at least one"),
    ({"models": "mockllm/model"}, "models: expected a list"),
    ({"models": ["mockllm/model", "mockllm/model"]}, "models: expected each name once"),
    ({"scale": 3}, "scale: expected a pair"),
    ({"scale": (1, 0)}, "scale: expected the lowest"),
    ({"batch": 0}, "batch: expected a whole number"),
    ({"epsilon": 2.0}, "epsilon|tolerance"),
    ({"sample_id": "q1"}, "sample_id: is chosen here"),
])
def test_arguments(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        quick(task(), options.pop("models", candidates()), **{"log_dir": tmp_path / "logs", **options})


def test_no_logs(tmp_path):
    with pytest.raises(ValueError, match="log_dir: expected logs"):
        assay.inspect.import_logs(tmp_path / "s.assay", tmp_path)


def test_logs_have_the_chosen_samples_alone(tmp_path):
    quick(task(), candidates(), log_dir=tmp_path / "logs", budget=24)
    logs = [read_eval_log(info) for info in list_eval_logs(str(tmp_path / "logs"))]
    assert sum(len(log.samples) for log in logs) == 24


def test_pythons_own_inspect_stays_itself():
    script = "import assay, inspect; import assay.inspect as ours; assert inspect.isawaitable and ours is not inspect"
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))
