"""Documents are true: their examples run, their commands exist, their links lead somewhere."""

import doctest
import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim.cli import app, main
from gradatim.climb import (
    Climb,
    Comparison,
    EvaluationProtocol,
    FeatureDrop,
    Importance,
    RungResult,
    ShortLook,
    TrainingSize,
    Verdict,
)
from gradatim.collection import Collection, Notice
from gradatim.evaluation.scores import Pooled
from gradatim.models import Model
from gradatim.models.learners import Constant

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CHEAP = {("data",), ("data", "--json"), ("--help",), ("--version",), ("climb", "--help")}

document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS]
)


def blocks(path: Path, language: str) -> list[tuple[int, str]]:
    """Return (line, text) of the fenced blocks of one language."""
    text = path.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    return [(text.count("\n", 0, match.start()) + 2, match[1]) for match in found]


def commands(path: Path, program: str) -> list[list[str]]:
    """Return the arguments of every command of one program in console blocks."""
    lines = [line for _, text in blocks(path, "console") for line in text.splitlines()]
    prompt = f"$ {program} "
    return [shlex.split(line.removeprefix(prompt)) for line in lines if line.startswith(prompt)]


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


@document
def test_python_examples_run(path, tmp_path, monkeypatch):
    # Examples read examples/ and write into the current folder.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    names: dict[str, object] = {}
    for line, text in blocks(path, "python"):
        if ">>>" in text:
            test = doctest.DocTestParser().get_doctest(text, names, path.name, str(path), line)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            runner.run(test, clear_globs=False)
            assert runner.failures == 0
            names.update(test.globs)
        else:
            # Padded, so that a traceback names the line of the document.
            exec(compile("\n" * (line - 1) + text, str(path), "exec"), names)


@document
def test_commands_of_gradatim_exist_and_cheap_ones_run(path, capsys):
    for arguments in commands(path, "gradatim"):
        if tuple(arguments) in CHEAP:
            assert main(arguments) == 0
        else:
            app.parse_args(arguments, exit_on_error=False, print_error=False)


def test_commands_that_write_tags_do_what_the_pages_say(tmp_path, monkeypatch):
    typed = [
        arguments
        for name in ("docs/guides/models.md", "README.md")
        for arguments in commands(ROOT / name, "gradatim")
        if "--write-tags" in arguments or arguments[0] == "untag"
    ]
    assert [a[0] for a in typed] == ["predict", "predict", "untag"] * 2
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples" / "drums" / "tom", "music")
    classes = np.array(["kick", "tom"])
    model = Model("majority", "", "classification", Constant(np.array([0.9])), classes=classes)
    model.save("drums.gradatim")

    def sounds():
        return {path.name: path.read_bytes() for path in Path("music").glob("*.flac")}

    before = sounds()
    for arguments in typed:
        assert main(arguments) == 0
        assert (sounds() != before) == ("--apply" in arguments)
        assert Path("music/.gradatim-tags.json").exists() == ("--apply" in arguments)


@document
def test_what_a_command_is_said_to_print_is_printed(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for _, text in blocks(path, "console"):
        command, *said = text.splitlines()
        if command.startswith("$ gradatim ") and said and not said[0].startswith("$"):
            assert main(shlex.split(command)[2:]) == 0
            printed = capsys.readouterr().out.splitlines()
            assert [line for line in said if line.strip() and line not in printed] == []


# What a command reads, and the options after which it writes.
READ = re.compile(r".*\.(csv|tsv|parquet|txt|safetensors|gradatim)|examples/.*")
WRITES = (
    "-o",
    "--output",
    "--network",
    "--graph",
    "--save",
    "--json",
    "--report",
    "--save-rung",
    "--predictions",
)


@document
def test_files_that_commands_read_exist_or_are_made_by_the_page(path):
    text, made = path.read_text(encoding="utf-8"), set()
    for arguments in commands(path, "gradatim"):
        for before, word in zip(["", *arguments], arguments, strict=False):
            if before in WRITES or "--save-rung" in arguments[: arguments.index(word)][-2:]:
                made.add(word)
            elif READ.fullmatch(word):
                assert word in made or (ROOT / word).exists() or f'"{word}"' in text, word


@document
def test_targets_of_make_exist(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()
    assert {arguments[0] for arguments in commands(path, "make")} <= set(targets)


@document
def test_links_between_files_lead_somewhere(path):
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{path.name} links to {link}"
        assert not anchor or anchor in anchors(target), f"{path.name} links to {link}"


def test_every_public_name_stands_in_the_list_of_public_names():
    text = (ROOT / "docs" / "guides" / "api.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(\w+)`", text.partition("|------|")[2].partition("\n\n")[0]))
    assert listed == set(gradatim.__all__)


def key_paths(value: object, path: str = "") -> set[str]:
    """Return the path of every key below a JSON value; the items of a list share one path."""
    if isinstance(value, list):
        return {p for item in value for p in key_paths(item, f"{path}[]")}
    if not isinstance(value, dict) or path == ".collection.inputs":
        return {path}
    return {p for key, item in value.items() for p in key_paths(item, f"{path}.{key}")}


def test_the_json_object_has_the_documented_keys():
    rows = np.arange(4)
    y = np.array(["a", "b", "a", "b"])
    X, groups = {"features": np.zeros((4, 1))}, np.array(["x", "x", "y", "y"])
    collection = Collection("songs", X, y, "classification", rows, groups)
    scores = np.ones(2)
    result = RungResult("majority", "", "most frequent", 0, scores, (1.0, 1.0), 0.1, y[None])
    result = replace(result, pooled=Pooled(1.0, scores, scores), group_scores=scores)
    comparison = Comparison("majority", "", 0.0, (0.0, 0.0), 0.1, 0.0)
    verdict = Verdict(
        "majority", "", "best", "Stop.", [comparison], 0.0, level=[("linear", "features")]
    )
    climb = Climb(
        collection,
        EvaluationProtocol(2, 1, False, 0, "accuracy", 0.01),
        [result],
        verdict,
        notices=[Notice("few", "few")],
        importance=Importance(0.7, 5, *[[FeatureDrop("mfcc", 2, 0.1, (0.0, 0.2))]] * 2),
        short_look=ShortLook(2, None, 4, 3, [result], verdict, 0.1),
        sizes=[TrainingSize(80.0, 16.0, 0.6, (0.5, 0.7), np.nan, (np.nan, np.nan))],
    )
    [(_, text)] = blocks(ROOT / "docs" / "guides" / "json.md", "json")
    written = json.loads(json.dumps(climb.to_dict()))
    assert key_paths(written) == key_paths(json.loads(text))


def test_every_verb_stands_in_the_readme():
    commands_shown = {arguments[0] for arguments in commands(ROOT / "README.md", "gradatim")}
    assert {verb for verb in app if not verb.startswith("-")} <= commands_shown


def test_every_slide_of_the_lecture_has_a_row():
    text = (ROOT / "docs" / "lecture" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (L\d+) \|", text, re.M) == [f"L{i}" for i in range(1, 28)]
    typed = re.findall(r"^\| L\d+ \| [^|]+ \| `gradatim ([^`]+)` \|", text, re.M)
    assert len(typed) == 27
    for command in typed:
        app.parse_args(shlex.split(command), exit_on_error=False, print_error=False)


def test_the_changelog_knows_the_version():
    assert f"## [{gradatim.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
