"""User data: the text of a machine's first boot, in the YAML or in a file beside it."""

import os
from pathlib import Path

from gwlbfw.diagnostics import error
from gwlbfw.errors import TopologyError
from gwlbfw.topology.wording import quote

MAX_BYTES = 32 * 1024
"""Bytes of user data before Base64 (ECS API, RunInstances, UserData)."""


def read_user_data(
    text: str | None, file: str | None, base: Path, *, allow_outside: bool = False
) -> bytes | None:
    """The user data given as text, or as a file that is relative to `base`; None without either.

    The file is below `base`, links followed, unless `allow_outside` says otherwise.
    """
    if text is not None:
        return _check_size(text.encode(), "`user_data`")
    if file is None:
        return None
    try:
        path = Path(os.path.realpath(base / file))
        if not (allow_outside or path.is_relative_to(os.path.realpath(base))):
            raise _outside_error(file)
        # A pipe or a device may never end.
        content = _read_start(path) if path.is_file() or not path.exists() else None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise _read_error(file, reason) from problem
    if content is None:
        raise _read_error(file, "it is not a regular file")
    return _check_size(content, quote(file))


def _check_size(content: bytes, what: str) -> bytes:
    if len(content) > MAX_BYTES:
        message = f"{what} is more than 32 KB, the most that the ECS API takes as user data"
        hint = "let a short script fetch the rest"
        raise TopologyError([error("user-data-size", message, hint=hint)])
    return content


def _read_start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _outside_error(file: str) -> TopologyError:
    message = f"the user data file {quote(file)} is outside the folder of the topology file"
    hint = "put it below that folder, or allow it with `--allow-outside`"
    return TopologyError([error("user-data-outside", message, hint=hint)])


def _read_error(file: str, reason: str | None) -> TopologyError:
    message = f"can't read the user data file {quote(file)}: {reason}"
    hint = "the path is relative to the folder of the topology file"
    return TopologyError([error("user-data-file", message, hint=hint)])
