"""Reels: a network while it learns, as its regions after some of its epochs.

Conventions: the reel is of the very network that was scored: the same rows, weights and order of
minibatches, stepped through epoch by epoch. Frames are dense where training begins, since most
happens there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.experiments.racing.networks import BATCH_SIZE, network_decision
from gradatim.experiments.racing.regions import Frame
from gradatim.experiments.racing.result import Entry, Race
from gradatim.experiments.racing.runs import accuracy_of

__all__ = ["Reel", "Still", "reel_of", "reels_of"]

#: Frames of a reel, the first before training.
N_FRAMES = 36


@dataclass(frozen=True)
class Still:
    """A network after an epoch.

    Parameters
    ----------
    epoch : int
        Epochs trained.
    loss : float or None
        Mean training loss of that epoch, in nats; None before the first.
    accuracy : float
        Share of the scored rows that it gets right.
    regions : tuple of str
        Outlines of the classes from 1 on.
    """

    epoch: int
    loss: float | None
    accuracy: float
    regions: tuple[str, ...]

    @property
    def says(self) -> str:
        """What it shows, in words."""
        return f"epoch {self.epoch}, accuracy {self.accuracy:.3f}"


@dataclass(frozen=True)
class Reel:
    """A network while it learns.

    Parameters
    ----------
    entry : Entry
        Whose median seed is shown.
    counted_epoch : int
        The epoch whose weights were scored.
    stills : tuple of Still
        Frames by epoch.
    """

    entry: Entry
    counted_epoch: int
    stills: tuple[Still, ...]

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
    """Film a perceptron, a network with one hidden layer and a deep one.

    Parameters
    ----------
    race : Race
        What was found.
    frame : Frame
        What pictures show.

    Returns
    -------
    list of Reel
        At the smallest budget at which the shallow or the deep network solves it in half of the
        seeds, else at the largest. Contenders that did not start are left out.
    """
    budget = _budget(race)
    chosen = [race.entry(name, budget) for name in ("perceptron", "shallow-relu", "deep-3")]
    return [reel_of(entry, race, frame) for entry in chosen if entry is not None]


def _budget(race: Race) -> int:
    for budget in race.protocol.budgets:
        entries = [race.entry(name, budget) for name in ("shallow-relu", "deep-3")]
        if any(entry is not None and entry.solved >= 0.5 for entry in entries):
            return budget
    return race.protocol.budgets[-1]


def reel_of(entry: Entry, race: Race, frame: Frame, n_frames: int = N_FRAMES) -> Reel:
    """Film the median seed of a network.

    Parameters
    ----------
    entry : Entry
        A network's.
    race : Race
        What was found.
    frame : Frame
        What pictures show.
    n_frames : int, default 36
        Frames at most.

    Returns
    -------
    Reel
        From before training to its last epoch.
    """
    from gradatim.training.stepping import Stepper

    heat, result = race.course.heats[entry.median_seed], entry.median_run.result
    assert result is not None
    n_epochs = race.protocol.max_epochs
    stepper = Stepper(
        result.spec,
        heat.scaled,
        heat.y,
        batch_size=BATCH_SIZE,
        max_epochs=n_epochs,
        sample_weight=heat.training,
    )
    stills, loss = [], None
    for epoch in _epochs(n_epochs, n_frames):
        losses = stepper.run(epoch - stepper.epoch) if epoch > stepper.epoch else np.empty(0)
        loss = float(losses[-1]) if len(losses) else loss
        decision = network_decision(stepper.network, heat.scaler)
        accuracy = accuracy_of(decision, heat.X_test, heat.y_test)
        stills.append(Still(epoch, loss, accuracy, tuple(frame.regions(decision))))
        if stepper.diverged:
            break
    return Reel(entry, result.best_epoch, tuple(stills))


def _epochs(n_epochs: int, n_frames: int) -> Sequence[int]:
    spread = np.geomspace(1, n_epochs, max(2, n_frames - 1)).round().astype(int)
    return [0, *np.unique(spread).tolist()]
