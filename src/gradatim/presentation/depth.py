"""Sawtooths and parities, built, bounded and trained, in words.

Conventions: what was built and what a theorem says are exact; what was trained is rounded to four
decimals, and a bound beside it so that it still is one. The three stand in tables of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from gradatim._text import ABOUT, plural
from gradatim.network.numbers import format_fraction
from gradatim.presentation.lines import align

if TYPE_CHECKING:
    from gradatim.comparisons import DepthComparison, TrainedShape
    from gradatim.depth import Parity

__all__ = ["depth_in_words", "parity_in_words"]


def depth_in_words(found: DepthComparison) -> list[str]:
    """Return what was built, bounded and trained as lines of text."""
    teeth = found.teeth
    lines = [
        f"A sawtooth of {teeth} = 2^{teeth.bit_length() - 1} teeth on [0, 1]: {2 * teeth} linear "
        f"pieces, {2 * teeth} alternating points.",
        "",
        "Built, with exact errors",
        *_built(found),
        "",
        *(f"{one.kind}: {one.proof}" for one in found.built if one.proof),
        "",
        *_theorem(found),
    ]
    if found.trained:
        n_seeds = plural(found.n_seeds, "seed")
        lines += ["", f"Trained, {n_seeds} per shape, rounded to 4 decimals", *_trained(found)]
        lines += ["", *_conclusions(found)]
    return lines


def _theorem(found: DepthComparison) -> list[str]:
    bound, whole = found.bound, 2 * found.teeth
    lines = [
        f"Theorem: a shallow network of {found.deep.n_parameters} parameters has at most "
        f"{bound.n_pieces} linear pieces"
    ]
    if bound.n_pieces >= whole:
        return [f"{lines[0]}, which does not keep it from being the sawtooth."]
    return [
        f"{lines[0]}, so",
        f"  its mean absolute error is at least {_exact(bound.mean_absolute)},",
        f"  its largest error at least {_exact(bound.largest)},",
        f"  and at least {bound.misclassified} of {whole} alternating points are on the wrong side "
        "of 1/2.",
        "  (crossings counted as by Telgarsky, arXiv:1509.08101)",
    ]


def _exact(value: Fraction) -> str:
    text = format_fraction(value)
    return text if "/" not in text else f"{text} {ABOUT} {float(value):.4g}"


def _shape(widths: Sequence[int]) -> str:
    return f"{len(widths)} x {widths[0]}" if len(widths) > 1 else str(widths[0])


def _built(found: DepthComparison) -> list[str]:
    rows = [["", "hidden units", "parameters", "pieces", "mean error", "largest", "wrong points"]]
    for one in found.built:
        error = one.error
        rows.append(
            [
                one.kind,
                _shape(one.network.layer_sizes[1:-1]),
                str(one.network.n_parameters),
                str(error.n_pieces),
                format_fraction(error.mean_absolute),
                format_fraction(error.largest),
                f"{error.misclassified} of {2 * found.teeth}",
            ]
        )
    return align(rows, right_from=1, indent=2)


def _trained(found: DepthComparison) -> list[str]:
    heads = ["", "hidden units", "parameters", "start", "median error", "95 % interval"]
    rows = [[*heads, "best", "theorem", "all points right"]]
    for shape in found.trained:
        low, high = shape.interval
        rows.append(
            [
                shape.kind,
                _shape(shape.hidden_layer_sizes),
                str(shape.n_parameters),
                shape.start,
                f"{shape.median:.4f}",
                f"{low:.4f} to {high:.4f}",
                f"{float(shape.errors[shape.best].mean_absolute):.4f}",
                f">= {floor(shape.bound.mean_absolute * 10_000) / 10_000:.4f}",
                f"{shape.n_solved} of {len(shape.errors)}",
            ]
        )
    return align(rows, right_from=1, indent=2)


def _conclusions(found: DepthComparison) -> list[str]:
    """Say what exists and was not found, and the other way about, as far as it is so."""
    n = found.deep.n_parameters
    lines = ["A constant 1/2 has the mean absolute error 0.25."]
    deep = found.at(n, "deep")
    if deep is not None:
        lines.append(_found_or_not(deep, n))
    for shape in found.trained:
        if shape.start == "near":
            lines.append(
                f"Begun at the construction with every number disturbed by 1 %, {shape.n_solved} "
                f"of {len(shape.errors)} have all points right."
            )
    enough = [s for s in found.trained if s.kind == "shallow" and not s.bound.mean_absolute]
    if enough:
        some = enough[0]
        lines.append(
            f"Shallow networks of {some.n_parameters} parameters, enough for the sawtooth: "
            f"{some.n_solved} of {len(some.errors)} have all points right when trained."
        )
    return lines


def _found_or_not(deep: TrainedShape, n: int) -> str:
    if deep.n_solved == 0:
        return (
            f"A deep network of {n} parameters is exactly right and stands above, but none of "
            f"{len(deep.errors)} trained ones has all points right: it exists, and this "
            "training does not find it."
        )
    return (
        f"Of {len(deep.errors)} deep networks trained with the {n} parameters of the construction, "
        f"{deep.n_solved} have all points right."
    )


def parity_in_words(built: Parity) -> list[str]:
    """Return parity, built twice, as lines of text."""
    rows = [["", "hidden layers", "hidden units", "parameters"]]
    rows += [[kind, *map(str, sizes.values())] for kind, sizes in built.sizes.items()]
    return [
        f"Parity of {built.n_bits} bits, built from step units",
        *align(rows, right_from=1, indent=2),
        "",
        *(f"{kind}: {proof}" for kind, proof in built.proofs.items()),
        "",
        "The shallow network has a unit for every number of ones, n in all, and (n + 1)^2",
        "parameters; the tree of XORs has two units per XOR in log2(n) layers, rounded up, and a",
        "number of parameters proportional to n.",
    ]
