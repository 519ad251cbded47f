"""Take the pretrained net MSD_musicnn from the wheel that brings it, without TensorFlow.

Usage::

    pip download musicnn==0.1.0 --no-deps
    python tools/take_musicnn.py musicnn-0.1.0-py3-none-any.whl src/gradatim/music/embeddings/data

Writes ``musicnn.safetensors`` (64 arrays, float16) and ``musicnn.LICENSE.txt``.

A TensorFlow checkpoint is two files. The index is a sorted string table (the format of LevelDB):
blocks of entries whose keys leave out what they share with the key before, a block that lists the
blocks, and a footer that says where that one lies. Each value is a small protocol buffer: type,
shape, place and length of an array in the other file, which holds nothing but numbers.
"""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from safetensors.numpy import save

WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
FOLDER = "musicnn/MSD_musicnn/"
N_ARRAYS, N_PARAMETERS = 64, 792_079

MAGIC = 0xDB4775248B80FB57  # the last 8 bytes of every sorted string table
N_FOOTER = 48
DT_FLOAT = 1

# Layers in the order in which the net was built, which is how TensorFlow numbered their names.
CONVOLUTIONS = (
    "timbral_38",
    "timbral_67",
    "temporal_128",
    "temporal_64",
    "temporal_32",
    "mid_1",
    "mid_2",
    "mid_3",
)
DENSE = ("penultimate", "tags")
NORMALIZATIONS = ("input", *CONVOLUTIONS, "pooled", "penultimate")
STATISTICS = {
    "gamma": "scale",
    "beta": "shift",
    "moving_mean": "mean",
    "moving_variance": "variance",
}


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of 7 bits per byte, lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def read_fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of each field of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            value, at = read_varint(message, at)
        elif wire_type == 2:
            length, at = read_varint(message, at)
            value, at = message[at : at + length], at + length
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
            value, at = message[at : at + length], at + length
        else:
            raise ValueError(f"a field of type {wire_type} is not known")
        yield number, value


def read_block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the keys and values of a block."""
    if table[offset + size] != 0:
        raise ValueError("a block is compressed")
    block = table[offset : offset + size]
    n_restarts = int.from_bytes(block[-4:], "little")
    end = size - 4 * (n_restarts + 1)
    at, key = 0, b""
    while at < end:
        shared, at = read_varint(block, at)
        n_key, at = read_varint(block, at)
        n_value, at = read_varint(block, at)
        key = key[:shared] + block[at : at + n_key]
        at += n_key
        yield key, block[at : at + n_value]
        at += n_value


def read_handle(data: bytes, at: int = 0) -> tuple[int, int, int]:
    """Return offset and size of a block, and where the handle ends."""
    offset, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return offset, size, at


def read_table(table: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the names and entries of a sorted string table."""
    if int.from_bytes(table[-8:], "little") != MAGIC:
        raise ValueError("this is no sorted string table")
    footer = table[-N_FOOTER:]
    _, _, at = read_handle(footer)
    for _, handle in read_block(table, *read_handle(footer, at)[:2]):
        for key, value in read_block(table, *read_handle(handle)[:2]):
            yield key.decode(), value


def read_checkpoint(index: bytes, shard: bytes) -> dict[str, np.ndarray]:
    """Return every float32 array of a checkpoint of one shard, by name."""
    arrays = {}
    for name, entry in read_table(index):
        if name == "":  # the header: number of shards, byte order
            continue
        fields = dict(read_fields(entry))
        shape = tuple(
            dict(read_fields(dimension)).get(1, 0)
            for number, dimension in read_fields(fields.get(2, b""))
            if number == 2
        )
        if fields[1] != DT_FLOAT or fields.get(3, 0) != 0:
            raise ValueError(f"{name} is of type {fields[1]} in shard {fields.get(3, 0)}")
        offset, size = fields.get(4, 0), fields[5]
        numbers = np.frombuffer(shard[offset : offset + size], dtype="<f4")
        arrays[name] = numbers.reshape(shape)
    return arrays


def numbered(name: str, k: int) -> str:
    """Return what TensorFlow calls the k-th layer of a kind."""
    return f"{name}_{k}" if k else name


def names_of_the_net() -> dict[str, str]:
    """Map the name of each array in the file that is written to its name in the checkpoint."""
    names = {}
    for kind, layers in (("conv2d", CONVOLUTIONS), ("dense", DENSE)):
        for k, layer in enumerate(layers):
            for what in ("kernel", "bias"):
                names[f"{layer}.{what}"] = f"{numbered(kind, k)}/{what}"
    for k, layer in enumerate(NORMALIZATIONS):
        for theirs, ours in STATISTICS.items():
            names[f"{layer}.{ours}"] = f"{numbered('batch_normalization', k)}/{theirs}"
    return names


def take(wheel: Path, folder: Path) -> None:
    """Write the net and its licence to a folder."""
    if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL_SHA256:
        raise SystemExit(f"{wheel} is not the wheel musicnn 0.1.0: its SHA-256 is {found}")
    with zipfile.ZipFile(wheel) as archive:
        arrays = read_checkpoint(
            archive.read(FOLDER + ".index"), archive.read(FOLDER + ".data-00000-of-00001")
        )
        licence = archive.read("musicnn-0.1.0.dist-info/LICENSE.md").decode().strip()
    net = {ours: arrays[theirs] for ours, theirs in names_of_the_net().items()}
    assert len(net) == N_ARRAYS
    assert sum(array.size for array in net.values()) == N_PARAMETERS
    halves = {name: array.astype(np.float16) for name, array in net.items()}
    assert all(np.isfinite(array).all() for array in halves.values())
    (folder / "musicnn.safetensors").write_bytes(save(halves))
    (folder / "musicnn.LICENSE.txt").write_text(NOTICE.format(licence=licence), encoding="utf-8")


NOTICE = """musicnn.safetensors

Source: the checkpoint MSD_musicnn of the Python package musicnn 0.1.0 by Jordi Pons
(Music Technology Group, Universitat Pompeu Fabra), https://github.com/jordipons/musicnn
J. Pons and X. Serra, "musicnn: Pre-trained convolutional neural networks for music audio
tagging", late-breaking demo, ISMIR 2019.

Training data: the net learnt 50 tags of Last.fm on excerpts of the Million Song Dataset
(T. Bertin-Mahieux et al., ISMIR 2011). It may have heard tracks on which you test it; a score
that it helps to reach on published music can be too high for that reason.

Changes: the 64 arrays that the net needs were taken from the checkpoint, renamed after their
layers, and rounded from 32 to 16 bits (tools/take_musicnn.py).

Licence (ISC):

{licence}
"""

if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
