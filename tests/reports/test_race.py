import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from gradatim.collection import Notice
from gradatim.comparisons import race
from gradatim.comparisons.racing.bar import Bar
from gradatim.errors import OutputError
from gradatim.reports import render_race, write_race


@pytest.fixture(scope="module")
def found():
    return race("xor", budgets=[20, 50], n_seeds=2, n_samples=60, max_epochs=20)


@pytest.fixture(scope="module")
def html(found):
    return render_race(found)


def model(html, name):
    text = re.search(rf'id="model-{name}">(.*?)</script>', html, re.DOTALL)[1]
    return json.loads(text)


def test_the_verdict_is_the_headline_and_what_it_takes_stands_below(html, found):
    assert f"<h1>{found.verdict.sentences[0]}</h1>" in html
    assert "No line does; two units in one hidden layer do." in html


def test_every_entry_is_in_the_table_and_in_the_charts(html, found):
    tables = html.partition('id="numbers"')[2].partition("</section>")[0].split("</table>")
    n_alone = sum(result.budget is None for result in found.results)
    rows = [table.count("<tr>") - 1 for table in tables[:2]]
    assert rows == [len(found.results) - n_alone, n_alone]
    assert "At most" not in tables[1]
    contenders = model(html, "race")["contenders"]
    assert sum(len(one["entries"]) for one in contenders) == len(found.results)
    means = [result["accuracy"] for one in contenders for result in one["entries"]]
    assert means == pytest.approx([result.mean for result in found.results], abs=1e-4)


def test_every_boundary_and_film_is_there(html, found):
    boundaries = model(html, "boundaries")
    assert all(len(row["cells"]) == 2 for row in boundaries["rows"])
    n_cells = sum(cell is not None for row in boundaries["rows"] for cell in row["cells"])
    assert n_cells + len(boundaries["alone"]) == len(found.results)
    assert [one["title"] for one in boundaries["alone"]] == [
        "perceptron",
        "logistic regression",
        "kernel SVM (no limit)",
    ]
    assert [film["title"] for film in model(html, "film")["films"]] == [
        "perceptron",
        "logistic regression",
        "1 hidden layer (ReLU)",
        "3 hidden layers (ReLU)",
    ]


def test_the_race_can_be_repeated_from_the_page(html, found):
    assert found.task.sha256 in html
    assert f"<li>{found.bar.words}</li>" in html
    assert "40 to learn from, 20 to choose on, 2,000 to be scored on" in html


def test_more_than_two_inputs_leave_boundaries_and_films_out():
    found = race("parity", budgets=[30], n_seeds=2, n_samples=60, max_epochs=5)
    html = render_race(found)
    assert 'id="boundaries"' not in html
    assert 'id="film"' not in html
    assert 'id="numbers"' in html


def test_colors_and_markers_stay_with_a_contender_when_others_are_left_out():
    found = race("xor", budgets=[20], n_seeds=2, n_samples=60, max_epochs=2,
                 contenders=["deep-3", "kernel-all"])  # fmt: skip
    alone = {one["name"]: one["place"] for one in model(render_race(found), "race")["contenders"]}
    assert alone == {"deep-3": 5, "kernel-all": 9}


def test_without_a_bar_nobody_is_counted(found):
    nobody = Bar(None, "none", "Solved: nobody is counted.")
    results = tuple(replace(result, bar=None) for result in found.results)
    html = render_race(replace(found, bar=nobody, results=results))
    shown = model(html, "race")
    assert shown["bar"] is None
    assert {e["n_solved"] for one in shown["contenders"] for e in one["entries"]} == {None}


def test_what_reading_the_table_found_is_told(found):
    task = replace(found.task, notices=(Notice("imputed", "3 values <were> missing"),))
    assert "<li>3 values &lt;were&gt; missing</li>" in render_race(replace(found, task=task))
    assert "Worth knowing" not in render_race(found)


def test_names_from_the_data_cannot_become_markup(found):
    task = replace(found.task, title="</script><img src=x>", classes=("<b>", "</script>"))
    html = render_race(replace(found, task=task))
    assert "<img" not in html
    assert html.count("</script>") == 6  # three views and their models
    assert model(html, "boundaries")["classes"] == ["<b>", "</script>"]


def test_a_folder_that_is_not_there_is_an_output_error(found, tmp_path):
    with pytest.raises(OutputError):
        write_race(found, tmp_path / "nowhere" / "race.html")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_a_browser_draws_every_view(found, tmp_path):
    path = write_race(found, tmp_path / "race.html")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=600).stdout
    dom = dom.partition('<script type="module">')[0]
    assert len(re.findall(r'class="contender c\d', dom)) == 2 * len(found.contenders)
    assert len(re.findall(r"<td><button", dom)) == len(found.results)
    assert dom.count(">Play</button>") == 1
    assert "epoch 20: accuracy" in dom
