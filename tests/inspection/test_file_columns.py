import numpy as np
import pytest

from gradatim.collection import Collection, CycleSound
from gradatim.inspection import inspect_collection
from gradatim.inspection.file_columns import explained, find_file_columns, is_file_fact

RNG = np.random.default_rng(0)
N = 200
Y = np.array(["blues", "jazz", "metal", "rock"])[RNG.integers(4, size=N)]
# How the files of two classes were cut, most of the time
TELLING = np.where(np.isin(Y, ["blues", "jazz"]) ^ (RNG.random(N) < 0.2), 661504.0, 661794.0)


def table(values, y=Y, task="classification", name="length", **more):
    X = {"features": np.stack([values, RNG.normal(size=len(y))], axis=1)}
    ids = np.array([f"row {k}" for k in range(len(y))])
    return Collection("t", X, y, task, ids, feature_names={"features": (name, "tempo")}, **more)


@pytest.mark.parametrize(
    "name",
    ["length", "Length", "duration_ms", "track.duration", "bit_rate", "bitrate", "sampleRate",
     "Sample Rate (Hz)", "file_size", "n_samples", "num_channels", "audio length [s]", "BitDepth",
     "track bit_rate", "bytes", "sr"],
)  # fmt: skip
def test_facts_of_files_are_known_by_their_names(name):
    assert is_file_fact(name)


@pytest.mark.parametrize(
    "name",
    ["sepal length (cm)", "petal_length", "tempo", "note_duration_mean", "duration_of_notes",
     "size", "rate", "chroma_sr_mean", "lengthy", "frames_mean", "onset_rate", "rms"],
)  # fmt: skip
def test_what_is_measured_of_sounds_and_others_is_no_fact_of_files(name):
    assert not is_file_fact(name)


def test_a_column_about_files_that_tells_the_class_is_found():
    [finding] = find_file_columns(table(TELLING))
    assert finding.code == "given-away"
    assert finding.message.startswith("column 'length' is about the files, not about what sounds")
    assert finding.fix.endswith("leave it out with --drop length")
    assert inspect_collection(table(TELLING))[0].message == finding.message


def test_a_column_that_gives_the_target_away_anyhow_is_told_of_once():
    exact = np.unique(Y, return_inverse=True)[1] + 661504.0
    found = [f.message for f in inspect_collection(table(exact)) if f.code == "given-away"]
    assert len(found) == 1
    assert "is a copy of the target" in found[0]


def test_neither_the_name_nor_the_score_is_enough():
    assert list(find_file_columns(table(TELLING, name="loudness"))) == []
    assert list(find_file_columns(table(RNG.permutation(TELLING)))) == []
    assert list(find_file_columns(table(np.full(N, 661504.0)))) == []


def test_what_is_explained_is_the_share_of_the_variance_that_the_truth_has():
    # Two halves at -1 and +1 with noise of variance 1: half of the variance is between them.
    n = 4000
    halves = np.repeat([-1.0, 1.0], n // 2)
    y = halves + RNG.normal(size=n)
    share, sigmas = explained(table(halves, y, "regression"), halves)
    assert share == pytest.approx(0.5, abs=0.03)
    assert sigmas > 20
    assert explained(table(halves, np.zeros(n), "regression"), halves)[0] == 0


def test_pieces_of_one_recording_are_one_piece_of_evidence():
    # Ten recordings of a length each: what is known of the others says nothing of the next.
    groups = np.repeat(np.arange(60), 5)
    lengths = RNG.permutation(60)[groups].astype(float)
    y = np.array(["x", "y"])[RNG.integers(2, size=60)[groups]]
    alone, held = table(lengths, y), table(lengths, y, groups=groups.astype(str))
    assert explained(alone, lengths)[0] > 0.2
    assert explained(held, lengths)[0] < 0.02


def test_gaps_in_a_column_about_files_tell_too():
    holes = np.where(np.isin(Y, ["blues", "jazz"]), np.nan, 44100.0)
    assert len(list(find_file_columns(table(holes, name="sample_rate")))) == 1
    assert list(find_file_columns(table(np.full(N, np.nan), name="sample_rate"))) == []


def test_sounds_have_no_such_columns():
    made = table(TELLING, media=[CycleSound(np.zeros(4))] * N)
    assert list(find_file_columns(made)) == []
