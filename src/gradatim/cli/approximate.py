"""``gradatim approximate``: a shallow network for a function, with a certified error (L16).

Conventions: files are checked before anything is computed; results are printed before they are
written. With ``--widths`` the question is turned around: the least error of so many units.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.experiments.approximations import Rates, TrainedUnits
    from gradatim.theory import Approximation, Bound

__all__ = ["approximate"]

_INPUT = Group("What is approximated", sort_key=1)
_TRAINING = Group("What is trained beside it", sort_key=2)
_OUTPUT = Group("What comes out", sort_key=3)
_Flag = Parameter(negative=(), show_default=False)
_File = Parameter(group=_OUTPUT, metavar="FILE")

# Units whose weights are printed.
_SHOWN = 8
# Standard names as they are typed.
_SPOKEN = {"heaviside": "step", "logistic": "sigmoid"}


def approximate(
    function: Annotated[str, Parameter(group=_INPUT)],
    /,
    *,
    on: Annotated[
        list[float] | None,
        Parameter(group=_INPUT, consume_multiple=(2, 4), negative=()),
    ] = None,
    tolerance: Annotated[float, Parameter(group=_INPUT)] = 0.01,
    activation: Annotated[
        Literal["relu", "step", "sigmoid", "tanh"], Parameter(group=_INPUT)
    ] = "relu",
    widths: Annotated[str | None, Parameter(group=_INPUT, metavar="N,...")] = None,
    trained: Annotated[bool, _Flag, Parameter(group=_TRAINING)] = False,
    seeds: Annotated[int, Parameter(group=_TRAINING)] = 50,
    seed: Annotated[int, Parameter(group=_TRAINING)] = 0,
    epochs: Annotated[int, Parameter(group=_TRAINING)] = 600,
    output: Annotated[Path | None, Parameter(name=("--output", "-o")), _File] = None,
    graph: Annotated[Path | None, _File] = None,
    json: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Build a shallow network that is close to a function everywhere, and prove how close.

    The largest error is certified: an upper bound for every point of the interval, not for samples.
    A function that jumps or is unbounded is refused with the reason.

    Parameters
    ----------
    function
        Function of x, or of x and y, such as "sin(2*pi*x)".
    on
        Ends of the interval, 0 1 if left out; four numbers for x and y.
    tolerance
        Largest error allowed.
    activation
        Hidden units.
    widths
        Instead of a tolerance, numbers of units such as 2,4,8,16: the least error of each.
    trained
        Train networks of the same width beside it, and certify each.
    seeds
        Networks that are trained, each width.
    seed
        First seed.
    epochs
        Passes over the grid of points.
    output
        Picture of function, network and error, or of error against width: .svg, .pdf or .png.
    graph
        Picture of the network: .svg, .pdf, .png, .dot, .mmd or .tex.
    json
        Print JSON instead of text.
    debug
        Show the traceback of an error.
    """
    _check(output, graph, widths)
    if trained and activation == "step":
        raise SpecError(
            "--trained cannot train step units, which have no slope to follow; choose relu, "
            "sigmoid or tanh"
        )
    if seeds < 1 or epochs < 1 or seed < 0:
        raise SpecError("--seeds and --epochs are at least 1, --seed is at least 0")
    box = _box(function, on)
    options = {"n_seeds": seeds, "seed": seed, "max_epochs": epochs}
    if widths is not None:
        _by_width(function, box, _widths(widths), activation, trained, options, output, json)
        return
    from gradatim.theory import approximate as build

    found = build(function, box, tolerance, activation)
    beside = _train(found, options) if trained else None
    _show(json, lambda: _to_dict(found, beside), lambda: _in_words(found, beside))
    if output is not None:
        _wrote(_plot(found, beside, output), json)
    if graph is not None:
        from gradatim.drawing import draw

        _wrote(draw(found.network, graph), json)


def _check(output: Path | None, graph: Path | None, widths: str | None) -> None:
    """Refuse files that are no pictures or cannot be written."""
    from gradatim._files import check_writable
    from gradatim.drawing.formats import check_format
    from gradatim.drawing.plots.files import PLOT_FORMATS

    targets = []
    if output is not None:
        check_format(output, PLOT_FORMATS)
        targets.append(check_writable(output))
    if graph is not None:
        if widths is not None:
            raise SpecError("--graph draws one network; leave out --widths")
        check_format(graph)
        targets.append(check_writable(graph))
    if len(set(targets)) < len(targets):
        raise SpecError(f"--output and --graph both name {targets[0]}; give two files")


