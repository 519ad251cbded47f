import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradatim.collection import Collection
from gradatim.comparisons import race
from gradatim.comparisons.racing.machines import train_machines
from gradatim.comparisons.racing.runs import decide
from gradatim.errors import SpecError
from gradatim.problems import load_problem
from gradatim.training import Stepper
from gradatim.training.store import Store


def test_every_contender_has_an_entry_a_budget(small_race):
    names = [(e.contender.name, e.budget) for e in small_race.results]
    assert len(names) == len(set(names)) == 7 * 2 + 3
    assert small_race.absent == ()


def test_accuracies_are_those_of_the_decisions_on_the_scored_rows(small_race):
    for result in small_race.results:
        for run, split in zip(result.runs, small_race.task.splits, strict=True):
            assert run.accuracy == np.mean(decide(run.decision(split.X_test)) == split.y_test)


def test_parameters_are_counted_from_what_was_trained(small_race):
    for result in small_race.results:
        if result.budget is not None:
            assert result.n_parameters <= result.budget
        for run in result.runs:
            if run.fit is not None:
                assert run.n_parameters == run.fit.network.n_parameters


def test_the_same_seed_gives_the_same_race_and_another_one_another(small_race):
    options = {"budgets": [20, 50], "n_samples": 90, "max_epochs": 40, "n_seeds": 3}
    again = race("xor", **options, n_jobs=1, contenders=["shallow-tanh", "kernel"])
    other = race("xor", **options, contenders=["shallow-tanh", "kernel"], seed=1)
    for result in again.results:
        same = small_race.result(result.contender.name, result.budget)
        assert np.array_equal(result.accuracies, same.accuracies)
    assert other.task.sha256 != small_race.task.sha256


def test_a_network_stepped_through_its_epochs_is_the_one_that_was_scored(small_race):
    run = small_race.result("deep-2", 50).median_run
    number = small_race.result("deep-2", 50).median_seed
    split = small_race.task.splits[number]
    stepper = Stepper(run.fit.spec, split.scaled, split.y, sample_weight=split.training)
    stepper.run(run.fit.best_epoch)
    expected = run.fit.network.layers
    assert all(
        np.array_equal(a.weight, b.weight)
        for a, b in zip(stepper.network.layers, expected, strict=True)
    )


@pytest.mark.parametrize("name", ["perceptron", "logistic"])
def test_a_line_solves_what_a_line_can_and_not_exclusive_or(small_race, name):
    assert small_race.result(name).mean < 0.8
    blobs = race("blobs", budgets=[20], n_seeds=2, contenders=[name], max_epochs=100)
    assert blobs.result(name).solved == 1.0
    assert blobs.verdict.sentences[0].startswith("A line is enough: ")


def test_the_object_is_plain_json_and_can_be_repeated_from(small_race):
    found = json.loads(json.dumps(small_race.to_dict(), allow_nan=False))
    assert found["schema"] == 2
    assert found["gradatim"]
    assert found["course"]["sha256"] == small_race.task.sha256
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
    assert {doing for _, doing in heard} == {
        "training networks",
        "training perceptron, polynomials and kernels",
    }


def test_what_is_kept_is_not_trained_again(tmp_path):
    options = {"budgets": [20], "n_seeds": 2, "n_samples": 60, "max_epochs": 5,
               "contenders": ["shallow-relu"]}  # fmt: skip
    with Store(tmp_path) as store:
        first = race("xor", **options, store=store)
    with Store(tmp_path) as store:
        assert len(store) == 2 * 3
        second = race("xor", **options, store=store)
        assert len(store) == 2 * 3
    assert np.array_equal(first.results[0].accuracies, second.results[0].accuracies)


def test_a_table_of_three_classes_is_raced_on():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 150)
    X = np.eye(3)[y] + rng.normal(0, 0.2, (150, 3))
    table = Collection("notes.csv", {"features": X}, np.array(["a", "b", "c"])[y],
                       "classification", np.arange(150).astype(str))  # fmt: skip
    found = race(table, budgets=[60], n_seeds=2, max_epochs=60, n_jobs=2)
    assert found.task.n_outputs == 3
    assert {e.contender.name for e in found.results} >= {"perceptron", "deep-3", "kernel-all"}
    assert min(e.mean for e in found.results if e.contender.kind != "network") > 0.9
    assert found.result("logistic").mean > 0.9
    assert found.verdict.sentences[0].startswith("One layer is enough: ")


def test_shuffled_labels_leave_nobody_to_solve_a_table():
    rng = np.random.default_rng(3)
    y = np.array(["a", "b"])[(rng.permutation(100) < 60).astype(int)]
    table = Collection("noise.csv", {"features": rng.normal(size=(100, 3))}, y,
                       "classification", np.arange(100).astype(str))  # fmt: skip
    found = race(table, budgets=[20], n_seeds=10, max_epochs=20,
                 contenders=["perceptron", "logistic", "shallow-relu", "kernel"])  # fmt: skip
    assert found.bar.accuracy is None
    assert [result.n_solved for result in found.results] == [0] * 4
    first, second, *_ = found.verdict.sentences
    assert first == ("Nothing is shown to be better than always naming the most frequent class.")
    gain = f"{found.bar.reference.gain:.3f}".replace("-", "\N{MINUS SIGN}")
    assert second.startswith("The best on the rows to choose on, ")
    assert f": a difference of {gain} (" in second
    assert not any("solve" in sentence for sentence in found.verdict.sentences)


