"""Tags: what marks a resource as the stack's own, and the calls that set and remove tags."""

from collections.abc import Iterable, Iterator, Mapping

from gwlbfw.address import Address
from gwlbfw.cloud.call import Field, Raw, Value, objects
from gwlbfw.resources.resource import VPC, Found, Phase, Resource

STACK_TAG = "gwlbfw:stack"
ADDRESS_TAG = "gwlbfw:address"
TEMPLATE_TAG = "gwlbfw:template"
BEFORE_TAG = "gwlbfw:before:"
MOST_TAGS = 20
"""The most tags that one object has (VPC, PrivateLink and ECS API, TagResources)."""

Tags = Mapping[str, str]


def pairs(tags: Tags | None) -> "list[Value] | None":
    """Tags as the creating calls take them."""
    return [{"Key": k, "Value": v} for k, v in sorted((tags or {}).items())] or None


def read_tags(items: Iterable[Raw], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags as a reply has them, without those that the cloud itself sets."""
    tags = {str(each.get(key) or ""): str(each.get(value) or "") for each in items}
    return {k: v for k, v in tags.items() if k and not k.startswith(("acs:", "aliyun"))}


def tags_of(cls: type[Resource], found: Found) -> dict[str, str]:
    """The tags of a listed object of a kind."""
    form = cls.tag_form
    return read_tags(objects(found.raw, form.path), form.key, form.value)


def other_stack(resource: Resource, stack: str) -> str:
    """The stack that a resource is of by its tag, where that is another one; else empty."""
    named = (resource.tags or {}).get(STACK_TAG, "")
    return "" if named == stack else named


def tagging(resource: Resource, at: Address, was: Resource) -> Iterator[Phase]:
    """The calls that turn the tags of `was` into those of `resource`."""
    cls = type(resource)
    new, old = resource.tags or {}, was.tags or {}
    target: dict[str, Value] = {
        "ResourceType": cls.tag_type,
        "ResourceId": [Field(at, cls.id_field)],
    }
    changed = {k: v for k, v in new.items() if k in old and old[k] != v}
    added = sorted(set(new) - set(old))
    stale = sorted(set(old) - set(new))
    # What does not fit beside the old ones comes when these are gone.
    room = MOST_TAGS - len(old) if stale else len(added)
    wanted, late = changed | {k: new[k] for k in added[:room]}, {k: new[k] for k in added[room:]}
    if wanted:
        yield Phase("tag", cls.product.call("TagResources", **target, Tag=pairs(wanted)))
    if stale:
        # The VPC product alone spells the action with a capital T.
        action = "UnTagResources" if cls.product is VPC else "UntagResources"
        yield Phase(
            "untag", cls.product.call(action, **target, TagKey=list[Value](stale)), removes=True
        )
    if late:
        yield Phase("tag-2", cls.product.call("TagResources", **target, Tag=pairs(late)))
