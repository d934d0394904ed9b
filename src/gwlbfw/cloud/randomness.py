"""Randomness: the one place that draws it; tests hand in their own."""

from random import SystemRandom
from secrets import token_hex

_RANDOM = SystemRandom()


def random_token() -> str:
    """128 random bits, as 32 hexadecimal digits."""
    return token_hex(16)


def random_jitter() -> float:
    """A factor between 0.5 and 1.5 for a pause, so that calls refused together come back apart."""
    return _RANDOM.uniform(0.5, 1.5)
