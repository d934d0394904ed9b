"""The topology as frozen values: the YAML's fields and defaults, nothing derived.

Rules that need more than one field are in `validation`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr

from gwlbfw.diagnostics import Place
from gwlbfw.topology.business_vpc import BusinessVpc
from gwlbfw.topology.gateway_load_balancer import EndpointService, GatewayLoadBalancer
from gwlbfw.topology.parts import Machine, Model
from gwlbfw.topology.security_vpc import SecurityVpc
from gwlbfw.topology.user_data import read_user_data
from gwlbfw.topology.values import Between, Whole, resolve_untyped
from gwlbfw.topology.yaml.source import NOWHERE, Source


class Account(Model):
    """The access to an account: a role to assume, or a profile of the vendor's CLI."""

    role_arn: str | None = Field(
        None, description="Role to assume, such as acs:ram::123456789012****:role/netops."
    )
    external_id: str | None = Field(
        None, description="External id that the role's trust policy requires.", repr=False
    )
    profile: str | None = Field(None, description="Profile of the vendor's CLI, instead of a role.")


class Moved(Model):
    """An address that has changed with its key, and all those below it: nothing is replaced."""

    source: str = Field(alias="from", description="Address before, such as vpc.business/shop.")
    target: str = Field(alias="to", description="Address now.")


class Cutover(Model):
    """The cut-over of traffic to the firewall."""

    strategy: Literal["zone-by-zone", "all-at-once"] = Field(
        "zone-by-zone", description="One zone after the other, or all together."
    )
    order: Literal["inbound-first", "outbound-first"] = Field(
        "inbound-first", description="Which direction of a zone moves first."
    )
    min_healthy_appliances: Annotated[Whole, Between(1, 1000)] = Field(
        1, description="Healthy appliances needed before traffic moves."
    )
    timeout_s: Annotated[Whole, Between(1, 86400)] = Field(
        600, description="Seconds to wait for them."
    )


class Topology(Model):
    """One stack: the content of its YAML file, and the place of each part in the file."""

    version: Annotated[Literal[1], BeforeValidator(resolve_untyped)] = Field(
        description="Version of this format."
    )
    name: str = Field(description="Name of the stack; unique per account and region.")
    region: str = Field(description="Region id, such as cn-wulanchabu.")
    tags: dict[str, str] = Field(
        default_factory=dict, description="Tags of every object that the stack creates."
    )
    accounts: dict[str, Account] = Field(default_factory=dict, description="Other accounts by key.")
    moved: tuple[Moved, ...] = Field((), description="Addresses that have changed.")
    sensitive: tuple[str, ...] = Field(
        (),
        description="Variables whose values may stand only where they stay out of plans, records "
        "and messages: env:NAME or var:KEY.",
    )
    business_vpcs: dict[str, BusinessVpc] = Field(description="Business VPCs by key.")
    security_vpc: SecurityVpc = Field(description="Security VPC.")
    gateway_load_balancer: GatewayLoadBalancer = Field(
        default_factory=GatewayLoadBalancer, description="Gateway load balancer."
    )
    endpoint_service: EndpointService = Field(
        default_factory=EndpointService, description="Endpoint service."
    )
    cutover: Cutover = Field(default_factory=Cutover, description="Cut-over.")

    _source: Source = PrivateAttr(default=NOWHERE)

    @classmethod
    def load(
        cls,
        path: Path | str,
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        allow_outside: bool = False,
    ) -> "Topology":
        """The topology in the file at `path`.

        `variables` are the values of its `${var:KEY}`, `environment` those of its `${env:NAME}`, by
        default the environment of the process. User data files are below the file's folder, unless
        `allow_outside` says otherwise. Raises a TopologyError that holds every problem of
        the file.
        """
        from gwlbfw.topology.load import load  # noqa: PLC0415 - loading builds and checks this class

        return load(path, variables, environment, allow_outside=allow_outside).require()

    def with_source(self, source: Source) -> Self:
        """The same topology with the file that it was read from."""
        copy = self.model_copy()
        copy._source = source  # noqa: SLF001 - its own class
        return copy

    @property
    def base(self) -> Path:
        """The folder that relative paths in the file start from."""
        return self._source.base

    @property
    def variables(self) -> frozenset[str]:
        """The variables that the file takes values from, as `env:NAME` and `var:KEY`."""
        return self._source.variables

    def read_user_data(self, owner: Machine) -> bytes | None:
        """The machine's user data as it stands in the file now; None where it has none.

        Raises a TopologyError where its file can't be read, is outside the topology's folder or is
        more than the ECS API takes.
        """
        allowed = self._source.allow_outside
        text, file = owner.user_data, owner.user_data_file
        return read_user_data(text, file, self.base, allow_outside=allowed)

    def place(self, *path: str | int) -> Place | None:
        """The place of the part at `path` in the file; of the nearest part above it otherwise."""
        return self._source.place(path)
