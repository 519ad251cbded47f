import math
from pathlib import Path

import numpy as np
import pytest

from gradatim.errors import InputError, SpecError
from gradatim.music import SCORE_FEATURES, SCORE_RECIPE, ScoreRecipe, score_features
from gradatim.music.scores.notes import NoteList


def named(notes, recipe=SCORE_RECIPE):
    return dict(zip(recipe.names, score_features(notes, recipe).tolist(), strict=True))


def family(found, prefix):
    return {n.removeprefix(prefix): v for n, v in found.items() if n.startswith(prefix) and v}


def test_pitches_of_the_c_major_scale(scale):
    # Eight quarters, two of them c: 2/8 of the time the tonic, 1/8 each other degree.
    found = named(scale)
    degrees = {k: found[f"pitch_class_{k}"] for k in range(12) if found[f"pitch_class_{k}"]}
    assert degrees == {0: 0.25, 2: 0.125, 4: 0.125, 5: 0.125, 7: 0.125, 9: 0.125, 11: 0.125}
    assert found["pitch_mean"] == pytest.approx(530 / 8)
    assert found["pitch_range"] == 12
    assert found["pitch_std"] == pytest.approx(np.std([60, 62, 64, 65, 67, 69, 71, 72]))
    assert found["pitch_class_entropy"] == pytest.approx(0.25 * 2 + 6 * 0.125 * 3)
    assert found["third_major"] == found["sixth_major"] == found["seventh_major"] == 1


def test_intervals_of_the_c_major_scale(scale):
    # Seven steps upwards: five whole tones, two semitones.
    found = named(scale)
    assert found["interval_1"] == pytest.approx(2 / 7)
    assert found["interval_2"] == pytest.approx(5 / 7)
    assert found["interval_mean"] == pytest.approx(12 / 7)
    assert found["interval_up"] == 1
    assert found["interval_turns"] == 0


def test_rhythm_and_texture_of_the_c_major_scale(scale):
    found = named(scale)
    assert family(found, "duration_") == {"same": 1.0}
    assert family(found, "rhythm_") == {"even": 1.0}
    assert found["rest_share"] == 0
    assert found["length"] == 3
    assert (found["parts"], found["polyphony_most"], found["polyphony_mean"]) == (1, 1, 1)
    assert found["polyphony_share"] == 0


def test_meter_of_the_c_major_scale(scale):
    # Two bars of four quarters: every third of twelve cells, twice.
    found = named(scale)
    assert (found["meter_numerator"], found["meter_denominator"]) == (4, 4)
    assert found["meter_compound"] == 0
    assert (found["notes_per_bar"], found["notes_per_quarter"]) == (4, 1)
    assert family(found, "onset_") == {"0": 0.25, "3": 0.25, "6": 0.25, "9": 0.25}
    assert family(found, "value_") == {"quarter": 1.0}


def test_up_and_down_and_repeated(notes):
    # +4, 0, -4, +12, -13: of the four that move two rise, and each turns.
    found = named(notes([60, 64, 64, 60, 72, 59]))
    expected = {"interval_0": 0.2, "interval_4": 0.4, "interval_12": 0.2, "interval_wider": 0.2}
    assert {k: found[k] for k in expected} == pytest.approx(expected)
    assert found["interval_up"] == 0.5
    assert found["interval_turns"] == 1
    assert found["interval_mean"] == pytest.approx(33 / 5)


def test_intervals_go_along_a_part_and_its_highest_notes(notes):
    # C and G together, then D: of the first two the G counts. The bass repeats its C.
    found = named(
        notes(
            [60, 67, 62, 48, 48],
            [1.0] * 5,
            onsets=[0.0, 0.0, 1.0, 0.0, 1.0],
            parts=[0, 0, 0, 1, 1],
        )
    )
    assert (found["interval_5"], found["interval_0"]) == (0.5, 0.5)
    assert found["interval_7"] == 0
    assert found["parts"] == 2


def test_a_dotted_rhythm_and_a_snap_are_told_apart(notes):
    dotted = named(notes([60] * 5, [1.5, 0.5, 1.5, 0.5, 1.5]))
    snap = named(notes([60] * 5, [0.5, 1.5, 0.5, 1.5, 0.5]))
    # Three pairs of successive distances each.
    assert (dotted["rhythm_dotted"], dotted["rhythm_snap"]) == pytest.approx((2 / 3, 1 / 3))
    assert (snap["rhythm_dotted"], snap["rhythm_snap"]) == pytest.approx((1 / 3, 2 / 3))
    assert dotted["value_dotted"] == 0.6
    assert family(dotted, "value_") == pytest.approx({"quarter": 0.6, "8th": 0.4, "dotted": 0.6})


def test_other_ratios_are_counted_as_other(notes):
    found = named(notes([60] * 4, [1.0, 5.0, 1.0, 2.0]))
    assert family(found, "rhythm_") == {"other": 1.0}


def test_durations_are_counted_by_the_most_common_one(notes):
    found = named(notes([60] * 9, [0.5, 0.5, 0.5, 0.125, 0.25, 0.75, 1.0, 1.5, 2.0]))
    shares = {"quarter": 1, "half": 1, "same": 3, "dotted": 1, "double": 1, "triple": 1}
    expected = {name: n / 9 for name, n in {**shares, "longer": 1}.items()}
    entropy = found["duration_entropy"]
    assert family(found, "duration_") == pytest.approx({**expected, "entropy": entropy})
    assert entropy == pytest.approx(6 / 9 * math.log2(9) + 3 / 9 * math.log2(3))


