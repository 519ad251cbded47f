from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from scipy import stats

from gradatim.cli import main
from gradatim.climb import climb_collection, compare_climbs
from gradatim.errors import InputError, SpecError

RUNGS = ["majority", "linear", "perceptron"]


@pytest.fixture(scope="module")
def pair(make_collection):
    """Return JSON objects of climbs of the same rows on good and on worse features."""
    rng = np.random.default_rng(0)
    y = np.array(["a", "b"])[np.arange(200) % 2]
    groups = np.arange(200) // 4
    X = rng.normal(size=(200, 2)) + 1.5 * (y == "b")[:, None]
    worse = X + rng.normal(0, 2, X.shape)
    climbs = [
        climb_collection(make_collection(Z, y, groups=groups), rungs=RUNGS, folds=3)
        for Z in (worse, X)
    ]
    return [json.loads(json.dumps(climb.to_dict(), allow_nan=False)) for climb in climbs]


def test_the_better_features_gain_with_an_interval_by_hand(pair):
    found = compare_climbs(*pair)
    one = found.rungs[1]
    assert (one.first, one.second) == (("linear", "features"), ("linear", "features"))
    a, b = (np.array(climb["rungs"][1]["unit_sums"]) for climb in pair)
    assert one.difference == pytest.approx((b.sum() - a.sum()) / 200)
    without = ((b - a).sum() - (b - a)) / 196
    variance = 1.5 * 49 / 50 * np.sum((without - without.mean()) ** 2) + 2 / 202**2
    half = stats.t.ppf(0.975, 49) * np.sqrt(variance)
    expected = (one.difference - half, one.difference + half)
    assert one.interval == pytest.approx(expected, abs=1e-9)
    assert one.interval[0] > 0
    assert "the second at" in found.sentence
    assert "which is better by" in found.sentence


def test_turned_round_the_signs_turn_and_with_itself_nothing_is_gained(pair):
    there, back = compare_climbs(*pair), compare_climbs(*reversed(pair))
    for one, other in zip(there.rungs, back.rungs, strict=True):
        assert one.difference == pytest.approx(-other.difference)
    same = compare_climbs(pair[0], pair[0])
    assert [one.difference for one in same.rungs] == [0.0] * 3
    assert "neither is shown to be better" in same.sentence


def test_errors_are_shares_of_the_majoritys_also_where_the_tolerance_is_0(pair):
    losses = [json.loads(json.dumps(climb)) for climb in pair]
    for climb in losses:
        climb["protocol"] |= {"metric": "hamming", "tolerance": 0.0, "higher_is_better": False}
        climb["verdict"]["tolerance"] = 0.0
    found = compare_climbs(*losses).rungs[1]
    a, b = (np.array(climb["rungs"][1]["unit_sums"]) for climb in losses)
    unit = losses[0]["rungs"][0]["mean"]
    without = ((b - a).sum() - (b - a)) / 196 / unit
    variance = 1.5 * 49 / 50 * np.sum((without - without.mean()) ** 2) + 2 / 202**2
    half = stats.t.ppf(0.975, 49) * np.sqrt(variance) * unit
    gain = -(b.sum() - a.sum()) / 200
    assert found.difference == pytest.approx(gain)
    assert found.interval == pytest.approx((gain - half, gain + half), abs=1e-9)


def test_other_folds_metrics_and_versions_are_refused(pair):
    for key, value, says in [
        (
            "folds_sha256",
            "0" * 64,
            "the first and the second did not score the same rows in the same folds",
        ),
        ("metric", "macro_f1", "the first is scored by accuracy, the second by macro-F1"),
    ]:
        other = copy.deepcopy(pair[1])
        other["protocol"][key] = value
        with pytest.raises(SpecError, match=says):
            compare_climbs(pair[0], other)
    with pytest.raises(InputError, match="the second has schema 1"):
        compare_climbs(pair[0], pair[1] | {"schema": 1})
    with pytest.raises(InputError, match="the first is no JSON object of a climb"):
        compare_climbs({"a": 1}, pair[1])


@pytest.mark.parametrize("part", ["protocol", "rungs", "verdict", "collection"])
@pytest.mark.parametrize("left", [None, {}, [], "x", [{}], {"metric": "x"}])
def test_an_object_that_lacks_a_part_is_named(pair, part, left):
    with pytest.raises(InputError, match=r"^b\.json lacks a part of the JSON object of a climb"):
        compare_climbs(pair[0], pair[1] | {part: left}, names=("a.json", "b.json"))


def test_other_seeds_give_other_hashes_and_other_features_the_same(pair, make_collection):
    assert pair[0]["protocol"]["folds_sha256"] == pair[1]["protocol"]["folds_sha256"]
    y = np.array(["a", "b"])[np.arange(200) % 2]
    made = make_collection(np.zeros((200, 2)), y, groups=np.arange(200) // 4)
    other = climb_collection(made, rungs=["majority"], folds=3, seed=1).to_dict()
    assert other["protocol"]["folds_sha256"] != pair[0]["protocol"]["folds_sha256"]


def test_scores_by_group_are_those_of_the_group_alone(pair):
    climb = pair[1]
    row = climb["rungs"][1]
    assert len(row["group_scores"]) == climb["collection"]["groups"] == 50
    weights = np.array(climb["collection"]["group_sizes"])
    assert np.average(row["group_scores"], weights=weights) == pytest.approx(row["mean"])


def test_both_ladders_the_gains_and_the_sentence_are_printed(pair, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    files = [str(tmp_path / name) for name in ("a.json", "b.json")]
    for file, climb in zip(files, pair, strict=True):
        with open(file, "w", encoding="utf-8") as stream:
            json.dump(climb, stream)
    assert main(["compare", *files]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["rung", "input", "first", "accuracy"]
    assert [line.split()[0] for line in lines[1:4]] == RUNGS
    assert "The first climb stops at" in " ".join(lines)
    assert main(["compare", *files, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rungs"]) == 3


@pytest.mark.parametrize(("text", "says"), [(None, "cannot be read"), ("{", "is no JSON; write")])
def test_a_file_that_is_none_is_one_sentence(tmp_path, capsys, text, says):
    file = tmp_path / "a.json"
    if text is not None:
        file.write_text(text)
    assert main(["compare", str(file), str(file)]) == 2
    assert says in capsys.readouterr().err
