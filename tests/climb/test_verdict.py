from __future__ import annotations

import numpy as np
import pytest

from gradatim.climb.verdict import compare, decide
from gradatim.errors import SpecError

RNG = np.random.default_rng(0)
NOISE = RNG.normal(0, 0.02, 10)
SMALL = RNG.normal(0, 0.002, 10)


def test_a_clear_gap_climbs_to_the_best(row, protocol):
    rungs = [row("majority", 0.2 + NOISE), row("logistic", 0.5 + NOISE), row("deep", 0.7 + SMALL)]
    verdict = decide(rungs, protocol)
    assert (verdict.rung, verdict.kind) == ("deep", "best")
    assert "no rung scores higher" in verdict.sentence


def test_a_tiny_sure_gap_is_equivalent_and_stops_early(row, protocol):
    base = 0.6 + NOISE
    rungs = [row("majority", 0.2 + NOISE), row("logistic", base), row("deep", base + 0.001 + SMALL)]
    verdict = decide(rungs, protocol)
    assert (verdict.rung, verdict.kind) == ("logistic", "equivalent")
    assert verdict.comparisons[1].p_better < 0.05


def test_an_unsure_gap_is_not_called_equivalent(row, protocol):
    rungs = [row("majority", 0.2 + NOISE), row("logistic", 0.6 + NOISE), row("deep", 0.62 - NOISE)]
    verdict = decide(rungs, protocol)
    assert (verdict.rung, verdict.kind) == ("logistic", "not shown worse")
    against = verdict.comparisons[1]
    assert 0.05 < against.p_better < 0.95
    assert f"{against.upper:.3f}" in verdict.sentence


def test_no_gap_to_the_majority_finds_nothing(row, protocol):
    rungs = [row("majority", 0.2 + SMALL), row("logistic", 0.2 + NOISE), row("deep", 0.21 - NOISE)]
    verdict = decide(rungs, protocol)
    assert (verdict.rung, verdict.kind) == ("majority", "nothing")
    assert "Nothing learnable" in verdict.sentence


def test_of_two_inputs_on_the_chosen_rung_the_higher_mean_wins(row, protocol):
    rungs = [
        row("logistic", 0.58 + NOISE, "wave"),
        row("logistic", 0.60 + NOISE, "harmonics"),
        row("deep", 0.61 - NOISE, "wave"),
    ]
    assert decide(rungs, protocol).input == "harmonics"


def test_the_margin_is_what_counts_as_no_difference(row, protocol):
    from dataclasses import replace

    rungs = [row("logistic", 0.60 + SMALL), row("deep", 0.63 - SMALL)]
    assert decide(rungs, protocol).rung == "deep"
    assert decide(rungs, replace(protocol, margin=0.05)).rung == "logistic"


def test_differences_are_positive_where_the_best_is_better(row, protocol):
    found = compare(row("deep", 0.7 + NOISE), row("logistic", 0.6 + NOISE), protocol)
    assert found.difference == pytest.approx(0.1)
    assert found.p_better == pytest.approx(1.0)


def test_an_empty_ladder_is_refused(protocol):
    with pytest.raises(SpecError, match="at least one rung"):
        decide([], protocol)


def test_chance_differences_rarely_make_it_climb(row, protocol):
    """Six rungs without a difference: the share of needless climbs stays at most one in ten."""
    rng = np.random.default_rng(5)
    names = ["majority", "linear", "logistic", "kernel", "shallow", "deep"]
    climbed = 0
    for _ in range(200):
        common = rng.normal(0.5, 0.03, 10)
        rungs = [row(name, common + rng.normal(0, 0.02, 10)) for name in names]
        climbed += decide(rungs, protocol).rung != "majority"
    assert climbed / 200 <= 0.10
