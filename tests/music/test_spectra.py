"""Spectra and filter banks beside librosa's."""

import shutil
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import pytest

from gradatim.music.spectra import (
    chroma_filters,
    decibels,
    frequencies,
    magnitudes,
    mel_bands,
    mel_filters,
)

Y = np.random.default_rng(0).normal(size=30_000).astype(np.float32)


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize(("n_fft", "hop"), [(2048, 512), (1024, 128), (512, 300)])
def test_magnitudes_are_librosas(n_fft, hop, centered):
    theirs = np.abs(librosa.stft(Y, n_fft=n_fft, hop_length=hop, center=centered)).T
    ours = magnitudes(Y, n_fft, hop, centered=centered)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("sr", "n_fft", "n_mels", "lowest"),
    [
        (22050, 2048, 128, 0.0),
        (22050, 1024, 64, 0.0),
        (16000, 512, 96, 0.0),
        (44100, 1024, 24, 40.0),
    ],
)
def test_mel_filters_are_librosas(sr, n_fft, n_mels, lowest):
    theirs = librosa.filters.mel(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=lowest)
    np.testing.assert_allclose(mel_filters(sr, n_fft, n_mels, lowest), theirs, atol=1e-8)


@pytest.mark.parametrize(("n_chroma", "tuning"), [(12, 0.0), (12, 0.3), (24, 0.0), (7, -0.2)])
def test_chroma_filters_are_librosas(n_chroma, tuning):
    theirs = librosa.filters.chroma(sr=22050, n_fft=2048, n_chroma=n_chroma, tuning=tuning)
    np.testing.assert_allclose(chroma_filters(22050, 2048, n_chroma, tuning), theirs, atol=1e-7)


def test_a_sine_at_440_hz_is_an_a():
    time = np.arange(22050) / 22050
    power = magnitudes(np.sin(2 * np.pi * 440 * time), 2048, 512)[10] ** 2
    assert np.argmax(chroma_filters(22050, 2048, 12) @ power) == 9
    assert frequencies(22050, 2048)[np.argmax(power)] == pytest.approx(440, abs=6)


def test_decibels_are_librosas_power_to_db():
    power = Y[:500] ** 2 * 10.0 ** np.linspace(-14, 2, 500)
    np.testing.assert_allclose(decibels(power), librosa.power_to_db(power), rtol=1e-5, atol=1e-5)


def test_no_reading_of_sounds_imports_what_compiles(tmp_path):
    for kind in ("kick", "snare"):
        (tmp_path / kind).mkdir()
        for sound in sorted(Path("examples/drums", kind).iterdir())[:2]:
            shutil.copy(sound, tmp_path / kind)
    code = (
        "import sys; from gradatim.music import read_folder; "
        f"read_folder({str(tmp_path)!r}, features=['all'], n_jobs=1); "
        "assert not {'librosa', 'numba'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("sr", "n_fft", "n_mels"), [(22050, 2048, 128), (8000, 256, 64)])
def test_sums_of_bands_are_those_of_the_whole_bank(sr, n_fft, n_mels):
    power = np.random.default_rng(0).random((7, 1 + n_fft // 2))
    whole = power @ mel_filters(sr, n_fft, n_mels).T.astype(float)
    np.testing.assert_allclose(mel_bands(sr, n_fft, n_mels).sums(power), whole.T, rtol=1e-12)
