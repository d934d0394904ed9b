"""Control paths beside the cloud's API: status, activity, state, faults, clock.

GET    /-/health            the version, and the name of the state
GET    /-/status            number of resources by kind; ?region=R
POST   /-/reset             remove everything
GET    /-/activity          the calls, oldest first; ?last=N
GET    /-/state             the whole state, as one document
PUT    /-/state             replace the state by a document
GET    /-/snapshots         the names of the saved states
POST   /-/snapshots/NAME    save the state by a name; /load behind it replaces the state by that
DELETE /-/snapshots/NAME    remove a saved state
GET    /-/faults            the fault rules and their hits
POST   /-/faults            add fault rules
DELETE /-/faults            remove all fault rules
GET    /-/clock             the cloud's time, in seconds since the epoch
POST   /-/clock             advance it, by {"advance": SECONDS}
POST   /-/roles             declare a role: {"arn", "trust", "external_id", "max_session"}

Each needs the header X-Gwlbfw-Control, which no web page can send to another host.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from aiohttp import web

from gwlbfw.sim import faults
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server import snapshots
from gwlbfw.sim.simulator import Simulator

CONTROL = "/-/"
"""The prefix of all control paths."""
CONTROL_HEADER = "X-Gwlbfw-Control"
"""The header that every request to a control path needs; any value will do."""
_LONGEST = 366 * 86_400.0
"""Seconds by which the clock is advanced at once, at most."""
_Answer: TypeAlias = Mapping[str, Any]


async def handle(simulator: Simulator, request: web.BaseRequest) -> web.Response:
    """Answer a request to a control path."""
    if CONTROL_HEADER not in request.headers:
        return refusal(f"send the header {CONTROL_HEADER}, with any value")
    name = request.path.removeprefix(CONTROL)
    path = _PATHS.get((request.method, name)) or snapshots.find_path(request.method, name)
    if path is None:
        return _json({"error": "no such path"}, 404)
    try:
        return _json(await path(simulator, request))
    except (SimulatorError, ValueError) as problem:
        return _json({"error": str(problem)}, 400)


def refusal(why: str) -> web.Response:
    """The answer to a request that may not ask."""
    return _json({"error": why}, 403)


async def _health(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    # Only who asks pays for the import.
    from importlib.metadata import version  # noqa: PLC0415

    return {"gwlbfw-simulator": version("gwlbfw"), "state": simulator.state.name}


async def _status(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    status = simulator.status(request.query.get("region"))
    return {"resources": dict(status.resources), "empty": status.empty}


async def _reset(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    simulator.reset()
    return {}


async def _activity(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    last = request.query.get("last")
    entries = simulator.activity.entries(int(last) if last else None)
    return {"calls": [each.as_dict() for each in entries]}


async def _state(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    return simulator.export()


async def _load(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    try:
        document = json.loads(await request.read())
    except ValueError as problem:
        raise SimulatorError(f"This is no exported state of a simulator: {problem}") from problem
    simulator.load(document)
    return {}


async def _faults(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    hits = simulator.faults.hits()
    return {"rules": [{**asdict(rule), "hits": count} for rule, count in hits]}


async def _add_faults(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    simulator.faults.add(*faults.from_data(json.loads(await request.read())))
    return {}


async def _clear_faults(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    simulator.faults.clear()
    return {}


async def _clock(simulator: Simulator, _request: web.BaseRequest) -> _Answer:
    return {"now": simulator.clock.now()}


async def _advance(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    match json.loads(await request.read()):
        case {"advance": int() | float() as seconds} if 0 <= seconds <= _LONGEST:
            simulator.clock.advance(seconds)
        case _:
            raise ValueError(f'{{"advance": SECONDS}} is expected, from 0 to {_LONGEST:.0f}')
    return await _clock(simulator, request)


async def _declare_role(simulator: Simulator, request: web.BaseRequest) -> _Answer:
    simulator.declare_role(json.loads(await request.read()))
    return {}


_PATHS: Mapping[tuple[str, str], Callable[[Simulator, web.BaseRequest], Awaitable[_Answer]]] = {
    ("GET", "health"): _health,
    ("GET", "status"): _status,
    ("POST", "reset"): _reset,
    ("GET", "activity"): _activity,
    ("GET", "state"): _state,
    ("PUT", "state"): _load,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("POST", "roles"): _declare_role,
}


def _json(data: object, status: int = 200) -> web.Response:
    body = json.dumps(data).encode()
    return web.Response(status=status, body=body, content_type="application/json")
