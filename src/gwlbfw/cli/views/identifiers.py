"""Addresses as identifiers of drawing languages."""

import re


class Identifiers(dict[str, str]):
    """An identifier for each name, made of its letters and digits; no two are the same."""

    def __missing__(self, name: str) -> str:
        plain = re.sub(r"\W", "_", name)
        taken = set(self.values())
        number, unique = 1, plain
        while unique in taken:
            number, unique = number + 1, f"{plain}_{number + 1}"
        self[name] = unique
        return unique
