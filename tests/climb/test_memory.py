"""A climb that would not fit is refused before it begins, with the rung that it is."""

import pytest

from gradatim.climb import climb_collection
from gradatim.climb import memory as climb_memory
from gradatim.climb.memory import rung_bytes
from gradatim.climb.task import ClimbTask
from gradatim.errors import NotEnoughMemoryError
from gradatim.evaluation.folds import make_folds
from gradatim.models.families.registry import FAMILIES


def test_the_largest_rung_is_named_and_what_to_do(blobs, monkeypatch):
    monkeypatch.setattr(climb_memory, "available_memory", lambda: 1000)
    with pytest.raises(NotEnoughMemoryError, match=r"GB for the .* rung on features; you have"):
        climb_collection(blobs, rungs=["majority", "kernel"])


def test_a_kernel_grows_with_the_square_of_the_rows(blobs, rings):
    small, large = (ClimbTask(c, 0, 2, folds=make_folds(c, 3, 1, 0)) for c in (blobs, rings))
    sizes = [
        rung_bytes(p, FAMILIES["kernel"], "features") - climb_memory.OVERHEAD
        for p in (small, large)
    ]
    assert sizes[1] / sizes[0] == pytest.approx((200 / 90) ** 2, rel=0.1)


def test_what_reads_nothing_takes_nothing_to_speak_of(blobs):
    problem = ClimbTask(blobs, 0, 2, folds=make_folds(blobs, 3, 1, 0))
    assert rung_bytes(problem, FAMILIES["majority"], "") == climb_memory.OVERHEAD
