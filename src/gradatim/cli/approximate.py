"""``gradatim approximate``: a shallow network for a function, with a certified error (L16).

Conventions: files are checked before anything is computed, and written before anything is printed.
With ``--widths`` the question is turned around: the least error of a number of units.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from gradatim._progress import scaled
from gradatim.cli import _output_files
from gradatim.cli._json import asked, header, print_json
from gradatim.cli._numbers import to_float
from gradatim.cli._options import FLAG, OUTPUT, Debug, Digits, Json, Output
from gradatim.errors import SpecError
from gradatim.presentation import pictures

if TYPE_CHECKING:
    from gradatim.approximation import Approximation
    from gradatim.comparisons.approximations import TrainedUnits

__all__ = ["approximate"]

_INPUT = Group("What is approximated", sort_key=1)
_TRAINING = Group("What is trained beside it", sort_key=2)
_File = Parameter(group=OUTPUT, metavar="FILE")
_Box = tuple[tuple[float, float], ...]


def approximate(
    function: Annotated[str, Parameter(group=_INPUT, allow_leading_hyphen=True)],
    /,
    *,
    on: Annotated[
        list[str] | None, Parameter(group=_INPUT, consume_multiple=(1, 4), negative=())
    ] = None,
    tolerance: Annotated[float, Parameter(group=_INPUT, converter=to_float)] = 0.01,
    activation: Annotated[str, Parameter(group=_INPUT, metavar="relu|step|sigmoid|tanh")] = "relu",
    widths: Annotated[str | None, Parameter(group=_INPUT, metavar="N,...")] = None,
    trained: Annotated[bool, FLAG, Parameter(group=_TRAINING)] = False,
    seeds: Annotated[int, Parameter(group=_TRAINING)] = 50,
    seed: Annotated[int, Parameter(group=_TRAINING)] = 0,
    epochs: Annotated[int, Parameter(group=_TRAINING)] = 600,
    output: Output = None,
    graph: Annotated[Path | None, _File] = None,
    network: Annotated[Path | None, _File] = None,
    digits: Digits = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Build a shallow network that is close to a function everywhere, and prove how close.

    The largest error is certified: an upper bound for every point of the interval, not for samples.
    A function that jumps or is unbounded is refused with the reason.

    Parameters
    ----------
    function
        Function of x, or of x and y, such as "sin(2*pi*x)".
    on
        Ends of the interval such as -pi pi, 0 1 if left out; four for x and y.
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
    network
        The network for other verbs: .txt (its equation) or .safetensors.
    digits
        Significant digits of weights that are printed; as many as keep the tolerance if left out.
    """
    for option, file in (("--graph", graph), ("--network", network)):
        if widths is not None and file is not None:
            raise SpecError(f"{option} is for one network; leave out --widths")
    _output_files.check_built(output, graph, network)
    from gradatim.activations import get_activation

    if trained and get_activation(activation).name == "heaviside":
        raise SpecError(
            "--trained cannot train step units, which have no slope to follow; choose relu, "
            "sigmoid or tanh"
        )
    if seeds < 1 or epochs < 1 or seed < 0:
        raise SpecError("--seeds and --epochs are at least 1, --seed is at least 0")
    box = _box(function, on)
    options = {"n_seeds": seeds if trained else 0, "seed": seed, "max_epochs": epochs}
    if widths is not None:
        _by_width(function, box, _widths(widths), activation, options, output, json)
        return
    found = _build(function, box, tolerance, activation)
    beside = _train(found, options) if trained else None

    def show() -> None:
        if json:
            question = _asked(function, found, beside, tolerance=tolerance)
            made = {} if beside is None else {"trained": beside.to_dict()}
            print_json({**header(), **question, **found.to_dict(), **made})
            return
        from gradatim.presentation.approximation import approximation_in_words

        print("\n".join(approximation_in_words(found, beside, digits)))

    writers = [
        *_output_files.plot_writer(output, lambda: pictures.plot_approximation(found, beside)),
        *_output_files.network_writers(found.network, graph, network),
    ]
    _output_files.deliver(writers, show, None if json else print)


def _box(function: str, on: list[str] | None) -> _Box:
    """Return one interval per variable; one that is given for two variables is taken for both."""
    from gradatim.certificates import parse_formula
    from gradatim.certificates.targets import parse_numbers

    n = parse_formula(function).n_variables
    ends = [0.0, 1.0] if on is None else parse_numbers(on)
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


def _build(function: str, box: _Box, tolerance: float, activation: str) -> Approximation:
    from gradatim.approximation import approximate as build
    from gradatim.cli._progress_bar import work

    return work(
        "placing units",
        lambda progress: build(function, box, tolerance, activation, progress=progress),
    )


def _train(found: Approximation, options: dict[str, int]) -> TrainedUnits:
    from gradatim.cli._progress_bar import work
    from gradatim.comparisons.approximations import train_units

    doing = f"training {options['n_seeds']} networks"
    return work(
        doing,
        lambda progress: train_units(
            found.function,
            found.on,
            found.n_units,
            found.activation,
            progress=scaled(progress, 0.0, 1.0, doing),
            **options,
        ),
    )


def _by_width(
    function: str,
    box: _Box,
    widths: list[int],
    activation: str,
    options: dict[str, int],
    output: Path | None,
    json: bool,
) -> None:
    from gradatim.cli._progress_bar import work
    from gradatim.comparisons.approximations import error_by_width

    doing = f"{'training' if options['n_seeds'] else 'building'} networks of each width"
    rates = work(
        doing,
        lambda progress: error_by_width(
            function, box, widths, activation, progress=scaled(progress, 0.0, 1.0, doing), **options
        ),
    )

    def show() -> None:
        if not json:
            from gradatim.presentation.approximation import rates_in_words

            print("\n".join(rates_in_words(rates)))
            return
        trained = rates.trained[0] if rates.trained else None
        question = _asked(function, rates.built[0], trained, units=list(rates.widths))
        print_json({**header(), **question, **rates.to_dict()})

    writers = _output_files.plot_writer(output, lambda: pictures.plot_rates(rates))
    _output_files.deliver(writers, show, None if json else print)


def _asked(
    function: str, found: Approximation, trained: TrainedUnits | None, **goal: object
) -> dict[str, object]:
    """Return the question; without ``--trained`` nothing is random and the seed is null."""
    protocol = {"certificate": "float64 rounded outward, lower bound in balls"}
    told = {} if trained is None else trained.protocol
    protocol |= {key: told[key] for key in ("seeds", "epochs") if key in told}
    question = {"function": function, "on": found.on, "activation": found.activation}
    return asked(told.get("seed"), protocol, **question, **goal)
