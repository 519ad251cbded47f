import numpy as np
import pytest

from gradatim.collection import Collection, CycleSound
from gradatim.errors import ShapeError


@pytest.fixture
def collection():
    X = np.arange(8.0).reshape(4, 2)
    return Collection(
        name="four",
        X={"raw": X, "features": X[:, :1]},
        y=np.array(["b", "a", "b", "c"]),
        task="classification",
        ids=np.array(["1", "2", "3", "4"]),
        groups=np.array(["g", "g", "h", "i"]),
        media=tuple(CycleSound(np.array([0.0, k])) for k in range(4)),
    )


def changed(collection, **fields):
    values = {name: getattr(collection, name) for name in collection.__dataclass_fields__}
    return Collection(**{**values, **fields})


def test_inputs_are_floats_in_their_order_and_float32_stays(collection):
    assert list(collection.X) == ["raw", "features"]
    assert {X.dtype for X in collection.X.values()} == {np.dtype(np.float64)}
    whole = {"raw": np.ones((4, 1), dtype=np.float32), "features": np.ones((4, 2), dtype=int)}
    found = changed(collection, X=whole).X
    assert [X.dtype for X in found.values()] == [np.float32, np.float64]


def test_inputs_cannot_be_exchanged(collection):
    with pytest.raises(TypeError):
        collection.X["raw"] = np.zeros((4, 2))


def test_classes_are_sorted(collection):
    assert collection.classes.tolist() == ["a", "b", "c"]
    assert collection.n_samples == 4


def test_a_regression_has_no_classes(collection):
    assert len(changed(collection, task="regression", y=np.arange(4.0)).classes) == 0


@pytest.mark.parametrize("X", [np.zeros((3, 2)), np.zeros(4), np.zeros((4, 2, 2))])
def test_an_input_has_a_row_per_sample(collection, X):
    with pytest.raises(ShapeError, match="input 'raw' has shape"):
        changed(collection, X={"raw": X})


@pytest.mark.parametrize("column", ["ids", "groups", "media"])
def test_every_column_has_an_entry_per_sample(collection, column):
    with pytest.raises(ShapeError, match=f"{column} has 3 entries for 4 samples"):
        changed(collection, **{column: getattr(collection, column)[:3]})


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True, False])])
def test_taken_rows_keep_everything_together(collection, rows):
    part = collection.take(rows)
    order = np.arange(4)[rows]
    np.testing.assert_array_equal(part.X["raw"], collection.X["raw"][order])
    assert part.y.tolist() == ["b", "b"]
    assert part.ids.tolist() == [str(k + 1) for k in order]
    assert part.groups.tolist() == collection.groups[order].tolist()
    assert [sound.cycle[1] for sound in part.media] == order.tolist()


def test_equal_data_have_one_hash_whatever_their_name(collection):
    assert changed(collection, name="other", media=None).sha256 == collection.sha256


@pytest.mark.parametrize(
    "fields",
    [
        {"X": {"raw": np.zeros((4, 2))}},
        {"y": np.array(["a", "a", "b", "c"])},
        {"groups": None},
        {"groups": np.array(["g", "h", "h", "i"])},
    ],
)
def test_other_samples_targets_or_groups_have_another_hash(collection, fields):
    assert changed(collection, **fields).sha256 != collection.sha256


def test_a_cycle_is_played_at_its_pitch_between_two_fades():
    time = np.arange(256) / 256
    y, sr = CycleSound(np.sin(2 * np.pi * time), frequency=100.0, sr=8000).read(1.0)
    assert (len(y), sr, y.dtype) == (8000, 8000, np.float32)
    middle = np.arange(4000, 4800)
    np.testing.assert_allclose(y[middle], np.sin(2 * np.pi * 100 * middle / 8000), atol=1e-3)
    assert y[0] == y[-1] == 0.0
    assert np.abs(y[:80]).max() <= 1.0


def test_every_target_has_a_unit_or_none_has(collection):
    with pytest.raises(ShapeError, match="1 units of 0 targets"):
        changed(collection, target_units=("dB",))
