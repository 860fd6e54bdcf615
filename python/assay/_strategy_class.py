"""A strategy that is a Python class, while it runs."""

from __future__ import annotations

import numpy as np


class RunningStrategy:
    """What `make` makes, and the sums of what it was told: where it says no posterior, means decide."""

    def __init__(self, make, models: int, queries: int, seed: int, budget: int):
        self.running = make(models=models, queries=queries, seed=seed, budget=budget)
        self.sums, self.counts = np.zeros(models), np.zeros(models, np.int64)

    def observe(self, calls: np.ndarray, rewards: np.ndarray) -> None:
        """`calls`: int64 (k, 2); `rewards`: (k,), NaN without a verdict."""
        there = ~np.isnan(rewards)
        np.add.at(self.sums, calls[there, 1], rewards[there])
        np.add.at(self.counts, calls[there, 1], 1)
        self.running.observe(calls, rewards)

    def posterior(self):
        """As the class says it; None if it says none."""
        return self.running.posterior() if hasattr(self.running, "posterior") else None

    def means(self, unknown: float) -> np.ndarray:
        """Of each model's rewards, (m,); `unknown` without one."""
        return np.where(self.counts > 0, self.sums / np.maximum(self.counts, 1), unknown)
