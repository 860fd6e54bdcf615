#!/usr/bin/env python3
"""assay.Router.predict against the same call in C++.

    PYTHONPATH=build/release/python bench/router.py

Both answer the same 1,000 prompts in turns, with one thread; C++ gets its arrays ready-made. Prints the median
processor milliseconds of each and their ratio. Fails if the two choose differently.
"""

import statistics
import sys
import time
from ctypes import byref, c_double, c_int64

import numpy as np

import assay
from assay import _bridge
from assay._router import _Prompts

PROMPTS, QUERIES, MODELS, RUNS = 1_000, 5_000, 32, 15


def problem():
    draw = np.random.default_rng(1)
    words = np.array([f"word{i}" for i in range(4_000)])
    prompts = [" ".join(words[draw.integers(len(words), size=60)]) for _ in range(QUERIES + PROMPTS)]
    right = (draw.random((QUERIES, MODELS)) < np.linspace(0.3, 0.8, MODELS)).astype(float)
    return prompts[:QUERIES], right, prompts[QUERIES:]


def timed(work):
    begun = time.process_time()
    result = work()
    return (time.process_time() - begun) * 1e3, result


def main():
    learnt, right, prompts = problem()
    router = assay.Router(threads=1).fit(learnt, right)
    ready, candidates = _Prompts(prompts), np.arange(MODELS)
    chances, chosen = np.empty((PROMPTS, MODELS)), np.empty(PROMPTS, np.int64)

    def in_cpp():
        _bridge.check(_bridge.lib.assay_router_query(
            router._handle, byref(ready.of_c), _bridge.pointer(candidates, c_int64), MODELS, 0.0, 1,
            _bridge.pointer(chances, c_double), _bridge.pointer(chosen, c_int64)))
        return chosen

    here, there = [], []
    for _ in range(RUNS):
        seconds, in_python = timed(lambda: router.predict(prompts))
        here.append(seconds)
        seconds, expected = timed(in_cpp)
        there.append(seconds)
        if not np.array_equal(in_python, expected):
            sys.exit("Python and C++ chose different models")
    print(f"C++ {statistics.median(there):.1f} ms, Python {statistics.median(here):.1f} ms for {PROMPTS} prompts, "
          f"ratio {statistics.median(here) / statistics.median(there):.3f} "
          f"({min(here):.1f} .. {max(here):.1f} against {min(there):.1f} .. {max(there):.1f})")


if __name__ == "__main__":
    main()
