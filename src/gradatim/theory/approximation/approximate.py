r"""Universal approximation, done: a shallow network for a function, with a certified error (L16).

Conventions: the network has one hidden layer and a linear output. It is built from samples, with a
tolerance slightly below the one that was asked for, and then certified by
`gradatim.theory.certify`, which is what `Approximation.bound` holds; should the certificate miss
the tolerance, it is built again with a smaller one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from gradatim.activations import get_activation
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network
from gradatim.theory.approximation.lines import MOST_UNITS, Row, build_row, count_units, fit_row
from gradatim.theory.approximation.ridges import Ridges, Terms, build_ridges, find_ridges
from gradatim.theory.approximation.samples import sample
from gradatim.theory.bounds.certify import Bound, certify
from gradatim.theory.bounds.continuity import require_continuous
from gradatim.theory.bounds.formulas import Formula, parse_formula
from gradatim.theory.bounds.targets import as_box, as_target

__all__ = ["Approximation", "approximate", "approximate_with_units"]

_KINDS = ("relu", "heaviside", "logistic", "tanh")
_ATTEMPTS = 8
# Parts, and parts times units, that a certificate in a plane may take.
_MOST_BOXES, _MOST_WORK = 150_000, 30_000_000
# What errors of ridges add up to is seldom met, so that more may be tried first.
_HOPES = (2.0, 1.6, 1.3, 1.1, 0.97, 0.85, 0.7, 0.5)


@dataclass(frozen=True)
class Approximation:
    """A shallow network for a function, and how far it is from it.

    Parameters
    ----------
    function : str, Formula or callable
        What is approximated.
    on : tuple of (float, float)
        The interval, or one for each of x and y.
    tolerance : float
        The error that was allowed.
    activation : str
        Standard name of the hidden units' activation.
    network : Network
        One hidden layer, a linear output.
    bound : Bound
        Its largest error, certified.
    theoretical : float or None
        Units that theory counts for this kind of unit on a line, not rounded; None in a plane.
    changes : int or None
        How often the function changes between bending up and down; None in a plane.
    """

    function: Any
    on: tuple[tuple[float, float], ...]
    tolerance: float
    activation: str
    network: Network
    bound: Bound
    theoretical: float | None
    changes: int | None

    @property
    def n_units(self) -> int:
        """Hidden units."""
        return self.network.layers[0].n_out

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Evaluate the network; `X` is (n_samples, n_inputs)."""
        return self.network(X)


def approximate(
    function: str | Formula | Callable[..., Any],
    on: Any = (0.0, 1.0),
    tolerance: float = 0.01,
    activation: str = "relu",
) -> Approximation:
    r"""Build a network with one hidden layer that is close to a function everywhere, and prove it.

    On a line, ReLU units make the chain of the fewest straight lines within the tolerance, about
    :math:`\tfrac14 \int \sqrt{|f''| / \varepsilon}` of them; step units the fewest constant pieces,
    about :math:`\int |f'| / (2 \varepsilon)`; sigmoid and tanh units are wide and fitted, or steep
    in the place of steps. In a plane the function is written as a sum of ridges first.

    Parameters
    ----------
    function : str, Formula or callable
        Text such as ``"sin(2*pi*x)"`` in x and y (or x1 and x2), with ``+ - * / ^``, ``sin cos tan
        exp log sqrt abs min max``, ``pi`` and ``e``; or a callable that takes one `flint.arb` a
        variable and returns one.
    on : pair of float, or pair of pairs, default (0, 1)
        The interval, or one for each of x and y.
    tolerance : float, default 0.01
        Largest error, > 0.
    activation : {"relu", "step", "sigmoid", "tanh"}, default "relu"
        Hidden units.

    Returns
    -------
    Approximation
        The network and its certificate.

    Raises
    ------
    EquationError
        If the text is no function, or the function is not shown to be continuous and bounded.
    SpecError
        If more than 5,000 units would be needed, no certificate is found, or an option is out of
        range.

    References
    ----------
    .. [1] G. Cybenko, "Approximation by superpositions of a sigmoidal function", Mathematics of
       Control, Signals and Systems 2, pp. 303-314, 1989.

    Examples
    --------
    >>> sine = approximate("sin(2*pi*x)", on=(0, 1), tolerance=0.01)
    >>> sine.n_units, sine.bound.upper <= 0.01, round(sine.theoretical, 1)
    (12, True, 12.0)
    >>> abs(sine([[0.25]]).item() - 1) <= 0.01
    True
    """
    box, target, name = _checked(function, on, tolerance, activation)
    if isinstance(function, str):
        function = parse_formula(function)
    theoretical = changes = None
    with threadpool_limits(1, "blas"):
        if len(box) == 2:
            network, bound = _plane(function, target, box, tolerance, name)
        else:
            network, bound = _line(function, target, box, tolerance, name)
            theoretical, changes = _theory(target, box, tolerance, name)
    sides = tuple((float(a), float(b)) for a, b in box)
    return Approximation(function, sides, tolerance, name, network, bound, theoretical, changes)


