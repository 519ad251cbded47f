"""Parts of a published split: which samples are learnt from, and which are scored.

Conventions: a part is ``"train"`` or ``"test"``, whatever case and word a table has for it; what is
published for validation is learnt from, because choices are made inside the training part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError

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


def are_parts(texts: Sequence[str]) -> bool:
    """Tell whether words name the parts of a split, with what is learnt from and what is scored."""
    try:
        read_parts(texts, "", texts)
    except LabelError:
        return False
    return True


def _of_validation(texts: Sequence[str]) -> tuple[Notice, ...]:
    if not texts:
        return ()
    verb = "is" if len(texts) == 1 else "are"
    text = (
        f"{plural(len(texts), 'sample')} of the part {show_name(texts[0].strip())!r} {verb} learnt "
        "from like train: choices are made inside both together"
    )
    return (Notice("validation-part", text),)


def join_parts(train: Collection, test: Collection, *, shared_groups: bool) -> Collection:
    """Join what is learnt from and what is scored, which were read from two places.

    `shared_groups` says whether a group of one name is one group in both (an artist), or another
    (a file, from which its pieces were cut).
    """
    _require_alike(train, test)
    both = {"train": train, "test": test}

    def joined(get: Callable[[Collection], np.ndarray | None]) -> np.ndarray | None:
        a, b = get(train), get(test)
        return None if a is None or b is None else np.concatenate([a, b])

    def named(names: np.ndarray, part: str) -> np.ndarray:
        return np.array([f"{part}: {name}" for name in names])

    groups = joined(lambda one: one.groups)
    if groups is not None and not shared_groups:
        groups = np.concatenate([named(np.asarray(one.groups), p) for p, one in both.items()])
    sounds = None if train.media is None or test.media is None else (*train.media, *test.media)
    return replace(
        train,
        name=f"{train.name} and {test.name}",
        X={name: np.concatenate([X, test.X[name]]) for name, X in train.X.items()},
        y=np.concatenate([train.y, test.y]),
        ids=np.concatenate([named(one.ids, p) for p, one in both.items()]),
        groups=groups,
        media=sounds,
        notices=tuple(dict.fromkeys([*train.notices, *test.notices])),
        content_hashes=joined(lambda one: one.content_hashes),
        fingerprints=joined(lambda one: one.fingerprints),
        weights=joined(lambda one: one.weights),
        texts={
            name: np.concatenate([texts, test.texts[name]])
            for name, texts in train.texts.items()
            if name in test.texts
        },
        parts=np.repeat(["train", "test"], [train.n_samples, test.n_samples]),
    )


def _columns(one: Collection) -> list[tuple[str, ...]]:
    return [
        (name, *one.feature_names.get(name, map(str, range(X.shape[1]))))
        for name, X in one.X.items()
    ]


def _require_alike(train: Collection, test: Collection) -> None:
    """Refuse two places that do not hold the same inputs and targets."""
    where = f"{show_name(train.name)} and {show_name(test.name)}"
    if train.task != test.task:
        raise SpecError(
            f"{where} are no parts of one split: one is read as {train.task}, the other as "
            f"{test.task}; say which with --task"
        )
    for what, get in (
        ("features", _columns),
        ("targets", lambda one: list(one.target_names)),
    ):
        a, b = get(train), get(test)
        if a != b:
            flat = [[str(name) for part in names for name in
                     ([part] if isinstance(part, str) else part)] for names in (a, b)]  # fmt: skip
            odd = [name for name in flat[0] + flat[1] if (name in flat[0]) != (name in flat[1])]
            one = f", such as {show_name(odd[0])!r}" if odd else ", in another order"
            mine, other = (", ".join(map(show_name, part.X)) for part in (train, test))
            how = "drop what one of them lacks"
            if mine != other:
                how = (
                    f"one is read as the inputs {mine}, the other as {other}; --features says which"
                )
            raise SpecError(
                f"{where} are no parts of one split: their {what} are not the same{one}; {how}"
            )
