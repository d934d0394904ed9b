"""Files, functions and signatures stay small enough to read at one go."""

import ast

from tests.architecture.sources import sources

FILE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 6


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, without its decorators; of a command, without its signature."""
    end = function.end_lineno or function.lineno
    start = function.body[0].lineno - 1 if is_command(function) else function.lineno
    return end - start + 1


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The number of a function's parameters, without `self` or `cls`."""
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    bound = bool(given) and given[0].arg in ("self", "cls")
    return len(given) - bound


def is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True for a command of the command line: its parameters are the user's options."""
    return any("command" in ast.unparse(each) for each in function.decorator_list)


def test_no_file_is_too_long() -> None:
    assert [(s.module, s.lines) for s in sources() if s.lines > FILE_LINES] == []


def test_no_function_is_too_long() -> None:
    found = [(s.module, f.name, length(f)) for s in sources() for f in s.functions()]
    assert [each for each in found if each[2] > FUNCTION_LINES] == []


def test_no_function_has_too_many_parameters() -> None:
    found = [
        (s.module, f.name, parameters(f))
        for s in sources()
        for f in s.functions()
        if not (is_command(f) and s.module.startswith("gwlbfw.cli."))
    ]
    assert [each for each in found if each[2] > PARAMETERS] == []


def test_sizes_are_counted_as_they_are() -> None:
    tree = ast.parse("def f(a, b, *, c):\n    x = 1\n    return x\n")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert (length(function), parameters(function)) == (3, 3)
