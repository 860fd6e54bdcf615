"""Whatever arrays come: an answer, the same for every layout, or a ValueError that names the argument."""

import re

import numpy as np
import pytest

import assay

hypothesis = pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as some  # noqa: E402
from hypothesis.extra import numpy as some_numpy  # noqa: E402

settings.register_profile("arrays", deadline=None, max_examples=40, derandomize=True,
                          suppress_health_check=list(HealthCheck))
settings.load_profile("arrays")

pytestmark = pytest.mark.filterwarnings("ignore:A column-vector y")

NUMBERS = ["<f8", ">f8", "<f4", ">f4", "<f2", "<i8", ">i8", "i1", "<u4", ">u2", "?"]
OTHERS = ["<c16", "<M8[s]", "<m8[ns]", "<U3", ">U2", "S2", "O"]


def laid_out(values, layout):
    """The same values elsewhere in memory."""
    values = np.asarray(values)
    if layout == "fortran":
        return np.asfortranarray(values)
    if layout == "read-only":
        values = values.copy()
        values.flags.writeable = False
        return values
    if layout == "strided" and values.ndim:
        twice = np.repeat(values, 2, axis=0)
        return twice[::2]
    if layout == "reversed" and values.ndim:
        return np.ascontiguousarray(values[::-1])[::-1]
    if layout == "transposed" and values.ndim == 2:
        return np.ascontiguousarray(values.T).T
    if layout == "big-endian" and values.dtype.kind in "iuf":
        return values.astype(values.dtype.newbyteorder(">"))
    if layout == "unaligned" and values.dtype.kind in "iuf":
        raw = bytearray(values.nbytes + 1)
        view = np.frombuffer(raw, values.dtype, values.size, 1).reshape(values.shape)
        view[...] = values
        return view
    return values


LAYOUTS = some.sampled_from(["plain", "fortran", "read-only", "strided", "reversed", "transposed", "big-endian",
                             "unaligned"])


@some.composite
def any_array(draw):
    dtype = np.dtype(draw(some.sampled_from(NUMBERS + OTHERS)))
    shape = draw(some_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6))
    if dtype == object:
        elements = some.one_of(some.none(), some.floats(), some.integers(), some.text(max_size=2),
                               some.booleans(), some.just(()), some.just({}))
        values = np.empty(shape, object)
        for at in np.ndindex(*shape):
            values[at] = draw(elements)
    else:
        values = draw(some_numpy.arrays(dtype, shape))
    return laid_out(values, draw(LAYOUTS))


ANY = some.one_of(any_array(), some.none(), some.just([]), some.just([[]]), some.just("text"), some.just(3),
                  some.just([[1], [2, 3]]), some.just(float("nan")), some.just({"a": 1}), some.just([None]),
                  some.just(np.broadcast_to(np.float32(1), (3, 4))), some.just([[10**400]]), some.just(object()))


def allowed(call, *arguments):
    """Runs it; True if it did. A ValueError must name one of the arguments."""
    try:
        call()
        return True
    except ValueError as error:
        assert isinstance(error, assay.AssayError), repr(error)
        assert re.search("|".join(rf"\b{argument}\b" for argument in arguments), str(error)), str(error)
        return False


# --- assay.Ensemble ---


@given(ANY, ANY)
def test_ensemble_fits_anything(X, y):
    allowed(lambda: assay.Ensemble(threads=1).fit(X, y), "X", "y", "labels")


def labelled(seed, n=60, m=4):
    draw = np.random.default_rng(seed)
    y = draw.integers(3, size=n)
    return np.where(draw.random((n, m)) < 0.7, y[:, None], draw.integers(3, size=(n, m))), y


ENSEMBLE = assay.Ensemble(size=3, threads=1).fit(*labelled(0))


@given(ANY)
def test_ensemble_predicts_anything(X):
    allowed(lambda: ENSEMBLE.predict(X), "X")
    allowed(lambda: ENSEMBLE.score(X, X), "X", "y")
    allowed(lambda: ENSEMBLE.set_params(prices=X).fit(*labelled(0)), "prices")
    ENSEMBLE.set_params(prices=None)


