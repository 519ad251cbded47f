"""Problems in the plane and beyond: blobs, exclusive or, moons, circles, checkerboard, spirals.

Conventions: coordinates are of order 1. Every equation is right on every point that can be drawn
without noise; how far the classes stay apart is in the code of each.
"""

from __future__ import annotations

import numpy as np

from gradatim.problems.problem import Problem


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def blobs() -> Problem:
    """Return two discs that a line separates."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        disc = _polar(np.sqrt(rng.uniform(0, 1, len(y))), rng.uniform(0, 2 * np.pi, len(y)))
        return disc + np.where(y == 1, 1.0, -1.0)[:, None]

    return Problem(
        name="blobs",
        title="Two blobs",
        slides="L9",
        n_features=2,
        takes="One line does: a perceptron finds it.",
        because="On every point x1 + x2 is below -0.58 for class 0 and above 0.58 for class 1.",
        draw=draw,
        equation="step(x1 + x2)",
        line=True,
    )


def wedge() -> Problem:
    """Return a corner: class 1 where both coordinates are positive."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        X = rng.uniform(0.1, 1.0, (len(y), 2))
        signs = np.array([[-1, -1], [-1, 1], [1, -1]])[rng.integers(0, 3, len(y))]
        return np.where(y[:, None] == 1, X, X * signs)

    return Problem(
        name="wedge",
        title="A corner",
        slides="L17",
        n_features=2,
        takes="No line does; two units in one hidden layer do: both must be on.",
        because=(
            "(0.1, 0.1) lies between (-0.1, 0.3) and (0.3, -0.1), whose class is another; step(x1) "
            "+ step(x2) is 2 on class 1 and at most 1 on class 0."
        ),
        draw=draw,
        equation="step(step(x1) + step(x2) - 2)",
    )


def xor() -> Problem:
    """Return exclusive or: four clusters at the corners of a square."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        first = rng.integers(0, 2, len(y))
        corners = np.column_stack([first, (first + y) % 2])
        return corners + rng.uniform(-0.2, 0.2, corners.shape)

    return Problem(
        name="xor",
        title="Exclusive or",
        slides="L17",
        n_features=2,
        takes="No line does; two units in one hidden layer do.",
        because=(
            "The middle of the square is halfway between the two clusters of either class; step(x1 "
            "+ x2 - 1/2) - step(x1 + x2 - 3/2) is 1 on class 1 and 0 on class 0."
        ),
        draw=draw,
        equation="step(step(x1 + x2 - 1/2) - step(x1 + x2 - 3/2) - 1)",
    )


def moons() -> Problem:
    """Return two half circles that reach into each other."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        arc = _polar(np.ones(len(y)), rng.uniform(0, np.pi, len(y)))
        return np.where(y[:, None] == 1, arc, [1.0, 0.5] - arc)

    return Problem(
        name="moons",
        title="Two moons",
        slides="L18",
        n_features=2,
        takes="No line does; three ReLU units in one hidden layer do: a line with two bends.",
        because=(
            "A tip of the lower moon, (0, 0.5), lies inside the upper one's half disc; a line bent "
            "at x1 = 0 and at x1 = 1 passes between the moons."
        ),
        draw=draw,
        noise=0.1,
        equation="step(relu(x2 - 1.25x1 + 6) + 2.25relu(x1) - 2.25relu(x1 - 1) - 6.75)",
    )


