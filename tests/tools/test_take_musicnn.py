"""The reader of checkpoints, on one put together by hand."""

import numpy as np
import pytest

from tools.take_musicnn import names_of_the_net, read_checkpoint, read_varint, take

MAGIC = bytes.fromhex("57fb808b247547db")
# float32 (type 1) of shape (2, 3) at offset 0, 24 bytes; float32 of shape (300,) at 24.
FIRST = b"\x08\x01\x12\x08\x12\x02\x08\x02\x12\x02\x08\x03\x28\x18\x35\0\0\0\0"
SECOND = b"\x08\x01\x12\x05\x12\x03\x08\xac\x02\x20\x18\x28\xb0\x09\x35\0\0\0\0"


def block(*entries):
    """Lay out (number of shared bytes, rest of the key, value), and one restart at 0."""
    body = b"".join(
        bytes([shared, len(rest), len(value)]) + rest + value for shared, rest, value in entries
    )
    return body + b"\0\0\0\0" + b"\1\0\0\0"


def index_of(*entries, kind=b"\0"):
    data = block(*entries)
    at = len(data) + 5
    listing = block((0, b"z", bytes([0, len(data)])))
    assert at < 128
    assert len(listing) < 128
    footer = bytes([0, 0, at, len(listing)]).ljust(40, b"\0") + MAGIC
    return data + kind + b"\0\0\0\0" + listing + b"\0" + b"\0\0\0\0" + footer


ENTRIES = ((0, b"", b"\x08\x01"), (0, b"conv/bias", FIRST), (5, b"kernel", SECOND))


def test_arrays_are_found_by_keys_that_leave_out_what_they_share():
    numbers = np.arange(306, dtype="<f4")
    arrays = read_checkpoint(index_of(*ENTRIES), numbers.tobytes())
    assert list(arrays) == ["conv/bias", "conv/kernel"]
    assert arrays["conv/bias"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert arrays["conv/kernel"].tolist() == list(range(6, 306))


def test_a_number_of_seven_bits_per_byte():
    assert read_varint(b"\xff\xac\x02\xff", 1) == (300, 3)


def test_what_is_no_table_and_what_is_compressed_are_refused():
    with pytest.raises(ValueError, match="no sorted string table"):
        read_checkpoint(bytes(100), b"")
    with pytest.raises(ValueError, match="compressed"):
        read_checkpoint(index_of(*ENTRIES, kind=b"\1"), b"")


def test_integers_are_refused():
    with pytest.raises(ValueError, match="of type 3"):
        read_checkpoint(index_of((0, b"step", b"\x08\x03" + FIRST[2:])), bytes(24))


def test_the_net_is_64_arrays_each_named_once():
    names = names_of_the_net()
    assert len(names) == len(set(names.values())) == 64
    assert names["timbral_38.kernel"] == "conv2d/kernel"
    assert names["mid_3.variance"] == "batch_normalization_8/moving_variance"
    assert names["tags.bias"] == "dense_1/bias"


def test_another_wheel_is_refused(tmp_path):
    wheel = tmp_path / "musicnn-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(SystemExit, match=r"is not the wheel musicnn 0\.1\.0"):
        take(wheel, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [wheel.name]
