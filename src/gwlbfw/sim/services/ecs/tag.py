"""Tags of ECS by the older actions, one resource at a time, and where each tag is in use.

Sources: ECS API, AddTags, RemoveTags and DescribeTags, which the API lists as deprecated; that one
without a tag removes all is UNVERIFIED.
"""

from collections import Counter
from collections.abc import Iterator

from gwlbfw.sim.services.paging import page_by_number
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.services.tags import filter_by_tags, requested_tags
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

_COUNTS = {
    "instance": "Instance",
    "disk": "Disk",
    "snapshot": "Snapshot",
    "image": "Image",
    "securitygroup": "Securitygroup",
    "volume": "Volume",
    "eni": "Eni",
    "ddh": "Ddh",
    "keypair": "KeyPair",
    "launchtemplate": "LaunchTemplate",
    "reservedinstance": "ReservedInstance",
    "snapshotpolicy": "SnapshotPolicy",
}
"""The field with the number of resources of each type."""


@action("ecs", "AddTags")
def add_tags(region: Region, request: Request) -> Reply:
    """Give a resource these tags, beside those it has."""
    record = _resource(region, request)
    record.tags = {**record.tags, **requested_tags(request)}
    return {}


@action("ecs", "RemoveTags")
def remove_tags(region: Region, request: Request) -> Reply:
    """Take tags from a resource: those named, or all."""
    record, gone = _resource(region, request), requested_tags(request)
    record.tags = {key: text for key, text in record.tags.items() if gone and key not in gone}
    return {}


@action("ecs", "DescribeTags", without_effect=("Category",))
def describe_tags(region: Region, request: Request) -> Reply:
    """The tags in use, each with the number of resources of every type that have it."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for kind, record in _tagged(region, request):
        for tag in record.tags.items():
            counts.setdefault(tag, Counter())[_COUNTS[kind]] += 1
    page = page_by_number(request, sorted(counts), default=50, maximum=100)
    tags: Json = [
        {"TagKey": key, "TagValue": value, "ResourceTypeCount": dict(counts[key, value])}
        for key, value in page.items
    ]
    return {**page.fields, "Tags": {"Tag": tags}}


def _tagged(region: Region, request: Request) -> Iterator[tuple[str, Record]]:
    """The resources whose tags a call asks for, each with its type."""
    wanted, resource_id = request.text("ResourceType").lower(), request.text("ResourceId")
    for cls in RECORD_TYPES.values():
        kind = cls.tag_type
        if cls.product == "ecs" and kind in _COUNTS and wanted in ("", kind):
            for record in filter_by_tags(region.all(cls), request):
                if resource_id in ("", record.reference):
                    yield kind, record


def _resource(region: Region, request: Request) -> Record:
    kind = request.require("ResourceType").lower()
    for cls in RECORD_TYPES.values():
        if cls.product == "ecs" and cls.tag_type == kind:
            return region.require(cls, request.require("ResourceId"))
    raise request.invalid("ResourceType", "there are no such resources here")
