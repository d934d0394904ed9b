"""An image and an instance type, as ECS offers them.

An instance type's figures follow the help page "Instance families" as far as they matter here:
vCPUs, memory, processors, GPUs and local disks are the page's; network interfaces, addresses,
queues, bandwidths and packet rates are approximate, by the number of vCPUs. JumboFrameSupport is
UNVERIFIED by type: the ECS API says that 8th-generation and later types have it, network-enhanced
ones must, as gateway load balancers' appliances run on them, and for older and entry-level ones the
simulator answers either False or nothing, as a client has to expect both.
"""

import re
from dataclasses import dataclass
from datetime import datetime

ARM = ("Yitian 710", "Ampere Altra")
"""Processors that aren't X86."""
_DATE = re.compile(r"\d{8}")
_SIZES = {"small": 1, "medium": 2, "large": 2, "xlarge": 4}
_INTERFACES = ((1, 2, 2), (2, 3, 6), (4, 4, 15), (8, 4, 15), (16, 8, 30), (1000, 8, 30))
"""Up to so many vCPUs: network interfaces, and addresses on each (approximate)."""
_CATEGORIES = {2: "Compute-optimized", 8: "Memory-optimized"}
"""Categories by GiB for each vCPU."""


@dataclass(frozen=True)
class Image:
    """One image; `family` is empty for one that belongs to none."""

    id: str
    family: str = ""
    os: str = "Custom image"
    os_zh: str = ""
    """Its name in Chinese, which is the one that the cloud puts first."""
    platform: str = "Others Linux"
    architecture: str = "x86_64"
    size_gb: int = 20
    owner: str = "system"

    @property
    def os_type(self) -> str:
        """Linux or windows, in the API's spelling."""
        return "windows" if self.platform.startswith("Windows") else "linux"

    @property
    def os_local(self) -> str:
        """Its name as the cloud puts it first."""
        return self.os_zh or self.os.replace(" 64 bit", " 64位")

    @property
    def created(self) -> str:
        """When it was made: a public image's id ends with the date."""
        dates = _DATE.findall(self.id)
        day = datetime.strptime(dates[-1], "%Y%m%d") if dates else datetime(2025, 1, 1)  # noqa: DTZ001, DTZ007
        return day.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class InstanceType:
    """One type; `jumbo_frames` is None where the cloud doesn't say."""

    name: str
    family: str
    cores: int
    memory_gib: float
    generation: str = "ecs-6"
    processor: str = "Intel Xeon(Sapphire Rapids) Platinum 8475B"
    ghz: float = 2.7
    turbo_ghz: float = 3.2
    entry: bool = False
    """Of an entry-level family."""
    credits: bool = False
    """Burstable: it gains and spends CPU credits."""
    category: str = ""
    gpu_amount: int = 0
    gpu_spec: str = ""
    local_disks: int = 0
    local_disk_gib: int = 0
    local_disk_category: str = ""
    jumbo_frames: bool | None = None

    @property
    def architecture(self) -> str:
        """X86 or ARM."""
        return "ARM" if self.processor in ARM else "X86"

    @property
    def image_architecture(self) -> str:
        """The architecture of the images that it runs."""
        return "arm64" if self.architecture == "ARM" else "x86_64"

    @property
    def level(self) -> str:
        """The level of its family, in the API's spelling."""
        if self.credits:
            return "CreditEntryLevel"
        return "EntryLevel" if self.entry else "EnterpriseLevel"

    @property
    def shown_category(self) -> str:
        """The category of its family."""
        usual = _CATEGORIES.get(int(self.memory_gib / self.cores), "General-purpose")
        return self.category or ("Shared" if self.entry else usual)

    @property
    def interfaces(self) -> tuple[int, int]:
        """The number of network interfaces that it takes, and of addresses on each."""
        return next((eni, ips) for cores, eni, ips in _INTERFACES if self.cores <= cores)


def cores_of(size: str) -> int:
    """The vCPUs of a size such as `2xlarge`."""
    return _SIZES.get(size) or 4 * int(size.removesuffix("xlarge"))
