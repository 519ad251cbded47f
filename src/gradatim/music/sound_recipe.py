"""What recipes of sounds have in common: the excerpt that they read, and how JSON holds them.

Conventions: a recipe is a frozen dataclass whose fields are numbers and texts; where a field may be
several kinds, its annotation says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, ClassVar, Self

from gradatim.errors import SpecError
from gradatim.music.audio import Excerpt

#: Shortest piece of a sound: some frames at 22,050 Hz.
MIN_SEGMENT = 0.1

# Of any constant that counts something, and of what two of them take together: a recipe may come
# from a file that wants more memory than there is.
_MOST, _MOST_NUMBERS = 1 << 20, 1 << 28

# What is as often there as a frame has points.
_BANKS = ("n_mels", "n_chroma", "n_frames")

# What the constants of a recipe may be, by their annotations.
_KINDS = {
    "int": int,
    "float": (int, float),
    "str": str,
    "str | float": (str, int, float),
    "float | None": (int, float, type(None)),
}


class SoundRecipe:
    """A recipe: constants by name, some of which say what is read of a sound."""

    max_seconds: float  # Of a longer file only an excerpt of this length is read
    place: str | float  # Where it lies: start, middle, end, or a number of seconds
    segment_seconds: float | None  # Length of the pieces into which it is cut; None: one

    #: Constants that recipes of earlier versions lack.
    _later: ClassVar[frozenset[str]] = frozenset()

    def _check(self, *counts: str) -> None:
        """Refuse an excerpt that cannot be read, and constants below 1 or beyond all use."""
        for name in counts:
            value = getattr(self, name)
            if value < 1:
                raise SpecError(f"{name} is at least 1, not {value}")
            numbers = value * getattr(self, "n_fft", 1) if name in _BANKS else 0
            if value > _MOST or numbers > _MOST_NUMBERS:
                raise SpecError(f"{name} of {value} is more than a recipe of sounds can have")
        check_segment(self.segment_seconds)
        self.excerpt  # noqa: B018, for its errors

    @property
    def excerpt(self) -> Excerpt:
        """Which part of a file is read."""
        return Excerpt(self.max_seconds, self.place)

    def to_dict(self) -> dict[str, Any]:
        """Return the constants by name, as JSON holds them."""
        return asdict(self)  # pyright: ignore[reportArgumentType]

    @classmethod
    def from_dict(cls, constants: Mapping[str, Any]) -> Self:
        """Return the recipe that `to_dict` wrote.

        Raises
        ------
        SpecError
            If a constant is missing, unknown, of another kind, or out of its range.
        """
        known = fields(cls)  # pyright: ignore[reportArgumentType]
        kinds = {field.name: _KINDS[str(field.type)] for field in known}
        what = constants.get("set", "features")
        missing = set(kinds) - set(constants) - cls._later
        if odd := sorted(missing | (set(constants) - set(kinds))):
            raise SpecError(f"a recipe of {what} has {', '.join(kinds)}; look at {odd[0]!r}")
        for name, value in constants.items():
            if not isinstance(value, kinds[name]) or isinstance(value, bool):
                raise SpecError(f"{name} of a recipe of {what} cannot be {value!r}")
        return cls(**constants)


def check_segment(seconds: float | None) -> None:
    """Refuse segments that are too short to be analyzed."""
    if seconds is not None and not MIN_SEGMENT <= seconds < float("inf"):
        raise SpecError(f"a segment is at least {MIN_SEGMENT} s long, not {seconds:g} s")
