"""The request and response models of the vendor's SDK, read from its source.

Reading the generated source is quicker than importing it, and has the comments.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from gwlbfw.openapi import Shape

PACKAGES = {
    "vpc": "alibabacloud_vpc20160428",
    "gwlb": "alibabacloud_gwlb20240415",
    "privatelink": "alibabacloud_privatelink20200415",
    "ecs": "alibabacloud_ecs20140526",
}
"""The SDK's package of each product."""

_PARAMETER_TYPES = {"str": "String", "int": "Long", "bool": "Boolean", "float": "Float"}
_REPLY_TYPES = ("str", "int", "bool", "float")


@dataclass(frozen=True)
class Field:
    """One field of a model: its name on the wire, its annotation and its comment."""

    wire: str
    annotation: str
    comment: str

    @property
    def item(self) -> str:
        """The annotation of a list's items, or else the annotation itself."""
        inner = re.fullmatch(r"List\[(.+)\]", self.annotation)
        return inner.group(1) if inner else self.annotation

    @property
    def is_list(self) -> bool:
        return self.item != self.annotation

    @property
    def model(self) -> str:
        """The name of the model that it holds, or holds a list of."""
        return self.item.removeprefix("main_models.") if "models." in self.item else ""

    @property
    def parameter_type(self) -> str:
        """Its type as the published metadata names it."""
        if self.is_list:
            return "RepeatList"
        return "Struct" if self.model else _PARAMETER_TYPES.get(self.item, "String")


def installed_version(product: str) -> str:
    """The version of a product's SDK package that is installed."""
    return version(PACKAGES[product].replace("_", "-"))


def request_field(product: str, model: str, name: str) -> Field | None:
    """The field of a request model with a name on the wire."""
    return next((each for each in request_fields(product, model) if each.wire == name), None)


def request_fields(product: str, model: str) -> Sequence[Field]:
    """The fields of a request model, or of one that it holds; none where there is no such model."""
    return _models(product, f"{model.partition('Request')[0]}Request").get(model, ())


def reply_shape(product: str, action: str) -> dict[str, Shape]:
    """The shape of an action's reply; empty where the SDK has no model of it."""
    return _object(product, f"{action}ResponseBody", f"{action}ResponseBody")


def _object(product: str, main: str, model: str) -> dict[str, Shape]:
    fields = _models(product, main).get(model, ())
    return {each.wire: _shape(product, main, each) for each in fields}


def _shape(product: str, main: str, field: Field) -> Shape:
    if field.model:
        inner: Shape = _object(product, main, field.model)
    else:
        inner = field.item if field.item in _REPLY_TYPES else "str"
    return [inner] if field.is_list else inner


@cache
def _models(product: str, main: str) -> Mapping[str, Sequence[Field]]:
    """The fields of a model and of those it holds, by name: one file has them all."""
    path = _files(product).get(main.lower())
    if path is None:
        return {}
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        node.name: list(_fields("\n".join(lines[node.lineno - 1 : node.end_lineno]), node))
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
    }


@cache
def _files(product: str) -> Mapping[str, Path]:
    """The files of a product's models, by the main model's name in lower case."""
    spec = find_spec(PACKAGES[product])
    if spec is None or spec.origin is None:
        raise SystemExit(f"The SDK package {PACKAGES[product]} is not installed")
    folder = Path(spec.origin).parent / "models"
    return {path.stem.replace("_", ""): path for path in folder.glob("_*.py")}


def _fields(source: str, node: ast.ClassDef) -> Iterator[Field]:
    methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
    wire = dict(_wire_names(methods["from_map"]))
    comments = _comments(source)
    for each in methods["__init__"].args.args[1:]:
        if each.arg in wire and each.annotation is not None:
            annotation = ast.unparse(each.annotation)
            yield Field(wire[each.arg], annotation, comments.get(each.arg, ""))


def _wire_names(from_map: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Each attribute with the key that `from_map` takes it from."""
    for node in from_map.body:
        if not isinstance(node, ast.If):
            continue
        keys = [each.args[0] for each in ast.walk(node.test) if isinstance(each, ast.Call)]
        attributes = [
            each.attr
            for statement in node.body
            for each in ast.walk(statement)
            if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "self"
        ]
        yield attributes[0], str(ast.literal_eval(keys[0]))


def _comments(source: str) -> dict[str, str]:
    """The comment above each assignment of a constructor, by the attribute's name."""
    found: dict[str, str] = {}
    lines: list[str] = []
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("#"):
            lines.append(text.removeprefix("#").removeprefix(" "))
        elif match := re.match(r"self\.(\w+) = \1$", text):
            found[match.group(1)] = "\n".join(lines)
            lines = []
        else:
            lines = []
    return found
