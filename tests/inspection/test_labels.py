from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.inspection.labels import _close, find_label_faults


def faults(labels, groups=None):
    y = np.array(labels)
    made = Collection("t", {"f": np.zeros((len(y), 1))}, y, "classification", np.arange(len(y)))
    if groups is not None:
        object.__setattr__(made, "groups", np.array(groups))
    return list(find_label_faults(made))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Rock", "rock"),
        ("Hip-Hop", "hip hop"),
        ("Música", "musica"),
        ("R&B", "r and b"),
        ("classical", "clasical"),
        ("electornic", "electronic"),
        ("drums", "drum"),
    ],
)
def test_twins_are_found(a, b):
    [finding] = faults([a] * 9 + [b] * 6 + ["other things"] * 5)
    assert finding.code == "label-twins"
    assert (len(finding.samples[0]), len(finding.samples[1])) in ((9, 6), (6, 9))
    assert finding.fix == f"if they are one class, rename {b!r} to {a!r}"


@pytest.mark.parametrize(
    ("a", "b"),
    [("kit1", "kit2"), ("C", "C#"), ("+", "-"), ("Iraq", "Iran"), ("viola", "violin"),
     ("Mali", "Malta"), ("bass", "bassy"), ("recording1", "recording11")],
)  # fmt: skip
def test_names_that_differ_in_meaning_are_no_twins(a, b):
    assert faults([a] * 5 + [b] * 5) == []


def test_twins_among_thousands_of_classes_are_those_of_every_pair():
    rng = np.random.default_rng(0)
    names = sorted({"".join(rng.choice(list("abcs"), rng.integers(3, 7))) for _ in range(300)})
    found = [f for f in faults(names) if f.code == "label-twins"]
    every = [(i, j) for i, j in combinations(range(len(names)), 2) if _close(names[i], names[j])]
    assert len(every) > 30
    assert [(f.samples[0][0], f.samples[1][0]) for f in found] == every
    # Pair by pair, 5,000 classes would take 12 million comparisons.
    assert len(faults([f"song {k}" for k in range(5_000)])) == 1


def test_classes_that_no_climb_can_score_are_listed():
    [finding] = faults(["a"] * 9 + ["bb"] * 4 + ["ccc"])
    assert finding.code == "lost-class"
    assert finding.message == (
        "2 classes have fewer samples than 5 folds, so no climb can score them: bb (4), ccc (1)"
    )
    assert finding.samples == ((9, 10, 11, 12), (13,))


def test_a_group_of_nobody_is_found():
    artists = ["Unknown", "Unknown", "A", "B", "C", "D", "E", "N/A"]
    [finding] = faults(["x"] * 8, artists)[:1]
    assert (finding.code, finding.samples) == ("unknown-group", ((0, 1),))
    assert "group 'Unknown' holds 2 samples" in finding.message


def test_groups_that_cannot_be_spread_are_found():
    [finding] = faults(["x"] * 8, list("aabbccdd"))
    assert (finding.code, finding.fix) == ("few-groups", "climb with --folds 4")
    [finding] = faults(["x"] * 8 + ["y"] * 8, list("abcdefghabcdabcd"))
    assert finding.message == (
        "1 class has fewer groups than 5 folds, so some folds are scored or learnt from without: "
        "y (4)"
    )
    assert faults(["x"] * 8 + ["y"] * 8, list("abcdefghabcdeabc")) == []


def of_a_split(labels, groups, parts):
    y, n = np.array(labels), len(labels)
    return Collection(
        "t", {"f": np.zeros((n, 1))}, y, "classification", np.arange(n), groups=np.array(groups),
        parts=np.array(parts),
    )  # fmt: skip


def test_of_a_published_split_groups_are_counted_where_they_are_scored():
    parts = ["train"] * 12 + ["test"] * 8
    labels = list("xy") * 10
    [finding] = find_label_faults(of_a_split(labels, [*range(12), *"ppqqrrss"], parts))
    assert (finding.code, finding.message) == (
        "few-groups",
        "the part that is scored holds 4 groups, and on these alone rests what is known",
    )
    assert list(find_label_faults(of_a_split(labels, [*"aabbccddeeff", *range(8)], parts))) == []


def test_of_a_published_split_classes_are_counted_where_they_are_learnt():
    made = of_a_split(list("xxxxxxyyyyxy"), range(12), ["train"] * 10 + ["test"] * 2)
    [finding] = find_label_faults(replace(made, groups=None))
    assert finding.message == (
        "1 class has fewer samples to learn from than 5 folds, so no climb can learn it: y (4)"
    )
    assert finding.samples == ((6, 7, 8, 9, 11),)


def test_published_folds_are_as_they_are():
    made = of_a_split(list("xyxyxy"), list("aabbcc"), ["train"] * 6)
    assert list(find_label_faults(replace(made, parts=None, folds=np.array(list("112233"))))) == []
