"""The outlook against closed forms, where there are some."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gradatim.climb.outlook import Factors, Rule, outlook_of_climb, outlook_of_gate
from gradatim.evaluation.evidence import Evidence

RULE = Rule(0.01, 0.05, 0.95, Factors())
LEVELS = np.array([0, 1, 2])


def evidence_of(scores, errors, n_units=400):
    """Return scores whose jackknife says that they vary independently with these errors."""
    values = np.random.default_rng(0).standard_normal((len(scores), n_units))
    values -= values.mean(axis=1, keepdims=True)
    orthogonal = np.linalg.qr(values.T)[0].T
    away = orthogonal * np.array(errors)[:, None] * np.sqrt(n_units / (n_units - 1))
    return Evidence(np.array(scores), np.array(scores)[:, None] + away, np.ones(n_units))


def share_settled(gap, error, times):
    """Return the probability that this many times the units decide between two rungs."""
    spread = error * np.sqrt(1.25 * (1 - 1 / times))
    at_most = 0.05 - 1.645 * error * np.sqrt(1.5 / times)
    climbs = 0.01 + 1.645 * error * np.sqrt(1.25 / times)
    return stats.norm.cdf((at_most - gap) / spread) + stats.norm.sf((climbs - gap) / spread)


@pytest.mark.parametrize("gap", [-0.02, 0.0, 0.03, 0.06])
@pytest.mark.parametrize("error", [0.02, 0.06])
def test_of_two_rungs_it_is_the_closed_form(gap, error):
    evidence = evidence_of([0.5, 0.6, 0.6 + gap], [0.0, error, 0.0])
    times = outlook_of_climb(evidence, LEVELS, RULE) / 400
    draws = 3 * np.sqrt(0.16 / 400)
    assert share_settled(gap, error, times) >= 0.8 - draws
    assert times <= 1.06 or share_settled(gap, error, times / 1.25) < 0.8 + draws


def test_less_certain_scores_need_more_and_wider_tolerances_fewer():
    units = [
        outlook_of_climb(evidence_of([0, 0.6, 0.6], [0, e, e]), LEVELS, RULE) for e in (0.02, 0.1)
    ]
    assert units[0] < units[1]
    wide = RULE._replace(tolerance=0.2)
    assert outlook_of_climb(evidence_of([0, 0.6, 0.6], [0, 0.1, 0.1]), LEVELS, wide) < units[1]


def test_what_no_number_decides_is_not_promised():
    # A gap of .05 is neither within this tolerance nor above this margin.
    rule = RULE._replace(margin=0.08, tolerance=0.02)
    evidence = evidence_of([0.0, 0.60, 0.65], [0, 0.004, 0.004])
    assert outlook_of_climb(evidence, LEVELS, rule) is None


def test_of_nothing_so_many_are_asked_for_that_nothing_would_be_shown():
    error = 0.06
    units = outlook_of_gate(evidence_of([0.5], [error]), 0.5, 0.0, RULE)
    times = units / 400
    spread = error * np.sqrt(1.25 / times * (1 - 1 / times))
    at_most = 0.05 - 1.645 * error * np.sqrt(1.5 / times)
    assert stats.norm.cdf(at_most / spread) >= 0.8 - 0.06
