import json

import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.errors import SpecError
from gradatim.experiments import race
from gradatim.experiments.racing.runs import decide
from gradatim.training import Stepper
from gradatim.training.store import Store


def test_every_contender_has_an_entry_a_budget(small_race):
    names = [(e.contender.name, e.budget) for e in small_race.entries]
    assert len(names) == len(set(names)) == 7 * 2 + 2
    assert small_race.absent == ()


def test_accuracies_are_those_of_the_decisions_on_the_scored_rows(small_race):
    for entry in small_race.entries:
        for run, heat in zip(entry.runs, small_race.course.heats, strict=True):
            assert run.accuracy == np.mean(decide(run.decision(heat.X_test)) == heat.y_test)


def test_parameters_are_counted_from_what_was_trained(small_race):
    for entry in small_race.entries:
        if entry.budget is not None:
            assert entry.n_parameters <= entry.budget
        for run in entry.runs:
            if run.result is not None:
                assert run.n_parameters == run.result.network.n_parameters


def test_the_same_seed_gives_the_same_race_and_another_one_another(small_race):
    options = {"budgets": [20, 50], "n_samples": 90, "max_epochs": 40, "n_seeds": 3}
    again = race("xor", **options, n_jobs=1, contenders=["shallow-tanh", "kernel"])
    other = race("xor", **options, contenders=["shallow-tanh", "kernel"], seed=1)
    for entry in again.entries:
        same = small_race.entry(entry.contender.name, entry.budget)
        assert np.array_equal(entry.accuracies, same.accuracies)
    assert other.course.sha256 != small_race.course.sha256


def test_a_network_stepped_through_its_epochs_is_the_one_that_was_scored(small_race):
    run = small_race.entry("deep-2", 50).median_run
    number = small_race.entry("deep-2", 50).median_seed
    heat = small_race.course.heats[number]
    stepper = Stepper(run.result.spec, heat.scaled, heat.y, sample_weight=heat.training)
    stepper.run(run.result.best_epoch)
    expected = run.result.network.layers
    assert all(
        np.array_equal(a.weight, b.weight)
        for a, b in zip(stepper.network.layers, expected, strict=True)
    )


def test_a_line_solves_what_a_line_can_and_not_exclusive_or(small_race):
    assert small_race.entry("perceptron").mean < 0.8
    blobs = race("blobs", budgets=[20], n_seeds=2, contenders=["perceptron"], max_epochs=100)
    assert blobs.entry("perceptron").solved == 1.0


def test_the_object_is_plain_json_and_can_be_repeated_from(small_race):
    found = json.loads(json.dumps(small_race.to_dict(), allow_nan=False))
    assert found["schema"] == 1
    assert found["gradatim"]
    assert found["course"]["sha256"] == small_race.course.sha256
    assert found["protocol"]["seed"] == 0
    assert found["protocol"]["budgets"] == [20, 50]
    assert len(found["entries"][0]["accuracies"]) == 3
    assert found["course"]["takes"] == "No line does; two units in one hidden layer do."


def test_progress_goes_from_nothing_to_all_without_going_back():
    heard = []
    race(
        "xor",
        budgets=[20],
        n_seeds=2,
        n_samples=60,
        max_epochs=5,
        progress=lambda share, doing: heard.append((share, doing)),
    )
    shares = [share for share, _ in heard]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert {doing for _, doing in heard} == {"networks", "kernels and polynomials"}


def test_what_is_kept_is_not_trained_again(tmp_path):
    options = {"budgets": [20], "n_seeds": 2, "n_samples": 60, "max_epochs": 5,
               "contenders": ["shallow-relu"]}  # fmt: skip
    with Store(tmp_path) as store:
        first = race("xor", **options, store=store)
    with Store(tmp_path) as store:
        assert len(store) == 2 * 3
        second = race("xor", **options, store=store)
        assert len(store) == 2 * 3
    assert np.array_equal(first.entries[0].accuracies, second.entries[0].accuracies)


def test_a_table_of_three_classes_is_raced_on():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 150)
    X = np.eye(3)[y] + rng.normal(0, 0.2, (150, 3))
    table = Collection("notes.csv", {"features": X}, np.array(["a", "b", "c"])[y],
                       "classification", np.arange(150).astype(str))  # fmt: skip
    found = race(table, budgets=[60], n_seeds=2, max_epochs=60, n_jobs=2)
    assert found.course.n_outputs == 3
    assert {e.contender.name for e in found.entries} >= {"perceptron", "deep-3", "kernel-all"}
    assert min(e.mean for e in found.entries if e.contender.kind != "network") > 0.9
    assert found.entry("perceptron").mean > 0.9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"budgets": []}, "at least one budget"),
        ({"budgets": [0, 20]}, "at least one budget"),
        ({"n_seeds": 1}, "n_seeds must be at least 2"),
        ({"n_samples": 10}, "n_samples must be at least 30"),
        ({"bar": 1.5}, "the bar is an accuracy"),
        ({"contenders": ["deep-4"]}, "no contender 'deep-4'; choose from perceptron"),
        ({"budgets": [3], "contenders": ["deep-5"]}, "no contender has so few as 3"),
        ({"learning_rates": []}, "at least one learning rate"),
    ],
)
def test_what_is_no_race_is_refused_in_words(options, words):
    with pytest.raises(SpecError, match=words):
        race("xor", **options)
