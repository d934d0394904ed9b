"""Fields of replies read alike, whichever way a product writes them."""

import pytest

from gwlbfw.cloud.call import Json
from gwlbfw.cloud.reply_fields import comparable_text, flag_at, is_true, text_at, texts_at


@pytest.mark.parametrize("value", [True, "true", "True", "TRUE"])
def test_every_way_to_write_a_true_boolean_is_true(value: Json) -> None:
    assert is_true(value)
    assert flag_at({"HealthCheck": {"Enabled": value}}, "HealthCheck.Enabled")
    assert comparable_text(value) == "true"


@pytest.mark.parametrize("value", [False, "false", "False", "", None, 1, "yes"])
def test_any_other_value_is_not_true(value: Json) -> None:
    assert not is_true(value)


def test_absent_field_is_an_empty_text_no_list_and_not_true() -> None:
    assert text_at({}, "A.B") == ""
    assert texts_at({"A": "one"}, "A") == []
    assert not flag_at({}, "A")


def test_texts_of_a_wrapped_list_are_found_by_their_path() -> None:
    assert texts_at({"Ids": {"Id": ["sg-1", 2]}}, "Ids.Id") == ["sg-1", "2"]


def test_number_is_compared_by_its_text() -> None:
    assert comparable_text(22) == comparable_text("22")
    assert comparable_text(None) == ""
