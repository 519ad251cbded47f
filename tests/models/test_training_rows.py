"""Training rows in a model: which are kept, and which are nearest."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim import load_model
from gradatim.collection import Collection
from gradatim.models.training_rows import MOST_BYTES, MOST_ROWS, TrainingRows, keep_rows
from gradatim.scalers import Scaler, fit_scaler
from tests.models.conftest import make_collection
from tests.models.test_model import model_of


def test_the_nearest_rows_by_root_mean_square():
    rows = TrainingRows(
        np.array([[0, 0], [3, 4], [1, 1], [1, 1]], np.float32), tuple("abcd"), tuple("xyxy"), 4
    )
    assert rows.nearest(np.array([[0.0, 0.0]]), 3) == [(0, 0.0), (2, 1.0), (3, 1.0)]
    [(k, distance)] = rows.nearest(np.array([[3.0, 5.0]]), 1)
    assert (k, distance) == (1, pytest.approx(np.sqrt(0.5)))
    # Of a sound in pieces, the nearest to any of them.
    assert rows.nearest(np.array([[9.0, 9.0], [0.5, 0.0]]), 1)[0][0] == 0


def test_few_rows_are_kept_all_and_many_sampled_and_bounded():
    rng = np.random.default_rng(0)
    for n, d, expected in ((50, 3, 50), (5000, 3, MOST_ROWS), (300, 5000, MOST_BYTES // 20_000)):
        X = rng.normal(size=(n, d)).astype(np.float32)
        y = np.array(["a", "b"] * (n // 2))
        collection = Collection("made", {"x": X}, y, "classification", np.arange(n))
        everything = np.arange(n)
        scaler = fit_scaler(X)
        kept = keep_rows(collection, "x", everything, scaler, 3)
        assert kept.scaled.shape == (expected, d)
        assert kept.scaled.dtype == np.float32
        assert kept.scaled.nbytes <= MOST_BYTES
        assert kept.n_all == n
        numbers = [int(one) for one in kept.ids]
        assert numbers == sorted(set(numbers))
        np.testing.assert_array_equal(kept.scaled, scaler.transform(X[numbers]))
        assert list(kept.labels) == y[numbers].tolist()
        assert keep_rows(collection, "x", everything, scaler, 3).ids == kept.ids
    assert keep_rows(collection, "x", everything, scaler, 4).ids != kept.ids


def test_rows_too_wide_for_even_one_are_not_kept():
    n = MOST_BYTES // 4 + 1
    ones = np.ones(n)
    X = np.zeros((2, n), np.float32)
    collection = Collection("wide", {"x": X}, np.array(["a", "b"]), "classification", np.arange(2))
    assert keep_rows(collection, "x", np.arange(2), Scaler(ones, ones, ones), 0) is None


def test_labels_and_numbers_are_written_as_words(climbs):
    labels = model_of(climbs("labels"), "linear").training_rows.labels
    y = make_collection("labels").y
    assert list(labels) == ["|".join(f"output {k + 1}" for k in np.flatnonzero(row)) for row in y]
    numbers = model_of(climbs("values"), "linear").training_rows.labels
    assert numbers[0] == ", ".join(f"{value:.6g}" for value in make_collection("values").y[0])


def test_they_come_back_from_a_file_and_may_be_left_out(climbs, tmp_path):
    model = model_of(climbs("three"), "deep")
    again = load_model(model.save(tmp_path / "m.gradatim")).training_rows
    np.testing.assert_array_equal(again.scaled, model.training_rows.scaled)
    assert (again.ids, again.labels, again.n_all) == (
        model.training_rows.ids,
        model.training_rows.labels,
        60,
    )
    bare = replace(model, training_rows=None)
    assert load_model(bare.save(tmp_path / "b.gradatim")).training_rows is None
    assert model_of(climbs("three"), "majority").training_rows is None
