"""For all tests."""

import os

if os.environ.get("GWLBFW_SIM_APART"):
    from tests.support.external_simulator import install

    install()
