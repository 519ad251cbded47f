"""The worker's side of a worker process: it answers one question after the other.

Conventions: a line of standard input is a question, a line of standard output its answer, both
JSON objects. The first line says that the worker is ready, so that the time to start is not that of
a question. A worker ends, also in the midst of a question, when nobody can ask any more; Ctrl-C is
for the one who asks.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

#: Key of an answer that says why there is none.
FAILED = "failed"


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer what is asked, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not stand between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asked: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    said: dict[str, Any] = {"ready": True}
    while True:
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        said = _answer_or_reason(answer, asked.get())


def _answer_or_reason(
    answer: Callable[[dict[str, Any]], dict[str, Any]], line: str
) -> dict[str, Any]:
    question = json.loads(line)
    folder = question.pop("cwd")
    try:
        if folder is not None:
            os.chdir(folder)  # Names are those of the one who asks.
        return answer(question)
    except MemoryError:
        return {FAILED: "it needs more memory than there is"}
    except Exception as error:  # A library fails in as many ways as there are files.
        reason = " ".join(str(error).split())[:200]
        return {FAILED: f"{type(error).__name__}: {reason}" if reason else type(error).__name__}


def _listen(asked: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        asked.put(line)
    os._exit(0)
