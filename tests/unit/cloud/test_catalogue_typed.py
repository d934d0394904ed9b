import pytest

from gwlbfw.cloud.call import Json
from gwlbfw.cloud.sdk.typed import client_class, method_of, request_of
from gwlbfw.cloud.transport import BoundCall
from gwlbfw.openapi import Action, Parameter, catalogue


def sample(parameter: Parameter) -> Json:
    """A value of the parameter's kind."""
    if parameter.type in {"RepeatList", "Array"}:
        return [nested(parameter)] if parameter.fields else ["x"]
    return {"Boolean": True, "Integer": 1, "Long": 1, "Float": 1.5}.get(parameter.type, "x")


def nested(parameter: Parameter) -> dict[str, Json]:
    # Key and key are one tag: the lower-case twins are leftovers of the metadata.
    fields = [each for each in parameter.fields.values() if each.name[0].isupper()]
    return {each.name: sample(each) for each in fields if "." not in each.name}


@pytest.mark.parametrize("action", catalogue().values(), ids=lambda a: f"{a.product}:{a.name}")
def test_every_action_of_the_catalogue_has_its_typed_method(action: Action) -> None:
    client = object.__new__(client_class(action.product))
    name = method_of(client, action.name).__name__
    assert name.replace("_", "").lower() == f"{action.name}withoptions".lower()


@pytest.mark.parametrize("action", catalogue().values(), ids=lambda a: f"{a.product}:{a.name}")
def test_every_required_parameter_is_one_the_typed_request_knows(action: Action) -> None:
    required = [each for each in action.parameters.values() if each.required]
    params = {each.name: sample(each) for each in required if "." not in each.name}
    scalars = {name: value for name, value in params.items() if not isinstance(value, list)}
    request_of(BoundCall(action.product, action.name, scalars))
