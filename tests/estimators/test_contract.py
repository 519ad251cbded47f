"""Every estimator keeps scikit-learn's contract, by scikit-learn's own checks."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from gradatim.estimators import NetworkClassifier, NetworkRegressor, PerceptronClassifier

WEIGHT = "check_sample_weight_equivalence_on_dense_data"

# Small networks: the contract is about form, and a hundred fits are made.
ESTIMATORS = {
    NetworkClassifier(learning_rate_init=0.1, max_iter=60): {
        WEIGHT: "trained in float32; test_classifier holds both to the precision of that"
    },
    NetworkClassifier(solver="exact", alpha=0.1): {},
    NetworkRegressor(learning_rate_init=0.05, max_iter=100): {
        WEIGHT: "trained in float32; test_classifier holds both to the precision of that"
    },
    NetworkClassifier((8,), preset="strong", n_members=2): {
        WEIGHT: "as above, and scaled as below"
    },
    NetworkRegressor((8,), preset="strong", n_members=2): {WEIGHT: "as above, and scaled as below"},
    NetworkRegressor(solver="exact"): {},
    NetworkRegressor(solver="exact", scaling="standard", alpha=1.0): {
        WEIGHT: "the scaler counts every row of weight above 0 once, as StandardScaler does unasked"
    },
    PerceptronClassifier(): {WEIGHT: "a repeated row may be right when it is met again"},
    PerceptronClassifier("averaged"): {WEIGHT: "a repeated row may be right when it is met again"},
    PerceptronClassifier("pocket"): {WEIGHT: "a repeated row may be right when it is met again"},
}


@pytest.mark.slow
@parametrize_with_checks(
    list(ESTIMATORS),
    expected_failed_checks=lambda estimator: next(
        reasons for one, reasons in ESTIMATORS.items() if repr(one) == repr(estimator)
    ),
)
def test_scikit_learns_contract_is_kept(estimator, check):
    check(estimator)
