"""``gradatim data``: list the datasets in the package.

Conventions: one row per dataset, in the order of `gradatim.datasets.DATASETS`; where its data come
from stands below the table. ``--json`` prints the same as a list of objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from gradatim.datasets import Dataset

__all__ = ["data"]

_Flag = Parameter(negative=(), show_default=False)


def data(*, json: Annotated[bool, _Flag] = False, debug: Annotated[bool, _Flag] = False) -> None:
    """List the datasets in the package.

    Parameters
    ----------
    json
        Print JSON instead of a table.
    debug
        Show the traceback of an error.
    """
    from gradatim.datasets import DATASETS

    entries = [_facts(dataset) for dataset in DATASETS.values()]
    if json:
        from json import dumps

        print(dumps(entries, indent=2, ensure_ascii=False))
    else:
        _print_table(entries)


def _facts(dataset: Dataset) -> dict[str, Any]:
    collection = dataset.loader()
    return {
        "name": dataset.name,
        "summary": dataset.summary,
        "n_samples": collection.n_samples,
        "n_classes": len(collection.classes),
        "inputs": {name: X.shape[1] for name, X in collection.X.items()},
        "n_groups": None if collection.groups is None else len(set(collection.groups)),
        "license": dataset.licence,
        "source": collection.origin,
    }


def _print_table(entries: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("name", style="bold")
    for name in ("samples", "classes", "groups"):
        table.add_column(name, justify="right")
    table.add_column("inputs")
    table.add_column("license")
    for entry in entries:
        inputs = ", ".join(f"{name} ({n:,})" for name, n in entry["inputs"].items())
        counts = (entry["n_samples"], entry["n_classes"], entry["n_groups"])
        numbers = ["none" if n is None else f"{n:,}" for n in counts]
        table.add_row(entry["name"], *numbers, inputs, entry["license"])
    console = Console(highlight=False)
    console.print(table)
    for entry in entries:
        console.print()
        console.print(Text.assemble((entry["name"], "bold"), f": {entry['summary']}"))
        console.print(Text(entry["source"], style="dim"))
