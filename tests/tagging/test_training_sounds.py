"""Training sounds are found where they lie, and nowhere else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gradatim import load_timbre
from gradatim.collection import CycleSound
from gradatim.errors import InputError
from gradatim.tagging.explanations import NearRow
from gradatim.tagging.training_sounds import find_sounds
from tests.reports.test_explanation import explanation


@pytest.fixture
def model():
    """Return what is read of a model: what it says of its collection."""
    return SimpleNamespace(
        input="wave", about={"collection": {"name": "timbre", "sha256": "of another"}}
    )


def near(*ids):
    return explanation(nearest=tuple(NearRow(id, "kick", 1.0) for id in ids))


@pytest.fixture
def folder(tmp_path):
    for name in ("in/kick/a.flac", "in/kick/odd 2 s", "out.flac"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path / "in"


def test_a_piece_is_read_from_its_place_in_the_file(model, folder):
    found = near("kick/a.flac", "kick/a.flac 2.5 s", "kick/odd 2 s", "kick/gone.flac")
    _, sounds = find_sounds(model, found, "new.flac", folder)
    assert [one and (one.path.name, one.start) for one in sounds] == [
        ("a.flac", 0.0),
        ("a.flac", 2.5),
        ("odd 2 s", 0.0),
        None,
    ]


def test_names_do_not_lead_out_of_the_folder(model, folder):
    outside = ("../out.flac", str(folder.parent / "out.flac"))
    _, sounds = find_sounds(model, near("kick/a.flac", *outside), "new.flac", folder)
    assert [one is not None for one in sounds] == [True, False, False]
    with pytest.raises(InputError, match=r"none of the nearest training sounds, such as \.\./out"):
        find_sounds(model, near(*outside), "new.flac", folder)


def test_a_folder_that_is_not_there_is_named(model, folder):
    with pytest.raises(InputError, match="is no folder"):
        find_sounds(model, near("kick/a.flac"), "new.flac", folder / "gone")


def test_the_sound_is_the_file_itself(model, folder):
    path = str(folder.parent / "out.flac")
    found = replace(near("kick/a.flac"), source="out.flac", sample="out.flac")
    assert str(find_sounds(model, found, path, folder)[0].path) == path


def test_a_dataset_is_found_by_its_content_alone(model):
    timbre = load_timbre()
    id = str(timbre.ids[5])
    found = replace(near(id), sample=id)
    # The model has learnt from another collection of that name.
    assert find_sounds(model, found, "new.flac", None) == (None, [None])
    model.about["collection"]["sha256"] = timbre.sha256
    sound, [nearest] = find_sounds(model, found, "timbre", None)
    assert isinstance(sound, CycleSound)
    assert (nearest.cycle == timbre.media[5].cycle).all()
    # So has one that was climbed with `--inputs wave`.
    model.about["collection"]["sha256"] = replace(
        timbre, X={"wave": timbre.X["wave"]}, feature_names={}
    ).sha256
    assert isinstance(find_sounds(model, found, "new.flac", None)[1][0], CycleSound)
