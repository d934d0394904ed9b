"""Which handler carries out an action, and what is checked before it may."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gwlbfw.openapi import Action, Parameter, catalogue
from gwlbfw.sim.refusal import Refusal, invalid_parameter, missing_parameter
from gwlbfw.sim.region import Region
from gwlbfw.sim.request import Request
from gwlbfw.sim.wire import Param, Reply

Handler: TypeAlias = Callable[[Region, Request], Reply]

_log = logging.getLogger(__name__)
_handlers: dict[tuple[str, str], Handler] = {}
_added: dict[tuple[str, str], Action] = {}
_PATTERNS = {
    "Integer": re.compile(r"[+-]?\d+"),
    "Long": re.compile(r"[+-]?\d+"),
    "Float": re.compile(r"[+-]?\d+(\.\d+)?"),
    "Boolean": re.compile(r"true|false", re.IGNORECASE),
}


def action(
    product: str,
    *names: str,
    version: str = "",
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Register the handler of one or more actions of a product.

    An action that the catalogue doesn't have brings its version and its (text) parameters.
    """

    def register(handler: Handler) -> Handler:
        for name in names:
            if version:
                parameters = {
                    each: Parameter(each, "String", "query", each in required)
                    for each in (*required, *optional)
                }
                _added[product, name] = Action(product, version, name, parameters)
            elif (product, name) not in catalogue():
                raise LookupError(f"The catalogue has no action {product}:{name}")
            _handlers[product, name] = handler
        return handler

    return register


def implemented() -> frozenset[tuple[str, str]]:
    """Product and name of every action that the simulator carries out."""
    return frozenset(_handlers)


def find(name: str, version: str) -> Action:
    """The action of a name and version, or the cloud's way to say that there is none."""
    for actions in (_added, catalogue()):
        for product in _products(actions).get(version, ()):
            if (found := actions.get((product, name))) is not None:
                return found
    raise Refusal(
        "InvalidApi.NotFound",
        f"Specified api {name} {version} is not found, please check your url and method.",
        404,
    )


def _products(actions: Mapping[tuple[str, str], Action]) -> dict[str, set[str]]:
    products: dict[str, set[str]] = {}
    for product, name in actions:
        products.setdefault(actions[product, name].version, set()).add(product)
    return products


def handler_of(found: Action) -> Handler:
    """The handler of an action; one that isn't simulated doesn't exist here."""
    handler = _handlers.get((found.product, found.name))
    if handler is None:
        raise Refusal("InvalidApi.NotFound", f"The simulator does not carry out {found.name}.", 404)
    return handler


def check(found: Action, values: Mapping[str, Param], *, strict: bool = False) -> None:
    """Refuse what is missing or of the wrong type; what is unknown is logged and ignored."""
    known = {name.partition(".")[0] for name in found.parameters} | {"RegionId"}
    for name in sorted(values.keys() - known):
        if strict:
            raise Refusal("UnknownParameter", f"{found.name} has no parameter {name}.")
        _log.warning("%s:%s has no parameter %s: ignored", found.product, found.name, name)
    _check(found.product, found.parameters, values, "")


def _check(
    product: str, parameters: Mapping[str, Parameter], values: Mapping[str, Param], path: str
) -> None:
    for name, parameter in parameters.items():
        value = values.get(name, "")
        # The region of a call can always be told in other ways.
        if parameter.required and not value and name != "RegionId":
            raise missing_parameter(product, path + name)
        if isinstance(value, list):
            for index, each in enumerate(value, 1):
                if isinstance(each, dict):
                    _check(product, parameter.fields, each, f"{path}{name}.{index}.")
        elif isinstance(value, dict):
            _check(product, parameter.fields, value, f"{path}{name}.")
        elif value and (pattern := _PATTERNS.get(parameter.type)) and not pattern.fullmatch(value):
            raise invalid_parameter(product, path + name, f"{parameter.type} is expected")
