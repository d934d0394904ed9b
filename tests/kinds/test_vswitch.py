from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import VSwitch
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SHOP, B, C


class TestVSwitch(Conformance):
    at = "vswitch.business/shop/new"
    stated = Stated(
        heading="Network",
        rank=1,
        severity="high",
        effect="a subnet differs from its configuration",
    )
    sample = VSwitch(
        vpc=SHOP,
        zone=B,
        cidr="192.168.9.0/24",
        name="app",
        description="servers",
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "name": {"name": "app-2"},
        "description": {"description": "application servers"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {
        "vpc": {"vpc": Ref("vpc.business/other")},
        "zone": {"zone": C},
        "cidr": {"cidr": "192.168.9.0/25"},
    }

    def test_overlapping_subnets_of_one_vpc_conflict(self) -> None:
        def subnet(cidr: str, vpc: str = SHOP) -> VSwitch:
            return VSwitch(vpc=Ref(vpc), zone=C, cidr=cidr)

        assert self.sample.conflicts_with(subnet("192.168.9.128/25"))
        assert not self.sample.conflicts_with(subnet("192.168.10.0/24"))
        assert not self.sample.conflicts_with(subnet("192.168.9.0/24", "vpc.business/other"))
        assert not self.sample.conflicts_with(self.sample.model_copy(update={"vpc": Ref("vpc-1")}))
