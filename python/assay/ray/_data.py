"""What can be computed of responses before anybody is paid, over a Ray Dataset: shard by shard, nothing held whole."""

from __future__ import annotations

import contextlib
import json
import math
import re
from ctypes import byref, c_float, c_int64, c_uint8
from typing import TYPE_CHECKING

import numpy as np

from .. import _arrays, _bridge, errors
from .._bridge import lib
from ..errors import AssayError, DataError, InvalidArgument
from ._cluster import ray_data, ray_module

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ray.data

_FEATURES = 3
_ROWS = 512  # of a batch: what a worker holds of texts at a time
_BUCKETS = 1 << 16  # of half the bits of a float


def by_query(
    dataset: ray.data.Dataset,
    models: Iterable[str],
    baseline: str | None = None,
    *,
    query: str = "query",
    model: str = "model",
    response: str = "response",
) -> ray.data.Dataset:
    """Rows of one response each become rows of one query each, as the other functions want them.

    Parameters
    ----------
    dataset : ray.data.Dataset
        Columns `query`, `model` and `response`, each response once.
    models : iterable of str
        The m candidates, in the order in which their responses are wanted. Other models are left out.
    baseline : str, optional
        The model that they are compared with.

    Returns
    -------
    ray.data.Dataset
        Columns ``query``, ``responses`` (a list of m texts, None where one is missing) and ``baseline_response``.

    Notes
    -----
    This sorts the data by query (Ray's ``groupby``), which takes about its size in the object store; what does not fit
    is spilled to disks. Data that comes a row a query needs none of it.
    """
    ray_data()
    names, _ = _arrays.names(list(models), "models")
    if baseline in names:
        raise InvalidArgument(f"baseline: expected none of the models, came {baseline!r}")
    place = {name: j for j, name in enumerate(names)}

    def group(rows):
        import pyarrow as pa

        texts, of_baseline, seen = [None] * len(names), None, set()
        for name, text in zip(rows[model].to_pylist(), rows[response].to_pylist()):
            if name in seen:
                raise DataError(f"query {rows[query][0].as_py()!r}: expected each response once, that of {name!r} came "
                                "twice"[:300])
            seen.add(name)
            if name == baseline:
                of_baseline = text
            elif name in place:
                texts[place[name]] = text
        return pa.table({"query": rows[query][:1], "responses": pa.array([texts], pa.list_(pa.string())),
                         "baseline_response": pa.array([of_baseline], pa.string())})

    return dataset.groupby(query).map_groups(group, batch_format="pyarrow")


def features(
    dataset: ray.data.Dataset,
    *,
    responses: str = "responses",
    baseline: str | None = "baseline_response",
    keep: str | Iterable[str] = "query",
    **remote,
) -> ray.data.Dataset:
    """Numbers that describe each response, as strategy ``assay`` looks at them: `Select(features=...)`.

    The length of the response against the baseline's, the length of the baseline's, and the median length of all
    responses to the query; logarithms of characters + 10 (Dubois et al. 2024, arXiv 2404.04475), shifted and scaled to
    mean 0 and standard deviation 1 over all responses.

    Parameters
    ----------
    dataset : ray.data.Dataset
        A row a query.
    responses : str
        Column of lists of m texts, None where one is missing.
    baseline : str, optional
        Column of the baseline's text; None: there is none, and the median takes its place.
    keep : str or iterable of str
        Columns that the result has, too.
    **remote
        Options of Ray's ``map_batches``, such as ``num_cpus``, and ``batch_size``: queries that a worker looks at at a
        time, 512 by default.

    Returns
    -------
    ray.data.Dataset
        The kept columns, and ``features``: float32 (m, 3). It is made when it is read. The texts are read twice: for
        means and standard deviations, now, and for the numbers.

    Raises
    ------
    InvalidArgument
        For a column that is not there.
    DataError
        Where a row has another number of responses.
    """
    remote = {"batch_size": _ROWS, **remote}
    keep = _columns(dataset, keep, responses, baseline)
    source = dataset.select_columns(_all_of(responses, baseline))
    columns = {"responses": responses, "baseline": baseline}
    with _told_plainly():
        sums = source.map_batches(_feature_sums, batch_format="pyarrow", fn_kwargs=columns, **remote).take_all()
    if not sums:
        raise InvalidArgument("dataset: expected at least one row, came none")
    m = _same([int(row["models"]) for row in sums])
    # math.fsum rounds once: shards may come in any order.
    count = sum(int(row["count"]) for row in sums)
    mean, scale = np.zeros(_FEATURES), np.zeros(_FEATURES)
    for k in range(_FEATURES):
        mean[k] = math.fsum(row["sums"][k] for row in sums) / max(count, 1)
        variance = math.fsum(row["squares"][k] for row in sums) / max(count, 1) - mean[k] ** 2
        scale[k] = 1 / math.sqrt(variance) if variance > 1e-9 else 0
    return dataset.select_columns(_all_of(responses, baseline, keep)).map_batches(
        _scaled_features, batch_format="pyarrow",
        fn_kwargs={**columns, "keep": keep, "models": m, "mean": mean, "scale": scale}, **remote)


