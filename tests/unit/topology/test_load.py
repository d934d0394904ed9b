"""Loading: from a file to a Topology, with the places of everything."""

import os
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from gwlbfw.errors import TopologyError
from gwlbfw.topology.load import load
from gwlbfw.topology.models import Topology
from gwlbfw.topology.starter import starter
from gwlbfw.topology.user_data import read_user_data

EXAMPLES = Path(__file__).parents[3] / "examples"
ULANQAB = EXAMPLES / "ulanqab.yaml"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda each: each.stem)
def test_examples_have_no_diagnostics(path: Path) -> None:
    loaded = load(path)
    assert loaded.diagnostics == ()
    assert loaded.topology is not None


def test_starter_has_no_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(starter("edge"))
    loaded = load(path)
    assert loaded.diagnostics == ()
    assert loaded.topology is not None
    assert loaded.topology.name == "edge"


def test_topology_has_the_values_of_its_file() -> None:
    topology = Topology.load(ULANQAB)
    shop = topology.business_vpcs["shop"]
    zone = shop.zones["cn-wulanchabu-b"]
    assert (topology.name, topology.region) == ("ulanqab-edge", "cn-wulanchabu")
    assert zone.subnets["app-b"].cidr == IPv4Network("192.168.1.0/24")
    assert [each.ports for each in shop.ingress] == ["80/80", "-1/-1"]
    assert str(shop.servers["ecs-b-01"].private_ip) == "192.168.1.153"
    assert shop.ipv4_gateway.on_delete == "public"
    assert topology.gateway_load_balancer.tcp_idle_timeout_s == 350
    assert topology.gateway_load_balancer.health_check.timeout_s == 5
    assert topology.endpoint_service.payer == "endpoint"
    assert topology.cutover.timeout_s == 600


def test_topology_has_the_places_of_its_parts() -> None:
    topology = Topology.load(ULANQAB)
    place = topology.place("business_vpcs", "shop", "ipv4_gateway")
    assert place is not None
    assert (place.file, place.line, place.column) == (str(ULANQAB), 11, 5)
    assert place.text == "    ipv4_gateway: {}"
    rule = topology.place("business_vpcs", "shop", "ingress", 1)
    assert rule is not None
    assert rule.text[rule.column - 1 :].startswith("{protocol: icmp")


def test_place_of_an_absent_part_is_that_of_its_parent() -> None:
    topology = Topology.load(ULANQAB)
    holder = topology.place("business_vpcs", "shop")
    assert topology.place("business_vpcs", "shop", "security_group", "id") == holder


def test_topology_built_in_code_has_no_places_and_equals_the_one_that_was_read() -> None:
    read = Topology.load(ULANQAB)
    built = Topology.model_validate(read.model_dump(by_alias=True))
    assert built.place("name") is None
    assert built == read


def test_topologies_that_differ_are_not_equal(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text((EXAMPLES / "brownfield.yaml").read_text().replace("fw-2", "fw-3"))
    assert Topology.load(other) != Topology.load(EXAMPLES / "brownfield.yaml")


def test_user_data_file_is_relative_to_the_topology_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    topology = Topology.load(ULANQAB)
    server = topology.business_vpcs["shop"].servers["ecs-b-01"]
    assert topology.read_user_data(server) == (EXAMPLES / "hello-world.sh").read_bytes()
    assert topology.read_user_data(topology.security_vpc.appliances["ecs-01"]) is None


def test_inline_user_data_keeps_its_shell_expansions_and_is_in_no_repr(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    script = '        user_data: |\n          echo "${HOME} ${var:-x} $${env:PATH}"\n'
    path.write_text(
        starter().replace("        eip: {bandwidth_mbps: 5}\n", script),
    )
    topology = load(path).require()
    server = topology.business_vpcs["shop"].servers["web-b"]
    assert topology.read_user_data(server) == b'echo "${HOME} ${var:-x} ${env:PATH}"\n'
    assert "HOME" not in repr(topology)


def test_user_data_file_that_was_deleted_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "hello-world.sh").write_text("#!/bin/sh\n")
    path = tmp_path / "topology.yaml"
    path.write_text(ULANQAB.read_text())
    topology = Topology.load(path)
    (tmp_path / "hello-world.sh").unlink()
    with pytest.raises(TopologyError, match=r"`hello-world.sh`: No such file"):
        topology.read_user_data(topology.business_vpcs["shop"].servers["ecs-b-01"])


def test_load_imports_no_sdk_and_no_terminal_library() -> None:
    heavy = "Tea", "alibabacloud_tea_openapi", "typer", "rich", "aiohttp"
    code = (
        "import sys; from gwlbfw.topology.load import load; "
        f"assert load({str(ULANQAB)!r}).topology; print(sorted({set(heavy)!r} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_environment_of_a_load_can_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAME_OF_STACK", "process")
    path = tmp_path / "topology.yaml"
    path.write_text(starter("${env:NAME_OF_STACK}"))
    assert Topology.load(path).name == "process"
    assert Topology.load(path, environment={"NAME_OF_STACK": "given"}).name == "given"


SECRET = "s3cr3t-of-thirty-characters-01"
KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET, "CI_KEY": SECRET, "TEAM": "netsec"}


