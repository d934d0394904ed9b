"""Checks of what an instance is launched with, by the rules of the ECS and RAM APIs."""

import re
from collections.abc import Iterator, Mapping

from gwlbfw.topology.models import Topology
from gwlbfw.topology.parts import DiskCategory
from gwlbfw.topology.validation.problem import Problem
from gwlbfw.topology.validation.traversal import machines
from gwlbfw.topology.wording import quote

_SIZES: Mapping[DiskCategory, tuple[int, int]] = {"cloud": (20, 500), "cloud_auto": (1, 2048)}
"""Sizes in GiB of the categories that differ (ECS API, RunInstances, SystemDisk.Size)."""
_OTHER_SIZES = (20, 2048)
_ENTRY_FAMILIES = re.compile(r"ecs\.(?:u1|e)(?:-[a-z0-9]+)*\.[a-z0-9]+")
"""The types that take an ESSD Entry disk (ECS API, RunInstances, SystemDisk.Category)."""
_KEY_PAIR = re.compile(r"[^\W\d_][\w:-]{1,127}")
"""ECS API, CreateKeyPair, KeyPairName: a letter first, then letters, digits, `:`, `_` and `-`."""
_RAM_ROLE = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""RAM API, CreateRole, RoleName."""


def system_disks(topology: Topology) -> Iterator[Problem]:
    """A system disk's size and category go together, and with the instance type."""
    for path, machine in machines(topology):
        disk, at = machine.system_disk, (*path, "system_disk")
        low, high = _SIZES.get(disk.category, _OTHER_SIZES)
        if not low <= disk.size_gb <= high:
            message = f"a {disk.category} disk has {low} to {high} GiB, not {disk.size_gb}"
            yield Problem("disk-size", (*at, "size_gb"), message)
        kind = machine.instance_type
        if disk.category == "cloud_essd_entry" and kind and not _ENTRY_FAMILIES.fullmatch(kind):
            message = f"{quote(kind)} takes no cloud_essd_entry disk"
            hint = "only the families ecs.u1 and ecs.e do; cloud_essd goes with any other"
            yield Problem("disk-category", (*at, "category"), message, hint)


def names(topology: Topology) -> Iterator[Problem]:
    """Names of key pairs and RAM roles can be such."""
    for path, machine in machines(topology):
        if machine.key_pair and not _KEY_PAIR.fullmatch(machine.key_pair):
            message = f"{quote(machine.key_pair)} can't be the name of a key pair"
            hint = "2 to 128 letters, digits, colons, underscores and hyphens, a letter first"
            yield Problem("key-pair", (*path, "key_pair"), message, hint)
        if machine.ram_role and not _RAM_ROLE.fullmatch(machine.ram_role):
            message = f"{quote(machine.ram_role)} can't be the name of a RAM role"
            hint = "1 to 64 letters, digits, dots and hyphens"
            yield Problem("ram-role", (*path, "ram_role"), message, hint)
