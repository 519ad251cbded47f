"""Many scores read side by side by processes that run music21, and kept for the next time.

Conventions: what was read once lies in the cache folder, by the hash of its text and the version of
music21. A score that takes longer than `MOST_SECONDS`, or at which music21 fails, is a `ScoreError`
in the list and stops nothing.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gradatim._cache import cache_folder
from gradatim._digest import short_hash
from gradatim._files import read_regular, write_atomically
from gradatim._progress import Progress, steady
from gradatim.errors import MissingExtraError, OutputError, ScoreError, SpecError
from gradatim.executors.processes import UnansweredError, WorkerPool
from gradatim.music.scores.formats import ScoreText
from gradatim.music.scores.notes import NoteList

#: Seconds that one score may take: fifty times a string quartet.
MOST_SECONDS = 120.0

#: Raised when the worker comes to read other notes from the same text.
_VERSION = 2

_WORKER = "gradatim.music.scores.worker"


@dataclass(frozen=True, eq=False)
class ReadScore:
    """Notes of one score or tune, and what else the file says of it."""

    notes: NoteList
    tags: Mapping[str, str]  # Names are those of `gradatim.music.scores.tags`


def parse_scores(
    texts: Sequence[ScoreText], *, n_jobs: int = 2, progress: Progress | None = None
) -> list[list[ReadScore] | ScoreError]:
    """Read the notes of scores; a text may hold several, as a Humdrum file does.

    Raises MissingExtraError where music21 is not installed.
    """
    if n_jobs < 1:
        raise SpecError(f"n_jobs is the number of processes, at least 1, not {n_jobs}")
    cache = _Cache.open(_music21_version())
    found: list[list[ReadScore] | ScoreError | None] = [cache.get(text) for text in texts]
    missing = [k for k, one in enumerate(found) if one is None]
    tell = steady(progress)
    n_known = len(texts) - len(missing)
    tell(n_known / max(1, len(texts)), f"{n_known}/{len(texts)}")

    def read(pool: WorkerPool, k: int) -> list[ReadScore] | ScoreError:
        data = base64.b64encode(texts[k].data).decode()
        try:
            answer = pool.ask({"format": texts[k].format, "data": data}, MOST_SECONDS)
        except UnansweredError as error:
            return ScoreError(f"music21 cannot read it ({error})")
        read = _from_answer(answer, texts[k])
        if not isinstance(read, ScoreError):
            cache.put(texts[k], answer)
        return read

    executor = ThreadPoolExecutor(n_jobs, thread_name_prefix="gradatim-scores")
    try:
        # After Ctrl-C nobody waits for the scores in hand.
        with WorkerPool(_WORKER) as pool:
            futures = {executor.submit(read, pool, k): k for k in missing}
            for n_done, future in enumerate(as_completed(futures), start=n_known + 1):
                found[futures[future]] = future.result()
                tell(n_done / len(texts), f"{n_done}/{len(texts)}")
    finally:
        executor.shutdown(cancel_futures=True)
    return [one for one in found if one is not None]


def _music21_version() -> str:
    try:
        return version("music21")
    except PackageNotFoundError as error:
        raise MissingExtraError(
            "scores are read by music21, which is not installed: pip install 'gradatim[scores]'"
        ) from error


def _from_answer(answer: Mapping[str, Any], text: ScoreText) -> list[ReadScore] | ScoreError:
    try:
        scores = [
            ReadScore(NoteList.from_dict(one["notes"]), {**one["tags"], **text.tags})
            for one in answer["scores"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        return ScoreError(f"music21 gave no notes that can be used ({error})")
    scores = [score for score in scores if score.notes.n_notes]
    return scores or ScoreError("it holds no note with a pitch")


@dataclass(frozen=True)
class _Cache:
    """What was read before; without a folder it keeps nothing."""

    folder: Path | None

    @classmethod
    def open(cls, music21_version: str) -> _Cache:
        """Open the cache of one version of music21."""
        home = cache_folder()
        if home is None:
            return cls(None)
        folder = home / f"scores-{_VERSION}-music21-{music21_version}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return cls(None)
        return cls(folder)

    def get(self, text: ScoreText) -> list[ReadScore] | None:
        """Return what was read of a text, unless it is not there or broken."""
        if self.folder is None:
            return None
        try:
            answer = json.loads(read_regular(self._file(self.folder, text)))
        except (OSError, ValueError):
            return None
        read = _from_answer(answer, text) if isinstance(answer, dict) else None
        return None if isinstance(read, ScoreError) else read

    def put(self, text: ScoreText, answer: Mapping[str, Any]) -> None:
        """Keep an answer; a full disk costs time and nothing else."""
        if self.folder is not None:
            with contextlib.suppress(OutputError):
                write_atomically(self._file(self.folder, text), json.dumps(answer))

    @staticmethod
    def _file(folder: Path, text: ScoreText) -> Path:
        return folder / f"{short_hash(text.format, text.data)}.json"
