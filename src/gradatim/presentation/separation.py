"""What was found about classes of points, in sentences and tables.

Conventions: rows and labels go by what the table calls them; how numbers are written is said in
`gradatim.presentation.numbers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isfinite
from sys import float_info
from typing import TYPE_CHECKING

from gradatim._text import bound_text, list_text, name_inputs, number_text, plural, show_name
from gradatim.presentation.lines import align
from gradatim.presentation.methods import ways_in_words
from gradatim.presentation.networks import marked
from gradatim.presentation.numbers import cell_text, point_text, short_text, written_plane
from gradatim.separability.planes.result import rows_on, separates, touches
from gradatim.separability.planes.widest import plane_margin

if TYPE_CHECKING:
    from gradatim.comparisons.separable import MethodComparison
    from gradatim.separability import ClassSeparations, PerceptronRun, Separation, Widest, Witness

__all__ = ["classes_in_words", "separation_in_words"]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CUTS = {1: "point", 2: "line", 3: "plane"}
_MOST_WITNESSES = 12
_MOST_COLUMNS = 6
_LONGEST_EVIDENCE = 70


def separation_in_words(
    found: Separation,
    labels: Sequence[str],
    ids: Sequence[str],
    run: PerceptronRun | None = None,
    methods: MethodComparison | None = None,
) -> list[str]:
    """Say what was found about two classes, line by line."""
    lines = [_heading(found), "", *_verdict(found, labels, ids)]
    if run is not None:
        lines += ["", *_perceptron(run)]
    if methods is not None:
        lines += ["", *ways_in_words(methods)]
    return [*lines, "", f"Decided and checked in {found.seconds:.2g} s."]


def _names(found: Separation) -> Sequence[str]:
    return [show_name(name) for name in name_inputs(found.input_names, found.n_features)]


def _cut(found: Separation) -> str:
    return _CUTS.get(found.n_features, "hyperplane")


def _heading(found: Separation) -> str:
    negative, positive = map(show_name, found.classes)
    n_positive, names = int((found.signs > 0).sum()), _names(found)
    columns = ", ".join([*names[:_MOST_COLUMNS], *(["..."] if len(names) > _MOST_COLUMNS else [])])
    return (
        f"{found.n_samples} rows: {found.n_samples - n_positive} of class {negative}, "
        f"{n_positive} of class {positive}; {plural(len(names), 'column')} ({columns})."
    )


def _verdict(found: Separation, labels: Sequence[str], ids: Sequence[str]) -> Iterator[str]:
    if found.separable is None:
        yield f"Undecided: {found.reason}."
    elif found.separable:
        yield from _separable(found, ids)
    else:
        if found.witness is not None:
            yield from _not_separable(found, found.witness, labels, ids)
        yield from ("", *_touching(found))


def _separable(found: Separation, ids: Sequence[str]) -> Iterator[str]:
    negative, positive = map(show_name, found.classes)
    equation, note = _plane(found, found.weights or (), found.bias)
    yield f"A {_cut(found)} separates them, with margin {_size(found.hyperplane_margin)}{note}:"
    yield from ("", f"    {equation}", "")
    yield f"{positive} where the left side is positive, {negative} where it is negative."
    if found.widest is not None:
        yield from ("", *_widest(found, found.widest, ids))
    yield from ("", _checked(found, f"all {found.n_samples} rows are on their sides"))


def _size(margin: float | None) -> str:
    """Write a margin; one that no float holds is above them all."""
    if margin is not None and not isfinite(margin):
        return f"above {bound_text(float_info.max, up=False)}"
    return marked(margin)


def _plane(
    found: Separation, weights: Sequence[Fraction], bias: Fraction | None
) -> tuple[str, str]:
    """Write a separating plane so that what is printed separates too, with the same margin."""
    margin = _margin(found, weights, bias or Fraction(0))
    return written_plane(
        _names(found),
        weights,
        bias,
        lambda w, w0: separates(found, w, w0) and _margin(found, w, w0) == margin,
    )


def _margin(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> str:
    return number_text(plane_margin(found.rows, found.signs, weights, bias))


def _widest(found: Separation, best: Widest, ids: Sequence[str]) -> Iterator[str]:
    high = best.bounds[1]
    size = _size(best.margin)
    accuracy = f"no other has a margin above {bound_text(high)}"
    if best.is_exact:
        accuracy = "exactly: no other has a wider one"
    equation, note = _plane(found, best.weights, best.bias)
    yield f"The {_cut(found)} of the widest margin ({accuracy}{note}):"
    yield from ("", f"    {equation}", "")
    nearest = list_text([ids[i] for i in best.support])
    yield f"Margin {size}, the distance to the nearest rows: {nearest}."


def _checked(found: Separation, what: str) -> str:
    if found.verify():
        return f"Checked in exact arithmetic: {what}."
    return "The check in exact arithmetic failed; please report this as a fault."


def _not_separable(
    found: Separation, witness: Witness, labels: Sequence[str], ids: Sequence[str]
) -> Iterator[str]:
    n_points, (negative, positive) = witness.n_points, map(show_name, found.classes)
    point = f"    {point_text(_names(found), witness.point)}"
    if n_points == 2:
        cut = "curve, line or unit" if found.n_features > 1 else "threshold"
        first, second = witness.negative[0], witness.positive[0]
        yield (
            f"One point proves that no {cut} can: {show_name(ids[first])} and "
            f"{show_name(ids[second])} are the same point, labeled {show_name(labels[first])} and "
            f"{show_name(labels[second])}."
        )
        yield from ("", point, "", _checked(found, "their numbers are equal"))
        return
    number = _WORDS[n_points] if n_points < len(_WORDS) else str(n_points)
    yield f"These {number} points prove that no {_cut(found)} can:"
    yield from ("", *_witness_table(found, witness, labels, ids), "")
    yield f"With these weights the rows of {negative} and those of {positive} add up to one point:"
    yield from ("", point, "")
    yield (
        f"A {_cut(found)} with {negative} on one side and {positive} on the other would have it on "
        "both."
    )
    yield _checked(found, "both sums are this point, and weights are positive and add up to 1")


def _witness_table(
    found: Separation, witness: Witness, labels: Sequence[str], ids: Sequence[str]
) -> list[str]:
    names, rows = _names(found), (*witness.negative, *witness.positive)
    weights = (*witness.negative_weights, *witness.positive_weights)
    table = [["row", "class", "weight", *names[:_MOST_COLUMNS]]]
    for i, weight in zip(rows, weights, strict=True):
        values = map(cell_text, found.rows.exact(i)[:_MOST_COLUMNS])
        table.append([show_name(ids[i]), show_name(labels[i]), short_text(weight), *values])
    left_out = len(rows) - _MOST_WITNESSES
    lines = align(table[: _MOST_WITNESSES + 1] if left_out > 1 else table, indent=4)
    if left_out > 1:
        lines.append(f"    and {left_out} more (all of them with --json)")
    if len(names) > _MOST_COLUMNS:
        lines.append(f"    (the first {_MOST_COLUMNS} of {len(names)} columns)")
    return lines


def _touching(found: Separation) -> Iterator[str]:
    if found.touching is None:
        yield f"Whether the two hulls only touch was not decided: {found.reason}."
    elif not found.touching:
        yield (
            f"Their hulls overlap: a {_cut(found)} that may pass through rows, but has none on the "
            "wrong side, does not exist either."
        )
    else:
        weights, bias = found.touching_weights or (), found.touching_bias or Fraction(0)
        on_it = rows_on(found, weights, bias)
        equation, note = written_plane(
            _names(found),
            weights,
            bias,
            lambda w, w0: touches(found, w, w0) and rows_on(found, w, w0) == on_it,
        )
        yield (
            f"Their hulls only touch: this {_cut(found)} has no row on the wrong side, and "
            f"{plural(on_it, 'row')} on itself{note}:"
        )
        yield from ("", f"    {equation}")


def _perceptron(run: PerceptronRun) -> list[str]:
    found, passes = run.found, plural(run.n_passes, "pass", "passes")
    if run.converged:
        unit = run.network().layers[0].exact_units[0]
        dense = [unit.weights.get(j, Fraction(0)) for j in range(found.n_features)]
        equation, note = written_plane(
            _names(found), dense, unit.bias, lambda w, w0: separates(found, w, w0)
        )
        ended = "until it had none"
        end = f"It ends at {equation}{note}."
    else:
        ended = "and was stopped"
        end = "Without a separating hyperplane it never ends."
        if found.separable:
            end = "It would end: raise --max-mistakes."
    if run.bound is not None:
        bound = f"Novikoff's bound allows {run.bound}."
    elif found.separable:
        bound = "the bound was not computed."
    else:
        bound = "no bound holds for classes that no hyperplane separates."
    mistakes = plural(run.n_mistakes, "mistake")
    return [f"The perceptron rule made {mistakes} in {passes} {ended}; {bound}", end]


def classes_in_words(
    found: ClassSeparations, ids: Sequence[str], methods: MethodComparison | None = None
) -> list[str]:
    """Say what was found about every pair of classes, and each class against the rest."""
    rows = [["classes", "separable", "widest margin", "evidence"]]
    for pair, one in found.pairs.items():
        pair_ids = [ids[int(i)] for i in found.pair_rows[pair]]
        rows.append([" and ".join(map(show_name, pair)), *_row(one, pair_ids)])
    rows += [
        [f"{show_name(label)} and the rest", *_row(one, ids)] for label, one in found.rest.items()
    ]
    n_columns = next(iter(found.rest.values())).n_features
    proved = "all of it holds" if found.verify() else "not everything could be proved"
    return [
        f"{len(ids)} rows of {len(found.classes)} classes; {plural(n_columns, 'column')}.",
        "",
        *align(rows),
        "",
        f"Checked in exact arithmetic: {proved}.",
        "One pair in full: --positive LABEL tells a class from all others.",
        *([] if methods is None else ["", *ways_in_words(methods)]),
    ]


def _row(found: Separation, ids: Sequence[str]) -> list[str]:
    if found.separable is None:
        return ["undecided", "", found.reason]
    if found.separable:
        return ["yes", "" if found.margin is None else _size(found.margin), _evidence(found)]
    rows = [] if found.witness is None else [ids[i] for i in found.witness.rows]
    answer = "no, they touch" if found.touching else "no"
    return [answer, "", f"{len(rows)} points: {list_text(rows)}"]


def _evidence(found: Separation) -> str:
    weights = found.weights or ()
    text, _ = _plane(found, weights, found.bias)
    text = text if len(text) <= _LONGEST_EVIDENCE else f"a hyperplane of {len(weights)} weights"
    return f"{text}, margin {_size(found.hyperplane_margin)}"
