"""What a session of practice says: questions, verdicts on answers, and the way to the answer.

Conventions: a part has one attempt, after which the way to the answer is shown. What cannot be
understood is an `InputError`, and no attempt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from gradatim.errors import InputError
from gradatim.exercises.formats.fragments import plain_text
from gradatim.exercises.formats.words import LETTERS, answer_line, heading, remarks
from gradatim.exercises.model import Choice, Exam, Part, Question, Table
from gradatim.exercises.notation import to_plain
from gradatim.exercises.numbers import parse_number, show
from gradatim.exercises.slips import SLIPS
from gradatim.exercises.writing import WORDS, unit_names
from gradatim.network import Network
from gradatim.presentation.lines import Column, Grid, Line


def welcome(exam: Exam) -> Iterator[Line]:
    """Yield what a session begins with."""
    yield [(f"{exam.size}, seed {exam.seed}.", "dim")]
    yield [("A blank line shows the answer, q ends.", "dim")]


def asked(number: int, question: Question) -> Iterator[Line | Grid]:
    """Yield a question without its parts."""
    yield [""]
    yield [(f"{number}. {heading(question, answers=True)}", "bold")]
    yield from ([plain_text(paragraph)] for paragraph in question.text)
    if question.table is not None:
        yield _grid(question.table)
    if question.network is not None and question.drawn == "question":
        yield from ([line] for line in drawing(question.network))
    yield from ([(plain_text(remark), "dim")] for remark in remarks(question))


def drawing(network: Network) -> Iterator[str]:
    """Yield a drawing of a network in plain characters: every unit with the edges into it."""
    sources = list(network.input_names)
    for layer, names in zip(network.layers, unit_names(network), strict=True):
        for unit, name in zip(layer.exact_units, names, strict=True):
            edges = [(to_plain(sources[i]), show(w)) for i, w in unit.weights.items()]
            edges += [(to_plain("w0"), show(unit.bias))] if unit.bias or not edges else []
            widths = [max(map(len, column)) for column in zip(*edges, strict=True)]
            for i, (source, weight) in enumerate(edges):
                end = (
                    f"--> {to_plain(name)}, {WORDS[unit.activation]}"
                    if i == len(edges) // 2
                    else ""
                )
                yield f"  {source:>{widths[0]}} -- {weight:>{widths[1]}} --+{end}"
        sources = names


def score(credits: Sequence[Fraction]) -> str:
    """Return how many questions were right, and what parts of questions add to them."""
    right, total = sum(credit == 1 for credit in credits), sum(credits, Fraction(0))
    said = f"{right} of {len(credits)} right"
    if total == right:
        return f"{said}."
    # Rounded down, so that nothing that is not all right looks so.
    worth = show(Fraction(int(total * 100), 100))
    return f"{said}, {worth} of {len(credits)} with the parts that were right."


def _grid(table: Table) -> Grid:
    columns = [Column(plain_text(cell), right=True, wraps=True) for cell in table.header]
    return Grid(columns, [[[plain_text(cell)] for cell in row] for row in table.rows])


def choices(part: Part) -> Iterator[Line]:
    """Yield what may be chosen."""
    for letter, choice in zip(LETTERS, part.choices, strict=False):
        yield [f"  ({letter}) {plain_text(choice.text)}"]


def prompt(part: Part) -> Line:
    """Return what stands before an answer."""
    label = plain_text(part.label)
    return [(f"{label} " if label else "> ", "cyan")]


def answer(part: Part) -> Line:
    """Return the answer that was not given."""
    return [(f"It is {plain_text(answer_line(part))}", "yellow")]


def judged(part: Part, typed: str) -> tuple[bool, Line]:
    """Return whether an answer is right, and what to say of it."""
    if part.choices:
        slip = _chosen(part, typed).slip
        right = slip is None
    else:
        value = parse_number(typed)
        right, slip = part.accepts(value), part.slip_behind(value)
    remark = plain_text(SLIPS[slip]) if slip else ""
    return right, [("Right.", "green") if right else (f"Not right. {remark}".strip(), "red")]


def _chosen(part: Part, typed: str) -> Choice:
    """Return the choice of a letter, or the only one that says what was typed."""
    letter = typed.strip("() ").lower()
    if letter in tuple(LETTERS[: len(part.choices)]):
        return part.choices[LETTERS.index(letter)]
    meant = [choice for choice in part.choices if _same(plain_text(choice.text), typed)]
    if len(meant) != 1:
        last = LETTERS[len(part.choices) - 1]
        raise InputError(f"{typed[:40]!r} is none of the choices; type a letter from a to {last}")
    return meant[0]


def _same(text: str, typed: str) -> bool:
    """Tell whether two texts are one number, or one word."""
    try:
        return parse_number(text) == parse_number(typed)
    except InputError:
        return "".join(text.split()).casefold() == "".join(typed.split()).casefold()


def explained(question: Question, verdicts: Sequence[bool]) -> Iterator[Line]:
    """Yield the way to the answer, step by step."""
    right = all(verdicts)
    if not right:
        if any(verdicts):
            yield [f"{sum(verdicts)} of {len(verdicts)} parts right."]
        found = "; ".join(plain_text(answer_line(part)) for part in question.parts)
        yield [f"Answer: {found}"]
    for i, line in enumerate(question.solution, 1):
        yield [(f"  {i}. {plain_text(line)}", "dim" if right else "")]
