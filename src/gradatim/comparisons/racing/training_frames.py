"""Reels: a contender while it learns, as its regions after some of its epochs or passes.

Conventions: the reel is of the very weights that were scored: the same rows in the same order,
stepped through epoch by epoch, or pass by pass of the perceptron's rule. Frames are dense where
training begins, since most happens there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.comparisons.racing.networks import BATCH_SIZE
from gradatim.comparisons.racing.regions import Frame
from gradatim.comparisons.racing.result import Race
from gradatim.comparisons.racing.rule import passes
from gradatim.comparisons.racing.runs import Decision, accuracy_of, network_decision
from gradatim.comparisons.racing.score import Entry
from gradatim.comparisons.racing.task import Course

__all__ = ["FILMED", "Reel", "Still", "reel_of", "reels_of"]

#: Contenders that are filmed, as far as they started.
FILMED = ("perceptron", "logistic", "shallow-relu", "deep-3")

#: Frames of a reel, the first before training.
N_FRAMES = 36

#: Epoch or pass, loss and decision.
Moment = tuple[int, float | None, Decision]


@dataclass(frozen=True)
class Still:
    """A contender after an epoch or a pass."""

    epoch: int  # Epochs or passes trained
    # Mean training loss of that epoch, in nats; None before the first, and for the perceptron
    loss: float | None
    accuracy: float  # Share of the scored rows that it gets right
    regions: tuple[str, ...]  # Outlines of the classes from 1 on


@dataclass(frozen=True)
class Reel:
    """A contender while it learns."""

    entry: Entry  # Whose median seed is shown
    stills: tuple[Still, ...]  # Frames by epoch or pass

    @property
    def unit(self) -> str:
        """What its frames count: ``epoch``, or ``pass`` of the perceptron's rule."""
        return "pass" if self.entry.contender.kind == "rule" else "epoch"

    @property
    def counted(self) -> int:
        """The epoch or pass whose weights were scored."""
        epoch = self.entry.median_run.epoch
        assert epoch is not None
        return epoch

    @property
    def title(self) -> str:
        """Who is shown."""
        return self.entry.contender.title

    @property
    def caption(self) -> str:
        """Which network, in words."""
        said = f"{self.entry.n_parameters:.0f} parameters"
        if self.entry.start.shape is not None and self.entry.start.shape.size:
            said = f"units {self.entry.shape}, {said}"
        return f"{said}, median of {len(self.entry.runs)} seeds"


def reels_of(race: Race, frame: Frame) -> list[Reel]:
    """Film perceptron, logistic regression, a network with one hidden layer and a deep one."""
    budget = _budget(race)
    chosen = [race.entry(name, budget) for name in FILMED]
    return [reel_of(entry, race, frame) for entry in chosen if entry is not None]


def _budget(race: Race) -> int:
    for budget in race.protocol.budgets:
        entries = [race.entry(name, budget) for name in ("shallow-relu", "deep-3")]
        if any(entry is not None and entry.solved >= 0.5 for entry in entries):
            return budget
    return race.protocol.budgets[-1]


def reel_of(entry: Entry, race: Race, frame: Frame, n_frames: int = N_FRAMES) -> Reel:
    """Film the median seed of a network or a perceptron."""
    heat = race.course.heats[entry.median_seed]
    moments = _passes if entry.contender.kind == "rule" else _epochs
    stills = []
    for epoch, loss, decision in moments(entry, race, n_frames):
        accuracy = accuracy_of(decision, heat.X_test, heat.y_test)
        stills.append(Still(epoch, loss, accuracy, tuple(frame.regions(decision))))
    return Reel(entry, tuple(stills))


def _epochs(entry: Entry, race: Race, n_frames: int) -> Iterator[Moment]:
    from gradatim.training.stepping import Stepper

    course, n_epochs = race.course, race.protocol.max_epochs
    heat, result = course.heats[entry.median_seed], entry.median_run.result
    assert result is not None
    stepper = Stepper(
        result.spec,
        heat.scaled,
        heat.y,
        batch_size=BATCH_SIZE,
        max_epochs=n_epochs,
        sample_weight=heat.training,
    )
    loss = None
    for epoch in _frames(n_epochs, n_frames):
        losses = stepper.run(epoch - stepper.epoch) if epoch > stepper.epoch else np.empty(0)
        loss = float(losses[-1]) if len(losses) else loss
        classes = np.unique(heat.y)
        yield epoch, loss, network_decision(stepper.network, heat.scaler.transform, classes, course)
        if stepper.diverged:
            return


def _passes(entry: Entry, race: Race, n_frames: int) -> Iterator[Moment]:
    course, number = race.course, entry.median_seed
    done = [_undecided(course), *passes(course.heats[number], course, race.protocol.first + number)]
    for k in _frames(len(done) - 1, n_frames):
        yield k, None, done[k]


def _undecided(course: Course) -> Decision:
    """Return what weights of zero decide by: nothing, which counts as the first class."""
    if course.n_outputs == 1:
        return lambda X: np.full(len(X), -1.0)
    return lambda X: np.eye(1, course.n_outputs).repeat(len(X), axis=0)


def _frames(n_epochs: int, n_frames: int) -> Sequence[int]:
    spread = np.geomspace(1, n_epochs, max(2, n_frames - 1)).round().astype(int)
    return [0, *np.unique(spread).tolist()]
