"""The simulated cloud of `gwlbfw sim …`: a folder's, or the one at a URL."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from gwlbfw.cli.options import CloudOptions, SimulatorOptions
from gwlbfw.cloud.call import Raw
from gwlbfw.cloud.sdk import AccountAccess, CredentialSettings, Keys, SdkTransport
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.errors import GwlbfwError
from gwlbfw.sim.activity import kept_calls
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.server.attach import attach_or_serve
from gwlbfw.sim.server.control import CONTROL, CONTROL_HEADER
from gwlbfw.sim.services import registry
from gwlbfw.sim.store.snapshot import check_name

SIM_KEYS = Keys("simulated", "simulated")
"""A folder's simulator takes any key; no real one is ever sent to it."""
_ROLE = "role"
_TIMEOUT_S = 10.0


class NoSimulator(GwlbfwError):
    """No simulator answers at a URL."""

    code = "no-simulator"
    hint = "start one with `gwlbfw sim serve`, or leave --endpoint-url out"


@contextmanager
def simulator_url(options: SimulatorOptions) -> Iterator[tuple[str, Keys | None]]:
    """The URL of the simulator and the keys to use; a folder's simulator takes any."""
    if options.endpoint_url:
        yield options.endpoint_url, None
        return
    with attach_or_serve(options.sim_dir) as simulator:
        yield simulator.url, SIM_KEYS


def control_request(
    options: SimulatorOptions, method: str, path: str, body: bytes | None = None
) -> dict[str, Any]:
    """Send a request to a control path; its reply. Raises NoSimulator, SimulatorError."""
    with simulator_url(options) as (url, _):
        place, header = f"{url.rstrip('/')}{CONTROL}{path}", {CONTROL_HEADER: "gwlbfw"}
        request = Request(place, body, header, method=method)  # noqa: S310 - http or https
        try:
            # Loopback never goes through a proxy, whatever the environment holds.
            with build_opener(ProxyHandler({})).open(request, timeout=_TIMEOUT_S) as answer:
                return dict(json.loads(answer.read()))
        except HTTPError as refusal:
            raise SimulatorError(_refusal_text(refusal)) from refusal
        except (URLError, OSError, ValueError) as problem:
            reason = getattr(problem, "reason", problem)
            raise NoSimulator(f"no simulator answers at {url}: {reason}") from problem


def latest_calls(options: SimulatorOptions, last: int | None) -> list[dict[str, Any]]:
    """The latest calls: those that the folder keeps, or those that the one at the URL lists."""
    if not options.endpoint_url:
        return kept_calls(options.sim_dir, last)
    query = f"?last={last}" if last else ""
    return list(control_request(options, "GET", f"activity{query}")["calls"])


def snapshot_request(options: SimulatorOptions, method: str, name: str, work: str = "") -> None:
    """Save, load or remove the snapshot of a name. Raises NoSimulator, SimulatorError."""
    check_name(name)
    control_request(options, method, f"snapshots/{name}{work}")


def _refusal_text(refusal: HTTPError) -> str:
    """The reason of a refusal by the simulator. Raises NoSimulator where it is none."""
    try:
        return str(json.loads(refusal.read())["error"])
    except (ValueError, KeyError, TypeError) as problem:
        url, number = refusal.url, refusal.code
        raise NoSimulator(f"no simulator answers at {url}: HTTP {number}") from problem


def call_action(
    options: CloudOptions,
    product: str,
    action: str,
    parameters: Mapping[str, str],
    *,
    region: str,
    role_arn: str | None,
) -> Raw:
    """Send an API action to the simulated cloud; its reply. Raises CloudError, TransportError."""
    registry.load_services()
    known = registry.versions()
    if product not in known:
        raise SimulatorError(f"There is no product {product}: name one of {', '.join(known)}")
    accounts = {_ROLE: AccountAccess(role_arn)} if role_arn else {}
    account = _ROLE if role_arn else ""
    with simulator_url(options) as (url, keys):
        transport = SdkTransport(region, url, CredentialSettings(keys, options.profile, accounts))
        call = BoundCall(product, action, parameters, account, region)
        return transport.send_untyped(call, known[product]).body
