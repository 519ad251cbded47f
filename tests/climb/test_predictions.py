"""The table of predictions says what the scores were computed from, line by line."""

import csv
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest

from gradatim.climb import climb_collection, write_predictions
from gradatim.errors import OutputError, SpecError
from gradatim.training.store import Store


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def written(tmp_path):
    def write(climb):
        return read(write_predictions(climb, tmp_path / "said.csv"))

    return write


def test_the_lines_give_the_scores_of_the_folds_again(blobs, written):
    found = climb_collection(blobs, rungs=["majority", "logistic"], folds=3)
    lines = written(found)
    assert list(lines[0]) == [
        "repeat", "row", "id", "group", "fold", "truth", "prediction",
        "probability of a", "probability of b", "probability of c",
    ]  # fmt: skip
    right = defaultdict(list)
    for line in lines:
        right[int(line["repeat"]), int(line["fold"])].append(line["truth"] == line["prediction"])
    scores = [np.mean(right[pair]) for pair in sorted(right)]
    np.testing.assert_allclose(scores, found.winner.fold_scores, rtol=0, atol=1e-12)
    assert len(scores) == 6


def test_each_item_has_one_line_per_repeat_and_groups_one_fold(blobs, written):
    lines = written(climb_collection(blobs, rungs=["linear"], folds=3))
    assert [line["row"] for line in lines] == [str(i + 1) for i in range(90)] * 2
    assert Counter(line["id"] for line in lines) == dict.fromkeys(blobs.ids.tolist(), 2)
    for line in lines:
        i = int(line["row"]) - 1
        assert (line["id"], line["truth"]) == (blobs.ids[i], blobs.y[i])
        assert line["group"] == str(blobs.groups[i])
    homes = {(line["repeat"], line["group"], line["fold"]) for line in lines}
    assert len(homes) == 2 * 30
    assert {line["fold"] for line in lines} == {"1", "2", "3"}


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_probabilities_of_the_majority_are_the_shares_in_the_other_folds(
    make_collection, written, metric
):
    y = np.repeat(["no", "yes"], [11, 25])
    made = make_collection(np.arange(36)[:, None], y)
    lines = written(climb_collection(made, rungs=["majority"], folds=3, repeats=1, metric=metric))
    assert "group" not in lines[0]
    for line in lines:
        others = [other["truth"] for other in lines if other["fold"] != line["fold"]]
        share = others.count("yes") / len(others)
        assert float(line["probability of yes"]) == pytest.approx(share, abs=1e-6)
        assert float(line["probability of no"]) == pytest.approx(1 - share, abs=1e-6)
        assert line["prediction"] == "yes"


def test_what_is_likeliest_is_what_is_said(blobs, written):
    found = climb_collection(blobs, rungs=["logistic"], folds=3, repeats=1)
    for line in written(found):
        chances = {name: float(line[f"probability of {name}"]) for name in "abc"}
        assert max(chances, key=chances.get) == line["prediction"]
        assert sum(chances.values()) == pytest.approx(1)


def test_rungs_without_probabilities_have_no_columns_for_them(rings, written):
    for metric in ("accuracy", "auc"):
        lines = written(
            climb_collection(rings, rungs=["kernel"], folds=3, repeats=1, metric=metric)
        )
        assert list(lines[0]) == ["repeat", "row", "id", "fold", "truth", "prediction"]


def test_labels_and_targets_have_a_column_each(make_collection, written):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    made = make_collection(X, (X > 0).astype(int), "multilabel")
    made = replace(made, target_names=("calm", "sad"))
    lines = written(climb_collection(made, rungs=["logistic"], folds=4, repeats=1))
    assert list(lines[0])[4:] == [
        "truth of calm", "truth of sad", "prediction of calm", "prediction of sad",
        "probability of calm", "probability of sad",
    ]  # fmt: skip
    assert [line["truth of sad"] for line in lines] == [str(int(x > 0)) for x in X[:, 1]]
    made = make_collection(X, X @ [[1.0], [2.0]] + 0.1, "regression")
    found = climb_collection(made, rungs=["linear"], folds=4, repeats=1)
    lines = written(found)
    assert list(lines[0])[4:] == ["truth of target 1", "prediction of target 1"]
    said = [float(line["prediction of target 1"]) for line in lines]
    np.testing.assert_array_equal(np.array(said), found.winner.predictions[0, :, 0])


def test_a_climb_from_the_store_writes_the_same(blobs, tmp_path):
    store = Store(tmp_path)
    options = {"rungs": ["majority", "logistic"], "folds": 3, "repeats": 1, "store": store}
    first, again = (
        write_predictions(climb_collection(blobs, **options), tmp_path / f"{k}.csv").read_bytes()
        for k in range(2)
    )
    assert first == again
    assert b"probability of a" in first


def test_names_from_outside_stay_what_they_are(make_collection, written):
    made = make_collection(np.arange(12)[:, None], np.repeat(['a,"b"', "c\nd"], 6))
    made = replace(made, ids=np.array([f"\udcff{i}" for i in range(12)]))
    lines = written(climb_collection(made, rungs=["majority"], folds=3, repeats=1))
    assert [line["truth"] for line in lines] == made.y.tolist()
    assert lines[3]["id"] == "\\udcff3"
    assert 'probability of a,"b"' in lines[0]


def test_without_folds_or_a_folder_nothing_is_written(blobs, tmp_path):
    found = climb_collection(blobs, rungs=["majority"], folds=3, repeats=1)
    with pytest.raises(SpecError, match="does not know its folds"):
        write_predictions(replace(found, fold_of=None), tmp_path / "said.csv")
    assert not list(tmp_path.iterdir())
    with pytest.raises(OutputError):
        write_predictions(found, tmp_path / "nowhere" / "said.csv")
