"""Instance types, and their support of jumbo frames.

The figures follow the help pages "Instance families" (vCPUs, memory) as far as they matter here.
JumboFrameSupport is UNVERIFIED by type: the ECS API says that 8th-generation and later types have
it, network-enhanced ones must, as gateway load balancers' appliances run on them, and for older
and entry-level ones the simulator answers either False or nothing, as a client has to expect both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_CORES = {"small": 1, "large": 2, "xlarge": 4} | {
    f"{times}xlarge": 4 * times for times in (2, 3, 4, 6, 8, 16)
}
_INTERFACES = ((1, 2, 2), (2, 3, 6), (4, 4, 15), (8, 4, 15), (16, 8, 30), (64, 8, 30))
"""Up to so many vCPUs: network interfaces, and addresses on each (approximate)."""


@dataclass(frozen=True)
class InstanceType:
    """One type; `jumbo_frames` is None where the cloud doesn't say."""

    name: str
    family: str
    cores: int
    memory_gib: int
    level: str
    category: str
    processor: str
    jumbo_frames: bool | None

    @property
    def architecture(self) -> str:
        """X86 or ARM."""
        return "ARM" if self.processor == "Yitian 710" else "X86"


def _family(
    name: str, processor: str, ratio: int, sizes: str, *, jumbo: bool | None, variant: str = ""
) -> Iterator[InstanceType]:
    """The types of a family, `ratio` GiB for each vCPU."""
    entry = name.rpartition(".")[2] in ("t5", "t6", "e", "u1")
    category = {2: "Compute-optimized", 8: "Memory-optimized"}
    for size in sizes.split():
        cores = _CORES[size]
        yield InstanceType(
            name=f"{name}{variant}.{size}",
            family=name,
            cores=cores,
            memory_gib=cores * ratio,
            level="EntryLevel" if entry else "EnterpriseLevel",
            category="Shared" if entry else category.get(ratio, "General-purpose"),
            processor=processor,
            jumbo_frames=jumbo,
        )


_SKYLAKE = "Intel Xeon(Skylake) Platinum 8163"
_CASCADE = "Intel Xeon(Cascade Lake) Platinum 8269CY"
_ICE = "Intel Xeon(Ice Lake) Platinum 8369B"
_SAPPHIRE = "Intel Xeon(Sapphire Rapids) Platinum 8475B"
_EMERALD = "Intel Xeon(Emerald Rapids) Platinum 8575C"
_MILAN = "AMD EPYC 7T83"
_GENOA = "AMD EPYC 9T24"
_YITIAN = "Yitian 710"

