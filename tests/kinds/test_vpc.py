from typing import ClassVar

from gwlbfw.resources import Vpc
from tests.kinds.conformance import Conformance, Stated


class TestVpc(Conformance):
    at = "vpc.business/new"
    stated = Stated(
        heading="Network",
        rank=0,
        severity="high",
        effect="the VPC differs from its configuration",
    )
    sample = Vpc(cidr="192.168.0.0/16", name="shop", description="the shop", tags={"team": "net"})
    updates: ClassVar = {
        "name": {"name": "shop-2"},
        "description": {"description": "the shop's network"},
        "cidr": {"cidr": "192.168.0.0/20"},
        "tags": {"tags": {"owner": "ops"}},
    }