def weak_verdicts(
    dataset: ray.data.Dataset,
    *,
    responses: str = "responses",
    baseline: str = "baseline_response",
    keep: str | Iterable[str] = "query",
    orders: int = 10,
    words: bool = False,
    smoothing: str = "witten-bell",
    delta: float = 0.1,
    mean: str = "geometric",
    leave_one_out: bool = False,
    draw_share: float = 0.1,
    **remote,
) -> ray.data.Dataset:
    """Verdicts of weak judges, made of the texts alone (arXiv 2510.09418, section 3): those of `Study.weak_judges`.

    Judge k compares the likelihoods of a response and of the baseline's response under a k-gram model of all responses
    to the query. The closest ratios, `draw_share` of all, are draws.

    Parameters
    ----------
    dataset, responses, keep, **remote
        As of `features`.
    baseline : str
        Column of the baseline's text.
    orders : int
        Judges z: k = 1 .. z, at most 100.
    words : bool
        Tokens are words, not characters.
    smoothing : "witten-bell" or "additive"
        Of counts; additive with `delta`, positive.
    mean : "geometric" or "arithmetic"
        Of a response's token probabilities.
    leave_one_out : bool
        A text's own k-grams are not counted when it is scored.
    draw_share : float
        In [0, 1).

    Returns
    -------
    ray.data.Dataset
        The kept columns, and ``weak_verdicts``: float32 (z, m), 1 for a win against the baseline, 1/2 for a draw, 0
        for a loss, NaN where a response is missing. The ratios, 4 z m bytes a query, are held in the object store
        (Ray spills them to disks where they do not fit), the texts are read once. The verdicts are those of one
        machine, to the last one.

    Raises
    ------
    InvalidArgument, DataError
        As `features`, and for options out of range.
    """
    if baseline is None:
        raise InvalidArgument("baseline: expected a column, came None")
    choices = {"smoothing": ("witten-bell", "additive"), "mean": ("geometric", "arithmetic")}
    for name, value in (("smoothing", smoothing), ("mean", mean)):
        if value not in choices[name]:
            raise InvalidArgument(f"{name}: expected {' or '.join(map(repr, choices[name]))}, came {value!r}"[:300])
    orders = _arrays.whole(orders, "orders", 1, 100)
    delta, draw_share = _arrays.real(delta, "delta"), _arrays.real(draw_share, "draw_share")
    if not 0 <= draw_share < 1:
        raise InvalidArgument(f"draw_share: expected a number from 0 to below 1, came {draw_share}")
    if not delta > 0:
        raise InvalidArgument(f"delta: expected a positive number, came {delta}")
    options = {"orders": orders, "words": bool(words), "additive": smoothing == "additive", "delta": delta,
               "arithmetic": mean == "arithmetic", "leave_one_out": bool(leave_one_out)}
    remote = {"batch_size": _ROWS, **remote}
    keep = _columns(dataset, keep, responses, baseline)
    ratios = dataset.select_columns(_all_of(responses, baseline, keep)).map_batches(
        _ratios, batch_format="pyarrow",
        fn_kwargs={"responses": responses, "baseline": baseline, "keep": keep, "options": options}, **remote)
    with _told_plainly():
        ratios = ratios.materialize()
    bands = _bands(ratios, orders, draw_share, remote)
    return ratios.map_batches(_verdicts, batch_format="numpy", fn_kwargs={"bands": bands}, **remote)


