"""Single cycles: points of a period, and what is none."""

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, SpecError
from gradatim.music import extract_table, read_feature_table, read_folder, write_features
from gradatim.music.cycles import CycleRecipe, cycle_points

SR = 22050


def cycle(n, phase=0.0):
    at = 2 * np.pi * np.arange(n) / n + phase
    return np.sin(at) + 0.5 * np.cos(3 * at)


@pytest.mark.parametrize("n", [100, 301, 1102])
def test_the_points_of_a_cycle_do_not_depend_on_its_pitch(n):
    np.testing.assert_allclose(cycle_points(cycle(n), SR, CycleRecipe()), cycle(256), atol=1e-6)


def test_a_cycle_that_begins_later_is_the_same_points_from_later_on():
    later = cycle_points(cycle(300, 2 * np.pi / 8), SR, CycleRecipe())
    np.testing.assert_allclose(later, np.roll(cycle(256), -32), atol=1e-6)


def test_the_highest_harmonic_of_few_samples_keeps_its_level():
    few = np.array([0.5, -0.5, 0.5, -0.5])
    points = cycle_points(few, SR, CycleRecipe(n_points=8))
    np.testing.assert_allclose(points[::2], few, atol=1e-7)


def test_what_is_longer_than_fifty_milliseconds_is_no_cycle():
    assert cycle_points(np.ones(1102), SR, CycleRecipe()).shape == (256,)
    with pytest.raises(AudioError, match="50 ms at most"):
        cycle_points(np.ones(1103), SR, CycleRecipe())


@pytest.mark.parametrize(
    "fields", [{"n_points": 1}, {"n_points": 10**9}, {"version": 1}, {"sr": 0}]
)
def test_a_recipe_that_cannot_be_is_refused(fields):
    with pytest.raises(SpecError):
        CycleRecipe(**fields)


@pytest.fixture
def folder(tmp_path):
    for label, n in (("low", 600), ("high", 300)):
        (tmp_path / "waves" / label).mkdir(parents=True)
        for k in range(4):
            wave = 0.5 * cycle(n, k)
            soundfile.write(tmp_path / "waves" / label / f"{k}.wav", wave, 44100, subtype="FLOAT")
    return tmp_path / "waves"


def test_a_folder_of_cycles_says_so_and_its_table_too(folder, tmp_path):
    waves = read_folder(folder, features=["cycle", "classical"])
    assert list(waves.cycles) == ["cycle"]
    assert waves.X["cycle"].shape == (8, 256)
    # At the rate of the file: a filter that changes it would spoil both ends.
    for k in range(4):
        of = waves.X["cycle"][waves.ids.tolist().index(f"high/{k}.wav")]
        np.testing.assert_allclose(of, 0.5 * cycle(256, k), atol=1e-6)
    path = tmp_path / "waves.parquet"
    write_features(extract_table(folder, features=["cycle", "classical"]), path)
    table = read_feature_table(path)
    assert list(table.cycles) == ["cycle"]
    np.testing.assert_array_equal(np.sort(table.X["cycle"], 0), np.sort(waves.X["cycle"], 0))


def test_a_folder_of_longer_sounds_is_refused_in_one_sentence():
    with pytest.raises(AudioError, match="ms is no single cycle"):
        read_folder("examples/drums", features=["cycle"])
