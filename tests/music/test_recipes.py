"""Recipes as data, unions of them, and the columns of each input."""

import json

import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.music import MUSICNN_NAMES, musicnn_features
from gradatim.music.features import RECIPE, FeatureRecipe, extract_features
from gradatim.music.mel import MelRecipe, mel_vector
from gradatim.music.plans import ALL_SETS, InputPlan, plan_inputs
from gradatim.music.recipes import (
    MusicnnRecipe,
    UnionRecipe,
    apply_recipe,
    hears_million_songs,
    parts_of,
    read_recipe,
    set_name,
    with_cut,
)

Y = np.random.default_rng(0).normal(size=4000).astype(np.float32)


@pytest.mark.parametrize("name", [*ALL_SETS, "cycle"])
def test_a_recipe_comes_back_from_json_as_it_was(name):
    recipe = plan_inputs([name], FeatureRecipe(max_seconds=3.0, segment_seconds=0.5))[name]
    again = read_recipe(json.loads(json.dumps(recipe.to_dict())))
    assert again == recipe
    assert set_name(again) == name
    assert (again.max_seconds, again.segment_seconds) == (3.0, 0.5)


def test_a_recipe_of_before_there_were_sets_is_classical():
    assert read_recipe(RECIPE.to_dict()) == RECIPE
    assert read_recipe({"set": "classical", **RECIPE.to_dict()}) == RECIPE


def test_each_set_is_computed_by_what_it_is_called():
    recipes = plan_inputs(["classical", "mel", "raw", "musicnn"])
    np.testing.assert_array_equal(apply_recipe(Y, recipes["classical"]), extract_features(Y, 22050))
    np.testing.assert_array_equal(
        apply_recipe(Y, recipes["mel"]), mel_vector(Y, 22050, MelRecipe())
    )
    assert len(apply_recipe(Y, recipes["raw"])) == 4096
    np.testing.assert_array_equal(apply_recipe(Y, recipes["musicnn"]), musicnn_features(Y, 22050))
    assert recipes["musicnn"].names == MUSICNN_NAMES


def test_a_union_is_its_parts_side_by_side():
    union = plan_inputs(["classical+mel"])["classical+mel"]
    parts = [apply_recipe(Y, part) for part in union.parts]
    np.testing.assert_array_equal(apply_recipe(Y, union), np.concatenate(parts))
    assert union.names == RECIPE.names + MelRecipe().names


def test_inputs_that_share_a_set_have_its_columns_and_it_is_computed_once():
    plan = InputPlan(plan_inputs(["mel", "classical+mel", "classical"]))
    assert [set_name(part) for part in parts_of([plan.whole])] == ["mel", "classical"]
    row = apply_recipe(Y, plan.whole)
    assert len(row) == 256 + 90
    for name, X in plan.cut(row[None]).items():
        np.testing.assert_array_equal(X[0], apply_recipe(Y, plan.inputs[name]))
    assert list(plan.feature_names) == ["mel", "classical+mel", "classical"]


def test_all_is_raw_made_by_hand_and_pretrained():
    assert tuple(plan_inputs(["all"])) == tuple(plan_inputs(["all", "mel"])) == ALL_SETS
    assert {"raw", "classical", "mel", "musicnn"} <= set(ALL_SETS)


def test_the_given_classical_recipe_is_used_and_its_excerpt_is_everybodys():
    recipe = FeatureRecipe(n_mfcc=13, place="middle", max_seconds=2.0)
    plan = plan_inputs(["classical", "musicnn"], recipe)
    assert plan["classical"] == recipe
    assert plan["musicnn"] == MusicnnRecipe(place="middle", max_seconds=2.0)


def test_another_cut_is_one_of_every_part():
    union = with_cut(plan_inputs(["classical+mel"])["classical+mel"], segment_seconds=1.0)
    assert {part.segment_seconds for part in union.parts} == {1.0}
    assert with_cut(RECIPE, max_seconds=2.0) == FeatureRecipe(max_seconds=2.0)


def test_only_what_holds_the_pretrained_net_warns_of_what_it_heard():
    assert [one.code for one in InputPlan(plan_inputs(["all"])).notices] == ["pretrained"]
    assert not [*InputPlan(plan_inputs(["classical+mel", "raw"])).notices]
    assert hears_million_songs(plan_inputs(["classical+musicnn"])["classical+musicnn"])


@pytest.mark.parametrize("name", ["melt", "classical+", "mel+mel", "", "classical+all"])
def test_features_that_are_not_there_are_refused(name):
    with pytest.raises(SpecError):
        plan_inputs([name])


@pytest.mark.parametrize(
    "constants",
    [
        {"set": "melt"},
        {**MelRecipe().to_dict(), "n_mels": "64"},
        {**MelRecipe().to_dict(), "n_mels": True},
        {**MelRecipe().to_dict(), "extra": 1},
        {"set": "mel", "version": 1},
        {**MusicnnRecipe().to_dict(), "net": "MTT_musicnn"},
        {"parts": []},
        {"parts": [MelRecipe().to_dict(), MelRecipe(n_mels=32).to_dict()]},
        {"parts": [RECIPE.to_dict(), MelRecipe(max_seconds=1.0).to_dict()]},
        {"parts": [{"parts": [RECIPE.to_dict()]}]},
        {"parts": "mel"},
    ],
    ids=range(11),
)
def test_a_recipe_that_cannot_be_read_is_refused(constants):
    with pytest.raises(SpecError):
        read_recipe(constants)


def test_a_union_of_one_part_twice_is_refused():
    with pytest.raises(SpecError):
        UnionRecipe((MelRecipe(), MelRecipe()))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["all+tempo"], "all stands for several inputs.*write all tempo"),
        (["mel+classical", "classical+mel"], "are the same sets of features; name one"),
        (["all", "mel+classical"], r"classical\+mel and mel\+classical are the same"),
    ],
)
def test_unions_are_named_once_and_without_all(names, message):
    with pytest.raises(SpecError, match=message):
        plan_inputs(names)
