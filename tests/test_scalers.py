"""Scalers against scikit-learn and a plain formula, and what missing values become."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from gradatim import scalers
from gradatim.errors import ShapeError, SpecError
from gradatim.scalers import CLIP, fit_scaler

METHODS = ("standard", "robust")


def _rows(seed: int = 0, n: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5)) * [1.0, 1e-9, 1e9, 3.0, 1.0] + [0.0, 1e-9, -1e9, 100.0, 0.0]
    X[:, 4] = 0.1  # its mean is not exactly 0.1 in floating point
    return X


def test_standard_agrees_with_scikit_learn_constant_and_tiny_columns_included():
    X, new = _rows(), _rows(1)
    expected = StandardScaler().fit(X)
    scaler = fit_scaler(X)
    np.testing.assert_allclose(scaler.transform(X), expected.transform(X), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(scaler.transform(new), expected.transform(new), rtol=1e-5, atol=1e-5)
    assert np.abs(scaler.transform(X)[:, 4]).max() < 1e-6


def test_standard_leaves_mean_zero_and_deviation_one():
    z = fit_scaler(_rows()).transform(_rows()).astype(float)[:, :4]
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose(z.std(axis=0), 1.0, atol=1e-6)


def test_robust_agrees_with_its_formula_written_out():
    X, new = _rows(), _rows(2)
    scaled = fit_scaler(X, "robust").transform(new)
    for column in range(4):
        ordered = np.sort(X[:, column])
        # 60 rows: quartiles lie at positions 14.75 and 44.25, the median at 29.5
        low = ordered[14] + 0.75 * (ordered[15] - ordered[14])
        high = ordered[44] + 0.25 * (ordered[45] - ordered[44])
        z = (new[:, column] - (ordered[29] + ordered[30]) / 2) / (high - low)
        np.testing.assert_allclose(scaled[:, column], z / np.sqrt(1 + z**2 / 9), rtol=1e-5)


def test_robust_takes_half_the_range_where_the_middle_half_is_one_value():
    X = np.array([[0.0]] * 18 + [[-1.0], [7.0]])
    z = fit_scaler(X, "robust").transform([[2.0]])[0, 0]
    assert z == pytest.approx(0.5 / np.sqrt(1 + 0.25 / 9))


def test_robust_makes_a_constant_column_zero():
    assert not fit_scaler(_rows(), "robust").transform(_rows())[:, 4].any()


@pytest.mark.parametrize("outlier", [1e3, 1e30, 1e300])
def test_robust_bounds_an_outlier_and_keeps_its_order(outlier):
    X = _rows()[:, :1]
    z = fit_scaler(X, "robust").transform([[-outlier], [0.0], [10.0], [outlier]])[:, 0]
    assert np.abs(z).max() <= CLIP
    assert (np.diff(z) > 0).all()
    assert z[-1] == pytest.approx(CLIP, rel=1e-3)


def test_one_outlier_in_training_hardly_moves_the_robust_scale():
    X = _rows()[:, :1]
    spoilt = np.vstack([X, [[1e12]]])
    clean, moved = (fit_scaler(rows, "robust").transform(X) for rows in (X, spoilt))
    assert np.abs(clean - moved).max() < 0.2


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_value_becomes_the_median_of_the_training_rows(method):
    X = np.array([[1.0], [2.0], [3.0], [100.0], [np.nan]])
    scaler = fit_scaler(X, method)
    assert scaler.fill.tolist() == [2.5]
    np.testing.assert_array_equal(scaler.transform([[np.nan]]), scaler.transform([[2.5]]))


@pytest.mark.parametrize("method", METHODS)
def test_a_column_that_is_missing_throughout_becomes_zero(method):
    X = np.array([[1.0, np.nan], [2.0, np.nan], [4.0, np.nan]])
    assert not fit_scaler(X, method).transform(X)[:, 1].any()


@pytest.mark.parametrize("method", METHODS)
def test_fitting_fills_missing_values_before_it_measures_spread(method):
    X = _rows()
    X[3, 0] = X[10, 3] = np.nan
    filled = X.copy()
    filled[3, 0], filled[10, 3] = np.nanmedian(X[:, 0]), np.nanmedian(X[:, 3])
    np.testing.assert_array_equal(
        fit_scaler(X, method).transform(X), fit_scaler(filled, method).transform(filled)
    )


@pytest.mark.parametrize("method", METHODS)
def test_transforming_other_rows_changes_nothing(method):
    X = _rows()
    scaler = fit_scaler(X, method)
    before, given = scaler.transform(X), np.full((3, 5), np.nan)
    scaler.transform(given)
    scaler.transform(1e6 * _rows(3))
    assert np.isnan(given).all()
    np.testing.assert_array_equal(scaler.transform(X), before)
    np.testing.assert_array_equal(scaler.transform(X[:1]), before[:1])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-100, 1e-12, 1e12, 1e100])
def test_units_do_not_matter_huge_or_tiny(method, scale):
    X = _rows()[:, :1]
    np.testing.assert_allclose(
        fit_scaler(scale * X, method).transform(scale * X),
        fit_scaler(X, method).transform(X),
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.floats(-1e100, 1e100), min_size=2, max_size=2), min_size=1, max_size=12
    )
)
def test_any_finite_training_rows_come_out_finite(method, rows):
    z = fit_scaler(rows, method).transform(rows)
    assert z.dtype == np.float32
    assert np.isfinite(z).all()


def test_no_row_and_no_matrix_are_refused():
    for X in (np.empty((0, 3)), np.ones(3), np.ones((2, 2, 2))):
        with pytest.raises(ShapeError, match="at least one row"):
            fit_scaler(X)


def test_other_columns_than_the_fitted_are_refused():
    with pytest.raises(ShapeError, match="not \\(1, 2\\)"):
        fit_scaler([[1.0], [2.0]]).transform([[1.0, 2.0]])


def test_an_unknown_method_is_refused():
    with pytest.raises(SpecError, match="standard, robust or signal"):
        fit_scaler([[1.0], [2.0]], "minmax")


@pytest.mark.parametrize("method", METHODS)
def test_blocks_of_rows_and_columns_change_no_bit(method, monkeypatch):
    X = np.random.default_rng(3).normal(size=(101, 37)).astype(np.float32)
    X[4, 5] = np.nan
    rows = np.arange(0, 101, 2)
    whole = fit_scaler(X[rows], method)
    scaled = whole.transform(X)
    monkeypatch.setattr(scalers, "_AT_ONCE", 200)
    parts = fit_scaler(X, method, rows=rows)
    for name in ("center", "scale", "fill"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    np.testing.assert_array_equal(parts.transform(X), scaled)
    np.testing.assert_array_equal(parts.transform(X, rows=rows[::-1]), scaled[rows[::-1]])


def test_a_signal_has_one_scale_and_keeps_its_zero():
    X = np.array([[3.0, 1.0], [-3.0, 1.0]])
    scaler = fit_scaler(X, "signal")
    np.testing.assert_allclose(scaler.transform(X, np.float64), X / np.sqrt(5.0))
    assert scaler.clip is None
    np.testing.assert_array_equal(fit_scaler(np.zeros((2, 3)), "signal").transform([[1, 2, 3]]),
                                  [[1, 2, 3]])  # fmt: skip
