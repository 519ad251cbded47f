"""Homework is marked: rows of a table that a network gets right, and those that it misses.

Conventions: a class is compared with 0 and 1, with -1 and 1, or with two names in their order; of
several outputs, with their names, or counted from 1, or from 0 where a 0 occurs. An output without
a class must be the number of the column, rounded to as many decimals as that has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gradatim._text import plural, show_name
from gradatim.errors import LabelError, SpecError
from gradatim.network import Trace
from gradatim.network.numbers import to_fraction
from gradatim.presentation.lines import Column, Grid, Line
from gradatim.presentation.networks import equation_lines, given, output

__all__ = ["Marks", "mark_lines", "mark_rows"]

_MOST_MISSED = 20

# Outputs that are computed in floats are as near as this to a number that is meant exactly.
_NEAR = Fraction(1, 10**9)


@dataclass(frozen=True)
class Marks:
    """What each row should give and gives."""

    target: str  # Name of the column
    wanted: tuple[str, ...]  # Texts of the column
    given: tuple[str | None, ...]  # The answer of the network in the column's words
    right: tuple[bool, ...]
    lines: tuple[int, ...] | None = None  # Line of the file on which each row stands

    def to_dict(self) -> dict[str, Any]:
        """Return the marks in JSON's types."""
        missed = [
            {**self.place(i), "wanted": self.wanted[i], "given": self.given[i]} for i in self.missed
        ]
        return {
            "target": self.target,
            "right": sum(self.right),
            "rows": len(self.right),
            "missed": missed,
        }

    @property
    def missed(self) -> list[int]:
        """Indices of the rows that the network does not get right."""
        return [i for i, is_right in enumerate(self.right) if not is_right]

    def place(self, index: int) -> dict[str, int]:
        """Return the number of a row, and its line if the file has lines."""
        line = {} if self.lines is None else {"line": self.lines[index]}
        return {"row": index + 1, **line}


def mark_rows(
    traces: Sequence[Trace], wanted: Sequence[str], target: str, lines: Sequence[int] | None = None
) -> Marks:
    """Compare what a network computes for rows with a column."""
    wanted = [text.strip() for text in wanted]
    if traces[0].network.n_outputs == 1 and traces[0].thresholds[0] is None:
        found = [_rounded(trace, text, target) for trace, text in zip(traces, wanted, strict=True)]
        answers, right = [text for text, _ in found], [is_right for _, is_right in found]
    else:
        classes = [_class(trace) for trace in traces]
        names = _names(traces[0], wanted, target)
        answers = [None if c is None else names[c] for c in classes]
        right = [
            answer is not None and _same(answer, text)
            for answer, text in zip(answers, wanted, strict=True)
        ]
    places = None if lines is None else tuple(lines)
    return Marks(target, tuple(wanted), tuple(answers), tuple(right), places)


def _rounded(trace: Trace, text: str, target: str) -> tuple[str, bool]:
    wanted, decimals = _number(text), len(text.partition(".")[2].strip())
    if wanted is None:
        raise LabelError(
            f"the output of the network is a number, but column {show_name(target)} holds "
            f"{show_name(text)!r}; give a column of numbers, or a --threshold for classes"
        )
    value = trace.outputs[0].value
    off = Fraction(1, 2 * 10**decimals) if decimals and "/" not in text else Fraction(0)
    return "".join(output(trace.outputs[0])).removeprefix("="), (
        abs(Fraction(value) - wanted) <= off + _NEAR * max(1, abs(wanted))
    )


def _class(trace: Trace) -> int | None:
    if len(trace.classes) == 1:
        return trace.classes[0]
    return list(trace.classes).index(1)


def _number(text: str) -> Fraction | None:
    try:
        return to_fraction(text)
    except SpecError:
        return None


def _same(a: str, b: str) -> bool:
    first, second = _number(a), _number(b)
    return a == b if first is None or second is None else first == second


def _names(trace: Trace, wanted: Sequence[str], target: str) -> list[str]:
    """Return what the classes of a network are called in a column."""
    network = trace.network
    several = network.n_outputs > 1
    if several and network.layers[-1].activation != "softmax":
        raise SpecError(
            f"the network has {network.n_outputs} outputs that decide one by one; --target marks "
            "one output or a softmax"
        )
    n, found = network.n_outputs if several else 2, {*wanted}
    if several and found <= {*network.output_names}:
        return list(network.output_names)
    numbers = {_number(text) for text in found}
    counts = [range(n), range(1, n + 1)] if several else [range(2), (-1, 1)]
    for count in counts:
        if numbers <= {*count}:
            return [str(k) for k in count]
    if len(found) != n:
        raise LabelError(
            f"column {show_name(target)} has {plural(len(found), 'class', 'classes')}, the "
            f"network tells {n}; give a column with those"
        )
    return sorted(found)


def mark_lines(traces: Sequence[Trace], marks: Marks, digits: int | None) -> Iterator[Line | Grid]:
    """Yield the number of rows that a network gets right, and those that it misses."""
    equation, *note = equation_lines(traces[0], digits)
    yield [(equation, "bold")]
    yield from ([(line, "dim")] for line in [*note, traces[0].rule])
    right = sum(marks.right)
    yield [""]
    yield [(f"your network gets {right} of {len(marks.right)}", "bold")]
    missed = marks.missed
    if not missed:
        return
    network = traces[0].network
    heads = [
        *marks.place(missed[0]),
        *map(show_name, network.input_names),
        *map(show_name, network.output_names),
    ]
    columns = [Column(head, right=True) for head in [*heads, "it says", show_name(marks.target)]]
    cells = []
    for i in missed[:_MOST_MISSED]:
        trace = traces[i]
        outputs = ["".join(output(unit, digits)).removeprefix("=") for unit in trace.outputs]
        said = "undecided" if marks.given[i] is None else show_name(marks.given[i])
        values = [given(value) for value in trace.inputs]
        cells.append(
            [
                *map(str, marks.place(i).values()),
                *values,
                *outputs,
                said,
                show_name(marks.wanted[i]),
            ]
        )
    yield ["it misses" if right else "it misses all of them"]
    yield Grid(columns, [[[cell] for cell in row] for row in cells])
    if len(missed) > _MOST_MISSED:
        yield [f"and {plural(len(missed) - _MOST_MISSED, 'row')} more, which --json lists"]
