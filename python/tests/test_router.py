"""assay.Router."""

import copy
import json
import pickle
import subprocess

import numpy as np
import pytest

import assay

SORTS = ["What is {} plus {}?", "Write a poem about {} and {}.", "Translate word {} of page {} to French."]
MODELS = ["adder", "poet", "linguist", "lost"]


def problem(n=240, seed=0, unknown=0.1):
    """Prompts of three sorts; each model is good at one, the last one at nothing."""
    draw = np.random.default_rng(seed)
    sort = draw.integers(3, size=n)
    prompts = [SORTS[one].format(*draw.integers(1000, size=2)) for one in sort]
    right = (draw.random((n, 4)) < np.where(sort[:, None] == np.arange(4), 0.9, 0.2)).astype(float)
    right[draw.random((n, 4)) < unknown] = np.nan
    return prompts, right, np.array(["math", "art", "words"])[sort]


@pytest.fixture
def study(tmp_path):
    prompts, right, task = problem()
    study = assay.Study(tmp_path / "right.assay")
    study.import_records({"query": f"{i:04d}", "prompt": prompts[i], "task": task[i]} for i in range(len(prompts)))
    study.import_records({"query": f"{i:04d}", "model": model, "judge": "exact", "score": right[i, j]}
                         for i in range(len(prompts)) for j, model in enumerate(MODELS) if not np.isnan(right[i, j]))
    study.import_records({"model": model, "price": price, "parameters": price * 1e9}
                         for model, price in zip(MODELS, (1.0, 2.5, 0.3)))
    return study


@pytest.fixture
def fitted(study):
    seen = study.correctness()
    texts = study.prompts(seen.queries)
    router = assay.Router(models=seen.models, prices=seen.prices, parameters=seen.parameters)
    return router.fit(texts, seen.right, task=np.array(seen.tasks)[seen.task])


def command_json(*words):
    return json.loads(subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True).stdout)


def test_the_file_is_that_of_the_command(study, fitted, command, tmp_path):
    subprocess.run([command, "route", "fit", study.path, "-o", tmp_path / "theirs"], check=True, capture_output=True)
    fitted.save(tmp_path / "ours")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("weight", [0.0, 0.2])
def test_figures_are_those_of_the_command(fitted, command, tmp_path, weight):
    fitted.save(tmp_path / "router")
    prompts = ["What is 1 plus 2?", "A poem!", "", "zzz \u2603", "Translate \x01 this"]
    told = command_json(command, "route", "query", tmp_path / "router", "--cost-weight", weight, "--json",
                        *(word for prompt in prompts for word in ("--prompt", prompt)))
    router = assay.Router.load(tmp_path / "router", cost_weight=weight)
    chances, chosen = router.predict_proba(prompts), router.predict(prompts)
    for i, one in enumerate(told["prompts"]):
        assert chosen[i] == one["chosen"]
        assert {model["name"]: model["chance"] for model in one["models"]} == dict(
            zip(router.models_, chances[i].tolist()))


STRANGE = ["What is 1 plus 2?", "", "-", "{}", "[a,b]", "--json", " ", "two\nlines", "Write a poem about 3 and 4."]


def test_every_text_is_a_prompt_in_its_place(fitted, tmp_path):
    fitted.save(tmp_path / "router")
    for verb in (lambda prompts: assay.route_query(tmp_path / "router", prompt=prompts),
                 lambda prompts: assay.route_query(tmp_path / "router", prompt=prompts, models=MODELS[:2])):
        together = verb(STRANGE).prompts
        assert len(together) == len(STRANGE)
        for text, one in zip(STRANGE, together):
            alone = verb(text).prompts[0]
            assert (alone.chosen, alone.chance, alone.known) == (one.chosen, one.chance, one.known)
    chosen = assay.Router.load(tmp_path / "router").predict(STRANGE)
    assert [one.chosen for one in assay.route_query(tmp_path / "router", prompt=STRANGE).prompts] == chosen.tolist()


def test_a_task_has_as_many_queries_as_texts(fitted, tmp_path):
    fitted.save(tmp_path / "router")
    assert assay.route_task(tmp_path / "router", STRANGE).queries == len(STRANGE)


