"""A climb that would not fit is refused before it begins, with the rung that it is."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim.climb import climb_collection
from gradatim.climb import memory as climb_memory
from gradatim.climb.memory import kept_bytes, rung_bytes
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


def test_probabilities_of_every_rung_and_repeat_count(blobs, monkeypatch):
    monkeypatch.setattr(climb_memory, "FOLD_MODEL_BYTES", 0)
    plan = [(FAMILIES["majority"], ""), (FAMILIES["kernel"], "features")]
    for repeats in (1, 3):
        task = ClimbTask(blobs, 0, 1, folds=make_folds(blobs, 3, repeats, 0))
        # 90 rows: a letter of four bytes, and three probabilities, from each of two rungs
        assert kept_bytes(task, plan) == repeats * 90 * (4 + 3 * 8) * 2


def test_of_a_fixed_split_the_scored_part_counts(blobs, monkeypatch):
    monkeypatch.setattr(climb_memory, "FOLD_MODEL_BYTES", 0)
    fixed = replace(blobs, parts=np.where(np.arange(90) % 3, "train", "test"), groups=None)
    task = ClimbTask(fixed, 0, 1, folds=make_folds(fixed, 3, 1, 0))
    assert kept_bytes(task, [(FAMILIES["majority"], "")]) == 30 * (4 + 3 * 8)


def test_numbers_have_no_probabilities_and_models_of_folds_are_bounded(make_collection):
    made = make_collection(np.zeros((40, 3)), np.zeros((40, 2)), "regression")
    task = ClimbTask(made, 0, 1, folds=make_folds(made, 4, 1, 0), metric="r2")
    assert kept_bytes(task, [(FAMILIES["majority"], "")]) == 40 * 2 * 8
    linear = [(FAMILIES["linear"], "features")]
    assert kept_bytes(task, linear) == 40 * 2 * 8 + 4 * 8 * (120 + 400_000)
    most = 1000 * 40 * 2 * 8 + climb_memory.FOLD_MODEL_BYTES
    assert kept_bytes(task, 1000 * linear) == most


def test_what_is_kept_can_be_what_does_not_fit(blobs, monkeypatch):
    monkeypatch.setattr(climb_memory, "available_memory", lambda: climb_memory.OVERHEAD)
    with pytest.raises(NotEnoughMemoryError, match="for the majority rung"):
        climb_collection(blobs, rungs=["majority"])
