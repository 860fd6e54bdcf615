#!/usr/bin/env python3
"""Ask and tell in Python against the same run in C++.

    PYTHONPATH=build/release/python bench/ask_tell.py build/release/bench/bench_ask_tell

Both run in turns; prints the median processor seconds of each and their ratio. Fails if the two found different things.
"""

import statistics
import subprocess
import sys
import time

import assay

MODELS, QUERIES, CALLS, AT_A_TIME, RUNS = 100, 10_000, 50_000, 16, 5


def run():
    begun = time.process_time()
    selection = assay.Select(MODELS, QUERIES, budget=CALLS)
    while True:
        calls = selection.ask(AT_A_TIME)
        if not len(calls):
            break
        query, model = calls[:, 0], calls[:, 1]
        drawn = (query * 1_000_003 + model * 7_919 + query * model) % 1_000
        selection.tell(calls, (drawn < 300 + 4 * model).astype(float))
    seconds = time.process_time() - begun
    return seconds, f"{selection.calls} {selection.best} {selection.risk:.17g}"


def main(program):
    here, there = [], []
    for _ in range(RUNS):
        seconds, found = run()
        here.append(seconds)
        seconds, said = subprocess.run([program], check=True, capture_output=True, text=True).stdout.split(" ", 1)
        there.append(float(seconds))
        calls, best, risk = said.split()
        if f"{calls} {best} {float(risk):.17g}" != found:
            sys.exit(f"C++ found {said.strip()}, Python {found}")
    print(f"C++ {statistics.median(there):.2f} s, Python {statistics.median(here):.2f} s, "
          f"ratio {statistics.median(here) / statistics.median(there):.3f} "
          f"({min(here):.2f} .. {max(here):.2f} against {min(there):.2f} .. {max(there):.2f})")


if __name__ == "__main__":
    main(sys.argv[1])
