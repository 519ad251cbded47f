"""A collection and a climb that cost nothing, in place of the real ones."""

import numpy as np
import pytest

import gradatim.climb
import gradatim.datasets
import gradatim.reports
from gradatim._files import write_atomically
from gradatim.climb.result import Climb, EvaluationProtocol, RungResult, Verdict
from gradatim.collection import Collection, Notice
from gradatim.inspection import mislabeled
from gradatim.models import Model
from gradatim.models.learners import Constant

CLASSES = np.array(["bell", "drum"])
MODEL = Model("deep", "wave", "classification", Constant(np.array([0.5])), classes=CLASSES)
LADDER = [("majority", ""), ("logistic", "wave"), ("deep", "wave")]


@pytest.fixture(scope="module", autouse=True)
def few_trees():
    """Let few trees look for wrong labels: how well a hundred do is tested in their own part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mislabeled, "_TREES", 25)
        yield


class FakeClimb(Climb):
    def to_dict(self):
        return {"schema": 2, "verdict": {"rung": self.verdict.rung, "sentence": "Σ"}}


def make_collection(n_samples=40, task="classification"):
    y = np.array(["bell", "drum"])[np.arange(n_samples) % 2]
    return Collection(
        name="timbre",
        X={"wave": np.zeros((n_samples, 3))},
        y=y if task == "classification" else np.zeros((n_samples, 2)),
        task=task,
        ids=np.arange(n_samples).astype(str),
        groups=(np.arange(n_samples) // 8).astype(str),
    )


def make_result(rung="logistic", input="wave", mean=0.5, half=0.1, **changes):
    values = {
        "rung": rung,
        "input": input,
        "model": "C = 1",
        "n_parameters": 1234,
        "fold_scores": np.full(4, mean),
        "interval": (mean - half, mean + half),
        "seconds": 1.25,
        "predictions": np.zeros((2, 40)),
    }
    return RungResult(**(values | changes))


def make_climb(collection=None, **changes):
    values = {
        "collection": collection or make_collection(),
        "protocol": EvaluationProtocol(5, 2, True, 0, "accuracy", 0.01),
        "rungs": [make_result(*row, mean=0.2 + 0.2 * k) for k, row in enumerate(LADDER)],
        "verdict": Verdict("deep", "wave", "best", "Climb to the deep rung."),
        "notices": [Notice("few", "the class bell has only 20 samples")],
        "seconds": 3.9,
        "version": "0.1.0",
        "models": {("deep", "wave"): MODEL},
    }
    return FakeClimb(**(values | changes))


class Fake:
    """Stands for `climb_collection` and `write_report`, and remembers how they were called."""

    def __init__(self):
        self.collections = []
        self.options = []
        self.reports = []

    def climb(self, collection, *, observer, store, **options):
        self.collections.append(collection)
        self.options.append(options)
        observer.planned(LADDER)
        climb = make_climb(collection)
        for k, result in enumerate(climb.rungs):
            observer.progressed(result.rung, result.input, 0.5, "training", (k + 0.5) / 3)
            observer.finished(result, (k + 1) / 3)
        return climb

    def report(self, climb, path):
        self.reports.append(climb)
        return write_atomically(path, "<!doctype html>")


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Run in an empty folder, with a fake climb and two datasets."""
    fake = Fake()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("GRADATIM_CACHE", "")
    replaced = {
        gradatim.datasets: {
            "DATASETS": {"timbre": None, "world": None},
            "load_dataset": lambda name: make_collection(),
        },
        gradatim.climb: {"climb_collection": fake.climb},
        gradatim.reports: {"write_report": fake.report},
    }
    # Set in the dictionary: to ask a part for the real one would load the engine.
    for part, names in replaced.items():
        for name, value in names.items():
            monkeypatch.setitem(vars(part), name, value)
    return fake


@pytest.fixture(name="make_climb")
def make_climb_fixture():
    """Return the maker of a `Climb` of three rungs, whose fields may be changed."""
    return make_climb


@pytest.fixture(name="make_result")
def make_result_fixture():
    """Return the maker of a `RungResult`."""
    return make_result


@pytest.fixture(name="make_collection")
def make_collection_fixture():
    """Return the maker of a `Collection`."""
    return make_collection
