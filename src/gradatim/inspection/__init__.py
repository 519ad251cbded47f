"""What is wrong with a collection: copies, leaks, columns that give the target away, labels.

Conventions: nothing is changed here; what is found becomes a `Finding`, and for a climb a `Notice`.
"""

from gradatim.inspection.collections import inspect_collection, inspected
from gradatim.inspection.duplicates import copies, drop_copies
from gradatim.inspection.findings import Finding
from gradatim.inspection.labels import find_constant_targets
from gradatim.inspection.leaks import propose_groups

__all__ = [
    "Finding",
    "copies",
    "drop_copies",
    "find_constant_targets",
    "inspect_collection",
    "inspected",
    "propose_groups",
]
