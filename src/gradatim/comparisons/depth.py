"""Depth on the sawtooth: what is built, what a theorem allows, and what training finds.

Conventions: a *budget* is a number of parameters that no network trained under it exceeds. Shallow
networks are as wide as it allows; deep ones have the hidden layers of the construction, all as wide
as it allows. Errors are those of `gradatim.depth.sawtooth_error`, computed exactly for trained
networks too.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim._progress import Progress, steady
from gradatim.comparisons.sawtooth_fits import Wanted, fit_sawtooth
from gradatim.comparisons.sawtooth_result import (
    Built,
    DepthComparison,
    Kind,
    TrainedShape,
    shallow_width,
)
from gradatim.depth import (
    deep_sawtooth,
    lower_bound,
    prove_sawtooth,
    sawtooth_error,
    shallow_sawtooth,
)
from gradatim.depth.teeth import teeth_exponent
from gradatim.errors import SpecError
from gradatim.network.graph import Network


def compare_depth(
    teeth: int,
    *,
    n_seeds: int = 50,
    budgets: Sequence[int] | None = None,
    max_epochs: int = 500,
    random_state: int = 0,
    progress: Progress | None = None,
) -> DepthComparison:
    """Build a sawtooth, deep and shallow, and train networks of equal budgets to be one.

    `teeth` is a power of two; each shape has `n_seeds` networks, none if that is 0. Budgets are by
    default the parameters of the deep construction, doubled until the shallow one is near, those of
    the shallow one, and twice as many. Under the first, networks that begin near the deep
    construction are trained too.
    """
    k = teeth_exponent(teeth)
    deep = deep_sawtooth(teeth)
    least = deep.n_parameters
    chosen = tuple(budgets) if budgets else _budgets(least, 6 * teeth + 1)
    if n_seeds < 0:
        raise SpecError(f"the number of seeds cannot be {n_seeds}; 0 trains no network")
    if max_epochs < 1 or random_state < 0:
        raise SpecError("epochs must be at least 1, and the seed at least 0")
    if min(chosen) < 4:
        raise SpecError(f"a hidden unit takes 4 parameters; a budget of {min(chosen)} has none")
    shapes = _shapes(chosen, k, least) if n_seeds else []
    fits = (
        []
        if not shapes
        else fit_sawtooth(
            [wanted for _, _, wanted in shapes],
            teeth,
            n_seeds=n_seeds,
            max_epochs=max_epochs,
            random_state=random_state,
            progress=steady(progress),
        )
    )
    trained = [
        TrainedShape(
            kind,
            budget,
            start,
            rate,
            tuple(networks),
            tuple(sawtooth_error(network, teeth) for network in networks),
            lower_bound(teeth, hidden_layer_sizes=wanted.hidden_layer_sizes),
        )
        for (kind, budget, wanted), (start, rate, networks) in zip(shapes, fits, strict=True)
    ]
    return DepthComparison(
        teeth, _built(teeth, deep), tuple(trained), n_seeds, max_epochs, random_state
    )


def _built(teeth: int, deep: Network) -> tuple[Built, ...]:
    kinds: list[tuple[Kind, Network]] = [("deep", deep), ("shallow", shallow_sawtooth(teeth))]
    equal = shallow_width(deep.n_parameters)
    if equal < 2 * teeth:
        kinds.append(("shallow", shallow_sawtooth(teeth, equal)))
    built = []
    for kind, network in kinds:
        error = sawtooth_error(network, teeth)
        proof = prove_sawtooth(network, teeth) if error.n_pieces == 2 * teeth else None
        built.append(Built(kind, network, error, proof))
    return tuple(built)


def _budgets(deep: int, shallow: int) -> tuple[int, ...]:
    """Return numbers of parameters from those of one construction to twice those of the other."""
    chosen = [deep]
    while 3 * chosen[-1] < shallow:
        chosen.append(2 * chosen[-1])
    return (*chosen, max(shallow, deep), 2 * max(shallow, deep))


def _deep(budget: int, k: int) -> int:
    """Return the units that each of k + 1 hidden layers may have."""
    width = 0
    while k * (width + 1) ** 2 + (k + 3) * (width + 1) + 1 <= budget:
        width += 1
    return width


def _shapes(budgets: Sequence[int], k: int, least: int) -> list[tuple[Kind, int, Wanted]]:
    shapes: list[tuple[Kind, int, Wanted]] = []
    for budget in sorted(set(budgets)):
        shapes.append(("shallow", budget, Wanted((shallow_width(budget),))))
        # Of one tooth, the construction itself has one hidden layer.
        if k and _deep(budget, k):
            shapes.append(("deep", budget, Wanted((_deep(budget, k),) * (k + 1))))
        if k and budget == least:
            shapes.append(("deep", budget, Wanted((2,) * (k + 1), starts=("near",))))
    return shapes
