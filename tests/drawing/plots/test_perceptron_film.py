from xml.etree import ElementTree

import numpy as np
import pytest

from gradatim.drawing import choose_frames, film_perceptron, save_film
from gradatim.errors import SpecError

SVG = "{http://www.w3.org/2000/svg}"


def film():
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    weights = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, -0.5], [1.0, 1.0, -1.5]])
    labels = ["<no>", "<no>", "<no>", "yes"]
    return film_perceptron(X, labels, ("<no>", "yes"), weights, [-1, 1, 3], [0, 1, 2])


def read(tmp_path):
    path = save_film(film(), tmp_path / "film.svg")
    return ElementTree.fromstring(path.read_text("utf-8"))


def test_the_svg_has_a_text_alternative_and_no_script(tmp_path):
    root = read(tmp_path)
    assert root.get("role") == "img"
    assert "after each of 2 mistakes" in root.find(f"{SVG}title").text
    assert "x1 + x2 \N{MINUS SIGN} 1.5 = 0" in root.find(f"{SVG}desc").text
    assert root.find(f".//{SVG}script") is None


def frames_of(root):
    return [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}animate") is not None]


def test_the_line_of_each_frame_is_on_the_line_of_its_weights(tmp_path):
    root = read(tmp_path)
    crosses = [path.get("d") for path in root.findall(f"{SVG}path")]
    # The points of the data are the corners 0 and 1; 0.5 is half way between them.
    left, right = (float(d[1:].split(" ")[0]) + 3.5 for d in crosses[:2])
    before, upright, last = (frame.find(f"{SVG}path") for frame in frames_of(root))
    # Before the first mistake there is no line; the second frame is x1 = 0.5.
    assert before is None
    ends = [part.split(" ") for part in upright.get("d")[1:].split("L")]
    assert [float(x) for x, _ in ends] == pytest.approx([(left + right) / 2] * 2, abs=0.1)
    assert last.get("d") != upright.get("d")


def test_every_frame_has_its_counter(tmp_path):
    texts = [frame.find(f"{SVG}text").text for frame in frames_of(read(tmp_path))]
    assert texts == ["0 mistakes", "1 mistake", "2 mistakes"]


def test_points_of_another_space_are_refused():
    with pytest.raises(SpecError, match="two columns, not 3"):
        film_perceptron(np.zeros((2, 3)), [0, 1], (0, 1), np.zeros((1, 3)), [-1], [0])


@pytest.mark.parametrize("n", [0, 1, 59, 60, 61, 1000, 10**6])
def test_frames_begin_with_none_end_with_all_and_are_few(n):
    frames = choose_frames(n)
    assert frames[0] == 0
    assert frames[-1] == n
    assert frames == sorted(set(frames))
    assert len(frames) <= 60
