import io
from dataclasses import replace

import numpy as np
import soundfile

from gradatim.collection import Collection
from gradatim.evaluation.folds import make_folds
from gradatim.evaluation.groups import without_lonely_classes
from gradatim.inspection import copies, drop_copies, inspected, near, projection
from gradatim.inspection.latest import Latest
from gradatim.inspection.near import near_pairs
from gradatim.music.fingerprints import FLOOR, fingerprint

SR = 22050


def hit(frequency, seconds=0.3, seed=0):
    """Return a decaying tone with noise, as a drum makes it."""
    time = np.arange(int(seconds * SR)) / SR
    noise = np.random.default_rng(seed).normal(size=len(time))
    return (np.exp(-12 * time) * (np.sin(2 * np.pi * frequency * time) + 0.2 * noise)).astype("f")


def coded(y, kind):
    file = io.BytesIO()
    soundfile.write(file, y, SR, format=kind)
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


def sounds(*heard, y=None):
    prints = np.stack([fingerprint(one, SR) for one in heard])
    n = len(prints)
    y = np.array(["x"] * n if y is None else list(y))
    X = {"features": np.zeros((n, 1))}
    hashes = np.array([one.tobytes() for one in heard], dtype=object)
    return Collection("t", X, y, "classification", np.arange(n), media=[None] * n,
                      content_hashes=hashes, fingerprints=prints)  # fmt: skip


def test_level_and_silence_around_a_sound_do_not_change_it():
    tom = hit(180)
    quiet = np.concatenate([np.zeros(3000, "f"), 0.1 * tom, np.zeros(500, "f")])
    np.testing.assert_allclose(fingerprint(quiet, SR), fingerprint(tom, SR), atol=0.01)


def test_copies_of_short_sounds_are_found_and_other_sounds_are_not():
    tom = hit(180)
    made = sounds(
        tom,
        hit(260, seed=1),
        np.pad(0.3 * tom, 900),
        coded(tom, "MP3"),
        hit(180, seed=2, seconds=0.1),
    )
    assert near_pairs(made).tolist() == [[0, 2], [0, 3], [2, 3]]
    assert copies(made).tolist() == [0, 1, 0, 0, 2]
    assert copies(made, near=False).tolist() == [0, 1, 2, 3, 4]


def test_short_tones_of_other_pitch_are_no_copies_though_most_of_their_fingerprint_is_silence():
    time = np.arange(500) / SR
    tones = [np.sin(2 * np.pi * f * time).astype("f") for f in (220, 230, 440, 460, 900)]
    assert near_pairs(sounds(*tones, 0.5 * tones[1])).tolist() == [[1, 5]]


def test_silence_is_at_the_floor():
    assert (fingerprint(np.zeros(100, "f"), SR) == FLOOR).all()
    assert fingerprint(np.ones(1, "f"), SR).shape == fingerprint(hit(100), SR).shape


def test_copies_of_copies_are_copies():
    made = sounds(hit(200), 0.5 * hit(200), hit(300))
    prints = np.zeros((3, 4))
    prints[:, 0] = [0.0, 2.0, 4.0]
    object.__setattr__(made, "fingerprints", prints)
    assert near_pairs(made).tolist() == [[0, 1], [1, 2]]
    assert copies(made).tolist() == [0, 0, 0]


def test_one_of_each_is_kept_and_none_where_labels_differ():
    tom, snare = hit(180), hit(260, seed=1)
    made = sounds(tom, snare, 0.5 * tom, 0.5 * snare, hit(500), y="xxxyx")
    left = drop_copies(made)
    assert left.ids.tolist() == [0, 4]
    assert [notice.message for notice in left.notices] == [
        "3 copies were left out, with 1 sample whose copies have other targets"
    ]
    assert drop_copies(left) is left


def rows(X):
    y = np.array(["x", "y"] * len(X))[: len(X)]
    ids = np.arange(len(X))
    return Collection("t", {"f": X}, y, "classification", ids, content_hashes=ids.astype(str))


def test_rows_that_differ_by_rounding_are_near_copies():
    X = np.random.default_rng(0).normal(size=(300, 20)) * np.logspace(-3, 3, 20)
    X[[10, 200]] = X[[250, 201]] * (1 + 1e-4)
    assert near_pairs(rows(X)).tolist() == [[10, 250], [200, 201]]


