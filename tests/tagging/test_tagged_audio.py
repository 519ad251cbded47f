import os
import shutil
import stat

import numpy as np
import pytest
import soundfile

import gradatim.tagging.tagged_audio as tagged_audio
from gradatim.errors import InputError, OutputError
from gradatim.music.tags import read_tag
from gradatim.tagging.containers import open_tags
from gradatim.tagging.fields import TagField
from gradatim.tagging.payload import iff_chunks, tag_kind
from gradatim.tagging.tagged_audio import audio_hash, read_tags, rewrite_tags
from tests.tagging.tagged import NAMES, samples_of, write_mp4, write_sound

GENRE, MOOD, BPM, OWN = FIELDS = [TagField(n) for n in ("genre", "mood", "bpm", "my drum")]
VALUES = {GENRE: ("kick",), MOOD: ("sad", "böse 日本"), BPM: ("120",), OWN: ("x=1",)}


@pytest.fixture(params=NAMES)
def sound(request, tmp_path):
    if request.param.endswith("m4a"):
        pytest.importorskip("av", reason="MP4 is made by PyAV, the extra media")
    return write_sound(tmp_path / request.param)


def test_tags_come_and_go_and_the_sound_stays(sound):
    before, samples, digest = sound.read_bytes(), samples_of(sound), audio_hash(sound)
    assert read_tags(sound, FIELDS) == dict.fromkeys(FIELDS)
    rewrite_tags(sound, VALUES)
    assert read_tags(sound, FIELDS) == VALUES
    assert (samples_of(sound) == samples).all()
    assert audio_hash(sound) == digest
    rewrite_tags(sound, dict.fromkeys(FIELDS), len(before))
    assert read_tags(sound, FIELDS) == dict.fromkeys(FIELDS)
    assert (samples_of(sound) == samples).all()
    assert sound.read_bytes() == before


def test_other_programs_read_what_was_written(sound):
    rewrite_tags(sound, {GENRE: ("kick",), MOOD: ("sad",)})
    # By libsndfile or FFmpeg.
    assert read_tag(sound, "genre") == "kick"
    if sound.suffix != ".mp3":
        # FFmpeg calls it as ID3 does.
        expected = None if sound.suffix in (".wav", ".aiff") else "sad"
        assert read_tag(sound, "mood") == expected


def test_one_other_sample_is_another_hash(sound, tmp_path):
    content = bytearray(sound.read_bytes())
    # Far from headers and tags.
    content[len(content) // 2] ^= 1
    other = tmp_path / f"other{sound.suffix}"
    other.write_bytes(content)
    assert audio_hash(other) != audio_hash(sound)


def test_a_second_value_takes_the_place_of_the_first(sound):
    rewrite_tags(sound, VALUES)
    rewrite_tags(sound, {GENRE: ("snare", "tom")})
    assert read_tags(sound, FIELDS) == {**VALUES, GENRE: ("snare", "tom")}


def test_who_may_read_a_file_stays_and_its_time_is_new(sound):
    sound.chmod(0o640)
    os.utime(sound, (1, 1))
    rewrite_tags(sound, VALUES)
    assert stat.S_IMODE(sound.stat().st_mode) == 0o640
    assert sound.stat().st_mtime > 1


def test_a_copy_that_sounds_otherwise_replaces_nothing(sound, monkeypatch):
    before = sound.read_bytes()
    monkeypatch.setattr(tagged_audio, "sound_hash", lambda path, kind: str(path))
    with pytest.raises(InputError, match="its sound would be changed"):
        rewrite_tags(sound, VALUES)
    monkeypatch.undo()
    assert sound.read_bytes() == before
    assert os.listdir(sound.parent) == [sound.name]


def test_a_copy_whose_tag_reads_otherwise_replaces_nothing(sound, monkeypatch):
    before = sound.read_bytes()
    tags = type(open_tags(sound, tag_kind(sound)))
    monkeypatch.setattr(tags, "texts", lambda self, field: ("other",))
    with pytest.raises(InputError, match="do not read back"):
        rewrite_tags(sound, VALUES)
    assert sound.read_bytes() == before


def test_a_copy_that_lost_another_tag_replaces_nothing(sound, monkeypatch):
    rewrite_tags(sound, {MOOD: ("sad",)})
    before, others = sound.read_bytes(), iter((1, 2))
    tags = type(open_tags(sound, tag_kind(sound)))
    monkeypatch.setattr(tags, "others", lambda self, fields: next(others))
    with pytest.raises(InputError, match="another tag would be lost"):
        rewrite_tags(sound, VALUES)
    assert sound.read_bytes() == before


def test_a_disk_that_is_full_leaves_the_file(sound, monkeypatch):
    before = sound.read_bytes()

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="No space left"):
        rewrite_tags(sound, VALUES)
    assert sound.read_bytes() == before
    assert os.listdir(sound.parent) == [sound.name]


