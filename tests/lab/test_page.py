"""The page is one file that loads nothing, and what a person gave cannot run in it."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import gradatim
from gradatim.collection import Collection, CycleSound
from gradatim.errors import SpecError
from gradatim.lab import (
    Lesson,
    lesson_from_collection,
    lesson_from_network,
    lesson_from_problem,
    render_lab,
)
from gradatim.lab.page import script
from tests.lab.asking import ask_one
from tests.views.running import run_node

EXAM = gradatim.make_exam(count=10, seed=0)


@pytest.fixture(scope="module")
def page():
    return render_lab(Lesson(), EXAM)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def lesson_of(page):
    text = re.search(r'<script type="application/json" id="lesson">(.*?)</script>', page, re.S)[1]
    return json.loads(text)


def test_script_and_page_are_as_small_as_promised(page):
    assert len(script().encode()) <= 200_000
    assert len(page.encode()) <= 700_000


@pytest.mark.parametrize("served", [False, True])
def test_script_is_one_that_node_understands_and_has_no_import(served):
    text = script(served)
    result = run_node("--check", "-", input=text)
    assert result.returncode == 0, result.stderr
    assert not re.search(r"^(import|export)\b", text, re.M)


def test_policy_allows_this_script_and_this_style_only(page):
    policy = dict(Elements(page).found)["meta"]
    policies = [a["content"] for t, a in Elements(page).found if a.get("http-equiv")]
    assert len(policies) == 1, policy
    rules = dict(rule.strip().split(" ", 1) for rule in policies[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["worker-src"] == "blob:"
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_nothing_is_loaded_and_no_markup_or_code_is_made_from_text(page):
    for tag, attributes in Elements(page).found:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base")
        assert not {"src", "href", "style"} & set(attributes), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")]
    code = script()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "fetch(",
        "XMLHttpRequest",
        "eval(",
    ):
        assert word not in code
    for word in (
        "new Function",
        "localStorage",
        "document.write",
        "WebSocket",
        "sendBeacon",
        "import(",
    ):
        assert word not in code
    urls = set(re.findall(r"https?://[^\s\"'`)]+", page))
    assert urls <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}


def test_names_of_a_stranger_are_text():
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
    X = np.arange(12.0).reshape(6, 2)
    collection = Collection(
        evil, {"a": X}, np.array([evil, "b"] * 3), "classification", np.arange(6).astype(str)
    )
    page = render_lab(lesson_from_collection(collection, evil), None)
    tags = [tag for tag, _ in Elements(page).found]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert lesson_of(page)["table"]["classes"][0].startswith("</script>")


def collection(n, n_features, n_classes, task="classification"):
    rng = np.random.default_rng(0)
    y = np.array([f"c{k % n_classes}" for k in range(n)])
    X = rng.normal(0, 3, (n, n_features)) + 5
    return Collection("c", {"a": X}, y, task, np.arange(n).astype(str))


def test_two_columns_are_standardized_and_said():
    lesson = lesson_from_collection(collection(50, 2, 2), "c")
    table = lesson.table
    X = np.array(table["X"])
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(X.std(axis=0), 1, atol=1e-3)
    assert table["note"].startswith("x₁ stands for (a 1 \N{MINUS SIGN} ")
    assert (X * 1024 % 1 == 0).all()


def test_many_features_are_projected_onto_the_axes_that_hold_most():
    c = collection(200, 5, 2)
    table = lesson_from_collection(c, "c").table
    Z = (c.X["a"] - c.X["a"].mean(axis=0)) / c.X["a"].std(axis=0)
    values = np.sort(np.linalg.eigvalsh(np.cov(Z.T)))[::-1]
    share = values[:2].sum() / values.sum()
    assert f"hold {share:.0%} of the variance" in table["note"]
    X = np.array(table["X"])
    assert abs(np.corrcoef(X.T)[0, 1]) < 0.01


def test_what_a_page_leaves_out_is_said():
    lesson = lesson_from_collection(collection(2500, 2, 8), "c")
    assert [notice.message for notice in lesson.notices] == [
        "The 6 largest of 8 classes are shown."
    ]
    assert len(lesson.table["classes"]) == 6
    assert len(lesson.table["X"]) <= 2000
    lesson = lesson_from_collection(collection(2500, 2, 2), "c")
    assert "2,000 of 2,500 rows" in lesson.notices[0].message
    assert len(lesson.table["X"]) == 2000


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_missing_values_are_the_medians_of_their_columns_and_said(task):
    rng = np.random.default_rng(5)
    X, y = rng.normal(0, 1, (41, 2)), np.arange(41) % 2
    y = y.astype(str) if task == "classification" else X[:, 0] + y
    X[:4, 1], X[7, 0] = np.nan, np.nan
    c = Collection("c", {"a": X}, y, task, np.arange(41).astype(str))
    lesson = lesson_from_collection(c, "c", columns=["a 2"])
    places = np.array(lesson.table["X"])[:, 0]
    filled = np.where(np.isnan(X[:, 1]), np.nanmedian(X[:, 1]), X[:, 1])
    expected = (filled - filled.mean()) / filled.std()
    np.testing.assert_allclose(np.sort(places), np.sort(expected), atol=1e-3)
    assert "5 missing values" in lesson.table["note"]
    X[0, 0] = np.inf
    with pytest.raises(SpecError, match="infinite"):
        lesson_from_collection(replace(c, X={"a": X}), "c")


def test_columns_are_chosen_by_name():
    c = collection(30, 3, 2)
    table = lesson_from_collection(c, "c", columns=["a 3"]).table
    assert table["names"] == ["x1"]
    expected = (c.X["a"][:, 2] - c.X["a"][:, 2].mean()) / c.X["a"][:, 2].std()
    found = np.array(table["X"])[:, 0]
    np.testing.assert_allclose(np.sort(found), np.sort(expected), atol=1e-3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: lesson_from_problem("parity"), "the lab draws blobs.*not parity; choose"),
        (lambda: lesson_from_problem("nonsense"), "^(?!.*parity).*the lab draws blobs"),
        (lambda: lesson_from_problem("circle"), "did you mean circles"),
        (lambda: lesson_from_network(gradatim.parse("a(x1)")), "leaves its function open"),
        (lambda: lesson_from_network(gradatim.parse("x1+x2+x3")), "one or two inputs, not 3"),
        (lambda: lesson_from_network(gradatim.parse("x1; 2x1")), "one output"),
        (lambda: lesson_from_collection(collection(9, 2, 1), "c"), "one class only"),
        (lambda: lesson_from_collection(collection(9, 2, 2), "c", input="b"), "no input b"),
        (lambda: lesson_from_collection(collection(9, 2, 2), "c", columns=["z"]), "no column z"),
    ],
)
def test_what_the_page_cannot_show_is_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call()


def test_a_neuron_begins_as_typed():
    state = ask_one(
        ask="initial",
        lesson=lesson_of(render_lab(lesson_from_network(gradatim.parse("tanh(2x1 - x2 + 3)")))),
    )
    assert state["view"] == "neuron"
    assert state["neuron"] | {"points": None} == {
        "weights": [2, -1],
        "bias": 3,
        "activation": "tanh",
        "at": [1, 1],
        "threshold": None,
        "points": None,
    }


def test_the_lectures_network_of_a_line_computes_in_the_page_what_it_computes_here():
    network = gradatim.parse("step(step(-x+50) + step(x-100) - 1)")
    lesson = lesson_of(render_lab(lesson_from_network(network)))
    state = ask_one(ask="initial", lesson=lesson)
    assert state["data"]["problem"] == "intervals"
    x = np.linspace(1, 149, 75)
    # In the page x1 stands for (x - 75) / 50.
    X = ((x - 75) / 50).tolist()
    found = ask_one(ask="planes", net=state["net"], nInputs=1, X=X)["exact"][-1]
    np.testing.assert_array_equal(found, network(x[:, None])[:, 0])


def test_every_question_has_its_parts_and_its_answer(page):
    lesson = lesson_of(page)
    assert len(lesson["practice"]) == 10
    for question, parts in zip(EXAM.questions, lesson["practice"], strict=True):
        assert len(parts) == len(question.parts)
        for part, model in zip(question.parts, parts, strict=True):
            assert model["answer"] == (None if part.answer is None else str(part.answer))
            assert [c["right"] for c in model["choices"]] == [c.slip is None for c in part.choices]
    articles = re.findall(r"<article.*?</article>", page, re.S)
    assert len(articles) == 10
    for article, parts in zip(articles, lesson["practice"], strict=True):
        assert len(re.findall('class="part"', article)) == len(parts)


def test_a_page_without_questions_has_no_practice():
    assert lesson_of(render_lab(Lesson()))["practice"] == []


def with_sounds(n, n_classes):
    tone = CycleSound(np.sin(np.linspace(0, 2 * np.pi, 64, endpoint=False)), 220.0, 8000)
    return replace(collection(n, 2, n_classes), media=[tone] * n)


def test_every_class_is_heard_by_some_of_its_points():
    table = lesson_from_collection(with_sounds(200, 4), "c").table
    heard = [table["labels"][int(place)] for place in table["sounds"]]
    assert sorted(heard) == sorted([0, 1, 2, 3] * 10)
    for sound in table["sounds"].values():
        assert sound["uri"].startswith("data:audio/")
        assert sound["name"].isdigit()


def test_a_sound_stands_at_the_point_of_its_row():
    c = with_sounds(30, 2)
    table = lesson_from_collection(c, "c").table
    Z = (c.X["a"] - c.X["a"].mean(axis=0)) / c.X["a"].std(axis=0)
    for place, sound in table["sounds"].items():
        np.testing.assert_allclose(table["X"][int(place)], Z[int(sound["name"])], atol=1e-3)
        assert table["labels"][int(place)] == int(sound["name"]) % 2


def numbers(n=40):
    rng = np.random.default_rng(3)
    X = rng.normal(5, 2, (n, 3))
    y = 100 - 7 * X[:, 1] + rng.normal(0, 0.5, n)
    names = {"a": ("tempo", "energy", "length")}
    return Collection("c", {"a": X}, y, "regression", np.arange(n).astype(str), feature_names=names)


def test_a_number_is_a_curve_over_the_column_that_goes_most_with_it():
    c = numbers()
    lesson = lesson_from_collection(c, "c")
    table = lesson.table
    assert table["note"].startswith("the target over energy, the column that goes most with it.")
    data = ask_one(
        ask="data",
        data=ask_one(ask="initial", lesson=lesson_of(render_lab(lesson)))["data"],
        table=table,
    )
    assert (data["dims"], data["nClasses"]) == (1, 1)
    y = np.array(data["targets"])
    x = np.array(data["X"])
    assert (y.mean(), y.std()) == pytest.approx((0, 1), abs=1e-9)
    # The page has both in the table's units, within its grid.
    energy = c.X["a"][:, 1]
    order = np.argsort(energy)
    back = data["yScale"]["center"] + data["yScale"]["spread"] * y
    np.testing.assert_allclose(
        np.sort(x), (np.sort(energy) - energy.mean()) / energy.std(), atol=1e-3
    )
    np.testing.assert_allclose(back[np.argsort(x)], c.y[order], rtol=1e-8)


def test_a_number_is_shown_over_the_column_that_is_named_and_only_one():
    table = lesson_from_collection(numbers(), "c", columns=["tempo"]).table
    assert table["note"].startswith("the target over tempo. x₁ stands for (tempo")
    with pytest.raises(SpecError, match="over one column, not 2"):
        lesson_from_collection(numbers(), "c", columns=["tempo", "energy"])
    two = replace(numbers(), y=np.ones((40, 2)), target_names=("a", "b"))
    with pytest.raises(SpecError, match="classes or one number"):
        lesson_from_collection(two, "c")
