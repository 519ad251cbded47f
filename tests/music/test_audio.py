import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError
from gradatim.music.audio import AUDIO_SUFFIXES, FileSound, decode, load_audio, resample

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
    assert decode(path, 0.25)[2] is False
    assert decode(path, 1.0)[2] is True
    assert decode(path)[2] is True


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


def test_a_file_that_breaks_off_is_an_error(tmp_path):
    path = tmp_path / "broken.flac"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.5, 0.5, 22050), 22050)
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(AudioError, match=r"broken\.flac cannot be read as audio"):
        load_audio(path)


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
