"""The commands that need no cloud, and those that look at the simulated one."""

import json
import os
import re
import signal
from io import StringIO
from pathlib import Path

import pytest
import yaml

from gwlbfw import __version__
from gwlbfw.sim.faults import Rule
from gwlbfw.simulator import simulated_cloud
from gwlbfw.topology.load import load
from tests.cli.processes import read_until, start
from tests.cli.running import gwlbfw, same_as_snapshot

WRONG = """\
version: 1
name: Edge
region: cn-wulanchabu
business_vpcs:
  shop:
    cidr: 192.168.0.0/16
    zone: {}
security_vpc:
  cidr: 10.0.0.0/16
  zones:
    cn-wulanchabu-b: {subnet: {cidr: 10.0.1.0/24}}
  appliances:
    fw: {id: i-fw}
"""


@pytest.fixture
def wrong(folder: Path) -> Path:
    (folder / "wrong.yaml").write_text(WRONG)
    return Path("wrong.yaml")


def test_version_is_printed_by_command_and_option() -> None:
    assert gwlbfw("version").out == f"gwlbfw {__version__}\n"
    assert gwlbfw("--version").out == f"gwlbfw {__version__}\n"


def test_schema_is_one_json_document() -> None:
    done = gwlbfw("schema")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["title"] == "gwlbfw topology"


def test_init_writes_a_topology_that_is_valid(folder: Path) -> None:
    (folder / "new").mkdir()
    done = gwlbfw("init", "new")
    same_as_snapshot("init", done, gwlbfw("validate", "new/topology.yaml"))


def test_init_makes_the_folder(folder: Path) -> None:
    assert gwlbfw("init", "some/where").code == 0
    assert (folder / "some/where/topology.yaml").exists()


def test_init_leaves_an_existing_topology_alone(folder: Path) -> None:
    path = folder / "topology.yaml"
    path.write_text("mine")
    same_as_snapshot("init-exists", gwlbfw("init"))
    assert path.read_text() == "mine"


def test_init_in_place_of_a_file_is_an_error(folder: Path) -> None:
    (folder / "file").write_text("")
    assert gwlbfw("init", "file").err == "error: can't write file/topology.yaml: File exists\n"
    assert (
        gwlbfw("init", "file/below").err
        == "error: can't write file/below/topology.yaml: Not a directory\n"
    )


@pytest.mark.usefixtures("folder")
def test_validate_reports_a_valid_file() -> None:
    done = gwlbfw("validate", "ulanqab.yaml")
    assert (done.code, done.out, done.err) == (0, "ulanqab.yaml is valid\n", "")


def test_validate_shows_every_error_at_its_place(wrong: Path) -> None:
    same_as_snapshot("validate-text", gwlbfw("validate", wrong))


def test_validate_as_json_is_one_document(wrong: Path) -> None:
    done = gwlbfw("validate", wrong, "--format", "json")
    assert done.err == ""
    content = json.loads(done.out)
    assert content["valid"] is False
    assert set(content["errors"][0]) == {"file", "line", "column", "code", "message", "hint"}
    same_as_snapshot("validate-json", done)


def test_validate_as_sarif_points_into_the_file(wrong: Path) -> None:
    done = gwlbfw("validate", wrong, "--format", "sarif")
    run = json.loads(done.out)["runs"][0]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "wrong.yaml"
        assert place["region"]["startLine"] >= 1
    same_as_snapshot("validate-sarif", done)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["json", "sarif", "text"])
def test_missing_file_is_an_error_in_every_format(form: str) -> None:
    done = gwlbfw("validate", "nowhere.yaml", "--format", form)
    assert done.code == 1
    assert "can't read nowhere.yaml" in done.out + done.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["mermaid", "dot"])
@pytest.mark.parametrize("name", ["ulanqab", "brownfield"])
def test_topology_is_drawn(name: str, form: str) -> None:
    same_as_snapshot(f"graph-{name}-{form}", gwlbfw("graph", f"{name}.yaml", "--format", form))


@pytest.mark.usefixtures("folder")
def test_policy_is_one_json_document() -> None:
    same_as_snapshot("policy", gwlbfw("policy", "ulanqab.yaml"))


def test_policies_of_several_accounts_are_an_object_by_account(folder: Path) -> None:
    content = yaml.safe_load((folder / "ulanqab.yaml").read_text())
    content["accounts"] = {"netops": {"role_arn": "acs:ram::123456789012:role/netops"}}
    content["security_vpc"]["account"] = "netops"
    (folder / "two.yaml").write_text(yaml.safe_dump(content))
    documents = json.loads(gwlbfw("policy", "two.yaml").out)
    assert sorted(documents) == ["", "netops"]
    assert load(folder / "two.yaml").topology is not None