def _checked(
    function: Any, on: Any, tolerance: float, activation: str
) -> tuple[np.ndarray, Any, str]:
    name = get_activation(activation).name
    if name not in _KINDS:
        raise SpecError(f"units are relu, step, sigmoid or tanh, not {activation}")
    if not (np.isfinite(tolerance) and tolerance > 0):
        raise SpecError(f"tolerance must be above 0, not {tolerance}")
    box = as_box(on)
    target = as_target(function, len(box))
    require_continuous(target, box)
    return box, target, name


def _ends(box: np.ndarray) -> tuple[float, float]:
    return float(box[0, 0]), float(box[0, 1])


def _on_line(target: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: target.values(x[:, None])


def _theory(target: Any, box: np.ndarray, tolerance: float, name: str) -> tuple[float, int]:
    samples = sample(_on_line(target), *_ends(box), 4_000)
    if name == "relu":
        return count_units(samples, tolerance, name), samples.changes
    return count_units(
        sample(_on_line(target), *_ends(box), 4_000, order=1), tolerance, name
    ), samples.changes


def _line(
    function: Any, target: Any, box: np.ndarray, tolerance: float, name: str
) -> tuple[Network, Bound]:
    scale = float(np.max(np.abs(_on_line(target)(np.linspace(box[0, 0], box[0, 1], 201)))))
    if tolerance < 1e-9 * scale:
        raise SpecError(
            f"tolerance {tolerance:g} is lost in the rounding of values near {scale:.3g}; give at "
            f"least {1e-9 * scale:.3g}"
        )
    aim, reached = 0.998 * tolerance, np.inf
    for _ in range(_ATTEMPTS):
        row = build_row(_on_line(target), *_ends(box), aim, name)
        network = _from_row(row, name)
        bound = certify(network, function, box, gap=1e-3)
        if bound.upper <= tolerance:
            return network, bound
        reached = min(reached, bound.upper)
        aim *= min(0.97, 0.998 * tolerance / bound.upper) if np.isfinite(bound.upper) else 0.5
    raise SpecError(
        f"no network with a certified error of {tolerance:g} was found; the best one has "
        f"{reached:.3g}"
    )


def _from_row(row: Row, name: str) -> Network:
    hidden = Layer(row.weight[:, None], row.bias, name)
    return Network([hidden, Layer(row.output[None], np.array([row.constant]))], input_names=["x"])


def _plane(
    function: Any, target: Any, box: np.ndarray, tolerance: float, name: str
) -> tuple[Network, Bound]:
    middle, half = box.mean(axis=1), 0.5 * (box[:, 1] - box[:, 0])

    def on_square(s: np.ndarray) -> np.ndarray:
        return target.values(np.clip(middle + s * half, box[:, 0], box[:, 1]))

    ridges = find_ridges(on_square, tolerance, name)
    if not isinstance(ridges, Ridges):
        raise SpecError(
            f"no sum of ridges comes within {tolerance / 2:.3g} of this function; the best of up "
            f"to 16 directions and degree 24 errs by {ridges:.3g}, so a tolerance above "
            f"{2.2 * ridges:.2g} is needed"
        )
    side = np.linspace(-1, 1, 201)
    grid = np.stack([g.ravel() for g in np.meshgrid(side, side)], axis=1)
    X, smallest = middle + grid * half, np.inf
    for hope in _HOPES:
        terms = build_ridges(ridges, hope * (tolerance - ridges.error), name)
        if len(terms.bias) > MOST_UNITS:
            raise SpecError(
                f"this needs {len(terms.bias):,} units; at most {MOST_UNITS:,} are built, so raise "
                "the tolerance or choose relu"
            )
        network = _from_square(terms, middle, half, name)
        met = float(np.max(np.abs(network(X)[:, 0] - target.values(X))))
        if met > 0.98 * tolerance:
            continue
        spare = 0.99 * tolerance / max(met, 0.1 * tolerance) - 1
        # Where more than two steps meet in a point, bounds do not come within a few percent.
        gap = spare if name == "heaviside" else min(0.05, spare)
        most = min(_MOST_BOXES, 2_000 + _MOST_WORK // len(terms.bias))
        bound = certify(network, function, box, gap=gap, max_boxes=most)
        smallest = min(smallest, bound.upper)
        if bound.upper <= tolerance:
            return network, bound
    raise SpecError(
        f"no network with a certified error of {tolerance:g} was found; the best one has "
        f"{smallest:.3g}"
    )


def _from_square(terms: Terms, middle: np.ndarray, half: np.ndarray, name: str) -> Network:
    weight = terms.weight / half
    hidden = Layer(weight, terms.bias - weight @ middle, name)
    output = Layer(terms.output[None], np.array([terms.constant]))
    return Network([hidden, output], input_names=["x", "y"])


def approximate_with_units(
    function: str | Formula | Callable[..., Any],
    on: Any = (0.0, 1.0),
    n_units: int = 16,
    activation: str = "relu",
) -> Approximation:
    """Build the network of at most a number of units whose tolerance is smallest.

    Parameters
    ----------
    function : str, Formula or callable
        See `approximate`; of one variable.
    on : pair of float, default (0, 1)
        The interval.
    n_units : int, default 16
        Hidden units, at least 1.
    activation : {"relu", "step", "sigmoid", "tanh"}, default "relu"
        Hidden units.

    Returns
    -------
    Approximation
        The network and its certificate.

    Raises
    ------
    EquationError
        As `approximate`.
    SpecError
        If there are two variables, or no unit.

    Examples
    --------
    >>> best = approximate_with_units("x^2", n_units=4)
    >>> best.n_units, round(best.bound.upper, 3)
    (4, 0.006)
    """
    box, target, name = _checked(function, on, 1.0, activation)
    if len(box) != 1:
        raise SpecError(
            "a width is chosen for functions of one variable; for two, give a tolerance alone"
        )
    if n_units < 1:
        raise SpecError(f"{n_units} units make no network; give at least 1")
    if isinstance(function, str):
        function = parse_formula(function)
    with threadpool_limits(1, "blas"):
        if name in ("logistic", "tanh"):
            row = fit_row(_on_line(target), *_ends(box), n_units, name)
        else:
            row = _best_row(target, box, name, n_units)
        network = _from_row(row, name)
        bound = certify(network, function, box, gap=1e-3)
        theoretical, changes = _theory(target, box, max(bound.upper, 1e-300), name)
    sides = tuple((float(a), float(b)) for a, b in box)
    return Approximation(function, sides, bound.upper, name, network, bound, theoretical, changes)


def _best_row(target: Any, box: np.ndarray, name: str, n_units: int) -> Row:
    """Return the units for the smallest tolerance that so many reach, found by halving."""
    values = _on_line(target)(np.linspace(box[0, 0], box[0, 1], 2_001))
    high = max(float(np.ptp(values)), 1e-9 * float(np.max(np.abs(values))), 1e-300)
    low, best = 1e-9 * high, _row_of_few(target, box, high, name, n_units)
    while high > 1.004 * low:
        middle = float(np.sqrt(low * high))
        row = _row_of_few(target, box, middle, name, n_units)
        if row is None:
            low = middle
        else:
            best, high = row, middle
    assert best is not None
    return best


def _row_of_few(target: Any, box: np.ndarray, tolerance: float, name: str, most: int) -> Row | None:
    """Return the hidden units for a tolerance, or None if they are more than allowed."""
    samples = sample(_on_line(target), *_ends(box), 1_000, order=2 if name == "relu" else 1)
    if count_units(samples, tolerance, name) > 1.2 * most + 2:
        return None
    row = build_row(_on_line(target), *_ends(box), tolerance, name)
    return row if len(row.weight) <= most else None
