"""A record is of one cloud and of its accounts: held against others it is refused."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gwlbfw import Cloud, Stack
from gwlbfw.cloud.clock import ManualClock
from gwlbfw.cloud.sdk import Keys
from gwlbfw.errors import AnotherCloud, CloudError
from gwlbfw.sim.faults import Rule
from tests.scenarios.conftest import served
from tests.scenarios.test_accounts import OTHER, OWN, across
from tests.scenarios.testbed import Content, Testbed, example

ROLE = f"acs:ram::{OTHER}:role/deploy"


@pytest.fixture(scope="module")
def _deployed_across(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("across")
    with served(folder, folder / "sim", datetime.now(UTC).timestamp()) as made:
        made.patience = 60.0
        made.stack(across()).apply()
        made.settle()
    return folder


@pytest.fixture
def two_accounts(_deployed_across: Path, tmp_path: Path) -> Iterator[Testbed]:
    """A cloud in which the vendor's scenario was deployed in two accounts, and its record."""
    shutil.copytree(_deployed_across, tmp_path, dirs_exist_ok=True)
    with served(tmp_path, tmp_path / "sim", datetime.now(UTC).timestamp() + 600.0) as made:
        made.patience = 60.0
        yield made


def record_of(testbed: Testbed) -> Path:
    return testbed.state / "ulanqab-edge.cn-wulanchabu.json"


def with_keys_of(testbed: Testbed, content: Content, account: str) -> Stack:
    """The stack with default credentials of another account."""
    session = testbed._session(account)
    keys = Keys(session["AccessKeyId"], "any", session["SecurityToken"])
    cloud = Cloud(
        endpoint_url=testbed.url, keys=keys, clock=ManualClock(on_sleep=testbed.clock.advance)
    )
    return Stack(testbed.topology(content), cloud, state=testbed.state)


def refused(stack: Stack) -> str:
    """Why plan, drift and destroy are refused, which is the same."""
    said = set()
    for verb in (stack.sync.plan, stack.sync.drift, stack.sync.destroy):
        with pytest.raises(AnotherCloud) as caught:
            verb()
        said.add(f"{caught.value}; {caught.value.hint}")
    (text,) = said
    return text


def test_a_role_that_is_gone_is_an_error_and_no_empty_account(two_accounts: Testbed) -> None:
    gone = Rule("error", match="sts:AssumeRole", code="EntityNotExist.Role", status=404)
    two_accounts.simulator.faults.add(gone)
    before = two_accounts.resources
    stack = two_accounts.stack(across())
    for verb in (stack.plan, stack.drift, stack.destroy):
        with pytest.raises(CloudError, match=r"EntityNotExist\.Role") as caught:
            verb()
        assert f"account `biz`, role {ROLE}" in str(caught.value)
    assert two_accounts.resources == before


def test_a_role_in_another_account_is_refused(two_accounts: Testbed) -> None:
    before = two_accounts.resources
    content = across()
    content["accounts"]["biz"]["role_arn"] = "acs:ram::5000000000000005:role/deploy"
    said = refused(two_accounts.stack(content).stack)
    assert f"account {OTHER} (`biz`)" in said
    assert "account 5000000000000005" in said
    assert str(record_of(two_accounts)) in said
    assert two_accounts.resources == before


def test_another_name_for_the_same_account_is_the_same_account(two_accounts: Testbed) -> None:
    content = across()
    content["accounts"] = {"shops": content["accounts"]["biz"]}
    content["business_vpcs"]["shop"]["account"] = "shops"
    assert two_accounts.stack(content).changes() == {}


def test_an_account_that_the_file_dropped_is_no_empty_account(two_accounts: Testbed) -> None:
    content = across()
    del content["accounts"], content["business_vpcs"]["shop"]["account"]
    said = refused(two_accounts.stack(content).stack)
    assert f"last applied in account {OTHER} (`biz`)" in said


def test_default_credentials_of_another_account_are_refused(deployed: Testbed) -> None:
    before = deployed.resources
    said = refused(with_keys_of(deployed, example("ulanqab"), OTHER))
    assert f"the record is of account {OWN}" in said
    assert f"of account {OTHER}" in said
    assert deployed.resources == before


