"""Who has signed what he brings: a body that shows by itself who sent it, as a message of a network does.

In: the beginning of a body, in the name of which partner it comes, and from where. Out: nothing, and the caller is that
partner; or ``Problem`` 401, which says what is wrong with the body and tells nothing of the partner, 429 and 503. A
secret that is not known yet is a guess, counted as a password is, by partner and by address; it is hashed when its
turn comes, and what it came to is remembered, so that one old secret in a partner's system is one guess and not a
thousand.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import structlog
from litestar import Request
from litestar.types import HTTPReceiveMessage

from hub.flow.receiving import signature, signature_due
from hub.flow.signing import Signature
from hub.web.attempts import LoginGuesses
from hub.web.caller import Caller, by_signature
from hub.web.hashing import HashTurns
from hub.web.hub import Hub
from hub.web.problems import busy, not_authenticated

log = structlog.get_logger("hub.web.signing")


class SignatureChecks:
    """Checks what bodies show. One per process, used on the event loop only."""

    def __init__(self, hub: Hub, guesses: LoginGuesses, turns: HashTurns) -> None:
        self._hub = hub
        self._guesses = guesses
        self._turns = turns
        self._checks: dict[tuple[str, str], asyncio.Task[bool]] = {}  # under way: a burst of messages is one check

    async def sign_in(self, request: Request[Any, Any, Any], partner: str, head: bytes) -> Caller:
        """Return the partner, by what the body alone shows. Raises ``Problem`` 401 where that does not prove it."""
        known = self._hub.partners.get(partner)
        shown = signature(head, known)
        if shown is None:
            raise not_authenticated()
        if not shown.secret:
            raise not_authenticated(shown.missing)
        right = await self._is_right(request, partner, shown.secret)
        if known is None or not right or not shown.is_theirs:
            self._tell(request, partner, "its sender or secret is wrong")
            raise not_authenticated(shown.wrong)
        return by_signature(partner)

    async def require(self, request: Request[Any, Any, Any], partner: str, head: bytes) -> None:
        """Let pass what a partner brings whom its key names. Raises ``Problem`` 401 where it has to be signed too."""
        shown = await signature_due(self._hub.secrets, partner, self._hub.partners.get(partner), head)
        if shown is None:
            return
        if not shown.secret or not await self._is_right(request, partner, shown.secret):
            self._tell(request, partner, _why(shown))
            raise not_authenticated(shown.wrong if shown.secret else shown.missing)

    async def _is_right(self, request: Request[Any, Any, Any], partner: str, secret: str) -> bool:
        judged = await self._hub.secrets.judged(partner, secret)
        if judged is not None:
            return judged
        asked = (partner, secret)
        check = self._checks.get(asked)
        if check is None:
            check = self._checks[asked] = asyncio.create_task(self._check(_address(request), partner, secret))
            check.add_done_callback(partial(self._checked, asked))
        return await asyncio.shield(check)

    def _checked(self, asked: tuple[str, str], check: asyncio.Task[bool]) -> None:
        self._checks.pop(asked, None)
        if not check.cancelled():
            check.exception()  # whoever asked may have left

    async def _check(self, address: str, partner: str, secret: str) -> bool:
        wait = self._guesses.begin(partner, address)
        if wait:
            raise busy("too many secrets in this name were wrong", wait)
        try:
            async with self._turns.turn(address, _stays):
                right = await self._hub.secrets.check(partner, secret)
        except BaseException:  # nothing was looked at, so nothing was guessed
            self._guesses.take_back(partner, address)
            raise
        if right:
            self._guesses.take_back(partner, address)
        return right

    def _tell(self, request: Request[Any, Any, Any], partner: str, reason: str) -> None:
        if self._hub.partners.get(partner) is not None:
            log.warning("message refused", partner=partner, transport="http", reason=reason, address=_address(request))


def _why(shown: Signature) -> str:
    if shown.several:
        return "it has more than one secret"
    return "its secret is wrong" if shown.secret else "it has no secret"


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


async def _stays() -> HTTPReceiveMessage:
    """Wait for ever: what comes next on the line is the rest of the body, and not for who waits for a turn."""
    return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]  # it never is
