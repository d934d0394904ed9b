from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import Endpoint
from tests.kinds.conformance import Conformance
from tests.kinds.ground import SERVED, SERVICE, SHOP, B, C


class TestEndpoint(Conformance):
    at = "endpoint.new"
    sample = Endpoint(
        vpc=SHOP,
        service=SERVICE,
        zones={B: Ref(f"vswitch.gwlbe/shop/{B}")},
        name="to-firewall",
        description="zone b",
        tags={"team": "net"},
    )
    beside = (*SERVED, "listener.other", f"endpoint_service_resource.other/{B}")
    updates: ClassVar = {
        "zone": {"zones": {C: Ref(f"vswitch.gwlbe/shop/{C}")}},
        "name": {"name": "to-firewall-2"},
        "description": {"description": "zone b's"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"service": {"service": Ref("endpoint_service.other")}}
    identity: ClassVar = {"vpc": Ref("vpc-1")}
    never = frozenset({"connected"})
