import numpy as np
import pytest

from gradatim.errors import InputError, SpecError
from gradatim.music import NGRAM_RECIPE, NgramRecipe, score_ngrams
from gradatim.music.scores.lines import RHYTHMS, rhythms


def named(notes):
    found = score_ngrams(notes)
    return {NGRAM_RECIPE.names[k]: found[k].item() for k in np.flatnonzero(found)}


def test_pairs_of_intervals_of_the_c_major_scale(scale):
    # Whole, whole, half, whole, whole, whole, half: six pairs, and five even triples of rhythms.
    assert named(scale) == pytest.approx({
        "steps_+2_+2": np.sqrt(3 / 6),
        "steps_+2_+1": np.sqrt(2 / 6),
        "steps_+1_+2": np.sqrt(1 / 6),
        "rhythm_even_even_even": 1.0,
    })  # fmt: skip


def test_leaps_wider_than_eight_semitones_count_as_eight(notes):
    found = named(notes([60, 72, 48], meter=None))
    assert found == {"steps_+8_-8": 1.0}


def test_triples_of_rhythms_are_counted_in_order(notes):
    # Onsets 0 1 2 5 6 13: distances 1 1 3 1 7.
    found = named(notes([60] * 6, [1.0, 1.0, 3.0, 1.0, 7.0, 1.0]))
    share = np.sqrt(1 / 2)
    assert found == pytest.approx({
        "steps_+0_+0": 1.0,
        "rhythm_even_snap_dotted": share,
        "rhythm_snap_dotted_other": share,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (1, 1, "even"), (2, 1, "long_short"), (1, 2, "short_long"), (3, 1, "dotted"),
        (1, 3, "snap"), (4, 1, "other"), (1.05, 1, "even"), (1.2, 1, "other"),
    ],
)  # fmt: skip
def test_how_two_distances_compare(first, second, kind):
    [found] = rhythms(np.array([0.0, first, first + second]))
    assert RHYTHMS[found] == kind


def test_n_grams_do_not_depend_on_key_or_written_values(notes):
    rng = np.random.default_rng(0)
    pitches = rng.integers(55, 80, size=30).tolist()
    durations = rng.choice([0.5, 1.0, 1.5], size=30).tolist()
    plain = score_ngrams(notes(pitches, durations))
    other = notes(pitches, [d / 2 for d in durations], meter=(6, 8), tonic=None).transposed(3)
    assert score_ngrams(other) == pytest.approx(plain)
    squares = plain**2
    assert (squares[:289].sum(), squares[289:].sum()) == pytest.approx((1, 1))


def test_parts_are_counted_together_and_apart(notes):
    both = notes([60, 62, 64, 48, 47, 46], [1.0] * 6, onsets=[0, 1, 2, 0, 1, 2],
                 parts=[0, 0, 0, 1, 1, 1])  # fmt: skip
    half = np.sqrt(1 / 2)
    assert named(both) == pytest.approx({"steps_-1_-1": half, "steps_+2_+2": half})


@pytest.mark.parametrize("n_notes", [1, 2])
def test_a_score_too_short_for_n_grams_has_none(notes, n_notes):
    assert not score_ngrams(notes([60, 62][:n_notes])).any()


def test_no_notes_are_an_error(notes):
    with pytest.raises(InputError, match="no n-grams"):
        score_ngrams(notes([]))


def test_names_are_as_many_as_numbers(scale):
    assert len(set(NGRAM_RECIPE.names)) == len(score_ngrams(scale)) == 505


def test_the_recipe_comes_back_and_others_are_refused():
    assert NgramRecipe.from_dict(NGRAM_RECIPE.to_dict()) == NGRAM_RECIPE
    for held in (
        {"kind": "scores", "version": 1},
        {"kind": "ngrams"},
        {"kind": "ngrams", "version": 1.0},
        {"kind": "ngrams", "version": 2},
    ):
        with pytest.raises(SpecError):
            NgramRecipe.from_dict(held)
