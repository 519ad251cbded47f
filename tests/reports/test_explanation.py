"""The page of an explanation: what it shows, plays, and keeps out."""

import re

import numpy as np
import pytest

from gradatim.collection import CycleSound
from gradatim.reports import render_explanation
from gradatim.tagging import Explanation
from gradatim.tagging.explanations import NearRow

WAVE = np.sin(2 * np.pi * np.arange(32) / 32)


def explanation(names=("tempo", "level", "attack"), contributions=(0.5, -2.0, 0.25), **changes):
    n = len(names)
    return Explanation(
        **{
            "source": "new.flac",
            "sample": "new.flac",
            "task": "classification",
            "rung": "deep",
            "input": "features",
            "prediction": "kick",
            "explained": "kick",
            "rival": "snare",
            "measure": "log-odds",
            "output": -1.0,
            "baseline_output": 0.25,
            "baseline": "median",
            "method": "integrated gradients",
            "feature_names": names,
            "values": np.arange(n) + 7.0,
            "filled": np.arange(n) + 7.0,
            "baseline_values": np.zeros(n),
            "contributions": np.array(contributions),
            "probabilities": (0.7, 0.2),
            "nearest": (NearRow("kick/a.flac", "kick", 0.5), NearRow("kick/b.flac", "kick", 0.75)),
            "n_training": 9,
            "n_searched": 9,
            **changes,
        }
    )


def test_bars_stand_in_order_of_size_and_the_others_are_one():
    text = render_explanation(explanation(), top=2)
    assert ">contribution to the log-odds<" in text  # names would run out of the picture
    assert "kick rather than snare, probabilities 0.700 (kick) and 0.200 (snare)" in text
    places = [text.index(word) for word in ("level = 8", "tempo = 7", "1 other input")]
    assert places == sorted(places)
    assert "attack = 9" not in text
    assert text.count("<svg") == 2  # the mark of the house, and bars


def test_what_has_a_sound_is_played_and_what_has_none_says_so():
    text = render_explanation(
        explanation(), sound=CycleSound(WAVE), nearest=[None, CycleSound(WAVE)]
    )
    assert re.findall(r'aria-label="Sound of ([^"]*)" src="data:audio', text) == [
        "new.flac",
        "kick/b.flac",
    ]
    assert text.count("no sound") == 1
    silent = render_explanation(explanation())
    assert "<audio" not in silent
    assert "no sound" not in silent


def test_numbered_inputs_are_drawn_along_their_numbers_too():
    names = tuple(f"point {k}" for k in range(32))
    assert render_explanation(explanation(names, WAVE)).count("<figure") == 2
    mixed = ("tempo", *names[1:])
    assert render_explanation(explanation(mixed, WAVE)).count("<figure") == 1
    assert render_explanation(explanation(names[::-1], WAVE)).count("<figure") == 1


def test_names_cannot_become_markup_and_no_script_may_run():
    name = "<script>alert(1)</script>"
    text = render_explanation(
        explanation(
            (name, "b", "c"), sample=name, explained=name, nearest=(NearRow(name, name, 1),)
        )
    )
    assert "<script" not in text
    assert "script-src ;" in text


@pytest.mark.parametrize(("baseline", "said"), [("none", "no input moved this"),
                                                ("mean", "no input can move this")])  # fmt: skip
def test_a_constant_has_a_sentence_and_no_picture(baseline, said):
    text = render_explanation(
        explanation((), (), method="constant", baseline=baseline, nearest=(), n_training=None)
    )
    assert said[1:] in text
    assert "<figure" not in text
    assert "How it was computed" not in text
