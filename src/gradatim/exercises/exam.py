"""Making an exam: which topics and levels come, in which order, and no question twice.

Conventions: questions stand in the order of the topics in `TOPICS`, easier ones first; every pair
of topic and level gets as many as any other, give or take one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from random import Random

from gradatim.errors import SpecError
from gradatim.exercises.model import Exam, Question
from gradatim.exercises.topics.registry import TOPICS, draw_question

__all__ = ["LEVELS", "make_exam"]

#: The levels of difficulty.
LEVELS = (1, 2, 3)

# So many attempts at a question that is not in the exam yet; then one may come twice.
_ATTEMPTS = 20


def make_exam(
    topics: Sequence[str] = (), levels: Sequence[int] = (), *, count: int = 10, seed: int = 0
) -> Exam:
    """Make an exam of questions that can be answered with pencil and paper.

    Parameters
    ----------
    topics : sequence of str, optional
        Names of topics; all of them if empty.
    levels : sequence of int, optional
        1 (easy) to 3; all of them if empty.
    count : int, default 10, at least 1
        How many questions.
    seed : int, default 0
        The same seed, topics, levels and version make the same exam.

    Returns
    -------
    Exam
        Questions with their answers.

    Raises
    ------
    SpecError
        If there is no such topic or level, or `count` is below 1.

    Examples
    --------
    >>> exam = make_exam(["outputs"], [1], count=2, seed=7)
    >>> [question.id for question in exam.questions]
    ['outputs-1-1', 'outputs-1-2']
    """
    topics, levels = _checked(topics, levels, count)
    questions: list[Question] = []
    seen: set[tuple[str, ...]] = set()
    for topic, level, n in _plan(topics, levels, count, seed):
        for index in range(n):
            question = _fresh(topic, level, seed, index, seen)
            questions.append(replace(question, id=f"{topic}-{level}-{index + 1}"))
    return Exam(questions, topics, levels, seed, version("gradatim"))


def _checked(
    topics: Sequence[str], levels: Sequence[int], count: int
) -> tuple[list[str], list[int]]:
    for topic in topics:
        if topic not in TOPICS:
            raise SpecError(f"there is no topic {topic!r}; choose from {', '.join(TOPICS)}")
    for level in levels:
        if level not in LEVELS:
            raise SpecError(f"there is no level {level}; choose 1, 2 or 3")
    if count < 1:
        raise SpecError(f"an exam of {count} questions is none; ask for at least one")
    chosen = set(topics or TOPICS)
    return [t for t in TOPICS if t in chosen], sorted(set(levels or LEVELS))


def _plan(
    topics: Sequence[str], levels: Sequence[int], count: int, seed: int
) -> list[tuple[str, int, int]]:
    """Share the questions out among topics first, then among levels."""
    rng = Random(f"{seed} plan")
    rounds = [rng.sample(list(levels), len(levels)) for _ in topics]
    pairs = [
        (topic, rounds[i][k])
        for k in range(len(levels))
        for i, topic in rng.sample(list(enumerate(topics)), len(topics))
    ]
    shares = dict.fromkeys(((t, level) for t in topics for level in levels), 0)
    for i in range(count):
        shares[pairs[i % len(pairs)]] += 1
    return [(*pair, n) for pair, n in shares.items() if n]


def _fresh(topic: str, level: int, seed: int, index: int, seen: set[tuple[str, ...]]) -> Question:
    question = draw_question(topic, level, seed, index)
    for again in range(1, _ATTEMPTS):
        if _signature(question) not in seen:
            break
        question = draw_question(topic, level, seed, index, again)
    seen.add(_signature(question))
    return question


def _signature(question: Question) -> tuple[str, ...]:
    """Return what two questions must not have in common."""
    table = question.table
    cells = [cell for row in (table.rows if table else ()) for cell in row]
    return (*question.text, *(table.header if table else ()), *cells)
