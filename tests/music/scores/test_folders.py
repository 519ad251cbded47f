import json
import os
import random
from dataclasses import replace

import pytest

from gradatim.climb import climb_collection
from gradatim.errors import LabelError, ScoreError, SpecError, TableError
from gradatim.evaluation.folds import make_folds
from gradatim.inspection import inspect_collection
from gradatim.music import SCORE_RECIPE, ScoreRecipe, read_folder, read_scores
from gradatim.music.scores import folders
from gradatim.sources.registry import SOURCES, Options, find_kind, read_source
from tests.music.scores.conftest import C_MAJOR


@pytest.fixture
def mixed(tmp_path, midi, musicxml, abc):
    """Two classes, in four formats."""
    root = tmp_path / "mixed"
    for name in ("up", "down"):
        (root / name).mkdir(parents=True)
    for k in range(3):
        (root / "up" / f"{k}.mid").write_bytes(midi([60, 62, 64, 65, 67 + k]))
        (root / "down" / f"{k}.musicxml").write_text(musicxml([72, 71, 69, 67, (65, 64, 62)[k]]))
    (root / "up" / "tune.abc").write_text(abc("C D E G"))
    (root / "down" / "tune.krn").write_text("**kern\n*M4/4\n=1\n4c\n4B\n4A\n4E\n=2\n*-\n")
    return root


@pytest.fixture
def books(tmp_path, abc):
    """Three books of a reel and two jigs each."""
    root = tmp_path / "books"
    root.mkdir()
    chance = random.Random(1)
    for name in "abc":
        tunes = []
        for k, rhythm in enumerate(("reel", "Jig", "jig")):
            bars = [" ".join(chance.choice("CDEFGAB") for _ in range(4)) for _ in range(4)]
            title = f"{name} {k}"
            tunes.append(abc(" | ".join(bars), number=1, title=title, rhythm=rhythm))
        (root / f"{name}.abc").write_text("\n".join(tunes))
    return root


def test_a_folder_of_every_format_becomes_a_collection(mixed):
    found = read_scores(mixed)
    assert dict(found.X)["scores"].shape == (8, len(SCORE_RECIPE.names))
    assert found.ids.tolist() == [
        *("down/0.musicxml", "down/1.musicxml", "down/2.musicxml", "down/tune.krn"),
        *("up/0.mid", "up/1.mid", "up/2.mid", "up/tune.abc"),
    ]
    assert found.y.tolist() == ["down"] * 4 + ["up"] * 4
    assert found.recipes["scores"] == SCORE_RECIPE.to_dict()
    assert list(found.X) == ["ngrams", "scores"]
    assert found.X["ngrams"].shape == (8, 505)
    assert found.groups is None
    rising = found.X["scores"][:, SCORE_RECIPE.names.index("interval_up")]
    assert rising.tolist() == [0.0] * 3 + [0.0] + [1.0] * 4


def test_labels_of_tunes_are_tags_and_books_are_the_groups(books):
    found = read_scores(books, labels="tag:rhythm")
    assert found.ids.tolist() == [f"{book}.abc#{k}" for book in "abc" for k in (1, 2, 3)]
    assert found.y.tolist() == ["reel", "jig", "jig"] * 3
    assert found.groups is not None
    assert found.groups.tolist() == [f"{book}.abc" for book in "abc" for _ in range(3)]
    assert found.texts["tag:title"].tolist()[:2] == ["a 0", "a 1"]


def test_one_book_alone_is_no_group(books):
    found = read_scores(books / "a.abc", labels="tag:rhythm")
    assert (found.name, found.n_samples, found.groups) == ("a.abc", 3, None)
    assert found.ids[0] == "a.abc#1"


def test_books_of_one_class_cannot_be_the_groups(tmp_path, books):
    root = tmp_path / "by class"
    for name in "ab":
        (root / name).mkdir(parents=True)
        (root / name / "book.abc").write_text((books / f"{name}.abc").read_text())
    found = read_scores(root)
    assert found.groups is None
    [notice] = [one for one in found.notices if one.code == "few-groups"]
    assert "a, b" in notice.message


def test_groups_that_are_given_go_before_the_books(books):
    found = read_scores(books, "tag:rhythm", labels="pattern:^(.)")
    assert found.groups is not None
    assert set(found.groups.tolist()) == {"reel", "jig"}


