import dataclasses
import re

import numpy as np
import pytest

from gradatim.collection import Collection, CycleSound
from gradatim.inspection import leaks
from gradatim.inspection.duplicates import duplicate_findings
from gradatim.inspection.leaks import WINDOW, find_leaks, measure_closeness


def table(X, y, **more):
    names = {"features": [f"x{k}" for k in range(X.shape[1])]}
    task = "classification" if y.dtype.kind == "U" else "regression"
    ids = np.array([f"row {k}" for k in range(len(y))])
    return Collection("t", {"features": X}, y, task, ids, feature_names=names, **more)


def songs(n=40, pieces=8, order=None):
    """Songs of random labels, cut into pieces that are almost alike."""
    rng = np.random.default_rng(4)
    X = np.repeat(rng.normal(size=(n, 3)), pieces, axis=0) + 0.1 * rng.normal(size=(n * pieces, 3))
    y = np.repeat(np.array(["x", "y"])[rng.integers(2, size=n)], pieces)
    song = np.repeat(np.arange(n), pieces).astype(str)
    order = np.arange(len(y)) if order is None else order
    return table(X[order], y[order], texts={"song": song[order]})


def codes(collection, **more):
    return [finding.code for finding in find_leaks(collection, **more)]


def test_pieces_of_songs_raise_the_alarm_and_the_column_that_names_them_is_proposed():
    leak, proposal = find_leaks(songs())
    assert (leak.code, proposal.code) == ("leak", "groups-proposed")
    assert leak.fix == proposal.fix
    assert leak.fix.endswith("keep its samples together with --groups song")
    assert len(proposal.samples) == 40
    assert proposal.samples[1] == tuple(range(8, 16))


def test_groups_silence_the_alarm_and_the_proposal():
    made = songs()
    assert codes(dataclasses.replace(made, groups=made.texts["song"])) == []


def test_groups_that_are_finer_than_the_songs_do_not():
    made = songs()
    halves = np.char.add(made.texts["song"], np.tile(["a", "b"], 160))
    assert codes(dataclasses.replace(made, groups=halves)) == ["leak"]


def test_rows_in_random_order_raise_the_alarm_only_where_their_songs_are_known():
    made = songs(order=np.random.default_rng(0).permutation(320))
    assert codes(dataclasses.replace(made, texts={})) == []
    leak, _ = find_leaks(made)
    scores = re.search(
        r"scores ([\d.]+) where rows are dealt one by one, and ([\d.]+)", leak.message
    )
    assert float(scores[1]) > 0.98
    assert 0.3 < float(scores[2]) < 0.7


def test_groups_that_give_nothing_away_are_proposed_without_an_alarm():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(320, 3))
    y = np.where(X[:, 0] > 0, "x", "y")
    made = table(X, y, texts={"artist": rng.integers(40, size=320).astype(str)})
    assert codes(made) == ["groups-proposed"]


@pytest.mark.parametrize(("name", "found"), [("track_id", 1), ("songId", 1), ("tempo", 0)])
def test_an_id_of_numbers_that_was_learnt_from_is_proposed(name, found):
    rng = np.random.default_rng(5)
    X = np.column_stack([rng.integers(40, size=320), rng.normal(size=320)])
    y = np.where(X[:, 1] > 0, "x", "y")
    made = dataclasses.replace(table(X, y), feature_names={"features": [name, "a"]})
    assert codes(made) == ["groups-proposed"] * found


def test_a_kind_of_a_class_is_no_group():
    rng = np.random.default_rng(5)
    y = np.repeat(["x", "y"], 160)
    kinds = np.array([f"{label}{0 if rng.random() < 0.7 else k % 4}" for k, label in enumerate(y)])
    assert codes(table(rng.normal(size=(320, 3)), y, texts={"kind": kinds})) == []


def test_songs_of_numbers_are_scored_by_both_protocols():
    rng = np.random.default_rng(6)
    X = np.repeat(rng.normal(size=(60, 3)), 6, axis=0) + 0.05 * rng.normal(size=(360, 3))
    y = np.repeat(rng.normal(size=60), 6)
    order = rng.permutation(360)
    texts = {"song": np.repeat(np.arange(60), 6).astype(str)[order]}
    leak, _ = find_leaks(table(X[order], y[order], texts=texts))
    assert "dealt one by one" in leak.message


@pytest.mark.parametrize("order", ["random", "class", "feature", "target"])
def test_independent_rows_raise_no_alarm_however_they_are_sorted(order):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 4))
    score = X[:, 0] + 0.5 * rng.normal(size=300)
    y = score if order == "target" else np.where(score > 0, "high", "low")
    keys = {"random": rng.random(300), "class": y, "feature": X[:, 0], "target": score}
    index = np.argsort(keys[order], kind="stable")
    assert codes(table(X[index], y[index])) == []


def test_a_curve_along_which_rows_stand_raises_no_alarm():
    rng = np.random.default_rng(2)
    t = np.linspace(0, 3, 300)
    X = np.stack([np.cos(t), np.sin(t)], axis=1) + 0.1 * rng.normal(size=(300, 2))
    assert codes(table(X, np.repeat(["x"], 300))) == []


def test_columns_that_number_the_rows_do_not_count_where_they_are_named():
    rng = np.random.default_rng(3)
    blocks = np.repeat(rng.permutation(40), 8) * 100.0 + np.tile(np.arange(8), 40)
    X = blocks[:, None]
    made = table(X, np.repeat(["x"], 320))
    assert codes(made) == ["leak"]
    assert codes(made, ignored={"features": frozenset(["x0"])}) == []


