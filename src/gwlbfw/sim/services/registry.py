"""The registry of actions: each handler is registered beside its resource, by `@action`."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TypeAlias

from gwlbfw import openapi
from gwlbfw.openapi import Action, Parameter, catalogue
from gwlbfw.sim import services
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

Handler: TypeAlias = Callable[[Region, Request], Reply]

_handlers: dict[tuple[str, str], Handler] = {}
_not_simulated: dict[tuple[str, str], str] = {}
_without_effect: dict[tuple[str, str], frozenset[str]] = {}
_added_actions: dict[tuple[str, str], Action] = {}


def action(
    product: str,
    *names: str,
    version: str = "",
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    not_simulated: str = "",
    without_effect: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Register the handler of one or more actions of a product.

    Its docstring says what is modelled, `not_simulated` what the cloud's action does beside that,
    `without_effect` names the parameters that change nothing in the cloud either. Any other
    parameter that the handler doesn't look at is refused where a call gives it.
    An action that the catalogue doesn't have brings its version and its (text) parameters.
    """

    def register(handler: Handler) -> Handler:
        for name in names:
            if version:
                parameters = {
                    each: Parameter(each, "String", "query", each in required)
                    for each in (*required, *optional)
                }
                _added_actions[product, name] = Action(product, version, name, parameters)
            elif (product, name) not in catalogue():
                raise LookupError(f"The catalogue has no action {product}:{name}")
            _handlers[product, name] = handler
            _not_simulated[product, name] = not_simulated
            _without_effect[product, name] = frozenset(without_effect)
        return handler

    return register


@cache
def load_services() -> None:
    """Register every action: import all modules below `services`, whatever they are."""
    for module in walk_packages(services.__path__, f"{services.__name__}."):
        import_module(module.name)


def implemented() -> frozenset[tuple[str, str]]:
    """Product and name of every action that the simulator carries out."""
    return frozenset(_handlers)


def handlers() -> Mapping[tuple[str, str], Handler]:
    """The handler of every action that the simulator carries out."""
    return dict(_handlers)


def not_simulated_part(product: str, name: str) -> str:
    """The part of an action that is not simulated; empty if there is none."""
    return _not_simulated[product, name]


@cache
def versions() -> Mapping[str, str]:
    """API version by product, of every product that has an action here or in the catalogue."""
    load_services()
    added = {each.product: each.version for each in _added_actions.values()}
    return dict(sorted({**openapi.versions(), **added}.items()))


def product_of(version: str) -> str:
    """The product whose API has a version; empty if there is none."""
    return next((product for product, each in versions().items() if each == version), "")


def actions_of(product: str) -> list[str]:
    """The names of a product's actions that the simulator carries out."""
    return sorted(name for each, name in _handlers if each == product)


def without_effect(product: str, name: str) -> frozenset[str]:
    """The parameters of an action that change nothing in the cloud either."""
    return _without_effect[product, name]


def find_action(name: str, version: str) -> Action:
    """The action of a name and version. Raises InvalidApi.NotFound."""
    for product in _products_of(version):
        key = (product, name)
        if (found := _added_actions.get(key) or catalogue().get(key)) is not None:
            return found
    raise ApiError(
        "InvalidApi.NotFound",
        f"Specified api {name} {version} is not found, please check your url and method.",
        404,
    )


def _products_of(version: str) -> list[str]:
    return [product for product, each in versions().items() if each == version]


def handler_of(action: Action) -> Handler:
    """The handler of an action. Raises InvalidApi.NotFound if it is not simulated."""
    handler = _handlers.get((action.product, action.name))
    if handler is None:
        message = f"The simulator does not carry out {action.name}."
        raise ApiError("InvalidApi.NotFound", message, 404)
    return handler
