"""The user data that makes an appliance of an instance, run with stand-ins for its tools."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from gwlbfw.blueprint.bootstrap import bounce_script, template_digest
from gwlbfw.resources import HealthCheck, Launch

SSH = HealthCheck(enabled=True, port=22)
HTTP = HealthCheck(enabled=True, protocol="HTTP", port=8080, path="/alive/now")
TCP = HealthCheck(enabled=True, port=9000)
OFF = HealthCheck(enabled=False, port=9000)
ADDRESSES = ("10.0.2.9", "10.0.1.8")

_TOOLS = {
    # Rules are lines of a file; -C asks for one, -A and -I add one.
    "iptables": """
rule=$(echo "$*" | sed -E 's/-w //; s/-(C|A) //; s/-I (FORWARD) 1 /\\1 /')
case " $* " in
  *" -C "*) grep -qxF -- "$rule" "$ROOT/rules" ;;
  *) echo "$rule" >> "$ROOT/rules" ;;
esac
""",
    "ip": """
case "$*" in
  *"show default") echo "default via 10.0.1.253 dev eth0" ;;
  *) echo "$*" >> "$ROOT/ip" ;;
esac
""",
    "sysctl": 'echo "$*" >> "$ROOT/sysctl"',
    "systemctl": 'echo "$*" >> "$ROOT/systemctl"',
    "cat": """
