"""The routes of the server: the page, one for messages, one for files.

Conventions: every answer to a message is one of `gradatim.lab.server.protocol`; what a page asks
wrongly is a refusal in one sentence, never a crash. Nothing that is sent becomes a path of the
server, but below the folder of its session.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from gradatim._files import write_atomically
from gradatim._text import show_name
from gradatim.collection import Collection
from gradatim.errors import GradatimError, SpecError
from gradatim.lab.lesson import lesson_from_collection
from gradatim.lab.server import protocol
from gradatim.lab.server.guard import refusal
from gradatim.lab.server.jobs import Job, JobQueues
from gradatim.lab.server.sessions import Session, SessionError, Sessions, about_collection

# Seconds for which a page waits for news of a job.
_PATIENCE = 20.0
# Choices of rows that are kept for the next page that asks for them.
_MOST_CHOICES = 64
_JSON = "application/json"


class TooLargeError(GradatimError):
    """More was sent than is read."""


class LabServer:
    """What answers the pages of one lab: the page with its policy, a collection and its title."""

    def __init__(self, page: str, policy: str, collection: Collection, title: str) -> None:
        self._page, self._policy = page.encode("utf-8", errors="replace"), policy
        self._sessions = Sessions(collection, title)
        self._jobs = JobQueues()
        self._lock = asyncio.Semaphore(2)
        # A class that is told to look at the same columns asks for the same points.
        self._rows_of: dict[tuple[Any, ...], protocol.PointRows] = {}
        self.app = Starlette(
            routes=[
                Route("/", self._show),
                Route("/ask", self._ask, methods=["POST"]),
                Route("/files", self._take, methods=["POST"]),
                Route("/openapi.json", self._describe),
            ],
            exception_handlers={HTTPException: _refused_by_http},
            lifespan=self._living,
        )

    @contextlib.asynccontextmanager
    async def _living(self, app: Starlette) -> AsyncIterator[None]:
        yield
        self._jobs.close()
        self._sessions.close()

    async def _show(self, request: Request) -> Response:
        headers = {"content-security-policy": f"{self._policy}; frame-ancestors 'self'"}
        return Response(self._page, media_type="text/html", headers=headers)

    async def _describe(self, request: Request) -> Response:
        return Response(protocol.encode(protocol.openapi()), media_type=_JSON)

    async def _ask(self, request: Request) -> Response:
        async def answered() -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
                return refusal(415, "malformed", f"a message is sent as {_JSON}")
            ask = protocol.decode_ask(await _body(request, protocol.MOST_CHARACTERS))
            return Response(protocol.encode(await self._answer(ask)), media_type=_JSON)

        return await _refusing(answered)

    async def _answer(self, ask: protocol.Ask) -> protocol.Answer:
        if isinstance(ask, protocol.Hello):
            session = self._sessions.begin()
            return protocol.Welcome(session.id, about_collection(session))
        session = self._sessions.find(ask.session)
        if isinstance(ask, protocol.ChooseRows):
            return await self._rows(session, ask)
        if isinstance(ask, protocol.WatchJob):
            job = _job_of(session, ask.job)
            await job.wait(ask.seen, _PATIENCE)
            return self._state(session, job)
        if isinstance(ask, protocol.StopJob):
            job = _job_of(session, ask.job)
            self._jobs.stop(job)
            return self._state(session, job)
        return protocol.JobStarted(self._start(session, ask).number)

    async def _rows(self, session: Session, ask: protocol.ChooseRows) -> protocol.PointRows:
        def chosen() -> protocol.PointRows:
            lesson = lesson_from_collection(
                session.collection,
                session.title,
                input=ask.input or None,
                columns=ask.columns,
                seed=ask.seed,
                sounds=False,
            )
            assert lesson.table is not None
            return protocol.PointRows(**lesson.table)

        key = (session.input_key, ask.input, *ask.columns, ask.seed)
        if key not in self._rows_of:
            async with self._lock:
                self._rows_of[key] = await asyncio.to_thread(chosen)
            if len(self._rows_of) > _MOST_CHOICES:
                del self._rows_of[next(iter(self._rows_of))]
        return self._rows_of[key]

    def _start(self, session: Session, ask: Any) -> Job:
        if session.job is not None and not session.job.is_over:
            raise SpecError("this page's last question is still being answered; stop it first")
        data: Any = None
        if isinstance(ask, protocol.ReadFiles):
            if not session.n_files:
                raise SpecError("no file has been sent; drop some first")
            data = session.folder
        elif isinstance(ask, (protocol.DecideSeparation, protocol.StartClimb)):
            data = session.collection
        session.job = self._jobs.start(ask, data)
        return session.job

    def _state(self, session: Session, job: Job) -> protocol.JobState:
        if isinstance(job.result, Collection):
            self._adopt(session, job)
        return protocol.JobState(
            job.number,
            job.seen,
            job.state,  # type: ignore[arg-type]
            job.doing,
            job.share,
            None if isinstance(job.result, Collection) else job.result,
        )

    def _adopt(self, session: Session, job: Job) -> None:
        """Make what was read the session's collection."""
        collection: Collection = job.result
        try:
            self._sessions.adopt(session, collection)
        except GradatimError as error:
            job.tell(state="failed", doing=str(error), result=None)
        else:
            notices = [notice.message for notice in collection.notices][:20]
            job.tell(result=protocol.FilesRead(about_collection(session), notices))
        session.forget_files()

    async def _take(self, request: Request) -> Response:
        async def taken() -> Response:
            session = self._sessions.find(request.query_params.get("session", ""))
            name = request.query_params.get("name", "")
            if session.job is not None and not session.job.is_over:
                raise SpecError("files are being read; wait, or stop that")
            data = await _body(request, protocol.MOST_FILE_BYTES)
            path = session.place_of(name, len(data))
            await asyncio.to_thread(_keep, path, data)
            return Response(status_code=204)

        return await _refusing(taken)


def _keep(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        raise SpecError(f"{show_name(path.name)} could not be kept; rename it") from error


def _job_of(session: Session, number: int) -> Job:
    if session.job is None or session.job.number != number:
        raise SpecError("the server does not know this question any more; ask it again")
    return session.job


async def _body(request: Request, most: int) -> bytes:
    """Read what is sent, up to a limit."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLargeError(f"more than {most:,} bytes were sent at once; send less")
        parts.append(part)
    return b"".join(parts)


async def _refusing(answered: Callable[[], Awaitable[Response]]) -> Response:
    """Return an answer, or the sentence that says why there is none."""
    try:
        return await answered()
    except msgspec.DecodeError as error:
        return refusal(400, "malformed", f"this is no message of the lab: {show_name(str(error))}")
    except TooLargeError as error:
        return refusal(413, "limit", str(error))
    except SessionError as error:
        unknown = "does not know" in str(error)
        return refusal(404 if unknown else 503, "unknown" if unknown else "full", str(error))
    except GradatimError as error:
        return refusal(422, "unusable", str(error))
    except ClientDisconnect:
        return Response(status_code=499)


async def _refused_by_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    response = refusal(status, "unknown", "there is nothing here; open the page at /")
    # Which methods a path takes (Allow).
    response.headers.update(getattr(error, "headers", None) or {})
    return response
