"""A rigorous upper bound on the error of any network.

Conventions: the network is the exact function of its stored weights; the error is that of the
network less the function on a closed box, its bound found by `gradatim.certificates.search`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from gradatim._progress import Progress, steady
from gradatim.certificates.ball_networks import BallNetwork
from gradatim.certificates.networks import FloatNetwork
from gradatim.certificates.search import Bound, Ends, Search
from gradatim.certificates.targets import as_box, as_target
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network

#: Parts that are looked at unless told otherwise.
MOST_BOXES = 500_000


def certify(
    network: Network,
    function: Any,
    box: Any,
    *,
    gap: float = 0.02,
    max_boxes: int = MOST_BOXES,
    arithmetic: str = "float",
    enough: float = 0.0,
    give_up_above: float = np.inf,
    progress: Progress | None = None,
) -> Bound:
    """Bound the largest error of a network on an interval or a rectangle, for certain.

    Parameters
    ----------
    network : Network
        One output, one or two inputs; trained or built, of any depth. All activations but softmax.
    function : str, Formula or callable
        What the network should be; see `gradatim.approximation.approximate`. A callable takes one
        `flint.arb` a variable and returns one.
    box : pair of float, or sequence of pairs
        The interval, or one for each of x and y.
    gap : float, default 0.02
        How far the bound may lie above an error that is met, as a share of it; in (0, 10].
    max_boxes : int, default 500,000
        Parts that are looked at; what is known then is the bound so far.
    arithmetic : {"float", "arb"}, default "float"
        Float64 rounded outward, all parts at once; or balls of 128 bits, some hundred times slower.
    enough : float, default 0
        A bound that is small enough, whatever the gap.
    give_up_above : float, default infinite
        An error that, once met, ends the search; what is known then is the bound so far.
    progress : callable, optional
        Called with None, since nobody knows how many parts it takes, and how many there were.

    Returns
    -------
    Bound
        Upper and lower bound, and where.

    Raises
    ------
    EquationError
        If the text is no function.
    ShapeError
        If function, network and box do not fit each other.
    SpecError
        If the network has several outputs or a softmax, or an option is out of range.

    Examples
    --------
    A ReLU unit and x^2 differ by at most 1/4, at x = 1/2:

    >>> from gradatim.network import parse
    >>> bound = certify(parse("relu(x)"), "x^2", (0, 1))
    >>> round(bound.lower, 3), bound.upper <= 1.02 * 0.25, bound.complete
    (0.25, True, True)
    """
    sides = as_box(box)
    if network.n_inputs != len(sides):
        raise ShapeError(f"the network reads {network.n_inputs} inputs, the box has {len(sides)}")
    if not enough >= 0 or not give_up_above >= 0:
        raise SpecError(
            f"enough and give_up_above are at least 0, not {enough} and {give_up_above}"
        )
    if not 0 < gap <= 10 or max_boxes < 1 or arithmetic not in ("float", "arb"):
        raise SpecError(
            f"gap must be in (0, 10], max_boxes at least 1 and arithmetic float or arb, not {gap}, "
            f"{max_boxes} and {arithmetic!r}"
        )
    target = as_target(function, len(sides), arithmetic=arithmetic)
    enclosed = (BallNetwork if arithmetic == "arb" else FloatNetwork)(network)
    # Products of tables this small are slower on several threads, the more so on a busy machine.
    with threadpool_limits(1, "blas"):
        search = Search(enclosed, target, sides, Ends(gap, max_boxes, enough, give_up_above))
        return search.run(steady(progress))
