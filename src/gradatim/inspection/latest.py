"""The latest answer about some arrays: what several looks at one collection need is found once.

Conventions: arrays are the same if they are the same objects. An answer is let go with the first of
its arrays, and when others are asked about.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence

import numpy as np


class Latest:
    """What was found last about some arrays."""

    def __init__(self) -> None:
        self._found: list[tuple[list[weakref.ref[np.ndarray]], np.ndarray | None]] = []

    def of(
        self, arrays: Sequence[np.ndarray], find: Callable[[], np.ndarray | None]
    ) -> np.ndarray | None:
        """Return what is known of these arrays, or find it; not to be written to."""
        for known, answer in self._found:
            if [id(ref()) for ref in known] == [id(array) for array in arrays]:
                return answer
        answer = find()
        if answer is not None:
            answer.flags.writeable = False
        self._found = [([weakref.ref(array, self._forget) for array in arrays], answer)]
        return answer

    def _forget(self, gone: object) -> None:
        self._found = []
