from dataclasses import replace

import numpy as np
import pytest

from gradatim.inspection.near import near_pairs
from gradatim.music.scores.melodies import N_NUMBERS, melody_fingerprint
from gradatim.music.scores.notes import NoteList


def tune(pitches, lengths=None):
    n = len(pitches)
    lengths = np.ones(n) if lengths is None else np.asarray(lengths, dtype=float)
    held = {
        "onset": (np.cumsum(lengths) - lengths).tolist(), "duration": lengths.tolist(),
        "pitch": list(map(int, pitches)), "part": [0] * n, "position": [0] * n,
        "meter": None, "tonic": None,
    }  # fmt: skip
    return NoteList.from_dict(held)


def walk(seed, n=120):
    steps = np.random.default_rng(seed).choice([-4, -2, -1, 1, 2, 3, 5], n)
    return 72 + np.clip(np.cumsum(steps), -20, 20)


def ornamented(pitches, share, seed=0):
    """Play a share of the notes with the one above before them."""
    rng = np.random.default_rng(seed)
    return [
        p for pitch in pitches for p in ((pitch + 2, pitch) if rng.random() < share else (pitch,))
    ]


def collection_of(make_collection, tunes):
    made = make_collection(
        np.zeros((len(tunes), 1)), np.array(["a", "b"] * len(tunes))[: len(tunes)]
    )
    prints = np.stack([melody_fingerprint(one) for one in tunes])
    return replace(
        made,
        fingerprints=prints,
        recipes={"features": {"kind": "ngrams", "version": 1}},
        content_hashes=np.array([one.content_hash for one in tunes]),
    )


def test_groups_are_counted_by_hand_whatever_the_key():
    scale = tune([60, 62, 64, 65, 67, 69, 71, 72])
    counts = melody_fingerprint(scale)
    assert counts.shape == (N_NUMBERS,)
    # Steps 2 2 1 2 2 2 1: four groups of four, all different.
    assert (counts.sum(), counts.max()) == (4, 1)
    assert (melody_fingerprint(scale.transposed(5)) == counts).all()
    assert melody_fingerprint(tune([60] * 4)).sum() == 0
    assert melody_fingerprint(tune([60] * 1000)).max() == 255


def test_a_tune_with_ornaments_is_a_near_copy_and_other_tunes_are_not(make_collection):
    first, second = walk(1), walk(2)
    tunes = [tune(first), tune(second), tune(np.add(ornamented(first, 0.05), 5)), tune(first[::-1]),
             *(tune(walk(seed)) for seed in range(3, 40))]  # fmt: skip
    assert near_pairs(collection_of(make_collection, tunes)).tolist() == [[0, 2]]


@pytest.mark.parametrize("share", [0.03, 0.05])
def test_most_lightly_ornamented_tunes_are_found(make_collection, share):
    plain = [walk(seed) for seed in range(40)]
    tunes = [*map(tune, plain), *(tune(ornamented(p, share, k)) for k, p in enumerate(plain))]
    found = near_pairs(collection_of(make_collection, tunes)).tolist()
    assert all(b == a + 40 for a, b in found)
    assert len(found) >= 36


def test_short_tunes_are_not_told_apart(make_collection):
    tunes = [tune([60, 62, 64, 65, 67, 69]), tune([60, 62, 64, 65, 67, 69, 69]), tune(walk(1))]
    assert len(near_pairs(collection_of(make_collection, tunes))) == 0
