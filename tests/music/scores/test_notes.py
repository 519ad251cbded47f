import numpy as np
import pytest

from gradatim.music import NoteList
from gradatim.music.scores.notes import _MAJOR, _MINOR, find_key

MINOR = (0, 2, 3, 5, 7, 8, 11)


def test_a_transposed_tune_has_the_hash_of_the_tune(scale):
    assert scale.transposed(5).content_hash == scale.content_hash
    assert scale.transposed(-12).content_hash == scale.content_hash


def test_a_tune_in_sixteenths_has_the_hash_of_the_same_in_quarters(notes):
    slow = notes([60, 62, 64], [1.0, 2.0, 1.0])
    fast = notes([60, 62, 64], [0.25, 0.5, 0.25])
    assert slow.content_hash == fast.content_hash


@pytest.mark.parametrize(
    ("pitches", "durations"),
    [([60, 62, 65], [1.0, 2.0, 1.0]), ([60, 62, 64], [1.0, 1.0, 1.0]), ([60, 62], [1.0, 2.0])],
)
def test_another_interval_or_duration_is_another_hash(notes, pitches, durations):
    tune = notes([60, 62, 64], [1.0, 2.0, 1.0])
    assert notes(pitches, durations).content_hash != tune.content_hash


def test_a_rest_counts_in_the_hash(notes):
    tune = notes([60, 62], [1.0, 1.0])
    assert notes([60, 62], [1.0, 1.0], onsets=[0.0, 2.0]).content_hash != tune.content_hash


def test_notes_come_back_from_their_json_object_in_order(notes):
    late_first = notes([64, 60, 67], onsets=[1.0, 0.0, 1.0])
    assert late_first.pitch.tolist() == [60, 64, 67]
    again = NoteList.from_dict(late_first.to_dict())
    assert again.to_dict() == late_first.to_dict()


def test_no_bar_is_null_in_json_and_no_number_in_the_array(notes):
    free = notes([60, 62], meter=None)
    assert free.to_dict()["position"] == [None, None]
    assert np.isnan(free.position).all()


def test_columns_of_different_length_are_refused(scale):
    held = {**scale.to_dict(), "pitch": [60]}
    with pytest.raises(ValueError, match="length"):
        NoteList.from_dict(held)


def test_of_equally_common_durations_the_shortest_is_the_unit(notes):
    assert notes([60, 62, 64, 65], [1.0, 0.5, 1.0, 0.5]).unit == 0.5


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("major", [True, False])
def test_the_ratings_of_a_key_are_found_as_that_key(tonic, major):
    key = find_key(np.roll(_MAJOR if major else _MINOR, tonic))
    assert (key.tonic, key.major, key.clarity) == (tonic, major, 1.0)


def test_a_harmonic_minor_scale_is_in_minor():
    weights = np.bincount([(9 + step) % 12 for step in MINOR], minlength=12)
    key = find_key(weights)
    assert (key.tonic, key.major) == (9, False)


def test_the_clarity_is_the_correlation():
    weights = np.array([5, 0, 1, 0, 2, 1, 0, 4, 0, 1, 0, 1.0])
    assert find_key(weights).clarity == pytest.approx(
        np.corrcoef(weights, _MAJOR)[0, 1], abs=0.0006
    )


def test_equal_weights_have_no_clear_key():
    assert find_key(np.ones(12)).clarity == 0.0
