"""What a person should know of a collection before a score of it is believed.

Conventions: findings stand in the order in which they matter. A collection without hashes is not
searched for copies, nor one of sounds for columns that number its rows.
"""

from __future__ import annotations

from dataclasses import replace

from gradatim.collection import Collection
from gradatim.inspection.columns import find_given_away
from gradatim.inspection.duplicates import duplicate_findings
from gradatim.inspection.file_columns import find_file_columns
from gradatim.inspection.findings import Finding
from gradatim.inspection.labels import find_label_faults
from gradatim.inspection.leaks import find_leaks
from gradatim.inspection.splits import propose_splits

__all__ = ["inspect_collection", "inspected"]

# What a climb says by itself, of its own folds
_OF_FOLDS = ("lost-class", "few-groups")


def inspected(collection: Collection) -> Collection:
    """Add what `inspect_collection` finds to a collection's notices, each once.

    Samples are in the order of their file. What depends on the folds of a climb is left to it.
    """
    findings = inspect_collection(collection)
    found = [finding.notice for finding in findings if finding.code not in _OF_FOLDS]
    return replace(collection, notices=tuple(dict.fromkeys([*collection.notices, *found])))


def inspect_collection(collection: Collection) -> tuple[Finding, ...]:
    """Look for what makes the scores of a collection too high, or its labels wrong.

    The codes are ``given-away`` for columns that copy the target, number the rows, or are about the
    files; ``leak`` where rows that belong together stand together; ``groups-proposed`` and
    ``split-proposed`` for what could be named; ``duplicates``, ``constant-target``,
    ``label-twins``, ``lost-class``, ``unknown-group`` and ``few-groups``.
    """
    given_away = find_given_away(collection)
    ignored = {input: frozenset(name for name, _ in pairs) for input, pairs in given_away.items()}
    columns = dict.fromkeys(finding for pairs in given_away.values() for _, finding in pairs)
    return (
        *columns,
        *find_file_columns(collection, ignored),
        *find_leaks(collection, ignored),
        *propose_splits(collection),
        *duplicate_findings(collection),
        *find_label_faults(collection),
    )
