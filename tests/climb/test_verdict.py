from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gradatim.climb.result import EvaluationProtocol, RungResult
from gradatim.climb.task import Units
from gradatim.climb.verdict import decide, features_or_depth
from gradatim.errors import SpecError
from gradatim.evaluation.metrics import GATES, METRICS, Truth
from gradatim.evaluation.scores import pool

N = 600
GROUPS = np.arange(N) // 5
Y = np.array(["a", "b"])[np.random.default_rng(0).integers(0, 2, N)]
TRUTH = Truth("classification", Y, np.array(["a", "b"]))
UNITS = Units.of(GROUPS, N)


def protocol(metric="accuracy", **changes):
    higher = METRICS[metric].higher_is_better
    return EvaluationProtocol(5, 2, True, 0, metric, 0.01, higher_is_better=higher, **changes)


def row(rung, said, metric="accuracy", input="features", truth=TRUTH, units=UNITS):
    said = np.stack([said, said])
    pooled, gate = (pool(m, truth, said, None, units.codes) for m in (metric, GATES[truth.task]))
    return RungResult(
        rung, input, "", 1, np.full(10, pooled.value), (0, 1), 0.0, said, pooled=pooled, gate=gate
    )


def guesses(share, seed=0):
    """Return predictions of which a share is right: of larger shares the same and more."""
    wrong = np.random.default_rng(seed).random(N) > share
    return np.where(wrong, np.where(Y == "a", "b", "a"), Y)


MAJORITY = row("majority", np.repeat("a", N), input="")


def judge(*rungs, metric="accuracy", truth=TRUTH, units=UNITS, **changes):
    return decide(rungs, protocol(metric, **changes), truth, units)


def test_a_clear_gap_climbs_to_the_best():
    found = judge(MAJORITY, row("linear", guesses(0.6)), row("deep", guesses(0.9)))
    assert (found.answer, found.rung, found.gap_at_most) == ("best", "deep", 0.0)
    assert found.sentence == (
        f"Climb to the deep network on features (accuracy {np.mean(guesses(0.9) == Y):.3f}): every "
        "simpler rung is shown to be worse."
    )


def test_what_cannot_be_decided_still_says_how_large_the_gap_is_and_what_would_help():
    found = judge(MAJORITY, row("linear", guesses(0.7)), row("deep", guesses(0.7, seed=1)))
    assert (found.answer, found.rung) == ("cannot decide", "linear")
    assert found.level == (("deep", "features"),)
    assert found.gap_at_most > found.tolerance == 0.05
    assert found.sentence.startswith("Linear regression on features (accuracy 0.")
    assert (
        "may be enough: what the deep network on features could gain is at most " in found.sentence
    )
    assert (
        f"at most {found.gap_at_most:.3f}, and 120 groups do not settle it; about "
        in found.sentence
    )
    assert found.sentence.endswith(f"{found.more_units:,} more would in 4 of 5 cases.")
    assert found.more_units > 0


def test_good_enough_and_equivalent_carry_the_gap():
    same = judge(MAJORITY, row("linear", guesses(0.7)), row("deep", guesses(0.7)))
    assert same.answer == "equivalent"
    assert same.gap_at_most <= 0.01
    assert "equivalent to it; what the deep network on features could gain is at" in same.sentence
    near = judge(MAJORITY, row("linear", guesses(0.7)), row("deep", guesses(0.71)))
    assert near.answer == "good enough"
    assert (
        "it is good enough; what the deep network on features could gain is at most "
        in near.sentence
    )


def test_of_guesses_nothing_is_found_and_the_majority_is_where_to_stop():
    rungs = row("linear", guesses(0.52)), row("deep", guesses(0.5, seed=3))
    found = judge(MAJORITY, *rungs, tolerance=0.02)
    assert found.rung == "majority"
    assert found.answer == "cannot decide"
    assert "Guessing may be enough" in found.sentence
    assert "balanced accuracy, of which" in found.sentence
    assert "guessing 0.500" in found.sentence
    assert found.p_chance > 0.05


def test_nothing_is_found_in_any_rung_though_one_of_many_scores_higher_by_chance():
    rungs = [row("linear", guesses(0.5, seed), input=f"input {seed}") for seed in range(20)]
    best = max(one.mean for one in rungs)
    assert best > 0.53
    assert judge(MAJORITY, *rungs).rung == "majority"


