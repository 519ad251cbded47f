import numpy as np
import pytest

from benchmarks.workloads import WORKLOADS, make_data


@pytest.mark.parametrize(
    ("name", "networks", "shapes"), [("w1", 1_008, 12), ("w2", 496, 16), ("w3", 24, 24)]
)
def test_a_workload_has_the_promised_networks(name, networks, shapes):
    work = WORKLOADS[name]
    nets = work.networks()
    assert len(nets) == len(set(nets)) == work.n_networks == networks
    assert len({net.hidden_layer_sizes for net in nets}) == shapes


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_share_has_as_many_networks_of_each_shape_and_all_rates(name):
    work = WORKLOADS[name]
    share = work.networks(work.every)
    assert set(share) <= set(work.networks())
    counts = [sum(net.hidden_layer_sizes == s for net in share) for s in work.shapes]
    assert len(set(counts)) == 1
    assert {net.learning_rate for net in share} == set(work.rates)


def test_the_largest_network_of_w3_is_counted_by_hand():
    # 256 inputs, four layers of 512, 10 outputs
    expected = 257 * 512 + 3 * 513 * 512 + 513 * 10
    assert WORKLOADS["w3"].n_parameters((512,) * 4) == expected


def test_data_depend_on_the_seed_alone_and_hold_every_class():
    X, y = make_data(60, 5, 10, seed=3)
    again, _ = make_data(60, 5, 10, seed=3)
    other, _ = make_data(60, 5, 10, seed=4)
    np.testing.assert_array_equal(X, again)
    assert not np.array_equal(X, other)
    assert set(y) == set(range(10))
