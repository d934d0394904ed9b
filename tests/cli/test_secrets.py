"""No secret is ever printed, logged or stored, whatever goes wrong."""

import base64
import json
import logging
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gwlbfw.sim.faults import Rule
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.wire import HttpReply, HttpRequest
from gwlbfw.simulator import SimulatedCloud, simulated_cloud
from gwlbfw.topology.models import Topology
from tests.cli.processes import TIMEOUT_S, read_until, start
from tests.cli.running import gwlbfw
from tests.cli.secrets import FILE, KEY, SECRETS, PlantedSecrets, found, plant_secrets
from tests.unit.cloud.server import Answer, Request, serving

pytestmark = pytest.mark.simulator

SECRET = SECRETS["the access key's secret"]
EXTERNAL_ID = SECRETS["the external id"]
USER_DATA = frozenset(
    {
        "a variable of the command line",
        "a variable of the environment",
        "a password in user data",
        "a password in a user data file",
    }
)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[SimulatedCloud]:
    """A cloud that verifies signatures and writes down every call."""
    settings = Settings(
        transition=0.0, credentials={KEY: SECRET}, activity_file=tmp_path / "calls.jsonl"
    )
    with simulated_cloud(settings) as cloud:
        yield cloud


@pytest.fixture
def planted(tmp_path: Path, cloud: SimulatedCloud) -> Iterator[PlantedSecrets]:
    with plant_secrets(tmp_path, cloud.url) as planted:
        yield planted


def test_planted_secret_is_found_where_it_is_shown(planted: PlantedSecrets) -> None:
    shown = planted.run("plan", FILE, "--show-sensitive")
    assert set(planted.found(shown.out)) == USER_DATA
    encoded = base64.b64encode(b"#!/bin/sh\n" + EXTERNAL_ID.encode()).decode()
    assert found(encoded, SECRETS) == ["the external id"]


def test_no_command_shows_or_writes_a_secret(
    planted: PlantedSecrets, cloud: SimulatedCloud
) -> None:
    for form in ("text", "json", "sarif"):
        planted.run("validate", FILE, "--format", form)
    for form in ("text", "json", "markdown"):
        planted.run("plan", FILE, "--calls", "--out", f"{form}.json", "--format", form)
    planted.run("apply", "text.json", "--auto-approve", "--report", "report.json")
    (planted.folder / "secret.sh").write_text("#!/bin/sh\necho another one\n")
    planted.run("plan", FILE, "--calls")
    planted.run("apply", "json.json", "--auto-approve")
    planted.run("apply", FILE, "--auto-approve", "--allow-traffic-loss", "-v")
    for form in ("text", "json", "markdown", "sarif"):
        planted.run("drift", FILE, "--format", form)
    for form in ("text", "json"):
        planted.run("verify", FILE, "--format", form)
        planted.run(
            "trace",
            FILE,
            "--from",
            "internet",
            "--to",
            "instance.server/shop/ecs-b-01",
            "--format",
            form,
        )
        planted.run("sim", "status", "--format", form)
    for form in ("mermaid", "dot"):
        planted.run("graph", FILE, "--format", form)
    for words in ("policy", "unlock", "plan --destroy --calls", "destroy --auto-approve"):
        verb, *rest = words.split()
        planted.run(verb, FILE, *rest)
    planted.learn(cloud)
    assert [name for name, done in planted.said.items() if done.code] == [
        "8: apply json.json --auto-approve"
    ]
    assert len(planted.secrets) > len(SECRETS)
    assert "AssumeRole" in (planted.folder / "calls.jsonl").read_text()
    assert planted.leaks() == []


def test_written_files_are_their_owners_alone_whatever_the_umask(planted: PlantedSecrets) -> None:
    planted.run("plan", FILE, "--out", "p.json")
    planted.run("apply", "p.json", "--auto-approve", "--report", "r.json", "--state", "a/b/c")
    files = {each.name for each in planted.written()}
    assert {"p.json", "r.json", "calls.jsonl"} < files
    assert {stat.S_IMODE(each.stat().st_mode) for each in planted.written()} == {0o600}
    folders = [each for each in planted.folder.rglob("*") if each.is_dir()]
    assert len(folders) >= 3
    assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}


def test_simulator_folder_is_its_owners_alone(planted: PlantedSecrets) -> None:
    assert gwlbfw("sim", "call", "vpc", "DescribeVpcs", "--sim").code == 0
    made = list((planted.folder / ".gwlbfw").rglob("*"))
    assert {"state.sqlite", "lock", "sim"} <= {each.name for each in made}
    for each in made:
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600), each


