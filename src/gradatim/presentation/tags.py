"""What is said and shown of tags: which change, which were written, which came back.

Conventions: several values of a tag are joined with a semicolon; a tag that is not there is a dash.
Every file that was left stands on a line of its own, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim._text import plural, show_name, show_sentence
from gradatim.presentation.lines import Column, Grid, Line
from gradatim.tagging.changes import LeftFile, TagChanges, TagsRestored
from gradatim.tagging.containers import Values
from gradatim.tagging.sidecars import SIDECAR

_LONGEST_PATH = 1000


def tag_lines(tags: TagChanges) -> Iterator[Line | Grid]:
    """Yield the tags that would change as a table, or what has been written, and what was left."""
    field = tags.field
    if tags.changes and not tags.applied:
        heads = [Column("path", names=True), Column(f"{field} now"), Column(f"{field} new")]
        yield Grid(heads, [_row(one.path, one.before, one.after) for one in tags.changes])
        yield [""]
    verb = "changed" if tags.applied else "would change"
    counts = [f"{plural(len(tags.changes), 'file')} {verb}"]
    if tags.n_same:
        counts.append(f"{tags.n_same:,} already so")
    if tags.n_silent:
        counts.append(f"{tags.n_silent:,} without a prediction")
    if tags.left:
        counts.append(f"{len(tags.left):,} left")
    yield [(f"tag {show_name(field)}: {', '.join(counts)}", "bold")]
    yield from _left_lines(tags.left)
    if tags.changes and tags.applied:
        yield [f"what was there is in {SIDECAR} of each folder; gradatim untag takes it back"]
    elif not tags.applied:
        yield ["nothing was written" + ("; --apply writes" if tags.changes else "")]


def restored_lines(restored: TagsRestored) -> Iterator[Line]:
    """Yield how many files have their tags back, and which were left."""
    counts = [f"tags from before given back to {plural(restored.n_restored, 'file')}"]
    if restored.n_same:
        counts.append(f"{restored.n_same:,} had them")
    if restored.n_forgotten:
        counts.append(f"{restored.n_forgotten:,} gone and forgotten")
    if restored.left:
        counts.append(f"{len(restored.left):,} left")
    yield [(f"{show_name(restored.source)}: {', '.join(counts)}", "bold")]
    yield from _left_lines(restored.left)


def _row(path: str, before: Values, after: Values) -> list[Line]:
    return [[show_name(path, _LONGEST_PATH)], [_shown(before)], [_shown(after)]]


def _shown(values: Values) -> str:
    return "-" if values is None else "; ".join(map(show_name, values))


def _left_lines(left: Sequence[LeftFile]) -> Iterator[Line]:
    for one in left:
        path = show_name(one.path, _LONGEST_PATH)
        yield [("left: ", "yellow"), f"{path} {show_sentence(one.reason)}"]