@pytest.mark.parametrize("cut", [5, 13, 40, 200])
def test_a_broken_file_is_one_sentence_or_done_right(sound, cut):
    content = sound.read_bytes()
    sound.write_bytes(content[:-cut] if cut > 100 else content[:cut])
    before = sound.read_bytes()
    reason = ""
    try:
        rewrite_tags(sound, VALUES)
    except InputError as error:
        reason = str(error)
    if reason:
        assert "\n" not in reason
        assert sound.read_bytes() == before
    else:
        assert read_tags(sound, FIELDS) == VALUES
    assert os.listdir(sound.parent) == [sound.name]


def test_bytes_changed_at_random_never_raise_anything_else(sound):
    content = sound.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(30):
        broken = bytearray(content)
        for place in rng.integers(0, min(len(content), 400), 3):
            broken[place] = rng.integers(256)
        sound.write_bytes(broken)
        try:
            rewrite_tags(sound, VALUES)
        except InputError:
            assert sound.read_bytes() == broken
        else:
            assert read_tags(sound, FIELDS) == VALUES


@pytest.mark.parametrize("name", ["a.au", "a.w64", "a.caf", "a.rf64"])
def test_kinds_without_tags_are_named(name, tmp_path):
    path = write_sound(tmp_path / name)
    assert tag_kind(path) is None
    with pytest.raises(InputError, match="of a kind whose tags gradatim does not write"):
        read_tags(path, FIELDS)


def test_a_kind_is_told_by_its_content(tmp_path):
    path = write_sound(tmp_path / "a.flac").rename(tmp_path / "a.mp3")
    assert tag_kind(path) == "FLAC"
    rewrite_tags(path, VALUES)
    assert read_tags(path, FIELDS) == VALUES


def picture():
    from mutagen.flac import Picture

    cover = Picture()
    cover.type, cover.mime, cover.data = 3, "image/png", bytes(range(256))
    return cover


def test_cover_and_other_frames_of_an_mp3_keep_their_bytes(tmp_path):
    from mutagen.id3 import APIC, COMM, ID3, TIT2, TPE1

    path = write_sound(tmp_path / "a.mp3")
    tags = ID3()
    tags.add(TIT2(encoding=1, text="Lied"))
    tags.add(TPE1(encoding=0, text="Wer"))
    tags.add(COMM(encoding=0, lang="deu", text="Ja"))
    tags.add(APIC(encoding=0, mime="image/png", type=3, data=bytes(range(256))))
    tags.save(path, v2_version=3)
    held = path.read_bytes()
    old_tag = held[: 10 + (held[8] << 7) + held[9]].rstrip(b"\0")
    rewrite_tags(path, {GENRE: ("kick",)})
    now = path.read_bytes()
    assert now[:4] == b"ID3\x03"
    assert now[10:].startswith(old_tag[10:])
    assert now.endswith(held[10 + (held[8] << 7) + held[9] :])
    rewrite_tags(path, {GENRE: None}, len(held))
    assert path.read_bytes() == held


def test_an_id3v1_block_stays_as_it_is_and_is_no_sound(tmp_path):
    path = write_sound(tmp_path / "a.mp3")
    digest = audio_hash(path)
    block = b"TAG" + b"Song".ljust(124, b"\0") + b"\x11"
    path.write_bytes(path.read_bytes() + block)
    assert audio_hash(path) == digest
    rewrite_tags(path, {GENRE: ("kick",)})
    assert path.read_bytes().endswith(block)
    assert read_tags(path, [GENRE]) == {GENRE: ("kick",)}


@pytest.mark.parametrize("name", ["a.flac", "a.ogg"])
def test_other_comments_keep_order_and_letters(name, tmp_path):
    import mutagen

    path = write_sound(tmp_path / name)
    file = mutagen.File(path)
    held = [("TITLE", "one"), ("Genre", "Rock"), ("ARTIST", "b"), ("artist", "a"), ("genre", "R")]
    file.tags[:] = held
    if name == "a.flac":
        file.add_picture(picture())
    file.save()
    before = path.read_bytes()
    assert read_tags(path, [GENRE]) == {GENRE: ("Rock", "R")}
    rewrite_tags(path, {GENRE: ("kick",)})
    file = mutagen.File(path)
    assert list(file.tags) == [
        ("TITLE", "one"),
        ("Genre", "kick"),
        ("ARTIST", "b"),
        ("artist", "a"),
    ]
    if name == "a.flac":
        assert [one.data for one in file.pictures] == [bytes(range(256))]
        assert file.pictures[0] == picture()
    rewrite_tags(path, {GENRE: ("Rock", "R")}, len(before))
    assert read_tags(path, [GENRE]) == {GENRE: ("Rock", "R")}
    assert path.stat().st_size == len(before)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg"])