def test_chance_is_the_share_of_the_class_that_stands_close():
    # 100 rows of one class: 10 before and 10 after most, fewer near the ends.
    X = np.random.default_rng(0).normal(size=(100, 5))
    found = measure_closeness(table(X, np.repeat(["x"], 100)), "features")
    within = [sum(0 < abs(i - j) <= 10 for j in range(100)) for i in range(100)]
    assert found.n_pairs == 100
    assert found.chance == pytest.approx(np.mean(within) / 99)


def test_copies_are_no_neighbours():
    X = np.random.default_rng(0).normal(size=(160, 4))
    made = table(np.repeat(X, 2, axis=0), np.repeat(["x"], 320))
    assert codes(made) == []


def test_a_column_that_names_the_class_is_not_proposed():
    made = songs()
    assert codes(dataclasses.replace(made, texts={"genre": made.y})) == ["leak"]
    numbers = np.arange(320).astype(str)
    assert codes(dataclasses.replace(made, texts={"title": numbers})) == ["leak"]


def test_stems_of_file_names_are_proposed():
    made = songs(order=np.random.default_rng(0).permutation(320))
    files = np.array(
        [
            f"{y}/s.{song}.{k}.wav"
            for k, (y, song) in enumerate(zip(made.y, made.texts["song"], strict=True))
        ]
    )
    sounds = dataclasses.replace(made, ids=files, media=[CycleSound(np.zeros(4))] * 320, texts={})
    leak, finding = find_leaks(sounds)
    assert leak.fix == finding.fix
    assert finding.fix.endswith("--groups stem:name")
    assert len(finding.samples) == 40


def split(made, n_train, **more):
    rows = np.arange(made.n_samples)
    return dataclasses.replace(made, parts=np.where(rows < n_train, "train", "test"), **more)


def test_a_group_in_both_parts_of_a_published_split_is_named():
    made = songs()
    whole = split(made, 160, groups=made.texts["song"])
    assert codes(whole) == []
    [leak] = find_leaks(split(made, 163, groups=made.texts["song"]))
    assert leak.code == "leak"
    assert leak.message.startswith("1 group stands in both parts of the split, such as '20'")
    assert leak.samples == (tuple(range(160, 168)),)


def test_copies_in_both_parts_are_named_and_those_in_one_are_not():
    rng = np.random.default_rng(0)
    y = np.array(["x", "y"])[np.arange(40) % 2]
    hashes = np.arange(40).astype(str)
    hashes[1], hashes[38] = "2", "39"  # 1 and 2, 38 and 39: each pair in one part
    made = split(table(rng.normal(size=(40, 3)), y, content_hashes=hashes), 20)
    assert codes(made) == []
    hashes[30] = "2"
    [leak] = find_leaks(dataclasses.replace(made, content_hashes=hashes))
    assert leak.message == (
        "1 sample of the part that is scored is a copy of what is learnt from, such as row 30"
    )
    assert leak.samples == ((1, 2, 30),)
    [copies] = duplicate_findings(made)
    assert copies.fix.startswith("--drop-duplicates keeps one of each")


def test_copies_in_several_published_folds_are_named_and_those_in_one_are_not():
    rng = np.random.default_rng(0)
    y = np.array(["x", "y"])[np.arange(40) % 2]
    hashes = np.arange(40).astype(str)
    hashes[1] = "2"  # In one fold
    folds = np.repeat(["a", "b", "c", "d"], 10)
    made = table(rng.normal(size=(40, 3)), y, content_hashes=hashes, folds=folds)
    assert codes(made) == []
    hashes[30] = "2"
    [leak] = find_leaks(dataclasses.replace(made, content_hashes=hashes))
    assert leak.message == (
        "3 samples have copies in other published folds, such as row 1: what is scored was learnt "
        "from"
    )
    assert leak.samples == ((1, 2, 30),)


def test_rows_that_stand_together_leak_only_where_the_published_split_cuts_their_song():
    made = songs()
    # Whole songs: what is proposed as groups is, and nothing leaks, however close the rows are.
    assert codes(split(made, 160)) == ["groups-proposed"]
    assert codes(split(made, 160, texts={})) == []
    # Each song in both parts
    torn = dataclasses.replace(made, parts=np.where(np.arange(320) % 8 < 6, "train", "test"))
    assert codes(torn) == ["leak", "groups-proposed"]


@pytest.mark.parametrize("grouped", [False, True])
def test_chance_is_the_share_of_the_strangers_of_a_class_that_stand_close(grouped):
    rng = np.random.default_rng(0)
    strata = rng.integers(3, size=80)
    groups = rng.integers(9, size=80).astype(str)
    expected = []
    for i in range(80):
        mates = groups == groups[i] if grouped else np.arange(80) == i
        others = [j for j in range(80) if strata[j] == strata[i] and not mates[j]]
        close = [j for j in others if abs(i - j) <= WINDOW]
        expected.append(len(close) / len(others))
    found = leaks._chances(strata, groups if grouped else None)
    np.testing.assert_allclose(found, expected)


def test_of_many_rows_some_are_asked_and_the_alarm_is_the_same(monkeypatch):
    monkeypatch.setattr(leaks, "_MOST_ASKED", 100)
    assert codes(songs()) == ["leak", "groups-proposed"]


def test_copies_are_not_said_to_stay_in_one_of_the_folds_that_are_published():
    X = np.repeat(np.random.default_rng(1).normal(size=(30, 4)), 2, axis=0)
    hashes = np.repeat(np.arange(30), 2).astype(str)
    made = table(X, np.tile(np.repeat(["x", "y"], 2), 15), content_hashes=hashes)
    dealt = list(duplicate_findings(made))
    assert "copies stay in one fold" in dealt[0].fix
    for finding in duplicate_findings(dataclasses.replace(made, folds=np.arange(60) % 5)):
        assert "stay in one fold" not in finding.fix
