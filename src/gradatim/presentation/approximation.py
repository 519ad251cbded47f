"""A network that approximates a function, and what is certain about it, in words.

Conventions: numbers on the screen are rounded, and that is said; JSON and files have every digit.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from gradatim.network.notation import TEXT, spoken_activation
from gradatim.presentation.tables import align

if TYPE_CHECKING:
    import numpy as np

    from gradatim.approximation import Approximation
    from gradatim.certificates import Bound
    from gradatim.comparisons.approximations import Rates, TrainedUnits
    from gradatim.network import Network

__all__ = ["approximation_in_words", "function_text", "rates_in_words"]

# Units whose weights are printed, and their digits.
_SHOWN = 8
_DIGITS = 4
_WHERE_ALL = "--json and --network FILE.txt have all"

_RULES = {"relu": "1/4 integral of sqrt(|f''| / tolerance)"}
_STAIRS = "total variation / (2 tolerance)"
_STEEP = f"{_STAIRS}, for steep units in the place of steps"


def function_text(found: Approximation) -> str:
    """Return the function as it was typed."""
    return str(getattr(found.function, "text", found.function))


def _sides(on: tuple[tuple[float, float], ...]) -> str:
    return " x ".join(f"[{a:g}, {b:g}]" for a, b in on)


def approximation_in_words(found: Approximation, beside: TrainedUnits | None = None) -> list[str]:
    """Say what was built and what is certain about it."""
    kind = spoken_activation(found.activation)
    lines = [
        f"{function_text(found)} on {_sides(found.on)}, tolerance {found.tolerance:g}.",
        "",
        *(f"    {line}" for line in _network(found.network)),
        "",
        f"Hidden units: {found.n_units} {kind}.",
    ]
    if found.theoretical is not None:
        rule = _RULES.get(kind, _STAIRS if kind == "step" else _STEEP)
        lines.append(f"Theory counts: {found.theoretical:.2f} = {rule}.")
    lines += _certificate(found.bound)
    if beside is not None:
        lines += ["", *_trained(beside)]
    return lines


def _network(network: Network) -> list[str]:
    """Write the network, or its beginning, with a few digits."""
    rounded = [
        replace(layer, weight=_few_digits(layer.weight), bias=_few_digits(layer.bias))
        for layer in network.layers
    ]
    short = replace(network, layers=rounded)
    note = f"weights are rounded to {_DIGITS} digits; " if short != network else ""
    hidden, output = rounded
    if hidden.n_out <= _SHOWN:
        return [*str(short).splitlines(), *([f"({note}{_WHERE_ALL})"] if note else [])]
    few = list(zip(hidden.units, output.weight[0], strict=True))[: _SHOWN - 2]
    lines = [f"y = {_number(float(output.bias[0]))}"]
    for unit, weight in few:
        terms = [(_number(w), network.input_names[i], False) for i, w in unit.weights.items() if w]
        call = TEXT.call(hidden.activations[0], TEXT.sum(terms, _number(unit.bias)))
        term = TEXT.sum([(_number(abs(float(weight))), call, True)], 0)
        lines.append(f"    {'-' if weight < 0 else '+'} {term}")
    more = hidden.n_out - len(few)
    return [*lines, f"    ... and {more} units more ({note}{_WHERE_ALL})"]


def _few_digits(values: np.ndarray) -> np.ndarray:
    import numpy as np

    flat = [float(f"{value:.{_DIGITS}g}") for value in values.ravel()]
    # Zero has no sign here.
    return np.array(flat).reshape(values.shape) + 0.0


def _number(value: float) -> float | int:
    """Leave out the decimals of whole numbers."""
    return int(value) if value == int(value) and abs(value) < 1e6 else value


def _certificate(bound: Bound) -> list[str]:
    box = " x ".join(f"[{a:.6g}, {b:.6g}]" for a, b in bound.box)
    at = ", ".join(f"{name} = {x:.6g}" for name, x in zip("xy", bound.at, strict=False))
    return [
        f"Certified: the error is at most {bound.upper:.6g} everywhere"
        + ("" if bound.complete else " (bound so far; the limit on work was met)")
        + f", the bound lying on {box}.",
        f"It is at least {bound.lower:.6g}, at {at}. Looked at {bound.n_boxes:,} parts.",
    ]


def _trained(beside: TrainedUnits) -> list[str]:
    low, middle, high = beside.quartiles
    complete = sum(bound.complete for bound in beside.bounds)
    n = len(beside.bounds)
    certified = "each certified" if complete == n else f"{complete} certified, the others so far"
    kind = spoken_activation(beside.activation)
    return [
        f"Trained: {n} networks of {beside.n_units} {kind} units, {certified}.",
        f"Largest error: quartiles {low:.4g}, {middle:.4g}, {high:.4g}; "
        f"best {beside.errors.min():.4g}.",
    ]


def rates_in_words(rates: Rates) -> list[str]:
    """Say how the error falls with the width."""
    first = rates.built[0]
    kind = spoken_activation(first.activation)
    lines = [f"{function_text(first)} on {_sides(first.on)}, {kind} units.", ""]
    heads = ["trained:   quartile", *(f"{head:>10}" for head in ("median", "quartile", "best"))]
    rows = [[f"{'units':>6}", f"{'built':>10}", *(heads if rates.trained else [])]]
    for width, found, beside in zip_longest(rates.widths, rates.built, rates.trained):
        errors = [] if beside is None else [*beside.quartiles, beside.errors.min()]
        rows.append([str(width), *(f"{error:.4g}" for error in (found.bound.upper, *errors))])
    theory = "" if rates.order is None else f" Theory: errors fall as 1/n^{rates.order}."
    return [*lines, *align(rows, right_from=0), "", f"Every error is certified.{theory}"]
