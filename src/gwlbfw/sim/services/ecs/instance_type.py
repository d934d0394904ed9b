"""Instance types and their families, the same in all regions.

Sources: ECS API, DescribeInstanceTypes and DescribeInstanceTypeFamilies; figures: see `offer`.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from gwlbfw.sim.services.ecs.offer.loading import offer_of
from gwlbfw.sim.services.ecs.offer.record import InstanceType
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_EQUAL = (
    *("InstanceTypeFamily", "InstanceCategory", "InstanceFamilyLevel", "CpuArchitecture"),
    *("GPUSpec", "LocalStorageCategory", "NvmeSupport", "PhysicalProcessorModel"),
)
"""Filters by the field of the same name."""
_ANY_OF = {
    "InstanceTypes": "InstanceTypeId",
    "InstanceTypeFamilies": "InstanceTypeFamily",
    "InstanceCategories": "InstanceCategory",
    "CpuArchitectures": "CpuArchitecture",
    "GpuSpecs": "GPUSpec",
    "LocalStorageCategories": "LocalStorageCategory",
    "PhysicalProcessorModels": "PhysicalProcessorModel",
}
"""Filters of several values, with the field that has one of them."""
_BOUNDS = ("Minimum", "Maximum")
"""The beginning of filters by the least and the most of a field."""


@action("ecs", "DescribeInstanceTypes")
def describe_instance_types(region: Region, request: Request) -> Reply:
    """The types that match; an unknown one is just not there."""
    if len(request.texts("InstanceTypes")) > 10:
        raise request.invalid("InstanceTypes", "at most 10 types")
    views = [_view(each) for each in offer_of(region).instance_types.values()]
    page = page_by_token(request, _matching(request, views), default=1600, maximum=1600)
    types: Json = list(page.items)
    return {"InstanceTypes": {"InstanceType": types}, "NextToken": page.fields["NextToken"]}


@action("ecs", "DescribeInstanceTypeFamilies")
def describe_instance_type_families(region: Region, request: Request) -> Reply:
    """The families, of one generation where a call names it."""
    wanted = request.text("Generation")
    generations = {
        each.family: each.generation for each in offer_of(region).instance_types.values()
    }
    families: Json = [
        {"InstanceTypeFamilyId": family, "Generation": generation}
        for family, generation in generations.items()
        if wanted in ("", generation)
    ]
    return {"InstanceTypeFamilies": {"InstanceTypeFamily": families}}


def _matching(request: Request, views: list[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    found = views
    for name in _EQUAL:
        if text := request.text(name):
            found = [each for each in found if each[name] == text]
    for name, of in _ANY_OF.items():
        if texts := request.texts(name):
            found = [each for each in found if each[of] in texts]
    for name in request.values:
        if name.startswith(_BOUNDS) and (text := request.text(name)):
            field, bound = name[len("Minimum") :], float(text)
            least = name.startswith("Minimum")
            found = [each for each in found if _within(each.get(field), bound, least=least)]
    return found


def _within(value: Json, bound: float, *, least: bool) -> bool:
    number = value if isinstance(value, (int, float)) else 0
    return number >= bound if least else number <= bound


@cache
def _view(each: InstanceType) -> Mapping[str, Json]:
    view: dict[str, Json] = {
        "InstanceTypeId": each.name,
        "InstanceTypeFamily": each.family,
        "InstanceFamilyLevel": each.level,
        "InstanceCategory": each.shown_category,
        "CpuCoreCount": each.cores,
        "CpuArchitecture": each.architecture,
        "CpuSpeedFrequency": each.ghz,
        "CpuTurboFrequency": each.turbo_ghz,
        "CpuOptions": _cpu_options(each),
        "PhysicalProcessorModel": each.processor,
        "MemorySize": float(each.memory_gib),
        "DiskQuantity": 17,
        "BaselineCredit": 10 * each.cores if each.credits else 0,
        "InitialCredit": 30 * each.cores if each.credits else 0,
        **_network(each),
        "GPUAmount": each.gpu_amount,
        "GPUSpec": each.gpu_spec,
        "LocalStorageAmount": each.local_disks,
        "LocalStorageCapacity": each.local_disk_gib,
        "LocalStorageCategory": each.local_disk_category,
        "NvmeSupport": "supported" if each.generation == "ecs-6" else "unsupported",
        "SupportedBootModes": {
            "SupportedBootMode": ["UEFI"] if each.architecture == "ARM" else ["BIOS", "UEFI"]
        },
    }
    if each.jumbo_frames is not None:
        view["JumboFrameSupport"] = each.jumbo_frames
    return MappingProxyType(view)


def _network(each: InstanceType) -> dict[str, Json]:
    interfaces, addresses = each.interfaces
    queues = max(1, min(each.cores, 32) // 2)
    return {
        "EniQuantity": interfaces,
        "EniTotalQuantity": interfaces,
        "EniPrivateIpAddressQuantity": addresses,
        "EniIpv6AddressQuantity": 1 if each.entry else addresses,
        "PrimaryEniQueueNumber": queues,
        "SecondaryEniQueueNumber": queues,
        "MaximumQueueNumberPerEni": queues,
        "TotalEniQueueQuantity": queues * interfaces,
        "QueuePairNumber": 0,
        "NetworkCardQuantity": 1,
        "InstanceBandwidthRx": 1024000 * each.cores // 2,
        "InstanceBandwidthTx": 1024000 * each.cores // 2,
        "InstancePpsRx": 150000 * each.cores,
        "InstancePpsTx": 150000 * each.cores,
    }


def _cpu_options(each: InstanceType) -> Json:
    threads = 1 if each.architecture == "ARM" or each.cores == 1 else 2
    return {
        "Core": each.cores // threads,
        "CoreFactor": 1,
        "ThreadsPerCore": threads,
        "HyperThreadingAdjustable": threads == 2,
    }
