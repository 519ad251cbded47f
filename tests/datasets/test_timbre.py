import numpy as np
import pytest

from gradatim.datasets.timbre import load_timbre, log_harmonics


@pytest.fixture(scope="module")
def timbre():
    return load_timbre()


def test_there_are_twelve_instruments_with_at_least_25_sounds(timbre):
    labels, counts = np.unique(timbre.y, return_counts=True)
    assert len(labels) == 12
    assert counts.min() == 25
    assert counts.sum() == timbre.n_samples == 770
    assert dict(zip(labels.tolist(), counts.tolist(), strict=True))["electric organ"] == 154


def test_the_raw_wave_comes_before_the_harmonics_made_from_it(timbre):
    assert list(timbre.X) == ["wave", "harmonics"]
    np.testing.assert_array_equal(timbre.X["harmonics"], log_harmonics(timbre.X["wave"]))
    assert [len(names) for names in timbre.feature_names.values()] == [1024, 64]


def test_waves_are_unpacked_to_the_points_of_their_files(timbre):
    # From AKWF_aguitar_0001.wav.
    first = timbre.X["wave"][timbre.ids == "AKWF_aguitar_0001"][0] * 32768
    np.testing.assert_array_equal(
        first[[0, 1, 2, -3, -2, -1]], [626, 1288, 1971, -1141, -540, -138]
    )
    assert np.abs(timbre.X["wave"]).max() <= 1.0


def test_every_sound_is_there_once(timbre):
    assert len(np.unique(timbre.ids)) == 770
    assert len(np.unique(timbre.X["wave"], axis=0)) == 770


def test_groups_are_blocks_of_eight_adjacent_numbers_of_one_class(timbre):
    numbers = np.array([int(name.rsplit("_", 1)[1]) for name in timbre.ids.tolist()])
    assert len(np.unique(timbre.groups)) == 102
    for group in np.unique(timbre.groups):
        rows = timbre.groups == group
        assert len(np.unique(timbre.y[rows])) == 1
        assert np.ptp(numbers[rows]) < 8
        assert len(np.unique((numbers[rows] - 1) // 8)) == 1


def test_a_sound_plays_its_cycle_at_220_hertz(timbre):
    y, sr = timbre.media[0].read(1.0)
    assert (len(y), sr) == (22050, 22050)
    spectrum = np.abs(np.fft.rfft(y))
    peaks = np.flatnonzero(spectrum > 0.1 * spectrum.max())
    assert (np.abs(peaks / 220 - np.rint(peaks / 220)) < 0.02).all()


def test_levels_depend_neither_on_loudness_nor_on_the_start_of_the_cycle(timbre):
    wave = timbre.X["wave"][::50].astype(np.float64)
    expected = log_harmonics(wave)
    np.testing.assert_allclose(log_harmonics(0.1 * wave), expected, atol=1e-3)
    np.testing.assert_allclose(log_harmonics(np.roll(wave, 300, axis=1)), expected, atol=1e-3)


def test_two_equal_harmonics_lie_three_decibels_below_the_whole():
    time = np.arange(1024) / 1024
    wave = np.sin(2 * np.pi * time) + np.cos(2 * np.pi * 64 * time)
    levels = log_harmonics(wave[None])[0]
    np.testing.assert_allclose(levels[[0, 63]], -3.0, atol=0.02)
    np.testing.assert_allclose(levels[1:63], -60.0, atol=1e-3)


def test_a_silent_cycle_has_all_harmonics_at_the_floor():
    np.testing.assert_allclose(log_harmonics(np.zeros((1, 1024))), -60.0, atol=1e-4)
