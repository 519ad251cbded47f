"""The options of verbs that may work on a cluster.

Conventions: without ``--cluster`` nothing of Ray is imported.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from gradatim.executors import Cluster

RUN = Group("How it is run", sort_key=3)

ClusterOption = Annotated[
    str | None,
    Parameter(
        group=RUN,
        metavar="ADDRESS",
        help="Ray cluster to work on, as ray://HOST:PORT, or auto on one of its nodes; features "
        "then lie where all nodes see them (--cache).",
    ),
]


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[Cluster | None]:
    """Connect to a cluster, if there is to be one, and leave it in the end."""
    if address is None:
        yield None
        return
    from gradatim.cli._progress_bar import work
    from gradatim.executors import connect

    with work(f"connecting to {address}", lambda tell: connect(address)) as cluster:
        yield cluster
