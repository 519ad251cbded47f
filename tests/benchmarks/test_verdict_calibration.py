from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.verdict_calibration import KINDS, calibrate, keep_promises, promises_table, table

BY_NAME = {kind.name: kind for kind in KINDS}


def test_kinds_have_names_of_their_own_and_all_that_was_promised():
    assert len(BY_NAME) == len(KINDS)
    for promised in ("shuffled, ", "by group", "linear truth", "hidden layer", "depth", "margin"):
        assert any(promised in name for name in BY_NAME)
    for promised in (
        "few groups",
        "fewer groups than folds",
        "multi-label",
        "regression",
        "inputs",
    ):
        assert any(promised in name for name in BY_NAME)


@pytest.mark.parametrize("name", ["labels shuffled, 60 rows", "multi-label, nothing, 20 groups"])
def test_of_nothing_little_is_found_and_shares_add_up(name):
    rates = calibrate(BY_NAME[name], 8)
    assert rates.found <= 0.25
    assert sum(rates.answers.values()) == pytest.approx(1.0)


def test_a_clear_gap_is_climbed_and_a_seed_repeats_it():
    kind = replace(BY_NAME["depth needed (.10), 600 rows"], scores=(0.5, 0.5, 0.5, 0.5, 0.9))
    rates = calibrate(kind, 4)
    assert rates.answers == {"best": 1.0}
    assert (rates.wrong_climb, rates.wrong_bound) == (0.0, 0.0)
    assert calibrate(kind, 4) == rates


def test_a_table_has_a_row_per_kind():
    kind = BY_NAME["regression, nothing, 12 groups"]
    lines = table([(kind.name, calibrate(kind, 2))]).splitlines()
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")
    assert lines[2].startswith(f"| {kind.name} | 0.")


def test_what_would_settle_it_does_in_most_cases():
    name = "hidden layer needed (.10), 20 groups"
    promise = keep_promises(BY_NAME[name], 12)
    assert promise.n - promise.too_many >= 5
    assert promise.settled >= 0.75
    assert promises_table([(name, promise)]).splitlines()[2].startswith(f"| {name} | ")


def test_a_kind_that_is_always_decided_has_no_row():
    kind = replace(BY_NAME["depth needed (.10), 600 rows"], scores=(0.5, 0.5, 0.5, 0.5, 0.9))
    assert len(promises_table([("", keep_promises(kind, 2))]).splitlines()) == 2
