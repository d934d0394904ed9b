"""The architecture: from the topology to the resources that are wanted."""

from gwlbfw.blueprint.build import Desired, blueprint

__all__ = ["Desired", "blueprint"]
