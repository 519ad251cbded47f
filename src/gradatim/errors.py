"""Every error that gradatim raises on purpose, as one tree.

Conventions: a message is one sentence that says what is wrong, where, and how to fix it.
The command line prints it and exits with status 2; in Python, catch `GradatimError` for all
of them, or the standard class (``ValueError``, ``OSError``) that each one also is.

``GradatimError``
  ├─ ``InputError`` (ValueError): what was given cannot be used
  │    ├─ ``ShapeError``: arrays that do not fit each other
  │    ├─ ``LabelError``: labels from which nothing can be learnt or scored
  │    ├─ ``SpecError``: an option of a network, rung or protocol that makes no sense
  │    ├─ ``EquationError``: text that is no network
  │    ├─ ``TableError``: a table with a missing column, a bad value, a duplicate name
  │    ├─ ``AudioError``: a file that is no audio, or a folder without any
  │    └─ ``ScoreError``: a file that is no score, or a folder without any
  ├─ ``NotSeparableError`` (ValueError): a statement that needs separable data
  ├─ ``DivergedError`` (ArithmeticError): training left the finite numbers
  ├─ ``MissingExtraError`` (ImportError): an optional package is not installed
  ├─ ``ExecutorError`` (RuntimeError): worker processes or a cluster that cannot be used
  ├─ ``NotEnoughMemoryError`` (MemoryError): a run that would not fit, refused before it begins
  └─ ``OutputError`` (OSError): a result that could not be written
"""

__all__ = [
    "AudioError",
    "DivergedError",
    "EquationError",
    "ExecutorError",
    "GradatimError",
    "InputError",
    "LabelError",
    "MissingExtraError",
    "NotEnoughMemoryError",
    "NotSeparableError",
    "OutputError",
    "ScoreError",
    "ShapeError",
    "SpecError",
    "TableError",
]


class GradatimError(Exception):
    """Root of every error that gradatim raises on purpose."""


class InputError(GradatimError, ValueError):
    """What was given cannot be used."""


class ShapeError(InputError):
    """Arrays whose shapes do not fit each other."""


class LabelError(InputError):
    """Labels from which nothing can be learnt or scored."""


class SpecError(InputError):
    """An option of a network, a rung or a protocol that makes no sense."""


class EquationError(InputError):
    """Text that is no network.

    Parameters
    ----------
    sentence : str
        What is wrong and how to fix it.
    text : str
        The equation, if the place is known.
    position : int, optional
        Where in the text it is, from 0.
    expected : tuple of str
        What could stand there instead.
    """

    def __init__(
        self,
        sentence: str,
        text: str = "",
        position: int | None = None,
        expected: tuple[str, ...] = (),
    ) -> None:
        # What is quoted of the text may hold line breaks.
        sentence = " ".join(sentence.split())
        self.sentence = sentence
        self.expected = expected
        self.column = None if position is None else position + 1
        self.pointer = "" if position is None else _pointer(text, position)
        super().__init__(sentence + ("\n" + self.pointer if self.pointer else ""))


# Width of what is shown of an equation around the place of an error.
_EXCERPT = 72


def _pointer(text: str, position: int) -> str:
    """Return the part of the text around a position, and a caret below it."""
    first = max(0, min(position - _EXCERPT // 2, len(text) - _EXCERPT))
    excerpt = "".join(c if c.isprintable() else " " for c in text[first : first + _EXCERPT])
    return f"  {excerpt}\n  {' ' * (position - first)}^"


class TableError(InputError):
    """A table with a missing column, a bad value or a duplicate name."""


class AudioError(InputError):
    """A file that holds no readable audio, or a folder without any."""


class ScoreError(InputError):
    """A file that holds no readable score, or a folder without any."""


class NotSeparableError(GradatimError, ValueError):
    """A statement that holds only for linearly separable data."""


class DivergedError(GradatimError, ArithmeticError):
    """Training left the finite numbers."""


class NotEnoughMemoryError(GradatimError, MemoryError):
    """A run that would not fit into memory, refused before it begins."""


class MissingExtraError(GradatimError, ImportError):
    """An optional package is not installed."""


class ExecutorError(GradatimError, RuntimeError):
    """Worker processes or a cluster that cannot be used."""


class OutputError(GradatimError, OSError):
    """A result that could not be written."""
