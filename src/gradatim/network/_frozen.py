"""A mapping that cannot be changed, so that a value that holds one is a value.

Conventions: it equals a ``dict`` of the same items, hashes by its items, and can be copied and
sent to other processes (``types.MappingProxyType`` can do neither).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

__all__ = ["FrozenMap"]

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(Mapping[K, V]):
    """An immutable copy of a mapping.

    Examples
    --------
    >>> weights = FrozenMap({0: 2.0})
    >>> weights == {0: 2.0}, hash(weights) == hash(FrozenMap({0: 2.0}))
    (True, True)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)
