"""Filling in what became known: ids of what was created, user data made of live addresses."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gwlbfw.address import Address
from gwlbfw.cloud.call import Call, Field, JsonList, Raw, UserData, Value, Wait

Render = Callable[[UserData, Mapping[Address, Raw]], bytes]
"""Makes user data, in sight of what is live."""


@dataclass
class ResolvedIds:
    """Ids by address as far as they are known, and what the cloud said last of each address."""

    ids: dict[Address, str]
    raw: dict[Address, Raw] = field(default_factory=dict)

    def call(self, call: Call, render: Render) -> Call:
        """The call with everything filled in. Raises KeyError for an id that is not known."""
        return replace(call, params={k: self._value(v, render) for k, v in call.params.items()})

    def wait(self, wait: Wait, render: Render) -> Wait:
        """The wait with everything filled in."""
        return replace(
            wait,
            read=self.call(wait.read, render),
            where={path: self._value(v, render) for path, v in wait.where.items()},
            until={p: [self._value(v, render) for v in vs] for p, vs in wait.until.items()},
        )

    def _value(self, value: Value, render: Render) -> Value:
        if isinstance(value, Field):
            return self.ids[value.address]
        if isinstance(value, UserData):
            return base64.b64encode(render(value, self.raw)).decode("ascii")
        if isinstance(value, JsonList):
            return json.dumps([self._value(each, render) for each in value.values])
        if isinstance(value, Mapping):
            return {key: self._value(each, render) for key, each in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self._value(each, render) for each in value]
        return value
