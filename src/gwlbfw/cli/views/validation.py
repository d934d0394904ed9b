"""The result of validating a topology file: as text, as JSON, as SARIF."""

from gwlbfw.cli.views.sarif import sarif
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.values import plural
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.topology.load import LoadResult


def show(screen: Screen, file: str, loaded: LoadResult, form: str) -> None:
    """Show the result in one of the forms."""
    if form == "json":
        screen.print_document(validation_json(file, loaded))
    elif form == "sarif":
        screen.print_document(sarif(file, loaded.diagnostics))
    else:
        screen.print_diagnostics(loaded.diagnostics)
        if loaded.errors:
            errors = plural(len(loaded.errors), "error")
            screen.print_message(f"\n{screen.err('error', f'{file} is not valid')}: {errors}")
        else:
            screen.print_result(screen.out("good", f"{file} is valid"))


def validation_json(file: str, loaded: LoadResult) -> dict[str, Json]:
    """The result and every diagnostic."""
    return {
        "valid": not loaded.errors,
        "errors": [_row(file, each) for each in loaded.errors],
        "warnings": [_row(file, each) for each in loaded.warnings],
    }


def _row(file: str, diagnostic: Diagnostic) -> dict[str, Json]:
    place = diagnostic.place
    return {
        "file": place.file if place else file,
        "line": place.line if place else 1,
        "column": place.column if place else 1,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
