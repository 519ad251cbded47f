"""``gradatim compare``: two climbs of the same rows, from their JSON files.

Conventions: differences are the second's gain; files whose folds are not the same are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.cli._options import Debug, Json

if TYPE_CHECKING:
    from gradatim.climb.compare import ClimbComparison

__all__ = ["compare"]


def compare(first: Path, second: Path, /, *, json: Json = False, debug: Debug = False) -> None:
    """Compare two climbs of the same rows, targets and folds.

    Parameters
    ----------
    first
        JSON file of a climb (gradatim climb PATH --json FILE).
    second
        JSON file of another.
    """
    from gradatim._text import show_name
    from gradatim.climb.compare import compare_climbs

    names = show_name(str(first)), show_name(str(second))
    found = compare_climbs(_read(first), _read(second), names=names)
    if json:
        from gradatim.cli._json import header, print_json

        print_json(header() | found.to_dict())
        return
    _show(found)


def _read(path: Path) -> dict[str, Any]:
    from json import JSONDecodeError, loads

    from gradatim._text import show_name
    from gradatim.errors import InputError

    try:
        return loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{show_name(str(path))} cannot be read: {error.strerror}") from None
    except (JSONDecodeError, UnicodeDecodeError):
        raise InputError(
            f"{show_name(str(path))} is no JSON; write one with gradatim climb PATH --json FILE"
        ) from None


def _show(found: ClimbComparison) -> None:
    from gradatim.cli._print import SafeConsole, fitted, print_lines
    from gradatim.presentation.climbs import comparison_grid

    console = SafeConsole()
    console.print(fitted(console, comparison_grid(found)))
    print_lines(console, [[""], [found.sentence]])
