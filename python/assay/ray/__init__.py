"""Assay on a Ray cluster: experiments, weak judges, features and embeddings of large sets, models that are served.

Needs Ray: ``pip install assay-llm[ray]``, on the driver and on the workers. How to: docs/how-to/ray.md.
"""

from __future__ import annotations

from ._data import by_query, embeddings, features, weak_verdicts
from ._served import Served
from ._simulate import simulate

__all__ = ["Served", "by_query", "embeddings", "features", "simulate", "weak_verdicts"]
