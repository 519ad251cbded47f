import json
import subprocess
import sys
from collections import Counter

import pytest

from gradatim.errors import SpecError
from gradatim.exercises import make_exam, render_exam
from gradatim.exercises.topics.registry import TOPICS


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
