"""Who may ask the server: this machine's browser, and no other site's page in it.

Conventions: the name in ``Host`` must be one of the server's own, so that no name of a stranger can
be pointed at it; ``Origin``, where a browser sends it, must be the server itself. Beyond this
machine a token is needed, which the first visit turns into a cookie.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gradatim.lab.server.protocol import Refusal, encode

_COOKIE = "gradatim_lab"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
# What is no page may load and run nothing at all.
_NOTHING = "default-src 'none'; frame-ancestors 'none'"


def is_loopback(host: str) -> bool:
    """Tell whether a host can be reached from this machine only."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(status: int, code: str, says: str) -> Response:
    """Return a refusal as the page reads it."""
    return Response(encode(Refusal(code, says)), status, media_type="application/json")  # type: ignore[arg-type]


class RequestGuard:
    """Refuses who may not ask, by name, origin and token (beyond the loopback); marks answers."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = (), token: str | None = None) -> None:
        self._app, self._token = app, token
        self._names = _LOOPBACK | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refused = self._refused(scope)
            await (refused or self._app)(scope, receive, _marking(send))
        else:
            # There is no WebSocket, so no other site's page can open one.
            await send({"type": "websocket.close", "code": 1008})

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own(host):
            return refusal(403, "forbidden", "this server does not go by that name")
        if not _is_same_site(headers, host):
            return refusal(403, "forbidden", "another site's page may not ask this server")
        return None if self._token is None else self._without_token(scope, headers)

    def _is_own(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            # A stranger's name can be pointed here; a number is where it points.
            return self._token is not None and bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
        except CookieError:
            cookie = None
        if cookie is not None and self._is_token(cookie.value):
            return None
        query = scope["query_string"].decode("latin-1")
        try:
            given = parse_qs(query, max_num_fields=8).get("token", [""])[0]
        except ValueError:
            given = ""
        if scope["path"] == "/" and given and self._is_token(given):
            response = RedirectResponse("/", 303)
            response.set_cookie(_COOKIE, given, httponly=True, samesite="strict")
            return response
        if scope["method"] == "GET":
            return PlainTextResponse("Open the whole address that the server printed.", 401)
        return refusal(401, "forbidden", "open the whole address that the server printed")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), (self._token or "").encode())


def _is_same_site(headers: Headers, host: str) -> bool:
    """Tell whether no other site's page sent this, as far as browsers say so."""
    if "origin" in headers:
        try:
            return urlsplit(headers["origin"]).netloc == host
        except ValueError:
            return False
    fetched = headers.get("sec-fetch-site", "none")
    navigates = headers.get("sec-fetch-mode") == "navigate"
    return navigates or fetched in ("none", "same-origin")


def _marking(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("content-security-policy", _NOTHING)
        await send(message)

    return marked
