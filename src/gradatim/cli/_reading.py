"""Options of every verb that reads a collection: what is learnt, grouped and left out.

Conventions: a verb takes one `Reading`, whose fields are options of the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from gradatim.errors import SpecError
from gradatim.sources.registry import Options

__all__ = ["READING", "Reading"]

READING = Group("What is read", sort_key=1)

TaskName = Literal["classification", "multilabel", "regression"]


def _option(metavar: str | None, help: str, **more: Any) -> Parameter:
    return Parameter(group=READING, metavar=metavar, help=help, negative=(), **more)


@Parameter(name="*")
@dataclass(frozen=True)
class Reading:
    """How a collection is read."""

    target: Annotated[
        list[str] | None,
        _option("COLUMN", "Column of a table that is to be learnt; may be repeated."),
    ] = None
    groups: Annotated[
        str | None,
        _option(
            "COLUMN|FILE",
            "What is never split: a column, or stem:COLUMN for the stems of its names; for a "
            "folder a CSV of path and group, stem:name, tag:artist, folder:1 or pattern:REGEX.",
        ),
    ] = None
    labels: Annotated[
        str | None,
        _option(
            "TABLE|tag:NAME|folder:N",
            "Labels of audio: a table with a row for each file, tag:genre or folder:2.",
        ),
    ] = None
    path: Annotated[
        str | None,
        _option("COLUMN", "Column of that table which names the files; found if left out."),
    ] = None
    label_pattern: Annotated[
        str | None,
        _option(
            "REGEX",
            "Regular expression with a group called label, searched in the path of each file.",
        ),
    ] = None
    fold_column: Annotated[
        str | None,
        _option(
            "COLUMN",
            "Published folds to score by: a column, or for a folder folder:1 or pattern:REGEX.",
        ),
    ] = None
    segment: Annotated[
        float | None,
        _option(
            "SECONDS", "Cut sounds into pieces of this length, those of a file being one group."
        ),
    ] = None
    seconds: Annotated[
        float | None,
        _option("SECONDS", "Length of what is read of each audio file, at most (120 if left out)."),
    ] = None
    place: Annotated[
        str | None,
        _option(
            "WHERE",
            "Where in a longer file these lie: start, middle, end, or a number of seconds.",
            name="--from",
        ),
    ] = None
    follow_links: Annotated[
        bool, _option(None, "Follow links that lead out of a folder.", show_default=False)
    ] = False
    drop: Annotated[
        list[str] | None,
        _option("COLUMN...", "Columns of a table to leave out.", consume_multiple=(1, None)),
    ] = None
    impute: Annotated[
        Literal["median"] | None,
        _option(None, "Fill a table's missing values with its columns' medians."),
    ] = None
    task: Annotated[
        TaskName | None, _option(None, "How to read the target; if left out, its values tell.")
    ] = None

    def options(self, n_jobs: int | None = None) -> Options:
        """Return what the readers are told."""
        return Options(
            target=self.target or (),
            groups=self.groups,
            drop=self.drop or (),
            impute=self.impute,
            task=self.task,
            labels=self.labels,
            path=self.path,
            label_pattern=self.label_pattern,
            fold_column=self.fold_column,
            segment=self.segment,
            seconds=self.seconds,
            place=None if self.place is None else _place(self.place),
            follow_links=self.follow_links,
            n_jobs=n_jobs,
        )


def _place(text: str) -> str | float:
    if text in ("start", "middle", "end"):
        return text
    try:
        return float(text)
    except ValueError:
        raise SpecError(
            f"--from {text!r} is no place; choose start, middle, end, or a number of seconds"
        ) from None
