"""What every backend does, and what a folder and a bucket do in their own way."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gwlbfw.cloud.sdk.access_keys import CredentialsError, Keys
from gwlbfw.errors import StateError
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.server import Server
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.oss import BucketPrefix, OssBackend
from tests.unit.state.conftest import KEYS


def test_what_was_never_written_is_not_there(backend: StateBackend) -> None:
    assert backend.read("a.json") is None
    assert backend.list_names("a") == []
    backend.delete("a.json")


def test_what_is_written_is_read_until_it_is_written_again(backend: StateBackend) -> None:
    for content in (b"first", b"", b"\x00 second\xff" * 1000):
        backend.write("a.json", content)
        assert backend.read("a.json") == content
    assert backend.list_names("") == ["a.json"]


def test_what_is_there_is_not_created(backend: StateBackend) -> None:
    assert backend.create("lock", b"mine")
    assert not backend.create("lock", b"theirs")
    assert backend.read("lock") == b"mine"
    backend.delete("lock")
    assert backend.create("lock", b"theirs")


def test_of_many_that_create_at_once_one_succeeds(backend: StateBackend) -> None:
    backend.list_names("")  # connects
    for number in range(5):
        with ThreadPoolExecutor(8) as pool:
            names = [f"{number}"] * 8
            won = list(pool.map(backend.create, names, [f"{each}".encode() for each in range(8)]))
        assert sum(won) == 1
        assert backend.read(f"{number}") == f"{won.index(True)}".encode()


def test_what_is_added_comes_after_what_is_there(backend: StateBackend) -> None:
    backend.append("log", b"a\n", b"a\n", durable=True)
    backend.append("log", b"b\n", b"a\nb\n", durable=True)
    assert backend.read("log") == b"a\nb\n"


def test_names_are_found_by_what_they_begin_with(backend: StateBackend) -> None:
    for each in ("b.2.json", "b.json", "a.json", "b.10.json"):
        backend.write(each, b"")
    assert backend.list_names("b.") == ["b.10.json", "b.2.json", "b.json"]


class TestFolder:
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

    def test_a_full_disk_is_said_with_what_to_do(
        self, folder: LocalBackend, tmp_path: Path
    ) -> None:
        folder.write("other", b"")
        (tmp_path / "state" / "log").symlink_to("/dev/full")
        with pytest.raises(StateError, match=r"can't write .*log: No space left") as refused:
            folder.append("log", b"line\n", b"line\n", durable=True)
        assert "make room" in (refused.value.hint or "")

    def test_a_folder_that_is_none_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        for backend in (LocalBackend(tmp_path / "file"), LocalBackend(tmp_path / "nul\0")):
            with pytest.raises(StateError, match="can't write"):
                backend.write("a", b"")
            with pytest.raises(StateError, match="can't write"):
                backend.append("a", b"", b"", durable=True)

    def test_a_file_of_absurd_size_is_not_read(self, folder: LocalBackend, tmp_path: Path) -> None:
        folder.write("a", b"")
        with (tmp_path / "state" / "a").open("r+b") as file:
            file.truncate(1 << 40)
        with pytest.raises(StateError, match="too large"):
            folder.read("a")


class TestBucket:
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

    def test_what_is_not_awaited_is_not_paid_for(self, bucket: OssBackend) -> None:
        bucket.append("log", b"a\n", b"a\n", durable=False)
        assert bucket.read("log") is None
        bucket.append("log", b"b\n", b"a\nb\n", durable=True)
        assert bucket.read("log") == b"a\nb\n"

    def test_a_refusal_says_what_and_where_and_nothing_secret(self) -> None:
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

    def test_nobody_there_is_said(self, url: str) -> None:
        gone = url.rsplit(":", 1)[0] + ":1"
        backend = OssBackend(BucketPrefix("records", ""), "cn-wulanchabu", KEYS, gone, attempts=1)
        with pytest.raises(StateError, match="no answer from OSS"):
            backend.write("a", b"")

    def test_missing_credentials_are_said_as_such(self, url: str) -> None:
        class Without:
            def get_credential(self) -> Keys:
                raise CredentialsError("no credentials from anywhere")

        backend = OssBackend(BucketPrefix("r-1", ""), "cn-wulanchabu", Without(), url, attempts=1)
        with pytest.raises(CredentialsError, match="from anywhere"):
            backend.read("a")

    @pytest.mark.parametrize("wrong", ["oss://", "oss://B", "oss:/a", "oss://a b/c", "oss://abc/ü"])
    def test_an_url_that_names_no_place_is_refused(self, wrong: str) -> None:
        with pytest.raises(StateError) as refused:
            BucketPrefix.parse(wrong)
        assert "oss://BUCKET/PREFIX" in (refused.value.hint or "")

    def test_a_proxy_of_the_environment_has_no_business_on_loopback(
        self, bucket: OssBackend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        bucket.write("a", b"content")
        assert bucket.read("a") == b"content"
