"""Which handler carries out an action."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from gwlbfw.openapi import Action, Parameter, catalogue
from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Request
from gwlbfw.sim.store.region import Region
from gwlbfw.sim.wire import Reply

Handler: TypeAlias = Callable[[Region, Request], Reply]

_handlers: dict[tuple[str, str], Handler] = {}
_not_simulated: dict[tuple[str, str], str] = {}
_added_actions: dict[tuple[str, str], Action] = {}


def action(
    product: str,
    *names: str,
    version: str = "",
    required: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    note: str = "",
) -> Callable[[Handler], Handler]:
    """Register the handler of one or more actions of a product.

    An action that the catalogue doesn't have brings its version and its (text) parameters. What
    it does, its docstring says; `note` says what the cloud's action does and this doesn't.
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
            _not_simulated[product, name] = note
        return handler

    return register


def implemented() -> frozenset[tuple[str, str]]:
    """Product and name of every action that the simulator carries out."""
    return frozenset(_handlers)


def handlers() -> Mapping[tuple[str, str], Handler]:
    """The handler of every action that the simulator carries out."""
    return dict(_handlers)


def not_simulated_part(product: str, name: str) -> str:
    """What an action of the cloud's does that the simulated one doesn't; empty if nothing is."""
    return _not_simulated[product, name]


def find_action(name: str, version: str) -> Action:
    """The action of a name and version, or the cloud's way to say that there is none."""
    for actions in (_added_actions, catalogue()):
        for product in _products(actions).get(version, ()):
            if (found := actions.get((product, name))) is not None:
                return found
    raise ApiError(
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
        raise ApiError(
            "InvalidApi.NotFound", f"The simulator does not carry out {found.name}.", 404
        )
    return handler
