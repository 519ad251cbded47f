"""The usual slips, and the wrong answers that they lead to.

Conventions: a slip has a name, which the JSON export carries, and a sentence for the student. A
wrong answer is offered only if it differs from the right one by more than what rounding explains,
and from every other wrong answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from types import MappingProxyType
from typing import Any

from gradatim.exercises.model import Choice, Part, Slip
from gradatim.exercises.numbers import round_to, show

__all__ = ["SLIPS", "as_choices", "choice_part", "number_part", "sometimes_choices"]

#: What a student is told, by the name of the slip.
SLIPS = MappingProxyType(
    {
        "bias forgotten": "This comes out if the bias $w0$ is forgotten.",
        "sign flipped": "This comes out if a sign is flipped.",
        "activation skipped": "This comes out if the activation function is not applied.",
        "hidden activation skipped": "This comes out if the hidden units do not apply their "
        "activation function.",
        "missing input read": "This comes out if an input without an edge is added as well.",
        "threshold taken for probability": "This compares the threshold with the pre-activation; "
        "it belongs to the output.",
        "threshold ignored": "This uses the middle of the range in place of the threshold "
        "that is given.",
        "classes swapped": "This swaps the two classes.",
        "exponential forgotten": "This divides $z$ by the sum of $z$; softmax divides $exp(z)$.",
        "not the largest": "The output of this class is not the largest.",
        "units taken one by one": "This is the sigmoid of one unit; softmax compares them all.",
        "quotient turned over": "This comes out if the quotient is turned upside down.",
        "length forgotten": "This is the size of $w1 x1 + w2 x2 + w0$; the distance is that "
        "divided by the length of the weights $(w1, w2)$.",
        "axes swapped": "This swaps the two axes.",
        "point misplaced": "At least one point gets the wrong class.",
        "separability overlooked": "One of the units does give every point its class.",
        "inseparability overlooked": "At least one point gets the wrong class, as for every "
        "single unit.",
        "affine feature": "A weighted sum of what is there already adds nothing.",
        "feature does not separate": "With this feature the classes are still not separable.",
        "conventions mixed": "This takes sign ($-1$ or $1$) for step ($0$ or $1$), or the reverse.",
        "end point misjudged": "Look at the ends of the interval: $step(0) = 1$.",
        "hyperplane misplaced": "The hyperplane does not lie between the values of $z$ of the two "
        "classes.",
        "classes counted": "This counts the stretches of equal class; count the changes "
        "between them.",
        "gate confused": "At least one row of the table comes out wrong.",
        "inputs counted as units": "Inputs compute nothing and have no bias.",
        "one layer left out": "One layer of weights is left out.",
        "missing edges counted": "Where there is no edge there is no weight to count.",
        "weights added": "Between two layers sizes are multiplied, not added.",
        "one too many": "With this many units the limit is exceeded.",
        "update added": "Gradient descent subtracts the gradient.",
        "learning rate forgotten": "The learning rate is left out.",
        "derivative skipped": "The chain rule has one more factor, the derivative of the "
        "activation function.",
        "factor two": "The loss has the factor $1/2$, so its derivative is $y - t$.",
        "input forgotten": "One factor is left out: what the weight multiplies.",
        "weight forgotten": "On the way back the derivative is multiplied by the weight.",
        "intercept read off": "$w0$ is the value at $x1 = 0$, not at the first point.",
        "miscounted": "Go along the line once more and count the changes.",
        "arithmetic": "This is close; look for a slip in the arithmetic.",
    }
)

# Four choices are enough to make guessing unattractive, and few enough to read.
_MOST_CHOICES = 4


def number_part(
    label: str,
    ask: Mapping[str, Any],
    answer: Fraction,
    slips: Iterable[tuple[str, Fraction]] = (),
    digits: int | None = None,
) -> Part:
    """Make a part that asks for a number.

    Examples
    --------
    >>> part = number_part("", {}, Fraction(3), [("sign flipped", Fraction(-3))])
    >>> part.accepts(Fraction(3)), part.slip_behind(Fraction(-3))
    (True, 'sign flipped')
    """
    right = _rounded(answer, digits)
    part = Part(label, ask, right, digits)
    # Twice the tolerance apart, so that no number is right and a slip at once.
    taken, kept = [right], []
    for name, value in slips:
        value = _rounded(value, digits)
        if all(abs(value - other) > 2 * part.tolerance for other in taken):
            taken.append(value)
            kept.append(Slip(value, name))
    return Part(label, ask, right, digits, kept)


def _rounded(value: Fraction, digits: int | None) -> Fraction:
    return value if digits is None else round_to(value, digits)


def choice_part(
    rng: Random,
    label: str,
    ask: Mapping[str, Any],
    right: tuple[str, Any],
    wrong: Sequence[tuple[str, Any, str]],
    at_least: int = 3,
) -> Part | None:
    """Make a part that offers choices, in random order."""
    choices = [Choice(*right, None)]
    for text, value, slip in wrong:
        known = [(c.text, json.dumps(c.value)) for c in choices]
        if all(text != t and json.dumps(value) != v for t, v in known):
            choices.append(Choice(text, value, slip))
    choices = choices[:_MOST_CHOICES]
    if len(choices) < at_least:
        return None
    rng.shuffle(choices)
    return Part(label, ask, choices=choices)


def as_choices(rng: Random, part: Part) -> Part | None:
    """Turn a part that asks for a number into one that offers it among its slips."""
    assert part.answer is not None
    wrong = [
        (f"${show(slip.value, part.digits)}$", str(slip.value), slip.name) for slip in part.slips
    ]
    right = f"${show(part.answer, part.digits)}$", str(part.answer)
    made = choice_part(rng, part.label, part.ask, right, wrong)
    return made and replace(made, digits=part.digits)


def sometimes_choices(rng: Random, part: Part, share: float = 0.4) -> Part:
    """Offer a number among its slips in a share of all questions, where there are enough."""
    return (rng.random() < share and as_choices(rng, part)) or part
