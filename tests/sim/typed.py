"""Whether a reply is one that the vendor's typed models know, field by field."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_gwlb20240415 import models as gwlb
from alibabacloud_privatelink20200415 import models as privatelink
from alibabacloud_vpc20160428 import models as vpc

MODELS: Mapping[str, ModuleType] = {
    "2016-04-28": vpc,
    "2024-04-15": gwlb,
    "2020-04-15": privatelink,
    "2014-05-26": ecs,
}

WIDER = frozenset({"DescribeInvocations"})
"""Actions not compared: this one gives each result all the fields of DescribeInvocationResults."""

BESIDE_THE_MODEL = frozenset(
    {
        "DescribeEipAddresses: .EipAddresses.EipAddress[].AvailableRegions",
        "DescribeEipAddresses: .EipAddresses.EipAddress[].Descritpion",
    }
)
"""Fields that the cloud's replies have beside those of the models: terraform-provider-alicloud,
data_source_alicloud_eip_addresses.go, reads them."""


def invented(version: str, action: str, body: Mapping[str, Any]) -> list[str]:
    """The fields of a reply that its typed model drops or reads otherwise."""
    models = MODELS.get(version)
    if models is None or action in WIDER:
        return []
    typed = getattr(models, f"{action}ResponseBody")().from_map(body)
    found = [f"{action}: {each}" for each in _differences(body, typed.to_map(), "")]
    return [each for each in found if each.partition(" is ")[0] not in BESIDE_THE_MODEL]


def _differences(sent: Any, read: Any, path: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(read, dict):
        for name, value in sent.items():
            yield from _differences(value, read.get(name), f"{path}.{name}")
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for one, other in zip(sent, read, strict=True):
            yield from _differences(one, other, f"{path}[]")
    elif sent != read:
        yield f"{path} is {sent!r}, read as {read!r}"
