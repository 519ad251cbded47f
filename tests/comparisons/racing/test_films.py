import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.colors import to_hex
from PIL import Image

from gradatim.comparisons import film_race, plot_race
from gradatim.comparisons.racing.bar import Bar
from gradatim.comparisons.racing.regions import frame_of
from gradatim.comparisons.racing.rule import N_PASSES
from gradatim.comparisons.racing.training_frames import training_frames_of, training_frames_of_race
from gradatim.drawing import save_film, save_plot
from gradatim.errors import OutputError, SpecError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def films(small_race):
    return training_frames_of_race(small_race, frame_of(small_race.task))


@pytest.fixture(scope="module")
def svg(small_race, tmp_path_factory):
    """Save the film, whose drawing costs more than all that is asked of it."""
    return save_film(film_race(small_race), tmp_path_factory.mktemp("film") / "film.svg")


@pytest.fixture(scope="module")
def picture(small_race):
    """Draw the race once: tests only look at it."""
    return plot_race(small_race)


def test_perceptron_logistic_shallow_and_deep_are_filmed(films):
    assert [film.result.contender.name for film in films] == [
        "perceptron",
        "logistic",
        "shallow-relu",
        "deep-3",
    ]


def test_a_film_goes_from_before_training_to_the_last_epoch_or_pass(films, small_race):
    for film in films:
        epochs = [still.epoch for still in film.stills]
        assert epochs[0] == 0
        # Exclusive or is never learnt by the rule, so it goes on to its last pass.
        last = {"pass": N_PASSES, "epoch": small_race.protocol.max_epochs}
        assert epochs[-1] == last[film.unit]
        assert epochs == sorted(set(epochs))
        assert film.stills[0].loss is None
    assert [film.unit for film in films] == ["pass", "epoch", "epoch", "epoch"]


@pytest.mark.parametrize("name", ["perceptron", "logistic", "shallow-relu"])
def test_at_the_epoch_that_counts_the_film_shows_what_was_scored(small_race, name):
    result = small_race.result(name, 50)
    frame = frame_of(small_race.task)
    film = training_frames_of(result, small_race, frame, n_frames=1000)
    still = next(one for one in film.stills if one.epoch == film.counted)
    assert still.accuracy == result.median_run.accuracy
    assert list(still.regions) == frame.regions(result.median_run.decision)


def test_an_svg_film_shows_one_frame_at_a_time_and_the_last_as_a_still(films, svg):
    root = ET.parse(svg).getroot()
    frames = [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}animate") is not None]
    n = max(len(film.stills) for film in films)
    assert len(frames) == n
    assert [g.get("visibility") for g in frames].count("visible") == 1
    assert frames[-1].get("visibility") == "visible"
    shown = []
    for g in frames:
        moves = g.find(f"{SVG}animate")
        times = [float(t) for t in moves.get("keyTimes").split(";")]
        values = moves.get("values").split(";")
        assert len(times) == len(values)
        assert times == sorted(times)
        begin = times[values.index("visible")]
        end = times[values.index("visible") + 1] if values[-1] == "hidden" else 1.0
        shown.append((begin, end))
    assert shown[0][0] == 0
    assert shown[-1][1] == 1
    assert all(a[1] == b[0] for a, b in pairwise(shown))
    assert root.find(f"{SVG}title").text == "Exclusive or: contenders while they learn"


@pytest.mark.slow
def test_a_gif_film_has_every_frame(small_race, films, tmp_path):
    with Image.open(save_film(film_race(small_race), tmp_path / "film.gif")) as image:
        assert image.n_frames > len(films[0].stills) / 2  # equal frames in a row are one
        assert image.info["loop"] == 2


def test_a_film_has_an_ending_that_is_a_format(small_race, tmp_path):
    with pytest.raises(OutputError, match=r"end it in \.svg or \.gif"):
        save_film(film_race(small_race), tmp_path / "film.mp4")


def test_what_did_not_run_is_not_filmed(small_race):
    kernels = tuple(e for e in small_race.results if e.contender.kind == "kernel")
    with pytest.raises(SpecError, match="nothing to film"):
        film_race(replace(small_race, results=kernels))


def test_a_film_says_which_weights_were_scored(films, svg):
    text = svg.read_text(encoding="utf-8")
    for film in films:
        last = film.stills[-1]
        said = f"{film.unit} {last.epoch}, accuracy {last.accuracy:.3f}; scored: {film.counted}"
        assert said in text


