"""Secrets planted wherever one can be, and looked for wherever one could come out."""

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from gwlbfw.sim.auth.identity import Session
from gwlbfw.simulator import SimulatedCloud
from tests.cli.running import EXAMPLES, CommandResult, gwlbfw

FILE = "topology.yaml"
SECRETS = {
    "the access key's secret": "planted+access/key=secret",
    "the external id": "planted-external-id:4711",
    "a variable of the command line": "planted & given by hand",
    "a variable of the environment": "planted-in-the-environment",
    "a password in user data": "planted(in the file)",
    "a password in a user data file": "planted/beside the file",
    "the password of a proxy": "planted-for-the-proxy",
}
KEY = "an-access-key"
SOURCES = frozenset({FILE, "secret.sh"})
"""Files that the user wrote, secrets and all."""

_ACCOUNTS = """
sensitive: [env:EXTERNAL_ID, env:TOKEN, var:given]
accounts:
  net: {role_arn: "acs:ram::2000000000000002:role/netops", external_id: "${env:EXTERNAL_ID}"}
"""
_INLINE = """user_data: "#!/bin/sh\\npw='planted(in the file)' ${var:given} ${env:TOKEN}\\n\""""


def topology() -> str:
    """The vendor's scenario with the firewall in another account, and secrets in user data."""
    text = (EXAMPLES / "ulanqab.yaml").read_text()
    text = text.replace("user_data_file: hello-world.sh", _INLINE, 1)
    text = text.replace("user_data_file: hello-world.sh", "user_data_file: secret.sh", 1)
    text = text.replace("security_vpc:\n", "security_vpc:\n  account: net\n", 1)
    allowed = 'endpoint_service: {auto_accept: true, allowed_accounts: ["1000000000000001"]}'
    return text.replace("endpoint_service: {auto_accept: true}", allowed, 1) + _ACCOUNTS


def forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, as in a URL, as in JSON, in Base64 at any offset."""
    told = {
        secret,
        escape(secret),
        quote(secret),
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
    }
    for offset in range(3):
        text = base64.b64encode(b" " * offset + secret.encode()).decode().rstrip("=")
        told.add(text[(0, 2, 3)[offset] : -1])
    return told


def found(text: str, secrets: Mapping[str, str]) -> list[str]:
    """The secrets that a text tells, by what they are."""
    return [name for name, each in secrets.items() if any(form in text for form in forms(each))]


@dataclass
class PlantedSecrets:
    """A folder with planted secrets, and all that was said there."""

    folder: Path
    url: str
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    said: dict[str, CommandResult] = field(default_factory=dict)

    def run(self, *words: str) -> CommandResult:
        """A command line at -vv; what it says is kept."""
        given = ("--var", f"given={SECRETS['a variable of the command line']}")
        done = gwlbfw("-vv", *given, "--endpoint-url", self.url, *words)
        self.said[f"{len(self.said)}: {' '.join(words)}"] = done
        return done

    def learn(self, cloud: SimulatedCloud) -> None:
        """The keys of the sessions that AssumeRole has answered are secrets, too."""
        for each in cloud.simulator.state:
            if isinstance(each, Session):
                self.secrets[f"the secret of {each.id}"] = each.secret
                self.secrets[f"the token of {each.id}"] = each.token

    def leaks(self) -> list[str]:
        """Every secret that was said or written, with where."""
        told = {name: done.out + done.err for name, done in self.said.items()}
        told |= {str(path): path.read_bytes().decode("latin-1") for path in self.written()}
        return [f"{name}: {each}" for name, text in told.items() for each in self.found(text)]

    def found(self, text: str) -> list[str]:
        return found(text, self.secrets)

    def written(self) -> list[Path]:
        """The files that the tool has written."""
        files = (each for each in self.folder.rglob("*") if each.is_file())
        return [each for each in files if each.name not in SOURCES]


@contextmanager
def plant_secrets(folder: Path, url: str) -> Iterator[PlantedSecrets]:
    """A folder and an environment with secrets in them."""
    (folder / FILE).write_text(topology())
    script = f"#!/bin/sh\necho '{SECRETS['a password in a user data file']}'\n"
    (folder / "secret.sh").write_text(script)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY)
        patch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRETS["the access key's secret"])
        patch.setenv("EXTERNAL_ID", SECRETS["the external id"])
        patch.setenv("TOKEN", SECRETS["a variable of the environment"])
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, f"http://me:{SECRETS['the password of a proxy']}@127.0.0.1:1")
        before = os.umask(0)
        try:
            yield PlantedSecrets(folder, url)
        finally:
            os.umask(before)
