from typing import ClassVar

from gwlbfw.address import Ref
from gwlbfw.resources import ConnectionDrain, HealthCheck
from tests.kinds.conformance import Conformance, Stated
from tests.kinds.fixtures import server_group

TCP = HealthCheck(enabled=True, port=22)
HTTP = HealthCheck(
    enabled=True,
    protocol="HTTP",
    port=8080,
    interval_s=5,
    timeout_s=3,
    healthy_threshold=3,
    unhealthy_threshold=4,
    path="/alive",
    domain="$SERVER_IP",
    http_codes=("http_2xx", "http_3xx"),
)


class TestServerGroup(Conformance):
    at = "server_group.new"
    stated = Stated(
        heading="Firewall",
        rank=2,
        severity="high",
        effect="appliances are selected or health-checked differently",
        affects_health=True,
    )
    sample = server_group(
        health_check=TCP,
        connection_drain=ConnectionDrain(enabled=True, timeout_s=60),
        name="appliances",
        tags={"team": "net"},
    )
    updates: ClassVar = {
        "scheduler": {"scheduler": "3TCH"},
        "failover": {"failover_mode": "NoRebalance"},
        "HTTP health check": {"health_check": HTTP},
        "no health check": {"health_check": HealthCheck(enabled=False, port=22)},
        "no drain": {"connection_drain": ConnectionDrain(enabled=False, timeout_s=60)},
        "name": {"name": "appliances-2"},
        "tags": {"tags": {"owner": "ops"}},
    }
    replacements: ClassVar = {"vpc": {"vpc": Ref("vpc.business/shop")}}

    def test_http_health_check_fields_are_sent_for_http_only(self) -> None:
        names = {"HealthCheckPath", "HealthCheckDomain", "HealthCheckHttpCode"}
        assert names <= set(HTTP.parameter())
        assert not names & set(TCP.parameter())
