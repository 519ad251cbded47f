"""Weights of rows: how much each counts, in training and in scores.

Conventions: weights are numbers of 0 or more of which only the ratios matter; what counts nothing
is left out, and the others are 1 on average.
"""

from __future__ import annotations

import numpy as np

from gradatim._text import number_text, plural, show_name
from gradatim.collection import Notice
from gradatim.errors import LabelError, TableError
from gradatim.tables.columns import Columns, NotANumberError

#: Of the largest weight: a smaller one is nothing beside it.
_LEAST_SHARE = 1e-9


def without_weightless(table: Columns, name: str | None) -> tuple[Columns, list[Notice]]:
    """Leave out the rows of weight 0."""
    if name is None:
        return table, []
    values = _numbers(table, name)
    none = values == 0
    if none.all():
        raise LabelError(f"every weight in column {name!r} of {table.source} is 0")
    if not none.any():
        return table, []
    text = f"{plural(int(none.sum()), 'row')} of weight 0 by {show_name(name)} left out"
    return table.keep(~none), [Notice("dropped-rows", text)]


def read_weights(table: Columns, name: str) -> tuple[np.ndarray, Notice]:
    """Read the weights of all rows, (n_rows,), above 0 and 1 on average, and what is to be said."""
    values = _numbers(table, name)
    if not (values > 0).all():
        place = table.place(int(np.argmin(values)))
        raise LabelError(
            f"column {name!r} of {table.source} has weight 0 in {place}; leave that row out"
        )
    # Divided first: a sum of the largest numbers is infinite.
    shares = values / values.max()
    if shares.min() < _LEAST_SHARE:
        place = table.place(int(np.argmin(shares)))
        raise LabelError(
            f"column {name!r} of {table.source} has weight {values.min():g} in {place} and "
            f"{values.max():g} elsewhere, so hardly any row counts beside it; give weights that "
            "differ less, or 0"
        )
    weights = shares / shares.mean()
    worth = len(weights) ** 2 / (weights**2).sum()
    low, high = (number_text(float(end), 3) for end in (weights.min(), weights.max()))
    text = (
        f"samples count by {show_name(name)}, {low} to {high} times the mean, in training and in "
        f"scores: {len(weights):,} are worth {worth:,.0f} of one weight; numbers of samples are "
        "those without weights"
    )
    return weights, Notice("weights", text)


def _numbers(table: Columns, name: str) -> np.ndarray:
    try:
        values = table.numbers(table.require(name, "weights"))
    except NotANumberError as error:
        raise TableError(
            f"column {name!r} of {table.source} holds {error.kind} ({error.cell!r}) in "
            f"{table.place(error.index)}, but weights are numbers of 0 or more"
        ) from None
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        index = int(bad.argmax())
        what = "no weight" if np.isnan(values[index]) else f"{values[index]:g}"
        raise TableError(
            f"column {name!r} of {table.source} has {what} in {table.place(index)}; weights are "
            "finite numbers of 0 or more"
        )
    return values