def test_an_explicit_bar_wins_and_the_table_s_reference_is_still_told():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 2))
    table = Collection("notes.csv", {"features": X}, np.where(X[:, 0] > 0, "a", "b"),
                       "classification", np.arange(60).astype(str))  # fmt: skip
    found = race(table, budgets=[20], n_seeds=3, max_epochs=20, contenders=["perceptron"], bar=0.7)
    assert (found.bar.kind, found.bar.accuracy) == ("given", 0.7)
    assert found.bar.reference.contender == "perceptron"
    assert found.bar.words == "Solved: accuracy of at least 0.7, as given."


def test_a_class_that_the_rows_to_learn_from_lack_is_never_named():
    # Class b comes from a single group, which some seeds score.
    groups = np.repeat(np.arange(10), 12)
    y = np.where(groups == 4, "b", np.where(np.arange(120) % 2, "a", "c"))
    X = np.column_stack([np.select([y == "a", y == "b"], [-2.0, 0.0], 2.0), np.arange(120) % 5])
    table = Collection("sets.csv", {"features": X}, y, "classification",
                       np.arange(120).astype(str), groups=groups.astype(str))  # fmt: skip
    names = ["perceptron", "logistic", "shallow-tanh", "polynomial", "kernel", "kernel-all"]
    found = race(table, budgets=[40], n_seeds=10, max_epochs=60, contenders=names)
    lacking = 0
    for number, split in enumerate(found.task.splits):
        for result in found.results:
            # Networks know the classes of the rows to choose on too.
            is_network = result.contender.kind == "network"
            known = split.y if is_network else split.y[: split.n_train]
            named = decide(result.runs[number].decision(split.X_test))
            assert set(named) <= set(known)
        lacking += 1 in split.y_test
    assert lacking > 0
    for result in found.results:
        assert result.accuracies.max() == 1.0
        if result.contender.kind != "network":
            # Half of the scored rows are b at the most; a and c are told apart.
            assert result.accuracies.min() >= 0.5


def test_of_all_rates_the_one_with_the_lowest_loss_on_the_rows_to_choose_on_counts():
    options = {"budgets": [20], "n_seeds": 2, "n_samples": 60, "max_epochs": 20,
               "contenders": ["shallow-tanh"]}  # fmt: skip
    rates = (0.0001, 0.1, 0.01)
    alone = [race("xor", **options, learning_rates=[rate]).results[0].runs for rate in rates]
    for number, run in enumerate(race("xor", **options, learning_rates=rates).results[0].runs):
        losses = [runs[number].fit.validation_curve.min() for runs in alone]
        assert run.setting == f"rate {rates[np.argmin(losses)]:g}" != "rate 0.0001"


def test_no_setting_is_chosen_on_scored_rows(small_race):
    task = small_race.task
    other = replace(
        task, splits=tuple(replace(split, y_test=1 - split.y_test) for split in task.splits)
    )
    field = [e.candidate for e in small_race.results if e.contender.kind != "network"]
    for candidate, runs in train_machines(field, other, 0, 2, lambda share, doing: None).items():
        result = next(e for e in small_race.results if e.candidate == candidate)
        assert [run.setting for run in runs] == [run.setting for run in result.runs]
        assert [run.choosing for run in runs] == [run.choosing for run in result.runs]


def test_who_never_fits_is_named_with_what_it_would_take():
    found = race("parity-6", budgets=[8], n_seeds=2, n_samples=60, max_epochs=2,
                 contenders=["perceptron", "shallow-relu", "shallow-tanh", "kernel"])  # fmt: skip
    assert found.absent == (("shallow-relu", 8), ("shallow-tanh", 8))
    # 6 weights and a bias of the hidden unit, a weight and a bias of the output.
    assert found.verdict.sentences[-1] == (
        "With 6 inputs and 2 classes these need more parameters than any budget, so they did not "
        "start: 1 hidden layer (ReLU) and 1 hidden layer (tanh) (9)."
    )


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


def test_the_lecture_page_explains_every_key_of_the_object(small_race):
    page = Path(__file__).parents[3] / "docs" / "lecture" / "race.md"
    table = page.read_text("utf-8").partition("| key |")[2]
    found = small_race.to_dict()
    verdict = found["verdict"]
    keys = {*found, *found["course"], *found["protocol"], *found["entries"][0], *verdict,
            *verdict["differences"][0]}  # fmt: skip
    explained = set(re.findall(r"[`.](\w+)(?=[\[\]]*`|\.)", table))
    assert keys <= explained


def test_points_alone_are_no_task():
    with pytest.raises(SpecError, match="the name of one such as 'xor', not on a tuple"):
        race(load_problem("xor"))
