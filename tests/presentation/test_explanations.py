"""What is said of an explanation."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim.collection import Notice
from gradatim.presentation.explanations import BAR, explanation_lines, explanation_title
from gradatim.presentation.lines import Grid
from gradatim.tagging import Explanation, NearRow

CLASSES = Explanation(
    source="songs.csv",
    sample="row 2",
    task="classification",
    rung="logistic",
    input="features",
    prediction="fado",
    explained="fado",
    rival="samba",
    measure="log-odds",
    output=1.25,
    baseline_output=-0.5,
    baseline="mean",
    method="exact",
    feature_names=("tempo", "level", "tilt"),
    values=np.array([120.0, np.nan, 0.5]),
    filled=np.array([120.0, -7.0, 0.5]),
    baseline_values=np.array([100.0, -6.0, 0.25]),
    contributions=np.array([2.0, -1.0, 0.75]),
    probabilities=(0.7, 0.2),
    nearest=(NearRow("row 9", "fado", 0.125),),
    n_training=12000,
    n_searched=2000,
)


def plain(line):
    return "".join(piece if isinstance(piece, str) else piece[0] for piece in line)


def shown(found, top=12):
    return [
        [[plain(cell) for cell in row] for row in line.rows]
        if isinstance(line, Grid)
        else plain(line)
        for line in explanation_lines(found, top)
    ]


def test_classes_are_compared_and_bars_have_their_signs_and_lengths():
    lines = shown(CLASSES)
    assert lines[0] == (
        "row 2 of songs.csv: fado rather than samba, probabilities 0.700 (fado) and 0.200 (samba)"
    )
    assert lines[1] == (
        "log-odds of fado against samba: +1.250 = -0.500 at the baseline, the mean of the training "
        "rows, +1.750 from the inputs"
    )
    assert lines[3] == [
        ["tempo", "120", "100", "+2.000", "+" * BAR],
        ["level", "missing, -7 taken", "-6", "-1.000", "-" * (BAR // 2)],
        ["tilt", "0.5", "0.25", "+0.750", "+" * 8],
    ]
    assert lines[5].startswith("contributions are exact")
    assert lines[7].startswith("nearest training rows, of a sample of 2,000 of 12,000 ")
    assert lines[8] == [["row 9", "fado", "0.125"]]


def test_the_others_are_summed_up():
    assert shown(CLASSES, 1)[3][1] == ["2 other inputs together", "", "", "-0.250", ""]


def test_the_way_the_pieces_and_the_gap_are_said():
    more = {"method": "integrated gradients", "n_gradients": 48, "n_pieces": 3, "gap": -2e-9}
    assert shown(replace(CLASSES, **more))[5] == (
        "contributions are integrated gradients (48 gradients on the straight line from the "
        "baseline), means over 3 pieces of the sound; their sum misses 2e-09"
    )


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"explained": "samba", "rival": "fado"}, "fado, and why not samba"),
        ({"probabilities": None}, "fado rather than samba"),
    ],
)
def test_titles_of_classes(changes, title):
    found = replace(CLASSES, **{"probabilities": None, **changes})
    assert explanation_title(found) == f"row 2 of songs.csv: {title}"


def test_titles_of_labels_and_numbers():
    labels = replace(CLASSES, task="multilabel", rival=None, prediction="sad|fado")
    assert explanation_title(labels).endswith(": fado holds, probability 0.700")
    absent = replace(labels, prediction="sad", probabilities=None)
    assert explanation_title(absent).endswith(": fado does not hold")
    assert shown(absent)[1].startswith("log-odds of fado: +1.250")
    number = replace(
        CLASSES, task="regression", rival=None, explained="year", measure="value", output=1987.5,
        unit="a", prediction=1987.5, sample="x.wav", source="x.wav",
    )  # fmt: skip
    assert explanation_title(number) == "x.wav: year 1987.5 a"
    assert shown(number)[1].startswith("year: +1987.5 = -0.500 at the baseline")
    assert explanation_title(replace(CLASSES, sample="", source="")).startswith("the row: fado")


def test_what_no_input_moves_is_one_sentence():
    lines = shown(replace(CLASSES, method="constant", baseline="none", n_training=None))
    assert lines[1].startswith(
        "no input moved this: the logistic model gives every sample the same"
    )
    assert len(lines) == 2
    one = shown(replace(CLASSES, method="constant", nearest=()))
    assert one[1].startswith("no input can move this: the rows from which the model has learnt")


def test_what_a_person_should_know_stands_last_and_names_are_made_harmless():
    found = replace(
        CLASSES,
        notices=(Notice("incomplete", "the contributions miss 3"),),
        feature_names=("a\x1b[2Jb", "level", "tilt"),
        n_searched=None,
        n_training=None,
        nearest=(),
    )
    lines = shown(found)
    assert lines[-1] == "note: the contributions miss 3"
    assert lines[3][0][0] == r"a\x1b[2Jb"
    assert lines[-2].startswith("the model keeps no training rows")
