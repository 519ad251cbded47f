"""``gradatim data``: list the datasets in the package.

Conventions: a row a dataset, in the order of `gradatim.datasets.DATASETS`.
"""


def data() -> None:
    """List the datasets in the package."""
