"""Calls of the SLB API through the vendor's generic client: its typed one is not installed."""

from dataclasses import dataclass
from typing import Any

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from tests.sim.cloud import Cloud

REGION = "cn-wulanchabu"


@dataclass(frozen=True)
class Slb:
    """Calls by the names of actions and parameters."""

    cloud: Cloud

    def call(self, action: str, **query: Any) -> Any:
        """The reply of an action, without the request id."""
        params = Params(
            action=action,
            version="2014-05-15",
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )
        client = Client(self.cloud.config())
        given = {"RegionId": REGION, **{name: str(value) for name, value in query.items()}}
        reply = client.call_api(params, OpenApiRequest(query=given), RuntimeOptions())
        body = dict(reply["body"])
        body.pop("RequestId")
        return body

    def refused(self, action: str, **query: Any) -> tuple[int, str]:
        """How an action is refused."""
        return self.cloud.refused(lambda _: self.call(action, **query), None)
