from typing import ClassVar

from gwlbfw.address import Address, Ref
from gwlbfw.cloud.call import Field
from gwlbfw.resources import ServerGroupMember
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import GROUP


class TestServerGroupMember(Conformance):
    at = "server_group_member.main/fw-2"
    stated = Stated(
        heading="Firewall",
        rank=3,
        severity="critical",
        effect="an appliance gets no traffic, or an unmanaged server is a member",
        affects_health=True,
    )
    sample = ServerGroupMember(group=GROUP, instance=Ref("instance.appliance/fw-2"))
    identity: ClassVar = {"group": Ref("sgp-1"), "instance": Ref("i-1")}
    never = frozenset({"tags"})

    def test_server_group_member_takes_geneve(self) -> None:
        (phase,) = self.sample.create(self.address)
        instance = Field(Address(self.sample.instance), "InstanceId")
        server = {"ServerId": instance, "ServerType": "Ecs", "Port": 6081}
        assert phase.call.params["Servers"] == [server]
