import numpy as np
import pytest

from gradatim.music.scores.sounds import UNIT, ScoreSound


def test_a_note_sounds_at_its_pitch_for_its_time(notes):
    y, sr = ScoreSound(notes([69, 81], [1.0, 1.0])).read(10.0)
    assert len(y) == round(2 * UNIT * sr)
    half = len(y) // 2
    for part, hertz in ((y[:half], 440), (y[half:], 880)):
        spectrum = np.abs(np.fft.rfft(part, n=sr))
        assert abs(int(spectrum.argmax()) - hertz) <= 3


def test_no_more_is_played_than_asked_for(notes):
    y, sr = ScoreSound(notes([60] * 100)).read(1.0)
    assert len(y) == sr
    assert y.dtype == np.float32


@pytest.mark.parametrize("pitches", [[60], [60, 64, 67, 72, 76, 79], [120], [0]])
def test_a_chord_stays_within_full_scale(notes, pitches):
    y, _ = ScoreSound(notes(pitches, onsets=[0.0] * len(pitches))).read(1.0)
    assert 0 < np.abs(y).max() <= 1
