"""Figures say in their labels what they show, so these tell whether the right things went in."""

from matplotlib.lines import AxLine

from gradatim.presentation import pictures
from gradatim.separability import Capacity, run_perceptron, separate, transform


def planes(rows):
    [axes] = pictures.plot_separation(separate(rows, list("aabb")), "aabb", "pqrs").axes
    return [line.get_slope() for line in axes.lines if isinstance(line, AxLine)]


def test_classes_that_touch_are_drawn_with_the_line_where_they_meet():
    assert planes([[0, 0], [2, 0], [1, 0], [1, 1]]) == [0]
    assert planes([[0, 0], [1, 1], [0, 1], [1, 0]]) == []
    assert set(planes([[0, 0], [1, 0], [0, 1], [1, 1]])) == {0}


def test_a_film_ends_at_the_weights_of_the_last_mistake():
    run = run_perceptron(separate([[-1, 0], [1, 0]], ["a", "b"]))
    film = pictures.film_run(run, "ab")
    assert len(film.frames) == run.n_mistakes + 1


def test_without_trials_theory_is_drawn_alone():
    label = pictures.plot_capacity([Capacity(1, 4), Capacity(1, 5, 10, 3)]).get_label()
    assert "4 points in 1 dimensions: theory 0.500; 5 points" in label
    assert "theory 0.312, trials 0.300 (" in label


def test_x_space_stands_beside_z_space():
    line = transform([0, "1/3"], "ab")
    titles = [axes.get_title() for axes in pictures.plot_transformation(line).axes]
    assert titles == ["x-space", "", "z-space"]
