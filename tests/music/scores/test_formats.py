import io
import os
import zipfile

import pytest

from gradatim.errors import InputError
from gradatim.music.scores import formats
from gradatim.music.scores.formats import score_format, split_scores, split_tunes


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return buffer.getvalue()


CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.abc", "abc"),
        ("a.ABC", "abc"),
        ("a.krn", "kern"),
        ("a.mid", "midi"),
        ("a.kar", "midi"),
        ("a.mxl", "musicxml"),
        ("a.musicxml", "musicxml"),
        ("a.wav", None),
        ("a.xml", None),
    ],
)
def test_a_score_is_known_by_its_suffix(tmp_path, name, format):
    (tmp_path / name).write_bytes(b"anything")
    assert score_format(tmp_path / name) == format


def test_an_xml_file_is_a_score_if_it_is_musicxml(tmp_path, musicxml):
    (tmp_path / "a.xml").write_text(musicxml([60]))
    (tmp_path / "b.xml").write_text(musicxml([60]), encoding="utf-16")
    (tmp_path / "c.xml").write_text("<settings><score-partwises/></settings>")
    found = [score_format(tmp_path / f"{name}.xml") for name in "abc"]
    assert found == ["musicxml", "musicxml", None]


def test_midi_under_another_suffix_is_midi(tmp_path, midi):
    (tmp_path / "a.krn").write_bytes(midi([60]))
    assert score_format(tmp_path / "a.krn") == "midi"


def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "a.abc")
    with pytest.raises(InputError, match="pipe"):
        split_scores(tmp_path / "a.abc")


def test_a_book_is_split_at_its_numbers_and_ends_a_tune_at_an_empty_line():
    book = (
        "%abc-2.1\nText about the book\n\nX:7\nT:One\nK:C\nCDEF|\n\nwords between\n"
        "X:7\nT:Two\nK:G\nGABc|\nX:9\nT:Three\nK:D\nDEFG|"
    )
    tunes = split_tunes(book)
    assert [tune.tags["title"] for tune in tunes] == ["One", "Two", "Three"]
    assert [tune.data.decode() for tune in tunes] == [
        "X:7\nT:One\nK:C\nCDEF|\n",
        "X:7\nT:Two\nK:G\nGABc|\n",
        "X:9\nT:Three\nK:D\nDEFG|\n",
    ]


def test_fields_before_the_first_tune_go_for_all_and_a_tune_may_overrule_them():
    book = "L:1/16\nR:reel\nZ:somebody\n\nX:1\nK:C\nC\n\nX:2\nR:Slow  Jig\nK:C\nC\n"
    first, second = split_tunes(book)
    assert first.data.decode() == "X:1\nL:1/16\nR:reel\nK:C\nC\n"
    assert (first.tags["rhythm"], second.tags["rhythm"]) == ("reel", "slow jig")


def test_tags_have_no_comment_and_of_several_titles_the_first_counts():
    [tune] = split_tunes("X:1\nT:A Name  % by ear\nT:Another\nC:\nO: Clare \nK:C\nC\n")
    assert tune.tags == {"title": "A Name", "origin": "Clare", "key": "C"}


def test_a_tune_without_a_number_is_a_tune():
    [tune] = split_tunes("T:Only\nK:C\nCDE\n")
    assert tune.data.decode().startswith("X:1\n")
    with pytest.raises(InputError, match="no tune"):
        split_tunes("dear diary")


def test_a_book_in_windows_letters_and_line_ends_is_read(tmp_path):
    path = tmp_path / "a.abc"
    path.write_bytes("X:1\r\nT:Señor\r\nK:C\r\nC\r\n".encode("cp1252"))
    [tune] = split_scores(path)
    assert tune.tags["title"] == "Señor"
    assert b"\r" not in tune.data


def test_reference_records_of_humdrum_are_tags(tmp_path):
    path = tmp_path / "a.krn"
    path.write_text("!!!COM: Bach, J. S.\n!!!OTL@@DE: Lied\n!!!AGN: Chorale\n**kern\n4c\n*-\n")
    [score] = split_scores(path)
    assert score.tags == {"composer": "Bach, J. S.", "title": "Lied", "genre": "chorale"}


def test_the_score_of_an_archive_is_what_its_container_names(tmp_path, musicxml):
    path = tmp_path / "a.mxl"
    members = {"a.xml": "<other/>", "deep/odd.name": musicxml([60])}
    path.write_bytes(
        archive({"META-INF/container.xml": CONTAINER.format("deep/odd.name"), **members})
    )
    assert b"score-partwise" in split_scores(path)[0].data


def test_an_archive_without_a_container_holds_its_first_xml_file(tmp_path, musicxml):
    path = tmp_path / "a.mxl"
    junk = {"__MACOSX/._x.xml": "junk", "notes.txt": "junk", "._a.xml": "junk"}
    path.write_bytes(archive({**junk, "in/whatever.musicxml": musicxml([60])}))
    assert b"score-partwise" in split_scores(path)[0].data


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MOST_BYTES", 1_000_000)
    path = tmp_path / "a.mxl"
    path.write_bytes(archive({"a.xml": "<score-partwise>" + " " * 20_000_000}))
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="more than 1 MB"):
        split_scores(path)


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MOST_BYTES", 1_000_000)
    (tmp_path / "a.abc").write_bytes(b"X:1\nK:C\n" + b"C" * 1_000_000)
    with pytest.raises(InputError, match="more than 1 MB"):
        split_scores(tmp_path / "a.abc")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.abc", b"", "empty"),
        ("a.abc", b"X:1\n\x00\x01", "no text"),
        ("a.mid", b"RIFF....", "MThd"),
        ("a.mxl", b"PK\x03\x04garbage", "broken archive"),
        (
            "a.mxl",
            archive({"a.xml": "<score-partwise/>"}).replace(b"a.xml", b"\n" * 5, 1),
            r"broken archive \(File name in directory 'a\.xml' and header [^\n]{,50}\)$",
        ),
        ("a.mxl", archive({"a.txt": "x"}), "holds no score"),
        ("a.mxl", b"PK" + archive({"a.xml": "<score-partwise/>"})[12:], "broken archive"),
        ("a.musicxml", b"<html></html>", "score-partwise"),
        ("a.xml", b"<html></html>", "no score"),
        (
            "a.musicxml",
            b'<!DOCTYPE x [<!ENTITY a "aaaa">]><score-partwise>&a;</score-partwise>',
            "entities",
        ),
    ],
)
def test_what_is_no_score_is_told_why(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=why):
        split_scores(tmp_path / name)


def test_midi_wrapped_in_riff_begins_at_its_header(tmp_path, midi):
    (tmp_path / "a.rmi").write_bytes(b"RIFF\x00\x00\x00\x00RMIDdata\x00\x00\x00\x00" + midi([60]))
    [score] = split_scores(tmp_path / "a.rmi")
    assert score.data == midi([60])


def test_a_file_that_may_not_be_read_is_an_error_without_its_name(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nK:C\nC")
    (tmp_path / "a.abc").unlink()
    with pytest.raises(InputError, match=r"^it cannot be read"):
        split_scores(tmp_path / "a.abc")
