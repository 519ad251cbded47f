import io
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gradatim.drawing import Film, choose_frames, save_film
from gradatim.errors import OutputError, SpecError

SVG = "{http://www.w3.org/2000/svg}"


def film():
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    weights = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, -0.5], [1.0, 1.0, -1.5]])
    return Film(X, ["<no>", "<no>", "<no>", "yes"], ("<no>", "yes"), weights, [-1, 1, 3], [0, 1, 2])


def read(tmp_path):
    path = save_film(film(), tmp_path / "film.svg")
    return ElementTree.fromstring(path.read_text("utf-8"))


def test_the_svg_has_a_text_alternative_and_no_script(tmp_path):
    root = read(tmp_path)
    assert root.get("role") == "img"
    assert "after each of 2 mistakes" in root.find(f"{SVG}title").text
    assert "1 x1 + 1 x2 - 1.5 = 0" in root.find(f"{SVG}desc").text
    assert root.find(f".//{SVG}script") is None


def test_the_line_of_each_frame_is_on_the_line_of_its_weights(tmp_path):
    [line] = read(tmp_path).iter(f"{SVG}line")
    ends = {
        one.get("attributeName"): [float(v) for v in one.get("values").split(";")] for one in line
    }
    # The points of the data are the corners 0 and 1; 0.5 is half way between them.
    crosses = [path.get("d") for path in read(tmp_path).iter(f"{SVG}path")]
    left, right = (float(d[1:].split(" ")[0]) + 3.5 for d in crosses[:2])
    # The second frame is x1 = 0.5, upright in the middle.
    middle = (left + right) / 2
    assert ends["x1"][1] == pytest.approx(middle, abs=0.1)
    assert ends["x2"][1] == pytest.approx(middle, abs=0.1)
    # Before the first mistake there is no line: both ends are one point off the page.
    assert ends["x1"][0] == ends["x2"][0] < 0
    assert [line.get(name) for name in ("x1", "y2")] == [
        f"{ends[name][-1]:.1f}" for name in ("x1", "y2")
    ]


def test_every_frame_has_its_counter_and_the_last_one_stays(tmp_path):
    texts = list(read(tmp_path).iter(f"{SVG}text"))
    assert [text.text for text in texts] == ["0 mistakes", "1 mistake", "2 mistakes"]
    assert [text.get("visibility") for text in texts] == ["hidden", "hidden", "visible"]
    for animation in read(tmp_path).iter(f"{SVG}animate"):
        times = [float(value) for value in animation.get("keyTimes").split(";")]
        assert times[0] == 0
        assert times == sorted(times)
        assert len(times) == len(animation.get("values").split(";"))
        assert animation.get("fill") == "freeze"


def test_the_gif_has_a_frame_for_each_and_says_what_it_shows(tmp_path):
    path = save_film(film(), tmp_path / "film.gif")
    with Image.open(path) as image:
        assert image.n_frames == 3
        assert image.info["loop"] == 2
        assert b"perceptron" in image.info["comment"]
        frames = []
        for k in range(3):
            image.seek(k)
            frames.append(np.asarray(image.convert("L"), dtype=float))
    assert all(abs(a - b).mean() > 0.1 for a, b in pairwise(frames))


@pytest.mark.parametrize("suffix", ["svg", "gif"])
def test_the_same_film_gives_the_same_bytes(tmp_path, suffix):
    first = save_film(film(), tmp_path / f"a.{suffix}").read_bytes()
    assert save_film(film(), tmp_path / f"b.{suffix}").read_bytes() == first


def test_a_film_without_a_mistake_is_one_picture(tmp_path):
    still = Film(np.eye(2), [0, 1], (0, 1), np.zeros((1, 3)), [-1], [0])
    for name in ("still.svg", "still.gif"):
        assert save_film(still, tmp_path / name).stat().st_size > 0
    image = Image.open(io.BytesIO((tmp_path / "still.gif").read_bytes()))
    assert image.size == (420, 420)


@pytest.mark.parametrize("n", [0, 1, 59, 60, 61, 1000, 10**6])
def test_frames_begin_with_none_end_with_all_and_are_few(n):
    frames = choose_frames(n)
    assert frames[0] == 0
    assert frames[-1] == n
    assert frames == sorted(set(frames))
    assert len(frames) <= 60


def test_other_files_and_other_columns_are_refused(tmp_path):
    with pytest.raises(OutputError, match="format"):
        save_film(film(), tmp_path / "film.mp4")
    with pytest.raises(SpecError, match="two columns, not 3"):
        Film(np.zeros((2, 3)), [0, 1], (0, 1), np.zeros((1, 3)), [-1], [0])
