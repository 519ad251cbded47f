"""What is said of a table of features: how much it holds, what could not be read, how to go on.

Conventions: five files at most are named with their reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gradatim._text import option, plural, shell_word, show_name
from gradatim.music import FeatureTable
from gradatim.presentation.lines import Line, notes

__all__ = ["feature_lines"]

_FAILED_SHOWN = 5


def feature_lines(table: FeatureTable, file: Path) -> Iterator[Line]:
    """Yield what a table holds, what could not be read, and how it is climbed."""
    about = table.to_dict()
    rows = plural(about["n_files"], "file")
    if about["n_rows"] != about["n_files"]:
        rows = f"{rows}, {plural(about['n_rows'], 'row')}"
    inputs = ", ".join(f"{show_name(name)} {n:,}" for name, n in about["inputs"].items())
    yield [(f"{show_name(table.name)}, {rows} of features: {inputs}", "bold")]
    failed = table.failed
    if failed:
        yield [f"{plural(len(failed), 'file')} could not be read:"]
        for path, reason in [*failed.items()][:_FAILED_SHOWN]:
            yield [f"  {show_name(path)}: {reason.removeprefix(f'{path} ')}"]
        if more := len(failed) - min(len(failed), _FAILED_SHOWN):
            yield [f"  and {more:,} more, with their reasons under error"]
    yield from notes(table.notices)
    if file.suffix.lower() == ".csv":
        yield [_how_to_climb(table, file)]


def _how_to_climb(table: FeatureTable, file: Path) -> str:
    """Say what a CSV lacks, and what is typed instead."""
    unused = ["path", "error", *(["start"] if table.is_cut else [])]
    grouped = any(group is not None for group in table.groups)
    words = [option("--target", "label"), *([option("--groups", "group")] if grouped else [])]
    words.append(f"--drop {' '.join([*unused, *([] if grouped else ['group'])])}")
    if table.failed:
        words.append(option("--drop-rows-without", table.feature_names[0]))
    typed = f"gradatim climb {shell_word(str(file))} {' '.join(words)}"
    return f"a CSV has no place for the recipe; climb it with: {typed}"
