from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from gradatim.errors import ShapeError
from gradatim.evaluation.statistics import posterior, score_interval, share_interval


def test_standard_error_is_nadeau_and_bengios_by_hand():
    # differences .1 .2 .3, three folds once: s^2 = .01, SE^2 = (1/3 + 1/2) * .01
    belief = posterior([0.1, 0.2, 0.3], 1 / 2)
    assert belief.mean == pytest.approx(0.2)
    assert belief.scale == pytest.approx(np.sqrt(0.01 * 5 / 6))
    assert belief.df == 2


def test_interval_and_probabilities_are_scipys_t():
    belief = posterior([0.1, 0.2, 0.4, 0.1, 0.3], 1 / 4)
    t = stats.t(df=4, loc=belief.mean, scale=belief.scale)
    assert belief.interval(0.9) == pytest.approx(t.interval(0.9))
    assert belief.probability_above(0.01) == pytest.approx(t.sf(0.01))
    assert belief.upper() == pytest.approx(t.ppf(0.95))


def test_corrected_interval_is_wider_than_the_plain_one():
    scores = np.random.default_rng(0).normal(0.7, 0.02, 10)
    low, high = posterior(scores, 1 / 4).interval()
    plain = stats.t.interval(0.95, 9, scores.mean(), stats.sem(scores))
    assert low < plain[0]
    assert high > plain[1]


@pytest.mark.parametrize(("mean", "probability"), [(0.2, 1.0), (0.005, 0.0)])
def test_equal_differences_leave_no_doubt(mean, probability):
    belief = posterior([mean] * 5, 1 / 4)
    assert belief.probability_above(0.01) == probability
    assert belief.interval() == pytest.approx((mean, mean))


@pytest.mark.parametrize("scores", [[0.5], [[0.5, 0.6]]])
def test_too_few_scores_are_refused(scores):
    with pytest.raises(ShapeError, match="two folds"):
        posterior(scores)


def test_the_interval_of_a_mean_covers_it_as_often_as_it_says():
    rng = np.random.default_rng(1)
    ends = np.array([posterior(rng.normal(size=10)).interval() for _ in range(2000)])
    assert 0.935 < np.mean((ends[:, 0] < 0) & (ends[:, 1] > 0)) < 0.965


def test_shared_rows_widen_the_interval():
    narrow, wide = (posterior([0.5, 0.6, 0.55], overlap).interval() for overlap in (0, 1 / 3))
    assert wide[1] - wide[0] == pytest.approx((narrow[1] - narrow[0]) * np.sqrt(2))


def test_the_interval_of_a_share_is_wilson_s():
    for count in (0, 7, 20):
        expected = stats.binomtest(count, 20).proportion_ci(method="wilson")
        assert share_interval(count, 20) == pytest.approx((expected.low, expected.high))


def test_what_reads_a_race_loads_no_statistics():
    code = (
        "import sys; from gradatim.comparisons import Race, race; "
        "heavy = {'sklearn', 'scipy.stats', 'numba'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_score_interval_is_t_on_the_logit_by_hand():
    scores = np.array([0.8, 0.9, 0.85])
    logit = np.log(0.85 / 0.15)
    half = stats.t.ppf(0.975, 2) * (stats.sem(scores) / (0.85 * 0.15))
    expected = 1 / (1 + np.exp(-(logit + np.array([-half, half]))))
    assert score_interval(scores, 10_000) == pytest.approx(tuple(expected), rel=1e-9)


@pytest.mark.parametrize("scores", [[0.78, 0.886], [1.0, 1.0, 1.0], [0.0, 0.0], [0.5, 0.5], [0, 1]])
def test_score_interval_stays_in_range_and_is_never_a_point(scores):
    low, high = score_interval(scores, 100)
    assert 0 <= low < np.mean(scores) + 1e-9
    assert low < high <= 1
    assert high > np.mean(scores) - 0.01
