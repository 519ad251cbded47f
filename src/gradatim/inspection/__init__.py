"""What is wrong with a collection: copies, leaks, columns that give the target away, labels.

Conventions: nothing is changed here; what is found becomes a `Finding`, and for a climb a `Notice`.
"""

from gradatim.inspection.collections import inspect_collection, inspected
from gradatim.inspection.duplicates import copies, without_copies
from gradatim.inspection.findings import Finding

__all__ = ["Finding", "copies", "inspect_collection", "inspected", "without_copies"]
