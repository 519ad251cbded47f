import os
import re
import shlex
import subprocess
import sys

import pytest

from gradatim.cli import app, main
from gradatim.errors import InputError


def run(capsys, *arguments):
    """Return (exit status, standard output, standard error) of a command."""
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def raising(monkeypatch):
    """Let the command line run into an error."""

    def prepare(error):
        def fail(*_arguments, **_options):
            raise error

        monkeypatch.setattr("gradatim.cli.app", fail)

    return prepare


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_every_verb(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert all(verb in out for verb in app if not verb.startswith("-"))


def test_the_version_is_printed_with_the_name(capsys):
    status, out, _ = run(capsys, "--version")
    assert status == 0
    assert out.split() == ["gradatim", __import__("gradatim").__version__]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("climp timbre", 'unknown command "climp"; did you mean "climb"?'),
        ("climb", "PATH requires an argument"),
        ("climb timbre --shuffle-label", "did you mean --shuffle-labels?"),
        ("climb timbre --folds five", 'invalid value for --folds: unable to convert "five"'),
        ("climb timbre --folds 1", "--folds"),
        ("climb timbre --repeats 0", "--repeats"),
        ("climb timbre --margin -0.1", "--margin"),
        ("climb no_such.csv --target x --margin 0.3", "a margin of 0.3 is above the tolerance"),
        ("climb timbre --jobs 0", "--jobs"),
        ("climb timbre --seed x", "--seed"),
        ("climb timbre --rungs shalow", 'did you mean "shallow"?'),
        ("climb timbre --impute mean", "--impute"),
        ("climb timbre --json", "--json requires an argument"),
        ("climb timbre --drop", "--drop"),
        ("climb timbre world", "unexpected argument 'world'"),
        ("climb t.csv --target a b c", "unexpected argument 'b'; several targets are typed --targ"),
        ("data --jsn", "did you mean --json?"),
    ],
)
def test_a_wrong_command_is_one_sentence_and_status_2(capsys, command, says):
    status, out, err = run(capsys, *command.split())
    assert (status, out) == (2, "")
    assert err.startswith("gradatim: ")
    assert says in err
    assert err.count("\n") == 1


def test_an_error_of_gradatim_is_one_sentence_and_status_2(capsys, raising):
    raising(InputError("the folder\nis empty"))
    assert run(capsys, "x") == (2, "", "gradatim: the folder is empty\n")


def test_with_debug_the_traceback_stands_above_the_sentence(capsys, raising):
    raising(InputError("the folder is empty"))
    status, _, err = run(capsys, "x", "--debug")
    assert status == 2
    assert err.startswith("Traceback (most recent call last)")
    assert err.endswith("\ngradatim: the folder is empty\n")


def test_ctrl_c_is_one_line_and_status_130(capsys, raising):
    raising(KeyboardInterrupt())
    status, out, err = run(capsys, "x")
    assert (status, out) == (130, "")
    assert err.count("\n") == 1


def test_ctrl_c_while_an_error_is_told_has_status_130_too(capsys, monkeypatch, raising):
    def press(*_arguments):
        raise KeyboardInterrupt

    raising(InputError("the folder is empty"))
    monkeypatch.setattr("gradatim.cli._fail", press)
    assert run(capsys, "x") == (130, "", "")


def test_a_fault_of_gradatim_is_called_one_and_has_status_1(capsys, raising):
    raising(ZeroDivisionError("division by zero"))
    status, _, err = run(capsys, "x")
    assert status == 1
    assert "a fault in gradatim (ZeroDivisionError: division by zero)" in err


def process(*arguments, **options):
    command = [sys.executable, "-m", "gradatim", *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=False, **options)


def test_python_m_gradatim_is_the_command():
    done = process("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("gradatim ")


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from gradatim.cli import main; main(['--help']); main(['climb', '--help']); "
        "heavy = {'jax', 'numpy', 'scipy', 'sklearn', 'librosa', 'numba'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_a_wrong_path_is_told_before_the_engine_is_loaded():
    code = (
        "import sys; from gradatim.cli import main; assert main(['climb', 'nothing-here']) == 2; "
        "heavy = {'jax', 'sklearn', 'librosa'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_reader_that_has_seen_enough_hears_no_complaint():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "gradatim", "--help"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_is_one_sentence():
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "gradatim", "--help"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "standard output cannot be written (No space left on device)" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("verb", [name for name in app if not name.startswith("-")])
def test_every_verb_explains_itself(capsys, verb):
    assert main([verb, "--help"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("Usage: ")


def test_the_colors_of_the_help_reach_a_terminal_as_colors():
    options = {"env": {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"}}
    for arguments in (("--help",), ("fit", "--help"), ("plot", "activations", "--help")):
        done = process(*arguments, **options)
        assert (done.returncode, done.stderr) == (0, "")
        assert "\x1b[1m" in done.stdout
        assert r"\x1b" not in done.stdout


def test_an_unknown_verb_points_to_the_list(capsys):
    assert main(["foo"]) == 2
    assert capsys.readouterr().err.rstrip().endswith("see gradatim --help")


def test_output_that_nobody_reads_is_no_fault(capsys):
    code = "import sys; from gradatim.cli import main; sys.exit(main(['data']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    assert (process.wait(timeout=600), process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.mark.parametrize("column", ["two  words", "it's", "$HOME", "-x", "`id`", "a;b", "*"])
def test_an_option_that_is_suggested_can_be_typed_as_it_stands(capsys, tmp_path, column):
    table = tmp_path / "table.csv"
    cells = [["n", f'"{column}"', "y"], *([i, f"t{i}", "ab"[i // 3]] for i in range(6))]
    table.write_text("\n".join(",".join(map(str, row)) for row in cells))
    command = ["separate", str(table), "--target", "y"]
    status, _, err = run(capsys, *command)
    assert status == 2
    suggested = re.findall(r"with (--drop.*?), or|with (--id .*|--id=.*)\n", err)
    assert len(suggested) == 2
    for said in suggested:
        assert run(capsys, *command, *shlex.split("".join(said)))[0] == 0