def test_a_record_that_names_no_account_takes_those_of_the_next_run(deployed: Testbed) -> None:
    path = record_of(deployed)
    record = json.loads(path.read_text())
    old = {key: each for key, each in record.items() if key not in ("accounts", "simulator")}
    path.write_text(json.dumps(old))
    said: list[str] = []
    stack = deployed.stack(example("ulanqab"), on_message=said.append)
    assert stack.changes() == {}
    assert "accounts" not in json.loads(path.read_text())
    stack.apply()
    written = json.loads(path.read_text())
    assert {key: written[key] for key in ("accounts", "simulator")} == {
        key: record[key] for key in ("accounts", "simulator")
    }
    (line,) = said
    assert "names no cloud yet: it is taken to be on the simulator" in line
    assert f"the record is of account {OWN}" in refused(
        with_keys_of(deployed, example("ulanqab"), OTHER)
    )


def test_a_record_of_old_is_refused_where_nothing_of_it_is_there(deployed: Testbed) -> None:
    path = record_of(deployed)
    record = json.loads(path.read_text())
    del record["accounts"], record["simulator"]
    path.write_text(json.dumps(record))
    said = refused(with_keys_of(deployed, example("ulanqab"), OTHER))
    assert "nothing is there any more of the " in said


def test_the_record_of_a_simulator_that_was_reset_is_set_aside(deployed: Testbed) -> None:
    said: list[str] = []
    deployed.simulator.reset()
    stack = deployed.stack(example("ulanqab"), on_message=said.append)
    assert stack.plan().summary["create"] == 41
    assert not stack.plan().drifted
    stack.apply()
    assert said == [f"the simulator was reset: {record_of(deployed)} is set aside"]
    assert stack.changes() == {}
    assert not stack.drift().drifted
    stack.destroy()
    assert deployed.resources == {}


def test_the_record_of_what_is_loaded_again_stays(deployed: Testbed) -> None:
    deployed.simulator.load(deployed.simulator.export())
    said: list[str] = []
    stack = deployed.stack(example("ulanqab"), on_message=said.append)
    assert not stack.drift().drifted
    stack.apply()
    assert said == []
    deployed.simulator.reset()
    assert stack.plan().summary["create"] == 41


def test_a_state_of_before_the_stack_is_loaded_again_and_again(deployed: Testbed) -> None:
    """The way back to a base: `sim save base` once, and `sim load base` where one would reset."""
    content = example("ulanqab")
    deployed.stack(content).destroy()
    base = deployed.simulator.export()
    for _ in range(2):
        deployed.simulator.load(base)
        assert deployed.stack(content).apply().outcome == "done"
    assert deployed.stack(content).changes() == {}


def test_two_simulators_in_one_folder_are_told_apart(deployed: Testbed, tmp_path: Path) -> None:
    with served(tmp_path, start=1_760_000_000.0) as other:
        said = refused(other.stack(example("ulanqab")).stack)
    assert "the record is of a simulator, and the calls go to another simulator" in said
    assert str(record_of(deployed)) in said
    assert deployed.stack(example("ulanqab")).changes() == {}


def test_a_record_of_the_cloud_is_refused_by_a_simulator(deployed: Testbed) -> None:
    path = record_of(deployed)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"simulator": ""}))
    said = refused(deployed.stack(example("ulanqab")).stack)
    assert "the record is of Alibaba Cloud, and the calls go to another simulator" in said


def test_all_that_others_deleted_at_once_is_refused(deployed: Testbed) -> None:
    """The record still names its simulator, whose content was not replaced."""
    state = deployed.simulator.state
    for each in list(state):
        state.remove(each)
    state.commit()
    said = refused(deployed.stack(example("ulanqab")).stack)
    assert f"last applied in account {OWN}, all at once" in said
    record_of(deployed).unlink()
    assert deployed.stack(example("ulanqab")).plan().summary["create"] == 41


def test_what_the_stacks_own_run_deleted_is_not_gone(deployed: Testbed) -> None:
    """A destroy that was killed before it could save what came of it."""
    stack = deployed.stack(example("ulanqab")).stack
    record = record_of(deployed).read_bytes()
    kept: list[bytes] = []
    journal = record_of(deployed).with_suffix(".journal")

    def note(_: object) -> None:
        if journal.exists():
            kept.append(journal.read_bytes())

    stack.sync.destroy(note)
    record_of(deployed).write_bytes(record)
    journal.write_bytes(kept[-1])
    again = deployed.stack(example("ulanqab"))
    assert again.plan(destroy=True).is_empty
    again.destroy()
    assert deployed.resources == {}
