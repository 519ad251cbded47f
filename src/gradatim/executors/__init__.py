"""Where work runs that may take its process down: worker processes here, tasks on a cluster.

Conventions: a worker is a Python program that answers JSON by JSON, so nothing is pickled and no
``__main__`` is imported again; Ray is imported only where a cluster was asked for.
"""

from gradatim.executors.cluster import Cluster, connect

__all__ = ["Cluster", "connect"]
