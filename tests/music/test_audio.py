import sys

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, MissingExtraError, SpecError
from gradatim.music.audio import Excerpt, FileSound, decode, load_audio, resample
from gradatim.music.containers import ogg_links, promised_share
from gradatim.music.formats import AUDIO_SUFFIXES, reader_of
from gradatim.music.tags import read_tag, require_tag

FORMATS = {
    ".aiff": ("AIFF", "PCM_16"),
    ".au": ("AU", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".wav": ("WAV", "PCM_16"),
}


def sine(seconds, sr, frequency=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * sr)) / sr)


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_decodes_to_the_tone_that_was_written(tmp_path, suffix):
    kind, subtype = FORMATS[suffix]
    path = tmp_path / f"tone{suffix}"
    soundfile.write(path, sine(1.0, 48000), 48000, format=kind, subtype=subtype)
    assert suffix in AUDIO_SUFFIXES
    y = load_audio(path)
    assert y.dtype == np.float32
    assert len(y) == pytest.approx(22050, abs=2500)  # lossy formats pad
    spectrum = np.abs(np.fft.rfft(y[:22050], n=22050))
    assert np.argmax(spectrum) == pytest.approx(440, abs=1)


def test_channels_are_averaged(tmp_path):
    path = tmp_path / "stereo.wav"
    left, right = np.full(300, 0.5), np.full(300, -0.25)
    soundfile.write(path, np.stack([left, right], axis=1), 22050)
    np.testing.assert_allclose(load_audio(path), 0.125, atol=1e-4)


def test_a_file_longer_than_a_block_is_read_in_full(tmp_path):
    path = tmp_path / "long.wav"
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 200_000).astype(np.float32)
    soundfile.write(path, y, 22050, subtype="FLOAT")
    np.testing.assert_array_equal(load_audio(path), y)


def test_max_seconds_cuts_the_end_and_decode_tells_so(tmp_path, tone):
    path = tone(tmp_path / "tone.wav", seconds=1.0)
    assert len(load_audio(path, max_seconds=0.25)) == 5512
    assert decode(path, Excerpt(0.25)).whole is False
    assert decode(path, Excerpt(1.0)).whole is True
    assert decode(path).whole is True


def test_resampling_keeps_a_tone_and_removes_what_would_alias():
    kept = resample(sine(1.0, 44100, 440.0), 44100, 22050)
    gone = resample(sine(1.0, 44100, 15000.0), 44100, 22050)
    np.testing.assert_allclose(kept[2000:-2000], sine(1.0, 22050)[2000:-2000], atol=1e-3)
    assert np.abs(gone[2000:-2000]).max() < 1e-3


def test_a_file_sound_reads_the_start_of_its_file(tmp_path, tone):
    y, sr = FileSound(tone(tmp_path / "tone.wav", seconds=1.0, sr=44100)).read(0.5)
    assert sr == 22050
    assert len(y) == 11025


@pytest.mark.parametrize("content", [b"", b"hello", b"RIFF nonsense"])
@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg"])
def test_what_is_no_audio_is_an_error_naming_the_file(tmp_path, content, suffix):
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=rf"bad\{suffix} cannot be read as audio") as caught:
        load_audio(path)
    assert "not exist" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".aiff", ".au", ".flac", ".mp3", ".ogg", ".w64", ".wav"])
def test_a_file_that_breaks_off_is_read_so_far_and_called_truncated(tmp_path, suffix):
    path = tmp_path / f"broken{suffix}"
    whole = np.random.default_rng(0).uniform(-0.5, 0.5, 66150)
    soundfile.write(path, whole, 22050)
    assert decode(path).oddities == ()
    data = path.read_bytes()
    path.write_bytes(data[: int(0.6 * len(data))])
    decoded = decode(path)
    assert decoded.oddities == ("truncated",)
    assert 0.2 < len(decoded.y) / len(whole) < 0.7
    assert len(decode(path, Excerpt(0.5, "end")).y) > 0


