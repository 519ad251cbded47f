import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gradatim.comparisons.separable import find_methods, plot_methods
from gradatim.errors import ShapeError

LINE = np.array([[10], [20], [30], [40], [60], [70], [80], [90], [110], [120], [140]], dtype=float)
LABELS = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]
XOR = np.array(list(product([0.0, 1.0], repeat=2)))


@pytest.fixture(scope="module")
def line():
    return find_methods(LINE, LABELS, input_names=["tempo"])


@pytest.fixture(scope="module")
def xor():
    return find_methods(XOR, [0, 1, 1, 0], degree=2)


def test_the_lecture_s_line_in_one_table(line):
    table = [(method.name, method.added, method.separable, method.size) for method in line.rows()]
    assert table[0] == ("plane", "nothing", False, "")
    assert table[1] == ("features", "tempo^2", True, "3 parameters")
    assert table[-2] == ("hidden layer, built", "2 step units", True, "7 parameters")
    assert table[-1] == ("hidden layer, trained", "2 tanh units", True, "7 parameters")
    assert [method.separable for method in line.rows()[2:-2]] == [True] * 3


def test_only_what_is_proved_is_called_so(line):
    for method in line.rows():
        assert method.proof.startswith("no proof") == ("kernel" in method.name)
    assert line.verify()
    assert not replace(line, features=replace(line.features, at_least=2)).verify()


def test_json_holds_seed_version_data_and_every_way(line):
    found = json.loads(json.dumps(line.to_dict(), allow_nan=False))
    assert found["seed"] == 0
    assert found["proved"] is True
    assert found["data"]["inputs"] == ["tempo"]
    assert len(found["data"]["sha256"]) == 64
    assert found["features"]["added"] == ["tempo^2"]
    assert found["features"]["refuted"][0]["added"] == []
    equation = "tempo -> y = step(step(-tempo + 50) + step(tempo - 100) - 1)"
    assert found["built"]["equation"] == equation
    assert [one["width"] for one in found["trained"]["tried"]] == [1, 2]


def test_the_hash_follows_the_data(xor):
    other = find_methods(XOR, [0, 1, 0, 0], degree=None, kernels=False, hidden=False)
    assert other.to_dict()["data"]["sha256"] != xor.to_dict()["data"]["sha256"]
    assert other.rows()[0].separable is True
    assert other.rows()[0].margin == pytest.approx(np.sqrt(2) / 4)


def test_only_what_was_asked_for_is_done():
    methods = find_methods(XOR, [0, 1, 1, 0], degree=None, kernels=False, hidden=False)
    assert [method.name for method in methods.rows()] == ["plane"]
    assert (methods.features, methods.kernels, methods.built, methods.trained) == (
        None,
        (),
        None,
        None,
    )


def test_what_no_monomials_do_is_said():
    X = np.array(list(product([0.0, 1.0], repeat=3)))
    methods = find_methods(X, X.sum(axis=1) % 2, degree=2, kernels=False, hidden=False)
    row = methods.rows()[1]
    assert (row.added, row.separable) == ("all 3 monomials up to degree 2", False)
    assert row.proof == "8 rows prove that no plane can, nor with fewer of them"


def test_names_must_fit():
    with pytest.raises(ShapeError, match="1 names for 2 columns"):
        find_methods(XOR, [0, 1, 1, 0], input_names=["a"])


def panels(figure):
    return {axes.get_title().split("\n")[0]: axes for axes in figure.axes if axes.get_title()}


def test_the_square_is_drawn_over_the_input_with_its_plane(line):
    figure = plot_methods(line)
    below = next(axes for axes in figure.axes if axes.get_ylabel() == "tempo^2")
    places = np.vstack([one.get_offsets() for one in below.collections])
    assert sorted(map(tuple, places)) == sorted((x, x * x) for x in LINE[:, 0])
    (curve, dashed) = below.get_lines()
    assert curve.get_ydata() == pytest.approx(curve.get_xdata() ** 2)
    (x0, y0), slope = dashed.get_xy1(), dashed.get_slope()
    assert (x0, y0, slope) == (0, -5000, 150)


def test_every_way_has_a_column_and_a_sentence(xor):
    figure = plot_methods(xor)
    assert list(panels(figure)) == [
        "the plane alone",
        "x1 x2 added",
        "polynomial kernel, degree 2",
        "RBF kernel",
        "2 step units, built",
        "2 tanh units, trained",
    ]
    assert figure.get_label().startswith("6 ways to separate 4 rows of 2 classes")
    assert "4 rows (ringed) prove that no plane separates" in figure.get_label()


def test_rows_lie_on_both_sides_of_the_plane_in_its_own_space(xor):
    figure = plot_methods(xor)
    below = next(axes for axes in figure.axes if axes.get_xlabel() == "x1 + x2")
    dashed = below.get_lines()[0]
    (x0, y0), slope = dashed.get_xy1(), dashed.get_slope()
    sides = [
        np.sign(one.get_offsets()[:, 1] - y0 - slope * (one.get_offsets()[:, 0] - x0))
        for one in below.collections
    ]
    assert [np.unique(side).tolist() for side in sides] == [[-1], [1]]


def test_more_than_two_inputs_are_shown_by_their_planes_only():
    X = np.array(list(product([0.0, 1.0], repeat=3)))
    methods = find_methods(X, X.sum(axis=1) % 2, kernels=False, hidden=False)
    figure = plot_methods(methods)
    assert len(figure.axes) == 2
    assert "The 3 inputs themselves are not drawn." in figure.get_label()


def test_several_classes_lead_over_the_others():
    y = ["a", "b", "b", "c"]
    figure = plot_methods(find_methods(XOR, y, degree=2, kernels=False))
    leads = [axes for axes in figure.axes if axes.get_xlabel() == "lead over the other classes"]
    assert len(leads) == 3
    for axes in leads:
        assert min(one.get_offsets()[:, 0].min() for one in axes.collections) > 0


def test_ways_are_what_the_command_line_prints_as_json(tmp_path, printed):
    path = tmp_path / "xor.csv"
    path.write_text("a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n")
    shown = printed("separate", path, "--target", "y", "--degree", "2")["made_separable"]
    methods = find_methods(
        np.array(XOR, dtype=float),
        list("0110"),
        degree=2,
        kernels=False,
        hidden=False,
        input_names=["a", "b"],
    )
    assert shown == methods.to_dict()
    assert shown["features"] == methods.features.to_dict(["a", "b"])
    assert (shown["built"], shown["trained"], shown["kernels"]) == (None, None, [])
