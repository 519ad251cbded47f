import math
from dataclasses import replace

import numpy as np
import pytest

from gradatim._text import plural
from gradatim.presentation import climbs


def explain(climb, answer, **changes):
    verdict = replace(climb.verdict, answer=answer, **changes)
    return climbs.explain_verdict(replace(climb, verdict=verdict))


def test_each_answer_says_what_it_means(climb):
    assert "gives away no more than 0.010" in explain(climb, "equivalent")
    assert "no more than the tolerance of 0.050" in explain(climb, "good enough")
    assert "may be as good as any rung" in explain(climb, "nothing learnable", rung="majority")


def headline(climb, answer, gap, **changes):
    verdict = replace(climb.verdict, answer=answer, gap_at_most=gap, **changes)
    return climbs.headline(replace(climb, verdict=verdict))


@pytest.mark.parametrize(
    ("answer", "gap", "rung", "said"),
    [
        ("best", 0.02, "shallow", "Stop at the shallow network on harmonics: a higher rung could "
         "gain at most 0.020 (95 % sure)."),
        ("equivalent", 0.004, "linear", "Stop at linear regression on harmonics: a higher rung "
         "could gain at most 0.004 (95 % sure)."),
        ("good enough", 0.0499, "kernel", "Stop at the kernel machine on harmonics: a higher rung "
         "could gain at most 0.050 (95 % sure)."),
        ("best", 0.0, "deep", "Climb to the deep network on harmonics: every simpler rung is worse "
         "(95 % sure)."),
        ("cannot decide", 0.295, "linear", "Undecided: linear regression on harmonics may be "
         "enough, or up to 0.295 may be missing (95 % sure)."),
    ],
)  # fmt: skip
def test_the_headline_says_where_to_stop_the_gap_and_how_sure(climb, answer, gap, rung, said):
    assert headline(climb, answer, gap, rung=rung) == said


def test_the_headline_of_finding_nothing_speaks_of_guessing(climb):
    nothing = {"rung": "majority", "input": ""}
    assert headline(climb, "nothing learnable", 0.03, **nothing) == (
        "Nothing learnable was found: at most 0.030 over guessing in balanced accuracy (95 % sure)."
    )
    protocol = replace(climb.protocol, metric="balanced_accuracy")
    assert "over guessing (95" in headline(
        replace(climb, protocol=protocol), "nothing learnable", 0.03, **nothing
    )
    assert headline(climb, "cannot decide", 0.2, **nothing).startswith(
        "Undecided: a rung could gain up to 0.200 over guessing in balanced accuracy, or nothing"
    )


def test_a_rung_climbed_alone_is_not_said_to_be_better_than_simpler_ones(climb):
    rungs = [climb.rungs[0], climb.rungs[-1]]
    alone = replace(climb, rungs=rungs)
    assert headline(alone, "best", 0.0, rung="deep").endswith("better than guessing (95 % sure).")
    assert headline(climb, "cannot decide", None) == climb.verdict.sentence


def test_nothing_is_said_of_what_a_rung_without_a_score_could_gain(climb):
    nothing = np.full(10, math.nan)
    undefined = replace(climb.rungs[-1], rung="kernel", fold_scores=nothing, pooled=None)
    rungs = [climb.rungs[0], climb.rungs[-1], undefined]
    said = headline(replace(climb, rungs=rungs), "best", 0.0, rung="deep")
    assert said.endswith("it is better than guessing (95 % sure).")


def test_of_several_level_rungs_none_is_better_and_of_two_neither(climb):
    level = climb.verdict.level
    assert "none is shown to be the better" in explain(climb, "cannot decide", level=level[:2])
    assert "neither is shown to be the better" in explain(climb, "cannot decide", level=level[:1])


def test_what_cannot_be_decided_names_the_rungs_that_are_level(climb):
    said = explain(climb, "cannot decide")
    assert said.startswith("The deep network on wave and the deep network on harmonics are level")
    assert "such a climb would have shown it in 4 % of all cases" in said
    assert "no higher rung is shown" in explain(climb, "cannot decide", level=()).lower()


def test_best_does_not_speak_of_simpler_rungs_that_are_not_there(multilabel_climb, climb):
    assert "the simplest rung of all" in climbs.explain_verdict(multilabel_climb)
    assert "what is simpler loses more" in explain(climb, "best")


def test_finding_nothing_is_said_for_each_task(climb, regression_climb):
    assert "most frequent class" in explain(climb, "nothing learnable", rung="majority")
    assert "Always saying the mean" in explain(
        regression_climb, "nothing learnable", rung="majority"
    )


def test_the_input_is_named_only_where_there_are_several(climb, regression_climb):
    level = [("deep", "features")]
    assert "deep network on harmonics" in explain(climb, "cannot decide")
    assert "on features" not in explain(regression_climb, "cannot decide", level=level)


def test_the_protocol_tells_grouped_from_ungrouped(climb, regression_climb):
    grouped = dict(climbs.explain_protocol(climb))
    assert grouped["Groups"].startswith("84 groups, none of which was ever split")
    assert "10 scores per rung" in grouped["Folds"]
    assert dict(climbs.explain_protocol(regression_climb))["Groups"].startswith("None given")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_a_dash(value):
    assert climbs.score(value) == "\N{EN DASH}"
    assert climbs.score_range((value, 0.5)) == "\N{EN DASH}"


def test_a_negative_score_has_a_true_minus_sign():
    assert climbs.score(-0.25) == "\N{MINUS SIGN}0.250"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (climbs.title_of("kernel"), "Kernel machine"),
        (climbs.title_of("majority", "regression"), "Mean"),
        (climbs.capitalized("the deep network on MFCC"), "The deep network on MFCC"),
        (climbs.score(0.6312), "0.631"),
        (climbs.score(-0.5), "\N{MINUS SIGN}0.500"),
        (climbs.score_range((0.5, 0.625)), "0.500 to 0.625"),
        (climbs.score_range((0.5, float("inf"))), "\N{EN DASH}"),
        (climbs.share(0.125), "12.5 %"),
        (plural(1, "fold"), "1 fold"),
        (plural(1059, "sample"), "1,059 samples"),
        (plural(12, "class", "classes"), "12 classes"),
    ],
)
def test_rungs_scores_and_counts_are_written_for_people(said, expected):
    assert said == expected