case "$1" in /sys/class/net/eth0/mtu) echo "$MTU" ;; *) exec /bin/cat "$@" ;; esac
""",
}


class Machine:
    """A folder that stands for a machine's file system, and its tools."""

    def __init__(self, root: Path, mtu: int = 1500) -> None:
        self.root, self._mtu = root, mtu
        for folder in ("bin", "etc/systemd/system", "usr/local/sbin", "var/lib"):
            (root / folder).mkdir(parents=True)
        (root / "rules").touch()
        for name, text in _TOOLS.items():
            self._executable(root / "bin" / name, f"#!/bin/bash\n{text}\n")

    def launch(self, script: str) -> None:
        """What cloud-init does with user data, once."""
        self._run(script)

    def boot(self) -> None:
        """What systemd does at every start: whatever is enabled."""
        if "enable --now gwlbfw-bounce.service" in self.said("systemctl"):
            self._run(self.text("usr/local/sbin/gwlbfw-bounce"))

    def text(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def said(self, tool: str) -> list[str]:
        path = self.root / tool
        return path.read_text("utf-8").splitlines() if path.exists() else []

    @property
    def rules(self) -> list[str]:
        return self.said("rules")

    def _run(self, script: str) -> None:
        here = script
        for folder in ("/usr/local/sbin", "/etc/systemd", "/var/lib"):
            here = here.replace(folder, f"{self.root}{folder}")
        tools = f"{self.root}/bin:{os.environ['PATH']}"
        environment = {"PATH": tools, "ROOT": str(self.root), "MTU": str(self._mtu)}
        subprocess.run(["bash", "-c", here], check=True, env=environment)

    @staticmethod
    def _executable(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("check", [SSH, HTTP, TCP, OFF])
@pytest.mark.parametrize("addresses", [ADDRESSES, ADDRESSES[:1], ()])
def test_user_data_is_a_script_that_bash_can_read(
    check: HealthCheck, addresses: tuple[str, ...]
) -> None:
    script = bounce_script(addresses, check)
    assert script.startswith("#!/bin/bash\n")
    assert not re.search("@[A-Z]", script)
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_bounce_script_fits_into_user_data() -> None:
    many = [f"10.0.{n}.10" for n in range(20)]
    assert len(bounce_script(many, HTTP).encode()) < 16 * 1024


def test_every_packet_goes_back_to_its_source_address(machine: Machine) -> None:
    machine.launch(bounce_script(ADDRESSES, SSH))
    machine.boot()
    assert machine.rules == [
        "-t nat PREROUTING -p udp -s 10.0.1.8 --dport 6081 -j DNAT --to-destination 10.0.1.8",
        "-t nat POSTROUTING -p udp -d 10.0.1.8 --dport 6081 -j MASQUERADE",
        "-t nat PREROUTING -p udp -s 10.0.2.9 --dport 6081 -j DNAT --to-destination 10.0.2.9",
        "-t nat POSTROUTING -p udp -d 10.0.2.9 --dport 6081 -j MASQUERADE",
        "FORWARD -p udp --dport 6081 -j ACCEPT",
    ]
    assert "-qw net.ipv4.ip_forward=1" in machine.said("sysctl")


def test_rules_are_there_once_after_every_boot(machine: Machine) -> None:
    machine.launch(bounce_script(ADDRESSES, SSH))
    machine.boot()
    once = machine.rules
    machine.boot()
    assert machine.rules == once
    (machine.root / "rules").write_text("")  # a reboot forgets them
    machine.boot()
    assert machine.rules == once


def test_bounce_service_starts_with_the_machine(machine: Machine) -> None:
    machine.launch(bounce_script(ADDRESSES, SSH))
    unit = machine.text("etc/systemd/system/gwlbfw-bounce.service")
    assert "WantedBy=multi-user.target" in unit
    assert "usr/local/sbin/gwlbfw-bounce" in unit
    assert machine.said("systemctl") == ["daemon-reload", "enable --now gwlbfw-bounce.service"]
    assert os.access(machine.root / "usr/local/sbin/gwlbfw-bounce", os.X_OK)


@pytest.mark.parametrize(
    ("mtu", "raised"), [(1500, True), (1567, True), (1568, False), (8500, False)]
)
def test_mtu_is_raised_to_that_of_a_full_packet(tmp_path: Path, mtu: int, *, raised: bool) -> None:
    machine = Machine(tmp_path, mtu)
    machine.launch(bounce_script(ADDRESSES, SSH))
    machine.boot()
    assert machine.said("ip") == (["link set dev eth0 mtu 1568"] if raised else [])


class TestProbe:
    def test_ssh_port_needs_no_answering_service(self, machine: Machine) -> None:
        machine.launch(bounce_script(ADDRESSES, SSH))
        assert not (machine.root / "etc/systemd/system/gwlbfw-probe.service").exists()

    def test_disabled_health_check_needs_no_answering_service(self, machine: Machine) -> None:
        machine.launch(bounce_script(ADDRESSES, OFF))
        assert not (machine.root / "etc/systemd/system/gwlbfw-probe.service").exists()

    def test_other_port_gets_an_answering_service_that_starts_with_the_machine(
        self, machine: Machine
    ) -> None:
        machine.launch(bounce_script(ADDRESSES, TCP))
        assert "http.server 9000" in machine.text("etc/systemd/system/gwlbfw-probe.service")
        assert "enable gwlbfw-probe.service" in machine.said("systemctl")

    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("/alive", "alive"),
            ("/alive/now", "alive/now"),
            ("/a.html?deep=1&x=$HOME", "a.html"),
            ("/it's", "it's"),
        ],
    )
    def test_http_check_gets_its_page(self, machine: Machine, path: str, page: str) -> None:
        machine.launch(bounce_script(ADDRESSES, HTTP.model_copy(update={"path": path})))
        assert machine.text(f"var/lib/gwlbfw-probe/{page}") == "ok\n"
        assert machine.said("systemctl")[-1] == "enable --now gwlbfw-bounce.service"

    @pytest.mark.parametrize("path", ["/", "/alive/"])
    def test_http_path_of_a_folder_is_answered_too(self, machine: Machine, path: str) -> None:
        script = bounce_script(ADDRESSES, HTTP.model_copy(update={"path": path}))
        machine.launch(script)
        machine.launch(script)
        assert (machine.root / f"var/lib/gwlbfw-probe{path}").is_dir()
        assert machine.said("systemctl")[-1] == "enable --now gwlbfw-bounce.service"


class TestDigest:
    def test_digest_differs_with_user_data_and_with_all_that_is_set_at_launch(self) -> None:
        digests = {
            template_digest(None, Launch()),
            template_digest("a", Launch()),
            template_digest("b", Launch()),
            template_digest("a", Launch(ram_role="x")),
            template_digest("a", Launch(disk_size_gb=40)),
        }
        assert len(digests) == 5

    def test_digest_of_bytes_equals_that_of_the_same_text(self) -> None:
        assert template_digest(b"a", Launch()) == template_digest("a", Launch())

    def test_digest_fits_into_a_tag(self) -> None:
        assert len(template_digest("a", Launch())) == 32
