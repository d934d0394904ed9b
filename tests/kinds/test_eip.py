from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import Eip
from tests.kinds.conformance import Conformance, Stated


class TestEip(Conformance):
    at = "eip.shop/new"
    stated = Stated(
        heading="Servers",
        rank=2,
        severity="high",
        effect="a server's public address has changed",
    )
    sample = Eip(
        bandwidth_mbps=5,
        charge_type="PayByTraffic",
        instance=Ref("instance.server/shop/web-1"),
        name="web",
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "bandwidth": {"bandwidth_mbps": 10},
        "name": {"name": "web-2"},
        "instance": {"instance": Ref("instance.server/shop/web-2")},
        "no instance": {"instance": Ref("")},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"charge type": {"charge_type": "PayByBandwidth"}}

    def test_unbound_eip_is_released_without_unbinding(self) -> None:
        free = Eip(bandwidth_mbps=5)
        assert [each.name for each in free.create(self.address)] == ["create"]
        assert [each.name for each in free.delete(self.address)] == ["delete"]
        phases = self.sample.update(self.address, free, frozenset({"instance"}))
        assert [each.name for each in phases] == ["associate"]

    def test_instance_has_one_eip_at_most(self) -> None:
        assert self.sample.conflicts_with(Eip(instance=self.sample.instance))
        assert not self.sample.conflicts_with(Eip(instance=Ref("instance.server/shop/web-2")))
        assert not Eip().conflicts_with(Eip())