_TYPES: tuple[InstanceType, ...] = (
    *_family("ecs.g5", _SKYLAKE, 4, "large xlarge 2xlarge 4xlarge", jumbo=False),
    *_family("ecs.c5", _SKYLAKE, 2, "large xlarge 2xlarge", jumbo=False),
    *_family("ecs.r5", _SKYLAKE, 8, "large xlarge", jumbo=False),
    *_family("ecs.g5ne", _SKYLAKE, 4, "large xlarge 2xlarge 4xlarge 8xlarge", jumbo=True),
    *_family("ecs.g6", _CASCADE, 4, "large xlarge 2xlarge 4xlarge", jumbo=False),
    *_family("ecs.c6", _CASCADE, 2, "large xlarge 2xlarge", jumbo=False),
    *_family("ecs.r6", _CASCADE, 8, "large xlarge", jumbo=False),
    *_family("ecs.g6e", _CASCADE, 4, "large xlarge 2xlarge", jumbo=None),
    *_family("ecs.g7", _ICE, 4, "large xlarge 2xlarge 4xlarge 8xlarge", jumbo=True),
    *_family("ecs.c7", _ICE, 2, "large xlarge 2xlarge 4xlarge", jumbo=True),
    *_family("ecs.r7", _ICE, 8, "large xlarge 2xlarge", jumbo=True),
    *_family("ecs.g7ne", _ICE, 4, "large xlarge 2xlarge 4xlarge 8xlarge", jumbo=True),
    *_family("ecs.g7a", _MILAN, 4, "large xlarge", jumbo=None),
    *_family("ecs.c7a", _MILAN, 2, "large xlarge", jumbo=None),
    *_family("ecs.g8i", _SAPPHIRE, 4, "large xlarge 2xlarge 4xlarge 6xlarge", jumbo=True),
    *_family("ecs.c8i", _SAPPHIRE, 2, "large xlarge 2xlarge 4xlarge", jumbo=True),
    *_family("ecs.r8i", _SAPPHIRE, 8, "large xlarge", jumbo=True),
    *_family("ecs.g8a", _GENOA, 4, "large xlarge 2xlarge", jumbo=True),
    *_family("ecs.c8a", _GENOA, 2, "large xlarge", jumbo=True),
    *_family("ecs.g8y", _YITIAN, 4, "small large xlarge 2xlarge 4xlarge", jumbo=True),
    *_family("ecs.c8y", _YITIAN, 2, "large xlarge", jumbo=True),
    *_family("ecs.g9i", _EMERALD, 4, "large xlarge 2xlarge", jumbo=True),
    *_family("ecs.t5", _SKYLAKE, 2, "large", jumbo=False, variant="-c1m2"),
    *_family("ecs.t6", _CASCADE, 2, "large", jumbo=False, variant="-c1m2"),
    *_family("ecs.t6", _CASCADE, 4, "large xlarge", jumbo=False, variant="-c1m4"),
    *_family("ecs.e", _CASCADE, 2, "large xlarge", jumbo=None, variant="-c1m2"),
    *_family("ecs.u1", _SAPPHIRE, 2, "large xlarge", jumbo=None, variant="-c1m2"),
    *_family("ecs.u1", _SAPPHIRE, 4, "large xlarge", jumbo=None, variant="-c1m4"),
)

INSTANCE_TYPES: Mapping[str, InstanceType] = {each.name: each for each in _TYPES}
"""Every type by its name."""


@action("ecs", "DescribeInstanceTypes")
def describe_instance_types(region: Region, request: Request) -> Reply:  # noqa: ARG001
    """The types that match, the same in all regions; an unknown one is just not there."""
    if len(request.texts("InstanceTypes")) > 10:
        raise request.invalid("InstanceTypes", "at most 10 types")
    found = [each for each in _TYPES if _matches(request, each)]
    page = page_by_token(request, found, default=1600, maximum=1600)
    views: Json = [_view(each) for each in page.items]
    return {"InstanceTypes": {"InstanceType": views}, "NextToken": page.fields["NextToken"]}


def _matches(request: Request, each: InstanceType) -> bool:
    cores, memory = each.cores, each.memory_gib
    names, families = request.texts("InstanceTypes"), request.texts("InstanceTypeFamilies")
    return (
        (not names or each.name in names)
        and (not families or each.family in families)
        and request.text("InstanceTypeFamily", each.family) == each.family
        and request.text("CpuArchitecture", each.architecture) == each.architecture
        and request.number("MinimumCpuCoreCount", 0) <= cores
        and cores <= request.number("MaximumCpuCoreCount", cores)
        and float(request.text("MinimumMemorySize", "0")) <= memory
        and memory <= float(request.text("MaximumMemorySize", str(memory)))
    )


def _view(each: InstanceType) -> Json:
    interfaces, addresses = next(
        (count, ips) for cores, count, ips in _INTERFACES if each.cores <= cores
    )
    view: dict[str, Json] = {
        "InstanceTypeId": each.name,
        "InstanceTypeFamily": each.family,
        "InstanceFamilyLevel": each.level,
        "InstanceCategory": each.category,
        "CpuCoreCount": each.cores,
        "CpuArchitecture": each.architecture,
        "PhysicalProcessorModel": each.processor,
        "MemorySize": float(each.memory_gib),
        "EniQuantity": interfaces,
        "EniPrivateIpAddressQuantity": addresses,
        "GPUAmount": 0,
        "GPUSpec": "",
        "LocalStorageCategory": "",
    }
    if each.jumbo_frames is not None:
        view["JumboFrameSupport"] = each.jumbo_frames
    return view
