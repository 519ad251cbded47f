import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest
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


def test_an_svg_film_shows_one_frame_at_a_time_and_the_last_as_a_still(small_race, films, tmp_path):
    root = ET.parse(save_film(film_race(small_race), tmp_path / "film.svg")).getroot()
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


def test_a_film_says_which_weights_were_scored(small_race, films, tmp_path):
    text = save_film(film_race(small_race), tmp_path / "film.svg").read_text(encoding="utf-8")
    for film in films:
        last = film.stills[-1]
        said = f"{film.unit} {last.epoch}, accuracy {last.accuracy:.3f}; scored: {film.counted}"
        assert said in text


def test_before_its_first_mistake_a_perceptron_names_the_first_class(films):
    assert films[0].stills[0].regions == ("",)


def test_the_picture_has_two_charts_and_a_boundary_an_entry(small_race, tmp_path):
    figure = plot_race(small_race)
    charts, *_ = figure.subfigs
    assert [axes.get_ylabel() for axes in charts.axes] == [
        "mean test accuracy",
        "share of seeds that solve it",
    ]
    grid, alone = ([axes for axes in part.axes if axes.collections] for part in figure.subfigs[1:])
    assert len(grid) == sum(e.budget is not None for e in small_race.results)
    assert [axes.get_title().partition("\n")[0] for axes in alone] == [
        "perceptron",
        "logistic regression",
        "kernel SVM (no limit)",
    ]
    text = save_plot(figure, tmp_path / "race.svg").read_text(encoding="utf-8")
    assert small_race.verdict.sentences[0] in text


def test_without_a_bar_there_is_no_chart_of_who_solves_it(small_race):
    nobody = Bar(None, "none", "Solved: nobody.")
    results = tuple(replace(one, bar=None) for one in small_race.results)
    figure = plot_race(replace(small_race, bar=nobody, results=results))
    assert len(figure.subfigs[0].axes) == 1
