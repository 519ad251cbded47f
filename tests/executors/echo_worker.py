"""A worker for tests, which does what it is told."""

import os
import pathlib
import time

from gradatim.executors.serving import serve


def answer(asked):
    if asked.get("fall"):
        os.abort()
    if mark := asked.get("fall_once"):
        path = pathlib.Path(mark)
        if not path.exists():
            path.touch()
            os.abort()
    if asked.get("fail"):
        raise ValueError(asked["fail"])
    if asked.get("fill"):
        raise MemoryError
    time.sleep(asked.get("sleep", 0))
    print("what a library prints")
    return {"said": asked.get("say"), "pid": os.getpid(), "folder": os.getcwd()}


if __name__ == "__main__":
    serve(answer)