def test_chords_overlap_and_rests_are_silent(notes):
    # C and E for two quarters, a rest of one, G for one: 3 of 4 quarters sound, 2 of them twice.
    found = named(notes([60, 64, 67], [2.0, 2.0, 1.0], onsets=[0.0, 0.0, 3.0]))
    assert found["rest_share"] == 0.25
    assert found["polyphony_mean"] == pytest.approx(5 / 3)
    assert found["polyphony_most"] == 2
    assert found["polyphony_share"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("meter", "compound"), [((6, 8), 1), ((3, 4), 0), ((12, 8), 1)])
def test_compound_meters_have_beats_of_three(notes, meter, compound):
    assert named(notes([60, 62], meter=meter))["meter_compound"] == compound


def test_thirds_of_a_bar_fall_into_their_own_cells(notes):
    found = named(notes([60, 62, 64], meter=(3, 4)))
    assert {k for k in range(12) if found[f"onset_{k}"]} == {0, 4, 8}


def test_a_rounded_third_of_a_bar_is_in_the_same_cell(notes):
    held = {**notes([60, 62, 64], meter=(3, 4)).to_dict(), "position": [0.0, 0.3333333, 0.6666666]}
    found = named(NoteList.from_dict(held))
    assert {k for k in range(12) if found[f"onset_{k}"]} == {0, 4, 8}


def test_degrees_that_are_not_there_are_neither_major_nor_minor(notes):
    found = named(notes([60, 62, 64]))
    assert (found["third_major"], found["sixth_major"], found["seventh_major"]) == (1, 0.5, 0.5)
    assert named(notes([60, 63]))["third_major"] == 0


def test_pitch_classes_are_counted_from_the_tonic_that_is_named(notes):
    assert named(notes([67, 67], tonic=7))["pitch_class_0"] == 1
    assert named(notes([67, 67], tonic=0))["pitch_class_7"] == 1


def test_without_notation_the_tonic_is_the_one_that_fits(scale):
    lying = NoteList.from_dict({**scale.to_dict(), "tonic": 2})
    plain = ScoreRecipe(notation=False)
    assert named(lying)["pitch_class_0"] == 0.125
    assert named(lying, plain) == named(scale, plain)


def test_all_but_the_mean_pitch_stay_when_a_score_is_transposed(scale):
    before, after = named(scale), named(scale.transposed(5))
    assert after.pop("pitch_mean") == before.pop("pitch_mean") + 5
    assert after == pytest.approx(before)


@pytest.mark.parametrize("meter", [(4, 4), None])
def test_without_notation_the_written_values_and_bars_do_not_count(notes, meter):
    pitches, durations = [60, 64, 67, 60, 62], [1.0, 0.5, 0.5, 2.0, 1.0]
    written = notes(pitches, durations, meter=(2, 2))
    halved = notes(pitches, [d / 2 for d in durations], meter=meter, tonic=None)
    plain = ScoreRecipe(notation=False)
    assert named(halved, plain) == pytest.approx(named(written, plain))
    assert named(halved) != named(written)


def test_shares_of_a_family_add_to_one(notes):
    rng = np.random.default_rng(0)
    durations = rng.choice([0.25, 0.5, 1.0, 1.5, 1 / 3], size=40).tolist()
    found = named(notes(rng.integers(48, 84, size=40).tolist(), durations))
    families = ("pitch_class_", "interval_", "duration_", "rhythm_", "onset_", "value_")
    others = ("entropy", "mean", "up", "turns", "value_dotted")
    for prefix in families:
        shares = [
            v for n, v in found.items() if n.startswith(prefix) and not n.endswith(others[:4])
        ]
        if prefix == "value_":
            shares = [v for n, v in found.items() if n.startswith(prefix) and n != "value_dotted"]
        if prefix == "onset_":
            shares = [found[f"onset_{k}"] for k in range(12)]
        assert sum(shares) == pytest.approx(1.0), prefix


def test_one_note_has_features_that_are_numbers(notes):
    found = named(notes([60]))
    assert np.isfinite(list(found.values())).all()
    assert (found["length"], found["interval_mean"], found["pitch_class_0"]) == (0, 0, 1)


def test_a_score_without_bars_has_none_of_meter(notes):
    found = named(notes([60, 62], meter=None))
    assert not any(v for n, v in found.items() if n.startswith(("meter_", "onset_", "notes_per_b")))


def test_no_notes_have_no_features(notes):
    with pytest.raises(InputError, match="without notes"):
        score_features(notes([]))


def test_every_feature_is_described_and_named_once():
    assert set(SCORE_RECIPE.names) == set(SCORE_FEATURES)
    assert len(set(SCORE_FEATURES.values())) == len(SCORE_FEATURES)


def test_the_guide_describes_every_feature():
    guide = Path("docs/guides/scores.md").read_text(encoding="utf-8")
    table = [line for line in guide.splitlines() if line.startswith("| `")]
    assert table == [f"| `{name}` | {text} |" for name, text in SCORE_FEATURES.items()]


@pytest.mark.parametrize("recipe", [SCORE_RECIPE, ScoreRecipe(notation=False)])
def test_a_recipe_comes_back_from_its_json_object(recipe):
    assert ScoreRecipe.from_dict(recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    "held",
    [
        {"kind": "scores", "version": 1},
        {"kind": "audio", "version": 1, "notation": True},
        {"kind": "scores", "version": 2, "notation": True},
        {"kind": "scores", "version": 1, "notation": 1},
        {"kind": "scores", "version": True, "notation": True},
        {"kind": "scores", "version": 1, "notation": True, "more": 0},
    ],
)
def test_a_recipe_that_is_none_is_refused(held):
    with pytest.raises(SpecError):
        ScoreRecipe.from_dict(held)
