"""A state that can't be reached any more in mid-run: the run stops, and says what it came to."""

from pathlib import Path

from gwlbfw.errors import StateError
from gwlbfw.execute import Event
from tests.scenarios.testbed import Testbed, example


def test_a_run_whose_state_is_cut_off_still_has_its_report(testbed: Testbed) -> None:
    said: list[str] = []
    deployment = testbed.stack(example("ulanqab"), on_message=said.append)
    away = testbed.folder / "away"

    def cut_off(event: Event) -> None:
        if event.type == "done" and not away.exists():
            testbed.state.rename(away)
            testbed.state.write_text("no folder any more")

    plan = deployment.plan()
    report = deployment.stack.sync.apply(plan, cut_off)
    assert report.outcome == "failed"
    assert {type(each.error) for each in report.failures} == {StateError}
    done = [each for each in report.results if each.outcome == "done"]
    assert 0 < len(done) < len(report.results)
    assert isinstance(report.unsaved, StateError)
    assert str(report.unsaved) in str(report.to_json()["unsaved"])
    assert "the lock is left in place" in said[-1]
    _brought_back(away, testbed.state)
    deployment.stack.unlock()
    deployment.apply()
    assert deployment.changes() == {}
    deployment.destroy()
    assert testbed.resources == {}


def test_a_finished_run_whose_record_is_not_saved_says_so_and_the_next_one_saves_it(
    testbed: Testbed,
) -> None:
    deployment = testbed.stack(example("ulanqab"))
    away = testbed.folder / "away"
    plan = deployment.plan()
    left = {each.id for each in plan.steps}

    def cut_off(event: Event) -> None:
        left.difference_update([event.step.id] if event.type == "done" else [])
        if not left:
            testbed.state.rename(away)
            testbed.state.write_text("no folder any more")

    report = deployment.stack.sync.apply(plan, cut_off)
    assert {each.outcome for each in report.results} == {"done"}
    assert report.outcome == "failed"
    assert isinstance(report.unsaved, StateError)
    _brought_back(away, testbed.state)
    deployment.stack.unlock()
    assert deployment.changes() == {}
    deployment.apply()
    deployment.destroy()
    assert testbed.resources == {}


def _brought_back(away: Path, state: Path) -> None:
    state.unlink()
    away.rename(state)