@given(some.integers(0, 1000), LAYOUTS, some.sampled_from(["<i8", "i1", "<u2", "<f8", "<f4", "<U2", "O"]),
       some.sampled_from(["majority", "log-odds", "logit", "pattern"]))
def test_ensemble_is_the_same_for_every_layout(seed, layout, dtype, decision):
    X, y = labelled(seed)
    plain = assay.Ensemble(size=3, decision=decision, threads=1).fit(X, y)
    X2, y2 = laid_out(X.astype(dtype), layout), laid_out(y.astype(dtype), layout)
    other = assay.Ensemble(size=3, decision=decision, threads=1).fit(X2, y2)
    assert other.members_.tolist() == plain.members_.tolist()
    np.testing.assert_array_equal(other.predict_proba(X2), plain.predict_proba(X))
    assert [int(one) for one in other.predict(X2)] == plain.predict(X).tolist()


@given(some.integers(0, 1000))
def test_ensemble_of_majority_is_a_count(seed):
    X, y = labelled(seed, n=30, m=5)
    ensemble = assay.Ensemble(size=3, decision="majority", threads=1).fit(X, y)
    for answer, row in zip(ensemble.predict(X), X[:, ensemble.members_]):
        counts = np.bincount(row, minlength=3)
        assert counts[answer] == counts.max()


# --- assay.Router ---


@given(ANY, ANY)
def test_router_fits_anything(X, y):
    allowed(lambda: assay.Router(threads=1, dimensions=4).fit(X, y), "X", "y")


@given(ANY)
def test_router_fits_anything_beside(value):
    right = [[1, 0], [0, 1], [1, 1]]
    for argument in ("task", "texts"):
        allowed(lambda: assay.Router(threads=1).fit(np.eye(3), right, **{argument: value}), argument, "X")
    for argument in ("prices", "parameters", "models", "neighbours", "cost_weight"):
        allowed(lambda: assay.Router(threads=1, **{argument: value}).fit(np.eye(3), right), argument)


def routed(seed, n=40):
    draw = np.random.default_rng(seed)
    sort = draw.integers(2, size=n)
    return np.eye(2, 6)[sort] + draw.normal(0, 0.2, (n, 6)), (sort[:, None] == np.arange(3)).astype(float)


ROUTER = assay.Router(threads=1).fit(*routed(0))
TEXT_ROUTER = assay.Router(threads=1, dimensions=4).fit(["a b", "b c", "c d"], [[1, 0], [0, 1], [1, 1]])


@given(ANY)
def test_router_predicts_anything(X):
    for router in (ROUTER, TEXT_ROUTER):
        allowed(lambda: router.predict(X), "X")
        allowed(lambda: router.predict_task(X), "X")
    allowed(lambda: ROUTER.score(np.eye(3, 6), X), "y")
    allowed(lambda: ROUTER.predict_task(np.eye(3, 6), right=X), "right")
    allowed(lambda: ROUTER.predict(np.eye(3, 6), candidates=X), "candidates")


@given(some.lists(some.text(max_size=20), min_size=1, max_size=5))
def test_router_takes_any_text(prompts):
    chances = TEXT_ROUTER.predict_proba(prompts)
    assert chances.shape == (len(prompts), 2) and ((chances >= 0) & (chances <= 1)).all()
    for prompt, row in zip(prompts, chances):
        np.testing.assert_array_equal(TEXT_ROUTER.predict_proba([prompt])[0], row)


@given(some.integers(0, 1000), LAYOUTS, some.sampled_from(["<f8", "<f4"]))
def test_router_is_the_same_for_every_layout(seed, layout, dtype):
    X, y = routed(seed)
    X = X.astype("<f4").astype(dtype)
    plain, other = assay.Router(threads=1).fit(X, y), assay.Router(threads=1).fit(laid_out(X, layout), laid_out(y, layout))
    np.testing.assert_array_equal(other.predict_proba(laid_out(X, layout)), plain.predict_proba(X))
    chances = plain.predict_proba(X)
    assert (chances[np.arange(len(X)), plain.predict(X)] == chances.max(axis=1)).all()


