"""For all tests."""

import os

if os.environ.get("GWLBFW_SIM_APART"):
    from tests.apart import install

    install()
