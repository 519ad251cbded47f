"""The list of datasets in the package.

Conventions: the order is the one in which they are shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gradatim.collection import Collection
from gradatim.datasets.timbre import load_timbre
from gradatim.datasets.world import load_world
from gradatim.errors import InputError


@dataclass(frozen=True)
class Dataset:
    """A dataset in the package."""

    name: str  # What to call it on the command line
    summary: str  # One line on what it holds
    licence: str  # Short name of the licence of its data
    loader: Callable[[], Collection]


_LIST = (
    Dataset(
        "timbre",
        "770 single cycles of 12 instruments: the raw wave, and 64 harmonics made from it",
        "CC0 1.0",
        load_timbre,
    ),
    Dataset(
        "world",
        "1,059 recordings of traditional music from 33 countries: 68 audio features",
        "CC BY 4.0",
        load_world,
    ),
)

#: Every dataset by its name.
DATASETS: Mapping[str, Dataset] = MappingProxyType({entry.name: entry for entry in _LIST})


def load_dataset(name: str) -> Collection:
    """Load a dataset by its name.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.

    Returns
    -------
    Collection
        What its loader returns.

    Raises
    ------
    InputError
        If there is no dataset of that name.

    Examples
    --------
    >>> load_dataset("world").n_samples
    1059
    """
    if name not in DATASETS:
        close = difflib.get_close_matches(name, DATASETS, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(DATASETS)}"
        raise InputError(f"there is no dataset {name!r}; {hint}")
    return DATASETS[name].loader()
