"""``gradatim fit``: linear and logistic regression, solved exactly and printed as an equation.

Conventions: the network has no hidden layer (the lecture's L1 and L2); scores are those of the rows
that were fitted, which say nothing of others. Files are checked before anything is computed;
what is asked for is written before anything is printed. ``--json`` prints the object of
docs/lecture/regression.md.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli import _output_files
from gradatim.cli._numbers import to_float
from gradatim.cli._options import OUTPUT, Debug, Digits, Json, Output
from gradatim.cli._reading import TextOptions
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from gradatim.collection import Collection
    from gradatim.estimators import NetworkClassifier, NetworkRegressor
    from gradatim.network import Network

__all__ = ["fit"]

_INPUT = Group("What is fitted", sort_key=1)
_File = Parameter(group=OUTPUT, metavar="FILE")

_LOSSES = {"identity": "squared", "sigmoid": "binary", "softmax": "multiclass"}


def fit(
    table: Annotated[Path, Parameter(group=_INPUT)],
    /,
    *,
    target: Annotated[str, Parameter(group=_INPUT, metavar="COLUMN")],
    activation: Annotated[
        Literal["identity", "sigmoid", "softmax"], Parameter(group=_INPUT)
    ] = "identity",
    drop: Annotated[
        list[str] | None,
        Parameter(group=_INPUT, metavar="COLUMN...", consume_multiple=(1, None), negative=()),
    ] = None,
    text: TextOptions | None = None,
    alpha: Annotated[
        float, Parameter(group=_INPUT, metavar="A", validator=Number(gte=0), converter=to_float)
    ] = 0.0,
    output: Output = None,
    graph: Annotated[Path | None, _File] = None,
    plot: Annotated[Path | None, _File] = None,
    digits: Digits = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Fit a network without a hidden layer to a table, exactly, and print its equation.

    With the identity this is linear regression by least squares, with the sigmoid logistic
    regression by maximum likelihood, with softmax the same for three classes or more. The equation
    can be given to eval, step, draw and plot.

    Parameters
    ----------
    table
        A table (csv, tsv, parquet): one row per sample, one column per input.
    target
        Column that is learnt.
    activation
        Activation of the output.
    drop
        Columns that are neither inputs nor the target.
    alpha
        Penalty on the weights: that of scikit-learn's Ridge, 1 / C of its LogisticRegression.
    output
        File for the equation (.txt) or the network itself (.safetensors).
    graph
        Picture of the network: .svg, .pdf, .png, .dot, .mmd or .tex.
    plot
        Picture of the output over a single input: .svg, .pdf or .png.
    digits
        Significant digits of weights that are printed; six, or as many as the scores need.
    """
    _output_files.check_targets(
        {
            "--output": (output, _output_files.network),
            "--graph": (graph, _output_files.drawing),
            "--plot": (plot, _output_files.plot),
        },
        source=table,
    )
    from gradatim.tables.collections import read_table

    task = "regression" if activation == "identity" else "classification"
    rows = read_table(
        table, target, drop=drop or (), task=task, **({} if text is None else text.given())
    )
    _check_classes(rows, target, activation)
    model, warned = _fitted(rows, activation, alpha)
    network = _named(model.network_, rows, target)
    if plot is not None and (network.n_inputs > 1 or network.n_outputs > 1):
        raise SpecError(
            f"a plot shows one input and one output, not {network.n_inputs} and "
            f"{network.n_outputs}; draw the network with --graph"
        )
    found = _to_dict(table, rows, network, activation, alpha)

    def show() -> None:
        from gradatim.cli._json import print_json
        from gradatim.presentation.networks import fit_lines, rounded_equation, score_text

        if json:
            print_json(found)
            return

        def shown(network: Network) -> list[str]:
            return list(map(score_text, _scores(rows, network).values()))

        said = shown(network)
        printed, lines = rounded_equation(network, lambda short: shown(short) == said, digits)
        lines += fit_lines(found | {"scores": _scores(rows, printed)})
        notes = [*warned, *(notice.message for notice in rows.notices)]
        print("\n".join([*lines, *(f"note: {note}" for note in notes)]))

    def draw() -> Figure:
        from gradatim.drawing import plot_response

        return plot_response(network, rows.X["features"][:, 0], rows.y)

    writers = [
        *_output_files.network_writers(network, None, output),
        *_output_files.network_writers(network, graph, None),
        *_output_files.plot_writer(plot, draw),
    ]
    _output_files.deliver(writers, show, None if json else print)


def _check_classes(rows: Collection, target: str, activation: str) -> None:
    n_classes = len(rows.classes)
    if activation == "sigmoid" and n_classes > 2:
        raise SpecError(
            f"a sigmoid tells two classes apart and {target} has {n_classes}; take "
            "--activation softmax"
        )
    if activation == "softmax" and n_classes == 2:
        raise SpecError(f"{target} has two classes, for which one sigmoid is enough; take sigmoid")


def _fitted(
    rows: Collection, activation: str, alpha: float
) -> tuple[NetworkClassifier | NetworkRegressor, list[str]]:
    """Return the solution, and warnings of it; what scikit-learn says to itself is not shown."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    from gradatim.estimators import NetworkClassifier, NetworkRegressor

    kind = NetworkRegressor if activation == "identity" else NetworkClassifier
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = kind((), solver="exact", alpha=alpha).fit(rows.X["features"], rows.y)
    ours = [warning for warning in caught if issubclass(warning.category, ConvergenceWarning)]
    return model, [str(warning.message) for warning in ours]


def _named(network: Network, rows: Collection, target: str) -> Network:
    """Name inputs and outputs as the table does; a target of 0 and 1 is called as its column."""
    named = replace(network, input_names=rows.feature_names["features"])
    if network.n_outputs == 1 and rows.classes.tolist() in ([], ["0", "1"]):
        named = replace(named, output_names=[target])
    return named


def _to_dict(
    table: Path, rows: Collection, network: Network, activation: str, alpha: float
) -> dict[str, Any]:
    from gradatim.cli._json import header
    from gradatim.sources.equations import table_record

    [layer] = network.layers
    return {
        **header(),
        "equation": str(network),
        "latex": network.to_latex(),
        "activation": activation,
        "loss": _LOSSES[activation],
        "alpha": alpha,
        "data": table_record(table),
        "n_rows": rows.n_samples,
        "inputs": list(network.input_names),
        "outputs": list(network.output_names),
        "classes": rows.classes.tolist() or None,
        "weights": layer.weight.tolist(),
        "biases": layer.bias.tolist(),
        "scores": _scores(rows, network),
    }


def _scores(rows: Collection, network: Network) -> dict[str, float | None]:
    """Return how well the fitted rows themselves are met; R^2 is None where no target varies."""
    from sklearn.metrics import accuracy_score, log_loss, r2_score, root_mean_squared_error

    outputs, y = network(rows.X["features"]), rows.y
    if not len(rows.classes):
        return {
            "r2": None if (y == y[0]).all() else float(r2_score(y, outputs[:, 0])),
            "root_mean_squared_error": float(root_mean_squared_error(y, outputs[:, 0])),
        }
    shares = outputs if outputs.shape[1] > 1 else np.hstack([1.0 - outputs, outputs])
    chosen = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] >= 0.5).astype(int)
    return {
        "accuracy": float(accuracy_score(y, rows.classes[chosen])),
        "log_loss": float(log_loss(y, shares, labels=rows.classes)),
    }