def test_comments_that_are_no_text_are_left(name, tmp_path):
    import mutagen

    path = write_sound(tmp_path / name)
    file = mutagen.File(path)
    file["title"] = "Gruen-und-blau"
    file.save()
    content = path.read_bytes().replace(b"Gruen-und-blau", b"Gr\xfcn-und-blauu")
    path.write_bytes(content)
    with pytest.raises(InputError, match="comments are no text"):
        rewrite_tags(path, VALUES)
    assert path.read_bytes() == content


def test_a_flac_file_behind_an_id3_tag_keeps_it(tmp_path):
    path = write_sound(tmp_path / "a.flac")
    plain = path.read_bytes()
    path.write_bytes(b"ID3\x04\0\0\0\0\0\x10" + bytes(16) + plain)
    rewrite_tags(path, VALUES)
    assert path.read_bytes()[:30] == b"ID3\x04\0\0\0\0\0\x10" + bytes(16) + b"fLaC"
    assert read_tags(path, FIELDS) == VALUES


def test_padding_of_a_flac_file_takes_what_its_comments_grow_by(tmp_path):
    import mutagen

    path = write_sound(tmp_path / "a.flac")
    mutagen.File(path).save(padding=lambda _: 500)
    before = path.read_bytes()
    rewrite_tags(path, VALUES)
    assert path.stat().st_size == len(before)
    rewrite_tags(path, dict.fromkeys(FIELDS), len(before))
    assert path.read_bytes() == before


def test_a_flac_file_without_comments_gets_some(tmp_path):
    import mutagen

    path = write_sound(tmp_path / "a.flac")
    mutagen.File(path).delete()
    samples = samples_of(path)
    assert read_tags(path, [GENRE]) == {GENRE: None}
    rewrite_tags(path, VALUES)
    assert read_tags(path, FIELDS) == VALUES
    assert (samples_of(path) == samples).all()


def test_atoms_of_an_mp4_file_stay(tmp_path):
    pytest.importorskip("av", reason="MP4 is made by PyAV, the extra media")
    from mutagen.mp4 import MP4, MP4Cover

    path = write_sound(tmp_path / "a.m4a")
    file = MP4(path)
    file["\xa9nam"] = ["Lied"]
    file["covr"] = [MP4Cover(bytes(range(256)), MP4Cover.FORMAT_PNG)]
    file["----:com.apple.iTunes:Mood"] = [b"calm"]
    file["tmpo"] = [99]
    file.save()
    assert read_tags(path, [MOOD, BPM]) == {MOOD: ("calm",), BPM: ("99",)}
    held = dict(MP4(path).tags)
    rewrite_tags(path, {MOOD: ("sad",), BPM: ("120",)})
    now = dict(MP4(path).tags)
    assert now.pop("----:com.apple.iTunes:Mood") == [b"sad"]
    assert now.pop("tmpo") == [120]
    assert now == {k: v for k, v in held.items() if k not in ("tmpo", "----:com.apple.iTunes:Mood")}
    assert now["covr"][0].imageformat == MP4Cover.FORMAT_PNG


def test_media_behind_the_tags_are_found_again(tmp_path):
    pytest.importorskip("av", reason="MP4 is made by PyAV, the extra media")
    path = tmp_path / "a.m4a"
    write_mp4(path, movflags="faststart")
    content, samples, digest = path.read_bytes(), samples_of(path), audio_hash(path)
    assert content.index(b"moov") < content.index(b"mdat")
    rewrite_tags(path, {OWN: ("x" * 5000,)})
    assert (samples_of(path) == samples).all()
    assert audio_hash(path) == digest
    # Had the places of chunks stayed what they were, it would not be the same sound.
    moved = path.read_bytes()
    table, old = moved.index(b"stco"), content.index(b"stco")
    path.write_bytes(moved[: table + 12] + content[old + 12 : old + 16] + moved[table + 16 :])
    assert audio_hash(path) != digest


def test_an_mp4_file_of_fragments_is_left(tmp_path):
    pytest.importorskip("av", reason="MP4 is made by PyAV, the extra media")
    path = tmp_path / "a.m4a"
    write_mp4(path, movflags="frag_every_frame+empty_moov")
    before = path.read_bytes()
    assert before.count(b"moof") > 1
    with pytest.raises(InputError, match="cut into fragments"):
        rewrite_tags(path, VALUES)
    assert path.read_bytes() == before


