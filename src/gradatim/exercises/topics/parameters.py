"""How many parameters? Fully connected layers, deeper ones, missing edges, equal budgets.

Conventions: parameters are the weights, one per edge, and the biases, one per unit that computes
something; inputs have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from gradatim._text import plural
from gradatim.exercises import nets, writing
from gradatim.exercises.model import Question
from gradatim.exercises.slips import number_part, sometimes_choices
from gradatim.exercises.topics._draw import joined, nonzero

__all__ = ["make_parameters"]

_NOTE = "Every unit that is not an input has a bias, which counts as a parameter."
_ASK = {"quantity": "parameters"}


def make_parameters(rng: Random, level: int) -> Question | None:
    """Ask for the number of weights and biases."""
    if level == 1:
        return _sizes(rng, [rng.randint(2, 12) for _ in range(rng.choice((2, 2, 3)))])
    if level == 2:
        n = rng.choice((4, 4, 5))
        return _sizes(rng, [rng.choice((2, 3, 4, 5, 8, 10, 16, 20, 32)) for _ in range(n)])
    return rng.choice((_missing_edges, _budget))(rng)


def _count(sizes: Sequence[int]) -> int:
    return sum((a + 1) * b for a, b in pairwise(sizes))


def _sizes(rng: Random, sizes: list[int]) -> Question | None:
    if rng.random() < 0.5:
        sizes[-1] = rng.choice((1, 2, 3))
    total = Fraction(_count(sizes))
    products = [a * b for a, b in pairwise(sizes)]
    slips = [
        ("bias forgotten", Fraction(sum(products))),
        ("inputs counted as units", total + sizes[0]),
        ("one layer left out", total - (sizes[-2] + 1) * sizes[-1]),
        ("weights added", Fraction(sum(a + b for a, b in pairwise(sizes)) + sum(sizes[1:]))),
    ]
    if len(sizes) == 2:
        slips.pop(2)
    part = number_part("number of parameters:", _ASK, total, slips)
    part = sometimes_choices(rng, part)
    weights = " + ".join(f"{a} · {b}" for a, b in pairwise(sizes))
    biases = " + ".join(map(str, sizes[1:]))
    return Question(
        text=[
            f"A fully connected network has {_sizes_text(sizes)}.",
            "How many parameters does it have?",
        ],
        parts=[part],
        solution=[
            f"Weights: ${weights} = {sum(products)}$.",
            f"Biases: ${biases}{f' = {sum(sizes[1:])}' if len(sizes) > 2 else ''}$.",
            f"Together: ${sum(products)} + {sum(sizes[1:])} = {total}$.",
        ],
        notes=[_NOTE],
        given={"layer_sizes": sizes},
    )


def _sizes_text(sizes: Sequence[int]) -> str:
    hidden = [str(n) for n in sizes[1:-1]]
    parts = [plural(sizes[0], "input")]
    if len(hidden) == 1:
        parts.append(f"one hidden layer of {hidden[0]} units")
    elif hidden:
        words = {2: "two", 3: "three"}[len(hidden)]
        parts.append(f"{words} hidden layers of {joined(hidden)} units")
    return joined([*parts, plural(sizes[-1], "output")])


def _missing_edges(rng: Random) -> Question | None:
    n_in, n_hidden, n_out = rng.choice((2, 3, 4)), rng.choice((2, 3)), rng.choice((1, 2))
    rows = [[nonzero(rng, 3), *_edges(rng, n_in)] for _ in range(n_hidden)]
    above = [[nonzero(rng, 3), *_edges(rng, n_hidden)] for _ in range(n_out)]
    if any(all(w is None for w in row[1:]) for row in (*rows, *above)):
        return None
    if any(all(row[i + 1] is None for row in rows) for i in range(n_in)):
        return None
    if any(all(row[i + 1] is None for row in above) for i in range(n_hidden)):
        return None
    network = nets.build(("relu", rows), ("identity", above))
    edges = [sum(w is not None for row in layer for w in row[1:]) for layer in (rows, above)]
    full = _count([n_in, n_hidden, n_out])
    units = n_hidden + n_out
    total = sum(edges) + units
    if total == full:
        return None
    slips = [
        ("missing edges counted", Fraction(full)),
        ("bias forgotten", Fraction(sum(edges))),
        ("inputs counted as units", Fraction(total + n_in)),
    ]
    part = number_part("number of parameters:", _ASK, Fraction(total), slips)
    part = sometimes_choices(rng, part)
    shown = ", ".join(f"${line}$" for line in writing.equations(network))
    return Question(
        text=[
            f"A network computes {shown}.",
            "How many parameters does it have? Where an equation does not name an input or a "
            "unit, there is no edge.",
        ],
        parts=[part],
        solution=[
            f"Weights, one per edge: ${edges[0]} + {edges[1]} = {sum(edges)}$.",
            f"Biases, one per unit: ${n_hidden} + {n_out} = {units}$.",
            f"Together: ${sum(edges)} + {units} = {total}$.",
        ],
        notes=[_NOTE],
        network=network,
    )


def _edges(rng: Random, n: int) -> list[int | None]:
    return [nonzero(rng, 3) if rng.random() < 0.65 else None for _ in range(n)]


def _budget(rng: Random) -> Question | None:
    n_in, n_out = rng.randint(2, 10), rng.choice((1, 1, 2, 3))
    deep = [n_in, *(rng.choice((4, 5, 8, 10, 16, 20)) for _ in range(rng.choice((2, 3)))), n_out]
    budget = _count(deep)
    each = n_in + 1 + n_out
    width = (budget - n_out) // each
    slips = [
        ("one too many", Fraction(width + 1)),
        ("bias forgotten", Fraction(budget // (n_in + n_out))),
        ("arithmetic", Fraction(width - 1)),
    ]
    return Question(
        text=[
            f"A deep network has {_sizes_text(deep)}, fully connected. A shallow network with the "
            "same inputs and outputs, one hidden layer and full connections may have at most as "
            "many parameters.",
            "How many hidden units can the shallow network have at most?",
        ],
        parts=[number_part("hidden units:", {"quantity": "widest"}, Fraction(width), slips)],
        solution=[
            f"The deep network has ${_sum_of(deep)} = {budget}$ parameters.",
            f"With $n$ hidden units the shallow one has $({n_in} + 1) · n + (n + 1) · {n_out} = "
            f"{each} · n + {n_out}$.",
            f"${each} · {width} + {n_out} = {each * width + n_out} ≤ {budget}$, but "
            f"${each} · {width + 1} + {n_out} = {each * (width + 1) + n_out} > {budget}$: "
            f"at most ${width}$.",
        ],
        notes=[_NOTE],
        given={"layer_sizes": deep},
    )


def _sum_of(sizes: Sequence[int]) -> str:
    return " + ".join(f"({a} + 1) · {b}" for a, b in pairwise(sizes))