def test_rows_of_few_columns_are_near_by_chance():
    X = np.random.default_rng(0).normal(size=(2_000, 2))
    assert len(near_pairs(rows(X))) < 5


def test_many_rows_are_compared_with_the_same_result_as_few(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 40)) * rng.uniform(0.1, 3, 40)
    X[7] = X[3] + 1e-7
    X[200] = X[201] + 0.01 * rng.normal(size=40)
    X[50] = X[60]
    hashes = np.array([row.tobytes() for row in X], dtype=object)
    made = Collection("t", {"x": X}, np.array(["a"] * 300), "classification", np.arange(300),
                      content_hashes=hashes)  # fmt: skip
    few = near_pairs(made).tolist()
    assert few == [[3, 7], [50, 60], [200, 201]]
    monkeypatch.setattr(near, "_MOST_COMPARED", 100)
    monkeypatch.setattr(near, "_latest", Latest())
    monkeypatch.setattr(near, "_AT_ONCE", 5_000)
    # Of exact copies one is compared: the others have its hash.
    assert near_pairs(made).tolist() == [[3, 7], [200, 201]]
    same = copies(made)
    assert (same[7], same[60], same[201]) == (same[3], same[50], same[200])
    assert len(np.unique(same)) == 297
    monkeypatch.setattr(near, "_MOST_ASKED", 150)
    monkeypatch.setattr(near, "_latest", Latest())
    assert near_pairs(made).tolist() == [[3, 7], [200, 201]]


def test_rows_are_compared_once_whoever_asks_and_anew_where_they_are_others(monkeypatch):
    asked = []
    own = near._near_pairs
    monkeypatch.setattr(near, "_near_pairs", lambda made: asked.append(made) or own(made))
    X = np.random.default_rng(3).normal(size=(60, 4))
    X[9] = X[4]
    found = inspected(rows(X))
    climbed = replace(found, groups=np.arange(60) // 2)
    first = near_pairs(climbed)
    make_folds(without_lonely_classes(climbed), 3, 1, 0)
    assert len(asked) == 1
    assert near_pairs(climbed.take(np.arange(50))).tolist() == first.tolist() == [[4, 9]]
    assert len(asked) == 2


def test_a_large_wide_input_is_projected_and_keeps_its_near_copies(monkeypatch):
    monkeypatch.setattr(projection, "MOST_NUMBERS", 1_000)
    rng = np.random.default_rng(1)
    X = rng.normal(5.0, 3.0, size=(120, 700))
    X[80] = X[2] + 1e-4
    assert projection.projected([X[:, :200]]) is None
    seen = projection.projected([X[:, :300], X[:, 300:]])
    assert seen is not None
    assert seen.shape == (120, projection.WIDTH)
    standard = (X - X.mean(axis=0)) / X.std(axis=0)
    true = ((standard[:60] - standard[60:]) ** 2).sum(axis=1)
    np.testing.assert_allclose(((seen[:60] - seen[60:]) ** 2).sum(axis=1), true, rtol=0.4)
    hashes = np.array([row.tobytes() for row in X], dtype=object)
    made = Collection("t", {"x": X}, np.array(["a"] * 120), "classification", np.arange(120),
                      content_hashes=hashes)  # fmt: skip
    assert near_pairs(made).tolist() == [[2, 80]]


def test_cycles_are_compared_by_their_harmonics():
    rng = np.random.default_rng(0)
    harmonics = np.arange(1, 20)
    angles = 2 * np.pi * harmonics * np.arange(256)[:, None] / 256
    levels = rng.normal(size=(60, 19)) / harmonics
    waves = np.sum(levels[:, None] * np.sin(angles + rng.uniform(0, 6, (60, 1, 19))), axis=2)
    shifted = np.round(np.roll(waves[3], 37) / np.abs(waves).max() * 32767) / 65536 + 0.01
    X = np.vstack([waves, shifted]).astype(np.float32)
    heard = sounds(*X)
    found = replace(heard, X={"cycle": X}, cycles=["cycle"])
    assert near_pairs(found).tolist() == [[3, 60]]
    # Beside another input the fingerprints count.
    both = replace(found, X={"cycle": X, "mel": X})
    assert near_pairs(both).tolist() == near_pairs(heard).tolist() != [[3, 60]]
