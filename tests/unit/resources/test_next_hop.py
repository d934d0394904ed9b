"""Types of next hops, as lists answer them and as calls take them."""

import pytest

from gwlbfw.resources.next_hop import ENDPOINT, INSTANCE, LOCAL, listed_type, written_type


@pytest.mark.parametrize("listed", ["", "local", "Local", "LOCAL"])
def test_system_entry_is_local_in_any_letter_case(listed: str) -> None:
    assert written_type(listed) == LOCAL


@pytest.mark.parametrize("written", [ENDPOINT, INSTANCE, LOCAL, "NextYearsThing"])
def test_listed_type_is_read_back_as_the_written_one(written: str) -> None:
    assert written_type(listed_type(written)) == written


def test_instance_is_listed_by_another_word() -> None:
    assert listed_type(INSTANCE) == "EcsInstance"
