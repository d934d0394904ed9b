"""State backends: the protocol on each, and what only a folder or only a bucket does."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from gwlbfw.cloud.sdk.access_keys import CredentialsError, Keys
from gwlbfw.errors import StateError
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import BackendSettings, StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.oss import BucketPrefix, OssBackend, open_oss_backend
from tests.unit.state.conftest import KEYS


def test_a_name_never_written_has_no_content(backend: StateBackend) -> None:
    assert backend.read("a.json") is None
    assert backend.list_names("a") == []
    backend.delete("a.json")


def test_a_read_gives_the_content_of_the_last_write(backend: StateBackend) -> None:
    for content in (b"first", b"", b"\x00 second\xff" * 1000):
        backend.write("a.json", content)
        assert backend.read("a.json") == content
    assert backend.list_names("") == ["a.json"]


def test_create_leaves_a_name_that_is_taken_alone(backend: StateBackend) -> None:
    assert backend.create("lock", b"mine")
    assert not backend.create("lock", b"theirs")
    assert backend.read("lock") == b"mine"
    backend.delete("lock")
    assert backend.create("lock", b"theirs")


def test_one_of_many_concurrent_creates_succeeds(backend: StateBackend) -> None:
    backend.list_names("")  # connects
    for number in range(5):
        with ThreadPoolExecutor(8) as pool:
            names = [f"{number}"] * 8
            won = list(pool.map(backend.create, names, [f"{each}".encode() for each in range(8)]))
        assert sum(won) == 1
        assert backend.read(f"{number}") == f"{won.index(True)}".encode()


def test_append_adds_after_the_content(backend: StateBackend) -> None:
    backend.append("log", b"a\n", b"a\n", durable=True)
    backend.append("log", b"b\n", b"a\nb\n", durable=True)
    assert backend.read("log") == b"a\nb\n"


def test_names_are_listed_by_their_prefix(backend: StateBackend) -> None:
    for each in ("b.2.json", "b.json", "a.json", "b.10.json"):
        backend.write(each, b"")
    assert backend.list_names("b.") == ["b.10.json", "b.2.json", "b.json"]


class TestLocalBackend:
    def test_files_are_the_owners_alone(self, folder: LocalBackend, tmp_path: Path) -> None:
        folder.write("a", b"")
        folder.create("b", b"")
        folder.append("c", b"", b"", durable=True)
        state = tmp_path / "state"
        assert {p.name: p.stat().st_mode & 0o777 for p in state.iterdir()} == {
            "a": 0o600,
            "b": 0o600,
            "c": 0o600,
        }
        assert state.stat().st_mode & 0o777 == 0o700

    def test_a_full_disk_is_an_error_with_a_hint(
        self, folder: LocalBackend, tmp_path: Path
    ) -> None:
        folder.write("other", b"")
        (tmp_path / "state" / "log").symlink_to("/dev/full")
        with pytest.raises(StateError, match=r"can't write .*log: No space left") as refused:
            folder.append("log", b"line\n", b"line\n", durable=True)
        assert "make room" in (refused.value.hint or "")

    def test_a_path_that_can_be_no_folder_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        for backend in (LocalBackend(tmp_path / "file"), LocalBackend(tmp_path / "nul\0")):
            with pytest.raises(StateError, match="can't write"):
                backend.write("a", b"")
            with pytest.raises(StateError, match="can't write"):
                backend.append("a", b"", b"", durable=True)

    def test_a_link_that_leads_nowhere_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "nowhere")
        with pytest.raises(StateError, match="its folder is a link that leads to no folder"):
            LocalBackend(link).write("name", b"")

    def test_a_file_of_absurd_size_is_not_read(self, folder: LocalBackend, tmp_path: Path) -> None:
        folder.write("a", b"")
        with (tmp_path / "state" / "a").open("r+b") as file:
            file.truncate(1 << 40)
        with pytest.raises(StateError, match="too large"):
            folder.read("a")


class TestOssBackend:
    def test_names_lie_below_the_prefix(self, bucket: OssBackend, url: str) -> None:
        bucket.write("a", b"content")
        above = OssBackend(BucketPrefix.parse("oss://records"), "cn-wulanchabu", KEYS, url)
        assert above.list_names("") == ["team/a/a"]
        assert bucket.location("a") == "oss://records/team/a/a"

    @pytest.mark.parametrize("effect", ["lose_reply", "reset", "error"])
    def test_calls_that_fail_are_sent_again(
        self, bucket: OssBackend, simulator: Simulator, effect: str
    ) -> None:
        simulator.faults.add(Rule(effect, match="oss:*", per="action", first=1))  # type: ignore[arg-type]
        bucket.write("a", b"content")
        assert bucket.read("a") == b"content"
        assert bucket.list_names("") == ["a"]
        bucket.delete("a")

    def test_a_bucket_that_keeps_no_name_exclusive_is_refused(self, url: str) -> None:
        """A bucket whose versioning is enabled or suspended ignores that."""

        class Versioned(OssBackend):
            def _build_request(self, action: str, name: str, **params: Any) -> Any:
                params.pop("forbid_overwrite", None)
                return super()._build_request(action, name, **params)

        bucket = Versioned(BucketPrefix("records", ""), "cn-wulanchabu", KEYS, url)
        with pytest.raises(StateError, match="records can't hold a lock") as refused:
            bucket.create("lock", b"mine")
        assert "never versioned" in (refused.value.hint or "")
        assert bucket.read("lock") is None

    def test_a_create_whose_proof_fails_leaves_nothing_behind(
        self, bucket: OssBackend, simulator: Simulator
    ) -> None:
        refusal = Rule("error", match="oss:PutObject", nth=2, code="AccessDenied", status=403)
        simulator.faults.add(refusal)
        with pytest.raises(StateError, match="AccessDenied"):
            bucket.create("lock", b"mine")
        assert bucket.read("lock") is None

    def test_an_append_that_need_not_be_durable_costs_no_request(self, bucket: OssBackend) -> None:
        bucket.append("log", b"a\n", b"a\n", durable=False)
        assert bucket.read("log") is None
        bucket.append("log", b"b\n", b"a\nb\n", durable=True)
        assert bucket.read("log") == b"a\nb\n"

    def test_a_refusal_names_verb_and_location_and_no_secret(self) -> None:
        with Server(Simulator(settings=Settings(credentials={"key": "right"}))) as server:
            wrong = Keys("key", "wrong-secret")
            backend = OssBackend(BucketPrefix("records", ""), "cn-wulanchabu", wrong, server.url)
            with pytest.raises(
                StateError, match="can't read oss://records/a: SignatureDoesNot"
            ) as said:
                backend.read("a")
        assert "RequestId" in str(said.value)
        assert "wrong-secret" not in repr(said.value)
        assert said.value.__cause__ is None

    def test_an_unreachable_endpoint_is_an_error(self, url: str) -> None:
        gone = url.rsplit(":", 1)[0] + ":1"
        backend = OssBackend(BucketPrefix("records", ""), "cn-wulanchabu", KEYS, gone, attempts=1)
        with pytest.raises(StateError, match="no answer from OSS"):
            backend.write("a", b"")

    def test_a_server_that_never_answers_is_given_up_in_the_time_of_a_call(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            url = f"http://127.0.0.1:{mute.getsockname()[1]}"
            settings = BackendSettings("cn-wulanchabu", url, timeouts_s=(0.1, 0.1))
            backend = open_oss_backend("oss://records", settings)
            backend._attempts = 1
            begun = monotonic()
            with pytest.raises(StateError, match=f"no answer from OSS at {url}"):
                backend.read("a")
            assert monotonic() - begun < 5.0

    def test_missing_credentials_stay_a_credentials_error(self, url: str) -> None:
        class Without:
            def get_credential(self) -> Keys:
                raise CredentialsError("no credentials from anywhere")

        backend = OssBackend(BucketPrefix("r-1", ""), "cn-wulanchabu", Without(), url, attempts=1)
        with pytest.raises(CredentialsError, match="from anywhere"):
            backend.read("a")

    @pytest.mark.parametrize("wrong", ["oss://", "oss://B", "oss:/a", "oss://a b/c", "oss://abc/ü"])
    def test_an_url_without_a_bucket_is_refused(self, wrong: str) -> None:
        with pytest.raises(StateError) as refused:
            BucketPrefix.parse(wrong)
        assert "oss://BUCKET/PREFIX" in (refused.value.hint or "")

    def test_a_loopback_endpoint_bypasses_the_environments_proxy(
        self, bucket: OssBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        bucket.write("a", b"content")
        assert bucket.read("a") == b"content"
