import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from gradatim.errors import SpecError
from gradatim.exercises import make_exam, make_versions, render_exam
from gradatim.exercises.topics.registry import FUNCTIONS, TOPICS, draw_question


def test_the_same_seed_makes_the_same_exam_in_another_process():
    code = (
        "from gradatim.exercises import make_exam, render_exam; "
        "print(render_exam(make_exam(count=9, seed=5), 'json'), end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == render_exam(make_exam(count=9, seed=5), "json")


def test_another_seed_makes_another_exam():
    exams = [render_exam(make_exam(["outputs"], count=5, seed=seed), "md") for seed in (1, 2)]
    assert exams[0] != exams[1]


def test_a_longer_exam_of_one_topic_and_level_begins_like_a_shorter_one():
    short, long = (make_exam(["forward"], [2], count=n, seed=3).questions for n in (4, 9))
    assert [q.text for q in long[:4]] == [q.text for q in short]


def test_topics_and_levels_get_the_same_share():
    exam = make_exam(["outputs", "weights"], [1, 3], count=12, seed=1)
    shares = Counter((question.topic, question.level) for question in exam.questions)
    assert set(shares.values()) == {3}


def test_a_small_exam_takes_each_topic_once_before_one_comes_twice():
    exam = make_exam(count=9, seed=4)
    assert sorted(question.topic for question in exam.questions) == sorted(TOPICS)


def test_questions_stand_in_the_order_of_the_lecture_easier_ones_first(exam):
    order = [(list(TOPICS).index(question.topic), question.level) for question in exam.questions]
    assert order == sorted(order)


def test_no_question_comes_twice(exam):
    questions = [json.dumps({**q, "id": ""}) for q in exam.to_dict()["questions"]]
    assert len(set(questions)) == len(questions)
    assert len({question.id for question in exam.questions}) == len(questions)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"topics": ["outputz"]}, "no topic 'outputz'; choose from outputs, prediction"),
        ({"levels": [4]}, "no level 4; choose 1, 2 or 3"),
        ({"count": 0}, "at least one"),
    ],
)
def test_an_exam_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(SpecError, match=message):
        make_exam(**arguments)


def test_importing_the_part_loads_nothing_heavy():
    code = (
        "import sys, gradatim.exercises; heavy = {'numpy', 'jax', 'lark', 'rich', 'mpmath'} "
        "& set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def words_of(question):
    return [re.sub(r"[-+.\d/ ]+", "", text) for text in question.text]


def test_versions_ask_the_same_with_other_numbers():
    first, second, third = make_versions(make_exam(count=18, seed=3, points=[1, 2, 3]), 3)
    assert [exam.variant for exam in (first, second, third)] == ["A", "B", "C"]
    for questions in zip(first.questions, second.questions, third.questions, strict=True):
        assert len({(q.id, q.topic, q.level, q.kind, q.points) for q in questions}) == 1
        assert words_of(questions[0]) == words_of(questions[1]) == words_of(questions[2])
        assert len({str((q.text, q.table)) for q in questions}) == 3


def test_points_go_by_the_level():
    exam = make_exam(["outputs"], count=6, seed=1, points=["1/2", 2, "2,5"])
    assert [str(q.points) for q in exam.questions] == ["1/2", "1/2", "2", "2", "5/2", "5/2"]
    assert exam.points == 10
    assert make_exam(count=2).points is None


@pytest.mark.parametrize("names", [["tanh"], ["Sigmoid"], ["heaviside", "SIGN"], ["relu", "tanh"]])
def test_no_other_activation_function_comes_than_those_that_are_chosen(names):
    exam = make_exam(count=40, seed=2, activations=names)
    chosen = {*exam.activations}
    assert len(chosen) == len(names)
    for question in exam.questions:
        assert question.functions <= chosen | {"identity"}
        assert question.functions & chosen
    assert {f for q in exam.questions for f in q.functions} >= chosen


def test_the_table_of_functions_is_what_is_drawn():
    for topic, levels in FUNCTIONS.items():
        for level, known in enumerate(levels, 1):
            drawn = [draw_question(topic, level, 5, index).functions for index in range(40)]
            assert frozenset().union(*drawn) - {"identity"} == known - {"identity"}


def test_tanh_comes_as_often_as_the_sigmoid_where_units_are_computed():
    for topic, level in (("outputs", 2), ("outputs", 3), ("forward", 2), ("backprop", 1)):
        counts = Counter(
            name for i in range(120) for name in draw_question(topic, level, 1, i).functions
        )
        assert counts["tanh"] >= 12
        assert counts["tanh"] > counts["logistic"] / 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"activations": ["softplus"]}, "'softplus'; choose from identity, step, sign, ReLU"),
        ({"activations": ["tanh"], "topics": ["forward"]}, "topic forward .* add --activation"),
        ({"activations": ["tanh"], "levels": [3]}, "no question of level 3 has tanh"),
        ({"points": [1, 2]}, "one number, or three for the levels"),
        ({"points": 0}, "more than 0 and at most 1,000 points, not 0"),
        ({"points": "two"}, "points: 'two' is no number"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(SpecError, match=message):
        make_exam(**arguments)


def test_there_are_as_many_versions_as_letters():
    with pytest.raises(SpecError, match="1 to 26 versions"):
        make_versions(make_exam(count=1), 27)
