"""VPC: a private network, whose vRouter and system route table come and go with it."""

from dataclasses import dataclass

from gwlbfw.sim.record import Record


@dataclass(kw_only=True, eq=False)
class Vpc(
    Record,
    kind="vpc",
    prefix="vpc",
    product="vpc",
    tag_type="VPC",
    absent=("InvalidVpcId.NotFound", 404),
):
    """One VPC; where it is `centralised`, only a route to an IPv4 gateway gives it Internet."""

    cidr: str = ""
    name: str = ""
    description: str = ""
    router_id: str = ""
    secondary_cidrs: tuple[str, ...] = ()
    user_cidrs: tuple[str, ...] = ()
    centralised: bool = False