def test_before_its_first_mistake_a_perceptron_names_the_first_class(films):
    assert films[0].stills[0].regions == ("",)


def test_the_picture_has_two_charts_and_a_boundary_an_entry(small_race, picture, tmp_path):
    charts, *_ = picture.subfigs
    assert [axes.get_ylabel() for axes in charts.axes] == [
        "mean test accuracy",
        "share of seeds that solve it",
    ]
    grid, alone = ([axes for axes in part.axes if axes.collections] for part in picture.subfigs[1:])
    assert len(grid) == sum(e.budget is not None for e in small_race.results)
    assert [axes.get_title().partition("\n")[0] for axes in alone] == [
        "perceptron",
        "logistic regression",
        "kernel SVM (no limit)",
    ]
    text = save_plot(picture, tmp_path / "race.svg").read_text(encoding="utf-8")
    assert small_race.verdict.sentences[0] in text


def test_without_a_bar_there_is_no_chart_of_who_solves_it(small_race):
    nobody = Bar(None, "none", "Solved: nobody.")
    results = tuple(replace(one, bar=None) for one in small_race.results)
    figure = plot_race(replace(small_race, bar=nobody, results=results))
    assert len(figure.subfigs[0].axes) == 1


@pytest.fixture(scope="module")
def one_budget(small_race):
    """Leave one budget of two."""
    protocol = replace(small_race.protocol, budgets=(50,))
    results = tuple(one for one in small_race.results if one.budget in (None, 50))
    return replace(small_race, protocol=protocol, results=results)


def dots(axes):
    """Return where each contender's dots are, in points of a page."""
    axes.figure.canvas.draw()
    return {
        bars.get_label(): axes.transData.transform(bars.lines[0].get_xydata()) * 72 / 96
        for bars in axes.containers
    }


def test_contenders_of_equal_accuracy_stand_side_by_side(small_race, picture):
    charts = picture.subfigs[0]
    places = dots(charts.axes[0])
    assert len(places) == 10
    x = sorted(place[0] for found in places.values() for place in found)
    # A marker is 5 points wide.
    assert min(b - a for a, b in pairwise(x)) > 5
    one = charts.axes[0].containers[2]
    assert one.get_label() == "1 hidden layer (ReLU)"
    assert list(one.lines[0].get_ydata()) == [
        small_race.result("shallow-relu", budget).mean for budget in (20, 50)
    ]


def test_a_chart_of_one_budget_is_filled_by_its_contenders(one_budget):
    figure = plot_race(one_budget)
    axes = figure.subfigs[0].axes[0]
    x = [place[0] for found in dots(axes).values() for place in found]
    assert max(x) - min(x) > 0.7 * axes.get_window_extent().width * 72 / 96
    assert [text.get_text() for text in axes.get_xticklabels()] == ["own\nsize", "50"]


def test_the_boundaries_of_one_budget_stand_side_by_side(one_budget):
    limited, alone = plot_race(one_budget).subfigs[1:]
    drawn = [axes for axes in limited.axes if axes.collections]
    assert len(drawn) == 7
    assert len({axes.get_subplotspec().rowspan.start for axes in drawn}) == 2
    assert drawn[0].get_title().startswith("1 hidden layer (ReLU)\n")
    assert limited.get_suptitle() == "at most 50 parameters"
    assert alone.get_suptitle() == "no choice of size"


def test_own_sizes_are_told_in_numbers(picture):
    charts = picture.subfigs[0]
    names = [text.get_text() for text in charts.legends[0].get_texts()]
    assert {"perceptron, 3 parameters", "logistic regression, 3 parameters"} < set(names)


def test_points_and_regions_have_the_name_of_their_class(small_race, picture):
    [legend] = picture.subfigs[-1].legends
    assert [text.get_text() for text in legend.get_texts()] == list(
        map(str, small_race.task.classes)
    )
    colors = [line.get_color() for line in legend.get_lines()]
    axes = next(axes for axes in picture.subfigs[1].axes if axes.collections)
    assert [to_hex(one.get_facecolor()[0]) for one in axes.collections] == colors


def test_a_contender_without_a_choice_of_size_can_race_alone(small_race):
    results = tuple(one for one in small_race.results if one.budget is None)
    protocol = small_race.protocol
    contenders = tuple(one for one in small_race.contenders if not one.budgeted)
    alone = replace(small_race, results=results, protocol=protocol)
    assert tuple(alone.contenders) == contenders
    [text] = plot_race(alone).subfigs[0].axes[0].get_xticklabels()
    assert text.get_text() == "own\nsize"
