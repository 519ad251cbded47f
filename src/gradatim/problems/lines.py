"""Problems on a line: a threshold, the lecture's interval, a sawtooth.

Conventions: the two of the lecture run from 0 to 150 with a gap of 2 around each place where the
label changes; the sawtooth runs from 0 to 1.
"""

from __future__ import annotations

import numpy as np

from gradatim.problems.problem import Problem


def threshold() -> Problem:
    """Return the problem that one unit solves."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        x = rng.uniform(0, 74, len(y)) + np.where(y == 1, 76, 0)
        return x[:, None]

    return Problem(
        name="threshold",
        title="A threshold",
        slides="L9",
        n_features=1,
        takes="One unit does: the classes meet at a single point.",
        because="A step unit x - 75 is 0 on class 0 and 1 on class 1.",
        draw=draw,
        equation="step(x - 75)",
        line=True,
    )


def intervals() -> Problem:
    """Return the lecture's line: class 1 below 50 and above 100."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        outside = rng.uniform(0, 98, len(y))
        outside = np.where(outside < 49, outside, outside + 3 + 49)
        return np.where(y == 1, outside, rng.uniform(51, 99, len(y)))[:, None]

    return Problem(
        name="intervals",
        title="An interval between two others",
        slides="L10-L14",
        n_features=1,
        takes="No single unit does; two units in one hidden layer do.",
        because=(
            "A unit changes once along a line, the labels change twice; the lecture's two step "
            "units -x + 50 and x - 100 add up to 1 on class 1 and to 0 on class 0."
        ),
        draw=draw,
        equation="step(step(-x + 50) + step(x - 100) - 1)",
    )


def sawtooth(doublings: int) -> Problem:
    """Return the line whose labels a sawtooth of ``2^(doublings - 1)`` teeth reaches."""
    n_points = 2**doublings

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        places = 2 * rng.integers(0, n_points // 2, len(y)) + y
        return ((places + rng.uniform(-0.3, 0.3, len(y))) / n_points)[:, None]

    return Problem(
        name=f"sawtooth-{doublings}",
        title=f"A line with {n_points - 1} label changes",
        slides="L23",
        n_features=1,
        takes=(
            f"One hidden layer of ReLU needs at least {n_points - 2} units, {doublings} "
            f"hidden layers of 2 do: here depth pays."
        ),
        because=(
            "w ReLU units in one layer have at most w + 1 linear pieces, each of which changes the "
            f"label at most once, and there are {n_points - 1} changes; the tent map, two units, "
            f"applied {doublings} times is above 1/2 exactly around the odd points (Telgarsky "
            "2015)."
        ),
        draw=draw,
        equation=_tents(doublings),
    )


def _tents(doublings: int) -> str:
    """Write the tent map 2x on the left half and 2 - 2x on the right one, applied often."""
    layers = ["x -> h1 = relu(x); h2 = relu(x - 1/2)"]
    layers += ["h1 = relu(2h1 - 4h2); h2 = relu(2h1 - 4h2 - 1/2)"] * (doublings - 1)
    return " -> ".join([*layers, "step(2h1 - 4h2 - 1/2)"])
