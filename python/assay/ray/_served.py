"""`Served`: models on a cluster as judge or candidate."""

from __future__ import annotations

import asyncio

from ..errors import InvalidArgument, OracleError
from ._cluster import ray_module

_WAIT = 0.2  # seconds


class Served:
    """Models that run on a Ray cluster, as one function that Assay awaits: a judge for `Study.select` and
    `Study.allocate`, or a candidate for `assay.find`.

    All questions of a batch are out at the same time; each goes to the actor that has the fewest. The answers come
    back to the one driver, which writes the study.

    Parameters
    ----------
    actors : actor handle, list of these, remote function, or a handle of Ray Serve
        Equal ones: whichever is free is asked.
    method : str, optional
        Of the actors: takes a `Question` if it judges, a prompt if it answers, and returns what such a function
        returns (`Study.select`, `assay.find`). Not of a remote function or a handle of Serve, which are called.
    name : str, optional
        Of the judge: its answers are kept under it. By default that of the actors' class.

    Notes
    -----
    An actor that dies costs nothing but time: its questions go to the others. Where none is left, an `OracleError`
    ends the run; what was answered is kept. `batch` of `Study.select` says how many questions are out at a time, 1 by
    default: give it several for each actor.

    Examples
    --------
    >>> judge = assay.ray.Served([Judge.remote() for _ in range(8)], "judge")  # doctest: +SKIP
    >>> report = study.select(judge, batch=64)  # doctest: +SKIP
    """

    def __init__(self, actors, method: str | None = None, *, name: str | None = None):
        self._actors = list(actors) if isinstance(actors, (list, tuple)) else [actors]
        if not self._actors:
            raise InvalidArgument("actors: expected at least one, came none")
        for one in self._actors:
            if not hasattr(one if method is None else getattr(one, method, None), "remote"):
                called = "something with .remote" if method is None else f"an actor with a method {method!r}"
                raise InvalidArgument(f"actors: expected {called}, came {one!r}"[:300])
        self._method = method
        self._out = [0] * len(self._actors)
        self.__name__ = name or _class_of(self._actors[0]) or type(self).__name__

    def __repr__(self):
        return f"<assay.ray.Served {self.__name__!r} on {len(self._actors)}>"

    async def __call__(self, asked):
        ray = ray_module()
        last = "it was gone before it was asked"
        while self._actors:
            at = min(range(len(self._actors)), key=self._out.__getitem__)
            actor = self._actors[at]
            self._count(actor, 1)
            try:
                return await self._ask(actor, asked)
            except ray.exceptions.RayActorError as died:
                last = died
                if isinstance(died, ray.exceptions.ActorUnavailableError):
                    await asyncio.sleep(_WAIT)  # it is being started again
                else:
                    self._leave(actor)
            finally:
                self._count(actor, -1)
        raise OracleError(f"{self.__name__}: no actor is left, the last one died: {last}"[:500])

    def _ask(self, actor, asked):
        return (actor if self._method is None else getattr(actor, self._method)).remote(asked)

    def _count(self, actor, more: int) -> None:
        if actor in self._actors:
            self._out[self._actors.index(actor)] += more

    def _leave(self, actor) -> None:
        if actor in self._actors:
            at = self._actors.index(actor)
            del self._actors[at], self._out[at]


def _class_of(actor) -> str:
    descriptor = getattr(actor, "_ray_actor_creation_function_descriptor", None)
    if descriptor is not None:
        return descriptor.class_name.rpartition(".")[2]
    return getattr(actor, "_function_name", "").rpartition(".")[2]
