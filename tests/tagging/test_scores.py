"""Models of scores at work: on folders, single tunes, and what they cannot read."""

import pytest

from gradatim.climb import climb_collection
from gradatim.errors import InputError, OutputError, SpecError
from gradatim.models import load_model
from gradatim.music import ScoreRecipe, read_scores
from gradatim.sources.registry import Options
from gradatim.tagging import explain_path, predict_path, score_path, write_predictions

TUNES = "examples/tunes"


def learn(recipe):
    """Climb on the features alone."""
    found = read_scores(TUNES, labels="tag:rhythm", recipe=recipe)
    rungs = ["majority", "linear", "logistic"]
    return climb_collection(found, inputs=["scores"], folds=3, repeats=1, rungs=rungs, keep=rungs)


@pytest.fixture(scope="module")
def climbed():
    return learn(ScoreRecipe())


def test_a_model_of_n_grams_names_tunes_by_its_own_recipe(climbed, tmp_path):
    found = read_scores(TUNES, labels="tag:rhythm")
    climb = climb_collection(found, inputs=["ngrams"], folds=3, repeats=1, rungs=["linear"],
                             keep=["linear"])  # fmt: skip
    climb.find_model("linear").save(tmp_path / "grams.gradatim")
    grams = load_model(tmp_path / "grams.gradatim")
    assert (grams.input, grams.recipe) == ("ngrams", {"kind": "ngrams", "version": 1})
    assert (predict_path(grams, TUNES).values == grams.predict(found)).all()
    assert score_path(grams, TUNES, Options(labels="tag:rhythm")).accuracy > 0.9


@pytest.fixture(scope="module")
def model(climbed, tmp_path_factory):
    """Return a model that was saved and loaded again."""
    path = tmp_path_factory.mktemp("models") / "tunes.gradatim"
    climbed.find_model("linear").save(path)
    return load_model(path)


def test_each_tune_of_a_book_is_a_row(model):
    found = predict_path(model, f"{TUNES}/river.abc")
    assert found.paths == tuple(f"river.abc#{k}" for k in range(1, 7))
    assert found.noun == "score"
    assert found.values.tolist() == ["jig", "reel", "waltz"] * 2


def test_a_folder_is_predicted_as_it_is_read(model):
    found = predict_path(model, TUNES)
    read = read_scores(TUNES, labels="tag:rhythm")
    assert found.paths == tuple(read.ids.tolist())
    assert (found.values == model.predict(read)).all()


def test_broken_scores_are_left_out_with_a_word(model, tmp_path):
    (tmp_path / "bad.mid").write_bytes(b"MThd")
    (tmp_path / "good.abc").write_text("X:1\nM:6/8\nL:1/8\nK:C\nCDE CDE | CDE C3 |]\n")
    found = predict_path(model, tmp_path)
    assert found.paths == ("good.abc",)
    left = [one.message for one in found.notices if one.code == "left-out"]
    assert [message.split(":")[0] for message in left] == ["bad.mid"]


def test_the_recipe_inside_the_model_decides_what_counts(tmp_path):
    plain = learn(ScoreRecipe(notation=False)).find_model("logistic")
    found = score_path(plain, TUNES, Options(labels="tag:rhythm"))
    assert found.accuracy > 0.9
    # Nobody warns of a notation that does not count.
    assert "given-away" not in [notice.code for notice in found.notices]
    tune = "X:1\nM:{}\nL:{}\nK:C\nCDE FGA | G3 E3 | CDE FGA | G3 C3 |]\n"
    for k, (meter, unit) in enumerate([("6/8", "1/8"), ("3/4", "1/4")]):
        (tmp_path / f"{k}.abc").write_text(tune.format(meter, unit))
    probabilities = predict_path(plain, tmp_path).probabilities
    assert probabilities is not None
    assert probabilities[0] == pytest.approx(probabilities[1])


def test_scores_of_known_labels_are_held_against_the_model(model):
    found = score_path(model, TUNES, Options(labels="tag:rhythm"))
    assert (found.accuracy, found.n_groups) == (1.0, 8)
    assert "given-away" in [notice.code for notice in found.notices]


def test_the_most_frequent_class_needs_no_recipe(climbed):
    found = predict_path(climbed.find_model("majority"), f"{TUNES}/river.abc")
    assert len(found.values) == 6


def test_a_model_of_scores_refuses_audio_and_one_of_audio_scores(model, tones, tone_model):
    with pytest.raises(InputError, match="is audio, and the model reads scores; give it scores"):
        predict_path(model, tones)
    for ask in (predict_path, explain_path):
        with pytest.raises(InputError, match=r"0\.wav is audio, and the model reads scores"):
            ask(model, tones / "low" / "0.wav")
    with pytest.raises(InputError, match="holds scores, and the model reads audio"):
        predict_path(tone_model, TUNES)
    with pytest.raises(InputError, match="holds scores, and the model reads audio"):
        score_path(tone_model, TUNES, Options(labels="tag:rhythm"))


def test_how_a_table_is_read_does_not_go_with_scores(model):
    with pytest.raises(SpecError, match="--id does not go with"):
        predict_path(model, TUNES, id="title")


def test_scores_stand_in_no_playlist(model, tmp_path):
    with pytest.raises(OutputError, match="audio"):
        write_predictions(predict_path(model, TUNES), tmp_path / "a.m3u8")


def test_one_tune_of_a_book_is_explained(model):
    book = f"{TUNES}/river.abc"
    found = explain_path(model, book, row=2)
    assert (found.sample, found.prediction) == ("river.abc#2", "reel")
    assert found.nearest[0].id == "river.abc#2"
    same = explain_path(model, book, id="river.abc#2")
    assert same.contributions.tolist() == found.contributions.tolist()
    with pytest.raises(SpecError, match="has 6 scores, and explain takes one"):
        explain_path(model, book)
    with pytest.raises(InputError, match="has no score 7; its scores go from 1 to 6"):
        explain_path(model, book, row=7)
