"""User data, rendered when the call is made that needs it."""

from pathlib import Path

import pytest

from gwlbfw import layout
from gwlbfw.blueprint.user_data import render, source_digest
from gwlbfw.cloud.call import Json, Raw, UserData
from gwlbfw.errors import ReplyError
from tests.unit.blueprint.examples import example_with
from tests.unit.samples import topology

APPLIANCE = UserData(layout.appliance("ecs-01"), "")
SERVER = UserData(layout.server("shop", "ecs-b-01"), "")


def balancer(*addresses: str) -> Raw:
    """A reply about a load balancer with one address in each zone."""
    zones: list[Json] = [
        {"LoadBalancerAddresses": [{"PrivateIpv4Address": each}]} for each in addresses
    ]
    return {"ZoneMappings": zones}


def test_simulated_appliance_gets_the_live_addresses_of_the_load_balancer() -> None:
    raw = {layout.LOAD_BALANCER: balancer("10.0.1.9", "10.0.2.9")}
    assert b"for gwlb in 10.0.1.9 10.0.2.9;" in render(topology(), APPLIANCE, raw)


def test_simulated_appliance_without_live_state_gets_a_placeholder() -> None:
    assert b"for gwlb in ${load_balancer.main.PrivateIpv4Address};" in render(
        topology(), APPLIANCE, None
    )


def test_load_balancer_without_an_address_is_refused() -> None:
    with pytest.raises(ReplyError, match="the load balancer has no address"):
        render(topology(), APPLIANCE, {})


def test_address_that_is_none_is_refused_before_root_runs_it() -> None:
    with pytest.raises(ReplyError):
        render(topology(), APPLIANCE, {layout.LOAD_BALANCER: balancer("10.0.1.9; reboot")})


def test_real_appliance_gets_its_own_user_data(tmp_path: Path) -> None:
    real = example_with(
        tmp_path,
        lambda c: c["security_vpc"]["appliances"]["ecs-01"].update(bootstrap="none", user_data="x"),
    )
    assert render(real, APPLIANCE, None) == b"x"


def test_server_gets_its_user_data_file(tmp_path: Path) -> None:
    example = example_with(tmp_path, lambda _: None)
    (tmp_path / "hello-world.sh").write_bytes(b"#!/bin/bash\n")
    assert render(example, SERVER, None) == b"#!/bin/bash\n"


def test_source_digest_differs_with_the_file_and_its_user_data(tmp_path: Path) -> None:
    example = example_with(tmp_path, lambda _: None)
    first = source_digest(example)
    (tmp_path / "hello-world.sh").write_bytes(b"#!/bin/bash\n")
    second = source_digest(example)
    third = source_digest(example_with(tmp_path, lambda c: c.update(tags={"a": "b"})))
    assert len({first, second, third}) == 3
