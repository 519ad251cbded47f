"""The bench of clusters finds what differs between two climbs, and nothing else."""

from benchmarks.bench_cluster import differences


def test_only_time_and_command_may_differ():
    one = {"command": "a", "rungs": [{"score": 0.5, "seconds": 1.0}], "n": [1, 2]}
    other = {"command": "b", "rungs": [{"score": 0.5, "seconds": 2.0}], "n": [1, 2]}
    assert [*differences(one, other)] == []
    other["rungs"][0]["score"] = 0.5000001
    other["n"].append(3)
    assert sorted(differences(one, other)) == ["/n", "/rungs/0/score"]
