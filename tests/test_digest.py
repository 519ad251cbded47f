from hashlib import blake2b
from hashlib import sha256 as plain_sha256

import numpy as np
import pytest

from gradatim._digest import sha256, short_hash


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4)[:, ::2],
        np.arange(6, dtype=np.float32).reshape(2, 3).T,
        np.array(3.5),
        np.array([]),
        np.zeros((0, 3)),
        np.array(["a", "bc"]),
        np.array([True, False]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
    ],
)
def test_an_array_is_hashed_as_the_bytes_of_its_values_in_order(array):
    assert sha256(array) == plain_sha256(array.tobytes()).hexdigest()


def test_parts_are_hashed_one_after_the_other():
    whole = "a\udc80".encode(errors="surrogatepass") + b"b" + np.arange(3).tobytes()
    assert sha256("a\udc80", b"b", np.arange(3)) == plain_sha256(whole).hexdigest()
    assert short_hash(whole, size=10) == blake2b(whole, digest_size=10).hexdigest()