def test_an_empty_argument_swallows_nothing(fitted, tmp_path):
    fitted.save(tmp_path / "router")
    report = assay.route_query(tmp_path / "router", prompt="x", models=[""], threads=1)
    assert len(report.prompts[0].models) == len(MODELS), "no model is named, so all are candidates"


def test_a_guard_brings_its_cost_weight(study, tmp_path):
    study.route_fit(output=tmp_path / "router", risk=20, cost_weight=0.05)
    prompts = problem(30, seed=5)[0]
    router = assay.Router.load(tmp_path / "router")
    told = assay.route_query(tmp_path / "router", prompt=prompts)
    assert told.cost_weight == 0.05
    assert router.predict(prompts).tolist() == [one.chosen for one in told.prompts]
    assert pickle.loads(pickle.dumps(router)).predict(prompts).tolist() == router.predict(prompts).tolist()
    with pytest.raises(ValueError, match="guard"):
        router.set_params(cost_weight=0.0).predict(prompts)


def test_models_without_a_price_are_noted(fitted, study, tmp_path):
    fitted.save(tmp_path / "router")
    assert assay.route_query(tmp_path / "router", prompt="x", cost_weight=0.1).notes == []
    bare = assay.Router(models=MODELS).fit(*problem()[:2])
    bare.save(tmp_path / "bare")
    note = "no price is known: the cost weight changes nothing"
    assert assay.route_query(tmp_path / "bare", prompt="x", cost_weight=0.1).notes == [note]


@pytest.mark.parametrize("rule", ["assay", "s1", "s2", "s3", "bma", "cheapest"])
def test_tasks_are_those_of_the_command(fitted, command, tmp_path, rule):
    fitted.save(tmp_path / "router")
    prompts, right, _ = problem(40, seed=9)
    known = np.where(np.arange(40)[:, None] < 10, right, np.nan)
    with open(tmp_path / "task.jsonl", "w") as file:
        for prompt, row in zip(prompts, known):
            said = {model: bool(one) for model, one in zip(MODELS, row) if one == one}
            file.write(json.dumps({"prompt": prompt, **({"right": said} if said else {})}) + "\n")
    told = command_json(command, "route", "task", tmp_path / "router", tmp_path / "task.jsonl", "--score", rule,
                        "--within", 5, "--json")
    order = [MODELS.index(model) for model in fitted.models_]
    ranking = fitted.predict_task(prompts, rule=rule, right=known[:, order], within=5)
    assert ranking.chosen == told["chosen"] and ranking.models == [one["name"] for one in told["models"]]
    assert ranking.scores.tolist() == [one["score"] for one in told["models"]]
    assert ranking.labelled == 10
    if told["models"][0]["low"] is None:
        assert ranking.intervals is None
    else:
        assert ranking.intervals.tolist() == [[one["low"], one["high"]] for one in told["models"]]


def test_the_choice_is_the_largest_chance_less_the_price(fitted):
    prompts, _, _ = problem(100, seed=5)
    chances = fitted.predict_proba(prompts)
    assert chances.shape == (100, 4) and ((chances >= 0) & (chances <= 1)).all()
    costs = np.where(np.isnan(fitted.prices), np.nanmax(fitted.prices), fitted.prices)
    for weight in (0, 0.1, 10):
        fitted.set_params(cost_weight=weight)
        worth = chances - weight * costs
        for chosen, row in zip(fitted.predict(prompts), worth):
            assert row[fitted.models_.index(chosen)] == row.max()


def test_it_routes():
    prompts, right, _ = problem()
    router = assay.Router().fit(prompts, right)
    fresh, truth, _ = problem(100, seed=7, unknown=0)
    chosen = router.predict(fresh)
    assert chosen.dtype == np.int64
    assert router.score(fresh, truth) == truth[np.arange(100), chosen].mean() > 0.75
    assert not router.abstained_ and router.neighbours_ in (50, 100, 200)
    assert router.models_ == ["0", "1", "2", "3"] and router.tasks_ == [""]


