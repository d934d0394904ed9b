"""What the vendor's packages import without need is loaded when it is used, by whoever uses it."""

import subprocess
import sys

import pytest


def run(script: str) -> None:
    """Run a script in a process of its own, in which nothing is loaded yet."""
    subprocess.run([sys.executable, "-c", script], check=True)


CLIENTS = """
import sys
from gwlbfw.cloud.sdk.typed import client_class
for product in ("vpc", "gwlb", "privatelink", "ecs"):
    client_class(product)
"""


def test_clients_load_nothing_of_what_other_ways_to_call_need() -> None:
    names = ("aiohttp", "websocket", "apscheduler.schedulers.background")
    run(f"{CLIENTS}\nassert not {{*{names!r}}} & {{*sys.modules}}")


@pytest.mark.parametrize(
    "use",
    [
        "core.aiohttp.ClientTimeout(total=1.0).total == 1.0",
        "isinstance(None, response.ClientResponse) is False",
    ],
)
def test_stand_in_gives_what_it_stands_for(use: str) -> None:
    run(f"{CLIENTS}\nfrom darabonba import core, response\nassert {use}")


def test_later_importers_have_the_package_itself() -> None:
    run(f"{CLIENTS}\nimport aiohttp\nassert issubclass(aiohttp.ClientError, Exception)")
