"""``gradatim step``: gradient descent as a student writes it, forward and back.

Conventions: the loss is the mean over the rows of the table. Every row is spelled out for up to
twelve rows in all, the first step else; new weights are shown for every step. ``--json`` prints the
object of docs/guides/equations.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

# cyclopts reads annotations when it runs; this module is loaded only for this verb.
from gradatim._text import list_text
from gradatim.cli._options import FLAG, OUTPUT, Debug, Digits, Json
from gradatim.cli._reading import TextOptions, dialect_of, note_lines
from gradatim.network.descent import LossName

if TYPE_CHECKING:
    from gradatim.network import Network
    from gradatim.network.descent import Step
    from gradatim.tables.columns import Columns

_INPUT = Group("What is learned", sort_key=1)


def step(
    equation: Annotated[str, Parameter(group=_INPUT, allow_leading_hyphen=True)],
    /,
    *,
    data: Annotated[Path, Parameter(group=_INPUT, metavar="TABLE")],
    target: Annotated[str | None, Parameter(group=_INPUT, metavar="COLUMN")] = None,
    text: TextOptions | None = None,
    loss: Annotated[LossName, Parameter(group=_INPUT)] = "squared",
    learning_rate: Annotated[str, Parameter(group=_INPUT, metavar="RATE")] = "0.1",
    steps: Annotated[
        int, Parameter(group=_INPUT, metavar="N", validator=Number(gte=1, lte=1000))
    ] = 1,
    activation: Annotated[str | None, Parameter(group=_INPUT, metavar="NAME")] = None,
    let: Annotated[
        list[str] | None, Parameter(group=_INPUT, metavar="w_1=0.5", negative=())
    ] = None,
    exact: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    digits: Digits = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Take steps of gradient descent, with every derivative by the chain rule.

    Parameters
    ----------
    equation
        Where to start, such as "sigmoid(0.8x1 + 0.4)", a text file (.txt) that holds it, or a
        saved network (.safetensors).
    data
        A table (csv, tsv, parquet) with one column per input, and the targets.
    target
        Column of the targets; if left out, the columns named like the outputs, or the one that is
        no input.
    loss
        Half the squared error, or the log loss of sigmoid (binary) or softmax (multiclass) outputs.
    learning_rate
        How far a step goes along the gradient.
    steps
        Number of steps.
    activation
        Takes the place of a in a(x1 - 5).
    let
        Value of a letter; may be repeated.
    exact
        Compute with fractions.
    digits
        Significant digits of the weights of an equation; six if left out.
    """
    from gradatim.cli._network import read_network
    from gradatim.network.descent import descend
    from gradatim.sources.equations import read_rows, table_record
    from gradatim.tables.columns import read_columns

    network = read_network(equation, activation, let)
    columns = read_columns(data, dialect_of(text))
    rows, targets = read_rows(columns, network), _targets(columns, network, target)
    taken = descend(
        network, rows, targets, loss=loss, learning_rate=learning_rate, steps=steps, exact=exact
    )
    if json:
        _print_json(taken, loss, learning_rate, exact, table_record(data, columns))
    else:
        from gradatim.cli._print import SafeConsole, print_lines
        from gradatim.presentation.descent import descent_lines

        lines = descent_lines(taken, loss, learning_rate, digits)
        print_lines(SafeConsole(), [*lines, *note_lines(columns)], soft_wrap=True)


def _targets(columns: Columns, network: Network, target: str | None) -> list[list[Any]]:
    """Return the targets of each row, one per output."""
    from gradatim.errors import TableError
    from gradatim.sources.equations import meet_columns, read_column

    outputs = list(network.output_names)
    column_of = meet_columns(columns, [*network.input_names, *outputs])
    if target is None and {column_of[name] for name in outputs} <= set(columns.names):
        cells = [read_column(columns, column_of[name], "a target") for name in outputs]
        return [list(row) for row in zip(*cells, strict=True)]
    if target is None:
        inputs = {column_of[name] for name in network.input_names}
        others = [name for name in columns.names if name not in inputs]
        if len(others) != 1:
            raise TableError(
                f"{columns.source} has {len(others)} columns that are no inputs, and none called "
                f"{list_text(outputs)}; name the target with --target"
            )
        [target] = others
    if len(outputs) == 1:
        return [[number] for number in read_column(columns, target, "the target")]
    texts = columns.texts(columns.require(target, "the target"))
    unknown = sorted(set(texts) - set(outputs))
    if unknown:
        raise TableError(
            f"{unknown[0]!r} in column {target!r} is none of the outputs {list_text(outputs)}"
        )
    return [[int(text == name) for name in outputs] for text in texts]


def _print_json(
    taken: Sequence[Step], loss: str, rate: str, exact: bool, data: dict[str, Any]
) -> None:
    from gradatim.cli._json import header, print_json

    result = {
        **header(),
        "equation": str(taken[0].network),
        "loss": loss,
        "learning_rate": rate,
        "exact": exact,
        "data": data,
        "steps": [step.to_dict() for step in taken],
        "equation_after": str(taken[-1].after),
    }
    print_json(result)