def test_where_groups_are_of_one_class_labels_are_permuted_by_group():
    y = np.repeat(["a", "b"], 30)
    groups = np.repeat(np.arange(6), 10)
    truth, units = Truth("classification", y, np.array(["a", "b"])), Units.of(groups, 60)
    perfect = row("linear", y, truth=truth, units=units)
    guess = row("majority", np.repeat("a", 60), input="", truth=truth, units=units)
    found = judge(guess, perfect, truth=truth, units=units)
    # Three and three groups can be labeled in 20 ways, of which this is one.
    assert (found.answer, found.rung) == ("cannot decide", "majority")
    assert found.p_chance >= 0.05 - 1e-12


def test_errors_are_judged_in_shares_of_the_majority_s_and_told_in_their_unit():
    rng = np.random.default_rng(0)
    y = rng.normal(0, 1000, N)
    truth = Truth("regression", y, np.array([]))

    def say(rung, noise, input="features"):
        said = np.zeros(N) if noise is None else y + rng.normal(0, noise, N)
        return row(rung, said, "mae", input, truth)

    found = judge(
        say("majority", None, ""), say("linear", 500), say("deep", 100), metric="mae", truth=truth
    )
    assert (found.answer, found.rung) == ("best", "deep")
    assert found.margin == pytest.approx(0.01 * np.abs(y).mean())
    assert found.tolerance == pytest.approx(0.05 * np.abs(y).mean())
    assert all(one.difference > 0 for one in found.comparisons)
    assert found.comparisons[1].difference == pytest.approx(320, abs=40)


def test_a_rung_whose_score_is_undefined_is_left_out():
    undefined = row("kernel", guesses(0.9), "log_loss")
    assert np.isnan(undefined.mean)
    linear, deep = row("linear", guesses(0.7)), row("deep", guesses(0.7))
    found = judge(MAJORITY, linear, undefined, deep)
    assert {one.rung for one in found.comparisons} == {"majority", "deep"}


def test_the_only_rung_with_a_score_does_not_hide_the_others():
    undefined = row("kernel", guesses(0.9), "log_loss")
    alone = judge(MAJORITY, row("linear", guesses(0.7)))
    assert alone.sentence.endswith("and nothing above it was climbed.")
    found = judge(MAJORITY, row("linear", guesses(0.7)), undefined)
    assert found.sentence.endswith("no other rung that was climbed can be scored by accuracy.")


def test_nothing_found_is_the_majority_though_it_is_not_among_the_rungs():
    found = judge(row("linear", guesses(0.26)), row("deep", guesses(0.25)))
    assert (found.rung, found.input, found.found_nothing) == ("majority", "", True)
    assert found.p_chance >= 0.05
    assert not judge(MAJORITY, row("linear", guesses(0.9))).found_nothing
    assert judge(MAJORITY).found_nothing


def test_the_majority_alone_is_compared_with_nothing():
    found = judge(MAJORITY)
    assert (found.answer, found.rung, found.gap_at_most) == ("cannot decide", "majority", None)
    assert found.sentence.startswith("Nothing can be compared with the majority guess")
    assert found.sentence.endswith(": no other rung was climbed.")
    found = judge(MAJORITY, row("kernel", guesses(0.9), "log_loss"))
    assert found.sentence.endswith("no other rung that was climbed can be scored by accuracy.")


def test_differences_are_positive_where_the_best_is_better():
    found = judge(MAJORITY, row("linear", guesses(0.6)), row("deep", guesses(0.9)))
    assert [one.rung for one in found.comparisons] == ["majority", "linear"]
    assert all(one.difference > 0.2 and one.p_better > 0.999 for one in found.comparisons)
    assert all(
        one.interval[0] < one.difference < one.upper < one.interval[1] for one in found.comparisons
    )


def test_an_empty_ladder_is_refused():
    with pytest.raises(SpecError, match="at least one rung"):
        judge()


