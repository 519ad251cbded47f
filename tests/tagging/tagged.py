"""Sounds of every kind that has tags, and how tests decode them."""

import numpy as np
import soundfile

RATE = 8000
NAMES = ("a.wav", "a.aiff", "a.mp3", "a.flac", "a.ogg", "a.opus", "a.m4a")


def tone(n=RATE - 1):
    return 0.4 * np.sin(2 * np.pi * 440 * np.arange(n) / RATE)


def write_sound(path, **options):
    """Write a second of sound, an odd number of samples."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".m4a":
        write_mp4(path)
    elif path.suffix == ".opus":
        soundfile.write(path, tone(), RATE, format="OGG", subtype="OPUS")
    else:
        soundfile.write(path, tone(), RATE, **options)
    return path


def write_mp4(path, **options):
    """Write two seconds of AAC; `options` are FFmpeg's."""
    import av

    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        samples = tone(16 * 1024).astype(np.float32)
        for start in range(0, len(samples), 1024):
            block = samples[None, start : start + 1024]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def samples_of(path):
    from gradatim.music.audio import decode

    return decode(path).y
