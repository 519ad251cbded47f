import dataclasses
import json

import librosa
import numpy as np
import pytest

from gradatim.errors import AudioError, ShapeError, SpecError
from gradatim.music.features import FEATURE_NAMES, RECIPE, FeatureRecipe, extract_features

SR = RECIPE.sr


def naive_features(y):
    """One call of librosa a feature, each with its own spectrogram."""
    frames = {"n_fft": RECIPE.n_fft, "hop_length": RECIPE.hop_length}
    feature = librosa.feature
    parts = [
        feature.mfcc(y=y, sr=SR, n_mfcc=20, **frames),
        feature.chroma_stft(y=y, sr=SR, tuning=0.0, **frames),
        feature.spectral_centroid(y=y, sr=SR, **frames),
        feature.spectral_bandwidth(y=y, sr=SR, **frames),
        feature.spectral_rolloff(y=y, sr=SR, **frames),
        feature.spectral_contrast(y=y, sr=SR, **frames),
        feature.spectral_flatness(y=y, **frames),
        feature.zero_crossing_rate(y, frame_length=2048, hop_length=512),
        feature.rms(y=y, frame_length=2048, hop_length=512),
    ]
    tracks = np.concatenate(parts).astype(np.float64)
    return np.stack([tracks.mean(axis=1), tracks.std(axis=1)], axis=1).ravel()


def sounds():
    rng = np.random.default_rng(0)
    time = np.arange(2 * SR) / SR
    decay = np.exp(-8 * time)
    yield "tone", 0.3 * np.sin(2 * np.pi * 330 * time)
    yield "noise", 0.1 * rng.normal(size=len(time))
    yield "pause", np.where(time < 0.7, 0.4 * np.sin(2 * np.pi * 150 * time), 0)
    yield "drum", decay * (np.sin(2 * np.pi * 60 * time) + 0.2 * rng.normal(size=len(time)))


@pytest.mark.parametrize(("name", "y"), list(sounds()), ids=lambda value: str(value)[:8])
def test_features_equal_librosa_called_feature_by_feature(name, y):
    y = y.astype(np.float32)
    np.testing.assert_allclose(extract_features(y, SR), naive_features(y), rtol=1e-5, atol=1e-5)


def test_names_and_features_have_one_order():
    time = np.arange(SR) / SR
    named = dict(
        zip(FEATURE_NAMES, extract_features(np.sin(2 * np.pi * 880 * time), SR), strict=True)
    )
    assert len(FEATURE_NAMES) == len(set(FEATURE_NAMES)) == 90
    chroma = {name: value for name, value in named.items() if name.startswith("chroma_")}
    assert max(chroma, key=chroma.__getitem__) == "chroma_A_mean"
    assert named["centroid_mean"] == pytest.approx(880, rel=0.1)
    assert named["rms_mean"] == pytest.approx(np.sqrt(0.5), rel=0.02)
    assert named["zero_crossing_rate_mean"] == pytest.approx(2 * 880 / SR, rel=0.05)


@pytest.mark.parametrize("n_points", [1, 441, 2047, 2048, 2049])
def test_sounds_shorter_than_a_frame_have_finite_features(n_points):
    y = np.random.default_rng(0).normal(size=n_points)
    assert np.isfinite(extract_features(y, SR)).all()


def test_silence_has_finite_features():
    assert np.isfinite(extract_features(np.zeros(SR), SR)).all()


def test_silence_after_a_short_sound_changes_nothing_up_to_one_frame():
    y = np.random.default_rng(0).normal(size=441).astype(np.float32)
    padded = np.pad(y, (0, 1000))
    np.testing.assert_array_equal(extract_features(y, SR), extract_features(padded, SR))


def test_the_rate_of_a_sound_matters_little():
    def bell(sr):
        time = np.arange(sr) / sr
        return np.exp(-3 * time) * np.sin(2 * np.pi * 700 * time)

    names = ["centroid_mean", "rms_mean", "zero_crossing_rate_mean"]
    rows = [FEATURE_NAMES.index(name) for name in names]
    at_44k, at_22k = extract_features(bell(44100), 44100), extract_features(bell(22050), 22050)
    np.testing.assert_allclose(at_44k[rows], at_22k[rows], rtol=0.02)


