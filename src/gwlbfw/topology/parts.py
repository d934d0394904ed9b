"""The parts that several others are made of: what is created, subnets, tables, machines."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gwlbfw.topology.values import Between, Cidr, Flag, Ip, Whole


class Model(BaseModel):
    """A part of the topology: frozen, and strict about what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ManagedObject(Model):
    """An object that the stack can create, or adopt."""

    name: str | None = Field(
        None, description="Name in the cloud; by default made of the stack's name and the keys."
    )
    tags: dict[str, str] = Field(default_factory=dict, description="Tags beside those at the top.")
    protect: Flag = Field(default=False, description="No plan may delete or replace it.")
    adopt: Flag = Field(
        default=False, description="Beside `id`: the stack takes ownership of what exists."
    )


class Subnet(ManagedObject):
    """A vSwitch: created with a `cidr`, or one that exists, by `id`."""

    cidr: Cidr | None = Field(None, description="CIDR block of the vSwitch to create.")
    id: str | None = Field(None, description="Id of a vSwitch that exists (vsw-…).")


class RouteTableChoice(ManagedObject):
    """A route table of the stack's own, or one that exists."""

    id: str | None = Field(None, description="Id of a route table that exists (vtb-…).")


class SecurityGroupChoice(ManagedObject):
    """A security group of the stack's own, or one that exists."""

    id: str | None = Field(None, description="Id of a security group that exists (sg-…).")


DiskCategory = Literal[
    "cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_efficiency", "cloud_ssd", "cloud"
]
"""Categories of system disks (ECS API, RunInstances, SystemDisk.Category)."""


class SystemDisk(Model):
    """The system disk of an instance."""

    category: DiskCategory = Field("cloud_essd", description="Disk category.")
    size_gb: Annotated[Whole, Between(20, 2048)] = Field(40, description="Size in GiB.")


class Machine(ManagedObject):
    """An ECS instance: created, or one that exists, by `id`."""

    id: str | None = Field(
        None, description="Id of an instance that exists (i-…), instead of the fields below."
    )
    instance_type: str | None = Field(None, description="Instance type, such as ecs.g7.large.")
    image_id: str | None = Field(None, description="Image id; or `image_family`.")
    image_family: str | None = Field(
        None, description="Image family, whose newest image is taken; or `image_id`."
    )
    private_ip: Ip | None = Field(
        None, description="Private address; by default the cloud chooses."
    )
    key_pair: str | None = Field(None, description="Name of the SSH key pair.")
    ram_role: str | None = Field(None, description="Name of the RAM role of the instance.")
    system_disk: SystemDisk = Field(default_factory=SystemDisk, description="System disk.")
    user_data: str | None = Field(
        None, repr=False, description="User data, run at first boot (32 KB at most)."
    )
    user_data_file: str | None = Field(
        None, description="File with the user data, below the folder of the topology file."
    )


class Eip(ManagedObject):
    """An elastic IP address: allocated, or one that exists, by `id`."""

    bandwidth_mbps: Annotated[Whole, Between(1, 200)] | None = Field(
        None, description="Peak bandwidth in Mbit/s (5 by default)."
    )
    id: str | None = Field(None, description="Id of an EIP that exists (eip-…).")