def test_a_header_that_promises_nothing_is_no_promise():
    assert promised_share("data : 4294967295 (should be 4410)") == 1.0
    assert promised_share("RIFF : 0 (should be 4452)\ndata : 8820 (should be 2205)") == 0.25


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_a_chain_of_ogg_streams_is_read_whole(tmp_path, subtype):
    parts = [tmp_path / "a.ogg", tmp_path / "b.ogg"]
    for part, frequency in zip(parts, (440.0, 880.0), strict=True):
        soundfile.write(part, sine(1.0, 48000, frequency), 48000, format="OGG", subtype=subtype)
    chain = tmp_path / "chain.ogg"
    chain.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert [len(ogg_links(file)[0]) for file in (chain, parts[0])] == [2, 1]
    decoded = decode(chain)
    np.testing.assert_array_equal(decoded.y, np.concatenate([decode(p).y for p in parts]))
    assert decoded.whole
    late = decode(chain, Excerpt(0.5, 1.25))
    np.testing.assert_allclose(late.y, decoded.y[60000:84000], atol=0.05)


def test_an_excerpt_is_taken_from_where_it_was_asked(tmp_path):
    path = tmp_path / "ramp.wav"
    ramp = np.arange(1000) / 1000
    soundfile.write(path, ramp, 100, subtype="FLOAT")
    for place, first in (("start", 0), ("middle", 400), ("end", 800), (2.5, 250)):
        decoded = decode(path, Excerpt(2.0, place))
        np.testing.assert_allclose(decoded.y, ramp[first : first + 200], atol=1e-6)
        assert (decoded.start, decoded.whole) == (first / 100, False)
    assert decode(path, Excerpt(60.0, "middle")).whole
    with pytest.raises(AudioError, match="ends before 11 s"):
        decode(path, Excerpt(2.0, 11.0))


@pytest.mark.parametrize("channels", [1, 2, 6, 32])
def test_many_channels_are_averaged_in_blocks(tmp_path, channels):
    y = np.random.default_rng(0).uniform(-0.5, 0.5, (70_000, channels)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", y, 22050, subtype="FLOAT")
    decoded = decode(tmp_path / "a.wav")
    np.testing.assert_allclose(decoded.y, y.mean(axis=1), atol=1e-6)
    assert decoded.oddities == ()


def test_a_thousand_channels_are_refused_before_anything_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros((4, 1000)), 22050)
    with pytest.raises(AudioError, match="1000 channels by its header"):
        decode(tmp_path / "a.wav")


def test_channels_that_cancel_each_other_out_are_noticed(tmp_path):
    y = sine(1.0, 22050)
    soundfile.write(tmp_path / "a.wav", np.stack([y, -0.9 * y], axis=1), 22050)
    soundfile.write(tmp_path / "b.wav", np.stack([y, 0 * y], axis=1), 22050)
    assert decode(tmp_path / "a.wav").oddities == ("cancelled",)
    assert decode(tmp_path / "b.wav").oddities == ()


def test_samples_far_above_full_scale_are_noticed(tmp_path):
    soundfile.write(tmp_path / "a.wav", 30000 * sine(0.1, 22050), 22050, subtype="FLOAT")
    assert decode(tmp_path / "a.wav").oddities == ("loud",)


@pytest.mark.parametrize("sr", [1000, 8000, 96000, 384000])
def test_any_rate_is_read(tmp_path, sr):
    soundfile.write(tmp_path / "a.wav", sine(0.5, sr, 100.0), sr)
    assert len(load_audio(tmp_path / "a.wav")) == 11025


@pytest.mark.parametrize(
    ("suffix", "kind"), [(".bin", "FLAC"), ("", "WAV"), (".mp3", "CAF"), (".txt", "AIFF")]
)
def test_the_content_decides_not_the_name(tmp_path, suffix, kind):
    path = tmp_path / f"tone{suffix}"
    soundfile.write(path, sine(0.5, 22050), 22050, format=kind)
    assert reader_of(path) == "libsndfile"
    assert len(load_audio(path)) == 11025


