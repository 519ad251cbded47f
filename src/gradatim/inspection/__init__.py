"""What is wrong with a collection: copies of one sample, and columns that give the target away.

Conventions: nothing is changed here; what is found becomes a `Notice`.
"""

from gradatim.inspection.collections import inspect_collection, inspected

__all__ = ["inspect_collection", "inspected"]
