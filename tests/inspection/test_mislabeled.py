import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.inspection import mislabeled
from gradatim.inspection.mislabeled import find_mislabeled, suspects


def blobs(n=60, seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat(["kick", "snare", "tom"], n)
    X = np.repeat([[0.0, 0.0], [12.0, 0.0], [0.0, 12.0]], n, axis=0) + rng.normal(size=(3 * n, 2))
    return X, y


def collection(X, y, groups=None):
    return Collection("t", {"f": X}, y, "classification", np.arange(len(y)), groups)


def test_planted_flips_are_found_and_nothing_else():
    X, y = blobs()
    assert suspects(X, y)[0].tolist() == []
    flipped = y.copy()
    flipped[[3, 70, 130]] = ["tom", "kick", "snare"]
    rows, told = suspects(X, flipped)
    assert dict(zip(rows.tolist(), told.tolist(), strict=True)) == {
        3: "kick",
        70: "snare",
        130: "tom",
    }
    [finding] = find_mislabeled(collection(X, flipped))
    assert finding.message.startswith("3 labels may be wrong, the likeliest first: ")
    assert sorted(finding.samples) == [(3,), (70,), (130,)]


@pytest.fixture
def few_trees(monkeypatch):
    """Vote with fewer trees, where classes are far from each other."""
    monkeypatch.setattr(mislabeled, "_TREES", 20)


@pytest.mark.usefixtures("few_trees")
def test_a_group_of_one_wrong_label_is_judged_by_the_others():
    X, y = blobs()
    X = np.concatenate([X, np.repeat([[12.0, 0.0]], 5, axis=0) + 1e-3 * np.arange(5)[:, None]])
    y = np.append(y, ["kick"] * 5)
    groups = np.append(np.arange(180).astype(str), ["one song"] * 5)
    assert suspects(X, y, groups)[0].tolist() == [180, 181, 182, 183, 184]
    assert len(suspects(X, y)[0]) < 5


@pytest.mark.usefixtures("few_trees")
def test_small_classes_and_overlapping_ones_are_not_judged():
    X, y = blobs()
    y[:9] = "rim"
    assert not set(suspects(X, y)[0].tolist()) & set(range(9))
    noise = np.random.default_rng(1).permutation(blobs()[1])
    assert list(find_mislabeled(collection(X, noise))) == []
    assert list(find_mislabeled(collection(X[:60], y[:60]))) == []


@pytest.mark.usefixtures("few_trees")
def test_gaps_are_filled():
    X, y = blobs()
    X[5, 0] = np.nan
    assert suspects(X, y)[0].tolist() in ([], [5])
