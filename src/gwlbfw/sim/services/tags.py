"""Tags: given at creation, changed by tag actions, and filtered by; alike in all products.

Sources: TagResources and ListTagResources of the VPC, GWLB, PrivateLink and ECS APIs.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.paging import page_by_token
from gwlbfw.sim.services.registry import action
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.record import RECORD_TYPES, Record
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Json, Reply

R = TypeVar("R", bound=Record)
MAXIMUM = 20
_LENGTHS = {"privatelink": (64, 128), "gwlb": (128, 256)}
"""Longest key and value, where they aren't 128 each."""
_WRAPPED = ("vpc", "ecs")
"""Products whose lists are wrapped in an object."""


def requested_tags(request: Request, name: str = "Tag") -> dict[str, str]:
    """The tags that a call gives to what it makes."""
    tags = {each.text("Key"): each.text("Value") for each in request.objects(name)}
    longest_key, longest_value = _LENGTHS.get(request.product, (128, 128))
    for key, value in tags.items():
        reserved = key.startswith(("aliyun", "acs:")) or "://" in key + value
        if not key or len(key) > longest_key or reserved:
            raise request.invalid(f"{name}.Key", f"{key!r} can't be a tag key")
        if len(value) > longest_value:
            raise request.invalid(f"{name}.Value", f"the value of {key!r} is too long")
    if len(tags) > MAXIMUM:
        raise _too_many(request)
    return tags


def filter_by_tags(records: Sequence[R], request: Request, name: str = "Tag") -> list[R]:
    """The records that have every tag which the call filters by."""
    filters = [(each.require("Key"), each.text("Value")) for each in request.objects(name)]
    found = list(records)
    for key, value in filters:
        if value:
            found = [each for each in found if each.tags.get(key) == value]
        else:
            found = [each for each in found if key in each.tags]
    return found


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[Json]:
    """Tags as a reply lists them; what the two fields are called varies."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


@action("ecs", "TagResources")
@action("gwlb", "TagResources")
@action("privatelink", "TagResources")
@action("vpc", "TagResources")
def tag_resources(region: Region, request: Request) -> Reply:
    """Give the resources these tags, beside those they have."""
    tags = requested_tags(request)
    for record in _resources(region, request):
        record.tags = {**record.tags, **tags}
        if len(record.tags) > MAXIMUM:
            raise _too_many(request)
    return {}


@action("ecs", "UntagResources")
@action("gwlb", "UntagResources")
@action("privatelink", "UntagResources")
@action("vpc", "UnTagResources")
def untag_resources(region: Region, request: Request) -> Reply:
    """Take tags from the resources: those named, or, with All and none named, all."""
    keys = request.texts("TagKey")
    everything = not keys and request.flag("All")
    for record in _resources(region, request):
        kept = {} if everything else {k: v for k, v in record.tags.items() if k not in keys}
        record.tags = kept
    return {}


@action("ecs", "ListTagResources")
@action("gwlb", "ListTagResources")
@action("privatelink", "ListTagResources")
@action("vpc", "ListTagResources")
def list_tag_resources(region: Region, request: Request) -> Reply:
    """The tags of resources, named by id or by a tag they have."""
    if "ResourceId" not in request and "Tag" not in request:
        raise ApiError("MissingParameter", "ResourceId or Tag is mandatory for this action.")
    cls = _type(request)
    ids = request.texts("ResourceId")
    records = [each for each in region.all(cls) if not ids or each.id in ids]
    tags = [(each, key) for each in filter_by_tags(records, request) for key in each.tags]
    page = page_by_token(
        request, tags, default=50, maximum=50, place=lambda tag: (tag[0].serial, tag[1])
    )
    items: list[Json] = [
        {
            "ResourceId": record.id,
            "ResourceType": request.text("ResourceType"),
            "TagKey": key,
            "TagValue": record.tags[key],
        }
        for record, key in page.items
    ]
    listed: Json = {"TagResource": items} if request.product in _WRAPPED else items
    return {"TagResources": listed, "NextToken": page.fields["NextToken"]}


def _too_many(request: Request) -> ApiError:
    code = "TagsPerResourceLimitExceeded" if request.product == "ecs" else "QuotaExceeded.Tag"
    return ApiError(code, f"A resource has at most {MAXIMUM} tags.")


def _type(request: Request) -> type[Record]:
    """The type of record that ResourceType names; letter case doesn't count (PrivateLink)."""
    name = request.require("ResourceType").lower()
    for cls in RECORD_TYPES.values():
        if cls.product == request.product and cls.tag_type and cls.tag_type.lower() == name:
            return cls
    raise request.invalid("ResourceType")


def _resources(region: Region, request: Request) -> list[Record]:
    ids = request.texts("ResourceId")
    if len(ids) > 50:
        raise request.invalid("ResourceId", "at most 50 resources")
    cls = _type(request)
    return [region.require(cls, each) for each in ids]
