"""What every page needs: who looks, in which language and zone, and the proof their forms carry.

In: a request that has passed the gate, and a template. Out: the response. The language is the person's choice (a
cookie), else what they chose before (their record), else what their browser says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from hub.kernel.struct import Struct
from hub.web import csrf
from hub.web.caller import Caller, caller_of
from hub.web.hub import Hub
from hub.web.languages import LANGUAGE_COOKIE, N_, ZONE_COOKIE, by_tag, negotiate, zone_of
from hub.web.rendering import Renderer, Viewer
from hub.web.sessions import is_secure
from hub.web.statuses import Word

URL_SIGNS = "/?#[]@!$&'()*+,;=:%~"  # with a meaning in a URL: they stay as they are
ROLE_NAMES = {
    "viewer": N_("Viewer"),
    "account-manager": N_("Account manager"),
    "onboarding-engineer": N_("Onboarding engineer"),
    "finance": N_("Finance"),
    "auditor": N_("Auditor"),
    "administrator": N_("Administrator"),
}
SAID = {
    "replayed": Word(text=N_("The message is being processed again."), tone="good"),
    "resent": Word(text=N_("The message is being sent again."), tone="good"),
    "stands": Word(text=N_("Nothing was done: the effects of this message already stand."), tone="warn"),
    "dealt-with": Word(text=N_("The message no longer needs attention."), tone="good"),
    "file-dealt-with": Word(text=N_("The file no longer waits for a person."), tone="good"),
    "logged-out": Word(text=N_("You are logged out."), tone="good"),
}
"""What a page may say after a redirect: the word travels in ``?said=``, the text never does."""


class Page(Struct):
    """The frame around what a template shows."""

    caller: Caller
    csrf: str
    path: str
    search: str = ""
    flash: Word | None = None

    @property
    def section(self) -> str:
        return "/" + self.path.lstrip("/").split("/")[0].split("?")[0]

    @property
    def name(self) -> str:
        return self.caller.name

    @property
    def initials(self) -> str:
        parts = self.caller.name.split()
        return "".join(part[0] for part in parts[:2]).upper() or "?"

    def may(self, permission: str) -> bool:
        return self.caller.may(permission)

    def role_names(self, translate: Callable[[str], str]) -> list[str]:
        return [translate(ROLE_NAMES.get(role, role)) for role in self.caller.roles]


def viewer_of(request: Request[Any, Any, Any]) -> Viewer:
    """Return how the one who asks reads."""
    hub: Hub = request.app.state.hub
    chosen = by_tag(request.cookies.get(LANGUAGE_COOKIE)) or by_tag(caller_of(request).language)
    zone = unquote(request.cookies.get(ZONE_COOKIE, "")) or caller_of(request).zone
    return Viewer(
        language=chosen or negotiate(request.headers.get("accept-language")),
        zone=zone_of(zone),
        now=hub.clock.now(),
    )


def answer(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """Return ``template`` as a page for whoever asks."""
    renderer: Renderer = request.app.state.renderer
    caller = caller_of(request)
    key, secure = request.app.state.server_key, is_secure(request)
    visit = "" if caller.csrf else csrf.visit_of(key, request.cookies, secure=secure) or csrf.new_visit(key)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    page = Page(
        caller=caller,
        csrf=caller.csrf or csrf.token_of(key, visit),
        path=path,
        search=request.query_params.get("q", "") if request.url.path == "/messages" else "",
        flash=SAID.get(request.query_params.get("said", "")),
    )
    html = renderer.render(template, viewer_of(request), page=page, **context)
    cookies = [_visit_cookie(visit, secure=secure)] if visit else []
    return Response(
        html,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"vary": "accept-language, cookie, hx-request", **(headers or {})},
        cookies=cookies,
    )


async def answer_aside(request: Request[Any, Any, Any], template: str, **context: Any) -> Response[str]:
    """The same, rendered off the event loop: for pages of many rows."""
    return await asyncio.to_thread(answer, request, template, **context)


def _visit_cookie(visit: str, *, secure: bool) -> Cookie:
    name = csrf.visit_cookie_name(secure=secure)
    return Cookie(key=name, value=visit, path="/", httponly=True, secure=secure, samesite="strict")


async def form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the form's text fields. The gate has proven that the form is ours."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def is_fragment(request: Request[Any, Any, Any]) -> bool:
    """Say whether htmx asks for a part of the page; a page out of its history it asks for whole."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def see_other(path: str) -> Response[bytes]:
    """Return the answer to a form that did its work: go and look there."""
    location = quote(path, safe=URL_SIGNS)  # a header holds ASCII alone
    return Response(b"", status_code=303, headers={"location": location}, media_type=MediaType.HTML)


def is_ours(path: str) -> bool:
    """Say whether ``path`` leads to a page of ours, and nowhere else."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) < 2000
