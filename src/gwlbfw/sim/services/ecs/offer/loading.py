"""The images and instance types of a region: those built in, and those of the settings' file.

The ids and families of images follow the help page "Release notes for Alibaba Cloud public images";
the dates in the ids are examples. A file of one's own has the same form as `builtin.json`, in JSON
or YAML: `images`, `instance_families` (with their sizes) and `instance_types`, each optional.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.services.ecs.offer.record import Image, InstanceType, cores_of
from gwlbfw.sim.store.region import Region

_CUSTOM = re.compile(r"m-[a-z0-9]{20}")
_SIZE = re.compile(r"small|medium|large|\d*xlarge")
_FIELDS = {
    "images": {each.name for each in fields(Image)},
    "instance_types": {each.name for each in fields(InstanceType)},
}
_OF_FAMILIES = {"sizes", "variant", "gib_per_core"}


@dataclass(frozen=True)
class Offer:
    """Everything that there is to launch instances of."""

    images: Mapping[str, Image]
    instance_types: Mapping[str, InstanceType]

    def image(self, image_id: str) -> Image | None:
        """The image of an id, if there is one.

        The catalogue has no CreateImage, so any id of a custom image's form (m- and 20 letters and
        digits) counts as an image of the account's own.
        """
        if _CUSTOM.fullmatch(image_id):
            return Image(image_id, owner="self")
        return self.images.get(image_id)

    def newest_of_family(self, family: str) -> Image | None:
        """The newest image of a family, if there is one."""
        found = [each for each in self.images.values() if family and each.family == family]
        return max(found, key=lambda each: each.created, default=None)


def offer_of(region: Region) -> Offer:
    """The offer of a region: every one has the same."""
    return load_offer(region.settings.offer_file)


@cache
def load_offer(file: Path | None) -> Offer:
    """The offer built in, with what a file adds or changes. Raises SimulatorError."""
    text = resources.files(__package__ or "").joinpath("builtin.json").read_text(encoding="utf-8")
    parts = [_checked("builtin.json", json.loads(text))]
    if file is not None:
        parts.append(_read(file))
    images: dict[str, Image] = {}
    types: dict[str, InstanceType] = {}
    for part in parts:
        images |= {each["id"]: Image(**each) for each in part["images"]}
        for entry in (*part["instance_types"], *_expanded(part["instance_families"])):
            types[entry["name"]] = InstanceType(**entry)
    return Offer(images, types)


def _read(file: Path) -> dict[str, list[dict[str, Any]]]:
    # Only who has such a file pays for the parser.
    import yaml  # noqa: PLC0415

    try:
        return _checked(str(file), yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as problem:
        raise SimulatorError(f"{file}: {problem.strerror}") from None
    except yaml.YAMLError as problem:
        raise SimulatorError(f"{file}: {problem}") from None


def _checked(place: str, data: object) -> dict[str, list[dict[str, Any]]]:
    """The parts of a file, each entry with the names that it may have and needs."""
    names = {**_FIELDS, "instance_families": _FIELDS["instance_types"] | _OF_FAMILIES}
    if not isinstance(data, Mapping) or (unknown := set(data) - set(names)):
        raise SimulatorError(f"{place}: expected are {', '.join(sorted(names))}")
    needed = {"images": {"id"}, "instance_families": {"family", "sizes", "gib_per_core"}}
    for part, entries in data.items():
        for entry in entries or ():
            wanted = needed.get(part, {"name", "family", "cores", "memory_gib"})
            if unknown := set(entry) - names[part]:
                raise SimulatorError(f"{place}: {part} have no {min(unknown)}")
            if missing := wanted - set(entry):
                raise SimulatorError(f"{place}: {part} need a {min(missing)}")
    return {part: data.get(part) or [] for part in names}


def _expanded(families: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entry of each size of the families."""
    for family in families:
        common = {name: value for name, value in family.items() if name not in _OF_FAMILIES}
        for size in family["sizes"]:
            if not _SIZE.fullmatch(str(size)):
                raise SimulatorError(f"{family['family']} can't have the size {size}")
            cores = cores_of(size)
            yield {
                **common,
                "name": f"{family['family']}{family.get('variant', '')}.{size}",
                "cores": cores,
                "memory_gib": cores * family["gib_per_core"],
            }