def chunk(name, content, order):
    return name + len(content).to_bytes(4, order) + content + bytes(len(content) % 2)


@pytest.mark.parametrize(("name", "order"), [("a.wav", "little"), ("a.aiff", "big")])
@pytest.mark.parametrize("value", ["Blues", "Blue"])
def test_other_chunks_keep_their_place_and_their_bytes(name, order, value, tmp_path):
    path = write_sound(tmp_path / name)
    content = path.read_bytes()
    own = chunk(b"ID3 ", b"ID3\x03\0\0\0\0\0\x0fTCON\0\0\0\x05\0\0\0Rock", order)
    mine = chunk(b"abcd", b"odd", order)
    whole = content[8:12] + mine + own + content[12:] + mine
    path.write_bytes(content[:4] + len(whole).to_bytes(4, order) + whole)
    samples, before = samples_of(path), path.read_bytes()
    assert read_tags(path, [GENRE]) == {GENRE: ("Rock",)}
    rewrite_tags(path, {GENRE: (value,)})
    assert (samples_of(path) == samples).all()
    assert read_tags(path, [GENRE]) == {GENRE: (value,)}
    with open(path, "rb") as file:
        names = [one.name for one in iff_chunks(file, "WAV" if order == "little" else "AIFF")]
    assert names[:2] == [b"abcd", b"ID3 "]
    now = path.read_bytes()
    assert now[12 : 12 + len(mine)] == mine
    assert now.endswith(content[12:] + mine)
    rewrite_tags(path, {GENRE: ("Rock",)}, len(before))
    # Of the frame alone a zero behind its text is new.
    assert len(path.read_bytes()) - len(before) in (0, 2)


def test_an_odd_chunk_at_the_end_without_its_zero_gets_it(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(101), 8000, subtype="PCM_U8")
    whole = path.read_bytes()
    assert len(whole) % 2 == 0
    cut = whole[:-1]
    path.write_bytes(cut[:4] + (len(cut) - 8).to_bytes(4, "little") + cut[8:])
    rewrite_tags(path, VALUES)
    assert read_tags(path, FIELDS) == VALUES
    assert soundfile.info(path).frames == 101


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c[:4] + b"\xff\xff\xff\x7f" + c[8:], "promises 2,147,483,655 bytes"),
        (lambda c: c[:-100], "promises"),
        (lambda c: c + bytes(3), "promises"),
        (lambda c: c[:40] + b"\xff\xff\xff\xff" + c[44:], "ends behind the file"),
    ],
)
def test_a_wav_file_whose_sizes_are_wrong_is_left(change, said, tmp_path):
    path = write_sound(tmp_path / "a.wav")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError, match=said):
        rewrite_tags(path, VALUES)


def test_a_wav_file_of_nothing_but_chunks_is_left(tmp_path):
    path = write_sound(tmp_path / "a.wav")
    content = path.read_bytes() + b"abcd\0\0\0\0" * 100_001
    path.write_bytes(content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:])
    with pytest.raises(InputError, match="too many chunks"):
        rewrite_tags(path, VALUES)


def test_a_chain_of_ogg_streams_keeps_all_of_them(tmp_path):
    one = write_sound(tmp_path / "a.ogg")
    content = one.read_bytes()
    two = bytearray(content)
    one.write_bytes(content + two)
    digest = audio_hash(one)
    try:
        rewrite_tags(one, VALUES)
    except InputError:
        assert one.read_bytes() == content * 2
    else:
        assert audio_hash(one) == digest


def test_the_time_of_a_page_is_part_of_the_sound(tmp_path):
    path = write_sound(tmp_path / "a.ogg")
    content, digest = bytearray(path.read_bytes()), audio_hash(path)
    last = content.rindex(b"OggS")
    # How many samples the last page ends with: where a player stops.
    content[last + 6] ^= 1
    path.write_bytes(content)
    assert audio_hash(path) != digest


def test_an_ogg_file_of_another_codec_is_left(tmp_path):
    path = tmp_path / "a.ogg"
    path.write_bytes(
        write_sound(tmp_path / "b.ogg").read_bytes().replace(b"\x01vorbis", b"\x01theora")
    )
    with pytest.raises(InputError, match="neither Vorbis, Opus, FLAC nor Speex"):
        read_tags(path, [GENRE])


def test_large_comments_that_fill_pages_leave_the_sound(tmp_path):
    path = write_sound(tmp_path / "a.ogg")
    samples = samples_of(path)
    rewrite_tags(path, {OWN: ("x" * 200_000,)})
    assert (samples_of(path) == samples).all()
    shutil.copy(path, tmp_path / "b.ogg")
    assert read_tags(tmp_path / "b.ogg", [OWN]) == {OWN: ("x" * 200_000,)}
