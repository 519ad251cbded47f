import numpy as np

from benchmarks import bench_inputs
from gradatim.collection import Collection


def test_each_input_has_its_scores_its_gain_and_its_seconds():
    rng = np.random.default_rng(0)
    y = np.repeat(["u", "v"], 20)
    noise = rng.normal(size=(40, 2))
    collection = Collection(
        "two",
        {"classical": noise, "mel": noise + (y == "v")[:, None] * 9.0},
        y,
        "classification",
        np.arange(40),
        groups=np.tile([f"g{k}" for k in range(10)], 4),
    )
    found = bench_inputs.climb(collection, ["majority", "logistic"], folds=3, repeats=1)
    assert all(0 <= row["seconds"] < 60 for row in found["rungs"])
    scores, gains, seconds = bench_inputs.tables(found, {"classical": 0.0010, "mel": 0.0021}).split(
        "\n\n"
    )
    assert scores.splitlines()[3].startswith("| `mel` | 1.000 (")
    [gain] = gains.splitlines()[2:]
    classical = float(scores.splitlines()[2].split("|")[2].split()[0])
    assert gain.startswith(f"| `mel` | {1 - classical:+.3f} ± ")
    assert seconds.splitlines()[3].startswith("| `mel` | 0.0021 | ")


def test_every_input_is_of_a_set_that_is_there():
    from gradatim.music.recipes import FEATURE_SETS

    assert {part for name in bench_inputs.INPUTS for part in name.split("+")} <= set(FEATURE_SETS)
