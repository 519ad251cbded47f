"""Onset strength and tempo beside librosa, and the tempo of clicks that are a known time apart."""

import librosa
import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.music import read_folder
from gradatim.music.recipes import read_recipe
from gradatim.music.rhythm import RhythmRecipe, onset_strength, rhythm_vector

SR, RECIPE = 22050, RhythmRecipe()


def clicks(bpm, seconds=12.0, seed=0):
    rng = np.random.default_rng(seed)
    y = 1e-3 * rng.normal(size=int(seconds * SR))
    for start in np.arange(0.1, seconds - 0.2, 60 / bpm):
        at = int(start * SR)
        y[at : at + 2000] += np.exp(-np.arange(2000) / 300) * rng.normal(size=2000)
    return y.astype(np.float32)


@pytest.mark.parametrize("bpm", [75, 120, 170])
def test_onsets_and_tempo_are_librosas(bpm):
    y = clicks(bpm)
    expected = librosa.onset.onset_strength(y=y, sr=SR)
    np.testing.assert_allclose(onset_strength(y, RECIPE), expected, atol=1e-3)
    mean, std, tempo = rhythm_vector(y, SR, RECIPE)
    assert mean == pytest.approx(expected.mean(), abs=1e-3)
    assert std == pytest.approx(expected.std(), abs=1e-3)
    [theirs] = librosa.feature.tempo(onset_envelope=expected, sr=SR)
    assert tempo == pytest.approx(theirs)


def test_clicks_have_the_tempo_at_which_they_come():
    assert rhythm_vector(clicks(120), SR, RECIPE)[2] == pytest.approx(120, rel=0.03)


def test_silence_and_a_hit_shorter_than_a_frame_have_numbers():
    assert np.isfinite(rhythm_vector(np.zeros(50, np.float32), SR, RECIPE)).all()
    assert np.isfinite(rhythm_vector(np.ones(50, np.float32), SR, RECIPE)).all()


def test_it_is_an_input_on_request_and_stands_beside_others():
    drums = read_folder("examples/drums", features=["classical+tempo"])
    [names] = drums.feature_names.values()
    assert len(names) == 93
    assert tuple(names[-3:]) == RECIPE.names


def test_its_recipe_is_data():
    assert read_recipe(RECIPE.to_dict()) == RECIPE
    with pytest.raises(SpecError, match="version 2"):
        read_recipe(RECIPE.to_dict() | {"version": 2})
