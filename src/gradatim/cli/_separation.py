"""What ``gradatim separate`` says: sentences and tables, or JSON.

Conventions: how numbers are written is said in `gradatim.cli._separation_numbers`; JSON is made by
`gradatim.cli._separation_json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING

from gradatim.cli._separation_json import print_json, separation_dict, several_dict
from gradatim.cli._separation_numbers import (
    cell_text,
    equation_text,
    list_text,
    point_text,
    rounding_note,
    short_text,
)
from gradatim.cli._ways import in_words

if TYPE_CHECKING:
    from gradatim.comparisons.separable import MethodComparison
    from gradatim.separability import ClassSeparations, PerceptronRun, Separation, Witness
    from gradatim.sources.points import Points

__all__ = ["print_separation", "print_several"]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CUTS = {1: "point", 2: "line", 3: "plane"}
_MOST_WITNESSES = 12


def print_separation(
    points: Points,
    found: Separation,
    run: PerceptronRun | None,
    methods: MethodComparison | None = None,
    *,
    json: bool,
) -> None:
    """Print what was found about two classes."""
    if json:
        print_json(points, separation_dict(points, found, run), methods)
        return
    lines = _heading(points, found)
    lines += _verdict(points, found)
    if run is not None:
        lines += ["", *_perceptron(run)]
    if methods is not None:
        lines += ["", *in_words(methods)]
    lines += ["", f"Decided and checked in {found.seconds:.2g} s."]
    print("\n".join(lines))


def _cut(found: Separation) -> str:
    return _CUTS.get(found.n_features, "hyperplane")


def _heading(points: Points, found: Separation) -> list[str]:
    negative, positive = found.classes
    n_positive = int((found.signs > 0).sum())
    columns = ", ".join(points.names[:6]) + (", ..." if len(points.names) > 6 else "")
    count = f"{found.n_samples} rows: {found.n_samples - n_positive} {negative}, "
    count += f"{n_positive} {positive}; {_many(len(points.names), 'column')} ({columns})."
    return [count, ""]


def _many(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _verdict(points: Points, found: Separation) -> list[str]:
    if found.separable is None:
        return [f"Undecided: {found.reason}."]
    if found.separable:
        return _separable(points, found)
    return [*_not_separable(points, found), "", *_touching(points, found)]


def _separable(points: Points, found: Separation) -> list[str]:
    negative, positive = found.classes
    cut, short = _cut(found), found.weights or ()
    lines = [
        f"A {cut} separates them:",
        "",
        f"    {equation_text(points.names, short, found.bias)} = 0",
        "",
        f"{positive} where the left side is positive, {negative} where it is negative.",
    ]
    if found.widest is not None:
        best = found.widest
        scaled = equation_text(points.names, best.weights, best.bias)
        low, high = best.bounds
        size = f"{best.margin:.6g}" if isfinite(best.margin) else f"above {low:.6g}"
        if best.is_exact:
            accuracy = "exactly: no other has a wider one"
        else:
            accuracy = f"no other has a margin above {high:.6g}"
        lines += [
            "",
            f"The {cut} of the widest margin ({accuracy}{rounding_note(best.weights, best.bias)}):",
            "",
            f"    {scaled} = 0",
            "",
            f"Margin {size}, the distance to the nearest rows: "
            f"{list_text([points.ids[i] for i in best.support])}.",
        ]
    return [*lines, "", _checked(found, f"all {found.n_samples} rows are on their sides")]


def _checked(found: Separation, what: str) -> str:
    if found.verify():
        return f"Checked in exact arithmetic: {what}."
    return "The check in exact arithmetic failed; please report this as a fault."


def _not_separable(points: Points, found: Separation) -> list[str]:
    witness = found.witness
    if witness is None:
        return []
    n_points = witness.n_points
    if n_points == 2:
        cut = "curve, line or unit" if found.n_features > 1 else "threshold"
        first, second = (points.ids[i] for i in (witness.negative[0], witness.positive[0]))
        return [
            f"One point proves that no {cut} can: {first} and {second} are the same point, "
            f"labeled {points.labels[witness.negative[0]]} and "
            f"{points.labels[witness.positive[0]]}.",
            "",
            f"    {point_text(points.names, witness.point)}",
            "",
            _checked(found, "their numbers are equal"),
        ]
    number = _WORDS[n_points] if n_points < len(_WORDS) else str(n_points)
    lines = [f"These {number} points prove that no {_cut(found)} can:", ""]
    lines += _witness_table(points, found, witness)
    negative, positive = found.classes
    lines += [
        "",
        f"With these weights the rows of {negative} and those of {positive} add up to one point:",
        "",
        f"    {point_text(points.names, witness.point)}",
        "",
        f"A {_cut(found)} with {negative} on one side and {positive} on the other would have it on "
        "both.",
        _checked(found, "both sums are this point, and weights are positive and add up to 1"),
    ]
    return lines


def _witness_table(points: Points, found: Separation, witness: Witness) -> list[str]:
    rows = [["row", "class", "weight", *(points.names[:6])]]
    sides = (
        (witness.negative, witness.negative_weights),
        (witness.positive, witness.positive_weights),
    )
    for index, weights in sides:
        for i, weight in zip(index, weights, strict=True):
            values = [cell_text(value) for value in found.rows.exact(i)[:6]]
            rows.append([points.ids[i], points.labels[i], short_text(weight), *values])
    left_out = len(rows) - 1 - _MOST_WITNESSES
    if left_out > 1:
        rows = rows[: _MOST_WITNESSES + 1]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "    "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if left_out > 1:
        lines.append(f"    and {left_out} more (all of them with --json)")
    if len(points.names) > 6:
        lines.append(f"    (the first 6 of {len(points.names)} columns)")
    return lines


def _touching(points: Points, found: Separation) -> list[str]:
    cut = _cut(found)
    if found.touching is None:
        return [f"Whether the two hulls only touch was not decided: {found.reason}."]
    if not found.touching:
        return [
            f"Their hulls overlap: a {cut} that may pass through rows, but has none on the wrong "
            "side, does not exist either."
        ]
    plane = found.rows.normalized_plane(
        found.touching_weights or (), found.touching_bias or Fraction(0)
    )
    on_it = int((found.rows.signs(plane) == 0).sum())
    return [
        f"Their hulls only touch: this {cut} has no row on the wrong side, and "
        f"{_many(on_it, 'row')} on itself:",
        "",
        f"    {equation_text(points.names, found.touching_weights or (), found.touching_bias)} = 0",
    ]


def _perceptron(run: PerceptronRun) -> list[str]:
    made = f"The perceptron rule made {_many(run.n_mistakes, 'mistake')}"
    passes = f"{run.n_passes} pass{'' if run.n_passes == 1 else 'es'}"
    if run.converged:
        line = f"{made} in {passes} until it had none; "
        names, weights = run.found.input_names, run.network().layers[0].exact_units[0]
        dense = [weights.weights.get(j, Fraction(0)) for j in range(run.found.n_features)]
        rounded = " (rounded)" if rounding_note(dense, weights.bias) else ""
        end = f"It ends at {equation_text(names, dense, weights.bias)} = 0{rounded}."
    else:
        line = f"{made} in {passes} and was stopped; "
        end = (
            "Without a separating hyperplane it never ends."
            if not run.found.separable
            else ("It would end: raise --max-mistakes.")
        )
    if run.bound is None:
        said = "no bound holds for classes that no hyperplane separates."
        said = said if not run.found.separable else "the bound was not computed."
    else:
        said = f"Novikoff's bound allows {run.bound}."
    return [line + said, end]


def print_several(
    points: Points, found: ClassSeparations, methods: MethodComparison | None = None, *, json: bool
) -> None:
    """Print every pair of classes, and each class against the rest."""
    if json:
        print_json(points, several_dict(points, found), methods)
        return
    rows = [["classes", "separable", "margin", "evidence"]]
    for pair, one in found.pairs.items():
        ids = [points.ids[i] for i in found.pair_rows[pair]]
        rows.append([f"{pair[0]} and {pair[1]}", *_row(one, ids)])
    for label, one in found.rest.items():
        rows.append([f"{label} and the rest", *_row(one, points.ids)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    n_columns = _many(len(points.names), "column")
    print(f"{len(points.X)} rows of {len(found.classes)} classes; {n_columns}.\n")
    for row in rows:
        print("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())
    proved = "all of it holds" if found.verify() else "not everything could be proved"
    print(f"\nChecked in exact arithmetic: {proved}.")
    print("One pair in full: --positive LABEL tells a class from all others.")
    if methods is not None:
        print("\n" + "\n".join(in_words(methods)))


def _row(found: Separation, ids: Sequence[str]) -> list[str]:
    if found.separable is None:
        return ["undecided", "", found.reason]
    if found.separable:
        return ["yes", "" if found.margin is None else f"{found.margin:.4g}", _evidence(found)]
    rows = [] if found.witness is None else [ids[i] for i in found.witness.rows]
    return [
        "no, they touch" if found.touching else "no",
        "",
        f"{len(rows)} points: {list_text(rows)}",
    ]


def _evidence(found: Separation) -> str:
    names = found.input_names or tuple(f"x{j + 1}" for j in range(found.n_features))
    text = f"{equation_text(names, found.weights or (), found.bias)} = 0"
    return text if len(text) <= 70 else f"a hyperplane of {len(found.weights or ())} weights"
