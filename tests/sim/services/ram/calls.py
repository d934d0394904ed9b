"""Calls of the RAM API, which has no typed client here."""

import json
from typing import Any

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from tests.sim.cloud import Cloud


def trust(*services: str) -> str:
    """A trust policy that lets services take a role on."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": list(services)},
    }
    return json.dumps({"Version": "1", "Statement": [statement]})


def ram(cloud: Cloud, action: str, **query: str) -> dict[str, Any]:
    """The reply of an action."""
    params = Params(
        action=action,
        version="2015-05-01",
        protocol="http",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="json",
        body_type="json",
    )
    request = OpenApiRequest(query=query)
    reply = Client(cloud.config()).call_api(params, request, RuntimeOptions())
    return dict(reply["body"])


def role(cloud: Cloud, name: str, *services: str) -> str:
    """A role that services can take on."""
    document = trust(*(services or ("ecs.aliyuncs.com",)))
    ram(cloud, "CreateRole", RoleName=name, AssumeRolePolicyDocument=document)
    return name
