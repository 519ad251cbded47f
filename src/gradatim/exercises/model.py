"""An exam as a value: questions, their open parts, their answers, and the slips that lead astray.

Conventions: numbers are `fractions.Fraction`; texts hold formulas between dollar signs, see
`gradatim.exercises.notation`. A question has one open part or several; a part asks for a number or
offers choices, of which exactly one is right. ``ask`` and ``given`` say in plain values what a
part asks for and of what, so that a program that knows nothing of gradatim can check the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from gradatim._pictures import Shown
from gradatim.exercises.nets import exact_weights
from gradatim.exercises.numbers import show
from gradatim.network.graph import Network

__all__ = ["Choice", "Exam", "Kind", "Part", "Question", "Slip", "Table"]

Kind = Literal["multichoice", "numerical", "cloze"]

#: Version of the JSON object; it grows when a key changes its meaning or goes away.
SCHEMA = 1


@dataclass(frozen=True)
class Slip:
    """A wrong number, and the slip by which a student arrives at it.

    Parameters
    ----------
    value : Fraction
        What comes out.
    name : str
        Key of `gradatim.exercises.slips.SLIPS`.
    """

    value: Fraction
    name: str


@dataclass(frozen=True)
class Choice:
    """One of several answers to choose from.

    Parameters
    ----------
    text : str
        What the student reads.
    value : object
        The same in plain values (None, str, list or dict), for programs.
    slip : str or None
        The slip that leads to it; None for the right one.
    """

    text: str
    value: Any
    slip: str | None


@dataclass(frozen=True)
class Part:
    """Something that is to be answered.

    Parameters
    ----------
    label : str
        What is asked for, such as ``"$h1 =$"``; empty where the question says it.
    ask : mapping
        The same in plain values.
    answer : Fraction or None
        The right number, rounded if `digits` says so; None where there are choices.
    digits : int or None
        Decimals to which the answer is rounded; None if it is exact.
    slips : sequence of Slip
        Wrong numbers that can be explained.
    choices : sequence of Choice
        What there is to choose from; empty where a number is asked for.
    """

    label: str
    ask: Mapping[str, Any]
    answer: Fraction | None = None
    digits: int | None = None
    slips: Sequence[Slip] = ()
    choices: Sequence[Choice] = ()

    @property
    def tolerance(self) -> Fraction:
        """How far a number may be from the answer and still be right.

        Half a unit of the last decimal of a rounded answer, so that neither the rounded nor the
        unrounded number is refused; half a hundredth where no short decimal is exact; else 0.
        """
        if self.digits is not None:
            return Fraction(1, 2 * 10**self.digits)
        if self.answer is not None and "/" in show(self.answer):
            return Fraction(1, 200)
        return Fraction(0)

    @property
    def right_choice(self) -> int:
        """Position of the right choice."""
        return next(i for i, choice in enumerate(self.choices) if choice.slip is None)

    @property
    def answer_text(self) -> str:
        """The right answer as a text with formulas."""
        if self.choices:
            return self.choices[self.right_choice].text
        assert self.answer is not None
        return f"${show(self.answer, self.digits)}$"

    def accepts(self, value: Fraction) -> bool:
        """Tell whether an answer lies within the tolerance of the right one."""
        return self.answer is not None and abs(value - self.answer) <= self.tolerance

    def slip_behind(self, value: Fraction) -> str | None:
        """Name the slip, a key of `SLIPS`, that leads to a wrong answer, if there is one."""
        near = self.tolerance
        return next((slip.name for slip in self.slips if abs(value - slip.value) <= near), None)

    def to_dict(self) -> dict[str, Any]:
        """Return the part in JSON's types, numbers as exact text."""
        return {
            "label": self.label,
            "ask": dict(self.ask),
            "answer": None if self.answer is None else str(self.answer),
            "digits": self.digits,
            "tolerance": str(self.tolerance),
            "slips": [{"value": str(slip.value), "slip": slip.name} for slip in self.slips],
            "choices": [
                {"text": c.text, "value": c.value, "slip": c.slip, "correct": c.slip is None}
                for c in self.choices
            ],
        }


