import time

from benchmarks.timing import Timing, alternate, seconds_of, spread


def test_contestants_take_turns_and_report_whose_it_is():
    turns, told = [], []
    contestants = {"ours": lambda: turns.append("ours"), "peer": lambda: turns.append("peer")}
    alternate(contestants, 2, lambda share, doing: told.append((share, doing)))
    assert turns == ["ours", "peer", "ours", "peer"]
    assert told[1] == (0.25, "round 1 of 2: peer")


def test_a_timing_has_a_second_a_round_and_the_last_value():
    values = iter([1, 2, 3])
    timing = alternate({"ours": lambda: next(values)}, 3)["ours"]
    assert (len(timing.seconds), timing.value) == (3, 3)
    assert min(timing.seconds) > 0


def test_the_ratio_is_of_medians_and_multiplied():
    peer, ours = Timing((8.0, 2.0, 4.0), None), Timing((1.0, 1.0, 2.0), None)
    assert spread(peer, ours, factor=10) == {"ratio": 40.0, "ratio_rounds": [80.0, 20.0, 20.0]}


def test_what_is_timed_returns_its_value():
    began = time.perf_counter()
    seconds, value = seconds_of(lambda: "done")
    assert value == "done"
    assert 0 <= seconds <= time.perf_counter() - began
