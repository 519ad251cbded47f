"""What all tests share: slow ones run last, and JAX refuses to broadcast to another rank."""

import os

import pytest

# Read by JAX when it is imported, in this process and in those that tests start.
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
