"""Tables: NumPy, Arrow, and whose memory it is."""

import ctypes
import gc
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

import assay
from assay._bridge import lib

NAMES = ["queries", "responses", "verdicts", "scores", "labels", "models", "judges"]

LONG = "so it is, and " * 40  # too long for a label

RECORDS = [
    {"query": "q1", "prompt": "Größe?", "task": "t", "weights": {"traffic": 2.5}, "reference": LONG},
    {"query": "q1", "turn": 2, "prompt": "Sure?"},
    {"query": "q2", "prompt": "Which?", "options": 4},
    {"query": "q1", "model": "a", "response": "\u2603 snow", "tokens_in": 3, "tokens_out": 5, "cost": 0.25, "seconds": 1.5},
    {"query": "q1", "model": "b", "response": ""},
    {"query": "q2", "model": "a", "response": "x" * 1000, "tokens_out": 7},
    {"query": "q1", "model": "a", "opponent": "b", "judge": "j", "verdict": 1},
    {"query": "q2", "model": "a", "opponent": "b", "judge": "j", "verdict": None},
    {"query": "q1", "model": "a", "judge": "k", "score": 0.5},
    {"query": "q1", "model": "a", "judge": "k", "repeat": 2, "score": None},
    {"query": "q2", "label": "B"},
    {"query": "q2", "model": "a", "label": None},
    {"query": "q2", "model": "b", "label": "C"},
    {"model": "a", "price": 1.25, "parameters": 7e9, "provider": "p"},
    {"judge": "k", "lower_is_better": True, "least": 0},
    {"baseline": "b"},
]


@pytest.fixture
def study(tmp_path):
    study = assay.Study(tmp_path / "all.assay")
    study.import_records(RECORDS)
    return study


def rows(table):
    columns = {name: [None if one is None or one != one else one for one in values.tolist()]
               for name, values in table.columns.items()}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def test_everything_that_was_imported_is_there(study):
    queries = rows(study.table("queries"))
    assert queries == [
        {"query": "q1", "turn": 1, "prompt": "Größe?", "task": "t", "options": None, "reference": LONG,
         "weight traffic": 2.5},
        {"query": "q1", "turn": 2, "prompt": "Sure?", "task": "t", "options": None, "reference": None,
         "weight traffic": None},
        {"query": "q2", "turn": 1, "prompt": "Which?", "task": None, "options": 4, "reference": None,
         "weight traffic": None}]
    responses = rows(study.table("responses"))
    assert [(one["query"], one["model"]) for one in responses] == [("q1", "a"), ("q1", "b"), ("q2", "a")]
    assert responses[0] == {"query": "q1", "model": "a", "turn": 1, "response": "\u2603 snow", "tokens_in": 3,
                            "tokens_out": 5, "cost": 0.25, "seconds": 1.5}
    assert responses[1]["response"] == "" and responses[1]["cost"] is None
    assert [one["verdict"] for one in rows(study.table("verdicts"))] == [1, None]
    assert [(one["repeat"], one["score"]) for one in rows(study.table("scores"))] == [(1, 0.5), (2, None)]
    assert [(one["model"], one["label"]) for one in rows(study.table("labels"))] == [
        (None, "B"), ("a", None), ("b", "C")]
    assert rows(study.table("models")) == [
        {"model": "a", "parameters": 7e9, "price": 1.25, "provider": "p", "baseline": False},
        {"model": "b", "parameters": None, "price": None, "provider": None, "baseline": True}]
    assert rows(study.table("judges")) == [{"judge": "k", "lower_is_better": True, "least": 0, "most": None}]


def test_a_table(study):
    table = study.table("responses")
    assert len(table) == 3 and table.shape == (3, 8) and "response" in repr(table)
    assert list(table.columns)[:2] == ["query", "model"] and len(table.columns) == 8
    with pytest.raises(KeyError, match="tokens_in"):
        table["token"]
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(table)


