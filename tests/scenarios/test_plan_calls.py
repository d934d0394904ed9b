"""A plan's calls are all that there is to do: any client can send them, one by one as listed."""

import base64
import re
from typing import Any

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from gwlbfw.openapi import catalogue
from gwlbfw.plan.serialization import plan_to_json
from tests.scenarios.dump import dump
from tests.scenarios.existing import brownfield, network
from tests.scenarios.testbed import Content, Testbed, example

FIELD = re.compile(r"(?<!\$)\$\{([^${}]+)\.([A-Za-z0-9]+)\}")
USER_DATA = re.compile(r"\$\{user_data:.*\}")


@pytest.fixture
def testbed(testbed_over_http: Testbed) -> Testbed:
    """Any client reaches the cloud by its URL."""
    return testbed_over_http


class AnyClient:
    """Sends the calls of a plan's JSON by the vendor's generic client; knows no more than that."""

    def __init__(self, testbed: Testbed) -> None:
        self.testbed = testbed
        self.replies: dict[str, dict[str, Any]] = {}
        endpoint = testbed.url.removeprefix("http://")
        keys = {"access_key_id": "any", "access_key_secret": "any"}
        self.client = Client(Config(endpoint=endpoint, protocol="http", **keys))

    def send_all(self, plan: dict[str, Any]) -> None:
        for call in plan["calls"]:
            product, _, action = call["action"].partition(":")
            params = Params(
                action=action,
                version=catalogue()[product, action].version,
                protocol="HTTP",
                pathname="/",
                method="POST",
                auth_type="AK",
                style="RPC",
                req_body_type="formData",
                body_type="json",
            )
            query = Utils.query(self.filled_in(call["params"]))
            reply = self.client.call_api(params, OpenApiRequest(query=query), RuntimeOptions())
            self.replies.setdefault(call["address"], {}).update(reply["body"])
            self.testbed.settle()

    def filled_in(self, value: Any) -> Any:
        """The parameters with what earlier calls answered."""
        if isinstance(value, dict):
            return {name: self.filled_in(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled_in(each) for each in value]
        if not isinstance(value, str):
            return value
        if USER_DATA.fullmatch(value):
            return base64.b64encode(b"#!/bin/sh\n").decode()
        return FIELD.sub(lambda found: self.field(found[1], found[2]), value).replace("$${", "${")

    def field(self, address: str, name: str) -> str:
        reply = self.replies[address]
        if "InstanceIdSets" in reply:
            return str(reply["InstanceIdSets"]["InstanceIdSet"][0])
        return str(reply[name])


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generic client would go through one, even to this machine."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def variants() -> dict[str, Content]:
    manual, per_subnet = example("ulanqab"), example("ulanqab")
    manual["endpoint_service"] = {"auto_accept": False}
    manual["cutover"] = {"order": "outbound-first", "strategy": "all-at-once"}
    shop = per_subnet["business_vpcs"]["shop"]
    shop["route_tables"] = "per-subnet"
    shop["zones"]["cn-wulanchabu-b"]["subnets"]["two"] = {"cidr": "192.168.3.0/24"}
    return {"as it is": example("ulanqab"), "accepted by hand": manual, "per subnet": per_subnet}


@pytest.mark.parametrize("content", variants().values(), ids=variants().keys())
def test_plans_calls_create_and_delete_the_whole_stack(testbed: Testbed, content: Content) -> None:
    stack = testbed.stack(content)
    AnyClient(testbed).send_all(plan_to_json(stack.plan()))
    assert stack.changes() == {}
    AnyClient(testbed).send_all(plan_to_json(stack.plan(destroy=True)))
    assert testbed.resources == {}


def test_plans_calls_steer_existing_resources_and_restore_them(testbed: Testbed) -> None:
    made = network(testbed)
    before = dump(testbed)
    stack = testbed.stack(brownfield(made))
    AnyClient(testbed).send_all(plan_to_json(stack.plan()))
    assert stack.changes() == {}
    AnyClient(testbed).send_all(plan_to_json(stack.plan(destroy=True)))
    assert dump(testbed) == before
