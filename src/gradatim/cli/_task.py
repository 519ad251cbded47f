"""What a race is on: a problem by its name, or a table or dataset that is read.

Conventions: an option that does not go with what was named is an error, never ignored.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.collection import Collection
    from gradatim.sources.registry import Options


def find_task(text: str, reading: Options, noise: float | None) -> str | Collection:
    """Find what is raced on."""
    from gradatim.sources.registry import SOURCES, find_kind, is_table_name, read_source

    kind = find_kind(text)
    if kind in (None, SOURCES["folder"]) and not is_table_name(text):
        _check_problem(text, reading)
        return text
    if kind is not None and "task" not in kind.takes:
        # It brings its task along.
        reading = replace(reading, task=None)
    if noise is not None:
        raise SpecError(f"--noise belongs to a problem; {text} is a table")
    return read_source(text, reading)


def _check_problem(text: str, reading: Options) -> None:
    from gradatim.problems import get_problem
    from gradatim.sources.registry import TABLES

    try:
        get_problem(text)
    except SpecError:
        if not os.path.exists(text):
            raise
        raise SpecError(
            f"{text} is no problem, and no table either: a race reads {', '.join(TABLES)}"
        ) from None
    options = ("target", "groups", "drop", "impute")
    given = [f"--{option}" for option in options if getattr(reading, option)]
    if given:
        belong = "belongs" if len(given) == 1 else "belong"
        raise SpecError(f"{' and '.join(given)} {belong} to a table; {text} is a problem")


def check_film(task: str | Collection, film: Path | None) -> None:
    """Refuse a film of more inputs than a picture has, before anything is trained."""
    if film is None:
        return
    if isinstance(task, str):
        from gradatim.problems import get_problem

        n_features = get_problem(task).n_features
    else:
        n_features = next(iter(task.X.values())).shape[1]
    if n_features > 2:
        raise SpecError(f"a film shows one or two inputs, not {n_features}; leave --film out")


def list_problems(target: str | None, json: bool) -> None:
    """Print every problem with what it takes."""
    from gradatim.problems import PROBLEMS

    if target is not None:
        raise SpecError("--target belongs to a table; name the table")
    rows = [{"name": name, "slides": one.slides, "takes": one.takes}
            for name, one in PROBLEMS.items()]  # fmt: skip
    if json:
        from gradatim.cli._json import print_json

        print_json({"schema": 1, "problems": rows})
        return
    width = max(len(name) for name in PROBLEMS)
    for row in rows:
        print(f"{row['name'].ljust(width)}  {row['takes']}")
    print("\nFamilies take a size: sawtooth-5, checkerboard-3, spirals-4, parity-6.")
