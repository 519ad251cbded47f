"""Spectrograms as librosa computes them; patches that hold every frame."""

import numpy as np
import pytest

from gradatim.music.embeddings.patches import cut_patches, log_mel


def test_a_spectrogram_is_that_of_librosa_but_for_halves():
    import librosa

    y = np.random.default_rng(0).normal(0, 0.1, 20_000).astype(np.float32)
    mel = librosa.feature.melspectrogram(
        y=y, sr=16000, n_fft=512, hop_length=256, n_mels=96, pad_mode="reflect"
    )
    wanted = np.log10(1 + 10_000 * mel.T)
    assert log_mel(y).shape == wanted.shape == (79, 96)
    # A half has 11 bits: the energy is off by 1 / 2048 at most, its logarithm by 0.00022.
    assert np.abs(log_mel(y) - wanted).max() < 2.3e-4


def test_a_long_sound_has_the_frames_of_its_parts():
    y = np.random.default_rng(1).normal(0, 0.1, 256 * 5000).astype(np.float32)
    late = log_mel(y[256 * 4000 :])
    np.testing.assert_allclose(log_mel(y)[4001:], late[1:], atol=3e-4)


def test_the_energies_of_a_quiet_sound_are_rounded_to_halves():
    energies = (10 ** log_mel(np.full(2000, 0.3, dtype=np.float32)).astype(float) - 1) / 10_000
    bass = energies[3, 0]
    assert abs(bass - np.float16(bass)) < 1e-5 * bass


@pytest.mark.parametrize("n_points", [1, 2, 100, 256, 257])
def test_a_sound_shorter_than_a_window_has_frames(n_points):
    frames = log_mel(np.full(n_points, 0.5, dtype=np.float32))
    assert frames.shape == (1 + n_points // 256, 96)
    assert np.isfinite(frames).all()


def test_a_sound_of_enormous_level_stays_finite():
    frames = log_mel(np.full(3000, 1e12, dtype=np.float32))
    assert frames.max() == pytest.approx(np.log10(1 + 10_000 * 65504.0))


def test_silence_is_zero():
    assert not log_mel(np.zeros(3000, dtype=np.float32)).any()


@pytest.mark.parametrize(
    ("n_frames", "starts"),
    [(187, [0]), (188, [0, 1]), (374, [0, 187]), (375, [0, 94, 188]), (600, [0, 137, 275, 413])],
)
def test_patches_are_spread_evenly_and_hold_every_frame(n_frames, starts):
    patches = list(cut_patches(np.arange(n_frames)[:, None]))
    assert [patch[0, 0] for patch in patches] == starts
    assert {len(patch) for patch in patches} == {187}
    assert set(np.concatenate(patches)[:, 0].tolist()) == set(range(n_frames))


@pytest.mark.parametrize("n_frames", [1, 50, 186])
def test_a_short_sound_is_repeated(n_frames):
    (patch,) = cut_patches(np.arange(n_frames)[:, None])
    assert patch[:, 0].tolist() == [t % n_frames for t in range(187)]
