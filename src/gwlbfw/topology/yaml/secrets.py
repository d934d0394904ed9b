"""What a topology file says that is for nobody to read: user data, external ids, passwords.

A message shows the line that it is about. Secrets are masked in it where the file is YAML; where
it is none, nothing tells them apart, and no line is shown if the file names a secret at all.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gwlbfw.topology.wording import closest
from gwlbfw.topology.yaml.nodes import Node
from gwlbfw.topology.yaml.source import YamlPath

HIDDEN: Final = "(sensitive)"
"""What messages say in place of a secret."""

SECRET_FIELDS = ("user_data", "external_id")
_WORDS = re.compile(
    r"user[-_]?data(?!_file\b)|external[-_]?id|passw|secret|token|(?:private|access)[-_ ]?key",
    re.IGNORECASE,
)
_KEY = re.compile(r"""(?<![\w-])((?:[\w-]{1,20}[ ])?[\w-]{1,40})["']?\s*:""")
_GLUED = re.compile(r"([\w-]{1,40})\s*[:='\"]\s*\S")
"""A key to whose value no space leads: YAML takes the whole for one text."""


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """True if a key's value is a secret, by what the key is called, or was meant to be called."""
    if _WORDS.search(key):
        return True
    return key != "user_data_file" and closest(key, SECRET_FIELDS) is not None


def is_within_secret(path: YamlPath) -> bool:
    """True if what is at `path` belongs to a secret."""
    return any(isinstance(step, str) and is_secret(step) for step in path)


def takes_sensitive(path: YamlPath) -> bool:
    """True if what is at `path` stays out of plans and records, and out of what all can read."""
    match path:
        case (
            ("accounts", _, "external_id")
            | ("business_vpcs", _, "servers", _, "user_data")
            | ("security_vpc", "appliances", _, "user_data")
        ):
            return True
        case _:
            return False


def is_glued(text: str) -> bool:
    """True if the text is a secret together with its key, as in `user_data:hunter2`."""
    found = _GLUED.match(text)
    return found is not None and is_secret(found[1])


def names_secret(text: str) -> bool:
    """True if there may be a secret in a text that is no YAML."""
    return bool(_WORDS.search(text)) or any(is_secret(key) for key in set(_KEY.findall(text)))


def secret_spans(node: Node) -> Iterator[slice]:
    """The parts of the text that are secrets, in their order.

    A line of user data that stands too far left reads as a key beside it: behind a secret of
    several lines, every value of a mapping is taken for one.
    """
    if is_glued(node.text):
        yield _span(node)
    after_lines = False
    for key, value in node.pairs():
        yield from secret_spans(key)
        if value is not None and (after_lines or is_secret(key.text)):
            yield _span(value)
            after_lines |= not value.children and value.start.line < value.end.line
        elif value is not None:
            yield from secret_spans(value)
    for each in () if node.is_mapping else node.children:
        yield from secret_spans(each)


def _span(node: Node) -> slice:
    """Where a secret stands; its quotes and the sign of a block of text may be shown."""
    start, end = node.start.index, node.end.index
    if node.style and not node.tag and not node.event.anchor:
        return slice(start + 1, end - (node.style in "\"'"))
    return slice(start, end)
