#!/usr/bin/env python3
"""A strategy for Assay: Thompson sampling, which asks about models that, for all it knows, may be the best.

    assay simulate STUDY --strategies random,assay,'command:python3 thompson.py'
"""
import json
import random
import sys

for line in sys.stdin:
    message = json.loads(line)
    if "start" in message:  # a new run: all that was before is over
        start = message["start"]
        models = range(start["models"] - start["baseline"])  # no call is made for the baseline
        rng = random.Random(start["seed"])
        wins, losses = [1.0 for _ in models], [1.0 for _ in models]
        known = {(q, j) for q, j, _ in start["known"]}
        left = [[q for q in range(start["queries"]) if (q, j) not in known] for j in models]
    for _, j, reward in message.get("tell", message.get("start", {}).get("known", [])):
        wins[j] += 0.5 if reward is None else reward
        losses[j] += 0.5 if reward is None else 1 - reward
    if "ask" in message:
        calls = []
        while len(calls) < message["ask"] and any(left):
            j = max((j for j in models if left[j]), key=lambda j: rng.betavariate(wins[j], losses[j]))
            calls.append([left[j].pop(), j])
        print(json.dumps({"calls": calls}), flush=True)
    if "best" in message:
        print(json.dumps({"best": max(models, key=lambda j: wins[j] / (wins[j] + losses[j]))}), flush=True)
