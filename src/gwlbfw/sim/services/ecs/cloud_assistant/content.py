"""The content of a command: how it is encoded, how long it may be, and its parameters."""

import base64
import binascii
import json
import re
from collections.abc import Mapping

from gwlbfw.sim.errors import ApiError
from gwlbfw.sim.services.request import Request

CONTENT_BYTES, KEPT_BYTES = 24 * 1024, 18 * 1024
"""Longest content as Base64, and of a command that is kept (ECS API, RunCommand)."""
_PARAMETER = re.compile(r"\{\{\s*([A-Za-z0-9_-]{1,64})\s*\}\}")


def content(request: Request, default_encoding: str, limit: int = CONTENT_BYTES) -> str:
    """The command of a call in plain text."""
    text = request.text("CommandContent")
    if request.text("ContentEncoding", default_encoding).lower() == "base64":
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, ValueError):
            raise request.invalid("CommandContent", "it is not Base64 of a text") from None
    if len(as_base64(text)) > limit:
        raise ApiError("CmdContent.ExceedLimit", "The command is too long.", 403)
    return text


def parameter_names(text: str) -> list[str]:
    """The names of the parameters in a command, such as `{{name}}`."""
    return list(dict.fromkeys(_PARAMETER.findall(text)))


def with_parameters(text: str, values: Mapping[str, str]) -> str:
    """The command with its parameters in place; one that is not given is empty."""
    return _PARAMETER.sub(lambda match: values.get(match[1], ""), text)


def given_parameters(request: Request) -> dict[str, str]:
    """The values of parameters that a call gives."""
    try:
        values = json.loads(request.text("Parameters", "{}"))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise request.invalid("Parameters", "a JSON object is expected")
    return {name: str(value) for name, value in values.items()}


def wants_plain_text(request: Request) -> bool:
    """True if a call wants content and output as they are, not in Base64."""
    return request.text("ContentEncoding", "Base64").lower() == "plaintext"


def as_base64(text: str) -> str:
    """A text in Base64."""
    return base64.b64encode(text.encode()).decode()