def circles() -> Problem:
    """Return a disc inside a ring."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        share = rng.uniform(0, 1, len(y))
        radius = np.where(y == 1, 0.4 * np.sqrt(share), np.sqrt(0.81 + 0.4 * share))
        return _polar(radius, rng.uniform(0, 2 * np.pi, len(y)))

    return Problem(
        name="circles",
        title="A disc in a ring",
        slides="L18",
        n_features=2,
        takes="No line does and no two step units; three do, in one hidden layer: a triangle.",
        because=(
            "What two lines cut out of the plane is unbounded, so it meets the ring; a triangle "
            "around a circle of radius 0.43 has its corners at 0.86, inside the ring. With the "
            "feature x1^2 + x2^2 a single unit would do."
        ),
        draw=draw,
        equation=(
            "step(step(-x2 + 0.43) + step(0.866x1 + 0.5x2 + 0.43) + step(-0.866x1 + 0.5x2 + 0.43) "
            "- 3)"
        ),
    )


def checkerboard(side: int) -> Problem:
    """Return a checkerboard."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        squares = np.array([(i, j) for i in range(side) for j in range(side)])
        color = squares.sum(axis=1) % 2
        which = rng.integers(0, 2**32, len(y))
        chosen = [np.flatnonzero(color == label) for label in (0, 1)]
        places = np.where(
            y == 1, chosen[1][which % len(chosen[1])], chosen[0][which % len(chosen[0])]
        )
        return squares[places] + rng.uniform(0.1, 0.9, (len(y), 2))

    return Problem(
        name=f"checkerboard-{side}",
        title=f"A checkerboard of {side} times {side}",
        slides="L19",
        n_features=2,
        takes=(
            f"No line does; {2 * (side - 1)} and 2 step units in two hidden layers do, and so does "
            "one hidden layer that is wide enough."
        ),
        because=(
            "The units of the first layer find column and row; added with alternating signs they "
            "are two parities, whose exclusive or the second layer is. The squares do not touch, "
            "so a continuous function tells them apart, and one hidden layer comes near it "
            "(universal approximation)."
        ),
        draw=draw,
        equation=_board(side),
    )


def _board(side: int) -> str:
    names = [f"{axis}{k}" for axis in "ab" for k in range(1, side)]
    first = "; ".join(
        f"{axis}{k} = step(x{i} - {k})" for i, axis in enumerate("ab", 1) for k in range(1, side)
    )
    signed = " ".join(f"{'+' if int(name[1:]) % 2 else '-'} {name}" for name in names)
    parities = signed.removeprefix("+ ")
    second = f"odd = step({parities} - 1); two = step({parities} - 2)"
    return f"x1, x2 -> {first} -> {second} -> step(odd - two - 1)"


def spirals(turns: int) -> Problem:
    """Return two spirals that wind around each other."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        # The root spreads points evenly along the arm.
        radius = np.sqrt(rng.uniform(0.04, 1.0, len(y)))
        return _polar(radius, np.pi * (turns * radius + y))

    return Problem(
        name=f"spirals-{turns}",
        title=f"Two spirals of {turns / 2:g} turns",
        slides="L20",
        n_features=2,
        takes="No line does, but no depth is needed: one hidden layer is enough.",
        because=(
            "The start of either arm lies among later turns of the other. The arms do not touch, "
            "so a continuous function tells them apart, and one hidden layer comes near it "
            "(universal approximation); how many units training needs, a race measures."
        ),
        draw=draw,
        noise=0.02,
    )


def parity(bits: int) -> Problem:
    """Return the parity of bits: whether an odd number of them is on."""

    def draw(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
        corners = rng.integers(0, 2, (len(y), bits))
        corners[:, -1] = (corners[:, :-1].sum(axis=1) + y) % 2
        return corners + rng.uniform(-0.4 / bits, 0.4 / bits, corners.shape)

    total = " + ".join(f"x{i}" for i in range(1, bits + 1))
    steps = " ".join(
        f"{'+' if k % 2 else '-'} step({total} - {2 * k - 1}/2)" for k in range(1, bits + 1)
    )
    return Problem(
        name=f"parity-{bits}",
        title=f"Parity of {bits} bits",
        slides="L20",
        n_features=bits,
        takes=f"No line does; {bits} step units in one hidden layer do, all in one direction.",
        because=(
            "Every square face is labeled like exclusive or, which no line separates; along the "
            f"sum of the bits the label changes {bits} times, and one unit does for each change."
        ),
        draw=draw,
        equation=f"step({steps.removeprefix('+ ')} - 1)",
    )
