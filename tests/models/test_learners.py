import numpy as np
import pytest

from gradatim.models.learners import KernelMachines, Perceptrons, SupportVectors, spread_classes
from gradatim.network import Layer, Network, evaluate


@pytest.mark.parametrize("codes", [(0, 2), (0, 1, 3)])
def test_a_class_that_was_not_learnt_never_leads(codes):
    n_own = 1 if len(codes) == 2 else len(codes)
    scores = np.random.default_rng(0).normal(-5, 1, (50, n_own))
    whole = spread_classes(scores, codes, 4)
    assert whole.shape == (50, 4)
    own = np.column_stack([-scores, scores]) if n_own == 1 else scores
    assert np.array_equal(np.array(codes)[own.argmax(axis=1)], whole.argmax(axis=1))
    assert np.array_equal(whole[:, codes], own)


def test_where_every_class_was_learnt_nothing_is_changed():
    scores = np.eye(3)
    assert spread_classes(scores, (0, 1, 2), 3) is scores
    assert spread_classes(scores[:, :1], (0, 1), 1).shape == (3, 1)


@pytest.mark.parametrize("code", [0, 1])
def test_what_knows_one_class_of_two_is_certain_of_it(code):
    empty = {"vectors": np.zeros((0, 2)), "coefficients": np.zeros((0, 0)), "intercepts": []}
    machine = SupportVectors(0, 1.0, **empty, codes=(code,))
    for learner in (KernelMachines((machine,), 1), Perceptrons(((None, (code,)),), 1)):
        assert learner.scores(np.ones((3, 2))).tolist() == [[np.inf if code else -np.inf]] * 3
        assert learner.outputs(np.ones((3, 2))).tolist() == [[code]] * 3


@pytest.mark.parametrize("codes", [((0, 1),), ((0, 1), (0, 1))])
def test_on_its_line_a_perceptron_says_what_its_step_unit_says(codes):
    unit = Network([Layer([[1.0]], [-2.0], "step")])
    learner = Perceptrons(tuple((unit, own) for own in codes), len(codes))
    Z = np.array([[1.0], [2.0], [3.0]])
    assert evaluate(unit, Z)[:, 0].tolist() == [0.0, 1.0, 1.0]
    assert (learner.outputs(Z) == evaluate(unit, Z)).all()
