"""A number is rounded once: headline, tables, pictures, Markdown and terminal show one text."""

import html as escapes
import io
import json
import re

import numpy as np
import pytest
from rich.console import Console

from gradatim.cli._screen import show_climb
from gradatim.climb import climb_collection
from gradatim.evaluation.metrics import show_score
from gradatim.reports import render_report
from gradatim.reports.figures import write_figures


@pytest.fixture(scope="module")
def found():
    """Climb 200 rows twice: scores are multiples of 1/400, so half of them end in a 5."""
    from tests.conftest import _make_collection

    rng = np.random.default_rng(7)
    y = rng.integers(0, 3, 200)
    X = rng.normal(size=(200, 4)) + 0.9 * np.eye(4)[y]
    made = _make_collection(X, np.array(["a", "b", "c"])[y], groups=np.arange(200) // 5)
    return climb_collection(made, rungs=["majority", "linear", "logistic", "perceptron"])


@pytest.fixture(scope="module")
def told(found):
    return json.loads(json.dumps(found.to_dict()))


@pytest.fixture(scope="module")
def shown(found):
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show_climb(console, found)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def html(found):
    return escapes.unescape(render_report(found))


def cells(html, section, label):
    table = html.partition(f'<h2 id="{section}">')[2].partition("</table>")[0]
    return [text.strip() for text in re.findall(rf'data-label="{label}"[^>]*>(.*?)</td>', table)]


def ranged(ends):
    return " to ".join(map(show_score, ends))


def test_some_scores_lie_halfway_between_two_texts(told):
    halves = [row["mean"] * 1000 % 1 for row in told["rungs"]]
    assert any(half == pytest.approx(0.5, abs=1e-6) for half in halves)


def test_table_picture_and_terminal_have_the_scores_of_the_json(told, html, shown):
    means = [show_score(row["mean"]) for row in told["rungs"]]
    intervals = [ranged(row["interval"]) for row in told["rungs"]]
    assert cells(html, "ladder", "Mean") == means
    assert cells(html, "ladder", "95 % interval") == intervals
    model = json.loads(re.search(r'id="model-ladder">(.*?)</script>', html)[1])
    assert [row["texts"]["mean"] for row in model["rungs"]] == means
    assert [" to ".join(row["texts"]["interval"]) for row in model["rungs"]] == intervals
    for mean, interval in zip(means, intervals, strict=True):
        assert f"{mean} {interval}" in shown


def test_headline_lead_and_markdown_have_the_gap_and_score_of_the_json(
    found, told, html, shown, tmp_path
):
    verdict = told["verdict"]
    gap = show_score(verdict["gap_at_most"])
    winner = next(row for row in told["rungs"] if row["rung"] == verdict["rung"])
    headline = re.search(r"<h1>(.*?)</h1>", html)[1]
    assert re.findall(r"\d\.\d+", headline) == [gap]
    said = re.findall(r"\d\.\d+", verdict["sentence"])
    assert said[:2] == [show_score(winner["mean"]), gap]
    markdown = write_figures(found, tmp_path / "figures")[-1].read_text(encoding="utf-8")
    for text in (html, markdown, " ".join(shown.split())):
        assert verdict["sentence"] in text
    assert headline in markdown


def test_differences_are_those_of_the_json(told, html):
    comparisons = told["verdict"]["comparisons"]
    differences = [show_score(one["difference"]) for one in comparisons]
    assert cells(html, "comparisons", "Difference") == differences
    intervals = [ranged(one["interval"]) for one in comparisons]
    assert cells(html, "comparisons", "95 % interval") == intervals


def test_group_scores_are_those_of_the_json(told, html):
    names = told["collection"]["group_names"]
    verdict = told["verdict"]
    winner = next(row for row in told["rungs"] if row["rung"] == verdict["rung"])
    scores = dict(zip(names, map(show_score, winner["group_scores"]), strict=True))
    table = html.partition('<h2 id="groups">')[2].partition("</table>")[0]
    rows = re.findall(r'role="rowheader">(.*?)</th>.*?data-label="Score"[^>]*>(.*?)</td>', table)
    assert len(rows) >= 6
    assert {name: scores[name] for name, _ in rows} == dict(rows)
