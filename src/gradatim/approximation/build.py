r"""Universal approximation, done: a shallow network for a function, with a certified error (L16).

Conventions: the network has one hidden layer and a linear output. It is built from samples and then
certified by `gradatim.certificates.certify`, which is what `Approximation.bound` holds; what misses
the tolerance is built again, or refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from gradatim._pictures import Shown
from gradatim._progress import Progress, steady
from gradatim._text import bound_text
from gradatim.activations import get_activation
from gradatim.approximation.one_variable import build_line, build_width, count_in_theory
from gradatim.approximation.two_variables import build_plane
from gradatim.certificates.bound import Bound, certify
from gradatim.certificates.continuity import require_continuous
from gradatim.certificates.formulas import parse_formula
from gradatim.certificates.programs import Formula
from gradatim.certificates.targets import as_box, as_target
from gradatim.errors import SpecError
from gradatim.network.graph import Network
from gradatim.network.rounding import line_of, rounded

__all__ = ["Approximation", "approximate", "approximate_with_units"]

# Digits of weights that are tried, the fewest first, to keep a tolerance.
_DIGITS = range(4, 17)

_KINDS = ("relu", "heaviside", "logistic", "tanh")


@dataclass(frozen=True, repr=False)
class Approximation(Shown):
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

    def rounded(self, digits: int | None = None) -> Approximation:
        """Round the weights and certify what they then give.

        Parameters
        ----------
        digits : int, optional
            Significant digits of every weight, from 1 to 17; by default the fewest, four or more,
            with which the network keeps the tolerance.

        Returns
        -------
        Approximation
            The rounded network with its own certificate; the same network if it has no more
            digits, or needs them all.

        Raises
        ------
        SpecError
            If there is no such number of digits.

        Examples
        --------
        >>> short = approximate("x^2", tolerance=0.1).rounded()
        >>> short.bound.upper <= 0.1
        True
        """
        if digits is not None and not 1 <= digits <= 17:
            raise SpecError(f"weights have 1 to 17 digits, not {digits}")
        limit = self.tolerance if digits is None else np.inf
        for n in _DIGITS if digits is None else (digits,):
            network, _ = rounded(self.network, n)
            if network == self.network:
                break
            # Of one variable, a network may be all but as far off as is allowed.
            gap = 1e-3 if len(self.on) == 1 else 0.02
            bound = certify(network, self.function, self.on, gap=gap, give_up_above=limit)
            if bound.upper <= limit:
                return replace(self, network=network, bound=bound)
        return self

    def __repr__(self) -> str:
        what = getattr(self.function, "text", self.function)
        error = bound_text(self.bound.upper)
        return f"Approximation: {what} within {error} by {line_of(self.network)}"

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Evaluate the network; `X` is (n_samples, n_inputs)."""
        return self.network(X)

    def to_dict(self) -> dict[str, Any]:
        """Return the network, with every digit, and its certificate as JSON holds them."""
        hidden, output = self.network.layers
        return {
            "units": self.n_units,
            "theoretical_units": self.theoretical,
            "changes_of_convexity": self.changes,
            "bound": self.bound.to_dict(),
            "equation": str(self.network),
            "network": {
                "weight": hidden.weight.tolist(),
                "bias": hidden.bias.tolist(),
                "output_weight": output.weight[0].tolist(),
                "output_bias": float(output.bias[0]),
            },
        }


def approximate(
    function: str | Formula | Callable[..., Any],
    on: Any = (0.0, 1.0),
    tolerance: float = 0.01,
    activation: str = "relu",
    *,
    progress: Progress | None = None,
) -> Approximation:
    r"""Build a network with one hidden layer that is close to a function everywhere, and prove it.

    On a line, ReLU units make the chain of the fewest straight lines within the tolerance, about
    :math:`\tfrac14 \int \sqrt{|f''| / \varepsilon}` of them; step units the fewest constant pieces,
    about :math:`\int |f'| / (2 \varepsilon)`; sigmoid and tanh units are wide and fitted, or steep
    in the place of steps. Of two variables, a smooth function is written as a sum of ridges first;
    for one with kinks, units are chosen one by one, those on its straight kinks among the first.

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
    progress : callable, optional
        Called with None, since nobody knows how long it takes, and what is done.

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
        build = build_plane if len(box) == 2 else build_line
        network, bound = build(function, target, box, tolerance, name, steady(progress))
        if len(box) == 1:
            theoretical, changes = count_in_theory(target, box, tolerance, name)
    sides = tuple((float(a), float(b)) for a, b in box)
    return Approximation(function, sides, tolerance, name, network, bound, theoretical, changes)


def _checked(
    function: Any, on: Any, tolerance: float, activation: str
) -> tuple[np.ndarray, Any, str]:
    name = get_activation(activation).name
    if name not in _KINDS:
        raise SpecError(f"the activation of units is relu, step, sigmoid or tanh, not {activation}")
    if not (np.isfinite(tolerance) and tolerance > 0):
        raise SpecError(f"tolerance must be above 0, not {tolerance}")
    box = as_box(on)
    target = as_target(function, len(box))
    require_continuous(target, box)
    return box, target, name


def approximate_with_units(
    function: str | Formula | Callable[..., Any],
    on: Any = (0.0, 1.0),
    n_units: int = 16,
    activation: str = "relu",
) -> Approximation:
    """Build the network of at most `n_units` hidden units, of one variable, that comes nearest.

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
        network, bound = build_width(function, target, box, n_units, name)
        theoretical, changes = count_in_theory(target, box, max(bound.upper, 1e-300), name)
    sides = tuple((float(a), float(b)) for a, b in box)
    return Approximation(function, sides, bound.upper, name, network, bound, theoretical, changes)
