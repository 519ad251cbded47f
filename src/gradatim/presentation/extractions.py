"""What is said of a table of features: how much it holds, what could not be read, how to go on.

Conventions: five files at most are named with their reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gradatim._text import option, plural, shell_word, show_name
from gradatim.music import FeatureTable
from gradatim.presentation.lines import Line, notes

_FAILED_SHOWN = 5


def feature_lines(table: FeatureTable, file: Path | None) -> Iterator[Line]:
    """Yield what a table holds, what could not be read, and how its file, if any, is climbed."""
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
    if file is not None and file.suffix.lower() == ".csv":
        yield [f"a CSV has no place for the recipe; {_how_to_climb(table, file)}"]


def _how_to_climb(table: FeatureTable, file: Path) -> str:
    """Say what is typed to climb a CSV, or why that cannot be done."""
    pairs = [*zip(table.labels, table.errors, strict=True)]
    if all(label is None for label, _ in pairs):
        return "to climb it, extract the features with --labels: these sounds have none"
    if all(label is None or error is not None for label, error in pairs):
        return "no file with a label could be read, so there is nothing to climb"
    unused = ["path", "error", *(["start"] if table.is_cut else [])]
    grouped = any(group is not None for group in table.groups)
    words = [option("--target", "label"), *([option("--groups", "group")] if grouped else [])]
    words.append(f"--drop {' '.join([*unused, *([] if grouped else ['group'])])}")
    gaps = ["label"] if any(label is None for label, _ in pairs) else []
    if gaps := [*gaps, *([table.feature_names[0]] if table.failed else [])]:
        words.append(f"--drop-rows-without {' '.join(gaps)}")
    typed = f"gradatim climb {shell_word(str(file))} {' '.join(words)}"
    return f"climb it with: {typed}"