@pytest.mark.simulator
def test_simulated_cloud_is_counted_called_and_emptied(folder: Path) -> None:
    made = gwlbfw(
        *("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16"),
        *("Tag.1.Key=team", "Tag.1.Value=netsec"),
    )
    tagged = gwlbfw("sim", "call", "vpc", "DescribeVpcs")
    assert json.loads(tagged.out)["Vpcs"]["Vpc"][0]["Tags"]["Tag"] == [
        {"Key": "team", "Value": "netsec"}
    ]
    same_as_snapshot(
        "sim",
        made,
        gwlbfw("sim", "status"),
        gwlbfw("sim", "status", "--format", "json"),
        gwlbfw("sim", "call", "vpc", "DeleteVpc", "VpcId=vpc-nowhere"),
        gwlbfw("sim", "call", "vpc", "MakeCoffee"),
        gwlbfw("sim", "call", "gwlb", "DeleteLoadBalancer"),
        gwlbfw("sim", "reset"),
        gwlbfw("sim", "status"),
        gwlbfw("sim", "status", "--format", "json"),
        hide=[folder],
    )


@pytest.mark.simulator
def test_simulated_cloud_is_exported_and_imported_elsewhere(folder: Path) -> None:
    gwlbfw("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16")
    exported = gwlbfw("sim", "export").out
    (folder / "cloud.json").write_text(exported)
    (folder / "no.json").write_text("[")
    elsewhere = ("--sim-dir", "elsewhere")
    assert gwlbfw("sim", "import", "cloud.json", *elsewhere).code == 0
    assert gwlbfw("sim", "status", *elsewhere).out == "1  vpc\n"
    again = gwlbfw("sim", "export", *elsewhere).out

    def records(document: str) -> list[tuple[str, str]]:
        return [(each["kind"], each["fields"]["id"]) for each in json.loads(document)["records"]]

    assert records(again) == records(exported)
    refused = gwlbfw("sim", "import", "no.json", *elsewhere)
    assert refused.code == 1
    assert refused.err.startswith("error: this is no exported state of a simulator: ")
    assert gwlbfw("sim", "status", *elsewhere).out == "1  vpc\n"


@pytest.mark.simulator
@pytest.mark.usefixtures("folder")
def test_simulated_cloud_is_saved_and_loaded_by_a_name() -> None:
    gwlbfw("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16")
    assert gwlbfw("sim", "load").out == ""
    assert gwlbfw("sim", "save", "base").out == "the simulated cloud is saved as base\n"
    gwlbfw("sim", "reset")
    assert gwlbfw("sim", "load").out == "base\n"
    assert gwlbfw("sim", "load", "base").code == 0
    assert gwlbfw("sim", "status").out == "1  vpc\n"
    for words in (("load", "other"), ("save", "../x")):
        refused = gwlbfw("sim", *words)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("error: the")
    assert gwlbfw("sim", "status").out == "1  vpc\n"


@pytest.mark.simulator
@pytest.mark.usefixtures("folder")
def test_answered_calls_are_listed() -> None:
    with simulated_cloud() as cloud:
        url = ("--endpoint-url", cloud.url)
        assert gwlbfw("sim", "activity", *url).out == "no calls were answered\n"
        cloud.simulator.faults.add(Rule("delay", "vpc:Create*", seconds=0.01))
        gwlbfw("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16", *url)
        gwlbfw("sim", "call", "vpc", "DeleteVpc", "VpcId=vpc-nowhere", *url)
        made, refused = gwlbfw("sim", "activity", *url).out.splitlines()
        assert re.search(r"^[\d:.]{12} +[\d.]+ ms  vpc:CreateVpc +OK  \(delay\)$", made)
        assert refused.endswith("InvalidVpcId.NotFound")
        last = json.loads(gwlbfw("sim", "activity", "--last", "1", "--format", "json", *url).out)
        assert [each["action"] for each in last["calls"]] == ["DeleteVpc"]


@pytest.mark.simulator
@pytest.mark.usefixtures("folder")
def test_calls_are_listed_after_the_process_that_answered_them() -> None:
    assert gwlbfw("sim", "activity").out == "no calls were answered\n"
    gwlbfw("sim", "call", "vpc", "CreateVpc", "CidrBlok=10.0.0.0/16")
    gwlbfw("sim", "call", "vpc", "MakeCoffee")
    made, unknown = gwlbfw("sim", "activity").out.splitlines()
    assert made.endswith("OK  ignored: CidrBlok")
    assert re.search(r"vpc:MakeCoffee +InvalidApi\.NotFound$", unknown)


