"""Tables in: a file of CSV, Parquet or ARFF, or a data frame, becomes a `Collection`.

Conventions: names are loaded when first used, so that importing this part does not import
pyarrow.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
