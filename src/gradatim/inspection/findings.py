"""Findings: what is wrong with a collection, which samples it concerns, and what to do.

Conventions: samples are positions in the collection; those that belong together (copies of one
sound, rows of one group) stand in one tuple.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradatim.collection import Collection, Notice

__all__ = ["Finding"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a collection.

    Examples
    --------
    >>> Finding("leak", "rows leak", "name the groups").notice
    Notice(code='leak', message='rows leak; name the groups')
    """

    code: str  # Short stable name for programs, such as ``"leak"``
    message: str  # What is wrong, in one clause
    fix: str = ""  # What to type or to do about it, in one clause; empty where nothing can be done
    # Positions of the samples that it concerns; those that belong together stand together
    samples: tuple[tuple[int, ...], ...] = ()

    @property
    def notice(self) -> Notice:
        """Return the finding as one sentence."""
        return Notice(self.code, "; ".join(filter(None, (self.message, self.fix))))

    def to_dict(self, collection: Collection) -> dict[str, Any]:
        """Return the finding as a JSON object, its samples by name and target."""
        ids, y = collection.ids, collection.y
        together = [
            [{"id": str(ids[i]), "target": y[i].tolist()} for i in rows] for rows in self.samples
        ]
        return {
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
            "samples": together,
        }
