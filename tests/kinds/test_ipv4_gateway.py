from typing import ClassVar

from gwlbfw.address import Address, Ref
from gwlbfw.resources import Ipv4Gateway, RouteTable, Vpc
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SHOP


class TestIpv4Gateway(Conformance):
    at = "ipv4_gateway.new"
    stated = Stated(
        heading="Routing",
        rank=0,
        severity="critical",
        effect="the VPC's path to the Internet has changed",
        vpc_side="business",
    )
    sample = Ipv4Gateway(
        vpc=SHOP, enabled=False, name="gate", description="to the Internet", tags={"team": "net"}
    )
    variants = (sample.model_copy(update={"returns_direct": True}),)
    updates: ClassVar = {
        "name": {"name": "gate-2"},
        "description": {"description": "the way out"},
        "tags": {"tags": {"owner": "ops"}},
        "activation": {"enabled": True},
    }
    replacements: ClassVar = {"vpc": {"vpc": Ref("vpc.business/other")}}

    def test_active_gateway_is_activated_after_it_is_created(self) -> None:
        active = self.changed({"enabled": True})
        phases = [phase.name for phase in active.create(self.address)]
        assert phases == ["create", "activate"]

    def test_active_gateway_is_never_deactivated(self) -> None:
        active = Ipv4Gateway(vpc=SHOP, enabled=True)
        inactive = Ipv4Gateway(vpc=SHOP, enabled=False)
        assert not list(inactive.update(self.address, active, frozenset({"enabled"})))

    def test_delete_of_a_gateway_names_the_internet_access_that_is_left(self) -> None:
        for mode in ("public", "private"):
            (phase,) = Ipv4Gateway(vpc=SHOP, enabled=True, internet_mode=mode).delete(self.address)
            assert phase.call.params["InternetMode"] == mode

    def test_vpc_has_one_gateway_at_most(self) -> None:
        assert self.sample.conflicts_with(Ipv4Gateway(vpc=SHOP, enabled=True))
        assert not self.sample.conflicts_with(Ipv4Gateway(vpc=Ref("vpc-1"), enabled=True))
        assert not self.sample.conflicts_with(Vpc(cidr="10.0.0.0/8"))
        assert not self.sample.conflicts_with(RouteTable(vpc=SHOP, serves="Gateway"))

    def test_gateway_may_be_referred_to_before_it_is_active(self) -> None:
        assert Ipv4Gateway.usable_after == next(self.sample.create(Address(self.at))).name
