"""Types of records."""

from gwlbfw.sim.services.registry import load_services
from gwlbfw.sim.store.record import RECORD_TYPES
from gwlbfw.sim.store.region import Lifecycle

HOOKS = [name for name in vars(Lifecycle) if name.startswith("on_")]


def test_record_type_with_a_hook_has_a_lifecycle() -> None:
    """A hook of a type without the base class Lifecycle would never be called."""
    load_services()
    with_hooks = {cls for cls in RECORD_TYPES.values() for name in HOOKS if name in vars(cls)}
    assert with_hooks
    assert {cls for cls in with_hooks if not issubclass(cls, Lifecycle)} == set()