def test_numbers_are_views_of_its_memory(study):
    table = study.table("scores")
    first, second = table["score"], table["score"]
    assert first.__array_interface__["data"] == second.__array_interface__["data"]
    assert not first.flags.writeable and first.flags.aligned
    assert table["turn"].dtype == np.int64
    assert table["query"] is table["query"], "texts are made once"
    with pytest.raises(ValueError):
        first[0] = 1
    gc.collect()
    before = lib.assay_tables_alive()
    del table, second
    gc.collect()
    assert lib.assay_tables_alive() == before and first[0] == 0.5, "an array keeps its memory"
    del first
    gc.collect()
    assert lib.assay_tables_alive() == before - 1


def test_columns_outlive_the_table(study):
    assert study.table("scores").columns["judge"].tolist() == ["k", "k"]


def test_capsules_that_nobody_consumes_leak_nothing(study):
    gc.collect()
    before = lib.assay_tables_alive()
    table = study.table("responses")
    for _ in range(100):
        table.__arrow_c_stream__(), table.__arrow_c_schema__()
    capsule, schema = table.__arrow_c_stream__(), table.__arrow_c_schema__()
    del table
    gc.collect()
    assert lib.assay_tables_alive() == before + 1, "the stream keeps it"
    del capsule, schema
    gc.collect()
    assert lib.assay_tables_alive() == before


def test_a_million_capsules_take_no_memory(study):
    resource = pytest.importorskip("resource")
    table = study.table("queries")
    for _ in range(1000):
        table.__arrow_c_stream__(), table.__arrow_c_schema__()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50_000):
        table.__arrow_c_stream__(), table.__arrow_c_schema__()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096  # KiB; a leak would be 20 MB


def test_the_stream_is_as_the_specification_has_it(study):
    """By hand: what a consumer does with the structs."""

    class Array(ctypes.Structure):
        pass

    release_array = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
    Array._fields_ = [(name, ctypes.c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")] + [
        ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.POINTER(ctypes.POINTER(Array))),
        ("dictionary", ctypes.c_void_p), ("release", release_array), ("private_data", ctypes.c_void_p)]

    class Stream(ctypes.Structure):
        pass

    Stream._fields_ = [("get_schema", ctypes.c_void_p),
                       ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))),
                       ("get_last_error", ctypes.c_void_p),
                       ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))), ("private_data", ctypes.c_void_p)]
    pointer_in = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_in.restype, pointer_in.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    gc.collect()
    before = lib.assay_tables_alive()
    capsule = study.table("responses").__arrow_c_stream__()
    stream = Stream.from_address(pointer_in(capsule, b"arrow_array_stream"))
    batch, end = Array(), Array()
    assert stream.get_next(ctypes.byref(stream), ctypes.byref(batch)) == 0
    assert stream.get_next(ctypes.byref(stream), ctypes.byref(end)) == 0 and not end.release
    assert batch.length == 3 and batch.n_children == 8 and batch.null_count == 0
    # A child is taken over, and outlives its parent and the stream.
    source = batch.children[3].contents
    child = Array()
    ctypes.pointer(child)[0] = source
    source.release = release_array()
    batch.release(ctypes.byref(batch))
    assert not batch.release
    stream.release(ctypes.byref(stream))
    del capsule
    gc.collect()
    assert lib.assay_tables_alive() == before + 1
    offsets = (ctypes.c_int64 * 4).from_address(child.buffers[1])
    assert list(offsets) == [0, 8, 8, 1008]
    assert ctypes.string_at(child.buffers[2], 8).decode() == "\u2603 snow"
    child.release(ctypes.byref(child))
    assert lib.assay_tables_alive() == before


@pytest.mark.parametrize("name", NAMES)
def test_polars(study, name):
    polars = pytest.importorskip("polars")
    table = study.table(name)
    frame = polars.DataFrame(table)
    assert frame.to_dicts() == rows(table)
    text = polars.large_utf8() if hasattr(polars, "large_utf8") else polars.String
    assert frame.schema[frame.columns[0]] == text


