"""A drawing in Mermaid, which code hosting sites show in Markdown."""

from collections.abc import Iterator

from gwlbfw.cli.views.graph import Box, Dot, Drawing, Line
from gwlbfw.cli.views.identifiers import Identifiers


def mermaid(drawing: Drawing) -> str:
    """The drawing as a Mermaid flowchart."""
    names = Identifiers()
    lines = ["---", f"title: {drawing.title}", "---", "flowchart LR"]
    lines += [_dot(each, names, "  ") for each in drawing.dots]
    for box in drawing.boxes:
        lines += _box(box, names, "  ")
    return "\n".join([*lines, *(f"  {_line(each, names)}" for each in drawing.lines)])


def _box(box: Box, names: Identifiers, margin: str) -> Iterator[str]:
    yield f"{margin}subgraph {names[box.name]}[{_quoted(box.title)}]"
    yield from (_dot(each, names, f"{margin}  ") for each in box.dots)
    for inner in box.boxes:
        yield from _box(inner, names, f"{margin}  ")
    yield f"{margin}end"


def _dot(dot: Dot, names: Identifiers, margin: str) -> str:
    label = _quoted("<br/>".join(_escaped(each) for each in dot.lines), raw=True)
    left, right = ("[/", "/]") if dot.note else ("(", ")")
    return f"{margin}{names[dot.name]}{left}{label}{right}"


def _line(line: Line, names: Identifiers) -> str:
    arrow = "-.-" if line.dashed else "<-->" if line.both else "-->"
    label = f"|{_quoted(line.label)}|" if line.label else ""
    return f"{names[line.start]} {arrow}{label} {names[line.end]}"


def _quoted(text: str, *, raw: bool = False) -> str:
    return f'"{text if raw else _escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
