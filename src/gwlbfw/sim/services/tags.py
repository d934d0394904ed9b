"""Tags: given at creation, changed by tag actions, and filtered by; alike in all products.

Sources: TagResources and ListTagResources of the VPC, GWLB, PrivateLink and ECS APIs, and the doc
comments of the SDK's models. Codes: ECS API, error tables of RunInstances and DescribeInvocations;
public error codes of the VPC API, and of its UntagResourcesForExpressConnect; those of GWLB and
PrivateLink are UNVERIFIED (`DuplicatedParam.TagKey` is that of other products of the family).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_RESERVED = ("aliyun", "acs:")
_URLS = ("http://", "https://")
_WRAPPED = ("vpc", "ecs", "slb")
"""Products whose lists are wrapped in an object."""


@dataclass(frozen=True)
class Rules:
    """A product's rules for tags: its error codes, its limits."""

    missing: str
    """The beginning of the codes for a tag without a key or a value."""
    key: str
    value: str
    duplicate: str
    many_in_call: str
    many_on_resource: str
    longest_key: int = 128
    longest_value: int = 128
    reserved_values: bool = False
    """Values may not begin as keys may not."""


_RULES = {
    "ecs": Rules(
        "MissingParameter",
        "InvalidTagKey.Malformed",
        "InvalidTagValue.Malformed",
        "Duplicate.TagKey",
        "NumberExceed.Tags",
        "TagsPerResourceLimitExceeded",
    ),
    "vpc": Rules(
        "MissingParam",
        "IllegalParam.TagKey",
        "IllegalParam.TagValue",
        "Forbidden.TagKey.Duplicated",
        "SizeLimitExceeded.TagNum",
        "QuotaExceeded.TagNum",
        reserved_values=True,
    ),
    "gwlb": Rules(
        "MissingParam",
        "IllegalParam.TagKey",
        "IllegalParam.TagValue",
        "DuplicatedParam.TagKey",
        "QuotaExceeded.Tag",
        "QuotaExceeded.Tag",
        longest_value=256,
    ),
    "privatelink": Rules(
        "MissingParam",
        "IllegalParamFormat.Tag.Key",
        "IllegalParamFormat.Tag.Value",
        "DuplicatedParam.TagKey",
        "QuotaExceeded.Tag",
        "QuotaExceeded.Tag",
        longest_key=64,
        reserved_values=True,
    ),
    # The lengths are those of SLB API, CreateLoadBalancer; the codes are UNVERIFIED.
    "slb": Rules(
        "MissingParam.TagKey",
        "IllegalParam.TagKey",
        "IllegalParam.TagValue",
        "DuplicatedParam.TagKey",
        "SizeLimitExceeded.Tag",
        "SizeLimitExceeded.Tag",
        longest_key=64,
        reserved_values=True,
    ),
}


def requested_tags(request: Request, name: str = "Tag") -> dict[str, str]:
    """The tags that a call gives to what it makes; a value may be empty, a key may not."""
    rules = _RULES[request.product]
    given = [(each.path, each.text("Key"), each.text("Value")) for each in request.objects(name)]
    if len(given) > MAXIMUM:
        why = f"The maximum number of tags is exceeded: {MAXIMUM} in a call."
        raise ApiError(rules.many_in_call, why)
    for each, (path, key, value) in zip(request.objects(name), given, strict=True):
        if not key:
            raise ApiError(f"{rules.missing}.TagKey", f"You must specify {path}Key.")
        if request.action == "TagResources" and "Value" not in each:
            why = f"You must specify {path}Value, which may be empty."
            raise ApiError(f"{rules.missing}.TagValue", why)
        if why := _fault_of(key, rules.longest_key, reserved=_RESERVED):
            raise ApiError(rules.key, f"The specified {path}Key is not valid: {why}.")
        reserved = _RESERVED if rules.reserved_values else ()
        if why := _fault_of(value, rules.longest_value, reserved=reserved):
            raise ApiError(rules.value, f"The specified {path}Value is not valid: {why}.")
    (key, number), *_ = Counter(key for _, key, _ in given).most_common(1) or [("", 0)]
    if number > 1:
        raise ApiError(rules.duplicate, f"The specified tag key {key} occurs more than once.")
    return {key: value for _, key, value in given}


def _fault_of(text: str, longest: int, reserved: tuple[str, ...]) -> str:
    """Why a text can't be a tag's key or value; empty if it can."""
    if len(text) > longest:
        return f"it has at most {longest} characters"
    if text.startswith(reserved):
        return f"it can't begin with {' or '.join(reserved)}"
    if any(each in text for each in _URLS):
        return f"it can't contain {' or '.join(_URLS)}"
    return ""


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
    everything = request.flag("All") and not keys
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
    records = [each for each in region.all(cls) if not ids or each.reference in ids]
    tags = [(each, key) for each in filter_by_tags(records, request) for key in each.tags]
    page = page_by_token(
        request, tags, default=50, maximum=50, place=lambda tag: (tag[0].serial, tag[1])
    )
    items: list[Json] = [
        {
            "ResourceId": record.reference,
            "ResourceType": request.text("ResourceType"),
            "TagKey": key,
            "TagValue": record.tags[key],
        }
        for record, key in page.items
    ]
    listed: Json = {"TagResource": items} if request.product in _WRAPPED else items
    return {"TagResources": listed, "NextToken": page.fields["NextToken"]}


def _too_many(request: Request) -> ApiError:
    code = _RULES[request.product].many_on_resource
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
