"""A short look before a long climb: what is looked at and told, and that it decides nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gradatim.climb import Observer, climb_collection, short_look
from gradatim.presentation.climbs import short_look_lines

RUNGS = ["majority", "linear", "logistic"]


class Ear(Observer):
    def __init__(self):
        self.totals, self.order, self.done, self.look = [], [], [], None

    def planned(self, rows):
        self.order.append("planned")

    def looked(self, look):
        self.order.append("looked")
        self.look = look

    def progressed(self, rung, input, fraction, doing, total):
        self.totals.append(total)
        assert doing.startswith("short look") == (self.look is None)

    def finished(self, result, total):
        self.totals.append(total)
        self.done.append(result.rung)


@pytest.fixture(scope="module")
def songs(make_collection):
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], 120)
    X = rng.normal(size=(360, 4)) + 0.8 * np.eye(4)[np.unique(y, return_inverse=True)[1]]
    groups = np.repeat(np.arange(60), 6).astype(str)
    return replace(make_collection(X, y), groups=groups)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(short_look, "LOOK_FROM", 300)
    monkeypatch.setattr(short_look, "LOOK_ROWS", 90)


def climbed(collection, observer=None, **more):
    return climb_collection(collection, rungs=RUNGS, repeats=1, observer=observer, **more)


def test_the_look_comes_first_and_progress_never_goes_back_and_ends_at_one(songs, small):
    ear = Ear()
    climbed(songs, ear)
    assert ear.order == ["planned", "looked", "planned"]
    assert ear.done == RUNGS
    assert ear.totals == sorted(ear.totals)
    assert ear.totals[0] == 0.0
    assert ear.totals[-1] == pytest.approx(1.0)


def test_it_looks_at_whole_groups_of_every_class_alike(songs, small):
    seen = []

    def keep(collection, *args):
        seen.append(collection)
        return made(collection, *args)

    made = short_look.make_folds
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(short_look, "make_folds", keep)
        look = climbed(songs).short_look
    [few] = seen
    assert (look.n_samples, look.n_groups, look.n_all) == (90, 15, 360)
    assert np.unique(few.y, return_counts=True)[1].tolist() == [30, 30, 30]
    assert np.unique(few.groups, return_counts=True)[1].tolist() == [6] * 15


def test_the_verdict_and_every_score_are_those_without_a_look(songs, small):
    with_look, without = climbed(songs), climbed(songs, short_look=False)
    assert without.short_look is None
    assert with_look.verdict == without.verdict
    for one, other in zip(with_look.rungs, without.rungs, strict=True):
        assert (one.mean, one.interval) == (other.mean, other.interval)
    assert [n.code for n in with_look.notices if n not in without.notices] == ["short-look"]
    assert "short_look=False" in without.command


def test_what_it_showed_is_in_the_object_and_said_not_to_count(songs, small):
    found = climbed(songs)
    told = json.loads(json.dumps(found.to_dict()))["short_look"]
    assert [row["rung"] for row in told["rungs"]] == RUNGS
    assert told["verdict"]["sentence"] == found.short_look.verdict.sentence
    lines = "\n".join("".join(part if isinstance(part, str) else part[0] for part in line)
                      for line in short_look_lines(found.short_look))  # fmt: skip
    assert "at 90 of 360 samples (15 groups): majority 0." in lines
    assert lines.endswith("Now all samples are climbed on; the verdict is theirs.")
    assert found.short_look.notice.message.endswith("The verdict is that of all samples")


def test_nothing_is_looked_at_where_samples_are_few_or_groups_are_large(songs, small, monkeypatch):
    large = replace(songs, groups=np.repeat(np.arange(6), 60).astype(str))
    assert climbed(large).short_look is None
    monkeypatch.setattr(short_look, "LOOK_FROM", 360)
    found = climbed(songs)
    assert found.short_look is None
    assert found.to_dict()["short_look"] is None
