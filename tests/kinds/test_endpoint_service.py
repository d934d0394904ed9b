from typing import ClassVar

from gwlbfw.resources import EndpointService
from tests.kinds.conformance import Conformance, Stated

FRIEND, STRANGER = "2000000000000002", "3000000000000003"


class TestEndpointService(Conformance):
    at = "endpoint_service.new"
    stated = Stated(
        heading="Firewall",
        rank=6,
        severity="high",
        effect="endpoints may be refused, or accepted without approval",
    )
    sample = EndpointService(
        auto_accept=True,
        payer="Endpoint",
        allowed_accounts=(FRIEND,),
        description="firewall",
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "acceptance": {"auto_accept": False},
        "one more account": {"allowed_accounts": (FRIEND, STRANGER)},
        "another account": {"allowed_accounts": (STRANGER,)},
        "description": {"description": "the firewall"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"payer": {"payer": "EndpointService"}}