def test_a_table_names_files_and_tunes(books, tmp_path):
    table = tmp_path / "labels.csv"
    rows = [f"{book}.abc#{k},{k % 2},{book}" for book in "abc" for k in (1, 2, 3)]
    table.write_text("\n".join(["file,odd,book", *rows]))
    found = read_scores(books, "book", labels=table, target="odd", task="classification")
    assert found.y.tolist() == ["1", "0", "1"] * 3
    assert found.groups is not None
    assert found.groups.tolist() == [book for book in "abc" for _ in range(3)]


def test_folds_and_parts_may_be_facts(books):
    folds = read_scores(books, labels="tag:rhythm", fold_column=r"pattern:^(.)").folds
    assert folds is not None
    assert folds.tolist() == [book for book in "abc" for _ in range(3)]


def test_a_broken_file_costs_only_itself(mixed):
    (mixed / "up" / "bad.mid").write_bytes(b"MThd\0\0")
    (mixed / "up" / "empty.abc").write_text("")
    (mixed / "down" / "rests.abc").write_text("X:1\nM:4/4\nK:C\nz4 |]\n")
    found = read_scores(mixed)
    assert found.n_samples == 8
    told = [notice.message for notice in found.notices if notice.code == "left-out"]
    assert [text.split(":")[0] for text in told] == [
        "up/empty.abc", "down/rests.abc", "up/bad.mid"
    ]  # fmt: skip
    assert all(str(mixed) not in text for text in told)


def test_of_many_broken_files_five_are_named(mixed):
    for k in range(7):
        (mixed / "up" / f"bad {k}.mid").write_bytes(b"")
    told = [one.message for one in read_scores(mixed).notices if one.code == "left-out"]
    assert len(told) == 6
    assert told[-1] == "2 more scores left out like that"


def test_more_than_half_broken_is_an_error(mixed):
    for k in range(9):
        (mixed / "up" / f"bad {k}.mid").write_bytes(b"")
    with pytest.raises(ScoreError, match=r"9 of 17 scores in .* more than half"):
        read_scores(mixed)


def test_a_class_of_which_nothing_can_be_read_is_an_error(mixed):
    (mixed / "odd").mkdir()
    (mixed / "odd" / "bad.mid").write_bytes(b"")
    with pytest.raises(ScoreError, match=r"of class odd no score can be read; .*it is empty"):
        read_scores(mixed)


def test_nothing_that_can_be_read_is_an_error(tmp_path):
    (tmp_path / "a.mid").write_bytes(b"")
    with pytest.raises(ScoreError, match=r"no score of .* can be read; the first, a\.mid"):
        read_scores(tmp_path, labels="tag:title")


def test_loose_scores_are_refused_before_they_are_read(books, monkeypatch):
    monkeypatch.setattr(folders, "read_score_files", None)
    with pytest.raises(ScoreError, match=r"the scores lie in .*--labels tag:rhythm"):
        read_scores(books)


def test_a_tag_that_scores_have_not_is_refused(books):
    with pytest.raises(SpecError, match="scores have no tag 'artist'"):
        read_scores(books, labels="tag:artist")


def test_a_tag_that_no_tune_has_is_an_error(books):
    with pytest.raises(ScoreError, match="none of 9 scores"):
        read_scores(books, labels="tag:origin")


def test_a_table_that_names_no_score_shows_what_scores_are_called(books, tmp_path):
    (tmp_path / "labels.csv").write_text("file,y\nx.abc,1\nz.abc,2\n")
    with pytest.raises(TableError, match=r"names no score .*a\.abc#1"):
        read_scores(books, labels=tmp_path / "labels.csv", target="y", path_column="file")


def test_small_classes_are_left_out_on_request(books):
    (books / "d.abc").write_text("X:1\nR:waltz\nM:3/4\nL:1/4\nK:C\nC D E |]\n")
    assert read_scores(books, labels="tag:rhythm").classes.tolist() == ["jig", "reel", "waltz"]
    found = read_scores(books, labels="tag:rhythm", min_class_size=2)
    assert found.classes.tolist() == ["jig", "reel"]
    assert found.notices[-1].code == "small-classes"
    assert "1 score of 1 class of fewer than 2 left out: waltz" in found.notices[-1].message
    with pytest.raises(LabelError, match="--min-class-size"):
        read_scores(books, labels="tag:rhythm", min_class_size=5)


