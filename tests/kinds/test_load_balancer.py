from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import LoadBalancer, VSwitch
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import SECURITY, B, C

IN_B: Ref[VSwitch] = Ref(f"vswitch.security/{B}")
IN_C: Ref[VSwitch] = Ref(f"vswitch.security/{C}")


class TestLoadBalancer(Conformance):
    at = "load_balancer.new"
    stated = Stated(
        heading="Firewall",
        rank=4,
        severity="high",
        effect="traffic may not be distributed over the appliances",
        critical=("traffic_mode",),
        vpc_side="security",
    )
    sample = LoadBalancer(
        vpc=SECURITY,
        zones={B: IN_B},
        traffic_mode="LoadBalance",
        name="firewall",
        tags={"team": "net"},
    )
    beside = ("vswitch.business/shop/app-b",)
    updates: ClassVar = {
        "one more zone": {"zones": {B: IN_B, C: IN_C}},
        "another zone": {"zones": {C: IN_C}},
        "bypass": {"traffic_mode": "ByPass"},
        "name": {"name": "firewall-2"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {
        "vpc": {
            "vpc": Ref("vpc.business/shop"),
            "zones": {B: Ref("vswitch.business/shop/app-b")},
        }
    }
