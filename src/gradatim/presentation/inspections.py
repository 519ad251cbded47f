"""What is said of a collection that was inspected: what is there, and what is wrong with it.

Conventions: a finding is a line that names it by its code, a line on how to fix it, and a few of
its samples with their targets; the JSON object has all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradatim._text import number_text, plural, show_name, show_sentence
from gradatim.collection import Collection
from gradatim.inspection import Finding
from gradatim.presentation.lines import Line

_MOST_CLASSES = 12
_MOST_SAMPLES = 3


def inspection_object(collection: Collection, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what was found as a JSON object, without its header."""
    labels, counts = _class_counts(collection)
    return {
        "collection": collection.to_dict(),
        "counts": dict(zip(labels, counts, strict=True)),
        "warnings": [finding.to_dict(collection) for finding in findings],
    }


def contents_lines(collection: Collection) -> Iterator[Line]:
    """Yield what is there: samples, inputs, classes."""
    yield [(collection.in_words, "bold")]
    for name, X in collection.X.items():
        yield [f"  input {show_name(name)}: {plural(X.shape[1], 'number')} per sample"]
    labels, counts = _class_counts(collection)
    if labels:
        pairs = zip(labels[:_MOST_CLASSES], counts, strict=False)
        more = len(labels) - _MOST_CLASSES
        listed = [f"{show_name(label)} ({count:,})" for label, count in pairs]
        yield [f"  {', '.join([*listed, f'{more} more'] if more > 0 else listed)}"]


def inspection_lines(collection: Collection, findings: Sequence[Finding]) -> Iterator[Line]:
    """Yield what is there and what is wrong with it."""
    yield from contents_lines(collection)
    if not findings:
        yield ["nothing wrong was found"]
    for finding in findings:
        yield [""]
        yield [(finding.code, "yellow"), f": {show_sentence(finding.message)}"]
        if finding.fix:
            yield [f"  {show_sentence(finding.fix)}"]
        for rows in finding.samples[:_MOST_SAMPLES]:
            yield [(f"  {_samples(collection, rows)}", "dim")]
        more = len(finding.samples) - _MOST_SAMPLES
        if more > 0:
            yield [(f"  and {more:,} more; --json FILE lists all", "dim")]


def _class_counts(collection: Collection) -> tuple[list[str], list[int]]:
    if collection.task == "multilabel":
        return list(collection.target_names), collection.y.sum(axis=0).tolist()
    if collection.task == "regression":
        return [], []
    labels, counts = np.unique(collection.y, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [str(label) for label in labels[order]], counts[order].tolist()


def _samples(collection: Collection, rows: Sequence[int]) -> str:
    named = [
        f"{show_name(str(collection.ids[i]))} ({_target(collection, i)})"
        for i in rows[:_MOST_SAMPLES]
    ]
    more = len(rows) - _MOST_SAMPLES
    return ", ".join([*named, f"{more:,} more"] if more > 0 else named)


def _target(collection: Collection, row: int) -> str:
    y = collection.y[row]
    if collection.task == "classification":
        return show_name(str(y))
    if collection.task == "multilabel":
        held = [n for n, one in zip(collection.target_names, y, strict=False) if one]
        return ", ".join(map(show_name, held)) or "no label"
    return ", ".join(number_text(float(one)) for one in np.ravel(y))
