"""Tables in: a file of CSV, Parquet or ARFF, or a data frame, becomes a `Collection`.

Conventions: names are loaded when first used, so that importing this part does not import
pyarrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.tables.collections import read_table as read_table

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "collections": ["read_table"],
    },
)