def _box(function: str, on: list[float] | None) -> tuple[tuple[float, float], ...]:
    """Return an interval a variable; one that is given for two variables is taken for both."""
    from gradatim.theory import parse_formula

    n = parse_formula(function).n_variables
    ends = on or [0.0, 1.0]
    if len(ends) not in (2, 4):
        raise SpecError(f"--on takes two numbers, or four for x and y, not {len(ends)}")
    pairs = [(ends[i], ends[i + 1]) for i in range(0, len(ends), 2)]
    return tuple(pairs * n if len(pairs) == 1 else pairs)


def _widths(text: str) -> list[int]:
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1 or max(found) > 1_000:
        raise SpecError(f"--widths takes numbers from 1 to 1,000 such as 2,4,8,16, not {text!r}")
    return found


def _train(found: Approximation, options: dict[str, int]) -> TrainedUnits:
    from gradatim.experiments.approximations import train_units

    with _Progress(f"training {options['n_seeds']} networks") as progress:
        return train_units(
            found.function, found.on, found.n_units, found.activation, callback=progress, **options
        )


def _by_width(
    function: str,
    box: tuple[tuple[float, float], ...],
    widths: list[int],
    activation: str,
    trained: bool,
    options: dict[str, int],
    output: Path | None,
    json: bool,
) -> None:
    from gradatim.experiments.approximations import error_by_width

    options = options if trained else {**options, "n_seeds": 0}
    with _Progress("widths") as progress:
        rates = error_by_width(function, box, widths, activation, callback=progress, **options)
    _show(json, lambda: _rates_to_dict(function, rates), lambda: _rates_in_words(function, rates))
    if output is not None:
        from gradatim.drawing import plot_rates, save_plot

        built = [(n, found.bound.upper) for n, found in zip(rates.widths, rates.built, strict=True)]
        quartiles = [(t.n_units, *t.quartiles) for t in rates.trained]
        picture = plot_rates(
            built, quartiles, order=rates.order, name=function, activation=activation
        )
        _wrote(save_plot(picture, output), json)


