"""What is said of the datasets in the package.

Conventions: reads the objects that ``gradatim data --json`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradatim.presentation.lines import Column, Grid, Line

__all__ = ["dataset_grid", "dataset_lines"]


def dataset_grid(entries: list[dict[str, Any]]) -> Grid:
    """Return a row per dataset."""
    heads = ("name", "samples", "classes", "groups", "inputs", "license")
    columns = [Column(head, right=head in heads[1:4], wraps=True) for head in heads]
    rows = []
    for entry in entries:
        inputs = ", ".join(f"{name} ({n:,})" for name, n in entry["inputs"].items())
        counts = (entry["n_samples"], entry["n_classes"], entry["n_groups"])
        numbers = ["none" if n is None else f"{n:,}" for n in counts]
        cells = [[text] for text in (*numbers, inputs, entry["license"])]
        rows.append([[(entry["name"], "bold")], *cells])
    return Grid(columns, rows)


def dataset_lines(entries: list[dict[str, Any]]) -> Iterator[Line]:
    """Yield what each dataset is, and where it comes from."""
    for entry in entries:
        yield [""]
        yield [(entry["name"], "bold"), f": {entry['summary']}"]
        yield [(entry["source"], "dim")]
