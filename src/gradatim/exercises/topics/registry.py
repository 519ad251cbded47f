"""The topics by name, in the order of the lecture, and a question drawn from one of them.

Conventions: the random numbers of a question depend on the exam's seed, its topic, its level, how
many of the same topic and level came before it, and nothing else; so a longer exam begins with the
questions of a shorter one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
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
from gradatim.exercises.writing import notes_for

__all__ = ["FUNCTIONS", "TOPICS", "can_ask", "draw_question"]

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


#: Activation functions by topic and level. A question about hidden units that are ReLU and an
#: output that is tanh stands under both.
FUNCTIONS: MappingProxyType[str, tuple[frozenset[str], ...]] = MappingProxyType(
    {
        topic: tuple(frozenset(names.split()) for names in levels)
        for topic, levels in {
            "outputs": (
                "identity heaviside sign relu",
                "identity sign relu logistic tanh",
                "identity heaviside sign relu logistic tanh",
            ),
            "prediction": ("logistic tanh", "logistic tanh", "softmax"),
            "boundary": ("heaviside logistic tanh", "heaviside", "heaviside logistic"),
            "separable": ("heaviside", "heaviside", "heaviside"),
            "transform": ("heaviside sign", "heaviside sign", "heaviside"),
            "weights": ("identity", "heaviside logistic tanh", "heaviside"),
            "parameters": ("", "", "relu"),
            "forward": 3 * ("identity heaviside sign relu logistic tanh",),
            "backprop": ("identity relu logistic tanh", "relu", "relu"),
        }.items()
    }
)


def draw_question(
    topic: str,
    level: int,
    seed: int,
    index: int,
    again: int = 0,
    *,
    activations: Collection[str] = (),
    variant: str = "",
) -> Question:
    """Draw a question, with certain activation functions if some are given."""
    rng = Random(" ".join(filter(None, (f"{seed} {topic} {level} {index} {again}", variant))))
    while True:
        question = TOPICS[topic](rng, level)
        if question is not None and (not activations or _fits(question, activations)):
            notes = question.notes or _conventions(question)
            return replace(question, topic=topic, level=level, notes=notes)


def _conventions(question: Question) -> tuple[str, ...]:
    layers = () if question.network is None else question.network.layers
    return notes_for([*(layer.activations[0] for layer in layers), *question.activations])


def _fits(question: Question, activations: Collection[str]) -> bool:
    """Tell whether a question has no other functions; the identity may stand beside them."""
    functions = question.functions
    return bool(functions & {*activations}) and functions <= {*activations, "identity"}


def can_ask(topic: str, level: int, activations: Collection[str]) -> bool:
    """Tell whether there is a question of a topic and level with these functions and no others.

    Examples
    --------
    >>> can_ask("forward", 1, ["tanh"]), can_ask("forward", 1, ["tanh", "relu"])
    (False, True)
    """
    known = FUNCTIONS[topic][level - 1]
    chosen = known & {*activations}
    if topic == "forward" or (topic, level) == ("outputs", 3):
        # A hidden layer needs a function of its own, and what is above it may be the identity.
        return bool(chosen & {"heaviside", "sign", "relu"})
    if topic == "transform" and level == 2:
        # The output unit is a step unit.
        return "heaviside" in chosen
    return bool(chosen)
