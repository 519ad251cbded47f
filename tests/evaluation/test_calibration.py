import numpy as np
import pytest

from gradatim.evaluation.calibration import calibrate


def test_error_and_bins_worked_by_hand():
    # Fifteen answers of .6, nine of them right, and fifteen of .9, of which twelve are.
    said = np.array([[0.6] * 15 + [0.9] * 15])
    right = np.array([[1] * 9 + [0] * 6 + [1] * 12 + [0] * 3])
    found = calibrate(said, right, np.arange(30))
    assert [one.said for one in found.bins] == pytest.approx([0.6, 0.9])
    assert [one.right.value for one in found.bins] == pytest.approx([0.6, 0.8])
    assert [one.n_rows for one in found.bins] == [15, 15]
    assert found.error == pytest.approx((15 * 0.0 + 15 * 0.1) / 30)
    assert (found.said, found.right) == (pytest.approx(0.75), pytest.approx(0.7))


def test_repeats_are_averaged_and_do_not_make_answers_more():
    rng = np.random.default_rng(0)
    said, codes = rng.random(200), rng.integers(40, size=200)
    right = rng.random(200) < said
    once = calibrate(said[None], right[None], codes)
    twice = calibrate(np.stack([said, said]), np.stack([right, right]), codes)
    assert twice.error == pytest.approx(once.error)
    assert [one.n_rows for one in twice.bins] == [one.n_rows for one in once.bins]
    assert [one.right for one in twice.bins] == [one.right for one in once.bins]


def test_bins_hold_equally_many_and_equal_probabilities_share_one():
    rng = np.random.default_rng(1)
    found = calibrate(rng.random((1, 400)), np.ones((1, 400)), np.arange(400))
    assert [one.n_rows for one in found.bins] == [40] * 10
    said = np.append(np.full(300, 0.5), rng.random(100) * 0.4)[None]
    tied = calibrate(said, np.ones((1, 400)), np.arange(400))
    # Those of .5 begin in the third bin, which has twenty others.
    assert [one.n_rows for one in tied.bins] == [40, 40, 320]


def test_perfect_probabilities_show_what_chance_alone_makes():
    rng = np.random.default_rng(2)
    said = 0.3 + 0.7 * rng.random((1, 3000))
    errors = [
        calibrate(said, rng.random(said.shape) < said, np.arange(3000)).error for _ in range(40)
    ]
    expected = calibrate(said, np.ones(said.shape), np.arange(3000)).error_by_chance
    assert np.mean(errors) == pytest.approx(expected, rel=0.1)
    assert 0.005 < expected < 0.02


def test_few_answers_are_not_binned():
    assert calibrate(np.full((2, 29), 0.5), np.ones((2, 29)), np.arange(29)) is None
