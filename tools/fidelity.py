"""The fidelity tables of the simulator's page, made from the code.

    python -m tools.fidelity docs/simulator.md

rewrites the tables of that page, below its marker.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gwlbfw import sim
from gwlbfw.openapi import catalogue
from gwlbfw.openapi.overrides import OVERRIDES
from gwlbfw.sim.latency import REALISTIC_CALLS, REALISTIC_STATUSES
from gwlbfw.sim.quotas import QUOTAS
from gwlbfw.sim.services import registry

MARKER = "<!-- Below this line the page is made by `python -m tools.fidelity`. -->"
_UNVERIFIED = "UNVERIFIED"
_CODE = re.compile(r'"([A-Z][A-Za-z_]{7,}(?:\.[A-Za-z{}.]+)*)"')


@dataclass(frozen=True)
class Fidelity:
    """The fidelity of one simulated action."""

    product: str
    action: str
    module: str
    modelled: str
    note: str
    without_effect: tuple[str, ...]


def action_fidelities() -> list[Fidelity]:
    """Every action that is carried out, by product and name."""
    registry.load_services()
    return [
        Fidelity(
            product,
            action,
            _name(handler.__module__),
            _modelled(handler.__doc__ or "", action),
            registry.not_simulated_part(product, action),
            tuple(sorted(registry.without_effect(product, action))),
        )
        for (product, action), handler in sorted(registry.handlers().items())
    ]


def tables() -> str:
    """The part of the page that is made of the code."""
    return "\n".join(
        [
            MARKER,
            "",
            *_actions(),
            *_not_simulated(),
            *_notes(),
            *_corrections(),
            *_quotas(),
            *_times(),
        ]
    )


def with_tables(text: str) -> str:
    """The page with this part rewritten."""
    kept, marker, _ = text.partition(MARKER)
    if not marker:
        raise ValueError(f"The page has no line {MARKER}")
    return kept + tables()


def _modelled(docstring: str, action: str) -> str:
    text = " ".join(docstring.split())
    text = re.sub(rf"^\w+ API, {action}(?: \(legacy\))?[:.] ?", "", text) or "as documented."
    return text[0].upper() + text[1:]


def _actions() -> Iterator[str]:
    yield from ("## The actions", "")
    yield "A parameter that an action doesn't carry out is refused with `NotSimulated.NAME`."
    for product in ("vpc", "gwlb", "privatelink", "ecs", "sts", "sim"):
        yield from ("", f"### {product}", "")
        yield "| action | what is modelled | without effect, as in the cloud | in |"
        yield "| --- | --- | --- | --- |"
        for each in action_fidelities():
            if each.product == product:
                what = f"{each.modelled} Not: {each.note}." if each.note else each.modelled
                ignored = ", ".join(f"`{name}`" for name in each.without_effect) or "none"
                has_notes = _has_notes(_sources()[each.module])
                link = (
                    f"[`{each.module}`](#{_anchor(each.module)})"
                    if has_notes
                    else f"`{each.module}`"
                )
                yield f"| `{each.action}` | {_cell(what)} | {ignored} | {link} |"


def _not_simulated() -> Iterator[str]:
    known = registry.implemented()
    yield from ("", "### Not simulated", "")
    yield "These are answered with HTTP 404 `InvalidApi.NotFound`, as is any other action:"
    yield ""
    for product in sorted({product for product, _ in catalogue()}):
        names = [action for each, action in sorted(catalogue()) if each == product]
        refused = [f"`{action}`" for action in names if (product, action) not in known]
        if refused:
            yield f"- {product}: {', '.join(refused)}"


def _notes() -> Iterator[str]:
    yield from ("", "## Sources, and what is UNVERIFIED", "")
    yield "By the file in `src/gwlbfw/sim` that has it. A fact that no source says has one home."
    for name, text in sorted(_sources().items()):
        source = _source(text)
        unverified = [each for each in _unverified(text) if each not in source]
        if _has_notes(text):
            yield from ("", f"### {name}", "")
            if source:
                yield f"Sources: {source}"
            if source and unverified:
                yield ""
            yield from (f"- {each}" for each in unverified)


def _corrections() -> Iterator[str]:
    yield from ("", "## Where the published metadata is corrected", "")
    yield "| action | parameter | correction | source |"
    yield "| --- | --- | --- | --- |"
    for each in OVERRIDES:
        more = (
            [f"also {', '.join(f'`{value}`' for value in each.extra_values)}"]
            if each.extra_values
            else []
        )
        rules = [
            f"{rule} {value}" if value else "no list" if rule == "values" else f"no {rule}"
            for rule, value in each.rules.items()
        ]
        what = "; ".join(more + rules)
        action = f"`{each.product}:{each.action}`"
        yield f"| {action} | `{each.parameter}` | {what} | {_cell(each.source)} |"


def _quotas() -> Iterator[str]:
    yield from ("", "## Quotas", "")
    yield "| name | number |"
    yield "| --- | --- |"
    for name, each in sorted(QUOTAS.items()):
        yield f"| `{name}` | {each.default} |"


def _times() -> Iterator[str]:
    yield from ("", "## The latency profile `realistic`", "")
    yield "| what | seconds | source |"
    yield "| --- | --- | --- |"
    for what, times in (("the call", REALISTIC_CALLS), ("the status", REALISTIC_STATUSES)):
        for name, time in times.items():
            yield f"| {what} `{name}` | {time.seconds:g} | {_cell(time.source)} |"
    yield ""


@cache
def _sources() -> dict[str, str]:
    """The text of every file of the simulator, by its name."""
    folder = Path(sim.__file__).parent
    return {
        _name("gwlbfw.sim." + ".".join(path.relative_to(folder).with_suffix("").parts)): (
            path.read_text(encoding="utf-8")
        )
        for path in folder.rglob("*.py")
        if path.stem != "__init__"
    }


def _name(module: str) -> str:
    """A module as the page names it: `vpc/eip`, `auth/signature`."""
    return module.removeprefix("gwlbfw.sim.").removeprefix("services.").replace(".", "/")


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return heading.replace("/", "")


def _has_notes(text: str) -> bool:
    """True if a file has sources or UNVERIFIED facts."""
    return bool(_source(text)) or any(_unverified(text))


def _source(text: str) -> str:
    docstring = ast.get_docstring(ast.parse(text)) or ""
    found = re.search(r"^Sources?: (.+?)(?:\n\n|\Z)", docstring, re.MULTILINE | re.DOTALL)
    return _cell(" ".join(found.group(1).split())) if found else ""


def _unverified(text: str) -> Iterator[str]:
    """The sentences, in docstrings and comments, that say that something is a guess."""
    for block in [*_docstrings(text), *_comments(text)]:
        sentences = re.split(r"(?<=\.)\s+(?=[A-Z`])", " ".join(block.split()))
        yield from (_cell(each) for each in sentences if _UNVERIFIED in each)


def _docstrings(text: str) -> Iterator[str]:
    """Docstrings, paragraph by paragraph; those of texts have the text with them."""
    above = ""
    for node in ast.walk(ast.parse(text)):
        value = getattr(node, "value", None)
        literal = value.value if isinstance(value, ast.Constant) else None
        if isinstance(node, ast.Expr) and isinstance(literal, str):
            yield from (_with_code(each, above) for each in literal.split("\n\n"))
        if isinstance(node, ast.stmt):
            above = literal if isinstance(node, ast.Assign) and isinstance(literal, str) else ""


def _comments(text: str) -> Iterator[str]:
    """Comments, those of several lines as one, with the error code that follows them."""
    lines = text.splitlines()
    block: list[str] = []
    for number, line in enumerate([*lines, ""]):
        if (stripped := line.strip()).startswith("#"):
            block.append(stripped.removeprefix("#").strip())
        elif block:
            code = _CODE.search("\n".join(lines[number : number + 3]))
            yield _with_code(" ".join(block), code.group(1) if code else "")
            block.clear()


def _with_code(text: str, code: str) -> str:
    return f"{text.rstrip('.')}: `{code}`." if code else text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE = Path(sys.argv[1])
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
