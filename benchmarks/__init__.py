"""Benches: what gradatim costs, measured beside its peers on the same machine in the same run.

Conventions: see `benchmarks.result`. Names are loaded when first used, so that listing the
benches imports neither an engine nor a peer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.document import to_document, write_document
    from benchmarks.registry import BENCHES, Bench
    from benchmarks.result import Options, Result, Table

__all__ = ["BENCHES", "Bench", "Options", "Result", "Table", "to_document", "write_document"]

_HOMES = {
    "BENCHES": "registry",
    "Bench": "registry",
    "Options": "result",
    "Result": "result",
    "Table": "result",
    "to_document": "document",
    "write_document": "document",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
