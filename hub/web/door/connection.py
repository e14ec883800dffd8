"""One connection over HTTP/1.1: uvicorn's protocol, with a most of bytes and time in every phase.

A connection waits (nothing asked, or headers still coming), brings a body, is answered, or is being closed. Bytes are
counted as they come; times are looked at by the keeper once a second, so that no request pays for a timer. What goes
over is told so with a problem document where an answer can still be given: 400, 408, 431, 503.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hub.web.door.head import fault_of_head
from hub.web.door.keeper import Activity, Keeper
from hub.web.door.line import FULL, LingeringTransport, Pace, answer_of
from hub.web.door.turn import ENTRANCES, Kind, Turn, kind_of
from hub.web.door.work import busy, in_turn, is_promise
from hub.web.problems import Problem

HEAVY = 8  # what ends in a hash counts as so many pages
INTAKE = "/inbound/"  # the one route whose body may be large and take its time
HEAD_TOO_LARGE = Problem(431, "the headers of a request are at most 16 KiB in 100 fields", code="headers-too-large")
NO_HTTP = Problem(400, "this is no HTTP/1.1", code="no-http")
HEAD_TOO_SLOW = Problem(408, "the headers did not come in time", code="too-slow")
BODY_TOO_SLOW = Problem(408, "the body came too slowly", code="too-slow")
LATER = busy(Problem(503, "more is asked than the hub can answer", code="busy", retry_after_seconds=2))


class Connection(HttpToolsProtocol):
    """``keeper`` is set by ``kept_by``."""

    keeper: ClassVar[Keeper]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.address = ""
        self.stand = Activity.SILENT
        self._body_open = False  # headers are complete, the body is not
        self._deaf = False  # nothing more is read from it
        self._said_all = False  # it has closed its half of the line
        self._lingering = False
        self._behind: Problem | None = None  # what is said when all that was asked before is answered
        self._refusal: Problem | None = None  # why a callback of the parser stopped it
        self._moved = False  # the parser has finished something with the last piece
        self._answered: RequestResponseCycle | None = None  # the request that is answered, or will be next
        self._turn: Turn | None = None  # of that one
        self._held_back: tuple[RequestResponseCycle, Any, bool] | None = (
            None  # it asks for its turn when its body is here
        )
        self._is_leaving = False  # its answer is given, and has not all left yet
        self._is_intake = False  # what it asks for is to take a message in
        self._unheard = 0  # bytes since it last did
        self._head_bytes = self._head_fields = self._body_bytes = 0
        self._keeps_alive = False
        self._since: float | None = None  # when this phase was first looked at
        self._pace = Pace()
        self._unsent = Pace()

    # -- as the keeper sees it

    @property
    def is_known(self) -> bool:
        """Whether the gate has let the sender in by name; it does so before the body is read."""
        caller: Any = self.scope.get("user") if self.scope else None
        return caller is not None and caller.kind != "anyone"

    def give_way(self) -> None:
        self._deaf = True
        self.transport.abort()

    @property
    def _is_waiting(self) -> bool:
        return not self._body_open and (self.cycle is None or self.cycle.response_complete)

    def _settle(self) -> None:
        """Tell the keeper what we are about now, when that has changed."""
        if self._body_open:
            stand = Activity.KNOWN if self.is_known else Activity.PROMISED
        elif self._lingering or self._is_waiting:
            stand = Activity.SILENT if self.cycle is None else Activity.ANSWERED
        elif self._turn is not None and self._turn.is_waiting:
            stand = Activity.WAITING
        else:
            stand = Activity.AT_WORK
        if stand is not self.stand:
            self.keeper.move(self, stand)

    def look(self, now: float) -> None:
        """End what has lasted too long."""
        if not self._takes_itsanswer_of(now):
            self.transport.abort()
        elif self.transport.is_closing():
            return
        elif self._since is None:
            self._since = now
            self._pace.start(now, self._body_bytes)
        elif self._lingering:
            if now - self._since > self.keeper.limits.linger_seconds:
                self.transport.abort()
        elif self._body_open:
            self._look_at_body(now, self._since)
        elif self._is_waiting and not self._deaf and now - self._since > self.keeper.limits.head_seconds:
            self._refuse(HEAD_TOO_SLOW)

    def _takes_itsanswer_of(self, now: float) -> bool:
        limits = self.keeper.limits
        unsent = self.transport.get_write_buffer_size()
        if not unsent or self._unsent.at is None or unsent > self._unsent.bytes:  # more was written meanwhile
            self._unsent.start(now if unsent else None, unsent)
            return True
        if now - self._unsent.at < limits.rate_seconds:
            return True
        taken = self._unsent.bytes - unsent
        self._unsent.start(now, unsent)
        return taken >= limits.answer_rate * limits.rate_seconds

    def _look_at_body(self, now: float, since: float) -> None:
        limits = self.keeper.limits
        if self.flow.read_paused:  # it is we who are slow
            self._pace.start(now, self._body_bytes)
        elif now - since > (limits.body_seconds if self._is_intake else limits.form_seconds):
            self._refuse(BODY_TOO_SLOW)
        elif self._pace.at is not None and now - self._pace.at >= limits.rate_seconds:
            if self._body_bytes - self._pace.bytes < limits.body_rate * limits.rate_seconds:
                self._refuse(BODY_TOO_SLOW)
            self._pace.start(now, self._body_bytes)

    # -- as the event loop sees it

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self.transport = transport
        if not self.keeper.admit(self):
            self.keeper.turned_away += 1
            self._deaf = True
            transport.write(answer_of(FULL))
            transport.close()
            return
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # more is written only when all has left: one piece of one answer

    def connection_lost(self, exc: Exception | None) -> None:
        self.keeper.leave(self)
        super().connection_lost(exc)
        if self._answered is not None and not self._answered.response_complete:  # others may stand behind it
            self._answered.disconnected = True
            self._answered.message_event.set()
        self._is_leaving, self._held_back = False, None
        if self._turn is not None:
            self.keeper.turns.left(self._turn)

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio asks for a bool, uvicorn gives none
        """Say whether the line stays open: who has said all it wanted still hears the answer."""
        if self.cycle is None or self.cycle.response_complete or self._body_open or self._lingering:
            return False
        self._deaf = self._said_all = True
        if self._behind is None:
            self.cycle.keep_alive = False
        return True

    def data_received(self, data: bytes) -> None:
        if not self._deaf:
            self._unset_keepalive_if_required()
        most = self.keeper.limits.head_bytes
        for start in range(0, len(data), most):
            if self._deaf or self.transport.is_closing():
                return
            self._feed(data[start : start + most] if len(data) > most else data)
        self._settle()

    def _feed(self, piece: bytes) -> None:
        """Let the parser have ``piece``. What it keeps of an unfinished line grows quadratically: it is never long."""
        self._moved = False
        self._unheard += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:  # it is answered as if it had not asked to upgrade, and nothing follows
            self._deaf = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            self._refuse(self._refusal or NO_HTTP)
        if self._moved:
            self._unheard = 0
        elif self._unheard > self.keeper.limits.head_bytes:
            self._refuse(HEAD_TOO_LARGE)

    # -- as the parser sees it

    def on_message_begin(self) -> None:
        self._since = None
        self._refusal = None
        self._head_bytes = self._head_fields = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_fields += 1
        self._count_head(len(name) + len(value))
        if not self._body_open:  # what follows a chunked body is counted and dropped
            super().on_header(name, value)

    def _count_head(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        limits = self.keeper.limits
        if self._head_bytes > limits.head_bytes or self._head_fields > limits.head_fields:
            self._stop(HEAD_TOO_LARGE)

    def on_headers_complete(self) -> None:
        fault = fault_of_head(self.parser.get_method(), self.url, self.headers, self.parser.get_http_version())
        if fault is not None:
            self._stop(fault)
        if len(self.pipeline) >= self.keeper.limits.pipelined:
            self._stop(NO_HTTP)
        super().on_headers_complete()
        self._moved = self._body_open = True
        self._is_intake = self.scope["path"].startswith(INTAKE)
        self._since, self._body_bytes = None, 0
        # whoever answers before the body has come closes the line behind the answer, and gently: a line that is cut
        # while bytes arrive takes the answer with it
        self._keeps_alive, self.cycle.keep_alive = self.cycle.keep_alive, False
        self.cycle.transport = LingeringTransport(self.transport, self.linger)  # type: ignore[assignment]  # the three methods a cycle calls

    def on_body(self, body: bytes) -> None:
        self._moved = True
        self._body_bytes += len(body)
        super().on_body(body)
        if self._held_back is not None and len(self.cycle.body) > HIGH_WATER_LIMIT:  # nobody takes so large a form
            self._ask_for_turn()

    def on_message_complete(self) -> None:
        self._moved, self._body_open, self._since = True, False, None
        if not self.cycle.response_started:
            self.cycle.keep_alive = self._keeps_alive
        self.cycle.transport = self.transport
        super().on_message_complete()
        if self._held_back is not None and self._held_back[0] is self.cycle:
            self._ask_for_turn()

    def on_response_complete(self) -> None:
        """Go on to the next request, once the answer has left: whoever does not read is not read either."""
        self._since = None
        if self.transport.get_write_buffer_size():
            self._is_leaving = True
            if not self.transport.is_closing():
                self.flow.pause_reading()
            return
        self._go_on()

    def _go_on(self) -> None:
        self._is_leaving = False
        if self._turn is not None:
            self.keeper.turns.left(self._turn)
        was_last = not self.pipeline
        super().on_response_complete()
        if was_last and self._behind is not None and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self.transport.write(answer_of(self._behind))
            self.transport.close() if self._said_all else self.linger()
        self._settle()

    def pause_writing(self) -> None:
        self.keeper.unsent(self, self.transport.get_write_buffer_size())
        super().pause_writing()

    def resume_writing(self) -> None:
        self.keeper.sent(self)
        super().resume_writing()
        if self._is_leaving:
            self._go_on()

    # -- turns

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Begin the request when its turn comes. One that is taken in with a right key has bounds of its own."""
        self._answered = cycle
        is_intake = cycle.scope["path"].startswith(INTAKE)
        key = _key_of(_field(cycle, b"authorization"))
        knows_key = bool(key) and self.keeper.known.key(key)
        if is_intake and knows_key:
            super()._start_asgi_task(cycle, app)
            return
        self._held_back = (cycle, app, knows_key)
        if (is_intake and key) or not is_promise(cycle):  # the gate looks at a key before anything of the body is read
            self._ask_for_turn()
        elif cycle.waiting_for_100_continue:
            cycle.waiting_for_100_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _ask_for_turn(self) -> None:
        if self._held_back is None:
            return
        (cycle, app, knows_key), self._held_back = self._held_back, None
        path, start, turns = cycle.scope["path"], super()._start_asgi_task, self.keeper.turns
        known_as = Kind.FREE if path.startswith(INTAKE) else Kind.KEY

        def begin() -> None:
            start(cycle, in_turn(turns, turn, cycle, app, known_as=known_as, on_gone=self.keeper.one_gone))
            self._settle()

        def refuse() -> None:
            self.keeper.turned_away += 1
            start(cycle, LATER)
            self._settle()

        caller = self.keeper.caller_of(self.address, cycle.scope["headers"])
        cookies = _field(cycle, b"cookie")
        kind = kind_of(path, knows_key=knows_key, knows_session=bool(cookies) and self.keeper.known.session(cookies))
        turn = Turn(caller, kind, begin, refuse, HEAVY if path in ENTRANCES and cycle.scope["method"] == "POST" else 1)
        self._turn = turn
        turns.ask(turn)

    def shutdown(self) -> None:
        self._keeps_alive = False
        super().shutdown()

    # -- ends

    def _stop(self, problem: Problem) -> None:
        """End the parser's work from within one of its callbacks."""
        self._refusal = problem
        raise ValueError(problem.code)

    def _refuse(self, problem: Problem) -> None:
        """Read no more; answer with ``problem``, behind what was asked before and is still being answered."""
        if self._deaf:
            return
        self._deaf = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self.pipeline or not self._body_open:
                if self._body_open:
                    self.pipeline.popleft()  # the newest, whose body this was
                    self._body_open = False
                self._behind = problem
                return
            cycle.disconnected = True  # the one whose body this was
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        if self._head_bytes or self._unheard or self._body_open:  # else it said nothing, and there is nobody to answer
            self.transport.write(answer_of(problem))
        self.linger()

    def linger(self) -> None:
        """Close our half of the line and take in what still comes, for a moment, so that the answer is seen."""
        self._deaf = self._lingering = True
        self._body_open, self._since = False, None
        self._settle()
        self.flow.resume_reading()
        if not self.transport.is_closing() and self.transport.can_write_eof():
            self.transport.write_eof()


def kept_by(keeper: Keeper) -> type[Connection]:
    """Return the protocol of a server whose connections ``keeper`` counts."""
    return type("KeptConnection", (Connection,), {"keeper": keeper})


def _field(cycle: RequestResponseCycle, name: bytes) -> bytes:
    return next((value for each, value in cycle.scope["headers"] if each == name), b"")


def _key_of(authorization: bytes) -> str:
    """Return the key that a header shows, which may be none of ours."""
    scheme, _, text = authorization.partition(b" ")
    return text.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""
