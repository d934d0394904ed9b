"""Short forms of the ECS API's calls, in a VPC of their own."""

from dataclasses import dataclass
from typing import Any

from alibabacloud_ecs20140526 import models as ecs

from tests.sim.cloud import Cloud
from tests.sim.services.vpc.calls import REGION, Vpcs

IMAGE_FAMILY = "acs:alibaba_cloud_linux_3_2104_lts_x64"
PUBLIC_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAwQABQ== someone"
_REQUESTS = {
    name.removesuffix("Request").lower(): getattr(ecs, name)
    for name in dir(ecs)
    if name.endswith("Request")
}


@dataclass(frozen=True)
class Ecs:
    """Calls through the typed client, with a VPC, vSwitch and security group to start from."""

    cloud: Cloud
    client: Any
    vpc: str
    vswitch: str
    group: str

    @classmethod
    def of(cls, cloud: Cloud, vpcs: Vpcs) -> "Ecs":
        vpc = vpcs.vpc()
        vswitch = vpcs.vswitch(vpc)
        made = cls(cloud, cloud.ecs(), vpc, vswitch, "")
        return cls(cloud, made.client, vpc, vswitch, made.new_group())

    def call(self, action: str, **parameters: Any) -> Any:
        """The reply of an action, named as the client's method, as plain data."""
        return self.cloud.body(getattr(self.client, action)(self.request(action, **parameters)))

    def refused(self, action: str, **parameters: Any) -> tuple[int, str]:
        """How an action is refused."""
        request = self.request(action, **parameters)
        return self.cloud.refused(getattr(self.client, action), request)

    @staticmethod
    def request(action: str, **parameters: Any) -> Any:
        """The typed request of an action, in the tests' region."""
        request = _REQUESTS[action.replace("_", "")]().from_map(parameters)
        unknown = {name for name in parameters if name not in request.to_map()}
        assert not {name for name in unknown if parameters[name] is not None}, unknown
        if hasattr(request, "region_id") and request.region_id is None:
            request.region_id = REGION
        return request

    def launching(self, **more: Any) -> dict[str, Any]:
        """The parameters of RunInstances, those given instead of the usual ones."""
        usual = {
            "ImageFamily": IMAGE_FAMILY,
            "InstanceType": "ecs.g7.large",
            "VSwitchId": self.vswitch,
            "SecurityGroupIds": [self.group],
        }
        return {name: value for name, value in (usual | more).items() if value is not None}

    def launch(self, **more: Any) -> list[str]:
        """Instances, the moment after their launch."""
        reply = self.call("run_instances", **self.launching(**more))
        return list(reply["InstanceIdSets"]["InstanceIdSet"])

    def instance(self, **more: Any) -> str:
        """One instance that runs."""
        (made,) = self.launch(**more)
        self.cloud.settle()
        return made

    def instances(self, **filters: Any) -> list[dict[str, Any]]:
        return list(self.call("describe_instances", **filters)["Instances"]["Instance"])

    def ids(self, **filters: Any) -> list[str]:
        return [each["InstanceId"] for each in self.instances(**filters)]

    def one(self, instance_id: str) -> dict[str, Any]:
        (found,) = self.instances(InstanceIds=f'["{instance_id}"]')
        return found

    def status(self, instance_id: str) -> str:
        return str(self.one(instance_id)["Status"])

    def new_group(self, **more: Any) -> str:
        parameters = {"VpcId": self.vpc, **more}
        return str(self.call("create_security_group", **parameters)["SecurityGroupId"])

    def authorize(self, *rules: dict[str, Any], group: str = "") -> None:
        self.call(
            "authorize_security_group", SecurityGroupId=group or self.group, Permissions=list(rules)
        )

    def rules(self, group: str = "", **filters: Any) -> list[dict[str, Any]]:
        reply = self.call(
            "describe_security_group_attribute", SecurityGroupId=group or self.group, **filters
        )
        return list(reply["Permissions"]["Permission"])

    def disks(self, **filters: Any) -> list[dict[str, Any]]:
        return list(self.call("describe_disks", **filters)["Disks"]["Disk"])

    def interface(self, **more: Any) -> str:
        """A network interface of its own."""
        parameters = {"VSwitchId": self.vswitch, "SecurityGroupId": self.group, **more}
        made = self.call("create_network_interface", **parameters)
        return str(made["NetworkInterfaceId"])

    def interfaces(self, **filters: Any) -> list[dict[str, Any]]:
        reply = self.call("describe_network_interfaces", **filters)
        return list(reply["NetworkInterfaceSets"]["NetworkInterfaceSet"])
