"""The decision against an independent plain implementation, and cases worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gradatim.climb.decision import Gate, decide_rows
from gradatim.evaluation.evidence import Evidence, jackknife


def evidence_of(right, groups):
    """Return what the mean of each row of `right` (S, n) is, and is without each group."""
    sizes = np.bincount(groups)
    sums = np.array([np.bincount(groups, row) for row in right])
    n = len(groups)
    without = (sums.sum(axis=1, keepdims=True) - sums) / (n - sizes)
    return Evidence(sums.sum(axis=1) / n, without, sizes)


def make(gains, n=400, n_groups=40, seed=0, chance=0.5):
    """Return evidence and gate of a majority row and rows that are right so much more often."""
    rng = np.random.default_rng(seed)
    groups = np.arange(n) % n_groups
    hard = rng.random((1, n))
    right = np.vstack(
        [hard < chance, *((hard + rng.normal(0, 0.05, n)) < chance + g for g in gains)]
    )
    evidence = evidence_of(right.astype(float), groups)
    trained = Evidence(evidence.scores[1:], evidence.without[1:], evidence.sizes)
    return evidence, Gate(trained, chance, 2 * 2 / (n / 2 + 2) ** 2 / 4)


def plain(evidence, gate, margin, tolerance):
    """Decide with loops, with t for the largest t where there is one rung above."""
    A, n, scores = jackknife(evidence.without), sum(evidence.sizes), evidence.scores
    df = max(1.0, n**2 / sum(s**2 for s in evidence.sizes) - 1)
    t95 = stats.t.ppf(0.95, df)
    se = math.sqrt(1.5 * A[1, 1] + gate.ties)
    found = stats.t.sf((scores[1] - gate.chance - 0.01) / se, df) < 0.05
    if not found:
        gap = max(0.0, scores[1] - gate.chance + t95 * se)
        return ("nothing learnable" if gap <= tolerance else "cannot decide"), None, gap
    d = scores[2] - scores[1]
    variance = A[1, 1] + A[2, 2] - 2 * A[1, 2]
    se = math.sqrt(1.25 * variance + 2 / (n + 2) ** 2)
    if stats.t.sf((d - margin) / se, df) <= 0.05:
        return "best", 2, 0.0
    gap = max(0.0, d + t95 * math.sqrt(1.5 * variance + 2 / (n + 2) ** 2))
    if gap > tolerance:
        return "cannot decide", 1, gap
    if gap <= margin:
        return "equivalent", 1, gap
    return ("best" if d <= 0 else "good enough"), 1, gap


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("gap", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("n", [100, 1500, 20_000])
def test_two_rungs_are_decided_as_by_the_plain_implementation(seed, gap, n):
    evidence, gate = make([0.25, 0.25 + gap], n=n, n_groups=n // 5, seed=seed)
    gate = Gate(
        Evidence(gate.evidence.scores[:1], gate.evidence.without[:1], gate.evidence.sizes),
        gate.chance,
        gate.ties,
    )
    found = decide_rows(evidence, np.array([0, 1, 2]), gate)
    answer, row, gap_at_most = plain(evidence, gate, 0.01, 0.05)
    assert (found.answer, found.row) == (answer, row)
    assert found.gap == pytest.approx(gap_at_most, abs=1e-9)


LEVELS = np.array([0, 1, 2, 3])


def test_all_five_answers():
    seen = {
        "best": make([0.2, 0.3, 0.4], n=2000, n_groups=200),
        "good enough": make([0.30, 0.30, 0.31], n=6000, n_groups=600),
        "equivalent": make([0.3, 0.3, 0.3], n=60_000, n_groups=6000),
        "cannot decide": make([0.30, 0.30, 0.36], n=100, n_groups=10),
        "nothing learnable": make([0.0, 0.0, 0.0], n=6000, n_groups=600),
    }
    for answer, (evidence, gate) in seen.items():
        found = decide_rows(evidence, LEVELS, gate)
        assert found.answer == answer
        assert (found.row is None) == (answer == "nothing learnable")
        assert (found.units is not None) == (answer == "cannot decide")


def test_where_the_top_is_reached_there_is_no_gap():
    found = decide_rows(*_with_levels([0.1, 0.2, 0.4], n=3000, n_groups=300))
    assert (found.answer, found.row, found.gap, found.rival) == ("best", 3, 0.0, None)


def _with_levels(gains, **options):
    evidence, gate = make(gains, **options)
    return evidence, LEVELS, gate


def test_of_two_inputs_of_a_rung_the_better_one_is_taken():
    evidence, gate = make([0.20, 0.25, 0.25], n=3000, n_groups=300)
    found = decide_rows(evidence, np.array([0, 1, 1, 2]), gate)
    assert found.row == 2


def test_few_samples_can_neither_find_something_nor_say_that_there_is_nothing():
    found = decide_rows(*_with_levels([0.02, 0.02, 0.0], n=40, n_groups=40))
    assert (found.answer, found.row) == ("cannot decide", None)
    assert found.gap > 0.05
    assert found.units > 40


def test_what_would_settle_it_does_where_the_scores_stay_as_they_are():
    gains = [0.30, 0.30, 0.32]
    found = decide_rows(*_with_levels(gains, n=200, n_groups=100, seed=3))
    assert found.answer == "cannot decide"
    evidence, gate = make(gains, n=200, n_groups=100, seed=3)
    times = math.ceil(found.units / 100)

    def more(e):
        without = e.scores[:, None] + (e.without - e.scores[:, None]) / times
        return Evidence(e.scores, np.tile(without, times), np.tile(e.sizes, times))

    settled = decide_rows(more(evidence), LEVELS, Gate(more(gate.evidence), 0.5, gate.ties))
    assert settled.answer != "cannot decide"


def test_wider_margins_climb_less_and_wider_tolerances_are_good_enough_sooner():
    evidence, gate = make([0.2, 0.3, 0.31], n=300, n_groups=100, seed=4)
    rows = [decide_rows(evidence, LEVELS, gate, margin, 0.5).row for margin in (0.01, 0.2)]
    assert rows == [2, 1]
    tight, wide = (decide_rows(evidence, LEVELS, gate, 0.01, t).answer for t in (0.02, 0.2))
    assert (tight, wide) == ("cannot decide", "good enough")


def test_chance_differences_rarely_make_it_climb():
    needless = 0
    for seed in range(100):
        found = decide_rows(*_with_levels([0.2, 0.2, 0.2], n=150, n_groups=50, seed=seed))
        needless += found.row not in (None, 1)
    assert needless <= 10


def test_the_power_to_see_equality_grows_with_the_rows():
    powers = [
        decide_rows(*_with_levels([0.3, 0.3, 0.3], n=n, n_groups=n)).power
        for n in (300, 3000, 30_000)
    ]
    assert powers == sorted(powers)
    assert powers[0] < 0.1 < 0.5 < powers[2]


def test_scores_below_chance_by_groups_of_one_class_do_not_bound_what_there_is():
    # Six groups of ten rows, always said wrong: leaving a group out pushes scores below chance.
    groups, classes = np.repeat(np.arange(6), 10), np.array([0, 1, 0, 1, 0, 1])
    evidence = evidence_of(np.vstack([np.arange(60) % 2, np.arange(60) % 10 == 0]), groups)
    below = Evidence(evidence.scores[1:], evidence.without[1:], evidence.sizes)
    said = np.zeros((1, 6, 2))
    said[0, np.arange(6), 1 - classes] = 10
    ties = 2 * 2 / (60 / 2 + 2) ** 2 / 4
    plainly = decide_rows(evidence, np.array([0, 1]), Gate(below, 0.5, ties))
    assert (plainly.answer, plainly.gap) == ("nothing learnable", 0.0)
    found = decide_rows(evidence, np.array([0, 1]), Gate(below, 0.5, ties, said, classes))
    assert found.answer == "cannot decide"
    assert found.gap == pytest.approx(stats.t.ppf(0.95, 5) * np.sqrt(ties), rel=1e-9)
