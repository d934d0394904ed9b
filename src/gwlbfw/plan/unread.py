"""Live resources, completed with what can't be read back of them."""

from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Resource


def with_unread(was: Node, hint: Node | None) -> Resource:
    """What is live, with what can't be read of it as the file or the record knows it."""
    resource = was.resource
    if hint is None or type(hint.resource) is not type(resource):
        return resource
    unread = {name: getattr(hint.resource, name) for name in type(resource).unread()}
    return resource.model_copy(update=unread)
