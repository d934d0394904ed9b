"""Snapshots over HTTP: saved, listed, loaded and removed by name."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from tests.sim.services.vpc.calls import Vpcs


def ask(vpcs: Vpcs, method: str, path: str) -> tuple[int, Any]:
    """Status and answer of a control path."""
    connection = http.client.HTTPConnection(urlsplit(vpcs.cloud.url).netloc, timeout=5)
    connection.request(method, f"/-/{path}", headers={"X-Gwlbfw-Control": ""})
    reply = connection.getresponse()
    answer = reply.status, json.loads(reply.read())
    connection.close()
    return answer


def test_state_is_saved_and_loaded_by_a_name(vpcs: Vpcs) -> None:
    vpc = vpcs.vpc()
    assert ask(vpcs, "POST", "snapshots/base") == (200, {})
    assert ask(vpcs, "GET", "snapshots") == (200, {"snapshots": ["base"]})
    vpcs.vpc()
    assert ask(vpcs, "POST", "snapshots/base/load") == (200, {})
    assert [each["VpcId"] for each in vpcs.call("describe_vpcs")["Vpcs"]["Vpc"]] == [vpc]
    assert ask(vpcs, "DELETE", "snapshots/base") == (200, {})
    assert ask(vpcs, "GET", "snapshots") == (200, {"snapshots": []})


def test_unknown_and_wrong_names_are_refused_and_change_nothing(vpcs: Vpcs) -> None:
    vpcs.vpc()
    assert ask(vpcs, "POST", "snapshots/gone/load")[0] == 400
    assert ask(vpcs, "POST", "snapshots/.x")[0] == 400
    assert ask(vpcs, "POST", "snapshots/..%2Fx")[0] == 404
    assert ask(vpcs, "PUT", "snapshots/base")[0] == 404
    assert vpcs.cloud.simulator.status().resources == {"vpc": 1}
