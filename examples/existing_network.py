"""Makes, on the simulator, the network that the vendor's scenario starts from.

A VPC without an IPv4 gateway, on its system route table: two application subnets with a server
each, whose EIPs reach the Internet directly, and a subnet that the firewall's topology won't name.
It is made with the vendor's own SDK, as any program would make it, in the state that
`gwlbfw --sim` uses. `python examples/existing_network.py` prints the topology of direct-eips.yaml
with the ids of what it made.
"""
# ruff: noqa: INP001, T201 - a script that talks to its reader

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_vpc20160428 import models as vpc_models

from gwlbfw.simulator import SimulatedCloud, simulated_cloud

REGION = "cn-wulanchabu"
STATE = Path(".gwlbfw/sim")
SUBNETS = {
    "app-b": (f"{REGION}-b", "192.168.1.0/24"),
    "app-c": (f"{REGION}-c", "192.168.2.0/24"),
    "others": (f"{REGION}-b", "192.168.50.0/24"),
}
IMAGE_FAMILY = "acs:alibaba_cloud_linux_3_2104_lts_x64"


def network(simulated: SimulatedCloud) -> dict[str, str]:
    """Make the network; the ids by the placeholders of direct-eips.yaml."""
    vpc, ecs = simulated.client("vpc"), simulated.client("ecs")

    def made(call: Callable[[Any], Any], request: Any) -> Any:  # noqa: ANN401 - the SDK has no types
        reply = call(request).body
        simulated.advance(60)  # whatever it takes the cloud
        return reply

    vpc_id = made(
        vpc.create_vpc,
        vpc_models.CreateVpcRequest(region_id=REGION, cidr_block="192.168.0.0/16", vpc_name="shop"),
    ).vpc_id
    group_id = made(
        ecs.create_security_group,
        ecs_models.CreateSecurityGroupRequest(region_id=REGION, vpc_id=vpc_id),
    ).security_group_id
    ids = {"vpc-existing-business": vpc_id}
    for name, (zone, cidr) in SUBNETS.items():
        vswitch_id = made(
            vpc.create_vswitch,
            vpc_models.CreateVSwitchRequest(
                region_id=REGION, vpc_id=vpc_id, zone_id=zone, cidr_block=cidr, v_switch_name=name
            ),
        ).v_switch_id
        ids[f"vsw-existing-{name}"] = vswitch_id
        instance_id = made(
            ecs.run_instances,
            ecs_models.RunInstancesRequest(
                region_id=REGION,
                zone_id=zone,
                v_switch_id=vswitch_id,
                security_group_id=group_id,
                instance_type="ecs.g7.large",
                image_family=IMAGE_FAMILY,
                instance_name=f"server-{name}",
            ),
        ).instance_id_sets.instance_id_set[0]
        eip_id = made(
            vpc.allocate_eip_address, vpc_models.AllocateEipAddressRequest(region_id=REGION)
        ).allocation_id
        made(
            vpc.associate_eip_address,
            vpc_models.AssociateEipAddressRequest(
                region_id=REGION,
                allocation_id=eip_id,
                instance_id=instance_id,
                instance_type="EcsInstance",
            ),
        )
    return ids


def main() -> None:
    """Make it, and print the topology."""
    text = (Path(__file__).parent / "direct-eips.yaml").read_text(encoding="utf-8")
    with simulated_cloud(folder=STATE) as simulated:
        for placeholder, cloud_id in network(simulated).items():
            text = text.replace(placeholder, cloud_id)
    print(text, end="")


if __name__ == "__main__":
    main()
