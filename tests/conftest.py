"""For all tests."""

import os

if os.environ.get("GWLBFW_SIM_EXTERNAL"):
    from tests.support.external_simulator import install

    install()