def embeddings(
    dataset: ray.data.Dataset,
    column: str,
    *,
    dimensions: int = 256,
    sample: int = 100_000,
    keep: str | Iterable[str] = "query",
    **remote,
) -> ray.data.Dataset:
    """Vectors of texts by the built-in embedding, which needs no model: words, pairs of words and pieces of words,
    hashed, weighed by how rare they are, and projected (docs/method/route.md).

    Parameters
    ----------
    dataset, keep, **remote
        As of `features`.
    column : str
        Of texts, as of prompts. A missing one has the vector 0.
    dimensions : int
        d, 1 .. 1024.
    sample : int
        Texts that weights and projection are learnt from, on the driver, which holds them: those with the smallest
        hashes, so that they are the same however the data is cut into shards.

    Returns
    -------
    ray.data.Dataset
        The kept columns, and ``embedding``: float32 (d,), of length 1, or 0 where nothing of a text has a weight.
        It is made when it is read.

    Raises
    ------
    InvalidArgument
        For a column that is not there, and for numbers out of range.
    """
    ray_data()
    dimensions = _arrays.whole(dimensions, "dimensions", 1, 1024)
    sample = _arrays.whole(sample, "sample", 1)
    remote = {"batch_size": _ROWS, **remote}
    keep = _columns(dataset, keep, column, None)
    texts = dataset.select_columns([column])
    share = min(1.0, 1.2 * (sample + 100) / max(1, dataset.count()))
    chosen = texts.map_batches(_sampled, batch_format="pyarrow", fn_kwargs={"column": column, "share": share}, **remote)
    held: list[tuple] = []
    with _told_plainly():
        for batch in chosen.iter_batches(batch_format="pyarrow"):
            held.extend(zip(batch["hash"].to_pylist(), batch["text"].to_pylist()))
    held = sorted(held)[:sample]
    if not held:
        raise InvalidArgument(f"dataset: expected at least one text in column {column!r}, came none")
    weights, projection = _fit([text for _, text in held], dimensions)
    learnt = ray_module().put((weights, projection))
    return dataset.select_columns(_all_of(column, None, keep)).map_batches(
        _embedded, batch_format="pyarrow", fn_kwargs={"column": column, "keep": keep, "learnt": learnt}, **remote)


# --- columns ---


@contextlib.contextmanager
def _told_plainly():
    """What is wrong with the data is told as an error of ours, wherever it was found."""
    try:
        yield
    except Exception as wrong:
        found = re.search(r"^assay\.errors\.(\w+): (.+)$", str(wrong), re.MULTILINE)  # Ray keeps the text alone
        if isinstance(wrong, AssayError) or found is None or not hasattr(errors, found[1]):
            raise
        raise getattr(errors, found[1])(found[2]) from wrong


def _columns(dataset, keep, *needed) -> list[str]:
    ray_data()
    if not hasattr(dataset, "map_batches"):
        raise InvalidArgument(f"dataset: expected a ray.data.Dataset, came {dataset!r}"[:300])
    keep = [keep] if isinstance(keep, str) else list(keep)
    schema = dataset.schema()
    if schema is None:
        raise InvalidArgument("dataset: expected at least one row, came none")
    for name in [*needed, *keep]:
        if name is not None and name not in schema.names:
            raise InvalidArgument(f"dataset: expected a column {name!r}, it has {', '.join(schema.names)}"[:300])
    return keep


def _all_of(*columns) -> list[str]:
    """Each name once."""
    flat = [name for one in columns if one is not None for name in ([one] if isinstance(one, str) else one)]
    return list(dict.fromkeys(flat))


def _kept(batch, keep: list[str]) -> dict:
    return {name: batch.column(name) for name in keep}


