"""Making an exam: which topics and levels come, in which order, and no question twice.

Conventions: questions stand in the order of the topics in `TOPICS`, easier ones first; every pair
of topic and level gets as many as any other, give or take one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import version
from random import Random
from string import ascii_uppercase

from gradatim._text import show_name
from gradatim.activations import get_activation
from gradatim.errors import InputError, SpecError
from gradatim.exercises.model import Exam, Question
from gradatim.exercises.numbers import parse_number
from gradatim.exercises.topics._draw import joined
from gradatim.exercises.topics.registry import TOPICS, can_ask, draw_question
from gradatim.exercises.writing import WORDS

#: The levels of difficulty.
LEVELS = (1, 2, 3)

# Attempts at a question that is not in the exam yet; then one may come twice.
_ATTEMPTS = 20

# Attempts at a question of the same form for another version.
_VARIANTS = 400

_MOST_POINTS = 1_000


def make_exam(
    topics: Sequence[str] = (),
    levels: Sequence[int] = (),
    *,
    count: int = 10,
    seed: int = 0,
    activations: Sequence[str] = (),
    points: float | str | Sequence[float | str] = (),
    title: str = "",
    name_line: bool = False,
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
        The same seed, topics, levels, activations and version make the same exam.
    activations : sequence of str, optional
        Activation functions that networks may have, by any of their names; the identity may stand
        beside them. All of them if empty.
    points : number, or three of them, optional
        What a question is worth, or what one of level 1, 2 and 3 is; as text such as ``"1/2"``
        too. Points are not counted if it is left out.
    title : str, optional
        What stands above the questions.
    name_line : bool, default False
        Whether pupils have a line for name, class and date.

    Returns
    -------
    Exam
        Questions with their answers.

    Raises
    ------
    SpecError
        If there is no such topic, level or activation, no topic asks about these activations,
        `count` is below 1, or `points` are not positive.

    See Also
    --------
    make_versions : Several exams of the same kind.

    Examples
    --------
    >>> exam = make_exam(["outputs"], [1], count=2, seed=7, points=2)
    >>> [question.id for question in exam.questions], int(exam.points)
    (['outputs-1-1', 'outputs-1-2'], 4)
    """
    chosen = _activations(activations)
    pairs = _pairs(topics, levels, chosen, count)
    worth = _worth(points)
    questions: list[Question] = []
    seen: set[tuple[str, ...]] = set()
    for topic, level, n in _plan(pairs, count, seed):
        for index in range(n):
            question = _fresh(topic, level, seed, index, seen, chosen)
            name = f"{topic}-{level}-{index + 1}"
            questions.append(replace(question, id=name, points=worth and worth[level - 1]))
    return Exam(
        questions,
        list(dict.fromkeys(topic for topic, _ in pairs)),
        sorted({level for _, level in pairs}),
        seed,
        version("gradatim"),
        chosen,
        title,
        name_line,
    )


def make_versions(exam: Exam, count: int) -> list[Exam]:
    """Make several exams of the same kind, so that neighbors do not have the same numbers.

    Question by question they have the same topic, level, points and wording, as far as two such
    questions are found, and other numbers.

    Parameters
    ----------
    exam : Exam
        The first of them, which becomes version A.
    count : int, 1 to 26
        How many.

    Returns
    -------
    list of Exam
        Versions A, B, ...

    Raises
    ------
    SpecError
        If `count` is out of range.

    See Also
    --------
    make_exam : One exam.

    Examples
    --------
    >>> first, second = make_versions(make_exam(["outputs"], [1], count=2, seed=7), 2)
    >>> first.variant, second.variant, first.questions[0].text == second.questions[0].text
    ('A', 'B', False)
    """
    if not 1 <= count <= len(ascii_uppercase):
        raise SpecError(f"there are 1 to {len(ascii_uppercase)} versions of an exam, not {count}")
    seen = {_signature(question) for question in exam.questions}
    made = [replace(exam, variant="A")]
    for variant in ascii_uppercase[1:count]:
        questions = [_alike(question, exam, variant, seen) for question in exam.questions]
        made.append(replace(exam, variant=variant, questions=questions))
    return made


def _alike(question: Question, exam: Exam, variant: str, seen: set[tuple[str, ...]]) -> Question:
    """Draw a question like one of another version."""
    index, form = int(question.id.rsplit("-", 1)[1]) - 1, _form(question)
    found = question
    for again in range(_VARIANTS):
        drawn = draw_question(
            question.topic,
            question.level,
            exam.seed,
            index,
            again,
            activations=exam.activations,
            variant=variant,
        )
        if _signature(drawn) not in seen:
            found = drawn
            if _form(drawn) == form:
                break
    seen.add(_signature(found))
    return replace(found, id=question.id, points=question.points)


def _form(question: Question) -> tuple[object, ...]:
    """Return what two questions of the same kind have in common: all but their numbers."""
    shape = None if question.network is None else [x.weight.shape for x in question.network.layers]
    words = [re.sub(r"[-.\d/ ]+", " ", text) for text in question.text]
    choices = [bool(part.choices) for part in question.parts]
    return sorted(question.functions), shape, re.sub(r"[+ ]+", "", "".join(words)), choices


