"""Live resources, completed with what can't be read back of them."""

from gwlbfw.resources.graph import Node
from gwlbfw.resources.resource import Resource


def with_unread(was: Node, hint: Node | None) -> Resource:
    """The live resource; what can't be read back of it is as the file or the state has it."""
    resource = was.resource
    if hint is None or type(hint.resource) is not type(resource):
        return resource
    unread = {name: getattr(hint.resource, name) for name in type(resource).unread()}
    return resource.model_copy(update=unread)
