"""Instances that the stack launches: servers and appliances."""

from dataclasses import dataclass

from gwlbfw.address import Address, Ref
from gwlbfw.blueprint.bootstrap import template_digest
from gwlbfw.resources import Instance, Launch
from gwlbfw.resources.tags import TEMPLATE_TAG
from gwlbfw.topology.parts import Machine


@dataclass(frozen=True)
class Placement:
    """The surroundings of an instance."""

    subnet: Address
    zone: str
    security_group: Address


def launched_instance(
    choice: Machine,
    placement: Placement,
    *,
    template: bytes | str | None,
    jumbo_frames: bool,
    name: str,
) -> Instance:
    """An instance that the stack launches, with user data made of `template`."""
    launch = Launch(
        image_family=choice.image_family,
        ram_role=choice.ram_role,
        disk_category=choice.system_disk.category,
        disk_size_gb=choice.system_disk.size_gb,
        jumbo_frames=jumbo_frames,
        user_data=template is not None,
    )
    sha256 = template_digest(template, launch)
    return Instance(
        vswitch=Ref(placement.subnet),
        zone=placement.zone,
        instance_type=choice.instance_type or "",
        image_id=choice.image_id,
        private_ip=str(choice.private_ip) if choice.private_ip else None,
        key_pair=choice.key_pair,
        template=sha256,
        launch=launch,
        security_groups=(Ref(placement.security_group),),
        name=name,
        tags={TEMPLATE_TAG: sha256},
    )