def test_candidates(fitted):
    prompts = ["What is 1 plus 2?", "Write a poem about 3."]
    assert set(fitted.predict(prompts, candidates=["poet", "lost"])) <= {"poet", "lost"}
    assert fitted.predict(prompts, candidates="lost").tolist() == ["lost"] * 2
    place = fitted.models_.index("poet")
    assert fitted.predict_task(prompts, candidates=[place]).models == ["poet"]
    for wrong in ([], ["nobody"], [9], 3, [None]):
        with pytest.raises(ValueError, match="candidates"):
            fitted.predict(prompts, candidates=wrong)


def test_vectors():
    draw = np.random.default_rng(0)
    centre = np.eye(3, 12)
    sort = draw.integers(3, size=200)
    vectors = (centre[sort] + draw.normal(0, 0.1, (200, 12))).astype(np.float32)
    right = (sort[:, None] == np.arange(3)).astype(float)
    router = assay.Router(embedding="mine").fit(vectors, right)
    assert router.predict(centre).tolist() == [0, 1, 2]
    assert router.embedding_ == "npy:mine/12" and router.n_features_in_ == 12 and not router.texts_
    np.testing.assert_allclose(router.predict_proba(7 * vectors), router.predict_proba(vectors), atol=1e-6)
    assert router.predict_proba(vectors.astype(">f8")).tolist() == router.predict_proba(vectors).tolist()
    with pytest.raises(ValueError, match="12 features"):
        router.predict(vectors[:, :11])
    with pytest.raises(ValueError, match="X: expected vectors"):
        router.predict(["text"])
    with pytest.raises(ValueError, match="X: expected texts"):
        assay.Router().fit(["a", "b"], [[1], [0]]).predict(vectors)


def test_vectors_of_a_file(study, command, tmp_path):
    seen = study.correctness()
    vectors = np.random.default_rng(0).normal(size=(len(seen.queries), 20)).astype(np.float32)
    np.save(tmp_path / "mine.npy", vectors)
    subprocess.run([command, "route", "fit", study.path, "-o", tmp_path / "theirs", "--vectors", tmp_path / "mine.npy"],
                   check=True, capture_output=True)
    router = assay.Router(models=seen.models, prices=seen.prices, parameters=seen.parameters, embedding="mine.npy")
    router.fit(vectors, seen.right, task=np.array(seen.tasks)[seen.task], texts=study.prompts(seen.queries))
    router.save(tmp_path / "ours")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


@pytest.mark.parametrize("neighbours", [5, 10, 20, 50, 100, 200])
def test_neighbours(neighbours):
    prompts, right, _ = problem()
    router = assay.Router(neighbours=neighbours).fit(prompts, right)
    assert router.neighbours_ == neighbours
    chosen = assay.Router().fit(prompts, right)
    if chosen.neighbours_ == neighbours:
        np.testing.assert_array_equal(router.predict_proba(prompts[:20]), chosen.predict_proba(prompts[:20]))


def test_copies_pickles_and_files(fitted, tmp_path):
    prompts, _, _ = problem(20, seed=3)
    wanted = fitted.predict_proba(prompts)
    fitted.save(tmp_path / "router")
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted), assay.Router.load(tmp_path / "router")):
        np.testing.assert_array_equal(other.predict_proba(prompts), wanted)
        assert other.predict(prompts).tolist() == fitted.predict(prompts).tolist()
    assert pickle.loads(pickle.dumps(assay.Router(cost_weight=1))).cost_weight == 1
    (tmp_path / "router").unlink()
    with pytest.raises(assay.AssayError, match="router"):
        assay.Router.load(tmp_path / "router")
    (tmp_path / "router").write_text("no router")
    with pytest.raises(assay.DataError, match="router"):
        assay.Router.load(tmp_path / "router")


def test_a_data_frame_names_the_models():
    pandas = pytest.importorskip("pandas")
    prompts, right, _ = problem()
    router = assay.Router().fit(pandas.Series(prompts), pandas.DataFrame(right, columns=MODELS))
    assert router.models_ == MODELS and router.predict(prompts[:1])[0] in MODELS
    # Columns are known by their names, whatever their order is.
    frame = pandas.DataFrame(right, columns=MODELS)
    other = frame[MODELS[::-1]].assign(note="x")
    again = assay.Router(models=MODELS).fit(prompts, other)
    assert (again.predict_proba(prompts[:5]) == router.predict_proba(prompts[:5])).all()
    assert again.score(prompts, other) == again.score(prompts, right)
    with pytest.raises(ValueError, match=f"y: expected a column of each model, came none of '{MODELS[0]}'"):
        assay.Router(models=MODELS).fit(prompts, frame[MODELS[1:]])
    renamed = assay.Router(models=["x", "y", "z"][:len(MODELS)] if len(MODELS) <= 3 else None).fit(prompts, right)
    assert len(renamed.models_) == len(MODELS)
    polars = pytest.importorskip("polars")
    assert assay.Router().fit(polars.Series(prompts), polars.DataFrame(right, schema=MODELS)).models_ == MODELS


