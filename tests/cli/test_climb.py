import errno
import io
import json
import os
import warnings

import pytest

import gradatim.climb
import gradatim.reports
from gradatim.cli import main
from gradatim.cli.climb import _what_climbs as what_climbs
from gradatim.errors import InputError, OutputError
from gradatim.sources.registry import SOURCES, Kind


def run(capsys, *arguments):
    """Return (exit status, standard output, standard error) of ``gradatim climb``."""
    status = main(["climb", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_ladder_the_verdict_the_notices_and_the_report_are_shown(capsys, fake, tmp_path):
    status, out, err = run(capsys, "timbre")
    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["majority", "0.200", "0.100", "to", "0.300"] in [line[:5] for line in lines]
    assert any(line[1:4] == ["deep", "wave", "0.600"] for line in lines)
    assert "Verdict: Climb to the deep rung." in out
    assert "note: the class bell has only 20 samples" in out
    assert f"report: {tmp_path}/gradatim-report.html" in out
    assert sorted(os.listdir(tmp_path)) == ["gradatim-model.gradatim", "gradatim-report.html"]


def test_the_defaults_are_those_of_the_protocol(capsys, fake):
    run(capsys, "timbre")
    assert fake.options == [
        {
            "folds": 5,
            "repeats": None,
            "margin": 0.01,
            "tolerance": 0.05,
            "metric": None,
            "seed": 0,
            "preset": "quick",
            "n_jobs": None,
            "rungs": None,
            "shuffle_labels": False,
            "max_nets": None,
            "engine": "auto",
            "inputs": None,
            "keep": [],
            "learning_curve": False,
            "cluster": None,
            "short_look": True,
        }
    ]


def test_every_option_of_the_protocol_reaches_the_climb(capsys, fake):
    command = "timbre --folds 3 --repeats 1 --margin 0.02 --seed 7 --jobs 1 --shuffle-labels"
    command += " --tolerance 0.1 --metric macro_f1"
    run(
        capsys,
        *command.split(),
        "--preset",
        "strong",
        "--max-nets",
        "40",
        "--learning-curve",
        "--no-short-look",
        "--engine",
        "jax",
        "--inputs",
        "wave",
        "--save-rung",
        "deep/wave",
        "deep.gradatim",
        "--rungs",
        "majority",
        "deep",
        "--rungs",
        "linear",
    )
    assert fake.options == [
        {
            "folds": 3,
            "repeats": 1,
            "margin": 0.02,
            "tolerance": 0.1,
            "metric": "macro_f1",
            "seed": 7,
            "n_jobs": 1,
            "rungs": ["majority", "deep", "linear"],
            "preset": "strong",
            "shuffle_labels": True,
            "max_nets": 40,
            "engine": "jax",
            "inputs": ["wave"],
            "keep": ["deep/wave"],
            "learning_curve": True,
            "cluster": None,
            "short_look": False,
        }
    ]


def test_a_kind_of_source_that_was_added_is_climbed(capsys, fake, monkeypatch, make_collection):
    collection = make_collection()
    heard = []

    def read(text, options):
        heard.append((text, options.target, options.n_jobs))
        options.progress(1.0, "1/1")
        return collection

    kind = Kind(lambda text: text == "score:all", read, "a set of scores", takes=("target",))
    monkeypatch.setitem(SOURCES, "score", kind)
    status, out, err = run(capsys, "score:all", "--target", "key", "--jobs", "3", "--no-report")
    assert (status, err, heard) == (0, "", [("score:all", ["key"], 3)])
    assert fake.collections == [collection]
    assert "Verdict: Climb to the deep rung." in out


def test_what_no_kind_of_source_claims_is_told_with_what_is_close(capsys, fake):
    status, _, err = run(capsys, "timbr")
    assert status == 2
    assert err == "gradatim: there is no file, folder or dataset 'timbr'; did you mean timbre?\n"


def test_the_report_knows_the_command_that_repeats_the_climb(capsys, fake):
    run(capsys, "timbre", "--resume", "--report", "my report.html", "--seed", "3")
    # Nothing was kept to go on from; that the first had to is not part of what it found.
    assert fake.reports == []
    run(capsys, "timbre", "--report", "my report.html", "--seed", "3")
    [found] = fake.reports
    assert found.command == "gradatim climb timbre --report 'my report.html' --seed 3"


def test_figures_go_into_a_folder_that_is_checked_before(capsys, fake, tmp_path):
    (tmp_path / "taken").write_text("x")
    status, _, err = run(capsys, "timbre", "--no-report", "--figures", "taken")
    assert (status, fake.collections) == (2, [])
    assert "is a file; give the name of a folder to write into" in err
    status, _, err = run(capsys, "timbre", "--no-report", "--figures", "")
    assert (status, err) == (
        2, "gradatim: the name of a folder is empty; give one, or . for the current folder\n"
    )  # fmt: skip
    status, out, _ = run(capsys, "timbre", "--no-report", "--figures", "figures")
    assert status == 0
    assert "drawings, shown in" in out
    assert {"ladder.svg", "confusion.svg", "figures.md"} <= set(os.listdir(tmp_path / "figures"))


def test_quiet_prints_the_verdict_only(capsys, fake):
    assert run(capsys, "timbre", "--quiet") == (0, "Verdict: Climb to the deep rung.\n", "")


def test_without_a_report_nothing_is_written(capsys, fake, tmp_path):
    status, out, _ = run(capsys, "timbre", "--no-report")
    assert status == 0
    assert "report" not in out
    assert os.listdir(tmp_path) == []


def test_the_json_file_holds_the_documented_object(capsys, fake, tmp_path):
    status, out, _ = run(capsys, "timbre", "--json", "a.json", "--report", "b.html")
    assert status == 0
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"schema": 2, "verdict": {"rung": "deep", "sentence": "Σ"}}
    assert f"json: {tmp_path}/a.json" in out
    assert sorted(os.listdir(tmp_path)) == ["a.json", "b.html", "gradatim-model.gradatim"]


def test_json_on_standard_output_has_it_alone(capsys, fake):
    status, out, err = run(capsys, "timbre", "--json", "-")
    assert status == 0
    assert json.loads(out)["schema"] == 2
    assert "Verdict: Climb to the deep rung." in err


def test_json_on_standard_output_and_quiet_leave_the_verdict_on_standard_error(capsys, fake):
    status, out, err = run(capsys, "timbre", "--json", "-", "--quiet", "--no-report")
    assert status == 0
    assert json.loads(out)["schema"] == 2
    assert err == "Verdict: Climb to the deep rung.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--report", "nowhere/r.html"], "there is no folder"),
        (["--json", "nowhere/r.json"], "there is no folder"),
        (["--report", "."], "it is a folder"),
        (["--report", "a.pdf"], "a.pdf names another format; end it in .html"),
        (["--report", "a"], "a names another format; end it in .html"),
        (["--json", "a.html"], "a.html names another format; end it in .json"),
        (["--report", "r.html", "--no-report"], "exclude each other"),
        (["--save", "a.gradatim", "--no-save"], "exclude each other"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(
    capsys, fake, tmp_path, arguments, says
):
    status, out, err = run(capsys, "timbre", *arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert fake.collections == []
    assert os.listdir(tmp_path) == []


def test_an_input_is_never_written_over(capsys, fake, tmp_path):
    (tmp_path / "songs.csv").write_text("tempo,genre\n120,march\n")
    status, _, err = run(capsys, "songs.csv", "--target", "genre", "--json", "./songs.csv")
    assert status == 2
    assert "songs.csv names another format; end it in .json" in err
    assert (tmp_path / "songs.csv").read_text() == "tempo,genre\n120,march\n"


def test_bad_input_is_one_sentence_and_leaves_nothing(capsys, fake, tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise InputError("the class bell has 3 samples, fewer than the 5 folds; give --folds 3")

    monkeypatch.setattr(gradatim.climb, "climb_collection", refuse)
    assert run(capsys, "timbre", "--json", "a.json") == (
        2,
        "",
        "gradatim: the class bell has 3 samples, fewer than the 5 folds; give --folds 3\n",
    )
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_up_still_shows_the_verdict(capsys, fake, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    status, out, err = run(capsys, "timbre", "--no-save")
    assert status == 2
    assert "Verdict: Climb to the deep rung." in out
    assert err == (
        f"gradatim: {tmp_path}/gradatim-report.html cannot be written: No space left on device\n"
    )
    assert os.listdir(tmp_path) == []


def test_a_report_that_cannot_be_written_does_not_cost_the_json(
    capsys, fake, tmp_path, monkeypatch
):
    def fail(_climb, path):
        raise OutputError(f"{path} cannot be written: Input/output error")

    monkeypatch.setattr(gradatim.reports, "write_report", fail)
    status, _, err = run(capsys, "timbre", "--json", "a.json")
    assert (status, err) == (
        2,
        "gradatim: gradatim-report.html cannot be written: Input/output error\n",
    )
    assert sorted(os.listdir(tmp_path)) == ["a.json", "gradatim-model.gradatim"]


@pytest.mark.parametrize(
    ("typed", "files"),
    [
        ("--report in/b.html", ["in/b.html", "in/gradatim-model.gradatim"]),
        ("--report in/b.html --save a.gradatim", ["a.gradatim", "in/b.html"]),
        ("--report in/b.html --no-save", ["in/b.html"]),
        ("--no-report", []),
        ("--no-report --save a.gradatim", ["a.gradatim"]),
        ("--no-report --no-save", []),
        ("--shuffle-labels", ["gradatim-report.html"]),
        ("--no-save --save-rung deep a.gradatim --no-report", ["a.gradatim"]),
    ],
)
def test_the_winner_is_kept_beside_the_report_unless_asked_otherwise(
    typed, files, capsys, fake, tmp_path
):
    (tmp_path / "in").mkdir()
    assert run(capsys, "timbre", *typed.split())[0] == 0
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path).as_posix() for path in found) == files
    for path in found:
        if path.suffix == ".gradatim":
            assert gradatim.load_model(path).rung == "deep"


def test_ctrl_c_leaves_nothing(capsys, fake, tmp_path, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(gradatim.climb, "climb_collection", interrupt)
    status, out, err = run(capsys, "timbre")
    assert (status, out) == (130, "")
    assert err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_warnings_of_libraries_stay_off_the_screen(capsys, fake, monkeypatch):
    def warn(collection, **options):
        warnings.warn("lbfgs failed to converge", RuntimeWarning, stacklevel=1)
        return fake.climb(collection, **options)

    monkeypatch.setattr(gradatim.climb, "climb_collection", warn)
    status, out, err = run(capsys, "timbre")
    assert (status, err) == (0, "")
    assert "lbfgs" not in out


def test_no_live_picture_is_drawn_where_there_is_no_terminal(capsys, fake):
    _, out, err = run(capsys, "timbre")
    assert "waiting" not in out + err
    assert "\x1b" not in out + err


def test_on_a_terminal_the_live_table_is_drawn_and_taken_away(capsys, fake, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    status, out, _ = run(capsys, "timbre")
    assert status == 0
    assert "gone" in out  # the line below the live table
    assert "\x1b[2K" in out  # lines taken away again
    assert out.rindex("Verdict") > out.rindex("\x1b[2K")


def test_no_color_is_honored(capsys, fake, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    _, out, _ = run(capsys, "timbre")
    assert not any(f"\x1b[{code}m" in out for code in (*range(31, 38), *range(90, 98)))


def test_the_winner_and_another_rung_are_saved_before_anything_is_shown(capsys, songs):
    command = ["songs.csv", "--target", "y", "--repeats", "1", "--rungs", "majority", "linear"]
    saved = ["--save", "winner.gradatim", "--save-rung", "majority", "guess.gradatim"]
    status, out, _ = run(capsys, *command, "--no-report", *saved)
    assert status == 0
    assert 'gradatim.load_model("winner.gradatim").predict(X)' in out
    assert sorted(p.name for p in songs.glob("*.gradatim")) == ["guess.gradatim", "winner.gradatim"]
    winner, guess = (gradatim.load_model(songs / f"{n}.gradatim") for n in ("winner", "guess"))
    assert (winner.rung, guess.rung) == ("linear", "majority")
    assert winner.feature_names == ("a", "b")
    assert winner.predict([[9.0, 0.0], [-9.0, 0.0]]).tolist() == ["up", "down"]


def test_predictions_of_the_verdicts_rung_are_written(capsys, songs):
    command = ["songs.csv", "--target", "y", "--repeats", "2", "--rungs", "majority", "linear"]
    status, out, _ = run(capsys, *command, "--no-report", "--predictions", "said.csv")
    assert status == 0
    assert f"predictions: {songs}/said.csv" in out
    head, *lines = (songs / "said.csv").read_text().splitlines()
    assert head == "repeat,row,id,fold,truth,prediction"
    assert len(lines) == 2 * 40
    assert lines[0].startswith("1,1,row 1,")


def test_the_model_is_there_before_json_goes_to_standard_output(capsys, songs, monkeypatch):
    class Stream(io.StringIO):
        def write(self, text):
            assert (songs / "winner.gradatim").exists()
            return super().write(text)

    monkeypatch.setattr("sys.stdout", stream := Stream())
    command = ["climb", "songs.csv", "--target", "y", "--rungs", "majority", "--no-report"]
    assert main([*command, "--json", "-", "--save", "winner.gradatim", "--quiet"]) == 0
    assert json.loads(stream.getvalue())["schema"] == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--save", "x.pkl"], "x.pkl cannot hold a model; end it in .gradatim"),
        (["--save", "no/x.gradatim"], "no"),
        (["--predictions", "x.json"], "x.json names another format; end it in .csv"),
        (["--predictions", "songs.csv"], "songs.csv is read as input"),
        (["--predictions", "no/x.csv"], "there is no folder"),
        (["--save-rung", "oracle", "x.gradatim"], "there is no rung 'oracle'; choose among"),
        (["--save-rung", "linear/wave", "x.gradatim"], "songs.csv has no input 'wave'"),
        (["--inputs", "wave"], "songs.csv has no input 'wave'; choose among features"),
        (
            ["--save", "x.gradatim", "--save-rung", "linear", "x.gradatim"],
            "--save and --save-rung both name",
        ),
    ],
)
def test_what_cannot_be_saved_or_climbed_is_said_before_the_climb(capsys, songs, options, sentence):
    command = ["songs.csv", "--target", "y", "--rungs", "majority", "linear", "--no-report"]
    status, out, err = run(capsys, *command, *options)
    assert (status, out) == (2, "")
    assert sentence in err
    assert list(songs.glob("*.gradatim")) == []


@pytest.fixture
def songs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", "")
    rows = [f"{a},{a * a % 7},{'up' if a > 0 else 'down'}" for a in range(-20, 20)]
    (tmp_path / "songs.csv").write_text("\n".join(["a,b,y", *rows]))
    return tmp_path


def test_an_accelerator_is_told_of_and_not_used(capsys, fake, monkeypatch):
    monkeypatch.setattr("gradatim.training.engines.has_accelerator", lambda: True)
    assert "--engine jax uses the accelerator" in run(capsys, "timbre")[2]
    assert run(capsys, "timbre", "--engine", "jax")[2] == ""
    assert fake.options[0]["engine"] == "auto"


@pytest.mark.parametrize(
    ("rungs", "engine", "trains"),
    [
        (["majority", "linear", "kernel"], None, False),
        (["linear", "shallow"], "native", True),
        (["+forest"], None, True),
        (None, None, True),
        (None, "jax", False),
    ],
)
def test_what_trains_networks_is_loaded_only_for_rungs_that_train(rungs, engine, trains):
    loaded = what_climbs(rungs, engine)
    assert ("gradatim.training.native.workers" in loaded) is trains
    assert "gradatim.climb.ladder" in loaded


def test_copies_are_left_out_on_request(tmp_path, capsys):
    rows = [f"{k % 2 + k / 7:.3f},{k * 37 % 11 / 3:.3f},{'xy'[k % 2]}" for k in range(30)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,g", *rows, *rows[:4]]) + "\n")
    command = ["climb", str(tmp_path / "t.csv"), "--target", "g", "--drop-duplicates"]
    options = ["--rungs", "majority", "--repeats", "1", "--folds", "3", "--no-report"]
    assert main([*command, *options]) == 0
    shown = capsys.readouterr().out
    assert "30 samples" in shown
    assert "note: 4 copies were left out" in shown


def test_a_metric_of_two_classes_fits_where_a_third_is_left_out(tmp_path, capsys):
    rows = [f"{i % 7},{i % 3},{c}{k},{c}" for c in "ab" for k in range(5) for i in range(4)]
    table = tmp_path / "one.csv"
    table.write_text("\n".join(["x,z,artist,genre", *rows, "1.5,2,c0,c", "2.5,1,c0,c", ""]))
    options = ("--groups", "artist", "--metric", "auc", "--rungs", "majority", "linear")
    status, out, _ = run(capsys, str(table), "--target", "genre", *options, "--no-report")
    assert status == 0
    assert "left out: c (2 samples)" in " ".join(out.split())
