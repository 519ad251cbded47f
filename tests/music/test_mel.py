"""Log-mel patches and their summary, beside librosa and by hand."""

import itertools

import librosa
import numpy as np
import pytest

from gradatim.errors import AudioError, ShapeError, SpecError
from gradatim.music.mel import MelRecipe, mel_patch, mel_vector

SR = 22050
MEL, RAW = MelRecipe(), MelRecipe(set="raw")


def hit(n_points):
    decay = np.exp(-np.arange(n_points) / 3000)
    return (np.random.default_rng(n_points).normal(size=n_points) * decay).astype(np.float32)


@pytest.mark.parametrize("n_points", [1, 300, 5000, 16_000, 17_000, 60_000])
def test_a_patch_is_librosas_of_the_first_64_frames(n_points):
    y = hit(n_points)
    long = np.pad(y, (0, max(0, 20_000 - n_points)))
    power = librosa.feature.melspectrogram(y=long, sr=SR, n_fft=1024, hop_length=256, n_mels=64)[
        :, :64
    ]
    theirs = librosa.power_to_db(power, ref=np.max, top_db=80.0, amin=1e-30)
    np.testing.assert_allclose(mel_patch(y, SR, MEL), theirs, atol=1e-4)


def test_a_patch_lies_between_its_maximum_and_the_floor_however_loud_the_sound():
    y = hit(9000)
    patch = mel_patch(y, SR, MEL)
    assert patch.shape == (64, 64)
    assert (patch.max(), patch.min()) == (0.0, -80.0)
    np.testing.assert_allclose(mel_patch(y / 100, SR, MEL), patch, atol=1e-3)


def test_what_comes_after_the_patch_is_not_seen():
    y = hit(40_000)
    later = y.copy()
    later[63 * 256 + 512 :] = 1.0
    np.testing.assert_array_equal(mel_patch(later, SR, MEL), mel_patch(y, SR, MEL))
    later[63 * 256 + 500] = 1.0
    assert (mel_patch(later, SR, MEL) != mel_patch(y, SR, MEL)).any()


def test_silence_lies_on_the_floor():
    assert (mel_patch(np.zeros(3000), SR, MEL) == -80.0).all()
    named = dict(zip(MEL.names, mel_vector(np.zeros(3000), SR, MEL).tolist(), strict=True))
    assert (named["mel_7_mean"], named["mel_7_std"], named["mel_7_step"]) == (-80.0, 0.0, 0.0)


def test_the_summary_is_mean_deviation_maximum_and_step_of_each_band():
    y = hit(9000)
    patch = mel_patch(y, SR, MEL).astype(float)
    named = dict(zip(MEL.names, mel_vector(y, SR, MEL).tolist(), strict=True))
    assert len(named) == 256
    for band in (0, 20, 63):
        row = patch[band].tolist()
        mean = sum(row) / 64
        steps = [abs(b - a) for a, b in itertools.pairwise(row)]
        assert named[f"mel_{band}_mean"] == pytest.approx(mean, rel=1e-5)
        assert named[f"mel_{band}_max"] == max(row)
        assert named[f"mel_{band}_step"] == pytest.approx(sum(steps) / 63, rel=1e-5)
        variance = sum((value - mean) ** 2 for value in row) / 64
        assert named[f"mel_{band}_std"] == pytest.approx(variance**0.5, rel=1e-4)


def test_raw_is_the_patch_band_after_band():
    y = hit(9000)
    named = dict(zip(RAW.names, mel_vector(y, SR, RAW).tolist(), strict=True))
    assert len(named) == 4096
    assert named["raw_5_17"] == mel_patch(y, SR, RAW)[5, 17]


def test_what_is_no_sound_is_refused():
    with pytest.raises(ShapeError):
        mel_vector(np.zeros((2, 9)), SR, MEL)
    with pytest.raises(AudioError, match="not finite"):
        mel_vector(np.array([0.0, np.nan]), SR, MEL)


@pytest.mark.parametrize(
    "odd",
    [
        {"set": "mels"},
        {"version": 2},
        {"n_mels": 0},
        {"n_frames": 1},
        {"floor": 0.0},
        {"segment_seconds": 0.01},
        {"place": "top"},
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(odd):
    with pytest.raises(SpecError):
        MelRecipe(**odd)
