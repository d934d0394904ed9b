from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.cloud.call import UserData
from gwlbfw.resources import Instance, Launch
from gwlbfw.resources.tags import TEMPLATE_TAG
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import IMAGE, B, C


class TestInstance(Conformance):
    at = "instance.server/shop/new"
    stated = Stated(
        heading="Servers",
        rank=1,
        severity="high",
        effect="an appliance or server differs from its configuration",
        affects_health=True,
    )
    sample = Instance(
        vswitch=Ref("vswitch.business/shop/app-b"),
        zone=B,
        instance_type="ecs.g7.large",
        image_id=IMAGE,
        private_ip="192.168.1.77",
        key_pair="ops",
        template="0123",
        launch=Launch(disk_category="cloud_essd", disk_size_gb=60, user_data=True),
        security_groups=(Ref("security_group.servers/shop"),),
        name="web",
        tags={TEMPLATE_TAG: "0123"},
    )
    updates: ClassVar = {
        "name": {"name": "web-2"},
        "other groups": {"security_groups": (Ref("security_group.servers/others"),)},
        "more groups": {
            "security_groups": (
                Ref("security_group.servers/others"),
                Ref("security_group.servers/shop"),
            )
        },
        "power": {"running": False},
        "tags": {"tags": {TEMPLATE_TAG: "0123", "owner": "ops"}},
    }
    replacements: ClassVar = {
        "zone": {
            "vswitch": Ref("vswitch.business/shop/app-c"),
            "zone": C,
            "private_ip": "192.168.2.77",
        },
        "type": {"instance_type": "ecs.g7.xlarge"},
        "image": {"image_id": "m-0jl000000000another0"},
        "address": {"private_ip": "192.168.1.78"},
        "key pair": {"key_pair": "dev"},
        "user data": {"template": "4567", "tags": {TEMPLATE_TAG: "4567"}},
    }

    def test_instance_joins_a_security_group_before_it_leaves_another(self) -> None:
        was = self.changed({"security_groups": (Ref("sg-1"), Ref("sg-2"))})
        now = self.changed({"security_groups": (Ref("sg-2"), Ref("sg-3"))})
        phases = list(now.update(self.address, was, frozenset({"security_groups"})))
        assert [(each.call.action, each.call.params["SecurityGroupId"]) for each in phases] == [
            ("JoinSecurityGroup", "sg-3"),
            ("LeaveSecurityGroup", "sg-1"),
        ]
        assert [each.releases for each in phases] == [False, True]

    def test_instance_never_asks_for_a_public_address_of_its_own(self) -> None:
        (phase,) = self.sample.create(self.address)
        assert phase.call.params["InternetMaxBandwidthOut"] == 0

    def test_user_data_of_an_instance_is_referred_to_and_not_shown(self) -> None:
        (phase,) = self.sample.create(self.address)
        assert phase.call.params["UserData"] == UserData(self.address, "0123")
        (plain,) = self.changed({"launch": Launch()}).create(self.address)
        assert not {"UserData", "SystemDisk", "NetworkOptions"} & set(plain.call.params)

    def test_instances_with_one_private_address_conflict(self) -> None:
        assert self.sample.conflicts_with(self.sample)
        assert not self.sample.conflicts_with(self.changed({"private_ip": "192.168.1.78"}))
        anywhere = self.changed({"private_ip": None})
        assert not anywhere.conflicts_with(anywhere)