@pytest.mark.simulator
@pytest.mark.usefixtures("folder")
def test_call_is_sent_in_another_region_and_account() -> None:
    words = ("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16", "--region", "cn-hangzhou")
    gwlbfw(*words)
    role = ("--role-arn", "acs:ram::123456789012:role/netops")

    def vpcs(*more: str) -> int:
        done = gwlbfw("sim", "call", "vpc", "DescribeVpcs", *more)
        return int(json.loads(done.out)["TotalCount"])

    assert vpcs("--region", "cn-hangzhou") == 1
    assert vpcs() == 0
    assert vpcs("--region", "cn-hangzhou", *role) == 0
    who = gwlbfw("sim", "call", "sts", "GetCallerIdentity", *role)
    assert json.loads(who.out)["AccountId"] == "123456789012"


@pytest.mark.simulator
def test_call_takes_a_parameter_from_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "text").write_text("from a file")
    monkeypatch.setattr("sys.stdin", StringIO("from stdin"))
    create = ("sim", "call", "vpc", "CreateVpc")
    assert gwlbfw(*create, "VpcName=@text", "Description=@-").code == 0
    (vpc,) = json.loads(gwlbfw("sim", "call", "vpc", "DescribeVpcs").out)["Vpcs"]["Vpc"]
    assert (vpc["VpcName"], vpc["Description"]) == ("from a file", "from stdin")
    missing = gwlbfw(*create, "Description=@nowhere")
    assert missing.code == 1
    assert "the file of Description can't be read" in missing.err


@pytest.mark.simulator
@pytest.mark.usefixtures("folder")
def test_call_goes_to_every_product_that_the_simulator_has() -> None:
    assert gwlbfw("sim", "call", "STS", "GetCallerIdentity").code == 0
    assert gwlbfw("sim", "call", "sim", "ClosePort").code == 1
    unknown = gwlbfw("sim", "call", "tea", "MakeTea")
    assert unknown.code == 1
    assert unknown.err.startswith("error: there is no product tea: name one of ecs, gwlb, ")


@pytest.mark.simulator
def test_simulator_elsewhere_is_reached_by_its_url(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with simulated_cloud() as cloud:
        url = ("--endpoint-url", cloud.url)
        assert gwlbfw("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16", *url).code == 0
        assert gwlbfw("sim", "status", *url).out == "1  vpc\n"
        assert gwlbfw("sim", "reset", *url).code == 0
        assert cloud.status().empty
    assert not (folder / ".gwlbfw").exists()


@pytest.mark.usefixtures("folder")
def test_url_without_a_simulator_is_an_error() -> None:
    done = gwlbfw("sim", "status", "--endpoint-url", "http://127.0.0.1:1")
    assert done.code == 1
    assert done.err.startswith("error: no simulator answers at http://127.0.0.1:1: ")


@pytest.mark.simulator
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_simulator_folder_that_cannot_be_written_is_an_error(folder: Path) -> None:
    (folder / "locked").mkdir(mode=0o500)
    done = gwlbfw("sim", "status", "--sim-dir", "locked/sim")
    assert done.code == 1
    assert done.err.startswith("error: ")


@pytest.mark.simulator
def test_file_in_place_of_the_simulator_folder_is_an_error(folder: Path) -> None:
    (folder / "file").write_text("")
    done = gwlbfw("sim", "status", "--sim-dir", "file")
    assert done.code == 1
    assert done.err.startswith("error: the simulator's folder file can't be used")


@pytest.mark.simulator
def test_serve_says_that_fixtures_are_not_run_again(folder: Path) -> None:
    (folder / "account.yaml").write_text("- {call: vpc.CreateVpc}\n")
    serve = ("sim", "serve", "--data", "cloud", "--fixture", "account.yaml")
    for told in (
        "the simulated cloud's state is in cloud;",
        "cloud is not empty: the fixtures are",
    ):
        process = start(folder, *serve)
        assert read_until(process, told).startswith(told)
        assert gwlbfw("sim", "status", "--sim-dir", "cloud").out == "1  vpc\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


@pytest.mark.simulator
def test_serve_does_not_begin_with_a_fixture_that_fails(folder: Path) -> None:
    (folder / "account.yaml").write_text("- {call: vpc.MakeCoffee}\n")
    done = gwlbfw("sim", "serve", "--data", "cloud", "--fixture", "account.yaml")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        "error: account.yaml:1: vpc.MakeCoffee was refused: InvalidApi.NotFound: "
    )
