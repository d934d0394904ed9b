"""The library logs what it does below one logger, without handlers, and nothing secret."""

import logging
from pathlib import Path

import pytest

from tests.scenarios.conftest import served
from tests.scenarios.testbed import example


def test_a_run_is_logged_without_user_data_and_by_no_handler_of_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gwlbfw")
    with served(tmp_path) as testbed:
        testbed.stack(example("ulanqab")).apply()
    logged = [each for each in caplog.records if each.name.startswith("gwlbfw.")]
    said = [each.getMessage() for each in logged]
    assert any(each.startswith("vpc:CreateVpc answered, RequestId ") for each in said)
    ends = [each.getMessage() for each in logged if each.levelno == logging.INFO]
    assert sum("vpc.security:create: done after" in each for each in ends) == 1
    assert any(
        each.startswith("<Plan ulanqab-edge in cn-wulanchabu: 41 to create>") for each in ends
    )
    script = (tmp_path / "hello-world.sh").read_text().splitlines()
    secret = [line for line in script if len(line) > 12]
    assert secret
    assert not any(line in each for line in secret for each in said)
    loggers = [logging.getLogger("gwlbfw"), *map(logging.getLogger, {each.name for each in logged})]
    assert not any(each.handlers for each in loggers)