@dataclass(frozen=True)
class Table:
    """Rows of numbers that a question gives.

    Parameters
    ----------
    header : sequence of str
        Texts above the columns.
    rows : sequence of sequence of str
        Texts of the cells.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Question:
    """A question with everything that is needed to ask, answer and check it.

    Parameters
    ----------
    text : sequence of str
        Paragraphs.
    parts : sequence of Part
        What is to be answered, in order.
    solution : sequence of str
        The way to the answer, one line per step.
    notes : sequence of str
        Conventions that the question relies on; if empty, those of its activations are added.
    topic : str
        Key of `gradatim.exercises.topics.TOPICS`, as it was drawn.
    level : int
        1 to 3, as it was drawn.
    network : Network or None
        What the question is about.
    drawn : {"question", "solution", "no"}
        Where the network may be shown; where it would give the answer away, with the solution.
    table : Table or None
        Numbers given as a table.
    given : mapping
        What is given, in plain values.
    id : str
        Name within the exam.
    activations : sequence of str
        Functions that it is about beside those of its network.
    points : Fraction or None
        What a right answer is worth; None where points are not counted.
    """

    text: Sequence[str]
    parts: Sequence[Part]
    solution: Sequence[str]
    notes: Sequence[str] = ()
    topic: str = ""
    level: int = 1
    network: Network | None = None
    drawn: Literal["question", "solution", "no"] = "question"
    table: Table | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    activations: Sequence[str] = ()
    points: Fraction | None = None

    @property
    def functions(self) -> frozenset[str]:
        """Standard names of the activation functions that it is about."""
        layers = () if self.network is None else self.network.layers
        return frozenset(self.activations).union(*(layer.activations for layer in layers))

    @property
    def kind(self) -> Kind:
        """``cloze`` for several parts, else whether one chooses or finds a number."""
        if len(self.parts) > 1:
            return "cloze"
        return "multichoice" if self.parts[0].choices else "numerical"

    def to_dict(self) -> dict[str, Any]:
        """Return the question in JSON's types, numbers as exact text."""
        table = self.table
        return {
            "id": self.id,
            "topic": self.topic,
            "level": self.level,
            "points": None if self.points is None else str(self.points),
            "kind": self.kind,
            "text": list(self.text),
            "table": table and {"header": list(table.header), "rows": [*map(list, table.rows)]},
            "notes": list(self.notes),
            "equation": None if self.network is None else str(self.network),
            "network": None if self.network is None else exact_weights(self.network),
            "given": dict(self.given),
            "parts": [part.to_dict() for part in self.parts],
            "solution": list(self.solution),
        }


@dataclass(frozen=True, repr=False)
class Exam(Shown):
    """Questions that were made together.

    Parameters
    ----------
    questions : sequence of Question
        In the order in which they are asked.
    topics : sequence of str
        From which they were drawn.
    levels : sequence of int
        From which they were drawn.
    seed : int
        The same seed and version make the same exam.
    version : str
        Version of gradatim that made it.
    activations : sequence of str
        Functions to which its networks were limited; empty if they were not.
    title : str
        What stands above it; empty for the usual title.
    name_line : bool
        Whether pupils write their names on it.
    variant : str
        Letter of one of several exams of the same kind; empty if there is one only.
    """

    questions: Sequence[Question]
    topics: Sequence[str]
    levels: Sequence[int]
    seed: int
    version: str
    activations: Sequence[str] = ()
    title: str = ""
    name_line: bool = False
    variant: str = ""

    def __repr__(self) -> str:
        return f"Exam: {self.name}: {', '.join(self.topics)}"

    @property
    def name(self) -> str:
        """What tells this exam from others, so that questions and answers find each other."""
        variant = f"version {self.variant}, " if self.variant else ""
        return f"{variant}seed {self.seed}, {self.size}, gradatim {self.version}"

    @property
    def size(self) -> str:
        """The number of questions, in words."""
        n = len(self.questions)
        return "1 question" if n == 1 else f"{n} questions"

    @property
    def points(self) -> Fraction | None:
        """What all right answers are worth together; None where points are not counted."""
        counted = [question.points for question in self.questions if question.points is not None]
        return sum(counted, Fraction(0)) if counted else None

    def to_dict(self) -> dict[str, Any]:
        """Return the exam in JSON's types; ``docs/guides/exercises.md`` explains the keys."""
        return {
            "schema": SCHEMA,
            "gradatim": self.version,
            "seed": self.seed,
            "topics": list(self.topics),
            "levels": list(self.levels),
            "activations": list(self.activations),
            "title": self.title,
            "variant": self.variant,
            "questions": [question.to_dict() for question in self.questions],
        }