@pytest.mark.parametrize(
    ("suffix", "codec", "layout"),
    [(".m4a", "aac", "stereo"), (".webm", "libopus", "mono"), (".mka", "libopus", "mono"),
     (".aac", "aac", "mono"), (".wma", "wmav2", "mono"), (".mp4", "aac", "mono")],
)  # fmt: skip
def test_what_only_ffmpeg_reads_is_read_by_pyav(tmp_path, suffix, codec, layout):
    path = write_media(tmp_path / f"tone{suffix}", codec, layout)
    assert reader_of(path) == "FFmpeg"
    y = load_audio(path)
    assert len(y) == pytest.approx(22050, abs=2500)  # lossy formats pad
    spectrum = np.abs(np.fft.rfft(y[:22050], n=22050))
    assert np.argmax(spectrum) == pytest.approx(440, abs=1)
    part = decode(path, Excerpt(0.25, "middle"))
    assert len(part.y) == pytest.approx(0.25 * part.sr, abs=2)
    assert (part.whole, part.oddities) == (False, ())


def write_media(path, codec, layout="mono", **tags):
    av = pytest.importorskip("av")
    with av.open(path, "w") as container:
        container.metadata.update(tags)
        stream = container.add_stream(codec, rate=48000, layout=layout)
        stream.bit_rate = 128000
        y = sine(1.0, 48000).astype(np.float32)
        n_channels = {"mono": 1, "stereo": 2}[layout]
        frame = av.AudioFrame.from_ndarray(np.stack([y] * n_channels), "fltp", layout)
        frame.rate = 48000
        convert = av.AudioResampler(stream.format, layout, 48000)
        for ready in [*convert.resample(frame), *convert.resample(None)]:
            for packet in stream.encode(ready):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def test_without_pyav_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    path = write_media(tmp_path / "a.m4a", "aac")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"a\.m4a needs FFmpeg.*gradatim\[media\]"):
        decode(path)


def test_tags_are_read_by_libsndfile_and_by_pyav(tmp_path):
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 22050, 1) as file:
        file.genre, file.artist = "jazz", "Ada"
        file.write(sine(0.1, 22050))
    write_media(tmp_path / "b.m4a", "aac", genre="rock", artist="Bob", album_artist="All")
    found = [(read_tag(tmp_path / f, "genre"), read_tag(tmp_path / f, "artist"))
             for f in ("a.flac", "b.m4a")]  # fmt: skip
    assert found == [("jazz", "Ada"), ("rock", "Bob")]
    assert read_tag(tmp_path / "a.flac", "album") is None
    assert read_tag(tmp_path / "b.m4a", require_tag("Album Artist")) == "All"
    with pytest.raises(SpecError, match="no tag 'colour'"):
        require_tag("colour")


def test_a_file_without_samples_is_empty(tmp_path):
    path = tmp_path / "none.wav"
    soundfile.write(path, np.zeros(0), 22050)
    with pytest.raises(AudioError, match=r"none\.wav is empty"):
        load_audio(path)


def test_samples_that_are_not_finite_are_an_error(tmp_path):
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0.0, np.nan, 0.0]), 22050, subtype="FLOAT")
    with pytest.raises(AudioError, match="not finite"):
        load_audio(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(AudioError, match="does not exist"):
        load_audio(tmp_path / "nothing.wav")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(AudioError, match="is no file"):
        load_audio(tmp_path)


def test_channels_infinite_to_both_sides_are_refused_without_a_warning(tmp_path):
    path = tmp_path / "infinite.wav"
    soundfile.write(path, np.array([[np.inf, -np.inf]] * 100), 22050, subtype="FLOAT")
    with pytest.raises(AudioError, match="not finite"):
        decode(path)


def test_a_sound_of_an_unknown_coding_is_refused_in_one_sentence(tmp_path):
    av = pytest.importorskip("av")
    path = tmp_path / "unknown.mka"
    with av.open(str(path), "w", format="matroska") as file:
        stream = file.add_stream("pcm_s16le", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), "<i2"), format="s16", layout="mono")
        frame.sample_rate = 44100
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    path.write_bytes(path.read_bytes().replace(b"A_PCM/INT/LIT", b"A_ZZZ/INT/LIT"))
    with pytest.raises(AudioError, match="holds no sound that can be read"):
        load_audio(path)