@pytest.mark.parametrize(
    "name",
    [
        *("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
        *("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY"),
        *("GWLBFW_SIM_CREDENTIALS", "CI_KEY"),
    ],
)
@pytest.mark.parametrize("place", ["tags: {team: '${env:NAME}'}", "name: 'demo-${env:NAME}'"])
def test_credentials_of_the_tool_can_not_be_taken_into_a_file(
    tmp_path: Path, place: str, name: str
) -> None:
    text = (EXAMPLES / "ulanqab.yaml").read_text()
    file = tmp_path / "topology.yaml"
    file.write_text(f"{place.replace('NAME', name)}\n" + text.replace("name: ulanqab-edge\n", ""))
    found = load(file, {}, {name: "of-someone", **KEYS}).errors
    (said,) = (each for each in found if each.code == "variable")
    assert said.message == f"`{name}` holds credentials of gwlbfw itself"
    assert SECRET not in str(found)


def test_variable_given_by_hand_may_not_hold_credentials_either(tmp_path: Path) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text('tags: {team: "${var:team}"}\n' + (EXAMPLES / "ulanqab.yaml").read_text())
    assert "variable" in {each.code for each in load(file, {"team": SECRET}, KEYS).errors}
    assert "variable" not in {each.code for each in load(file, {"team": "x"}, KEYS).errors}


def test_user_data_file_that_may_never_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TopologyError, match="it is not a regular file"):
        read_user_data(None, "pipe", tmp_path)
    with pytest.raises(TopologyError, match="it is not a regular file"):
        read_user_data(None, "/dev/zero", tmp_path, allow_outside=True)


@pytest.mark.parametrize("way", ["absolute", "upward", "a link", "a linked folder", "a link's end"])
def test_user_data_file_is_below_the_folder_of_the_topology(tmp_path: Path, way: str) -> None:
    (base := tmp_path / "base").mkdir()
    (base / "in").mkdir()
    (secret := tmp_path / "secret").write_text("pw")
    (base / "link").symlink_to(secret)
    (base / "folder").symlink_to(tmp_path)
    (base / "in" / "end").symlink_to("../link")
    file = {
        "absolute": str(secret),
        "upward": "in/../../secret",
        "a link": "link",
        "a linked folder": "folder/secret",
        "a link's end": "in/end",
    }[way]
    with pytest.raises(TopologyError, match="is outside the folder of the topology file"):
        read_user_data(None, file, base)
    assert read_user_data(None, file, base, allow_outside=True) == b"pw"


def test_links_within_the_folder_of_a_topology_are_followed(tmp_path: Path) -> None:
    (tmp_path / "version").mkdir()
    (tmp_path / "version" / "a.sh").write_text("#!/bin/sh")
    (tmp_path / "current").symlink_to("version")
    (tmp_path / "a.sh").symlink_to("current/a.sh")
    (linked := tmp_path / "linked").symlink_to(tmp_path)
    for base in (tmp_path, linked):
        assert read_user_data(None, "a.sh", base) == b"#!/bin/sh"
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(TopologyError, match="can't read the user data file `loop`"):
        read_user_data(None, "loop", tmp_path)
