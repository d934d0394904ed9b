"""What came of checking a topology file: as text, as JSON, as SARIF."""

from gwlbfw.cli.views.sarif import sarif
from gwlbfw.cli.views.screen import Screen
from gwlbfw.cli.views.values import counts
from gwlbfw.cloud.call import Json
from gwlbfw.diagnostics import Diagnostic
from gwlbfw.topology.load import LoadResult


def show(screen: Screen, file: str, loaded: LoadResult, form: str) -> None:
    """Show it in one of the forms."""
    if form == "json":
        screen.document(as_json(file, loaded))
    elif form == "sarif":
        screen.document(sarif(file, loaded.diagnostics))
    else:
        screen.diagnostics(loaded.diagnostics)
        if loaded.errors:
            counted = counts(len(loaded.errors), "error")
            screen.say(f"\n{screen.err('error', f'{file} is not valid')}: {counted}")
        else:
            screen.result(screen.out("good", f"{file} is valid"))


def as_json(file: str, loaded: LoadResult) -> dict[str, Json]:
    """The verdict and every diagnostic."""
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
