"""The scripts on the real cloud, with the credentials of the vendor's default chain.

GWLBFW_LIVE=1 pytest tests/conformance -m live -k "vpc-statuses or gateway"
"""

import pytest

from gwlbfw.conformance import script_names
from tests.cli.running import gwlbfw
from tests.conformance.conftest import REGION


@pytest.mark.live
@pytest.mark.parametrize("name", script_names())
def test_real_cloud_is_as_the_script_says(name: str) -> None:
    done = gwlbfw("sim", "conform", "--cloud", "--yes", "--region", REGION, name)
    assert done.code == 0, done.out + done.err