def test_threads_do_not_matter(tmp_path):
    prompts, right, task = problem()
    assay.Router(threads=1).fit(prompts, right, task).save(tmp_path / "one")
    assay.Router(threads=4).fit(prompts, right, task).save(tmp_path / "four")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "four").read_bytes()


@pytest.mark.parametrize("parameters, argument", [
    ({"neighbours": 7}, "neighbours"), ({"neighbours": "many"}, "neighbours"), ({"cost_weight": -1}, "cost_weight"),
    ({"cost_weight": float("nan")}, "cost_weight"), ({"models": ["a"]}, "models"), ({"models": ["a", "a"]}, "models"),
    ({"prices": [1]}, "prices"), ({"prices": [-1, 1]}, "prices"), ({"parameters": ["x", "y"]}, "parameters"),
    ({"dimensions": 0}, "dimensions"), ({"dimensions": 4096}, "dimensions"), ({"embedding": ""}, "embedding"),
    ({"threads": -1}, "threads"),
])
def test_parameters_are_checked_by_fit(parameters, argument):
    with pytest.raises(ValueError, match=f"^{argument}"):
        assay.Router(**parameters).fit(["a b", "c d", "a c"], [[1, 0], [0, 1], [1, 1]])


@pytest.mark.parametrize("X, y, more, argument", [
    ([], [], {}, "X"), ("text", [[1]], {}, "X"), (["a", None], [[1], [0]], {}, "X"), ([b"a"], [[1]], {}, "X"),
    (["a", 1], [[1], [0]], {}, "X"), ([[float("nan")]], [[1]], {}, "X"), ([[1e300]], [[1]], {}, "X"),
    ([["a"]], [[1]], {}, "X"), (["a"], [[2]], {}, "y"), (["a"], [1], {}, "y"), (["a"], None, {}, "y"),
    (["a"], [[1], [0]], {}, "y"), (["a"], [[float("nan")]], {}, "y"), (["a"], [[float("inf")]], {}, "y"),
    (["a"], np.zeros((1, 0)), {}, "y"), (["a"], [["x"]], {}, "y"), (["a"], [[1]], {"task": "t"}, "task"),
    (["a"], [[1]], {"task": ["t", "u"]}, "task"), (["a"], [[1]], {"task": 3}, "task"),
    ([[1.0]], [[1]], {"texts": ["a", "b"]}, "texts"), ([[1.0]], [[1]], {"texts": "a"}, "X|texts"),
])
def test_arrays_are_checked(X, y, more, argument):
    with pytest.raises(ValueError, match=f"^({argument})\\b"):
        assay.Router().fit(X, y, **more)


def test_tasks_are_checked(fitted):
    for arguments, name in (({"rule": "oracle"}, "rule"), ({"rule": "magic"}, "magic"), ({"rule": 3}, "rule"),
                            ({"within": -1}, "within"), ({"within": 101}, "within"), ({"seed": -1}, "seed"),
                            ({"right": [[1]]}, "right"), ({"right": [[1, 0, 1, 3]]}, "right")):
        with pytest.raises(ValueError, match=name):
            fitted.predict_task(["a"], **arguments)
    with pytest.raises(ValueError, match="not fitted"):
        assay.Router().predict(["a"])


def test_small_problems():
    assert assay.Router().fit(["a"], [[1]]).predict(["b"]).tolist() == [0]
    router = assay.Router().fit(["", ""], [[1, 0], [0, np.nan]], task=["x", None])
    assert router.predict_proba(["", "c"]).shape == (2, 2) and router.tasks_ == ["", "x"]
