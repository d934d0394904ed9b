"""A saved plan whose texts somebody has replaced steers neither the screen nor a pull request."""

import json
import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from gwlbfw.address import Address
from gwlbfw.cli.views.plan import PlanView
from gwlbfw.cli.views.screen import Screen
from gwlbfw.diagnostics import warning
from gwlbfw.errors import PlanError
from gwlbfw.plan import plan_from_json, plan_to_json
from gwlbfw.resources.next_hop import GATEWAY
from tests.cli.test_hostile_texts import HOSTILE
from tests.support.fuzzing import paths_in
from tests.unit.plan.planned import planned
from tests.unit.plan.test_forecast_codec import forecast_of
from tests.unit.samples import B, complete, live_of, route

OLD = Address("route.business/shop/old")
PLAN = replace(
    planned(
        complete([Address(f"route.business/shop/{B}")]),
        live_of(complete([Address("vpc.business/shop")])),
        before={OLD: route("vtb-1", "ipv4gw-1", GATEWAY)},
    ).plan,
    account="1234567890123456",
    source="x.yaml",
    source_digest="00",
    warnings=(warning("w", "a route stays"),),
)
PLAN = replace(PLAN, forecast=forecast_of(PLAN))
CONTENT: dict[str, Any] = json.loads(json.dumps(plan_to_json(PLAN)))


def within(content: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        content = content[key]
    return content


def keys_of(path: Sequence[str | int]) -> tuple[str, ...]:
    """The first keys on the way to a text, without which row it is in."""
    return tuple(each for each in path if isinstance(each, str))[:3]


TEXTS = {
    keys_of(path): path for path in paths_in(CONTENT) if isinstance(within(CONTENT, path), str)
}


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_forged_plan_shows_one_line_for_each_of_its_texts(form: str) -> None:
    shown = 0
    for path in TEXTS.values():
        forged = json.loads(json.dumps(CONTENT))
        within(forged, path[:-1])[path[-1]] += HOSTILE
        out = StringIO()
        try:
            with redirect_stdout(out):
                view = PlanView(Screen(colour=False), form, calls=True)
                view.show(plan_from_json(forged))
        except PlanError as refused:
            out.write(str(refused))
        else:
            shown += 1
        assert [c for c in out.getvalue() if c != "\n" and not c.isprintable()] == [], path
        assert not re.search(r"^## ", out.getvalue(), re.MULTILINE), path
    assert 10 < shown < len(TEXTS)
