import numpy as np
import pytest

from gradatim.datasets.world import COUNTRIES, load_world
from gradatim.errors import SpecError


def test_there_are_1059_recordings_from_33_countries():
    world = load_world()
    assert world.X["features"].shape == (1059, 68)
    assert len(world.classes) == len(COUNTRIES) == len(set(COUNTRIES.values())) == 33
    assert world.groups is None
    assert len(np.unique(world.ids)) == 1059


@pytest.mark.parametrize(
    ("country", "count"),
    [("India", 69), ("Mali", 66), ("Belize", 11), ("United Kingdom", 33), ("Australia", 14)],
)
def test_countries_have_as_many_recordings_as_their_capital_in_the_source(country, count):
    assert np.sum(load_world().y == country) == count


def test_the_position_of_a_recording_is_that_of_its_country():
    positions, countries = load_world("position"), load_world()
    assert positions.task == "regression"
    assert positions.target_names == ("latitude", "longitude")
    found = [COUNTRIES[lat, lon] for lat, lon in positions.y.tolist()]
    assert found == countries.y.tolist()


def test_both_targets_share_their_features():
    np.testing.assert_array_equal(load_world().X["features"], load_world("position").X["features"])


def test_the_first_row_is_that_of_the_source():
    np.testing.assert_allclose(
        load_world().X["features"][0, :4], [7.161286, 7.835325, 2.911583, 0.984049], rtol=1e-6
    )


def test_other_targets_are_refused():
    with pytest.raises(SpecError, match="'continent'; choose country or position"):
        load_world("continent")