def _activations(names: Sequence[str]) -> list[str]:
    """Return the standard names of activation functions."""
    found = []
    for name in names:
        try:
            found.append(get_activation(name.lower()).name)
        except SpecError:
            found.append("")
        if found[-1] not in WORDS:
            known = ", ".join(WORDS.values())
            raise SpecError(
                f"no exercise uses the activation function {show_name(name)!r}; choose from {known}"
            )
    return list(dict.fromkeys(found))


def _pairs(
    topics: Sequence[str], levels: Sequence[int], activations: Sequence[str], count: int
) -> list[tuple[str, int]]:
    """Return the topics and levels that can be asked for, in the order of the lecture."""
    for topic in topics:
        if topic not in TOPICS:
            raise SpecError(
                f"there is no topic {show_name(topic)!r}; choose from {', '.join(TOPICS)}"
            )
    for level in levels:
        if level not in LEVELS:
            raise SpecError(f"there is no level {level}; choose 1, 2 or 3")
    if count < 1:
        raise SpecError(f"an exam of {count} questions is none; ask for at least one")
    wanted = sorted({*levels} or LEVELS)
    pairs = [
        (topic, level)
        for topic in TOPICS
        if not topics or topic in topics
        for level in wanted
        if not activations or can_ask(topic, level, activations)
    ]
    for what, name, found in (
        *(("topic", topic, any(topic == t for t, _ in pairs)) for topic in topics),
        *(("level", level, any(level == k for _, k in pairs)) for level in levels),
    ):
        if not found:
            among = f" at level {joined([*map(str, wanted)], 'or')}" if what == "topic" else ""
            raise SpecError(
                f"no question of {what} {name}{among} has {_listed(activations)} and no other "
                f"activation function; {_advice(topics, wanted, activations)}"
            )
    if not pairs:
        raise SpecError(f"no question has {_listed(activations)} and no other activation function")
    return pairs


def _listed(activations: Sequence[str]) -> str:
    return joined([WORDS[name] for name in activations], "or")


def _advice(topics: Sequence[str], levels: Sequence[int], activations: Sequence[str]) -> str:
    """Say what can be asked for in place of what cannot."""
    more = [
        name
        for name in WORDS
        if name not in ("identity", *activations)
        and all(
            any(can_ask(topic, level, [*activations, name]) for level in levels)
            for topic in topics or TOPICS
        )
    ]
    if more:
        return f"add --activation {WORDS[more[0]]}"
    able = [t for t in TOPICS if any(can_ask(t, level, activations) for level in levels)]
    if able:
        return f"choose from the topics {', '.join(able)}"
    return "choose another level or leave the activation functions out"


def _worth(points: float | str | Sequence[float | str]) -> list[Fraction] | None:
    """Return what a question of each level is worth."""
    given = [points] if isinstance(points, (int, float, str)) else list(points)
    if not given:
        return None
    if len(given) not in (1, len(LEVELS)):
        raise SpecError(
            f"points are one number, or three for the levels 1, 2 and 3, not {len(given)}"
        )
    worth = []
    for number in given:
        try:
            worth.append(parse_number(str(number)))
        except InputError as error:
            raise SpecError(f"points: {error}; several are separated by blanks") from error
        if not 0 < worth[-1] <= _MOST_POINTS:
            raise SpecError(
                f"a question is worth more than 0 and at most {_MOST_POINTS:,} points, not "
                f"{show_name(number)}"
            )
    return worth * (len(LEVELS) // len(worth))


def _plan(pairs: Sequence[tuple[str, int]], count: int, seed: int) -> list[tuple[str, int, int]]:
    """Share the questions out among topics first, then among levels."""
    rng = Random(f"{seed} plan")
    levels: dict[str, list[int]] = {}
    for topic, level in pairs:
        levels.setdefault(topic, []).append(level)
    rounds = {topic: rng.sample(known, len(known)) for topic, known in levels.items()}
    order = [
        (topic, rounds[topic][k])
        for k in range(len(LEVELS))
        for topic in rng.sample(list(rounds), len(rounds))
        if k < len(rounds[topic])
    ]
    shares = dict.fromkeys(pairs, 0)
    for i in range(count):
        shares[order[i % len(order)]] += 1
    return [(*pair, n) for pair, n in shares.items() if n]


def _fresh(
    topic: str,
    level: int,
    seed: int,
    index: int,
    seen: set[tuple[str, ...]],
    activations: Sequence[str],
) -> Question:
    question = draw_question(topic, level, seed, index, activations=activations)
    for again in range(1, _ATTEMPTS):
        if _signature(question) not in seen:
            break
        question = draw_question(topic, level, seed, index, again, activations=activations)
    seen.add(_signature(question))
    return question


def _signature(question: Question) -> tuple[str, ...]:
    """Return what two questions must not have in common."""
    table = question.table
    cells = [cell for row in (table.rows if table else ()) for cell in row]
    return (*question.text, *(table.header if table else ()), *cells)
