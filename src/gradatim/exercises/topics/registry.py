"""The topics by name, in the order of the lecture, and a question drawn from one of them.

Conventions: the random numbers of a question depend on the exam's seed, its topic, its level, how
many of the same topic and level came before it, and nothing else; so a longer exam begins with the
questions of a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from types import MappingProxyType

from gradatim.exercises.model import Question
from gradatim.exercises.topics.backprop import make_backprop
from gradatim.exercises.topics.boundary import make_boundary
from gradatim.exercises.topics.forward import make_forward
from gradatim.exercises.topics.outputs import make_outputs
from gradatim.exercises.topics.parameters import make_parameters
from gradatim.exercises.topics.prediction import make_prediction
from gradatim.exercises.topics.separable import make_separable
from gradatim.exercises.topics.transform import make_transform
from gradatim.exercises.topics.weights import make_weights

__all__ = ["TOPICS", "draw_question"]

Maker = Callable[[Random, int], Question | None]

#: Every topic's maker by its name.
TOPICS: MappingProxyType[str, Maker] = MappingProxyType(
    {
        "outputs": make_outputs,
        "prediction": make_prediction,
        "boundary": make_boundary,
        "separable": make_separable,
        "transform": make_transform,
        "weights": make_weights,
        "parameters": make_parameters,
        "forward": make_forward,
        "backprop": make_backprop,
    }
)


def draw_question(topic: str, level: int, seed: int, index: int, again: int = 0) -> Question:
    """Draw a question.

    Examples
    --------
    >>> draw_question("outputs", 1, seed=7, index=0).topic
    'outputs'
    """
    rng = Random(f"{seed} {topic} {level} {index} {again}")
    while True:
        question = TOPICS[topic](rng, level)
        if question is not None:
            return question
