"""The secrets of a topology file: user data, external ids, passwords.

A message shows the line that it is about. Where the file is YAML, secrets are masked in the line;
else they can't be recognised, and no line is shown if the file names a secret at all.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gwlbfw.topology.wording import closest_match
from gwlbfw.topology.yaml.nodes import Node
from gwlbfw.topology.yaml.source import YamlPath

MASK: Final = "(sensitive)"
"""The words that stand for a secret in messages."""

SECRET_FIELDS = ("user_data", "external_id")
_WORDS = re.compile(
    r"user[-_]?data(?!_file\b)|external[-_]?id|passw|secret|token|(?:private|access)[-_ ]?key",
    re.IGNORECASE,
)
_KEY = re.compile(r"""(?<![\w-])((?:[\w-]{1,20}[ ])?[\w-]{1,40})["']?\s*:""")
_UNSPACED = re.compile(r"([\w-]{1,40})\s*[:='\"]\s*\S")
"""A key to whose value no space leads: YAML takes the whole for one text."""


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """True if a key's value is a secret, by what the key is called, or was meant to be called."""
    if _WORDS.search(key):
        return True
    return key != "user_data_file" and closest_match(key, SECRET_FIELDS) is not None


def is_within_secret(path: YamlPath) -> bool:
    """True if the value at `path` is a secret or a part of one."""
    return any(isinstance(step, str) and is_secret(step) for step in path)


def takes_sensitive(path: YamlPath) -> bool:
    """True if the value at `path` stays out of plans, the state and the replies of the cloud."""
    match path:
        case (
            ("accounts", _, "external_id")
            | ("business_vpcs", _, "servers", _, "user_data")
            | ("security_vpc", "appliances", _, "user_data")
        ):
            return True
        case _:
            return False


def is_unspaced_secret(text: str) -> bool:
    """True if the text is a secret together with its key, as in `user_data:hunter2`."""
    found = _UNSPACED.match(text)
    return found is not None and is_secret(found[1])


def may_hold_secret(key: str) -> bool:
    """True if a key without a value may be one with its secret, as in `{external_id hunter2}`."""
    return is_secret(key) and key not in SECRET_FIELDS


def mentions_secret(text: str) -> bool:
    """True if there may be a secret in a text that is not YAML."""
    return bool(_WORDS.search(text)) or any(is_secret(key) for key in set(_KEY.findall(text)))


def secret_spans(node: Node) -> Iterator[slice]:
    """The parts of the text that are secrets, in their order.

    A line of user data that stands too far left reads as a key beside it: behind a secret of
    several lines, every value of its mapping is taken for one.
    """
    if is_unspaced_secret(node.text):
        yield _span(node)
    after_lines = False
    for key, value in node.pairs():
        if value is not None and value.is_empty and may_hold_secret(key.text):
            yield _span(key)
            continue
        yield from secret_spans(key)
        if value is not None and (after_lines or is_secret(key.text)):
            yield _span(value)
            after_lines |= not value.children and value.start.line < value.end.line
        elif value is not None:
            yield from secret_spans(value)
    for each in () if node.is_mapping else node.children:
        yield from secret_spans(each)


def _span(node: Node) -> slice:
    """The span of a secret, without its quotes or the sign of a block of text."""
    start, end = node.start.index, node.end.index
    if node.style and not node.tag and not node.event.anchor:
        return slice(start + 1, end - (node.style in "\"'"))
    return slice(start, end)