@pytest.mark.parametrize("name", NAMES)
def test_pyarrow(study, name):
    pyarrow = pytest.importorskip("pyarrow")
    table = study.table(name)
    read = pyarrow.table(table)
    read.validate(full=True)
    assert read.to_pylist() == rows(table)
    assert read.schema.field(0).type == pyarrow.large_string()
    assert pyarrow.schema(table) == read.schema
    if name == "scores":
        assert read["score"].chunk(0).buffers()[1].address == table["score"].ctypes.data, "no copy"


@pytest.mark.parametrize("name", NAMES)
def test_pandas(study, name):
    pandas = pytest.importorskip("pandas")
    if not hasattr(pandas.DataFrame, "from_arrow"):
        pytest.skip("pandas before 3.0 has no from_arrow")
    pytest.importorskip("pyarrow")
    table = study.table(name)
    frame = pandas.DataFrame.from_arrow(table)
    assert frame.shape == table.shape and list(frame.columns) == list(table.columns)
    assert frame[frame.columns[0]].tolist() == table[frame.columns[0]].tolist()


def test_duckdb(study):
    duckdb = pytest.importorskip("duckdb")
    responses = study.table("responses")  # noqa: F841, found by its name
    assert duckdb.sql("SELECT query, length(response), tokens_in FROM responses ORDER BY 1, model").fetchall() == [
        ("q1", 6, 3), ("q1", 0, None), ("q2", 1000, None)]


def test_consumers_keep_the_memory_and_give_it_back(study):
    polars = pytest.importorskip("polars")
    gc.collect()
    before = lib.assay_tables_alive()
    frame = polars.DataFrame(study.table("responses"))
    gc.collect()
    assert lib.assay_tables_alive() == before + 1
    assert frame["response"].to_list()[2] == "x" * 1000
    part = frame["tokens_out"]
    del frame
    gc.collect()
    assert part.to_list() == [5, None, 7]
    del part
    gc.collect()
    assert lib.assay_tables_alive() == before


def test_no_pyarrow_is_needed(study):
    pytest.importorskip("polars")
    code = ("import sys; sys.modules['pyarrow'] = None\n"
            "import assay, polars\n"
            f"print(polars.DataFrame(assay.Study({study.path!r}).table('responses')).height)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_with_path())
    assert done.stdout.strip() == "3", done.stderr


def test_the_interpreter_may_end_with_capsules_alive(study):
    code = ("import assay\n"
            f"table = assay.Study({study.path!r}).table('responses')\n"
            "kept = [table.__arrow_c_stream__(), table.__arrow_c_schema__(), table['cost']]\n"
            "import builtins; builtins.kept = kept; kept.append(kept)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_with_path())
    assert done.returncode == 0 and not done.stderr


def test_threads_share_a_table(study):
    table = study.table("responses")
    wrong = []

    def read():
        for _ in range(50):
            if table["response"].tolist()[1] != "" or table["cost"][0] != 0.25:
                wrong.append(1)
            table.__arrow_c_stream__()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_many_rows_with_gaps(tmp_path):
    """Bitmaps over bytes: whatever is missing is missing at its own row."""
    study = assay.Study(tmp_path / "many.assay")
    draw = np.random.default_rng(1)
    scores = {q: None if gap else float(score) for q, (gap, score) in
              enumerate(zip(draw.random(1000) < 0.3, draw.random(1000).round(3)))}
    study.import_records({"query": f"{q:04d}", "model": "m", "judge": "j", "score": score} for q, score in scores.items())
    table = study.table("scores")
    assert [None if one != one else one for one in table["score"].tolist()] == list(scores.values())
    polars = pytest.importorskip("polars")
    assert polars.DataFrame(table)["score"].to_list() == list(scores.values())


def _with_path():
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
