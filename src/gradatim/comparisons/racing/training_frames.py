"""Films: a contender while it learns, as its regions after some of its epochs or passes.

Conventions: the film is of the very weights that were scored: the same rows in the same order,
stepped through epoch by epoch, or pass by pass of the perceptron's rule. Frames are dense where
training begins, since most happens there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.networks import BATCH_SIZE
from gradatim.comparisons.racing.regions import Frame
from gradatim.comparisons.racing.result import Race
from gradatim.comparisons.racing.rule import passes
from gradatim.comparisons.racing.runs import Decision, accuracy_of, network_decision
from gradatim.comparisons.racing.task import RaceTask

#: Contenders that are filmed, as far as they started.
FILMED = ("perceptron", "logistic", "shallow-relu", "deep-3")

#: Frames of a film, the first before training.
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
class TrainingFrames:
    """A contender while it learns."""

    result: CandidateResult  # Whose median seed is shown
    stills: tuple[Still, ...]  # Frames by epoch or pass

    @property
    def unit(self) -> str:
        """What its frames count: ``epoch``, or ``pass`` of the perceptron's rule."""
        return "pass" if self.result.contender.kind == "rule" else "epoch"

    @property
    def counted(self) -> int:
        """The epoch or pass whose weights were scored."""
        epoch = self.result.median_run.epoch
        assert epoch is not None
        return epoch

    @property
    def title(self) -> str:
        """Who is shown."""
        return self.result.contender.title

    @property
    def caption(self) -> str:
        """Which network, in words."""
        said = f"{self.result.n_parameters:.0f} parameters"
        if self.result.candidate.shape is not None and self.result.candidate.shape.size:
            said = f"units {self.result.shape}, {said}"
        return f"{said}, median of {len(self.result.runs)} seeds"


def training_frames_of_race(race: Race, frame: Frame) -> list[TrainingFrames]:
    """Film perceptron, logistic regression, a network with one hidden layer and a deep one."""
    budget = _budget(race)
    chosen = [race.result(name, budget) for name in FILMED]
    return [training_frames_of(result, race, frame) for result in chosen if result is not None]


def _budget(race: Race) -> int:
    for budget in race.protocol.budgets:
        results = [race.result(name, budget) for name in ("shallow-relu", "deep-3")]
        if any(result is not None and result.solved >= 0.5 for result in results):
            return budget
    return race.protocol.budgets[-1]


def training_frames_of(
    result: CandidateResult, race: Race, frame: Frame, n_frames: int = N_FRAMES
) -> TrainingFrames:
    """Film the median seed of a network or a perceptron."""
    split = race.task.splits[result.median_seed]
    moments = _passes if result.contender.kind == "rule" else _epochs
    stills = []
    for epoch, loss, decision in moments(result, race, n_frames):
        accuracy = accuracy_of(decision, split.X_test, split.y_test)
        stills.append(Still(epoch, loss, accuracy, tuple(frame.regions(decision))))
    return TrainingFrames(result, tuple(stills))


def _epochs(result: CandidateResult, race: Race, n_frames: int) -> Iterator[Moment]:
    from gradatim.training.stepping import Stepper

    task, n_epochs = race.task, race.protocol.max_epochs
    split, fit = task.splits[result.median_seed], result.median_run.fit
    assert fit is not None
    stepper = Stepper(
        fit.spec,
        split.scaled,
        split.y,
        batch_size=BATCH_SIZE,
        max_epochs=n_epochs,
        sample_weight=split.training,
    )
    loss = None
    for epoch in _frames(n_epochs, n_frames):
        losses = stepper.run(epoch - stepper.epoch) if epoch > stepper.epoch else np.empty(0)
        loss = float(losses[-1]) if len(losses) else loss
        classes = np.unique(split.y)
        yield epoch, loss, network_decision(stepper.network, split.scaler.transform, classes, task)
        if stepper.diverged:
            return


def _passes(result: CandidateResult, race: Race, n_frames: int) -> Iterator[Moment]:
    task, number = race.task, result.median_seed
    done = [_undecided(task), *passes(task.splits[number], task, race.protocol.first + number)]
    for k in _frames(len(done) - 1, n_frames):
        yield k, None, done[k]


def _undecided(task: RaceTask) -> Decision:
    """Return what weights of zero decide by: nothing, which counts as the first class."""
    if task.n_outputs == 1:
        return lambda X: np.full(len(X), -1.0)
    return lambda X: np.eye(1, task.n_outputs).repeat(len(X), axis=0)


def _frames(n_epochs: int, n_frames: int) -> Sequence[int]:
    spread = np.geomspace(1, n_epochs, max(2, n_frames - 1)).round().astype(int)
    return [0, *np.unique(spread).tolist()]
