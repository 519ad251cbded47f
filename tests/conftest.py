"""What all tests share: the order in which they run; small collections whose answers are known."""

import gc
import json
import os
from functools import cache

import numpy as np
import pytest
import soundfile
from cyclopts import App, field_info, parameter
from cyclopts.argument import Argument, ArgumentCollection
from hypothesis import settings

from gradatim.collection import Collection

# No test depends on how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Look for examples in the package alone: the tests themselves have none."""
    return [found for found in (yield) if type(found) is pytest.Module]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run slow tests last; where processes share the files, those with slow ones come first."""

    def is_slow(item: pytest.Item) -> bool:
        return item.get_closest_marker("slow") is not None

    if hasattr(config, "workerinput"):
        # Nobody waits at the end for a long file that one process has just begun.
        first = {item.path for item in items if is_slow(item)}
        items.sort(key=lambda item: item.path not in first)
    else:
        items.sort(key=is_slow)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the libraries and tests, which stay until the end."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter) -> None:
    """Say when nobody has looked at the lab, which a count of skipped tests does not."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if "not tried in a browser" in reason:
            terminalreporter.write_line(reason.removeprefix("Skipped: "), yellow=True)
            break


def _make_collection(X, y, task="classification", groups=None, name="made"):
    X = np.asarray(X, dtype=np.float32)
    return Collection(
        name=name,
        X={"features": X},
        y=np.asarray(y),
        task=task,
        ids=np.array([f"row {i}" for i in range(len(X))]),
        groups=groups,
    )


@pytest.fixture(scope="session", autouse=True)
def signatures_read_once():
    """Read the signature of a verb once, not at every call of `main`: it costs more than most."""
    read, known = App.assemble_argument_collection, {}
    parameters, negatives, kept = cache(parameter.signature_parameters), Argument.negatives.fget, {}

    def assemble(self, **options):
        key = self.default_command, *options.items()
        if key not in known:
            known[key] = read(self, **options)
        return _without_tokens(known[key])

    def negatives_of(self):
        of = self.parameter, self.field_info
        # Kept with what it is of, so that no other thing gets its number.
        if (key := tuple(map(id, of))) not in kept:
            kept[key] = negatives(self), of
        return kept[key][0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "assemble_argument_collection", assemble)
        patch.setattr(parameter, "signature_parameters", parameters)
        patch.setattr(field_info, "signature_parameters", parameters)
        fields = cache(field_info._dataclass_field_infos)
        patch.setattr(field_info, "_dataclass_field_infos", fields)
        patch.setattr(Argument, "negatives", property(negatives_of))
        yield


def _without_tokens(arguments):
    """Copy arguments that nothing was typed for; a dataclass has the copies of its fields."""
    copies = arguments.copy(reset_tokens=True)
    copy_of = {id(old): new for old, new in zip(arguments, copies, strict=True)}
    for copy in copies:
        copy.children = ArgumentCollection(copy_of[id(child)] for child in copy.children)
    return copies


@pytest.fixture(scope="session", autouse=True)
def nothing_waits_for_the_disk():
    """Let no test wait until its files have reached the disk: no machine fails meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        patch.setattr(soundfile.SoundFile, "flush", lambda self: None)
        yield


@pytest.fixture(scope="session")
def make_collection():
    """Return a maker of collections of one input."""
    return _make_collection


@pytest.fixture
def blobs():
    """Return 90 points in three separable clouds, in 30 groups of three."""
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], 30)
    centers = {"a": (0, 0), "b": (6, 0), "c": (0, 6)}
    X = np.array([centers[label] for label in y]) + rng.normal(size=(90, 2))
    return _make_collection(X, y, groups=np.repeat(np.arange(30), 3))


@pytest.fixture
def rings():
    """Return 200 points of two rings, which no line separates."""
    rng = np.random.default_rng(1)
    radius = np.repeat([1.0, 3.0], 100) + 0.2 * rng.normal(size=200)
    angle = rng.uniform(0, 2 * np.pi, 200)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _make_collection(X, np.repeat(["in", "out"], 100))


@pytest.fixture
def printed(capsys):
    """Return the JSON object that a verb prints."""

    def run(*arguments):
        from gradatim.cli import main

        assert main([*map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run
