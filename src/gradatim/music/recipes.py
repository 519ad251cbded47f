"""Sets of features by name, and how those of an input are computed: recipes that travel as data.

Conventions: a recipe is a value that JSON holds; two vectors are comparable if and only if their
recipes are equal. All recipes of a union read the same excerpt and segments at one rate. A recipe
without the key ``set`` is of the set ``classical``, as every recipe was before there were others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from gradatim._text import list_text
from gradatim.errors import SpecError
from gradatim.music.audio import SAMPLE_RATE, Excerpt
from gradatim.music.cycles import CycleRecipe, cycle_points
from gradatim.music.features import FeatureRecipe, extract_features
from gradatim.music.mel import MelRecipe, mel_vector
from gradatim.music.rhythm import RhythmRecipe, rhythm_vector
from gradatim.music.sound_recipe import SoundRecipe


@dataclass(frozen=True)
class MusicnnRecipe(SoundRecipe):
    """The five layers of MSD_musicnn, pooled over time; see `musicnn_features`."""

    set: str = "musicnn"
    version: int = 1
    net: str = "MSD_musicnn"
    sr: int = SAMPLE_RATE  # Of the samples that the net is given, which resamples them
    max_seconds: float = 120.0
    place: str | float = "start"
    segment_seconds: float | None = None

    def __post_init__(self) -> None:
        if (self.set, self.version, self.net) != ("musicnn", 1, "MSD_musicnn"):
            raise SpecError(
                f"the net {self.net!r} of version {self.version} is not known here; use the "
                "version of gradatim that made the features"
            )
        self._check()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers, in the order of `musicnn_features`."""
        from gradatim.music.embeddings import MUSICNN_NAMES

        return MUSICNN_NAMES


#: How the numbers of one set are computed.
SetRecipe = FeatureRecipe | MelRecipe | MusicnnRecipe | CycleRecipe | RhythmRecipe


@dataclass(frozen=True)
class UnionRecipe:
    """Several sets side by side, of the same excerpt of the same samples."""

    parts: tuple[SetRecipe, ...]

    def __post_init__(self) -> None:
        cuts = {(p.sr, p.max_seconds, p.place, p.segment_seconds) for p in self.parts}
        if len({set_name(part) for part in self.parts}) < len(self.parts) or len(cuts) != 1:
            raise SpecError(
                "the recipes of a union are of different sets and read the same excerpt"
            )

    @property
    def sr(self) -> int:
        """Rate at which sounds are analyzed, in Hz."""
        return self.parts[0].sr

    @property
    def max_seconds(self) -> float:
        """Length of what is read of a longer file."""
        return self.parts[0].max_seconds

    @property
    def place(self) -> str | float:
        """Where in a longer file that lies."""
        return self.parts[0].place

    @property
    def segment_seconds(self) -> float | None:
        """Length of the pieces into which it is cut; None: one."""
        return self.parts[0].segment_seconds

    @property
    def excerpt(self) -> Excerpt:
        """Which part of a file is read."""
        return self.parts[0].excerpt

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the numbers, part after part."""
        return tuple(name for part in self.parts for name in part.names)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipes of the parts, as JSON holds them."""
        return {"set": set_name(self), "parts": [part.to_dict() for part in self.parts]}


#: How an input is computed from a sound.
Recipe = SetRecipe | UnionRecipe

# The recipes by their sets.
_SETS: dict[str, type[SetRecipe]] = {
    "raw": MelRecipe,
    "classical": FeatureRecipe,
    "mel": MelRecipe,
    "musicnn": MusicnnRecipe,
    "cycle": CycleRecipe,
    "tempo": RhythmRecipe,
}

#: The sets of features by name; each is made with the excerpt and segments that are asked for.
FEATURE_SETS: dict[str, Callable[..., SetRecipe]] = {
    **_SETS,
    "raw": partial(MelRecipe, set="raw"),
}


def with_cut(recipe: Recipe, **cut: Any) -> Recipe:
    """Return a recipe of another excerpt: ``max_seconds``, ``place``, ``segment_seconds``."""
    if isinstance(recipe, UnionRecipe):
        return UnionRecipe(tuple(replace(part, **cut) for part in recipe.parts))
    return replace(recipe, **cut)


def set_name(recipe: Recipe) -> str:
    """Return the name of a recipe's set, or those of a union's with + between."""
    if isinstance(recipe, FeatureRecipe):
        return "classical"
    return "+".join(map(set_name, recipe.parts)) if isinstance(recipe, UnionRecipe) else recipe.set


def parts_of(recipes: Sequence[Recipe]) -> tuple[SetRecipe, ...]:
    """Return the recipes of sets that inputs consist of, each once."""
    parts = [r.parts if isinstance(r, UnionRecipe) else (r,) for r in recipes]
    return tuple(dict.fromkeys(part for own in parts for part in own))


def apply_recipe(y: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Compute the float32 numbers of samples `y` (n_points,) at the recipe's rate."""
    if isinstance(recipe, UnionRecipe):
        return np.concatenate([apply_recipe(y, part) for part in recipe.parts])
    if isinstance(recipe, FeatureRecipe):
        return extract_features(y, recipe.sr, recipe)
    if isinstance(recipe, MelRecipe):
        return mel_vector(y, recipe.sr, recipe)
    if isinstance(recipe, RhythmRecipe):
        return rhythm_vector(y, recipe.sr, recipe)
    if isinstance(recipe, CycleRecipe):
        return cycle_points(y, recipe.sr, recipe)
    from gradatim.music.embeddings import musicnn_features

    return musicnn_features(y, recipe.sr)


def hears_million_songs(recipe: Recipe) -> bool:
    """Whether a recipe runs the net that was trained on the Million Song Dataset."""
    return any(isinstance(part, MusicnnRecipe) for part in parts_of([recipe]))


def read_recipe(constants: Mapping[str, Any]) -> Recipe:
    """Return the recipe that a `to_dict` wrote, or raise `SpecError`."""
    if "parts" in constants:
        parts = constants["parts"]
        if not isinstance(parts, list) or not parts or not all(isinstance(p, dict) for p in parts):
            raise SpecError("a union of recipes lists its parts")
        read = [read_recipe(part) for part in parts]
        if nested := [part for part in read if isinstance(part, UnionRecipe)]:
            raise SpecError(f"a union of recipes holds the union {set_name(nested[0])}")
        return UnionRecipe(parts_of(read))
    kind = constants.get("set", "classical")
    if not isinstance(kind, str) or kind not in _SETS:
        raise SpecError(
            f"features {kind!r} are not known here, only {list_text([*FEATURE_SETS])}; use the "
            "version of gradatim that made them"
        )
    if kind == "classical":
        constants = {name: value for name, value in constants.items() if name != "set"}
    return _SETS[kind].from_dict(constants)
