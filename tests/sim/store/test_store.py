"""State on disk: it outlives the process, whole calls at a time, and says when it can't be used."""

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from gwlbfw.sim.clock import TurnedClock
from gwlbfw.sim.errors import SimulatorError
from gwlbfw.sim.services.vpc.vpc.record import Vpc
from gwlbfw.sim.settings import Settings
from gwlbfw.sim.simulator import Simulator
from gwlbfw.sim.store.codec import decode_record, encode
from gwlbfw.sim.store.record import Transition
from gwlbfw.sim.wire import HttpReply, HttpRequest

SETTINGS = Settings(transition=10.0)


def _call(simulator: Simulator, action: str, query: str = "") -> HttpReply:
    headers = {"x-acs-action": action, "x-acs-version": "2016-04-28"}
    return simulator.handle(HttpRequest("POST", query, headers))


def test_call_is_on_disk_before_its_reply(folder: Path) -> None:
    clock = TurnedClock()
    first = Simulator(folder, SETTINGS, clock)
    _call(first, "CreateVpc", "CidrBlock=10.0.0.0/8&VpcName=kept&Tag.1.Key=a&Tag.1.Value=1")
    # No goodbye: the process might have been killed here.
    second = Simulator(folder, SETTINGS, clock)
    assert _call(second, "DescribeVpcs").body.count(b'"VpcName":"kept"') == 1
    assert second.status().resources == {"vpc": 1}


def test_transitions_continue_in_another_process(folder: Path) -> None:
    clock = TurnedClock()
    _call(Simulator(folder, SETTINGS, clock), "CreateVpc", "CidrBlock=10.0.0.0/8")
    second = Simulator(folder, SETTINGS, clock)
    assert b'"Status":"Pending"' in _call(second, "DescribeVpcs").body
    clock.advance(10.0)
    assert b'"Status":"Available"' in _call(second, "DescribeVpcs").body


def test_client_tokens_outlive_the_process(folder: Path) -> None:
    query = "CidrBlock=10.0.0.0/8&ClientToken=t"
    bodies = [_call(Simulator(folder, SETTINGS), "CreateVpc", query).body for _ in range(2)]
    ids = {body.partition(b'"VpcId":"')[2][:24] for body in bodies}
    assert len(ids) == 1


def test_id_of_the_cloud_outlives_the_process_and_changes_with_a_reset(folder: Path) -> None:
    first = Simulator(folder, SETTINGS)
    before = first.state.cloud_id
    assert Simulator(folder, SETTINGS).state.cloud_id == before
    first.reset()
    after = Simulator(folder, SETTINGS).state.cloud_id
    assert after == first.state.cloud_id != before


def test_ids_are_never_reused(folder: Path) -> None:
    first = Simulator(folder, SETTINGS)
    one = _call(first, "CreateVpc", "CidrBlock=10.0.0.0/8").body
    first.reset()
    other = _call(Simulator(folder, SETTINGS), "CreateVpc", "CidrBlock=10.0.0.0/8").body
    assert one.partition(b'"VpcId":"')[2][:24] != other.partition(b'"VpcId":"')[2][:24]


def test_call_that_cannot_be_stored_fails_and_changes_nothing(folder: Path) -> None:
    simulator = Simulator(folder, SETTINGS)
    with sqlite3.connect(folder / "state.sqlite") as db:
        db.execute("ALTER TABLE records RENAME TO lost")
    db.close()
    reply = _call(simulator, "CreateVpc", "CidrBlock=10.0.0.0/8")
    assert (reply.status, json.loads(reply.body)["Code"]) == (500, "InternalError")
    with sqlite3.connect(folder / "state.sqlite") as db:
        db.execute("ALTER TABLE lost RENAME TO records")
    db.close()
    assert simulator.status().empty


def test_state_file_is_private(folder: Path) -> None:
    Simulator(folder, SETTINGS)
    assert stat.S_IMODE((folder / "state.sqlite").stat().st_mode) == 0o600


def test_state_of_another_format_is_refused(folder: Path) -> None:
    Simulator(folder, SETTINGS).close()
    with sqlite3.connect(folder / "state.sqlite") as db:
        db.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
    db.close()
    with pytest.raises(SimulatorError, match="format 0"):
        Simulator(folder, SETTINGS)


def test_state_with_unknown_or_unreadable_records_is_refused(folder: Path) -> None:
    for row in (("x-1", "teapot", 1, "{}"), ("x-1", "vpc", 1, '{"colour": "blue"}')):
        Simulator(folder, SETTINGS).close()
        with sqlite3.connect(folder / "state.sqlite") as db:
            db.execute("INSERT INTO records VALUES (?, ?, ?, ?)", row)
        db.close()
        with pytest.raises(SimulatorError, match=row[1]):
            Simulator(folder, SETTINGS)
        (folder / "state.sqlite").unlink()


def test_file_that_is_no_state_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "state.sqlite").write_bytes(b"not a database, but long enough to look like one" * 40)
    with pytest.raises(SimulatorError, match=r"state\.sqlite"):
        Simulator(folder, SETTINGS)


def test_record_round_trips_through_json() -> None:
    vpc = Vpc(id="vpc-1", tags={"a": "1"}, secondary_cidrs=("10.0.0.0/8",), created=1.5)
    vpc.steps = (Transition(2.5, "status", "Available"),)
    data = encode(vpc)
    assert isinstance(data, dict)
    again = decode_record(Vpc, data)
    assert vars(again) == vars(vpc)
