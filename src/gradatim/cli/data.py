"""``gradatim data``: list the datasets in the package.

Conventions: one row per dataset, in the order of `gradatim.datasets.DATASETS`; where its data come
from stands below the table. ``--json`` prints the same as a list of objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradatim.cli._options import Debug, Json

if TYPE_CHECKING:
    from gradatim.datasets import Dataset


def data(*, json: Json = False, debug: Debug = False) -> None:
    """List the datasets in the package."""
    from gradatim.datasets import DATASETS

    entries = [_facts(dataset) for dataset in DATASETS.values()]
    if json:
        from gradatim.cli._json import print_json

        print_json(entries)
    else:
        from gradatim.cli._print import SafeConsole, fitted, print_lines
        from gradatim.presentation.climbs import dataset_grid, dataset_lines

        console = SafeConsole()
        console.print(fitted(console, dataset_grid(entries)))
        print_lines(console, dataset_lines(entries))


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
