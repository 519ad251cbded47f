"""Running the server: its address, its token, its end.

Conventions: the socket is bound here, so that a port in use is one sentence; the address is printed
once, before the first request. Ctrl-C ends the server and all that it began.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import socket
from collections.abc import Callable, Iterator

import uvicorn
from threadpoolctl import threadpool_limits

from gradatim.collection import Collection
from gradatim.errors import SpecError
from gradatim.exercises.model import Exam
from gradatim.lab.lesson import Lesson
from gradatim.lab.page import policy_of, render_lab
from gradatim.lab.server import protocol
from gradatim.lab.server.app import LabServer
from gradatim.lab.server.guard import RequestGuard, is_loopback

PORT = 8765
_MOST_CONNECTIONS = 512


def make_app(
    lesson: Lesson,
    exam: Exam | None,
    collection: Collection,
    title: str,
    *,
    names: tuple[str, ...] = (),
    token: str | None = None,
) -> RequestGuard:
    """Return the ASGI application of a lab."""
    page = render_lab(lesson, exam, served={"schema": protocol.schema()})
    server = LabServer(page, policy_of(page), collection, title)
    return RequestGuard(server.app, names, token)


def serve_lab(
    lesson: Lesson,
    exam: Exam | None,
    collection: Collection,
    title: str,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve a page of the lab until Ctrl-C; `ready` is told its address, with a token if needed."""
    token = None if is_loopback(host) else secrets.token_urlsafe(18)
    names = () if token is None else tuple({host, socket.gethostname(), socket.getfqdn()})
    app = make_app(lesson, exam, collection, title, names=names, token=token)
    with _listening(host, port) as listener:
        address = _address(host, listener.getsockname()[1], token)
        config = uvicorn.Config(
            app,
            log_level="error",
            # Its own would close the handlers of whoever runs this in a process of theirs.
            log_config=None,
            access_log=False,
            ws="none",
            http="h11",
            lifespan="on",
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        ready(address)
        # Many small questions: threads of BLAS would only wait for each other.
        with contextlib.suppress(KeyboardInterrupt), threadpool_limits(1):
            uvicorn.Server(config).run([listener])


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if os.name == "posix":
            # A server that has just ended still holds its port; on Windows this would share it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except socket.gaierror as error:
            raise SpecError(f"{host!r} is no address; give --host 0.0.0.0 for all") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                text = f"port {port} is in use; give --port N, or --port 0 for a free one"
            else:
                text = f"{host} port {port} cannot be listened at; give another --host or --port"
            raise SpecError(text) from error
        yield listener


def _address(host: str, port: int, token: str | None) -> str:
    if token is None:
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}/"
    return f"http://{_own_address(host)}:{port}/?token={token}"


def _own_address(host: str) -> str:
    """Return where others reach this machine, if it listens everywhere."""
    if host not in ("0.0.0.0", "::"):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only says by which address it would.
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()
