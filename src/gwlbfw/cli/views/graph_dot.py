"""A drawing in Graphviz's language."""

from collections.abc import Iterator

from gwlbfw.cli.views.graph import Box, Dot, Drawing, Line
from gwlbfw.cli.views.identifiers import Identifiers


def dot(drawing: Drawing) -> str:
    """The drawing as a Graphviz digraph."""
    names = Identifiers()
    lines = [
        "digraph gwlbfw {",
        f"  label={_quoted(drawing.title)}; labelloc=t; rankdir=LR; compound=true;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  graph [fontname="sans-serif"]; edge [fontname="sans-serif"];',
    ]
    lines += [_dot(each, names, "  ") for each in drawing.dots]
    for box in drawing.boxes:
        lines += _box(box, names, "  ")
    anchors = dict(_anchors(drawing.boxes))
    lines += [f"  {_line(each, names, anchors)}" for each in drawing.lines]
    return "\n".join([*lines, "}"])


def _box(box: Box, names: Identifiers, margin: str) -> Iterator[str]:
    yield f"{margin}subgraph cluster_{names[box.name]} {{"
    yield f"{margin}  label={_quoted(box.title)};"
    yield from (_dot(each, names, f"{margin}  ") for each in box.dots)
    for inner in box.boxes:
        yield from _box(inner, names, f"{margin}  ")
    yield f"{margin}}}"


def _dot(dot: Dot, names: Identifiers, margin: str) -> str:
    shape = ", shape=note, style=solid" if dot.note else ""
    return f"{margin}{names[dot.name]} [label={_quoted(*dot.lines)}{shape}];"


def _anchors(boxes: tuple[Box, ...]) -> Iterator[tuple[str, str]]:
    """Something inside each box: a line can only end at that, and is cut off at the box."""
    for box in boxes:
        if box.dots:
            yield box.name, box.dots[0].name
        yield from _anchors(box.boxes)


def _line(line: Line, names: Identifiers, anchors: dict[str, str]) -> str:
    start, end = anchors.get(line.start, line.start), anchors.get(line.end, line.end)
    extra = [f"label={_quoted(line.label)}"] if line.label else []
    extra += ["style=dashed", "dir=none"] if line.dashed else []
    extra += ["dir=both"] if line.both else []
    extra += [f"ltail=cluster_{names[line.start]}"] if line.start in anchors else []
    extra += [f"lhead=cluster_{names[line.end]}"] if line.end in anchors else []
    attributes = f" [{', '.join(extra)}]" if extra else ""
    return f"{names[start]} -> {names[end]}{attributes};"


def _quoted(*lines: str) -> str:
    escaped = (each.replace("\\", "\\\\").replace('"', '\\"') for each in lines)
    return '"' + "\\n".join(escaped) + '"'
