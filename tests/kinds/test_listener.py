from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import Listener
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import BALANCER, GROUP


class TestListener(Conformance):
    at = "listener.new"
    stated = Stated(
        heading="Firewall",
        rank=5,
        severity="critical",
        effect="traffic may not reach the appliances",
        affects_health=True,
    )
    sample = Listener(
        load_balancer=BALANCER,
        server_group=GROUP,
        tcp_idle_timeout_s=350,
        description="everything",
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "server group": {"server_group": Ref("server_group.other")},
        "idle timeout": {"tcp_idle_timeout_s": 600},
        "description": {"description": "all there is"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"load balancer": {"load_balancer": Ref("load_balancer.other")}}

    def test_load_balancer_has_one_listener_at_most(self) -> None:
        assert self.sample.conflicts_with(self.sample)
        assert not self.sample.conflicts_with(self.changed({"load_balancer": Ref("gwlb-1")}))
