"""Regions and their zones, and which of these have gateway load balancers and PrivateLink.

Source: "Regions and zones supported by GWLB" (help pages of the load balancer, January 2026);
other zones of these regions are the ones that the regions' own pages list.
"""

from collections.abc import Mapping

GWLB_ZONES: Mapping[str, str] = {
    "cn-wulanchabu": "bc",
    "cn-hangzhou": "jk",
    "cn-shanghai": "elmn",
    "cn-beijing": "fikl",
    "cn-shenzhen": "cdef",
    "cn-chengdu": "abc",
    "cn-hongkong": "bcd",
    "ap-southeast-1": "bc",
    "ap-southeast-3": "ab",
    "ap-northeast-1": "abc",
    "me-east-1": "ab",
}
"""Letters of the zones with gateway load balancers, by region."""

_OTHER_ZONES: Mapping[str, str] = {
    "cn-wulanchabu": "a",
    "cn-hangzhou": "hi",
    "cn-shanghai": "bg",
    "cn-beijing": "h",
    "ap-southeast-1": "a",
}


def _ids(region: str, letters: str) -> tuple[str, ...]:
    # Zones of regions outside mainland China are numbered regions with the letter joined on.
    dash = "" if region[-1].isdigit() else "-"
    return tuple(f"{region}{dash}{letter}" for letter in sorted(letters))


ZONES: Mapping[str, tuple[str, ...]] = {
    region: _ids(region, letters + _OTHER_ZONES.get(region, ""))
    for region, letters in GWLB_ZONES.items()
}
"""The ids of all zones, by region."""


def gwlb_zones(region: str) -> tuple[str, ...]:
    """The ids of the zones in which a region has gateway load balancers and their endpoints."""
    return _ids(region, GWLB_ZONES.get(region, ""))