def test_groups_of_one_class_that_are_missed_are_no_evidence_that_there_is_nothing():
    y = np.repeat(["a", "b"], 30)
    groups = np.repeat(np.arange(6), 10)
    truth, units = Truth("classification", y, np.array(["a", "b"])), Units.of(groups, 60)
    said = np.where(np.arange(60) % 10 < 7, np.where(y == "a", "b", "a"), y)
    said[0] = "b"  # Not all groups alike: .3 of most
    found = judge(
        row("majority", np.where(y == "a", "b", "a"), input="", truth=truth, units=units),
        row("linear", np.where(groups % 2, said, "a"), truth=truth, units=units),
        row("logistic", said, truth=truth, units=units),
        truth=truth,
        units=units,
    )
    assert found.answer == "cannot decide"
    assert 0.05 < found.gap_at_most <= 0.5
    assert "guessing 0.500; the majority's 0.000 is lower, since it is learnt without" in (
        found.sentence
    )


def test_no_share_differs_by_more_than_one():
    y = np.repeat(["a", "b"], 4)
    groups = np.repeat(np.arange(4), 2)
    truth, units = Truth("classification", y, np.array(["a", "b"])), Units.of(groups, 8)
    wrong = np.where(y == "a", "b", "a")
    wrong[:2] = "a"
    found = judge(
        row("majority", wrong, input="", truth=truth, units=units),
        row("linear", y, truth=truth, units=units),
        truth=truth,
        units=units,
    )
    [compared] = found.comparisons
    assert compared.difference == 0.75
    assert (compared.interval[1], compared.upper) == (1.0, 1.0)
    # Guessing has .5 of balanced accuracy, and no rung has more than 1.
    assert found.gap_at_most == 0.5


# -- features or depth --------------------------------------------------------------------------


def matters(*rungs, **changes):
    task = SimpleNamespace(units=UNITS, task="classification")
    told = protocol(**changes)
    return features_or_depth(rungs, decide(rungs, told, TRUTH, UNITS), told, task)


def four(line_a, deep_a, line_b, deep_b, metric="accuracy"):
    shares = {"linear": (line_a, line_b), "deep": (deep_a, deep_b)}
    return [
        row(rung, guesses(share, seed=7), metric, input)
        for rung, both in shares.items()
        for input, share in zip("ab", both, strict=True)
    ]


def test_a_line_on_good_features_above_a_deep_net_on_others_shows_that_features_matter_more():
    rows = four(0.85, 0.9, 0.6, 0.65)
    told = matters(MAJORITY, *rows)
    assert told.code == "features-or-depth"
    gain = rows[0].mean - rows[3].mean
    # What the net gains from b to a is so much more than what it gains on a over the line.
    assert gain == pytest.approx(
        (rows[2].mean - rows[3].mean) - (rows[2].mean - rows[0].mean), abs=1e-12
    )
    line, net = (f"{rows[k].mean:.3f}" for k in (0, 3))
    assert told.message.startswith(
        f"features matter more than depth here: linear regression on a ({line}) is ahead of "
        f"the deep network on b ({net}) by {gain:.3f} ("
    )


def test_a_deep_net_on_poor_features_above_a_line_on_good_ones_shows_that_depth_matters_more():
    told = matters(MAJORITY, *four(0.6, 0.9, 0.55, 0.85))
    assert told.message.startswith("depth matters more than features here: the deep network on b")


def test_a_small_difference_does_not_show_which_matters_more():
    told = matters(MAJORITY, *four(0.8, 0.85, 0.78, 0.795))
    assert told.message.startswith("it is not shown whether features or depth matter more here: ")
    low = float(told.message.rpartition("(")[2].split()[0].replace("\N{MINUS SIGN}", "-"))
    assert low < 0


def test_the_interval_counts_all_pairs_of_inputs():
    two = matters(MAJORITY, *four(0.85, 0.9, 0.6, 0.65))
    many = [row("deep", guesses(0.9, seed=7), input=name) for name in "cdefg"]
    seven = matters(MAJORITY, *four(0.85, 0.9, 0.6, 0.65), *many)
    low, wider = (float(one.message.rpartition("(")[2].split()[0]) for one in (two, seven))
    assert wider < low


@pytest.mark.parametrize(
    "rows",
    [
        [row("linear", guesses(0.8), input="a"), row("deep", guesses(0.9), input="a")],
        [row("linear", guesses(0.8), input=i) for i in "ab"],
        [row("deep", guesses(0.8), input=i) for i in "ab"],
        four(0.5, 0.5, 0.5, 0.5),
    ],
)
def test_nothing_is_said_of_one_input_without_line_or_depth_or_where_nothing_is_found(rows):
    assert matters(MAJORITY, *rows) is None
