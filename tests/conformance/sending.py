"""Sending the calls of scripts to a simulator, over its wire format."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from gwlbfw.conformance import Answer, Send
from gwlbfw.sim.services import registry
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.wire import HttpRequest


def send_to(simulator: Simulator) -> Send:
    """A sender of calls to a simulator."""
    registry.load_services()

    def send(product: str, action: str, params: Mapping[str, str]) -> Answer:
        own = {"Action": action, "Version": registry.versions()[product], "AccessKeyId": "any"}
        own["RegionId"] = simulator.settings.region
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode({**params, **own}).encode()
        answer = simulator.handle(HttpRequest("POST", headers=headers, body=body))
        reply = json.loads(answer.body)
        if answer.status >= 400:
            return Answer(code=reply["Code"], message=reply["Message"])
        return Answer(reply)

    return send
