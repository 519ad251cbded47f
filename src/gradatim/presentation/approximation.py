"""A network that approximates a function, and what is certain about it, in words.

Conventions: weights have as many digits as keep the tolerance, found by certifying the rounded
network, and the certificate is that of the network as it is printed; errors have six digits and are
rounded up. JSON and files have every digit.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from gradatim._text import ABOUT, bound_text, plural
from gradatim.network.notation import TEXT, spoken_activation
from gradatim.network.rounding import rounded
from gradatim.presentation.lines import align
from gradatim.presentation.networks import equals, given, marked

if TYPE_CHECKING:
    from gradatim.approximation import Approximation
    from gradatim.certificates import Bound
    from gradatim.comparisons.approximations import Rates, TrainedUnits
    from gradatim.network import Network

__all__ = ["approximation_in_words", "function_text", "rates_in_words"]

# Units whose sum is one line, and units that have a line each.
_ONE_LINE, _MOST_LINES = 8, 40
# Of wider networks, units that are shown and their digits.
_SHOWN, _DIGITS = 6, 4
_WHERE_ALL = "--json and --network FILE.txt have all"

_RULES = {"relu": "1/4 integral of sqrt(|f''| / tolerance)"}
_STAIRS = "total variation / (2 tolerance)"
_STEEP = f"{_STAIRS}, for steep units in the place of steps"


def function_text(found: Approximation) -> str:
    """Return the function as it was typed."""
    return str(getattr(found.function, "text", found.function))


def _sides(on: tuple[tuple[float, float], ...]) -> str:
    return " x ".join(f"[{given(a)}, {given(b)}]" for a, b in on)


def approximation_in_words(
    found: Approximation, beside: TrainedUnits | None = None, digits: int | None = None
) -> list[str]:
    """Say what was built and what is certain about it, with weights of as many digits as asked."""
    kind = spoken_activation(found.activation)
    is_whole = found.n_units <= _MOST_LINES
    printed = found.rounded(digits) if is_whole else found
    lines = [
        f"{function_text(found)} on {_sides(found.on)}, tolerance {given(found.tolerance)}.",
        "",
        *(f"    {line}" for line in _network(printed.network, is_whole, digits)),
    ]
    if is_whole and printed.network != found.network:
        lines.append(f"    ({_rounding(found, printed, digits)}; {_WHERE_ALL})")
    lines += ["", f"Hidden units: {found.n_units} {kind}."]
    if found.theoretical is not None:
        rule = _RULES.get(kind, _STAIRS if kind == "step" else _STEEP)
        lines.append(f"Theory counts: {ABOUT}{found.theoretical:.2f} = {rule}.")
    lines += _certificate(printed.bound, found.tolerance)
    if printed.network != found.network:
        lines.append(f"With all digits it is at most {bound_text(found.bound.upper)}.")
    if beside is not None:
        lines += ["", *_trained(beside)]
    return lines


def _rounding(found: Approximation, printed: Approximation, digits: int | None) -> str:
    if digits is not None:
        return f"weights are rounded to {plural(digits, 'digit')}"
    most = next(n for n in range(1, 18) if rounded(found.network, n)[0] == printed.network)
    return f"weights are rounded to {most} digits, which keep the tolerance"


def _network(network: Network, is_whole: bool, digits: int | None) -> list[str]:
    """Write the network, or its beginning, a line per unit if there are many."""
    hidden, output = network.layers
    if hidden.n_out <= _ONE_LINE:
        return str(network).splitlines()
    if not is_whole:
        hidden, output = rounded(network, digits or _DIGITS)[0].layers
    few = list(zip(hidden.units, output.weight[0], strict=True))[: None if is_whole else _SHOWN]
    lines = [f"y = {_number(float(output.bias[0]))}"]
    for unit, weight in few:
        terms = [(_number(w), network.input_names[i], False) for i, w in unit.weights.items() if w]
        call = TEXT.call(hidden.activations[0], TEXT.sum(terms, _number(unit.bias)))
        term = TEXT.sum([(_number(abs(float(weight))), call, True)], 0)
        lines.append(f"    {'-' if weight < 0 else '+'} {term}")
    if is_whole:
        return lines
    note = f"weights are rounded to {digits or _DIGITS} digits"
    return [*lines, f"    ... and {hidden.n_out - _SHOWN} units more ({note}; {_WHERE_ALL})"]


def _number(value: float) -> float | int:
    """Leave out the decimals of whole numbers."""
    return int(value) if value == int(value) and abs(value) < 1e6 else value


def _certificate(bound: Bound, tolerance: float) -> list[str]:
    box = " x ".join(f"[{marked(a)}, {marked(b)}]" for a, b in bound.box)
    at = ", ".join(f"{name} {equals(x)}" for name, x in zip("xy", bound.at, strict=False))
    return [
        f"Certified: the error is at most {bound_text(bound.upper)} everywhere"
        + ("" if bound.complete else " (bound so far; the limit on work was met)")
        + ("" if bound.upper <= tolerance else ", which is above the tolerance")
        + f", the bound lying on {box}.",
        f"It is at least {bound_text(bound.lower, up=False)}, at {at}. "
        f"Looked at {bound.n_boxes:,} parts.",
    ]


def _trained(beside: TrainedUnits) -> list[str]:
    low, middle, high = beside.quartiles
    complete = sum(bound.complete for bound in beside.bounds)
    n = len(beside.bounds)
    certified = "each certified" if complete == n else f"{complete} certified, the others so far"
    kind = spoken_activation(beside.activation)
    return [
        f"Trained: {n} networks of {beside.n_units} {kind} units, {certified}.",
        f"Largest error: quartiles {marked(low)}, {marked(middle)}, {marked(high)}; "
        f"best {marked(float(beside.errors.min()))}.",
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
        known = map(float, (found.bound.upper, *errors))
        rows.append([str(width), *(bound_text(error, digits=4) for error in known)])
    theory = "" if rates.order is None else f" Theory: errors fall as 1/n^{rates.order}."
    return [
        *lines,
        *align(rows, right_from=0),
        "",
        f"Every error is certified; rounded up to 4 digits.{theory}",
    ]
