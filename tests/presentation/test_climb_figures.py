import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from gradatim.climb.sensitivity import FeatureDrop, Importance, TrainingSize
from gradatim.evaluation.metrics import show_score
from gradatim.presentation.climb_figures import (
    calibration_figure,
    cost_figures,
    importance_figures,
    size_figure,
)

SVG = "{http://www.w3.org/2000/svg}"


def with_winner(climb, **changes):
    winner = replace(climb.winner, **changes)
    return replace(climb, rungs=[winner if rung is climb.winner else rung for rung in climb.rungs])


def tooltips(figure):
    root = ElementTree.fromstring(figure.svg)
    return [circle.findtext(f"{SVG}title") for circle in root.iter(f"{SVG}circle")]


def test_every_rung_is_a_point_with_its_score_and_interval(climb):
    by_parameters, by_seconds = cost_figures(climb)
    said = [text for text in tooltips(by_parameters) if text]
    assert len(said) == len(climb.rungs)
    winner = climb.winner
    low, high = winner.interval
    # What is drawn last lies on top: others may have as many parameters.
    assert said[-1] == (
        f"Shallow network, harmonics: 1.972e+04, {winner.mean:.3f} ({low:.3f} to {high:.3f})"
    )
    assert len([text for text in tooltips(by_seconds) if text]) == len(climb.rungs)


def test_what_takes_no_time_or_has_no_score_breaks_nothing(climb):
    quick = with_winner(climb, seconds=0.0, n_parameters=0)
    for figure in cost_figures(quick):
        ElementTree.fromstring(figure.svg)
    undefined = [replace(rung, fold_scores=np.full(10, np.nan)) for rung in climb.rungs]
    assert cost_figures(replace(climb, rungs=undefined)) == []


def test_calibration_has_a_point_per_bin_and_says_whether_it_is_too_sure(probable_climb):
    figure = calibration_figure(probable_climb)
    assert len(tooltips(figure)) == 10
    outputs = probable_climb.winner.outputs
    said = outputs.max(axis=2).mean()
    right = np.mean(probable_climb.winner.predictions == probable_climb.collection.y)
    assert f"It says {said:.3f} on average and is right in {right:.3f}" in figure.caption
    assert "so it is less sure than it may be" in figure.caption
    certain = np.where(outputs == outputs.max(axis=2, keepdims=True), 1.0, 0.0)
    sure = calibration_figure(with_winner(probable_climb, outputs=certain))
    assert "so it is too sure" in sure.caption
    assert f"The expected calibration error is {show_score(1 - right)};" in sure.caption


def test_labels_are_calibrated_one_by_one(multilabel_climb):
    y = multilabel_climb.collection.y
    outputs = np.where(np.stack([y, y]) == 1, 0.9, 0.1)
    figure = calibration_figure(with_winner(multilabel_climb, outputs=outputs))
    assert len(tooltips(figure)) == 2
    assert re.search(r"It gives labels 0\.\d+ on average", figure.caption)


def test_without_probabilities_there_is_no_calibration(climb, regression_climb):
    assert calibration_figure(climb) is None
    assert calibration_figure(regression_climb) is None


def test_of_a_fixed_split_the_scored_part_is_calibrated(climb, probable_climb):
    parts = np.where(np.arange(600) < 450, "train", "test")
    winner = probable_climb.winner
    fixed = with_winner(
        replace(climb, collection=replace(climb.collection, parts=parts, media=None)),
        predictions=winner.predictions[:1, 450:],
        outputs=winner.outputs[:1, 450:],
    )
    assert "10 bins of about 15 answers" in calibration_figure(fixed).caption


def test_the_features_that_matter_most_are_bars_the_longest_first(climb):
    drops = [FeatureDrop(f"f{j}", 1, 0.001 * j, (-0.01, 0.05)) for j in range(20)]
    groups = [FeatureDrop("mfcc", 40, 0.2, (0.1, 0.3)), FeatureDrop("rms", 1, 0.3, (0.2, 0.4))]
    found = replace(climb, importance=Importance(0.6, 5, drops, groups))
    together, alone = importance_figures(found)
    named = [
        text.text
        for text in ElementTree.fromstring(alone.svg).iter(f"{SVG}text")
        if text.text.startswith("f")
    ]
    assert named == [f"f{j}" for j in range(19, 4, -1)]
    assert "the 15 largest of 20. Each was shuffled 5 times" in alone.caption
    assert together.svg.index(">rms<") < together.svg.index(">mfcc (40)<")
    assert importance_figures(climb) == []


def sizes_gaining(gain, interval, n_groups):
    nothing = (np.nan, np.nan)
    return [
        TrainingSize(100.0, n_groups, 0.5, (0.4, 0.6), np.nan, nothing),
        TrainingSize(400.0, n_groups, 0.5 + gain, (0.45, 0.65), gain, interval),
    ]


def test_whether_more_samples_would_help_is_said_as_far_as_it_is_shown(climb):
    for interval, says in (
        ((0.01, 0.09), "so more are likely to help."),
        ((-0.02, 0.009), "so more of the same kind are not likely to help."),
        ((-0.02, 0.05), "which does not show whether more would help."),
    ):
        figure = size_figure(replace(climb, sizes=sizes_gaining(0.05, interval, 9.0)))
        assert figure.caption.endswith(says)
        assert "half of the groups to learn from of each fold of the first repeat" in figure.caption
        assert len(tooltips(figure)) == 2
    alone = replace(climb, sizes=sizes_gaining(0.05, (0.01, 0.09), None))
    assert "half of the samples to learn from" in size_figure(alone).caption
    fixed = replace(alone, protocol=replace(climb.protocol, split="fixed"))
    assert "first repeat" not in size_figure(fixed).caption
    assert size_figure(climb) is None