def _table(columns: dict):
    """Of Arrow columns and of arrays with a row each."""
    import pyarrow as pa
    from ray.data.extensions import ArrowTensorArray

    return pa.table({name: ArrowTensorArray.from_numpy(column) if isinstance(column, np.ndarray) else column
                     for name, column in columns.items()})


def _same(models: list[int]) -> int:
    counts = sorted({count for count in models if count >= 0})
    if len(counts) > 1:
        raise DataError(f"expected the same number of responses in each row, came {counts[0]} and {counts[-1]}")
    return counts[0] if counts else 0


# --- texts of a shard, as the library takes them ---


class _Texts:
    """A column of texts, in the memory where Arrow has it."""

    def __init__(self, column):
        import pyarrow as pa

        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):  # of no chunk
            column = pa.array([], pa.large_string())
        try:
            column = column.cast(pa.large_string())
        except pa.ArrowInvalid as wrong:
            raise DataError(f"expected texts, came {column.type}") from wrong
        self.count = len(column)
        self.missing = np.ascontiguousarray(column.is_null().to_numpy(zero_copy_only=False), np.uint8)
        _, offsets, data = column.buffers()
        self.offsets = (np.frombuffer(offsets, np.int64, self.count + 1, 8 * column.offset) if offsets is not None
                        else np.zeros(self.count + 1, np.int64))
        self.data = data
        self.column = column  # keeps the memory

    def pointer(self):
        address = self.data.address if self.data is not None else None
        return byref(_bridge.Texts(address, _bridge.pointer(self.offsets, c_int64),
                                   _bridge.pointer(self.missing, c_uint8), self.count))


def _lists(batch, responses: str, baseline: str | None):
    """Responses of a shard (n x m texts), the baseline's (n), and m."""
    import pyarrow as pa

    n = batch.num_rows
    column = batch.column(responses)
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks)
    if not (pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
            or pa.types.is_fixed_size_list(column.type)):
        raise DataError(f"column {responses!r}: expected lists of texts, came {column.type}")
    lengths = np.unique(column.value_lengths().fill_null(-1).to_numpy(zero_copy_only=False))
    if (lengths < 0).any():
        raise DataError(f"column {responses!r}: expected a list in each row, some have none")
    m = _same(lengths.tolist())
    texts = _Texts(column.flatten())
    of_baseline = _Texts(batch.column(baseline) if baseline is not None else pa.nulls(n, pa.large_string()))
    return texts, of_baseline, m


def _unscaled(batch, responses, baseline):
    texts, of_baseline, m = _lists(batch, responses, baseline)
    values = np.zeros((batch.num_rows, m, _FEATURES), np.float32)
    known = np.zeros((batch.num_rows, m), np.uint8)
    _bridge.check(lib.assay_shard_features(texts.pointer(), of_baseline.pointer(), _bridge.pointer(values, c_float),
                                           _bridge.pointer(known, c_uint8)))
    return values, known.astype(bool)


# --- what runs on the workers ---


def _feature_sums(batch, responses, baseline):
    values, known = _unscaled(batch, responses, baseline)
    there = values[known].astype(np.float64)
    return {"models": np.array([values.shape[1]]), "count": np.array([len(there)]), "sums": there.sum(0)[None],
            "squares": (there ** 2).sum(0)[None]}


def _scaled_features(batch, responses, baseline, keep, models, mean, scale):
    values, known = _unscaled(batch, responses, baseline)
    _same([values.shape[1], models])
    scaled = ((values - mean) * scale).astype(np.float32)
    scaled[~known] = 0
    return _table({**_kept(batch, keep), "features": scaled})


def _ratios(batch, responses, baseline, keep, options):
    texts, of_baseline, m = _lists(batch, responses, baseline)
    ratios = np.zeros((options["orders"], batch.num_rows, m), np.float32)
    _bridge.check(lib.assay_shard_ratios(texts.pointer(), of_baseline.pointer(), json.dumps(options).encode(),
                                         _bridge.pointer(ratios, c_float)))
    return _table({**_kept(batch, keep), "weak_verdicts": np.ascontiguousarray(ratios.transpose(1, 0, 2))})


