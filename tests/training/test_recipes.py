"""The strong recipe, written out: who trains how, and for how long."""

import pytest

from gradatim.estimators._presets import PRESETS as ESTIMATORS
from gradatim.training.recipes import DEEP, GENTLE, PRESETS, SHALLOW, STRONG, Ensemble


def test_members_take_turns_and_have_seeds_of_their_own():
    specs = PRESETS["strong"].specs(SHALLOW, "classification", seed=7000)
    assert [spec.dropout for spec in specs] == [0.15, 0.4] * 4
    assert [spec.seed for spec in specs] == list(range(7000, 7008))
    assert {spec.hidden_layer_sizes for spec in specs} == {(256,)}


def test_quick_is_two_members_for_seven_tenths_of_the_epochs():
    assert [s.max_epochs for s in PRESETS["quick"].specs(DEEP, "classification", 0)] == [42, 21]


@pytest.mark.parametrize(
    ("task", "smoothing"), [("classification", 0.1), ("multilabel", 0.1), ("regression", 0.0)]
)
def test_real_targets_are_not_smoothed(task, smoothing):
    assert Ensemble(1).specs(SHALLOW, task, 0)[0].label_smoothing == smoothing


def test_the_estimators_preset_is_the_same_recipe():
    preset = ESTIMATORS["strong"]
    assert preset.n_members == PRESETS["strong"].n_members
    for recipe, spec in zip(preset.recipes, (STRONG, GENTLE), strict=True):
        assert recipe.learning_rate_init == spec.learning_rate
        assert recipe.max_iter == spec.max_epochs
        assert recipe.dropout == spec.dropout
