"""Many scores read side by side by processes that run music21, and kept for the next time.

Conventions: what was read once lies in the cache folder, by the hash of its text and the version of
music21. A score that takes longer than `MOST_SECONDS`, or at which music21 fails, is a `ScoreError`
in the list and stops nothing.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
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
from gradatim.music.scores.formats import ScoreText
from gradatim.music.scores.notes import NoteList

__all__ = ["MOST_SECONDS", "ReadScore", "parse_scores"]

#: Seconds that one score may take: fifty times a string quartet.
MOST_SECONDS = 120.0

#: Raised when the worker comes to read other notes from the same text.
_VERSION = 1

# Scores for which another process, which takes a second to start, is worth it
_SCORES_PER_PROCESS = 20


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
    readers: list[_Reader] = []
    own = threading.local()

    def read(k: int) -> list[ReadScore] | ScoreError:
        if not hasattr(own, "reader"):
            own.reader = _Reader()
            readers.append(own.reader)
        answer = own.reader.ask(texts[k])
        read = _from_answer(answer, texts[k])
        if not isinstance(read, ScoreError):
            cache.put(texts[k], answer)
        return read

    n_processes = min(n_jobs, 1 + len(missing) // _SCORES_PER_PROCESS)
    executor = ThreadPoolExecutor(n_processes, thread_name_prefix="gradatim-scores")
    try:
        futures = {executor.submit(read, k): k for k in missing}
        for n_done, future in enumerate(as_completed(futures), start=n_known + 1):
            found[futures[future]] = future.result()
            tell(n_done / len(texts), f"{n_done}/{len(texts)}")
    finally:
        # After Ctrl-C nobody waits for the scores in hand.
        executor.shutdown(wait=False, cancel_futures=True)
        for reader in readers:
            reader.close()
        executor.shutdown()
    return [one for one in found if one is not None]


def _music21_version() -> str:
    try:
        return version("music21")
    except PackageNotFoundError as error:
        raise MissingExtraError(
            "scores are read by music21, which is not installed: pip install 'gradatim[scores]'"
        ) from error


def _from_answer(answer: Mapping[str, Any], text: ScoreText) -> list[ReadScore] | ScoreError:
    if "error" in answer:
        return ScoreError(f"music21 cannot read it ({answer['error']})")
    try:
        scores = [
            ReadScore(NoteList.from_dict(one["notes"]), {**one["tags"], **text.tags})
            for one in answer["scores"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        return ScoreError(f"music21 gave no notes that can be used ({error})")
    scores = [score for score in scores if score.notes.n_notes]
    return scores or ScoreError("it holds no note with a pitch")


class _Reader:
    """A process that reads scores one after the other, started anew when it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, text: ScoreText) -> dict[str, Any]:
        """Return the answer of the process, or an error where there is none in time."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        asked = {"format": text.format, "data": base64.b64encode(text.data).decode()}
        timer = threading.Timer(MOST_SECONDS, stop)
        timer.start()
        try:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self.close()
            if late.is_set():
                return {"error": f"not within {MOST_SECONDS:g} s"}
            return {"error": "its process ended without an answer"}
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._dispose()
            # The worker sees the packages that this process sees, but not the current folder,
            # in which a file may be called as a module is.
            paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "gradatim.music.scores.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
        return self._process

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
        self._dispose()

    def _dispose(self) -> None:
        if self._process is not None:
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process = None


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
