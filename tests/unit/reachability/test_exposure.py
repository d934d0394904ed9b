"""A VPC that no topology describes: what nobody can use refutes nothing."""

import json
from dataclasses import replace

import pytest

from gwlbfw.cli.views.verdict_text import verdict_text
from gwlbfw.reachability import judge, judge_by_use
from gwlbfw.reachability.model import Entry, Gateway, NextHop, PublicAddress, Subnet, Table, Vpc
from gwlbfw.reachability.network import Network
from gwlbfw.reachability.prefixes import Prefix

APP = Subnet("app", "vpc", "z", Prefix.parse("10.0.1.0/24"), "open")
DATA = Subnet("data", "vpc", "z", Prefix.parse("10.0.2.0/24"), "local")
OUT = Entry(Prefix.parse("0.0.0.0/0"), (NextHop("Ipv4Gateway", "gateway"),))
EIP = PublicAddress("8.0.0.1", "10.0.1.9", "eni", "vpc", "app", id="eip")
NETWORK = Network(
    vpcs={"vpc": Vpc("vpc", (Prefix.parse("10.0.0.0/16"),))},
    subnets={"app": APP, "data": DATA},
    tables={"open": Table("open", "vpc", entries=(OUT,)), "local": Table("local", "vpc")},
    gateways={"gateway": Gateway("gateway", "vpc")},
)
NO_GATEWAY = replace(NETWORK, gateways={}, tables={k: Table(k, "vpc") for k in NETWORK.tables})


def exposed(network: Network) -> set[tuple[str, str]]:
    return {(each.subnet.id, each.direction) for each in judge_by_use(network).exposed}


def test_a_vpc_with_neither_gateway_nor_address_is_closed() -> None:
    verdict = judge_by_use(NO_GATEWAY)
    assert not judge(NO_GATEWAY).proven
    assert verdict.proven
    assert verdict.refutations == ()
    assert verdict.to_json()["proven"] is True
    assert {each.exposed for each in verdict.summary().flows} == {False}
    text = verdict_text(verdict)
    assert text.startswith("Proven: nothing here has Internet traffic.")
    assert text.rstrip().endswith("so no Internet traffic: app, data")


@pytest.mark.parametrize("network", [NETWORK, NO_GATEWAY], ids=["gateway", "none"])
def test_a_public_address_exposes_its_subnet_alone(network: Network) -> None:
    verdict = judge_by_use(replace(network, public_ips=(EIP,)))
    assert not verdict.proven
    assert exposed(replace(network, public_ips=(EIP,))) == {("app", "inbound"), ("app", "outbound")}
    assert {each.subnet.id for each in verdict.refutations} == {"app"}
    assert verdict_text(verdict).startswith("Not proven: 2 of 4 classes in use uninspected, ")
    assert "data     " not in verdict_text(verdict)


def test_a_way_out_refutes_though_nobody_uses_it_yet() -> None:
    verdict = judge_by_use(NETWORK)
    assert not verdict.proven
    assert verdict.exposed == ()
    assert {each.subnet.id for each in verdict.refutations} == {"app"}
    assert verdict_text(verdict).startswith("Not proven: none in use uninspected, ")


def test_a_verdict_on_a_topology_says_nothing_of_exposure() -> None:
    assert "exposed" not in json.dumps(judge(NETWORK).to_json())
