"""Every id that a file can name has an address: no part of the topology can be left out."""

from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from gwlbfw.discovery.scope import Scope
from gwlbfw.topology.models import Topology
from tests.unit.blueprint.examples import example_with

B = "cn-wulanchabu-b"


def name_everything(content: dict[str, Any]) -> None:
    """Give the brownfield an id wherever a file can have one."""
    shop = content["business_vpcs"]["shop"]
    shop["gateway_route_table"] = {"id": "vtb-gateway"}
    shop["security_group"] = {"id": "sg-servers"}
    shop["zones"][B]["gwlbe_subnet"] = {"id": "vsw-gwlbe"}
    shop["zones"][B]["subnets"]["app-b"]["route_table"] = {"id": "vtb-app-b"}
    shop["servers"] = {"web": {"id": "i-web", "eip": {"id": "eip-web"}}}
    content["security_vpc"]["security_group"] = {"id": "sg-appliances"}


def places(model: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every field `id` that is set in a model, with the names of the fields that lead there."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name == "id" and value:
            yield path, value
        for each in value.values() if isinstance(value, dict) else [value]:
            if isinstance(each, BaseModel):
                yield from places(each, (*path, name))


def possible(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place at which a file of this model can have an id."""
    for name, field in model.model_fields.items():
        if name == "id":
            yield path
        for each in models_in(field.annotation):
            yield from possible(each, (*path, name))


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (dict, Union, UnionType):
        for each in get_args(annotation):
            yield from models_in(each)


def test_example_names_an_id_wherever_a_file_can_have_one(tmp_path: Path) -> None:
    topology = example_with(tmp_path, name_everything, "brownfield")
    assert {path for path, _ in places(topology)} == set(possible(Topology))


def test_scope_knows_the_address_of_every_id_in_a_file(tmp_path: Path) -> None:
    topology = example_with(tmp_path, name_everything, "brownfield")
    scope = Scope.of(topology, {}, frozenset())
    assert set(scope.named) == {cloud_id for _, cloud_id in places(topology)}
