"""Which inputs are computed from sounds, by name, and where their columns lie.

Conventions: every set is computed once, however many inputs hold it; inputs keep the order in which
they were named. An input is called as its set, or as its sets with + between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradatim._text import show_name
from gradatim.collection import Notice
from gradatim.errors import SpecError
from gradatim.music.cycles import CycleRecipe
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.music.recipes import (
    FEATURE_SETS,
    Recipe,
    UnionRecipe,
    hears_million_songs,
    parts_of,
)

#: What ``all`` stands for: raw, made by hand, pretrained, and what helped each other.
ALL_SETS = ("raw", "classical", "mel", "classical+mel", "musicnn", "classical+musicnn")

# What all recipes of one reading share.
_CUT = ("max_seconds", "place", "segment_seconds")


@dataclass(frozen=True)
class InputPlan:
    """Inputs with the recipe of each."""

    inputs: Mapping[str, Recipe]

    @cached_property
    def whole(self) -> Recipe:
        """The recipe that computes every set once."""
        parts = parts_of(list(self.inputs.values()))
        return parts[0] if len(parts) == 1 else UnionRecipe(parts)

    @property
    def feature_names(self) -> dict[str, tuple[str, ...]]:
        """Names of the columns of each input."""
        return {name: recipe.names for name, recipe in self.inputs.items()}

    @property
    def cycles(self) -> tuple[str, ...]:
        """Inputs that are cycles of a wave."""
        return tuple(name for name, r in self.inputs.items() if isinstance(r, CycleRecipe))

    @property
    def notices(self) -> Iterator[Notice]:
        """What a person should know of these inputs."""
        heard = [name for name, recipe in self.inputs.items() if hears_million_songs(recipe)]
        if heard:
            yield Notice(
                "pretrained",
                f"the net behind {' and '.join(map(show_name, heard))} learnt on the Million Song "
                "Dataset and may have heard tracks of this collection; of published music its "
                "scores may be too high",
            )

    def cut(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return the columns of each input, of a matrix that `whole` gave (n_rows, n_columns)."""
        if len(self.inputs) == 1:
            return dict.fromkeys(self.inputs, X)
        place, at = {}, 0
        for part in parts_of([self.whole]):
            place[part] = slice(at, at + len(part.names))
            at += len(part.names)
        return {
            name: np.concatenate([X[:, place[part]] for part in parts_of([recipe])], axis=1)
            for name, recipe in self.inputs.items()
        }

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return the recipe of each input as JSON holds it."""
        return {name: recipe.to_dict() for name, recipe in self.inputs.items()}


def plan_inputs(names: Sequence[str], classical: FeatureRecipe = RECIPE) -> dict[str, Recipe]:
    """Return the recipe of each input that is named: sets, unions such as classical+mel, or all.

    All read the excerpt of `classical`, which is the recipe of the set of that name.
    """
    cut = {name: getattr(classical, name) for name in _CUT}
    plan: dict[str, Recipe] = {}
    wanted = [one for typed in names for one in (ALL_SETS if typed == "all" else (typed,))]
    refuse_twins(wanted)
    for name in wanted:
        sets = name.split("+")
        if "all" in sets:
            raise SpecError(
                f"all stands for several inputs, so it is in no union such as {show_name(name)}; "
                f"write all {show_name('+'.join(one for one in sets if one != 'all') or 'mel')}"
            )
        unknown = [one for one in sets if one not in FEATURE_SETS]
        if unknown:
            raise SpecError(
                f"there are no features {show_name(unknown[0])!r}; choose among "
                f"{', '.join(FEATURE_SETS)}, unions of them such as classical+mel, and all"
            )
        if len(set(sets)) < len(sets):
            raise SpecError(f"{show_name(name)} names a set of features twice; name it once")
        parts = tuple(classical if o == "classical" else FEATURE_SETS[o](**cut) for o in sets)
        plan[name] = parts[0] if len(parts) == 1 else UnionRecipe(parts)
    return plan


def refuse_twins(names: Sequence[str]) -> None:
    """Refuse two unions of the same sets in another order."""
    first: dict[tuple[str, ...], str] = {}
    for name in names:
        twin = first.setdefault(tuple(sorted(name.split("+"))), name)
        if twin != name:
            raise SpecError(
                f"{show_name(twin)} and {show_name(name)} are the same sets of features; name one"
            )
