import re

import numpy as np
import pytest
from matplotlib.path import Path

from gradatim.comparisons.racing.picture import _path
from gradatim.comparisons.racing.regions import Frame, frame_of
from gradatim.errors import SpecError

PLANE = Frame(np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
LINE = Frame(np.array([0.0]), np.array([10.0]))


def inside(text, places):
    """Whether places lie in a path by the even-odd rule, polygon by polygon."""
    path = _path(text)
    parts = [Path(polygon) for polygon in path.to_polygons()]
    return sum(part.contains_points(places).astype(int) for part in parts) % 2 == 1


def test_a_region_holds_exactly_the_rows_of_its_class():
    def ring(X):
        radius = np.hypot(*X.T)
        return np.minimum(radius - 0.3, 0.8 - radius)

    X = np.random.default_rng(0).uniform(-1, 1, (3000, 2))
    clear = np.abs(ring(X)) > 0.02
    [text] = PLANE.regions(ring)
    assert np.array_equal(inside(text, PLANE.place(X))[clear], (ring(X) > 0)[clear])


@pytest.mark.parametrize("seed", range(20))
def test_the_region_of_a_line_is_a_half_plane_up_to_its_corners(seed):
    w = np.random.default_rng(seed).normal(size=3) * [1, 1, 0.3]
    [text] = PLANE.regions(lambda X: X @ w[:2] + w[2])
    X = np.random.default_rng(100 + seed).uniform(-1, 1, (2000, 2))
    clear = np.abs(X @ w[:2] + w[2]) > 0.01 * np.linalg.norm(w[:2])
    assert np.array_equal(inside(text, PLANE.place(X))[clear], (X @ w[:2] + w[2] > 0)[clear])


def test_the_second_input_grows_upwards():
    assert PLANE.place(np.array([[-1.0, 1.0]])).tolist() == [[0.0, 0.0]]


def test_every_class_but_the_first_has_a_region():
    def thirds(X):
        return np.column_stack([X[:, 0] * 0, X[:, 0], X[:, 1]])

    one, two = PLANE.regions(thirds)
    assert inside(one, PLANE.place(np.array([[0.8, -0.5], [-0.8, -0.8], [0.1, 0.9]]))).tolist() == [
        True, False, False]  # fmt: skip
    assert inside(two, PLANE.place(np.array([[0.8, -0.5], [-0.8, -0.8], [0.1, 0.9]]))).tolist() == [
        False, False, True]  # fmt: skip


def test_on_a_line_a_region_is_bars():
    [text] = LINE.regions(lambda X: np.where((X[:, 0] < 2) | (X[:, 0] > 7.5), 1.0, -1.0))
    numbers = [float(n) for n in re.findall(r"[MH]([\d.]+)", text)]
    assert text.count("M") == 2
    assert numbers == pytest.approx([0, 20, 0, 75, 100, 75], abs=0.1)


def test_a_class_that_is_nowhere_or_everywhere_is_no_trouble():
    assert PLANE.regions(lambda X: -np.ones(len(X))) == [""]
    [text] = PLANE.regions(lambda X: np.full(len(X), np.inf))
    assert inside(text, np.array([[1.0, 1.0], [50, 50], [99, 99]])).all()


def test_the_frame_holds_every_point(small_race):
    frame = frame_of(small_race.task)
    for split in small_race.task.splits:
        places = frame.place(np.concatenate([split.X, split.X_test]))
        assert places.min() > 0
        assert places.max() < 100


def test_more_than_two_inputs_have_no_picture(small_race):
    from dataclasses import replace

    task = replace(small_race.task, feature_names=("a", "b", "c"))
    with pytest.raises(SpecError, match="one or two inputs"):
        frame_of(task)


def test_a_speck_that_rounding_takes_away_leaves_no_broken_path():
    grid = PLANE._grid()
    middle = grid[len(grid) // 2 + 40]
    step = np.abs(grid[1] - grid[0]).max()

    def speck(X):
        return 1e-3 * step - np.abs(X - middle).sum(axis=1)

    half_plane_and_speck = PLANE.regions(lambda X: np.maximum(speck(X), X[:, 0] - 0.9))
    for text in (*PLANE.regions(speck), *half_plane_and_speck):
        assert "MZ" not in text
        assert not text or len(_path(text)) > 3
