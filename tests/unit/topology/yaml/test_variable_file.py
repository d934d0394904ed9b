"""Files of variables: values as they are written, problems at their places, no value shown."""

from pathlib import Path

import pytest

from gwlbfw.cli.views.diagnostics_text import render
from gwlbfw.errors import TopologyError
from gwlbfw.topology.yaml.variable_file import read_variable_file


def written(folder: Path, content: str) -> Path:
    (path := folder / "vars.yaml").write_text(content)
    return path


def test_values_are_as_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, "image: m-1\nzone: 'b: c'\nport: 0443\nopen: yes\nnone:\n")
    assert read_variable_file(path) == {
        "image": "m-1",
        "zone": "b: c",
        "port": "0443",
        "open": "yes",
        "none": "",
    }


def test_a_file_without_values_has_no_variables(tmp_path: Path) -> None:
    assert read_variable_file(written(tmp_path, "# none yet\n")) == {}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("- hunter2\n", 1, "a file of variables is a mapping of keys to values"),
        ("a: 1\nb: [hunter2]\n", 2, "the value of `b` is not one text or number"),
        ("a: 1\nb: {c: hunter2}\n", 2, "the value of `b` is not one text or number"),
        ("a: &x hunter2\nb: 1\n", 1, "the value of `a` is not one text or number"),
        ("a: 1\nb: 2\na: hunter2\n", 3, "`a` is there twice"),
        ("a: 1\nb: 'hunter2\n", 3, ""),
        ("a: 1\n---\nb: hunter2\n", 2, "a second YAML document starts here"),
    ],
)
def test_a_problem_has_its_place_and_shows_no_value(
    tmp_path: Path, content: str, line: int, message: str
) -> None:
    with pytest.raises(TopologyError) as refused:
        read_variable_file(written(tmp_path, content))
    (problem,) = refused.value.diagnostics()
    assert message in problem.message
    assert problem.place
    assert problem.place.line == line
    assert "hunter2" not in render([problem])
