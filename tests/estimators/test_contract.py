"""Every estimator keeps scikit-learn's contract, by scikit-learn's own checks."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from gradatim.errors import SpecError
from gradatim.estimators import NetworkClassifier, NetworkRegressor, PerceptronClassifier

WEIGHT = "check_sample_weight_equivalence_on_dense_data"

FLOAT32 = "trained in float32 or minibatches; test_classifier holds both to the precision of that"
KINDS = NetworkClassifier, NetworkRegressor

# The defaults as they are, and nothing set but the solver, with or without a hidden layer; networks
# that lbfgs still improves after its last iteration are stopped earlier, since no check asks how
# far they come.
ESTIMATORS = {
    **{kind(): {} for kind in KINDS},
    **{kind(solver="exact"): {} for kind in KINDS},
    **{
        kind(hidden_layer_sizes=sizes, solver=solver): {WEIGHT: FLOAT32}
        for kind in KINDS
        for solver, sizes in (("adam", (8,)), ("adamw", "auto"), ("sgd", (8,)), ("lbfgs", "auto"))
    },
    **{kind((8,), solver="lbfgs", max_iter=60): {WEIGHT: FLOAT32} for kind in KINDS},
    **{kind((8,), preset="strong", n_members=2): {WEIGHT: FLOAT32} for kind in KINDS},
    NetworkRegressor(solver="exact", scaling="standard", alpha=1.0): {
        WEIGHT: "the scaler counts every row of weight above 0 once, as StandardScaler does unasked"
    },
    PerceptronClassifier(): {WEIGHT: "a repeated row may be right when it is met again"},
    PerceptronClassifier("averaged"): {WEIGHT: "a repeated row may be right when it is met again"},
    PerceptronClassifier("pocket"): {WEIGHT: "a repeated row may be right when it is met again"},
}
# They are asked for by estimators that are equal, not the same.
REASONS = {repr(estimator): reasons for estimator, reasons in ESTIMATORS.items()}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.slow
@parametrize_with_checks(
    list(ESTIMATORS),
    expected_failed_checks=lambda estimator: REASONS[repr(estimator)],
)
def test_scikit_learns_contract_is_kept(estimator, check):
    check(estimator)


@pytest.mark.parametrize("name", ["shuffle", "warm_start", "nesterovs_momentum", "early_stopping"])
def test_a_switch_is_true_or_false(name):
    model = NetworkClassifier((2,), **{name: "no"})
    with pytest.raises(SpecError, match=f"{name} must be True or False, not 'no'"):
        model.fit([[0.0], [1.0]], [0, 1])
