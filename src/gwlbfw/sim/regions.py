"""Regions and their zones, and which of these have gateway load balancers.

Sources: help pages "Regions and zones supported by GWLB" (the union of its newest versions in
English and Chinese) and "Regions and zones" of ECS and of the load balancers; regions of the public
cloud alone. A zone of which a page of another product speaks is a zone.
"""

from collections.abc import Mapping

PLACES: Mapping[str, str] = {
    "cn-qingdao": "Qingdao",
    "cn-beijing": "Beijing",
    "cn-zhangjiakou": "Zhangjiakou",
    "cn-huhehaote": "Hohhot",
    "cn-wulanchabu": "Ulanqab",
    "cn-hangzhou": "Hangzhou",
    "cn-shanghai": "Shanghai",
    "cn-nanjing": "Nanjing",
    "cn-fuzhou": "Fuzhou",
    "cn-wuhan-lr": "Wuhan",
    "cn-shenzhen": "Shenzhen",
    "cn-heyuan": "Heyuan",
    "cn-guangzhou": "Guangzhou",
    "cn-chengdu": "Chengdu",
    "cn-zhongwei": "Zhongwei",
    "cn-hongkong": "Hong Kong",
    "ap-southeast-1": "Singapore",
    "ap-southeast-3": "Kuala Lumpur",
    "ap-southeast-5": "Jakarta",
    "ap-southeast-6": "Manila",
    "ap-southeast-7": "Bangkok",
    "ap-northeast-1": "Tokyo",
    "ap-northeast-2": "Seoul",
    "us-west-1": "Silicon Valley",
    "us-east-1": "Virginia",
    "us-southeast-1": "Atlanta",
    "na-south-1": "Mexico",
    "eu-central-1": "Frankfurt",
    "eu-west-1": "London",
    "me-east-1": "Dubai",
    "me-central-1": "Riyadh",
}
"""The name of every region; the English one in every language."""

GWLB_ZONES: Mapping[str, str] = {
    "cn-wulanchabu": "bc",
    "cn-hangzhou": "jk",
    "cn-shanghai": "celmn",
    "cn-beijing": "fikl",
    "cn-shenzhen": "cdef",
    "cn-chengdu": "abc",
    "cn-hongkong": "bcd",
    "ap-southeast-1": "bc",
    "ap-southeast-3": "ab",
    "ap-northeast-1": "abc",
    "me-east-1": "ab",
    "me-central-1": "ab",
}
"""Letters of the zones with gateway load balancers, by region."""

_OTHER_ZONES: Mapping[str, str] = {
    "cn-qingdao": "bc",
    "cn-beijing": "abcdeghj",
    "cn-zhangjiakou": "abc",
    "cn-huhehaote": "ab",
    "cn-wulanchabu": "a",
    "cn-hangzhou": "befghi",
    "cn-shanghai": "abdfgk",
    "cn-nanjing": "a",
    "cn-fuzhou": "a",
    "cn-wuhan-lr": "a",
    "cn-shenzhen": "ab",
    "cn-heyuan": "ab",
    "cn-guangzhou": "ab",
    "cn-zhongwei": "ab",
    "ap-southeast-1": "a",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "ab",
    "ap-southeast-7": "ab",
    "ap-northeast-2": "ab",
    "us-west-1": "ab",
    "us-east-1": "ab",
    "us-southeast-1": "ab",
    "na-south-1": "ab",
    "eu-central-1": "abc",
    "eu-west-1": "ab",
}


def _ids(region: str, letters: str) -> tuple[str, ...]:
    # Zones of regions outside mainland China are numbered regions with the letter joined on.
    dash = "" if region[-1].isdigit() else "-"
    return tuple(f"{region}{dash}{letter}" for letter in sorted(letters))


ZONES: Mapping[str, tuple[str, ...]] = {
    region: _ids(region, GWLB_ZONES.get(region, "") + _OTHER_ZONES.get(region, ""))
    for region in PLACES
}
"""The ids of all zones, by region."""


def zone_name(zone: str) -> str:
    """The name of a zone, such as `Ulanqab Zone B`."""
    region = zone[:-1].removesuffix("-")
    return f"{PLACES.get(region, region)} Zone {zone[-1].upper()}"


def gwlb_zones(region: str) -> tuple[str, ...]:
    """The ids of the zones in which a region has gateway load balancers and their endpoints."""
    return _ids(region, GWLB_ZONES.get(region, ""))


def is_offered(product: str, region: str) -> bool:
    """True if a region has a product; each but gateway load balancers is everywhere."""
    return product != "gwlb" or region in GWLB_ZONES