FAILURES = {
    "it is forbidden": Rule(
        "error", "gwlb:CreateLoadBalancer", code="Forbidden.RAM", status=403, first=1
    ),
    "an external id is brought back": Rule(
        "error",
        "sts:AssumeRole",
        code="NoPermission",
        message=f"The external id {EXTERNAL_ID} is not the role's.",
        status=403,
    ),
    "all is throttled once": Rule("throttle", per="action", first=1, retry_after_ms=1),
    "all fails once": Rule("error", per="action", first=1, code="InternalError", status=500),
    "connections are reset": Rule("reset", per="action", first=1),
    "replies are lost": Rule("lose_reply", "*:*", per="action", first=1),
}


@pytest.mark.parametrize("rule", FAILURES.values(), ids=FAILURES)
def test_no_secret_is_shown_when_the_cloud_fails(
    planted: PlantedSecrets, cloud: SimulatedCloud, rule: Rule, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.simulator.faults.add(rule)
    planted.run("apply", FILE, "--auto-approve", "--report", "report.json")
    planted.run("plan", FILE)
    planted.learn(cloud)
    assert any(each.fault for each in cloud.simulator.activity.entries())
    assert planted.leaks() == []
    ours = (each for each in caplog.records if not each.name.startswith("gwlbfw.sim"))
    assert planted.found("\n".join(each.getMessage() for each in ours)) == []


def _signed(request: Request) -> Answer:
    said = f"The string to sign is: {_whole(request)}"
    return Answer({"Code": "SignatureDoesNotMatch", "Message": said}, 400)


def _page(request: Request) -> Answer:
    return Answer(status=502, text=f"<html>No gateway for {_whole(request)}</html>")


def _odd(request: Request) -> Answer:
    return Answer({"Credentials": {"SecurityToken": _whole(request)}, "Vpcs": _whole(request)})


def _whole(request: Request) -> str:
    return f"{dict(request.query)} {dict(request.form)} {dict(request.headers)}"


@pytest.mark.parametrize("answer", [_signed, _page, _odd])
def test_no_secret_is_shown_when_the_cloud_echoes_the_request(
    planted: PlantedSecrets, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Request], Answer]
) -> None:
    token = "planted-token-of-a-session"
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", token)
    with serving() as server:
        for action in ("AssumeRole", "GetCallerIdentity", "DescribeVpcs", "RunInstances"):
            server.on(action, answer)
        there = PlantedSecrets(planted.folder, server.url, {**SECRETS, "the token": token})
        there.run("plan", FILE)
        there.run("sim", "call", "ecs", "RunInstances", f"UserData={EXTERNAL_ID}")
    planned, called = there.said.values()
    assert planned.code == 1
    assert called.out == "" or answer is _odd  # what is answered well is shown as it is
    assert "authorization" not in planned.err + called.err
    assert there.found(planned.out + planned.err + called.err) == []


def test_wrong_secret_is_not_shown(
    planted: PlantedSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "planted-but-wrong")
    planted.secrets["a wrong secret"] = "planted-but-wrong"
    done = planted.run("plan", FILE, "--state", "oss://a-bucket/state")
    assert "SignatureDoesNotMatch" in done.err
    assert "SignatureDoesNotMatch" in planted.run("plan", FILE).err
    assert planted.leaks() == []


def test_user_data_is_not_shown_when_the_simulator_echoes_what_was_signed(
    planted: PlantedSecrets,
    cloud: SimulatedCloud,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "planted-but-wrong")
    echoed: list[bytes] = []
    handle = cloud.simulator.handle

    def watch(http: HttpRequest) -> HttpReply:
        reply = handle(http)
        echoed.append(reply.body)
        return reply

    monkeypatch.setattr(cloud.simulator, "handle", watch)
    done = planted.run("sim", "call", "ecs", "RunInstances", f"UserData={EXTERNAL_ID}",
                       "InstanceType=ecs.c7.large", "ImageId=i")  # fmt: skip
    assert "SignatureDoesNotMatch" in done.err
    assert planted.found(b"".join(echoed).decode())
    assert planted.leaks() == []
    assert planted.found("\n".join(each.getMessage() for each in caplog.records)) == []


WRONG_FILES = {
    "a wrong key beside it": (", user_data:", ", nmae: x, user_data:"),
    "no YAML behind it": ("image_family: acs", "image_family: @acs"),
    "a quote that ends too soon": ("pw='", "pw=\"'"),
    "no such file": ("user_data_file: secret.sh", "user_data_file: none.sh"),
    "two of them": ("user_data_file: secret.sh", "user_data_file: secret.sh, user_data: x"),
    "a folder for a file": ("user_data_file: secret.sh", "user_data_file: ."),
    "a secret in a name": ("name: ulanqab-edge", 'name: "${env:TOKEN}"'),
    "a variable that is not set": ("${env:TOKEN}", "${env:TOKEN}${env:NOBODY}"),
    "user data that is too long": ("#!/bin/sh", "#!/bin/sh" + "." * 32_768),
}


