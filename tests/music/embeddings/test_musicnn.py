"""What the pretrained net says of sounds, and the features made of it."""

import numpy as np
import pytest

from gradatim.errors import AudioError, ShapeError
from gradatim.music import (
    MUSICNN_NAMES,
    MUSICNN_TAGS,
    musicnn_features,
    run_musicnn,
)

SR = 16000
TIME = np.arange(3 * SR) / SR


def sine(frequency):
    return 0.5 * np.sin(2 * np.pi * frequency * TIME)


def kicks():
    """Six drum hits, two per second: a falling tone and a click of noise."""
    noise = np.random.default_rng(0).normal(size=len(TIME))
    at = TIME % 0.5
    tone = 0.8 * np.sin(2 * np.pi * (55 + 80 * np.exp(-40 * at)) * at)
    return np.exp(-12 * at) * (tone + 0.3 * np.exp(-20 * at) * noise)


def noise():
    return np.random.default_rng(1).normal(0, 0.1, len(TIME))


@pytest.mark.parametrize("frequency", [110, 440])
def test_a_sine_is_ambient(frequency):
    assert run_musicnn(sine(frequency), SR).best_tags(1)[0][0] == "ambient"


def test_a_steady_chord_is_ambient():
    chord = sum(0.3 * sine(frequency) for frequency in (220, 277.2, 329.6, 440))
    assert run_musicnn(chord, SR).best_tags(1)[0][0] == "ambient"


def test_drum_hits_are_electronic_and_not_ambient():
    named = dict(run_musicnn(kicks(), SR).best_tags(50))
    assert [tag for tag, _ in run_musicnn(kicks(), SR).best_tags(2)] == ["electronic", "electro"]
    assert named["ambient"] < 0.05


def test_noise_is_neither_sung_nor_strummed():
    named = dict(run_musicnn(noise(), SR).best_tags(50))
    assert named["electronic"] == max(named.values())
    assert max(named[tag] for tag in ("acoustic", "female vocalists", "country", "guitar")) < 0.05


def test_there_are_50_tags_and_1506_features_with_a_name_each():
    assert len(set(MUSICNN_TAGS)) == 50
    assert (MUSICNN_TAGS[0], MUSICNN_TAGS[9], MUSICNN_TAGS[-1]) == ("rock", "jazz", "happy")
    assert len(set(MUSICNN_NAMES)) == 1506
    assert MUSICNN_NAMES[:2] == ("timbral_0_mean", "timbral_0_max")
    assert MUSICNN_NAMES[-1] == "mid_3_63_max"


def test_a_sound_of_two_patches_gives_each_layer_twice():
    output = run_musicnn(noise(), SR)  # 188 frames
    shapes = {name: array.shape for name, array in vars(output).items()}
    assert shapes == {
        "timbral": (2, 187, 408),
        "temporal": (2, 187, 153),
        "mid_1": (2, 187, 64),
        "mid_2": (2, 187, 64),
        "mid_3": (2, 187, 64),
        "max_pool": (2, 753),
        "mean_pool": (2, 753),
        "penultimate": (2, 200),
        "tags": (2, 50),
    }
    assert {array.dtype for array in vars(output).values()} == {np.dtype(np.float32)}


def test_each_feature_is_the_mean_or_the_maximum_that_its_name_says():
    y = np.concatenate([kicks(), sine(440)])
    output, named = (
        run_musicnn(y, SR),
        dict(zip(MUSICNN_NAMES, musicnn_features(y, SR), strict=True)),
    )
    for layer in ("timbral", "temporal", "mid_1", "mid_2", "mid_3"):
        frames = getattr(output, layer).astype(float)
        for k in (0, 7, frames.shape[2] - 1):
            assert named[f"{layer}_{k}_mean"] == pytest.approx(frames[..., k].mean(), abs=1e-4)
            assert named[f"{layer}_{k}_max"] == frames[..., k].max()


def test_another_rate_is_resampled():
    time = np.arange(3 * 44100) / 44100
    there = musicnn_features(0.5 * np.sin(2 * np.pi * 440 * time), 44100)
    here = musicnn_features(sine(440), SR)
    assert np.corrcoef(there, here)[0, 1] > 0.99


def test_an_output_shows_its_best_tags():
    output = run_musicnn(sine(440), SR)
    (first, score), *_ = best = output.best_tags(3)
    assert repr(output).startswith(f"MusicnnOutput(n_patches=2; {first} {score:.2f}, ")
    assert score == pytest.approx(output.tags[:, MUSICNN_TAGS.index(first)].mean())
    assert [s for _, s in best] == sorted((s for _, s in best), reverse=True)


@pytest.mark.parametrize("function", [run_musicnn, musicnn_features])
def test_what_is_no_sound_is_refused(function):
    with pytest.raises(ShapeError, match="one-dimensional"):
        function(np.zeros((2, 100)), SR)
    with pytest.raises(ShapeError, match="one-dimensional"):
        function(np.zeros(0), SR)
    with pytest.raises(AudioError, match="not finite"):
        function(np.array([0.0, np.nan]), SR)
