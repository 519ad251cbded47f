"""Tags of scores: what a file says of a tune besides its notes.

Conventions: names are in lower case. ABC has them in the fields before a tune, Humdrum in its
reference records; of MusicXML and MIDI music21 tells title and composer. ``rhythm`` and ``genre``
have values in lower case too, since books write reel, Reel and REEL.
"""

from __future__ import annotations

from gradatim.errors import SpecError

#: Tags that can be asked for.
SCORE_TAGS = (
    *("area", "book", "composer", "genre", "group", "key", "meter", "origin", "rhythm", "source"),
    "title",
)

#: Tags whose values may repeat because samples belong together.
TEXT_TAGS = ("book", "composer", "source", "title")


def require_score_tag(name: str) -> str:
    """Return the name of a tag as it is looked up."""
    known = name.strip().lower()
    if known not in SCORE_TAGS:
        raise SpecError(f"scores have no tag {name!r}; choose one of {', '.join(SCORE_TAGS)}")
    return known