@pytest.mark.parametrize("change", WRONG_FILES.values(), ids=WRONG_FILES)
def test_no_secret_of_a_wrong_file_is_shown(
    planted: PlantedSecrets, change: tuple[str, str]
) -> None:
    text = (planted.folder / FILE).read_text()
    assert change[0] in text
    (planted.folder / FILE).write_text(text.replace(*change, 1))
    for form in ("text", "json", "sarif"):
        assert planted.run("validate", FILE, "--format", form).code == 1
    assert planted.run("plan", FILE).code == 1
    assert planted.leaks() == []


@pytest.mark.parametrize("proxy", ["127.0.0.1:1", "127.0.0.1:notaport", "[::1", "", "127.0.0.1 x"])
def test_password_of_a_proxy_is_not_shown(
    planted: PlantedSecrets, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    password = SECRETS["the password of a proxy"]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:{password}@{proxy}")
    beyond = PlantedSecrets(planted.folder, "http://192.0.2.1:80")
    assert beyond.run("sim", "call", "vpc", "DescribeVpcs").code == 1
    if proxy == "127.0.0.1:1":
        assert beyond.run("plan", FILE, "--state", "oss://a-bucket/state").code == 1
    assert beyond.leaks() == []


PROFILES = {
    "no secret": {"mode": "AK", "access_key_id": "planted-id"},
    "no such mode": {"mode": "planted-mode", "access_key_secret": "planted-in-a-profile"},
    "a command that fails": {
        "mode": "External",
        "process_command": "sh -c 'echo planted-in-a-profile >&2; exit 1'",
    },
    "a command that says nonsense": {
        "mode": "External",
        "process_command": "echo planted-in-a-profile",
    },
}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_content_of_a_profile_is_not_shown(
    planted: PlantedSecrets, monkeypatch: pytest.MonkeyPatch, profile: dict[str, str]
) -> None:
    monkeypatch.setenv("HOME", str(planted.folder))
    folder = planted.folder / ".aliyun"
    folder.mkdir()
    profile = {"name": "p", "region_id": "cn-wulanchabu", **profile}
    content = json.dumps({"current": "p", "profiles": [profile]})
    (folder / "config.json").write_text(content)
    done = planted.run("plan", FILE, "--profile", "p")
    assert done.code == 1
    assert "planted-in-a-profile" not in done.out + done.err
    (folder / "config.json").write_text(content[:-1])
    done = planted.run("plan", FILE, "--profile", "p")
    assert done.code == 1
    assert "planted-in-a-profile" not in done.out + done.err


def test_full_disk_shows_no_secret(planted: PlantedSecrets) -> None:
    assert "No space left" in planted.run("plan", FILE, "--out", "/dev/full").err
    planted.run("apply", FILE, "--auto-approve", "--report", "/dev/full")
    assert planted.leaks() == []


def test_killed_process_leaves_no_secret_behind(
    planted: PlantedSecrets, cloud: SimulatedCloud
) -> None:
    cloud.simulator.faults.add(Rule("delay", "gwlb:CreateListener", seconds=1.0))
    given = f"given={SECRETS['a variable of the command line']}"
    words = ("apply", FILE, "--auto-approve", "-vv", "--var", given, "--endpoint-url", cloud.url)
    process = start(planted.folder, *words, COVERAGE_PROCESS_START="")
    said = read_until(process, "instance.server/shop/ecs-b-01: created")
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=TIMEOUT_S)
    planted.learn(cloud)
    assert {".journal", ".lock"} <= {each.suffix for each in planted.written()}
    assert {stat.S_IMODE(each.stat().st_mode) for each in planted.written()} == {0o600}
    assert planted.found(said + out + err) == []
    assert planted.leaks() == []


def test_served_simulator_shows_no_credentials(planted: PlantedSecrets) -> None:
    pair = f"{KEY}:{SECRET}"
    process = start(planted.folder, "-vv", "sim", "serve", "--data", "data", "--credentials", pair)
    assert process.stdout is not None
    url = process.stdout.readline().strip().partition("=")[2]
    there = PlantedSecrets(planted.folder, url)
    there.run("sim", "call", "vpc", "DescribeVpcs")
    there.run("plan", FILE)
    process.terminate()
    out, err = process.communicate(timeout=TIMEOUT_S)
    assert [each.code for each in there.said.values()] == [0, 0]
    assert there.found(out + err) == []
    state = {each for each in there.written() if each.name.startswith("state.sqlite")}
    assert state
    assert "the access key's secret" not in found(
        "".join(each.read_bytes().decode("latin-1") for each in state), SECRETS
    )
    assert there.leaks() == []


def test_repr_of_values_shows_no_secret(planted: PlantedSecrets) -> None:
    given = {"given": SECRETS["a variable of the command line"]}
    topology = Topology.load(planted.folder / FILE, given)
    assert topology.accounts["net"].external_id == EXTERNAL_ID
    settings = Settings(credentials={KEY: SECRET})
    assert found(f"{topology!r} {settings!r}", SECRETS) == []
