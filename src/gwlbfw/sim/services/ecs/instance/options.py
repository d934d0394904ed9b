"""Options of an instance that are kept and shown, each group by itself.

Sources: ECS API, RunInstances, ModifyInstanceMetadataOptions, ModifyInstanceMaintenanceAttributes,
ModifyInstanceAttachmentAttributes and ModifyInstanceAttribute, with their error tables.
"""

from dataclasses import dataclass

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.ecs.offer.record import InstanceType
from gwlbfw.sim.services.request import Params
from gwlbfw.sim.wire import Json

_STRATEGIES = ("NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo")
_CRITERIA = ("Open", "Target", "None")


@dataclass(frozen=True)
class Spot:
    """The bid of a spot instance; none is made for one at the usual price."""

    strategy: str = "NoSpot"
    price_limit: float = 0.0
    duration: int = 0
    interruption: str = ""

    @classmethod
    def requested(cls, params: Params) -> "Spot":
        """The bid of a launch."""
        strategy = params.text("SpotStrategy", "NoSpot")
        if strategy not in _STRATEGIES:
            raise ApiError("InvalidSpotStrategy", "The specified SpotStrategy is not valid.")
        limit = params.text("SpotPriceLimit", "0")
        duration = params.number("SpotDuration", 1)
        interruption = params.text("SpotInterruptionBehavior", "Terminate")
        if duration not in (0, 1):
            raise ApiError("InvalidSpotDuration", "The specified SpotDuration is not valid.")
        if strategy == "NoSpot":
            return cls()
        price = float(limit) if strategy == "SpotWithPriceLimit" else 0.0
        return cls(strategy, price, duration, interruption)


@dataclass(frozen=True)
class Metadata:
    """Access to an instance's metadata from inside it.

    UNVERIFIED the hop limit of an instance that was given none.
    """

    endpoint: str = "enabled"
    tokens: str = "optional"
    hop_limit: int = 0
    tags: str = "disabled"

    def changed(self, params: Params) -> "Metadata":
        """With what a call says."""
        return Metadata(
            params.text("HttpEndpoint", self.endpoint),
            params.text("HttpTokens", self.tokens),
            params.number("HttpPutResponseHopLimit", self.hop_limit, 0, 64),
            self.tags,
        )

    def view(self) -> Json:
        return {
            "HttpEndpoint": self.endpoint,
            "HttpTokens": self.tokens,
            "HttpPutResponseHopLimit": self.hop_limit,
            "InstanceMetadataTags": self.tags,
        }


@dataclass(frozen=True)
class Cpu:
    """Cores and threads, where they are not those of the type."""

    cores: int = 0
    threads: int = 0
    topology: str = ""
    numa: str = ""

    def changed(self, params: Params) -> "Cpu":
        """With what a call says."""
        return Cpu(
            params.number("Core", self.cores, 0),
            params.number("ThreadsPerCore", self.threads, 0, 2),
            params.text("TopologyType", self.topology),
            params.text("Numa", self.numa) if "Numa" in params else self.numa,
        )

    def view(self, kind: InstanceType) -> Json:
        """As shown: a vCPU is a thread, of which a core has two but on ARM (instance families)."""
        threads = 1 if kind.architecture == "ARM" or kind.cores == 1 else 2
        return {
            "CoreCount": self.cores or kind.cores // threads,
            "ThreadsPerCore": self.threads or threads,
            "TopologyType": self.topology,
            "Numa": self.numa,
        }


@dataclass(frozen=True)
class PrivatePool:
    """The reserved capacity that an instance starts from."""

    criteria: str = "None"
    pool_id: str = ""

    @classmethod
    def requested(cls, params: Params) -> "PrivatePool":
        """The pool of a launch or a change; there is no private pool to name here."""
        options = params.struct("PrivatePoolOptions")
        criteria = options.one_of("MatchCriteria", _CRITERIA, "None")
        pool_id = options.text("Id")
        if criteria == "Target" and not pool_id:
            raise ApiError(
                "MissingParameter.PrivatePoolOptionsId",
                "The specified PrivatePoolOptions.Id should not be null.",
            )
        if pool_id and criteria != "Target":
            raise ApiError(
                "Invalid.PrivatePoolOptionsId",
                "The parameter PrivatePoolOptions.Id should be null when "
                "PrivatePoolOptions.MatchCriteria is not Target.",
            )
        if pool_id:
            raise ApiError(
                "Invalid.PrivatePoolOptionsId", "The specified PrivatePoolOptions.Id is invalid."
            )
        return cls(criteria, pool_id)


@dataclass(frozen=True)
class Maintenance:
    """The treatment of an instance when its host needs maintenance, and its hours."""

    action: str = "AutoRecover"
    windows: tuple[tuple[str, str], ...] = ()
    notify: bool = False

    def changed(self, params: Params) -> "Maintenance":
        """With what a call says; windows are replaced as a whole."""
        windows = tuple(
            (each.text("StartTime"), each.text("EndTime"))
            for each in params.objects("MaintenanceWindow")
        )
        return Maintenance(
            params.text("ActionOnMaintenance", self.action),
            windows or self.windows,
            params.flag("NotifyOnMaintenance", default=self.notify),
        )

    def view(self) -> dict[str, Json]:
        windows: Json = [{"StartTime": start, "EndTime": end} for start, end in self.windows]
        return {
            "ActionOnMaintenance": {
                "Value": self.action,
                "DefaultValue": "AutoRecover",
                "SupportedValues": {"SupportedValue": ["Stop", "AutoRecover", "AutoRedeploy"]},
            },
            "MaintenanceWindows": {"MaintenanceWindow": windows},
            "NotifyOnMaintenance": self.notify,
        }
