"""The process's environment: the one place of the engine that reads it."""

import os
from collections.abc import Mapping


def process_environment() -> Mapping[str, str]:
    """The environment variables of this process, as they are at each access."""
    return os.environ