@pytest.mark.parametrize("y", [np.zeros(0), np.zeros((2, 100))])
def test_a_sound_is_one_dimensional_and_not_empty(y):
    with pytest.raises(ShapeError):
        extract_features(y, SR)


@pytest.mark.parametrize("value", [np.inf, np.nan, 1e30])
def test_samples_that_have_no_finite_power_are_an_error(value):
    y = np.zeros(5000)
    y[2500] = value
    with pytest.raises(AudioError, match="not finite"):
        extract_features(y, SR)


def test_integers_held_as_floats_are_analyzed():
    y = 2.0**31 * np.sin(np.arange(5000))
    assert np.isfinite(extract_features(y, SR)).all()


def test_the_default_recipe_is_used_unless_another_is_given():
    y = np.random.default_rng(0).normal(size=SR)
    np.testing.assert_array_equal(extract_features(y, SR), extract_features(y, SR, RECIPE))


def test_a_recipe_comes_back_from_json_as_it_was():
    recipe = FeatureRecipe(n_mfcc=13, tuning=0.25)
    assert FeatureRecipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe != RECIPE


def test_the_default_recipe_holds_the_constants_that_it_always_had():
    assert RECIPE.to_dict() == {
        "version": 1,
        "sr": 22050,
        "n_fft": 2048,
        "hop_length": 512,
        "n_mels": 128,
        "n_mfcc": 20,
        "n_chroma": 12,
        "tuning": 0.0,
        "n_contrast_bands": 6,
        "contrast_fmin": 200.0,
        "rolloff": 0.85,
        "max_seconds": 120.0,
        "place": "start",
        "segment_seconds": None,
    }


def test_a_recipe_of_before_excerpts_were_chosen_is_read():
    old = {k: v for k, v in RECIPE.to_dict().items() if k not in ("place", "segment_seconds")}
    assert FeatureRecipe.from_dict(old) == RECIPE


OTHERS = {
    "sr": 16000,
    "n_fft": 1024,
    "hop_length": 256,
    "n_mels": 64,
    "n_mfcc": 13,
    "n_chroma": 24,
    "tuning": 0.3,
    "n_contrast_bands": 4,
    "contrast_fmin": 100.0,
    "rolloff": 0.5,
}


@pytest.mark.parametrize(("name", "value"), OTHERS.items(), ids=list(OTHERS))
def test_every_constant_of_a_recipe_changes_the_features(name, value):
    y = np.random.default_rng(0).normal(size=SR)
    recipe = dataclasses.replace(RECIPE, **{name: value})
    features = extract_features(y, SR, recipe)
    assert features.shape == (len(recipe.names),)
    assert recipe.names != FEATURE_NAMES or (features != extract_features(y, SR)).any()


@pytest.mark.parametrize(
    ("constants", "match"),
    [
        ({"version": 2}, "version 2 are not known"),
        ({"hop_length": 0}, "hop_length is at least 1"),
        ({"n_mfcc": 200}, "128 mel bands"),
        ({"sr": 8000}, "half the rate"),
        ({"rolloff": 1.5}, "rolloff"),
        ({"max_seconds": 0}, "longer than 0 seconds"),
        ({"place": "end of it"}, "start, middle, end"),
        ({"place": -1.0}, "start, middle, end"),
        ({"place": True}, "place of a recipe"),
        ({"segment_seconds": 0.01}, "segment is at least"),
        ({"n_mels": 64.5}, "n_mels of a recipe"),
        ({"n_mels": "64"}, "n_mels of a recipe"),
        ({"window": 1}, "'window'"),
        # From a hostile model, none of them may take memory or time.
        ({"n_contrast_bands": 10**30}, "half the rate"),
        ({"n_contrast_bands": 5000}, "half the rate"),
        ({"n_chroma": 10**9}, "n_chroma of 1000000000 is more"),
        ({"n_mels": 10**6, "n_fft": 10**6}, "n_mels of 1000000 is more"),
        ({"n_fft": 10**12}, "n_fft of 1000000000000 is more"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(constants, match):
    with pytest.raises(SpecError, match=match):
        FeatureRecipe.from_dict({**RECIPE.to_dict(), **constants})
