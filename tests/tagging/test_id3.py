"""ID3 tags against bytes that were worked out by hand from the standard's tables."""

import pytest

from gradatim.tagging.fields import TagField
from gradatim.tagging.id3 import id3_texts, retagged_id3

GENRE, MOOD, OWN = TagField("genre"), TagField("mood"), TagField("instrument")

# A title in Latin-1 with a zero behind it, as many programs write, and a frame nobody knows.
TITLE = b"TIT2\0\0\0\x05\0\0\0one\0"
UNKNOWN = b"XYZW\0\0\0\x03\0\0\x07\x08\x09"
ROCK = b"TCON\0\0\0\x05\0\0\0Rock"
BEAT = b"TCON\0\0\0\x06\0\0\x03Beat\0"


def tag(version, *frames, room=0, flags=0):
    body = b"".join(frames) + bytes(room)
    return b"ID3" + bytes([version, 0, flags, 0, 0, len(body) >> 7, len(body) & 127]) + body


def test_a_new_tag_is_of_version_2_4_in_utf_8():
    assert retagged_id3(b"", {GENRE: ["Beat"]}) == tag(4, BEAT)
    long = "ß" * 64
    made = retagged_id3(b"", {GENRE: [long]})
    # 130 bytes: the digits of a size in version 2.4 have seven bits.
    assert made[10:20] == b"TCON\0\0\x01\x02\0\0"
    assert made[20:] == b"\x03" + long.encode() + b"\0"


def test_several_values_are_separated_by_a_zero():
    made = retagged_id3(b"", {MOOD: ["sad", "slow"]})
    assert made == tag(4, b"TMOO\0\0\0\x0a\0\0\x03sad\0slow\0")
    assert id3_texts(made, MOOD) == ("sad", "slow")
    old = retagged_id3(tag(3, TITLE), {GENRE: ["a", "b"]})
    assert old == tag(3, TITLE, b"TCON\0\0\0\x05\0\0\0a\0b\0")
    assert id3_texts(old, GENRE) == ("a", "b")


def test_what_has_no_frame_of_its_own_is_a_frame_of_the_user():
    assert retagged_id3(b"", {OWN: ["drum"]}) == tag(4, b"TXXX\0\0\0\x11\0\0\x03INSTRUMENT\0drum\0")


def test_version_2_3_stays_and_has_a_mood_as_a_frame_of_the_user():
    made = retagged_id3(tag(3, TITLE, UNKNOWN), {MOOD: ["sad"]})
    assert made == tag(3, TITLE, UNKNOWN, b"TXXX\0\0\0\x0a\0\0\0MOOD\0sad\0")
    # A frame of 2.4 in it is not ours.
    assert id3_texts(tag(3, b"TMOO\0\0\0\x04\0\0\0sad"), MOOD) is None
    assert id3_texts(made, MOOD) == ("sad",)


def test_version_2_3_has_utf_16_where_latin_1_lacks_a_letter():
    made = retagged_id3(tag(3, TITLE), {GENRE: ["日"]})
    text = b"\x01\xff\xfe\xe5\x65\0\0"
    assert made == tag(3, TITLE, b"TCON\0\0\0\x07\0\0" + text)
    assert id3_texts(made, GENRE) == ("日",)


@pytest.mark.parametrize("version", [3, 4])
def test_other_frames_keep_their_bytes_and_the_place_stays(version):
    made = retagged_id3(tag(version, ROCK, TITLE, UNKNOWN), {GENRE: ["Jazz"]})
    encoding = b"\0" if version == 3 else b"\x03"
    assert made == tag(version, b"TCON\0\0\0\x06\0\0" + encoding + b"Jazz\0", TITLE, UNKNOWN)


def test_room_behind_the_frames_takes_what_a_frame_grows_by():
    before = tag(4, TITLE, room=100)
    made = retagged_id3(before, {GENRE: ["Beat"]})
    assert made == tag(4, TITLE, BEAT, room=100 - len(BEAT))
    assert retagged_id3(made, {GENRE: None}) == before


def test_a_tag_that_grew_gives_up_what_it_grew_by():
    made = retagged_id3(tag(4, TITLE), {GENRE: ["Beat"]})
    assert retagged_id3(made, {GENRE: None}, excess=len(BEAT)) == tag(4, TITLE)


def test_a_tag_without_frames_is_no_tag():
    assert retagged_id3(tag(4, BEAT, room=20), {GENRE: None}) == b""
    assert retagged_id3(b"", {GENRE: None}) == b""


def test_frames_of_the_user_are_told_apart_by_their_description():
    other = b"TXXX\0\0\0\x0a\0\0\x03MOTIF\0abc"
    mine = b"TXXX\0\0\0\x0f\0\0\x03Instrument\0old"
    made = retagged_id3(tag(4, other, mine), {OWN: ["new"]})
    # As it is written there, so that it can become again what it was.
    assert made == tag(4, other, b"TXXX\0\0\0\x10\0\0\x03Instrument\0new\0")
    assert id3_texts(tag(4, other, mine), OWN) == ("old",)


def test_a_tag_with_unsynchronization_is_read_and_written_without():
    # FF E0 in the picture stands as FF 00 E0, which its size does not count.
    head = b"APIC\0\0\0\x10\0\0\0image/png\0\x03\0"
    year = b"TYER\0\0\0\x05\0\0\x001999"
    coded = tag(3, head + b"\xff\0\xe0\x01", ROCK, year, flags=0x80)
    assert id3_texts(coded, GENRE) == ("Rock",)
    made = retagged_id3(coded, {GENRE: ["Jazz"]})
    assert made[:6] == b"ID3\x03\0\0"
    assert head + b"\xff\xe0\x01" in made
    assert b"TYER\0\0\0\x06\0\0\x001999\0" in made
    assert id3_texts(made, GENRE) == ("Jazz",)


def test_version_2_2_becomes_2_4():
    old = tag(2, b"TT2\0\0\x04\0one", b"TCO\0\0\x05\0Rock")
    assert id3_texts(old, GENRE) == ("Rock",)
    made = retagged_id3(old, {GENRE: ["Beat"]})
    assert made[:4] == b"ID3\x04"
    assert made[10:].rstrip(b"\0") == b"TIT2\0\0\0\x05\0\0\0one\0" + BEAT.rstrip(b"\0")
    with pytest.raises(ValueError, match="no later version"):
        retagged_id3(tag(2, b"TT2\0\0\x04\0one", b"XYZ\0\0\x02ab"), {GENRE: ["Beat"]})


def test_sizes_of_2_4_that_are_no_sizes_of_2_4_are_read_all_the_same():
    # An old iTunes wrote 200 as one byte of eight bits;
    # of seven bits, with a zero behind the text, it is 1 and 73.
    frame = b"TIT2\0\0\0\xc8\0\0\x03" + b"x" * 199
    made = retagged_id3(tag(4, frame), {GENRE: ["Beat"]})
    assert made[10:].rstrip(b"\0") == (
        b"TIT2\0\0\x01\x49\0\0\x03" + b"x" * 199 + b"\0" + BEAT.rstrip(b"\0")
    )


def test_empty_frames_say_nothing():
    assert id3_texts(tag(4, b"TCON\0\0\0\x01\0\0\x03"), GENRE) is None
    assert id3_texts(tag(4, b"TCON\0\0\0\x03\0\0\x03\0\0"), GENRE) is None
    assert id3_texts(b"", GENRE) is None
