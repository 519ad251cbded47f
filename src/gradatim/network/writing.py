"""From a network to text: plain, LaTeX and MathML.

Conventions: a network is written as nested equations where that says all of it and is shorter, as
in ``step(step(-x + 50) + step(x - 100) - 1)``; otherwise layer by layer with a name for each
hidden unit, so that no unit is written twice and the text grows with the number of edges.
``parse(str(network)) == network`` for every network of finite weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from math import isfinite

from gradatim.language.names import input_order, is_name, plain_name
from gradatim.network._protocols import NetworkLike
from gradatim.network.decompose import decompose, passes_on
from gradatim.network.expression import Expression, Source, WeightedSum
from gradatim.network.grammar import IMPLICIT_INPUT, activation_of
from gradatim.network.layer import Layer
from gradatim.network.notation import LATEX, MATHML, TEXT, EquationText, spoken_activation


def hidden_name(layer: int, unit: int, depth: int) -> str:
    """Return the name of a hidden unit."""
    return f"h{unit}" if depth == 2 else f"h{layer}_{unit}"


def unit_names(network: NetworkLike) -> tuple[tuple[str, ...], ...]:
    """Return what every input and unit is called.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> unit_names(parse("tanh(x1) + relu(x2)"))
    (('x1', 'x2'), ('h1', 'h2'), ('y1',))
    """
    hidden = (_hidden_names(network, depth) for depth in range(1, network.depth))
    return (tuple(network.input_names), *hidden, tuple(network.output_names))


def _hidden_names(network: NetworkLike, depth: int) -> tuple[str, ...]:
    """Return the names that were given, and others for those without one."""
    n_out = network.layers[depth - 1].n_out
    given = list(network.hidden_names[depth - 1]) if network.hidden_names else [""] * n_out
    taken = {name for names in network.hidden_names for name in names}
    taken |= {*network.input_names, *network.output_names} if network.hidden_names else set()
    names = []
    for i, name in enumerate(given, start=1):
        mine = name or hidden_name(depth, i, network.depth)
        while not name and mine in taken:
            mine += "\N{PRIME}"
        names.append(mine)
    return tuple(names)


def value_names(network: NetworkLike) -> list[list[str]]:
    """Return the names of inputs and units; what is passed on keeps the name that it has.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> value_names(parse("left = step(x1); relu(left - x1)"))
    [['x1'], ['x1', 'left'], ['y1']]
    """
    names = [list(column) for column in unit_names(network)]
    for depth, layer in enumerate(network.layers[:-1], start=1):
        for i, unit in enumerate(layer.units):
            if passes_on(unit):
                [source] = unit.weights
                names[depth][i] = names[depth - 1][source]
    return names


def to_text(network: NetworkLike) -> str:
    """Write a network in the language that `parse` reads.

    Examples
    --------
    >>> from gradatim.network import Layer, Network
    >>> hidden = Layer([[1.0, -2.0], [0.5, 0.0]], [0.0, 1.0], "tanh", [[True, True], [True, False]])
    >>> print(to_text(Network([hidden, Layer([[1.0, 1.0]], [2.5])])))
    tanh(x1 - 2x2) + tanh(0.5x1 + 1) + 2.5
    >>> print(to_text(Network([hidden, Layer([[1.0, 1.0], [3.0, -1.0], [0.0, 2.0]], [0, 0, 1])])))
    x1, x2
      -> h1 = tanh(x1 - 2x2); h2 = tanh(0.5x1 + 1)
      -> h1 + h2; 3h1 - h2; 0h1 + 2h2 + 1
    """
    inputs = _input_names(network)
    form = _short_form(network, inputs)
    prefix = _declarations(network, inputs)
    if form is None:
        lines = (_layer_text(network, depth, inputs) for depth in range(1, network.depth + 1))
        return "\n  -> ".join([prefix or "()", *lines])
    text = _nested(form, network, inputs, TEXT)
    return f"{prefix} -> {text}" if _must_declare(form, network, inputs) else text


def to_latex(network: NetworkLike) -> str:
    r"""Write a network as LaTeX, for a formula environment.

    Examples
    --------
    >>> from gradatim.network import parse
    >>> print(to_latex(parse("step(step(-x+50) + step(x-100) - 1)")))
    \operatorname{step}(\operatorname{step}(-x + 50) + \operatorname{step}(x - 100) - 1)
    """
    inputs = _input_names(network)
    form = _short_form(network, inputs)
    if form is not None and len(form.outputs) == 1:
        return _nested(form, network, inputs, LATEX)
    aligned = (f"{left} &= {right}" for left, right in _equations(network, form, inputs, LATEX))
    body = " \\\\\n".join(aligned)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def to_mathml(network: NetworkLike) -> str:
    """Write a network as MathML, which browsers set natively."""
    inputs = _input_names(network)
    form = _short_form(network, inputs)
    if form is not None and len(form.outputs) == 1:
        body = _nested(form, network, inputs, MATHML)
    else:
        rows = _equations(network, form, inputs, MATHML)
        cells = "".join(
            f"<mtr><mtd>{left}</mtd><mtd>{MATHML.equals}{right}</mtd></mtr>" for left, right in rows
        )
        body = f'<mtable columnalign="right left">{cells}</mtable>'
    alternative = escape(" ".join(to_text(network).split()))
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" '
        f'alttext="{alternative}">{body}</math>'
    )


# Names


def _input_names(network: NetworkLike) -> tuple[str, ...]:
    """Return names of the inputs that the language reads, all different."""
    counts = Counter(network.input_names)
    good = {name for name in network.input_names if counts[name] == 1 and _is_plain(name)}
    names, number = [], 1
    for name in network.input_names:
        if name in good:
            names.append(name)
            continue
        while f"x{number}" in good:
            number += 1
        names.append(f"x{number}")
        number += 1
    return tuple(names)


def _is_plain(name: str) -> bool:
    return is_name(name) and plain_name(name) == name and activation_of(name) is None


def _declarations(network: NetworkLike, inputs: Sequence[str]) -> str:
    return ", ".join(
        local if local == name else f"{local} {TEXT.quoted(name)}"
        for local, name in zip(inputs, network.input_names, strict=True)
    )


def _must_declare(form: Expression, network: NetworkLike, inputs: Sequence[str]) -> bool:
    """Tell whether the equations alone would give other inputs."""
    if tuple(inputs) != tuple(network.input_names):
        return True
    bodies = [unit.body for unit in form.units] + [output.body for output in form.outputs]
    named = {source for body in bodies for source in body.terms if isinstance(source, str)}
    implicit = all(IMPLICIT_INPUT.fullmatch(name) for name in inputs)
    return not implicit or tuple(sorted(named, key=input_order)) != tuple(inputs)


def _label(network: NetworkLike, index: int, inputs: Sequence[str], notation: EquationText) -> str:
    """Return the name of an output as it is set, or nothing if the language gives it anyway."""
    name = network.output_names[index]
    if name == f"y{index + 1}":
        return ""
    unique = network.output_names.count(name) == 1 and name not in inputs  # type: ignore[attr-defined]
    return notation.name(name) if unique and _is_plain(name) else notation.quoted(name)


# Nested equations


def _short_form(network: NetworkLike, inputs: Sequence[str]) -> Expression | None:
    """Return nested sums if they say all and are no longer than the layers one by one."""
    form = decompose(network, inputs)
    if form is None:
        return None
    layers = [_layer_text(network, depth, inputs) for depth in range(1, network.depth + 1)]
    limit = len(_declarations(network, inputs)) + sum(len(layer) + 6 for layer in layers)
    return form if network.depth == 1 or _nested_length(form) <= limit else None


def _nested_length(form: Expression) -> int:
    """Return about how many characters the nested sums take, without writing them."""
    lengths: list[int] = []

    def length(body: WeightedSum) -> int:
        sources = (lengths[s] if isinstance(s, int) else len(s) for s in body.terms)
        numbers = [*body.terms.values(), *([body.constant] if body.constant else [])]
        return sum(sources) + sum(3 + len(TEXT.number(n)) * (n != 1) for n in numbers)

    for unit in form.units:
        lengths.append(length(unit.body) + len(spoken_activation(unit.activation)) + 2)
    return sum(length(output.body) + 2 for output in form.outputs)


def _nested(
    form: Expression, network: NetworkLike, inputs: Sequence[str], notation: EquationText
) -> str:
    """Return the outputs, each with its label, in one line."""
    parts = []
    for i, text in enumerate(_output_texts(form, notation)):
        label = _label(network, i, inputs, notation)
        if label and form.outputs[i].body.is_constant:
            # A name and a number would be a letter and its value.
            text = notation.call("identity", text)
        parts.append(label + notation.equals + text if label else text)
    if network.layers[-1].activation == "softmax":
        return notation.call("softmax", notation.separated(parts))
    return "; ".join(parts)


def _output_texts(form: Expression, notation: EquationText) -> list[str]:
    """Return what every output is; of a softmax, what goes into it."""
    texts: list[str] = []

    def written(body: WeightedSum) -> str:
        terms = [
            (weight, _source_text(source, texts, notation), isinstance(source, int))
            for source, weight in body.terms.items()
        ]
        return notation.sum(terms, body.constant)

    for unit in form.units:
        inner = written(unit.body)
        texts.append(inner if unit.group is not None else notation.call(unit.activation, inner))
    return [written(output.body) for output in form.outputs]


def _source_text(source: Source, texts: Sequence[str], notation: EquationText) -> str:
    return notation.name(source) if isinstance(source, str) else texts[source]


# Layer by layer


def _layer_text(network: NetworkLike, depth: int, inputs: Sequence[str]) -> str:
    """Return the units of one layer, each under its name."""
    layer = network.layers[depth - 1]
    parts = []
    for i, text in enumerate(_unit_texts(network, depth, inputs, TEXT)):
        if depth < network.depth:
            label = hidden_name(depth, i + 1, network.depth)
        else:
            label = _label(network, i, inputs, TEXT)
        parts.append(f"{label} = {text}" if label else text)
    if layer.activation == "softmax":
        return TEXT.call("softmax", ", ".join(parts))
    return "; ".join(parts)


def _unit_texts(
    network: NetworkLike, depth: int, inputs: Sequence[str], notation: EquationText
) -> Iterator[str]:
    """Yield what every unit of a layer is; of a softmax, what goes into it."""
    layer = network.layers[depth - 1]
    sources = [notation.name(name) for name in _names_of(network, depth - 1, inputs)]
    for i, activation in enumerate(layer.activations):
        text = _unit_sum(layer, i, sources, notation)
        bare = activation in ("identity", "softmax")
        yield text if bare else notation.call(activation, text)


def _names_of(network: NetworkLike, depth: int, inputs: Sequence[str]) -> Sequence[str]:
    if depth == 0:
        return inputs
    n_out = network.layers[depth - 1].n_out
    return [hidden_name(depth, i, network.depth) for i in range(1, n_out + 1)]


def _unit_sum(layer: Layer, index: int, sources: Sequence[str], notation: EquationText) -> str:
    unit = layer.units[index]
    weights: dict[int, Fraction | float] = dict(unit.weights)
    bias: Fraction | float = unit.bias
    if all(map(isfinite, (*unit.weights.values(), unit.bias))):
        weights, bias = dict(layer.exact_units[index].weights), layer.exact_units[index].bias
    return notation.sum([(weight, sources[j], False) for j, weight in weights.items()], bias)


def _equations(
    network: NetworkLike, form: Expression | None, inputs: Sequence[str], notation: EquationText
) -> Iterator[tuple[str, str]]:
    """Yield the two sides of one equation per unit, or an output if sums are nested."""
    depths = [network.depth] if form else range(1, network.depth + 1)
    for depth in depths:
        layer = network.layers[depth - 1]
        if depth == network.depth:
            names = [_set_name(name, notation) for name in network.output_names]
        else:
            names = [notation.name(name) for name in _names_of(network, depth, inputs)]
        if form is None:
            texts = list(_unit_texts(network, depth, inputs, notation))
        else:
            texts = _output_texts(form, notation)
        if layer.activation == "softmax":
            both = notation.separated(names), notation.call("softmax", notation.separated(texts))
            yield both
        else:
            yield from zip(names, texts, strict=True)


def _set_name(name: str, notation: EquationText) -> str:
    return notation.name(name) if _is_plain(name) else notation.quoted(name)
