"""`Allocate`: how good each answer is, asked and told."""

from __future__ import annotations

import json
import threading
import weakref
from ctypes import byref, c_double, c_int64

import numpy as np

from . import _arrays, _bridge
from ._bridge import lib
from ._saved import SavedRun
from .errors import InvalidArgument

_MOST_ARMS = 50_000_000


class Allocate(SavedRun):
    """Scores K responses with a judge that gives another score when it is asked again, looking most often where the
    scores are least certain.

    Parameters
    ----------
    arms : list of str, or int
        Names of the K responses, or how many there are.
    budget : int
        Calls that may be made: at least what the allocator's warm-up takes.
    scale : pair of float
        The lowest and the highest score that there can be.
    allocator : str
        ``assay``, ``robin-hood``, ``robin`` (needs `variances`) or ``uniform``.
    estimate : str, optional
        ``mean`` or ``centre``; by default the allocator's own.
    variances : array (K,), optional
        True ones, for allocators that need them.
    **parameters
        Of the allocator, such as ``delta`` of ``robin-hood``.

    Notes
    -----
    ROBIN and ROBIN-HOOD: arXiv 2602.15481. The intervals hold although calls were chosen as the scores came
    (docs/method/allocate.md). The same scores in the same order give the same calls.

    Examples
    --------
    >>> import assay
    >>> import numpy as np
    >>> judge = np.random.default_rng(1)
    >>> spread = [0.02, 0.02, 0.4]                      # the third answer divides the judge
    >>> run = assay.Allocate(arms=3, budget=120)
    >>> while not run.done:
    ...     arms = run.ask(4)
    ...     run.tell(arms, [float(np.clip(judge.normal(0.5, spread[a]), 0, 1)) for a in arms])
    >>> bool(run.counts[2] > run.counts[0])
    True
    >>> run.estimates.shape
    (3,)
    """

    def __init__(self, arms, budget, *, scale=(0.0, 1.0), allocator="assay", estimate=None, variances=None,
                 **parameters):
        names, count = _arrays.names(arms, "arms")
        if count > _MOST_ARMS:
            raise InvalidArgument(f"arms: expected at most {_MOST_ARMS}, came {count}")
        self.arms = names or [str(i) for i in range(count)]
        budget = _arrays.whole(budget, "budget", 1, 2**32 - 1)
        low, high = (float(x) for x in _arrays.array(scale, "scale", (2,)))
        if not low < high:
            raise InvalidArgument(f"scale: expected the lowest score before the highest, came {low:g}, {high:g}")
        self.scale = (low, high)
        if variances is not None:
            variances = _arrays.array(variances, "variances", (len(self.arms),))
        for name, value in parameters.items():
            _arrays.real(value, name)
        self._given = {"arms": self.arms, "budget": budget, "scale": [low, high], "allocator": allocator,
                       "estimate": estimate, "variances": variances,
                       **{name: float(value) for name, value in parameters.items()}}
        setup = {"arms": len(self.arms), "budget": budget, "allocator": str(allocator), "scale": [low, high],
                 "estimate": estimate, "parameters": {k.replace("_", "-"): float(v) for k, v in parameters.items()}}
        self._events: list[tuple] = []
        self._lock = threading.RLock()  # the library's object is for one thread at a time
        self._handle = _bridge.new(
            lib.assay_allocate_new(json.dumps(setup).encode(), _bridge.pointer(variances, c_double)))
        self._free = weakref.finalize(self, lib.assay_allocate_free, self._handle)

    def ask(self, limit: int = 1) -> np.ndarray:
        """The next responses to score.

        Parameters
        ----------
        limit : int
            At most so many, at least 1.

        Returns
        -------
        int64 array (k,)
            Numbers of responses, counted from 0; one may come several times. Empty when the budget is spent, or
            nothing is to be asked before answers that are out are told.
        """
        limit = _arrays.whole(limit, "limit", 1, 2**32 - 1)
        limit = min(limit, self._given["budget"])
        arms = np.empty(limit, np.int64)
        with self._lock:
            count = _bridge.check(lib.assay_allocate_ask(self._handle, limit, _bridge.pointer(arms, c_int64)))
            self._events.append(("ask", limit))
        return arms[:count].copy() if count < limit else arms

    def tell(self, arms, scores) -> None:
        """What the judge said.

        Parameters
        ----------
        arms : array (k,)
            As `ask` gave them, or a part of them.
        scores : array (k,)
            On the scale; NaN: the call failed.

        Raises
        ------
        ValueError
            For a response that nobody asked about, or a score off the scale; nothing is then taken.
        """
        arms = _arrays.array(arms, "arms", (None,), np.int64)
        scores = _arrays.array(scores, "scores", (len(arms),), nan=True)
        off = (scores < self.scale[0]) | (scores > self.scale[1])
        if off.any():
            raise InvalidArgument(f"scores: expected {self.scale[0]:g} to {self.scale[1]:g}, or NaN for a call that "
                                  f"failed, came {scores[off][0]:g}")
        if ((arms < 0) | (arms >= len(self.arms))).any():
            raise InvalidArgument(f"arms: expected 0 to {len(self.arms) - 1}, came "
                                  f"{arms[(arms < 0) | (arms >= len(self.arms))][0]}")
        if not len(arms):
            return
        with self._lock:
            _bridge.check(lib.assay_allocate_tell(self._handle, _bridge.pointer(arms, c_int64),
                                                  _bridge.pointer(scores, c_double), len(arms)))
            self._events.append(("tell", arms.copy(), scores.copy()))

    def _state(self, worst: bool = False) -> _bridge.AllocateState:
        state = _bridge.AllocateState()
        with self._lock:
            _bridge.check(lib.assay_allocate_state(self._handle, worst, byref(state)))
        return state

    def _columns(self):
        k = len(self.arms)
        estimates, low, high = (np.empty(k) for _ in range(3))
        calls, failed = (np.empty(k, np.int64) for _ in range(2))
        with self._lock:
            _bridge.check(lib.assay_allocate_estimates(
                self._handle, *(_bridge.pointer(a, c_double) for a in (estimates, low, high)),
                *(_bridge.pointer(a, c_int64) for a in (calls, failed))))
        return estimates, low, high, calls, failed

    @property
    def done(self) -> bool:
        """The budget is spent."""
        return bool(self._state().done)

    @property
    def calls(self) -> int:
        """Calls that were told."""
        return self._state().calls

    @property
    def estimates(self) -> np.ndarray:
        """Of the mean score of each response, on the scale; float64 (K,), NaN without a score."""
        return self._columns()[0]

    @property
    def intervals(self) -> np.ndarray:
        """95 % interval of each mean score; float64 (K, 2)."""
        _, low, high, _, _ = self._columns()
        return np.stack([low, high], axis=1)

    @property
    def counts(self) -> np.ndarray:
        """Calls to each response; int64 (K,)."""
        return self._columns()[3]

    @property
    def failed(self) -> np.ndarray:
        """Of these, those that failed; int64 (K,)."""
        return self._columns()[4]

    @property
    def worst_error_bound(self) -> float:
        """No estimate is further off, with 95 %, whatever the distribution of the scores."""
        return self._state(worst=True).worst_error_bound

    @property
    def worst_error_likely(self) -> float:
        """Median of the largest error, by what the variances may be."""
        return self._state(worst=True).worst_error_likely

    def __repr__(self):
        return f"<assay.Allocate over {len(self.arms)} responses: {self.calls} of {self._given['budget']} calls>"
