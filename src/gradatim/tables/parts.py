"""Parts of a published split: which samples are learnt from, and which are scored.

Conventions: a part is ``"train"`` or ``"test"``, whatever case and word a table has for it; what is
published for validation is learnt from, because choices are made inside the training part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import LabelError

__all__ = ["read_parts"]

_TRAIN = ("train", "training")
_VALIDATION = ("valid", "validation", "val", "dev", "development")
_TEST = ("test", "testing")


def read_parts(
    texts: Sequence[str], column: str, samples: Sequence[str]
) -> tuple[np.ndarray, tuple[Notice, ...]]:
    """Return the part of every sample, (n_samples,), and what is to be said of it.

    `samples` are what the samples are called, for the message that refuses a word.

    Examples
    --------
    >>> read_parts(["Training", "test"], "set", ["row 2", "row 3"])[0].tolist()
    ['train', 'test']
    """
    words = [text.strip().casefold() for text in texts]
    known: dict[str, str] = dict.fromkeys((*_TRAIN, *_VALIDATION), "train")
    known |= dict.fromkeys(_TEST, "test")
    for word, text, sample in zip(words, texts, samples, strict=True):
        if word not in known:
            raise LabelError(
                f"{show_name(sample)} has {show_name(text)!r} in {show_name(column)!r}, which is "
                "no part of a split; write train or test (or valid, which is learnt from)"
            )
    parts = np.array([known[word] for word in words])
    for part in ("train", "test"):
        if part not in parts:
            raise LabelError(
                f"no sample has {part} in {show_name(column)!r}; a split needs samples to learn "
                "from (train) and samples to score (test)"
            )
    return parts, _of_validation([text for text in texts if text.strip().casefold() in _VALIDATION])


def _of_validation(texts: Sequence[str]) -> tuple[Notice, ...]:
    if not texts:
        return ()
    verb = "is" if len(texts) == 1 else "are"
    text = (
        f"{plural(len(texts), 'sample')} of the part {show_name(texts[0].strip())!r} {verb} learnt "
        "from like train: choices are made inside both together"
    )
    return (Notice("validation-part", text),)