def _verdicts(batch, bands):
    ratios = batch["weak_verdicts"]
    band = bands[None, :, None]
    verdicts = np.where(np.abs(ratios) <= band, 0.5, ratios > 0).astype(np.float32)
    verdicts[np.isnan(ratios)] = np.nan
    return {**batch, "weak_verdicts": verdicts}


def _sampled(batch, column, share):
    import hashlib

    import pyarrow as pa

    found = []
    for text in batch.column(column).to_pylist():
        if text is None:
            continue
        value = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        if value <= share * 2**64:
            found.append((value, text))
    return pa.table({"hash": pa.array([value for value, _ in found], pa.uint64()),
                     "text": pa.array([text for _, text in found], pa.large_string())})


def _embedded(batch, column, keep, learnt):
    import ray

    weights, projection = ray.get(learnt)
    texts = _Texts(batch.column(column))
    vectors = np.zeros((texts.count, projection.shape[1]), np.float32)
    _bridge.check(lib.assay_embed(texts.pointer(), projection.shape[1], _bridge.pointer(weights, c_float),
                                  _bridge.pointer(projection, c_float), _bridge.pointer(vectors, c_float)))
    return _table({**_kept(batch, keep), "embedding": vectors})


# --- what the driver makes of all shards ---


def _fit(texts: list[str], dimensions: int):
    import pyarrow as pa

    buckets, rows = c_int64(), c_int64()
    lib.assay_embedding_sizes(byref(buckets), byref(rows))
    weights = np.zeros(buckets.value, np.float32)
    projection = np.zeros((rows.value, dimensions), np.float32)
    corpus = _Texts(pa.array(texts, pa.large_string()))
    _bridge.check(lib.assay_embedding_fit(corpus.pointer(), dimensions, 0, _bridge.pointer(weights, c_float),
                                          _bridge.pointer(projection, c_float)))
    return weights, projection


def _bits(batch, upper):
    """Counts of half of the bits of the sizes of ratios, a judge each: of the upper half, or, where that is given,
    of the lower half of those whose upper half is that."""
    ratios = batch["weak_verdicts"]
    found = []
    for k in range(ratios.shape[1]):
        sizes = np.abs(ratios[:, k]).ravel()
        bits = sizes[~np.isnan(sizes)].view(np.uint32)
        half = bits >> 16 if upper is None else bits[bits >> 16 == upper[k]] & (_BUCKETS - 1)
        values, counts = np.unique(half, return_counts=True)
        found.append((np.full(len(values), k), values.astype(np.int64), counts))
    judges, values, counts = (np.concatenate(part) for part in zip(*found))
    return {"judge": judges, "value": values, "count": counts}


def _histogram(ratios, judges, upper, remote):
    histogram = np.zeros((judges, _BUCKETS), np.int64)
    counted = ratios.map_batches(_bits, batch_format="numpy", fn_kwargs={"upper": upper}, **remote)
    for batch in counted.iter_batches(batch_format="numpy", batch_size=None):
        np.add.at(histogram, (batch["judge"], batch["value"]), batch["count"])
    return histogram


def _bands(ratios, judges: int, draw_share: float, remote: dict):
    """The size of ratio below which `draw_share` of a judge's pairs lie, exactly: the bits of positive floats are
    ordered as they are, so that two histograms of 16 bits find it."""
    high = _histogram(ratios, judges, None, remote)
    ranks = (draw_share * high.sum(1).astype(float)).astype(np.int64)  # the rank-th smallest, from 1; 0: none
    upper = np.array([int(np.searchsorted(np.cumsum(high[k]), ranks[k])) for k in range(judges)])
    low = _histogram(ratios, judges, upper, remote)
    bands = np.zeros(judges, np.float32)
    for k in range(judges):
        if ranks[k] > 0:
            below = int(high[k, :upper[k]].sum())
            lower = int(np.searchsorted(np.cumsum(low[k]), ranks[k] - below))
            bands[k] = np.array([upper[k] << 16 | lower], np.uint32).view(np.float32)[0]
    return bands
