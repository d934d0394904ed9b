"""A cloud and its credentials: Alibaba Cloud, any server that speaks its APIs, the simulator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from gwlbfw.cloud.client import ApiClient
from gwlbfw.cloud.clock import Clock, SystemClock
from gwlbfw.cloud.endpoint import backoff_for
from gwlbfw.cloud.environment import process_environment
from gwlbfw.cloud.sdk import (
    CONNECT_TIMEOUT_S,
    READ_TIMEOUT_S,
    AccountAccess,
    CredentialSettings,
    Keys,
    SdkTransport,
)
from gwlbfw.errors import SimulatorError
from gwlbfw.topology.models import Topology

if TYPE_CHECKING:
    from gwlbfw.sim.server.attach import AttachedSimulator


@dataclass
class Cloud:
    """A cloud and its credentials: Alibaba Cloud, or any server that speaks its APIs."""

    endpoint_url: str | None = None
    profile: str | None = None
    keys: Keys | None = None
    timeout_s: float = CONNECT_TIMEOUT_S + READ_TIMEOUT_S
    """The longest time of one call, from its beginning to the end of its reply."""
    clock: Clock = field(default_factory=SystemClock)
    environment: Mapping[str, str] = field(default_factory=process_environment, repr=False)
    """The variables in which credentials and endpoints are looked up that nobody handed in."""
    _serving: "AttachedSimulator | None" = field(default=None, repr=False, compare=False)

    @classmethod
    def alibaba(
        cls,
        *,
        profile: str | None = None,
        endpoint_url: str | None = None,
        keys: Keys | None = None,
    ) -> Self:
        """The cloud itself, with keys, a CLI profile, or the vendor's default credential chain.

        `endpoint_url` names a server that speaks the APIs instead.
        """
        return cls(endpoint_url=endpoint_url, profile=profile, keys=keys)

    @classmethod
    def simulated(cls, folder: Path | str = ".gwlbfw/sim") -> Self:
        """The simulator whose state lies in a folder: served by this process, or attached to.

        Leaving it as a context, or `close`, ends the serving; the state stays. Raises
        SimulatorError where the folder can't be used.
        """
        from gwlbfw.sim.errors import SimulatorError as Unusable  # noqa: PLC0415 - the cloud needs none
        from gwlbfw.sim.server.attach import attach_or_serve  # noqa: PLC0415

        try:
            serving = attach_or_serve(Path(folder))
        except Unusable as problem:
            raise SimulatorError(str(problem)) from problem
        keys = Keys("simulated", "simulated")
        return cls(endpoint_url=serving.url, keys=keys, _serving=serving)

    def close(self) -> None:
        """Stop serving the simulator, where this is one that this process serves."""
        if self._serving is not None:
            self._serving.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def api(self, topology: Topology, parallelism: int = 16) -> ApiClient:
        """The APIs in the topology's region and accounts."""
        return self._api(topology.region, self._accounts(topology), parallelism)

    def api_in(self, region: str, parallelism: int = 16) -> ApiClient:
        """The APIs in a region, in the credentials' own account."""
        return self._api(region, {}, parallelism)

    def credentials(
        self, accounts: Mapping[str, AccountAccess] | None = None
    ) -> CredentialSettings:
        """The settings of the credentials of the default account and of `accounts`."""
        return CredentialSettings(
            self.keys, self.profile, accounts or {}, self.environment, self.timeout_s
        )

    @property
    def timeouts_s(self) -> tuple[float, float]:
        """The parts of `timeout_s`: to connect, and to read."""
        connect_s = min(CONNECT_TIMEOUT_S, self.timeout_s / 3)
        return connect_s, self.timeout_s - connect_s

    @staticmethod
    def _accounts(topology: Topology) -> dict[str, AccountAccess]:
        return {
            key: AccountAccess(each.role_arn, each.external_id, each.profile)
            for key, each in topology.accounts.items()
        }

    def _api(
        self, region: str, accounts: Mapping[str, AccountAccess], parallelism: int
    ) -> ApiClient:
        transport = SdkTransport(
            region,
            self.endpoint_url,
            self.credentials(accounts),
            timeouts_s=self.timeouts_s,
        )
        return ApiClient(
            transport,
            self.clock,
            backoff_for(self.endpoint_url),
            region,
            parallelism=parallelism,
        )
