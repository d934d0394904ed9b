"""The control paths of snapshots: the whole state, saved by name in the simulator's folder."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from aiohttp import web

from gwlbfw.sim.simulator import Simulator

Answer: TypeAlias = Mapping[str, Any]
Path: TypeAlias = Callable[[Simulator, web.BaseRequest], Awaitable[Answer]]

_NAMED = re.compile(r"snapshots/([^/]+)(/load)?")


def find_path(method: str, path: str) -> Path | None:
    """The handler of a control path of snapshots; None where it is none."""
    if (method, path) == ("GET", "snapshots"):
        return _list
    if (named := _NAMED.fullmatch(path)) is None:
        return None
    work = {("POST", None): _save, ("POST", "/load"): _load, ("DELETE", None): _remove}
    found = work.get((method, named[2]))

    async def answer(simulator: Simulator, _request: web.BaseRequest) -> Answer:
        if found is not None:
            found(simulator, named[1])
        return {}

    return answer if found else None


async def _list(simulator: Simulator, _request: web.BaseRequest) -> Answer:
    return {"snapshots": simulator.snapshots.names()}


def _save(simulator: Simulator, name: str) -> None:
    simulator.snapshots.save(name, simulator.export())


def _load(simulator: Simulator, name: str) -> None:
    simulator.load(simulator.snapshots.load(name))


def _remove(simulator: Simulator, name: str) -> None:
    simulator.snapshots.remove(name)