def test_a_transposed_tune_is_a_copy_and_stays_in_the_fold_of_the_tune(tmp_path, abc):
    chance = random.Random(2)
    tunes = []
    for k in range(12):
        bars = [" ".join(chance.choice("CDEFGAB") for _ in range(4)) for _ in range(4)]
        tunes.append(abc(" | ".join(bars), number=k, rhythm=("reel", "jig")[k % 2]))
    tunes.append(abc("C D E F | G A B c", rhythm="reel", key="C"))
    tunes.append(abc("D E F G | A B c d", rhythm="reel", key="D"))
    (tmp_path / "book.abc").write_text("\n".join(tunes))
    found = read_scores(tmp_path / "book.abc", labels="tag:rhythm")
    assert found.content_hashes is not None
    assert found.content_hashes[12] == found.content_hashes[13]
    assert len(set(found.content_hashes.tolist())) == 13
    fold_of = make_folds(found, 3, 2, 0).fold_of
    assert (fold_of[:, 12] == fold_of[:, 13]).all()
    # Of either input alone, too
    for part in (
        found,
        *(
            replace(
                found,
                X={k: found.X[k]},
                feature_names={k: found.feature_names[k]},
                recipes={k: found.recipes[k]},
            )
            for k in found.X
        ),
    ):
        [finding] = [one for one in inspect_collection(part) if one.code == "duplicates"]
        said = "has the same notes, transposed or not (book.abc#13 = book.abc#14)"
        assert said in finding.message


def test_a_telling_meter_is_a_warning_and_may_be_ignored(tmp_path):
    chance = random.Random(3)
    tunes = []
    for k in range(20):
        meter, length = (("6/8", 6), ("4/4", 8))[k % 2]
        bars = ["".join(chance.choice("CDEFGAB") for _ in range(length)) for _ in range(3)]
        head = f"X:{k}\nR:{('jig', 'reel')[k % 2]}\nM:{meter}\nL:1/8\nK:C\n"
        tunes.append(f"{head}{' | '.join(bars)} |]\n")
    (tmp_path / "book.abc").write_text("\n".join(tunes))
    found = read_scores(tmp_path / "book.abc", labels="tag:rhythm")
    [notice] = [one for one in found.notices if one.code == "given-away"]
    assert "names 100% of the labels (the most frequent label is 50%)" in notice.message
    plain = ScoreRecipe(notation=False)
    without = read_scores(tmp_path / "book.abc", labels="tag:rhythm", recipe=plain)
    assert [one for one in without.notices if one.code == "given-away"] == []
    assert without.X["scores"].shape == (20, len(plain.names))
    assert without.recipes["scores"]["notation"] is False


def test_meters_of_one_tune_each_tell_nothing(tmp_path):
    tunes = [
        f"X:{k}\nR:{('jig', 'reel')[k % 2]}\nM:{k + 2}/4\nL:1/4\nK:C\n{'C D E F G' * 3} |]\n"
        for k in range(12)
    ]
    (tmp_path / "book.abc").write_text("\n".join(tunes))
    found = read_scores(tmp_path / "book.abc", labels="tag:rhythm")
    assert "given-away" not in [notice.code for notice in found.notices]


def test_the_name_of_a_folder_that_is_no_utf8_is_shown_escaped(tmp_path, abc):
    root = tmp_path / "all"
    for name in (b"caf\xe9", b"other"):
        folder = os.fsencode(root) + b"/" + name
        try:
            os.makedirs(folder)
        except OSError:
            pytest.skip("the file system takes UTF-8 only")
        for k in range(2):
            with open(folder + b"/%d.abc" % k, "w") as file:
                file.write(abc(("C D E F", "C E G c")[k]))
    found = read_scores(root)
    assert found.classes.tolist() == [r"caf\xe9", "other"]


def test_scores_are_found_by_the_registry_and_audio_goes_first(mixed, tmp_path, books):
    assert find_kind(str(mixed)) is SOURCES["scores"]
    assert find_kind(str(books / "a.abc")) is SOURCES["scores"]
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "settings.xml").write_text("<a/>")
    assert find_kind(str(tmp_path / "none")) is SOURCES["folder"]
    found = read_source(str(mixed), Options(ignore_notation=True))
    assert found.recipes["scores"]["notation"] is False
    with pytest.raises(SpecError, match="--segment does not go with"):
        read_source(str(mixed), Options(segment=3.0))


