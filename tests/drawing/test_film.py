from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gradatim.drawing import Film, save_film
from gradatim.drawing.film import Area, FilmDisc, Stroke, Words, rings_of
from gradatim.errors import OutputError

SVG = "{http://www.w3.org/2000/svg}"
RING = "M10 10H70V70H10ZM30 30H50V50H30Z"


def film(n=3):
    frames = [
        [
            FilmDisc(20 + 20 * k, 80, 8, "#0000ff", ring=k == 1),
            Words(5, 95, f"<{k}>", 10, "#000000"),
        ]
        for k in range(n)
    ]
    under = [Area(RING, "#ff0000", "#ff0000", (0, 0), 1.0)]
    return Film("A & B", "moves", 100, 100, under, frames, [Stroke([((0, 0), (9, 9))], "#000", 2)])


def frames_of(path):
    root = ElementTree.fromstring(path.read_text("utf-8"))
    return [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}animate") is not None]


def test_one_frame_shows_at_a_time_and_the_last_one_stays(tmp_path):
    frames = frames_of(save_film(film(), tmp_path / "film.svg"))
    assert [g.get("visibility") for g in frames] == ["hidden", "hidden", "visible"]
    shown = []
    for g in frames:
        moves = g.find(f"{SVG}animate")
        times = [float(t) for t in moves.get("keyTimes").split(";")]
        values = moves.get("values").split(";")
        assert times[0] == 0
        assert len(times) == len(values)
        assert moves.get("fill") == "freeze"
        end = times[values.index("visible") + 1] if values[-1] == "hidden" else 1.0
        shown.append((times[values.index("visible")], end))
    assert shown[0][0] == 0
    assert shown[-1][1] == 1
    assert all(a[1] == b[0] for a, b in pairwise(shown))


def test_texts_are_escaped_and_there_is_no_script(tmp_path):
    root = ElementTree.fromstring(save_film(film(), tmp_path / "film.svg").read_text("utf-8"))
    assert root.find(f"{SVG}title").text == "A & B"
    assert [text.text for text in root.iter(f"{SVG}text")] == ["<0>", "<1>", "<2>"]
    assert root.find(f".//{SVG}script") is None


def test_the_gif_has_each_frame_runs_three_times_and_says_what_it_shows(tmp_path):
    with Image.open(save_film(film(), tmp_path / "film.gif")) as image:
        assert image.n_frames == 3
        assert image.info["loop"] == 2
        assert b"moves" in image.info["comment"]
        frames = []
        for k in range(3):
            image.seek(k)
            frames.append(np.asarray(image.convert("RGB"), dtype=int))
    assert all(abs(a - b).mean() > 0.1 for a, b in pairwise(frames))
    # A region has its hole in both formats.
    red, hole = frames[0][20, 20], frames[0][40, 40]
    assert red[0] > 240
    assert red[1] < 20
    assert hole.min() > 240


@pytest.mark.parametrize("suffix", ["svg", "gif"])
def test_the_same_film_gives_the_same_bytes(tmp_path, suffix):
    first = save_film(film(), tmp_path / f"a.{suffix}").read_bytes()
    assert save_film(film(), tmp_path / f"b.{suffix}").read_bytes() == first


def test_a_film_of_one_frame_is_a_still(tmp_path):
    assert frames_of(save_film(film(1), tmp_path / "still.svg")) == []
    with Image.open(save_film(film(1), tmp_path / "still.gif")) as image:
        assert image.size == (100, 100)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(OutputError, match=r"end it in \.svg or \.gif"):
        save_film(film(), tmp_path / "film.mp4")


def test_a_path_is_read_corner_by_corner():
    assert rings_of("M1 2H5V4L3 9H1ZM0.5 0L1 1L2 0Z") == [
        [(1, 2), (5, 2), (5, 4), (3, 9), (1, 9)],
        [(0.5, 0), (1, 1), (2, 0)],
    ]


def test_a_cross_has_a_falling_and_a_rising_arm():
    cross = Stroke.cross(10, 20, 2, "#000", 1.5)
    assert 'd="M8.0 18.0L12.0 22.0M8.0 22.0L12.0 18.0"' in cross.svg()
