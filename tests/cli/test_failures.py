"""What a user is told when the cloud says no, does not answer, or the command is interrupted."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from gwlbfw import Stack, Topology
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.settings import Settings
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from tests.cli.processes import TIMEOUT_S, read_until, start
from tests.cli.running import CommandResult, gwlbfw, same_as_snapshot

pytestmark = [pytest.mark.simulator, pytest.mark.usefixtures("folder")]

FILE = "ulanqab.yaml"
AT_ONCE = Settings(transition=0.0)


@simulated_cloud(AT_ONCE)
def test_failure_is_shown_once_with_what_to_do(folder: Path, cloud: SimulatedCloud) -> None:
    cloud.simulator.faults.add(
        Rule(
            "error",
            "gwlb:CreateLoadBalancer",
            code="Forbidden.RAM",
            message="User not authorized.",
            status=403,
        ),
        Rule(
            "error",
            "privatelink:CreateVpcEndpointService",
            code="QuotaExceeded.EndpointService",
            message="The quota is exceeded.",
        ),
    )
    url = ("--endpoint-url", cloud.url)
    failed = gwlbfw("apply", FILE, "--auto-approve", *url, "--report", "r.json")
    assert failed.code == 1
    same_as_snapshot("apply-failed", failed)
    report = json.loads((folder / "r.json").read_text())
    assert report["outcome"] == "failed"
    cloud.simulator.faults.clear()
    again = gwlbfw("apply", FILE, "--auto-approve", *url)
    assert again.code == 0
    assert gwlbfw("plan", FILE, *url, "--detailed-exitcode").code == 0
    words = ("--auto-approve", "--report", "d.json", "--parallelism", "3")
    assert gwlbfw("destroy", FILE, *words, *url).code == 0
    report = json.loads((folder / "d.json").read_text())
    assert report["outcome"] == "done"
    assert "gwlb:DeleteLoadBalancer" in {each["action"] for each in report["calls"]}


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "verify"])
@simulated_cloud(AT_ONCE)
def test_a_region_that_the_cloud_does_not_know_is_shown_at_its_place(
    folder: Path, command: str, cloud: SimulatedCloud
) -> None:
    text = (folder / FILE).read_text().replace("cn-wulanchabu", "cn-nowhere")
    (folder / FILE).write_text(text)
    line = text.splitlines().index("region: cn-nowhere") + 1
    told = gwlbfw(command, FILE, "--endpoint-url", cloud.url)
    assert told.code == 1
    assert "InvalidRegionId.NotFound: The region cn-nowhere does not exist" in told.err
    assert f"--> {FILE}:{line}:1" in told.err


@simulated_cloud(AT_ONCE)
def test_apply_resumes_after_a_gateway_could_not_be_created(cloud: SimulatedCloud) -> None:
    cloud.simulator.faults.add(Rule("error", "vpc:CreateIpv4Gateway", code="QuotaExceeded.X"))
    words = ("apply", FILE, "--auto-approve", "--endpoint-url", cloud.url)
    assert gwlbfw(*words).code == 1
    cloud.simulator.faults.clear()
    assert gwlbfw(*words).code == 0


@simulated_cloud(AT_ONCE)
def test_retry_of_a_call_is_shown(cloud: SimulatedCloud) -> None:
    cloud.simulator.faults.add(Rule("throttle", "vpc:CreateVpc", first=1))
    done = gwlbfw("apply", FILE, "--auto-approve", "--endpoint-url", cloud.url)
    assert done.code == 0
    assert ": attempt 2 in " in done.err
    assert "Throttling" in done.err


@simulated_cloud(Settings(credentials={"key": "secret"}))
def test_wrong_keys_are_an_error_that_repeats_no_secret(
    cloud: SimulatedCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hunter2")
    done = gwlbfw("plan", FILE, "--endpoint-url", cloud.url, "-vv")
    assert done.code == 1
    assert "SignatureDoesNotMatch" in done.err
    assert "hint: the AccessKey secret does not belong to the AccessKey id" in done.err
    assert "hunter2" not in done.err


def test_cloud_that_does_not_answer_is_an_error() -> None:
    done = gwlbfw("plan", FILE, "--endpoint-url", "http://127.0.0.1:1")
    assert (done.code, done.out) == (1, "")
    assert "got no answer from" in done.err
    assert "hint: see that this host is the API's, and is reached from here" in done.err


def test_broken_state_file_is_an_error(folder: Path) -> None:
    state = folder / ".gwlbfw" / "state"
    state.mkdir(parents=True)
    (state / "ulanqab-edge.cn-wulanchabu.json").write_text("{")
    done = gwlbfw("plan", FILE, "--sim")
    assert done.code == 1
    assert "ulanqab-edge.cn-wulanchabu.json is no record of a stack" in done.err


def test_topology_in_json_is_not_taken_for_a_plan(folder: Path) -> None:
    (folder / "topology.json").write_text(json.dumps({"version": 1}))
    done = gwlbfw("apply", "topology.json", "--sim", "-y")
    assert "error: " in done.err
    assert "plan" not in done.err


@pytest.mark.parametrize("text", ['{"format_version": 9, "calls": []}', '{"calls": []}'])
def test_plan_of_another_version_is_refused(folder: Path, text: str) -> None:
    (folder / "p.json").write_text(text)
    done = gwlbfw("apply", "p.json", "--sim", "--auto-approve")
    assert done.code == 1
    assert "error: this is no plan that can be applied" in done.err


@simulated_cloud(AT_ONCE)
def test_plan_that_cannot_be_saved_is_an_error(cloud: SimulatedCloud) -> None:
    done = gwlbfw("plan", FILE, "--endpoint-url", cloud.url, "--out", "no/such/folder/p.json")
    assert done.code == 1
    assert "error: can't write no/such/folder/p.json: No such file or directory" in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@simulated_cloud(Settings(transition=0.1))
def test_interrupted_apply_finishes_its_calls_and_is_resumed(
    folder: Path, number: signal.Signals, cloud: SimulatedCloud
) -> None:
    url = ("--endpoint-url", cloud.url)
    process = start(folder, "apply", FILE, "--auto-approve", *url)
    read_until(process, "vpc.security: created")
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert err.startswith("interrupted: finishing the calls in flight") or "interrupted" in err
    assert err.endswith(f"run `gwlbfw apply {FILE} --endpoint-url {cloud.url}` again to resume\n")
    assert "Traceback" not in out + err
    vpcs = cloud.status().resources["vpc"]
    assert gwlbfw("apply", FILE, "--auto-approve", *url).code == 0
    assert vpcs <= cloud.status().resources["vpc"] == 2
    assert gwlbfw("plan", FILE, *url, "--detailed-exitcode").code == 0


@simulated_cloud(AT_ONCE)
def test_second_interruption_ends_apply_at_once(folder: Path, cloud: SimulatedCloud) -> None:
    cloud.simulator.faults.add(Rule("delay", "vpc:CreateVpc", seconds=4.0))
    process = start(folder, "apply", FILE, "--auto-approve", "--endpoint-url", cloud.url)
    read_until(process, "eip.shop/ecs-b-01: created")
    process.send_signal(signal.SIGINT)
    read_until(process, "interrupt again to leave at once")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=2.0)
    assert process.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@simulated_cloud(AT_ONCE)
def test_interruption_before_the_first_step_says_that_nothing_was_changed(
    folder: Path, number: signal.Signals, cloud: SimulatedCloud
) -> None:
    with Stack(Topology.load(FILE), cloud.cloud) as stack, stack.locked("apply"):
        words = ("--auto-approve", "--lock-timeout", "600", "--endpoint-url", cloud.url)
        process = start(folder, "apply", FILE, *words)
        read_until(process, "waiting: the stack is locked by")
        process.send_signal(number)
        out, err = process.communicate(timeout=2.0)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("interrupted: nothing was changed\n")


@simulated_cloud(AT_ONCE)
def test_interrupted_watch_has_printed_json_lines(folder: Path, cloud: SimulatedCloud) -> None:
    words = ("drift", FILE, "--watch", "0.1", "--format", "json", "--endpoint-url", cloud.url)
    process = start(folder, *words)
    assert process.stdout is not None
    lines = [process.stdout.readline(), process.stdout.readline()]
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert [json.loads(line)["drifted"] for line in lines] == [True, True]
    assert "time" in json.loads(lines[0])
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_served_simulator_prints_its_url_and_ends_well(
    folder: Path, number: signal.Signals
) -> None:
    (folder / "keys").write_text("key:secret\nother:secret\n")
    process = start(folder, "sim", "serve", "--data", "data", "--credentials", "@keys")
    assert process.stdout is not None
    export = process.stdout.readline()
    assert export.startswith("export GWLBFW_ENDPOINT_URL=http://127.0.0.1:")
    url = export.strip().partition("=")[2]
    trust = [process.stdout.readline().strip().split("=") for _ in range(3)]
    assert [each for each, _ in trust] == [
        "export SSL_CERT_FILE",
        "export REQUESTS_CA_BUNDLE",
        "export NODE_EXTRA_CA_CERTS",
    ]
    assert {each for _, each in trust} == {str(folder / "data" / "ca.pem")}
    refused = gwlbfw("sim", "call", "vpc", "DescribeVpcs", "--endpoint-url", url)
    assert "InvalidAccessKeyId" in refused.err
    second = gwlbfw("sim", "serve", "--data", "data")
    assert second.err == f"error: data is served already, at {url}\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, out) == (0, "")
    assert err == "the simulated cloud's state is in data; Ctrl-C stops serving it\nstopped\n"


def test_served_simulator_keeps_its_state_in_the_folder(folder: Path) -> None:
    process = start(folder, "sim", "serve", "--data", "data", "--region", "cn-hangzhou")
    assert process.stdout is not None
    url = process.stdout.readline().strip().partition("=")[2]
    made = gwlbfw(
        *("sim", "call", "vpc", "CreateVpc", "CidrBlock=10.0.0.0/16", "--endpoint-url", url)
    )
    assert made.code == 0
    process.terminate()
    process.communicate(timeout=TIMEOUT_S)
    assert gwlbfw("sim", "status", "--sim-dir", "data").out == "1  vpc\n"


def test_served_simulator_takes_faults_lag_strictness_and_clock(folder: Path) -> None:
    rules = [{"match": "vpc:DescribeVpcs", "nth": 2, "effect": "error", "code": "Odd"}]
    (folder / "faults.yaml").write_text(json.dumps(rules))
    asked = ("--faults", "faults.yaml", "--activity", "calls.jsonl", "--strict", "--list-lag", "60")
    slow = ("--clock", "standing", "--latency", "realistic", "--speed", "50")
    process = start(folder, "sim", "serve", "--data", "data", *asked, *slow)
    assert process.stdout is not None
    url = process.stdout.readline().strip().partition("=")[2]

    def call(action: str, *words: str) -> CommandResult:
        return gwlbfw("sim", "call", "vpc", action, *words, "--endpoint-url", url)

    def advance(seconds: int) -> None:
        body = json.dumps({"advance": seconds}).encode()
        header = {"X-Gwlbfw-Control": "test"}
        request = urllib.request.Request(f"{url}/-/clock", body, header)  # noqa: S310 - loopback
        urllib.request.urlopen(request).close()  # noqa: S310 - loopback

    made = json.loads(call("CreateVpc", "CidrBlock=10.0.0.0/16").out)["VpcId"]
    assert "UnknownParameter" in call("CreateVpc", "CidrBlok=10.0.0.0/16").err
    assert json.loads(call("DescribeVpcs").out)["TotalCount"] == 0
    assert "Odd" in call("DescribeVpcs").err
    assert json.loads(call("DescribeVpcAttribute", f"VpcId={made}").out)["Status"] == "Pending"
    advance(61)
    assert json.loads(call("DescribeVpcs").out)["TotalCount"] == 1
    assert json.loads(call("DescribeVpcAttribute", f"VpcId={made}").out)["Status"] == "Available"
    process.terminate()
    process.communicate(timeout=TIMEOUT_S)
    calls = [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]
    assert [each["action"] for each in calls].count("DescribeVpcs") == 3
    assert (folder / "calls.jsonl").stat().st_mode & 0o777 == 0o600


def test_reader_that_stops_ends_the_command_without_a_message() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from gwlbfw.cli.app import run; import sys; sys.exit(run(['schema']))",
        ],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    _, err = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, err) == (1, "")


def run_in_shell(line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line with `gwlbfw` in a shell."""
    script = f'gwlbfw() {{ "{sys.executable}" -m gwlbfw "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_closed_stderr_is_written_to_nowhere() -> None:
    done = run_in_shell("gwlbfw validate nowhere.yaml 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize("command", ["validate ulanqab.yaml", "plan --help"])
def test_result_for_a_closed_stdout_is_an_error(command: str) -> None:
    done = run_in_shell(f"gwlbfw {command} >&-")
    assert (done.returncode, done.stderr) == (1, "error: bad file descriptor\n")


def test_full_disk_below_stdout_is_an_error() -> None:
    done = run_in_shell("gwlbfw schema > /dev/full")
    assert (done.returncode, done.stderr) == (1, "error: no space left on device\n")


def test_character_that_the_encoding_lacks_is_replaced() -> None:
    done = run_in_shell("gwlbfw graph ulanqab.yaml", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "192.168.1.0/24 ? endpoint.shop/cn-wulanchabu-b" in done.stdout
