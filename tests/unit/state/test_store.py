"""The store: states with their generations, and its backend by location."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.cloud.sdk import CredentialSettings
from gwlbfw.errors import StateError
from gwlbfw.resources import Vpc
from gwlbfw.resources.graph import Node
from gwlbfw.sim.faults import Rule
from gwlbfw.sim.simulator import Simulator
from gwlbfw.state.backend import BackendSettings, StateBackend
from gwlbfw.state.local import LocalBackend
from gwlbfw.state.location import open_store
from gwlbfw.state.model import State
from gwlbfw.state.oss import OssBackend
from gwlbfw.state.store import KEPT, Store

REGION = "cn-wulanchabu"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def utc() -> datetime:
    return datetime.now(UTC)


def record(stack: str = "web") -> State:
    vpc = Vpc(cidr="10.0.0.0/16", name="web")
    return State(stack, REGION, {Address("vpc.security"): Node(vpc, id="vpc-1")})


def test_a_saved_state_is_loaded_with_its_generation(backend: StateBackend) -> None:
    store = Store(backend, utc)
    assert store.load("web", REGION) is None
    saved = store.save(record())
    assert saved.generation == 1
    assert store.load("web", REGION) == saved
    assert store.save(saved).generation == 2
    assert store.load("other", REGION) is None


def test_the_last_generations_of_a_state_are_kept(backend: StateBackend) -> None:
    store = Store(backend, utc)
    store.save(record("web2"))
    saved = record()
    for _ in range(KEPT + 3):
        saved = store.save(saved)
    kept = [f"web.{REGION}.{number}.json" for number in range(4, KEPT + 4)]
    assert backend.list_names(f"web.{REGION}") == sorted([*kept, f"web.{REGION}.json"])
    assert State.from_json(backend.read(kept[0]) or b"", "").generation == 4
    assert backend.list_names("web2") == [f"web2.{REGION}.1.json", f"web2.{REGION}.json"]


def edited(**changes: Any) -> bytes:
    return json.dumps({**json.loads(record().to_json()), **changes}).encode()


WHOLE = record().to_json().encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        WHOLE[:-20],
        b"\xff\xfe",
        b"\0",
        b"[]",
        b"null",
        b"[" * 100_000,
        edited(format_version=2),
        edited(generation="many"),
        edited(generation=float("inf")),
        edited(applied=[]),
        edited(applied={"vpc.security": {"properties": {"cidr": 5, "dragon": 1}}}),
        edited(applied={"dragon.fafnir": {"properties": {}}}),
        edited(before={"vpc.security": 7}),
        edited(stack="another"),
        edited(region="cn-beijing"),
    ],
)
def test_content_that_is_no_state_of_the_stack_is_refused_with_a_hint(
    content: bytes, folder: LocalBackend
) -> None:
    folder.write(f"web.{REGION}.json", content)
    with pytest.raises(StateError, match=f"web.{REGION}.json") as refused:
        Store(folder, utc).load("web", REGION)
    assert f"web.{REGION}.N.json" in (refused.value.hint or "")


def test_a_failed_save_leaves_the_state_as_it_was(bucket: OssBackend, simulator: Simulator) -> None:
    store = Store(bucket, utc)
    saved = store.save(record())
    for nth in (1, 2):
        simulator.faults.clear()
        simulator.faults.add(
            Rule("error", match="oss:PutObject", nth=nth, code="AccessDenied", status=403)
        )
        with pytest.raises(StateError, match="AccessDenied") as refused:
            store.save(saved)
        assert "oss:PutObject" in (refused.value.hint or "")
        assert store.load("web", REGION) == saved


def denied(action: str) -> Rule:
    return Rule("error", match=f"oss:{action}", code="AccessDenied", status=403)


def test_what_fails_after_a_run_was_saved_is_only_reported(
    bucket: OssBackend, simulator: Simulator
) -> None:
    said: list[str] = []
    store = Store(bucket, utc, said.append)
    simulator.faults.add(denied("ListObjectsV2"))
    assert store.load("web", REGION) is None
    saved = store.save(record())
    assert store.load("web", REGION) == saved
    (line,) = said
    assert "older records are left in place" in line
    assert "AccessDenied" in line


def test_a_lock_that_cannot_be_released_hides_nothing(
    bucket: OssBackend, simulator: Simulator
) -> None:
    said: list[str] = []
    store = Store(bucket, utc, said.append)
    with store.lock("web", REGION, "apply", said.append):
        simulator.faults.add(denied("DeleteObject"))
    assert "the lock is left in place" in said[0]
    simulator.faults.clear()
    store.unlock("web", REGION)
    with (  # noqa: PT012 - the error comes from inside
        pytest.raises(ValueError, match="what happened"),
        store.lock("web", REGION, "apply", said.append),
    ):
        simulator.faults.add(denied("DeleteObject"))
        raise ValueError("what happened")


def opened(state: Path | str, url: str | None, **environment: str) -> Store:
    credentials = CredentialSettings(environment=environment)
    return open_store(state, BackendSettings(REGION, url, credentials), utc)


def test_the_location_of_the_state_decides_the_backend(tmp_path: Path, url: str) -> None:
    for store in (
        opened(tmp_path, None),
        opened(str(tmp_path / "text"), None),
        opened("oss://records/team", url),
        opened("oss://records/other", None, GWLBFW_OSS_ENDPOINT=url),
        opened("oss://records/third", "http://127.0.0.1:1", GWLBFW_OSS_ENDPOINT=url),
    ):
        assert store.load("web", REGION) is None
        store.save(record())
        assert store.load("web", REGION) is not None
    with opened("oss://records/team/", url).lock("web", REGION, "apply", print):
        found = opened("oss://records/team", url).lock_info("web", REGION)
        assert found
        assert found.location == f"oss://records/team/web.{REGION}.lock"
