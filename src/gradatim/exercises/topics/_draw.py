"""Numbers drawn at random, and the words that many questions share.

Conventions: whole numbers are small enough for mental arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random

from gradatim.exercises.model import Question
from gradatim.exercises.numbers import show
from gradatim.network.graph import Network

# Attempts; hardly ever more than a dozen are needed.
_ATTEMPTS = 1_000


def nonzero(rng: Random, limit: int) -> int:
    """Draw a whole number that is not 0."""
    return rng.choice((-1, 1)) * rng.randint(1, limit)


def whole(rng: Random, limit: int) -> Fraction:
    """Draw a whole number."""
    return Fraction(rng.randint(-limit, limit))


def until(make: Callable[[], Question | None]) -> Question | None:
    """Draw numbers until they make a good question.

    What was chosen before stays; or a function whose numbers rarely fit would rarely be asked for.
    """
    return next(filter(None, (make() for _ in range(_ATTEMPTS))), None)


def steep(activation: str) -> Fraction:
    """Return the size of a pre-activation beyond which two decimals say little."""
    return Fraction(3 if activation == "logistic" else 2)


def joined(items: Sequence[str], word: str = "and") -> str:
    """Join items as in a sentence: a, b and c."""
    *most, last = items
    return f"{', '.join(most)} {word} {last}" if most else last


def given_inputs(network: Network, inputs: Sequence[Fraction]) -> dict[str, str]:
    """Return the inputs by their names, as exact text."""
    return {name: str(x) for name, x in zip(network.input_names, inputs, strict=True)}


def inputs_text(network: Network, inputs: Sequence[Fraction]) -> str:
    """Write the inputs as formulas, as in ``$x1 = 2$ and $x2 = -1$``."""
    pairs = zip(network.input_names, inputs, strict=True)
    return joined([f"${name} = {show(x)}$" for name, x in pairs])


def round_text(digits: int | None) -> str:
    """Say to how many decimals to round; nothing for exact answers."""
    return f" Round to {WORDS_OF_DIGITS[digits]} decimals." if digits else ""


WORDS_OF_DIGITS = {2: "two", 3: "three"}
