"""What is said and shown of an explanation: a sentence, a table with bars, the nearest sounds.

Conventions: a bar of + moves the decision towards what is explained, a bar of - away from it; the
longest has `BAR` characters. Inputs without a line of their own are summed up in one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradatim._text import number_text, plural, show_name
from gradatim.presentation.lines import Column, Grid, Line, notes
from gradatim.tagging.explanations import Explanation

__all__ = [
    "decision_sentence",
    "explanation_lines",
    "explanation_title",
    "input_names",
    "meaning",
    "measured",
    "method",
    "searched",
]

#: Characters of the longest bar.
BAR = 20

_DIGITS = 4


def explanation_lines(found: Explanation, top: int) -> Iterator[Line | Grid]:
    """Yield what was decided, the `top` contributions, and the nearest training rows."""
    yield [(explanation_title(found), "bold")]
    yield [meaning(found)]
    if found.method != "constant":
        yield [""]
        yield _grid(found, top)
        yield [""]
        yield [method(found)]
    yield from _nearest(found)
    yield from notes(found.notices)


def explanation_title(found: Explanation, limit: int = 80) -> str:
    """Say in a line what was decided of which sample, with names cut at `limit` characters."""
    sample = show_name(found.sample, limit) or "the row"
    is_part = found.source not in ("", found.sample)
    of = f" of {show_name(found.source, limit)}" if is_part else ""
    return f"{sample}{of}: {decision_sentence(found, limit)}"


def decision_sentence(found: Explanation, limit: int = 80) -> str:
    """Say what was decided, with names cut at `limit` characters."""
    explained = show_name(found.explained, limit)
    if found.task == "regression":
        unit = f" {show_name(found.unit)}" if found.unit else ""
        return f"{explained} {number_text(found.output, _DIGITS)}{unit}"
    if found.rival is None:
        says = f"{explained} {'holds' if _holds(found) else 'does not hold'}"
        if found.probabilities is not None:
            says += f", probability {found.probabilities[0]:.3f}"
        return says
    rival = show_name(found.rival, limit)
    says = f"{explained} rather than {rival}"
    if found.prediction != found.explained:
        says = f"{rival}, and why not {explained}"
    if found.probabilities is not None:
        first, second = found.probabilities
        says += f", probabilities {first:.3f} ({explained}) and {second:.3f} ({rival})"
    return says


def _holds(found: Explanation) -> bool:
    return found.explained in str(found.prediction).split("|")


def meaning(found: Explanation) -> str:
    """Say what the output is and how it comes about, or why no input moved it."""
    return _constant(found) if found.method == "constant" else _sums(found)


def _constant(found: Explanation) -> str:
    if found.baseline == "none":
        return (
            f"no input moved this: the {found.rung} model gives every sample the same answer, "
            "whatever it is"
        )
    return "no input can move this: the rows from which the model has learnt were of one class only"


def measured(found: Explanation, limit: int = 80) -> str:
    """Say what the output is, with names cut at `limit` characters."""
    explained = show_name(found.explained, limit)
    if found.measure == "value":
        return explained
    against = "" if found.rival is None else f" against {show_name(found.rival, limit)}"
    return f"{found.measure} of {explained}{against}"


def _sums(found: Explanation) -> str:
    of_all = float(found.contributions.sum())
    return (
        f"{measured(found)}: {_signed(found.output)} = {_signed(found.baseline_output)} at the "
        f"baseline, the {found.baseline} of the training rows, {_signed(of_all)} from the inputs"
    )


def _signed(value: float) -> str:
    if abs(value) < 1000:
        return f"{value:+.3f}"
    return f"{'+' if value > 0 else ''}{number_text(value)}"


def _grid(found: Explanation, top: int) -> Grid:
    shown, others = found.order[:top], found.order[top:]
    largest = float(np.abs(found.contributions).max(initial=0.0)) or 1.0
    heads = [
        Column("input", names=True),
        Column("value", right=True),
        Column("baseline", right=True, spare=True),
        Column("contribution", right=True),
        Column("", spare=True),
    ]
    rows: list[list[Line]] = []
    for k in shown:
        contribution = float(found.contributions[k])
        length = round(BAR * abs(contribution) / largest)
        bar = ("+" if contribution > 0 else "-") * length
        look = "green" if contribution > 0 else "red"
        cells = [show_name(found.feature_names[k]), _value(found, k)]
        cells += [number_text(float(found.baseline_values[k]), _DIGITS), _signed(contribution)]
        rows.append([*([cell] for cell in cells), [(bar, look)]])
    if len(others):
        rest = float(found.contributions[others].sum())
        name = f"{plural(len(others), 'other input')} together"
        rows.append([[name], [""], [""], [_signed(rest)], [""]])
    return Grid(heads, rows)


def input_names(found: Explanation, numbers: np.ndarray) -> list[str]:
    """Name inputs with their values."""
    return [f"{show_name(found.feature_names[k])} = {_value(found, k)}" for k in numbers]


def _value(found: Explanation, k: int) -> str:
    if np.isnan(found.values[k]):
        return f"missing, {number_text(float(found.filled[k]), _DIGITS)} taken"
    return number_text(float(found.values[k]), _DIGITS)


def method(found: Explanation) -> str:
    """Say how contributions were found, and what their sum misses."""
    if found.method == "exact":
        how = "contributions are exact: this model adds up its scaled inputs"
    else:
        how = (
            f"contributions are integrated gradients ({plural(found.n_gradients, 'gradient')} on "
            "the straight line from the baseline)"
        )
    pieces = f", means over {found.n_pieces} pieces of the sound" if found.n_pieces > 1 else ""
    return f"{how}{pieces}; their sum misses {abs(found.gap):.1g}"


def _nearest(found: Explanation) -> Iterator[Line | Grid]:
    if found.baseline == "none":
        return
    if found.n_searched is None or found.n_training is None:
        yield ["the model keeps no training rows, so none can be named; climb again to keep them"]
        return
    if not found.nearest:
        return
    yield [""]
    of = searched(found)
    said = f"nearest training rows, of {of} (distance: root mean square over scaled inputs)"
    yield [(said, "bold")]
    heads = [Column("id", names=True), Column("label"), Column("distance", right=True)]
    rows = [
        [[show_name(one.id)], [show_name(one.label)], [f"{one.distance:.3f}"]]
        for one in found.nearest
    ]
    yield Grid(heads, rows)


def searched(found: Explanation) -> str:
    """Say among how many training rows the nearest were looked for; empty if none are named."""
    if not found.nearest or found.n_searched is None or found.n_training is None:
        return ""
    if found.n_searched < found.n_training:
        return f"a sample of {found.n_searched:,} of {found.n_training:,}"
    return f"all {found.n_training:,}"
