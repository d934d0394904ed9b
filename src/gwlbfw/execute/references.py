"""References resolved: ids of what was created, and user data made of live addresses."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, Leaf, Raw, UserData, Value, Wait, map_value

Render = Callable[[UserData, Mapping[Address, Raw]], bytes]
"""Renders user data from the live objects by address."""


@dataclass
class ResolvedIds:
    """Ids by address as far as they are known, and the last object read of each address."""

    ids: dict[Address, str]
    raw: dict[Address, Raw] = field(default_factory=dict)

    def resolve_call(self, call: Call, render: Render) -> Call:
        """The call without references. Raises KeyError for an id that is not known."""
        return replace(call, params={k: self._resolve(v, render) for k, v in call.params.items()})

    def resolve_wait(self, wait: Wait, render: Render) -> Wait:
        """The wait without references. Raises KeyError for an id that is not known."""
        return replace(
            wait,
            read=self.resolve_call(wait.read, render),
            where={path: self._resolve(v, render) for path, v in wait.where.items()},
            until={p: [self._resolve(v, render) for v in vs] for p, vs in wait.until.items()},
        )

    def _resolve(self, value: Value, render: Render) -> Value:
        def plain(leaf: Leaf) -> str | int:
            if isinstance(leaf, Field):
                return self.ids[leaf.address]
            if isinstance(leaf, UserData):
                return base64.b64encode(render(leaf, self.raw)).decode("ascii")
            return leaf

        return map_value(value, plain, json.dumps)
