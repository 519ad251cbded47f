"""What the statements of a text mean: outputs, names for parts, values of letters, layers.

Conventions: a text is ``[inputs ->] statements`` or ``inputs -> layer -> ... -> layer``; statements
and the units of a layer stand between semicolons. In the first form a name that a later statement
reads is a shorthand, and everything else is an output; in the second, a unit reads the layer before
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any, NamedTuple

from gradatim.errors import EquationError
from gradatim.language.names import input_order, plain_name
from gradatim.network.expression import Expression, Output, Source, UnitSum, UnitTable, WeightedSum
from gradatim.network.grammar import BINDING, COEFFICIENT, IMPLICIT_INPUT
from gradatim.network.graph import Layer, Network
from gradatim.network.layering import layered, make_layer
from gradatim.network.numbers import to_fraction
from gradatim.network.scope import Equation, Label, Scope, Several, Value
from gradatim.network.sums import Sums
from gradatim.network.writing import hidden_name

__all__ = ["NO_EQUATION", "read_network"]

#: What is said of a text without an equation.
NO_EQUATION = "there is no equation; write one such as sigmoid(x1 - 2.5)"


class _Found(NamedTuple):
    """What a statement says, the name by which later ones read it, and its softmax."""

    name: str | None
    output: Output
    group: int | None = None


Letters = Mapping[str, Fraction | tuple[Fraction, ...]]


def read_network(text: str, tree: Any, letters: Letters) -> Network:
    """Return the network that a text describes."""
    segments = [child for child in tree.children if getattr(child, "data", None) == "segment"]
    if len(segments) == 1:
        return _read_free(text, segments[0], letters, None)
    inputs = _read_inputs(text, segments[0])
    if len(segments) == 2:
        return _read_free(text, segments[1], letters, inputs)
    return _read_layers(text, segments[1:], letters, inputs)


def _equations(text: str, segment: Any) -> Iterator[Any]:
    """Yield the equations of a segment; a comma may only stand after the value of a letter."""
    before = None
    for child in segment.children:
        if child.data == "equation":
            before = child
            yield child
        elif child.children[0].type == "COMMA" and not (before and _binding(text, before)):
            position = child.children[0].start_pos
            raise EquationError(
                f'column {position + 1}: expected ";" between equations, found ","; a decimal is '
                "written with a point",
                text,
                position,
                ('";"',),
            )


def _binding(text: str, equation: Any) -> Any:
    return BINDING.fullmatch(text[equation.meta.start_pos : equation.meta.end_pos])


# Inputs


def _read_inputs(text: str, segment: Any) -> dict[str, str]:
    """Return the names of declared inputs in the text, and what they are called."""
    names: dict[str, str] = {}
    sums = Sums(text, Scope(text, UnitTable(), {}))
    for child in segment.children:
        if child.data == "separator":
            continue
        equation: Equation = sums.read(child)
        side = equation.sides[0]
        if isinstance(side, Label) and side.nothing:
            continue
        if len(equation.sides) > 1 or not isinstance(side, Label) or side.token is None:
            raise EquationError(
                f"column {child.meta.start_pos + 1}: expected the name of an input before the "
                "arrow, as in x1, x2 -> x1 + x2",
                text,
                child.meta.start_pos,
                ("a name",),
            )
        name = plain_name(side.token)
        if name in names:
            raise side.error(text, f"the input {name} is declared twice")
        names[name] = name if side.quoted is None else side.quoted
    return names


# Statements that may read each other


def _read_free(text: str, segment: Any, letters: Letters, inputs: dict[str, str] | None) -> Network:
    equations = list(_equations(text, segment))
    if not equations:
        raise EquationError(NO_EQUATION)
    scope = Scope(text, UnitTable(), letters, None if inputs is None else list(inputs))
    bound = {} if inputs is not None else _bind(text, equations, scope)
    sums = Sums(text, scope)
    found: list[_Found] = []
    for equation in equations:
        if id(equation) in bound:
            name, value = bound[id(equation)]
            found.append(_Found(name, Output(WeightedSum({}, value), name)))
        else:
            found.extend(_outputs(text, sums.read(equation), scope))
    outputs = _unread(text, found, scope)
    names = _input_order(scope) if inputs is None else list(inputs)
    layers, output_names, hidden = layered(Expression(tuple(names), scope.units.all, outputs))
    called = _called(found)
    return Network(
        layers,
        names if inputs is None else tuple(inputs.values()),
        output_names,
        # A unit stands in the lowest of the layers that hold it; above, it is passed on.
        [
            ["" if source in below else called.get(source, "") for source in column]
            for below, column in zip([[], *hidden], hidden, strict=False)
        ],
    )


def _called(found: list[_Found]) -> dict[Source, str]:
    """Return the units that have a name of their own; the first one counts."""
    called: dict[Source, str] = {}
    for name, output, _ in found:
        source = output.body.only_source
        if name is not None and isinstance(source, int):
            called.setdefault(source, name)
    return called


def _input_order(scope: Scope) -> list[str]:
    """Return the inputs, those of a heading as it lists them."""
    listed = dict.fromkeys(name for names in scope.headings.values() for name in names)
    return [*listed, *sorted(scope.inputs.keys() - listed.keys(), key=input_order)]


def _bind(text: str, equations: list[Any], scope: Scope) -> dict[int, tuple[str, Fraction]]:
    """Give letters the values that the text sets, wherever it does so."""
    bound = {}
    for equation in equations:
        binding = _binding(text, equation)
        if not binding:
            continue
        name, start = plain_name(binding["name"]), equation.meta.start_pos
        if IMPLICIT_INPUT.fullmatch(name):
            raise EquationError(
                f"column {start + 1}: {name} is an input, which has no value of its own; give it "
                "when the network is evaluated",
                text,
                start,
            )
        if name in scope.letters or name in scope.bound:
            raise EquationError(
                f"column {start + 1}: {name} has two values; keep one of them", text, start
            )
        value = to_fraction(binding["value"], name)
        scope.bound[name] = value
        bound[id(equation)] = (name, value)
    return bound


def _outputs(text: str, equation: Equation, scope: Scope) -> Iterator[_Found]:
    """Yield what one statement says, under the name by which later ones may read it."""
    label, value = _one_value(text, equation, scope)
    if isinstance(value, Several):
        if label is not None:
            raise label.error(
                text, "a softmax gives several values; name each, as in softmax(p = x1, q = x2)"
            )
        parts = value.parts
    else:
        parts = [(label, value.total)]
    for name, total in parts:
        group = scope.softmax_of(total) if isinstance(value, Several) else None
        output = Output(total, None if name is None else name.text)
        if name is None or name.token is None:
            yield _Found(None, output, group)
        else:
            scope.define(name, total)
            yield _Found(name.text, output, group)


def _unread(text: str, found: list[_Found], scope: Scope) -> list[Output]:
    """Return the outputs: everything but shorthands and values of letters that are read."""
    # Whoever reads one value of a softmax makes all of them hidden.
    hidden = {one.group for one in found if one.name in scope.read} - {None}
    outputs = [
        one.output
        for one in found
        if one.name not in scope.read
        and one.group not in hidden
        and not (one.name in scope.bound and COEFFICIENT.fullmatch(one.name or ""))
    ]
    if not outputs:
        raise EquationError(
            "there are only values of letters here, and no equation; add one such as w_1 x + w_0",
            text,
            0,
        )
    return outputs


def _one_value(text: str, equation: Equation, scope: Scope) -> tuple[Label | None, Value | Several]:
    """Return the name and the value of a statement ``name = value``, in any order.

    Of several values the last counts; the ones before are either the same or a general form
    with letters that have no value (``z = sign(w_1 x + w_0) = sign(-x + 50)``).
    """
    label: Label | None = None
    values: list[Value | Several] = []
    sides = _turned(equation.sides, scope)
    last = len(sides) - 1
    for i, side in enumerate(sides):
        if isinstance(side, Label) and _names_output(side, i, last, bool(values), scope):
            if label is not None:
                raise side.error(text, "an output can have one name only")
            label = side
        else:
            values.append(scope.value(side))
    if not values:
        raise equation.sides[-1].error(text, "a name stands here without an equation")
    return label, _agreed(text, values, scope)


def _turned(sides: list[Any], scope: Scope) -> list[Any]:
    """Return ``x = y`` as ``y = x`` if only x can be read."""
    names = [side.text for side in sides if isinstance(side, Label) and side.token is not None]
    if len(sides) == len(names) == 2 and scope.is_input(names[0]) and not scope.knows(names[1]):
        return sides[::-1]
    return sides


def _names_output(side: Label, i: int, last: int, known: bool, scope: Scope) -> bool:
    """Tell whether a bare name is what the statement is called, not what it says."""
    if side.token is None:
        return not side.nothing
    if last == 0 or side.quoted is not None:
        return False
    return i == 0 or (i == last and known and not scope.is_input(side.text))


def _agreed(text: str, values: list[Value | Several], scope: Scope) -> Value | Several:
    """Return the value that all sides have."""
    known = [value for value in values if isinstance(value, Several) or value.problem is None]
    if len(values) > 1 and isinstance(values[-1], Value) and values[-1].is_number and known:
        if isinstance(values[0], Value) and values[0].problem is not None:
            raise values[0].problem
        return _compared(text, known[0], values[-1], scope)
    if not known:
        problem = values[-1].problem if isinstance(values[-1], Value) else None
        assert problem is not None
        raise problem
    if isinstance(values[-1], Value) and values[-1].problem is not None:
        raise values[-1].problem
    first, final = known[0], known[-1]
    if first is not final and (
        isinstance(first, Several) or isinstance(final, Several) or first.total != final.total
    ):
        raise final.error(text, "the two sides are different networks; keep one of them")
    return final


def _compared(text: str, value: Value | Several, number: Value, scope: Scope) -> Value | Several:
    """Read ``value = number``: a boundary if the number is 0, a claim if nothing is read."""
    if isinstance(value, Several):
        raise number.error(text, "a softmax gives several values, so it equals no number")
    if scope.reads_input(value.total):
        if number.total.constant:
            raise number.error(
                text, "only = 0 can follow a network, as its boundary; bring the number over"
            )
        return value
    claimed = number.total.constant
    layers, names, _ = layered(Expression((), scope.units.all, [Output(value.total)]))
    network = Network(layers, (), names)
    if network.is_open:
        return value
    actual = float(network([[]])[0, 0])
    # In fractions, for a claim that no float holds.
    rounding = Fraction(5_000_001, 10_000_000) / Fraction(10) ** number.decimals(text)
    if not isfinite(actual) or abs(Fraction(actual) - claimed) > rounding:
        raise number.error(text, f"this does not hold: the left side is {actual:.10g}")
    return value


# Layers written out


def _read_layers(
    text: str, segments: list[Any], letters: Letters, inputs: dict[str, str]
) -> Network:
    layers: list[Layer] = []
    below = list(inputs)
    labels: list[Label | None] = []
    hidden: list[list[str]] = []
    for depth, segment in enumerate(segments, start=1):
        equations = list(_equations(text, segment))
        if not equations:
            raise EquationError(f"layer {depth} has no unit; write at least one")
        units, labels = _read_layer(text, equations, letters, below)
        layers.append(make_layer(units, below))
        names = [
            hidden_name(depth, i, len(segments)) if label is None else label.text
            for i, label in enumerate(labels, start=1)
        ]
        if depth < len(segments):
            _refuse_twins(text, names, labels)
            hidden.append(["" if label is None else label.text for label in labels])
        below = names
    named = [f"y{i}" if label is None else label.text for i, label in enumerate(labels, start=1)]
    return Network(layers, tuple(inputs.values()), named, hidden)


def _read_layer(
    text: str, equations: list[Any], letters: Letters, below: list[str]
) -> tuple[list[UnitSum], list[Label | None]]:
    """Return the units of a layer and their names."""
    scope = Scope(text, UnitTable(), letters, below)
    sums = Sums(text, scope)
    units: list[UnitSum] = []
    labels: list[Label | None] = []
    for tree in equations:
        label, value = _one_value(text, sums.read(tree), scope)
        parts = value.parts if isinstance(value, Several) else [(label, value.total)]
        for name, total in parts:
            source = total.only_source
            unit = scope.units.all[source] if isinstance(source, int) else None
            unit = unit or UnitSum("identity", total)
            if any(isinstance(read, int) for read in unit.body.terms):
                raise value.error(
                    text,
                    "a unit of a layer reads the layer before it directly; give the inner unit a "
                    "layer of its own",
                )
            units.append(unit)
            labels.append(name)
    return units, labels


def _refuse_twins(text: str, names: list[str], labels: list[Label | None]) -> None:
    for i, name in enumerate(names):
        label = labels[i]
        if name in names[:i]:
            sentence = f"two units of this layer are called {name}"
            raise label.error(text, sentence) if label else EquationError(sentence)
