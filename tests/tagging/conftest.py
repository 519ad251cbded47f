"""Models of sounds that are told apart by pitch, and of a small table."""

import numpy as np
import pytest
import soundfile

from gradatim import climb_collection, read_folder, read_table
from gradatim.music import FeatureRecipe

RATE = 8000


def write_tone(path, hertz, seconds=0.4, noise=0.0, seed=0):
    time = np.arange(int(seconds * RATE)) / RATE
    sound = 0.4 * np.sin(2 * np.pi * hertz * time)
    sound += noise * np.random.default_rng(seed).normal(size=len(time))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, RATE)


@pytest.fixture(scope="session")
def tones(tmp_path_factory):
    """Return a folder of low and high tones."""
    root = tmp_path_factory.mktemp("tones")
    for k in range(8):
        write_tone(root / "low" / f"{k}.wav", 200 + 10 * k, noise=0.01, seed=k)
        write_tone(root / "high" / f"{k}.wav", 2000 + 100 * k, noise=0.01, seed=20 + k)
    return root


def learn(collection, rung="logistic"):
    climb = climb_collection(
        collection, folds=3, repeats=1, rungs=["majority", rung], keep=["majority", rung]
    )
    return climb.find_model(rung), climb.find_model("majority")


@pytest.fixture(scope="session")
def tone_model(tones):
    """Return a model whose recipe is not the usual one."""
    recipe = FeatureRecipe(n_mfcc=5, sr=8000, n_contrast_bands=4, max_seconds=0.3)
    return learn(read_folder(tones, recipe=recipe, n_jobs=1))[0]


TABLE = "b,name,a,kind\n" + "".join(
    f"{k % 5},r{k},{k + 20 * (k % 2)},{'even' if k % 2 == 0 else 'odd'}\n" for k in range(40)
)


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """Return a table of two features."""
    path = tmp_path_factory.mktemp("table") / "rows.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture(scope="session")
def table_models(table):
    """Return a logistic model of the table and a constant."""
    return learn(read_table(table, "kind", drop=["name"]))