# --- assay.Select ---


@given(ANY)
def test_select_begins_with_anything(value):
    for argument in ("models", "queries", "features", "responses", "weights", "prices", "hints", "known", "epsilon",
                     "confidence", "budget", "seed", "good_enough"):
        given_ = {"models": 3, "queries": 4, argument: value}
        allowed(lambda: assay.Select(**given_), argument, argument.rstrip("s"), "calls", "rewards")


@given(ANY, ANY)
def test_select_is_told_anything(calls, rewards):
    run = assay.Select(3, 4)
    asked = run.ask(4)
    allowed(lambda: run.tell(calls, rewards), "calls", "rewards")
    allowed(lambda: run.tell(asked, rewards), "calls", "rewards")
    allowed(lambda: run.ask(calls), "limit")
    assert run.calls in (0, 4)


@given(some.integers(0, 1000), LAYOUTS, some.sampled_from(["assay", "random"]))
def test_select_knows_the_means(seed, layout, strategy):
    rewards = np.random.default_rng(seed).integers(0, 3, (12, 3)) / 2
    run = assay.Select(3, 12, strategy=strategy, confidence=1.0, seed=seed)
    while not run.done:
        calls = run.ask(5)
        run.tell(laid_out(calls, layout), laid_out(rewards[calls[:, 0], calls[:, 1]], layout))
    estimates, means = run.estimates, rewards.mean(axis=0)
    if run.calls == rewards.size:  # of models that are out of the race not every answer is counted
        np.testing.assert_allclose(estimates.mean[estimates.possible], means[estimates.possible], atol=1e-9)
    assert rewards.mean(axis=0)[run.best] == rewards.mean(axis=0).max()


# --- assay.Allocate ---


@given(ANY)
def test_allocate_begins_with_anything(value):
    for argument in ("arms", "budget", "scale", "variances", "delta"):
        given_ = {"arms": 3, "budget": 100, "allocator": "robin-hood", argument: value}
        allowed(lambda: assay.Allocate(**given_), argument)


@given(ANY, ANY)
def test_allocate_is_told_anything(arms, scores):
    run = assay.Allocate(3, 30)
    asked = run.ask(4)
    allowed(lambda: run.tell(arms, scores), "arms", "scores")
    allowed(lambda: run.tell(asked, scores), "arms", "scores")
    allowed(lambda: run.ask(arms), "limit")
    assert 0 <= run.calls <= 8


def test_allocate_is_told_of_what_nobody_asked():
    run = assay.Allocate(3, 30)
    assert not allowed(lambda: run.tell([0, 0, 0], [0, 0, 0]), "arms")


@given(some.integers(0, 1000), LAYOUTS)
def test_allocate_knows_the_means(seed, layout):
    draw = np.random.default_rng(seed)
    run = assay.Allocate(4, 40, scale=(1, 10), allocator="uniform", estimate="mean")
    scores, counts = np.zeros(4), np.zeros(4)
    while not run.done:
        arms = run.ask(3)
        said = draw.integers(1, 11, len(arms)).astype(float)
        np.add.at(scores, arms, said)
        np.add.at(counts, arms, 1)
        run.tell(laid_out(arms, layout), laid_out(said, layout))
    assert run.counts.tolist() == counts.tolist()
    np.testing.assert_allclose(run.estimates, scores / counts, atol=1e-9)


# --- huge ones ---


@pytest.mark.parametrize("call", [
    lambda huge: assay.Ensemble(threads=1).fit(huge[:, :1], np.arange(70_000)),
    lambda huge: assay.Ensemble(threads=1).fit(huge, huge[:, 0]),
    lambda huge: assay.Select(10**9, 10**9),
    lambda huge: assay.Select(2**40, 1),
    lambda huge: assay.Allocate(2**40, 10),
    lambda huge: assay.Router().fit(huge, np.full((len(huge), 1), np.nan)),
])
def test_huge_arrays(call):
    with pytest.raises(ValueError):
        call(np.broadcast_to(np.float64(1), (70_000, 50)))