class _Progress:
    """The share of the work that is done and the time left, on a terminal's last line."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._live = sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        from time import monotonic

        self._now = monotonic
        self._started = monotonic()
        return self

    def __call__(self, share: float) -> None:
        if self._live and share > 0:
            left = (self._now() - self._started) * (1 - share) / share
            sys.stderr.write(f"\r{self._what}: {share:4.0%}, about {left:.0f} s left \x1b[K")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")


def _show(json: bool, to_dict: Any, in_words: Any) -> None:
    if json:
        from json import dumps

        print(dumps(to_dict(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(in_words()))


def _wrote(path: Path, json: bool) -> None:
    if not json:
        print(f"wrote {path}")


def _plot(found: Approximation, beside: TrainedUnits | None, output: Path) -> Path:
    from gradatim.drawing import plot_approximation, save_plot
    from gradatim.theory.bounds.targets import as_target

    picture = plot_approximation(
        found.network,
        as_target(found.function, len(found.on)).values,
        found.on,
        found.tolerance,
        name=_text(found),
        trained=None if beside is None or len(found.on) > 1 else beside.best,
    )
    return save_plot(picture, output)


def _text(found: Approximation) -> str:
    return str(getattr(found.function, "text", found.function))


def _sides(on: tuple[tuple[float, float], ...]) -> str:
    return " x ".join(f"[{a:g}, {b:g}]" for a, b in on)


def _in_words(found: Approximation, beside: TrainedUnits | None) -> list[str]:
    kind = found.network.layers[0].activations[0]
    lines = [f"{_text(found)} on {_sides(found.on)}, tolerance {found.tolerance:g}.", ""]
    lines += [f"    {line}" for line in _network(found)]
    lines += ["", f"Hidden units: {found.n_units} {_SPOKEN.get(kind, kind)}."]
    if found.theoretical is not None:
        rule = {
            "relu": "1/4 integral of sqrt(|f''| / tolerance)",
            "heaviside": "total variation / (2 tolerance)",
        }.get(kind, "total variation / (2 tolerance), for steep units in the place of steps")
        lines.append(f"Theory counts: {found.theoretical:.2f} = {rule}.")
    lines += _certificate(found.bound)
    if beside is not None:
        lines += ["", *_trained_in_words(beside)]
    return lines


def _network(found: Approximation) -> list[str]:
    """Write the network, or its beginning."""
    if found.n_units <= _SHOWN:
        return str(found.network).splitlines()
    hidden, output = found.network.layers
    name = _SPOKEN.get(hidden.activations[0], hidden.activations[0])
    lines = [f"y = {output.bias[0]:.6g}"]
    for unit, weight in list(zip(hidden.units, output.weight[0], strict=True))[: _SHOWN - 2]:
        inner = " ".join(
            f"{w:+.6g}{found.network.input_names[i]}" for i, w in unit.weights.items() if w
        ).removeprefix("+")
        lines.append(f"    {weight:+.6g} {name}({inner} {unit.bias:+.6g})")
    return [*lines, f"    ... and {found.n_units - len(lines) + 1} units more (--json has all)"]


def _certificate(bound: Bound) -> list[str]:
    box = " x ".join(f"[{a:.9g}, {b:.9g}]" for a, b in bound.box)
    at = ", ".join(f"{name} = {x:.9g}" for name, x in zip("xy", bound.at, strict=False))
    return [
        f"Certified: the error is at most {bound.upper:.6g} everywhere"
        + ("" if bound.complete else " (bound so far; the limit on work was met)")
        + f", the bound lying on {box}.",
        f"It is at least {bound.lower:.6g}, at {at}. Looked at {bound.n_boxes:,} parts.",
    ]


def _trained_in_words(beside: TrainedUnits) -> list[str]:
    low, middle, high = beside.quartiles
    complete = sum(bound.complete for bound in beside.bounds)
    n = len(beside.bounds)
    certified = "each certified" if complete == n else f"{complete} certified, the others so far"
    kind = _SPOKEN.get(beside.activation, beside.activation)
    return [
        f"Trained: {n} networks of {beside.n_units} {kind} units, {certified}.",
        f"Largest error: quartiles {low:.4g}, {middle:.4g}, {high:.4g}; "
        f"best {beside.errors.min():.4g}.",
    ]


def _rates_in_words(function: str, rates: Rates) -> list[str]:
    kind = _SPOKEN.get(rates.built[0].activation, rates.built[0].activation)
    lines = [f"{function} on {_sides(rates.built[0].on)}, {kind} units.", ""]
    head = f"{'units':>6}  {'built':>10}"
    if rates.trained:
        head += "  trained: " + "  ".join(
            f"{q:>10}" for q in ("quartile", "median", "quartile", "best")
        )
    lines.append(head)
    for i, (width, found) in enumerate(zip(rates.widths, rates.built, strict=True)):
        row = f"{width:>6}  {found.bound.upper:>10.4g}"
        if rates.trained:
            beside = rates.trained[i]
            numbers = (*beside.quartiles, float(beside.errors.min()))
            row += " " * 11 + "  ".join(f"{number:>10.4g}" for number in numbers)
        lines.append(row)
    theory = "" if rates.order is None else f" Theory: errors fall as 1/n^{rates.order}."
    return [*lines, "", f"Every error is certified.{theory}"]


def _header(function: str) -> dict[str, Any]:
    from importlib.metadata import version

    return {"schema": 1, "gradatim": version("gradatim"), "function": function}


def _to_dict(found: Approximation, beside: TrainedUnits | None) -> dict[str, Any]:
    from gradatim.experiments.approximations import bound_to_dict

    hidden, output = found.network.layers
    result = {
        **_header(_text(found)),
        "on": found.on,
        "tolerance": found.tolerance,
        "activation": found.activation,
        "units": found.n_units,
        "theoretical_units": found.theoretical,
        "changes_of_convexity": found.changes,
        "bound": bound_to_dict(found.bound),
        "network": {
            "weight": hidden.weight.tolist(),
            "bias": hidden.bias.tolist(),
            "output_weight": output.weight[0].tolist(),
            "output_bias": float(output.bias[0]),
        },
    }
    if beside is not None:
        result["trained"] = _trained_to_dict(beside)
    return result


def _trained_to_dict(beside: TrainedUnits) -> dict[str, Any]:
    from gradatim.experiments.approximations import bound_to_dict

    return {
        "units": beside.n_units,
        "protocol": beside.protocol,
        "quartiles": beside.quartiles,
        "bounds": [bound_to_dict(bound) for bound in beside.bounds],
    }


def _rates_to_dict(function: str, rates: Rates) -> dict[str, Any]:
    from gradatim.experiments.approximations import bound_to_dict

    return {
        **_header(function),
        "on": rates.built[0].on,
        "activation": rates.built[0].activation,
        "order": rates.order,
        "widths": [
            {"width": width, "units": found.n_units, "bound": bound_to_dict(found.bound)}
            for width, found in zip(rates.widths, rates.built, strict=True)
        ],
        "trained": [_trained_to_dict(beside) for beside in rates.trained],
    }