def test_a_folder_of_audio_with_scores_is_audio(mixed, tone):
    for k in range(2):
        tone(mixed / "up" / f"{k}.wav", 440 + k)
        tone(mixed / "down" / f"{k}.wav", 220 + k)
    assert find_kind(str(mixed)) is SOURCES["folder"]
    found = read_folder(mixed)
    assert found.n_samples == 4
    [notice] = [one for one in found.notices if "score" in one.message]
    assert notice.code == "left-out"
    assert notice.message.startswith("8 scores beside the audio left out, such as down/0.musicxml")


def test_scores_can_be_climbed(books):
    found = read_scores(books, labels="tag:rhythm")
    climb = climb_collection(
        found, folds=3, repeats=1, rungs=["majority", "linear"], keep=["linear"]
    )
    assert json.dumps(climb.to_dict())
    model = climb.find_model("linear")
    assert model.recipe == found.recipes[model.input]


def test_a_scale_in_the_collection_has_the_features_worked_by_hand(tmp_path, midi):
    for name, pitches in (("scale", C_MAJOR), ("other", [60, 67, 60, 67])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.mid").write_bytes(midi(pitches))
    found = read_scores(tmp_path)
    row = dict(zip(SCORE_RECIPE.names, found.X["scores"][1].tolist(), strict=True))
    assert (row["pitch_class_0"], row["interval_2"]) == pytest.approx((0.25, 5 / 7))


def test_pipes_links_and_leftovers_are_passed_over(books, tmp_path):
    os.mkfifo(books / "pipe.mid")
    (books / ".hidden.abc").write_text("X:1\nK:C\nC\n")
    (books / "__MACOSX").mkdir()
    (books / "__MACOSX" / "._a.abc").write_bytes(b"\0\0")
    (tmp_path / "outside.abc").write_text("X:1\nR:reel\nM:2/4\nL:1/4\nK:C\nC E | G c |]\n")
    (books / "link.abc").symlink_to(tmp_path / "outside.abc")
    (books / "circle").symlink_to(books)
    found = read_scores(books, labels="tag:rhythm")
    assert found.n_samples == 9
    told = " ".join(notice.message for notice in found.notices)
    assert "1 name of a score that is no regular file passed over, such as pipe.mid" in told
    assert "1 link that leads out of the folder not followed, such as link.abc" in told
    followed = read_scores(books, labels="tag:rhythm", follow_links=True)
    assert followed.n_samples == 10


def test_tags_may_be_the_groups_and_those_without_stand_alone(books):
    (books / "d.abc").write_text("C:Ann\n\nX:1\nR:reel\nM:2/4\nL:1/4\nK:C\nC E | G c |]\n\n"
                                 "X:2\nR:jig\nM:2/4\nL:1/4\nK:C\nC G | E c |]\n")  # fmt: skip
    found = read_scores(books, "tag:composer", labels="tag:rhythm")
    assert found.groups is not None
    assert found.groups.tolist()[-2:] == ["Ann", "Ann"]
    assert len(set(found.groups.tolist())) == 10
    [notice] = [one for one in found.notices if one.code == "few-groups"]
    assert notice.message.startswith("9 scores without a group by tag:composer")


def test_a_table_and_a_manifest_may_name_whole_books(books, tmp_path):
    table, manifest = tmp_path / "labels.csv", tmp_path / "groups.csv"
    table.write_text("book,land,set\na,Ireland,1\nb,Ireland,2\nc.abc,Wales,1\na.abc#2,Wales,2\n")
    found = read_scores(books, "set", labels=table, target="land")
    # What a row says of one tune goes before what another says of its book.
    assert found.y.tolist() == ["Ireland", "Wales", *["Ireland"] * 4, *["Wales"] * 3]
    assert found.groups is not None
    assert found.groups.tolist() == ["1", "2", "1", "2", "2", "2", "1", "1", "1"]
    manifest.write_text("path,group\na.abc,x\nb.abc,y\nc.abc,y\nb.abc#1,x\n")
    grouped = read_scores(books, manifest, labels="tag:rhythm").groups
    assert grouped is not None
    assert grouped.tolist() == ["x", "x", "x", "x", "y", "y", "y", "y", "y"]
