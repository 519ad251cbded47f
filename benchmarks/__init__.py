"""Benches: what gradatim costs, measured beside its peers on the same machine in the same run.

Conventions: see `benchmarks.result`. Names are loaded when first used, so that listing the
benches imports neither an engine nor a peer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from benchmarks.document import to_document as to_document
    from benchmarks.document import write_document as write_document
    from benchmarks.registry import BENCHES as BENCHES
    from benchmarks.registry import Bench as Bench
    from benchmarks.result import Options as Options
    from benchmarks.result import Result as Result
    from benchmarks.result import Table as Table

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "document": ["to_document", "write_document"],
        "registry": ["BENCHES", "Bench"],
        "result": ["Options", "Result", "Table"],
    },
)
