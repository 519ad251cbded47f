"""Augmentation: what is done at random to the samples of a minibatch.

Conventions: samples are (n, n_features), pointers to float32. What happens to a sample follows from
the key of the step and its place in the minibatch as drawn, so that a network is the same alone or
in company. Written for `gradatim.training.native.kernels`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradatim.training.native.elementwise import random_bits

#: Told apart from the keys of dropout, which add multiples of another constant to the step's.
_KEY = 0x5BD1E995

_DECIBEL = math.log(10.0) / 20.0


def alter(
    key: int,
    reach: int,
    length: int,
    level: Any,
    places: Any,
    samples: Any,
    changed: Any,
    n_features: int,
    n: int,
) -> None:
    """Write samples shifted circularly and made louder or quieter, sequence by sequence.

    A sequence has `length` columns and moves by at most `reach` either way; what does not fill one
    stays where it is.
    """
    n_shifts = min(2 * reach + 1, length)
    for c in range(n):
        place = np.int64(places[c])
        # The high bits of a product are uniform to within n_shifts / 2**32.
        shift = (random_bits(key ^ _KEY, place, 0) * n_shifts >> 32) - reach
        share = random_bits(key ^ _KEY, place, 1) / 4294967295.0
        factor = np.float32(math.exp((2.0 * share - 1.0) * level * _DECIBEL))
        for start in range(0, n_features, length):
            own = min(length, n_features - start)
            first = (own - shift) % own if own == length else 0
            source, target = c * n_features + start + first, c * n_features + start
            for i in range(own - first):
                changed[target + i] = samples[source + i] * factor
            for i in range(own - first, own):
                changed[target + i] = samples[source + i - own] * factor
