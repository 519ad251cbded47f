import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import numpy as np
import pytest

from gradatim.climb.sensitivity import FeatureDrop, Importance
from gradatim.collection import Notice
from gradatim.errors import OutputError
from gradatim.reports import render_report, write_report
from tests.reports.conftest import with_probabilities


class Page(HTMLParser):
    """What a browser would see: elements, scripts, and text outside scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.ids, self.text, self.scripts = [], [], "", []
        self._inside = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self._inside = tag if tag in ("script", "style") else self._inside
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self._inside = None if tag == self._inside else self._inside

    def handle_data(self, data):
        if self._inside == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif self._inside is None:
            self.text += data

    def model(self, name):
        return next(
            json.loads(text) for attrs, text in self.scripts if attrs.get("id") == f"model-{name}"
        )


@pytest.fixture(scope="module")
def html(climb):
    return render_report(climb)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_file_is_written_where_it_was_asked_for(regression_climb, tmp_path):
    path = write_report(regression_climb, tmp_path / "report.html")
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_folder_that_is_not_there_is_an_output_error(regression_climb, tmp_path):
    with pytest.raises(OutputError):
        write_report(regression_climb, tmp_path / "nowhere" / "report.html")


def test_no_rule_of_the_page_for_tables_reaches_into_a_picture():
    css = resources.files("gradatim.reports").joinpath("report.css").read_text(encoding="utf-8")
    for selectors in re.findall(r"([^{}]*){", css):
        for one in selectors.split(","):
            assert ".scroll table" not in one
            assert "section .scroll" not in one


def test_the_page_is_small(html):
    assert len(html.encode()) < 2_000_000


def test_the_page_refers_to_nothing_outside_itself(page):
    for tag, attrs in page.elements:
        assert not {"srcset", "poster", "action"} & attrs.keys()
        assert tag == "audio" or "src" not in attrs
        assert attrs.get("src", "data:audio/").startswith("data:audio/")
        assert attrs.get("href", "#").startswith("#")
    assert not [tag for tag, _ in page.elements if tag in ("link", "iframe", "img", "object")]


def test_no_script_but_the_views_may_run(html, page):
    policy = next(
        attrs["content"]
        for _, attrs in page.elements
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    texts = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    assert {f"sha256-{base64.b64encode(digest).decode()}" for digest in digests} == allowed


def test_a_short_verdict_is_the_headline_and_its_sentence_the_lead(html, climb, regression_climb):
    headline = (
        "Undecided: the shallow network on harmonics may be enough, or up to 0.068 may be missing"
    )
    assert f"<h1>{headline} (95 % sure).</h1>" in html
    lead = html.partition('<p class="meaning">')[2].partition("</p>")[0]
    assert lead.startswith(climb.verdict.sentence)
    assert "would have shown it in 4 % of all cases" in lead
    # Where nothing was compared the sentence is all there is, and stands once.
    assert render_report(regression_climb).count(regression_climb.verdict.sentence) == 1


def test_the_command_that_repeats_the_climb_is_whole(climb, multilabel_climb):
    folder = "/" + "x" * 100 + "/<b>it's"
    command = f"gradatim climb '{folder}' --seed 3"
    silent = replace(climb, collection=replace(climb.collection, media=None), command=command)
    page = Page(render_report(silent))
    assert command in page.text
    assert "b" not in [tag for tag, _ in page.elements]
    assert "Repeat it with" not in render_report(multilabel_climb)


def test_sections_come_in_the_order_of_a_persons_questions(html):
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", html)
    assert titles == [
        "The ladder",
        "Differences to the best",
        "What a score costs",
        "Worth knowing",
        "What is taken for what",
        "Class by class",
        "How the networks learnt",
        "Where to stop",
        "How it was measured",
    ]


def test_every_rung_is_in_the_table_and_in_the_picture(page, html, climb):
    first_table = html.partition("<tbody ")[2].partition("</tbody>")[0]
    assert first_table.count("<tr") == len(climb.rungs) == 13
    assert first_table.count('class="winner"') == 1
    assert [rung["mean"] for rung in page.model("ladder")["rungs"]] == pytest.approx(
        [rung.mean for rung in climb.rungs], rel=1e-4
    )


def test_the_differences_to_the_best_have_the_sentence_under_them(html, climb):
    section = html.partition('<h2 id="comparisons">')[2].partition("</section>")[0]
    best = climb.rungs[-1]
    lead, _, rest = section.partition("</p>")
    assert "By how much the deep network on harmonics scores better" in lead
    table, _, under = rest.partition("</table>")
    rows = re.findall(r"<tr role=\"row\".*?</tr>", table.partition("<tbody ")[2], re.DOTALL)
    assert len(rows) == len(climb.rungs) - 1
    for rung, row in zip(climb.rungs, rows, strict=False):
        d = best.mean - rung.mean
        expected = [f"{d:.3f}", f"{d - 0.03:.3f} to {d + 0.03:.3f}"]
        cells = dict(re.findall(r'data-label="(.*?)"[^>]*>(.*?)</td>', row))
        assert [cells["Difference"], cells["95 % interval"]] == [
            text.replace("-", "\N{MINUS SIGN}") for text in expected
        ]
        assert cells.get("Input", "") == rung.input
    assert re.sub(r"<[^>]*>", "", under).strip() == climb.verdict.sentence


def test_without_comparisons_there_is_no_section_of_them(regression_climb, multilabel_climb):
    for climb in (regression_climb, multilabel_climb):
        assert "Differences to the best" not in render_report(climb)


def test_on_a_narrow_screen_every_cell_has_its_heading(html):
    # A row is a card there: the head of the table is not seen.
    for table in re.findall(r'<table class="cards".*?</table>', html, re.DOTALL):
        head, _, body = table.partition("<tbody ")
        heads = re.findall(r"<th [^>]*>(.*?)</th>", head)
        for row in re.findall(r"<tr .*?</tr>", body, re.DOTALL):
            cells = re.findall(r"<td ([^>]*)>(.*?)</td>", row, re.DOTALL)
            assert len(cells) == len(heads) - 1
            for title, (attributes, text) in zip(heads[1:], cells, strict=True):
                assert (f'data-label="{title}"' in attributes) == bool(text)
    css = html.partition("@media screen and (max-width: 620px)")[2]
    assert ".cards td::before { content: attr(data-label)" in css
    assert "td:empty { display: none; }" in css


def test_a_validation_line_is_promised_only_where_there_is_one(html, climb):
    promise = "A validation line that rises"
    assert promise in html
    bare = [
        replace(r, curves=[replace(c, validation_loss=None) for c in r.curves]) for r in climb.rungs
    ]
    collection = replace(climb.collection, media=None)
    page = Page(render_report(replace(climb, collection=collection, rungs=bare)))
    assert "How the networks learnt" in page.text
    assert promise not in page.text


def test_a_picture_without_points_is_left_out(regression_climb):
    rungs = [replace(r, predictions=r.predictions * np.nan) for r in regression_climb.rungs]
    page = Page(render_report(replace(regression_climb, rungs=rungs)))
    assert "Predicted and true" not in page.text


def test_ids_are_unique_and_labels_refer_to_one(page):
    assert len(page.ids) == len(set(page.ids))
    for _, attrs in page.elements:
        assert set(attrs.get("aria-labelledby", "").split()) <= set(page.ids)


def test_what_a_climb_can_be_repeated_from_is_there(page, climb):
    assert climb.collection.sha256 in page.text
    assert "Adventure Kid Waveforms, CC0 1.0" in page.text
    assert f"numpy\xa0{np.__version__}" in page.text
    assert "gradatim\xa00.1.0" in page.text


def test_notices_of_reading_and_of_climbing_are_told_once(climb):
    notice = Notice("left-out", "a.wav was skipped.")
    collection = replace(climb.collection, notices=[notice], media=None)
    page = Page(render_report(replace(climb, collection=collection, notices=[notice])))
    assert page.text.count("a.wav was skipped.") == 1


def test_endless_notices_are_cut_with_a_count(climb):
    notices = [Notice("left-out", f"{i}.wav was skipped.") for i in range(100)]
    collection = replace(climb.collection, media=None)
    page = Page(render_report(replace(climb, collection=collection, notices=notices)))
    assert "and 60 more" in page.text


def test_unreadable_sounds_are_mentioned(climb):
    class Broken:
        def read(self, max_seconds):
            raise OSError

    media = [Broken()] * climb.collection.n_samples
    page = Page(render_report(replace(climb, collection=replace(climb.collection, media=media))))
    assert "40 sounds could not be read and are left out" in page.text
    assert page.model("confusion")["sounds"] == {}


def test_what_the_page_says_of_cells_is_so(climb):
    text = Page(render_report(climb)).text
    assert "each counted once, as what most of the 2 repeats said of it" in text
    assert "Choose a cell to see its samples, and to hear some." in text
    silent = replace(climb, collection=replace(climb.collection, media=None))
    assert "Choose a cell to see its samples." in Page(render_report(silent)).text


def test_a_large_winner_is_drawn_as_layers_and_a_small_one_as_units(html, small_network_climb):
    small = render_report(small_network_climb)
    assert "65,792 parameters" in html
    assert "w₀ = " not in html
    assert "w₀ = " in small


def test_names_from_the_data_cannot_become_markup(hostile_climb):
    climb = with_probabilities(hostile_climb)
    ids = np.array([f'"><b onclick=alert({i})>' for i in range(climb.collection.n_samples)])
    html = render_report(replace(climb, collection=replace(climb.collection, ids=ids)))
    page = Page(html)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 6  # three views and their models
    assert not {"img", "b", "i"} & set(tags)
    assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")]
    assert page.model("confusion")["classes"] == sorted(
        ["<script>alert(1)</script>", "</script><img src=x onerror=alert(2)>", "a & b \"'"]
    )
    assert "<script>alert(1)</script>" in page.text
    assert "<b onmouseover=alert(3)>bold</b>" in page.text
    assert "<!--" not in html


def test_a_file_name_that_is_not_unicode_is_no_obstacle(climb, tmp_path):
    ids = np.array([f"{i}\udce9.wav" for i in range(climb.collection.n_samples)])
    collection = replace(climb.collection, ids=ids, media=None)
    write_report(replace(climb, collection=collection), tmp_path / "report.html")


def test_regression_shows_predicted_against_true(regression_climb):
    page = Page(render_report(regression_climb))
    assert [panel["title"] for panel in page.model("scatter")["panels"]] == [
        "latitude",
        "longitude",
    ]
    assert "model-confusion" not in page.ids
    assert "Largest errors" in page.text
    assert "in standard deviations of what is to be predicted." in page.text


def test_the_most_confident_errors_are_named_and_can_be_heard(probable_climb):
    html = render_report(probable_climb)
    page = Page(html)
    section = html.partition('<h2 id="mistakes">')[2].partition("</section>")[0]
    sounds = [attrs for tag, attrs in page.elements if tag == "audio"]
    assert len(sounds) == section.count("<tr role") - 1 == 12
    ids = re.findall(r'class="id">(.*?)</th>', section)
    assert [sound["aria-label"] for sound in sounds] == [f"Sound of {id}" for id in ids]
    assert set(ids) <= set(probable_climb.collection.ids)
    assert {sound["preload"] for sound in sounds} == {"none"}
    assert len(html.encode()) < 2_000_000


def test_errors_of_a_collection_without_sounds_have_no_column_for_them(probable_climb):
    silent = replace(probable_climb, collection=replace(probable_climb.collection, media=None))
    html = render_report(silent)
    assert "Look at these samples first" in html
    assert "<audio" not in html
    assert ">Sound<" not in html


def test_without_probabilities_no_error_is_more_confident_than_another(html):
    assert '<h2 id="mistakes">' not in html
    assert '<h2 id="calibration">' not in html
    assert "so its calibration cannot be told, and neither can its most confident errors." in html


def test_of_a_rung_without_probabilities_margins_say_how_sure_it_was(climb):
    winner = climb.winner
    row = replace(winner, probabilistic=False, margins=np.ones(winner.predictions.shape))
    rungs = [row if rung is winner else rung for rung in climb.rungs]
    silent = replace(climb, collection=replace(climb.collection, media=None), rungs=rungs)
    html = render_report(silent)
    assert "the margin by which its answer's score leads" in html.replace("&#39;", "'")
    assert "gives no probabilities, so its calibration cannot be told." in html
    assert ">Margin</th>" in html


def test_calibration_is_drawn_with_its_error(probable_climb):
    silent = replace(probable_climb, collection=replace(probable_climb.collection, media=None))
    html = render_report(silent)
    section = html.partition('<h2 id="calibration">')[2].partition("</section>")[0]
    assert section.count("<circle") == 10
    assert re.search(r"The expected calibration error is 0\.\d{3};", section)
    assert "gives no probabilities" not in html


def test_what_the_winner_goes_by_is_drawn_and_said_to_be_of_held_out_samples(climb, html):
    drops = [FeatureDrop("<b>loud</b>", 1, 0.1, (0.05, 0.15))]
    silent = replace(climb.collection, media=None)
    shown = render_report(replace(climb, collection=silent, importance=Importance(0.61, 1, drops)))
    section = shown.partition('<h2 id="importance">')[2].partition("</section>")[0]
    assert "&lt;b&gt;loud&lt;/b&gt;" in section
    assert "<b>" not in section
    assert "on samples that these have not seen; unshuffled they have 0.610." in section
    assert "Each was shuffled once;" in section
    assert '<h2 id="importance">' not in html


def test_scores_are_drawn_against_their_costs(html, climb):
    section = html.partition('<h2 id="costs">')[2].partition("</section>")[0]
    assert section.count("<svg") == 2
    # Of the points two have a key too: where to stop, and the best.
    assert section.count("<circle") == 2 * (len(climb.rungs) + 2)
    assert "A point further up and to the left" in section
    losses = replace(climb.protocol, metric="log_loss", higher_is_better=False)
    silent = replace(climb, collection=replace(climb.collection, media=None), protocol=losses)
    assert "A point further down and to the left" in render_report(silent)


def test_groups_are_scored_one_by_one_and_the_hardest_comes_first(climb):
    n_groups = len(np.unique(climb.collection.groups))
    scores = np.linspace(1, 0, n_groups)
    scores[3] = np.nan
    winner = replace(climb.winner, group_scores=scores)
    rungs = [winner if rung is climb.winner else rung for rung in climb.rungs]
    silent = replace(climb, collection=replace(climb.collection, media=None), rungs=rungs)
    section = render_report(silent).partition('<h2 id="groups">')[2].partition("</section>")[0]
    named = re.findall(r'<th scope="row" role="rowheader">(.*?)</th>', section)
    assert named == list(np.unique(climb.collection.groups)[::-1][:12])
    text = re.sub(r"<[^>]*>|\s+", " ", section)
    assert f"Shown are the 12 hardest of {n_groups - 1};" in text
    assert "Of 1 group the score is undefined." in text
    assert '<h2 id="groups">' not in render_report(climb)


def test_labels_are_scored_one_by_one(multilabel_climb):
    page = Page(render_report(multilabel_climb))
    assert "Label by label" in page.text
    assert [label for label in ("amazed", "calm", "sad") if label in page.text] == [
        "amazed",
        "calm",
        "sad",
    ]
    assert "there is no graph to draw" in page.text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_a_browser_draws_every_view(climb, tmp_path):
    collection = replace(climb.collection, media=None)
    path = write_report(replace(climb, collection=collection), tmp_path / "report.html")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    dom = Page(result.stdout)
    classes = [attrs.get("class", "") for _, attrs in dom.elements]
    assert sum(name.startswith("row") for name in classes) == len(climb.rungs)
    assert sum(name == "pair" for name in classes) == 6
    assert sum(name == "curve" for name in classes) == 4
