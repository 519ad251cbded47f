import numpy as np
import pytest

from gradatim._stems import find_stems


def stems(names, y):
    found = find_stems(names, np.array(y))
    return None if found is None else found.tolist()


def test_pieces_of_songs_share_the_song():
    names = [
        f"d/{g}.{song:05d}.{k}.wav" for g in ("pop", "rock") for song in range(3) for k in (0, 1)
    ]
    found = stems(names, ["pop"] * 6 + ["rock"] * 6)
    assert found == [name[2:].rsplit(".", 2)[0] for name in names]


def test_slices_of_urban_recordings_share_the_first_number():
    names = [
        f"{fs}-{c}-0-{k}.wav" for fs, c in ((100263, 2), (100648, 1), (100795, 3)) for k in (4, 7)
    ]
    found = stems(names, ["siren", "siren", "horn", "horn", "horn", "horn"])
    assert found == ["100263"] * 2 + ["100648"] * 2 + ["100795"] * 2


def test_an_instrument_s_name_is_no_stem_and_its_number_is_part_of_one():
    names = [
        f"{i}_synthetic_{n:03d}-{p}-025"
        for i in ("bass", "flute")
        for n in (3, 8)
        for p in (40, 41)
    ]
    found = stems(names, ["bass"] * 4 + ["flute"] * 4)
    assert found == [name.rsplit("-", 2)[0] for name in names]


def test_the_clip_of_an_environmental_sound_stands_behind_its_fold():
    names = [
        f"{clip % 5 + 1}-{100032 + clip}-{take}-{clip % 6}.wav"
        for clip in range(10)
        for take in "AB"
    ]
    found = stems(names, [str(clip % 6) for clip in range(10) for _ in "AB"])
    assert found == [name.rsplit("-", 2)[0] for name in names]


@pytest.mark.parametrize(
    "names",
    [
        [f"blues.{k:05d}.wav" for k in range(12)],
        [f"{k:06d}.mp3" for k in range(12)],
        ["kick", "snare"] * 6,
        [f"take_{k}" for k in range(12)],
        [f"loop_{'a' if k < 9 else k}_{k}" for k in range(12)],
        [""] * 12,
    ],
)
def test_names_that_number_or_name_classes_have_no_stems(names):
    assert stems(names, ["a", "b"] * 6) is None
